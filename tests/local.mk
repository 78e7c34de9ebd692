# Tests that belong to no layer: the vectors, and the fuzz targets.
check_PROGRAMS += tests/vectors/run
TESTS += tests/vectors/run
tests_vectors_run_SOURCES = tests/vectors/run.c \
	tests/vectors/closed.c tests/vectors/closed.h \
	tests/vectors/files.c tests/vectors/files.h \
	tests/vectors/exceptions.c tests/vectors/exceptions.h \
	tests/vectors/protected.c tests/vectors/protected.h
tests_vectors_run_LDADD = $(BLOB_LIBS)
EXTRA_DIST += tests/vectors/own

# One fuzz target a parser.  Without libFuzzer the corpus is replayed.
FUZZ_TARGETS = \
	tests/fuzz/anykey \
	tests/fuzz/calls \
	tests/fuzz/capi \
	tests/fuzz/carddata \
	tests/fuzz/cardscript \
	tests/fuzz/cardsim \
	tests/fuzz/cert \
	tests/fuzz/conf \
	tests/fuzz/dsa \
	tests/fuzz/ecc \
	tests/fuzz/eccfull \
	tests/fuzz/envelope \
	tests/fuzz/generic \
	tests/fuzz/jwk \
	tests/fuzz/kdsroot \
	tests/fuzz/keydata \
	tests/fuzz/pem \
	tests/fuzz/pfx \
	tests/fuzz/pkcs8 \
	tests/fuzz/pq \
	tests/fuzz/pvk \
	tests/fuzz/protected \
	tests/fuzz/record \
	tests/fuzz/rsa \
	tests/fuzz/spki \
	tests/fuzz/sym
FUZZ_COMMON = tests/fuzz/fuzz.c tests/fuzz/fuzz.h
EXTRA_DIST += tests/fuzz/corpus
if FUZZING
noinst_PROGRAMS += $(FUZZ_TARGETS)
FUZZ_MAIN =
else
check_PROGRAMS += $(FUZZ_TARGETS)
TESTS += $(FUZZ_TARGETS)
FUZZ_MAIN = tests/fuzz/standalone.c
endif
tests_fuzz_anykey_SOURCES = tests/fuzz/anykey.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_anykey_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_anykey_LDADD = $(BLOB_LIBS)
tests_fuzz_calls_SOURCES = tests/fuzz/calls.c tests/fuzz/calls.h \
	tests/fuzz/calls_args.c tests/fuzz/calls_memory.c \
	tests/fuzz/calls_fit.c tests/fuzz/calls_fit.h \
	tests/fuzz/calls_world.c tests/face/calls.c tests/face/calls.h \
	tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_calls_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_calls_LDADD = libface.la $(CORE_LIBS)
tests_fuzz_capi_SOURCES = tests/fuzz/capi.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_capi_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_capi_LDADD = $(BLOB_LIBS)
FUZZ_CARD = tests/fuzz/card.h tests/fuzz/card_jobs.c \
	tests/fuzz/card_keys.c tests/fuzz/fuzz.h
tests_fuzz_carddata_SOURCES = tests/fuzz/carddata.c tests/fuzz/card.h \
	tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_carddata_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_carddata_LDADD = $(STORE_LIBS)
tests_fuzz_cardscript_SOURCES = tests/fuzz/cardscript.c $(FUZZ_CARD) \
	$(FUZZ_MAIN)
tests_fuzz_cardscript_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_cardscript_LDADD = $(STORE_LIBS)
tests_fuzz_cardsim_SOURCES = tests/fuzz/cardsim.c $(FUZZ_CARD) $(FUZZ_MAIN)
tests_fuzz_cardsim_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_cardsim_LDADD = $(SIMCARD_LIBS) $(STORE_LIBS)
tests_fuzz_cert_SOURCES = tests/fuzz/cert.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_cert_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_cert_LDADD = $(BLOB_LIBS)
tests_fuzz_conf_SOURCES = tests/fuzz/conf.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_conf_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_conf_LDADD = $(CORE_LIBS)
tests_fuzz_dsa_SOURCES = tests/fuzz/dsa.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_dsa_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_dsa_LDADD = $(BLOB_LIBS)
tests_fuzz_ecc_SOURCES = tests/fuzz/ecc.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_ecc_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_ecc_LDADD = $(BLOB_LIBS)
tests_fuzz_eccfull_SOURCES = tests/fuzz/eccfull.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_eccfull_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_eccfull_LDADD = $(BLOB_LIBS)
tests_fuzz_envelope_SOURCES = tests/fuzz/envelope.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_envelope_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_envelope_LDADD = $(BLOB_LIBS)
tests_fuzz_generic_SOURCES = tests/fuzz/generic.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_generic_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_generic_LDADD = $(BLOB_LIBS)
tests_fuzz_jwk_SOURCES = tests/fuzz/jwk.c $(FUZZ_COMMON) $(FUZZ_MAIN) \
	src/cli/base64url.c src/cli/jwk.c src/cli/keybox.c
tests_fuzz_jwk_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_jwk_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_jwk_LDADD = $(BLOB_LIBS) $(JANSSON_LIBS)
tests_fuzz_kdsroot_SOURCES = tests/fuzz/kdsroot.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_kdsroot_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_kdsroot_LDADD = $(BLOB_LIBS)
tests_fuzz_keydata_SOURCES = tests/fuzz/keydata.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_keydata_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_keydata_LDADD = $(BLOB_LIBS)
tests_fuzz_pem_SOURCES = tests/fuzz/pem.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_pem_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_pem_LDADD = $(BLOB_LIBS)
tests_fuzz_pkcs8_SOURCES = tests/fuzz/pkcs8.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_pkcs8_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_pkcs8_LDADD = $(BLOB_LIBS)
tests_fuzz_pfx_SOURCES = tests/fuzz/pfx.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_pfx_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_pfx_LDADD = $(BLOB_LIBS)
tests_fuzz_pvk_SOURCES = tests/fuzz/pvk.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_pvk_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_pvk_LDADD = $(BLOB_LIBS)
tests_fuzz_pq_SOURCES = tests/fuzz/pq.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_pq_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_pq_LDADD = $(BLOB_LIBS)
tests_fuzz_protected_SOURCES = tests/fuzz/protected.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_protected_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_protected_LDADD = $(BLOB_LIBS)
tests_fuzz_record_SOURCES = tests/fuzz/record.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_record_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_record_LDADD = $(CORE_LIBS)
tests_fuzz_rsa_SOURCES = tests/fuzz/rsa.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_rsa_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_rsa_LDADD = $(BLOB_LIBS)
tests_fuzz_spki_SOURCES = tests/fuzz/spki.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_spki_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_spki_LDADD = $(BLOB_LIBS)
tests_fuzz_sym_SOURCES = tests/fuzz/sym.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_sym_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_sym_LDADD = $(BLOB_LIBS)
