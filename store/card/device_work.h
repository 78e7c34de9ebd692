/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The inside of a device, for the files of device.c: what is done with the
 * card is one piece of work in one transaction.
 */
#ifndef CNG_CARD_DEVICE_WORK_H
#define CNG_CARD_DEVICE_WORK_H

#include "store/card/driver.h"

#include <stdatomic.h>

#include "base/lock.h"

struct device {
	atomic_uint refs;
	atomic_bool removed;
	struct lock lock;
	struct card card;
	bool selected;           /* nobody was between, as far as is known */
	bool fresh;              /* selected in this very transaction */
	bool quiet;              /* the PIN that stood is not said now */
	atomic_bool has_pin;     /* a copy, for who does not wait */
	bool told;               /* the card heard a PIN or key from us */
	struct secret once;      /* PIN for one use of a key */
	unsigned once_uses;      /* that it was said for */
	uint64_t changes;        /* that this device object has made, or that
	                          * others may have */
	uint64_t listed;         /* when, in seconds */
};

enum work_kind {
	WORK_READ = 0,           /* one look: done again when it is odd */
	WORK_USE,                /* of a key: the same, but only when the card
	                          * has not done it */
	WORK_SURE,               /* only when it is sure who is selected */
	WORK_QUIET,              /* sure, and the PIN that stood is not said:
	                          * another is */
	WORK_WRITE,              /* sure, and the list may change */
};

typedef enum cng_status card_work(struct device *dev, void *arg);

enum cng_status device_work(struct device *dev, enum work_kind kind,
    card_work *work, void *arg) CNG_MUST_CHECK;

/* Under the device's lock. */
void device_forget_pins(struct device *dev);

#endif
