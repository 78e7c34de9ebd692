# Foreign programs against the module as built.  "make check COMPAT_TESTS="
# leaves them out.
COMPAT_TESTS = \
	tests/compat/p11-kit.t \
	tests/compat/p11tool.t \
	tests/compat/pkcs11-tool.t \
	tests/compat/ssh.t
TESTS += $(COMPAT_TESTS)
EXTRA_DIST += $(COMPAT_TESTS) tests/compat/common.sh
