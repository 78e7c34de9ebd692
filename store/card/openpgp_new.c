/* SPDX-License-Identifier: BSD-2-Clause
 *
 * New keys on an OpenPGP card.  Before anything else the place is marked, and
 * the mark goes away, with the name that comes, by the very last command: so
 * what an interrupted import left is known for what it is.
 */
#include "store/card/openpgp.h"

#include <time.h>

#include "base/log.h"
#include "crypto/crypto.h"

struct job {
	struct card *card;
	const struct device_new *what;
	struct pgp_kind kind;
	unsigned place;
	struct pgp_attr attr, old_attr;
	struct pgp_names names;      /* as they are meanwhile */
	struct pgp_names last;       /* as they are to be */
	struct pgp_names old_names;
	struct secret old_cert;
	uint32_t time;
	uint8_t print[PGP_PRINT];
	bool begun;              /* there is something to undo */
	bool displaces;          /* the key that was there, with its print */
	uint8_t old_print[PGP_PRINT];
	uint32_t old_time;
	struct secret old_public; /* as the card says it */
	bool key_sent, time_sent, cert_sent;
};

/* --- planning ------------------------------------------------------------ */

/* Signature keys have two places, in this order. */
static enum cng_status
choose_place(struct job *job, const bool there[PGP_PLACES])
{
	const struct device_new *what = job->what;
	bool sign = (what->role & KEY_ROLE_MASK) == KEY_ROLE_SIGN;
	unsigned first, last;

	if (job->kind.family == KEY_EDWARDS)
		sign = true;
	else if (job->kind.family == KEY_MONTGOMERY)
		sign = false;
	first = what->has_place ? what->place : sign ? PGP_SIGN : PGP_DECRYPT;
	last = !what->has_place && sign ? PGP_AUTH : first;
	if (first >= PGP_PLACES)
		return CNG_ERR_PROP_VALUE;
	for (job->place = first; job->place <= last; job->place += 2)
		if (!there[job->place] || pgp_is_half_made(job->card,
					      &job->old_names, job->place))
			return CNG_OK;
	if (!what->has_place)
		return CNG_ERR_STORE_FULL;
	job->place = first;
	job->displaces = what->replace;
	return what->replace ? CNG_OK : CNG_ERR_EXISTS;
}

static enum cng_status
check_wishes(const struct job *job)
{
	const struct card *card = job->card;
	const struct device_new *what = job->what;

	if (what->has_pin_policy &&
	    what->pin != pgp_pin_policy(card, job->place))
		return CNG_ERR_NOT_SUPPORTED;
	if (what->certificate.len > pgp_of(card)->cert_max)
		return CNG_ERR_STORE_FULL;
	return CNG_OK;
}

/* What is known of the key that is to make room, should it stay. */
static enum cng_status
keep_old(struct job *job)
{
	const struct pgp *pgp = pgp_of(job->card);
	struct rd r = rd_of(span_of(pgp->times + 4 * job->place, 4));

	if (!job->displaces)
		return CNG_OK;
	memcpy(job->old_print, pgp->print[job->place], PGP_PRINT);
	return rd_u32be(&r, &job->old_time) ?
	    pgp_ask_public(job->card, job->place, &job->old_public) :
	    CNG_ERR_DEVICE;
}

/* Asks much and changes nothing. */
static enum cng_status
plan(struct job *job)
{
	struct card *card = job->card;
	bool there[PGP_PLACES];
	enum cng_status st = pgp_survey(card, there);

	if (st == CNG_OK)
		st = pgp_get_names(card, &job->old_names);
	if (st == CNG_OK)
		st = pgp_check_name(card, &job->old_names, there,
		    job->what->replace ? job->what->place : PGP_PLACES,
		    job->what->name);
	if (st == CNG_OK)
		st = choose_place(job, there);
	if (st == CNG_OK)
		st = check_wishes(job);
	if (st == CNG_OK)
		st = keep_old(job);
	job->names = job->old_names;
	job->last = job->old_names;
	if (st == CNG_OK)
		st = pgp_set_name(&job->last, job->place, job->what->name);
	if (st != CNG_OK)
		return st;
	job->last.begun[job->place] = false;
	job->old_names.begun[job->place] = false;
	job->old_attr = pgp_of(card)->attr[job->place];
	job->time = (uint32_t)time(NULL);
	st = pgp_attr_for(card, job->place, &job->kind, &job->attr);
	if (st == CNG_OK)
		st = pgp_get_certificate(card, job->place, &job->old_cert);
	if (st == CNG_OK && !job->names.foreign && card->pin.len == 0)
		st = CNG_ERR_NOT_LOGGED_IN;
	return st == CNG_OK ? pgp_admin(card) : st;
}

/* --- steps --------------------------------------------------------------- */

/* Names stay as they are with it: a key that is to make room is listed as
 * before until its fingerprint goes. */
static enum cng_status
put_mark(struct job *job)
{
	if (job->names.foreign)
		return CNG_OK;
	job->names.begun[job->place] = true;
	memcpy(job->names.print[job->place], job->print, PGP_PRINT);
	return pgp_put_names(job->card, &job->names);
}

