noinst_LTLIBRARIES += libstore.la
libstore_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(PCSC_CFLAGS)
libstore_la_SOURCES = store/store.h store/protect/vault.h \
	store/file/place.c store/file/place.h \
	store/file/queue.c store/file/queue.h \
	store/device.h \
	store/card/admin.c store/card/admin.h \
	store/card/apdu.c store/card/apdu.h \
	store/card/device.c store/card/device_pin.c \
	store/card/device_use.c store/card/device_work.c \
	store/card/device_work.h store/card/driver.h \
	store/card/gids.c store/card/gids.h \
	store/card/gids_cert.c \
	store/card/gids_change.c \
	store/card/gids_file.c \
	store/card/gids_key.c \
	store/card/gids_list.c \
	store/card/gids_map.c \
	store/card/gids_pin.c \
	store/card/gids_reclaim.c \
	store/card/gids_use.c \
	store/card/inflate.c store/card/inflate.h \
	store/card/link.h \
	store/card/names.c store/card/names.h \
	store/card/openpgp.c store/card/openpgp.h \
	store/card/openpgp_attr.c \
	store/card/openpgp_kdf.c \
	store/card/openpgp_key.c \
	store/card/openpgp_new.c \
	store/card/openpgp_object.c \
	store/card/openpgp_pin.c \
	store/card/openpgp_remove.c \
	store/card/openpgp_template.c \
	store/card/openpgp_use.c \
	store/card/pcsc.c \
	store/card/piv.c store/card/piv.h \
	store/card/piv_admin.c \
	store/card/piv_change.c \
	store/card/piv_keys.c \
	store/card/piv_map.c \
	store/card/piv_new.c \
	store/card/piv_note.c \
	store/card/piv_objects.c \
	store/card/piv_run.c \
	store/card/public.c store/card/public.h \
	store/card/roots.c store/card/roots.h \
	store/card/tlv.c store/card/tlv.h \
	store/protect/fact.c store/protect/internal.h \
	store/protect/pin.c \
	store/protect/seal.c \
	store/protect/transport.c \
	store/protect/vault.c \
	store/sql/copy.c \
	store/sql/find.c store/sql/internal.h \
	store/sql/list.c \
	store/sql/lock.c \
	store/sql/mark.c \
	store/sql/page.c \
	store/sql/replace.c \
	store/sql/row.c \
	store/sql/schema.c \
	store/sql/shm.c \
	store/sql/sqlite.c \
	store/sql/vfs.c store/sql/vfs.h \
	store/sql/walk.c
STORE_LIBS = libstore.la $(CRYPTO_LIBS) $(SQLITE_LIBS) $(ZLIB_LIBS)

if HAVE_CHECK
STORE_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit \
	$(CHECK_CFLAGS) $(SQLITE_CFLAGS)
STORE_TEST_LDADD = $(STORE_LIBS) $(CHECK_LIBS)
STORE_HELP = tests/unit/store_help.c tests/unit/store_help.h
STORE_TOKEN = tests/unit/store_token.c tests/unit/store_token.h

check_PROGRAMS += tests/unit/store_rows
TESTS += tests/unit/store_rows
tests_unit_store_rows_SOURCES = tests/unit/store_rows.c \
	$(STORE_HELP)
tests_unit_store_rows_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_rows_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_files
TESTS += tests/unit/store_files
tests_unit_store_files_SOURCES = tests/unit/store_files.c \
	$(STORE_HELP) $(STORE_TOKEN)
tests_unit_store_files_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_files_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_share
TESTS += tests/unit/store_share
tests_unit_store_share_SOURCES = tests/unit/store_share.c \
	tests/unit/store_reader.c tests/unit/store_reader.h \
	$(STORE_HELP) $(STORE_TOKEN)
tests_unit_store_share_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_share_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_damage
TESTS += tests/unit/store_damage
tests_unit_store_damage_SOURCES = tests/unit/store_damage.c \
	$(STORE_HELP) $(STORE_TOKEN)
