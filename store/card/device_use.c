/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The private keys of a card, to run operations with.
 */
#include "store/card/device_work.h"

#include "base/alloc.h"

struct card_key {
	struct key_holder holder;
	struct device *dev;
	struct device_key key;   /* without its certificate */
};

static bool
card_key_can(const struct key_holder *holder, const struct key_op *op,
    enum holder_way way)
{
	const struct card_key *ck = (const struct card_key *)(const void *)
	    holder;
	const struct card *card = &ck->dev->card;

	return card->driver->can(card, &ck->key, op, way);
}

struct run_job {
	const struct device_key *key;
	const struct key_op *op;
	enum holder_way way;
	struct span in;
	struct wr *out;
};

static enum cng_status
work_run(struct device *dev, void *arg)
{
	const struct run_job *job = arg;
	const struct card_driver *driver = dev->card.driver;
	struct wr out = *job->out;
	bool once = job->key->pin == DEVICE_PIN_ALWAYS;
	enum cng_status st;

	if (once && dev->once.len == 0)
		return CNG_ERR_NOT_LOGGED_IN;
	st = driver->run(&dev->card, job->key, job->op, job->way,
	    once ? secret_span(&dev->once) : span_of(NULL, 0), job->in, &out);
	if (st == CNG_OK && out.failed)
		st = CNG_ERR_DEVICE; /* more than there can be */
	if (st == CNG_OK)
		*job->out = out;
	return st;
}

/* Others may have said it for their own.  A card that is gone has taken all of
 * them along. */
static void
card_key_done(struct key_holder *holder)
{
	struct device *dev = ((struct card_key *)(void *)holder)->dev;

	if (atomic_load(&dev->removed))
		return;
	lock_take(&dev->lock);
	if (dev->once_uses > 0)
		dev->once_uses--;
	if (dev->once_uses == 0)
		secret_free(&dev->once);
	lock_drop(&dev->lock);
}

static enum cng_status
card_key_run(struct key_holder *holder, const struct key_op *op,
    enum holder_way way, struct span in, struct wr *out)
{
	struct card_key *ck = (struct card_key *)(void *)holder;
	struct run_job job = { &ck->key, op, way, in, out };

	return device_work(ck->dev, WORK_USE, work_run, &job);
}

static void
card_key_free(struct key_holder *holder)
{
	struct card_key *ck = (struct card_key *)(void *)holder;

	key_free(&ck->key.public);
	device_free(ck->dev);
	mem_free(ck);
}

static const struct key_holder_ops card_key_ops = {
	.can = card_key_can,
	.run = card_key_run,
	.done = card_key_done,
	.free = card_key_free,
};

enum cng_status
device_holder(struct device *dev, const struct device_key *key,
    struct key_holder **out)
{
	struct card_key *ck = mem_new(1, sizeof *ck);
	enum cng_status st;

	*out = NULL;
	if (ck == NULL)
		return CNG_ERR_NO_MEMORY;
	ck->holder.ops = &card_key_ops;
	ck->key = *key;
	ck->key.certificate = (struct secret){ 0 };
	ck->key.public = (struct key_material){ 0 };
	st = key_copy(&ck->key.public, &key->public);
	if (st != CNG_OK) {
		mem_free(ck);
		return st;
	}
	ck->dev = device_ref(dev);
	*out = &ck->holder;
	return CNG_OK;
}

void
device_sizes(const struct device *dev, enum key_family family, size_t *min,
    size_t *max)
{
	*min = *max = 0;
	dev->card.driver->sizes(&dev->card, family, min, max);
}

bool
device_takes(const struct device *dev, enum key_family family,
    enum key_curve curve, size_t bits)
{
	const struct card_driver *driver = dev->card.driver;
	size_t min, max;

	device_sizes(dev, family, &min, &max);
	if (max == 0 || (bits != 0 && (bits < min || bits > max)))
		return false;
	return curve == CURVE_NONE || driver->has_curve == NULL ||
	    driver->has_curve(family, curve);
}
