/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What unwrapping tells its caller, and what it lets him cut: nothing.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static unsigned char iv[16] = { 1 };

/* A sensitive key that wraps and unwraps, and nothing else. */
static CK_OBJECT_HANDLE
guarded_aes(CK_SESSION_HANDLE session)
{
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG bytes = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

/* To a generic secret of len bytes (0: what there is). */
static CK_RV
unwrap(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE with,
    unsigned char *wrapped, CK_ULONG wrapped_len, CK_ULONG len, CK_BBOOL token)
{
	CK_OBJECT_HANDLE key;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_TOKEN, &token, 1 },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};

	return p11->C_UnwrapKey(session, how, with, wrapped, wrapped_len, tmpl,
	    ARRAY_LEN(tmpl) - (len == 0), &key);
}

/* Only what filled the last block of AES-KW is cut. */
START_TEST(a_key_is_not_cut_short)
{
	static const CK_MECHANISM_TYPE ways[] = { CKM_AES_KEY_WRAP,
		CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PKCS7 };
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guarded_aes(session);
	unsigned char value[20], wrapped[64];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_VALUE, value, sizeof(value) },
	};
	CK_OBJECT_HANDLE key;
	CK_ULONG len;

	/* one that ends in zeros looks filled */
	memset(value, 0x5a, sizeof(value));
	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key));
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		CK_MECHANISM how = { ways[i], NULL, 0 };

		len = sizeof(wrapped);
		ok(p11->C_WrapKey(session, &how, with, key, wrapped, &len));
		ok(unwrap(session, &how, with, wrapped, len, 20, CK_FALSE));
		for (CK_ULONG few = 1; few < 20; few++)
			is(unwrap(session, &how, with, wrapped, len, few,
			    CK_FALSE), CKR_WRAPPED_KEY_INVALID);
	}
}
END_TEST

START_TEST(nor_under_rsa)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_MECHANISM how = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	CK_ULONG bits = 2048, len;
	CK_ATTRIBUTE wraps[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_ATTRIBUTE unwraps = { CKA_UNWRAP, &yes, 1 };
	CK_OBJECT_HANDLE key = guest_aes(session, 32), public, private;
	unsigned char wrapped[256];

	ok(p11->C_GenerateKeyPair(session, &make, wraps, 2, &unwraps, 1,
	    &public, &private));
	len = sizeof(wrapped);
	ok(p11->C_WrapKey(session, &how, public, key, wrapped, &len));
	ok(unwrap(session, &how, private, wrapped, len, 32, CK_FALSE));
	is(unwrap(session, &how, private, wrapped, len, 24, CK_FALSE),
	    CKR_WRAPPED_KEY_INVALID);
}
END_TEST

static CK_RV
derive(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE base, CK_KEY_TYPE type,
    CK_ULONG len, CK_BBOOL hidden)
{
	CK_MECHANISM how = { CKM_SHA256_KEY_DERIVATION, NULL, 0 };
	CK_BBOOL leaves = !hidden;
	CK_OBJECT_HANDLE out;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_SENSITIVE, &hidden, 1 },
		{ CKA_EXTRACTABLE, &leaves, 1 },
		{ CKA_SIGN, &yes, 1 },
	};

	return p11->C_DeriveKey(session, &how, base, tmpl, ARRAY_LEN(tmpl),
	    &out);
}

/* Nor is a hidden key derived a byte at a time. */
START_TEST(no_pieces_are_derived)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE base = guest_generic(session, 32);

	is(derive(session, base, CKK_GENERIC_SECRET, 1, CK_TRUE),
	    CKR_KEY_SIZE_RANGE);
	is(derive(session, base, CKK_GENERIC_SECRET, 13, CK_TRUE),
	    CKR_KEY_SIZE_RANGE);
	is(derive(session, base, CKK_POLY1305, 32, CK_TRUE),
	    CKR_KEY_SIZE_RANGE);
	ok(derive(session, base, CKK_GENERIC_SECRET, 14, CK_TRUE));
	ok(derive(session, base, CKK_GENERIC_SECRET, 1, CK_FALSE));
}
END_TEST

