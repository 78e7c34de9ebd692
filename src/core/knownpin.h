/* SPDX-License-Identifier: BSD-2-Clause
 *
 * User PINs that nobody has to say: of a token without one, whose key lies in
 * a file beside the store, and of one whose PIN the configuration finds.
 */
#ifndef CNG_CORE_KNOWNPIN_H
#define CNG_CORE_KNOWNPIN_H

#include "base/secret.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define KNOWN_TRIES 3    /* fewer than lock it, and than cost any time */

/* The first line of a file that its owner (this user, or root) alone can read.
 * CNG_ERR_NOT_FOUND: there is none; CNG_ERR_STORE_PERMISSION: others can get at
 * it, or it is somebody else's; CNG_ERR_PIN_LENGTH: nothing that is a PIN. */
enum cng_status private_line(const char *path, struct secret *out)
    CNG_MUST_CHECK;

/* Of pin_source in the configuration: a path, or credential:NAME in
 * $CREDENTIALS_DIRECTORY, which the manager of services keeps. */
#define PIN_CREDENTIAL "credential:"
enum cng_status pin_source_read(const char *source, struct secret *out)
    CNG_MUST_CHECK;

/* The file that is read for it; false: a credential, and there are none. */
bool pin_source_path(const char *source, char *out, size_t size);

/* The key of a token without a PIN: 64 hexadecimal digits that stand for the
 * PIN, in STORE.key. */
enum cng_status key_file_read(const char *store, struct secret *out)
    CNG_MUST_CHECK;
enum cng_status key_file_make(const char *store, struct secret *out)
    CNG_MUST_CHECK;
/* false: a store that has none. */
bool key_file_path(const char *store, char *out, size_t size);
/* What is wrong with such a file, in words, for logs. */
const char *private_fault(enum cng_status st);
/* The token has another PIN now. */
void key_file_remove(const char *store);

#endif
