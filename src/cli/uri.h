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
#include "core/shown.h"

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
	bool has_token;            /* it says something of token or slot */
};
void uri_object_free(struct uri_object *object);

/* CNG_ERR_BAD_DATA: not written as RFC 7512 has it, or with attributes that
 * are not known, which might have chosen another one. */
enum cng_status uri_read(struct uri_object *out, const char *text)
    CNG_MUST_CHECK;

/* What the user gave by that option ("--uri "): refused when it is no URI, has
 * a PIN in it or, where a token is to be chosen, does not choose one. */
enum exit_code uri_check(const char *option, const char *text, bool token);

/* How much of what the user gave, URI or not, may be shown ("%.*s"): not where
 * a PIN is, or could be. */
int uri_shown(const char *text);

/* Does the text mean that token, as a URI?  False: it is none, and *fits is
 * false.  What it says of objects does not count; of token, slot (NULL: in
 * none) and library all of it, as RFC 7512 has it. */
bool uri_fits(const char *text, const struct shown *shown,
    const unsigned long *slot, bool *fits);

/* Does its query say where the PIN is (RFC 7512)? */
bool uri_has_pin(const char *text);

/* The PIN of pin-source: a file, which its owner alone can read.  Failures have
 * been said. */
enum exit_code uri_pin(struct secret *out, const char *text);

#endif
