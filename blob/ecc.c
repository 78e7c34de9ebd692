/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECCPUBLICBLOB and ECCPRIVATEBLOB: BCRYPT_ECCKEY_BLOB, X, Y and d.  The
 * magic says which curve, and whether for ECDSA or ECDH; the generic magics
 * leave the curve to the parameters of the call.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/ecdomain.h"
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

enum key_curve
ecc_magic_curve(uint32_t magic)
{
	const struct ecc_form *form = form_of_magic(magic);

	return form == NULL ? CURVE_NONE : form->curve;
}

/* --- reading ---------------------------------------------------------- */

/* Only curves that Windows has a name for. */
static enum cng_status
curve_by_name(struct key_material *out, struct span name)
{
	enum cng_status st = curve_from_text(name, &out->curve);

	if (st != CNG_OK || curve_info(out->curve)->cng_name == NULL)
		return CNG_ERR_BAD_CURVE;
	out->family = curve_info(out->curve)->family;
	return CNG_OK;
}

/* Family and curve (with its parameters) into an empty material. */
static enum cng_status
find_curve(struct key_material *out, const struct ecc_form *form,
    const struct blob_params *params)
{
	enum cng_status st = CNG_OK;

	out->family = KEY_EC;
	out->curve = form->curve;
	if (form->curve != CURVE_NONE)
		return CNG_OK;
	if (params == NULL)
		return CNG_ERR_BAD_CURVE;
	if (params->curve_name.len > 0 && params->ecc_parameters.len > 0)
		return CNG_ERR_ARGUMENT;
	if (params->ecc_parameters.len > 0)
		return ecdomain_read(out, params->ecc_parameters);
	st = curve_by_name(out, params->curve_name);
	/* the curve of Montgomery is for agreement */
	if (st == CNG_OK && out->family != KEY_EC &&
	    form->role != KEY_ROLE_AGREE)
		st = CNG_ERR_BAD_CURVE;
	return st;
}

static bool
is_zero(struct span number)
{
	return span_trim(number).len == 0;
}

/* X = Y = 0 stands for a point that was left out. */
static enum cng_status
take_point(struct key_material *out, struct span x, struct span y,
    struct span d)
{
	enum cng_status st = CNG_OK;

	if (!out->has_private || !is_zero(x) || !is_zero(y)) {
		st = key_set(out, EC_X, x);
		if (st == CNG_OK)
			st = key_set(out, EC_Y, y);
	}
	if (st == CNG_OK && out->has_private)
		st = key_set(out, EC_D, d);
	return st;
}

/* Windows wants the scalar so, and RFC 7748 makes it so before each use. */
static void
clamp(struct secret *scalar)
{
	if (scalar->len == 0)
		return;
	scalar->ptr[0] &= 0xf8;
	scalar->ptr[scalar->len - 1] &= 0x7f;
	scalar->ptr[scalar->len - 1] |= 0x40;
}

/* curve25519: the byte strings of RFC 7748, and nothing in Y. */
static enum cng_status
take_bytes(struct key_material *out, struct span x, struct span y,
    struct span d)
{
	enum cng_status st = CNG_OK;

	if (!is_zero(y))
		return CNG_ERR_BAD_DATA;
	if (!out->has_private || !is_zero(x))
		st = key_set(out, ECX_PUBLIC, x);
	if (st == CNG_OK && out->has_private)
		st = key_set(out, ECX_PRIVATE, d);
	clamp(&out->part[ECX_PRIVATE]);
	return st;
}

/* A description needs no curve: cbKey says it all. */
static bool
length_ok(const struct walk *w, enum blob_type type, uint32_t len,
    const struct key_material *curve)
{
	if (curve->curve != CURVE_NONE)
		return len == key_field_bytes(curve);
	return len <= EC_BYTES_MAX &&
	    w->in.left / (type == BLOB_ECCPRIVATE ? 3 : 2) == len;
}

