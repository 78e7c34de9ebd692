/* SPDX-License-Identifier: BSD-2-Clause
 *
 * New keys in the slots of a PIV card: imported, or made there.
 */
#include "store/card/piv.h"

#include <stdio.h>

#include "base/log.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/public.h"

/* --- where --------------------------------------------------------------- */

/* Is that the key of the certificate that is in its slot already? */
static bool
belongs(struct span der, const struct key_material *public)
{
	struct key_material key = { 0 };
	bool same = public != NULL && card_public_of(der, &key) == CNG_OK &&
	    key_same_public(&key, public);

	key_free(&key);
	return same;
}

/* CNG_ERR_EXISTS: something is there that is not ours to overwrite. */
static enum cng_status
look_at(struct piv_change *c, size_t index,
    const struct key_material *public)
{
	struct secret der = { 0 };
	enum cng_status st;

	switch (c->was->slot[index].state) {
	case PIV_ABSENT:
		return CNG_ERR_NOT_SUPPORTED;
	case PIV_OCCUPIED:
	case PIV_KEY:
		return CNG_ERR_EXISTS;
	case PIV_HALF:
		return CNG_OK;
	case PIV_EMPTY:
		break;
	}
	st = piv_get_certificate(c->card, piv_places[index].certificate, &der,
	    NULL);
	if (st == CNG_OK && der.len > 0 &&
	    !belongs(secret_span(&der), public))
		st = CNG_ERR_EXISTS;
	secret_free(&der);
	return st;
}

/* The slot that the caller wants. */
static enum cng_status
look_there(struct piv_change *c, const struct device_new *what,
    const struct key_material *public)
{
	enum cng_status st;

	c->index = piv_place_index(what->place);
	if (c->index == PIV_SLOTS)
		return CNG_ERR_PROP_VALUE;
	st = look_at(c, c->index, public);
	if (st == CNG_ERR_EXISTS && what->replace) {
		c->displaces = true;
		return CNG_OK;
	}
	return st == CNG_ERR_NOT_SUPPORTED ? CNG_ERR_PROP_VALUE : st;
}

static const uint8_t for_signature[] = { 0x9c, 0x9a };
static const uint8_t for_exchange[] = { 0x9d };
static const uint8_t for_all[] = { 0x9a, 0x9d };

static enum cng_status
choose_place(struct piv_change *c, const struct device_new *what,
    const struct key_material *public)
{
	const uint8_t *first = for_all;
	size_t count = ARRAY_LEN(for_all);
	enum cng_status st = CNG_ERR_EXISTS;

	if (what->has_place)
		return look_there(c, what, public);
	if (what->role == KEY_ROLE_SIGN) {
		first = for_signature;
		count = ARRAY_LEN(for_signature);
	} else if (what->role != KEY_ROLE_NONE &&
	    (what->role & KEY_ROLE_SIGN) == 0) {
		first = for_exchange;
		count = ARRAY_LEN(for_exchange);
	}
	/* then the retired ones, with which the table begins */
	for (size_t i = 0; i < count + PIV_RETIRED; i++) {
		c->index = i < count ? piv_place_index(first[i]) : i - count;
		st = look_at(c, c->index, public);
		if (st != CNG_ERR_EXISTS && st != CNG_ERR_NOT_SUPPORTED)
			return st;
	}
	return CNG_ERR_STORE_FULL;
}

/* --- the commands -------------------------------------------------------- */

static void
put_policy(struct wr *w, const struct device_new *what)
{
	static const uint8_t policy[] = {
		[DEVICE_PIN_ONCE] = 2,
		[DEVICE_PIN_ALWAYS] = 3,
		[DEVICE_PIN_NEVER] = 1,
	};

	if (what->has_pin_policy)
		tlv_put_u8(w, 0xaa, policy[what->pin]);
}

static void
put_number(struct wr *w, uint8_t tag, struct span number, size_t width)
{
	tlv_head(w, tag, width);
	wr_be_padded(w, number, width);
}

