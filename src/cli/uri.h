/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pkcs11: URIs of tokens and objects (RFC 7512), for pasting into other
 * programs, and from them.
 */
#ifndef CNG_CLI_URI_H
#define CNG_CLI_URI_H

#include "base/secret.h"
#include "base/span.h"
#include "cli/exit.h"
#include "core/token.h"

/* NULL when memory is short; uri_free. */
char *uri_of_object(const struct token_info *token, enum obj_class class,
    struct span id, struct span label);
char *uri_of_token(const struct token_info *token);
void uri_free(char *uri);

bool uri_is_one(const char *text);

/* What it says of an object.  All zero says nothing. */
struct uri_object {
	bool has_id, has_label;
	struct secret id, label;
	enum obj_class class;      /* OBJ_NONE: does not say */
};
void uri_object_free(struct uri_object *object);

/* CNG_ERR_BAD_DATA: not written as RFC 7512 has it. */
enum cng_status uri_read(struct uri_object *out, const char *text)
    CNG_MUST_CHECK;

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
