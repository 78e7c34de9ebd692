/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key material: copies, shapes, sizes.  No arithmetic happens here.
 */
#include "key/material.h"

#include "base/util.h"
#include "key/set.h"

#define PART(part) (1u << (part))

/* What tells the families apart: one row each. */
struct family {
	unsigned public_parts;    /* a mask of parts */
	size_t (*bits)(const struct key_material *key);
	enum cng_status (*check)(const struct key_material *key);
	unsigned optional;        /* of these: equal also when both lack it */
	unsigned remarks;         /* of these: not what tells keys apart */
};

#define EC_DOMAIN (PART(EC_P) | PART(EC_A) | PART(EC_B) | PART(EC_GX) | \
	PART(EC_GY) | PART(EC_N) | PART(EC_H))
#define EC_REMARKS (PART(EC_SEED) | PART(EC_INFO))
#define DSA_REMARKS \
	(PART(DSA_SEED) | PART(DSA_COUNT) | PART(DSA_INFO) | PART(DSA_J))
#define DH_REMARKS \
	(PART(DH_Q) | PART(DH_J) | PART(DH_SEED) | PART(DH_COUNT))

static const struct family *family_of(enum key_family family);

unsigned
key_public_parts(enum key_family family)
{
	const struct family *row = family_of(family);

	return row == NULL ? 0 : row->public_parts;
}

void
key_free(struct key_material *key)
{
	if (key == NULL)
		return;
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		secret_free(&key->part[i]);
	*key = (struct key_material){ 0 };
}

static enum cng_status
copy_parts(struct key_material *out, const struct key_material *from,
    unsigned mask)
{
	enum cng_status st = CNG_OK;

	*out = (struct key_material){ 0 };
	for (size_t i = 0; st == CNG_OK && i < KEY_PART_MAX; i++)
		if (mask & 1u << i)
			st = secret_copy(&out->part[i],
			    secret_span(&from->part[i]));
	if (st != CNG_OK) {
		key_free(out);
		return st;
	}
	out->family = from->family;
	out->curve = from->curve;
	out->set = from->set;
	out->role = from->role;
	return CNG_OK;
}

enum cng_status
key_copy(struct key_material *out, const struct key_material *from)
{
	enum cng_status st = copy_parts(out, from, ~0u);

	if (st == CNG_OK)
		out->has_private = from->has_private;
	return st;
}

enum cng_status
key_copy_public(struct key_material *out, const struct key_material *from)
{
	return copy_parts(out, from, key_public_parts(from->family));
}

/* What a number of an EC key is padded to; 0: it is kept as given. */
static size_t
ec_width(const struct key_material *key, enum key_part part)
{
	const struct curve_info *curve = curve_info(key->curve);

	if (PART(part) & (EC_REMARKS | PART(EC_P) | PART(EC_N) | PART(EC_H)))
		return 0;
	if (part != EC_D)
		return curve != NULL ? curve->field_bytes :
				       key->part[EC_P].len;
	return curve != NULL ? curve->order_bytes : key->part[EC_N].len;
}

static size_t
ec_limit(enum key_part part)
{
	if (part == EC_SEED)
		return EC_SEED_MAX;
	return part == EC_INFO ? EC_INFO_LEN : EC_BYTES_MAX;
}

static enum cng_status
ec_number(struct secret *out, const struct key_material *key,
    enum key_part part, struct span value)
{
	size_t width = ec_width(key, part);
	enum cng_status st;

	if (curve_info(key->curve) == NULL && key->curve != CURVE_EXPLICIT)
		return CNG_ERR_BAD_CURVE;
	if (width == 0)
		return value.len > ec_limit(part) ? CNG_ERR_BAD_DATA :
						    secret_copy(out, value);
	value = span_trim(value);
	if (value.len > width)
		return CNG_ERR_BAD_DATA;
	st = secret_new(out, width);
	if (st == CNG_OK && value.len > 0)
		memcpy(out->ptr + out->len - value.len, value.ptr, value.len);
	return st;
}

