noinst_LTLIBRARIES += libcore.la
libcore_la_CPPFLAGS = $(AM_CPPFLAGS) $(INIH_CFLAGS)
libcore_la_SOURCES = \
	src/core/conf.h src/core/object.h src/core/operation.h \
	src/core/prop.h src/core/provider.h src/core/token.h \
	src/core/transfer.h
CORE_LIBS = libcore.la libstore.la libblob.la libcngcrypto.la libkey.la \
	libbase.la $(SQLITE_LIBS) $(INIH_LIBS) $(LIBCRYPTO_LIBS) -lpthread

include $(srcdir)/src/core/local2.mk
