/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CAPIPUBLICBLOB and CAPIPRIVATEBLOB: RSA keys of CryptoAPI (RSAPUBKEY).
 * The algorithm says whether the key signs only or exchanges keys, too.
 */
#include "base/util.h"
#include "blob/capi.h"

/* In the order of the blob; a public one ends after the first. */
static const struct {
	const char *name;
	enum key_part part;
	bool half; /* as wide as a prime */
} layout[] = {
	{ "modulus", RSA_N, false },
	{ "prime1", RSA_P, true },
	{ "prime2", RSA_Q, true },
	{ "exponent1", RSA_DP, true },
	{ "exponent2", RSA_DQ, true },
	{ "coefficient", RSA_QINV, true },
	{ "privateExponent", RSA_D, false },
};

static size_t
fill(struct capi_number numbers[ARRAY_LEN(layout)], bool private,
    size_t width)
{
	size_t count = private ? ARRAY_LEN(layout) : 1;

	for (size_t i = 0; i < count; i++)
		numbers[i] = (struct capi_number){
			.name = layout[i].name,
			.part = layout[i].part,
			.width = layout[i].half ? width / 2 : width,
			.secret = i > 0,
		};
	return count;
}

static enum cng_status
set_exponent(struct key_material *out, uint32_t e)
{
	uint8_t bytes[4];
	struct wr w = wr_of(bytes, sizeof bytes);

	wr_u32be(&w, e);
	return key_set(out, RSA_E, span_of(bytes, sizeof bytes));
}

enum cng_status
capi_rsa_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	bool private = type == BLOB_CAPIPRIVATE;
	struct capi_number numbers[ARRAY_LEN(layout)];
	uint32_t algorithm, width, e;
	enum cng_status st;

	(void)params;
	algorithm = capi_read_head(type, w);
	width = capi_read_bits(w, "bitlen");
	if (width == 0 || (private && width % 2 != 0))
		walk_fail(w, CNG_ERR_BAD_DATA);
	e = walk_u32(w, "pubexp");
	if (e == 0)
		walk_fail(w, CNG_ERR_BAD_DATA);
	if (out != NULL) {
		out->family = KEY_RSA;
		out->has_private = private;
		out->role = algorithm == CALG_RSA_SIGN ? KEY_ROLE_SIGN :
							 KEY_ROLE_ENCRYPT;
	}
	st = capi_read_numbers(w, numbers, fill(numbers, private, width),
	    out);
	if (st == CNG_OK && out != NULL)
		st = set_exponent(out, e);
	walk_fail(w, st);
	return walk_end(w);
}

enum cng_status
capi_rsa_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	bool private = type == BLOB_CAPIPRIVATE;
	struct span e = span_trim(key_part(key, RSA_E));
	size_t width = span_trim(key_part(key, RSA_N)).len;
	struct capi_number numbers[ARRAY_LEN(layout)];

	(void)params;
	if (key->family != KEY_RSA || e.len == 0 || e.len > 4 || width == 0 ||
	    width > RSA_BITS_MAX / 8 ||
	    (private && (!key->has_private || width % 2 != 0)))
		return CNG_ERR_BAD_TYPE;
	capi_write_head(type, key->role == KEY_ROLE_SIGN ? CALG_RSA_SIGN :
							   CALG_RSA_KEYX,
	    out);
	wr_u32le(out, (uint32_t)width * 8);
	wr_le_padded(out, e, 4);
	return capi_write_numbers(numbers, fill(numbers, private, width), key,
	    out);
}
