/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the DSA and Diffie-Hellman blobs.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_blob(BLOB_DSAPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_DSAPRIVATE, NULL, span_of(data, size));
	fuzz_blob(BLOB_DHPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_DHPRIVATE, NULL, span_of(data, size));
	return 0;
}
