/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys made of secrets: published vectors through the module, and parameters
 * that make no sense.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;

static CK_OBJECT_HANDLE
import(CK_SESSION_HANDLE s, const void *bytes, CK_ULONG len)
{
	unsigned char copy[64];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_VALUE, copy, len },
	};
	CK_OBJECT_HANDLE key;

	memcpy(copy, bytes, len);
	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static CK_RV
derive(CK_SESSION_HANDLE s, CK_MECHANISM *how, CK_OBJECT_HANDLE from,
    CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};

	return p11->C_DeriveKey(s, how, from, tmpl, len == 0 ? 2 : 3, out);
}

static void
shows(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key, const char *want)
{
	unsigned char value[128];
	char hex[257] = "";
	CK_ULONG len = sizeof(value), i;

	ok(guest_bytes(s, key, CKA_VALUE, value, &len));
	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", value[i]);
	ck_assert_str_eq(hex, want);
}

/* RFC 5869, case 1 */
static unsigned char ikm[22], salt[13], info[10];
static const char okm[] = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c"
			  "5db02d56ecc4c5bf34007208d5b887185865";

static void
fill(void)
{
	unsigned char i;

	memset(ikm, 0x0b, sizeof(ikm));
	for (i = 0; i < sizeof(salt); i++)
		salt[i] = i;
	for (i = 0; i < sizeof(info); i++)
		info[i] = (unsigned char)(0xf0 + i);
}

START_TEST(hkdf_as_published)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_HKDF_PARAMS hkdf = { CK_TRUE, CK_TRUE, CKM_SHA256,
		CKF_HKDF_SALT_DATA, salt, sizeof(salt), 0, info,
		sizeof(info) };
	CK_MECHANISM how = { CKM_HKDF_DERIVE, &hkdf, sizeof(hkdf) };
	CK_OBJECT_HANDLE base, key, other;
	CK_ULONG len = 42;
	CK_ATTRIBUTE data = { CKA_VALUE_LEN, &len, sizeof(len) };

	fill();
	base = import(s, ikm, sizeof(ikm));
	ok(derive(s, &how, base, 42, &key));
	shows(s, key, okm);
	/* the same salt as a key */
	hkdf.ulSaltType = CKF_HKDF_SALT_KEY;
	hkdf.hSaltKey = import(s, salt, sizeof(salt));
	ok(derive(s, &how, base, 42, &key));
	shows(s, key, okm);
	/* in two steps */
	hkdf.bExpand = CK_FALSE;
	ok(derive(s, &how, base, 0, &other));
	hkdf.bExpand = CK_TRUE;
	hkdf.bExtract = CK_FALSE;
	is(derive(s, &how, other, 42, &key), CKR_OK);
	shows(s, key, okm);
	/* as data that is no key */
	hkdf.bExtract = CK_TRUE;
	how.mechanism = CKM_HKDF_DATA;
	ok(p11->C_DeriveKey(s, &how, base, &data, 1, &key));
	ck_assert_uint_eq(guest_number(s, key, CKA_CLASS), CKO_DATA);
	shows(s, key, okm);
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
	    CKR_TEMPLATE_INCOMPLETE);
}
END_TEST

/* Data may be extracted from: of the size of the hash, and with a salt.  It
 * gives what a key of the same value gives. */
