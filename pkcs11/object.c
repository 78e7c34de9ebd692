/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects: making, copying, destroying, reading and changing them.
 */
#include "core/transfer.h"
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/status.h"
#include "pkcs11/vendor.h"

static bool
is_envelope(const struct import_request *req)
{
	enum blob_type type = req->type;

	if (type == BLOB_ANY && blob_detect(req->data, &type) != CNG_OK)
		return false;
	return type == BLOB_PKCS7ENVELOPE;
}

/* A template with CKA_CNG_BLOB is an import in plaintext. */
static CK_RV
create_from_blob(struct session *s, struct tmpl *tmpl,
    const struct prop *blob, obj_id *out)
{
	struct prop type = { .number = BLOB_ANY };
	struct access who = session_access(s);
	struct import_request req = { .format = TRANSFER_CNG };

	if (tmpl_take(tmpl, PROP_BLOB_TYPE, &type) &&
	    (type.number >= BLOB_TYPE_COUNT || (type.number != BLOB_ANY &&
		blob_info((enum blob_type)type.number) == NULL)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	req.type = (enum blob_type)type.number;
	req.data = blob->bytes;
	/* a template has no place for the key that opens it */
	if (is_envelope(&req))
		return CKR_ARGUMENTS_BAD;
	req.mechanism = CKM_CNG_(type.number);
	req.tmpl = tmpl_props(tmpl);
	req.params.secret_family = tmpl_secret_family(tmpl);
	return status_rv_change(
	    token_import(s->token, &who, &req, out), s);
}

static CK_RV
create(struct session *s, struct tmpl *tmpl, obj_id *out)
{
	struct access who = session_access(s);
	struct prop blob;

	if (tmpl_take(tmpl, PROP_BLOB, &blob))
		return create_from_blob(s, tmpl, &blob, out);
	return status_rv_change(
	    token_create(s->token, &who, tmpl_props(tmpl), out),
	    s);
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR tmpl,
    CK_ULONG count, CK_OBJECT_HANDLE_PTR object)
{
	struct session *s;
	struct tmpl lines;
	obj_id made = 0;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (tmpl == NULL || object == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = tmpl_read(&lines, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = create(s, &lines, &made);
	if (rv == CKR_OK)
		*object = made;
	tmpl_free(&lines);
	return call_leave_session(s, rv);
}

CK_RV
C_CopyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR copy)
{
	struct session *s;
	struct tmpl lines;
	struct access who;
	obj_id made = 0;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (copy == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	who = session_access(s);
	rv = tmpl_read(&lines, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = status_rv_change(token_copy(s->token, &who, object,
		    tmpl_props(&lines), &made), s);
	if (rv == CKR_OK)
		*copy = made;
	tmpl_free(&lines);
	return call_leave_session(s, rv);
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
	struct session *s;
	struct access who;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	who = session_access(s);
	rv = status_rv_change(
	    token_destroy(s->token, &who, object), s);
	/* there are cards that keep what they have, and no template */
	if (rv == CKR_TEMPLATE_INCONSISTENT)
		rv = CKR_ACTION_PROHIBITED;
	if (rv == CKR_OK)
		call_forget_spares();
	return call_leave_session(s, rv);
}

CK_RV
C_GetObjectSize(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ULONG_PTR size)
{
	struct object *obj = NULL;
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (size == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = status_rv(token_object(s->token, object, &obj));
	if (rv == CKR_OK)
		*size = object_size(obj);
	object_free(obj);
	return call_leave_session(s, rv);
}

/* All lines are filled in; of several errors the gravest is told. */
static CK_RV
show_all(const struct object *obj, CK_ATTRIBUTE *tmpl, CK_ULONG count)
{
	static const CK_RV gravest_first[] = { CKR_ATTRIBUTE_SENSITIVE,
		CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL };
	bool seen[3] = { false };
	CK_RV rv, other = CKR_OK;
	CK_ULONG i;
	size_t k;

	for (i = 0; i < count; i++) {
		rv = attr_show(obj, &tmpl[i]);
		for (k = 0; k < 3 && rv != gravest_first[k]; k++)
			;
		if (k < 3)
			seen[k] = true;
		else if (rv != CKR_OK)
			other = rv;
	}
	for (k = 0; k < 3 && other == CKR_OK; k++)
		if (seen[k])
			other = gravest_first[k];
	return other;
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count)
{
	struct object *obj = NULL;
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (tmpl == NULL || count >= PTRDIFF_MAX / sizeof(*tmpl))
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = status_rv(token_object(s->token, object, &obj));
	if (rv == CKR_OK)
		rv = show_all(obj, tmpl, count);
	object_free(obj);
	return call_leave_session(s, rv);
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count)
{
	struct session *s;
	struct tmpl lines;
	struct access who;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (tmpl == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	who = session_access(s);
	rv = tmpl_read(&lines, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = status_rv_change(token_set(s->token, &who, object,
		    tmpl_props(&lines)), s);
	tmpl_free(&lines);
	return call_leave_session(s, rv);
}
