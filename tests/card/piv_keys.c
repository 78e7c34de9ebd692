/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key pairs of PIV: generating, Yubico's import and metadata, and GENERAL
 * AUTHENTICATE.
 */
#include "piv.h"

#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

struct algorithm {
	uint8_t byte;
	unsigned bits; /* of an RSA key; 0 for the others */
	int curve;
	uint32_t tag; /* of the private value in an import */
	size_t len;
	bool late; /* not before version 5.7 */
};

static const struct algorithm algorithms[] = {
	{ 0x06, 1024, 0, 0, 64, false },
	{ 0x07, 2048, 0, 0, 128, false },
	{ 0x05, 3072, 0, 0, 192, true },
	{ 0x16, 4096, 0, 0, 256, true },
	{ 0x11, 0, NID_X9_62_prime256v1, 6, 32, false },
	{ 0x14, 0, NID_secp384r1, 6, 48, false },
	{ 0xe0, 0, NID_ED25519, 7, 32, true },
	{ 0xe1, 0, NID_X25519, 8, 32, true },
};

static const struct algorithm *
algorithm_of(const struct card *card, unsigned byte)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
		if (algorithms[i].byte == byte)
			return algorithms[i].late && card->options->pivapplet ?
				   NULL :
				   &algorithms[i];
	}
	return NULL;
}

static struct span
key_kept(const struct card *card, unsigned slot)
{
	return store_get(card->store, piv_key | slot);
}

struct policies {
	unsigned pin, touch;
};

static bool
policies_read(unsigned slot, struct span in, struct policies *out)
{
	struct span value;

	out->pin = slot == 0x9c ? PIV_ALWAYS :
		   slot == 0x9e ? PIV_NEVER :
				  PIV_ONCE;
	out->touch = 1;
	if (tlv_find(in, 0xaa, &value)) {
		if (value.len != 1 || *value.at > 3)
			return false;
		if (*value.at != 0)
			out->pin = *value.at;
	}
	if (tlv_find(in, 0xab, &value)) {
		if (value.len != 1 || *value.at > 3)
			return false;
		if (*value.at != 0)
			out->touch = *value.at;
	}
	return true;
}

static unsigned
keep(struct card *card, unsigned slot, const struct algorithm *algorithm,
    const struct policies *policies, unsigned origin, EVP_PKEY *key)
{
	struct buf value = { 0 };
	unsigned sw = SW_FAULT;

	buf_byte(&value, algorithm->byte);
	buf_byte(&value, policies->pin);
	buf_byte(&value, policies->touch);
	buf_byte(&value, origin);
	if (key_save(key, &value))
		sw = card_keep(card, piv_key | slot, buf_all(&value));
	buf_free(&value);
	return sw;
}

unsigned
piv_generate(struct card *card, const struct apdu *cmd, struct buf *out)
{
	const struct algorithm *algorithm;
	struct policies policies;
	struct span body, value;
	struct buf public = { 0 };
	EVP_PKEY *key;
	unsigned sw;

	if (!card->piv.manager)
		return SW_SECURITY;
	if (cmd->p1 != 0 || !piv_is_slot(card, cmd->p2))
		return SW_P1P2;
	if (!tlv_only(cmd->data, 0xac, &body) ||
	    !tlv_find(body, 0x80, &value) || value.len != 1 ||
	    !policies_read(cmd->p2, body, &policies))
		return SW_DATA;
	algorithm = algorithm_of(card, *value.at);
	if (algorithm == NULL)
		return SW_DATA;
	if (algorithm->bits != 0)
		key = key_make_rsa(algorithm->bits, 65537);
	else if (algorithm->late)
		key = key_make_25519(algorithm->curve);
	else
		key = key_make_ec(algorithm->curve);
	if (key == NULL || !key_public(key, &public))
		sw = SW_FAULT;
	else
		sw = keep(card, cmd->p2, algorithm, &policies, PIV_GENERATED,
		    key);
	if (sw == SW_OK)
		tlv_put_span(out, 0x7f49, buf_all(&public));
	buf_free(&public);
	EVP_PKEY_free(key);
	return sw;
}