START_TEST(hkdf_of_data)
{
	CK_SESSION_HANDLE s = guest_login();
	unsigned char zero[33] = { 0 }, value[32];
	CK_OBJECT_CLASS data = CKO_DATA;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &data, sizeof(data) },
		{ CKA_VALUE, zero, 32 },
	};
	CK_HKDF_PARAMS hkdf = { CK_TRUE, CK_FALSE, CKM_SHA256,
		CKF_HKDF_SALT_KEY, NULL, 0, import(s, "salt", 4), NULL, 0 };
	CK_MECHANISM how = { CKM_HKDF_DERIVE, &hkdf, sizeof(hkdf) };
	CK_OBJECT_HANDLE base, key;
	char hex[65];
	CK_ULONG len = sizeof(value), i, before;

	ok(derive(s, &how, import(s, zero, 32), 0, &key));
	ok(guest_bytes(s, key, CKA_VALUE, value, &len));
	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", value[i]);
	ok(p11->C_CreateObject(s, tmpl, 2, &base));
	before = guest_find(s, NULL, 0, NULL);
	ok(derive(s, &how, base, 0, &key));
	shows(s, key, hex);
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), before + 1);
	ck_assert(!guest_bool(s, key, CKA_ALWAYS_SENSITIVE));
	hkdf.ulSaltType = CKF_HKDF_SALT_DATA;
	hkdf.pSalt = (CK_BYTE[]){ "salt" };
	hkdf.ulSaltLen = 4;
	hkdf.bExpand = CK_TRUE;
	ok(derive(s, &how, base, 42, &key));
	/* without a salt, or without extraction, it is no key */
	hkdf.bExtract = CK_FALSE;
	is(derive(s, &how, base, 42, &key), CKR_KEY_HANDLE_INVALID);
	hkdf.bExtract = CK_TRUE;
	hkdf.ulSaltType = CKF_HKDF_SALT_NULL;
	is(derive(s, &how, base, 42, &key), CKR_KEY_HANDLE_INVALID);
	hkdf.ulSaltType = CKF_HKDF_SALT_DATA;
	hkdf.prfHashMechanism = CKM_SHA384;
	is(derive(s, &how, base, 42, &key), CKR_KEY_SIZE_RANGE);
	hkdf.prfHashMechanism = CKM_SHA256;
	for (i = 31; i < 34; i += 2) {
		tmpl[1].ulValueLen = i;
		ok(p11->C_CreateObject(s, tmpl, 2, &base));
		is(derive(s, &how, base, 42, &key), CKR_KEY_SIZE_RANGE);
	}
}
END_TEST

/* Data is not what the rules of the key allow to be made of it. */
START_TEST(hkdf_with_rules)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_HKDF_PARAMS hkdf = { CK_TRUE, CK_TRUE, CKM_SHA256,
		CKF_HKDF_SALT_NULL, NULL, 0, 0, NULL, 0 };
	CK_MECHANISM how = { CKM_HKDF_DERIVE, &hkdf, sizeof(hkdf) };
	CK_MECHANISM make = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
	CK_ULONG len = 32;
	CK_ATTRIBUTE hidden = { CKA_SENSITIVE, &yes, 1 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_DERIVE_TEMPLATE, &hidden, sizeof(hidden) },
	};
	CK_OBJECT_HANDLE base, key = 0;

	ok(p11->C_GenerateKey(s, &make, tmpl, ARRAY_LEN(tmpl), &base));
	ok(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key));
	ck_assert_uint_eq(guest_bool(s, key, CKA_SENSITIVE), CK_TRUE);
	key = 0;
	how.mechanism = CKM_HKDF_DATA;
	is(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(key, 0);
}
END_TEST

START_TEST(hkdf_refusals)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_HKDF_PARAMS hkdf = { CK_TRUE, CK_TRUE, CKM_SHA256,
		CKF_HKDF_SALT_NULL, NULL, 0, 0, NULL, 0 };
	CK_MECHANISM how = { CKM_HKDF_DERIVE, &hkdf, sizeof(hkdf) };
	CK_OBJECT_HANDLE base, key;

	fill();
	base = import(s, ikm, sizeof(ikm));
	ok(derive(s, &how, base, 0, &key));
	hkdf.ulSaltType = 3;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	hkdf.ulSaltType = CKF_HKDF_SALT_KEY;
	hkdf.hSaltKey = 12345;
	is(derive(s, &how, base, 0, &key), CKR_KEY_HANDLE_INVALID);
	hkdf.ulSaltType = CKF_HKDF_SALT_NULL;
	hkdf.prfHashMechanism = CKM_MD5;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	hkdf.prfHashMechanism = CKM_SHA3_256;
	ok(derive(s, &how, base, 0, &key));
	is(derive(s, &how, base, 255 * 32 + 1, &key), CKR_KEY_SIZE_RANGE);
	hkdf.bExpand = CK_FALSE;
	hkdf.bExtract = CK_FALSE;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	hkdf.bExtract = 2;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	how.ulParameterLen--;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* RFC 6070 */
