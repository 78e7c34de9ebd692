# Foreign programs against the module as built.  "make check COMPAT_TESTS="
# leaves them out.
COMPAT_TESTS = \
	tests/compat/peer.t \
	tests/compat/openssl.t \
	tests/compat/pkcs11-tool.t \
	tests/compat/pkcs11-tool-self.t \
	tests/compat/ssh-keygen.t \
	tests/compat/unasked.t
# p11-kit's library and a sanitizer's runtime that is loaded before it lock
# each other out when the process starts, with any module and with none.
COMPAT_P11_KIT = \
	tests/compat/from-windows.t \
	tests/compat/p11-kit.t \
	tests/compat/p11tool.t \
	tests/compat/ssh-agent.t
if !SANITIZED
COMPAT_TESTS += $(COMPAT_P11_KIT)
endif
TESTS += $(COMPAT_TESTS)
EXTRA_DIST += $(COMPAT_TESTS) $(COMPAT_P11_KIT) tests/compat/common.sh

check_PROGRAMS += tests/compat/peer
tests_compat_peer_SOURCES = \
	tests/compat/peer.c tests/compat/peer.h tests/compat/peer_side.c
tests_compat_peer_LDADD = -ldl

# A module of OpenSSL's: "-rpath" makes libtool build a shared one, which is not
# installed.
check_LTLIBRARIES += guest-provider.la
guest_provider_la_SOURCES = tests/compat/provider.c
guest_provider_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS)
guest_provider_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-rpath /nowhere
guest_provider_la_LIBADD = -ldl
