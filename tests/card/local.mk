# A simulated smart card, and reference clients that keep it honest.  Uses
# libcrypto itself and nothing of ours: errors must not cancel.
check_LTLIBRARIES += tests/card/libsimcard.la
SIMCARD_NAMES = -include $(top_srcdir)/tests/card/names.h
tests_card_libsimcard_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) \
	$(SIMCARD_NAMES)
tests_card_libsimcard_la_SOURCES = \
	tests/card/apdu.c \
	tests/card/arith.c \
	tests/card/card.h \
	tests/card/faults.c tests/card/faults.h \
	tests/card/gids.c tests/card/gids.h \
	tests/card/gids_admin.c \
	tests/card/gids_keys.c \
	tests/card/gids_new.c \
	tests/card/keys.c tests/card/keys.h tests/card/names.h \
	tests/card/openpgp.c tests/card/openpgp.h \
	tests/card/openpgp_data.c \
	tests/card/openpgp_keys.c \
	tests/card/pin.c \
	tests/card/piv.c tests/card/piv.h \
	tests/card/piv_admin.c \
	tests/card/piv_keys.c \
	tests/card/sim.c tests/card/sim.h \
	tests/card/store.c tests/card/store.h \
	tests/card/tlv.c tests/card/tlv.h
# For tests that hold a card in their own process.
SIMCARD_LIBS = tests/card/libsimcard.la $(LIBCRYPTO_LIBS)

check_PROGRAMS += tests/card/card tests/card/reader
tests_card_card_SOURCES = tests/card/main.c \
	tests/card/control.c tests/card/control.h \
	tests/card/vpcd.c tests/card/vpcd.h
tests_card_card_LDADD = $(SIMCARD_LIBS)
tests_card_reader_SOURCES = tests/card/reader.c

if HAVE_CHECK
check_PROGRAMS += tests/card/simcheck
TESTS += tests/card/simcheck
tests_card_simcheck_SOURCES = tests/card/simcheck.c
tests_card_simcheck_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) \
	$(LIBCRYPTO_CFLAGS) $(SIMCARD_NAMES)
tests_card_simcheck_LDADD = $(SIMCARD_LIBS) $(CHECK_LIBS)
endif

check_PROGRAMS += tests/card/two
tests_card_two_SOURCES = tests/card/two.c
tests_card_two_CPPFLAGS = $(AM_CPPFLAGS) $(PCSC_CFLAGS)
tests_card_two_LDADD = -ldl

# What accept.sh does that no program does which is there already.
check_PROGRAMS += tests/card/ncrypt tests/card/wrapkey
tests_card_ncrypt_SOURCES = tests/card/ncrypt.c
tests_card_ncrypt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/include
tests_card_ncrypt_LDADD = libcng-ncrypt.la
tests_card_wrapkey_SOURCES = tests/card/wrapkey.c
tests_card_wrapkey_LDADD = -ldl

# With a pcscd and its virtual readers, as root: "make check-cards", which
# makes no other test.  As with consumers, what a test skips here is tried once
# more in a root of the next release, but by check-cards-ci.
CARD_TESTS = tests/card/gids.t tests/card/openpgp.t tests/card/piv.t \
	tests/card/accept-gids.t tests/card/accept-openpgp.t \
	tests/card/accept-piv.t tests/card/two.t tests/card/howto.t
EXTRA_DIST += $(CARD_TESTS) tests/card/README.md tests/card/accept.sh \
	tests/card/cards.sh
CARD_NEEDS = tests/card/card tests/card/reader tests/card/two \
	tests/card/ncrypt tests/card/wrapkey $(SIMCARD_SERVICE)
CARD_RUN = $(MAKE) $(AM_MAKEFLAGS) check-consumers CONSUMER_JOBS= \
	CONSUMER_TESTS='$(CARD_TESTS)'
check-cards: all $(CARD_NEEDS)
	$(CARD_RUN)
check-cards-ci: all $(CARD_NEEDS)
	$(CARD_RUN) CONSUMER_ROOTS=no
MOSTLYCLEANFILES += tests/card/*.here.log tests/card/*.here.trs
.PHONY: check-cards check-cards-ci
