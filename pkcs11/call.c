/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The way in and out of a call, the sessions, and who is logged in.
 */
#include "pkcs11/call.h"

#include "base/log.h"
#include "pkcs11/state.h"
#include "pkcs11/status.h"
#include "pkcs11/tell.h"

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
call_left(const char *call, CK_RV rv)
{
	tell_answer(call, rv);
	lock_take(&face.lock);
	count_out();
	lock_drop(&face.lock);
	return rv;
}

/* The log is open as long as somebody is inside. */
CK_RV
call_refused(const char *call, CK_RV rv)
{
	if (why_wanted() && enter(through_safe) == CKR_OK)
		(void)call_left(call, rv);
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

/* Outside, as those who wait for readers do: the provider may be closed
 * meanwhile.  false: there is nothing to wait for. */
static bool
watch_readers(unsigned ticket, long ms) CNG_TSA(no_thread_safety_analysis)
{
	bool waited;

	lock_drop(&face.lock);
	waited = provider_wait(ticket, (unsigned)ms);
	lock_take(&face.lock);
	return waited;
}

CK_RV
call_pause(long ms)
{
	const struct timespec until = time_in(ms);
	const bool watches = provider_watches_readers(face.provider);
	const unsigned ticket = provider_wait_ticket();
	CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	unsigned long starts;
	bool waited;

	lock_take(&face.lock);
	starts = face.starts;
	waited = !is_still_on(starts);
	count_out();
	if (!waited && watches)
		waited = watch_readers(ticket, ms);
	while (!waited && is_still_on(starts) && pthread_cond_timedwait(
	    &face.changed, &face.lock.mutex, &until) == 0)
		;
	wait_while_forking();
	if (is_still_on(starts)) {
		face.inside++;
		rv = CKR_OK;
	}
	lock_drop(&face.lock);
	return rv;
}

static void
pause_for_fork(void)
{
	lock_take(&face.lock);
	wait_while_forking();
	lock_drop(&face.lock);
}

/* Removing a card closes the sessions with it.  They stay in the table, good
 * for nothing but C_CloseSession, until another card is there. */
static CK_RV
check_card(struct session *session) CNG_TSA(no_thread_safety_analysis)
{
	CK_SESSION_HANDLE handle = session->handle;
	enum cng_status st;

	st = token_still(session->token, session->card);
	if (st == CNG_OK)
		return CKR_OK;
	session_reset(session);
	session_leave(&face.sessions, session);
	if (st == CNG_ERR_DEVICE_REMOVED)
		return CKR_DEVICE_REMOVED;
	(void)call_close_session(handle);
	return CKR_SESSION_HANDLE_INVALID;
}

/* The kind of list is in the handle, and the thread may have come through no
 * other.  What is no handle came through the kind that is used, if only one
 * is: who never used the other has no part in what belongs to it. */
static bool
handle_is_safe(CK_SESSION_HANDLE handle)
{
	return atomic_load_explicit(&face.used[true], memory_order_relaxed) &&
	    (session_is_safe(handle) ||
		!atomic_load_explicit(&face.used[false], memory_order_relaxed));
}

static CK_RV
refuse_session(const char *call, CK_SESSION_HANDLE handle, CK_RV rv)
{
	if (why_wanted() && enter(handle_is_safe(handle)) == CKR_OK)
		(void)call_left(call, rv);
	return rv;
}

CK_RV
call_answer(const char *call, CK_SESSION_HANDLE handle, CK_RV answer)
{
	CK_RV rv = enter(handle_is_safe(handle));

	return rv == CKR_OK ? call_left(call, answer) : rv;
}

/* C_Finalize says that the module is off, then locks each place once: whoever
 * gets in after that sees it. */
CK_RV
call_entered_session(const char *call, struct session **out,
    CK_SESSION_HANDLE handle)
{
	bool safe = handle_is_safe(handle);
	struct session *session;
	CK_RV rv = CKR_OK;

	*out = NULL;
	if (!state_is_ours(safe))
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	if (atomic_load_explicit(&face.pausing, memory_order_relaxed))
		pause_for_fork();
	session = session_enter(&face.sessions, handle);
	if (!state_is_on(safe)) {
		if (session != NULL)
			session_leave(&face.sessions, session);
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
	if (session == NULL)
		return refuse_session(
		    call, handle, CKR_SESSION_HANDLE_INVALID);
	if (session->card != 0)
		rv = check_card(session);
	if (rv == CKR_OK)
		*out = session;
	else
		(void)refuse_session(call, handle, rv);
	return rv;
}

CK_RV
call_left_session(const char *call, struct session *session, CK_RV rv)
{
	tell_answer(call, rv);
	session_leave(&face.sessions, session);
	return rv;
}

void
call_forget_spares(void)
{
	session_forget_all(&face.sessions);
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
call_entered_slot(const char *call, struct token **out, CK_SLOT_ID slot)
{
	CK_RV rv;

	*out = NULL;
	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	*out = call_token(slot);
	return *out != NULL ? CKR_OK :
			      call_left(call, CKR_SLOT_ID_INVALID);
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
count_open(CK_SLOT_ID slot, bool read_write)
{
	struct slot_state *state = &face.slot[slot];
	CK_RV rv = CKR_OK;

	lock_take(&face.lock);
	if (!read_write && (state->so_wanted || state->so)) {
		rv = CKR_SESSION_READ_WRITE_SO_EXISTS;
	} else {
		state->open.sessions++;
		state->open.read_write += read_write;
	}
	lock_drop(&face.lock);
	return rv;
}

/* How many are left? */
static size_t
count_closed(CK_SLOT_ID slot, bool read_write)
{
	struct slot_state *state = &face.slot[slot];
	size_t left;

	lock_take(&face.lock);
	left = --state->open.sessions;
	state->open.read_write -= read_write;
	lock_drop(&face.lock);
	return left;
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
call_open_session(CK_SLOT_ID slot, struct token *token, unsigned card,
    bool read_write, CK_SESSION_HANDLE *out)
{
	const struct session model = {
		.slot = slot,
		.token = token,
		.read_write = read_write,
		.safe = through_safe,
		.card = card,
	};
	CK_RV rv;

	atomic_store(&face.used[through_safe], true);
	if (card != 0)
		call_close_stale(slot, card);
	if (!read_write)
		look_after_so(slot, token);
	rv = count_open(slot, read_write);
	if (rv != CKR_OK)
		return rv;
	rv = session_add(&face.sessions, &model, out);
	if (rv != CKR_OK)
		(void)count_closed(slot, read_write);
	return rv;
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

/* Ends the session that the caller is in. */
static void
finish(struct session *session)
{
	CK_SLOT_ID slot = session->slot;
	struct token *token = session->token;
	bool read_write = session->read_write;
	bool had_objects = token_session_closed(token, session->handle);

	session_close(&face.sessions, session);
	if (had_objects)
		call_forget_spares();
	if (count_closed(slot, read_write) == 0)
		log_out_if_idle(slot, token);
}

#define CLOSING "C_CloseSession"

CK_RV
call_close_session(CK_SESSION_HANDLE handle)
{
	struct session *session;
	CK_RV rv;

	rv = enter(handle_is_safe(handle));
	if (rv != CKR_OK)
		return rv;
	session = session_enter(&face.sessions, handle);
	if (session == NULL)
		return call_left(CLOSING, CKR_SESSION_HANDLE_INVALID);
	finish(session);
	return call_left(CLOSING, CKR_OK);
}

/* Of a slot, those with another card than this one; or all. */
static void
close_some(CK_SLOT_ID slot, bool all, unsigned card)
{
	struct session *session;
	size_t i;

	for (i = 0; i < atomic_load(&face.sessions.places); i++) {
		session = session_enter_at(&face.sessions, i);
		if (session == NULL)
			continue;
		if (session->slot == slot && (all || session->card != card))
			finish(session);
		else
			session_leave(&face.sessions, session);
	}
}

void
call_close_all(CK_SLOT_ID slot)
{
	close_some(slot, true, 0);
}

void
call_close_stale(CK_SLOT_ID slot, unsigned card)
{
	struct slot_state *state = &face.slot[slot];
	bool newer;

	lock_take(&face.lock);
	newer = card > state->card;
	if (newer)
		state->card = card;
	newer = newer && state->open.sessions > 0;
	lock_drop(&face.lock);
	/* only then: sessions that are busy are waited for */
	if (newer)
		close_some(slot, false, card);
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
