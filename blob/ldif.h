/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LDIF (RFC 2849), as far as ldapsearch writes it: records of attributes.
 */
#ifndef CNG_BLOB_LDIF_H
#define CNG_BLOB_LDIF_H

#include "base/rd.h"
#include "base/secret.h"

/* One attribute; the value is owned. */
struct ldif_line {
	char name[64];           /* "" between two records */
	struct secret value;
};

/*
 * The next attribute, or the end of a record.  CNG_ERR_NOT_FOUND at the end
 * of the text; CNG_ERR_BAD_DATA.  Frees what *out held.
 */
enum cng_status ldif_next(struct rd *in, struct ldif_line *out)
    CNG_MUST_CHECK;
void ldif_free(struct ldif_line *line);

#endif
