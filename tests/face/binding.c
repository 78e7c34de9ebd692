/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys that bind what they unwrap, since the SO vouches for them or since they
 * have a template for it: what is under them is not had in another way.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_ATTRIBUTE stays = { CKA_EXTRACTABLE, &no, 1 };
static CK_ULONG bytes = 32;

static void
log_in(CK_SESSION_HANDLE session, bool so)
{
	ok(p11->C_Logout(session));
	if (so)
		ok(p11->C_Login(session, CKU_SO, PIN_OF(SO_PIN)));
	else
		ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
}

/* Of the token, with all defaults: neither sensitive nor extractable.  last:
 * what binds. */
static CK_OBJECT_HANDLE
binding_aes(CK_SESSION_HANDLE session, CK_ATTRIBUTE last)
{
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &no, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		last,
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static void
expect_guarded_copy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_BYTE iv[12] = { 1 };
	CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
	CK_MECHANISM how = { CKM_AES_GCM, &gcm, sizeof(gcm) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &no, 1 },
		{ CKA_DECRYPT, &yes, 1 },
	};
	CK_OBJECT_HANDLE copy;
	unsigned char wrapped[64];
	CK_ULONG len = sizeof(wrapped);

	ok(p11->C_CopyObject(session, key, tmpl, 1, &copy));
	is(p11->C_WrapKey(session, &how, copy, guest_aes(session, 32), wrapped,
	    &len), CKR_MECHANISM_INVALID);
	ck_assert_uint_ne(p11->C_SetAttributeValue(session, copy, tmpl + 1, 1),
	    CKR_OK);
	ck_assert_uint_ne(p11->C_CopyObject(session, key, tmpl, 2, &copy),
	    CKR_OK);
	ok(p11->C_DestroyObject(session, key));
}

START_TEST(a_copy_for_the_session_is_no_less)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key;

	expect_guarded_copy(session, binding_aes(session,
	    (CK_ATTRIBUTE){ CKA_UNWRAP_TEMPLATE, &stays, sizeof(stays) }));
	log_in(session, true);
	key = binding_aes(session, (CK_ATTRIBUTE){ CKA_TRUSTED, &yes, 1 });
	log_in(session, false);
	expect_guarded_copy(session, key);
}
END_TEST

/* rules: the template that binds; 0: none. */
static CK_RV
make_agreeing(CK_SESSION_HANDLE session, CK_ATTRIBUTE *use, CK_ULONG rules,
    CK_OBJECT_HANDLE *private)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07 };
	CK_MECHANISM make = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE wraps[] = {
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_ATTRIBUTE unwraps[] = {
		{ CKA_UNWRAP, &yes, 1 },
		*use,
		{ rules, &stays, sizeof(stays) },
	};
	CK_OBJECT_HANDLE public;

	return p11->C_GenerateKeyPair(session, &make, wraps, 2, unwraps,
	    rules == 0 ? 2 : 3, &public, private);
}

/* Agreement makes the key that is around what was wrapped. */
START_TEST(it_unwraps_or_agrees)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_ATTRIBUTE derives = { CKA_DERIVE, &yes, 1 };
	CK_ATTRIBUTE decapsulates = { CKA_DECAPSULATE, &yes, 1 };
	CK_ATTRIBUTE nothing = { CKA_SIGN, &no, 1 };
	static const CK_ULONG rules[] = { CKA_UNWRAP_TEMPLATE,
		CKA_DERIVE_TEMPLATE, CKA_DECAPSULATE_TEMPLATE };
	CK_OBJECT_HANDLE key;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++) {
		is(make_agreeing(session, &derives, rules[i], &key),
		    CKR_TEMPLATE_INCONSISTENT);
		is(make_agreeing(session, &decapsulates, rules[i], &key),
		    CKR_TEMPLATE_INCONSISTENT);
		ok(make_agreeing(session, &nothing, rules[i], &key));
		ck_assert_uint_eq(guest_bool(session, key, CKA_DERIVE),
		    CK_FALSE);
		is(p11->C_SetAttributeValue(session, key, &derives, 1),
		    CKR_TEMPLATE_INCONSISTENT);
	}
	/* of any other, whoever unwraps may read it all */
	ok(make_agreeing(session, &derives, 0, &key));
	ck_assert_uint_eq(guest_bool(session, key, CKA_UNWRAP), CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, key, CKA_DERIVE), CK_TRUE);
}
END_TEST

static void
make_rsa(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE *allowed, CK_ULONG count,
    CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE wraps[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_ATTRIBUTE unwraps[] = {
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_UNWRAP_TEMPLATE, &stays, sizeof(stays) },
		{ CKA_ALLOWED_MECHANISMS, allowed, count * sizeof(*allowed) },
	};

	ok(p11->C_GenerateKeyPair(session, &make, wraps, 2, unwraps,
	    count > 0 ? 3 : 2, public, private));
}

static CK_RV
through(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE public,
    CK_OBJECT_HANDLE private)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	};
	CK_OBJECT_HANDLE back;
	unsigned char wrapped[512];
	CK_ULONG len = sizeof(wrapped);

	ok(p11->C_WrapKey(session, how, public, guest_aes(session, 32),
	    wrapped, &len));
	return p11->C_UnwrapKey(session, how, private, wrapped, len, tmpl, 2,
	    &back);
}

