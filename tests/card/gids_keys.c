/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key pairs of GIDS: a file holds one, and lists what may be done with it.
 * Elliptic curves follow the algorithm bytes of the specification; the form of
 * their private key (ECPrivateKey in tag 87 with key type 3), ECDSA by the
 * mechanism 10+a and ECDH by the mechanism a of a decryption are this card's
 * reading: no other card or client is known that does them.
 */
#include "gids.h"

#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

/* The lower half of an algorithm byte. */
static const unsigned rsa_bits[] = { [6] = 1024, 2048, 3072, 4096 };
static const int curves[] = { [10] = NID_X9_62_prime192v1, NID_secp224r1,
	NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1 };

static unsigned
bits_of(unsigned algorithm)
{
	return algorithm < sizeof rsa_bits / sizeof rsa_bits[0] ?
		   rsa_bits[algorithm] :
		   0;
}

static int
curve_of(unsigned algorithm)
{
	return algorithm < sizeof curves / sizeof curves[0] ?
		   curves[algorithm] :
		   0;
}

/* The algorithm that the file of a key was created for; 0 without a file. */
static unsigned
file_algorithm(const struct card *card, unsigned kid)
{
	struct span header = gids_header(card, GIDS_KEYS | kid), list, value;
	struct tlv item;

	if (header.at == NULL || !tlv_find(header, 0xa5, &list) ||
	    !tlv_next(&list, &item) || !tlv_find(item.value, 0x80, &value) ||
	    value.len != 1)
		return 0;
	return *value.at & 15;
}

/* Whether the file lists the mechanism for this use. */
static bool
listed(const struct card *card, unsigned kid, uint32_t crt, unsigned mechanism)
{
	struct span header = gids_header(card, GIDS_KEYS | kid), list, value;
	struct tlv item;

	if (header.at == NULL || !tlv_find(header, 0xa5, &list))
		return false;
	while (tlv_next(&list, &item)) {
		if (item.tag == crt && tlv_find(item.value, 0x80, &value) &&
		    value.len == 1 && *value.at == mechanism)
			return true;
	}
	return false;
}

static bool
key_id(struct span in, uint32_t tag, unsigned *kid)
{
	struct span value;

	if (!tlv_find(in, tag, &value) || value.len != 1)
		return false;
	*kid = *value.at;
	return true;
}

static unsigned
keep(struct card *card, unsigned kid, EVP_PKEY *key)
{
	unsigned algorithm = file_algorithm(card, kid);
	struct buf der = { 0 };
	unsigned sw = SW_FAULT;

	if (key_is_rsa(key) ? key_bits(key) != bits_of(algorithm) :
			      key_curve(key) != curve_of(algorithm))
		return SW_REFERENCE;
	if (key_save(key, &der))
		sw = card_keep(card, gids_key | kid, buf_all(&der));
	buf_free(&der);
	return sw;
}

