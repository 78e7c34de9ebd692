/* SPDX-License-Identifier: BSD-2-Clause
 *
 * inspect, of files that are no blobs: PFX, PVK, JSON Web Keys.
 */
#include "cli/inspect.h"

#include "base/text.h"
#include "blob/pvk.h"
#include "cli/jwk.h"
#include "cli/keytext.h"

#include <stdio.h>
#include <string.h>

bool
inspect_is_more(const struct format *format)
{
	return format->form == FORM_PFX || format->form == FORM_PVK ||
	    format->form == FORM_JWK;
}

const char *
inspect_more_name(const struct format *format)
{
	if (format->form == FORM_PFX)
		return "PFX";
	return format->form == FORM_PVK ? "PVK" : "JSON Web Key";
}

/* --- rows that have no place of their own ----------------------------- */

static json_t *
add_row(struct inspection *in, const char *name, const char *kind,
    struct span value)
{
	json_t *row = json_object();

	print_set_string(row, "name", name);
	print_set_string(row, "kind", kind);
	print_set_text(row, "value", value);
	print_append(in->fields, row);
	return row;
}

static void
add_text(struct inspection *in, const char *name, const char *text)
{
	if (text[0] != '\0')
		add_row(in, name, "text", span_str(text));
}

/* --- PFX -------------------------------------------------------------- */

static enum cng_status
pfx_outside(struct inspection *in)
{
	struct pfx_part parts[PFX_PARTS_MAX];
	size_t count = 0;
	enum cng_status st = pfx_describe(secret_span(&in->file), parts,
	    &count);

	for (size_t i = 0; i < count; i++)
		add_text(in, parts[i].name, parts[i].text);
	return st;
}

static void
item_rows(struct inspection *in, const struct pfx_item *item,
    const char *name, const char *text)
{
	json_t *row = add_row(in, name, "text", span_str(text));

	if (item->guard[0] != '\0')
		print_set_string(row, "meaning", item->guard);
	if (item->name.len > 0)
		add_row(in, "  friendlyName", "text",
		    secret_span(&item->name));
	if (item->id.len > 0 && item->id.len <= 64) {
		char hex[129];

		hex_encode(hex, secret_span(&item->id));
		add_text(in, "  localKeyId", hex);
	}
	if (item->provider.len > 0)
		add_row(in, "  CSPName", "text",
		    secret_span(&item->provider));
	if (item->machine)
		add_text(in, "  localMachineKeyset", "yes");
}

/* The first status that is not good counts. */
static enum cng_status
key_rows(struct inspection *in, const struct pfx_item *item,
    struct key_material *key)
{
	char text[64] = "?", role[64];
	enum cng_status st;

	st = inspect_judge(key, pkcs8_decode(key, secret_span(&item->der),
	    NULL));
	if (key->family != KEY_NONE)
		key_text(text, sizeof(text), key);
	item_rows(in, item, "key", text);
	if (key->role != KEY_ROLE_NONE) {
		role_text(role, sizeof(role), key->family, key->role);
		add_text(in, "  keyUsage", role);
	}
	return st;
}

static enum cng_status
pfx_inside(struct inspection *in, struct key_material *key, char *text,
    size_t size)
{
	enum cng_status st, worst = CNG_OK;
	size_t keys = 0, certs = 0;
	struct pfx pfx;

	st = pfx_read(&pfx, secret_span(&in->file), &in->pbe);
	for (size_t i = 0; st == CNG_OK && i < pfx.count; i++) {
		const struct pfx_item *item = &pfx.item[i];
		enum cng_status one = CNG_OK;

		key_free(key);
		if (item->kind == PFX_KEY) {
			one = key_rows(in, item, key);
			keys++;
		} else if (item->kind == PFX_CERT) {
			item_rows(in, item, "certificate", item->subject);
			certs++;
		} else {
			item_rows(in, item, "other", "not read");
		}
		if (worst == CNG_OK)
			worst = one;
	}
	key_free(key);
	if (st == CNG_OK)
		snprintf(text, size, "%zu key%s, %zu certificate%s", keys,
		    keys == 1 ? "" : "s", certs, certs == 1 ? "" : "s");
	pfx_free(&pfx);
	return st == CNG_OK ? worst : st;
}

/* --- JSON Web Keys ---------------------------------------------------- */

static void
jwk_rows(struct inspection *in, const json_t *object)
{
	const char *kty = json_string_value(json_object_get(object, "kty"));
	const char *name;
	json_t *value;
	void *at;

	for (at = json_object_iter((json_t *)(uintptr_t)object); at != NULL;
	     at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
		bool private;

		name = json_object_iter_key(at);
		value = json_object_iter_value(at);
		private = jwk_is_private_member(kty == NULL ? "" : kty, name);
		if (!json_is_string(value))
			add_text(in, name, "...");
		else if (private && !in->show_secrets)
			add_row(in, name, "secret", span_str("(hidden)"));
		else
			add_row(in, name, private ? "secret" : "text",
			    span_of(json_string_value(value),
				json_string_length(value)));
	}
}

static enum cng_status
jwk_all(struct inspection *in, struct key_material *key, char *text,
    size_t size)
{
	struct span data = secret_span(&in->file);
	json_t *all = json_loadb((const char *)data.ptr, data.len,
	    JSON_REJECT_DUPLICATES, NULL);
	const json_t *list = json_object_get(all, "keys");
	struct keybox box = { 0 };
	bool set = false;
	enum cng_status st = jwk_read(&box, data, &set);

	if (!set)
		jwk_rows(in, all);
	for (size_t i = 0; set && i < json_array_size(list); i++) {
		add_row(in, "key", "number", span_str(""));
		jwk_rows(in, json_array_get(list, i));
	}
	if (set && st == CNG_OK)
		snprintf(text, size, "%zu key%s", box.count,
		    box.count == 1 ? "" : "s");
	/* a set may hold keys of a kind that is not ours */
	for (size_t i = 0; st == CNG_OK && i < box.count; i++)
		if (box.key[i].st != CNG_ERR_NOT_SUPPORTED &&
		    box.key[i].st != CNG_ERR_BAD_CURVE)
			st = inspect_judge(&box.key[i].key, box.key[i].st);
	if (box.count == 1 && st == CNG_OK) {
		*key = box.key[0].key;
		memset(&box.key[0].key, 0, sizeof(box.key[0].key));
	}
	keybox_free(&box);
	json_decref(all);
	return st;
}

/* --- any -------------------------------------------------------------- */

enum cng_status
inspect_more(struct inspection *in, struct key_material *key, char *text,
    size_t size)
{
	enum cng_status st;

	if (in->format.form == FORM_JWK)
		return jwk_all(in, key, text, size);
	if (in->format.form == FORM_PFX) {
		st = pfx_outside(in);
		return st == CNG_OK ? pfx_inside(in, key, text, size) : st;
	}
	st = pvk_describe(secret_span(&in->file), inspect_add_field, in);
	if (st != CNG_OK && st != CNG_ERR_BAD_PASSWORD)
		return st;
	st = pvk_decode(key, secret_span(&in->file), &in->pbe);
	return inspect_judge(key, st);
}
