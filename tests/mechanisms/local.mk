# SPDX-License-Identifier: BSD-2-Clause
# The table of mechanism x function in doc/MECHANISMS.md: every cell tried
# against libcrypto or a published vector, and the table compared.
# "make mechanisms" writes it anew.
TESTS += tests/mechanisms/mechanisms.t
EXTRA_DIST += tests/mechanisms/mechanisms.t \
	tests/vectors/published/curves.txt \
	tests/vectors/published/ml-dsa.txt \
	tests/vectors/published/ml-kem.txt \
	tests/vectors/published/rfc.txt \
	tests/vectors/published/slh-dsa.txt \
	tests/vectors/published/dsa1024.pem \
	tests/vectors/published/dsa2048.pem \
	tests/vectors/published/dsa3072.pem \
	tests/vectors/published/dsa3136.pem
check_PROGRAMS += tests/mechanisms/cells
tests_mechanisms_cells_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS)
tests_mechanisms_cells_SOURCES = tests/mechanisms/main.c \
	tests/mechanisms/cells.h tests/mechanisms/pairs.h \
	tests/mechanisms/token.c tests/mechanisms/shared.c \
	tests/mechanisms/pairs.c tests/mechanisms/vectors.c \
	tests/mechanisms/kinds.c tests/mechanisms/kinds_keys.c \
	tests/mechanisms/hashes.c tests/mechanisms/ciphers.c \
	tests/mechanisms/rsa.c tests/mechanisms/ec.c \
	tests/mechanisms/ffc.c tests/mechanisms/pq.c \
	tests/mechanisms/tls.c tests/mechanisms/agree.c \
	tests/mechanisms/groups.c tests/mechanisms/mix.c \
	tests/mechanisms/derive.c tests/mechanisms/make.c \
	tests/mechanisms/wrap.c tests/mechanisms/blobs.c \
	tests/mechanisms/small.c tests/mechanisms/ike.c
tests_mechanisms_cells_LDADD = $(LIBCRYPTO_LIBS) -ldl -lpthread

.PHONY: mechanisms
mechanisms: tests/mechanisms/cells cng-pkcs11.la
	CNG_MODULE='$(abs_top_builddir)/.libs/cng-pkcs11.so' \
		srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' \
		'$(abs_top_srcdir)/tests/mechanisms/mechanisms.t' --write
