/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of containers, by Windows' rules, whatever card keeps them: up to 39
 * units of UTF-16 without a backslash, kept exactly; two that differ in case
 * only cannot be on one card.
 */
#ifndef CNG_CARD_NAMES_H
#define CNG_CARD_NAMES_H

#include "store/device.h"

/* CNG_ERR_ARGUMENT: no name for a container. */
enum cng_status card_name_check(const char *name) CNG_MUST_CHECK;

/* But for case. */
bool card_name_same(const char *a, const char *b);

#endif
