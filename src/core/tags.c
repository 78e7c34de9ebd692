/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Search tags.
 */
#include "core/tags.h"

#include "base/util.h"
#include "crypto/asn1.h"
#include "key/set.h"

/* Best first: what tells one object from all others. */
static const enum prop_id indexed[] = {
	PROP_NAME, PROP_MODULUS, PROP_EC_POINT, PROP_ID, PROP_SUBJECT,
	PROP_LABEL,
};

/* CKA_VALUE is in the index for public keys of these families only: others
 * keep secrets there, or bytes of any length. */
static const struct prop *
public_value(struct props tmpl)
{
	const struct prop *line = props_find(tmpl, PROP_VALUE);

	return line != NULL && line->bytes.len > 0 &&
		props_class(tmpl) == OBJ_PUBLIC &&
		key_family_has_sets(props_family(tmpl, KEY_NONE)) ?
	    line : NULL;
}

const struct prop *
tag_best_line(struct props tmpl)
{
	for (size_t i = 0; i < ARRAY_LEN(indexed); i++) {
		const struct prop *line = props_find(tmpl, indexed[i]);

		/* empty values are not in the index */
		if (line != NULL && line->bytes.len > 0)
			return line;
	}
	return public_value(tmpl);
}

enum cng_status
tag_of_line(struct vault *vault, bool keyed, const struct prop *line,
    struct store_tag *out)
{
	return vault_tag(vault, keyed, line->id, prop_trimmed(line), out);
}

enum cng_status
tag_of_public(struct vault *vault, bool keyed, const struct object *obj,
    struct store_tag *out)
{
	uint8_t point[256];
	struct wr w = wr_of(point, sizeof point);
	enum cng_status st;

	if (obj->key.family == KEY_RSA)
		return vault_tag(vault, keyed, PROP_MODULUS,
		    key_part(&obj->key, RSA_N), out);
	if (key_has_group(obj->key.family))
		return vault_tag(vault, keyed, PROP_VALUE, key_part(&obj->key,
		    obj->key.family == KEY_DSA ? DSA_Y : DH_Y), out);
	if (key_family_has_sets(obj->key.family))
		return vault_tag(vault, keyed, PROP_VALUE,
		    key_part(&obj->key, PQ_PUBLIC), out);
	st = ec_point_encode(&obj->key, &w);
	if (st != CNG_OK)
		return st;
	return vault_tag(vault, keyed, PROP_EC_POINT, span_of(point, w.len),
	    out);
}

/* Counts the tag that was just made, unless both halves share it. */
static enum cng_status
add_tag(struct store_record *rec, enum cng_status st)
{
	const struct store_tag *made = &rec->tag[rec->tag_count];

	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < rec->tag_count; i++)
		if (memcmp(&rec->tag[i], made, sizeof *made) == 0)
			return CNG_OK;
	rec->tag_count++;
	return CNG_OK;
}

static enum cng_status
tags_of_object(struct vault *vault, const struct object *obj,
    struct store_record *rec)
{
	bool keyed = object_flag(obj, PROP_PRIVATE);
	bool pair = object_is_key(obj) && key_is_pair(obj->key.family);
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(indexed); i++) {
		struct prop line = { .id = indexed[i] };

		if (line.id >= PROP_KEPT_END)
			continue;
		line.bytes = secret_span(&obj->kept[line.id - PROP_LABEL]);
		if (line.bytes.len > 0)
			st = add_tag(rec, tag_of_line(vault, keyed, &line,
			    &rec->tag[rec->tag_count]));
	}
	if (st == CNG_OK && pair)
		st = add_tag(rec, tag_of_public(vault, keyed, obj,
		    &rec->tag[rec->tag_count]));
	return st;
}

enum cng_status
tags_of_entry(struct vault *vault, const struct entry *e,
    struct store_record *rec)
{
	enum cng_status st = CNG_OK;

	rec->tag_count = 0;
	for (unsigned half = 0; st == CNG_OK && half < 2; half++)
		if (e->half[half] != NULL)
			st = tags_of_object(vault, e->half[half], rec);
	return st;
}
