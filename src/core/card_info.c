/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a card says of itself.
 */
#include "core/card.h"

/* The end of a serial number says more than its beginning. */
static void
short_serial(char out[17], const char *serial)
{
	size_t len = strlen(serial);

	memcpy(out, serial + (len > 16 ? len - 16 : 0),
	    len > 16 ? 17 : len + 1);
}

/* Of cards that do not tell how many there were. */
#define USUAL_TRIES 3

static void
fill_info(struct token_info *out, const struct device_info *info)
{
	out->present = true;
	out->initialized = true;
	out->user_pin_set = true;
	out->user_count_low = info->tries >= 0 &&
	    info->tries < (info->tries_max > 0 ? info->tries_max : USUAL_TRIES);
	out->user_final_try = info->tries == 1;
	out->user_locked = info->tries == 0;
	out->read_only = !info->can_import && !info->can_generate;
	memcpy(out->label, info->label, sizeof out->label);
	out->label[sizeof out->label - 1] = '\0';
	short_serial(out->serial, info->serial);
}

static enum cng_status
ask(struct token *tok, struct device_info *info, unsigned *incarnation)
{
	struct device *dev;
	enum cng_status st = card_device(tok, &dev);

	if (st == CNG_OK)
		st = device_info(dev, info);
	device_free(dev);
	lock_take(&tok->lock);
	*incarnation = tok->card.count;
	lock_drop(&tok->lock);
	return st;
}

static void
fill_card(struct token_card *card, const struct device_info *info)
{
	for (size_t i = 0; i + 1 < sizeof card->kind && info->kind[i] != '\0';
	     i++)
		card->kind[i] = info->kind[i];
	memcpy(card->maker, info->maker, sizeof card->maker);
	memcpy(card->serial, info->serial, sizeof card->serial);
	memcpy(card->guid, info->guid, sizeof card->guid);
	memcpy(card->version, info->version, sizeof card->version);
	card->pin_min = info->pin_min;
	card->pin_max = info->pin_max;
	card->tries = info->tries;
	card->tries_max = info->tries_max;
	card->unblock_tries = info->unblock_tries;
	card->can_import = info->can_import;
	card->can_generate = info->can_generate;
	card->can_remove = info->can_remove;
	card->used = info->used;
	card->spare = info->spare;
}

static enum cng_status
info_all(struct token *tok, struct token_info *out, struct token_card *card)
{
	struct device_info info;
	enum cng_status st;

	*out = (struct token_info){ .path = tok->reader, .is_card = true };
	st = ask(tok, &info, &out->incarnation);
	if (st == CNG_OK) {
		fill_info(out, &info);
		fill_card(card, &info);
	}
	/* that there was another one once is no fault of the slot */
	out->fault = st == CNG_ERR_DEVICE_REMOVED ? CNG_ERR_NO_CARD : st;
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

enum cng_status
card_info(struct token *tok, struct token_info *out)
{
	struct token_card card = { .tries = -1 };

	return info_all(tok, out, &card);
}

enum cng_status
token_info_all(struct token *tok, struct token_info *out,
    struct token_card *card)
{
	*card = (struct token_card){ .tries = -1 };
	return tok->reader != NULL ? info_all(tok, out, card) :
				     token_info(tok, out);
}

enum cng_status
token_card(struct token *tok, struct token_card *out)
{
	struct device_info info;
	unsigned incarnation;
	enum cng_status st;

	*out = (struct token_card){ .tries = -1 };
	if (tok->reader == NULL)
		return CNG_ERR_ARGUMENT;
	st = ask(tok, &info, &incarnation);
	if (st == CNG_OK)
		fill_card(out, &info);
	return st;
}
