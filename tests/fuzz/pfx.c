/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: PKCS#12, with and without a look at its MAC; what is read can
 * be written and read again.
 */
#include "fuzz.h"

#include "crypto/pfx.h"

static void
check(const struct pfx *pfx)
{
	const struct pbe pbe = { .kind = PBE_PBES2_AES256,
		.has_password = true, .password = span_str("x"),
		.iterations = 1 };
	size_t keys = 0, certs = 0;
	struct pfx again;
	struct secret out;

	for (size_t i = 0; i < pfx->count; i++) {
		struct key_material key;

		keys += pfx->item[i].kind == PFX_KEY;
		certs += pfx->item[i].kind == PFX_CERT;
		if (pfx->item[i].kind == PFX_KEY &&
		    pkcs8_decode(&key, secret_span(&pfx->item[i].der),
			NULL) == CNG_OK)
			key_free(&key);
	}
	/* a bag may hold a certificate that is no DER */
	if (pfx_write(&out, pfx, &pbe) != CNG_OK)
		return;
	if (pfx_read(&again, secret_span(&out), &pbe) != CNG_OK ||
	    again.count != keys + certs)
		__builtin_trap();
	pfx_free(&again);
	secret_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pbe pbe = { .has_password = true,
		.password = span_str("secret") };
	struct pfx_part parts[PFX_PARTS_MAX];
	struct span in = span_of(data, size);
	struct pfx pfx;
	size_t count;

	(void)pfx_detect(in);
	(void)!pfx_describe(in, parts, &count);
	if (count > PFX_PARTS_MAX)
		__builtin_trap();
	if (pfx_read(&pfx, in, &pbe) != CNG_OK &&
	    (pfx.count > 0 || pfx.item != NULL))
		__builtin_trap();
	pfx_free(&pfx);
	if (pfx_read_unverified(&pfx, in, &pbe) == CNG_OK)
		check(&pfx);
	pfx_free(&pfx);
	return 0;
}