/* The first part of a blob of two would be unwrapped to decrypt the other. */
START_TEST(it_unwraps_whole_or_in_parts)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_RSA_AES_KEY_WRAP_PARAMS both = { 256, &oaep };
	CK_MECHANISM plain = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	CK_MECHANISM whole = { CKM_RSA_AES_KEY_WRAP, &both, sizeof(both) };
	CK_MECHANISM_TYPE allowed[] = { CKM_RSA_AES_KEY_WRAP,
		CKM_RSA_PKCS_OAEP };
	CK_OBJECT_HANDLE public, private;

	make_rsa(session, NULL, 0, &public, &private);
	is(through(session, &whole, public, private), CKR_MECHANISM_INVALID);
	ok(through(session, &plain, public, private));
	make_rsa(session, allowed, 2, &public, &private);
	is(through(session, &whole, public, private), CKR_MECHANISM_INVALID);
	ok(through(session, &plain, public, private));
	make_rsa(session, allowed, 1, &public, &private);
	ok(through(session, &whole, public, private));
	is(through(session, &plain, public, private), CKR_MECHANISM_INVALID);
}
END_TEST

/* Their content is in CBC. */
START_TEST(it_opens_no_envelopes)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM how = { CKM_CNG_PKCS7ENVELOPE, NULL, 0 };
	CK_MECHANISM_TYPE allowed[] = { CKM_CNG_PKCS7ENVELOPE };
	CK_OBJECT_HANDLE public, private, other, key, back;
	unsigned char wrapped[2048];
	CK_ULONG len = sizeof(wrapped);

	make_rsa(session, allowed, 1, &public, &private);
	guest_ec(session, &other, &key);
	ok(p11->C_WrapKey(session, &how, public, key, wrapped, &len));
	is(p11->C_UnwrapKey(session, &how, private, wrapped, len, NULL, 0,
	    &back), CKR_MECHANISM_INVALID);
	wrapped[len - 1] ^= 1;
	is(p11->C_UnwrapKey(session, &how, private, wrapped, len, NULL, 0,
	    &back), CKR_MECHANISM_INVALID);
}
END_TEST

static CK_RV
unwrap_as(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE with, CK_KEY_TYPE type,
    CK_ULONG value_len)
{
	CK_MECHANISM how = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
	};
	CK_OBJECT_HANDLE back;
	unsigned char wrapped[64];
	CK_ULONG len = sizeof(wrapped);

	ok(p11->C_WrapKey(session, &how, with,
	    guest_generic(session, value_len), wrapped, &len));
	return p11->C_UnwrapKey(session, &how, with, wrapped, len, tmpl, 2,
	    &back);
}

/* What is found by its use comes in only where that is what was wanted. */
START_TEST(it_unwraps_no_weak_kinds)
{
	static const struct {
		CK_KEY_TYPE type;
		CK_ULONG bytes;
		CK_RV rv;
	} rows[] = { { CKK_AES, 32, CKR_OK },
		{ CKK_POLY1305, 32, CKR_TEMPLATE_INCONSISTENT },
		{ CKK_DES3, 24, CKR_TEMPLATE_INCONSISTENT } };
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CK_KEY_TYPE type = rows[i].type;
		CK_ATTRIBUTE says[] = { stays,
			{ CKA_KEY_TYPE, &type, sizeof(type) } };

		key = binding_aes(session, (CK_ATTRIBUTE){
		    CKA_UNWRAP_TEMPLATE, &stays, sizeof(stays) });
		is(unwrap_as(session, key, type, rows[i].bytes), rows[i].rv);
		ok(p11->C_DestroyObject(session, key));
		key = binding_aes(session, (CK_ATTRIBUTE){
		    CKA_UNWRAP_TEMPLATE, says, sizeof(says) });
		ok(unwrap_as(session, key, type, rows[i].bytes));
		ok(p11->C_DestroyObject(session, key));
	}
}
END_TEST

/* Whoever has the password has the key: a PFX file is read with one that
 * decrypts and unwraps. */
START_TEST(a_password_hides_nothing)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_UTF8CHAR password[] = "password", salt[] = "salt and pepper";
	CK_PKCS5_PBKD2_PARAMS2 param = {
		.saltSource = CKZ_SALT_SPECIFIED,
		.pSaltSourceData = salt,
		.ulSaltSourceDataLen = 15,
		.iterations = 1000,
		.prf = CKP_PKCS5_PBKD2_HMAC_SHA256,
		.pPassword = password,
		.ulPasswordLen = 8,
	};
	CK_MECHANISM make = { CKM_PKCS5_PBKD2, &param, sizeof(param) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_DECRYPT, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_TOKEN, &yes, 1 },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &make, tmpl, 5, &key));
	ck_assert_uint_eq(guest_bool(session, key, CKA_EXTRACTABLE), CK_TRUE);
	is(p11->C_GenerateKey(session, &make, tmpl, 6, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	tmpl[4] = tmpl[5];
	ok(p11->C_GenerateKey(session, &make, tmpl, 5, &key));
	ck_assert_uint_eq(guest_bool(session, key, CKA_EXTRACTABLE), CK_FALSE);
	ok(p11->C_DestroyObject(session, key));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_copy_for_the_session_is_no_less,
		it_unwraps_or_agrees,
		it_unwraps_whole_or_in_parts,
		it_opens_no_envelopes,
		it_unwraps_no_weak_kinds,
		a_password_hides_nothing,
	};

	return guest_run("face binding", tests, ARRAY_LEN(tests));
}
