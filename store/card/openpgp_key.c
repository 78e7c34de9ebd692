/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The keys that are on an OpenPGP card: their public halves, fingerprints,
 * names and certificates.
 */
#include "store/card/openpgp.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "store/card/names.h"
#include "store/card/public.h"

uint8_t
pgp_crt(unsigned place)
{
	static const uint8_t crt[PGP_PLACES] = {
		[PGP_SIGN] = 0xb6,
		[PGP_DECRYPT] = 0xb8,
		[PGP_AUTH] = 0xa4,
	};

	return crt[place];
}

/* --- public keys --------------------------------------------------------- */

enum cng_status
pgp_ask_public(struct card *card, unsigned place, struct secret *out)
{
	const uint8_t crt[] = { pgp_crt(place), 0x00 };
	const struct apdu ask = { 0x00, 0x47, 0x81, 0x00,
		span_of(crt, sizeof crt), true };
	enum cng_status st = apdu_call(card->link, &ask, out);

	/* the second is the way of some cards to say so */
	return st == CNG_ERR_NOT_FOUND || st == CNG_ERR_KEY_USAGE ? CNG_OK :
								    st;
}

enum cng_status
pgp_survey(struct card *card, bool there[PGP_PLACES])
{
	enum cng_status st = CNG_OK;

	for (unsigned i = 0; st == CNG_OK && i < PGP_PLACES; i++) {
		struct secret answer;

		st = pgp_ask_public(card, i, &answer);
		there[i] = answer.len > 0;
		secret_free(&answer);
	}
	return st;
}

enum cng_status
pgp_parse_public(const struct pgp_attr *attr, struct span answer,
    struct key_material *out)
{
	struct rd r = rd_of(answer);
	struct span in;
	uint32_t tag;
	enum cng_status st = CNG_ERR_DEVICE;

	*out = (struct key_material){ 0 };
	if (tlv_next(&r, &tag, &in) && tag == 0x7f49)
		st = card_public_read(attr->family, attr->curve, in, out);
	if (st == CNG_OK && attr->family == KEY_RSA &&
	    key_bits(out) != attr->bits) {
		key_free(out);
		st = CNG_ERR_DEVICE;
	}
	return st;
}

/* --- fingerprints -------------------------------------------------------- */

static void
write_mpi(struct wr *w, struct span number)
{
	size_t bits = number_bits(number);

	wr_u8(w, (uint8_t)(bits >> 8));
	wr_u8(w, (uint8_t)bits);
	wr_bytes(w, span_trim(number));
}

static void
write_point(struct wr *w, const struct key_material *key)
{
	uint8_t point[1 + 2 * EC_BYTES_MAX];
	struct wr p = wr_of(point, sizeof point);

	wr_u8(&p, key->family == KEY_EC ? 0x04 : 0x40);
	wr_bytes(&p, key_part(key, EC_X));
	if (key->family == KEY_EC)
		wr_bytes(&p, key_part(key, EC_Y));
	write_mpi(w, span_of(point, p.failed ? 0 : p.len));
}

/* Of a packet as in RFC 4880 and RFC 6637. */
static void
write_packet(struct wr *w, const struct pgp_attr *attr,
    const struct key_material *key, uint32_t time)
{
	bool rsa = attr->family == KEY_RSA, ecdh =
	    attr->algorithm == PGP_ALG_ECDH;

	wr_u8(w, 4);
	wr_u32be(w, time);
	wr_u8(w, rsa ? 1 : ecdh ? 18 :
		attr->algorithm == PGP_ALG_ECDSA ? 19 : 22);
	if (rsa) {
		write_mpi(w, key_part(key, RSA_N));
		write_mpi(w, key_part(key, RSA_E));
		return;
	}
	wr_u8(w, (uint8_t)attr->oid_len);
	wr_bytes(w, span_of(attr->raw + 1, attr->oid_len));
	write_point(w, key);
	if (ecdh) {
		size_t bits = key_bits(key);

		/* hash and cipher of the key derivation */
		wr_u8(w, 3);
		wr_u8(w, 1);
		wr_u8(w, bits <= 256 ? 8 : bits <= 384 ? 9 : 10);
		wr_u8(w, bits <= 256 ? 7 : 9);
	}
}

enum cng_status
pgp_fingerprint(const struct pgp_attr *attr, const struct key_material *key,
    uint32_t time, uint8_t out[PGP_PRINT])
{
	uint8_t packet[2200];
	struct wr w = wr_of(packet, sizeof packet);
	size_t len;

	wr_u8(&w, 0x99);
	wr_zero(&w, 2);
	write_packet(&w, attr, key, time);
	if (w.failed)
		return CNG_ERR_KEY_SIZE;
	len = w.len - 3;
	packet[1] = (uint8_t)(len >> 8);
	packet[2] = (uint8_t)len;
	return crypto_digest(HASH_SHA1, span_of(packet, w.len), out);
}

