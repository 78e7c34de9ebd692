/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The derivations of IKE through the module: NIST's vectors, templates, and
 * what becomes of keys that nobody may read.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <stdio.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;

static CK_SESSION_HANDLE
under(const char *policy)
{
	char path[512];
	FILE *file;

	ok(p11->C_Finalize(NULL));
	(void)snprintf(path, sizeof(path), "%s/conf", guest_folder());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	(void)fprintf(file, "store = %s/token.db\nuser_store = none\n"
	    "machine_store = none\npolicy = %s\n", guest_folder(), policy);
	ck_assert_int_eq(fclose(file), 0);
	ok(p11->C_Initialize(NULL));
	return guest_login();
}

static CK_OBJECT_HANDLE
import_as(CK_SESSION_HANDLE s, const char *hex, CK_BBOOL hidden,
    CK_BBOOL derives)
{
	unsigned char bytes[64];
	CK_BBOOL open = !hidden;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_DERIVE, &derives, 1 },
		{ CKA_SENSITIVE, &hidden, 1 },
		{ CKA_EXTRACTABLE, &open, 1 },
		{ CKA_VALUE, bytes, guest_hex(hex, bytes) },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static CK_OBJECT_HANDLE
import(CK_SESSION_HANDLE s, const char *hex)
{
	return import_as(s, hex, CK_FALSE, CK_TRUE);
}

/* A generic secret; len 0: no length is given. */
static CK_RV
derive(CK_SESSION_HANDLE s, CK_MECHANISM *how, CK_OBJECT_HANDLE from,
    CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};

	return p11->C_DeriveKey(s, how, from, tmpl, len == 0 ? 1 : 2, out);
}

static void
shows(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key, const char *want)
{
	unsigned char value[256], expected[256];
	CK_ULONG len = sizeof(value);

	ok(guest_bytes(s, key, CKA_VALUE, value, &len));
	ck_assert_uint_eq(guest_hex(want, expected), len);
	ck_assert_mem_eq(value, expected, len);
}

static void
gives(CK_SESSION_HANDLE s, CK_MECHANISM *how, const char *base, CK_ULONG len,
    const char *want)
{
	CK_OBJECT_HANDLE key;

	ok(derive(s, how, import(s, base), len, &key));
	shows(s, key, want);
}

/* --- NIST's test vectors (CAVP), SHA-1 --- */

static unsigned char ni[32], nr[32];

START_TEST(ike1_as_published)
{
	static const char gxy[] = "8ba4cbc73c0187301dc19a975823854dbd641c597f"
		"637f8d053a83b9514673eb";
	static const char skeyid[] =
	    "707197817fb2d90cf54d1842606bdea59b9f4823";
	static const char *const made[] = {
		"384be709a8a5e63c3ed160cfe3921c4b37d5b32d",
		"48b327575abe3adba0f279849e289022a13e2b47",
		"a4a415c8e0c38c0da847c356cc61c24df8025560",
	};
	CK_SESSION_HANDLE s = guest_login();
	CK_IKE_PRF_DERIVE_PARAMS first = { CKM_SHA_1_HMAC, CK_TRUE, CK_FALSE,
		ni, guest_hex("69a62284195f1680", ni), nr,
		guest_hex("80c94ba25c8abda5", nr), 0 };
	CK_MECHANISM how = { CKM_IKE_PRF_DERIVE, &first, sizeof(first) };
	CK_IKE1_PRF_DERIVE_PARAMS next = { CKM_SHA_1_HMAC, CK_FALSE,
		import(s, gxy), 0, ni, 8, nr, 8, 0 };

	gives(s, &how, gxy, 20, skeyid);
	/* by a key that was shared before */
	guest_hex("03a6f25a83c8c2a3", ni);
	guest_hex("9d958a6618f77e7f", nr);
	first.bDataAsKey = CK_FALSE;
	gives(s, &how, "c0", 0, "ab3be41bc62f2ef0c41a3076d58768be77fadd2e");
	guest_hex("8c3bcd3a69831d7f", ni);
	guest_hex("d2d9a7ff4fbe95a7", nr);
	how = (CK_MECHANISM){ CKM_IKE1_PRF_DERIVE, &next, sizeof(next) };
	for (; next.keyNumber < 3; next.keyNumber++) {
		gives(s, &how, skeyid, 0, made[next.keyNumber]);
		next.bHasPrevKey = CK_TRUE;
		next.hPrevKey = import(s, made[next.keyNumber]);
	}
	/* from the left */
	next.keyNumber = 2;
	next.hPrevKey = import(s, made[1]);
	gives(s, &how, skeyid, 5, "a4a415c8e0");
}
END_TEST

