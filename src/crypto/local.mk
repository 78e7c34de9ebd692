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
	src/crypto/ffc.c src/crypto/ffc_seed.c src/crypto/ffc.h \
	src/crypto/digest.c src/crypto/digest.h \
	src/crypto/tagmac.c \
	src/crypto/mac.c src/crypto/mac.h \
	src/crypto/held.c src/crypto/held.h \
	src/crypto/xcbc.c src/crypto/xcbc.h \
	src/crypto/rsa.c src/crypto/rsa.h \
	src/crypto/reject.c \
	src/crypto/ecdsa.c src/crypto/ecdh.c src/crypto/ec.h \
	src/crypto/halves.c src/crypto/halves.h \
	src/crypto/ecdh_cms.c \
	src/crypto/dh.c src/crypto/derive.c src/crypto/derive.h \
	src/crypto/kdf.c src/crypto/kbkdf.c src/crypto/kem.c \
	src/crypto/kdf_x942.c src/crypto/kem_agree.c src/crypto/kem.h \
	src/crypto/mix.c src/crypto/tlsmac.c src/crypto/tlsmac.h \
	src/crypto/eddsa.c src/crypto/pqsign.c src/crypto/sign.h \
	src/crypto/ffc_generate.c src/crypto/scheme.h \
	src/crypto/whole.c src/crypto/whole.h \
	src/crypto/ecdh_wrap.c src/crypto/ecdh_wrap.h \
	src/crypto/curve.c src/crypto/curve.h src/crypto/group.h \
	src/crypto/ecpkey.c src/crypto/ecx.c \
	src/crypto/aes.c src/crypto/aes.h \
	src/crypto/aes_mode.c src/crypto/aes_mode.h \
	src/crypto/aes_kw.c src/crypto/aes_kw.h \
	src/crypto/pq.c src/crypto/pq.h \
	src/crypto/op.c \
	src/crypto/wrap.c \
	src/crypto/sha.c src/crypto/sha.h \
	src/crypto/hmac.c src/crypto/hmac.h \
	src/crypto/hmac_evp.c src/crypto/hmac_evp.h \
	src/crypto/stream.c \
	src/crypto/seal.c
CRYPTO_LIBS = libcngcrypto.la $(KEY_LIBS) $(LIBCRYPTO_LIBS)

if HAVE_CHECK
crypto_tests = \
	tests/unit/crypto_mac \
	tests/unit/crypto_hmac \
	tests/unit/crypto_aes \
	tests/unit/crypto_wrap \
	tests/unit/crypto_ec \
	tests/unit/crypto_held \
	tests/unit/crypto_rsa \
	tests/unit/crypto_life \
	tests/unit/crypto_oracle
check_PROGRAMS += $(crypto_tests)
TESTS += $(crypto_tests)
tests_unit_crypto_hmac_SOURCES = tests/unit/crypto_hmac.c \
	tests/unit/crypto_test.h
tests_unit_crypto_hmac_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) \
	$(LIBCRYPTO_CFLAGS)
tests_unit_crypto_hmac_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_mac_SOURCES = tests/unit/crypto_mac.c \
	tests/unit/crypto_test.h
tests_unit_crypto_mac_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_mac_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_aes_SOURCES = tests/unit/crypto_aes.c \
	tests/unit/crypto_test.h
tests_unit_crypto_aes_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_aes_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_wrap_SOURCES = tests/unit/crypto_wrap.c \
	tests/unit/crypto_test.h
tests_unit_crypto_wrap_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_wrap_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_ec_SOURCES = tests/unit/crypto_ec.c \
	tests/unit/crypto_test.h
tests_unit_crypto_ec_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_ec_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_held_SOURCES = tests/unit/crypto_held.c \
	tests/unit/crypto_held.h tests/unit/crypto_test.h
tests_unit_crypto_held_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) \
	$(LIBCRYPTO_CFLAGS)
tests_unit_crypto_held_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_rsa_SOURCES = tests/unit/crypto_rsa.c \
	tests/unit/crypto_test.h
tests_unit_crypto_rsa_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_rsa_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_life_SOURCES = tests/unit/crypto_life.c \
	tests/unit/crypto_test.h
tests_unit_crypto_life_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_life_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
# asks libcrypto directly whether it agrees
tests_unit_crypto_oracle_SOURCES = tests/unit/crypto_oracle.c \
	tests/unit/crypto_test.h
tests_unit_crypto_oracle_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_crypto_oracle_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
endif