START_TEST(no_short_tag_is_tried)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 64 };
	CK_MECHANISM how = { CKM_AES_GCM, &gcm, sizeof(gcm) };
	CK_CCM_PARAMS ccm = { 24, iv, 12, NULL, 0, 8 };
	unsigned char wrapped[64] = { 0 };
	CK_OBJECT_HANDLE with = guarded_aes(session);

	is(unwrap(session, &how, with, wrapped, 40, 0, CK_FALSE),
	    CKR_MECHANISM_PARAM_INVALID);
	gcm.ulTagBits = 96;
	is(unwrap(session, &how, with, wrapped, 40, 0, CK_FALSE),
	    CKR_WRAPPED_KEY_INVALID);
	how = (CK_MECHANISM){ CKM_AES_CCM, &ccm, sizeof(ccm) };
	is(unwrap(session, &how, with, wrapped, 32, 0, CK_FALSE),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* What can be counted without a key is told; bytes never are. */
START_TEST(a_length_that_is_never_right)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_RSA_AES_KEY_WRAP_PARAMS mixed = { 256, &oaep };
	struct {
		CK_MECHANISM how;
		CK_ULONG bad[5], good;
	} rows[] = {
		{ { CKM_AES_KEY_WRAP, NULL, 0 }, { 0, 8, 16, 39, 47 }, 40 },
		{ { CKM_AES_KEY_WRAP_KWP, NULL, 0 }, { 0, 8, 15, 39, 47 },
		    16 },
		{ { CKM_AES_KEY_WRAP_PKCS7, NULL, 0 }, { 0, 8, 16, 39, 47 },
		    24 },
		{ { CKM_AES_CBC_PAD, iv, 16 }, { 0, 1, 15, 17, 40 }, 32 },
		{ { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) },
		    { 0, 8, 255, 257, 512 }, 256 },
		{ { CKM_RSA_AES_KEY_WRAP, &mixed, sizeof(mixed) },
		    { 0, 255, 256, 264, 279 }, 272 },
	};
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE size = { CKA_MODULUS_BITS, &bits, sizeof(bits) };
	CK_ATTRIBUTE unwraps = { CKA_UNWRAP, &yes, 1 };
	CK_OBJECT_HANDLE aes = guarded_aes(session), public, private, with;
	unsigned char wrapped[512] = { 1 };
	size_t i, k;

	ok(p11->C_GenerateKeyPair(session, &make, &size, 1, &unwraps, 1,
	    &public, &private));
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		with = i < 4 ? aes : private;
		for (k = 0; k < ARRAY_LEN(rows[i].bad); k++)
			is(unwrap(session, &rows[i].how, with, wrapped,
			    rows[i].bad[k], 0, CK_FALSE),
			    CKR_WRAPPED_KEY_LEN_RANGE);
		is(unwrap(session, &rows[i].how, with, wrapped, rows[i].good,
		    0, CK_FALSE), CKR_WRAPPED_KEY_INVALID);
	}
}
END_TEST

/* Where it may not be put, a good blob is not told from a bad one. */
START_TEST(the_place_is_judged_first)
{
	CK_SESSION_HANDLE session = guest_login(), reads;
	CK_MECHANISM how = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_OBJECT_HANDLE with = guarded_aes(session);
	CK_OBJECT_HANDLE key = guest_generic(session, 20);
	unsigned char wrapped[64];
	CK_ULONG len = sizeof(wrapped);

	ok(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &reads));
	ok(p11->C_WrapKey(session, &how, with, key, wrapped, &len));
	is(unwrap(reads, &how, with, wrapped, len, 0, CK_TRUE),
	    CKR_SESSION_READ_ONLY);
	ok(unwrap(reads, &how, with, wrapped, len, 0, CK_FALSE));
	wrapped[3] ^= 1;
	is(unwrap(reads, &how, with, wrapped, len, 0, CK_TRUE),
	    CKR_SESSION_READ_ONLY);
	is(unwrap(reads, &how, with, wrapped, len, 0, CK_FALSE),
	    CKR_WRAPPED_KEY_INVALID);
	ok(p11->C_CloseSession(reads));
}
END_TEST

static CK_RV
unwrap_named(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE with,
    unsigned char *wrapped, CK_ULONG len, bool stays)
{
	CK_MECHANISM how = { CKM_CNG_RSAPRIVATE, NULL, 0 };
	CK_BBOOL no = CK_FALSE;
	char text[] = "taken";
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CNG_KEY_NAME, text, 5 },
		{ CKA_TOKEN, &no, 1 },
	};
	CK_OBJECT_HANDLE key;

	return p11->C_UnwrapKey(session, &how, with, wrapped, len, tmpl,
	    stays ? 1 : 2, &key);
}

START_TEST(so_is_a_name_that_is_taken)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM how = { CKM_CNG_RSAPRIVATE, NULL, 0 };
	CK_OBJECT_HANDLE with = guest_aes(session, 32), public, private;
	unsigned char wrapped[1024];
	CK_ULONG len = sizeof(wrapped);
	CK_RV taken;

	guest_rsa(session, &public, &private);
	ok(p11->C_WrapKey(session, &how, with, private, wrapped, &len));
	ok(unwrap_named(session, with, wrapped, len, true));
	taken = unwrap_named(session, with, wrapped, len, true);
	ck_assert_uint_ne(taken, CKR_OK);
	ck_assert_uint_ne(taken, CKR_WRAPPED_KEY_INVALID);
	/* a key of the session takes no name from anybody */
	ok(unwrap_named(session, with, wrapped, len, false));
	wrapped[len / 2] ^= 1;
	is(unwrap_named(session, with, wrapped, len, true), taken);
}
END_TEST

