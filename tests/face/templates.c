/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Templates that keys carry: what they may wrap, and what comes of them.
 */
#include "tests/face/guest.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES, generic = CKK_GENERIC_SECRET;
static CK_BYTE label[] = { 'b', 'y', ' ', 'r', 'u', 'l', 'e' };
static CK_MECHANISM_TYPE only[] = { CKM_AES_GCM, CKM_AES_CBC };
static CK_SESSION_HANDLE session;

static CK_ATTRIBUTE rule[] = {
	{ CKA_EXTRACTABLE, &no, 1 },
	{ CKA_LABEL, label, sizeof(label) },
	{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	{ CKA_ALLOWED_MECHANISMS, only, sizeof(only) },
};

/* A key that wraps and unwraps, with one of the templates. */
static CK_OBJECT_HANDLE
make(CK_ULONG type, CK_ATTRIBUTE *inner, CK_ULONG count)
{
	CK_ULONG bytes = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ type, inner, count * sizeof(*inner) },
	};
	CK_MECHANISM how = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &how, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
static CK_BYTE wrapped[128];
static CK_ULONG len;

static CK_RV
wrap(CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE key)
{
	len = sizeof(wrapped);
	return p11->C_WrapKey(session, &kwp, with, key, wrapped, &len);
}

START_TEST(what_a_key_may_wrap)
{
	CK_ATTRIBUTE inner[] = {
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_ATTRIBUTE hide = { CKA_SENSITIVE, &yes, 1 };
	CK_ULONG bytes = 16;
	CK_ATTRIBUTE plain[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_MECHANISM how = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE with, key, other;

	session = guest_login();
	with = make(CKA_WRAP_TEMPLATE, inner, 2);
	ok(p11->C_GenerateKey(session, &how, plain, 3, &key));
	other = guest_generic(session, 16);
	ok(wrap(with, key));
	is(wrap(with, other), CKR_KEY_HANDLE_INVALID);
	ok(p11->C_SetAttributeValue(session, key, &hide, 1));
	is(wrap(with, key), CKR_KEY_HANDLE_INVALID);
}
END_TEST

static CK_RV
unwrap(CK_OBJECT_HANDLE with, CK_ATTRIBUTE *more, CK_ULONG count,
    CK_OBJECT_HANDLE *key)
{
	CK_ATTRIBUTE tmpl[4] = { { CKA_CLASS, &secret_class,
	    sizeof(secret_class) } };

	if (count > 0)
		memcpy(tmpl + 1, more, count * sizeof(*more));
	return p11->C_UnwrapKey(
	    session, &kwp, with, wrapped, len, tmpl, 1 + count, key);
}

START_TEST(what_comes_of_unwrapping)
{
	CK_ATTRIBUTE same = { CKA_EXTRACTABLE, &no, 1 };
	CK_ATTRIBUTE against[] = {
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_LABEL, label, 2 },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_ALLOWED_MECHANISMS, only, sizeof(only[0]) },
	};
	CK_OBJECT_HANDLE with, back;
	CK_BYTE shown[64];
	CK_ULONG size = sizeof(shown);
	size_t i;

	session = guest_login();
	with = make(CKA_UNWRAP_TEMPLATE, rule, ARRAY_LEN(rule));
	ok(wrap(with, guest_aes(session, 16)));
	ok(unwrap(with, NULL, 0, &back));
	ck_assert_uint_eq(
	    guest_bool(session, back, CKA_EXTRACTABLE), CK_FALSE);
	ck_assert_uint_eq(guest_number(session, back, CKA_KEY_TYPE), CKK_AES);
	ok(guest_bytes(session, back, CKA_LABEL, shown, &size));
	ck_assert_uint_eq(size, sizeof(label));
	size = sizeof(shown);
	ok(guest_bytes(session, back, CKA_ALLOWED_MECHANISMS, shown, &size));
	ck_assert_uint_eq(size, sizeof(only));
	ok(unwrap(with, &same, 1, &back));
	for (i = 0; i < ARRAY_LEN(against); i++)
		is(unwrap(with, &against[i], 1, &back),
		    CKR_TEMPLATE_INCONSISTENT);
}
END_TEST

