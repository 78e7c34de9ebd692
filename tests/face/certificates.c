/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificate, data and profile objects.
 */
#include "tests/face/certificate.h"
#include "tests/face/guest.h"

#include <string.h>

struct part {
	CK_BYTE *ptr;
	CK_ULONG len;
};

static const struct part serial = { certificate + 13, 7 };
static const struct part issuer = { certificate + 32, 21 };
static const struct part subject = { certificate + 87, 21 };
static const struct part key_info = { certificate + 108, 91 };
static const CK_BYTE check[3] = { 0x95, 0x27, 0x55 };

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS class = CKO_CERTIFICATE;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE object;

#define HEAD { CKA_CLASS, &class, sizeof(class) }, \
	{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) }
#define VALUE { CKA_VALUE, certificate, sizeof(certificate) }

static CK_RV
create(CK_ATTRIBUTE *more, CK_ULONG count, bool with_value)
{
	CK_ATTRIBUTE tmpl[12] = { HEAD, VALUE };
	CK_ULONG used = with_value ? 3 : 2;

	if (count > 0)
		memcpy(tmpl + used, more, count * sizeof(*more));
	return p11->C_CreateObject(session, tmpl, used + count, &object);
}

static void
has_bytes(CK_ULONG type, const void *want, CK_ULONG count)
{
	CK_BYTE shown[512];
	CK_ULONG len = sizeof(shown);

	ok(guest_bytes(session, object, type, shown, &len));
	ck_assert_uint_eq(len, count);
	if (count > 0)
		ck_assert_mem_eq(shown, want, count);
}

/* All that a certificate has, of nothing but its value. */
START_TEST(what_the_value_says)
{
	session = guest_login();
	ok(create(NULL, 0, true));
	has_bytes(CKA_VALUE, certificate, sizeof(certificate));
	has_bytes(CKA_SUBJECT, subject.ptr, subject.len);
	has_bytes(CKA_ISSUER, issuer.ptr, issuer.len);
	has_bytes(CKA_SERIAL_NUMBER, serial.ptr, serial.len);
	has_bytes(CKA_PUBLIC_KEY_INFO, key_info.ptr, key_info.len);
	has_bytes(CKA_CHECK_VALUE, check, sizeof(check));
	has_bytes(CKA_ID, NULL, 0);
	has_bytes(CKA_LABEL, NULL, 0);
	has_bytes(CKA_URL, NULL, 0);
	has_bytes(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, NULL, 0);
	has_bytes(CKA_HASH_OF_ISSUER_PUBLIC_KEY, NULL, 0);
	has_bytes(CKA_START_DATE, NULL, 0);
	has_bytes(CKA_END_DATE, NULL, 0);
	ck_assert_uint_eq(
	    guest_number(session, object, CKA_CERTIFICATE_TYPE), CKC_X_509);
	ck_assert_uint_eq(
	    guest_number(session, object, CKA_CERTIFICATE_CATEGORY), 0);
	ck_assert_uint_eq(guest_number(
	    session, object, CKA_JAVA_MIDP_SECURITY_DOMAIN), 0);
	ck_assert_uint_eq(guest_number(
	    session, object, CKA_NAME_HASH_ALGORITHM), CKM_SHA_1);
	ck_assert_uint_eq(guest_bool(session, object, CKA_TOKEN), CK_FALSE);
	ck_assert_uint_eq(guest_bool(session, object, CKA_PRIVATE), CK_FALSE);
	ck_assert_uint_eq(guest_bool(session, object, CKA_TRUSTED), CK_FALSE);
	ck_assert_uint_eq(
	    guest_bool(session, object, CKA_MODIFIABLE), CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, object, CKA_COPYABLE), CK_TRUE);
	ck_assert_uint_eq(
	    guest_bool(session, object, CKA_DESTROYABLE), CK_TRUE);
}
END_TEST

/* One line more than the value, and what comes of it. */
static CK_ULONG three = 3, four = 4, sha256 = CKM_SHA256, other_type = 1;
static CK_BYTE some[] = { 'a', 'b', 'c' };
static CK_BYTE date[] = { '2', '0', '2', '6', '1', '1', '2', '2' };
static CK_BYTE raw_serial[] = { 0x00, 0x80, 0x11, 0x22, 0x33 };
static CK_BYTE right_check[3], wrong_check[3];

