/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wrapping and unwrapping.  With CKM_CNG_* this is NCryptExportKey and
 * NCryptImportKey: a zero handle, or the null key, means a plain blob.
 */
#include "core/transfer.h"
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cngblob.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/mech.h"
#include "pkcs11/msgparam.h"
#include "pkcs11/pinonce.h"
#include "pkcs11/running.h"
#include "pkcs11/status.h"

/* Both ways: what the mechanism says, and the key that wraps. */
struct how {
	const struct mech *mech;
	struct key_op op;
	struct cngblob blob;     /* CKM_CNG_* only */
	CK_OBJECT_HANDLE handle;
	struct object *key;      /* NULL: plaintext */
	bool fresh_iv;           /* made here */
	bool sealed;             /* with what follows */
	struct msgparam param;
};

static void
how_free(struct how *how)
{
	cngblob_free(&how->blob);
	object_free(how->key);
}

static enum transfer_format
format_of(const struct how *how)
{
	return mech_is_cng(how->mech) ? TRANSFER_CNG : TRANSFER_STANDARD;
}

/* An envelope is for certificates, or on the way in for whom it names. */
static bool
needs_key(const struct cngblob *blob, CK_FLAGS use)
{
	return blob_is_framed(blob->type) ||
	    (blob->type == BLOB_PKCS7ENVELOPE && use == CKF_WRAP &&
		blob->params.envelope.certs.len == 0);
}

/* The parameter of a message.  aad: NULL, where it is in there. */
static CK_RV
read_sealing(struct how *out, const CK_MECHANISM *mechanism, CK_FLAGS use,
    const struct given *aad)
{
	bool seals = use == CKF_WRAP;
	CK_RV rv = mech_begin(mechanism, use, &out->mech, &out->op);

	if (rv != CKR_OK)
		return rv;
	if (!msgparam_knows(out->mech))
		return CKR_MECHANISM_INVALID;
	if (aad != NULL && given_is_bad(*aad))
		return CKR_ARGUMENTS_BAD;
	if (!(aad == NULL ? msgparam_read_wrap : msgparam_read)(&out->param,
		out->mech, mechanism->pParameter, mechanism->ulParameterLen,
		seals) || msgparam_is_counted(&out->param))
		return CKR_MECHANISM_PARAM_INVALID;
	out->sealed = true;
	out->fresh_iv = msgparam_is_unique(&out->param);
	msgparam_op(&out->param, aad == NULL ? out->param.aad :
	    given_span(*aad), &out->op);
	return CKR_OK;
}

/* bad_handle: what a key that is not there is called. */
static CK_RV
how_key(struct how *out, struct session *s, CK_OBJECT_HANDLE key,
    CK_RV bad_handle)
{
	enum cng_status st;

	out->handle = key;
	st = pinonce_key(s, key, &out->key);
	return st == CNG_ERR_OBJECT ? bad_handle : status_rv(st);
}

static CK_RV
how_read(struct how *out, struct session *s,
    const CK_MECHANISM *mechanism, CK_FLAGS use, CK_OBJECT_HANDLE key,
    CK_RV bad_handle)
{
	bool none;
	CK_RV rv;

	*out = (struct how){ 0 };
	rv = msgparam_wraps(mechanism) ?
	    read_sealing(out, mechanism, use, NULL) :
	    mech_read(mechanism, use, &out->mech, &out->op);
	if (rv != CKR_OK)
		return rv;
	none = key == CK_INVALID_HANDLE || key == OBJ_ID_NULL_KEY;
	if (!mech_is_cng(out->mech) && none)
		return bad_handle;
	if (mech_is_cng(out->mech))
		rv = cngblob_read(&out->blob, mechanism);
	if (rv != CKR_OK)
		return rv;
	if (none)
		return mech_is_cng(out->mech) && needs_key(&out->blob, use) ?
		    bad_handle : CKR_OK;
	return how_key(out, s, key, bad_handle);
}

/* --- out --- */

static enum cng_status
export(struct session *s, const struct how *how, CK_OBJECT_HANDLE key,
    struct wr *out)
{
	const struct export_request req = {
		.format = format_of(how),
		.type = how->blob.type,
		.key = how->key,
		.op = &how->op,
		.mechanism = how->mech->type,
		.fresh_iv = how->fresh_iv,
		.tells_iv = how->sealed,
		.params = how->blob.params,
	};
	struct object *obj = NULL;
	enum cng_status st;

