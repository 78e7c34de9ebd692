/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The passwords of an OpenPGP card: PW1, which is said in one way for
 * signatures and in another for all else; PW3, the administrator's; and the
 * reset code.
 */
#include "store/card/openpgp.h"

#include "base/log.h"

#define PW1_MIN 6
#define PW3_MIN 8

/* Where in the PW status bytes the tries of a password are. */
enum { TRIES_PW1 = 4, TRIES_CODE = 5, TRIES_PW3 = 6 };

static size_t
longest(const struct pgp *pgp, enum pgp_pw which)
{
	return pgp->pw[which == PGP_PW3 ? 3 : 1] & 0x7f;
}

/* Some cards say of a wrong password that one is needed. */
static enum cng_status
wrong_or_locked(struct card *card, int tries)
{
	struct secret object;
	enum cng_status st = pgp_get(card, PGP_PW_STATUS, &object);
	struct span in;

	if (st != CNG_OK)
		return st;
	in = pgp_inside(&object, PGP_PW_STATUS);
	st = in.len > (size_t)tries && in.ptr[tries] == 0 ?
	    CNG_ERR_PIN_LOCKED : CNG_ERR_PIN_WRONG;
	secret_free(&object);
	return st;
}

static enum cng_status
send_pin(struct card *card, const struct apdu *cmd, int tries)
{
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, cmd, NULL, &sw);

	if (st == CNG_OK)
		st = sw == 0x6982 ? wrong_or_locked(card, tries) :
				    apdu_pin_status(sw);
	return st;
}

static enum cng_status
refuse_kdf(const struct card *card)
{
	if (!pgp_of(card)->kdf)
		return CNG_OK;
	log_line(LOG_WARN, "card: its PINs are to be hashed first (object "
	    "F9), which is not supported");
	return CNG_ERR_NOT_SUPPORTED;
}

enum cng_status
pgp_verify(struct card *card, enum pgp_pw which, struct span pin)
{
	const struct apdu verify = { 0x00, 0x20, 0x00, (uint8_t)which, pin,
		false };
	enum cng_status st = refuse_kdf(card);

	if (st != CNG_OK)
		return st;
	/* without one it would be a question */
	if (pin.len == 0 || pin.len > longest(pgp_of(card), which))
		return CNG_ERR_PIN_LENGTH;
	st = send_pin(card, &verify,
	    which == PGP_PW3 ? TRIES_PW3 : TRIES_PW1);
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_WRONG : st;
}

/* --- the administrator --------------------------------------------------- */

enum cng_status
pgp_admin(struct card *card)
{
	struct pgp *pgp = pgp_of(card);
	struct span pin = secret_span(pgp->pw3.len > 0 ? &pgp->pw3 :
							 &card->admin);
	enum cng_status st;

	if (pin.len == 0)
		return CNG_ERR_NO_ADMIN;
	/* the last try is for a person, who knows what is at stake */
	if (pgp->pw[TRIES_PW3] < 2) {
		log_line(LOG_WARN, "card: PW3 is blocked, or almost: it is "
		    "not said on anybody's behalf");
		return CNG_ERR_NO_ADMIN;
	}
	st = pgp_verify(card, PGP_PW3, pin);
	if (st == CNG_ERR_PIN_WRONG || st == CNG_ERR_PIN_LOCKED ||
	    st == CNG_ERR_PIN_LENGTH) {
		log_line(LOG_WARN, "card: PW3 is not what was given: it is "
		    "not said again");
		secret_free(&pgp->pw3);
		secret_free(&card->admin);
		st = CNG_ERR_NO_ADMIN;
	}
	return st;
}

/* --- login --------------------------------------------------------------- */

enum cng_status
pgp_login(struct card *card, enum device_role role, struct span pin)
{
	struct pgp *pgp = pgp_of(card);
	enum cng_status st;

	if (role == DEVICE_ADMIN) {
		st = pgp_verify(card, PGP_PW3, pin);
		return st == CNG_OK ? secret_replace(&pgp->pw3, pin) : st;
	}
	st = pgp_verify(card, PGP_PW1, pin);
	/* if it is good for one signature only, it is said before that */
	if (st == CNG_OK && pgp_pin_policy(card, PGP_SIGN) == DEVICE_PIN_ONCE)
		st = pgp_verify(card, PGP_PW1_SIGN, pin);
	return st;
}

