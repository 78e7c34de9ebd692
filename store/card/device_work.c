/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions: what is done when another program has reset the card or
 * selected something else, and when the PIN of the login is said again.
 */
#include "store/card/device_work.h"

#include "base/log.h"

/* So many tries are left for a person: a PIN that somebody has changed is not
 * what blocks the card, however many programs remember the old one. */
#define TRIES_KEPT 1

void
device_forget_pins(struct device *dev)
{
	secret_free(&dev->card.pin);
	secret_free(&dev->once);
	dev->once_uses = 0;
}

/* The PIN that stood is said once more; one that is wrong now is not said a
 * third time. */
static enum cng_status
say_again(struct device *dev)
{
	struct card *card = &dev->card;
	int tries = -1;
	enum cng_status st = CNG_OK;

	if (card->pin.len == 0 || dev->quiet)
		return CNG_OK;
	if (card->driver->tries != NULL)
		st = card->driver->tries(card, &tries);
	if (st != CNG_OK)
		return st;
	if (tries >= 0 && tries <= TRIES_KEPT)
		st = CNG_ERR_PIN_LOCKED;
	else
		st = card->driver->login(card, DEVICE_USER,
		    secret_span(&card->pin));
	if (st != CNG_ERR_PIN_WRONG && st != CNG_ERR_PIN_LOCKED)
		return st;
	log_line(LOG_WARN, st == CNG_ERR_PIN_WRONG ?
	    "card: the PIN was changed: logged out" :
	    "card: too few tries are left to say the PIN again: logged out");
	device_forget_pins(dev);
	return CNG_ERR_NOT_LOGGED_IN;
}

static enum cng_status
select_again(struct device *dev)
{
	enum cng_status st = dev->card.driver->select(&dev->card);

	if (st != CNG_OK)
		return st;
	dev->selected = true;
	dev->fresh = true;
	return say_again(dev);
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
 * forgotten?  What a card says of a key that it has used is its last word: how
 * often it is asked is not to depend on what it found. */
static bool
is_suspicious(enum work_kind kind, enum cng_status st)
{
	return st == CNG_ERR_NOT_LOGGED_IN || st == CNG_ERR_NOT_FOUND ||
	    st == CNG_ERR_NOT_SUPPORTED ||
	    (st == CNG_ERR_DEVICE && kind != WORK_USE);
}

static enum cng_status
work_once(struct device *dev, card_work *work, void *arg)
{
	struct card_link *link = dev->card.link;
	enum cng_status st = enter(dev);

	if (st != CNG_OK)
		return st;
	st = work(dev, arg);
	link->ops->end(link, dev->card.reset);
	dev->selected = dev->selected && !dev->card.reset;
	dev->card.reset = false;
	return st;
}

enum cng_status
device_work(struct device *dev, enum work_kind kind, card_work *work,
    void *arg)
{
	enum cng_status st;

	lock_take(&dev->lock);
	dev->quiet = kind == WORK_QUIET;
	if (kind != WORK_READ && kind != WORK_USE)
		dev->selected = false;
	st = work_once(dev, work, arg);
	if (st == CNG_ERR_DEVICE_RESET ||
	    (is_suspicious(kind, st) && !dev->fresh)) {
		dev->selected = false;
		st = work_once(dev, work, arg);
	}
	if (st == CNG_ERR_DEVICE_RESET)
		st = CNG_ERR_DEVICE;
	if (st == CNG_ERR_DEVICE)
		dev->selected = false; /* the next one had better be sure */
	/* a command may fail before the service sees that the card is gone */
	if (st == CNG_ERR_DEVICE && !device_is_present(dev))
		st = CNG_ERR_DEVICE_REMOVED;
	if (st == CNG_ERR_DEVICE_REMOVED) {
		atomic_store(&dev->removed, true);
		device_forget_pins(dev);
	}
	if (kind == WORK_WRITE) {
		dev->changes++;
		dev->told = true; /* who its administrator is, maybe */
	}
	atomic_store(&dev->has_pin, dev->card.pin.len > 0);
	lock_drop(&dev->lock);
	return st;
}
