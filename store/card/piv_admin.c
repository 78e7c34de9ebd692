/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The management key of PIV: which cipher it is for is asked, never guessed;
 * the card has to prove that it knows it, too.
 */
#include "store/card/piv.h"

#include "base/log.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/admin.h"

#define REF_MANAGER 0x9b
#define BLOCK_MAX 16
#define KEY_MAX 32

struct cipher {
	uint8_t byte;
	enum key_family family;
	enum op_scheme scheme;
	size_t len;              /* of the key */
	size_t block;
};

static const struct cipher ciphers[] = {
	{ 0x03, KEY_DES3, OP_DES3_ECB, 24, 8 },
	{ 0x08, KEY_AES, OP_AES_ECB, 16, 16 },
	{ 0x0a, KEY_AES, OP_AES_ECB, 24, 16 },
	{ 0x0c, KEY_AES, OP_AES_ECB, 32, 16 },
};

/* What every card is sold with, as long as its cipher needs. */
static const uint8_t factory[KEY_MAX] = {
	1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
};

/* is_factory: the card says that nobody has changed the key. */
static enum cng_status
ask_cipher(struct card *card, const struct cipher **out, bool *is_factory)
{
	struct secret said = { 0 };
	struct span value;
	uint8_t byte = 0x03;
	uint16_t sw;
	enum cng_status st = piv_metadata(card, REF_MANAGER, &said, &sw);

	*out = NULL;
	*is_factory = false;
	if (st == CNG_OK && sw == SW_OK) {
		struct span in = secret_span(&said);

		if (tlv_find(in, 0x01, &value) && value.len == 1 &&
		    value.ptr[0] != 0x00)
			byte = value.ptr[0];
		*is_factory = tlv_find(in, 0x05, &value) && value.len == 1 &&
		    value.ptr[0] == 1;
	}
	secret_free(&said);
	if (st != CNG_OK && st != CNG_ERR_NOT_SUPPORTED)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++)
		if (ciphers[i].byte == byte)
			*out = &ciphers[i];
	return *out != NULL ? CNG_OK : CNG_ERR_NOT_SUPPORTED;
}

/* --- authentication ------------------------------------------------------ */

static enum cng_status
cipher_key(const struct cipher *cipher, struct span bytes,
    struct crypto_key **out)
{
	struct key_material material = { .family = cipher->family,
		.has_private = true };
	enum cng_status st = key_set(&material, SYM_VALUE, bytes);

	*out = NULL;
	if (st == CNG_OK)
		st = crypto_key_new(out, &material);
	key_free(&material);
	return st;
}

/* GENERAL AUTHENTICATE with the management key; *value lies in answer. */
static enum cng_status
exchange(struct card *card, const struct cipher *cipher, struct span body,
    uint8_t tag, struct secret *answer, struct span *value)
{
	uint8_t data[2 * (BLOCK_MAX + 2) + 2];
	struct wr w = wr_of(data, sizeof data);
	struct apdu cmd = { 0x00, 0x87, cipher->byte, REF_MANAGER,
		{ NULL, 0 }, true };
	struct span inner;
	uint16_t sw = 0;
	enum cng_status st;

	tlv_put(&w, 0x7c, body);
	st = wr_status(&w);
	cmd.data = span_of(data, w.len);
	if (st == CNG_OK)
		st = apdu_send(card->link, &cmd, answer, &sw);
	wipe(data, sizeof data);
	if (st != CNG_OK)
		return st;
	/* whatever it says instead, it does not take the key */
	if (sw != SW_OK)
		return CNG_ERR_NO_ADMIN;
	if (!tlv_find(secret_span(answer), 0x7c, &inner) ||
	    !tlv_find(inner, tag, value) || value->len != cipher->block)
		return CNG_ERR_DEVICE;
	return CNG_OK;
}

static enum cng_status
ask_witness(struct card *card, const struct cipher *cipher,
    uint8_t witness[BLOCK_MAX])
{
	static const uint8_t ask[] = { 0x80, 0x00 };
	struct secret answer = { 0 };
	struct span value = { NULL, 0 };
	enum cng_status st = exchange(card, cipher, span_of(ask, sizeof ask),
	    0x80, &answer, &value);

	if (st == CNG_OK)
		memcpy(witness, value.ptr, value.len);
	secret_free(&answer);
	return st;
}

