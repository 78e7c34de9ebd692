/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECCPUBLICBLOB and ECCPRIVATEBLOB: BCRYPT_ECCKEY_BLOB, X, Y and d.  The
 * magic says which curve, and whether for ECDSA or ECDH.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/magic.h"

/* CURVE_NONE: the generic magics, whose curve is named elsewhere. */
static const struct ecc_form {
	uint32_t magic;
	enum key_curve curve;
	enum key_role role;
	enum blob_type type;
} forms[] = {
	{ MAGIC('E', 'C', 'K', '1'), CURVE_P256, KEY_ROLE_AGREE,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'K', '2'), CURVE_P256, KEY_ROLE_AGREE,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'K', '3'), CURVE_P384, KEY_ROLE_AGREE,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'K', '4'), CURVE_P384, KEY_ROLE_AGREE,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'K', '5'), CURVE_P521, KEY_ROLE_AGREE,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'K', '6'), CURVE_P521, KEY_ROLE_AGREE,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'S', '1'), CURVE_P256, KEY_ROLE_SIGN,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'S', '2'), CURVE_P256, KEY_ROLE_SIGN,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'S', '3'), CURVE_P384, KEY_ROLE_SIGN,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'S', '4'), CURVE_P384, KEY_ROLE_SIGN,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'S', '5'), CURVE_P521, KEY_ROLE_SIGN,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'S', '6'), CURVE_P521, KEY_ROLE_SIGN,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'K', 'P'), CURVE_NONE, KEY_ROLE_AGREE,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'K', 'V'), CURVE_NONE, KEY_ROLE_AGREE,
	    BLOB_ECCPRIVATE },
	{ MAGIC('E', 'C', 'D', 'P'), CURVE_NONE, KEY_ROLE_SIGN,
	    BLOB_ECCPUBLIC },
	{ MAGIC('E', 'C', 'D', 'V'), CURVE_NONE, KEY_ROLE_SIGN,
	    BLOB_ECCPRIVATE },
};

static const struct ecc_form *
form_of_magic(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].magic == magic)
			return &forms[i];
	return NULL;
}

enum blob_type
ecc_detect(uint32_t magic)
{
	const struct ecc_form *form = form_of_magic(magic);

	return form == NULL ? BLOB_ANY : form->type;
}

/* Is what follows cbKey in the short layout?  The full blobs share the
 * generic magics, and have a version in that place. */
static bool
is_short_layout(const struct walk *w, enum blob_type type, uint32_t len)
{
	return w->in.left / (type == BLOB_ECCPRIVATE ? 3 : 2) == len;
}

static enum cng_status
take_numbers(struct key_material *out, const struct ecc_form *form,
    struct span x, struct span y, struct span d)
{
	enum cng_status st = CNG_OK;

	out->family = KEY_EC;
	out->curve = form->curve;
	out->role = form->role;
	out->has_private = form->type == BLOB_ECCPRIVATE;
	/* X = Y = 0 stands for a point that was left out. */
	if (!out->has_private || span_trim(x).len > 0 ||
	    span_trim(y).len > 0) {
		st = key_set(out, EC_X, x);
		if (st == CNG_OK)
			st = key_set(out, EC_Y, y);
	}
	if (st == CNG_OK && out->has_private)
		st = key_set(out, EC_D, d);
	return st;
}

enum cng_status
ecc_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	const struct ecc_form *form;
	const struct curve_info *curve;
	struct span x, y, d = { 0 };
	uint32_t len;
	enum cng_status st;

	(void)params;
	form = form_of_magic(walk_magic(w, "dwMagic"));
	if (form == NULL || form->type != type) {
		walk_fail(w, CNG_ERR_BAD_MAGIC);
		return walk_end(w);
	}
	curve = curve_info(form->curve);
	len = walk_u32(w, "cbKey");
	if (curve == NULL && !is_short_layout(w, type, len))
		walk_fail(w, CNG_ERR_BAD_CURVE);
	if (curve != NULL && len != curve->field_bytes)
		walk_fail(w, CNG_ERR_BAD_DATA);
	x = walk_bytes(w, "X", len, BLOB_FIELD_BYTES);
	y = walk_bytes(w, "Y", len, BLOB_FIELD_BYTES);
	if (type == BLOB_ECCPRIVATE)
		d = walk_bytes(w, "d", len, BLOB_FIELD_SECRET);
	st = walk_end(w);
	if (st == CNG_OK && curve == NULL)
		st = CNG_ERR_BAD_CURVE;
	if (st == CNG_OK && out != NULL)
		st = take_numbers(out, form, x, y, d);
	return st;
}

enum cng_status
ecc_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct curve_info *curve = curve_info(key->curve);
	enum key_role role = key->role & KEY_ROLE_SIGN ? KEY_ROLE_SIGN :
							 KEY_ROLE_AGREE;
	bool private = type == BLOB_ECCPRIVATE;

	(void)params;
	if (key->family != KEY_EC || curve == NULL ||
	    key_part(key, EC_X).len != curve->field_bytes ||
	    key_part(key, EC_Y).len != curve->field_bytes)
		return CNG_ERR_BAD_TYPE;
	if (private && (!key->has_private ||
	    key_part(key, EC_D).len != curve->field_bytes))
		return CNG_ERR_BAD_TYPE;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].curve == key->curve && forms[i].role == role &&
		    forms[i].type == type)
			wr_u32le(out, forms[i].magic);
	wr_u32le(out, (uint32_t)curve->field_bytes);
	wr_bytes(out, key_part(key, EC_X));
	wr_bytes(out, key_part(key, EC_Y));
	if (private)
		wr_bytes(out, key_part(key, EC_D));
	return wr_status(out);
}
