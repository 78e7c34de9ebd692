/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What PC/SC does around a card, in as few words as possible.
 */
#include "card_link_sim.h"

#include <stdlib.h>

#include <check.h>

struct sim_link {
	struct card_link link;
	struct sim *sim;
	bool gone;
	bool was_reset;          /* and nobody has recovered from it */
	bool busy;               /* in a transaction */
	unsigned long reset_at;
	card_link_lie *lie;
	void *arg;               /* of lie */
};

static struct sim_link *
sim_link_of(struct card_link *link)
{
	return (struct sim_link *)(void *)link;
}

static enum cng_status
state_of(const struct sim_link *s)
{
	if (s->gone)
		return CNG_ERR_DEVICE_REMOVED;
	return s->was_reset ? CNG_ERR_DEVICE_RESET : CNG_OK;
}

static enum cng_status
link_transmit(struct card_link *link, struct span command, uint8_t *answer,
    size_t size, size_t *len)
{
	struct sim_link *s = sim_link_of(link);
	enum cng_status st;

	*len = 0;
	ck_assert(s->busy);
	ck_assert_uint_ge(size, SIM_MAX);
	if (s->reset_at > 0 && --s->reset_at == 0 && !s->gone) {
		sim_reset(s->sim);
		s->was_reset = true;
	}
	st = state_of(s);
	if (st != CNG_OK)
		return st;
	if (s->lie != NULL && s->lie(s->arg, command, answer, len))
		return CNG_OK;
	if (!sim_exchange(s->sim, command.ptr, command.len, answer, len)) {
		*len = 0;
		s->gone = true;
		return CNG_ERR_DEVICE_REMOVED;
	}
	return CNG_OK;
}

static enum cng_status
link_begin(struct card_link *link)
{
	struct sim_link *s = sim_link_of(link);
	enum cng_status st = state_of(s);

	ck_assert(!s->busy);
	s->busy = st == CNG_OK;
	return st;
}

static void
link_end(struct card_link *link, bool reset)
{
	struct sim_link *s = sim_link_of(link);

	ck_assert(s->busy);
	s->busy = false;
	if (reset && !s->gone)
		sim_reset(s->sim);
}

static enum cng_status
link_recover(struct card_link *link)
{
	struct sim_link *s = sim_link_of(link);

	s->was_reset = false;
	return state_of(s);
}

static bool
link_is_present(struct card_link *link)
{
	return !sim_link_of(link)->gone;
}

static void
link_close(struct card_link *link)
{
	free(sim_link_of(link));
}

static const struct card_link_ops sim_link_ops = {
	.transmit = link_transmit,
	.begin = link_begin,
	.end = link_end,
	.recover = link_recover,
	.is_present = link_is_present,
	.close = link_close,
	.abandon = link_close,
};

struct card_link *
card_link_sim_new(struct sim *sim, bool t0)
{
	struct sim_link *s = calloc(1, sizeof *s);

	ck_assert_ptr_nonnull(s);
	s->link.ops = &sim_link_ops;
	s->link.t0 = t0;
	s->sim = sim;
	return &s->link;
}

void
card_link_sim_reset_at(struct card_link *link, unsigned long n)
{
	sim_link_of(link)->reset_at = n;
}

void
card_link_sim_lie(struct card_link *link, card_link_lie *lie, void *arg)
{
	sim_link_of(link)->lie = lie;
	sim_link_of(link)->arg = arg;
}

void
card_link_sim_pull(struct card_link *link)
{
	sim_link_of(link)->gone = true;
}

void
card_link_sim_swap(struct card_link *link, struct sim *sim)
{
	sim_link_of(link)->sim = sim;
	sim_link_of(link)->was_reset = true;
}

enum cng_status
card_link_sim_device(struct device **out, struct sim *sim,
    struct span admin_key, struct card_link **link)
{
	struct card_link *way = card_link_sim_new(sim, false);
	struct device_conf conf = { .admin_key = { 0 } };
	enum cng_status st = secret_copy(&conf.admin_key, admin_key);

	ck_assert_int_eq(st, CNG_OK);
	st = device_on(out, way, &conf);
	secret_free(&conf.admin_key);
	if (link != NULL)
		*link = st == CNG_OK ? way : NULL;
	return st;
}
