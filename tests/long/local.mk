# What takes minutes: "make check-long".
EXTRA_PROGRAMS += tests/long/kill9 tests/long/big
CLEANFILES += tests/long/kill9 tests/long/big
long_client = tests/long/client.c tests/long/client.h
tests_long_kill9_SOURCES = tests/long/kill9.c $(long_client)
tests_long_kill9_LDADD = -ldl
tests_long_big_SOURCES = tests/long/big.c $(long_client)
tests_long_big_LDADD = -ldl

if HAVE_CHECK
long_faults = tests/unit/core_faults tests/unit/core_faults_open
endif
long_module = $(abs_builddir)/.libs/cng-pkcs11.so

check-long: all tests/long/kill9 tests/long/big tests/unit/store_big \
		$(long_faults)
	tests/unit/store_big
	for faults in $(long_faults); do \
	    CNG_FAULTS=all srcdir='$(srcdir)' $$faults || exit; \
	done
	tests/long/kill9 $(long_module) 200
	tests/long/big $(long_module) 100000
.PHONY: check-long
