noinst_LTLIBRARIES += libblob.la
libblob_la_SOURCES = \
	blob/blob.h blob/codec.h \
	blob/capi.c blob/capi.h \
	blob/certstore.c \
	blob/capi_rsa.c blob/capi_dss.c blob/capi_v3.c \
	blob/cipherkey.c \
	blob/dh.c blob/dsa.c \
	blob/ecc.c \
	blob/eccfull.c \
	blob/ecdomain.c blob/ecdomain.h \
	blob/foreign.c \
	blob/frame.c \
	blob/generic.c \
	blob/header.c blob/header.h \
	blob/kds.c blob/kdsroot.c blob/kds.h \
	blob/keydata.c \
	blob/ldif.c blob/ldif.h \
	blob/magic.c blob/magic.h \
	blob/mib1.c blob/mib1.h \
	blob/opaque.c \
	blob/pkcs7.c \
	blob/pkcs8.c \
	blob/pq.c \
	blob/pvk.c blob/pvk.h \
	blob/protected.c blob/protected_write.c \
	blob/protected.h \
	blob/rsa.c \
	blob/serial.h \
	blob/strangers.c \
	blob/table.c \
	blob/walk.c blob/walk.h
BLOB_LIBS = libblob.la $(CRYPTO_LIBS)

if HAVE_CHECK
# asks libcrypto, too
check_PROGRAMS += tests/unit/blob_capi
TESTS += tests/unit/blob_capi
tests_unit_blob_capi_SOURCES = tests/unit/blob_capi.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_capi_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_blob_capi_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_pvk
TESTS += tests/unit/blob_pvk
tests_unit_blob_pvk_SOURCES = tests/unit/blob_pvk.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_pvk_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_pvk_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_dsa
TESTS += tests/unit/blob_dsa
tests_unit_blob_dsa_SOURCES = tests/unit/blob_dsa.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_dsa_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_dsa_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_ecc
TESTS += tests/unit/blob_ecc
tests_unit_blob_ecc_SOURCES = tests/unit/blob_ecc.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_ecc_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_ecc_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_eccfull
TESTS += tests/unit/blob_eccfull
tests_unit_blob_eccfull_SOURCES = tests/unit/blob_eccfull.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_eccfull_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_eccfull_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_envelope
TESTS += tests/unit/blob_envelope
tests_unit_blob_envelope_SOURCES = tests/unit/blob_envelope.c \
	tests/unit/blob_cases.h \
	tests/unit/holder.c tests/unit/holder.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_envelope_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_envelope_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_recovery
TESTS += tests/unit/blob_recovery
tests_unit_blob_recovery_SOURCES = tests/unit/blob_recovery.c \
	tests/unit/holder.c tests/unit/holder.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_recovery_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_recovery_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_keydata
TESTS += tests/unit/blob_keydata
tests_unit_blob_keydata_SOURCES = tests/unit/blob_keydata.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_keydata_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_keydata_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_pkcs8
TESTS += tests/unit/blob_pkcs8
tests_unit_blob_pkcs8_SOURCES = tests/unit/blob_pkcs8.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_pkcs8_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_pkcs8_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_pq
TESTS += tests/unit/blob_pq
tests_unit_blob_pq_SOURCES = tests/unit/blob_pq.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_pq_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_pq_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_protected
TESTS += tests/unit/blob_protected
tests_unit_blob_protected_SOURCES = tests/unit/blob_protected.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_protected_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_protected_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_rsa
TESTS += tests/unit/blob_rsa
tests_unit_blob_rsa_SOURCES = tests/unit/blob_rsa.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_rsa_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_rsa_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_sym
TESTS += tests/unit/blob_sym
tests_unit_blob_sym_SOURCES = tests/unit/blob_sym.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_sym_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_sym_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/blob_table
TESTS += tests/unit/blob_table
tests_unit_blob_table_SOURCES = tests/unit/blob_table.c \
	tests/unit/blob_cases.c tests/unit/blob_cases.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_blob_table_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_blob_table_LDADD = $(BLOB_LIBS) $(CHECK_LIBS)
endif