void
pgp_logout(struct card *card)
{
	enum pgp_pw which = PGP_PW1_SIGN;
	enum cng_status st = CNG_OK;

	secret_free(&pgp_of(card)->pw3);
	for (; which <= PGP_PW3 && st == CNG_OK; which++) {
		const struct apdu forget = { 0x00, 0x20, 0xff, (uint8_t)which,
			span_of(NULL, 0), false };

		st = apdu_call(card->link, &forget, NULL);
	}
	/* older cards forget when they are selected */
	if (st != CNG_OK && st != CNG_ERR_DEVICE_REMOVED &&
	    card->driver->select(card) != CNG_OK)
		log_line(LOG_INFO, "card: not logged out");
}

enum cng_status
pgp_is_logged_in(struct card *card, bool *out)
{
	const struct apdu ask = { 0x00, 0x20, 0x00, PGP_PW1,
		span_of(NULL, 0), false };
	uint16_t sw;
	enum cng_status st;

	*out = card->pin.len > 0;
	/* before version 3 that is a wrong PIN */
	if (pgp_of(card)->aid[6] < 3)
		return CNG_OK;
	st = apdu_send(card->link, &ask, NULL, &sw);
	*out = sw == SW_OK;
	return st;
}

/* --- changing ------------------------------------------------------------ */

/* One password behind the other; the card knows how long its own is. */
static enum cng_status
send_pair(struct card *card, struct apdu cmd, struct span first,
    struct span second, int tries)
{
	struct secret both = { 0 };
	enum cng_status st = secret_copy(&both, first);

	if (st == CNG_OK)
		st = secret_append(&both, second);
	cmd.data = secret_span(&both);
	if (st == CNG_OK)
		st = send_pin(card, &cmd, tries);
	secret_free(&both);
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_LENGTH : st;
}

static bool
fits(const struct card *card, enum pgp_pw which, struct span pin)
{
	return pin.len >= (which == PGP_PW3 ? PW3_MIN : PW1_MIN) &&
	    pin.len <= longest(pgp_of(card), which);
}

enum cng_status
pgp_set_pin(struct card *card, enum device_role role, struct span old_pin,
    struct span new_pin)
{
	struct pgp *pgp = pgp_of(card);
	bool admin = role == DEVICE_ADMIN;
	enum pgp_pw which = admin ? PGP_PW3 : PGP_PW1_SIGN;
	const struct apdu change = { 0x00, 0x24, 0x00, (uint8_t)which,
		span_of(NULL, 0), false };
	enum cng_status st = refuse_kdf(card);

	if (st != CNG_OK)
		return st;
	if (old_pin.len == 0 || old_pin.len > longest(pgp, which) ||
	    !fits(card, which, new_pin))
		return CNG_ERR_PIN_LENGTH;
	st = send_pair(card, change, old_pin, new_pin,
	    admin ? TRIES_PW3 : TRIES_PW1);
	if (st == CNG_OK && admin && pgp->pw3.len > 0)
		st = secret_replace(&pgp->pw3, new_pin);
	if (st == CNG_OK && admin && card->admin.len > 0)
		st = secret_replace(&card->admin, new_pin);
	return st;
}

/* Who has set no reset code unblocks with PW3. */
enum cng_status
pgp_unblock(struct card *card, struct span code, struct span new_pin)
{
	const struct apdu by_code = { 0x00, 0x2c, 0x00, PGP_PW1_SIGN,
		span_of(NULL, 0), false };
	const struct apdu by_admin = { 0x00, 0x2c, 0x02, PGP_PW1_SIGN,
		new_pin, false };
	enum cng_status st = refuse_kdf(card);

	if (st != CNG_OK)
		return st;
	if (!fits(card, PGP_PW1, new_pin))
		return CNG_ERR_PIN_LENGTH;
	if (code.len > 0 && pgp_of(card)->pw[TRIES_CODE] > 0)
		return send_pair(card, by_code, code, new_pin, TRIES_CODE);
	st = code.len > 0 ? pgp_verify(card, PGP_PW3, code) : pgp_admin(card);
	if (st == CNG_OK)
		st = apdu_call(card->link, &by_admin, NULL);
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_LENGTH : st;
}
