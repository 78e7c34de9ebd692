/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows that start with a number and stand in ascending order of it.
 */
#ifndef CNG_PKCS11_LOOKUP_H
#define CNG_PKCS11_LOOKUP_H

#include "pkcs11/cryptoki.h"

#include <stddef.h>
#include <string.h>

/* NULL when no row has it. */
static inline const void *
lookup(const void *rows, size_t count, size_t row_size, CK_ULONG number)
{
	const unsigned char *row;
	size_t low = 0, high = count, mid;
	CK_ULONG here;

	while (low < high) {
		mid = (low + high) / 2;
		row = (const unsigned char *)rows + mid * row_size;
		memcpy(&here, row, sizeof(here));
		if (here == number)
			return row;
		if (here < number)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

#endif
