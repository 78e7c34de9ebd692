noinst_LTLIBRARIES += libkey.la
libkey_la_SOURCES = \
	src/key/alg.c src/key/alg.h \
	src/key/material.c src/key/material.h \
	src/key/op.h
KEY_LIBS = libkey.la $(BASE_LIBS)
