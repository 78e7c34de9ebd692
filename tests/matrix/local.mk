# SPDX-License-Identifier: BSD-2-Clause
# The table of types and paths in doc/BLOBS.md: every cell tried, and compared
# with what the table says.
TESTS += tests/matrix/matrix.t
EXTRA_DIST += tests/matrix/matrix.t tests/matrix/rows.txt \
	tests/matrix/table.awk
check_PROGRAMS += tests/matrix/faces
tests_matrix_faces_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/include
tests_matrix_faces_SOURCES = tests/matrix/row.c tests/matrix/row.h \
	tests/matrix/ncrypt.c tests/matrix/pkcs11.c
tests_matrix_faces_LDADD = libncface.la $(CORE_LIBS) -ldl
