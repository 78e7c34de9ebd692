/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What state.c and call.c share: the state of the module, one struct and one
 * lock, with a count of the callers inside, so that C_Finalize can wait for
 * them.  Callers who are in a session are not counted: they hold the lock of
 * its place.  This one is never held while core is called.  Order: a
 * session's, a slot's login, this one.
 */
#ifndef CNG_PKCS11_STATE_H
#define CNG_PKCS11_STATE_H

#include "pkcs11/call.h"
#include "core/provider.h"

enum phase {
	PHASE_OFF = 0,
	PHASE_ON,
	PHASE_STOPPING,      /* C_Finalize waits for the callers inside */
};

struct slot_state {
	struct lock login;   /* one login or logout at a time; before .lock */
	struct slot_count open;
	bool so_wanted;      /* the SO is logging in */
	bool so;             /* the SO is logged in, or was last asked */
	unsigned long turns; /* logins and logouts through us */
	unsigned card;       /* the latest that a session was opened with */
};

struct face {
	struct lock lock;    /* guards what follows, but for .login */
	pthread_cond_t changed;
	enum phase phase;
	size_t inside;
	size_t forking;      /* threads that are about to fork */
	bool child;          /* a fork made us, and C_Finalize was not called */
	unsigned long starts; /* how often it was made ready */
	bool started[2];     /* C_Initialize was called here: plain, safe */
	struct provider *provider;
	struct conf *parents; /* what the parent was configured by, or NULL */
	struct slot_state slot[SLOT_MAX];

	/* By itself: read by every call.  Is the module initialised, for
	 * callers through the plain list, through one that is safe to fork?
	 * state_publish makes it so. */
	_Alignas(SESSION_LINE) atomic_bool on[2];
	atomic_bool used[2];  /* somebody started or opened something by it; a
	                       * child's parent counts, too */
	atomic_bool pausing;  /* is anybody about to fork? */
	struct session_table sessions;
};

extern struct face face;

/* Is the state this process's own?  A call through a list that is safe to
 * fork takes over what the parent left. */
bool state_is_ours(bool safe);

/* Is the module initialised, for callers through such a list or the plain
 * one? */
static inline bool
state_is_on(bool safe)
{
	return atomic_load_explicit(&face.on[safe], memory_order_acquire);
}

#endif
