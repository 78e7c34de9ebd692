noinst_LTLIBRARIES += libforeign.la
libforeign_la_SOURCES = \
	src/foreign/attr.c \
	src/foreign/foreign.h \
	src/foreign/internal.h \
	src/foreign/message.c \
	src/foreign/module.c \
	src/foreign/read.c \
	src/foreign/reader.c \
	src/foreign/wrap.c
FOREIGN_LIBS = libforeign.la $(CORE_LIBS)
