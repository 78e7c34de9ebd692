# The programs that people use, each by the commands of its page in doc/howto:
# "make check-consumers", which makes no other test.
CONSUMER_TESTS = \
	tests/consumers/examples.t \
	tests/consumers/gnutls.t \
	tests/consumers/nss.t \
	tests/consumers/openssh.t \
	tests/consumers/openssl.t \
	tests/consumers/p11-kit.t \
	tests/consumers/web.t
EXTRA_DIST += $(CONSUMER_TESTS) tests/consumers/common.sh \
	tests/consumers/page.awk

# They share ports, so they run one after the other.
check-consumers: all
	@status=0; \
	$(MAKE) $(AM_MAKEFLAGS) -j1 check-TESTS TESTS='$(CONSUMER_TESTS)' \
	    check_PROGRAMS= check_LTLIBRARIES= dist_check_SCRIPTS= || \
	    status=$$?; \
	for log in $(CONSUMER_TESTS:.t=.log); do \
	    sed -n -e "s#^ok [0-9]* - \(.*\)\# SKIP#$$log: skipped: \1:#p" \
	        -e "s#^1\.\.0 \# SKIP#$$log: skipped:#p" $$log; \
	done; \
	for result in $(CONSUMER_TESTS:.t=.trs); do echo $$result; done | \
	    awk -f '$(top_srcdir)/build-aux/tally.awk' | tail -n 1 | \
	    sed 's/\(.*\) \(.*\) \(.*\)/\1 passed, \2 failed, \3 skipped/'; \
	exit $$status
.PHONY: check-consumers