tests_unit_store_damage_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_damage_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_log
TESTS += tests/unit/store_log
tests_unit_store_log_SOURCES = tests/unit/store_log.c \
	$(STORE_HELP)
tests_unit_store_log_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_log_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_crowd
TESTS += tests/unit/store_crowd
tests_unit_store_crowd_SOURCES = tests/unit/store_crowd.c \
	$(STORE_HELP)
tests_unit_store_crowd_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_crowd_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_vault
TESTS += tests/unit/store_vault
tests_unit_store_vault_SOURCES = tests/unit/store_vault.c \
	$(STORE_HELP) $(STORE_TOKEN)
tests_unit_store_vault_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_vault_LDADD = $(STORE_TEST_LDADD)

check_PROGRAMS += tests/unit/store_seal
TESTS += tests/unit/store_seal
tests_unit_store_seal_SOURCES = tests/unit/store_seal.c \
	$(STORE_HELP) $(STORE_TOKEN)
tests_unit_store_seal_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_seal_LDADD = $(STORE_TEST_LDADD)

# drivers of cards, with the simulated one in the same process
CARD_LINK_SIM = tests/unit/card_link_sim.c tests/unit/card_link_sim.h
CARD_TEST_LDADD = $(SIMCARD_LIBS) $(STORE_LIBS) $(CHECK_LIBS)

GIDS_HELP = tests/unit/card_gids_help.c tests/unit/card_gids_help.h \
	$(CARD_LINK_SIM) tests/unit/sample.c tests/unit/sample.h
check_PROGRAMS += tests/unit/card_gids
TESTS += tests/unit/card_gids
tests_unit_card_gids_SOURCES = tests/unit/card_gids.c $(GIDS_HELP)
tests_unit_card_gids_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_gids_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_gids_pulled
TESTS += tests/unit/card_gids_pulled
tests_unit_card_gids_pulled_SOURCES = tests/unit/card_gids_pulled.c \
	$(CARD_LINK_SIM) tests/unit/sample.c tests/unit/sample.h
tests_unit_card_gids_pulled_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_gids_pulled_LDADD = $(CARD_TEST_LDADD)

BENT_HELP = tests/unit/card_bent.c tests/unit/card_bent.h

check_PROGRAMS += tests/unit/card_gids_faults
TESTS += tests/unit/card_gids_faults
tests_unit_card_gids_faults_SOURCES = tests/unit/card_gids_faults.c $(GIDS_HELP)
tests_unit_card_gids_faults_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_gids_faults_LDADD = $(CARD_TEST_LDADD)

HOSTILE_HELP = tests/unit/card_hostile_help.c tests/unit/card_hostile.h \
	tests/unit/sample.c tests/unit/sample.h tests/fuzz/card.h \
	tests/fuzz/card_keys.c $(CARD_LINK_SIM)
check_PROGRAMS += tests/unit/card_hostile
TESTS += tests/unit/card_hostile
tests_unit_card_hostile_SOURCES = tests/unit/card_hostile.c $(HOSTILE_HELP)
tests_unit_card_hostile_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_hostile_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_matrix
TESTS += tests/unit/card_matrix
tests_unit_card_matrix_SOURCES = tests/unit/card_matrix.c $(HOSTILE_HELP)
tests_unit_card_matrix_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_matrix_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_unpad
TESTS += tests/unit/card_unpad
tests_unit_card_unpad_SOURCES = tests/unit/card_unpad.c $(CARD_LINK_SIM)
tests_unit_card_unpad_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_unpad_LDADD = $(CARD_TEST_LDADD)

OPENPGP_HELP = tests/unit/card_openpgp.h $(CARD_LINK_SIM)

