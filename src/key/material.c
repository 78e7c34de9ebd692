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
};

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

enum cng_status
key_set(struct key_material *key, enum key_part part, struct span value)
{
	const struct curve_info *curve = curve_info(key->curve);
	struct secret fresh = { 0 };
	enum cng_status st;

	if (key->family == KEY_EC) {
		if (curve == NULL)
			return CNG_ERR_BAD_CURVE;
		value = span_trim(value);
		if (value.len > curve->field_bytes)
			return CNG_ERR_BAD_DATA;
		st = secret_new(&fresh, curve->field_bytes);
		if (st != CNG_OK)
			return st;
		if (value.len > 0)
			memcpy(fresh.ptr + fresh.len - value.len, value.ptr,
			    value.len);
	} else {
		if (key->family == KEY_RSA) {
			value = span_trim(value);
			if (value.len > RSA_BITS_MAX / 8)
				return CNG_ERR_BAD_DATA;
		}
		st = secret_copy(&fresh, value);
		if (st != CNG_OK)
			return st;
	}
	secret_move(&key->part[part], &fresh);
	return CNG_OK;
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

	return curve == NULL ? 0 : curve->bits;
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

static enum cng_status
check_ec(const struct key_material *key)
{
	if (curve_info(key->curve) == NULL)
		return CNG_ERR_BAD_CURVE;
	if (has(key, EC_X) != has(key, EC_Y))
		return CNG_ERR_BAD_DATA;
	if (key->has_private)
		return has(key, EC_D) ? CNG_OK : CNG_ERR_BAD_DATA;
	return has(key, EC_X) ? CNG_OK : CNG_ERR_BAD_DATA;
}

static enum cng_status
check_secret(const struct key_material *key)
{
	size_t len = key->part[SYM_VALUE].len;

	if (key->family == KEY_AES)
		return len == 16 || len == 24 || len == 32 ? CNG_OK :
							      CNG_ERR_KEY_SIZE;
	return len >= 1 && len <= SECRET_KEY_MAX ? CNG_OK : CNG_ERR_KEY_SIZE;
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
	[KEY_RSA] = { PART(RSA_N) | PART(RSA_E), bits_of_rsa, check_rsa },
	[KEY_EC] = { PART(EC_X) | PART(EC_Y), bits_of_curve, check_ec },
	[KEY_AES] = { 0, bits_of_secret, check_secret },
	[KEY_GENERIC] = { 0, bits_of_secret, check_secret },
	[KEY_MLKEM] = { PART(PQ_PUBLIC), bits_of_set, check_pq },
	[KEY_MLDSA] = { PART(PQ_PUBLIC), bits_of_set, check_pq },
	[KEY_SLHDSA] = { PART(PQ_PUBLIC), bits_of_set, check_pq },
};

static const struct family *
family_of(enum key_family family)
{
	size_t i = (size_t)family;

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

/* Numbers that are not there are equal to none. */
static bool
same_number(struct span a, struct span b)
{
	return a.len > 0 && secret_equal(a, b);
}

bool
key_same_public(const struct key_material *a, const struct key_material *b)
{
	unsigned mask = key_public_parts(a->family);

	if (a->family != b->family || a->curve != b->curve ||
	    a->set != b->set)
		return false;
	if (mask == 0)
		return same_number(key_part(a, SYM_VALUE),
		    key_part(b, SYM_VALUE));
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		if (mask & 1u << i &&
		    !same_number(secret_span(&a->part[i]),
			secret_span(&b->part[i])))
			return false;
	return true;
}
