/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The file that a command makes, and with --json what is to be said of it.
 */
#ifndef CNG_CLI_WRITTEN_H
#define CNG_CLI_WRITTEN_H

#include "cli/args.h"
#include "cli/io.h"
#include "core/object.h"
#include "core/token.h"

/* --json needs standard output for itself. */
enum exit_code written_check(const struct args *args);

/* What went into it, of which token; a NULL object: none of a token's. */
struct written {
	const char *type;
	enum io_privacy privacy;
	const struct object *object;
	const struct token_info *token;
};
enum exit_code written_put(const struct args *args, struct span data,
    const struct written *what);

#endif
