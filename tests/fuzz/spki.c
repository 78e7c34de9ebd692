/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: SubjectPublicKeyInfo and the parts of it.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key_material key = { .family = KEY_EC, .curve = CURVE_P256 };
	struct span in = span_of(data, size);

	fuzz_round_trip(spki_decode, spki_encode, in);
	(void)!ec_params_decode(in, &key.curve);
	(void)!ec_point_decode(&key, in);
	key_free(&key);
	return 0;
}
