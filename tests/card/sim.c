/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A card as a whole: its applications, what it keeps, and what goes wrong.
 */
#include "sim.h"

#include "card.h"
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim {
	struct sim_options options;
	struct card card;
	struct faults faults;
	bool gone;
};

/* There when the applications were personalised. */
static const uint64_t born = 1;

static bool
add_applets(struct card *card, const char *list)
{
	static const struct applet *const known[] = { &applet_gids,
		&applet_piv, &applet_openpgp };
	size_t count = 0;

	while (*list != '\0') {
		size_t len = strcspn(list, ","), i;

		for (i = 0; i < 3; i++) {
			if (strlen(known[i]->name) == len &&
			    memcmp(known[i]->name, list, len) == 0)
				break;
		}
		if (i == 3 || count == 3) {
			fprintf(stderr, "card: no application %s\n", list);
			return false;
		}
		card->applets[count++] = known[i];
		list += len + (list[len] == ',');
	}
	return count > 0;
}

static bool
personalise(struct card *card)
{
	if (store_get(card->store, born).at != NULL)
		return true;
	for (size_t i = 0; i < 3 && card->applets[i] != NULL; i++)
		card->applets[i]->personalise(card);
	return store_put(card->store, born, span_of("", 1)) &&
	       store_save(card->store);
}

struct sim *
sim_new(const struct sim_options *options)
{
	struct sim *sim = calloc(1, sizeof *sim);
	const char *apps = options->apps != NULL ? options->apps : "gids";

	if (sim == NULL)
		return NULL;
	sim->options = *options;
	sim->card.options = &sim->options;
	sim->card.store = store_open(options->state, 0);
	if (sim->card.store == NULL || !add_applets(&sim->card, apps) ||
	    !personalise(&sim->card)) {
		sim_free(sim);
		return NULL;
	}
	store_set_capacity(sim->card.store, options->capacity);
	return sim;
}

void
sim_free(struct sim *sim)
{
	if (sim == NULL)
		return;
	store_close(sim->card.store);
	buf_free(&sim->card.chain);
	buf_free(&sim->card.answer);
	free(sim);
}

void
sim_reset(struct sim *sim)
{
	apdu_forget(&sim->card);
	sim->gone = false;
}

bool
sim_reload(struct sim *sim)
{
	struct store *fresh = store_open(sim->options.state,
	    sim->options.capacity);

	if (fresh == NULL)
		return false;
	store_close(sim->card.store);
	sim->card.store = fresh;
	return true;
}

static int
nibble(int c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);

	return at == NULL ? -1 : (int)(at - digits);
}

size_t
sim_atr(const struct sim *sim, uint8_t atr[33])
{
	const struct sim_options *options = &sim->options;
	const char *text = options->atr;
	size_t len = 0;

	if (text == NULL && !options->t0 && !options->plain_piv &&
	    !options->pivapplet)
		text = sim->card.applets[0]->atr;
	if (text == NULL)
		text = options->t0 ? "3b8000" : "3b80800101";
	while (len < 33 && nibble(text[0]) >= 0 && nibble(text[1]) >= 0) {
		atr[len++] = (uint8_t)(nibble(text[0]) << 4 |
				       nibble(text[1]));
		text += 2;
	}
	return len;
}

void
sim_fault(struct sim *sim, enum sim_fault fault, unsigned long at,
    bool onwards)
{
	sim->faults.plan[fault].at = at;
	sim->faults.plan[fault].onwards = onwards;
	sim->faults.count = 0;
}

void
sim_seed(struct sim *sim, uint64_t seed)
{
	sim->faults.seed = seed;
}

unsigned long
sim_count(const struct sim *sim)
{
	return sim->faults.count;
}

void
sim_capacity(struct sim *sim, size_t bytes)
{
	store_set_capacity(sim->card.store, bytes);
}

bool
sim_exchange(struct sim *sim, const uint8_t *command, size_t len,
    uint8_t *reply, size_t *reply_len)
{
	const struct faults *faults = &sim->faults;
	struct buf out = { 0 };

	sim->faults.count++;
	if (sim->gone || fault_now(faults, SIM_REMOVE)) {
		sim->gone = true;
		return false;
	}
	if (fault_now(faults, SIM_RESET))
		apdu_forget(&sim->card);
	if (fault_now(faults, SIM_FULL))
		store_set_capacity(sim->card.store, 1);
	if (fault_now(faults, SIM_FAIL))
		buf_put(&out, "\x6f", 2);
	else
		apdu_exchange(&sim->card, span_of(command, len), &out);
	fault_answer(faults, &out);
	*reply_len = out.len < SIM_MAX ? out.len : SIM_MAX;
	if (*reply_len > 0)
		memcpy(reply, out.at, *reply_len);
	buf_free(&out);
	sim->gone = fault_now(faults, SIM_TEAR);
	return !sim->gone;
}
