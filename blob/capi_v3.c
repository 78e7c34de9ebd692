/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CAPIDSAPUBLICBLOB, CAPIDSAPRIVATEBLOB, CAPIDHPUBLICBLOB and
 * CAPIDHPRIVATEBLOB: version 3 of CryptoAPI's DSA and Diffie-Hellman blobs
 * (DSSPUBKEY_VER3 and its three sisters), which differ by magic alone.
 */
#include "base/util.h"
#include "blob/capi.h"

#define NO_SEED 0
#define NUMBERS 6

/* Widths in bytes. */
struct v3_head {
	size_t p, q, j, x;
};

/* Where the two families keep what the blobs share. */
struct v3_parts {
	enum key_part p, q, g, j, y, x, seed, counter;
};

static const struct v3_parts dsa_parts = { DSA_P, DSA_Q, DSA_G, DSA_J, DSA_Y,
	DSA_X, DSA_SEED, DSA_COUNT };
static const struct v3_parts dh_parts = { DH_P, DH_Q, DH_G, DH_J, DH_Y, DH_X,
	DH_SEED, DH_COUNT };

static bool
is_dsa(enum blob_type type)
{
	return type == BLOB_CAPIDSAPUBLIC || type == BLOB_CAPIDSAPRIVATE;
}

static bool
is_private(enum blob_type type)
{
	return type == BLOB_CAPIDSAPRIVATE || type == BLOB_CAPIDHPRIVATE;
}

static const struct v3_parts *
parts_of(enum blob_type type)
{
	return is_dsa(type) ? &dsa_parts : &dh_parts;
}

/* In the order of the blob. */
static void
fill(struct capi_number numbers[NUMBERS], const struct v3_parts *at,
    const struct v3_head *head)
{
	const struct capi_number all[NUMBERS] = {
		{ "p", at->p, head->p, false }, { "q", at->q, head->q, false },
		{ "g", at->g, head->p, false }, { "j", at->j, head->j, false },
		{ "y", at->y, head->p, false }, { "x", at->x, head->x, true },
	};

	memcpy(numbers, all, sizeof all);
}

enum cng_status
capi_v3_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct capi_number numbers[NUMBERS];
	struct v3_head head = { 0 };
	struct capi_seed seed;
	enum cng_status st;

	(void)params;
	(void)capi_read_head(type, w);
	head.p = capi_read_bits(w, "bitlenP");
	head.q = capi_read_bits(w, "bitlenQ");
	head.j = capi_read_bits(w, "bitlenJ");
	if (is_private(type))
		head.x = capi_read_bits(w, "bitlenX");
	if (head.p == 0 || (is_dsa(type) && head.q == 0) ||
	    (is_private(type) && head.x == 0))
		walk_fail(w, CNG_ERR_BAD_DATA);
	seed = capi_read_seed(w);
	if (out != NULL) {
		out->family = is_dsa(type) ? KEY_DSA : KEY_DH;
		out->has_private = is_private(type);
	}
	fill(numbers, parts_of(type), &head);
	st = capi_read_numbers(w, numbers, NUMBERS, out);
	walk_fail(w, st);
	st = walk_end(w);
	if (st == CNG_OK && !is_dsa(type) && head.p > DH_BITS_CNG_MAX / 8)
		st = CNG_ERR_KEY_SIZE;
	if (st != CNG_OK || out == NULL)
		return st;
	return capi_take_seed(&seed, parts_of(type)->seed,
	    parts_of(type)->counter, out);
}

enum cng_status
capi_v3_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct v3_parts *at = parts_of(type);
	bool dsa = is_dsa(type), private = is_private(type);
	struct v3_head head = { 0 };
	struct capi_number numbers[NUMBERS];

	(void)params;
	if (key->family != (dsa ? KEY_DSA : KEY_DH) ||
	    (private && !key->has_private))
		return CNG_ERR_BAD_TYPE;
	head.p = key_part(key, at->p).len;
	head.q = key_part(key, at->q).len;
	head.j = key_part(key, at->j).len;
	if (private)
		head.x = dsa ? head.q : head.p;
	if (!dsa && head.p > DH_BITS_CNG_MAX / 8)
		return CNG_ERR_KEY_SIZE;
	if (head.p == 0 || (dsa && head.q == 0))
		return CNG_ERR_BAD_TYPE;
	capi_write_head(type, dsa ? CALG_DSS_SIGN : CALG_DH_SF, out);
	wr_u32le(out, (uint32_t)head.p * 8);
	wr_u32le(out, (uint32_t)head.q * 8);
	wr_u32le(out, (uint32_t)head.j * 8);
	if (private)
		wr_u32le(out, (uint32_t)head.x * 8);
	capi_write_seed(key_part(key, at->seed), key_part(key, at->counter),
	    NO_SEED, out);
	fill(numbers, at, &head);
	return capi_write_numbers(numbers, NUMBERS, key, out);
}
