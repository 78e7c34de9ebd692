/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Start and stop of the module, and what a fork does to it.
 */
#include "pkcs11/state.h"

#include "base/log.h"
#include "pkcs11/forked.h"
#include "pkcs11/mech.h"
#include "pkcs11/status.h"

#include <stddef.h>
#include <time.h>

/* Longest wait of a fork for callers of other threads. */
#define FORK_WAIT_NS 250000000L

struct face face;

/* --- forks --- */

/* Is what a parent left to us by forking whole?  When one of its threads was
 * inside at that instant, tables may be half-changed. */
static bool
state_is_sound(void)
{
	if (pthread_mutex_trylock(&face.lock.mutex) != 0)
		return false;
	(void)pthread_mutex_unlock(&face.lock.mutex);
	return face.inside == 0 && face.phase == PHASE_ON &&
	    session_all_quiet(&face.sessions);
}

/* After every change of what it reads. */
static void
state_publish(void)
{
	bool on = face.phase == PHASE_ON;

	/* in a child, the plain list does not work until it is initialised
	 * there */
	atomic_store(&face.on[false], on && face.started[false]);
	atomic_store(&face.on[true], on);
}

/* Of a state that is not sound, the tables are left alone. */
static void
state_forsake(void)
{
	bool sound = state_is_sound();

	if (face.provider != NULL) {
		provider_forget(face.parents);
		/* constant, and so whole in any state */
		face.parents = provider_recall(face.provider);
		provider_after_fork(face.provider);
	}
	if (sound) {
		session_table_clear(&face.sessions);
		provider_close(face.provider);
	}
	session_table_adopt(&face.sessions, true);
	face.phase = PHASE_OFF;
	face.provider = NULL;
	for (size_t i = 0; i < SLOT_MAX; i++)
		face.slot[i] = (struct slot_state){ 0 };
}

/* Our copy of a session, or its end. */
static void
session_adopt(struct session *session) CNG_TSA(no_thread_safety_analysis)
{
	struct slot_count *open = &face.slot[session->slot].open;
	struct token *token = session->token;
	CK_SLOT_ID slot = session->slot;

	if (session->safe) {
		session_forked(session);
		session_leave(&face.sessions, session);
		return;
	}
	open->sessions--;
	open->read_write -= session->read_write;
	token_session_closed(token, session->handle);
	session_close(&face.sessions, session);
	if (open->sessions > 0)
		return;
	face.slot[slot].so = false;
	if (token_logout(token) != CNG_OK)
		log_line(LOG_DEBUG, "nobody was logged in");
}

/* The sessions of fork-safe lists live on here, with all they had; the
 * others are the parent's alone. */
static void
state_adopt(void)
{
	struct session *session;

	provider_after_fork(face.provider);
	session_table_adopt(&face.sessions, false);
	for (size_t i = 0; i < face.sessions.places; i++) {
		session = session_enter_at(&face.sessions, i);
		if (session != NULL)
			session_adopt(session);
	}
}

static bool
any_safe_session(void) CNG_TSA(no_thread_safety_analysis)
{
	struct session *session;
	bool safe = false;

	for (size_t i = 0; i < face.sessions.places && !safe; i++) {
		session = session_enter_at(&face.sessions, i);
		if (session == NULL)
			continue;
		safe = session->safe;
		session_leave(&face.sessions, session);
	}
	return safe;
}

/*
 * Libraries below us have locks of their own that a child cannot make anew.
 * So a fork waits until no other thread is inside, but not for long: one that
 * makes a large key must not hold up the host.  Those without a session come
 * first, for they may want a place; those in one may want the lock.
 */
static _Thread_local bool fork_has_lock;
static _Thread_local size_t fork_has_places;

static void
before_fork(void) CNG_TSA(no_thread_safety_analysis)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += FORK_WAIT_NS;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	fork_has_places = 0;
	fork_has_lock =
	    pthread_mutex_timedlock(&face.lock.mutex, &until) == 0;
	if (!fork_has_lock)
		return;
	face.forking++;
	/* who works without a pause would get a place before us every time */
	atomic_store(&face.pausing, true);
	while (face.inside > 0 && pthread_cond_timedwait(&face.changed,
	    &face.lock.mutex, &until) == 0)
		;
	(void)pthread_mutex_unlock(&face.lock.mutex);
	fork_has_places = session_lock_all(&face.sessions, &until);
	(void)pthread_mutex_lock(&face.lock.mutex);
}

