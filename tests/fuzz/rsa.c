/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the three RSA blobs.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_blob(BLOB_RSAPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_RSAPRIVATE, NULL, span_of(data, size));
	fuzz_blob(BLOB_RSAFULLPRIVATE, NULL, span_of(data, size));
	return 0;
}
