noinst_LTLIBRARIES += libcore.la
libcore_la_CPPFLAGS = $(AM_CPPFLAGS) $(INIH_CFLAGS)
libcore_la_SOURCES = \
	src/core/backup.c src/core/backup.h src/core/batch.c \
	src/core/admin.c src/core/admin.h \
	src/core/card.c src/core/card.h \
	src/core/card_admin.c src/core/card_admin.h \
	src/core/card_info.c src/core/card_login.c src/core/card_object.c \
	src/core/card_offer.c src/core/card_recipient.c src/core/card_write.c \
	src/core/codec.c \
	src/core/container.c src/core/container.h \
	src/core/conflict.c src/core/conflict.h \
	src/core/conf.c src/core/conf.h \
	src/core/conf_file.c src/core/conf_file.h \
	src/core/enveloped.c src/core/enveloped.h \
	src/core/keytmpl.c src/core/keytmpl.h \
	src/core/certificate.c src/core/certificate.h \
	src/core/date.c src/core/date.h \
	src/core/derive.c src/core/encapsulate.c src/core/derived.h \
	src/core/domain.c \
	src/core/mechobj.c src/core/mechobj.h \
	src/core/manykeys.c src/core/manykeys.h src/core/lineage.c \
	src/core/lineage.h src/core/publichalf.c \
	src/core/export.c \
	src/core/find.c \
	src/core/home.c src/core/home.h \
	src/core/idmap.c src/core/idmap.h \
	src/core/import.c src/core/import_all.c src/core/placing.c \
	src/core/internal.h \
	src/core/keygen.c \
	src/core/knownpin.c src/core/knownpin.h \
	src/core/logfile.c src/core/logfile.h \
	src/core/login.c \
	src/core/nullkey.c src/core/nullkey.h \
	src/core/profile.c src/core/profile.h \
	src/core/object.c src/core/object.h \
	src/core/objects.c \
	src/core/operation.c src/core/opstate.c src/core/operation.h \
	src/core/policy.c src/core/policy.h \
	src/core/prop.c src/core/prop.h \
	src/core/provider.c src/core/provider.h \
	src/core/protect.c src/core/protect.h \
	src/core/remake.c \
	src/core/rules.c \
	src/core/rules_key.c \
	src/core/scheme.c src/core/scheme.h \
	src/core/shelf.c \
	src/core/show.c src/core/shown.c src/core/shown.h \
	src/core/tagmap.c src/core/tagmap.h \
	src/core/tags.c src/core/tags.h \
	src/core/token.c src/core/token.h \
	src/core/twin.c src/core/twin.h \
	src/core/transfer.h \
	src/core/transport.c src/core/transport.h \
	src/core/wrapping.h
CORE_LIBS = libcore.la libstore.la libblob.la libcngcrypto.la libkey.la \
	libbase.la $(SQLITE_LIBS) $(ZLIB_LIBS) $(INIH_LIBS) \
	$(LIBCRYPTO_LIBS) -lpthread

if HAVE_CHECK
core_tests = \
	tests/unit/core_batch \
	tests/unit/core_card \
	tests/unit/core_card_service \
	tests/unit/core_card_write \
	tests/unit/core_closed \
	tests/unit/core_conf \
	tests/unit/core_conflict \
	tests/unit/core_faults_open \
	tests/unit/core_derive \
	tests/unit/core_manykeys \
	tests/unit/core_faults \
	tests/unit/core_find \
	tests/unit/core_hostile \
	tests/unit/core_login \
	tests/unit/core_multi \
	tests/unit/core_objects \
	tests/unit/core_operation \
	tests/unit/core_operation_life \
	tests/unit/core_enveloped \
	tests/unit/core_pq \
	tests/unit/core_provider \
	tests/unit/core_rules \
	tests/unit/core_protected \
	tests/unit/core_transfer \
	tests/unit/core_twin
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)
core_test_flags = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
# Calls that the linker leads past a fault.
FAULTS = tests/unit/faults.c tests/unit/faults.h tests/unit/faults_store.c
FAULT_WRAPS = -Wl,--wrap=lock_up,--wrap=shm_map,--wrap=shm_lock \
	-Wl,--wrap=store_open,--wrap=store_begin,--wrap=store_commit \
	-Wl,--wrap=store_turn_take,--wrap=store_stamp,--wrap=store_fact_get \
	-Wl,--wrap=store_fact_put,--wrap=store_put,--wrap=store_remove \
	-Wl,--wrap=store_erase,--wrap=store_get,--wrap=store_get_by_name \
	-Wl,--wrap=store_count,--wrap=store_find_tag,--wrap=store_find_kind
tests_unit_core_batch_SOURCES = tests/unit/core_batch.c \
	tests/unit/core_fixture.h tests/unit/runner.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_core_batch_CPPFLAGS = $(core_test_flags)
tests_unit_core_batch_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
FAKE_CARD = tests/unit/fake_card.c tests/unit/fake_card.h \
	tests/unit/core_card_help.h tests/unit/core_fixture.h \
	tests/unit/runner.h
