/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where PINs and passwords come from: a file, a variable, a systemd
 * credential, or a question on the terminal; never the command line.
 */
#ifndef CNG_CLI_PIN_H
#define CNG_CLI_PIN_H

#include "base/secret.h"
#include "cli/args.h"

enum pin_kind {
	PIN_USER = 0,
	PIN_SO,
	PIN_NEW,                 /* the user PIN that is to be */
	PIN_UNBLOCK,             /* PUK, reset code or admin key of a card */
	PIN_PASSWORD,            /* of a key file */
	PIN_NEW_PASSWORD,        /* of the key file that is made of it */
	PIN_KIND_COUNT
};

/* Standard input can be one thing only: refuses it as the file and as the
 * source of a secret, or of two of them. */
enum exit_code pin_check_stdin(const struct args *args);

/* Did the user say where it is, in options or the environment? */
bool pin_given(const struct args *args, enum pin_kind kind);

/* Asks when nothing else gives it.  A file is read once, and its line kept
 * until pin_forget. */
enum exit_code pin_get(struct secret *out, const struct args *args,
    enum pin_kind kind);

/* The password of a file, whose name the question has. */
enum exit_code pin_get_password(struct secret *out, const struct args *args,
    const char *file);

/* What is done before a question, where something is on the terminal that is
 * no line; NULL: nothing. */
void pin_before_question(void (*clear)(void *arg), void *arg);

/* For setting one: asked twice, checked for length and UTF-8. */
enum exit_code pin_get_new(struct secret *out, const struct args *args,
    enum pin_kind kind);

/* At the end: wipes what was kept. */
void pin_forget(void);

#endif