libcngcrypto_la_SOURCES += \
	src/crypto/anykey.c \
	src/crypto/dsa_old.c src/crypto/pem_old.c \
	src/crypto/pfx.c src/crypto/pfx.h src/crypto/pfx_write.c \
	src/crypto/pfx_describe.c \
	src/crypto/pfx_internal.h \
	src/crypto/pvkcipher.c src/crypto/pvkcipher.h \
	src/crypto/asn1.c src/crypto/asn1_internal.h \
	src/crypto/certs.c \
	src/crypto/ecparam.c src/crypto/ecexplicit.c \
	src/crypto/dpaping.c src/crypto/dpaping.h \
	src/crypto/dpaping_der.h src/crypto/dpaping_rule.c \
	src/crypto/envelope.c src/crypto/envelope.h \
	src/crypto/envelope_asn1.c src/crypto/envelope_asn1.h \
	src/crypto/envelope_write.c src/crypto/envelope_show.c \
	src/crypto/ffc_asn1.c \
	src/crypto/kds.c src/crypto/kds.h \
	src/crypto/kds_internal.h src/crypto/kds_kek.c \
	src/crypto/pbe.c \
	src/crypto/pem.c \
	src/crypto/pkcs1.c \
	src/crypto/pkcs8.c \
	src/crypto/pkcs8_describe.c \
	src/crypto/pq_asn1.c \
	src/crypto/sec1.c \
	src/crypto/spki.c \
	src/crypto/x509.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/crypto_ecparam
TESTS += tests/unit/crypto_ecparam
tests_unit_crypto_ecparam_SOURCES = tests/unit/crypto_ecparam.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_ecparam_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_ecparam_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
# asks libcrypto directly whether it agrees
check_PROGRAMS += tests/unit/crypto_ffc
TESTS += tests/unit/crypto_ffc
tests_unit_crypto_ffc_SOURCES = tests/unit/crypto_ffc.c \
	tests/unit/crypto_test.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_ffc_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_crypto_ffc_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/crypto_pem
TESTS += tests/unit/crypto_pem
tests_unit_crypto_pem_SOURCES = tests/unit/crypto_pem.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_pem_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_pem_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/crypto_pfx
TESTS += tests/unit/crypto_pfx
tests_unit_crypto_pfx_SOURCES = tests/unit/crypto_pfx.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_pfx_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_pfx_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/crypto_wiped
TESTS += tests/unit/crypto_wiped
tests_unit_crypto_wiped_SOURCES = tests/unit/crypto_wiped.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_wiped_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_wiped_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/crypto_pkcs8
TESTS += tests/unit/crypto_pkcs8
tests_unit_crypto_pkcs8_SOURCES = tests/unit/crypto_pkcs8.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_pkcs8_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_pkcs8_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/crypto_pq tests/unit/crypto_pq_asn1
TESTS += tests/unit/crypto_pq tests/unit/crypto_pq_asn1
tests_unit_crypto_pq_SOURCES = tests/unit/crypto_pq.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_pq_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_pq_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_pq_asn1_SOURCES = tests/unit/crypto_pq_asn1.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_pq_asn1_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_pq_asn1_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/crypto_spki
TESTS += tests/unit/crypto_spki
tests_unit_crypto_spki_SOURCES = tests/unit/crypto_spki.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_crypto_spki_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_spki_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
# asks libcrypto directly whether it agrees
check_PROGRAMS += tests/unit/crypto_derive tests/unit/crypto_sign \
	tests/unit/crypto_cipher tests/unit/crypto_tls
TESTS += tests/unit/crypto_derive tests/unit/crypto_sign \
	tests/unit/crypto_cipher tests/unit/crypto_tls
tests_unit_crypto_tls_SOURCES = tests/unit/crypto_tls.c \
	tests/unit/crypto_test.h
tests_unit_crypto_tls_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_crypto_tls_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_cipher_SOURCES = tests/unit/crypto_cipher.c \
	tests/unit/crypto_test.h
tests_unit_crypto_cipher_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_crypto_cipher_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_derive_SOURCES = tests/unit/crypto_derive.c \
	tests/unit/crypto_test.h
tests_unit_crypto_derive_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_crypto_derive_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_crypto_sign_SOURCES = tests/unit/crypto_sign.c \
	tests/unit/crypto_test.h
tests_unit_crypto_sign_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_crypto_sign_LDADD = $(CRYPTO_LIBS) $(CHECK_LIBS)
endif