static void
put_key(struct wr *w, const struct piv_algorithm *algorithm,
    const struct key_material *key)
{
	static const enum key_part parts[] = { RSA_P, RSA_Q, RSA_DP, RSA_DQ,
		RSA_QINV };

	if (algorithm->family == KEY_RSA) {
		for (uint8_t i = 0; i < ARRAY_LEN(parts); i++)
			put_number(w, (uint8_t)(algorithm->tag + i),
			    key_part(key, parts[i]), algorithm->width);
	} else if (algorithm->family == KEY_EC) {
		put_number(w, algorithm->tag, key_part(key, EC_D),
		    algorithm->width);
	} else {
		tlv_put(w, algorithm->tag, key_part(key, ECX_PRIVATE));
	}
}

/* What a card means by refusing a key. */
static enum cng_status
key_status(const struct piv *piv, const struct piv_algorithm *algorithm,
    enum cng_status st)
{
	/* older ones say of a kind that they do not know that it is wrong */
	if (st == CNG_ERR_DATA && algorithm->is_new && !piv_is_new(piv))
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_ERR_NOT_SUPPORTED && algorithm->family == KEY_RSA)
		return CNG_ERR_KEY_SIZE;
	return st == CNG_ERR_DATA ? CNG_ERR_BAD_DATA : st;
}

/* A key that the card does not want leaves the one that it was to take the
 * place of. */
static void
still_there(struct piv_change *c, enum cng_status st)
{
	if (c->displaces && (st == CNG_ERR_NOT_SUPPORTED ||
	    st == CNG_ERR_KEY_SIZE || st == CNG_ERR_BAD_DATA ||
	    st == CNG_ERR_STORE_FULL))
		c->key_done = false;
}

static enum cng_status
send_key(struct piv_change *c, const struct piv_algorithm *algorithm,
    const struct device_new *what, const struct key_material *key)
{
	struct apdu cmd = { 0x00, 0xfe, algorithm->byte,
		piv_places[c->index].slot, { NULL, 0 }, false };
	struct secret data = { 0 };
	struct wr w;
	enum cng_status st = secret_new(&data, 5 * (algorithm->width + 4) + 8);

	if (st != CNG_OK)
		return st;
	w = wr_of(data.ptr, data.len);
	put_key(&w, algorithm, key);
	put_policy(&w, what);
	st = wr_status(&w) == CNG_OK ? CNG_OK : CNG_ERR_BAD_KEY;
	cmd.data = span_of(data.ptr, w.len);
	if (st == CNG_OK) {
		c->key_done = true;
		st = key_status(piv_of(c->card), algorithm,
		    apdu_call(c->card->link, &cmd,
		    NULL));
		still_there(c, st);
	}
	secret_free(&data);
	return st;
}

static enum cng_status
ask_for_key(struct piv_change *c, const struct piv_algorithm *algorithm,
    const struct device_new *what, struct key_material *public)
{
	uint8_t inner[6], data[8];
	struct wr in = wr_of(inner, sizeof inner);
	struct wr w = wr_of(data, sizeof data);
	struct apdu cmd = { 0x00, 0x47, 0x00, piv_places[c->index].slot,
		{ NULL, 0 }, true };
	struct secret answer = { 0 };
	struct span said;
	enum cng_status st;

	tlv_put_u8(&in, 0x80, algorithm->byte);
	put_policy(&in, what);
	tlv_put(&w, 0xac, span_of(inner, in.len));
	cmd.data = span_of(data, w.len);
	c->key_done = true;
	st = key_status(piv_of(c->card), algorithm,
		    apdu_call(c->card->link, &cmd, &answer));
	still_there(c, st);
	if (st == CNG_OK)
		st = tlv_find(secret_span(&answer), 0x7f49, &said) ?
		    piv_read_public(algorithm, said, public) : CNG_ERR_DEVICE;
	secret_free(&answer);
	return st;
}

/* --- keys as these cards want them --------------------------------------- */

