/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Searching for objects.  The list is made when the search begins.
 */
#include "base/alloc.h"
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/status.h"

static CK_RV
search(struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct tmpl lines;
	CK_RV rv;

	rv = tmpl_read(&lines, list, count, TMPL_FIND);
	if (rv == CKR_OK && !lines.hopeless)
		rv = status_rv(token_find(
		    s->token, tmpl_props(&lines), &s->found));
	tmpl_free(&lines);
	return rv;
}

CK_RV
C_FindObjectsInit(
    CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (s->finding)
		return call_leave_session(s, CKR_OPERATION_ACTIVE);
	s->found = (struct obj_ids){ 0 };
	s->found_next = 0;
	rv = search(s, tmpl, count);
	s->finding = rv == CKR_OK;
	return call_leave_session(s, rv);
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR object,
    CK_ULONG max, CK_ULONG_PTR count)
{
	struct session *s;
	CK_ULONG given = 0;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (!s->finding)
		return call_leave_session(s, CKR_OPERATION_NOT_INITIALIZED);
	if (count == NULL || (object == NULL && max > 0))
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	while (given < max && s->found_next < s->found.count)
		object[given++] = s->found.id[s->found_next++];
	*count = given;
	return call_leave_session(s, CKR_OK);
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE session)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (!s->finding)
		return call_leave_session(s, CKR_OPERATION_NOT_INITIALIZED);
	session_end_search(s);
	return call_leave_session(s, CKR_OK);
}
