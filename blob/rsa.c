/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSAPUBLICBLOB, RSAPRIVATEBLOB and RSAFULLPRIVATEBLOB: BCRYPT_RSAKEY_BLOB
 * and big-endian numbers of the lengths it announces.
 */
#include "base/util.h"
#include "base/why.h"
#include "blob/codec.h"
#include "blob/magic.h"

/* The four lengths of the header; the other numbers share them. */
enum { LEN_E, LEN_N, LEN_P, LEN_Q, LEN_COUNT };

static const char *const length_name[LEN_COUNT] = {
	[LEN_E] = "cbPublicExp",
	[LEN_N] = "cbModulus",
	[LEN_P] = "cbPrime1",
	[LEN_Q] = "cbPrime2",
};

/* In the order of the blob; a shorter form stops earlier. */
static const struct rsa_number {
	const char *name;
	enum key_part part;
	unsigned length;
	enum blob_field_kind kind;
} numbers[] = {
	{ "PublicExponent", RSA_E, LEN_E, BLOB_FIELD_BYTES },
	{ "Modulus", RSA_N, LEN_N, BLOB_FIELD_BYTES },
	{ "Prime1", RSA_P, LEN_P, BLOB_FIELD_SECRET },
	{ "Prime2", RSA_Q, LEN_Q, BLOB_FIELD_SECRET },
	{ "Exponent1", RSA_DP, LEN_P, BLOB_FIELD_SECRET },
	{ "Exponent2", RSA_DQ, LEN_Q, BLOB_FIELD_SECRET },
	{ "Coefficient", RSA_QINV, LEN_P, BLOB_FIELD_SECRET },
	{ "PrivateExponent", RSA_D, LEN_N, BLOB_FIELD_SECRET },
};

static const struct rsa_form {
	enum blob_type type;
	uint32_t magic;
	size_t count; /* of numbers[] */
} forms[] = {
	{ BLOB_RSAPUBLIC, MAGIC_RSA1, 2 },
	{ BLOB_RSAPRIVATE, MAGIC_RSA2, 4 },
	{ BLOB_RSAFULLPRIVATE, MAGIC_RSA3, ARRAY_LEN(numbers) },
};

static const struct rsa_form *
form_of(enum blob_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].type == type)
			return &forms[i];
	return NULL;
}

enum blob_type
rsa_detect(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].magic == magic)
			return forms[i].type;
	return BLOB_ANY;
}

static size_t
half(size_t len)
{
	return len / 2 + len % 2;
}

/* Windows writes and takes primes of half the modulus only.  Zeros in front
 * of the modulus may or may not have been counted. */
static bool
primes_fit(const uint32_t len[LEN_COUNT], struct span modulus, bool private)
{
	if (!private)
		return len[LEN_P] == 0 && len[LEN_Q] == 0;
	return len[LEN_P] == len[LEN_Q] &&
	    (len[LEN_P] == half(len[LEN_N]) ||
		len[LEN_P] == half(span_trim(modulus).len));
}

static enum cng_status
take_numbers(struct key_material *out, const struct rsa_form *form,
    const struct span *value)
{
	enum cng_status st = CNG_OK;

	out->family = KEY_RSA;
	out->has_private = form->type != BLOB_RSAPUBLIC;
	for (size_t i = 0; st == CNG_OK && i < form->count; i++)
		st = key_set(out, numbers[i].part, value[i]);
	return st;
}

enum cng_status
rsa_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	const struct rsa_form *form = form_of(type);
	struct span value[ARRAY_LEN(numbers)] = { 0 };
	uint32_t len[LEN_COUNT];
	enum cng_status st;

	(void)params;
	if (form == NULL)
		return CNG_ERR_INTERNAL;
	if (walk_magic(w, "Magic") != form->magic)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	/* Windows does not trust it, so it may say anything. */
	(void)walk_u32(w, "BitLength");
	for (size_t i = 0; i < LEN_COUNT; i++)
		len[i] = walk_u32(w, length_name[i]);
	for (size_t i = 0; i < form->count; i++) {
		value[i] = walk_bytes(w, numbers[i].name,
		    len[numbers[i].length], numbers[i].kind);
		if (span_trim(value[i]).len == 0)
			walk_fail(w, CNG_ERR_BAD_DATA);
	}
	st = walk_end(w);
	if (st == CNG_OK &&
	    !primes_fit(len, value[1], type != BLOB_RSAPUBLIC))
		st = why(CNG_ERR_BAD_DATA, "blob: cbPrime1 and cbPrime2 are not"
		    " what this type and cbModulus want");
	if (st == CNG_OK && out != NULL)
		st = take_numbers(out, form, value);
	return st;
}

enum cng_status
rsa_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct rsa_form *form = form_of(type);
	struct span n = span_trim(key_part(key, RSA_N));
	struct span e = span_trim(key_part(key, RSA_E));
	bool private = type != BLOB_RSAPUBLIC;
	size_t prime = private ? half(n.len) : 0;
	size_t len[LEN_COUNT] = { e.len, n.len, prime, prime };

	(void)params;
	if (form == NULL)
		return CNG_ERR_INTERNAL;
	if (key->family != KEY_RSA || (private && !key->has_private) ||
	    n.len > UINT32_MAX / 8 || e.len > UINT32_MAX)
		return CNG_ERR_BAD_TYPE;
	for (size_t i = 0; i < form->count; i++) {
		struct span value =
		    span_trim(key_part(key, numbers[i].part));

		if (value.len == 0 || value.len > len[numbers[i].length])
			return CNG_ERR_BAD_TYPE;
	}
	wr_u32le(out, form->magic);
	wr_u32le(out, (uint32_t)number_bits(n));
	for (size_t i = 0; i < LEN_COUNT; i++)
		wr_u32le(out, (uint32_t)len[i]);
	for (size_t i = 0; i < form->count; i++)
		wr_be_padded(out, key_part(key, numbers[i].part),
		    len[numbers[i].length]);
	return wr_status(out);
}
