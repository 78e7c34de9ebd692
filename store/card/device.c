/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One card: its life, and what is there.  Transactions are in device_work.c,
 * PINs in device_pin.c, uses of keys in device_use.c; what the applications
 * do differently is behind driver.h.
 */
#include "store/card/device_work.h"

#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/util.h"

/* --- life ---------------------------------------------------------------- */

static const struct card_driver *const drivers[] = {
	&piv_driver,
	&gids_driver,
	&openpgp_driver,
};

static enum cng_status
probe_all(struct card *card)
{
	enum cng_status st = CNG_ERR_NOT_FOUND;

	for (size_t i = 0; i < ARRAY_LEN(drivers) && st != CNG_OK &&
	    st != CNG_ERR_DEVICE_REMOVED && st != CNG_ERR_NO_MEMORY; i++) {
		card->driver = drivers[i];
		st = drivers[i]->probe(card);
	}
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_NO_TOKEN : st;
}

static enum cng_status
recognise(struct card *card)
{
	struct card_link *link = card->link;
	enum cng_status st = CNG_ERR_DEVICE_RESET;

	for (int i = 0; st == CNG_ERR_DEVICE_RESET && i < 3; i++) {
		st = link->ops->begin(link);
		if (st == CNG_OK) {
			st = probe_all(card);
			link->ops->end(link, false);
		}
		if (st == CNG_ERR_DEVICE_RESET && link->ops->recover(link) !=
		    CNG_OK)
			st = CNG_ERR_DEVICE;
	}
	return st == CNG_ERR_DEVICE_RESET ? CNG_ERR_DEVICE : st;
}

enum cng_status
device_on(struct device **out, struct card_link *link,
    const struct device_conf *conf)
{
	struct device *dev = mem_new(1, sizeof *dev);
	enum cng_status st;

	*out = NULL;
	if (dev == NULL) {
		link->ops->close(link);
		return CNG_ERR_NO_MEMORY;
	}
	atomic_init(&dev->refs, 1);
	atomic_init(&dev->has_pin, false);
	lock_init(&dev->lock);
	dev->card.link = link;
	st = secret_copy(&dev->card.admin, secret_span(&conf->admin_key));
	if (st == CNG_OK)
		st = recognise(&dev->card);
	if (st != CNG_OK) {
		dev->card.driver = NULL;
		device_free(dev);
		return st;
	}
	dev->selected = true;
	*out = dev;
	return CNG_OK;
}

enum cng_status
device_open(struct device **out, const char *reader,
    const struct device_conf *conf)
{
	struct card_link *link;
	enum cng_status st = pcsc_open(&link, reader);

	*out = NULL;
	return st == CNG_OK ? device_on(out, link, conf) : st;
}

struct device *
device_ref(struct device *dev)
{
	atomic_fetch_add(&dev->refs, 1);
	return dev;
}

void
device_free(struct device *dev)
{
	if (dev == NULL || atomic_fetch_sub(&dev->refs, 1) != 1)
		return;
	if (dev->card.driver != NULL) {
		device_logout(dev);
		dev->card.driver->free(&dev->card);
	}
	if (dev->card.link != NULL)
		dev->card.link->ops->close(dev->card.link);
	device_forget_pins(dev);
	secret_free(&dev->card.admin);
	lock_destroy(&dev->lock);
	mem_free(dev);
}

void
device_abandon(struct device *dev)
{
	lock_init(&dev->lock);
	atomic_store(&dev->removed, true);
	atomic_store(&dev->has_pin, false);
	device_forget_pins(dev);
	if (dev->card.link != NULL)
		dev->card.link->ops->abandon(dev->card.link);
	dev->card.link = NULL;
}

bool
device_is_present(struct device *dev)
{
	struct card_link *link = dev->card.link;

	if (atomic_load(&dev->removed))
		return false;
	if (!link->ops->is_present(link))
		atomic_store(&dev->removed, true);
	return !atomic_load(&dev->removed);
}

/* --- what is there ------------------------------------------------------- */

static enum cng_status
work_info(struct device *dev, void *arg)
{
	struct device_info *out = arg;

	*out = (struct device_info){ .kind = dev->card.driver->kind,
		.tries = -1, .tries_max = -1, .unblock_tries = -1 };
	return dev->card.driver->info(&dev->card, out);
}

enum cng_status
device_info(struct device *dev, struct device_info *out)
{
	return device_work(dev, WORK_READ, work_info, out);
}