/* --- the list ------------------------------------------------------------ */

enum device_pin_policy
pgp_pin_policy(const struct card *card, unsigned place)
{
	return place == PGP_SIGN && pgp_of(card)->pw[0] == 0 ?
	    DEVICE_PIN_ALWAYS : DEVICE_PIN_ONCE;
}

static void
describe(const struct card *card, const struct pgp_names *names,
    unsigned place, struct device_key *key)
{
	const struct pgp *pgp = pgp_of(card);
	bool rsa = key->public.family == KEY_RSA;

	key->place = place;
	key->own_id = true;
	key->id = (uint8_t)(place + 1);
	snprintf(key->name, sizeof key->name, "%s", pgp_name(names, place));
	key->bits = key_bits(&key->public);
	key->pin = pgp_pin_policy(card, place);
	key->generated = pgp->origin[place] == 1;
	if (place == PGP_DECRYPT) {
		key->role = rsa ? KEY_ROLE_ENCRYPT : KEY_ROLE_AGREE;
		key->can_decrypt = rsa;
		key->can_agree = !rsa;
	} else {
		key->role = KEY_ROLE_SIGN;
		key->can_sign = true;
	}
}

static enum cng_status
list_place(struct card *card, const struct pgp_names *names, unsigned place,
    struct device_keys *out)
{
	const struct pgp_attr *attr = &pgp_of(card)->attr[place];
	struct device_key *key = &out->key[out->count];
	struct secret answer;
	enum cng_status st;

	if (pgp_is_half_made(card, names, place))
		return CNG_OK;
	st = pgp_ask_public(card, place, &answer);
	if (st != CNG_OK || answer.len == 0)
		return st;
	if (attr->family == KEY_NONE) {
		log_line(LOG_INFO, "card: a key of a kind that is not known");
	} else {
		st = pgp_parse_public(attr, secret_span(&answer),
		    &key->public);
		if (st == CNG_OK) {
			out->count++;
			describe(card, names, place, key);
			st = pgp_get_certificate(card, place,
			    &key->certificate);
		}
	}
	secret_free(&answer);
	return st;
}

/* The first that is for signatures: one of those that takes the place of
 * another goes into the other place for them. */
static void
choose_default(struct device_keys *keys)
{
	struct device_key *chosen = keys->count > 0 ? &keys->key[0] : NULL;

	if (keys->count > 1 && chosen->place == PGP_DECRYPT)
		chosen = &keys->key[1];
	if (chosen != NULL)
		chosen->is_default = true;
}

enum cng_status
pgp_list(struct card *card, struct device_keys *out)
{
	struct pgp_names names;
	enum cng_status st = pgp_refresh(card);

	if (st == CNG_OK)
		st = pgp_get_names(card, &names);
	if (st != CNG_OK)
		return st;
	out->key = mem_new(PGP_PLACES, sizeof *out->key);
	if (out->key == NULL)
		return CNG_ERR_NO_MEMORY;
	for (unsigned i = 0; st == CNG_OK && i < PGP_PLACES; i++)
		st = list_place(card, &names, i, out);
	if (st == CNG_OK)
		choose_default(out);
	return st;
}

/* --- changes to one ------------------------------------------------------ */

enum cng_status
pgp_check_name(const struct card *card, const struct pgp_names *names,
    const bool there[PGP_PLACES], unsigned place, const char *name)
{
	for (unsigned i = 0; i < PGP_PLACES; i++)
		if (i != place && there[i] &&
		    !pgp_is_half_made(card, names, i) &&
		    card_name_same(pgp_name(names, i), name))
			return CNG_ERR_EXISTS;
	return CNG_OK;
}

enum cng_status
pgp_rename(struct card *card, unsigned place, const char *name)
{
	struct pgp_names names;
	bool there[PGP_PLACES];
	enum cng_status st = pgp_survey(card, there);

	if (st == CNG_OK)
		st = pgp_get_names(card, &names);
	if (st != CNG_OK)
		return st;
	if (place >= PGP_PLACES || !there[place] ||
	    pgp_is_half_made(card, &names, place))
		return CNG_ERR_NOT_FOUND;
	st = pgp_check_name(card, &names, there, place, name);
	if (st == CNG_OK)
		st = pgp_set_name(&names, place, name);
	if (st == CNG_OK && names.foreign)
		return CNG_OK; /* its fixed name */
	return st == CNG_OK ? pgp_put_names(card, &names) : st;
}

enum cng_status
pgp_put_certificate(struct card *card, unsigned place, struct span der)
{
	enum cng_status st;

	if (place >= PGP_PLACES)
		return CNG_ERR_NOT_FOUND;
	st = pgp_admin(card);
	return st == CNG_OK ? pgp_set_certificate(card, place, der) : st;
}
