# Published attacks, against the module as built and against a peer.
check_PROGRAMS += tests/attacks/attacks
tests_attacks_attacks_SOURCES = \
	tests/attacks/attack.h \
	tests/attacks/attacks.c \
	tests/attacks/derive.c \
	tests/attacks/numbers.h \
	tests/attacks/oracles.c \
	tests/attacks/parts.c \
	tests/attacks/roles.c \
	tests/attacks/tools.c \
	tests/attacks/wrapping.c
tests_attacks_attacks_LDADD = -ldl
ATTACK_TESTS = tests/attacks/attacks.t
TESTS += $(ATTACK_TESTS)
EXTRA_DIST += $(ATTACK_TESTS)
