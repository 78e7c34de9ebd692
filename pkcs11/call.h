/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The way into every call and out of it: initialised or not, forked or not,
 * which session.  All state of the module is behind these functions.
 */
#ifndef CNG_PKCS11_CALL_H
#define CNG_PKCS11_CALL_H

#include "pkcs11/session.h"

/* Slot numbers are smaller than this (see core/provider.h). */
#define SLOT_MAX 64

CK_RV call_start(const char *conf_file);
CK_RV call_stop(void);

/* Around calls without a session that came through a list that is safe to
 * fork; the second gives its argument back. */
void call_is_safe(void);
CK_RV call_was_safe(CK_RV rv);
bool call_through_safe(void);

/*
 * The name of the call goes along, for the debug log; __func__ is it, but
 * where calls share a function that is told.
 */
#define call_leave(rv) call_left(__func__, rv)
#define call_enter_session(out, handle) \
	call_entered_session(__func__, out, handle)
#define call_leave_session(session, rv) \
	call_left_session(__func__, session, rv)
#define call_enter_slot(out, slot) call_entered_slot(__func__, out, slot)

/* Calls without a session. */
CK_RV call_enter(void);
CK_RV call_left(const char *call, CK_RV rv);
/* A call that never came in, or is out already. */
CK_RV call_refused(const char *call, CK_RV rv);

/* Calls that say the same of any session, and of what is none. */
CK_RV call_answer(const char *call, CK_SESSION_HANDLE handle, CK_RV answer);

/* Calls with one: it is locked in between. */
CK_RV call_entered_session(const char *call, struct session **out,
    CK_SESSION_HANDLE handle)
    CNG_TSA(no_thread_safety_analysis);
CK_RV call_left_session(const char *call, struct session *session, CK_RV rv)
    CNG_TSA(no_thread_safety_analysis);

/* After something went away: the keys that sessions keep in hand for their
 * next operations go, too. */
void call_forget_spares(void);

/* Calls about a slot: CKR_SLOT_ID_INVALID when there is no such one. */
CK_RV call_entered_slot(const char *call, struct token **out,
    CK_SLOT_ID slot);

/* --- between enter and leave --- */

/* Outside for so long, or until C_Finalize: then the call is over, with
 * CKR_CRYPTOKI_NOT_INITIALIZED.  Nobody waits for a caller who pauses. */
CK_RV call_pause(long ms);
/* See provider_event. */
bool call_slot_event(CK_SLOT_ID *slot);

CK_RV call_slots(CK_SLOT_ID *list, size_t max, size_t *count, bool refresh);
/* NULL when there is no such slot. */
struct token *call_token(CK_SLOT_ID slot);

struct slot_count {
	size_t sessions;
	size_t read_write;
};
struct slot_count call_slot_count(CK_SLOT_ID slot);

/* card: the incarnation of a card's token, or 0. */
CK_RV call_open_session(CK_SLOT_ID slot, struct token *token, unsigned card,
    bool read_write, CK_SESSION_HANDLE *out);
CK_RV call_close_session(CK_SESSION_HANDLE handle);
void call_close_all(CK_SLOT_ID slot);
/* Sessions with cards that are not in any more, now that this one is. */
void call_close_stale(CK_SLOT_ID slot, unsigned card);

/* Around every login and logout of a slot.  The SO may be logged in only
 * where every session is read-write: while one logs in, and after that, none
 * that is not can be opened. */
CK_RV call_login_begin(CK_SLOT_ID slot, enum token_role role)
    CNG_TSA(no_thread_safety_analysis);
void call_login_end(CK_SLOT_ID slot, struct token *token)
    CNG_TSA(no_thread_safety_analysis);
/* A number that changes with each of them. */
unsigned long call_login_turns(CK_SLOT_ID slot);

#endif