static enum cng_status
read_numbers(enum blob_type type, struct walk *w, struct key_material *out)
{
	struct span x, y, d = { 0 };
	uint32_t len = walk_u32(w, "cbKey");
	enum cng_status st;

	if (!length_ok(w, type, len, out))
		walk_fail(w, CNG_ERR_BAD_DATA);
	x = walk_bytes(w, "X", len, BLOB_FIELD_BYTES);
	y = walk_bytes(w, "Y", len, BLOB_FIELD_BYTES);
	if (type == BLOB_ECCPRIVATE)
		d = walk_bytes(w, "d", len, BLOB_FIELD_SECRET);
	st = walk_end(w);
	if (st != CNG_OK || out->curve == CURVE_NONE)
		return st;
	return out->family == KEY_EC ? take_point(out, x, y, d) :
				       take_bytes(out, x, y, d);
}

enum cng_status
ecc_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct key_material shown = { 0 };
	struct key_material *key = out != NULL ? out : &shown;
	const struct ecc_form *form;
	enum cng_status st;

	form = form_of_magic(walk_magic(w, "dwMagic"));
	if (form == NULL || form->type != type) {
		walk_fail(w, CNG_ERR_BAD_MAGIC);
		return walk_end(w);
	}
	st = find_curve(key, form, params);
	key->role = form->role;
	key->has_private = type == BLOB_ECCPRIVATE;
	if (out != NULL)
		return st == CNG_OK ? read_numbers(type, w, out) : st;
	st = read_numbers(type, w, &shown);
	key_free(&shown);
	return st;
}

/* --- writing ---------------------------------------------------------- */

static void
write_magic(enum blob_type type, const struct key_material *key,
    struct wr *out)
{
	enum key_role role = key->role & KEY_ROLE_SIGN &&
		key->family == KEY_EC ? KEY_ROLE_SIGN : KEY_ROLE_AGREE;
	uint32_t magic = 0;

	/* a magic of its own, or the generic one, which comes later */
	for (size_t i = 0; magic == 0 && i < ARRAY_LEN(forms); i++)
		if ((forms[i].curve == key->curve ||
			forms[i].curve == CURVE_NONE) &&
		    forms[i].role == role && forms[i].type == type)
			magic = forms[i].magic;
	wr_u32le(out, magic);
}

static enum cng_status
write_bytes(bool private, const struct key_material *key, size_t len,
    struct wr *out)
{
	struct secret scalar = { 0 };
	enum cng_status st = CNG_OK;

	wr_bytes(out, key_part(key, ECX_PUBLIC));
	wr_zero(out, len);
	if (private)
		st = secret_copy(&scalar, key_part(key, ECX_PRIVATE));
	if (st != CNG_OK)
		return st;
	clamp(&scalar);
	wr_bytes(out, secret_span(&scalar));
	secret_free(&scalar);
	return wr_status(out);
}

static bool
can_write(bool private, const struct key_material *key,
    const struct curve_info *curve)
{
	bool point = key->family == KEY_EC;
	size_t len = curve->field_bytes;

	if (curve->cng_name == NULL || curve->family != key->family ||
	    (private && !key->has_private))
		return false;
	if (!point)
		return key->part[ECX_PUBLIC].len == len &&
		    (!private || key->part[ECX_PRIVATE].len == len);
	return key->part[EC_X].len == len && key->part[EC_Y].len == len &&
	    (!private || (key->part[EC_D].len > 0 &&
			     span_trim(key_part(key, EC_D)).len <= len));
}

enum cng_status
ecc_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct curve_info *curve = curve_info(key->curve);
	bool private = type == BLOB_ECCPRIVATE;

	(void)params;
	if (curve == NULL || !can_write(private, key, curve))
		return CNG_ERR_BAD_TYPE;
	write_magic(type, key, out);
	wr_u32le(out, (uint32_t)curve->field_bytes);
	if (key->family != KEY_EC)
		return write_bytes(private, key, curve->field_bytes, out);
	wr_bytes(out, key_part(key, EC_X));
	wr_bytes(out, key_part(key, EC_Y));
	if (private)
		wr_be_padded(out, key_part(key, EC_D), curve->field_bytes);
	return wr_status(out);
}
