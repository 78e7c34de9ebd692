/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the simulated card, some of whose answers are changed on their
 * way.  The input says which application, what is done, and then, which
 * answer is changed how.  Afterwards the card is put in again, honest, and
 * must still be a card that can be listed or that is refused for a reason.
 */
#include "card.h"

#include <stdlib.h>

#include "base/util.h"
#include "tests/card/sim.h"

#define CHANGES_MAX 8
/* No job takes more commands; a driver that goes round in circles does. */
#define COMMANDS_MAX 100000

enum change { CHANGE_SET, CHANGE_FLIP, CHANGE_CUT, CHANGE_GROW, CHANGE_STATUS,
	CHANGE_WHOLE, CHANGE_LAST, CHANGE_EVENT, CHANGES };

struct change_at {
	unsigned long at;        /* which answer; 0: none */
	bool onwards;
	enum change change;
	uint8_t a, b;
	struct span bytes;
};

struct liar {
	struct card_link link;
	struct sim *sim;
	struct change_at plan[CHANGES_MAX];
	unsigned long count;
	bool busy, gone, reset;
	uint8_t last[256];
	size_t last_len;
};

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static struct liar *
liar_of(struct card_link *link)
{
	return (struct liar *)(void *)link;
}

/* --- changes ------------------------------------------------------------- */

static void
replace(uint8_t *answer, size_t *len, const uint8_t *by, size_t by_len)
{
	if (by_len > 0)
		memcpy(answer, by, by_len);
	*len = by_len;
}

static void
happen(struct liar *l, uint8_t what)
{
	l->gone = what % 3 == 0;
	l->reset = !l->gone;
	if (l->reset)
		sim_reset(l->sim);
}

static void
apply(struct liar *l, const struct change_at *c, uint8_t *answer,
    size_t *len)
{
	size_t at = *len > 0 ? c->a % *len : 0, rest = *len - at;
	size_t more = c->bytes.len;

	switch (c->change) {
	case CHANGE_SET:
		if (*len > 0)
			answer[at] = c->b;
		return;
	case CHANGE_FLIP:
		if (*len > 0)
			answer[at] ^= (uint8_t)(1u << (c->b & 7));
		return;
	case CHANGE_CUT: /* some bytes are missing */
		more = c->b < rest ? c->b : rest;
		memmove(answer + at, answer + at + more, rest - more);
		*len -= more;
		return;
	case CHANGE_GROW: /* some are new */
		memmove(answer + at + more, answer + at, rest);
		if (more > 0)
			memcpy(answer + at, c->bytes.ptr, more);
		*len += more;
		return;
	case CHANGE_STATUS:
		if (*len >= 2) {
			answer[*len - 2] = c->a;
			answer[*len - 1] = c->b;
		}
		return;
	case CHANGE_WHOLE:
		replace(answer, len, c->bytes.ptr, more);
		return;
	case CHANGE_LAST: /* what was said before */
		replace(answer, len, l->last, l->last_len);
		return;
	case CHANGE_EVENT:
		happen(l, c->a);
		return;
	case CHANGES:
		return;
	}
}

static enum cng_status
liar_transmit(struct card_link *link, struct span command, uint8_t *answer,
    size_t size, size_t *len)
{
	struct liar *l = liar_of(link);

	*len = 0;
	must(l->busy && size >= SIM_MAX && ++l->count < COMMANDS_MAX);
	if (!l->gone && !l->reset && !sim_exchange(l->sim, command.ptr,
		command.len, answer, len))
		l->gone = true;
	for (size_t i = 0; !l->gone && !l->reset && i < CHANGES_MAX; i++) {
		const struct change_at *c = &l->plan[i];

		if (c->at == l->count || (c->onwards && c->at != 0 &&
			c->at < l->count && *len < SIM_MAX - 1024))
			apply(l, c, answer, len);
	}
	if (l->gone)
		return CNG_ERR_DEVICE_REMOVED;
	if (l->reset)
		return CNG_ERR_DEVICE_RESET;
	l->last_len = *len < sizeof l->last ? *len : sizeof l->last;
	memcpy(l->last, answer, l->last_len);
	return CNG_OK;
}

/* --- the rest of a link -------------------------------------------------- */

static enum cng_status
liar_begin(struct card_link *link)
{
	struct liar *l = liar_of(link);

	must(!l->busy);
	l->busy = !l->gone && !l->reset;
	return l->gone ? CNG_ERR_DEVICE_REMOVED :
	    l->reset ? CNG_ERR_DEVICE_RESET : CNG_OK;
}

static void
liar_end(struct card_link *link, bool reset)
{
	struct liar *l = liar_of(link);

	must(l->busy);
	l->busy = false;
	if (reset)
		sim_reset(l->sim);
}