START_TEST(pbkdf2_as_published)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_PKCS5_PBKD2_PARAMS2 pbkd2 = { CKZ_SALT_SPECIFIED,
		(CK_BYTE[]){ "salt" }, 4, 2, CKP_PKCS5_PBKD2_HMAC_SHA1, NULL, 0,
		(CK_UTF8CHAR[]){ "password" }, 8 };
	CK_MECHANISM how = { CKM_PKCS5_PBKD2, &pbkd2, sizeof(pbkd2) };
	CK_KEY_TYPE aes = CKK_AES, rsa = CKK_RSA;
	CK_ULONG len = 20;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(s, &how, tmpl, 4, &key));
	shows(s, key, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
	tmpl[0].pValue = &aes;
	is(p11->C_GenerateKey(s, &how, tmpl, 4, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	len = 32;
	ok(p11->C_GenerateKey(s, &how, tmpl, 4, &key));
	tmpl[0].pValue = &rsa;
	is(p11->C_GenerateKey(s, &how, tmpl, 4, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	tmpl[0].pValue = &generic;
	is(p11->C_GenerateKey(s, &how, tmpl, 1, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	pbkd2.iterations = 0;
	is(p11->C_GenerateKey(s, &how, tmpl, 4, &key),
	    CKR_MECHANISM_PARAM_INVALID);
	pbkd2.iterations = 1;
	pbkd2.prf = 2;
	is(p11->C_GenerateKey(s, &how, tmpl, 4, &key),
	    CKR_MECHANISM_PARAM_INVALID);
	pbkd2.prf = CKP_PKCS5_PBKD2_HMAC_SHA256;
	pbkd2.ulPasswordLen = 0;
	is(p11->C_GenerateKey(s, &how, tmpl, 4, &key),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* As the first edition had it, with the address of the password's length. */
START_TEST(pbkdf2_as_first_printed)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ULONG lens[] = { 8, 0, 5000 };
	CK_PKCS5_PBKD2_PARAMS2 pbkd2 = { CKZ_SALT_SPECIFIED,
		(CK_BYTE[]){ "salt" }, 4, 2, CKP_PKCS5_PBKD2_HMAC_SHA1, NULL, 0,
		(CK_UTF8CHAR[]){ "password" }, (CK_ULONG)lens };
	CK_MECHANISM how = { CKM_PKCS5_PBKD2, &pbkd2, sizeof(pbkd2) };
	CK_ULONG len = 20, page = (CK_ULONG)sysconf(_SC_PAGESIZE);
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_BYTE *gone = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CK_OBJECT_HANDLE key;

	ck_assert_ptr_ne(gone, MAP_FAILED);
	ck_assert_int_eq(mprotect(gone + page, page, PROT_NONE), 0);
	const CK_ULONG wrong[] = { (CK_ULONG)&lens[1], (CK_ULONG)&lens[2],
		(CK_ULONG)lens + 1, (CK_ULONG)gone + page,
		4097, 65536, CK_UNAVAILABLE_INFORMATION,
		CK_UNAVAILABLE_INFORMATION & ~7UL, 0x4141414141414140UL };

	ok(p11->C_GenerateKey(s, &how, tmpl, 4, &key));
	shows(s, key, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		pbkd2.ulPasswordLen = wrong[i];
		is(p11->C_GenerateKey(s, &how, tmpl, 4, &key),
		    CKR_MECHANISM_PARAM_INVALID);
	}
	munmap(gone, 2 * page);
}
END_TEST

/* --- SP 800-108 --- */

/* One block of counter mode is one HMAC. */
START_TEST(kbkdf_is_an_hmac)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_SP800_108_COUNTER_FORMAT counter = { CK_FALSE, 32 };
	CK_SP800_108_DKM_LENGTH_FORMAT length = {
		CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE, 32 };
	CK_PRF_DATA_PARAM pieces[] = {
		{ CK_SP800_108_ITERATION_VARIABLE, &counter,
		    sizeof(counter) },
		{ CK_SP800_108_BYTE_ARRAY, (CK_BYTE[]){ "label" }, 5 },
		{ CK_SP800_108_DKM_LENGTH, &length, sizeof(length) },
	};
	CK_SP800_108_KDF_PARAMS kdf = { CKM_SHA256_HMAC, 3, pieces, 0, NULL };
	CK_SP800_108_FEEDBACK_KDF_PARAMS feedback = { CKM_SHA256_HMAC, 3,
		pieces, 0, NULL, 0, NULL };
	CK_MECHANISM how = { CKM_SP800_108_COUNTER_KDF, &kdf, sizeof(kdf) };
	CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };
	unsigned char message[] = { 0, 0, 0, 1, 'l', 'a', 'b', 'e', 'l', 0, 0,
		1, 0 };
	unsigned char mac[32];
	char hex[65];
	CK_OBJECT_HANDLE base, key;
	CK_ULONG len = sizeof(mac), i;

	base = import(s, "0123456789", 10);
	ok(p11->C_SignInit(s, &hmac, base));
	ok(p11->C_Sign(s, message, sizeof(message), mac, &len));
	for (i = 0; i < 32; i++)
		sprintf(hex + 2 * i, "%02x", mac[i]);
	ok(derive(s, &how, base, 32, &key));
	shows(s, key, hex);
	/* the sum of segments is that of a whole block */
	length.dkmLengthMethod = CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS;
	ok(derive(s, &how, base, 8, &key));
	hex[16] = 0;
	shows(s, key, hex);
	kdf.ulAdditionalDerivedKeys = 1;
	is(derive(s, &how, base, 32, &key), CKR_MECHANISM_PARAM_INVALID);
	kdf.ulAdditionalDerivedKeys = 0;
	counter.ulWidthInBits = 7;
	is(derive(s, &how, base, 32, &key), CKR_MECHANISM_PARAM_INVALID);
	counter.ulWidthInBits = 8;
	kdf.prfType = CKM_SHA256;
	is(derive(s, &how, base, 32, &key), CKR_MECHANISM_PARAM_INVALID);
	kdf.prfType = CKM_AES_CMAC;
	is(derive(s, &how, base, 32, &key), CKR_KEY_TYPE_INCONSISTENT);
	/* what the block before gave has no format */
	how = (CK_MECHANISM){ CKM_SP800_108_FEEDBACK_KDF, &feedback,
		sizeof(feedback) };
	is(derive(s, &how, base, 32, &key), CKR_MECHANISM_PARAM_INVALID);
	pieces[0] = (CK_PRF_DATA_PARAM){ CK_SP800_108_ITERATION_VARIABLE,
		NULL, 0 };
	ok(derive(s, &how, base, 100, &key));
	how = (CK_MECHANISM){ CKM_SP800_108_DOUBLE_PIPELINE_KDF, &kdf,
		sizeof(kdf) };
	kdf.prfType = CKM_SHA3_256_HMAC;
	ok(derive(s, &how, base, 100, &key));
	pieces[1].type = 77;
	is(derive(s, &how, base, 32, &key), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* A piece may be the value of a key, and what is made is as hidden as that
 * one. */
START_TEST(kbkdf_with_a_key)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_SP800_108_COUNTER_FORMAT counter = { CK_FALSE, 32 };
	CK_OBJECT_HANDLE base = import(s, "0123456789", 10), key, other;
	CK_PRF_DATA_PARAM pieces[] = {
		{ CK_SP800_108_ITERATION_VARIABLE, &counter,
		    sizeof(counter) },
		{ CK_SP800_108_BYTE_ARRAY, (CK_BYTE[]){ "secret" }, 6 },
	};
	CK_SP800_108_KDF_PARAMS kdf = { CKM_SHA256_HMAC, 2, pieces, 0, NULL };
	CK_MECHANISM how = { CKM_SP800_108_COUNTER_KDF, &kdf, sizeof(kdf) };
	CK_ATTRIBUTE hidden[] = {
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
	};
	CK_ATTRIBUTE idle = { CKA_DERIVE, &no, 1 };
	CK_DERIVED_KEY more = { NULL, 0, &other };
	unsigned char value[70];
	char hex[141];
	CK_ULONG len = sizeof(value), i;

	ok(derive(s, &how, base, 70, &key));
	ok(guest_bytes(s, key, CKA_VALUE, value, &len));
	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", value[i]);
	key = import(s, "secret", 6);
	pieces[1] = (CK_PRF_DATA_PARAM){ CK_SP800_108_KEY_HANDLE, &key,
		sizeof(key) };
	ok(derive(s, &how, base, 70, &other));
	shows(s, other, hex);
	ok(p11->C_SetAttributeValue(s, key, hidden, 2));
	is(derive(s, &how, base, 70, &other), CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &other));
	ck_assert_uint_eq(guest_number(s, other, CKA_VALUE_LEN), 32);
	ck_assert(guest_bool(s, other, CKA_SENSITIVE));
	ck_assert(!guest_bool(s, other, CKA_EXTRACTABLE));
	ck_assert(!guest_bool(s, other, CKA_ALWAYS_SENSITIVE));
	/* so are those besides the one */
	kdf.ulAdditionalDerivedKeys = 1;
	kdf.pAdditionalDerivedKeys = &more;
	len = 16;
	more.pTemplate = (CK_ATTRIBUTE[]){ { CKA_VALUE_LEN, &len,
	    sizeof(len) } };
	more.ulAttributeCount = 1;
	ok(p11->C_DeriveKey(s, &how, base, more.pTemplate, 1, &base));
	ck_assert(guest_bool(s, other, CKA_SENSITIVE));
	kdf.ulAdditionalDerivedKeys = 0;
	ok(p11->C_SetAttributeValue(s, key, &idle, 1));
	is(derive(s, &how, base, 0, &other), CKR_KEY_FUNCTION_NOT_PERMITTED);
	pieces[1].ulValueLen--;
	is(derive(s, &how, base, 0, &other), CKR_MECHANISM_PARAM_INVALID);
	pieces[1].ulValueLen++;
	key = 0x7fffffff;
	is(derive(s, &how, base, 0, &other), CKR_KEY_HANDLE_INVALID);
}
END_TEST

/* FIPS 180 and 202: of "abc" */
START_TEST(digests_of_keys)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_MECHANISM how = { CKM_SHA256_KEY_DERIVATION, NULL, 0 };
	CK_OBJECT_HANDLE base = import(s, "abc", 3), key;

	ok(derive(s, &how, base, 0, &key));
	shows(s, key, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff"
	    "61f20015ad");
	ok(derive(s, &how, base, 4, &key));
	shows(s, key, "ba7816bf");
	is(derive(s, &how, base, 33, &key), CKR_KEY_SIZE_RANGE);
	how.mechanism = CKM_SHAKE_128_KEY_DERIVATION;
	ok(derive(s, &how, base, 40, &key));
	shows(s, key, "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b833"
	    "51940f2cc844c50af32acd3f2c");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { hkdf_as_published, hkdf_of_data,
		hkdf_with_rules, hkdf_refusals, pbkdf2_as_published,
		pbkdf2_as_first_printed, kbkdf_is_an_hmac, kbkdf_with_a_key,
		digests_of_keys };

	return guest_run("derive", tests, ARRAY_LEN(tests));
}
