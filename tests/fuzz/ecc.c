/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the two ECC blobs.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_blob(BLOB_ECCPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_ECCPRIVATE, NULL, span_of(data, size));
	return 0;
}
