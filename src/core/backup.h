/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A whole token as one file, and back.  The file is as safe as the token
 * itself: what is secret in it is sealed under the same PINs.
 */
#ifndef CNG_CORE_BACKUP_H
#define CNG_CORE_BACKUP_H

#include "core/token.h"

struct backup_request {
	const char *from, *to;   /* paths */
	bool force;              /* what is at to makes room */
	bool check;              /* pin opens it: every record is opened */
	struct span pin;         /* the user's */
};

struct backup_report {
	char label[33];
	char serial[17];
	size_t objects;          /* that were seen; of check */
	bool at_end;             /* what failed was taking the name */
};

/* from is a store that may be in use.  CNG_ERR_EXISTS: so is to. */
enum cng_status token_backup(const struct backup_request *req,
    struct backup_report *report) CNG_MUST_CHECK;

/* from is such a file, or an older one.  CNG_ERR_STORE_CORRUPT: it is broken,
 * or a record of it is; then nothing was changed. */
enum cng_status token_restore(const struct backup_request *req,
    struct backup_report *report) CNG_MUST_CHECK;

#endif
