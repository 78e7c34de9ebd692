/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Base64 of RFC 4648 section 5 without padding, as JSON Web Keys have it.
 */
#ifndef CNG_CLI_BASE64URL_H
#define CNG_CLI_BASE64URL_H

#include "base/secret.h"

/* Strict: no padding, no white space, no bits left over. */
enum cng_status base64url_decode(struct secret *out, struct span text)
    CNG_MUST_CHECK;

/* With a closing NUL that out->len does not count. */
enum cng_status base64url_encode(struct secret *out, struct span bytes)
    CNG_MUST_CHECK;

#endif
