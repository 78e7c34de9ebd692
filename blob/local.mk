noinst_LTLIBRARIES += libblob.la
libblob_la_SOURCES = \
	blob/blob.h blob/codec.h \
	blob/ecc.c \
	blob/generic.c \
	blob/keydata.c \
	blob/magic.c blob/magic.h \
	blob/pkcs8.c \
	blob/rsa.c \
	blob/table.c \
	blob/walk.c blob/walk.h
BLOB_LIBS = libblob.la $(CRYPTO_LIBS)
