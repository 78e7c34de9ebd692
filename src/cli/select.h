/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects of a token: which ones the options mean, and what to say of them.
 */
#ifndef CNG_CLI_SELECT_H
#define CNG_CLI_SELECT_H

#include "cli/args.h"
#include "cli/print.h"
#include "cli/target.h"
#include "core/object.h"

struct selected {
	obj_id id;
	struct object *object;
};

/* All zero is none. */
struct selection {
	struct selected *item;
	size_t count;
};

void selection_free(struct selection *sel);

/* Every object that agrees with --name, --label, --id and --class. */
enum exit_code select_all(struct selection *out, struct token *token,
    const struct args *args);

/* Exactly one; the public half of a key pair and its certificate go with the
 * private one. */
enum exit_code select_one(struct selected *out, struct token *token,
    const struct args *args);

/* The class that --class or --uri says; OBJ_NONE: neither says one. */
enum obj_class select_class(const struct args *args);

/* The secret key, or the key of that class, that a text means: by its name,
 * else by a label, else by an id; or by a pkcs11: URI. */
enum exit_code select_key(struct object **out, const struct target *target,
    enum obj_class class, const char *text);

/* The bytes of a property; empty when there is none. */
enum cng_status object_text(struct secret *out, const struct object *object,
    enum prop_id id) CNG_MUST_CHECK;

/* What lists and imports print of an object. */
enum exit_code object_row(json_t **out, const struct object *object,
    const struct token_info *token);

/* "private key RSA 2048 'label'", for questions and messages. */
void object_summary(char *out, size_t size, const struct object *object);

#endif
