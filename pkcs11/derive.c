/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key derivation.
 */
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/deriveparam.h"
#include "pkcs11/pinonce.h"
#include "pkcs11/status.h"

/* Does the key say what is to become of the keys that are made of it? */
static bool
has_rules(const struct object *base)
{
	struct wr rules = wr_of(NULL, 0);

	return object_bytes(base, PROP_DERIVE_TEMPLATE, &rules) == CNG_OK &&
	    rules.len > 0;
}

/* HKDF can give data that is no key.  It would be the value of the key that
 * CKM_HKDF_DERIVE makes, without the rules for that one. */
static enum cng_status
derive_data(struct session *s, struct object *base, const struct key_op *op,
    struct tmpl *tmpl, obj_id *out)
{
	struct access who = session_access(s);
	const struct prop class = { .id = PROP_CLASS, .number = OBJ_DATA };
	struct prop line = { .id = PROP_VALUE };
	struct secret bytes = { 0 };
	uint64_t len = 0;
	enum cng_status st;

	if (tmpl_take(tmpl, PROP_VALUE_LEN, &line))
		len = line.number;
	if (len == 0)
		return CNG_ERR_TEMPLATE_INCOMPLETE;
	if (has_rules(base))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (len > SECRET_KEY_MAX)
		return CNG_ERR_KEY_SIZE;
	if (props_number(tmpl_props(tmpl), PROP_CLASS, OBJ_DATA) != OBJ_DATA)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	st = object_derive(base, op, CKM_HKDF_DATA, (size_t)len, &bytes);
	line = (struct prop){ .id = PROP_VALUE, .bytes = secret_span(&bytes) };
	if (st == CNG_OK && tmpl_add(tmpl, &line) != CKR_OK)
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	if (st == CNG_OK &&
	    props_find(tmpl_props(tmpl), PROP_CLASS) == NULL &&
	    tmpl_add(tmpl, &class) != CKR_OK)
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	if (st == CNG_OK)
		st = token_create(s->token, &who, tmpl_props(tmpl), out);
	secret_free(&bytes);
	return st;
}

static CK_RV
derive_from(struct session *s, const struct mech *mech,
    const struct key_op *op, CK_OBJECT_HANDLE base_key, struct tmpl *tmpl,
    obj_id *out)
{
	struct access who = session_access(s);
	struct object *base = NULL;
	enum cng_status st;

	st = pinonce_key(s, base_key, &base);
	if (st != CNG_OK)
		return status_rv_key(st);
	st = mech->type == CKM_HKDF_DATA ?
	    derive_data(s, base, op, tmpl, out) :
	    token_derive(s->token, &who, base, op, mech->type,
		tmpl_props(tmpl), out);
	pinonce_used(s, base_key, base, st);
	object_free(base);
	return status_rv_change(st, s->read_write);
}

static CK_RV
derive(struct session *s, const CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE base_key, struct tmpl *tmpl, obj_id *out)
{
	struct deriveparam param;
	const struct mech *mech;
	struct key_op op;
	CK_RV rv;

	rv = mech_read(mechanism, CKF_DERIVE, &mech, &op);
	if (rv != CKR_OK)
		return rv;
	rv = deriveparam_read(&param, s, mech, mechanism, &op);
	if (rv == CKR_OK)
		rv = derive_from(s, mech, &op, base_key, tmpl, out);
	deriveparam_free(&param);
	return rv;
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
		rv = derive(s, mechanism, base_key, &lines, &made);
	if (rv == CKR_OK)
		*key = made;
	tmpl_free(&lines);
	return call_leave_session(s, rv);
}
