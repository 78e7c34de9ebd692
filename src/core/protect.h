/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob: the keys around it.  A token keeps what is protected for
 * LOCAL=; a generic secret may hold the root key of a key distribution
 * service, and then is the unwrapping key.
 */
#ifndef CNG_CORE_PROTECT_H
#define CNG_CORE_PROTECT_H

#include "core/internal.h"
#include "core/transfer.h"

/* Is it such a blob, to be opened without or with a root key? */
bool protect_is_import(const struct import_request *req);

/* CNG_ERR_WRAP_KEY_TYPE, CNG_ERR_KEY_USAGE ...: not a key that may. */
enum cng_status protect_check_key(const struct object *key) CNG_MUST_CHECK;

/*
 * The key in the blob.  Also
 *   CNG_ERR_BAD_KEY       another token keeps it
 *   CNG_ERR_WRAP_KEY_TYPE the unwrapping key is another root key
 */
enum cng_status protect_import(struct token *tok,
    const struct import_request *req, struct key_material *out)
    CNG_MUST_CHECK;

enum cng_status protect_export(struct token *tok, const struct object *obj,
    const struct export_request *req, struct wr *out) CNG_MUST_CHECK;

#endif