/* Where there is no place for marks the fingerprint is one. */
static enum cng_status
take_print(struct job *job)
{
	static const uint8_t none[PGP_PRINT];
	const uint8_t *print = job->names.foreign ? pgp_half_print : none;

	if (memcmp(pgp_of(job->card)->print[job->place], print,
	    PGP_PRINT) == 0)
		return CNG_OK;
	return pgp_put_print(job->card, job->place, print);
}

/* What is half made already is to be so all the time. */
static enum cng_status
begin(struct job *job)
{
	enum cng_status st = CNG_OK;

	job->begun = true;
	if (!job->displaces)
		st = take_print(job);
	if (st == CNG_OK)
		st = put_mark(job);
	if (st == CNG_OK && job->displaces)
		st = take_print(job);
	if (st == CNG_OK && !pgp_attr_same(&job->attr, &job->old_attr))
		st = pgp_attr_put(job->card, job->place, &job->attr);
	return st;
}

static enum cng_status
put_certificate(struct job *job)
{
	struct span cert = job->what->certificate;

	if (span_equal(cert, secret_span(&job->old_cert)))
		return CNG_OK;
	job->cert_sent = true;
	return pgp_set_certificate(job->card, job->place, cert);
}

/* Without a fingerprint and a time other programs take the place for free. */
static enum cng_status
finish(struct job *job)
{
	enum cng_status st = CNG_OK;

	if (!job->names.foreign)
		st = pgp_put_print(job->card, job->place, job->print);
	if (st == CNG_OK) {
		job->time_sent = true;
		st = pgp_put_time(job->card, job->place, job->time);
	}
	if (st == CNG_OK)
		st = put_certificate(job);
	if (st != CNG_OK)
		return st;
	return job->names.foreign ?
	    pgp_put_print(job->card, job->place, job->print) :
	    pgp_put_names(job->card, &job->last);
}

/* --- undoing ------------------------------------------------------------- */

static enum cng_status
erase_key(struct job *job)
{
	const struct pgp_attr *now = &pgp_of(job->card)->attr[job->place];

	if (!job->key_sent && pgp_attr_same(now, &job->old_attr))
		return CNG_OK;
	return pgp_erase(job->card, job->place, &job->old_attr);
}

/* Is the key that was to go still there, as far as we have done anything? */
static bool
is_untouched(const struct job *job)
{
	return job->displaces && !job->key_sent &&
	    pgp_attr_same(&pgp_of(job->card)->attr[job->place],
		&job->old_attr);
}

/* A card that did not take the new key has the old one: that is not to be
 * erased. */
static enum cng_status
look_for_old(struct job *job)
{
	struct secret answer;
	enum cng_status st;

	if (!job->displaces || !job->key_sent || job->old_public.len == 0)
		return CNG_OK;
	st = pgp_ask_public(job->card, job->place, &answer);
	if (st == CNG_OK && span_equal(secret_span(&answer),
	    secret_span(&job->old_public)))
		job->key_sent = false;
	secret_free(&answer);
	return st;
}

/* What goes by the old key again. */
static enum cng_status
put_back(struct job *job)
{
	enum cng_status st = CNG_OK;

	if (job->time_sent)
		st = pgp_put_time(job->card, job->place, job->old_time);
	return st == CNG_OK ? pgp_put_print(job->card, job->place,
	    job->old_print) : st;
}

/* The key that was to make room did, so all that is around it goes. */
static void
let_old_go(struct job *job)
{
	job->old_names.name[job->place][0] = '\0';
	if (!job->displaces)
		return;
	job->cert_sent = job->cert_sent || job->old_cert.len > 0;
	secret_free(&job->old_cert);
}

static enum cng_status
undo_steps(struct job *job)
{
	static const uint8_t none[PGP_PRINT];
	struct card *card = job->card;
	/* what went wrong may have been a login that was lost */
	enum cng_status st = card->driver->select(card);

	if (st == CNG_OK && card->pin.len > 0)
		st = pgp_verify(card, PGP_PW1, secret_span(&card->pin));
	if (st == CNG_OK)
		st = pgp_admin(card);
	if (st == CNG_OK)
		st = look_for_old(job);
	if (st == CNG_OK && is_untouched(job)) {
		st = put_back(job);
	} else if (st == CNG_OK) {
		let_old_go(job);
		st = erase_key(job);
		if (st == CNG_OK)
			st = pgp_put_print(card, job->place, none);
		if (st == CNG_OK)
			st = pgp_put_time(card, job->place, 0);
	}
	if (st == CNG_OK && job->cert_sent)
		st = pgp_set_certificate(card, job->place,
		    secret_span(&job->old_cert));
	if (st == CNG_OK && !job->names.foreign)
		st = pgp_put_names(card, &job->old_names);
	return st;
}

/* How it ended.  When a reset was in between, all is done again, and takes
 * over the mark. */
static enum cng_status
end(struct job *job, enum cng_status st)
{
	if (st != CNG_OK && job->begun && !card_is_cut(st) &&
	    undo_steps(job) != CNG_OK)
		log_line(LOG_WARN, "card: an import that failed left a mark");
	secret_free(&job->old_cert);
	secret_free(&job->old_public);
	return st;
}