static enum cng_status
liar_recover(struct card_link *link)
{
	liar_of(link)->reset = false;
	return liar_of(link)->gone ? CNG_ERR_DEVICE_REMOVED : CNG_OK;
}

static bool
liar_is_present(struct card_link *link)
{
	return !liar_of(link)->gone;
}

static void
liar_close(struct card_link *link)
{
	free(liar_of(link));
}

static const struct card_link_ops liar_ops = {
	.transmit = liar_transmit,
	.begin = liar_begin,
	.end = liar_end,
	.recover = liar_recover,
	.is_present = liar_is_present,
	.close = liar_close,
	.abandon = liar_close,
};

static struct liar *
new_liar(struct sim *sim, bool t0)
{
	struct liar *l = calloc(1, sizeof *l);

	must(l != NULL);
	l->link.ops = &liar_ops;
	l->link.t0 = t0;
	l->sim = sim;
	return l;
}

/* --- one input ----------------------------------------------------------- */

static const struct sim_options cards[] = {
	{ .apps = "piv" },
	{ .apps = "gids" },
	{ .apps = "openpgp" },
	{ .apps = "piv", .plain_piv = true },
	{ .apps = "gids", .t0 = true },
	{ .apps = "openpgp", .t0 = true },
	{ .apps = "piv", .pivapplet = true },
	{ .apps = "gids", .short_only = true, .exact_le = true },
	{ .apps = "openpgp", .short_only = true, .exact_le = true },
	{ .apps = "piv", .t0 = true },
};

static void
plan(struct liar *l, struct rd *in)
{
	for (size_t i = 0; i < CHANGES_MAX && in->left > 0; i++) {
		struct change_at *c = &l->plan[i];
		uint8_t how = fuzz_byte(in), more;

		c->at = fuzz_byte(in);
		c->change = (enum change)(how % CHANGES);
		c->onwards = (how & 0x10) != 0;
		c->at += how & 0x20 ? 256 : 0;
		c->a = fuzz_byte(in);
		c->b = fuzz_byte(in);
		if (c->change != CHANGE_GROW && c->change != CHANGE_WHOLE)
			continue;
		more = fuzz_byte(in);
		(void)!rd_take(in, more < in->left ? more : in->left,
		    &c->bytes);
	}
}

/* A container of each kind that the card takes. */
static void
fill(struct device *dev, enum fuzz_app app)
{
	struct device_new what = { .name = "first", .role = KEY_ROLE_SIGN,
		.certificate = fuzz_certificate(app == FUZZ_GIDS ?
		    FUZZ_RSA1024 : FUZZ_P256) };
	unsigned place;

	if (device_login(dev, DEVICE_USER, span_str("123456")) != CNG_OK ||
	    device_import(dev, &what, fuzz_key(app == FUZZ_GIDS ?
	    FUZZ_RSA1024 : FUZZ_P256), &place) != CNG_OK)
		abort();
	what = (struct device_new){ .name = "second",
		.role = KEY_ROLE_ENCRYPT };
	if (app == FUZZ_OPENPGP)
		what.role = KEY_ROLE_AGREE;
	if (device_import(dev, &what, fuzz_key(app == FUZZ_OPENPGP ?
	    FUZZ_X25519 : FUZZ_RSA1024), &place) != CNG_OK)
		abort();
}

static void
insert(struct fuzz_card *card, struct sim *sim, uint8_t which,
    struct rd *changes)
{
	struct liar *l = new_liar(sim, cards[which].t0);

	sim_reset(sim);
	if (changes != NULL)
		plan(l, changes);
	card->no_rsa_generation = true;
	fuzz_card_open(card, &l->link, (enum fuzz_app)(which % FUZZ_APPS));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t look[] = { 4, 3, 0, 1, 2 };
	struct rd in = rd_of(span_of(data, size)), jobs, after;
	struct fuzz_card card = { .dev = NULL };
	uint8_t head = fuzz_byte(&in), which = head % ARRAY_LEN(cards);
	struct span said = { NULL, 0 };
	struct sim *sim = sim_new(&cards[which]);

	must(sim != NULL);
	if (head < 0x80 && !cards[which].plain_piv) {
		insert(&card, sim, which, NULL);
		must(card.dev != NULL);
		fill(card.dev, (enum fuzz_app)(which % FUZZ_APPS));
		fuzz_card_close(&card);
	}
	(void)!rd_take(&in, in.left < 16 ? 0 : 16, &said);
	jobs = rd_of(said);
	insert(&card, sim, which, &in);
	fuzz_card_jobs(&card, &jobs);
	fuzz_card_close(&card);
	after = rd_of(span_of(look, sizeof look));
	insert(&card, sim, which, NULL);
	fuzz_card_jobs(&card, &after);
	fuzz_card_close(&card);
	sim_free(sim);
	return 0;
}
