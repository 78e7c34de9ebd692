/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One card: its lock, its transactions, its PIN, and what is done when another
 * program has reset it or selected something else.  What the applications do
 * differently is behind driver.h.
 */
#include "store/card/driver.h"

#include <stdatomic.h>

#include "base/alloc.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/util.h"

struct device {
	atomic_uint refs;
	atomic_bool removed;
	struct lock lock;
	struct card card;
	bool selected;           /* nobody was between, as far as is known */
	bool fresh;              /* selected in this very transaction */
	struct secret once;      /* PIN for one use of a key */
	uint64_t changes;        /* that this device object has made */
};

/* --- transactions -------------------------------------------------------- */

static void
forget_pins(struct device *dev)
{
	secret_free(&dev->card.pin);
	secret_free(&dev->once);
}

/* The application is there again, and the PIN that stood is said once more; one
 * that is wrong now is not said a third time. */
static enum cng_status
select_again(struct device *dev)
{
	struct card *card = &dev->card;
	enum cng_status st = card->driver->select(card);

	if (st != CNG_OK)
		return st;
	dev->selected = true;
	dev->fresh = true;
	if (card->pin.len == 0)
		return CNG_OK;
	st = card->driver->login(card, DEVICE_USER, secret_span(&card->pin));
	if (st == CNG_ERR_PIN_WRONG || st == CNG_ERR_PIN_LOCKED) {
		forget_pins(dev);
		st = CNG_ERR_NOT_LOGGED_IN;
	}
	return st;
}

static enum cng_status
enter(struct device *dev)
{
	struct card_link *link = dev->card.link;
	enum cng_status st;

	if (atomic_load(&dev->removed))
		return CNG_ERR_DEVICE_REMOVED;
	st = link->ops->begin(link);
	for (int i = 0; st == CNG_ERR_DEVICE_RESET && i < 3; i++) {
		dev->selected = false;
		st = link->ops->recover(link);
		if (st == CNG_OK)
			st = link->ops->begin(link);
	}
	dev->fresh = false;
	if (st != CNG_OK || dev->selected)
		return st;
	st = select_again(dev);
	if (st != CNG_OK)
		link->ops->end(link, false);
	return st;
}

/* Could it be that another application is selected, or that the PIN was
 * forgotten? */
static bool
is_suspicious(enum cng_status st)
{
	return st == CNG_ERR_NOT_LOGGED_IN || st == CNG_ERR_NOT_FOUND ||
	    st == CNG_ERR_NOT_SUPPORTED || st == CNG_ERR_DEVICE;
}

typedef enum cng_status card_work(struct device *dev, void *arg);

enum work_kind {
	WORK_READ = 0,
	WORK_WRITE,              /* only when it is sure who is selected */
};

static enum cng_status
work_once(struct device *dev, card_work *work, void *arg)
{
	struct card_link *link = dev->card.link;
	enum cng_status st = enter(dev);

	if (st != CNG_OK)
		return st;
	st = work(dev, arg);
	link->ops->end(link, false);
	return st;
}

static enum cng_status
do_work(struct device *dev, enum work_kind kind, card_work *work, void *arg)
{
	enum cng_status st;

	lock_take(&dev->lock);
	if (kind == WORK_WRITE)
		dev->selected = false;
	st = work_once(dev, work, arg);
	if (st == CNG_ERR_DEVICE_RESET || (is_suspicious(st) && !dev->fresh)) {
		dev->selected = false;
		st = work_once(dev, work, arg);
	}
	if (st == CNG_ERR_DEVICE_RESET)
		st = CNG_ERR_DEVICE;
	/* a command may fail before the service sees that the card is gone */
	if (st == CNG_ERR_DEVICE && !device_is_present(dev))
		st = CNG_ERR_DEVICE_REMOVED;
	if (st == CNG_ERR_DEVICE_REMOVED) {
		atomic_store(&dev->removed, true);
		forget_pins(dev);
	}
	if (kind == WORK_WRITE)
		dev->changes++;
	lock_drop(&dev->lock);
	return st;
}

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

static enum cng_status
say_goodbye(struct device *dev, void *arg)
{
	(void)arg;
	dev->card.driver->logout(&dev->card);
	return CNG_OK;
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
	forget_pins(dev);
	secret_free(&dev->card.admin);
	lock_destroy(&dev->lock);
	mem_free(dev);
}

void
device_abandon(struct device *dev)
{
	lock_init(&dev->lock);
	atomic_store(&dev->removed, true);
	forget_pins(dev);
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
	return do_work(dev, WORK_READ, work_info, out);
}

static enum cng_status
work_list(struct device *dev, void *arg)
{
	struct device_keys *out = arg;
	enum cng_status st;

	*out = (struct device_keys){ .count = 0 };
	st = dev->card.driver->list(&dev->card, out);
	if (st != CNG_OK)
		device_keys_free(out);
	return st;
}

