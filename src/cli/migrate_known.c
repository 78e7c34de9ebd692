/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a token has already.  A key pair is known by its public key,
 * certificates and data by their contents, a secret key by its value, which
 * core tells apart where it may not be read, with label and id.
 */
#include "cli/migrate.h"

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"

#include <string.h>

/* --- the set -------------------------------------------------------------- */

static size_t
place_of(const struct known *all, size_t room,
    const uint8_t print[FINGERPRINT])
{
	uint64_t number;
	size_t at;

	memcpy(&number, print, sizeof(number));
	at = (size_t)(number % room);
	while (all[at].id != 0 &&
	    memcmp(all[at].print, print, FINGERPRINT) != 0)
		at = (at + 1) % room;
	return at;
}

static enum cng_status
known_grow(struct migration *mig)
{
	size_t room = mig->known_room == 0 ? 64 : 2 * mig->known_room;
	struct known *grown = mem_new(room, sizeof(*grown));

	if (grown == NULL)
		return CNG_ERR_NO_MEMORY;
	for (size_t i = 0; i < mig->known_room; i++) {
		const struct known *old = &mig->known[i];

		if (old->id != 0)
			grown[place_of(grown, room, old->print)] = *old;
	}
	mem_free(mig->known);
	mig->known = grown;
	mig->known_room = room;
	return CNG_OK;
}

const struct known *
known_find(const struct migration *mig, const uint8_t print[FINGERPRINT])
{
	const struct known *found;

	if (mig->known_room == 0)
		return NULL;
	found = &mig->known[place_of(mig->known, mig->known_room, print)];
	return found->id == 0 ? NULL : found;
}

enum cng_status
known_add(struct migration *mig, const uint8_t print[FINGERPRINT], obj_id id,
    enum known_half half)
{
	enum cng_status st = CNG_OK;
	struct known *place;

	if (2 * (mig->known_count + 1) > mig->known_room)
		st = known_grow(mig);
	if (st != CNG_OK)
		return st;
	place = &mig->known[place_of(mig->known, mig->known_room, print)];
	mig->known_count += place->id == 0;
	memcpy(place->print, print, FINGERPRINT);
	place->id = id;
	place->half = half;
	return CNG_OK;
}

/* --- fingerprints --------------------------------------------------------- */

/* The same key may be written in more than one way. */
enum cng_status
print_of_public(uint8_t out[FINGERPRINT], enum obj_class class,
    struct span info)
{
	struct key_material key = { 0 }, bare = { 0 };
	uint8_t kind = (uint8_t)class;
	struct secret der = { 0 };
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = spki_decode(&key, info);

	if (st == CNG_OK)
		st = key_copy_public(&bare, &key);
	bare.role = 0;
	if (st == CNG_OK)
		st = spki_encode(&bare, &w);
	if (st == CNG_OK)
		st = secret_new(&der, w.len);
	if (st == CNG_OK) {
		w = wr_of(der.ptr, der.len);
		st = spki_encode(&bare, &w);
	}
	if (st == CNG_OK) {
		const struct span parts[] = { span_of(&kind, 1),
			secret_span(&der) };

		st = crypto_sha256_parts(parts, ARRAY_LEN(parts), out);
	}
	secret_free(&der);
	key_free(&key);
	key_free(&bare);
	return st;
}

/* Each part with its length before it. */
static enum cng_status
print_of_parts(uint8_t out[FINGERPRINT], enum obj_class class,
    const struct span *text, size_t count)
{
	uint8_t kind = (uint8_t)class;
	struct secret all = { 0 };
	enum cng_status st = secret_copy(&all, span_of(&kind, 1));
	struct span whole;

	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		uint8_t len[8];
		struct wr w = wr_of(len, sizeof(len));

		wr_u64le(&w, text[i].len);
		st = secret_append(&all, span_of(len, sizeof(len)));
		if (st == CNG_OK)
			st = secret_append(&all, text[i]);
	}
	whole = secret_span(&all);
	if (st == CNG_OK)
		st = crypto_sha256_parts(&whole, 1, out);
	secret_free(&all);
	return st;
}

enum cng_status
print_of_contents(uint8_t out[FINGERPRINT], const struct migrant *m)
{
	const struct props list = { m->line, m->count };
	const struct span parts[] = { m->value,
		props_bytes(list, PROP_LABEL),
		props_bytes(list, PROP_APPLICATION) };

	return print_of_parts(out, m->class, parts,
	    m->class == OBJ_CERT ? 1 : ARRAY_LEN(parts));
}

/* Its texts, in the order of the table. */
static enum cng_status
print_of_texts(uint8_t out[FINGERPRINT], const struct object *object,
    const enum prop_id *ids, size_t count)
{
	struct secret text[3] = { { 0 } };
	struct span parts[ARRAY_LEN(text) + 1];
	enum key_family family = object_family(object);
	uint8_t of_key[1 + OBJECT_PRINT] = { (uint8_t)family };
	enum cng_status st = CNG_OK;
	size_t used = 0;

	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		st = object_text(&text[i], object, ids[i]);
		parts[used++] = secret_span(&text[i]);
	}
	if (st == CNG_OK && object_class(object) == OBJ_SECRET) {
		st = object_print(object, of_key + 1);
		parts[used++] = span_of(of_key, sizeof(of_key));
	}
	if (st == CNG_OK)
		st = print_of_parts(out, object_class(object), parts, used);
	wipe(of_key, sizeof(of_key));
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		secret_free(&text[i]);
	return st;
}

enum cng_status
print_of_object(uint8_t out[FINGERPRINT], const struct object *object)
{
	static const enum prop_id cert[] = { PROP_VALUE };
	static const enum prop_id data[] = { PROP_VALUE, PROP_LABEL,
		PROP_APPLICATION };
	static const enum prop_id secret[] = { PROP_LABEL, PROP_ID };
	const enum obj_class class = object_class(object);
	struct secret info = { 0 };
	enum cng_status st;

	switch ((int)class) {
	case OBJ_CERT:
		return print_of_texts(out, object, cert, ARRAY_LEN(cert));
	case OBJ_DATA:
		return print_of_texts(out, object, data, ARRAY_LEN(data));
	case OBJ_SECRET:
		return print_of_texts(out, object, secret, ARRAY_LEN(secret));
	case OBJ_PRIVATE:
	case OBJ_PUBLIC:
		st = object_text(&info, object, PROP_PUBLIC_KEY_INFO);
		if (st == CNG_OK)
			st = print_of_public(out, class, secret_span(&info));
		secret_free(&info);
		return st;
	default:
		return CNG_ERR_NOT_SUPPORTED;
	}
}

enum cng_status
known_fill(struct migration *mig)
{
	struct token *token = mig->target->token;
	struct obj_ids ids = { 0 };
	enum cng_status st = token_find(token, (struct props){ NULL, 0 },
	    &ids);

	for (size_t i = 0; st == CNG_OK && i < ids.count; i++) {
		struct object *object = NULL;
		uint8_t print[FINGERPRINT];

		st = token_object(token, ids.id[i], &object);
		if (st == CNG_ERR_OBJECT) { /* gone meanwhile */
			st = CNG_OK;
			continue;
		}
		/* one that cannot be told from others is no other */
		if (st == CNG_OK && print_of_object(print, object) == CNG_OK)
			st = known_add(mig, print, ids.id[i], HALF_NONE);
		object_free(object);
	}
	mem_free(ids.id);
	return st;
}
