/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of an OpenPGP card that go.  There is no command for that; but a place
 * whose key is to be of another kind has none any more.
 */
#include "store/card/openpgp.h"

#include "base/log.h"

/* --- the key ------------------------------------------------------------- */

bool
pgp_attr_same(const struct pgp_attr *a, const struct pgp_attr *b)
{
	return span_equal(span_of(a->raw, a->len), span_of(b->raw, b->len));
}

enum cng_status
pgp_erase(struct card *card, unsigned place, const struct pgp_attr *back)
{
	const struct pgp_attr now = pgp_of(card)->attr[place];
	struct pgp_attr other;
	enum cng_status st = CNG_OK;

	if (pgp_attr_same(&now, back)) {
		st = pgp_attr_other(card, place, &now, &other);
		if (st == CNG_OK)
			st = pgp_attr_put(card, place, &other);
	}
	return st == CNG_OK ? pgp_attr_put(card, place, back) : st;
}

/* Nobody says that they all forget it. */
static enum cng_status
check_gone(struct card *card, unsigned place)
{
	struct secret answer;
	enum cng_status st = pgp_ask_public(card, place, &answer);

	if (st == CNG_OK && answer.len > 0) {
		log_line(LOG_WARN, "card: it keeps a key whose place is to "
		    "have another");
		st = CNG_ERR_NOT_SUPPORTED;
	}
	secret_free(&answer);
	return st;
}

/* --- what is around it --------------------------------------------------- */

enum cng_status
pgp_put_print(struct card *card, unsigned place,
    const uint8_t print[PGP_PRINT])
{
	enum cng_status st = pgp_put(card, PGP_FINGERPRINT + place,
	    span_of(print, PGP_PRINT));

	if (st == CNG_OK)
		memcpy(pgp_of(card)->print[place], print, PGP_PRINT);
	return st;
}

enum cng_status
pgp_put_time(struct card *card, unsigned place, uint32_t time)
{
	uint8_t bytes[4];
	struct wr w = wr_of(bytes, sizeof bytes);

	wr_u32be(&w, time);
	return pgp_put(card, PGP_TIME + place, span_of(bytes, sizeof bytes));
}

static enum cng_status
clear_rest(struct card *card, unsigned place, struct pgp_names *names)
{
	static const uint8_t none[PGP_PRINT];
	struct secret cert = { 0 };
	enum cng_status st = pgp_get_certificate(card, place, &cert);

	if (st == CNG_OK && cert.len > 0)
		st = pgp_set_certificate(card, place, span_of(NULL, 0));
	secret_free(&cert);
	if (st == CNG_OK)
		st = pgp_put_time(card, place, 0);
	if (st == CNG_OK)
		st = pgp_put_print(card, place, none);
	if (st != CNG_OK || names->foreign)
		return st;
	names->begun[place] = false;
	names->name[place][0] = '\0';
	return pgp_put_names(card, names);
}

/* --- all of it ----------------------------------------------------------- */

/* The mark makes that it is not listed; who was interrupted goes on. */
static enum cng_status
mark(struct card *card, unsigned place, struct pgp_names *names)
{
	if (names->foreign || pgp_is_half_made(card, names, place))
		return CNG_OK;
	names->begun[place] = true;
	memcpy(names->print[place], pgp_of(card)->print[place], PGP_PRINT);
	return pgp_put_names(card, names);
}

static enum cng_status
find(struct card *card, unsigned place, struct pgp_names *names)
{
	static const uint8_t none[PGP_PRINT];
	bool there[PGP_PLACES];
	enum cng_status st = pgp_survey(card, there);

	if (st == CNG_OK)
		st = pgp_get_names(card, names);
	if (st != CNG_OK)
		return st;
	if (place >= PGP_PLACES || (!there[place] && !names->begun[place] &&
	    memcmp(pgp_of(card)->print[place], none, PGP_PRINT) == 0))
		return CNG_ERR_NOT_FOUND;
	if ((pgp_of(card)->caps & PGP_CAP_ATTR) == 0)
		return CNG_ERR_NOT_SUPPORTED;
	if (!names->foreign && card->pin.len == 0)
		return CNG_ERR_NOT_LOGGED_IN;
	return pgp_admin(card);
}

enum cng_status
pgp_remove(struct card *card, unsigned place, unsigned heir)
{
	struct pgp_names names, before;
	struct pgp_attr attr;
	enum cng_status st = find(card, place, &names), back;

	if (st != CNG_OK)
		return st;
	(void)heir; /* the default is a matter of places here */
	attr = pgp_of(card)->attr[place];
	before = names;
	st = mark(card, place, &names);
	if (st == CNG_OK)
		st = pgp_erase(card, place, &attr);
	if (st == CNG_OK)
		st = check_gone(card, place);
	if (card_is_cut(st))
		return st;
	if (st != CNG_OK) {
		/* the key may be there still: so is its name */
		back = names.foreign ? CNG_OK : pgp_put_names(card, &before);
		if (back != CNG_OK)
			log_line(LOG_WARN, "card: a key stays marked");
		return st;
	}
	st = clear_rest(card, place, &names);
	if (card_is_cut(st))
		return st;
	/* the key is gone: the next one gets what is left of it */
	if (st != CNG_OK)
		log_line(LOG_WARN, "card: half a container stays: %s",
		    cng_status_text(st));
	return CNG_OK;
}