/* Asked for as the standard wants it: the count, the lengths, the values. */
START_TEST(how_it_is_read)
{
	CK_BYTE room[ARRAY_LEN(rule)][32];
	CK_ATTRIBUTE lines[ARRAY_LEN(rule)] = { { 0, NULL, 0 } };
	CK_ATTRIBUTE line = { CKA_UNWRAP_TEMPLATE, NULL, 0 };
	CK_ATTRIBUTE none = { CKA_DERIVE_TEMPLATE, NULL, 7 };
	CK_OBJECT_HANDLE key;
	size_t i;

	session = guest_login();
	key = make(CKA_UNWRAP_TEMPLATE, rule, ARRAY_LEN(rule));
	ok(p11->C_GetAttributeValue(session, key, &none, 1));
	ck_assert_uint_eq(none.ulValueLen, 0);
	ok(p11->C_GetAttributeValue(session, key, &line, 1));
	ck_assert_uint_eq(line.ulValueLen, sizeof(lines));
	line.pValue = lines;
	line.ulValueLen--;
	is(p11->C_GetAttributeValue(session, key, &line, 1),
	    CKR_BUFFER_TOO_SMALL);
	line.ulValueLen = sizeof(lines);
	ok(p11->C_GetAttributeValue(session, key, &line, 1));
	for (i = 0; i < ARRAY_LEN(rule); i++) {
		ck_assert_uint_eq(lines[i].type, rule[i].type);
		ck_assert_uint_eq(lines[i].ulValueLen, rule[i].ulValueLen);
		lines[i].pValue = room[i];
	}
	lines[1].ulValueLen--;
	is(p11->C_GetAttributeValue(session, key, &line, 1),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(lines[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	lines[1].ulValueLen = sizeof(room[1]);
	ok(p11->C_GetAttributeValue(session, key, &line, 1));
	for (i = 0; i < ARRAY_LEN(rule); i++)
		ck_assert_mem_eq(
		    room[i], rule[i].pValue, rule[i].ulValueLen);
}
END_TEST

START_TEST(what_is_no_template)
{
	CK_ATTRIBUTE unknown = { 0x7fffUL, &yes, 1 };
	CK_ATTRIBUTE twice[] = { { CKA_SIGN, &yes, 1 }, { CKA_SIGN, &no, 1 } };
	CK_ATTRIBUTE nested = { CKA_UNWRAP_TEMPLATE, rule, sizeof(rule) };
	CK_ATTRIBUTE change = { CKA_UNWRAP_TEMPLATE, rule, sizeof(rule[0]) };
	CK_ULONG bytes = 16;
	CK_MECHANISM how = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_UNWRAP_TEMPLATE, &unknown, sizeof(unknown) },
	};
	CK_OBJECT_HANDLE key;

	session = guest_login();
	is(p11->C_GenerateKey(session, &how, tmpl, 2, &key),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	tmpl[1].pValue = twice;
	tmpl[1].ulValueLen = sizeof(twice);
	is(p11->C_GenerateKey(session, &how, tmpl, 2, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	tmpl[1].pValue = &nested;
	tmpl[1].ulValueLen = sizeof(nested);
	is(p11->C_GenerateKey(session, &how, tmpl, 2, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	tmpl[1].ulValueLen--;
	is(p11->C_GenerateKey(session, &how, tmpl, 2, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	tmpl[1] = (CK_ATTRIBUTE){ CKA_ENCAPSULATE_TEMPLATE, rule,
		sizeof(rule) };
	is(p11->C_GenerateKey(session, &how, tmpl, 2, &key),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	key = make(CKA_UNWRAP_TEMPLATE, rule, ARRAY_LEN(rule));
	is(p11->C_SetAttributeValue(session, key, &change, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
}
END_TEST

START_TEST(what_comes_of_deriving)
{
	CK_ATTRIBUTE secret_rule[] = {
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
	};
	static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	CK_ATTRIBUTE public_tmpl[] = { { CKA_EC_PARAMS, p256, 10 } };
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_DERIVE_TEMPLATE, secret_rule, sizeof(secret_rule) },
	};
	CK_ATTRIBUTE against = { CKA_SENSITIVE, &no, 1 };
	CK_MECHANISM make_ec = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, 0, NULL };
	CK_MECHANISM how = { CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
	CK_OBJECT_HANDLE public, private, made;
	CK_BYTE point[128];
	CK_ULONG size = sizeof(point);

	session = guest_login();
	ok(p11->C_GenerateKeyPair(session, &make_ec, public_tmpl, 1,
	    private_tmpl, 2, &public, &private));
	ok(guest_bytes(session, public, CKA_EC_POINT, point, &size));
	ecdh.pPublicData = point;
	ecdh.ulPublicDataLen = size;
	ok(p11->C_DeriveKey(session, &how, private, NULL, 0, &made));
	ck_assert_uint_eq(guest_bool(session, made, CKA_SENSITIVE), CK_TRUE);
	ck_assert_uint_eq(
	    guest_bool(session, made, CKA_EXTRACTABLE), CK_FALSE);
	is(p11->C_DeriveKey(session, &how, private, &against, 1, &made),
	    CKR_TEMPLATE_INCONSISTENT);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_a_key_may_wrap,
		what_comes_of_unwrapping, how_it_is_read, what_is_no_template,
		what_comes_of_deriving };

	return guest_run("face templates", tests, ARRAY_LEN(tests));
}
