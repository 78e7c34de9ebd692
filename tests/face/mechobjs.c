/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mechanism objects: one for each mechanism, for who asks for them.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS mechanism = CKO_MECHANISM;
static CK_MECHANISM_TYPE type;
static CK_ATTRIBUTE one[] = {
	{ CKA_CLASS, &mechanism, sizeof(mechanism) },
	{ CKA_MECHANISM_TYPE, &type, sizeof(type) },
};

START_TEST(one_for_each)
{
	static CK_MECHANISM_TYPE list[512];
	CK_SESSION_HANDLE s = guest_open(0);
	CK_ULONG count = ARRAY_LEN(list), all = guest_find(s, NULL, 0, NULL);
	CK_OBJECT_HANDLE found = 0, last = 0;

	ok(p11->C_GetMechanismList(slot, list, &count));
	ck_assert_uint_eq(guest_find(s, one, 1, NULL), count);
	for (CK_ULONG i = 0; i < count; i++) {
		type = list[i];
		ck_assert_uint_eq(guest_find(s, one, 2, &found), 1);
		ck_assert_uint_ne(found, last);
		last = found;
		ck_assert_uint_eq(
		    guest_number(s, found, CKA_MECHANISM_TYPE), type);
		ck_assert_uint_eq(guest_bool(s, found, CKA_TOKEN), CK_TRUE);
		ck_assert_uint_eq(guest_bool(s, found, CKA_PRIVATE), CK_FALSE);
		ck_assert_uint_eq(
		    guest_bool(s, found, CKA_MODIFIABLE), CK_FALSE);
	}
	type = 0x4711;
	ck_assert_uint_eq(guest_find(s, one, 2, NULL), 0);
	/* who lists everything sees what is the user's */
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), all);
	ck_assert_uint_eq(guest_find(s, one + 1, 1, NULL), 0);
}
END_TEST

START_TEST(they_are_built_in)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE label = { CKA_LABEL, (char[]){ "mine" }, 4 };
	CK_MECHANISM sign = { CKM_SHA256_HMAC, NULL, 0 };
	CK_ATTRIBUTE new[] = { one[0], one[1], { CKA_TOKEN, &yes, 1 } };
	CK_OBJECT_HANDLE found, made;
	CK_ULONG value;
	CK_ATTRIBUTE line = { CKA_MECHANISM_TYPE, &value, sizeof(value) };

	type = CKM_SHA256_HMAC;
	ck_assert_uint_eq(guest_find(s, one, 2, &found), 1);
	is(p11->C_DestroyObject(s, found), CKR_ACTION_PROHIBITED);
	is(p11->C_SetAttributeValue(s, found, &label, 1),
	    CKR_ACTION_PROHIBITED);
	is(p11->C_CopyObject(s, found, &label, 1, &made),
	    CKR_ACTION_PROHIBITED);
	is(p11->C_CreateObject(s, new, 3, &made),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_SignInit(s, &sign, found), CKR_KEY_HANDLE_INVALID);
	/* a handle that would be of a mechanism that is not there */
	is(p11->C_GetAttributeValue(s, found + 0x400000, &line, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	is(p11->C_GetAttributeValue(s, found + 1, &line, 1),
	    CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { one_for_each, they_are_built_in };

	return guest_run("face mechanism objects", tests, ARRAY_LEN(tests));
}
