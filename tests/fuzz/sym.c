/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: CipherKeyBlob, the frames of wrapped and sealed keys, and the
 * strangers that are only described.
 */
#include "fuzz.h"

static void
fuzz_frame(enum blob_type type, struct span in)
{
	static uint8_t out[1 << 20];
	struct blob_frame frame;
	struct wr w = wr_of(out, sizeof out);

	if (blob_frame_read(type, in, &frame) != CNG_OK)
		return;
	/* what was read is written as it was */
	if (blob_frame_write(type, &frame, &w) != CNG_OK ||
	    !span_equal(span_of(out, w.len), in))
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct blob_transport transport;

	if (size > 1 << 20)
		return 0;
	fuzz_blob(BLOB_CIPHERKEY, NULL, in);
	fuzz_blob(BLOB_RSAAESWRAP, NULL, in);
	fuzz_blob(BLOB_RFC3565WRAP, NULL, in);
	fuzz_blob(BLOB_OPAQUETRANSPORT, NULL, in);
	fuzz_blob(BLOB_ANY, NULL, in);
	fuzz_frame(BLOB_RSAAESWRAP, in);
	fuzz_frame(BLOB_RFC3565WRAP, in);
	(void)!blob_transport_read(in, &transport);
	return 0;
}