	st = token_key_object(s->token, key, &obj);
	if (st == CNG_OK)
		st = token_export(s->token, obj, &req, out);
	object_free(obj);
	return st;
}

static CK_RV
wrap(struct session *s, const struct how *how, CK_OBJECT_HANDLE key,
    CK_BYTE *out, CK_ULONG *out_len)
{
	struct wr w = wr_of(out, *out_len);
	enum cng_status st;

	/* Flags, a name and a curve are for import only. */
	if (how->blob.flags != 0 || how->blob.do_not_finalize ||
	    how->blob.has_name || how->blob.for_import ||
	    how->blob.family != KEY_NONE ||
	    how->blob.params.curve_name.len > 0 ||
	    how->blob.params.ecc_parameters.len > 0)
		return CKR_MECHANISM_PARAM_INVALID;
	st = export(s, how, key, &w);
	if (st == CNG_OK || st == CNG_ERR_BUFFER_TOO_SMALL)
		*out_len = w.len;
	return status_rv_wrap(st);
}

/* The tag goes where the parameter says. */
static CK_RV
wrap_sealed(struct session *s, const struct how *how, CK_OBJECT_HANDLE key,
    struct wanted out)
{
	const struct msgparam *param = &how->param;
	size_t tag = param->tag_follows ? 0 : param->tag_len;
	struct nonce fresh = { 0 };
	struct secret whole = { 0 };
	struct wr w = wr_of(NULL, 0);
	CK_ULONG room = *out.len;
	CK_RV rv;

	rv = status_rv_wrap(export(s, how, key, &w));
	if (rv != CKR_OK)
		return rv;
	*out.len = w.len - tag;
	if (out.buf == NULL)
		return CKR_OK;
	if (room < w.len - tag)
		return CKR_BUFFER_TOO_SMALL;
	rv = status_rv(secret_new(&whole, w.len));
	if (rv == CKR_OK)
		rv = msgparam_make_nonce(param, &fresh, s->token);
	if (rv == CKR_OK) {
		w = wr_of(whole.ptr, whole.len);
		rv = status_rv_wrap(export(s, how, key, &w));
	}
	if (rv == CKR_OK) {
		memcpy(out.buf, whole.ptr, w.len - tag);
		if (tag > 0)
			memcpy(param->tag, whole.ptr + w.len - tag, tag);
	}
	secret_free(&whole);
	return rv;
}

