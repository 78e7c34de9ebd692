/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ML-KEM, ML-DSA and SLH-DSA keys: BCRYPT_MLKEM_KEY_BLOB and
 * BCRYPT_PQDSA_KEY_BLOB, which are one layout, and NCRYPT_PQ_BLOB around
 * them.  The magic says which family, a wide string which parameter set.
 */
#include "base/utf16.h"
#include "base/util.h"
#include "blob/codec.h"
#include "blob/magic.h"
#include "key/set.h"

static const struct pq_form {
	uint32_t magic;
	enum key_family family;
	enum key_part part;
	enum blob_type type;
} forms[] = {
	{ MAGIC('M', 'L', 'K', 'P'), KEY_MLKEM, PQ_PUBLIC, BLOB_MLKEMPUBLIC },
	{ MAGIC('M', 'L', 'K', 'R'), KEY_MLKEM, PQ_PRIVATE,
	    BLOB_MLKEMPRIVATE },
	{ MAGIC('M', 'L', 'K', 'S'), KEY_MLKEM, PQ_SEED,
	    BLOB_MLKEMPRIVATESEED },
	{ MAGIC('D', 'S', 'P', 'K'), KEY_MLDSA, PQ_PUBLIC, BLOB_PQDSAPUBLIC },
	{ MAGIC('D', 'S', 'S', 'K'), KEY_MLDSA, PQ_PRIVATE,
	    BLOB_PQDSAPRIVATE },
	{ MAGIC('D', 'S', 'S', 'S'), KEY_MLDSA, PQ_SEED,
	    BLOB_PQDSAPRIVATESEED },
	{ MAGIC('S', 'H', 'P', 'K'), KEY_SLHDSA, PQ_PUBLIC,
	    BLOB_PQDSAPUBLIC },
	{ MAGIC('S', 'H', 'S', 'K'), KEY_SLHDSA, PQ_PRIVATE,
	    BLOB_PQDSAPRIVATE },
};

enum blob_type
pq_detect(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].magic == magic)
			return forms[i].type;
	return BLOB_ANY;
}

static const struct pq_form *
form_of_magic(enum blob_type type, uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].magic == magic && forms[i].type == type)
			return &forms[i];
	return NULL;
}

static const struct pq_form *
form_of_key(enum blob_type type, const struct key_material *key)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].family == key->family && forms[i].type == type)
			return &forms[i];
	return NULL;
}

/* --- wide strings ----------------------------------------------------- */

#define WIDE_MAX 32

/* A wide string of ASCII with its NUL becomes *text, "" when it is not one.
 * It is shown as far as it is there. */
static void
walk_wide(struct walk *w, const char *name, size_t len, char text[WIDE_MAX])
{
	struct blob_field field = {
		.name = name,
		.offset = w->blob.len - w->in.left,
		.size = len,
		.kind = BLOB_FIELD_TEXT,
		.text = text,
	};
	struct rd in;
	uint16_t unit;
	size_t at = 0;

	text[0] = '\0';
	if (w->status != CNG_OK || !rd_take(&w->in, len, &field.bytes)) {
		(void)walk_bytes(w, name, len, BLOB_FIELD_BYTES);
		return;
	}
	in = rd_of(field.bytes);
	while (at < WIDE_MAX && rd_u16le(&in, &unit) && unit < 0x80) {
		text[at++] = (char)unit;
		if (unit == 0)
			break;
	}
	/* one NUL, and that at the very end */
	if (at == 0 || text[at - 1] != '\0' || !rd_at_end(&in))
		text[0] = '\0';
	walk_emit(w, &field);
}

/* Bytes that the text takes as a wide string. */
static enum cng_status
wide_len(const char *text, uint32_t *len)
{
	struct wr count = wr_of(NULL, 0);
	enum cng_status st = utf16le_write(&count, span_str(text), true);

	*len = (uint32_t)count.len;
	return st;
}

/* --- the six BCrypt types --------------------------------------------- */

static size_t
part_bytes(const struct key_set_info *set, enum key_part part)
{
	if (part == PQ_PUBLIC)
		return set->public_bytes;
	return part == PQ_SEED ? set->seed_bytes : set->private_bytes;
}

static enum cng_status
take_part(struct key_material *out, const struct pq_form *form,
    enum key_set set, struct span value)
{
	out->family = form->family;
	out->set = set;
	out->has_private = form->part != PQ_PUBLIC;
	return key_set(out, form->part, value);
}

