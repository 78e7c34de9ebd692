/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Dates of keys and certificates: eight digits, or nothing.
 */
#ifndef CNG_CORE_DATE_H
#define CNG_CORE_DATE_H

#include "base/span.h"

/* Is it a day of the calendar, or empty? */
bool date_is_one(struct span s);

/* Of two of these: the second is not before the first, or one is empty. */
bool date_in_order(struct span start, struct span end);

#endif