static const struct {
	CK_ATTRIBUTE line;
	CK_RV answer;
} lines[] = {
	{ { CKA_LABEL, some, 3 }, CKR_OK },
	{ { CKA_ID, some, 3 }, CKR_OK },
	{ { CKA_CERTIFICATE_CATEGORY, &three, sizeof(three) }, CKR_OK },
	{ { CKA_CERTIFICATE_CATEGORY, &four, sizeof(four) },
	    CKR_ATTRIBUTE_VALUE_INVALID },
	{ { CKA_NAME_HASH_ALGORITHM, &sha256, sizeof(sha256) }, CKR_OK },
	{ { CKA_JAVA_MIDP_SECURITY_DOMAIN, &three, sizeof(three) }, CKR_OK },
	{ { CKA_START_DATE, date, 8 }, CKR_OK },
	{ { CKA_END_DATE, date, 8 }, CKR_OK },
	{ { CKA_START_DATE, date, 7 }, CKR_ATTRIBUTE_VALUE_INVALID },
	{ { CKA_CHECK_VALUE, right_check, 3 }, CKR_OK },
	{ { CKA_CHECK_VALUE, NULL, 0 }, CKR_OK },
	{ { CKA_CHECK_VALUE, wrong_check, 3 }, CKR_ATTRIBUTE_VALUE_INVALID },
	{ { CKA_PUBLIC_KEY_INFO, some, 3 }, CKR_ATTRIBUTE_VALUE_INVALID },
	{ { CKA_SERIAL_NUMBER, raw_serial, 5 }, CKR_OK },
	/* for the SO to say */
	{ { CKA_TRUSTED, &yes, 1 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_TRUSTED, &no, 1 }, CKR_OK },
	/* with an address both hashes are wanted */
	{ { CKA_URL, some, 3 }, CKR_TEMPLATE_INCOMPLETE },
	/* of keys, not of certificates */
	{ { CKA_SENSITIVE, &yes, 1 }, CKR_ATTRIBUTE_TYPE_INVALID },
	{ { CKA_ENCRYPT, &yes, 1 }, CKR_ATTRIBUTE_TYPE_INVALID },
	{ { CKA_KEY_TYPE, &three, sizeof(three) },
	    CKR_ATTRIBUTE_TYPE_INVALID },
};

START_TEST(lines_of_a_template)
{
	CK_ATTRIBUTE line;
	CK_RV rv;
	size_t i;

	session = guest_login();
	memcpy(right_check, check, 3);
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		line = lines[i].line;
		rv = create(&line, 1, true);
		ck_assert_msg(rv == lines[i].answer, "line %zu: 0x%lx", i, rv);
	}
}
END_TEST

START_TEST(value_or_address)
{
	CK_ATTRIBUTE address[] = {
		{ CKA_SUBJECT, subject.ptr, subject.len },
		{ CKA_URL, some, 3 },
		{ CKA_HASH_OF_SUBJECT_PUBLIC_KEY, date, 8 },
		{ CKA_HASH_OF_ISSUER_PUBLIC_KEY, date, 8 },
		{ CKA_CHECK_VALUE, some, 3 },
	};
	CK_ATTRIBUTE other[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_CERTIFICATE_TYPE, &other_type, sizeof(other_type) },
		{ CKA_SUBJECT, subject.ptr, subject.len },
		VALUE,
	};

	session = guest_login();
	is(create(NULL, 0, false), CKR_TEMPLATE_INCOMPLETE);
	is(create(address, 1, false), CKR_TEMPLATE_INCOMPLETE);
	is(create(address, 3, false), CKR_TEMPLATE_INCOMPLETE);
	is(create(address + 1, 3, false), CKR_TEMPLATE_INCOMPLETE);
	ok(create(address, 5, false));
	has_bytes(CKA_VALUE, NULL, 0);
	has_bytes(CKA_PUBLIC_KEY_INFO, NULL, 0);
	has_bytes(CKA_CHECK_VALUE, some, 3);
	ok(create(address, 4, true));
	is(p11->C_CreateObject(session, other, 4, &object),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	certificate[0] ^= 1;
	is(create(NULL, 0, true), CKR_ATTRIBUTE_VALUE_INVALID);
	certificate[0] ^= 1;
}
END_TEST