enum cng_status
pq_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	const struct pq_form *form;
	enum key_set set = KEY_SET_NONE;
	char text[WIDE_MAX];
	uint32_t set_len, key_len;
	struct span value;
	enum cng_status st;

	(void)params;
	form = form_of_magic(type, walk_magic(w, "dwMagic"));
	if (form == NULL) {
		walk_fail(w, CNG_ERR_BAD_MAGIC);
		return walk_end(w);
	}
	set_len = walk_u32(w, "cbParameterSet");
	key_len = walk_u32(w, "cbKey");
	walk_wide(w, "ParameterSet", set_len, text);
	if (key_set_from_name(form->family, text, &set) != CNG_OK ||
	    part_bytes(key_set_info(set), form->part) != key_len)
		walk_fail(w, CNG_ERR_BAD_DATA);
	value = walk_bytes(w, "Key", key_len, form->part == PQ_PUBLIC ?
		BLOB_FIELD_BYTES : BLOB_FIELD_SECRET);
	st = walk_end(w);
	if (st == CNG_OK && out != NULL)
		st = take_part(out, form, set, value);
	return st;
}

enum cng_status
pq_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct pq_form *form = form_of_key(type, key);
	const struct key_set_info *set = key_set_info(key->set);
	struct span value;
	uint32_t set_len;
	enum cng_status st;

	(void)params;
	if (form == NULL || set == NULL || set->family != key->family)
		return CNG_ERR_BAD_TYPE;
	value = key_part(key, form->part);
	if (value.len == 0 || value.len != part_bytes(set, form->part))
		return CNG_ERR_BAD_TYPE;
	st = wide_len(set->cng_name, &set_len);
	if (st != CNG_OK)
		return st;
	wr_u32le(out, form->magic);
	wr_u32le(out, set_len);
	wr_u32le(out, (uint32_t)value.len);
	st = utf16le_write(out, span_str(set->cng_name), true);
	if (st != CNG_OK)
		return st;
	wr_bytes(out, value);
	return wr_status(out);
}

/* --- NCRYPT_PQ_BLOB --------------------------------------------------- */

static enum blob_type
inner_type(const char *name)
{
	enum blob_type type;

	if (blob_type_from_name(name, &type) != CNG_OK ||
	    blob_codec(type)->read != pq_read ||
	    blob_info(type)->class != BLOB_CLASS_PRIVATE)
		return BLOB_ANY;
	return type;
}

enum cng_status
pq_wrapper_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	enum blob_type inner;
	char name[WIDE_MAX];
	uint32_t name_len, inner_len;
	size_t left;
	enum cng_status st;

	(void)type;
	if (walk_magic(w, "dwMagic") != MAGIC_PQPR)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	name_len = walk_u32(w, "cbBCryptType");
	inner_len = walk_u32(w, "cbBCryptBlob");
	walk_wide(w, "BCryptType", name_len, name);
	inner = inner_type(name);
	left = w->in.left;
	if (inner == BLOB_ANY)
		walk_fail(w, CNG_ERR_BAD_DATA);
	if (w->status != CNG_OK)
		return walk_end(w);
	st = pq_read(inner, w, params, out);
	return st == CNG_OK && left != inner_len ? CNG_ERR_BAD_DATA : st;
}

/* The seed, where it is known: it says more than what it expands to. */
static enum blob_type
best_inner(const struct key_material *key)
{
	bool seed = key_part(key, PQ_SEED).len > 0;

	if (key->family == KEY_MLKEM)
		return seed ? BLOB_MLKEMPRIVATESEED : BLOB_MLKEMPRIVATE;
	return seed ? BLOB_PQDSAPRIVATESEED : BLOB_PQDSAPRIVATE;
}

enum cng_status
pq_wrapper_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	enum blob_type inner = best_inner(key);
	const char *name = blob_info(inner)->name;
	struct wr count = wr_of(NULL, 0);
	uint32_t name_len = 0;
	enum cng_status st;

	(void)type;
	if (!key_family_has_sets(key->family))
		return CNG_ERR_BAD_TYPE;
	st = pq_write(inner, key, params, &count);
	if (st == CNG_OK)
		st = wide_len(name, &name_len);
	if (st != CNG_OK)
		return st;
	wr_u32le(out, MAGIC_PQPR);
	wr_u32le(out, name_len);
	wr_u32le(out, (uint32_t)count.len);
	st = utf16le_write(out, span_str(name), true);
	return st == CNG_OK ? pq_write(inner, key, params, out) : st;
}
