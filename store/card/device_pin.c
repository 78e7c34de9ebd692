/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs of a card.
 */
#include "store/card/device_work.h"

#include "base/log.h"

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
	dev->told = dev->told || st == CNG_OK;
	if (job->role != DEVICE_USER)
		return st;
	if (st == CNG_OK)
		st = secret_replace(&card->pin, job->pin);
	if (st != CNG_OK && st != CNG_ERR_DEVICE_RESET)
		device_forget_pins(dev);
	return st;
}

enum cng_status
device_login(struct device *dev, enum device_role role, struct span pin)
{
	struct pin_job job = { role, pin, span_of(NULL, 0) };

	return device_work(dev, role == DEVICE_USER ? WORK_QUIET : WORK_SURE,
	    work_login, &job);
}

/* A wrong one does not end the login: the one that stood is said again before
 * the next use.  But a card that is blocked now forgets everything. */
static enum cng_status
work_login_once(struct device *dev, void *arg)
{
	const struct pin_job *job = arg;
	struct card *card = &dev->card;
	enum cng_status st;

	st = card->driver->login(card, DEVICE_USER, job->pin);
	if (st == CNG_ERR_PIN_LOCKED)
		device_forget_pins(dev);
	if (st != CNG_OK) {
		dev->selected = false;
		return st;
	}
	dev->told = true;
	st = secret_replace(&dev->once, job->pin);
	if (st == CNG_OK)
		dev->once_uses++;
	/* somebody may have changed it since */
	if (st == CNG_OK && card->pin.len > 0)
		st = secret_replace(&card->pin, job->pin);
	return st;
}

enum cng_status
device_login_once(struct device *dev, struct span pin)
{
	struct pin_job job = { DEVICE_USER, pin, span_of(NULL, 0) };

	return device_work(dev, WORK_QUIET, work_login_once, &job);
}

bool
device_is_logged_in(struct device *dev)
{
	return atomic_load(&dev->has_pin);
}

static enum cng_status
say_goodbye(struct device *dev, void *arg)
{
	(void)arg;
	dev->card.driver->logout(&dev->card);
	dev->told = false;
	return CNG_OK;
}

/* A card that has heard nothing from us is left alone: it may be busy with
 * somebody else for long. */
void
device_logout(struct device *dev)
{
	bool told;

	lock_take(&dev->lock);
	device_forget_pins(dev);
	atomic_store(&dev->has_pin, false);
	told = dev->told;
	lock_drop(&dev->lock);
	if (told && !atomic_load(&dev->removed) &&
	    device_work(dev, WORK_READ, say_goodbye, NULL) != CNG_OK)
		log_line(LOG_INFO, "card: not logged out");
}

static enum cng_status
work_set_pin(struct device *dev, void *arg)
{
	const struct pin_job *job = arg;
	struct card *card = &dev->card;
	enum cng_status st;

	st = card->driver->set_pin(card, job->role, job->pin, job->other);
	dev->told = dev->told || st == CNG_OK;
	if (st != CNG_OK || job->role != DEVICE_USER)
		return st;
	/* the old one would cost a try when it is said again */
	if (card->pin.len > 0)
		st = secret_replace(&card->pin, job->other);
	if (st == CNG_OK && dev->once.len > 0)
		st = secret_replace(&dev->once, job->other);
	return st;
}

enum cng_status
device_set_pin(struct device *dev, enum device_role role,
    struct span old_pin, struct span new_pin)
{
	struct pin_job job = { role, old_pin, new_pin };

	return device_work(dev, WORK_SURE, work_set_pin, &job);
}

static enum cng_status
work_unblock(struct device *dev, void *arg)
{
	const struct pin_job *job = arg;
	enum cng_status st;

	st = dev->card.driver->unblock(&dev->card, job->pin, job->other);
	dev->told = dev->told || st == CNG_OK;
	/* the old one would cost a try when it is said again */
	if (st == CNG_OK)
		device_forget_pins(dev);
	return st;
}

enum cng_status
device_unblock(struct device *dev, struct span code, struct span new_pin)
{
	struct pin_job job = { DEVICE_ADMIN, code, new_pin };

	return device_work(dev, WORK_SURE, work_unblock, &job);
}