/* As other tokens take it, and their tests: what the template says of it. */
START_TEST(what_is_no_certificate)
{
	CK_ATTRIBUTE named[] = {
		{ CKA_VALUE, some, 3 },
		{ CKA_SUBJECT, date, 8 },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_ISSUER, some, 2 },
	};
	CK_BYTE sum[] = { 0xa9, 0x99, 0x3e };

	session = guest_login();
	is(create(named, 1, false), CKR_ATTRIBUTE_VALUE_INVALID);
	ok(create(named, 3, false));
	has_bytes(CKA_VALUE, some, 3);
	has_bytes(CKA_SUBJECT, date, 8);
	has_bytes(CKA_ISSUER, NULL, 0);
	has_bytes(CKA_SERIAL_NUMBER, NULL, 0);
	has_bytes(CKA_PUBLIC_KEY_INFO, NULL, 0);
	has_bytes(CKA_CHECK_VALUE, sum, sizeof(sum));
	ok(p11->C_SetAttributeValue(session, object, named + 3, 1));
	has_bytes(CKA_ISSUER, some, 2);
	ok(p11->C_DestroyObject(session, object));
}
END_TEST

/* Only these may be changed later. */
static const struct {
	CK_ATTRIBUTE line;
	CK_RV answer;
} changes[] = {
	{ { CKA_LABEL, some, 3 }, CKR_OK },
	{ { CKA_ID, some, 3 }, CKR_OK },
	{ { CKA_ISSUER, some, 3 }, CKR_OK },
	{ { CKA_SERIAL_NUMBER, some, 3 }, CKR_OK },
	{ { CKA_SUBJECT, some, 3 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_VALUE, some, 3 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_URL, some, 3 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_START_DATE, date, 8 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_CERTIFICATE_CATEGORY, &three, sizeof(three) },
	    CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_NAME_HASH_ALGORITHM, &sha256, sizeof(sha256) },
	    CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_PUBLIC_KEY_INFO, some, 3 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_TRUSTED, &yes, 1 }, CKR_ATTRIBUTE_READ_ONLY },
	{ { CKA_UNIQUE_ID, some, 3 }, CKR_ATTRIBUTE_READ_ONLY },
};

START_TEST(what_may_be_changed)
{
	CK_ATTRIBUTE line;
	CK_RV rv;
	size_t i;

	session = guest_login();
	ok(create(NULL, 0, true));
	for (i = 0; i < ARRAY_LEN(changes); i++) {
		line = changes[i].line;
		rv = p11->C_SetAttributeValue(session, object, &line, 1);
		ck_assert_msg(
		    rv == changes[i].answer, "change %zu: 0x%lx", i, rv);
	}
}
END_TEST

/* As NSS, Java and others look for one: without a login. */
START_TEST(how_it_is_found)
{
	CK_ATTRIBUTE keep[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_ID, date, 8 },
	};
	CK_ATTRIBUTE by[][3] = {
		{ HEAD, { CKA_ID, date, 8 } },
		{ HEAD, VALUE },
		{ HEAD, { CKA_SUBJECT, subject.ptr, subject.len } },
		{ HEAD, { CKA_ISSUER, issuer.ptr, issuer.len } },
		{ HEAD, { CKA_SERIAL_NUMBER, serial.ptr, serial.len } },
		{ HEAD, { CKA_SERIAL_NUMBER, raw_serial, 5 } },
		{ HEAD, { CKA_TOKEN, &yes, 1 } },
	};
	CK_OBJECT_HANDLE found;
	size_t i;

	session = guest_login();
	ok(create(keep, 2, true));
	ok(p11->C_Logout(session));
	for (i = 0; i < ARRAY_LEN(by); i++) {
		found = 0;
		ck_assert_uint_eq(guest_find(session, by[i], 3, &found), 1);
		ck_assert_uint_eq(found, object);
	}
}
END_TEST

