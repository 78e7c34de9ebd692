# SPDX-License-Identifier: BSD-2-Clause
# The face is a convenience library too, so that tests reach what is inside.
noinst_LTLIBRARIES += libncface.la
libncface_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/include
libncface_la_SOURCES = \
	src/ncrypt/alg.c src/ncrypt/alg.h \
	src/ncrypt/bag.c \
	src/ncrypt/buffer.c \
	src/ncrypt/card.c src/ncrypt/card.h \
	src/ncrypt/card_enum.c src/ncrypt/card_name.c src/ncrypt/card_pin.c \
	src/ncrypt/crypt.c \
	src/ncrypt/derive.c \
	src/ncrypt/enum.c \
	src/ncrypt/export.c \
	src/ncrypt/face.h \
	src/ncrypt/finish.c \
	src/ncrypt/handle.c \
	src/ncrypt/import.c \
	src/ncrypt/kdf.c \
	src/ncrypt/kem.c \
	src/ncrypt/key.c \
	src/ncrypt/nkey.c \
	src/ncrypt/open.c \
	src/ncrypt/pad.c src/ncrypt/pad.h \
	src/ncrypt/params.c src/ncrypt/params.h \
	src/ncrypt/pin.c \
	src/ncrypt/prop.c src/ncrypt/prop.h \
	src/ncrypt/prop_card.c src/ncrypt/prop_key.c \
	src/ncrypt/prop_params.c src/ncrypt/prop_ui.c \
	src/ncrypt/secret.c src/ncrypt/secret.h \
	src/ncrypt/sign.c \
	src/ncrypt/state.c \
	src/ncrypt/status.c \
	src/ncrypt/store.c \
	src/ncrypt/tell.c \
	src/ncrypt/wide.c

lib_LTLIBRARIES += libcng-ncrypt.la
libcng_ncrypt_la_SOURCES =
libcng_ncrypt_la_LIBADD = libncface.la $(CORE_LIBS)
libcng_ncrypt_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -shared \
	-Wl,-z,nodelete $(DEFS_LDFLAGS) \
	-Wl,--version-script=$(srcdir)/src/ncrypt/libcng-ncrypt.map
EXTRA_libcng_ncrypt_la_DEPENDENCIES = $(srcdir)/src/ncrypt/libcng-ncrypt.map
EXTRA_DIST += src/ncrypt/libcng-ncrypt.map

cnginclude_HEADERS = src/include/cng/bcrypt.h src/include/cng/ncrypt.h \
	src/include/cng/types.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = src/ncrypt/cng-ncrypt.pc

# One page a group of functions; the other names of a page lead to it.
dist_man_MANS += man/cng-ncrypt.3 \
	man/NCryptCreatePersistedKey.3 \
	man/NCryptGetProperty.3 \
	man/NCryptImportKey.3 \
	man/NCryptOpenStorageProvider.3 \
	man/NCryptSecretAgreement.3 \
	man/NCryptSignHash.3
NCRYPT_LINKS = \
	man/links/NCryptDecapsulate.3 \
	man/links/NCryptDecrypt.3 \
	man/links/NCryptDeleteKey.3 \
	man/links/NCryptDeriveKey.3 \
	man/links/NCryptEncapsulate.3 \
	man/links/NCryptEncrypt.3 \
	man/links/NCryptEnumAlgorithms.3 \
	man/links/NCryptEnumKeys.3 \
	man/links/NCryptEnumStorageProviders.3 \
	man/links/NCryptExportKey.3 \
	man/links/NCryptFinalizeKey.3 \
	man/links/NCryptFreeBuffer.3 \
	man/links/NCryptFreeObject.3 \
	man/links/NCryptIsAlgSupported.3 \
	man/links/NCryptIsKeyHandle.3 \
	man/links/NCryptKeyDerivation.3 \
	man/links/NCryptNotifyChangeKey.3 \
	man/links/NCryptOpenKey.3 \
	man/links/NCryptSetProperty.3 \
	man/links/NCryptTranslateHandle.3 \
	man/links/NCryptVerifySignature.3
nodist_man_MANS = $(NCRYPT_LINKS)
CLEANFILES += $(NCRYPT_LINKS)
$(NCRYPT_LINKS):
	$(AM_V_GEN)$(MKDIR_P) man/links && name=$$(basename $@ .3) && \
	page=$$(grep -l "^\.Nm $$name\( ,\)*$$" $(srcdir)/man/NCrypt*.3) && \
	echo ".so man3/$$(basename $$page)" >$@

NCRYPT_FLOWS = tests/ncrypt/example.sh tests/ncrypt/windows.sh
TESTS += $(NCRYPT_FLOWS)
EXTRA_DIST += $(NCRYPT_FLOWS) examples tests/ncrypt/windows.c \
	tests/ncrypt/plain-dlopen.c

