/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Making keys.
 */
#include "key/material.h"
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/deriveparam.h"
#include "pkcs11/derivetls.h"
#include "pkcs11/status.h"
#include "pkcs11/tell.h"

static CK_RV
generate(struct session *s, const CK_MECHANISM *mechanism, CK_FLAGS use,
    struct keygen_request *req, obj_id *key, obj_id *public)
{
	struct access who = session_access(s);
	struct deriveparam param;
	const struct mech *mech;
	struct key_op op;
	CK_RV rv;

	rv = mech_read(mechanism, use, &mech, &op);
	if (rv != CKR_OK)
		return rv;
	rv = deriveparam_read(&param, s, mech, mechanism, &op);
	req->family = mech->family;
	req->mechanism = mech->type;
	if (mech->param == PARAM_PBKD2) {
		req->family = tmpl_key_family(req->secret, mech->family);
		req->op = &op;
		req->password = param.password;
	}
	if (mech->param == PARAM_VERSION) {
		req->prefix = op.iv;
		req->value_len = TLS_MASTER_LEN;
	}
	/* a password makes secret keys only */
	if (rv == CKR_OK && req->op != NULL && key_is_pair(req->family))
		rv = tell_attribute(CKR_TEMPLATE_INCONSISTENT, CKA_KEY_TYPE,
		    "a password makes secret keys only");
	if (rv == CKR_OK && use == CKF_GENERATE && key_is_pair(mech->family))
		rv = status_rv_change(token_generate_domain(s->token, &who,
		    mech->family, req->secret, key), s);
	else if (rv == CKR_OK)
		rv = status_rv_change(token_generate(s->token, &who, req,
		    key, public), s);
	deriveparam_free(&param);
	return rv;
}

CK_RV
C_GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR key)
{
	struct keygen_request req = { 0 };
	obj_id made = 0, none = 0;
	struct session *s;
	struct tmpl lines;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = tmpl_read(&lines, tmpl, count, TMPL_MAKE);
	req.secret = tmpl_props(&lines);
	if (rv == CKR_OK)
		rv = generate(s, mechanism, CKF_GENERATE, &req, &made, &none);
	if (rv == CKR_OK)
		*key = made;
	tmpl_free(&lines);
	return call_leave_session(s, rv);
}

CK_RV
C_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_ATTRIBUTE_PTR public_tmpl, CK_ULONG public_count,
    CK_ATTRIBUTE_PTR private_tmpl, CK_ULONG private_count,
    CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key)
{
	struct keygen_request req = { 0 };
	struct tmpl public_lines, private_lines = { .count = 0 };
	obj_id private_id = 0, public_id = 0;
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (public_key == NULL || private_key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = tmpl_read(&public_lines, public_tmpl, public_count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = tmpl_read(
		    &private_lines, private_tmpl, private_count, TMPL_MAKE);
	req.public = tmpl_props(&public_lines);
	req.private = tmpl_props(&private_lines);
	if (rv == CKR_OK)
		rv = generate(s, mechanism, CKF_GENERATE_KEY_PAIR, &req,
		    &private_id, &public_id);
	if (rv == CKR_OK) {
		*public_key = public_id;
		*private_key = private_id;
	}
	tmpl_free(&public_lines);
	tmpl_free(&private_lines);
	return call_leave_session(s, rv);
}
