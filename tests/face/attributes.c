/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attributes with rules of their own: dates, check values, what is said of
 * the public key, unique identifiers, what the SO vouches for, and classes
 * and attributes that are not kept here.
 */
#include "tests/face/certificate.h"
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_SESSION_HANDLE s;

static CK_RV
make(CK_ATTRIBUTE *more, CK_ULONG count, CK_OBJECT_HANDLE *key)
{
	static CK_ULONG bytes = 16;
	CK_ATTRIBUTE tmpl[8] = { { CKA_VALUE_LEN, &bytes, sizeof(bytes) } };
	CK_MECHANISM how = { CKM_AES_KEY_GEN, NULL, 0 };

	if (count > 0)
		memcpy(tmpl + 1, more, count * sizeof(*more));
	return p11->C_GenerateKey(s, &how, tmpl, 1 + count, key);
}

static CK_RV
dated(const char *start, const char *end, CK_OBJECT_HANDLE *key)
{
	CK_BYTE from[16], to[16];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_START_DATE, from, strlen(start) },
		{ CKA_END_DATE, to, strlen(end) },
	};

	memcpy(from, start, strlen(start));
	memcpy(to, end, strlen(end));
	return make(tmpl, 2, key);
}

START_TEST(days_of_the_calendar)
{
	static const char *const good[] = { "20260101", "20240229",
		"20000229", "99991231", "20261130", "" };
	static const char *const bad[] = { "20260229", "19000229",
		"20261301", "20260001", "20260100", "20260431", "2026010",
		"202601011", "2026 101", "2026-1-1" };
	CK_OBJECT_HANDLE key;
	size_t i;

	s = guest_login();
	for (i = 0; i < ARRAY_LEN(good); i++)
		ok(dated(good[i], "", &key));
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		is(dated(bad[i], "", &key), CKR_ATTRIBUTE_VALUE_INVALID);
		is(dated("", bad[i], &key), CKR_ATTRIBUTE_VALUE_INVALID);
	}
}
END_TEST

START_TEST(no_end_before_the_start)
{
	CK_BYTE late[] = "20270101", early[] = "20251231";
	CK_ATTRIBUTE both[] = {
		{ CKA_START_DATE, late, 8 }, { CKA_END_DATE, late, 8 } };
	CK_ATTRIBUTE none = { CKA_END_DATE, NULL, 0 };
	CK_ATTRIBUTE end = { CKA_END_DATE, early, 8 };
	CK_OBJECT_HANDLE key, copy;

	s = guest_login();
	is(dated("20260102", "20260101", &key), CKR_TEMPLATE_INCONSISTENT);
	ok(dated("20260101", "20260101", &key));
	is(p11->C_SetAttributeValue(s, key, both, 1),
	    CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_SetAttributeValue(s, key, both, 2));
	is(p11->C_CopyObject(s, key, &end, 1, &copy),
	    CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_SetAttributeValue(s, key, &none, 1));
	ok(dated("", "20200101", &key));
}
END_TEST

static CK_ULONG
check_value(CK_OBJECT_HANDLE key, CK_BYTE out[3])
{
	CK_ULONG len = 3;

	ok(guest_bytes(s, key, CKA_CHECK_VALUE, out, &len));
	return len;
}