START_TEST(ike2_as_published)
{
	static const char skeyseed[] =
	    "a9a7b222b59f8f48645f28a1db5b5f5d7479cba7";
	static const char made[] = "a14293677cc80ff8f9cc0eee30d895da9d8f405666"
		"e30ef0dfcb63c634a46002a2a63080e514a062768b76606f9fa5e992204f"
		"c5a670bde3f10d6b027113936a5c55b648a194ae587b0088d52204b702c9"
		"79fa280870d2ed41efa9c549fd11198af1670b143d384bd275c5f594cf26"
		"6b05ebadca855e4249520a441a81157435a7a56cc4";
	CK_SESSION_HANDLE s = guest_login();
	CK_IKE_PRF_DERIVE_PARAMS first = { CKM_SHA_1_HMAC, CK_TRUE, CK_FALSE,
		ni, guest_hex("32b50d5f4a3763f3", ni), nr,
		guest_hex("9206a04b26564cb1", nr), 0 };
	CK_MECHANISM how = { CKM_IKE_PRF_DERIVE, &first, sizeof(first) };
	unsigned char seed[32];
	CK_IKE2_PRF_PLUS_DERIVE_PARAMS plus = { CKM_SHA_1_HMAC, CK_FALSE, 0,
		seed, guest_hex("32b50d5f4a3763f39206a04b26564cb134c9e7c188868"
		"7853ff77d760d2b2199", seed) };
	char begin[31] = "";

	gives(s, &how, "4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c"
	    "8b516b8be52", 0, skeyseed);
	/* anew, by what was made before */
	first.bDataAsKey = CK_FALSE;
	first.bRekey = CK_TRUE;
	first.hNewKey = import(s, "863f3c9d06efd39d2b907b97f8699e5dd5251ef64a"
	    "2a176f36ee40c87d4f9330");
	memcpy(begin, made, 30);
	gives(s, &how, "a14293677cc80ff8f9cc0eee30d895da9d8f4056", 0,
	    "63e81194946ebd05df7df5ebf5d8750056bf1f1d");
	how = (CK_MECHANISM){ CKM_IKE2_PRF_PLUS_DERIVE, &plus, sizeof(plus) };
	gives(s, &how, skeyseed, 132, made);
	gives(s, &how, skeyseed, 15, begin);
	/* the first of it in a key */
	plus.bHasSeedKey = CK_TRUE;
	plus.hSeedKey = import(s, "32b50d5f4a3763f3");
	plus.pSeedData = seed + 8;
	plus.ulSeedDataLen = 24;
	gives(s, &how, skeyseed, 132, made);
}
END_TEST

/* --- templates and parameters --- */

START_TEST(templates)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_IKE_PRF_DERIVE_PARAMS first = { CKM_SHA256_HMAC, CK_FALSE,
		CK_FALSE, ni, 8, nr, 8, 0 };
	CK_IKE1_PRF_DERIVE_PARAMS next = { CKM_SHA256_HMAC, CK_FALSE,
		import(s, "010203"), 0, ni, 8, nr, 8, 0 };
	CK_IKE2_PRF_PLUS_DERIVE_PARAMS plus = { CKM_SHA256_HMAC, CK_FALSE, 0,
		ni, 8 };
	CK_MECHANISM how = { CKM_IKE_PRF_DERIVE, &first, sizeof(first) };
	CK_OBJECT_HANDLE base = import(s, "000102030405060708"), key;

	/* always as long as the function, and of its type */
	is(derive(s, &how, base, 31, &key), CKR_KEY_SIZE_RANGE);
	is(derive(s, &how, base, 33, &key), CKR_KEY_SIZE_RANGE);
	ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
	ck_assert_uint_eq(guest_number(s, key, CKA_KEY_TYPE),
	    CKK_SHA256_HMAC);
	ck_assert_uint_eq(guest_number(s, key, CKA_VALUE_LEN), 32);
	how = (CK_MECHANISM){ CKM_IKE1_PRF_DERIVE, &next, sizeof(next) };
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	is(derive(s, &how, base, 33, &key), CKR_KEY_SIZE_RANGE);
	ok(derive(s, &how, base, 0, &key));
	ck_assert_uint_eq(guest_number(s, key, CKA_VALUE_LEN), 32);
	how = (CK_MECHANISM){ CKM_IKE2_PRF_PLUS_DERIVE, &plus, sizeof(plus) };
	is(derive(s, &how, base, 0, &key), CKR_TEMPLATE_INCOMPLETE);
	is(derive(s, &how, base, 255 * 32 + 1, &key), CKR_KEY_SIZE_RANGE);
	ok(derive(s, &how, base, 4096, &key));
}
END_TEST

