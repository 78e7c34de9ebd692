/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Legacy twins: beside its row in the store a named RSA key may have a PVK
 * file, for programs that know nothing newer.  It is in clear: the mode of
 * file and folder is all that protects it, so only a configuration that asks
 * for it lets one be written.
 */
#ifndef CNG_CORE_TWIN_H
#define CNG_CORE_TWIN_H

#include "core/token.h"

/* The folder of a store: its path and this. */
#define TWIN_FOLDER ".legacy"

struct twin;

/* Writes all of it under a name that nobody looks for, and waits until it is
 * durable.  CNG_ERR_KEY_TYPE: no private RSA key; CNG_ERR_ARGUMENT: no name,
 * or no store; CNG_ERR_STORE_PERMISSION: others may look into the folder. */
enum cng_status twin_prepare(struct twin **out, struct token *tok,
    const struct object *key, struct span name) CNG_MUST_CHECK;

/* Gives it its name, durably.  One that was there is kept until it is known
 * whether the store takes the key: only then is there no way back. */
enum cng_status twin_publish(struct twin *twin) CNG_MUST_CHECK;

/* The store has the key: frees.  For all of these, NULL is fine. */
void twin_settle(struct twin *twin);
/* The store has it not: as if it had never been; frees. */
void twin_drop(struct twin *twin);

/* The key of that name is gone, or another. */
void twin_forget(const char *store_path, struct span name);

/* All keys are gone. */
void twin_forget_all(const char *store_path);

#endif
