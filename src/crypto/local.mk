noinst_LTLIBRARIES += libcngcrypto.la
libcngcrypto_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS)
libcngcrypto_la_SOURCES = src/crypto/crypto.h src/crypto/asn1.h
CRYPTO_LIBS = libcngcrypto.la $(KEY_LIBS) $(LIBCRYPTO_LIBS)

libcngcrypto_la_SOURCES += \
	src/crypto/anykey.c \
	src/crypto/asn1.c src/crypto/asn1_internal.h \
	src/crypto/ecparam.c \
	src/crypto/pbe.c \
	src/crypto/pem.c \
	src/crypto/pkcs1.c \
	src/crypto/pkcs8.c \
	src/crypto/pkcs8_describe.c \
	src/crypto/sec1.c \
	src/crypto/spki.c \
	src/crypto/x509.c