check_PROGRAMS += tests/unit/card_openpgp
TESTS += tests/unit/card_openpgp
tests_unit_card_openpgp_SOURCES = tests/unit/card_openpgp.c $(OPENPGP_HELP)
tests_unit_card_openpgp_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_openpgp_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_openpgp_faults
TESTS += tests/unit/card_openpgp_faults
tests_unit_card_openpgp_faults_SOURCES = tests/unit/card_openpgp_faults.c \
	$(OPENPGP_HELP)
tests_unit_card_openpgp_faults_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_openpgp_faults_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_openpgp_old
TESTS += tests/unit/card_openpgp_old
tests_unit_card_openpgp_old_SOURCES = tests/unit/card_openpgp_old.c \
	$(BENT_HELP) $(OPENPGP_HELP)
tests_unit_card_openpgp_old_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_openpgp_old_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_openpgp_more
TESTS += tests/unit/card_openpgp_more
tests_unit_card_openpgp_more_SOURCES = tests/unit/card_openpgp_more.c \
	$(BENT_HELP) $(OPENPGP_HELP)
tests_unit_card_openpgp_more_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_openpgp_more_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_openpgp_over
TESTS += tests/unit/card_openpgp_over
tests_unit_card_openpgp_over_SOURCES = tests/unit/card_openpgp_over.c \
	$(BENT_HELP) $(OPENPGP_HELP)
tests_unit_card_openpgp_over_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_openpgp_over_LDADD = $(CARD_TEST_LDADD)

PIV_HELP = tests/unit/card_piv_help.c tests/unit/card_piv_help.h \
	$(CARD_LINK_SIM)
check_PROGRAMS += tests/unit/card_piv
TESTS += tests/unit/card_piv
tests_unit_card_piv_SOURCES = tests/unit/card_piv.c $(PIV_HELP)
tests_unit_card_piv_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_piv_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_piv_more
TESTS += tests/unit/card_piv_more
tests_unit_card_piv_more_SOURCES = tests/unit/card_piv_more.c $(PIV_HELP)
tests_unit_card_piv_more_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_piv_more_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_piv_faults
TESTS += tests/unit/card_piv_faults
tests_unit_card_piv_faults_SOURCES = tests/unit/card_piv_faults.c \
	$(PIV_HELP)
tests_unit_card_piv_faults_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_piv_faults_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_piv_over
TESTS += tests/unit/card_piv_over
tests_unit_card_piv_over_SOURCES = tests/unit/card_piv_over.c $(PIV_HELP)
tests_unit_card_piv_over_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_piv_over_LDADD = $(CARD_TEST_LDADD)

# ... and behind a simulated PC/SC
check_PROGRAMS += tests/unit/card_device
TESTS += tests/unit/card_device
tests_unit_card_device_SOURCES = tests/unit/card_device.c $(CARD_LINK_SIM) \
	tests/unit/runner.h
tests_unit_card_device_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_device_LDADD = $(CARD_TEST_LDADD)

check_PROGRAMS += tests/unit/card_pcsc
TESTS += tests/unit/card_pcsc
tests_unit_card_pcsc_SOURCES = tests/unit/card_pcsc.c
tests_unit_card_pcsc_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_pcsc_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/card_pcsc_faults
TESTS += tests/unit/card_pcsc_faults
tests_unit_card_pcsc_faults_SOURCES = tests/unit/card_pcsc_faults.c
tests_unit_card_pcsc_faults_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_pcsc_faults_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/card_pcsc_crowd
TESTS += tests/unit/card_pcsc_crowd
tests_unit_card_pcsc_crowd_SOURCES = tests/unit/card_pcsc_crowd.c
tests_unit_card_pcsc_crowd_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_card_pcsc_crowd_LDADD = $(STORE_LIBS) $(CHECK_LIBS)
endif

# too long for "make check"
EXTRA_PROGRAMS += tests/unit/store_big
CLEANFILES += tests/unit/store_big
tests_unit_store_big_SOURCES = tests/unit/store_big.c
tests_unit_store_big_LDADD = $(STORE_LIBS)