enum cng_status
device_list(struct device *dev, struct device_keys *out)
{
	*out = (struct device_keys){ .count = 0 };
	return do_work(dev, WORK_READ, work_list, out);
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

static enum cng_status
work_stamp(struct device *dev, void *arg)
{
	uint64_t *out = arg, counter = 0;
	enum cng_status st = CNG_OK;

	if (dev->card.driver->stamp != NULL)
		st = dev->card.driver->stamp(&dev->card, &counter);
	*out = counter << 20 ^ dev->changes;
	return st;
}

enum cng_status
device_stamp(struct device *dev, uint64_t *out)
{
	*out = 0;
	return do_work(dev, WORK_READ, work_stamp, out);
}

/* --- PINs ---------------------------------------------------------------- */

struct pin_job {
	enum device_role role;
	struct span pin;
	struct span other;       /* the new one */
};

static enum cng_status
work_login(struct device *dev, void *arg)
{
	const struct pin_job *job = arg;
	struct card *card = &dev->card;
	enum cng_status st;

	st = card->driver->login(card, job->role, job->pin);
	if (st == CNG_OK && job->role == DEVICE_USER)
		st = secret_replace(&card->pin, job->pin);
	else if (st == CNG_ERR_PIN_WRONG || st == CNG_ERR_PIN_LOCKED)
		forget_pins(dev);
	return st;
}

static enum cng_status
do_login(struct device *dev, struct pin_job *job)
{
	lock_take(&dev->lock);
	/* the PIN that stood is not to be said on the way */
	secret_free(&dev->card.pin);
	lock_drop(&dev->lock);
	return do_work(dev, WORK_WRITE, work_login, job);
}

enum cng_status
device_login(struct device *dev, enum device_role role, struct span pin)
{
	struct pin_job job = { role, pin, span_of(NULL, 0) };

	return role == DEVICE_USER ? do_login(dev, &job) :
				     do_work(dev, WORK_WRITE, work_login, &job);
}

void
device_logout(struct device *dev)
{
	lock_take(&dev->lock);
	forget_pins(dev);
	lock_drop(&dev->lock);
	if (!atomic_load(&dev->removed) &&
	    do_work(dev, WORK_READ, say_goodbye, NULL) != CNG_OK)
		log_line(LOG_INFO, "card: not logged out");
}

enum cng_status
device_login_once(struct device *dev, struct span pin)
{
	struct pin_job job = { DEVICE_USER, pin, span_of(NULL, 0) };
	enum cng_status st = do_login(dev, &job);

	lock_take(&dev->lock);
	if (st == CNG_OK)
		st = secret_replace(&dev->once, pin);
	lock_drop(&dev->lock);
	return st;
}

static enum cng_status
work_set_pin(struct device *dev, void *arg)
{
	const struct pin_job *job = arg;
	struct card *card = &dev->card;
	enum cng_status st;

	st = card->driver->set_pin(card, job->role, job->pin, job->other);
	if (st == CNG_OK && job->role == DEVICE_USER && card->pin.len > 0)
		st = secret_replace(&card->pin, job->other);
	return st;
}

enum cng_status
device_set_pin(struct device *dev, enum device_role role,
    struct span old_pin, struct span new_pin)
{
	struct pin_job job = { role, old_pin, new_pin };

	return do_work(dev, WORK_WRITE, work_set_pin, &job);
}

static enum cng_status
work_unblock(struct device *dev, void *arg)
{
	const struct pin_job *job = arg;

	return dev->card.driver->unblock(&dev->card, job->pin, job->other);
}

enum cng_status
device_unblock(struct device *dev, struct span code, struct span new_pin)
{
	struct pin_job job = { DEVICE_ADMIN, code, new_pin };

	return do_work(dev, WORK_WRITE, work_unblock, &job);
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

	return do_work(dev, WORK_WRITE, work_import, &job);
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

	return do_work(dev, WORK_WRITE, work_generate, &job);
}

struct place_job {
	unsigned place;
	const char *name;
	struct span der;
};

static enum cng_status
work_remove(struct device *dev, void *arg)
{
	const struct place_job *job = arg;

	return dev->card.driver->remove(&dev->card, job->place);
}

enum cng_status
device_remove(struct device *dev, unsigned place)
{
	struct place_job job = { .place = place };

	return do_work(dev, WORK_WRITE, work_remove, &job);
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

	return do_work(dev, WORK_WRITE, work_rename, &job);
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

	return do_work(dev, WORK_WRITE, work_certificate, &job);
}

/* --- a private key ------------------------------------------------------- */

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

static enum cng_status
card_key_run(struct key_holder *holder, const struct key_op *op,
    enum holder_way way, struct span in, struct wr *out)
{
	struct card_key *ck = (struct card_key *)(void *)holder;
	struct run_job job = { &ck->key, op, way, in, out };
	enum cng_status st = do_work(ck->dev, WORK_READ, work_run, &job);

	/* the PIN for one use is gone after it, however it ended */
	if (ck->key.pin == DEVICE_PIN_ALWAYS) {
		lock_take(&ck->dev->lock);
		secret_free(&ck->dev->once);
		lock_drop(&ck->dev->lock);
	}
	return st;
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
