/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Domain parameters of a curve as CNG lays them out.
 */
#include "blob/ecdomain.h"

#include "base/rd.h"
#include "crypto/curve.h"

/* The hash of every seed that a standard published. */
#define CALG_SHA1 0x8004u

static void
walk_header(struct ecdomain *d, struct walk *w)
{
	uint32_t version = walk_u32(w, "dwVersion");

	if (version != ECC_VERSION)
		walk_fail(w, CNG_ERR_BAD_DATA);
	d->type = walk_u32(w, "dwCurveType");
	d->hash = walk_u32(w, "dwCurveGenerationAlgId");
	d->field = walk_u32(w, "cbFieldLength");
	d->order = walk_u32(w, "cbSubgroupOrder");
	d->cofactor = walk_u32(w, "cbCofactor");
	d->seed_len = walk_u32(w, "cbSeed");
	if (d->field == 0 || d->field > EC_BYTES_MAX || d->order == 0 ||
	    d->order > EC_BYTES_MAX || d->cofactor == 0 ||
	    d->cofactor > EC_BYTES_MAX || d->seed_len > EC_SEED_MAX)
		walk_fail(w, CNG_ERR_BAD_DATA);
}

void
ecdomain_walk(struct ecdomain *out, struct walk *w)
{
	*out = (struct ecdomain){ 0 };
	walk_header(out, w);
	out->p = walk_bytes(w, "P", out->field, BLOB_FIELD_BYTES);
	out->a = walk_bytes(w, "A", out->field, BLOB_FIELD_BYTES);
	out->b = walk_bytes(w, "B", out->field, BLOB_FIELD_BYTES);
	out->gx = walk_bytes(w, "Gx", out->field, BLOB_FIELD_BYTES);
	out->gy = walk_bytes(w, "Gy", out->field, BLOB_FIELD_BYTES);
	out->n = walk_bytes(w, "n", out->order, BLOB_FIELD_BYTES);
	out->h = walk_bytes(w, "h", out->cofactor, BLOB_FIELD_BYTES);
	out->seed = walk_bytes(w, "seed", out->seed_len, BLOB_FIELD_BYTES);
}

/* Type and hash, which no other format has. */
static enum cng_status
take_info(struct key_material *out, const struct ecdomain *d)
{
	uint8_t info[EC_INFO_LEN];
	struct wr w = wr_of(info, sizeof info);
	enum cng_status st;

	wr_u8(&w, (uint8_t)d->type);
	wr_u32le(&w, d->hash);
	st = key_set(out, EC_INFO, span_of(info, sizeof info));
	return st == CNG_OK ? key_set(out, EC_SEED, d->seed) : st;
}

enum cng_status
ecdomain_take(struct key_material *out, const struct ecdomain *d)
{
	const struct {
		enum key_part part;
		struct span value;
	} numbers[] = { { EC_P, d->p }, { EC_N, d->n }, { EC_H, d->h },
		{ EC_A, d->a }, { EC_B, d->b }, { EC_GX, d->gx },
		{ EC_GY, d->gy } };
	enum cng_status st = CNG_OK;

	out->family = KEY_EC;
	out->curve = CURVE_EXPLICIT;
	/* Edwards and Montgomery forms nobody computes with here */
	if (d->type != ECC_SHORT_WEIERSTRASS)
		return CNG_ERR_BAD_CURVE;
	/* the widths follow from it */
	if (d->p.ptr[0] == 0)
		return CNG_ERR_BAD_DATA;
	for (size_t i = 0; st == CNG_OK &&
	     i < sizeof numbers / sizeof numbers[0]; i++)
		st = key_set(out, numbers[i].part, numbers[i].value);
	if (st == CNG_OK)
		st = take_info(out, d);
	return st == CNG_OK ? curve_recognise(out) : st;
}

enum cng_status
ecdomain_read(struct key_material *out, struct span in)
{
	struct walk w = walk_of(in, NULL, NULL);
	struct ecdomain d;
	enum cng_status st;

	ecdomain_walk(&d, &w);
	st = walk_end(&w);
	return st == CNG_OK ? ecdomain_take(out, &d) : st;
}

/* What to say of the seed: as it came, else what is known of the curve. */
static void
choose_seed(const struct key_material *key,
    const struct key_material *domain, uint32_t *hash, struct span *seed)
{
	struct rd info = rd_of(key_part(key, EC_INFO));
	uint8_t type;

	*seed = key_part(key, EC_SEED);
	if (rd_u8(&info, &type) && rd_u32le(&info, hash))
		return;
	if (seed->len == 0)
		*seed = key_part(domain, EC_SEED);
	*hash = seed->len > 0 ? CALG_SHA1 : 0;
}

static enum cng_status
write_domain(const struct key_material *key,
    const struct key_material *domain, struct wr *out)
{
	uint32_t hash = 0;
	struct span seed;

	choose_seed(key, domain, &hash, &seed);
	wr_u32le(out, ECC_VERSION);
	wr_u32le(out, ECC_SHORT_WEIERSTRASS);
	wr_u32le(out, hash);
	wr_u32le(out, (uint32_t)domain->part[EC_P].len);
	wr_u32le(out, (uint32_t)domain->part[EC_N].len);
	wr_u32le(out, (uint32_t)domain->part[EC_H].len);
	wr_u32le(out, (uint32_t)seed.len);
	for (int part = EC_P; part <= EC_H; part++)
		wr_bytes(out, key_part(domain, (enum key_part)part));
	wr_bytes(out, seed);
	return wr_status(out);
}

enum cng_status
ecdomain_write(const struct key_material *key, struct wr *out)
{
	struct key_material named;
	enum cng_status st;

	if (key->curve == CURVE_EXPLICIT)
		return write_domain(key, key, out);
	st = curve_parameters(&named, key->curve);
	if (st == CNG_OK)
		st = write_domain(key, &named, out);
	key_free(&named);
	return st;
}
