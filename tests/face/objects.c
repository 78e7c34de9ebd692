/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects: making, reading, changing, searching, and the rules for each.
 */
#include "tests/face/guest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS data_class = CKO_DATA, secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;

static CK_OBJECT_HANDLE
make_data(CK_SESSION_HANDLE session, CK_BBOOL *token, CK_BBOOL *private)
{
	static unsigned char label[] = "some data", value[] = "contents";
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &data_class, sizeof(data_class) },
		{ CKA_TOKEN, token, 1 },
		{ CKA_PRIVATE, private, 1 },
		{ CKA_LABEL, label, sizeof(label) - 1 },
		{ CKA_VALUE, value, sizeof(value) - 1 },
	};
	CK_OBJECT_HANDLE object;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &object));
	ck_assert_uint_ne(object, 0);
	return object;
}

static CK_OBJECT_HANDLE
make_aes(CK_SESSION_HANDLE session, CK_BBOOL *sensitive)
{
	static unsigned char value[16] = { 1, 2, 3 }, label[] = "aes";
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
		{ CKA_SENSITIVE, sensitive, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_LABEL, label, 3 },
		{ CKA_VALUE, value, sizeof(value) },
	};
	CK_OBJECT_HANDLE object;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &object));
	return object;
}

START_TEST(read_only_sessions_write_no_token)
{
	CK_SESSION_HANDLE ro = guest_open(0);
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG size = 16;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &data_class, sizeof(data_class) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &yes, 1 },
		{ CKA_VALUE_LEN, &size, sizeof(size) },
	};
	CK_ATTRIBUTE hidden[] = { tmpl[0], tmpl[2] };
	CK_OBJECT_HANDLE object;

	is(p11->C_CreateObject(ro, tmpl, 2, &object), CKR_SESSION_READ_ONLY);
	/* a login would not do either */
	is(p11->C_CreateObject(ro, tmpl, 3, &object), CKR_SESSION_READ_ONLY);
	is(p11->C_GenerateKey(ro, &make, tmpl + 1, 3, &object),
	    CKR_SESSION_READ_ONLY);
	is(p11->C_CreateObject(ro, hidden, 2, &object),
	    CKR_USER_NOT_LOGGED_IN);
	object = make_data(ro, &no, &no);
	ok(p11->C_DestroyObject(ro, object));
	is(p11->C_DestroyObject(ro, object), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* That the token is for nobody to write to is said before that the session is
 * not, either. */
START_TEST(protected_tokens_say_so)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &data_class, sizeof(data_class) },
		{ CKA_TOKEN, &yes, 1 },
	};
	CK_OBJECT_HANDLE object;
	CK_SESSION_HANDLE ro;
	char path[4096];

	ro = guest_open(0);
	is(p11->C_SetPIN(ro, PIN_OF(USER_PIN), PIN_OF(USER_PIN)),
	    CKR_SESSION_READ_ONLY);
	(void)snprintf(path, sizeof(path), "%s/token.db", guest_folder());
	ok(p11->C_Finalize(NULL));
	ck_assert_int_eq(chmod(path, 0400), 0);
	ok(p11->C_Initialize(NULL));
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &ro), CKR_TOKEN_WRITE_PROTECTED);
	ro = guest_open(0);
	is(p11->C_CreateObject(ro, tmpl, 2, &object),
	    CKR_TOKEN_WRITE_PROTECTED);
	is(p11->C_SetPIN(ro, PIN_OF(USER_PIN), PIN_OF(USER_PIN)),
	    CKR_TOKEN_WRITE_PROTECTED);
	ok(p11->C_Finalize(NULL));
	ck_assert_int_eq(chmod(path, 0600), 0);
	ok(p11->C_Initialize(NULL));
}
END_TEST

