/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The state of the module: one struct, one lock, and a count of the callers
 * inside, so that C_Finalize can wait for them.  The lock is never held
 * while core is called.  Order: a session's, a slot's login, this one.
 */
#include "pkcs11/call.h"

#include "base/log.h"
#include "core/provider.h"
#include "pkcs11/forked.h"
#include "pkcs11/status.h"

#include <stddef.h>
#include <time.h>

/* Longest wait of a fork for callers of other threads. */
#define FORK_WAIT_NS 250000000L

enum phase {
	PHASE_OFF = 0,
	PHASE_ON,
	PHASE_STOPPING,      /* C_Finalize waits for the callers inside */
};

struct slot_state {
	struct lock login;   /* one login or logout at a time; before .lock */
	struct slot_count open;
	bool so_wanted;      /* the SO is logging in */
	bool so;             /* the SO is logged in */
};

static struct {
	struct lock lock;    /* guards what follows, but for .login */
	pthread_cond_t changed;
	enum phase phase;
	size_t inside;
	size_t forking;      /* threads that are about to fork */
	struct provider *provider;
	struct session_table sessions;
	struct slot_state slot[SLOT_MAX];
} face;

/* --- start and stop --- */

/* What a parent left to us by forking.  When one of its threads was inside
 * at that instant, tables may be half-changed: then they are left alone. */