CK_RV
C_WrapKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len)
{
	struct session *s;
	struct how how;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (out_len == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = how_read(&how, s, mechanism, CKF_WRAP, wrapping_key,
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = how.sealed ? wrap_sealed(s, &how, key,
		    (struct wanted){ out, out_len }) :
		    wrap(s, &how, key, out, out_len);
	how_free(&how);
	return call_leave_session(s, rv);
}

CK_RV
C_WrapKeyAuthenticated(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE_PTR aad,
    CK_ULONG aad_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct given bound = { aad, aad_len };
	struct how how = { 0 };
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (out_len == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = read_sealing(&how, mechanism, CKF_WRAP, &bound);
	if (rv == CKR_OK)
		rv = how_key(&how, s, wrapping_key,
		    CKR_WRAPPING_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = wrap_sealed(s, &how, key,
		    (struct wanted){ out, out_len });
	how_free(&how);
	return call_leave_session(s, rv);
}

/* --- in --- */

/* What the parameter of CKM_CNG_* adds to the template. */
static CK_RV
add_params(struct tmpl *tmpl, const struct cngblob *blob)
{
	const struct prop name = {
		.id = PROP_NAME,
		.bytes = secret_span(&blob->name),
	};
	const struct prop open = { .id = PROP_FINALIZED, .number = 0 };
	const struct prop family = {
		.id = PROP_KEY_FAMILY,
		.number = blob->family,
	};
	struct prop type;
	CK_RV rv = CKR_OK;

	if (tmpl_take(tmpl, PROP_BLOB_TYPE, &type) &&
	    blob->type != BLOB_ANY && type.number != blob->type)
		return CKR_TEMPLATE_INCONSISTENT;
	if (blob->for_export)
		return CKR_MECHANISM_PARAM_INVALID;
	if (blob->family != KEY_NONE &&
	    props_find(tmpl_props(tmpl), PROP_KEY_FAMILY) == NULL)
		rv = tmpl_add(tmpl, &family);
	if (rv == CKR_OK && blob->has_name)
		rv = tmpl_add(tmpl, &name);
	if (rv == CKR_OK && blob->do_not_finalize)
		rv = tmpl_add(tmpl, &open);
	return rv;
}

static CK_RV
unwrap(struct session *s, const struct how *how, struct span data,
    struct tmpl *tmpl, obj_id *out)
{
	struct access who = session_access(s);
	struct import_request req = {
		.format = format_of(how),
		.type = how->blob.type,
		.data = data,
		.key = how->key,
		.op = &how->op,
		.mechanism = how->mech->type,
		.params = how->blob.params,
		.flags = how->blob.flags,
	};
	enum cng_status st;
	CK_RV rv = CKR_OK;

	if (mech_is_cng(how->mech))
		rv = add_params(tmpl, &how->blob);
	if (rv != CKR_OK)
		return rv;
	req.tmpl = tmpl_props(tmpl);
	req.params.secret_family = tmpl_secret_family(tmpl);
	st = token_import(s->token, &who, &req, out);
	if (how->key != NULL)
		pinonce_used(s, how->handle, how->key, st);
	return status_rv_unwrap(st, s);
}

static CK_RV
unwrap_with(struct session *s, const struct how *how, struct span data,
    const CK_ATTRIBUTE *list, CK_ULONG count, obj_id *out)
{
	struct tmpl tmpl;
	CK_RV rv;

	rv = tmpl_read(&tmpl, list, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = unwrap(s, how, data, &tmpl, out);
	tmpl_free(&tmpl);
	return rv;
}

CK_RV
C_UnwrapKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE unwrapping_key, CK_BYTE_PTR wrapped,
    CK_ULONG wrapped_len, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR key)
{
	obj_id made = 0;
	struct session *s;
	struct how how;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (wrapped == NULL || wrapped_len >= PTRDIFF_MAX || key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = how_read(&how, s, mechanism, CKF_UNWRAP, unwrapping_key,
	    CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = unwrap_with(s, &how, span_of(wrapped, wrapped_len), tmpl,
		    count, &made);
	if (rv == CKR_OK)
		*key = made;
	how_free(&how);
	return call_leave_session(s, rv);
}

/* The wrapped key and its tag, one after the other. */
static CK_RV
unwrap_sealed(struct session *s, const struct how *how, struct span wrapped,
    const CK_ATTRIBUTE *tmpl, CK_ULONG count, obj_id *out)
{
	const struct msgparam *param = &how->param;
	struct secret whole = { 0 };
	CK_RV rv;

	if (wrapped.len > TMPL_VALUE_MAX)
		return CKR_WRAPPED_KEY_LEN_RANGE;
	rv = status_rv(secret_copy(&whole, wrapped));
	if (rv == CKR_OK && !param->tag_follows)
		rv = status_rv(secret_append(
		    &whole, span_of(param->tag, param->tag_len)));
	if (rv == CKR_OK)
		rv = unwrap_with(
		    s, how, secret_span(&whole), tmpl, count, out);
	secret_free(&whole);
	return rv;
}

CK_RV
C_UnwrapKeyAuthenticated(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE unwrapping_key,
    CK_BYTE_PTR wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE_PTR tmpl,
    CK_ULONG count, CK_BYTE_PTR aad, CK_ULONG aad_len,
    CK_OBJECT_HANDLE_PTR key)
{
	struct given bound = { aad, aad_len };
	struct how how = { 0 };
	obj_id made = 0;
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (wrapped == NULL || wrapped_len >= PTRDIFF_MAX || key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = read_sealing(&how, mechanism, CKF_UNWRAP, &bound);
	if (rv == CKR_OK)
		rv = how_key(&how, s, unwrapping_key,
		    CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = unwrap_sealed(s, &how, span_of(wrapped, wrapped_len),
		    tmpl, count, &made);
	if (rv == CKR_OK)
		*key = made;
	how_free(&how);
	return call_leave_session(s, rv);
}
