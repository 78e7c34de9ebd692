/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Makes the n-th thing of a kind fail: an allocation of ours or of SQLite's,
 * a call of the store, a call of the file system below SQLite.
 */
#ifndef CNG_TESTS_FAULTS_H
#define CNG_TESTS_FAULTS_H

#include <stdbool.h>

#include "base/status.h"

enum fault_kind {
	FAULT_MEMORY = 0,    /* our own heap */
	FAULT_ENGINE_MEMORY, /* SQLite's */
	FAULT_STORE,         /* a call of store.h (needs faults_store.c) */
	FAULT_FILE,          /* reading, writing, flushing, locks, mapping */
	FAULT_KINDS
};

struct fault {
	enum fault_kind kind;
	enum cng_status how; /* STORE: any; FILE: STORE_IO, STORE_FULL,
	                      * NO_MEMORY or STORE_BUSY; else NO_MEMORY */
	bool lasting;        /* FILE: and everything after it */
};

/* Before SQLite is used for the first time in the process. */
void faults_install(void);

/* The n-th from now (1 = the next). */
void faults_arm(const struct fault *fault, unsigned long n);
/* Did it happen?  From now on nothing fails. */
bool faults_disarm(void);

/* For those who stand in the way: is it this call, and how does it fail? */
bool fault_store(void);
enum cng_status fault_status(void);

#endif