if HAVE_CHECK
ncrypt_tests = tests/unit/ncrypt_behaviour_blob \
	tests/unit/ncrypt_behaviour_codes tests/unit/ncrypt_behaviour_kdf \
	tests/unit/ncrypt_behaviour_keys \
	tests/unit/ncrypt_behaviour_params \
	tests/unit/ncrypt_card tests/unit/ncrypt_card_choice \
	tests/unit/ncrypt_card_names \
	tests/unit/ncrypt_card_prop tests/unit/ncrypt_card_types \
	tests/unit/ncrypt_crypt tests/unit/ncrypt_debuglog \
	tests/unit/ncrypt_faults \
	tests/unit/ncrypt_envelope tests/unit/ncrypt_import \
	tests/unit/ncrypt_parts tests/unit/ncrypt_prop \
	tests/unit/ncrypt_protected \
	tests/unit/ncrypt_store tests/unit/ncrypt_twin \
	tests/unit/ncrypt_types
check_PROGRAMS += $(ncrypt_tests)
TESTS += $(ncrypt_tests)
check_LTLIBRARIES += libnchelp.la
ncrypt_test_flags = $(AM_CPPFLAGS) -I$(top_srcdir)/src/include \
	$(CHECK_CFLAGS)
libnchelp_la_SOURCES = tests/unit/ncrypt_help.c tests/unit/ncrypt_help.h \
	tests/unit/sample.c tests/unit/sample.h \
	tests/unit/runner.h tests/unit/tempdir.h
libnchelp_la_CPPFLAGS = $(ncrypt_test_flags)
ncrypt_test_libs = libnchelp.la libncface.la $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_ncrypt_debuglog_SOURCES = tests/unit/ncrypt_debuglog.c
tests_unit_ncrypt_debuglog_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_debuglog_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_envelope_SOURCES = tests/unit/ncrypt_envelope.c
tests_unit_ncrypt_envelope_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_envelope_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_behaviour_blob_SOURCES = \
	tests/unit/ncrypt_behaviour_blob.c
tests_unit_ncrypt_behaviour_blob_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_behaviour_blob_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_behaviour_codes_SOURCES = \
	tests/unit/ncrypt_behaviour_codes.c
tests_unit_ncrypt_behaviour_codes_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_behaviour_codes_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_behaviour_kdf_SOURCES = \
	tests/unit/ncrypt_behaviour_kdf.c
tests_unit_ncrypt_behaviour_kdf_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_behaviour_kdf_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_behaviour_keys_SOURCES = \
	tests/unit/ncrypt_behaviour_keys.c
tests_unit_ncrypt_behaviour_keys_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_behaviour_keys_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_behaviour_params_SOURCES = \
	tests/unit/ncrypt_behaviour_params.c
tests_unit_ncrypt_behaviour_params_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_behaviour_params_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_import_SOURCES = tests/unit/ncrypt_import.c
tests_unit_ncrypt_import_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_import_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_faults_SOURCES = tests/unit/ncrypt_faults.c $(FAULTS)
tests_unit_ncrypt_faults_CPPFLAGS = $(ncrypt_test_flags) $(SQLITE_CFLAGS)
tests_unit_ncrypt_faults_LDFLAGS = $(AM_LDFLAGS) $(FAULT_WRAPS)
tests_unit_ncrypt_faults_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_card_SOURCES = tests/unit/ncrypt_card.c \
	tests/unit/ncrypt_card_help.h
tests_unit_ncrypt_card_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_card_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_card_choice_SOURCES = \
	tests/unit/ncrypt_card_choice.c tests/unit/ncrypt_card_help.h
tests_unit_ncrypt_card_choice_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_card_choice_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_card_names_SOURCES = \
	tests/unit/ncrypt_card_names.c tests/unit/ncrypt_card_help.h
tests_unit_ncrypt_card_names_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_card_names_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_card_prop_SOURCES = \
	tests/unit/ncrypt_card_prop.c tests/unit/ncrypt_card_help.h
tests_unit_ncrypt_card_prop_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_card_prop_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_card_types_SOURCES = \
	tests/unit/ncrypt_card_types.c tests/unit/ncrypt_card_help.h
tests_unit_ncrypt_card_types_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_card_types_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_crypt_SOURCES = tests/unit/ncrypt_crypt.c
tests_unit_ncrypt_crypt_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_crypt_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_prop_SOURCES = tests/unit/ncrypt_prop.c
tests_unit_ncrypt_prop_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_prop_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_parts_SOURCES = tests/unit/ncrypt_parts.c
tests_unit_ncrypt_parts_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_parts_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_protected_SOURCES = tests/unit/ncrypt_protected.c
tests_unit_ncrypt_protected_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_protected_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_store_SOURCES = tests/unit/ncrypt_store.c
tests_unit_ncrypt_store_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_store_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_twin_SOURCES = tests/unit/ncrypt_twin.c
tests_unit_ncrypt_twin_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_twin_LDADD = $(ncrypt_test_libs)
tests_unit_ncrypt_types_SOURCES = tests/unit/ncrypt_types.c
tests_unit_ncrypt_types_CPPFLAGS = $(ncrypt_test_flags)
tests_unit_ncrypt_types_LDADD = $(ncrypt_test_libs)
endif
