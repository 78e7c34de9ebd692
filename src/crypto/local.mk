noinst_LTLIBRARIES += libcngcrypto.la
libcngcrypto_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS)
libcngcrypto_la_SOURCES = src/crypto/crypto.h src/crypto/asn1.h
CRYPTO_LIBS = libcngcrypto.la $(KEY_LIBS) $(LIBCRYPTO_LIBS)
