# The programs that people use, each by the commands of its page in doc/howto:
# "make check-consumers", which makes no other test.
CONSUMER_TESTS = \
	tests/consumers/chromium.t \
	tests/consumers/code.t \
	tests/consumers/firefox.t \
	tests/consumers/gnutls.t \
	tests/consumers/java.t \
	tests/consumers/migrate.t \
	tests/consumers/nginx.t \
	tests/consumers/nss.t \
	tests/consumers/openssh.t \
	tests/consumers/openssl.t \
	tests/consumers/openssl-provider.t \
	tests/consumers/p11-kit.t \
	tests/consumers/pkcs11-tool.t \
	tests/consumers/signing.t \
	tests/consumers/vpn.t \
	tests/consumers/web.t
EXTRA_DIST += $(CONSUMER_TESTS) tests/consumers/common.sh \
	tests/consumers/browser.sh tests/consumers/marionette.py \
	tests/consumers/page.awk \
	tests/consumers/Exercise.java \
	tests/consumers/results.sh tests/consumers/root.sh \
	examples/java/SignFile.java examples/java/TlsServer.java

# Those that ./runtests runs, on the machine as it is.
CONSUMER_CI_TESTS = \
	tests/consumers/gnutls.t \
	tests/consumers/nss.t \
	tests/consumers/openssh.t \
	tests/consumers/p11-kit.t \
	tests/consumers/pkcs11-tool.t

# What a test skips here is tried once more in a root of the next release;
# "CONSUMER_ROOTS=no" leaves it at that.
CONSUMER_ROOTS = yes

# They share ports, so they run one after the other; roots share packages.
CONSUMER_JOBS = -j1
CONSUMER_RUN = $(MAKE) $(AM_MAKEFLAGS) $(CONSUMER_JOBS) check-TESTS \
	check_PROGRAMS= check_LTLIBRARIES= dist_check_SCRIPTS=
CONSUMER_RESULTS = $(SHELL) '$(srcdir)/tests/consumers/results.sh'
CONSUMER_ROOT = $(SHELL) $(srcdir)/tests/consumers/root.sh

# What they skip is tried in a root of the next release, in the way of $$mode.
CONSUMER_AGAIN = \
	again=$$($(CONSUMER_RESULTS) aside $(CONSUMER_TESTS:.t=)); \
	if test -n "$$again"; then \
	    $(CONSUMER_RUN) -j1 TESTS="$$(echo $$again)" \
	        T_LOG_COMPILER="$(T_LOG_COMPILER) $(CONSUMER_ROOT) $$mode" || \
	        status=$$?; \
	    $(CONSUMER_RESULTS) settle $(CONSUMER_TESTS:.t=); \
	fi

check-consumers: all
	@status=0; $(CONSUMER_RESULTS) clear $(CONSUMER_TESTS:.t=); \
	$(CONSUMER_RUN) TESTS='$(CONSUMER_TESTS)' || status=$$?; \
	mode=built; test '$(CONSUMER_ROOTS)' != yes || { $(CONSUMER_AGAIN); }; \
	$(CONSUMER_RESULTS) tell $(CONSUMER_TESTS:.t=); \
	exit $$status

check-consumers-ci:
	$(MAKE) $(AM_MAKEFLAGS) check-consumers CONSUMER_ROOTS=no \
	    CONSUMER_TESTS='$(CONSUMER_CI_TESTS)'

# Each page as a new user reads it, in a fresh root that has the module and
# nothing else.
check-howtos: all
	@status=0; $(CONSUMER_RESULTS) clear $(CONSUMER_TESTS:.t=); \
	$(CONSUMER_ROOT) install || exit; \
	$(CONSUMER_RUN) TESTS='$(CONSUMER_TESTS)' \
	    T_LOG_COMPILER='$(T_LOG_COMPILER) $(CONSUMER_ROOT) fresh' || \
	    status=$$?; \
	mode=later; $(CONSUMER_AGAIN); \
	$(CONSUMER_RESULTS) tell $(CONSUMER_TESTS:.t=); \
	exit $$status

MOSTLYCLEANFILES += tests/consumers/*.here.log tests/consumers/*.here.trs
distclean-local:
	rm -rf roots
.PHONY: check-consumers check-consumers-ci check-howtos
