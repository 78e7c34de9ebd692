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

/* May key unwrap (usage, kind, mechanism)?  any_use: see transfer.h. */
enum cng_status policy_unwrap(const struct object *key, bool any_use,
    uint64_t mechanism) CNG_MUST_CHECK;

/* May the key leave in an envelope that this one opens? */
enum cng_status policy_recipient(const struct object *obj,
    const struct object *key, bool any_strength) CNG_MUST_CHECK;

#endif
