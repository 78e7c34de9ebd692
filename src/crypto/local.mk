noinst_LTLIBRARIES += libcngcrypto.la
libcngcrypto_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS)
libcngcrypto_la_SOURCES = \
	src/crypto/crypto.h src/crypto/asn1.h \
	src/crypto/internal.h \
	src/crypto/libctx.c \
	src/crypto/key.c \
	src/crypto/number.c src/crypto/number.h \
	src/crypto/generate.c \
	src/crypto/complete.c \
	src/crypto/check.c \
	src/crypto/digest.c src/crypto/digest.h \
	src/crypto/mac.c src/crypto/mac.h \
	src/crypto/rsa.c src/crypto/rsa.h \
	src/crypto/reject.c \
	src/crypto/ecdsa.c src/crypto/ecdh.c src/crypto/ec.h \
	src/crypto/aes.c src/crypto/aes.h \
	src/crypto/aes_kw.c src/crypto/aes_kw.h \
	src/crypto/op.c \
	src/crypto/wrap.c \
	src/crypto/stream.c \
	src/crypto/seal.c
CRYPTO_LIBS = libcngcrypto.la $(KEY_LIBS) $(LIBCRYPTO_LIBS)

if HAVE_CHECK
check_PROGRAMS += tests/unit/crypto_mac tests/unit/crypto_aes
TESTS += tests/unit/crypto_mac tests/unit/crypto_aes
tests_unit_crypto_mac_SOURCES = tests/unit/crypto_mac.c \
	tests/unit/crypto_test.h
tests_unit_crypto_mac_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_mac_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_aes_SOURCES = tests/unit/crypto_aes.c \
	tests/unit/crypto_test.h
tests_unit_crypto_aes_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_aes_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
endif

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
