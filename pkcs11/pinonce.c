/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs for a call that is a whole use of a key.
 */
#include "pkcs11/pinonce.h"

#include "pkcs11/call.h"

void
pinonce_forget(struct session *session)
{
	struct object *key = session->pin_once.object;

	if (session->pin_once.given)
		object_pin_done(key);
	object_free(key);
	session->pin_once = (struct pin_once){ 0 };
}

/* Not across a logout: what was given went with it. */
static bool
is_of_this_login(const struct session *session)
{
	return session->pin_once.turns == call_login_turns(session->slot);
}

void
pinonce_logout(struct session *session)
{
	if (session->pin_once.object != NULL && !is_of_this_login(session))
		pinonce_forget(session);
}

enum cng_status
pinonce_key(struct session *session, CK_OBJECT_HANDLE handle,
    struct object **out)
{
	const struct pin_once once = session->pin_once;
	enum cng_status st;

	*out = NULL;
	st = token_key_object(session->token, handle, out);
	if (st != CNG_OK || !object_flag(*out, PROP_ALWAYS_AUTHENTICATE))
		return st;
	if (!once.given || once.key != handle || !is_of_this_login(session))
		return CNG_OK;
	/* from here on it goes with *out */
	session->pin_once.given = false;
	pinonce_forget(session);
	st = object_pin_given(out);
	if (st != CNG_OK) {
		object_free(*out);
		*out = NULL;
	}
	return st;
}

void
pinonce_used(struct session *session, CK_OBJECT_HANDLE handle,
    struct object *key, enum cng_status st)
{
	if (st != CNG_ERR_NOT_LOGGED_IN ||
	    !object_flag(key, PROP_ALWAYS_AUTHENTICATE))
		return;
	pinonce_forget(session);
	session->pin_once = (struct pin_once){
		.key = handle,
		.object = object_ref(key),
		.turns = call_login_turns(session->slot),
	};
}

bool
pinonce_waits(const struct session *session)
{
	return session->pin_once.key != CK_INVALID_HANDLE &&
	    !session->pin_once.given && is_of_this_login(session);
}

void
pinonce_given(struct session *session)
{
	if (pinonce_waits(session))
		session->pin_once.given = true;
}
