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
	return face.inside == 0 && face.phase == PHASE_ON;
}

/* Of a state that is not sound, the tables are left alone. */
static void
state_forsake(void)
{
	bool sound = state_is_sound();

	if (face.provider != NULL)
		provider_after_fork(face.provider);
	if (sound) {
		session_table_free(&face.sessions);
		provider_close(face.provider);
	}
	face.phase = PHASE_OFF;
	face.provider = NULL;
	face.sessions = (struct session_table){ 0 };
	for (size_t i = 0; i < SLOT_MAX; i++)
		face.slot[i] = (struct slot_state){ 0 };
}

/* Our copy of a session, or its end. */
static void
session_adopt(struct session *session) CNG_TSA(no_thread_safety_analysis)
{
	struct slot_count *open = &face.slot[session->slot].open;

	lock_init(&session->lock);
	if (session->safe) {
		session_forked(session);
		return;
	}
	session_take_out(&face.sessions, session);
	open->sessions--;
	open->read_write -= session->read_write;
	session_reset(session);
	token_session_closed(session->token, session->handle);
	if (open->sessions == 0) {
		face.slot[session->slot].so = false;
		if (token_logout(session->token) != CNG_OK)
			log_line(LOG_DEBUG, "nobody was logged in");
	}
	session_free(session);
}

/* The sessions of fork-safe lists live on here, with all they had; the
 * others are the parent's alone. */
static void
state_adopt(void)
{
	struct session *session;

	provider_after_fork(face.provider);
	for (size_t i = 0; i < face.sessions.places; i++) {
		session = session_at(&face.sessions, i);
		if (session != NULL)
			session_adopt(session);
	}
}

static bool
any_safe_session(void)
{
	const struct session *session;

	for (size_t i = 0; i < face.sessions.places; i++) {
		session = session_at(&face.sessions, i);
		if (session != NULL && session->safe)
			return true;
	}
	return false;
}

/*
 * Libraries below us have locks of their own that a child cannot make anew.
 * So a fork waits until no other thread is inside, but not for long: one that
 * makes a large key must not hold up the host.
 */
static _Thread_local bool fork_has_lock;

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
	fork_has_lock =
	    pthread_mutex_timedlock(&face.lock.mutex, &until) == 0;
	if (!fork_has_lock)
		return;
	face.forking++;
	while (face.inside > 0 && pthread_cond_timedwait(&face.changed,
	    &face.lock.mutex, &until) == 0)
		;
}

static void
after_fork_parent(void) CNG_TSA(no_thread_safety_analysis)
{
	if (!fork_has_lock)
		return;
	face.forking--;
	(void)pthread_cond_broadcast(&face.changed);
	(void)pthread_mutex_unlock(&face.lock.mutex);
}

/* The threads that waited are not here: nobody may be woken. */
static void
after_fork_child(void) CNG_TSA(no_thread_safety_analysis)
{
	if (!fork_has_lock)
		return;
	face.forking = 0;
	(void)pthread_cond_init(&face.changed, NULL);
	(void)pthread_mutex_unlock(&face.lock.mutex);
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
	face.started[false] = face.started[true] = false;
	for (size_t i = 0; i < SLOT_MAX; i++) {
		face.slot[i].so_wanted = false;
		lock_init(&face.slot[i].login);
	}
	lock_init(&face.lock);
	(void)pthread_cond_init(&face.changed, NULL);
	forked_claim_end();
}

bool
state_is_ours(bool safe)
{
	if (safe && !forked_is_ours())
		state_claim(true);
	return forked_is_ours();
}

/* In a child, the plain list does not work until it is initialised there. */
bool
state_is_on(bool safe)
{
	return face.phase == PHASE_ON && (safe || face.started[false]);
}

/* --- start and stop --- */

static void
wait_while_stopping(void) CNG_REQUIRES(face.lock)
{
	while (face.phase == PHASE_STOPPING)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
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
		rv = status_rv(
		    provider_open(&face.provider, conf_file, NULL, 0));
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
	if (rv == CKR_OK)
		face.started[safe] = true;
	lock_drop(&face.lock);
	return rv;
}

CK_RV
call_stop(void)
{
	bool safe = call_through_safe();

	if (!state_is_ours(safe))
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	if (!state_is_on(safe)) {
		lock_drop(&face.lock);
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
	face.phase = PHASE_STOPPING;
	while (face.inside > 0)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
	session_table_free(&face.sessions);
	for (size_t i = 0; i < SLOT_MAX; i++) {
		face.slot[i].open = (struct slot_count){ 0 };
		face.slot[i].so = false;
	}
	provider_close(face.provider);
	face.provider = NULL;
	face.phase = PHASE_OFF;
	face.started[false] = face.started[true] = false;
	face.child = false;
	(void)pthread_cond_broadcast(&face.changed);
	lock_drop(&face.lock);
	return CKR_OK;
}