START_TEST(check_values)
{
	CK_BYTE sum[3], wrong[] = { 1, 2, 3 };
	CK_ATTRIBUTE none = { CKA_CHECK_VALUE, NULL, 0 };
	CK_ATTRIBUTE same = { CKA_CHECK_VALUE, sum, 3 };
	CK_ATTRIBUTE other = { CKA_CHECK_VALUE, wrong, 3 };
	CK_ATTRIBUTE token[] = { { CKA_TOKEN, &yes, 1 },
		{ CKA_CHECK_VALUE, NULL, 0 }, { CKA_ID, wrong, 3 } };
	CK_OBJECT_HANDLE key, copy;

	s = guest_login();
	ok(make(NULL, 0, &key));
	ck_assert_uint_eq(check_value(key, sum), 3);
	ok(p11->C_SetAttributeValue(s, key, &same, 1));
	is(p11->C_SetAttributeValue(s, key, &other, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ck_assert_uint_eq(check_value(key, sum), 3);
	/* given up, and not to be had again */
	ok(p11->C_SetAttributeValue(s, key, &none, 1));
	ck_assert_uint_eq(check_value(key, wrong), 0);
	is(p11->C_SetAttributeValue(s, key, &same, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ok(p11->C_CopyObject(s, key, NULL, 0, &copy));
	ck_assert_uint_eq(check_value(copy, wrong), 0);
	is(make(&other, 1, &key), CKR_ATTRIBUTE_VALUE_INVALID);
	/* never made, and so it is kept */
	ok(make(token, 3, &key));
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	s = guest_login();
	ck_assert_uint_eq(guest_find(s, &token[2], 1, &key), 1);
	ck_assert_uint_eq(check_value(key, sum), 0);
	ok(p11->C_DestroyObject(s, key));
}
END_TEST

START_TEST(what_is_said_of_the_public_key)
{
	CK_BYTE info[1024], wrong[1024];
	CK_ATTRIBUTE line = { CKA_PUBLIC_KEY_INFO, info, sizeof(info) };
	CK_ATTRIBUTE none = { CKA_PUBLIC_KEY_INFO, NULL, 0 };
	CK_OBJECT_HANDLE public, private, copy, aes;

	s = guest_login();
	guest_ec(s, &public, &private);
	ok(p11->C_GetAttributeValue(s, private, &line, 1));
	memcpy(wrong, info, line.ulValueLen);
	ok(p11->C_SetAttributeValue(s, private, &line, 1));
	ok(p11->C_SetAttributeValue(s, private, &none, 1));
	ok(p11->C_CopyObject(s, private, &line, 1, &copy));
	ok(p11->C_SetAttributeValue(s, public, &line, 1));
	wrong[line.ulValueLen - 1] ^= 1;
	line.pValue = wrong;
	is(p11->C_SetAttributeValue(s, private, &line, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_CopyObject(s, private, &line, 1, &copy),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_SetAttributeValue(s, public, &line, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	is(make(&line, 1, &aes), CKR_ATTRIBUTE_TYPE_INVALID);
}
END_TEST

START_TEST(unique_identifiers)
{
	CK_BYTE one[64], two[64];
	CK_ATTRIBUTE line = { CKA_UNIQUE_ID, one, sizeof(one) };
	CK_ULONG len = sizeof(two);
	CK_OBJECT_HANDLE key, copy, found;

	s = guest_login();
	ok(make(NULL, 0, &key));
	ok(p11->C_GetAttributeValue(s, key, &line, 1));
	ck_assert_uint_ge(line.ulValueLen, 16);
	ok(p11->C_CopyObject(s, key, NULL, 0, &copy));
	ok(guest_bytes(s, copy, CKA_UNIQUE_ID, two, &len));
	ck_assert(len != line.ulValueLen || memcmp(one, two, len) != 0);
	ck_assert_uint_eq(guest_find(s, &line, 1, &found), 1);
	ck_assert_uint_eq(found, key);
	one[0] ^= 1;
	is(p11->C_SetAttributeValue(s, key, &line, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	is(p11->C_CopyObject(s, key, &line, 1, &copy),
	    CKR_ATTRIBUTE_READ_ONLY);
	is(make(&line, 1, &key), CKR_ATTRIBUTE_READ_ONLY);
}
END_TEST

START_TEST(what_cannot_be_done)
{
	CK_BYTE label[] = "x";
	CK_ATTRIBUTE line = { CKA_LABEL, label, 1 };
	CK_ATTRIBUTE fixed = { CKA_MODIFIABLE, &no, 1 };
	CK_ATTRIBUTE single = { CKA_COPYABLE, &no, 1 };
	CK_ATTRIBUTE lasting = { CKA_DESTROYABLE, &no, 1 };
	CK_OBJECT_HANDLE key, copy;

	s = guest_login();
	ok(make(&fixed, 1, &key));
	is(p11->C_SetAttributeValue(s, key, &line, 1), CKR_ACTION_PROHIBITED);
	ok(p11->C_CopyObject(s, key, &line, 1, &copy));
	ok(make(&single, 1, &key));
	is(p11->C_CopyObject(s, key, NULL, 0, &copy), CKR_ACTION_PROHIBITED);
	ok(make(&lasting, 1, &key));
	is(p11->C_DestroyObject(s, key), CKR_ACTION_PROHIBITED);
	lasting.pValue = &yes;
	is(p11->C_SetAttributeValue(s, key, &lasting, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	ok(p11->C_CopyObject(s, key, &lasting, 1, &copy));
	ok(p11->C_DestroyObject(s, copy));
}
END_TEST

static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;

/* Trusted: nobody but the SO makes it so, or changes it then. */
START_TEST(trusted_certificates)
{
	CK_BYTE label[] = "new", id[] = { 0x77, 1 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &cert_class, sizeof(cert_class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_VALUE, certificate, sizeof(certificate) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_ID, id, sizeof(id) },
		{ CKA_TRUSTED, &yes, 1 },
	};
	CK_ATTRIBUTE change = { CKA_LABEL, label, 3 };
	CK_OBJECT_HANDLE object;

	s = guest_login();
	is(p11->C_CreateObject(s, tmpl, 6, &object), CKR_ATTRIBUTE_READ_ONLY);
	ok(p11->C_Logout(s));
	ok(p11->C_Login(s, CKU_SO, PIN_OF(SO_PIN)));
	ok(p11->C_CreateObject(s, tmpl, 6, &object));
	ok(p11->C_SetAttributeValue(s, object, &change, 1));
	ok(p11->C_Logout(s));
	ok(p11->C_Login(s, CKU_USER, PIN_OF(USER_PIN)));
	ck_assert_uint_eq(guest_find(s, &tmpl[4], 1, &object), 1);
	label[0] = 'f';
	is(p11->C_SetAttributeValue(s, object, &change, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	ok(p11->C_DestroyObject(s, object));
}
END_TEST

/* Nobody has validated this module, and trust is not kept here. */
START_TEST(what_is_not_here)
{
	static const CK_OBJECT_CLASS classes[] = { 5 /* hardware feature */,
		7 /* mechanism */, 8 /* OTP key */, 9 /* profile */,
		10 /* validation */, 11 /* trust */ };
	CK_ATTRIBUTE_TYPE type;
	CK_ULONG number = 0;
	CK_OBJECT_HANDLE key = 0;
	size_t i;

	s = guest_login();
	for (i = 0; i < ARRAY_LEN(classes); i++) {
		CK_OBJECT_CLASS class = classes[i];
		CK_ATTRIBUTE line = { CKA_CLASS, &class, sizeof(class) };

		is(p11->C_CreateObject(s, &line, 1, &key),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		if (class != CKO_PROFILE && class != CKO_MECHANISM)
			ck_assert_uint_eq(guest_find(s, &line, 1, &key), 0);
	}
	/* CKA_VALIDATION_*, CKA_TRUST_* and CKA_PUBLIC_CRC64_VALUE */
	for (type = 0x61f; type <= 0x636; type++) {
		CK_ATTRIBUTE line = { type, &number, sizeof(number) };

		if (type == CKA_ENCAPSULATE_TEMPLATE ||
		    type == CKA_DECAPSULATE_TEMPLATE ||
		    type == CKA_ENCAPSULATE || type == CKA_DECAPSULATE)
			continue;
		is(make(&line, 1, &key), CKR_ATTRIBUTE_TYPE_INVALID);
		ok(make(NULL, 0, &key));
		is(p11->C_GetAttributeValue(s, key, &line, 1),
		    CKR_ATTRIBUTE_TYPE_INVALID);
		ck_assert_uint_eq(
		    line.ulValueLen, CK_UNAVAILABLE_INFORMATION);
	}
	ck_assert_uint_eq(
	    guest_number(s, key, CKA_OBJECT_VALIDATION_FLAGS), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { days_of_the_calendar,
		no_end_before_the_start, check_values,
		what_is_said_of_the_public_key, unique_identifiers,
		what_cannot_be_done, trusted_certificates, what_is_not_here };

	return guest_run("attributes with rules", tests, ARRAY_LEN(tests));
}