static void
state_forsake(void)
{
	bool sound = pthread_mutex_trylock(&face.lock.mutex) == 0;

	if (sound)
		(void)pthread_mutex_unlock(&face.lock.mutex);
	sound = sound && face.inside == 0 && face.phase == PHASE_ON;
	if (face.provider != NULL)
		provider_after_fork(face.provider);
	if (!sound)
		return;
	session_table_free(&face.sessions);
	provider_close(face.provider);
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
state_claim(void)
{
	static bool made_before;

	if (!forked_claim_begin())
		return;
	if (made_before)
		state_forsake();
	else
		(void)pthread_atfork(
		    before_fork, after_fork_parent, after_fork_child);
	made_before = true;
	face.phase = PHASE_OFF;
	face.inside = 0;
	face.forking = 0;
	face.provider = NULL;
	face.sessions = (struct session_table){ 0 };
	for (size_t i = 0; i < SLOT_MAX; i++) {
		face.slot[i] = (struct slot_state){ 0 };
		lock_init(&face.slot[i].login);
	}
	lock_init(&face.lock);
	(void)pthread_cond_init(&face.changed, NULL);
	forked_claim_end();
}

static void
wait_while_stopping(void) CNG_REQUIRES(face.lock)
{
	while (face.phase == PHASE_STOPPING)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
}

CK_RV
call_start(const char *conf_file)
{
	CK_RV rv;

	state_claim();
	lock_take(&face.lock);
	wait_while_stopping();
	if (face.phase == PHASE_ON) {
		rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;
	} else {
		rv = status_rv(
		    provider_open(&face.provider, conf_file, NULL, 0));
		if (rv == CKR_OK)
			face.phase = PHASE_ON;
	}
	lock_drop(&face.lock);
	return rv;
}

CK_RV
call_stop(void)
{
	if (!forked_is_ours())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	if (face.phase != PHASE_ON) {
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
	(void)pthread_cond_broadcast(&face.changed);
	lock_drop(&face.lock);
	return CKR_OK;
}

/* --- in and out --- */

static void
wait_while_forking(void) CNG_REQUIRES(face.lock)
{
	while (face.forking > 0)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
}

CK_RV
call_enter(void)
{
	CK_RV rv;

	if (!forked_is_ours())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	wait_while_forking();
	rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	if (face.phase == PHASE_ON) {
		face.inside++;
		rv = CKR_OK;
	}
	lock_drop(&face.lock);
	return rv;
}

static void
count_out(void) CNG_REQUIRES(face.lock)
{
	face.inside--;
	if (face.inside == 0 &&
	    (face.phase == PHASE_STOPPING || face.forking > 0))
		(void)pthread_cond_broadcast(&face.changed);
}

CK_RV
call_leave(CK_RV rv)
{
	lock_take(&face.lock);
	count_out();
	lock_drop(&face.lock);
	return rv;
}

/* Drops a reference; the last one of a closed session frees it. */
static void
session_unref(struct session *session) CNG_REQUIRES(face.lock)
{
	session->refs--;
	if (session->refs == 0 && session->closed)
		session_free(session);
}

static void
session_give_back(struct session *session)
{
	lock_take(&face.lock);
	session_unref(session);
	count_out();
	lock_drop(&face.lock);
}

CK_RV
call_enter_session(struct session **out, CK_SESSION_HANDLE handle)
{
	struct session *session;
	CK_RV rv;

	*out = NULL;
	if (!forked_is_ours())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	wait_while_forking();
	rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	session = NULL;
	if (face.phase == PHASE_ON) {
		rv = CKR_SESSION_HANDLE_INVALID;
		session = session_find(&face.sessions, handle);
	}
	if (session != NULL) {
		session->refs++;
		face.inside++;
	}
	lock_drop(&face.lock);
	if (session == NULL)
		return rv;

	lock_take(&session->lock);
	if (session->closed) {
		/* Another thread closed it while we waited. */
		lock_drop(&session->lock);
		session_give_back(session);
		return CKR_SESSION_HANDLE_INVALID;
	}
	*out = session;
	return CKR_OK;
}

CK_RV
call_leave_session(struct session *session, CK_RV rv)
{
	lock_drop(&session->lock);
	session_give_back(session);
	return rv;
}

/* --- slots --- */

CK_RV
call_slots(CK_SLOT_ID *list, size_t max, size_t *count, bool refresh)
{
	enum cng_status st = CNG_OK;

	if (refresh)
		st = provider_refresh(face.provider);
	*count = provider_slots(face.provider, list, max);
	return status_rv(st);
}

struct token *
call_token(CK_SLOT_ID slot)
{
	if (slot >= SLOT_MAX)
		return NULL;
	return provider_token(face.provider, slot);
}

CK_RV
call_enter_slot(struct token **out, CK_SLOT_ID slot)
{
	CK_RV rv;

	*out = NULL;
	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	*out = call_token(slot);
	return *out != NULL ? CKR_OK : call_leave(CKR_SLOT_ID_INVALID);
}

struct slot_count
call_slot_count(CK_SLOT_ID slot)
{
	struct slot_count count;

	lock_take(&face.lock);
	count = face.slot[slot].open;
	lock_drop(&face.lock);
	return count;
}

/* --- opening and closing sessions --- */

static CK_RV
open_locked(CK_SLOT_ID slot, struct token *token, bool read_write,
    CK_SESSION_HANDLE *out) CNG_REQUIRES(face.lock)
{
	struct slot_state *state = &face.slot[slot];
	struct session *session;
	CK_RV rv;

	if (!read_write && (state->so_wanted || state->so))
		return CKR_SESSION_READ_WRITE_SO_EXISTS;
	rv = session_add(&face.sessions, &session);
	if (rv != CKR_OK)
		return rv;
	session->slot = slot;
	session->token = token;
	session->read_write = read_write;
	state->open.sessions++;
	state->open.read_write += read_write;
	*out = session->handle;
	return CKR_OK;
}

CK_RV
call_open_session(CK_SLOT_ID slot, struct token *token, bool read_write,
    CK_SESSION_HANDLE *out)
{
	CK_RV rv;

	lock_take(&face.lock);
	rv = open_locked(slot, token, read_write, out);
	lock_drop(&face.lock);
	return rv;
}

/* Nobody finds the session from here on; the caller has a reference. */
static void
detach(struct session *session) CNG_REQUIRES(face.lock)
{
	struct slot_state *state = &face.slot[session->slot];

	session_take_out(&face.sessions, session);
	session->refs++;
	state->open.sessions--;
	state->open.read_write -= session->read_write;
}

/* With the last session goes the login. */
static void
log_out_if_idle(CK_SLOT_ID slot, struct token *token)
{
	struct slot_state *state = &face.slot[slot];
	bool idle;

	lock_take(&state->login);
	lock_take(&face.lock);
	idle = state->open.sessions == 0;
	if (idle)
		state->so = false;
	lock_drop(&face.lock);
	if (idle && token_logout(token) != CNG_OK)
		log_line(LOG_DEBUG, "nobody was logged in");
	lock_drop(&state->login);
}

/* Waits for a caller who is inside this session, then ends it. */
static void
finish(struct session *session)
{
	CK_SLOT_ID slot = session->slot;
	struct token *token = session->token;

	lock_take(&session->lock);
	session_reset(session);
	token_session_closed(token, session->handle);
	session->closed = true;
	lock_drop(&session->lock);
	lock_take(&face.lock);
	session_unref(session);
	lock_drop(&face.lock);
	log_out_if_idle(slot, token);
}

CK_RV
call_close_session(CK_SESSION_HANDLE handle)
{
	struct session *session;

	lock_take(&face.lock);
	session = session_find(&face.sessions, handle);
	if (session != NULL)
		detach(session);
	lock_drop(&face.lock);
	if (session == NULL)
		return CKR_SESSION_HANDLE_INVALID;
	finish(session);
	return CKR_OK;
}

/* The next session of a slot, taken out, or NULL. */
static struct session *
detach_next(CK_SLOT_ID slot, size_t *index)
{
	struct session *session = NULL;

	lock_take(&face.lock);
	for (; *index < face.sessions.places; (*index)++) {
		session = session_at(&face.sessions, *index);
		if (session != NULL && session->slot == slot)
			break;
		session = NULL;
	}
	if (session != NULL)
		detach(session);
	lock_drop(&face.lock);
	return session;
}

void
call_close_all(CK_SLOT_ID slot)
{
	struct session *session;
	size_t index = 0;

	while ((session = detach_next(slot, &index)) != NULL)
		finish(session);
}

/* --- login --- */

CK_RV
call_login_begin(CK_SLOT_ID slot, enum token_role role)
{
	struct slot_state *state = &face.slot[slot];
	CK_RV rv = CKR_OK;

	lock_take(&state->login);
	lock_take(&face.lock);
	if (role == ROLE_SO &&
	    state->open.sessions != state->open.read_write)
		rv = CKR_SESSION_READ_ONLY_EXISTS;
	else if (role == ROLE_SO)
		state->so_wanted = true;
	lock_drop(&face.lock);
	if (rv != CKR_OK)
		lock_drop(&state->login);
	return rv;
}

void
call_login_end(CK_SLOT_ID slot, struct token *token)
{
	struct slot_state *state = &face.slot[slot];
	bool so;

	so = token_logged_in(token) == ROLE_SO;
	lock_take(&face.lock);
	state->so_wanted = false;
	state->so = so;
	lock_drop(&face.lock);
	lock_drop(&state->login);
}
