/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows.
 */
#include "tests/mechanisms/cells.h"
const struct table wrap_rows = { NULL, 0 };
