/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the post-quantum blobs.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int type = BLOB_MLKEMPUBLIC; type <= BLOB_PQPRIVATE; type++)
		fuzz_blob((enum blob_type)type, NULL, span_of(data, size));
	return 0;
}