tests_unit_core_card_SOURCES = tests/unit/core_card.c $(FAKE_CARD)
tests_unit_core_card_CPPFLAGS = $(core_test_flags)
tests_unit_core_card_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_card_service_SOURCES = tests/unit/core_card_service.c \
	tests/unit/core_fixture.h
tests_unit_core_card_service_CPPFLAGS = $(core_test_flags)
tests_unit_core_card_service_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_card_write_SOURCES = tests/unit/core_card_write.c $(FAKE_CARD)
tests_unit_core_card_write_CPPFLAGS = $(core_test_flags)
tests_unit_core_card_write_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_twin_SOURCES = tests/unit/core_twin.c \
	tests/unit/core_fixture.h tests/unit/runner.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_core_twin_CPPFLAGS = $(core_test_flags)
tests_unit_core_twin_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_closed_SOURCES = tests/unit/core_closed.c \
	tests/unit/core_fixture.h
tests_unit_core_closed_CPPFLAGS = $(core_test_flags)
tests_unit_core_closed_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_conf_SOURCES = tests/unit/core_conf.c \
	tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_conf_CPPFLAGS = $(core_test_flags)
tests_unit_core_conf_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_conflict_SOURCES = tests/unit/core_conflict.c \
	tests/unit/core_fixture.h
tests_unit_core_conflict_CPPFLAGS = $(core_test_flags)
tests_unit_core_conflict_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_faults_SOURCES = tests/unit/core_faults.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h $(FAULTS)
tests_unit_core_faults_CPPFLAGS = $(core_test_flags) $(SQLITE_CFLAGS)
tests_unit_core_faults_LDFLAGS = $(AM_LDFLAGS) $(FAULT_WRAPS)
tests_unit_core_faults_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_manykeys_SOURCES = tests/unit/core_manykeys.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h $(FAULTS)
tests_unit_core_manykeys_CPPFLAGS = $(core_test_flags) $(SQLITE_CFLAGS)
tests_unit_core_manykeys_LDFLAGS = $(AM_LDFLAGS) $(FAULT_WRAPS)
tests_unit_core_manykeys_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_faults_open_SOURCES = tests/unit/core_faults_open.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h $(FAULTS)
tests_unit_core_faults_open_CPPFLAGS = $(core_test_flags) $(SQLITE_CFLAGS)
tests_unit_core_faults_open_LDFLAGS = $(AM_LDFLAGS) $(FAULT_WRAPS)
tests_unit_core_faults_open_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_find_SOURCES = tests/unit/core_find.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h
tests_unit_core_find_CPPFLAGS = $(core_test_flags) $(SQLITE_CFLAGS)
tests_unit_core_find_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_hostile_SOURCES = tests/unit/core_hostile.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h
tests_unit_core_hostile_CPPFLAGS = $(core_test_flags) $(SQLITE_CFLAGS)
tests_unit_core_hostile_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_login_SOURCES = tests/unit/core_login.c \
	tests/unit/core_fixture.h tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_login_CPPFLAGS = $(core_test_flags)
tests_unit_core_login_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_multi_SOURCES = tests/unit/core_multi.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h
tests_unit_core_multi_CPPFLAGS = $(core_test_flags)
tests_unit_core_multi_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_enveloped_SOURCES = tests/unit/core_enveloped.c \
	tests/unit/core_fixture.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_core_enveloped_CPPFLAGS = $(core_test_flags)
tests_unit_core_enveloped_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_objects_SOURCES = tests/unit/core_objects.c \
	tests/unit/core_fixture.h
tests_unit_core_objects_CPPFLAGS = $(core_test_flags)
tests_unit_core_objects_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_derive_SOURCES = tests/unit/core_derive.c \
	tests/unit/core_fixture.h
tests_unit_core_derive_CPPFLAGS = $(core_test_flags)
tests_unit_core_derive_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_operation_SOURCES = tests/unit/core_operation.c \
	tests/unit/core_operation_help.h tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_operation_CPPFLAGS = $(core_test_flags)
tests_unit_core_operation_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_operation_life_SOURCES = tests/unit/core_operation_life.c \
	tests/unit/core_operation_help.h tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_operation_life_CPPFLAGS = $(core_test_flags)
tests_unit_core_operation_life_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_pq_SOURCES = tests/unit/core_pq.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_core_pq_CPPFLAGS = $(core_test_flags)
tests_unit_core_pq_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_provider_SOURCES = tests/unit/core_provider.c \
	tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_provider_CPPFLAGS = $(core_test_flags)
tests_unit_core_provider_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_rules_SOURCES = tests/unit/core_rules.c \
	tests/unit/core_fixture.h tests/unit/runner.h
tests_unit_core_rules_CPPFLAGS = $(core_test_flags)
tests_unit_core_rules_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_protected_SOURCES = tests/unit/core_protected.c \
	tests/unit/core_fixture.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_core_protected_CPPFLAGS = $(core_test_flags)
tests_unit_core_protected_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_transfer_SOURCES = tests/unit/core_transfer.c \
	tests/unit/core_fixture.h
tests_unit_core_transfer_CPPFLAGS = $(core_test_flags)
tests_unit_core_transfer_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
endif