START_TEST(token_objects_stay)
{
	CK_SESSION_HANDLE session = guest_login(), ro;
	CK_OBJECT_HANDLE object, private;
	CK_ATTRIBUTE find = { CKA_CLASS, &data_class, sizeof(data_class) };

	object = make_data(session, &yes, &no);
	private = make_data(session, &yes, &yes);
	ck_assert_uint_eq(guest_find(session, &find, 1, NULL), 2);
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	ro = guest_open(0);
	ck_assert_uint_eq(guest_find(ro, &find, 1, &object), 1);
	is(p11->C_DestroyObject(ro, object), CKR_SESSION_READ_ONLY);
	session = guest_login();
	ck_assert_uint_eq(guest_find(session, &find, 1, &private), 2);
	while (guest_find(session, &find, 1, &object) > 0)
		ok(p11->C_DestroyObject(session, object));
}
END_TEST

START_TEST(private_objects_need_a_login)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE object = make_data(session, &no, &yes);
	CK_BBOOL value;
	CK_ATTRIBUTE line = { CKA_TOKEN, &value, 1 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &data_class, sizeof(data_class) },
		{ CKA_PRIVATE, &yes, 1 },
	};

	ok(p11->C_GetAttributeValue(session, object, &line, 1));
	ok(p11->C_Logout(session));
	is(p11->C_GetAttributeValue(session, object, &line, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	is(p11->C_CreateObject(session, tmpl, 2, &object),
	    CKR_USER_NOT_LOGGED_IN);
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	is(p11->C_GetAttributeValue(session, object, &line, 1),
	    CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* What is public of a key that the token keeps is not its value. */
START_TEST(public_keys_of_a_token_are_sealed)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	unsigned char label[] = "open", value[16];
	CK_ULONG size = sizeof(value);
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_LABEL, label, 4 },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &no, 1 },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_VALUE_LEN, &size, sizeof(size) },
	};
	CK_ULONG count = ARRAY_LEN(tmpl), len = sizeof(value);
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &make, tmpl, count, &key));
	ok(p11->C_Logout(session));
	ck_assert_uint_eq(guest_find(session, tmpl, 1, &key), 1);
	ck_assert_uint_eq(guest_number(session, key, CKA_VALUE_LEN), 16);
	ck_assert_uint_eq(guest_bool(session, key, CKA_SENSITIVE), CK_FALSE);
	is(guest_bytes(session, key, CKA_VALUE, value, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(value);
	is(guest_bytes(session, key, CKA_CHECK_VALUE, value, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	is(p11->C_EncryptInit(session, &ecb, key), CKR_USER_NOT_LOGGED_IN);
	is(p11->C_SetAttributeValue(session, key, tmpl, 1),
	    CKR_USER_NOT_LOGGED_IN);
	is(p11->C_CopyObject(session, key, tmpl, 1, &(CK_OBJECT_HANDLE){ 0 }),
	    CKR_USER_NOT_LOGGED_IN);
	is(p11->C_DestroyObject(session, key), CKR_USER_NOT_LOGGED_IN);
	is(p11->C_GenerateKey(session, &make, tmpl, count, &key),
	    CKR_USER_NOT_LOGGED_IN);
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	ck_assert_uint_eq(guest_find(session, tmpl, 1, &key), 1);
	len = sizeof(value);
	ok(guest_bytes(session, key, CKA_VALUE, value, &len));
	ck_assert_uint_eq(len, 16);
	ok(p11->C_EncryptInit(session, &ecb, key));
	ok(p11->C_DestroyObject(session, key));
}
END_TEST

START_TEST(session_objects_die_with_their_session)
{
	CK_SESSION_HANDLE a = guest_open(0), b = guest_open(0);
	CK_OBJECT_HANDLE object = make_data(a, &no, &no);
	CK_ULONG size = 0;

	ok(p11->C_GetObjectSize(b, object, &size));
	ck_assert_uint_gt(size, 0);
	ok(p11->C_CloseSession(a));
	is(p11->C_GetObjectSize(b, object, &size),
	    CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* All lines are filled in, whatever some of them say. */
START_TEST(get_attribute_value)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = make_aes(session, &yes);
	unsigned char label[8], value[16], small[2];
	CK_BBOOL encrypt = 9;
	CK_ATTRIBUTE lines[] = {
		{ CKA_VALUE, value, sizeof(value) },
		{ CKA_MODULUS, value, sizeof(value) },
		{ CKA_LABEL, small, sizeof(small) },
		{ CKA_LABEL, NULL, 0 },
		{ CKA_LABEL, label, sizeof(label) },
		{ CKA_ENCRYPT, &encrypt, 1 },
		{ CKA_VENDOR_DEFINED | 1, NULL, 0 },
	};

	is(p11->C_GetAttributeValue(session, key, lines, 7),
	    CKR_ATTRIBUTE_SENSITIVE);
	ck_assert_uint_eq(lines[0].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	ck_assert_uint_eq(lines[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	ck_assert_uint_eq(lines[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	ck_assert_uint_eq(lines[3].ulValueLen, 3);
	ck_assert_uint_eq(lines[4].ulValueLen, 3);
	ck_assert_mem_eq(label, "aes", 3);
	ck_assert_uint_eq(encrypt, CK_TRUE);
	ck_assert_uint_eq(lines[6].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	lines[1].ulValueLen = sizeof(value);
	is(p11->C_GetAttributeValue(session, key, &lines[1], 1),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	lines[2].ulValueLen = sizeof(small);
	is(p11->C_GetAttributeValue(session, key, &lines[2], 1),
	    CKR_BUFFER_TOO_SMALL);
	is(p11->C_GetAttributeValue(session, 4711, lines, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	ck_assert_uint_eq(guest_number(session, key, CKA_VALUE_LEN), 16);
	ck_assert_uint_eq(guest_number(session, key, CKA_KEY_TYPE), CKK_AES);
	ck_assert_uint_eq(guest_number(session, key, CKA_KEY_GEN_MECHANISM),
	    CK_UNAVAILABLE_INFORMATION);
	ck_assert_uint_eq(guest_bool(session, key, CKA_LOCAL), CK_FALSE);
}
END_TEST

START_TEST(insensitive_values_are_shown)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = make_aes(session, &no);
	unsigned char value[64];
	CK_ULONG len = sizeof(value);

	ok(guest_bytes(session, key, CKA_VALUE, value, &len));
	ck_assert_uint_eq(len, 16);
	ck_assert_uint_eq(value[2], 3);
	len = sizeof(value);
	ok(guest_bytes(session, key, CKA_CNG_BLOB, value, &len));
	ck_assert_uint_eq(len, 28);
	ck_assert_mem_eq(value, "KDBM", 4);
}
END_TEST

/* What is said when a private key is brought: may it leave, is it sensitive?
 * And is it shown? */
START_TEST(private_keys_that_may_leave)
{
	static CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	static CK_KEY_TYPE ec = CKK_EC;
	static unsigned char p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3,
		1, 7 }, number[32] = { 1, 2, 3 };
	static const struct {
		CK_ATTRIBUTE said[2];
		CK_ULONG count;
		CK_RV shown;
	} rows[] = {
		{ { { CKA_EXTRACTABLE, &yes, 1 } }, 1, CKR_OK },
		{ { { 0, NULL, 0 } }, 0, CKR_ATTRIBUTE_SENSITIVE },
		{ { { CKA_EXTRACTABLE, &no, 1 } }, 1,
		    CKR_ATTRIBUTE_SENSITIVE },
		{ { { CKA_EXTRACTABLE, &yes, 1 }, { CKA_SENSITIVE, &yes, 1 } },
		    2, CKR_ATTRIBUTE_SENSITIVE },
		{ { { CKA_EXTRACTABLE, &yes, 1 },
		      { CKA_WRAP_WITH_TRUSTED, &yes, 1 } },
		    2, CKR_ATTRIBUTE_SENSITIVE },
	};
	CK_ATTRIBUTE tmpl[6] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &ec, sizeof(ec) },
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_VALUE, number, sizeof(number) },
	};
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key;
	unsigned char value[32];
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CK_ULONG len = sizeof(value);

		memcpy(tmpl + 4, rows[i].said, sizeof(rows[i].said));
		ok(p11->C_CreateObject(session, tmpl, 4 + rows[i].count,
		    &key));
		is(guest_bytes(session, key, CKA_VALUE, value, &len),
		    rows[i].shown);
	}
}
END_TEST

/* ... and its uses are settled as those of any other key: what the copy may
 * not be asked for is not there. */
START_TEST(keys_that_may_leave_are_copied)
{
	static CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	static CK_KEY_TYPE ec = CKK_EC;
	static unsigned char p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3,
		1, 7 }, number[32] = { 1, 2, 3 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &ec, sizeof(ec) },
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_VALUE, number, sizeof(number) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_DECAPSULATE, &yes, 1 },
	};
	CK_ATTRIBUTE kept = { CKA_TOKEN, &yes, 1 };
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key, copy;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key));
	ok(p11->C_CopyObject(session, key, &kept, 1, &copy));
	ok(p11->C_DestroyObject(session, copy));
}
END_TEST

START_TEST(set_attribute_value)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = make_aes(session, &no);
	unsigned char id[] = { 7, 8 };
	CK_ATTRIBUTE set = { CKA_ID, id, 2 };
	CK_ATTRIBUTE bad = { CKA_CLASS, &data_class, sizeof(data_class) };
	CK_ATTRIBUTE sensitive = { CKA_SENSITIVE, &yes, 1 };
	CK_ATTRIBUTE open = { CKA_SENSITIVE, &no, 1 };
	CK_ULONG len = sizeof(id);

	ok(p11->C_SetAttributeValue(session, key, &set, 1));
	id[0] = 0;
	ok(guest_bytes(session, key, CKA_ID, id, &len));
	ck_assert_uint_eq(id[0], 7);
	is(p11->C_SetAttributeValue(session, key, &bad, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	ok(p11->C_SetAttributeValue(session, key, &sensitive, 1));
	is(p11->C_SetAttributeValue(session, key, &open, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	is(p11->C_SetAttributeValue(session, 4711, &set, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	is(p11->C_SetAttributeValue(session, key, NULL, 1),
	    CKR_ARGUMENTS_BAD);
}
END_TEST

START_TEST(copies)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = make_aes(session, &yes), copy;
	unsigned char label[] = "copy", text[8];
	CK_ATTRIBUTE change = { CKA_LABEL, label, 4 };
	CK_ATTRIBUTE open = { CKA_SENSITIVE, &no, 1 };
	CK_ULONG len = sizeof(text);

	ok(p11->C_CopyObject(session, key, &change, 1, &copy));
	ck_assert_uint_ne(copy, key);
	ok(guest_bytes(session, copy, CKA_LABEL, text, &len));
	ck_assert_mem_eq(text, "copy", 4);
	ck_assert_uint_eq(guest_bool(session, copy, CKA_SENSITIVE), CK_TRUE);
	is(p11->C_CopyObject(session, key, &open, 1, &copy),
	    CKR_ATTRIBUTE_READ_ONLY);
	is(p11->C_CopyObject(session, 4711, NULL, 0, &copy),
	    CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

START_TEST(bad_templates)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_ULONG none = CKO_MECHANISM;
	CK_OBJECT_HANDLE object = 5;
	CK_ATTRIBUTE no_class = { CKA_TOKEN, &no, 1 };
	CK_ATTRIBUTE odd_class = { CKA_CLASS, &none, sizeof(none) };
	CK_ATTRIBUTE short_class = { CKA_CLASS, &none, 1 };
	CK_ATTRIBUTE unknown = { CKA_VENDOR_DEFINED | 5, &no, 1 };
	CK_ATTRIBUTE keyless[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	};
	CK_ATTRIBUTE twice[] = { { CKA_TOKEN, &no, 1 },
		{ CKA_TOKEN, &yes, 1 } };

	is(p11->C_CreateObject(session, &no_class, 1, &object),
	    CKR_TEMPLATE_INCOMPLETE);
	is(p11->C_CreateObject(session, &odd_class, 1, &object),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_CreateObject(session, &short_class, 1, &object),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_CreateObject(session, &unknown, 1, &object),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	is(p11->C_CreateObject(session, keyless, 2, &object),
	    CKR_TEMPLATE_INCOMPLETE);
	is(p11->C_CreateObject(session, twice, 2, &object),
	    CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(object, 5);
}
END_TEST

/* What is said twice is said; two values are none. */
START_TEST(lines_that_stand_there_twice)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG size = 16;
	unsigned char a[] = "same", b[] = "same", text[8];
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_LABEL, a, 4 },
		{ CKA_VALUE_LEN, &size, sizeof(size) },
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_LABEL, b, 4 },
	};
	CK_ATTRIBUTE data[] = {
		{ CKA_CLASS, &data_class, sizeof(data_class) },
		{ CKA_VALUE, a, 4 },
		{ CKA_VALUE, b, 4 },
	};
	CK_ULONG len = sizeof(text);
	CK_OBJECT_HANDLE key, object;

	ok(p11->C_GenerateKey(session, &make, lines, 5, &key));
	ok(guest_bytes(session, key, CKA_LABEL, text, &len));
	ck_assert_uint_eq(len, 4);
	ok(p11->C_CreateObject(session, data, 3, &object));
	lines[3] = lines[1];
	ok(p11->C_CopyObject(session, key, lines + 3, 2, &object));
	ok(p11->C_SetAttributeValue(session, key, lines + 3, 2));
	b[3] = 'd';
	is(p11->C_CopyObject(session, key, lines + 3, 2, &object),
	    CKR_TEMPLATE_INCONSISTENT);
	is(p11->C_SetAttributeValue(session, key, lines + 3, 2),
	    CKR_TEMPLATE_INCONSISTENT);
	is(p11->C_CreateObject(session, data, 3, &object),
	    CKR_TEMPLATE_INCONSISTENT);
}
END_TEST

START_TEST(searching)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_ULONG trust = CKO_VENDOR_DEFINED | 3, given;
	unsigned char label[] = "aes";
	CK_ATTRIBUTE by_label[] = {
		{ CKA_LABEL, label, 3 },
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	};
	CK_ATTRIBUTE odd = { CKA_CLASS, &trust, sizeof(trust) };
	CK_ATTRIBUTE unknown = { CKA_VENDOR_DEFINED | 5, NULL, 0 };
	CK_OBJECT_HANDLE found;

	make_aes(session, &no);
	make_aes(session, &yes);
	ck_assert_uint_eq(guest_find(session, by_label, 2, NULL), 2);
	ck_assert_uint_eq(guest_find(session, &odd, 1, NULL), 0);
	ck_assert_uint_eq(guest_find(session, &unknown, 1, NULL), 0);
	ck_assert_uint_eq(guest_find(session, NULL, 0, NULL), 2);
	is(p11->C_FindObjects(session, &found, 1, &given),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_FindObjectsInit(session, NULL, 0));
	is(p11->C_FindObjectsInit(session, NULL, 0), CKR_OPERATION_ACTIVE);
	is(p11->C_FindObjects(session, NULL, 1, &given), CKR_ARGUMENTS_BAD);
	ok(p11->C_FindObjectsFinal(session));
	is(p11->C_FindObjectsFinal(session), CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_FindObjectsInit(session, NULL, 1), CKR_ARGUMENTS_BAD);
}
END_TEST

/* A search makes nothing: codes of making are none of its own. */
START_TEST(odd_searches)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_ATTRIBUTE unknown = { CKA_VENDOR_DEFINED | 5, NULL, 0 };
	CK_ATTRIBUTE twice[] = {
		{ CKA_LABEL, (unsigned char[]){ "aes" }, 3 },
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_LABEL, (unsigned char[]){ "aes" }, 3 },
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	};
	CK_ATTRIBUTE inside = { CKA_UNWRAP_TEMPLATE, &unknown,
		sizeof(unknown) };
	CK_ATTRIBUTE many[65];

	make_aes(session, &no);
	ck_assert_uint_eq(guest_find(session, twice, 4, NULL), 1);
	twice[2].ulValueLen = 2;
	ck_assert_uint_eq(guest_find(session, twice, 3, NULL), 0);
	twice[2].ulValueLen = 3;
	twice[3].pValue = &data_class;
	ck_assert_uint_eq(guest_find(session, twice, 4, NULL), 0);
	ck_assert_uint_eq(guest_find(session, &inside, 1, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = twice[0];
	ck_assert_uint_eq(guest_find(session, many, 64, NULL), 1);
	is(p11->C_FindObjectsInit(session, many, 65), CKR_ARGUMENTS_BAD);
}
END_TEST

/* Looking for a value must not tell what a sensitive one is. */
START_TEST(secrets_are_not_searched)
{
	CK_SESSION_HANDLE session = guest_login();
	unsigned char value[16] = { 1, 2, 3 };
	CK_ATTRIBUTE by_value = { CKA_VALUE, value, sizeof(value) };

	make_aes(session, &yes);
	ck_assert_uint_eq(guest_find(session, &by_value, 1, NULL), 0);
}
END_TEST

START_TEST(key_pairs_show_both_halves)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;
	unsigned char a[32], b[32], point[80];
	CK_ULONG a_len = sizeof(a), b_len = sizeof(b), len = sizeof(point);

	guest_ec(session, &public, &private);
	ck_assert_uint_eq(
	    guest_number(session, public, CKA_CLASS), CKO_PUBLIC_KEY);
	ck_assert_uint_eq(
	    guest_number(session, private, CKA_CLASS), CKO_PRIVATE_KEY);
	ck_assert_uint_eq(guest_number(session, private,
	    CKA_KEY_GEN_MECHANISM), CKM_EC_KEY_PAIR_GEN);
	ck_assert_uint_eq(guest_bool(session, private, CKA_LOCAL), CK_TRUE);
	ok(guest_bytes(session, public, CKA_ID, a, &a_len));
	ok(guest_bytes(session, private, CKA_ID, b, &b_len));
	ck_assert_uint_eq(a_len, 20);
	ck_assert_uint_eq(a_len, b_len);
	ck_assert_mem_eq(a, b, a_len);
	ok(guest_bytes(session, public, CKA_EC_POINT, point, &len));
	ck_assert_uint_eq(len, 67); /* DER: OCTET STRING of 65 */
	ck_assert_uint_eq(point[0], 0x04);
	ck_assert_uint_eq(point[1], 65);
	ck_assert_uint_eq(point[2], 0x04);
}
END_TEST

START_TEST(allowed_mechanisms)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM_TYPE allowed[] = { CKM_AES_CBC_PAD, CKM_AES_ECB };
	CK_MECHANISM_TYPE shown[4];
	CK_ULONG bytes = 16, len = sizeof(shown);
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_ALLOWED_MECHANISMS, allowed, sizeof(allowed) },
	};
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	unsigned char iv[16] = { 0 };
	CK_MECHANISM cbc = { CKM_AES_CBC, iv, sizeof(iv) };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &make, tmpl, 3, &key));
	ok(guest_bytes(session, key, CKA_ALLOWED_MECHANISMS,
	    (unsigned char *)shown, &len));
	ck_assert_uint_eq(len, sizeof(allowed));
	ck_assert_mem_eq(shown, allowed, sizeof(allowed));
	is(p11->C_EncryptInit(session, &cbc, key), CKR_MECHANISM_INVALID);
	ok(p11->C_EncryptInit(session, &ecb, key));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		read_only_sessions_write_no_token,
		protected_tokens_say_so,
		token_objects_stay,
		private_objects_need_a_login,
		public_keys_of_a_token_are_sealed,
		session_objects_die_with_their_session,
		get_attribute_value,
		insensitive_values_are_shown,
		private_keys_that_may_leave,
		keys_that_may_leave_are_copied,
		set_attribute_value,
		copies,
		bad_templates,
		lines_that_stand_there_twice,
		searching,
		odd_searches,
		secrets_are_not_searched,
		key_pairs_show_both_halves,
		allowed_mechanisms,
	};

	return guest_run("face objects", tests, ARRAY_LEN(tests));
}
