/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several keys at once, and the certificates that come with them: all is
 * ready before the one transaction that stores it.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/certificate.h"
#include "core/transfer.h"
#include "crypto/asn1.h"

/* Keys first, then the certificates that are to be written. */
struct bunch {
	struct token *tok;
	const struct access *who;
	struct import_item *item;
	struct entry **e;
	size_t keys;
	size_t count;
};

/* --- what a certificate is of --------------------------------------------- */

static enum cng_status
public_of(struct key_material *out, struct span der)
{
	struct x509_names names;
	enum cng_status st = x509_names(&names, der);

	*out = (struct key_material){ 0 };
	if (st != CNG_OK)
		return st == CNG_ERR_NO_MEMORY ? st : CNG_ERR_BAD_DATA;
	st = spki_decode(out, secret_span(&names.public_info));
	x509_names_free(&names);
	/* of an algorithm that is not known here: then of no key of ours */
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

static const struct object *
key_of(const struct bunch *b, const struct key_material *public)
{
	if (public->family == KEY_NONE)
		return NULL;
	for (size_t i = 0; i < b->keys; i++) {
		const struct object *obj = b->e[i]->half[0];

		if (obj->class != OBJ_SECRET &&
		    key_same_public(&obj->key, public))
			return obj;
	}
	return NULL;
}

/* The id that its key would get. */
static enum cng_status
own_id(struct secret *out, struct key_material *public)
{
	struct object *obj = NULL;
	enum cng_status st;

	if (public->family == KEY_NONE)
		return CNG_OK;
	st = object_new(&obj, OBJ_PUBLIC);
	if (st != CNG_OK)
		return st;
	obj->key = *public;
	*public = (struct key_material){ 0 }; /* handed over */
	st = rules_default_id(obj);
	if (st == CNG_OK)
		secret_move(out, object_kept(obj, PROP_ID));
	object_free(obj);
	return st;
}

/* --- a certificate as an entry -------------------------------------------- */

static enum cng_status
make(struct token *tok, const struct import_cert *cert, struct span id,
    struct span label, struct object **out)
{
	const struct prop lines[] = {
		{ .id = PROP_TOKEN, .number = 1 },
		{ .id = PROP_ID, .bytes = id },
		{ .id = PROP_LABEL, .bytes = label },
	};
	struct rule_context ctx = token_rules(tok, MODE_CREATE);
	struct object *obj;
	enum cng_status st = object_new(&obj, OBJ_CERT);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	st = secret_replace(&obj->value, cert->der);
	if (st == CNG_OK)
		st = cert_begin(obj);
	if (st == CNG_OK) {
		rules_defaults(obj, &ctx);
		st = rules_apply(obj, (struct props){ lines,
		    ARRAY_LEN(lines) }, &ctx);
	}
	if (st == CNG_OK)
		st = rules_finish(obj, &ctx);
	if (st == CNG_OK)
		*out = obj;
	else
		object_free(obj);
	return st;
}

static struct span
kept_of(const struct object *obj, enum prop_id id)
{
	return secret_span(&obj->kept[id - PROP_LABEL]);
}

static bool
is_same(const struct object *a, const struct object *b, bool with_id)
{
	return span_equal(secret_span(&a->value), secret_span(&b->value)) &&
	    (!with_id || span_equal(kept_of(a, PROP_ID),
		kept_of(b, PROP_ID)));
}

/* In the token, or among those that are on their way there. */
static enum cng_status
is_known(const struct bunch *b, const struct object *obj, bool with_id,
    bool *out)
{
	const struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_CERT },
		{ .id = PROP_TOKEN, .number = 1 },
		{ .id = PROP_VALUE, .bytes = secret_span(&obj->value) },
		{ .id = PROP_SUBJECT, .bytes = kept_of(obj, PROP_SUBJECT) },
		{ .id = PROP_ID, .bytes = kept_of(obj, PROP_ID) },
	};
	struct obj_ids ids = { 0 };
	enum cng_status st;

	*out = false;
	for (size_t i = b->keys; !*out && i < b->count; i++)
		*out = is_same(b->e[i]->half[0], obj, with_id);
	if (*out)
		return CNG_OK;
	st = token_find(b->tok, (struct props){ lines,
	    ARRAY_LEN(lines) - (with_id ? 0 : 1) }, &ids);
	*out = st == CNG_OK && ids.count > 0;
	mem_free(ids.id);
	return st;
}