START_TEST(the_so_vouches)
{
	CK_ATTRIBUTE keep[] = { { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE trust = { CKA_TRUSTED, &yes, 1 };
	CK_OBJECT_HANDLE copy;

	session = guest_open(CKF_RW_SESSION);
	ok(p11->C_Login(session, CKU_SO, PIN_OF(SO_PIN)));
	ok(create(keep, 1, true));
	ok(p11->C_SetAttributeValue(session, object, &trust, 1));
	ck_assert_uint_eq(guest_bool(session, object, CKA_TRUSTED), CK_TRUE);
	ok(p11->C_CopyObject(session, object, NULL, 0, &copy));
	ck_assert_uint_eq(guest_bool(session, copy, CKA_TRUSTED), CK_TRUE);
	/* another's copy is another's certificate */
	ok(p11->C_Logout(session));
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	ok(p11->C_CopyObject(session, object, NULL, 0, &copy));
	ck_assert_uint_eq(guest_bool(session, copy, CKA_TRUSTED), CK_FALSE);
	is(p11->C_CopyObject(session, object, &trust, 1, &copy),
	    CKR_ATTRIBUTE_READ_ONLY);
}
END_TEST

/* --- data --- */

START_TEST(data_objects)
{
	static CK_OBJECT_CLASS data = CKO_DATA;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &data, sizeof(data) },
		{ CKA_APPLICATION, some, 3 },
		{ CKA_OBJECT_ID, raw_serial, 5 },
		{ CKA_VALUE, date, 8 },
	};
	CK_ATTRIBUTE value = { CKA_VALUE, some, 3 };

	session = guest_login();
	ok(p11->C_CreateObject(session, tmpl, 1, &object));
	has_bytes(CKA_VALUE, NULL, 0);
	has_bytes(CKA_APPLICATION, NULL, 0);
	has_bytes(CKA_OBJECT_ID, NULL, 0);
	ok(p11->C_CreateObject(session, tmpl, 4, &object));
	has_bytes(CKA_OBJECT_ID, raw_serial, 5);
	ok(p11->C_SetAttributeValue(session, object, &value, 1));
	has_bytes(CKA_VALUE, some, 3);
}
END_TEST

/* --- profiles --- */

START_TEST(profiles)
{
	static CK_OBJECT_CLASS profile = CKO_PROFILE;
	CK_ULONG id = CKP_PUBLIC_CERTIFICATES_TOKEN, seen = 0;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &profile, sizeof(profile) },
		{ CKA_PROFILE_ID, &id, sizeof(id) },
	};
	CK_OBJECT_HANDLE all[8];
	CK_ULONG count, i;

	session = guest_open(CKF_RW_SESSION);
	ck_assert_uint_eq(guest_find(session, tmpl, 2, &object), 1);
	ck_assert_uint_eq(guest_number(session, object, CKA_PROFILE_ID), id);
	ck_assert_uint_eq(guest_bool(session, object, CKA_TOKEN), CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, object, CKA_PRIVATE), CK_FALSE);
	ck_assert_uint_eq(
	    guest_bool(session, object, CKA_MODIFIABLE), CK_FALSE);
	has_bytes(CKA_LABEL, NULL, 0);
	is(p11->C_DestroyObject(session, object), CKR_ACTION_PROHIBITED);
	is(p11->C_SetAttributeValue(session, object, tmpl, 1),
	    CKR_ACTION_PROHIBITED);
	is(p11->C_CopyObject(session, object, NULL, 0, &object),
	    CKR_ACTION_PROHIBITED);
	is(p11->C_CreateObject(session, tmpl, 2, &object),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ok(p11->C_FindObjectsInit(session, tmpl, 1));
	ok(p11->C_FindObjects(session, all, 8, &count));
	ok(p11->C_FindObjectsFinal(session));
	ck_assert_uint_eq(count, 4);
	for (i = 0; i < count; i++)
		seen |= 1UL << guest_number(session, all[i], CKA_PROFILE_ID);
	ck_assert_uint_eq(seen, 1UL << CKP_BASELINE_PROVIDER |
	    1UL << CKP_EXTENDED_PROVIDER | 1UL << CKP_AUTHENTICATION_TOKEN |
	    1UL << CKP_PUBLIC_CERTIFICATES_TOKEN);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_the_value_says,
		lines_of_a_template, value_or_address, what_is_no_certificate,
		what_may_be_changed, how_it_is_found, the_so_vouches,
		data_objects, profiles };

	return guest_run("face certificates", tests, ARRAY_LEN(tests));
}
