/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation.
 */
#include "base/wr.h"
#include "pkcs11/attr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/mech.h"
#include "pkcs11/pinonce.h"
#include "pkcs11/running.h"
#include "pkcs11/status.h"

/* Both ways: the mechanism, the key, and what shall come of it. */
struct kem {
	const struct mech *mech;
	struct key_op op;
	CK_OBJECT_HANDLE handle;
	struct object *key;
	struct tmpl tmpl;
};

static void
kem_free(struct kem *kem)
{
	object_free(kem->key);
	tmpl_free(&kem->tmpl);
}

static CK_RV
kem_read(struct kem *out, struct session *s,
    const CK_MECHANISM *mechanism, CK_FLAGS use, CK_OBJECT_HANDLE key)
{
	enum cng_status st;
	CK_RV rv;

	rv = mech_read(mechanism, use, &out->mech, &out->op);
	if (rv != CKR_OK)
		return rv;
	out->handle = key;
	if (use == CKF_DECAPSULATE)
		st = pinonce_key(s, key, &out->key);
	else
		st = token_key_object(s->token, key, &out->key);
	return status_rv_key(st);
}

/* The size may be asked for before there is a place for the key. */
static CK_RV
encapsulate(struct session *s, const struct kem *kem, struct wanted out,
    CK_OBJECT_HANDLE *key)
{
	struct access who = session_access(s);
	struct wr cipher = wr_of(out.buf, *out.len);
	enum cng_status st;
	obj_id made = 0;

	if (out.buf != NULL && key == NULL)
		return CKR_ARGUMENTS_BAD;
	st = token_encapsulate(s->token, &who, kem->key, &kem->op,
	    kem->mech->type, tmpl_props(&kem->tmpl), &cipher, &made);
	if (st == CNG_OK || st == CNG_ERR_BUFFER_TOO_SMALL)
		*out.len = cipher.len;
	if (st == CNG_OK && made != 0 && key != NULL)
		*key = made;
	return status_rv_change(st, s);
}

CK_RV
C_EncapsulateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE public_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_BYTE_PTR cipher, CK_ULONG_PTR cipher_len, CK_OBJECT_HANDLE_PTR key)
{
	struct kem kem = { .key = NULL };
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (cipher_len == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = tmpl_read(&kem.tmpl, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = kem_read(&kem, s, mechanism, CKF_ENCAPSULATE, public_key);
	if (rv == CKR_OK)
		rv = encapsulate(s, &kem,
		    (struct wanted){ cipher, cipher_len }, key);
	kem_free(&kem);
	return call_leave_session(s, rv);
}

static CK_RV
decapsulate(struct session *s, const struct kem *kem, struct span cipher,
    CK_OBJECT_HANDLE *key)
{
	struct access who = session_access(s);
	enum cng_status st;
	obj_id made = 0;

	st = token_decapsulate(s->token, &who, kem->key, &kem->op,
	    kem->mech->type, cipher, tmpl_props(&kem->tmpl), &made);
	pinonce_used(s, kem->handle, kem->key, st);
	if (st == CNG_OK)
		*key = made;
	return status_rv_change(st, s);
}

CK_RV
C_DecapsulateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE private_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_BYTE_PTR cipher, CK_ULONG cipher_len, CK_OBJECT_HANDLE_PTR key)
{
	struct kem kem = { .key = NULL };
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (cipher == NULL || cipher_len >= PTRDIFF_MAX || key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = tmpl_read(&kem.tmpl, tmpl, count, TMPL_MAKE);
	if (rv == CKR_OK)
		rv = kem_read(&kem, s, mechanism, CKF_DECAPSULATE,
		    private_key);
	if (rv == CKR_OK)
		rv = decapsulate(
		    s, &kem, span_of(cipher, cipher_len), key);
	kem_free(&kem);
	return call_leave_session(s, rv);
}
