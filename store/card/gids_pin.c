/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PIN of a GIDS card, and its administrator: three-key DES, who answers a
 * challenge.  There is no PUK.
 */
#include "store/card/gids.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "store/card/admin.h"

#define PIN_REF 0x80
#define ADMIN_KEY 24
#define CHALLENGE 8

/* --- the PIN ------------------------------------------------------------- */

static bool
pin_fits(struct span pin)
{
	return pin.len >= GIDS_PIN_MIN && pin.len <= GIDS_PIN_MAX;
}

static enum cng_status
verify(struct card *card, struct span pin)
{
	const struct apdu cmd = { .ins = 0x20, .p2 = PIN_REF, .data = pin };
	uint16_t sw = 0;
	enum cng_status st;

	if (!pin_fits(pin))
		return CNG_ERR_PIN_LENGTH;
	st = apdu_send(card->link, &cmd, NULL, &sw);
	if (st == CNG_OK)
		st = apdu_pin_status(sw);
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_LENGTH : st;
}

/* What an interrupted change could not say. */
static void
catch_up(struct card *card)
{
	if (gids_of(card)->stale &&
	    gids_touch(card, GIDS_CHANGED_KEYS) != CNG_OK)
		log_line(LOG_INFO, "card: counters not written");
}

enum cng_status
gids_set_pin(struct card *card, enum device_role role, struct span old_pin,
    struct span new_pin)
{
	struct apdu cmd = { .ins = 0x24, .p2 = PIN_REF };
	struct secret both = { 0 };
	uint16_t sw = 0;
	enum cng_status st;

	if (role != DEVICE_USER)
		return CNG_ERR_NOT_SUPPORTED;
	if (!pin_fits(old_pin) || !pin_fits(new_pin))
		return CNG_ERR_PIN_LENGTH;
	st = secret_copy(&both, old_pin);
	if (st == CNG_OK)
		st = secret_append(&both, new_pin);
	cmd.data = secret_span(&both);
	if (st == CNG_OK)
		st = apdu_send(card->link, &cmd, NULL, &sw);
	if (st == CNG_OK)
		st = apdu_pin_status(sw);
	secret_free(&both);
	/* the PIN is changed, whether others are told or not */
	if (st == CNG_OK && gids_touch(card, GIDS_CHANGED_PINS) != CNG_OK)
		log_line(LOG_INFO, "card: counters not written");
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_LENGTH : st;
}

/* --- the administrator --------------------------------------------------- */

static enum cng_status
answer_challenge(struct span key, struct span challenge,
    uint8_t out[CHALLENGE])
{
	static const uint8_t iv[8];
	const struct key_op op = { .scheme = OP_DES3_CBC,
		.iv = span_of(iv, sizeof iv) };
	struct key_material material = { .family = KEY_DES3,
		.has_private = true };
	struct crypto_key *des = NULL;
	struct wr w = wr_of(out, CHALLENGE);
	enum cng_status st = key_set(&material, SYM_VALUE, key);

	if (st == CNG_OK)
		st = crypto_key_new(&des, &material);
	if (st == CNG_OK)
		st = crypto_encrypt(des, &op, challenge, &w);
	if (st == CNG_OK && w.len != CHALLENGE)
		st = CNG_ERR_INTERNAL;
	crypto_key_free(des);
	key_free(&material);
	return st;
}

static enum cng_status
ask_challenge(struct card *card, uint8_t out[CHALLENGE])
{
	static const uint8_t key[] = { 0x83, 1, 0x80 };
	static const uint8_t ask[] = { 0x7c, 2, 0x81, 0 };
	const struct apdu choose = { .ins = 0x22, .p1 = 0xc1, .p2 = 0xa4,
		.data = span_of(key, sizeof key) };
	const struct apdu cmd = { .ins = 0x87,
		.data = span_of(ask, sizeof ask), .answers = true };
	struct secret answer = { 0 };
	struct span body, value;
	enum cng_status st = apdu_call(card->link, &choose, NULL);

	if (st == CNG_OK)
		st = apdu_call(card->link, &cmd, &answer);
	if (st != CNG_OK)
		return st;
	if (tlv_find(secret_span(&answer), 0x7c, &body) &&
	    tlv_find(body, 0x81, &value) && value.len == CHALLENGE)
		memcpy(out, value.ptr, CHALLENGE);
	else
		st = CNG_ERR_DEVICE;
	secret_free(&answer);
	return st;
}