static EVP_PKEY *
read_rsa(const struct algorithm *algorithm, struct span in)
{
	struct rsa_parts parts = { .p = { NULL, 0 } };
	struct span *const places[] = { &parts.p, &parts.q, &parts.dp,
		&parts.dq, &parts.qinv };

	for (uint32_t i = 0; i < 5; i++) {
		if (!tlv_find(in, i + 1, places[i]) ||
		    places[i]->len != algorithm->len)
			return NULL;
	}
	return key_from_rsa(&parts, algorithm->bits);
}

unsigned
piv_import(struct card *card, const struct apdu *cmd)
{
	const struct algorithm *algorithm = algorithm_of(card, cmd->p1);
	struct span in = cmd->data, value;
	struct policies policies;
	EVP_PKEY *key = NULL;
	struct tlv item;
	unsigned sw = SW_DATA;

	if (!card->piv.manager)
		return SW_SECURITY;
	if (algorithm == NULL || !piv_is_slot(card, cmd->p2))
		return SW_P1P2;
	while (in.len > 0) {
		if (!tlv_next(&in, &item))
			return SW_DATA;
	}
	if (algorithm->bits != 0)
		key = read_rsa(algorithm, cmd->data);
	else if (!tlv_find(cmd->data, algorithm->tag, &value) ||
		 value.len != algorithm->len)
		return SW_DATA;
	else if (algorithm->late)
		key = key_from_25519(algorithm->curve, value);
	else
		key = key_from_ec(algorithm->curve, value);
	if (key != NULL && policies_read(cmd->p2, cmd->data, &policies))
		sw = keep(card, cmd->p2, algorithm, &policies, PIV_IMPORTED,
		    key);
	EVP_PKEY_free(key);
	return sw;
}

unsigned
piv_move(struct card *card, const struct apdu *cmd)
{
	struct span kept = key_kept(card, cmd->p2);
	unsigned sw = SW_OK;

	if (card->options->pivapplet)
		return SW_INS;
	if (!card->piv.manager)
		return SW_SECURITY;
	if (cmd->p1 != 0xff && !piv_is_slot(card, cmd->p1))
		return SW_P1P2;
	if (kept.at == NULL)
		return SW_NO_REFERENCE;
	if (cmd->p1 != 0xff)
		sw = card_keep(card, piv_key | cmd->p1, kept);
	if (sw == SW_OK)
		store_remove(card->store, piv_key | cmd->p2);
	return sw;
}

static unsigned
metadata_pin(const struct card *card, uint64_t id, const char *usual,
    struct buf *out)
{
	uint8_t tries[2] = { (uint8_t)pin_limit(card, id),
		(uint8_t)pin_left(card, id) };

	tlv_put_byte(out, 1, 0xff);
	tlv_put_byte(out, 5, span_equal(pin_value(card, id),
				 span_of(usual, 8)));
	tlv_put(out, 6, tries, sizeof tries);
	return SW_OK;
}

static unsigned
metadata_manager(const struct card *card, struct buf *out)
{
	static const uint8_t policies[] = { 0, 1 };
	struct span kept = store_get(card->store, piv_manager), head;

	if (!span_take(&kept, 1, &head))
		return SW_FAULT;
	tlv_put_span(out, 1, head);
	tlv_put(out, 2, policies, sizeof policies);
	tlv_put_byte(out, 5, span_equal(kept, span_of(piv_manager_default,
						  sizeof piv_manager_default)));
	return SW_OK;
}

/* PivApplet describes the policies of a slot that has no key. */
static unsigned
metadata_empty(const struct card *card, struct buf *out)
{
	static const uint8_t once[] = { PIV_ONCE, 1 };

	if (!card->options->pivapplet)
		return SW_NO_REFERENCE;
	tlv_put(out, 2, once, sizeof once);
	tlv_put_byte(out, 3, 0);
	return SW_OK;
}

