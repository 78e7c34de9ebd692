/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: PKCS#8, encrypted with the empty password or plain.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct blob_params params = { .pbe = { .has_password = true } };

	fuzz_blob(BLOB_PKCS8, &params, span_of(data, size));
	return 0;
}
