bin_PROGRAMS += cngtool
cngtool_SOURCES = \
	src/cli/args.c src/cli/args.h \
	src/cli/askpass.c src/cli/askpass.h \
	src/cli/base64url.c src/cli/base64url.h \
	src/cli/card.c src/cli/card.h \
	src/cli/certfile.c src/cli/certfile.h \
	src/cli/cmd.c src/cli/cmd.h \
	src/cli/cmd_backup.c \
	src/cli/cmd_convert.c \
	src/cli/cmd_delete.c \
	src/cli/cmd_doctor.c src/cli/doctor.h \
	src/cli/cmd_explain.c \
	src/cli/cmd_export.c \
	src/cli/cmd_generate.c \
	src/cli/cmd_import.c src/cli/import.h src/cli/import_cert.c \
	src/cli/import_many.c src/cli/import_store.c \
	src/cli/cmd_init.c \
	src/cli/cmd_inspect.c \
	src/cli/cmd_list.c \
	src/cli/cmd_migrate.c src/cli/migrate.h \
	src/cli/migrate_files.c src/cli/migrate_known.c \
	src/cli/migrate_module.c src/cli/migrate_put.c \
	src/cli/migrate_report.c \
	src/cli/cmd_pin.c \
	src/cli/cmd_sign.c \
	src/cli/cmd_tokens.c \
	src/cli/doctor_nss.c \
	src/cli/doctor_p11kit.c \
	src/cli/doctor_store.c \
	src/cli/doctor_system.c \
	src/cli/exit.c src/cli/exit.h \
	src/cli/files.c src/cli/files.h \
	src/cli/format.c src/cli/format_write.c src/cli/format.h \
	src/cli/inspect_more.c src/cli/inspect.h \
	src/cli/io.c src/cli/io.h \
	src/cli/jsonmem.c src/cli/jsonmem.h \
	src/cli/jwk.c src/cli/jwk.h \
	src/cli/keybox.c src/cli/keybox.h \
	src/cli/keyfile.c src/cli/keyfile.h \
	src/cli/keytext.c src/cli/keytext.h \
	src/cli/losses.c src/cli/losses.h \
	src/cli/main.c \
	src/cli/oaep.c src/cli/oaep.h \
	src/cli/object_row.c \
	src/cli/pin.c src/cli/pin.h \
	src/cli/print.c src/cli/print.h \
	src/cli/prompt.c src/cli/prompt.h \
	src/cli/recipient.c src/cli/recipient.h \
	src/cli/secure.c src/cli/secure.h \
	src/cli/select.c src/cli/select.h \
	src/cli/target.c src/cli/target.h \
	src/cli/text.c src/cli/text.h \
	src/cli/uri.c src/cli/uri.h \
	src/cli/usage.c src/cli/usage.h \
	src/cli/written.c src/cli/written.h \
	src/cli/words.h src/cli/words_hr.c src/cli/words_rv.c \
	src/cli/words_sw.c
nodist_cngtool_SOURCES = src/cli/codes.inc
cngtool_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(SMARTCOLS_CFLAGS) \
	-DPKCS11DIR='"$(pkcs11dir)"' -DP11_MODULE_PATH='"$(P11_MODULE_PATH)"'
cngtool_LDADD = $(FOREIGN_LIBS) $(JANSSON_LIBS) $(SMARTCOLS_LIBS)

# The tables of faces and cards, for "cngtool explain".
CODE_TABLES = \
	$(srcdir)/pkcs11/cryptoki.h $(srcdir)/pkcs11/cryptoki3.h \
	$(srcdir)/src/include/cng/types.h $(srcdir)/store/card/apdu.h \
	$(srcdir)/pkcs11/status.c $(srcdir)/src/ncrypt/status.c \
	$(srcdir)/store/card/apdu.c
EXTRA_DIST += src/cli/codes.awk
CLEANFILES += src/cli/codes.inc
src/cli/cngtool-cmd_explain.$(OBJEXT): src/cli/codes.inc
src/cli/codes.inc: $(srcdir)/src/cli/codes.awk $(CODE_TABLES)
	$(AM_V_GEN)$(MKDIR_P) src/cli && \
	$(AWK) -f '$(srcdir)/src/cli/codes.awk' $(CODE_TABLES) >$@.tmp && \
	mv $@.tmp $@

CLI_TESTS = \
	tests/cli/cards.sh \
	tests/cli/certs.sh \
	tests/cli/slots.sh \
	tests/cli/pulled.sh \
	tests/cli/frame.sh \
	tests/cli/backup.sh \
	tests/cli/many.sh \
	tests/cli/migrate.sh \
	tests/cli/inspect.sh \
	tests/cli/closed.sh \
	tests/cli/completion.sh \
	tests/cli/convert.sh \
	tests/cli/curves.sh \
	tests/cli/doctor.sh \
	tests/cli/explain.sh \
	tests/cli/envelope.sh \
	tests/cli/files.sh \
	tests/cli/finite.sh \
	tests/cli/json.sh \
	tests/cli/jwk.sh \
	tests/cli/pq.sh \
	tests/cli/protected.sh \
	tests/cli/sign.sh \
	tests/cli/token.sh \
	tests/cli/uri.sh \
	tests/cli/prompt.sh \
	tests/cli/unasked.sh
TESTS += $(CLI_TESTS)
EXTRA_DIST += $(CLI_TESTS) tests/cli/common.sh tests/cli/readers.sh

# A module that does not behave.
check_LTLIBRARIES += badmodule.la
badmodule_la_SOURCES = tests/cli/badmodule.c
badmodule_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

if HAVE_CHECK
check_PROGRAMS += tests/unit/cli_text
TESTS += tests/unit/cli_text
tests_unit_cli_text_SOURCES = tests/unit/cli_text.c \
	src/cli/exit.c src/cli/text.c
tests_unit_cli_text_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_cli_text_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/cli_io
TESTS += tests/unit/cli_io
tests_unit_cli_io_SOURCES = tests/unit/cli_io.c \
	tests/unit/runner.h tests/unit/tempdir.h \
	src/cli/exit.c src/cli/io.c src/cli/text.c
tests_unit_cli_io_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_cli_io_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync
tests_unit_cli_io_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/cli_prompt
TESTS += tests/unit/cli_prompt
tests_unit_cli_prompt_SOURCES = tests/unit/cli_prompt.c \
	tests/unit/runner.h \
	src/cli/askpass.c src/cli/exit.c src/cli/prompt.c src/cli/text.c
tests_unit_cli_prompt_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_cli_prompt_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=tcsetattr
tests_unit_cli_prompt_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/unit/cli_jwk
TESTS += tests/unit/cli_jwk
tests_unit_cli_jwk_SOURCES = tests/unit/cli_jwk.c \
	src/cli/base64url.c src/cli/jwk.c src/cli/keybox.c \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_cli_jwk_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) \
	$(CHECK_CFLAGS)
tests_unit_cli_jwk_LDADD = $(BLOB_LIBS) $(JANSSON_LIBS) $(CHECK_LIBS)
endif
