/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key derivation.
 */
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/deriveike.h"
#include "pkcs11/deriveparam.h"
#include "pkcs11/derivetls.h"
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
derive_plain(struct deriving *d, obj_id *out)
{
	struct access who = session_access(d->s);
	enum cng_status st = d->mech->type == CKM_HKDF_DATA ?
	    derive_data(d->s, d->base, &d->op, d->tmpl, out) :
	    token_derive(d->s->token, &who, d->base, &d->op, d->mech->type,
		tmpl_props(d->tmpl), out);

	return status_rv_change(st, d->s);
}

static CK_RV
derive_from(struct deriving *d, obj_id *out)
{
	if (d->param.more_count > 0 ||
	    (d->mech->scheme == OP_SP800_108 && d->param.others > 0))
		return derive_more(d, out);
	switch ((int)d->mech->param) {
	case PARAM_TLS_MASTER:
	case PARAM_TLS_EXTENDED:
	case PARAM_TLS_KDF:
		return derivetls_one(d, out);
	case PARAM_TLS_KEYS:
		return derivetls_keys(d);
	case PARAM_IKE_FIRST:
	case PARAM_IKE_NEXT:
	case PARAM_IKE_PLUS:
	case PARAM_IKE_EXTENDED:
		return derive_ike(d, out);
	default:
		break;
	}
	if (d->mech->scheme == OP_PUBLIC_HALF)
		return derive_public(d, out);
	return d->mech->compat ? derive_mixed(d, out) : derive_plain(d, out);
}

/* HKDF may extract from data as long as the hash, with a salt. */
static enum cng_status
find_base(struct deriving *d, CK_OBJECT_HANDLE base_key)
{
	enum cng_status st = pinonce_key(d->s, base_key, &d->base);

	if (st != CNG_ERR_OBJECT || d->op.scheme != OP_HKDF ||
	    d->op.skip_extract || d->op.iv.len == 0)
		return st;
	return token_data_key(d->s->token, base_key,
	    hash_info(d->op.hash)->size, &d->base);
}

static CK_RV
derive(struct deriving *d, CK_OBJECT_HANDLE base_key, obj_id *out)
{
	CK_RV rv;

	rv = mech_read(d->mechanism, CKF_DERIVE, &d->mech, &d->op);
	if (rv == CKR_OK && d->mech->compat &&
	    !token_is_compat(d->s->token))
		rv = CKR_MECHANISM_INVALID;
	if (rv != CKR_OK)
		return rv;
	rv = deriveparam_read(&d->param, d->s, d->mech, d->mechanism, &d->op);
	if (rv == CKR_OK)
		rv = status_rv_key(find_base(d, base_key));
	if (rv == CKR_OK)
		rv = derive_from(d, out);
	if (rv == CKR_USER_NOT_LOGGED_IN && d->base != NULL)
		pinonce_used(d->s, base_key, d->base, CNG_ERR_NOT_LOGGED_IN);
	object_free(d->base);
	deriveparam_free(&d->param);
	return rv;
}

CK_RV
C_DeriveKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR key)
{
	struct deriving d = { .mechanism = mechanism };
	bool elsewhere = derivetls_gives_keys(mechanism);
	struct tmpl lines;
	obj_id made = 0;
	CK_RV rv;

	rv = call_enter_session(&d.s, session);
	if (rv != CKR_OK)
		return rv;
	if (key == NULL && !elsewhere)
		return call_leave_session(d.s, CKR_ARGUMENTS_BAD);
	d.tmpl = &lines;
	rv = tmpl_read(&lines, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = derive(&d, base_key, &made);
	/* none, where they are in the parameter */
	if (rv == CKR_OK && key != NULL)
		*key = made;
	tmpl_free(&lines);
	return call_leave_session(d.s, rv);
}
