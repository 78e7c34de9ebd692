/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who may leave, and under what: export and wrapping rules.
 */
#ifndef CNG_CORE_POLICY_H
#define CNG_CORE_POLICY_H

#include "core/internal.h"
#include "core/transfer.h"

/* May obj leave that way?  Unextractable is judged before anything else. */
enum cng_status policy_export(const struct object *obj,
    const struct export_request *req) CNG_MUST_CHECK;

/* May the request's key unwrap (usage, kind, mechanism)? */
enum cng_status policy_unwrap(const struct import_request *req,
    uint64_t mechanism) CNG_MUST_CHECK;

#endif