START_TEST(parameters)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_IKE_PRF_DERIVE_PARAMS first = { CKM_SHA256_HMAC, CK_TRUE, CK_TRUE,
		ni, 8, nr, 8, 0 };
	CK_MECHANISM how = { CKM_IKE_PRF_DERIVE, &first, sizeof(first) };
	CK_OBJECT_HANDLE base = import(s, "000102030405060708"), key;

	is(derive(s, &how, base, 0, &key), CKR_ARGUMENTS_BAD);
	first.bDataAsKey = CK_FALSE;
	is(derive(s, &how, base, 0, &key), CKR_KEY_HANDLE_INVALID);
	/* what goes in must be allowed to */
	first.hNewKey = import_as(s, "0102", CK_FALSE, CK_FALSE);
	is(derive(s, &how, base, 0, &key), CKR_KEY_FUNCTION_NOT_PERMITTED);
	first.bRekey = 2;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	first.bRekey = CK_FALSE;
	first.prfMechanism = CKM_SHA256;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	first.prfMechanism = CKM_AES_CMAC;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	first.prfMechanism = CKM_SHA256_HMAC;
	first.pNr = NULL;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	first.ulNrLen = 0;
	ok(derive(s, &how, base, 0, &key));
	how.ulParameterLen--;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* --- hidden keys --- */

/* Whichever of the keys is hidden: what is made is, too. */
START_TEST(hidden_like_its_parents)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_IKE1_PRF_DERIVE_PARAMS next = { CKM_SHA256_HMAC, CK_TRUE, 0, 0, ni,
		8, nr, 8, 0 };
	CK_MECHANISM how = { CKM_IKE1_PRF_DERIVE, &next, sizeof(next) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_ATTRIBUTE taken[] = {
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_OBJECT_HANDLE key, base;
	int i;

	for (i = 0; i < 3; i++) {
		base = import_as(s, "00010203", i == 0, CK_TRUE);
		next.hKeygxy = import_as(s, "00010204", i == 1, CK_TRUE);
		next.hPrevKey = import_as(s, "00010205", i == 2, CK_TRUE);
		is(p11->C_DeriveKey(s, &how, base, tmpl, 2, &key),
		    CKR_TEMPLATE_INCONSISTENT);
		is(p11->C_DeriveKey(s, &how, base, taken, 2, &key),
		    CKR_TEMPLATE_INCONSISTENT);
		ok(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key));
		ck_assert(guest_bool(s, key, CKA_SENSITIVE));
		ck_assert(!guest_bool(s, key, CKA_EXTRACTABLE));
		ck_assert(!guest_bool(s, key, CKA_ALWAYS_SENSITIVE));
		ck_assert(!guest_bool(s, key, CKA_NEVER_EXTRACTABLE));
	}
}
END_TEST

static const char skeyid[] = "63e81194946ebd05df7df5ebf5d8750056bf1f1d";

/* Without other data the first bytes of the key are the new one (RFC 2409,
 * appendix B): not of one that is hidden, but where the policy allows it. */
START_TEST(a_key_that_is_only_cut)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_IKE1_EXTENDED_DERIVE_PARAMS param = { CKM_SHA_1_HMAC, CK_FALSE, 0,
		NULL, 0 };
	CK_MECHANISM how = { CKM_IKE1_EXTENDED_DERIVE, &param,
		sizeof(param) };
	CK_OBJECT_HANDLE hidden = import_as(s, skeyid, CK_TRUE, CK_TRUE), key;

	gives(s, &how, skeyid, 15, "63e81194946ebd05df7df5ebf5d875");
	gives(s, &how, skeyid, 20, skeyid);
	gives(s, &how, skeyid, 40, "933347a07de5782247dd36d1562ffe0eecade1eb4"
	    "134165257e3af1000af8ae3f165063828cbb60d");
	is(derive(s, &how, import(s, skeyid), 0, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	is(derive(s, &how, hidden, 20, &key), CKR_KEY_FUNCTION_NOT_PERMITTED);
	is(derive(s, &how, hidden, 15, &key), CKR_KEY_FUNCTION_NOT_PERMITTED);
	ok(derive(s, &how, hidden, 21, &key));
	param.pExtraData = ni;
	param.ulExtraDataLen = 1;
	ok(derive(s, &how, hidden, 20, &key));
	param.ulExtraDataLen = 0;
	s = under("compat");
	hidden = import_as(s, skeyid, CK_TRUE, CK_TRUE);
	ok(derive(s, &how, hidden, 15, &key));
	ck_assert(guest_bool(s, key, CKA_SENSITIVE));
	ck_assert(!guest_bool(s, key, CKA_EXTRACTABLE));
	(void)under("strict");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { ike1_as_published, ike2_as_published,
		templates, parameters, hidden_like_its_parents,
		a_key_that_is_only_cut };

	return guest_run("ike", tests, ARRAY_LEN(tests));
}