/* Byte strings, not numbers. */
static enum cng_status
ecx_bytes(struct secret *out, const struct key_material *key,
    struct span value)
{
	const struct curve_info *curve = curve_info(key->curve);

	if (curve == NULL || curve->family != key->family)
		return CNG_ERR_BAD_CURVE;
	return value.len == curve->field_bytes ? secret_copy(out, value) :
						 CNG_ERR_BAD_DATA;
}

/* The longest that a number may be; 0: bytes that are kept as they are. */
static size_t
number_max(enum key_family family, enum key_part part)
{
	if (family == KEY_RSA)
		return RSA_BITS_MAX / 8;
	if (family == KEY_DSA)
		return part >= DSA_SEED && part <= DSA_INFO ?
		    0 : DSA_BITS_MAX / 8;
	if (key_is_dh(family))
		return part >= DH_SEED ? 0 : DH_BITS_MAX / 8;
	return 0;
}

/* Without leading zeros, as RSA, DSA and DH have them. */
static enum cng_status
trimmed_number(struct secret *out, size_t max, struct span value)
{
	value = span_trim(value);
	return value.len > max ? CNG_ERR_BAD_DATA : secret_copy(out, value);
}

enum cng_status
key_set(struct key_material *key, enum key_part part, struct span value)
{
	struct secret fresh = { 0 };
	enum cng_status st;

	if (key->family == KEY_EC)
		st = ec_number(&fresh, key, part, value);
	else if (key->family == KEY_MONTGOMERY || key->family == KEY_EDWARDS)
		st = ecx_bytes(&fresh, key, value);
	else if (number_max(key->family, part) > 0)
		st = trimmed_number(&fresh, number_max(key->family, part),
		    value);
	else
		st = secret_copy(&fresh, value);
	if (st == CNG_OK)
		secret_move(&key->part[part], &fresh);
	return st;
}

size_t
key_field_bytes(const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);

	if (curve != NULL)
		return curve->field_bytes;
	return key->curve == CURVE_EXPLICIT ? key->part[EC_P].len : 0;
}

size_t
key_order_bytes(const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);

	if (curve != NULL)
		return curve->order_bytes;
	if (key->family == KEY_DSA)
		return key->part[DSA_Q].len;
	return key->curve == CURVE_EXPLICIT ?
	    span_trim(key_part(key, EC_N)).len : 0;
}

size_t
number_bits(struct span number)
{
	size_t bits;

	number = span_trim(number);
	if (number.len == 0)
		return 0;
	bits = number.len * 8;
	for (unsigned top = number.ptr[0]; !(top & 0x80); top <<= 1)
		bits--;
	return bits;
}

static bool
has(const struct key_material *key, enum key_part part)
{
	return key->part[part].len > 0;
}

static size_t
bits_of_rsa(const struct key_material *key)
{
	return number_bits(key_part(key, RSA_N));
}

static size_t
bits_of_curve(const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);

	if (curve != NULL)
		return curve->bits;
	return key->curve == CURVE_EXPLICIT ?
	    number_bits(key_part(key, EC_P)) : 0;
}

static size_t
bits_of_secret(const struct key_material *key)
{
	return key->part[SYM_VALUE].len * 8;
}

static enum cng_status
check_rsa(const struct key_material *key)
{
	size_t bits = bits_of_rsa(key);

	if (!has(key, RSA_N) || !has(key, RSA_E))
		return CNG_ERR_BAD_DATA;
	if (bits < RSA_BITS_IMPORT_MIN || bits > RSA_BITS_MAX)
		return CNG_ERR_KEY_SIZE;
	if (!key->has_private)
		return CNG_OK;
	return has(key, RSA_D) || (has(key, RSA_P) && has(key, RSA_Q)) ?
	    CNG_OK : CNG_ERR_BAD_DATA;
}