static void
after_fork_parent(void) CNG_TSA(no_thread_safety_analysis)
{
	if (!fork_has_lock)
		return;
	face.forking--;
	atomic_store(&face.pausing, face.forking > 0);
	(void)pthread_cond_broadcast(&face.changed);
	(void)pthread_mutex_unlock(&face.lock.mutex);
	session_unlock_all(&face.sessions, fork_has_places);
}

/* The threads that waited are not here: nobody may be woken. */
static void
after_fork_child(void) CNG_TSA(no_thread_safety_analysis)
{
	if (!fork_has_lock)
		return;
	face.forking = 0;
	atomic_store(&face.pausing, false);
	(void)pthread_cond_init(&face.changed, NULL);
	(void)pthread_mutex_unlock(&face.lock.mutex);
	session_unlock_all(&face.sessions, fork_has_places);
}

/* Once per process, before anything else is looked at. */
static void
state_claim(bool safe)
{
	static bool made_before;

	if (!forked_claim_begin())
		return;
	if (!made_before)
		(void)pthread_atfork(
		    before_fork, after_fork_parent, after_fork_child);
	else if (state_is_sound() && (safe || any_safe_session()))
		state_adopt();
	else
		state_forsake();
	face.child = made_before;
	made_before = true;
	face.inside = 0;
	face.forking = 0;
	atomic_store(&face.pausing, false);
	face.started[false] = face.started[true] = false;
	for (size_t i = 0; i < SLOT_MAX; i++) {
		face.slot[i].so_wanted = false;
		lock_init(&face.slot[i].login);
	}
	lock_init(&face.lock);
	(void)pthread_cond_init(&face.changed, NULL);
	state_publish();
	forked_claim_end();
}

bool
state_is_ours(bool safe)
{
	if (safe && !forked_is_ours())
		state_claim(true);
	return forked_is_ours();
}

/* --- start and stop --- */

static void
wait_while_stopping(void) CNG_REQUIRES(face.lock)
{
	while (face.phase == PHASE_STOPPING)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
}

/* A child has the tokens of its parent, at the same numbers, also when it has
 * lost the environment that says where they are, or may not read the files. */
static CK_RV
open_provider(const char *conf_file) CNG_REQUIRES(face.lock)
{
	enum cng_status st;

	if (face.parents != NULL && conf_holds(face.parents, conf_file))
		st = provider_open_as(&face.provider, face.parents);
	else
		st = provider_open(&face.provider, conf_file, NULL, 0);
	if (st == CNG_OK) {
		provider_forget(face.parents);
		face.parents = NULL;
	}
	return status_rv(st);
}

CK_RV
call_start(const char *conf_file)
{
	bool safe = call_through_safe();
	CK_RV rv;

	state_claim(safe);
	lock_take(&face.lock);
	wait_while_stopping();
	if (face.phase != PHASE_ON) {
		rv = open_provider(conf_file);
		if (rv == CKR_OK) {
			provider_offer(face.provider, &mech_source);
			face.phase = PHASE_ON;
			face.starts++;
			/* A child may be told twice: once by each list. */
			face.started[!safe] = !face.child;
		}
	} else if (face.started[safe]) {
		rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;
	} else {
		rv = CKR_OK; /* the state was there: it is a child */
	}
	if (rv == CKR_OK) {
		face.started[safe] = true;
		atomic_store(&face.used[safe], true);
	}
	state_publish();
	lock_drop(&face.lock);
	return rv;
}

CK_RV
call_stop(void)
{
	bool safe = call_through_safe();
	struct provider *provider;

	if (!state_is_ours(safe))
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	if (!state_is_on(safe)) {
		lock_drop(&face.lock);
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
	face.phase = PHASE_STOPPING;
	state_publish();
	provider_wake();
	while (face.inside > 0)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
	/* waits for those in a session; they may want the lock */
	lock_drop(&face.lock);
	session_table_clear(&face.sessions);
	lock_take(&face.lock);
	for (size_t i = 0; i < SLOT_MAX; i++) {
		face.slot[i].open = (struct slot_count){ 0 };
		face.slot[i].so = false;
		/* the next provider counts its cards from the start */
		face.slot[i].card = 0;
	}
	provider = face.provider;
	face.provider = NULL;
	lock_drop(&face.lock);
	/* a card may take its time to log out */
	provider_close(provider);
	lock_take(&face.lock);
	face.phase = PHASE_OFF;
	face.started[false] = face.started[true] = false;
	atomic_store(&face.used[false], false);
	atomic_store(&face.used[true], false);
	face.child = false;
	state_publish();
	(void)pthread_cond_broadcast(&face.changed);
	lock_drop(&face.lock);
	return CKR_OK;
}

