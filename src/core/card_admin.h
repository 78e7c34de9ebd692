/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The management key of a card, as the configuration has it: a file of its
 * own, so that the configuration itself is no secret.
 */
#ifndef CNG_CORE_CARD_ADMIN_H
#define CNG_CORE_CARD_ADMIN_H

#include "base/secret.h"
#include "core/conf.h"

/* Empty where there is none, or where the file may not be trusted; the log
 * says so then.  One line: hex, or the characters of a PIN. */
enum cng_status card_admin_key(const struct conf *conf, struct secret *out)
    CNG_MUST_CHECK;

#endif
