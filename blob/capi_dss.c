/* SPDX-License-Identifier: BSD-2-Clause
 *
 * V2CAPIDSAPUBLICBLOB and V2CAPIDSAPRIVATEBLOB: DSA keys of CryptoAPI
 * (DSSPUBKEY).  The private form has no y.
 */
#include "base/util.h"
#include "blob/capi.h"

#define KEY_MAX 128 /* bytes of p */
#define GROUP 20
#define NO_SEED 0xff
#define NUMBERS 4

static void
fill(struct capi_number numbers[NUMBERS], bool private, size_t width)
{
	const struct capi_number all[NUMBERS] = {
		{ "p", DSA_P, width, false },
		{ "q", DSA_Q, GROUP, false },
		{ "g", DSA_G, width, false },
		{ private ? "x" : "y", private ? DSA_X : DSA_Y,
		    private ? GROUP : width, private },
	};

	memcpy(numbers, all, sizeof all);
}

enum cng_status
capi_dss_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	bool private = type == BLOB_V2CAPIDSAPRIVATE;
	struct capi_number numbers[NUMBERS];
	struct capi_seed seed;
	uint32_t width;
	enum cng_status st;

	(void)params;
	(void)capi_read_head(type, w);
	width = capi_read_bits(w, "bitlen");
	if (width == 0 || width > KEY_MAX)
		walk_fail(w, CNG_ERR_BAD_DATA);
	if (out != NULL) {
		out->family = KEY_DSA;
		out->has_private = private;
	}
	fill(numbers, private, width);
	st = capi_read_numbers(w, numbers, NUMBERS, out);
	walk_fail(w, st);
	seed = capi_read_seed(w);
	st = walk_end(w);
	if (st == CNG_OK && out != NULL)
		st = capi_take_seed(&seed, DSA_SEED, DSA_COUNT, out);
	return st;
}

enum cng_status
capi_dss_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	bool private = type == BLOB_V2CAPIDSAPRIVATE;
	size_t width = key_part(key, DSA_P).len;
	struct capi_number numbers[NUMBERS];
	enum cng_status st;

	(void)params;
	if (key->family != KEY_DSA || (private && !key->has_private) ||
	    width > KEY_MAX || key_part(key, DSA_Q).len != GROUP)
		return CNG_ERR_BAD_TYPE;
	capi_write_head(type, CALG_DSS_SIGN, out);
	wr_u32le(out, (uint32_t)width * 8);
	fill(numbers, private, width);
	st = capi_write_numbers(numbers, NUMBERS, key, out);
	/* what does not fit is counted all the same */
	if (st != CNG_OK && st != CNG_ERR_BUFFER_TOO_SMALL)
		return st;
	capi_write_seed(key_part(key, DSA_SEED), key_part(key, DSA_COUNT),
	    NO_SEED, out);
	return wr_status(out);
}
