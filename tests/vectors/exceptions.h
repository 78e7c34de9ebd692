/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The rows of a vector index that must not simply come back as the same
 * bytes, each with its reason.
 */
#ifndef CNG_TESTS_EXCEPTIONS_H
#define CNG_TESTS_EXCEPTIONS_H

#include "base/status.h"

enum verdict {
	VERDICT_SAME = 0, /* comes back byte for byte */
	VERDICT_EQUAL,    /* comes back as other bytes of the same numbers */
	VERDICT_REFUSED,  /* with the status of the row */
};

struct exception {
	const char *file;
	enum verdict verdict;
	enum cng_status status;
	const char *reason;
};

/* NULL: the row is an ordinary one. */
const struct exception *exception_find(const char *file);

#endif