/* Are the parameters all there, in their widths, and of sane sizes? */
static enum cng_status
check_explicit(const struct key_material *key)
{
	static const enum key_part padded[] = { EC_A, EC_B, EC_GX, EC_GY };
	size_t field = key->part[EC_P].len;
	size_t bits = number_bits(key_part(key, EC_P));

	if (!has(key, EC_P) || !has(key, EC_N) || !has(key, EC_H) ||
	    field != (bits + 7) / 8)
		return CNG_ERR_BAD_DATA;
	for (size_t i = 0; i < ARRAY_LEN(padded); i++)
		if (key->part[padded[i]].len != field)
			return CNG_ERR_BAD_DATA;
	if (bits < EC_BITS_MIN || field > EC_BYTES_MAX ||
	    key->part[EC_N].len > EC_BYTES_MAX ||
	    key->part[EC_H].len > EC_BYTES_MAX)
		return CNG_ERR_BAD_CURVE;
	return CNG_OK;
}

static enum cng_status
check_ec(const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);
	size_t info = key->part[EC_INFO].len;
	enum cng_status st = CNG_OK;

	if (key->curve == CURVE_EXPLICIT)
		st = check_explicit(key);
	else if (curve == NULL || curve->family != KEY_EC)
		st = CNG_ERR_BAD_CURVE;
	if (st != CNG_OK)
		return st;
	if ((info != 0 && info != EC_INFO_LEN) ||
	    key->part[EC_SEED].len > EC_SEED_MAX)
		return CNG_ERR_BAD_DATA;
	if (has(key, EC_X) != has(key, EC_Y))
		return CNG_ERR_BAD_DATA;
	if (key->has_private)
		return has(key, EC_D) ? CNG_OK : CNG_ERR_BAD_DATA;
	return has(key, EC_X) ? CNG_OK : CNG_ERR_BAD_DATA;
}

static enum cng_status
check_ecx(const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);
	enum key_part needed = key->has_private ? ECX_PRIVATE : ECX_PUBLIC;

	if (curve == NULL || curve->family != key->family)
		return CNG_ERR_BAD_CURVE;
	if (key->part[needed].len != curve->field_bytes)
		return CNG_ERR_BAD_DATA;
	return !has(key, ECX_PUBLIC) ||
		key->part[ECX_PUBLIC].len == curve->field_bytes ?
	    CNG_OK : CNG_ERR_BAD_DATA;
}

size_t
key_secret_len(enum key_family family)
{
	if (family == KEY_DES3)
		return 24;
	return family == KEY_CHACHA20 || family == KEY_POLY1305 ? 32 : 0;
}

bool
key_has_three_lens(enum key_family family)
{
	return family == KEY_AES || family == KEY_CAMELLIA;
}

static enum cng_status
check_secret(const struct key_material *key)
{
	size_t len = key->part[SYM_VALUE].len;

	if (key_has_three_lens(key->family))
		return len == 16 || len == 24 || len == 32 ? CNG_OK :
							      CNG_ERR_KEY_SIZE;
	if (key->family == KEY_XTS)
		return len == 32 || len == 64 ? CNG_OK : CNG_ERR_KEY_SIZE;
	if (key_secret_len(key->family) != 0)
		return len == key_secret_len(key->family) ? CNG_OK :
							    CNG_ERR_KEY_SIZE;
	return len >= 1 && len <= SECRET_KEY_MAX ? CNG_OK : CNG_ERR_KEY_SIZE;
}

/* --- DSA and Diffie-Hellman ----------------------------------------------- */

#define SEED_MAX 256
#define COUNT_LEN 4
#define INFO_LEN 2

static size_t
bits_of_prime(const struct key_material *key)
{
	/* p comes first in both */
	return number_bits(key_part(key, DSA_P));
}

