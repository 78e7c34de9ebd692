/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the blobs of CryptoAPI.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_blob(BLOB_CAPIPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_CAPIPRIVATE, NULL, span_of(data, size));
	fuzz_blob(BLOB_CAPIDSAPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_CAPIDSAPRIVATE, NULL, span_of(data, size));
	fuzz_blob(BLOB_V2CAPIDSAPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_V2CAPIDSAPRIVATE, NULL, span_of(data, size));
	fuzz_blob(BLOB_CAPIDHPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_CAPIDHPRIVATE, NULL, span_of(data, size));
	return 0;
}
