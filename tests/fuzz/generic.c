/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the generic blobs; each may be any of several layouts.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_blob(BLOB_PUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_PRIVATE, NULL, span_of(data, size));
	return 0;
}
