/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: files of KDS root keys, and SIDs.
 */
#include "fuzz.h"

#include "blob/kds.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* of the project's vectors */
	static const uint8_t id[KDS_ID] = { 0x88, 0x99, 0x40, 0xf8, 0x66,
		0x66, 0x15, 0x6e, 0x7b, 0x73, 0xe3, 0x9b, 0x3b, 0x85, 0xa2,
		0x42 };
	struct span in = span_of(data, size);
	struct secret descriptor = { 0 };
	struct kds_root root;

	if (size > 1 << 20)
		return 0;
	if (kds_root_find(&root, in, span_of(id, sizeof id)) == CNG_OK &&
	    (root.key.len != 64 || root.private_bits == 0 ||
		root.p.len != root.g.len))
		__builtin_trap();
	kds_root_free(&root);
	if (size < 256 && kds_descriptor(in, &descriptor) == CNG_OK)
		secret_free(&descriptor);
	return 0;
}
