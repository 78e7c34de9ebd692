/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An object in words: one row of a listing, its URI, its flags.
 */
#include "cli/select.h"

#include "base/util.h"
#include "cli/card.h"
#include "cli/keytext.h"
#include "cli/uri.h"
#include "key/set.h"

#include <stdio.h>
#include <string.h>

struct flag_name {
	enum prop_id id;
	bool when;               /* shown when the flag has this value */
	const char *name;
};

static const struct flag_name policy_flags[] = {
	{ PROP_EXTRACTABLE, true, "exportable" },
	{ PROP_SENSITIVE, false, "plaintext" },
	{ PROP_WRAP_WITH_TRUSTED, true, "wrap-with-trusted" },
	{ PROP_ALWAYS_AUTHENTICATE, true, "always-authenticate" },
	{ PROP_TRUSTED, true, "trusted" },
	{ PROP_LOCAL, true, "local" },
	{ PROP_FINALIZED, false, "not-finalized" },
};

static const struct flag_name usage_flags[] = {
	{ PROP_SIGN, true, "sign" },
	{ PROP_VERIFY, true, "verify" },
	{ PROP_ENCRYPT, true, "encrypt" },
	{ PROP_DECRYPT, true, "decrypt" },
	{ PROP_WRAP, true, "wrap" },
	{ PROP_UNWRAP, true, "unwrap" },
	{ PROP_DERIVE, true, "derive" },
};

static bool
is_key(const struct object *object)
{
	enum obj_class class = object_class(object);

	return class == OBJ_PRIVATE || class == OBJ_PUBLIC ||
	    class == OBJ_SECRET;
}

enum cng_status
object_text(struct secret *out, const struct object *object,
    enum prop_id id)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	st = object_bytes(object, id, &w);
	if (st == CNG_ERR_PROP_UNKNOWN)
		return secret_replace(out, span_of(NULL, 0));
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return w.cap == 0 ? CNG_OK : object_bytes(object, id, &w);
}

/* Secrecy is a matter of private and secret keys only. */
static bool
flag_applies(enum obj_class class, enum prop_id id)
{
	bool secret = class == OBJ_PRIVATE || class == OBJ_SECRET;

	return secret || id == PROP_TRUSTED || id == PROP_LOCAL;
}

static json_t *
policy_array(const struct object *object)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ARRAY_LEN(policy_flags); i++) {
		const struct flag_name *row = &policy_flags[i];

		if (!flag_applies(object_class(object), row->id) ||
		    object_flag(object, row->id) != row->when)
			continue;
		/* not sensitive says nothing on a key that never leaves */
		if (row->id == PROP_SENSITIVE &&
		    !object_flag(object, PROP_EXTRACTABLE))
			continue;
		print_append(array, json_string(row->name));
	}
	return array;
}

static json_t *
usage_array(const struct object *object)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ARRAY_LEN(usage_flags); i++) {
		if (object_flag(object, usage_flags[i].id))
			print_append(array,
			    json_string(usage_flags[i].name));
	}
	return array;
}

static void
set_array(json_t *row, const char *key, json_t *array)
{
	print_set_array(row, key, array);
	json_decref(array);
}

static enum cng_status
set_texts(json_t *row, const struct object *object,
    const struct token_info *token)
{
	struct secret label = { 0 }, name = { 0 }, id = { 0 }, uid = { 0 };
	enum cng_status st;
	char *uri;

	st = object_text(&label, object, PROP_LABEL);
	if (st == CNG_OK)
		st = object_text(&name, object, PROP_NAME);
	if (st == CNG_OK)
		st = object_text(&id, object, PROP_ID);
	if (st == CNG_OK)
		st = object_text(&uid, object, PROP_UNIQUE_ID);
	if (st == CNG_OK) {
		print_set_text(row, "name", secret_span(&name));
		print_set_text(row, "label", secret_span(&label));
		print_set_hex(row, "id", secret_span(&id));
		print_set_text(row, "unique_id", secret_span(&uid));
		uri = uri_of_object(token, object_class(object),
		    secret_span(&id), secret_span(&label));
		print_set_string(row, "uri", uri == NULL ? "" : uri);
		uri_free(uri);
	}
	secret_free(&label);
	secret_free(&name);
	secret_free(&id);
	secret_free(&uid);
	return st;
}

/* NULL for the families without parameter sets. */
static const struct key_set_info *
set_of(const struct object *object)
{
	enum key_set set;
	uint64_t number;

	if (object_number(object, PROP_PARAMETER_SET, &number) != CNG_OK ||
	    key_set_from_number(object_family(object), number, &set) !=
		CNG_OK)
		return NULL;
	return key_set_info(set);
}

static const char *
type_text(const struct object *object)
{
	const struct key_set_info *set = set_of(object);

	return set != NULL ? set->name : family_text(object_family(object));
}

enum exit_code
object_row(json_t **out, const struct object *object,
    const struct token_info *token)
{
	json_t *row = json_object();
	char text[CARD_SLOT_TEXT];
	enum cng_status st;
	uint64_t slot;

	print_set_string(row, "token", token->label);
	print_set_string(row, "class", class_text(object_class(object)));
	if (is_key(object)) {
		print_set_string(row, "type", type_text(object));
		if (set_of(object) == NULL)
			print_set_number(row, "bits",
			    object_key_bits(object));
	}
	if (object_number(object, PROP_KEY_SLOT, &slot) == CNG_OK) {
		card_slot_text(text, slot);
		print_set_string(row, "key_slot", text);
	}
	st = set_texts(row, object, token);
	if (is_key(object)) {
		set_array(row, "flags", policy_array(object));
		set_array(row, "usage", usage_array(object));
	}
	*out = row;
	return st == CNG_OK ? EXIT_DONE :
			      fail(st, "cannot read an object");
}

void
object_summary(char *out, size_t size, const struct object *object)
{
	struct secret label = { 0 };
	enum cng_status st;
	char kind[64] = "";

	st = object_text(&label, object, PROP_LABEL);
	if (is_key(object) && set_of(object) != NULL)
		snprintf(kind, sizeof(kind), " key, %s", type_text(object));
	else if (is_key(object))
		snprintf(kind, sizeof(kind), " key, %s %zu",
		    family_text(object_family(object)),
		    object_key_bits(object));
	snprintf(out, size, "%s%s, '%.*s'",
	    object_class(object) == OBJ_CERT ? "certificate" :
	    class_text(object_class(object)), kind,
	    st == CNG_OK ? (int)label.len : 0,
	    label.len == 0 ? "" : (const char *)label.ptr);
	secret_free(&label);
}