unsigned
piv_metadata(struct card *card, const struct apdu *cmd, struct buf *out)
{
	struct span kept = key_kept(card, cmd->p2), head;
	bool pivapplet = card->options->pivapplet;
	struct buf public = { 0 };
	EVP_PKEY *key;
	bool good;

	if (cmd->p2 == 0x80)
		return metadata_pin(card, piv_pin, "123456\xff\xff", out);
	if (cmd->p2 == 0x81)
		return metadata_pin(card, piv_puk, "12345678", out);
	if (cmd->p2 == 0x9b)
		return metadata_manager(card, out);
	if (cmd->p1 != 0 || !piv_is_slot(card, cmd->p2))
		return SW_P1P2;
	if (!span_take(&kept, PIV_HEAD, &head))
		return metadata_empty(card, out);
	if (pivapplet && head.at[PIV_ORIGIN] == PIV_IMPORTED)
		return SW_FAULT;
	key = key_load(kept);
	good = key != NULL && key_public(key, &public);
	if (good) {
		tlv_put(out, 1, head.at + PIV_ALGORITHM, 1);
		tlv_put(out, 2, head.at + PIV_PIN_POLICY, 2);
		tlv_put_byte(out, 3,
		    head.at[PIV_ORIGIN] - (pivapplet ? 1u : 0u));
		tlv_put_span(out, 4, buf_all(&public));
	}
	buf_free(&public);
	EVP_PKEY_free(key);
	return good ? SW_OK : SW_FAULT;
}

/* The private operation on what 81 or 85 holds. */
static bool
operate(EVP_PKEY *key, const struct algorithm *algorithm, struct span block,
    struct span point, struct buf *out)
{
	if (point.at != NULL)
		return algorithm->bits == 0 &&
		       algorithm->curve != NID_ED25519 &&
		       key_ecdh(key, point, out);
	if (block.at == NULL || algorithm->curve == NID_X25519)
		return false;
	if (algorithm->bits != 0)
		return key_rsa_decrypt(key, RSA_NO_PADDING, block, out);
	if (algorithm->curve == NID_ED25519)
		return key_eddsa(key, block, out);
	return block.len == algorithm->len &&
	       key_ecdsa(key, block, true, out);
}

unsigned
piv_authenticate(struct card *card, const struct apdu *cmd, bool fresh,
    struct buf *out)
{
	const struct algorithm *algorithm = algorithm_of(card, cmd->p1);
	struct span kept = key_kept(card, cmd->p2), head, body;
	struct span block = { NULL, 0 }, point = { NULL, 0 }, asked;
	struct buf result = { 0 }, inner = { 0 };
	EVP_PKEY *key;
	bool good;

	if (!piv_is_slot(card, cmd->p2))
		return SW_P1P2;
	if (!span_take(&kept, PIV_HEAD, &head))
		return SW_NO_REFERENCE;
	if (algorithm == NULL || algorithm->byte != head.at[PIV_ALGORITHM])
		return SW_P1P2;
	if ((head.at[PIV_PIN_POLICY] == PIV_ONCE && !card->piv.pin) ||
	    (head.at[PIV_PIN_POLICY] == PIV_ALWAYS && !fresh))
		return SW_SECURITY;
	if (!tlv_only(cmd->data, 0x7c, &body) ||
	    !tlv_find(body, 0x82, &asked) || asked.len != 0)
		return SW_DATA;
	if (!tlv_find(body, 0x81, &block) && !tlv_find(body, 0x85, &point))
		return SW_DATA;
	key = key_load(kept);
	good = key != NULL &&
	       operate(key, algorithm, block, point, &result);
	if (good) {
		tlv_put_span(&inner, 0x82, buf_all(&result));
		tlv_put_span(out, 0x7c, buf_all(&inner));
	}
	buf_free(&inner);
	buf_free(&result);
	EVP_PKEY_free(key);
	return good ? SW_OK : SW_DATA;
}
