/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pkcs11: URIs of objects (RFC 7512), for pasting into other programs.
 */
#ifndef CNG_CLI_URI_H
#define CNG_CLI_URI_H

#include "base/span.h"
#include "cli/exit.h"
#include "core/token.h"

/* NULL when memory is short; uri_free. */
char *uri_of_object(const struct token_info *token, enum obj_class class,
    struct span id, struct span label);
void uri_free(char *uri);

/* Does the text mean that token, as a URI?  False: it is none, and *fits is
 * false.  What it says of objects, makers and models does not count. */
bool uri_fits(const char *text, const struct token_info *token,
    unsigned long slot, bool *fits);

/* Does its query say where the PIN is (RFC 7512), or even what it is? */
bool uri_has_pin(const char *text);

/* The PIN of pin-source: a file, which its owner alone can read.  A PIN in the
 * URI itself is refused: everybody on the machine would see it.  Failures have
 * been said. */
enum exit_code uri_pin(struct secret *out, const char *text);

#endif
