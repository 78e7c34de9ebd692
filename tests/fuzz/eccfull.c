/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: ECC blobs whose curve is not in the magic.  The first byte
 * says which curve the caller names; 0 stands for parameters, which are then
 * all there is.
 */
#include "fuzz.h"

static void
fuzz_parameters(struct span in)
{
	static const uint8_t blob[104] = "ECDV\x20";
	struct blob_params params = { .ecc_parameters = in };
	struct key_material key;

	(void)!blob_decode(BLOB_ECCPRIVATE, span_of(blob, sizeof blob),
	    &params, &key);
	key_free(&key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct curve_info *info;
	struct blob_params params = { 0 };

	fuzz_blob(BLOB_ECCFULLPUBLIC, NULL, span_of(data, size));
	fuzz_blob(BLOB_ECCFULLPRIVATE, NULL, span_of(data, size));
	if (size == 0)
		return 0;
	info = curve_info((enum key_curve)data[0]);
	if (data[0] == 0)
		fuzz_parameters(span_of(data + 1, size - 1));
	if (info == NULL)
		return 0;
	params.curve_name = span_str(info->name);
	fuzz_blob(BLOB_ECCPUBLIC, &params, span_of(data + 1, size - 1));
	fuzz_blob(BLOB_ECCPRIVATE, &params, span_of(data + 1, size - 1));
	return 0;
}
