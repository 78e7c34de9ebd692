/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECCFULLPUBLICBLOB and ECCFULLPRIVATEBLOB: BCRYPT_ECCFULLKEY_BLOB, which
 * brings the parameters of its curve along, then Q and d.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/ecdomain.h"
#include "blob/magic.h"

static const struct full_form {
	uint32_t magic;
	enum key_role role;
	bool private;
} forms[] = {
	{ MAGIC('E', 'C', 'K', 'P'), KEY_ROLE_AGREE, false },
	{ MAGIC('E', 'C', 'K', 'V'), KEY_ROLE_AGREE, true },
	{ MAGIC('E', 'C', 'D', 'P'), KEY_ROLE_SIGN, false },
	{ MAGIC('E', 'C', 'D', 'V'), KEY_ROLE_SIGN, true },
	/* Windows may put the magic of the curve here; we do not */
	{ MAGIC('E', 'C', 'K', '1'), KEY_ROLE_AGREE, false },
	{ MAGIC('E', 'C', 'K', '2'), KEY_ROLE_AGREE, true },
	{ MAGIC('E', 'C', 'K', '3'), KEY_ROLE_AGREE, false },
	{ MAGIC('E', 'C', 'K', '4'), KEY_ROLE_AGREE, true },
	{ MAGIC('E', 'C', 'K', '5'), KEY_ROLE_AGREE, false },
	{ MAGIC('E', 'C', 'K', '6'), KEY_ROLE_AGREE, true },
	{ MAGIC('E', 'C', 'S', '1'), KEY_ROLE_SIGN, false },
	{ MAGIC('E', 'C', 'S', '2'), KEY_ROLE_SIGN, true },
	{ MAGIC('E', 'C', 'S', '3'), KEY_ROLE_SIGN, false },
	{ MAGIC('E', 'C', 'S', '4'), KEY_ROLE_SIGN, true },
	{ MAGIC('E', 'C', 'S', '5'), KEY_ROLE_SIGN, false },
	{ MAGIC('E', 'C', 'S', '6'), KEY_ROLE_SIGN, true },
};

/* Both layouts begin with the same magics; where the full one has its version
 * the short one has the size of a coordinate, which is never 1. */
enum blob_type
ecc_layout(enum blob_type type, struct span blob)
{
	struct rd in = rd_of(blob);
	uint32_t magic, second;

	if ((type != BLOB_ECCPUBLIC && type != BLOB_ECCPRIVATE) ||
	    !rd_u32le(&in, &magic) || !rd_u32le(&in, &second) ||
	    second != ECC_VERSION)
		return type;
	return type == BLOB_ECCPUBLIC ? BLOB_ECCFULLPUBLIC :
					BLOB_ECCFULLPRIVATE;
}

static const struct full_form *
form_of_magic(uint32_t magic, bool private)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].magic == magic && forms[i].private == private)
			return &forms[i];
	return NULL;
}

/* The magic of a curve must be that of this one. */
static bool
magic_fits(uint32_t magic, enum key_curve curve)
{
	enum key_curve named = ecc_magic_curve(magic);

	return named == CURVE_NONE || named == curve;
}

static enum cng_status
take_key(struct key_material *out, struct span x, struct span y,
    struct span d)
{
	enum cng_status st = CNG_OK;

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
eccfull_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	bool private = type == BLOB_ECCFULLPRIVATE;
	struct span x, y, d = { 0 };
	const struct full_form *form;
	struct ecdomain domain;
	enum cng_status st;

	(void)params;
	form = form_of_magic(walk_magic(w, "dwMagic"), private);
	if (form == NULL) {
		walk_fail(w, CNG_ERR_BAD_MAGIC);
		return walk_end(w);
	}
	ecdomain_walk(&domain, w);
	x = walk_bytes(w, "Qx", domain.field, BLOB_FIELD_BYTES);
	y = walk_bytes(w, "Qy", domain.field, BLOB_FIELD_BYTES);
	if (private)
		d = walk_bytes(w, "d", domain.order, BLOB_FIELD_SECRET);
	st = walk_end(w);
	if (st != CNG_OK || out == NULL)
		return st;
	out->role = form->role;
	out->has_private = private;
	st = ecdomain_take(out, &domain);
	if (st == CNG_OK && !magic_fits(form->magic, out->curve))
		st = CNG_ERR_BAD_DATA;
	return st == CNG_OK ? take_key(out, x, y, d) : st;
}

enum cng_status
eccfull_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	enum key_role role = key->role & KEY_ROLE_SIGN ? KEY_ROLE_SIGN :
							 KEY_ROLE_AGREE;
	bool private = type == BLOB_ECCFULLPRIVATE;
	size_t field = key_field_bytes(key);
	enum cng_status st;

	(void)params;
	if (key->family != KEY_EC || field == 0 ||
	    key->part[EC_X].len != field || key->part[EC_Y].len != field ||
	    (private && (!key->has_private || key->part[EC_D].len == 0)))
		return CNG_ERR_BAD_TYPE;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (forms[i].role == role && forms[i].private == private) {
			wr_u32le(out, forms[i].magic);
			break;
		}
	}
	st = ecdomain_write(key, out);
	if (st != CNG_OK && st != CNG_ERR_BUFFER_TOO_SMALL)
		return st;
	wr_bytes(out, key_part(key, EC_X));
	wr_bytes(out, key_part(key, EC_Y));
	if (private)
		wr_bytes(out, key_part(key, EC_D));
	return wr_status(out);
}
