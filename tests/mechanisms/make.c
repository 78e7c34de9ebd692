/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows.
 */
#include "tests/mechanisms/cells.h"
const struct table make_rows = { NULL, 0 };
