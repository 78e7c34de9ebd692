/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: KeyDataBlob, as AES and as generic secret.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct blob_params any = { .secret_family = KEY_GENERIC };

	fuzz_blob(BLOB_KEYDATA, NULL, span_of(data, size));
	fuzz_blob(BLOB_KEYDATA, &any, span_of(data, size));
	return 0;
}