/* Both sides show that they can decipher, or encipher, what the other one
 * made up. */
static enum cng_status
prove(struct card *card, const struct cipher *cipher,
    const struct crypto_key *key, uint8_t witness[BLOCK_MAX])
{
	const struct key_op op = { .scheme = cipher->scheme };
	uint8_t challenge[BLOCK_MAX], plain[BLOCK_MAX], want[BLOCK_MAX];
	uint8_t body[2 * (BLOCK_MAX + 2)];
	struct wr w = wr_of(plain, cipher->block);
	struct secret answer = { 0 };
	struct span value = { NULL, 0 };
	enum cng_status st = crypto_random(challenge, cipher->block);

	if (st == CNG_OK)
		st = crypto_decrypt(key, &op, span_of(witness, cipher->block),
		    &w);
	w = wr_of(want, cipher->block);
	if (st == CNG_OK)
		st = crypto_encrypt(key, &op, span_of(challenge,
		    cipher->block), &w);
	w = wr_of(body, sizeof body);
	tlv_put(&w, 0x80, span_of(plain, cipher->block));
	tlv_put(&w, 0x81, span_of(challenge, cipher->block));
	if (st == CNG_OK)
		st = exchange(card, cipher, span_of(body, w.len), 0x82,
		    &answer, &value);
	if (st == CNG_OK && !secret_equal(value, span_of(want,
	    cipher->block))) {
		log_line(LOG_WARN, "card: it does not know its own key");
		st = CNG_ERR_DEVICE;
	}
	secret_free(&answer);
	wipe(plain, sizeof plain);
	wipe(want, sizeof want);
	wipe(body, sizeof body);
	return st;
}

static enum cng_status
authenticate(struct card *card, const struct cipher *cipher,
    struct span bytes)
{
	uint8_t witness[BLOCK_MAX] = { 0 };
	struct crypto_key *key;
	enum cng_status st = cipher_key(cipher, bytes, &key);

	if (st == CNG_OK)
		st = ask_witness(card, cipher, witness);
	if (st == CNG_OK)
		st = prove(card, cipher, key, witness);
	if (st == CNG_OK)
		piv_of(card)->is_manager = true;
	crypto_key_free(key);
	return st;
}

/* --- where the key comes from -------------------------------------------- */

/* Is a copy of the key in the printed information? */
static enum cng_status
has_copy(struct card *card, bool *out)
{
	struct secret object = { 0 };
	struct span body, flags;
	enum cng_status st = piv_get(card, PIV_ADMIN_DATA, &object);

	*out = st == CNG_OK && tlv_find(secret_span(&object), 0x80, &body) &&
	    tlv_find(body, 0x81, &flags) && flags.len == 1 &&
	    (flags.ptr[0] & 0x02) != 0;
	secret_free(&object);
	return st == CNG_ERR_NOT_FOUND || st == CNG_ERR_NOT_SUPPORTED ?
	    CNG_OK : st;
}

/* CNG_ERR_NOT_LOGGED_IN: it takes the PIN to read it. */
static enum cng_status
copy_of_card(struct card *card, struct secret *out)
{
	struct secret object = { 0 };
	struct span body, key = { NULL, 0 };
	bool is_there;
	enum cng_status st = has_copy(card, &is_there);

	if (st == CNG_OK && !is_there)
		st = CNG_ERR_NO_ADMIN;
	if (st == CNG_OK)
		st = piv_get(card, PIV_PRINTED, &object);
	if (st == CNG_ERR_NOT_FOUND)
		st = CNG_ERR_NO_ADMIN;
	if (st == CNG_OK && (!tlv_find(secret_span(&object), 0x88, &body) ||
	    !tlv_find(body, 0x89, &key)))
		st = CNG_ERR_NO_ADMIN;
	if (st == CNG_OK)
		st = secret_copy(out, key);
	secret_free(&object);
	return st;
}

/* CNG_ERR_NO_ADMIN: it is not that one. */
static enum cng_status
attempt(struct card *card, const struct cipher *cipher, struct span given,
    struct secret *used)
{
	struct secret key = { 0 };
	enum cng_status st = admin_key_bytes(given, cipher->len, &key);

