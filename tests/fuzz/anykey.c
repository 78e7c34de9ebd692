/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: a key in any form, DER or PEM.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key_material key;

	if (key_decode_any(&key, span_of(data, size), NULL) != CNG_OK &&
	    key.family != KEY_NONE)
		__builtin_trap();
	key_free(&key);
	return 0;
}