static void
swap(struct secret *a, struct secret *b)
{
	struct secret other = *a;

	*a = *b;
	*b = other;
}

/* All five numbers, p the larger one. */
static enum cng_status
prepare_rsa(struct key_material *key)
{
	static const uint8_t e[] = { 0x01, 0x00, 0x01 };
	struct span p, q;
	enum cng_status st;

	/* the exponent is not sent: the card takes it to be that one */
	if (!span_equal(span_trim(key_part(key, RSA_E)),
	    span_of(e, sizeof e)))
		return CNG_ERR_NOT_SUPPORTED;
	st = crypto_complete(key);
	if (st != CNG_OK)
		return st;
	p = span_trim(key_part(key, RSA_P));
	q = span_trim(key_part(key, RSA_Q));
	if (p.len == 0 || q.len == 0)
		return CNG_ERR_BAD_KEY;
	if (p.len > q.len || (p.len == q.len &&
	    memcmp(p.ptr, q.ptr, p.len) > 0))
		return CNG_OK;
	swap(&key->part[RSA_P], &key->part[RSA_Q]);
	swap(&key->part[RSA_DP], &key->part[RSA_DQ]);
	secret_free(&key->part[RSA_QINV]);
	return crypto_complete(key);
}

static enum cng_status
prepare(const struct key_material *key, struct key_material *out,
    const struct piv_algorithm **algorithm)
{
	enum cng_status st;

	*algorithm = piv_algorithm_of(key->family, key->curve, key_bits(key));
	if (*algorithm == NULL)
		return key->family == KEY_RSA ? CNG_ERR_KEY_SIZE :
						CNG_ERR_NOT_SUPPORTED;
	if (!key->has_private)
		return CNG_ERR_BAD_KEY;
	st = key_copy(out, key);
	if (st == CNG_OK)
		st = key->family == KEY_RSA ? prepare_rsa(out) :
					      crypto_complete(out);
	return st;
}

/* --- a container --------------------------------------------------------- */

/* As it will stand in the map. */
static enum cng_status
new_record(struct piv_change *c, const struct device_new *what,
    const struct piv_algorithm *algorithm)
{
	struct piv_record *record = piv_map_add(&c->now,
	    piv_places[c->index].slot);

	if (record == NULL)
		return CNG_ERR_STORE_FULL;
	for (size_t i = 0; what->make_default && i < c->now.count; i++)
		c->now.record[i].flags &= (uint8_t)~PIV_FLAG_DEFAULT;
	piv_record_set(record, what->name, algorithm, what->role);
	if (what->make_default)
		record->flags |= PIV_FLAG_DEFAULT;
	return CNG_OK;
}

/* There was a certificate before its key, which stays unless it is given anew:
 * on a card without a map before the key that makes it whole. */
static bool
is_awaited(const struct piv_change *c)
{
	return c->was->slot[c->index].state == PIV_EMPTY && !c->displaces &&
	    c->certificate.len > 0;
}

static enum cng_status
write_certificate(struct piv_change *c, const struct device_new *what,
    const struct key_material *public)
{
	if (is_awaited(c) && (what->certificate.len == 0 || c->no_map))
		return CNG_OK;
	if (what->certificate.len == 0 &&
	    (c->no_map || piv_of(c->card)->no_metadata))
		return piv_change_name_key(c, what->name, public);
	return piv_change_certificate(c, what->certificate);
}

static void
remember(struct piv_change *c, const struct device_new *what,
    const struct key_material *public)
{
	struct piv_memory *memory = &piv_of(c->card)->memory[c->index];

	key_free(&memory->public);
	*memory = (struct piv_memory){ .name = "" };
	if (c->no_map)
		snprintf(memory->name, sizeof memory->name, "%s", what->name);
	if (key_copy_public(&memory->public, public) != CNG_OK)
		log_line(LOG_WARN, "card: no memory for a public key");
}

