/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A directory of a test's own, removed with all that is in it.
 */
#ifndef CNG_TESTS_UNIT_TEMPDIR_H
#define CNG_TESTS_UNIT_TEMPDIR_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#define TEMPDIR_MAX 128

static inline void
tempdir_make(char path[TEMPDIR_MAX])
{
	const char *base = getenv("TMPDIR");

	if (base == NULL || base[0] != '/')
		base = "/tmp";
	ck_assert_int_lt(snprintf(path, TEMPDIR_MAX, "%s/cng-XXXXXX", base),
	    TEMPDIR_MAX);
	ck_assert_ptr_nonnull(mkdtemp(path));
}

static inline int
tempdir_remove_one(const char *path, const struct stat *info, int kind,
    struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

static inline void
tempdir_remove(const char *path)
{
	ck_assert_int_eq(nftw(path, tempdir_remove_one, 8,
	    FTW_DEPTH | FTW_PHYS), 0);
}

#endif