/* Takes obj over. */
static enum cng_status
add(struct bunch *b, struct object *obj)
{
	struct entry *e = mem_new(1, sizeof *e);

	if (e == NULL) {
		object_free(obj);
		return CNG_ERR_NO_MEMORY;
	}
	e->half[0] = obj;
	b->e[b->count++] = e;
	return CNG_OK;
}

/* *where: its place in the bunch, counted from 1; or 0: it is known. */
static enum cng_status
add_cert(struct bunch *b, struct import_cert *cert, size_t *where)
{
	struct key_material public;
	struct secret id = { 0 };
	struct object *obj = NULL;
	const struct object *key;
	bool known = false;
	enum cng_status st = public_of(&public, cert->der);

	*where = 0;
	key = st == CNG_OK ? key_of(b, &public) : NULL;
	cert->left_out = cert->optional && key == NULL;
	if (st == CNG_OK && cert->left_out)
		known = true;
	else if (key != NULL)
		st = make(b->tok, cert, kept_of(key, PROP_ID),
		    kept_of(key, PROP_LABEL), &obj);
	else if (st == CNG_OK && cert->key_id.len > 0)
		st = make(b->tok, cert, cert->key_id, cert->label, &obj);
	else if (st == CNG_OK) {
		st = own_id(&id, &public);
		if (st == CNG_OK)
			st = make(b->tok, cert, secret_span(&id), cert->label,
			    &obj);
	}
	if (st == CNG_OK && !known)
		st = is_known(b, obj, key != NULL || cert->key_id.len > 0,
		    &known);
	if (st == CNG_OK && !known) {
		st = add(b, obj);
		obj = NULL; /* handed over */
		*where = st == CNG_OK ? b->count : 0;
	}
	object_free(obj);
	secret_free(&id);
	key_free(&public);
	return st;
}

/* --- all together --------------------------------------------------------- */

static enum cng_status
read_keys(struct bunch *b, struct import_item *item, size_t count)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; i < count; i++) {
		struct entry *e = NULL;

		item[i].id = 0;
		item[i].st = st == CNG_ERR_NO_MEMORY ? st :
		    import_entry(b->tok, NULL, &item[i].req, &e);
		if (e != NULL)
			b->e[b->count++] = e;
		if (item[i].st != CNG_OK && st == CNG_OK)
			st = item[i].st;
		b->item[i] = item[i];
	}
	b->keys = b->count;
	return st;
}

static enum cng_status
read_certs(struct bunch *b, struct import_cert *cert, size_t certs,
    size_t *where)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < certs; i++) {
		cert[i].id = 0;
		st = cert[i].st = add_cert(b, &cert[i], &where[i]);
	}
	return st;
}

/* Takes the entries over. */
static enum cng_status
store(struct bunch *b)
{
	struct entry **e = b->e;
	size_t count = b->count;

	b->e = NULL;
	b->count = 0;
	if (count > 0)
		return token_shelve_all(b->tok, b->who, b->item, e, count);
	mem_free(e);
	return CNG_OK;
}

static void
tell(const struct bunch *b, struct import_item *item, size_t count,
    struct import_cert *cert, size_t certs, const size_t *where)
{
	for (size_t i = 0; i < count; i++) {
		item[i].id = b->item[i].id;
		item[i].st = b->item[i].st;
	}
	for (size_t i = 0; i < certs; i++) {
		if (where[i] == 0)
			continue;
		cert[i].id = b->item[where[i] - 1].id;
		cert[i].st = b->item[where[i] - 1].st;
	}
}

enum cng_status
token_import_with(struct token *tok, const struct access *who,
    struct import_item *item, size_t count, struct import_cert *cert,
    size_t certs)
{
	struct bunch b = { .tok = tok, .who = who };
	size_t *where = mem_new(certs + 1, sizeof *where);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	b.e = mem_new(count + certs + 1, sizeof(*b.e));
	b.item = mem_new(count + certs + 1, sizeof(*b.item));
	if (where != NULL && b.e != NULL && b.item != NULL) {
		st = read_keys(&b, item, count);
		if (st == CNG_OK)
			st = read_certs(&b, cert, certs, where);
		if (st == CNG_OK) {
			st = store(&b);
			tell(&b, item, count, cert, certs, where);
		}
	}
	for (size_t i = 0; i < b.count; i++)
		entry_free(b.e[i]);
	mem_free(b.e);
	mem_free(b.item);
	mem_free(where);
	return st;
}

enum cng_status
token_import_all(struct token *tok, const struct access *who,
    struct import_item *item, size_t count)
{
	return token_import_with(tok, who, item, count, NULL, 0);
}
