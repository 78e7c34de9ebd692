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

/* Where in the PW status bytes longest and tries of the passwords are. */
enum { AT_LONGEST = 1, AT_TRIES = 4 };

static enum pgp_secret
secret_of(enum pgp_pw which)
{
	return which == PGP_PW3 ? PGP_OF_PW3 : PGP_OF_PW1;
}

/* As the card gets it, of a length that it may have. */
static enum cng_status
pin_bytes(const struct card *card, enum pgp_secret which, struct span pin,
    struct secret *out)
{
	size_t most = pgp_of(card)->pw[AT_LONGEST + which] & 0x7f;
	enum cng_status st = pgp_pin_bytes(card, which, pin, out);

	/* a password of no length would be a question */
	if (st != CNG_OK || (pin.len > 0 && out->len <= most))
		return st;
	secret_free(out);
	return CNG_ERR_PIN_LENGTH;
}

/* Some cards say of a wrong password that one is needed. */
static enum cng_status
wrong_or_locked(struct card *card, enum pgp_secret which)
{
	struct secret object;
	size_t tries = AT_TRIES + which;
	enum cng_status st = pgp_get(card, PGP_PW_STATUS, &object);
	struct span in;

	if (st != CNG_OK)
		return st;
	in = pgp_inside(&object, PGP_PW_STATUS);
	st = in.len > tries && in.ptr[tries] == 0 ?
	    CNG_ERR_PIN_LOCKED : CNG_ERR_PIN_WRONG;
	secret_free(&object);
	return st;
}

static enum cng_status
send_pin(struct card *card, const struct apdu *cmd, enum pgp_secret which)
{
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, cmd, NULL, &sw);

	if (st == CNG_OK)
		st = sw == 0x6982 ? wrong_or_locked(card, which) :
				    apdu_pin_status(sw);
	return st;
}

enum cng_status
pgp_verify(struct card *card, enum pgp_pw which, struct span pin)
{
	struct apdu verify = { 0x00, 0x20, 0x00, (uint8_t)which,
		span_of(NULL, 0), false };
	struct secret bytes;
	enum cng_status st = pin_bytes(card, secret_of(which), pin, &bytes);

	if (st != CNG_OK)
		return st;
	verify.data = secret_span(&bytes);
	st = send_pin(card, &verify, secret_of(which));
	secret_free(&bytes);
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
	if (pgp->pw[AT_TRIES + PGP_OF_PW3] < 2) {
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

struct pair {
	enum pgp_secret first_of, second_of;
	struct span first, second;
};

/* One password behind the other; the card knows how long its own is. */
static enum cng_status
send_pair(struct card *card, struct apdu cmd, const struct pair *pair)
{
	struct secret both, second = { 0 };
	enum cng_status st = pin_bytes(card, pair->first_of, pair->first,
	    &both);

	if (st == CNG_OK)
		st = pin_bytes(card, pair->second_of, pair->second, &second);
	if (st == CNG_OK)
		st = secret_append(&both, secret_span(&second));
	cmd.data = secret_span(&both);
	if (st == CNG_OK)
		st = send_pin(card, &cmd, pair->first_of);
	secret_free(&both);
	secret_free(&second);
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_LENGTH : st;
}

static bool
is_short(enum pgp_pw which, struct span pin)
{
	return pin.len < (which == PGP_PW3 ? PW3_MIN : PW1_MIN);
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
	const struct pair pair = { secret_of(which), secret_of(which),
		old_pin, new_pin };
	enum cng_status st = is_short(which, new_pin) ? CNG_ERR_PIN_LENGTH :
	    send_pair(card, change, &pair);

	if (st == CNG_OK && admin && pgp->pw3.len > 0)
		st = secret_replace(&pgp->pw3, new_pin);
	if (st == CNG_OK && admin && card->admin.len > 0)
		st = secret_replace(&card->admin, new_pin);
	return st;
}

static enum cng_status
unblock_as_admin(struct card *card, struct span new_pin)
{
	struct apdu cmd = { 0x00, 0x2c, 0x02, PGP_PW1_SIGN,
		span_of(NULL, 0), false };
	struct secret bytes;
	enum cng_status st = pin_bytes(card, PGP_OF_PW1, new_pin, &bytes);

	cmd.data = secret_span(&bytes);
	if (st == CNG_OK)
		st = apdu_call(card->link, &cmd, NULL);
	secret_free(&bytes);
	return st == CNG_ERR_DATA ? CNG_ERR_PIN_LENGTH : st;
}

/* Who has set no reset code unblocks with PW3. */
enum cng_status
pgp_unblock(struct card *card, struct span code, struct span new_pin)
{
	const struct apdu by_code = { 0x00, 0x2c, 0x00, PGP_PW1_SIGN,
		span_of(NULL, 0), false };
	const struct pair pair = { PGP_OF_CODE, PGP_OF_PW1, code, new_pin };
	enum cng_status st;

	if (is_short(PGP_PW1, new_pin))
		return CNG_ERR_PIN_LENGTH;
	if (code.len > 0 && pgp_of(card)->pw[AT_TRIES + PGP_OF_CODE] > 0)
		return send_pair(card, by_code, &pair);
	st = code.len > 0 ? pgp_verify(card, PGP_PW3, code) : pgp_admin(card);
	return st == CNG_OK ? unblock_as_admin(card, new_pin) : st;
}
