/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DHPUBLICBLOB and DHPRIVATEBLOB: BCRYPT_DH_KEY_BLOB and big-endian numbers,
 * all of them as wide as the prime.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/magic.h"

/* In the order of the blob; a public one stops before the last. */
static const struct dh_number {
	const char *name;
	enum key_part part;
	enum blob_field_kind kind;
} numbers[] = {
	{ "Modulus", DH_P, BLOB_FIELD_BYTES },
	{ "Generator", DH_G, BLOB_FIELD_BYTES },
	{ "Public", DH_Y, BLOB_FIELD_BYTES },
	{ "PrivateExponent", DH_X, BLOB_FIELD_SECRET },
};

static size_t
count_of(enum blob_type type)
{
	return type == BLOB_DHPRIVATE ? ARRAY_LEN(numbers) :
					ARRAY_LEN(numbers) - 1;
}

enum blob_type
dh_detect(uint32_t magic)
{
	if (magic == MAGIC_DHPB)
		return BLOB_DHPUBLIC;
	return magic == MAGIC_DHPV ? BLOB_DHPRIVATE : BLOB_ANY;
}

enum cng_status
dh_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct span value[ARRAY_LEN(numbers)] = { 0 };
	uint32_t len;
	enum cng_status st;

	(void)params;
	if (dh_detect(walk_magic(w, "dwMagic")) != type)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	len = walk_u32(w, "cbKey");
	for (size_t i = 0; i < count_of(type); i++) {
		value[i] = walk_bytes(w, numbers[i].name, len,
		    numbers[i].kind);
		if (span_trim(value[i]).len == 0)
			walk_fail(w, CNG_ERR_BAD_DATA);
	}
	st = walk_end(w);
	if (st == CNG_OK && len > DH_BITS_CNG_MAX / 8)
		st = CNG_ERR_KEY_SIZE;
	if (st != CNG_OK || out == NULL)
		return st;
	out->family = KEY_DH;
	out->has_private = type == BLOB_DHPRIVATE;
	for (size_t i = 0; st == CNG_OK && i < count_of(type); i++)
		st = key_set(out, numbers[i].part, value[i]);
	return st;
}

enum cng_status
dh_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	bool private = type == BLOB_DHPRIVATE;
	size_t width = key_part(key, DH_P).len;

	(void)params;
	if (key->family != KEY_DH || (private && !key->has_private))
		return CNG_ERR_BAD_TYPE;
	if (width > DH_BITS_CNG_MAX / 8)
		return CNG_ERR_KEY_SIZE;
	for (size_t i = 0; i < count_of(type); i++) {
		size_t len = key_part(key, numbers[i].part).len;

		if (len == 0 || len > width)
			return CNG_ERR_BAD_TYPE;
	}
	wr_u32le(out, private ? MAGIC_DHPV : MAGIC_DHPB);
	wr_u32le(out, (uint32_t)width);
	for (size_t i = 0; i < count_of(type); i++)
		wr_be_padded(out, key_part(key, numbers[i].part), width);
	return wr_status(out);
}
