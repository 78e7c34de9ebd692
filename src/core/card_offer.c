/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the card of a token does, for who asks before there is a key.
 */
#include "core/card.h"

/* Keys of other places may do other things; no family has more kinds. */
#define PLACES 3

static enum cng_status
look_at_place(struct device *dev, unsigned place, enum key_family family,
    const struct key_op *op, struct token_offer *out)
{
	const struct device_key any = { .place = place, .bits = out->max,
		.public = { .family = family }, .can_sign = true,
		.can_decrypt = true, .can_agree = true };
	struct key_holder *holder;
	enum cng_status st = device_holder(dev, &any, &holder);

	if (st != CNG_OK)
		return st;
	out->signs = out->signs ||
	    crypto_holder_can(holder, family, op, HOLDER_SIGN);
	out->decrypts = out->decrypts ||
	    crypto_holder_can(holder, family, op, HOLDER_DECRYPT);
	out->agrees = out->agrees ||
	    crypto_holder_can(holder, family, op, HOLDER_AGREE);
	holder->ops->free(holder);
	return CNG_OK;
}

enum cng_status
token_offer(struct token *tok, enum key_family family,
    const struct key_op *op, struct token_offer *out)
{
	struct device *dev;
	enum cng_status st;

	*out = (struct token_offer){ .max = 0 };
	if (!token_is_card(tok) || card_device(tok, &dev) != CNG_OK)
		return CNG_OK;
	device_sizes(dev, family, &out->min, &out->max);
	st = CNG_OK;
	for (unsigned i = 0; st == CNG_OK && i < PLACES && out->max > 0; i++)
		st = look_at_place(dev, i, family, op, out);
	device_free(dev);
	lock_take(&tok->lock);
	out->makes = out->max > 0 && !tok->card.read_only;
	lock_drop(&tok->lock);
	return st;
}

bool
token_takes(struct token *tok, enum key_family family, enum key_curve curve,
    size_t bits)
{
	const struct curve_info *info = curve_info(curve);
	struct device *dev;
	bool takes;

	if (!token_is_card(tok) || card_device(tok, &dev) != CNG_OK)
		return false;
	takes = info == NULL ? device_takes(dev, family, CURVE_NONE, bits) :
	    device_takes(dev, info->family, curve, info->bits);
	device_free(dev);
	return takes;
}