/* Seed and counter come together or not at all. */
static bool
seed_fits(const struct key_material *key, enum key_part seed,
    enum key_part count)
{
	return has(key, seed) == has(key, count) &&
	    key->part[seed].len <= SEED_MAX &&
	    (!has(key, count) || key->part[count].len == COUNT_LEN);
}

static enum cng_status
check_dsa_group(const struct key_material *key)
{
	size_t bits = bits_of_prime(key), p = key->part[DSA_P].len;
	size_t q = key->part[DSA_Q].len, info = key->part[DSA_INFO].len;

	if (!has(key, DSA_P) || !has(key, DSA_Q) || !has(key, DSA_G))
		return CNG_ERR_BAD_DATA;
	if (bits < DSA_BITS_MIN || bits > DSA_BITS_MAX ||
	    (q != 20 && q != 28 && q != 32 && q != 64))
		return CNG_ERR_KEY_SIZE;
	if (q >= p || key->part[DSA_G].len > p || key->part[DSA_Y].len > p ||
	    key->part[DSA_J].len > p || key->part[DSA_X].len > q ||
	    !seed_fits(key, DSA_SEED, DSA_COUNT) ||
	    (info != 0 && info != INFO_LEN))
		return CNG_ERR_BAD_DATA;
	return CNG_OK;
}

static enum cng_status
check_dsa(const struct key_material *key)
{
	enum cng_status st = check_dsa_group(key);

	return st != CNG_OK || has(key, key->has_private ? DSA_X : DSA_Y) ?
	    st : CNG_ERR_BAD_DATA;
}

static enum cng_status
check_dh_group(const struct key_material *key)
{
	size_t bits = bits_of_prime(key), p = key->part[DH_P].len;

	if (!has(key, DH_P) || !has(key, DH_G) ||
	    (key->family == KEY_X942 && !has(key, DH_Q)))
		return CNG_ERR_BAD_DATA;
	if (bits < DH_BITS_MIN || bits > DH_BITS_MAX)
		return CNG_ERR_KEY_SIZE;
	for (size_t i = DH_G; i <= DH_J; i++)
		if (key->part[i].len > p)
			return CNG_ERR_BAD_DATA;
	return seed_fits(key, DH_SEED, DH_COUNT) ? CNG_OK : CNG_ERR_BAD_DATA;
}

static enum cng_status
check_dh(const struct key_material *key)
{
	enum cng_status st = check_dh_group(key);

	return st != CNG_OK || has(key, key->has_private ? DH_X : DH_Y) ?
	    st : CNG_ERR_BAD_DATA;
}

static size_t
bits_of_set(const struct key_material *key)
{
	const struct key_set_info *set = key_set_info(key->set);

	return set == NULL ? 0 : set->bits;
}

static bool
empty_or(const struct key_material *key, enum key_part part, size_t len)
{
	return !has(key, part) || key->part[part].len == len;
}

static enum cng_status
check_pq(const struct key_material *key)
{
	const struct key_set_info *set = key_set_info(key->set);
	bool private = has(key, PQ_PRIVATE) || has(key, PQ_SEED);

	if (set == NULL || set->family != key->family ||
	    !empty_or(key, PQ_PUBLIC, set->public_bytes) ||
	    !empty_or(key, PQ_PRIVATE, set->private_bytes) ||
	    !empty_or(key, PQ_SEED, set->seed_bytes))
		return CNG_ERR_BAD_DATA;
	return private == key->has_private &&
		(private || has(key, PQ_PUBLIC)) ?
	    CNG_OK : CNG_ERR_BAD_DATA;
}