/* A wrapping key of the token that its SO vouches for. */
static CK_OBJECT_HANDLE
trusted_aes(CK_SESSION_HANDLE session)
{
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_BBOOL no = CK_FALSE;
	CK_ULONG bytes = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
	};
	CK_ATTRIBUTE trusted = { CKA_TRUSTED, &yes, 1 };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &key));
	ok(p11->C_Logout(session));
	ok(p11->C_Login(session, CKU_SO, PIN_OF(SO_PIN)));
	ok(p11->C_SetAttributeValue(session, key, &trusted, 1));
	ok(p11->C_Logout(session));
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	return key;
}

/* What comes out of it is sensitive unasked, and has to fit that. */
START_TEST(what_is_inherited_does_not_meet)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = trusted_aes(session), back;
	CK_OBJECT_HANDLE key = guest_aes(session, 32);
	CK_MECHANISM how = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_KEY_TYPE aes = CKK_AES;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
	};
	unsigned char wrapped[64];
	CK_ULONG len = sizeof(wrapped);

	ok(p11->C_WrapKey(session, &how, with, key, wrapped, &len));
	is(p11->C_UnwrapKey(session, &how, with, wrapped, len, tmpl,
	    ARRAY_LEN(tmpl), &back), CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_UnwrapKey(session, &how, with, wrapped, len, tmpl,
	    ARRAY_LEN(tmpl) - 1, &back));
	ck_assert_uint_eq(guest_bool(session, back, CKA_SENSITIVE), CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, back, CKA_WRAP), CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, back, CKA_DECRYPT), CK_FALSE);
	/* two messages would tell it */
	aes = CKK_POLY1305;
	is(p11->C_UnwrapKey(session, &how, with, wrapped, len, tmpl, 2,
	    &back), CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_DestroyObject(session, with));
}
END_TEST

/* Padding tells; and with an IV and a key of the caller's, wrapping makes a
 * block that he likes. */
static void
expect_no_oracle(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE with)
{
	CK_MECHANISM cbc = { CKM_AES_CBC_PAD, iv, sizeof(iv) };
	CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, iv, 4 };
	CK_OBJECT_HANDLE key = guest_generic(session, 8);
	unsigned char wrapped[48] = { 0 };
	CK_ULONG len = sizeof(wrapped);

	is(unwrap(session, &cbc, with, wrapped, sizeof(wrapped), 0, CK_FALSE),
	    CKR_MECHANISM_INVALID);
	is(p11->C_WrapKey(session, &cbc, with, key, wrapped, &len),
	    CKR_MECHANISM_INVALID);
	is(p11->C_WrapKey(session, &kwp, with, key, wrapped, &len),
	    CKR_MECHANISM_INVALID);
	kwp = (CK_MECHANISM){ CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	ok(p11->C_WrapKey(session, &kwp, with, key, wrapped, &len));
}

START_TEST(a_trusted_key_does_not_encrypt)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = trusted_aes(session);

	expect_no_oracle(session, with);
	ok(p11->C_DestroyObject(session, with));
}
END_TEST

START_TEST(nor_one_with_a_template)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_BBOOL no = CK_FALSE;
	CK_ULONG bytes = 32;
	CK_ATTRIBUTE stays = { CKA_EXTRACTABLE, &no, 1 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_UNWRAP_TEMPLATE, &stays, sizeof(stays) },
	};
	CK_OBJECT_HANDLE with;

	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &with));
	expect_no_oracle(session, with);
}
END_TEST

/* It would come back without the trust, and hand nothing down. */
START_TEST(a_trusted_key_stays)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = trusted_aes(session);
	CK_OBJECT_HANDLE with = guest_aes(session, 32);
	CK_MECHANISM how = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	unsigned char wrapped[64];
	CK_ULONG len = sizeof(wrapped);

	is(p11->C_WrapKey(session, &how, with, key, wrapped, &len),
	    CKR_KEY_NOT_WRAPPABLE);
	how.mechanism = CKM_CNG_OPAQUETRANSPORT;
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_KEY_NOT_WRAPPABLE);
	how.mechanism = CKM_CNG_PROTECTEDKEY;
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_KEY_NOT_WRAPPABLE);
	ok(p11->C_DestroyObject(session, key));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_key_is_not_cut_short,
		nor_under_rsa,
		a_trusted_key_does_not_encrypt,
		nor_one_with_a_template,
		no_pieces_are_derived,
		no_short_tag_is_tried,
		a_length_that_is_never_right,
		the_place_is_judged_first,
		so_is_a_name_that_is_taken,
		what_is_inherited_does_not_meet,
		a_trusted_key_stays,
	};

	return guest_run("face unwrap", tests, ARRAY_LEN(tests));
}
