/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON Web Keys (RFC 7517, 7518, 8037) and sets of them.
 */
#ifndef CNG_CLI_JWK_H
#define CNG_CLI_JWK_H

#include "cli/keybox.h"

/* Does it begin as a JSON object? */
bool jwk_detect(struct span in);

/* One key, or all of a set: those of an unknown kind are in the box with
 * their status.  *is_set may be NULL.  CNG_ERR_BAD_DATA: no JSON, members
 * missing, or a value that is not encoded as it should be. */
enum cng_status jwk_read(struct keybox *out, struct span text, bool *is_set)
    CNG_MUST_CHECK;

/* Text with a line end.  name becomes "kid", if it is UTF-8.
 * CNG_ERR_BAD_TYPE: there is no such JSON Web Key. */
enum cng_status jwk_write(struct secret *out, const struct key_material *key,
    struct span name) CNG_MUST_CHECK;

/* Members of a key that hold private numbers. */
bool jwk_is_private_member(const char *kty, const char *member);

#endif
