/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The containers of a card, whoever is logged in.
 */
#include "core/container.h"

#include "base/alloc.h"
#include "core/card.h"
#include "crypto/asn1.h"

const char *
token_reader(const struct token *tok)
{
	return tok->reader;
}

unsigned
token_card_number(struct token *tok)
{
	unsigned number;

	lock_take(&tok->lock);
	number = tok->card.count;
	lock_drop(&tok->lock);
	return number;
}

/* --- finding -------------------------------------------------------------- */

static bool
is_container(const struct entry *e)
{
	return e->half[0] != NULL && e->half[0]->class == OBJ_PRIVATE;
}

static enum cng_status
collect(struct token *tok, struct obj_ids *out) CNG_REQUIRES(tok->lock)
{
	const struct entry *e;
	size_t pos = 0;

	out->id = mem_new(tok->cache.count + 1, sizeof *out->id);
	if (out->id == NULL)
		return CNG_ERR_NO_MEMORY;
	while ((e = idmap_next(&tok->cache, &pos, NULL)) != NULL)
		if (is_container(e))
			out->id[out->count++] = e->half[0]->id;
	return CNG_OK;
}

enum cng_status
token_containers(struct token *tok, struct obj_ids *out)
{
	enum cng_status st;

	*out = (struct obj_ids){ .count = 0 };
	if (tok->reader == NULL)
		return CNG_ERR_ARGUMENT;
	lock_take(&tok->lock);
	st = card_refresh(tok);
	if (st == CNG_OK)
		st = collect(tok, out);
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
token_default_container(struct token *tok, obj_id *out)
{
	const struct entry *e;
	enum cng_status st;
	size_t pos = 0;

	*out = 0;
	if (tok->reader == NULL)
		return CNG_ERR_ARGUMENT;
	lock_take(&tok->lock);
	st = card_refresh(tok);
	while (st == CNG_OK &&
	    (e = idmap_next(&tok->cache, &pos, NULL)) != NULL)
		if (e->is_default && is_container(e))
			*out = e->half[0]->id;
	lock_drop(&tok->lock);
	return st;
}

static enum cng_status
find(struct token *tok, obj_id id, struct entry **out)
    CNG_REQUIRES(tok->lock)
{
	enum cng_status st = card_entry(tok, id, out);

	return st == CNG_OK && !is_container(*out) ? CNG_ERR_OBJECT : st;
}

enum cng_status
container_object(struct token *tok, obj_id id, struct object **out)
{
	struct entry *e = NULL;
	enum cng_status st;

	*out = NULL;
	lock_take(&tok->lock);
	st = find(tok, id, &e);
	if (st == CNG_OK)
		*out = object_ref(e->half[0]);
	lock_drop(&tok->lock);
	return st;
}

/* --- certificates --------------------------------------------------------- */

enum cng_status
container_certificate(struct token *tok, obj_id id, struct secret *out)
{
	struct entry *e = NULL;
	enum cng_status st;

	*out = (struct secret){ 0 };
	lock_take(&tok->lock);
	st = card_refresh(tok);
	if (st == CNG_OK)
		st = find(tok, id, &e);
	if (st == CNG_OK)
		e = card_entry_at(tok, e->place, OBJ_CERT);
	if (st == CNG_OK && e == NULL)
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		st = secret_copy(out, secret_span(&e->half[0]->value));
	lock_drop(&tok->lock);
	return st;
}

/* How many; with room for them, which. */
static size_t
list_certificates(struct token *tok, bool of_keys, struct span *out)
    CNG_REQUIRES(tok->lock)
{
	const struct entry *e;
	size_t pos = 0, count = 0;

	while ((e = idmap_next(&tok->cache, &pos, NULL)) != NULL) {
		if (e->half[0]->class != OBJ_CERT ||
		    (e->place != CARD_NO_PLACE) != of_keys)
			continue;
		if (out != NULL)
			out[count] = secret_span(&e->half[0]->value);
		count++;
	}
	return count;
}

enum cng_status
token_certificates(struct token *tok, bool of_keys, struct wr *out)
{
	struct span *der = NULL;
	size_t count = 0;
	enum cng_status st;

	lock_take(&tok->lock);
	st = card_refresh(tok);
	if (st == CNG_OK) {
		count = list_certificates(tok, of_keys, NULL);
		st = count == 0 ? CNG_ERR_NOT_FOUND : CNG_OK;
	}
	if (st == CNG_OK) {
		der = mem_new(count, sizeof(*der));
		st = der == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	}
	if (st == CNG_OK) {
		list_certificates(tok, of_keys, der);
		st = x509_pack(out, der, count);
	}
	lock_drop(&tok->lock);
	mem_free(der);
	return st;
}

/* Another key's certificate would make the card say a wrong public key. */
static enum cng_status
check_certificate(const struct object *obj, struct span der)
{
	struct x509_names names = { 0 };
	struct key_material public = { 0 };
	enum cng_status st = x509_names(&names, der);

	if (st == CNG_OK)
		st = spki_decode(&public, secret_span(&names.public_info));
	x509_names_free(&names);
	if (st == CNG_OK && !key_same_public(&public, &obj->key))
		st = CNG_ERR_PROP_VALUE;
	key_free(&public);
	return st == CNG_OK || st == CNG_ERR_NO_MEMORY ? st :
							  CNG_ERR_PROP_VALUE;
}

enum cng_status
container_put_certificate(struct token *tok, const struct access *who,
    obj_id id, struct span der)
{
	struct device *dev = NULL;
	struct entry *e = NULL;
	unsigned place = 0;
	enum cng_status st;

	lock_take(&tok->lock);
	st = find(tok, id, &e);
	if (st == CNG_OK)
		st = check_certificate(e->half[0], der);
	if (st == CNG_OK && !who->read_write)
		st = CNG_ERR_READ_ONLY;
	if (st == CNG_OK && tok->role == ROLE_NONE)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK) {
		place = e->place;
		dev = device_ref(tok->device);
	}
	lock_drop(&tok->lock);
	if (st == CNG_OK)
		st = device_put_certificate(dev, place, der);
	device_free(dev);
	return st;
}
