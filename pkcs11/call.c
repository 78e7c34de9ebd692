/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The way in and out of a call, the sessions, and who is logged in.
 */
#include "pkcs11/call.h"

#include "base/log.h"
#include "pkcs11/state.h"
#include "pkcs11/status.h"

#include <stddef.h>
#include <time.h>

/* The call that this thread is in came through a list that is safe to fork,
 * and has no session to tell by. */
static _Thread_local bool through_safe;

void
call_is_safe(void)
{
	through_safe = true;
}

CK_RV
call_was_safe(CK_RV rv)
{
	through_safe = false;
	return rv;
}

bool
call_through_safe(void)
{
	return through_safe;
}

/* --- in and out --- */

static void
wait_while_forking(void) CNG_REQUIRES(face.lock)
{
	while (face.forking > 0)
		(void)pthread_cond_wait(&face.changed, &face.lock.mutex);
}

static CK_RV
enter(bool safe)
{
	CK_RV rv;

	if (!state_is_ours(safe))
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	wait_while_forking();
	rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	if (state_is_on(safe)) {
		face.inside++;
		rv = CKR_OK;
	}
	lock_drop(&face.lock);
	return rv;
}

CK_RV
call_enter(void)
{
	return enter(through_safe);
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

static struct timespec
time_in(long ms)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += ms % 1000 * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_nsec -= 1000000000L;
		at.tv_sec++;
	}
	return at;
}

/* Another start is another module to who was here before. */
static bool
is_still_on(unsigned long starts) CNG_REQUIRES(face.lock)
{
	return face.starts == starts && state_is_on(through_safe);
}

CK_RV
call_pause(long ms)
{
	const struct timespec until = time_in(ms);
	CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	unsigned long starts;

	lock_take(&face.lock);
	starts = face.starts;
	count_out();
	while (is_still_on(starts) && pthread_cond_timedwait(&face.changed,
	    &face.lock.mutex, &until) == 0)
		;
	wait_while_forking();
	if (is_still_on(starts)) {
		face.inside++;
		rv = CKR_OK;
	}
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
	if (!state_is_ours(session_is_safe(handle)))
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	lock_take(&face.lock);
	wait_while_forking();
	rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	session = NULL;
	if (state_is_on(session_is_safe(handle))) {
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

bool
call_slot_event(CK_SLOT_ID *slot)
{
	return provider_event(face.provider, slot);
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
	rv = session_add(&face.sessions, through_safe, &session);
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

/* A login may end without us: when another process makes the token anew. */
static void
look_after_so(CK_SLOT_ID slot, struct token *token)
{
	struct slot_state *state = &face.slot[slot];
	unsigned long turns;
	bool so;

	lock_take(&face.lock);
	so = state->so;
	turns = state->turns;
	lock_drop(&face.lock);
	if (!so || token_logged_in(token) == ROLE_SO)
		return;
	lock_take(&face.lock);
	if (state->turns == turns)
		state->so = false;
	lock_drop(&face.lock);
}

CK_RV
call_open_session(CK_SLOT_ID slot, struct token *token, bool read_write,
    CK_SESSION_HANDLE *out)
{
	CK_RV rv;

	if (!read_write)
		look_after_so(slot, token);
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
	if (idle) {
		state->so = false;
		state->turns++;
	}
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
	CK_RV rv;

	rv = enter(session_is_safe(handle));
	if (rv != CKR_OK)
		return rv;
	lock_take(&face.lock);
	session = session_find(&face.sessions, handle);
	if (session != NULL)
		detach(session);
	lock_drop(&face.lock);
	if (session == NULL)
		return call_leave(CKR_SESSION_HANDLE_INVALID);
	finish(session);
	return call_leave(CKR_OK);
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
	state->turns++;
	lock_drop(&face.lock);
	lock_drop(&state->login);
}

unsigned long
call_login_turns(CK_SLOT_ID slot)
{
	unsigned long turns;

	lock_take(&face.lock);
	turns = face.slot[slot].turns;
	lock_drop(&face.lock);
	return turns;
}