static EVP_PKEY *
key_read(struct span type, struct span der)
{
	EVP_PKEY *key;

	if (type.len != 1)
		return NULL;
	if (*type.at == 2)
		return key_from_rsa_der(der);
	key = *type.at == 3 ? key_load(der) : NULL;
	if (key != NULL && key_is_rsa(key)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

unsigned
gids_put_key(struct card *card, struct span data)
{
	struct span body, template, type, value;
	EVP_PKEY *key;
	unsigned kid, sw;

	if (!tlv_only(data, 0x70, &body) || !key_id(body, 0x84, &kid) ||
	    !tlv_find(body, 0xa5, &template) ||
	    !tlv_find(template, 0x87, &value))
		return SW_DATA;
	sw = gids_may(card, GIDS_KEYS | kid, GIDS_UPDATE);
	if (sw != SW_OK)
		return sw == SW_NOT_FOUND ? SW_REFERENCE : sw;
	if (kid == GIDS_ADMIN)
		return value.len == 24 ?
			   card_keep(card, gids_admin_key, value) :
			   SW_DATA;
	if (!tlv_find(template, 0x83, &type))
		return SW_DATA;
	key = key_read(type, value);
	sw = key == NULL ? SW_REFERENCE : keep(card, kid, key);
	EVP_PKEY_free(key);
	return sw;
}

static unsigned
put_public(EVP_PKEY *key, struct buf *out)
{
	struct buf body = { 0 };
	bool good = key != NULL && key_public(key, &body);

	if (good)
		tlv_put_span(out, 0x7f49, buf_all(&body));
	buf_free(&body);
	return good ? SW_OK : SW_NO_REFERENCE;
}

unsigned
gids_get_key(struct card *card, struct span data, struct buf *out)
{
	struct span body, list;
	unsigned kid, sw;
	EVP_PKEY *key;

	if (!tlv_only(data, 0x70, &body) || !key_id(body, 0x84, &kid) ||
	    !tlv_find(body, 0xa5, &list) || list.len < 2 ||
	    list.at[0] != 0x7f || list.at[1] != 0x49)
		return SW_DATA;
	sw = gids_may(card, GIDS_KEYS | kid, GIDS_READ);
	if (sw != SW_OK)
		return sw;
	key = key_load(store_get(card->store, gids_key | kid));
	sw = put_public(key, out);
	EVP_PKEY_free(key);
	return sw;
}

unsigned
gids_generate(struct card *card, const struct apdu *cmd, struct buf *out)
{
	unsigned kid, algorithm, sw;
	struct span body;
	EVP_PKEY *key = NULL;

	if (!tlv_only(cmd->data, 0xac, &body) ||
	    !key_id(body, 0x80, &algorithm) || !key_id(body, 0x83, &kid))
		return SW_DATA;
	sw = gids_may(card, GIDS_KEYS | kid, GIDS_UPDATE);
	if (sw != SW_OK)
		return sw == SW_NOT_FOUND ? SW_REFERENCE : sw;
	if (algorithm != file_algorithm(card, kid))
		return SW_DATA;
	if (bits_of(algorithm) != 0)
		key = key_make_rsa(bits_of(algorithm), 65537);
	else if (curve_of(algorithm) != 0)
		key = key_make_ec(curve_of(algorithm));
	if (key == NULL)
		return SW_DATA;
	sw = keep(card, kid, key);
	if (sw == SW_OK)
		sw = put_public(key, out);
	EVP_PKEY_free(key);
	return sw;
}

static unsigned
mse_admin(struct card *card, struct span data)
{
	struct gids_session *s = &card->gids;
	unsigned kid;

	if (!key_id(data, 0x83, &kid) || kid != GIDS_ADMIN)
		return SW_REFERENCE;
	s->crt = 0xa4;
	s->stage = 0;
	return SW_OK;
}

unsigned
gids_mse(struct card *card, const struct apdu *cmd)
{
	struct gids_session *s = &card->gids;
	unsigned mechanism, kid, sw;

	s->crt = 0;
	if (cmd->p2 == 0xa4 && (cmd->p1 & 1))
		return mse_admin(card, cmd->data);
	if (cmd->p1 != 0x41 || (cmd->p2 != 0xb6 && cmd->p2 != 0xb8))
		return SW_P1P2;
	if (!key_id(cmd->data, 0x80, &mechanism) ||
	    !key_id(cmd->data, 0x84, &kid))
		return SW_DATA;
	sw = gids_may(card, GIDS_KEYS | kid, GIDS_USE);
	if (sw == SW_NOT_FOUND || !listed(card, kid, cmd->p2, mechanism) ||
	    store_get(card->store, gids_key | kid).at == NULL)
		return SW_REFERENCE;
	if (sw != SW_OK)
		return sw;
	s->crt = cmd->p2;
	s->algorithm = mechanism;
	s->kid = kid;
	return SW_OK;
}

static bool
sign(EVP_PKEY *key, unsigned mechanism, struct span in, struct buf *out)
{
	if (!key_is_rsa(key))
		return (mechanism & 0xf0) == 0x10 &&
		       key_ecdsa(key, in, false, out);
	if ((mechanism & 0xf0) == 0x50)
		return key_rsa_sign(key, in, out);
	return key_rsa_decrypt(key, RSA_NO_PADDING, in, out);
}

static bool
decrypt(EVP_PKEY *key, unsigned mechanism, struct span in, struct buf *out)
{
	if (!key_is_rsa(key))
		return key_ecdh(key, in, out);
	switch (mechanism & 0xf0) {
	case 0x40:
		return key_rsa_decrypt(key, RSA_PKCS1_PADDING, in, out);
	case 0x80:
		return key_rsa_decrypt(key, RSA_PKCS1_OAEP_PADDING, in, out);
	default:
		return key_rsa_decrypt(key, RSA_NO_PADDING, in, out);
	}
}

unsigned
gids_pso(struct card *card, const struct apdu *cmd, struct buf *out)
{
	const struct gids_session *s = &card->gids;
	unsigned what = (unsigned)cmd->p1 << 8 | cmd->p2;
	EVP_PKEY *key;
	bool good;

	if (what != 0x9e9a && what != 0x8086)
		return SW_P1P2;
	if (s->crt != (what == 0x9e9a ? 0xb6 : 0xb8))
		return SW_CONDITIONS;
	if (!s->pin)
		return SW_SECURITY;
	key = key_load(store_get(card->store, gids_key | s->kid));
	if (key == NULL)
		return SW_REFERENCE;
	good = what == 0x9e9a ? sign(key, s->algorithm, cmd->data, out) :
				decrypt(key, s->algorithm, cmd->data, out);
	EVP_PKEY_free(key);
	return good ? SW_OK : SW_DATA;
}
