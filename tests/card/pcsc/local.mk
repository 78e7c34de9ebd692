# Readers and cards inside the process that asks for them: a libpcsclite that
# tests put into LD_LIBRARY_PATH, or load with tell.h.
check_LTLIBRARIES += tests/card/pcsc/libpcsclite.la
tests_card_pcsc_libpcsclite_la_SOURCES = \
	tests/card/pcsc/handle.c \
	tests/card/pcsc/service.c tests/card/pcsc/service.h \
	tests/card/pcsc/tell.h \
	tests/card/pcsc/winscard.c
tests_card_pcsc_libpcsclite_la_CPPFLAGS = $(AM_CPPFLAGS) $(PCSC_CFLAGS)
# winscard.h says nothing about visibility
tests_card_pcsc_libpcsclite_la_CFLAGS = $(AM_CFLAGS) -fvisibility=default
tests_card_pcsc_libpcsclite_la_LDFLAGS = $(AM_LDFLAGS) -shared \
	-rpath /nowhere -version-info 1:0:0 \
	-export-symbols-regex '^(SCard|g_rgSCard|simcard_|pcsc_)'
tests_card_pcsc_libpcsclite_la_LIBADD = $(SIMCARD_LIBS)
# What a program loads while it runs is made before it runs.
SIMCARD_SERVICE = tests/card/pcsc/libpcsclite.la
