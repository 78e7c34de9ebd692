/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpaqueTransport: a key with its name, policy and properties, sealed by the
 * token that it leaves and may come back to.
 */
#ifndef CNG_CORE_TRANSPORT_H
#define CNG_CORE_TRANSPORT_H

#include "core/internal.h"
#include "core/transfer.h"

enum cng_status transport_export(struct token *tok, const struct object *obj,
    struct wr *out) CNG_MUST_CHECK;

/*
 * The object as it was, but not made here and trusted by nobody.  The
 * template may take rights away and may give it another label or id.
 *   CNG_ERR_BAD_KEY   another token has sealed it
 *   CNG_ERR_BAD_DATA  changed, or sealed before this token was made anew
 *   CNG_ERR_TEMPLATE_INCONSISTENT  more rights, or another name
 */
enum cng_status transport_import(struct token *tok,
    const struct import_request *req, const struct rule_context *ctx,
    struct object **out) CNG_MUST_CHECK;

#endif
