/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs and their tries: kept as limit, tries left, value.
 */
#include "card.h"

unsigned
card_keep(struct card *card, uint64_t id, struct span value)
{
	return store_put(card->store, id, value) ? SW_OK : SW_FULL;
}

static void
keep(struct card *card, uint64_t id, unsigned limit, unsigned left,
    struct span value)
{
	struct buf all = { 0 };

	buf_byte(&all, limit);
	buf_byte(&all, left);
	buf_span(&all, value);
	store_put(card->store, id, buf_all(&all));
	buf_free(&all);
}

unsigned
pin_limit(const struct card *card, uint64_t id)
{
	struct span all = store_get(card->store, id);

	return all.len < 2 ? 0 : all.at[0];
}

unsigned
pin_left(const struct card *card, uint64_t id)
{
	struct span all = store_get(card->store, id);

	return all.len < 2 ? 0 : all.at[1];
}

struct span
pin_value(const struct card *card, uint64_t id)
{
	struct span all = store_get(card->store, id), head;

	if (!span_take(&all, 2, &head))
		return span_of(NULL, 0);
	return all;
}

void
pin_set(struct card *card, uint64_t id, struct span value, unsigned limit)
{
	if (limit == 0)
		limit = pin_limit(card, id);
	keep(card, id, limit, limit, value);
}

void
pin_block(struct card *card, uint64_t id)
{
	keep(card, id, pin_limit(card, id), 0, pin_value(card, id));
}

unsigned
pin_status(const struct card *card, uint64_t id, bool verified)
{
	unsigned left = pin_left(card, id);

	if (verified)
		return SW_OK;
	return left == 0 ? SW_BLOCKED : SW_WRONG_PIN | (left & 15);
}

unsigned
pin_verify(struct card *card, uint64_t id, struct span value)
{
	unsigned limit = pin_limit(card, id), left = pin_left(card, id);
	bool good;

	if (store_get(card->store, id).at == NULL)
		return SW_REFERENCE;
	if (left == 0)
		return SW_BLOCKED;
	good = span_equal(value, pin_value(card, id));
	keep(card, id, limit, good ? limit : left - 1, pin_value(card, id));
	if (good)
		return SW_OK;
	return SW_WRONG_PIN | ((left - 1) & 15);
}