static uint64_t
seconds_now(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

static enum cng_status
work_list(struct device *dev, void *arg)
{
	struct device_keys *out = arg;
	enum cng_status st;

	*out = (struct device_keys){ .count = 0 };
	dev->listed = seconds_now();
	st = dev->card.driver->list(&dev->card, out);
	if (st != CNG_OK)
		device_keys_free(out);
	return st;
}

enum cng_status
device_list(struct device *dev, struct device_keys *out)
{
	*out = (struct device_keys){ .count = 0 };
	/* of a strange application, nothing would look like an empty card */
	return device_work(dev, WORK_SURE, work_list, out);
}

void
device_keys_free(struct device_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		key_free(&keys->key[i].public);
		secret_free(&keys->key[i].certificate);
	}
	for (size_t i = 0; i < keys->cert_count; i++)
		secret_free(&keys->cert[i]);
	mem_free(keys->key);
	mem_free(keys->cert);
	*keys = (struct device_keys){ .count = 0 };
}

/* A list is old after so many seconds: to look whether it is still right costs
 * as much as a new one. */
#define LIST_AGE 60

static enum cng_status
work_stamp(struct device *dev, void *arg)
{
	uint64_t *out = arg, counter = 0, now = seconds_now();
	enum cng_status st = CNG_OK;

	if (dev->card.driver->stamp_misses && now - dev->listed >= LIST_AGE) {
		dev->changes++;
		dev->listed = now;
	}
	if (dev->card.driver->stamp != NULL)
		st = dev->card.driver->stamp(&dev->card, &counter);
	*out = counter << 20 ^ dev->changes;
	return st;
}

enum cng_status
device_stamp(struct device *dev, uint64_t *out)
{
	*out = 0;
	return device_work(dev, WORK_READ, work_stamp, out);
}

unsigned
device_slot_number(const struct device *dev, unsigned place)
{
	const struct card_driver *driver = dev->card.driver;

	return driver->slot_last == 0 ? 0 : place + driver->slot_base;
}

enum cng_status
device_slot_place(const struct device *dev, unsigned slot, unsigned *place)
{
	const struct card_driver *driver = dev->card.driver;

	if (slot == 0 || slot < driver->slot_first || slot > driver->slot_last)
		return CNG_ERR_PROP_VALUE;
	*place = slot - driver->slot_base;
	return CNG_OK;
}

/* --- containers ---------------------------------------------------------- */

struct new_job {
	const struct device_new *what;
	const struct key_material *key;
	size_t bits;
	struct key_material *public;
	unsigned *place;
};

static enum cng_status
work_import(struct device *dev, void *arg)
{
	const struct new_job *job = arg;

	return dev->card.driver->import(&dev->card, job->what, job->key,
	    job->place);
}

enum cng_status
device_import(struct device *dev, const struct device_new *what,
    const struct key_material *key, unsigned *place)
{
	struct new_job job = { .what = what, .key = key, .place = place };

	return device_work(dev, WORK_WRITE, work_import, &job);
}

static enum cng_status
work_generate(struct device *dev, void *arg)
{
	const struct new_job *job = arg;

	return dev->card.driver->generate(&dev->card, job->what, job->key,
	    job->bits, job->public, job->place);
}

enum cng_status
device_generate(struct device *dev, const struct device_new *what,
    const struct key_material *shape, size_t bits,
    struct key_material *public, unsigned *place)
{
	struct new_job job = { what, shape, bits, public, place };

	return device_work(dev, WORK_WRITE, work_generate, &job);
}

struct place_job {
	unsigned place, heir;
	const char *name;
	struct span der;
};

static enum cng_status
work_remove(struct device *dev, void *arg)
{
	const struct place_job *job = arg;

	return dev->card.driver->remove(&dev->card, job->place,
	    job->heir);
}

enum cng_status
device_remove_for(struct device *dev, unsigned place, unsigned heir)
{
	struct place_job job = { .place = place, .heir = heir };

	return device_work(dev, WORK_WRITE, work_remove, &job);
}

enum cng_status
device_remove(struct device *dev, unsigned place)
{
	return device_remove_for(dev, place, DEVICE_NO_PLACE);
}

static enum cng_status
work_rename(struct device *dev, void *arg)
{
	const struct place_job *job = arg;

	return dev->card.driver->rename(&dev->card, job->place, job->name);
}

enum cng_status
device_rename(struct device *dev, unsigned place, const char *name)
{
	struct place_job job = { .place = place, .name = name };

	return device_work(dev, WORK_WRITE, work_rename, &job);
}

static enum cng_status
work_certificate(struct device *dev, void *arg)
{
	const struct place_job *job = arg;

	return dev->card.driver->put_certificate(&dev->card, job->place,
	    job->der);
}

enum cng_status
device_put_certificate(struct device *dev, unsigned place, struct span der)
{
	struct place_job job = { .place = place, .der = der };

	return device_work(dev, WORK_WRITE, work_certificate, &job);
}