static const struct family families[KEY_FAMILY_COUNT] = {
	[KEY_RSA] = {
		.public_parts = PART(RSA_N) | PART(RSA_E),
		.bits = bits_of_rsa,
		.check = check_rsa,
	},
	[KEY_EC] = {
		.public_parts = PART(EC_X) | PART(EC_Y) | EC_DOMAIN |
		    EC_REMARKS,
		.optional = EC_DOMAIN,
		.remarks = EC_REMARKS,
		.bits = bits_of_curve,
		.check = check_ec,
	},
	[KEY_AES] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_CAMELLIA] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_GENERIC] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_DES3] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_CHACHA20] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_POLY1305] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_XTS] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_HKDF] = { .bits = bits_of_secret, .check = check_secret },
	[KEY_MONTGOMERY] = {
		.public_parts = PART(ECX_PUBLIC),
		.bits = bits_of_curve,
		.check = check_ecx,
	},
	[KEY_EDWARDS] = {
		.public_parts = PART(ECX_PUBLIC),
		.bits = bits_of_curve,
		.check = check_ecx,
	},
	[KEY_DSA] = {
		.public_parts = PART(DSA_P) | PART(DSA_Q) | PART(DSA_G) |
		    PART(DSA_Y) | DSA_REMARKS,
		.remarks = DSA_REMARKS,
		.bits = bits_of_prime,
		.check = check_dsa,
	},
	[KEY_DH] = {
		.public_parts = PART(DH_P) | PART(DH_G) | PART(DH_Y) |
		    DH_REMARKS,
		.remarks = DH_REMARKS,
		.bits = bits_of_prime,
		.check = check_dh,
	},
	[KEY_X942] = {
		.public_parts = PART(DH_P) | PART(DH_G) | PART(DH_Y) |
		    DH_REMARKS,
		.remarks = DH_REMARKS,
		.bits = bits_of_prime,
		.check = check_dh,
	},
	[KEY_MLKEM] = {
		.public_parts = PART(PQ_PUBLIC),
		.bits = bits_of_set,
		.check = check_pq,
	},
	[KEY_MLDSA] = {
		.public_parts = PART(PQ_PUBLIC),
		.bits = bits_of_set,
		.check = check_pq,
	},
	[KEY_SLHDSA] = {
		.public_parts = PART(PQ_PUBLIC),
		.bits = bits_of_set,
		.check = check_pq,
	},
};

static const struct family *
family_of(enum key_family family)
{
	static const struct family mac_key = {
		.bits = bits_of_secret,
		.check = check_secret,
	};
	size_t i = (size_t)family;

	if (family_is_hmac(family))
		return &mac_key;
	return i < ARRAY_LEN(families) && families[i].check != NULL ?
	    &families[i] : NULL;
}

size_t
key_bits(const struct key_material *key)
{
	const struct family *row = family_of(key->family);

	return row == NULL ? 0 : row->bits(key);
}

enum cng_status
key_check_shape(const struct key_material *key)
{
	const struct family *row = family_of(key->family);

	return row == NULL ? CNG_ERR_ARGUMENT : row->check(key);
}

enum cng_status
key_check_group(const struct key_material *key)
{
	if (key->family == KEY_DSA)
		return check_dsa_group(key);
	return key_is_dh(key->family) ? check_dh_group(key) :
					CNG_ERR_ARGUMENT;
}

/* Numbers that are not there are equal to none. */
static bool
same_number(struct span a, struct span b)
{
	return a.len > 0 && secret_equal(a, b);
}

static bool
same_part(const struct key_material *a, const struct key_material *b,
    size_t part, bool optional)
{
	struct span x = secret_span(&a->part[part]);
	struct span y = secret_span(&b->part[part]);

	return same_number(x, y) || (optional && x.len == 0 && y.len == 0);
}

bool
key_same_public(const struct key_material *a, const struct key_material *b)
{
	const struct family *row = family_of(a->family);

	if (row == NULL || a->family != b->family || a->curve != b->curve ||
	    a->set != b->set)
		return false;
	if (row->public_parts == 0)
		return same_number(key_part(a, SYM_VALUE),
		    key_part(b, SYM_VALUE));
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		if (row->public_parts & ~row->remarks & 1u << i &&
		    !same_part(a, b, i, (row->optional & 1u << i) != 0))
			return false;
	return true;
}