static enum cng_status
authenticate(struct card *card, struct span key)
{
	uint8_t challenge[CHALLENGE], proof[4 + CHALLENGE] = { 0x7c, 10, 0x82,
		CHALLENGE };
	const struct apdu cmd = { .ins = 0x87,
		.data = span_of(proof, sizeof proof) };
	uint16_t sw = 0;
	enum cng_status st = ask_challenge(card, challenge);

	if (st == CNG_OK)
		st = answer_challenge(key, span_of(challenge, CHALLENGE),
		    proof + 4);
	if (st == CNG_OK)
		st = apdu_send(card->link, &cmd, NULL, &sw);
	if (st != CNG_OK || sw == SW_OK)
		return st;
	st = apdu_pin_status(sw);
	return st == CNG_ERR_NOT_LOGGED_IN || st == CNG_ERR_DATA ?
	    CNG_ERR_PIN_WRONG : st;
}

static enum cng_status
login_admin(struct card *card, struct span code)
{
	struct secret key;
	enum cng_status st = admin_key_bytes(code, ADMIN_KEY, &key);

	if (st == CNG_OK)
		st = authenticate(card, secret_span(&key));
	if (st == CNG_OK)
		secret_move(&gids_of(card)->admin, &key);
	secret_free(&key);
	return st;
}

/* The code, else the key of the login, else that of the configuration. */
static struct span
some_key(const struct card *card, struct span code)
{
	if (code.len > 0)
		return code;
	return gids_of(card)->admin.len > 0 ?
	    secret_span(&gids_of(card)->admin) : secret_span(&card->admin);
}

enum cng_status
gids_unblock(struct card *card, struct span code, struct span new_pin)
{
	const struct apdu cmd = { .ins = 0x2c, .p1 = 2, .p2 = PIN_REF,
		.data = new_pin };
	struct span said = some_key(card, code);
	struct secret key;
	uint16_t sw = 0;
	enum cng_status st;

	if (said.len == 0)
		return CNG_ERR_NO_ADMIN;
	if (!pin_fits(new_pin))
		return CNG_ERR_PIN_LENGTH;
	st = admin_key_bytes(said, ADMIN_KEY, &key);
	if (st == CNG_OK)
		st = authenticate(card, secret_span(&key));
	secret_free(&key);
	if (st == CNG_OK)
		st = apdu_send(card->link, &cmd, NULL, &sw);
	if (st == CNG_OK)
		st = sw == 0x6a80 ? CNG_ERR_PIN_LENGTH : apdu_pin_status(sw);
	if (st == CNG_OK && gids_touch(card, GIDS_CHANGED_PINS) != CNG_OK)
		log_line(LOG_INFO, "card: counters not written");
	return st;
}

/* --- logins -------------------------------------------------------------- */

enum cng_status
gids_login(struct card *card, enum device_role role, struct span pin)
{
	enum cng_status st;

	if (role == DEVICE_ADMIN)
		return login_admin(card, pin);
	st = verify(card, pin);
	if (st == CNG_OK)
		catch_up(card);
	return st;
}

/* Not another application, which another program has selected. */
static bool
is_selected(struct card *card)
{
	struct secret id = { 0 };
	enum cng_status st = gids_read(card, gids_of(card)->id, &id);

	secret_free(&id);
	return st == CNG_OK;
}

void
gids_logout(struct card *card)
{
	const struct apdu cmd = { .ins = 0x20, .p2 = 0x82 };
	uint16_t sw;

	secret_free(&gids_of(card)->admin);
	if (apdu_send(card->link, &cmd, NULL, &sw) != CNG_OK || sw == SW_OK ||
	    !is_selected(card))
		return;
	log_line(LOG_INFO, "card: logout refused, so it is reset");
	card->reset = true;
}