/* --- import -------------------------------------------------------------- */

/* The card has what it was told. */
static enum cng_status
look_at(struct job *job, const struct key_material *key)
{
	struct key_material got = { 0 };
	struct secret answer;
	enum cng_status st = pgp_ask_public(job->card, job->place, &answer);

	if (st != CNG_OK)
		return st;
	st = pgp_parse_public(&job->attr, secret_span(&answer), &got);
	if (st == CNG_OK && !key_same_public(&got, key))
		st = CNG_ERR_DEVICE;
	key_free(&got);
	secret_free(&answer);
	return st;
}

static enum cng_status
send_key(struct job *job, struct span list)
{
	const struct apdu put = { 0x00, 0xdb, 0x3f, 0xff, list, false };
	enum cng_status st;

	job->key_sent = true;
	st = apdu_call(job->card->link, &put, NULL);
	return st == CNG_ERR_DATA ? CNG_ERR_BAD_KEY : st;
}

static enum cng_status
bring(struct job *job, const struct key_material *key)
{
	struct secret list = { 0 };
	enum cng_status st = plan(job);

	if (st == CNG_OK)
		st = pgp_template(&job->attr, job->place, key, &list);
	if (st == CNG_OK)
		st = pgp_fingerprint(&job->attr, key, job->time, job->print);
	if (st == CNG_OK)
		st = begin(job);
	if (st == CNG_OK)
		st = send_key(job, secret_span(&list));
	if (st == CNG_OK)
		st = look_at(job, key);
	if (st == CNG_OK)
		st = finish(job);
	secret_free(&list);
	return end(job, st);
}

static bool
is_known(const struct key_material *key)
{
	return key->family == KEY_RSA || key->family == KEY_EC ||
	    key->family == KEY_MONTGOMERY || key->family == KEY_EDWARDS;
}

static struct pgp_kind
kind_of(const struct key_material *key, size_t bits, size_t e_len)
{
	bool rsa = key->family == KEY_RSA;

	return (struct pgp_kind){ key->family, rsa ? CURVE_NONE : key->curve,
		rsa ? bits : 0, rsa ? e_len : 0 };
}

enum cng_status
pgp_import(struct card *card, const struct device_new *what,
    const struct key_material *key, unsigned *place)
{
	struct job job = { .card = card, .what = what };
	struct key_material whole = { 0 };
	enum cng_status st;

	if (!is_known(key) || (pgp_of(card)->caps & PGP_CAP_IMPORT) == 0)
		return CNG_ERR_NOT_SUPPORTED;
	if (!key->has_private)
		return CNG_ERR_BAD_KEY;
	st = key_copy(&whole, key);
	if (st == CNG_OK)
		st = crypto_complete(&whole);
	if (st == CNG_OK)
		st = key_check_shape(&whole);
	if (st == CNG_OK) {
		job.kind = kind_of(&whole, key_bits(&whole),
		    key_part(&whole, RSA_E).len);
		st = bring(&job, &whole);
	}
	key_free(&whole);
	if (st == CNG_OK)
		*place = job.place;
	return st;
}

/* --- generation ---------------------------------------------------------- */

static enum cng_status
make_key(struct job *job, struct key_material *public)
{
	const uint8_t crt[] = { pgp_crt(job->place), 0x00 };
	const struct apdu make = { 0x00, 0x47, 0x80, 0x00,
		span_of(crt, sizeof crt), true };
	struct secret answer;
	enum cng_status st;

	job->key_sent = true;
	st = apdu_call(job->card->link, &make, &answer);
	if (st != CNG_OK)
		return st;
	st = pgp_parse_public(&job->attr, secret_span(&answer), public);
	secret_free(&answer);
	/* less than what was asked for would be a weak key */
	if (st == CNG_OK && public->family == KEY_RSA &&
	    key_bits(public) != job->attr.bits) {
		log_line(LOG_WARN, "card: it made a key of another size");
		st = CNG_ERR_DEVICE;
	}
	if (st == CNG_OK)
		st = pgp_fingerprint(&job->attr, public, job->time,
		    job->print);
	return st == CNG_OK ? put_mark(job) : st;
}

enum cng_status
pgp_generate(struct card *card, const struct device_new *what,
    const struct key_material *shape, size_t bits,
    struct key_material *public, unsigned *place)
{
	struct job job = { .card = card, .what = what,
		.kind = kind_of(shape, bits, 3) };
	struct key_material fresh = { 0 };
	enum cng_status st;

	if (!is_known(shape))
		return CNG_ERR_NOT_SUPPORTED;
	st = plan(&job);
	if (st == CNG_OK)
		st = begin(&job);
	if (st == CNG_OK)
		st = make_key(&job, &fresh);
	if (st == CNG_OK)
		st = finish(&job);
	st = end(&job, st);
	if (st != CNG_OK) {
		key_free(&fresh);
		return st;
	}
	*public = fresh;
	*place = job.place;
	return CNG_OK;
}