	if (st == CNG_ERR_PIN_LENGTH)
		st = CNG_ERR_NO_ADMIN;
	if (st == CNG_OK)
		st = authenticate(card, cipher, secret_span(&key));
	if (st == CNG_OK && used != NULL)
		secret_move(used, &key);
	secret_free(&key);
	return st;
}

enum cng_status
piv_admin_again(struct card *card, struct span key)
{
	const struct cipher *cipher = NULL;
	bool unused;
	enum cng_status st = ask_cipher(card, &cipher, &unused);

	return st == CNG_OK ? attempt(card, cipher, key, NULL) : st;
}

enum cng_status
piv_admin(struct card *card, struct secret *used)
{
	const struct cipher *cipher = NULL;
	struct secret copy = { 0 };
	bool is_factory, pin = false;
	enum cng_status st = ask_cipher(card, &cipher, &is_factory);

	if (st != CNG_OK)
		return st;
	st = CNG_ERR_NO_ADMIN;
	if (piv_of(card)->manager.len > 0)
		st = attempt(card, cipher, secret_span(&piv_of(card)->manager),
		    used);
	if (st == CNG_ERR_NO_ADMIN && card->admin.len > 0)
		st = attempt(card, cipher, secret_span(&card->admin), used);
	if (st == CNG_ERR_NO_ADMIN)
		st = copy_of_card(card, &copy);
	if (st == CNG_OK && copy.len > 0)
		st = attempt(card, cipher, secret_span(&copy), used);
	secret_free(&copy);
	if (st == CNG_ERR_NOT_LOGGED_IN) {
		pin = true;
		st = CNG_ERR_NO_ADMIN;
	}
	if (st == CNG_ERR_NO_ADMIN && is_factory)
		st = attempt(card, cipher, span_of(factory, cipher->len),
		    used);
	if (st != CNG_ERR_NO_ADMIN)
		return st;
	log_line(LOG_WARN, pin ? "card: the PIN opens its management key" :
	    "card: its management key is needed");
	return pin ? CNG_ERR_NOT_LOGGED_IN : st;
}

enum cng_status
piv_admin_login(struct card *card, struct span given)
{
	const struct cipher *cipher = NULL;
	struct secret key = { 0 };
	bool is_factory;
	enum cng_status st;

	if (!piv_of(card)->yubico)
		return CNG_ERR_NOT_SUPPORTED;
	st = ask_cipher(card, &cipher, &is_factory);
	if (st == CNG_OK)
		st = admin_key_bytes(given, cipher->len, &key);
	if (st == CNG_OK)
		st = authenticate(card, cipher, secret_span(&key));
	if (st == CNG_OK)
		secret_move(&piv_of(card)->manager, &key);
	secret_free(&key);
	return st == CNG_ERR_NO_ADMIN ? CNG_ERR_PIN_WRONG : st;
}

/* The same cipher as before.  Where a copy of the old one is on the card, the
 * program that keeps it has to change both. */
enum cng_status
piv_admin_change(struct card *card, struct span old_key, struct span new_key)
{
	uint8_t data[3 + KEY_MAX];
	struct apdu cmd = { 0x00, 0xff, 0xff, 0xff, { NULL, 0 }, false };
	const struct cipher *cipher = NULL;
	struct secret key = { 0 };
	bool unused, copy = false;
	enum cng_status st = piv_admin_login(card, old_key);

	if (st == CNG_OK)
		st = has_copy(card, &copy);
	if (st == CNG_OK && copy)
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK)
		st = ask_cipher(card, &cipher, &unused);
	if (st == CNG_OK)
		st = admin_key_bytes(new_key, cipher->len, &key);
	if (st == CNG_OK) {
		data[0] = cipher->byte;
		data[1] = REF_MANAGER;
		data[2] = (uint8_t)key.len;
		memcpy(data + 3, key.ptr, key.len);
		cmd.data = span_of(data, 3 + key.len);
		st = apdu_call(card->link, &cmd, NULL);
		wipe(data, sizeof data);
	}
	if (st == CNG_OK)
		secret_move(&piv_of(card)->manager, &key);
	secret_free(&key);
	return st;
}
