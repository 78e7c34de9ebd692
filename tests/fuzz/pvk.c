/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: PVK files, in clear and encrypted.
 */
#include "fuzz.h"

#include "blob/pvk.h"

static const struct pbe password = { .has_password = true,
	.password = { (const uint8_t *)"secret", 6 } };

static enum cng_status
decode(struct key_material *out, struct span in)
{
	return pvk_decode(out, in, &password);
}

static enum cng_status
encode(const struct key_material *key, struct wr *out)
{
	return pvk_encode(key, NULL, out);
}

static void
hear(void *arg, const struct blob_field *field)
{
	const struct span *in = arg;

	if (field->offset > in->len || field->size > in->len - field->offset)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);

	(void)!pvk_describe(in, hear, &in);
	fuzz_round_trip(decode, encode, in);
	return 0;
}
