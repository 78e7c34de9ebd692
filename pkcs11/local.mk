# SPDX-License-Identifier: BSD-2-Clause
# The face is a convenience library too, so that its tables can be tested.
noinst_LTLIBRARIES += libface.la
libface_la_SOURCES = \
	pkcs11/attr_template.c \
	pkcs11/attr.c pkcs11/attr.h pkcs11/template.c \
	pkcs11/call.c pkcs11/call.h pkcs11/state.c pkcs11/state.h \
	pkcs11/encrypt_message.c pkcs11/sign_message.c pkcs11/later.c \
	pkcs11/message.c pkcs11/message.h pkcs11/message_state.h \
	pkcs11/msgcrypt.c pkcs11/msgparam.c pkcs11/msgparam.h \
	pkcs11/opstate.c pkcs11/kem.c \
	pkcs11/cngblob.c pkcs11/cngblob.h \
	pkcs11/cryptoki.h pkcs11/cryptoki_calls.h pkcs11/cryptoki_sets.h \
	pkcs11/cryptoki3.h pkcs11/cryptoki3_calls.h \
	pkcs11/list_2_40.inc pkcs11/list_3_0.inc pkcs11/list_3_2.inc \
	pkcs11/list_plain.inc pkcs11/list_safe.inc \
	pkcs11/vendor.h \
	pkcs11/derive.h pkcs11/derivetls.c pkcs11/derivetls.h \
	pkcs11/deriveike.c pkcs11/deriveike.h \
	pkcs11/tlsparam.c pkcs11/mech_tls.c pkcs11/mech_mix.c \
	pkcs11/mixparam.c pkcs11/derivemore.c \
	pkcs11/derive.c pkcs11/digest.c pkcs11/dual.c pkcs11/encrypt.c \
	pkcs11/entry.c pkcs11/find.c pkcs11/general.c pkcs11/keygen.c \
	pkcs11/login.c pkcs11/object.c pkcs11/random.c pkcs11/sign.c \
	pkcs11/slot.c pkcs11/token.c pkcs11/wrap.c \
	pkcs11/forked.c pkcs11/forked.h \
	pkcs11/info.c pkcs11/info.h \
	pkcs11/initargs.c pkcs11/initargs.h \
	pkcs11/names.h pkcs11/names_answer.c pkcs11/names_attr.c \
	pkcs11/names_mech.c pkcs11/tell.c pkcs11/tell.h \
	pkcs11/lookup.h \
	pkcs11/safe.c pkcs11/safe.h \
	pkcs11/mech.c pkcs11/mech.h pkcs11/mechrows.h \
	pkcs11/mech_sign.c pkcs11/mech_hash.c pkcs11/mech_cipher.c \
	pkcs11/mech_derive.c pkcs11/mech_keys.c pkcs11/cryptoki_mechs.h \
	pkcs11/mech_small.c pkcs11/cryptoki_small.h \
	pkcs11/mechparam.c pkcs11/mechparam_sign.c pkcs11/mechparam.h \
	pkcs11/mechparam_cipher.c pkcs11/mechparam_dh.c \
	pkcs11/deriveparam.c pkcs11/kbkdfparam.c pkcs11/deriveparam.h \
	pkcs11/peek.c pkcs11/peek.h \
	pkcs11/pinonce.c pkcs11/pinonce.h \
	pkcs11/running.c pkcs11/running.h \
	pkcs11/session.c pkcs11/session.h \
	pkcs11/status.c pkcs11/status.h

pkcs11_LTLIBRARIES = cng-pkcs11.la
cng_pkcs11_la_SOURCES =
cng_pkcs11_la_LIBADD = libface.la $(CORE_LIBS)
cng_pkcs11_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-Wl,-z,nodelete $(DEFS_LDFLAGS) \
	-Wl,--version-script=$(srcdir)/pkcs11/cng-pkcs11.map
EXTRA_cng_pkcs11_la_DEPENDENCIES = $(srcdir)/pkcs11/cng-pkcs11.map
EXTRA_DIST += pkcs11/cng-pkcs11.map doc/PKCS11.md