/* Up to the moment that the key is written. */
static enum cng_status
begin(struct piv_change **out, struct card *card,
    const struct device_new *what, const struct key_material *public,
    const struct piv_algorithm *algorithm)
{
	uint8_t print[PIV_PRINT] = { 0 };
	enum cng_status st = piv_change_begin(out, card);
	struct piv_change *c = *out;

	if (st == CNG_OK)
		st = piv_check_certificate(what->certificate);
	if (st == CNG_OK)
		st = piv_change_name(c, what->name, what->replace ?
		    piv_place_index(what->place) : PIV_SLOTS);
	if (st == CNG_OK)
		st = choose_place(c, what, public);
	if (st == CNG_OK)
		st = new_record(c, what, algorithm);
	if (st == CNG_OK)
		st = piv_change_open(c);
	if (st == CNG_OK)
		st = piv_change_clear(c);
	if (st == CNG_OK && public != NULL && !c->remains)
		st = piv_print_key(public, print);
	if (st == CNG_OK)
		st = piv_change_mark(c, print);
	if (st == CNG_OK)
		st = piv_change_displace(c);
	if (st == CNG_OK && is_awaited(c) && c->no_map &&
	    what->certificate.len > 0)
		st = piv_change_certificate(c, what->certificate);
	return st;
}

/* Where a key may have been in the slot, the mark can say only now that it is
 * about another one. */
static enum cng_status
mark_again(struct piv_change *c, const struct key_material *public)
{
	uint8_t print[PIV_PRINT];
	enum cng_status st;

	if (!c->remains || c->no_map)
		return CNG_OK;
	st = piv_print_key(public, print);
	return st == CNG_OK ? piv_change_mark(c, print) : st;
}

static enum cng_status
finish(struct piv_change *c, const struct device_new *what,
    const struct key_material *public, unsigned *place)
{
	enum cng_status st = mark_again(c, public);

	if (st == CNG_OK)
		st = write_certificate(c, what, public);
	if (st == CNG_OK)
		st = piv_change_close(c);
	if (st == CNG_OK) {
		remember(c, what, public);
		*place = piv_places[c->index].slot;
	}
	return st;
}

enum cng_status
piv_import(struct card *card, const struct device_new *what,
    const struct key_material *key, unsigned *place)
{
	struct piv_change *c = NULL;
	const struct piv_algorithm *algorithm;
	struct key_material copy = { 0 }, public = { 0 };
	enum cng_status st = CNG_ERR_NOT_SUPPORTED;

	if (piv_of(card)->yubico)
		st = prepare(key, &copy, &algorithm);
	if (st == CNG_OK)
		st = key_copy_public(&public, &copy);
	if (st == CNG_OK)
		st = begin(&c, card, what, &public, algorithm);
	if (st == CNG_OK)
		st = send_key(c, algorithm, what, &copy);
	if (st == CNG_OK)
		st = finish(c, what, &public, place);
	piv_change_end(c, st);
	key_free(&copy);
	key_free(&public);
	return st;
}

enum cng_status
piv_generate(struct card *card, const struct device_new *what,
    const struct key_material *shape, size_t bits,
    struct key_material *public, unsigned *place)
{
	const struct piv_algorithm *algorithm = piv_algorithm_of(
	    shape->family, shape->curve, bits);
	struct piv_change *c = NULL;
	struct key_material made = { 0 };
	enum cng_status st;

	if (!piv_of(card)->yubico)
		return CNG_ERR_NOT_SUPPORTED;
	if (algorithm == NULL)
		return shape->family == KEY_RSA ? CNG_ERR_KEY_SIZE :
						  CNG_ERR_NOT_SUPPORTED;
	st = begin(&c, card, what, NULL, algorithm);
	if (st == CNG_OK)
		st = ask_for_key(c, algorithm, what, &made);
	if (st == CNG_OK)
		st = finish(c, what, &made, place);
	piv_change_end(c, st);
	if (st == CNG_OK) {
		*public = made;
		made = (struct key_material){ 0 };
	}
	key_free(&made);
	return st;
}
