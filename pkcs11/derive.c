/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key derivation.
 */
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/mech.h"
#include "pkcs11/status.h"

static CK_RV
derive(struct session *s, const CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE base_key, struct props tmpl, obj_id *out)
{
	struct access who = session_access(s);
	struct object *base = NULL;
	const struct mech *mech;
	enum cng_status st;
	struct key_op op;
	CK_RV rv;

	rv = mech_read(mechanism, CKF_DERIVE, &mech, &op);
	if (rv != CKR_OK)
		return rv;
	st = token_object(s->token, base_key, &base);
	if (st != CNG_OK)
		return status_rv_key(st);
	st = token_derive(
	    s->token, &who, base, &op, mech->type, tmpl, out);
	object_free(base);
	return status_rv_change(st, s->read_write);
}

CK_RV
C_DeriveKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR key)
{
	struct session *s;
	struct tmpl lines;
	obj_id made = 0;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	/* No mechanism here makes its keys anywhere else. */
	if (key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = tmpl_read(&lines, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = derive(
		    s, mechanism, base_key, tmpl_props(&lines), &made);
	if (rv == CKR_OK)
		*key = made;
	tmpl_free(&lines);
	return call_leave_session(s, rv);
}