# Installed under the name that programs include.
cngincludedir = $(includedir)/cng
nodist_cnginclude_HEADERS = pkcs11/include/pkcs11.h
CLEANFILES += pkcs11/include/pkcs11.h
pkcs11/include/pkcs11.h: $(srcdir)/pkcs11/vendor.h
	$(AM_V_GEN)$(MKDIR_P) pkcs11/include && \
	    cp $(srcdir)/pkcs11/vendor.h $@

if HAVE_CHECK
face_tests = tests/unit/pkcs11_attr tests/unit/pkcs11_faults \
	tests/unit/pkcs11_mech \
	tests/unit/pkcs11_numbers tests/unit/pkcs11_state \
	tests/unit/pkcs11_names tests/unit/pkcs11_status
check_PROGRAMS += $(face_tests)
TESTS += $(face_tests)
face_test_flags = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
face_test_libs = libface.la $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_pkcs11_attr_SOURCES = tests/unit/pkcs11_attr.c
tests_unit_pkcs11_attr_CPPFLAGS = $(face_test_flags)
tests_unit_pkcs11_attr_LDADD = $(face_test_libs)
tests_unit_pkcs11_faults_SOURCES = tests/unit/pkcs11_faults.c \
	tests/unit/tempdir.h tests/unit/sample.c tests/unit/sample.h $(FAULTS)
tests_unit_pkcs11_faults_CPPFLAGS = $(face_test_flags) $(SQLITE_CFLAGS)
tests_unit_pkcs11_faults_LDFLAGS = $(AM_LDFLAGS) $(FAULT_WRAPS)
tests_unit_pkcs11_faults_LDADD = $(face_test_libs)
tests_unit_pkcs11_mech_SOURCES = tests/unit/pkcs11_mech.c
tests_unit_pkcs11_mech_CPPFLAGS = $(face_test_flags)
tests_unit_pkcs11_mech_LDADD = $(face_test_libs)
tests_unit_pkcs11_state_SOURCES = tests/unit/pkcs11_state.c
tests_unit_pkcs11_state_CPPFLAGS = $(face_test_flags)
tests_unit_pkcs11_state_LDADD = $(face_test_libs)
tests_unit_pkcs11_names_SOURCES = tests/unit/pkcs11_names.c
tests_unit_pkcs11_names_CPPFLAGS = $(face_test_flags)
tests_unit_pkcs11_names_LDADD = $(face_test_libs)
tests_unit_pkcs11_status_SOURCES = tests/unit/pkcs11_status.c
tests_unit_pkcs11_status_CPPFLAGS = $(face_test_flags)
tests_unit_pkcs11_status_LDADD = $(face_test_libs)

# All numbers of cryptoki.h, for a comparison with another header: names that
# only one of the two has drop out.
tests_unit_pkcs11_numbers_SOURCES = tests/unit/pkcs11_numbers.c \
	tests/unit/pkcs11_peer.c tests/unit/pkcs11_peer.h \
	tests/unit/pkcs11_layout.inc
nodist_tests_unit_pkcs11_numbers_SOURCES = tests/unit/pkcs11_names.inc
tests_unit_pkcs11_numbers_CPPFLAGS = $(face_test_flags)
tests_unit_pkcs11_numbers_LDADD = $(face_test_libs)
$(tests_unit_pkcs11_numbers_OBJECTS): tests/unit/pkcs11_names.inc
endif
CLEANFILES += tests/unit/pkcs11_names.inc
tests/unit/pkcs11_names.inc: $(srcdir)/pkcs11/cryptoki.h \
    $(srcdir)/pkcs11/cryptoki3.h $(srcdir)/pkcs11/cryptoki_mechs.h \
    $(srcdir)/pkcs11/cryptoki_small.h
	$(AM_V_GEN)$(MKDIR_P) tests/unit && $(SED) -n \
	    's/^#define \(CK[A-Z]_[A-Z0-9_]*\) .*/#ifdef \1\nROW(\1)\n#endif/p' \
	    $(srcdir)/pkcs11/cryptoki.h $(srcdir)/pkcs11/cryptoki3.h \
	    $(srcdir)/pkcs11/cryptoki_mechs.h \
	    $(srcdir)/pkcs11/cryptoki_small.h >$@

include $(srcdir)/tests/face/local.mk
