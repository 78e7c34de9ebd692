noinst_LTLIBRARIES += libblob.la
libblob_la_SOURCES = blob/blob.h
BLOB_LIBS = libblob.la $(CRYPTO_LIBS)
