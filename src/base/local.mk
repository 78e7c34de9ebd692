noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = \
	src/base/alloc.c src/base/alloc.h \
	src/base/lock.c src/base/lock.h \
	src/base/log.c src/base/log.h \
	src/base/rd.c src/base/rd.h \
	src/base/secret.c src/base/secret.h \
	src/base/span.h src/base/util.h \
	src/base/status.c src/base/status.h \
	src/base/text.c src/base/text.h \
	src/base/utf16.c src/base/utf16.h \
	src/base/wr.c src/base/wr.h
BASE_LIBS = libbase.la -lpthread
