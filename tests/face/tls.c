/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS 1.2 through the module: master secrets, the keys and vectors of a
 * connection, other keys with a label, and verify_data.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/derivetls.h"

#include <stdio.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET, aes = CKK_AES;

static CK_ULONG
unhex(unsigned char *out, const char *hex)
{
	CK_ULONG len = strlen(hex) / 2, i;
	unsigned byte;

	for (i = 0; i < len; i++) {
		ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (unsigned char)byte;
	}
	return len;
}

static CK_OBJECT_HANDLE
import(CK_SESSION_HANDLE s, const char *hex, CK_BBOOL hidden)
{
	unsigned char bytes[64];
	CK_BBOOL open = !hidden;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_SENSITIVE, &hidden, 1 },
		{ CKA_EXTRACTABLE, &open, 1 },
		{ CKA_VALUE, bytes, unhex(bytes, hex) },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static void
equals(const unsigned char *bytes, CK_ULONG len, const char *want)
{
	unsigned char expected[256];

	ck_assert_uint_eq(unhex(expected, want), len);
	ck_assert_mem_eq(bytes, expected, len);
}

static void
shows(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key, const char *want)
{
	unsigned char value[256];
	CK_ULONG len = sizeof(value);

	ok(guest_bytes(s, key, CKA_VALUE, value, &len));
	equals(value, len, want);
}

/* --- NIST's test vectors of the functions of TLS 1.2, SHA-256 --- */

static const char pre_master[] = "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50d"
	"da07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc";
static const char master[] = "202c88c00f84a17a20027079604787461176455539e705be"
	"730890602c289a5001e34eeb3a043e5d52a65e66125188bf";
static const char block[4][65] = {
	"d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531",
	"016a2530c51a3a0f7e1d6590d0f0566b2f387f8d11fd4f731cdd572d2eae927f",
	"6f2f81410b25e6960be68985add6c38445ad9f8c64bf8068bf9a6679485d966f",
	"1ad6f68b43495b10a683755ea2b858d70ccac7ec8b053c6bd41ca299d4e51928",
};

static unsigned char client[32], server[32];

static CK_SSL3_RANDOM_DATA
randoms(const char *of_client, const char *of_server)
{
	unhex(client, of_client);
	unhex(server, of_server);
	return (CK_SSL3_RANDOM_DATA){ client, 32, server, 32 };
}

static CK_TLS12_MASTER_KEY_DERIVE_PARAMS
master_params(CK_VERSION *version)
{
	return (CK_TLS12_MASTER_KEY_DERIVE_PARAMS){ randoms(
		"36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364c"
		"ae8c", "f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043"
		"abfb50053fce"), version, CKM_SHA256 };
}

START_TEST(master_secret_as_published)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_VERSION version = { 0, 0 };
	CK_TLS12_MASTER_KEY_DERIVE_PARAMS param = master_params(&version);
	CK_MECHANISM how = { CKM_TLS12_MASTER_KEY_DERIVE, &param,
		sizeof(param) };
	CK_OBJECT_HANDLE base = import(s, pre_master, CK_FALSE), key;
	CK_ULONG len = 48;
	CK_ATTRIBUTE size = { CKA_VALUE_LEN, &len, sizeof(len) };
	CK_ATTRIBUTE type = { CKA_KEY_TYPE, &aes, sizeof(aes) };

	ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
	shows(s, key, master);
	ck_assert_uint_eq(version.major, 0xf8);
	ck_assert_uint_eq(version.minor, 0x93);
	ck_assert_uint_eq(guest_number(s, key, CKA_KEY_TYPE),
	    CKK_GENERIC_SECRET);
	ok(p11->C_DeriveKey(s, &how, base, &size, 1, &key));
	len = 32;
	is(p11->C_DeriveKey(s, &how, base, &size, 1, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_DeriveKey(s, &how, base, &type, 1, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, NULL),
	    CKR_ARGUMENTS_BAD);
	/* an agreed secret has no version */
	how.mechanism = CKM_TLS12_MASTER_KEY_DERIVE_DH;
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
	    CKR_MECHANISM_PARAM_INVALID);
	param.pVersion = NULL;
	ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
	shows(s, key, master);
	base = import(s, "00010203", CK_FALSE);
	ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
	how.mechanism = CKM_TLS12_MASTER_KEY_DERIVE;
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
	    CKR_KEY_SIZE_RANGE);
}
END_TEST

/* What a key that must not be read begins with is not told either, unless
 * whoever asks has said it. */
START_TEST(version_of_the_pre_master_secret)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_VERSION version = { 3, 3 };
	CK_MECHANISM make = { CKM_TLS_PRE_MASTER_KEY_GEN, &version, 2 };
	CK_TLS12_MASTER_KEY_DERIVE_PARAMS param = master_params(&version);
	CK_MECHANISM how = { CKM_TLS12_MASTER_KEY_DERIVE, &param,
		sizeof(param) };
	CK_ULONG len = 47;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};
	unsigned char value[48];
	CK_OBJECT_HANDLE base, key;

	is(p11->C_GenerateKey(s, &make, tmpl, 3, &base),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ok(p11->C_GenerateKey(s, &make, tmpl, 2, &base));
	ck_assert_uint_eq(guest_number(s, base, CKA_VALUE_LEN), 48);
	version = (CK_VERSION){ 9, 9 };
	ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
	ck_assert_uint_eq(version.major, 3);
	ck_assert_uint_eq(version.minor, 3);
	ok(p11->C_DeriveKey(s, &how, import(s, pre_master, CK_TRUE), NULL, 0,
	    &key));
	ck_assert_uint_eq(version.major, 0xff);
	ck_assert_uint_eq(version.minor, 0xff);
	/* the bytes are there; and no two are the same */
	version = (CK_VERSION){ 3, 1 };
	make.mechanism = CKM_SSL3_PRE_MASTER_KEY_GEN;
	tmpl[0].pValue = &no;
	tmpl[1].pValue = &yes;
	ok(p11->C_GenerateKey(s, &make, tmpl, 2, &base));
	len = sizeof(value);
	ok(guest_bytes(s, base, CKA_VALUE, value, &len));
	ck_assert_uint_eq(len, 48);
	ck_assert_mem_eq(value, &version, 2);
	make.ulParameterLen = 1;
	is(p11->C_GenerateKey(s, &make, tmpl, 2, &base),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* NSS has the same numbers in its tests. */
START_TEST(extended_master_secret)
{
	static const CK_MECHANISM_TYPE ways[] = {
		CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH,
		CKM_NSS_TLS_EXTENDED_MASTER_KEY_DERIVE_DH,
		CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE,
		CKM_NSS_TLS_EXTENDED_MASTER_KEY_DERIVE,
	};
	CK_SESSION_HANDLE s = guest_login();
	unsigned char hash[36];
	CK_VERSION version = { 9, 9 };
	CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS param = { CKM_SHA256, hash,
		32, NULL };
	CK_MECHANISM how = { 0, &param, sizeof(param) };
	CK_OBJECT_HANDLE key, base = import(s, "000102030405060708090a0b0c0d0e"
		"0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c"
		"2d2e2f", CK_FALSE);
	size_t i;

	unhex(hash, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaeb"
	    "ecedeeefd0d1d2d3");
	for (i = 0; i < ARRAY_LEN(ways); i++) {
		how.mechanism = ways[i];
		param.pVersion = i < 2 ? NULL : &version;
		param.prfHashMechanism = CKM_SHA256;
		param.ulSessionHashLen = 32;
		ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
		shows(s, key, "75a7a598efab90e77c6780deab3a11f35db2f847ff0901"
		    "ecf89389fc982e6ef92cf59b04046fd7286eeae383c44aff03");
		/* that of TLS 1.0 and 1.1 */
		param.prfHashMechanism = CKM_TLS_PRF;
		is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
		    CKR_MECHANISM_PARAM_INVALID);
		param.ulSessionHashLen = 36;
		ok(p11->C_DeriveKey(s, &how, base, NULL, 0, &key));
		shows(s, key, "06bf29865df33e38fdfa91102a20ffd6b9d5725a6d4220"
		    "16dea4a051e553c1280499bcb12c9de80b18a20e48528d6113");
	}
	ck_assert_uint_eq(version.major, 0);
	ck_assert_uint_eq(version.minor, 1);
	param.pSessionHash = NULL;
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* --- the keys of a connection --- */

struct keys {
	CK_SSL3_KEY_MAT_OUT made;
	unsigned char client_iv[16], server_iv[16];
	CK_TLS12_KEY_MAT_PARAMS param;
	CK_MECHANISM how;
};

/* 32 bytes for MACs, 16 for AES, 16 for vectors: 128 in all. */
static void
keys_begin(struct keys *k)
{
	*k = (struct keys){ .how = { CKM_TLS12_KEY_AND_MAC_DERIVE, &k->param,
	    sizeof(k->param) } };
	k->made = (CK_SSL3_KEY_MAT_OUT){ 77, 77, 77, 77, k->client_iv,
		k->server_iv };
	k->param = (CK_TLS12_KEY_MAT_PARAMS){ 256, 128, 128, CK_FALSE, randoms(
		"62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1"
		"b616", "ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30e"
		"e5ff14f39868"), &k->made, CKM_SHA256 };
}

static CK_RV
keys_derive(CK_SESSION_HANDLE s, struct keys *k, CK_OBJECT_HANDLE base,
    CK_ATTRIBUTE *more, CK_ULONG count)
{
	CK_ATTRIBUTE tmpl[8] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	};

	if (count > 0)
		memcpy(tmpl + 2, more, count * sizeof(*more));
	return p11->C_DeriveKey(s, &k->how, base, tmpl, 2 + count, NULL);
}

#define OPEN_KEYS \
	{ { CKA_SENSITIVE, &no, 1 }, { CKA_EXTRACTABLE, &yes, 1 } }

START_TEST(keys_as_published)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE more[] = OPEN_KEYS;
	CK_OBJECT_HANDLE base = import(s, master, CK_FALSE);
	char half[33] = "";
	struct keys k;

	keys_begin(&k);
	ok(keys_derive(s, &k, base, more, 2));
	shows(s, k.made.hClientMacSecret, block[0]);
	shows(s, k.made.hServerMacSecret, block[1]);
	memcpy(half, block[2], 32);
	shows(s, k.made.hClientKey, half);
	shows(s, k.made.hServerKey, block[2] + 32);
	memcpy(half, block[3], 32);
	equals(k.client_iv, 16, half);
	equals(k.server_iv, 16, block[3] + 32);
	ck_assert_uint_eq(guest_number(s, k.made.hClientKey, CKA_KEY_TYPE),
	    CKK_AES);
	ck_assert_uint_eq(guest_bool(s, k.made.hServerKey, CKA_DECRYPT),
	    CK_TRUE);
	ck_assert_uint_eq(guest_number(s, k.made.hServerMacSecret,
	    CKA_KEY_TYPE), CKK_GENERIC_SECRET);
	ck_assert_uint_eq(guest_bool(s, k.made.hClientMacSecret, CKA_SIGN),
	    CK_TRUE);
	/* an AEAD: no MAC keys, four bytes of each vector */
	keys_begin(&k);
	k.param.ulMacSizeInBits = 0;
	k.param.ulKeySizeInBits = 256;
	k.param.ulIVSizeInBits = 32;
	ok(keys_derive(s, &k, base, more, 0));
	ck_assert_uint_eq(k.made.hClientMacSecret, 0);
	ck_assert_uint_eq(k.made.hServerMacSecret, 0);
	shows(s, k.made.hClientKey, block[0]);
	shows(s, k.made.hServerKey, block[1]);
	equals(k.client_iv, 4, "6f2f8141");
	equals(k.server_iv, 4, "0b25e696");
	/* MAC keys alone: a cipher that does nothing */
	keys_begin(&k);
	k.param.ulKeySizeInBits = 0;
	k.param.ulIVSizeInBits = 0;
	ok(keys_derive(s, &k, base, more, 0));
	shows(s, k.made.hServerMacSecret, block[1]);
	ck_assert_uint_eq(k.made.hClientKey, 0);
}
END_TEST

/* Nothing in clear: IV sizes are not looked at, and nothing is written. */
START_TEST(keys_without_vectors)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = 77;
	struct keys k;

	keys_begin(&k);
	k.how.mechanism = CKM_TLS12_KEY_SAFE_DERIVE;
	k.made.pIVClient = NULL;
	ok(keys_derive(s, &k, import(s, master, CK_FALSE), NULL, 0));
	shows(s, k.made.hServerMacSecret, block[1]);
	shows(s, k.made.hServerKey, block[2] + 32);
	ck_assert_uint_eq(k.server_iv[0], 0);
	/* a place for the handle is not needed, but no harm */
	ok(p11->C_DeriveKey(s, &k.how, import(s, master, CK_FALSE), NULL, 0,
	    &key));
	ck_assert_uint_eq(key, CK_INVALID_HANDLE);
}
END_TEST

START_TEST(keys_inherit)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE more[] = OPEN_KEYS;
	CK_OBJECT_HANDLE base = import(s, master, CK_TRUE);
	CK_ULONG before;
	struct keys k;

	keys_begin(&k);
	before = guest_find(s, NULL, 0, NULL);
	/* vectors would be pieces of keys that nobody may read */
	is(keys_derive(s, &k, base, more, 0), CKR_KEY_FUNCTION_NOT_PERMITTED);
	k.param.ulIVSizeInBits = 0;
	is(keys_derive(s, &k, base, more, 2), CKR_TEMPLATE_INCONSISTENT);
	is(keys_derive(s, &k, base, more + 1, 1), CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), before);
	ck_assert_uint_eq(k.made.hClientKey, 77);
	ok(keys_derive(s, &k, base, more, 0));
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), before + 4);
	ck_assert(guest_bool(s, k.made.hClientKey, CKA_SENSITIVE));
	ck_assert(guest_bool(s, k.made.hServerMacSecret, CKA_SENSITIVE));
	ck_assert(!guest_bool(s, k.made.hServerMacSecret, CKA_EXTRACTABLE));
	ck_assert(!guest_bool(s, k.made.hClientKey, CKA_ALWAYS_SENSITIVE));
	/* the other way round, too */
	base = import(s, master, CK_FALSE);
	more[0].pValue = &yes;
	is(keys_derive(s, &k, base, more, 1), CKR_TEMPLATE_INCONSISTENT);
}
END_TEST

/* A key that says what is to become of its keys gives no bytes away, and what
 * it says goes for all four. */
START_TEST(keys_with_rules)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE rule = { CKA_PRIVATE, &no, 1 };
	unsigned char value[48];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_DERIVE_TEMPLATE, &rule, sizeof(rule) },
		{ CKA_VALUE, value, unhex(value, master) },
	};
	CK_OBJECT_HANDLE base;
	struct keys k;

	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &base));
	keys_begin(&k);
	is(keys_derive(s, &k, base, NULL, 0), CKR_KEY_FUNCTION_NOT_PERMITTED);
	k.param.ulIVSizeInBits = 0;
	ok(keys_derive(s, &k, base, NULL, 0));
	ck_assert(!guest_bool(s, k.made.hClientMacSecret, CKA_PRIVATE));
	ck_assert(!guest_bool(s, k.made.hServerKey, CKA_PRIVATE));
	tmpl[3].type = CKA_PRIVATE;
	tmpl[3].pValue = &yes;
	tmpl[3].ulValueLen = 1;
	is(keys_derive(s, &k, base, &tmpl[3], 1), CKR_TEMPLATE_INCONSISTENT);
}
END_TEST

/* The last of four cannot be kept: then none is. */
START_TEST(keys_all_or_none)
{
	CK_SESSION_HANDLE s = guest_login(), reader;
	CK_OBJECT_HANDLE base = import(s, master, CK_FALSE);
	CK_ATTRIBUTE more[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_CNG_KEY_NAME, (CK_BYTE[]){ "one name" }, 8 },
	};
	CK_OBJECT_HANDLE found;
	CK_ULONG before = guest_find(s, NULL, 0, NULL);
	struct keys k;

	keys_begin(&k);
	is(keys_derive(s, &k, base, more, 2), CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), before);
	ck_assert_uint_eq(k.made.hClientMacSecret, 77);
	ok(keys_derive(s, &k, base, more, 1));
	ck_assert_uint_eq(guest_find(s, more, 1, &found), 4);
	ck_assert(guest_bool(s, k.made.hServerMacSecret, CKA_TOKEN));
	ok(p11->C_DestroyObject(s, k.made.hClientMacSecret));
	ok(p11->C_DestroyObject(s, k.made.hServerMacSecret));
	ok(p11->C_DestroyObject(s, k.made.hClientKey));
	ok(p11->C_DestroyObject(s, k.made.hServerKey));
	ok(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &reader));
	is(keys_derive(reader, &k, base, more, 1), CKR_SESSION_READ_ONLY);
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), before);
}
END_TEST

START_TEST(keys_refusals)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE base = import(s, master, CK_FALSE);
	CK_ULONG len = 32;
	CK_ATTRIBUTE size = { CKA_VALUE_LEN, &len, sizeof(len) };
	struct keys k;

	keys_begin(&k);
	is(keys_derive(s, &k, base, &size, 1), CKR_ATTRIBUTE_VALUE_INVALID);
	is(keys_derive(s, &k, import(s, "0001", CK_FALSE), NULL, 0),
	    CKR_KEY_SIZE_RANGE);
	k.made.pIVServer = NULL;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	keys_begin(&k);
	k.param.bIsExport = CK_TRUE;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	keys_begin(&k);
	k.param.ulMacSizeInBits = 257;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	k.param.ulMacSizeInBits = ~0UL - 7;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	keys_begin(&k);
	k.param.ulKeySizeInBits = 0;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	k.param.ulKeySizeInBits = 136;
	is(keys_derive(s, &k, base, NULL, 0), CKR_TEMPLATE_INCOMPLETE);
	keys_begin(&k);
	k.param.RandomInfo.ulClientRandomLen = 31;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	keys_begin(&k);
	k.param.prfHashMechanism = CKM_TLS_PRF;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	k.param.prfHashMechanism = CKM_SHA256;
	k.param.pReturnedKeyMaterial = NULL;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	k.how.pParameter = NULL;
	is(keys_derive(s, &k, base, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* --- keys with a label --- */

/* The functions of TLS 1.2 as implementers passed them around. */
static const struct prf_row {
	CK_MECHANISM_TYPE hash;
	const char *key, *seed, *out;
} prfs[] = {
	{ CKM_SHA256, "9bbe436ba940f017b17652849a71db35",
	    "a0ba9f936cda311827a6f796ffd5198c",
	    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
	    "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
	    "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
	    "87347b66" },
	{ CKM_SHA384, "b80b733d6ceefcdc71566ea48e5567df",
	    "cd665cf6a8447dd6ff8b27555edb7465",
	    "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
	    "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
	    "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
	    "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
	    "91c8f3a26854308d5eaa3be85e0990703d73e56f" },
	{ CKM_SHA512, "b0323523c1853599584d88568bbb05eb",
	    "d4640e12e4bcdbfb437f03e6ae418ee5",
	    "1261f588c798c5c201ff036e7a9cb5edcd7fe3f94c669a122a4638d7d508b283"
	    "042df6789875c7147e906d868bc75c45e20eb40c1cf4a1713b27371f68432592"
	    "f7dc8ea8ef223e12ea8507841311bf68653d0cfc4056d811f025c45ddfa6e6fe"
	    "c702f054b409d6f28dd0a3233e498da41a3e75c5630eedbe22fe254e33a1b0e9"
	    "f6b9826675bec7d01a845658dc9c397545401d40b9f46c7a400ee1b8f81ca0a6"
	    "0d1a397a1028bff5d2ef5066126842fb8da4197632bdb54ff6633f86bbc836e6"
	    "40d4d898" },
};

static CK_TLS_KDF_PARAMS
kdf_params(const char *seed)
{
	return (CK_TLS_KDF_PARAMS){ CKM_SHA256, (CK_BYTE[]){ "test label" },
		10, { client, unhex(client, seed), NULL, 0 }, NULL, 0 };
}

START_TEST(labels_as_published)
{
	CK_SESSION_HANDLE s = guest_login();
	size_t i;

	for (i = 0; i < ARRAY_LEN(prfs); i++) {
		CK_BYTE label[] = "test label";
		CK_TLS_KDF_PARAMS param = { prfs[i].hash, label, 10,
			{ client, unhex(client, prfs[i].seed), NULL, 0 },
			NULL, 0 };
		CK_MECHANISM how = { CKM_TLS_KDF, &param, sizeof(param) };
		CK_ULONG len = strlen(prfs[i].out) / 2;
		CK_ATTRIBUTE size = { CKA_VALUE_LEN, &len, sizeof(len) };
		CK_OBJECT_HANDLE key, base = import(s, prfs[i].key, CK_FALSE);

		ok(p11->C_DeriveKey(s, &how, base, &size, 1, &key));
		shows(s, key, prfs[i].out);
		/* all of the seed in three pieces, under the other number */
		how.mechanism = CKM_TLS12_KDF;
		param.RandomInfo = (CK_SSL3_RANDOM_DATA){ client, 4,
			client + 4, 8 };
		param.pContextData = client + 12;
		param.ulContextDataLength = 4;
		ok(p11->C_DeriveKey(s, &how, base, &size, 1, &key));
		shows(s, key, prfs[i].out);
	}
}
END_TEST

START_TEST(labels_inherit_and_refuse)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_BYTE label[] = "test label";
	CK_TLS_KDF_PARAMS param = kdf_params("00");
	CK_MECHANISM how = { CKM_TLS_KDF, &param, sizeof(param) };
	CK_OBJECT_HANDLE base = import(s, master, CK_TRUE), key;
	CK_ULONG len = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_SENSITIVE, &no, 1 },
	};

	param.pLabel = label;
	is(p11->C_DeriveKey(s, &how, base, tmpl, 2, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	tmpl[1] = (CK_ATTRIBUTE){ CKA_EXTRACTABLE, &yes, 1 };
	is(p11->C_DeriveKey(s, &how, base, tmpl, 2, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key));
	ck_assert(guest_bool(s, key, CKA_SENSITIVE));
	ck_assert(!guest_bool(s, key, CKA_EXTRACTABLE));
	is(p11->C_DeriveKey(s, &how, base, NULL, 0, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	/* who may be read makes what it likes */
	tmpl[1] = (CK_ATTRIBUTE){ CKA_SENSITIVE, &yes, 1 };
	base = import(s, master, CK_FALSE);
	ok(p11->C_DeriveKey(s, &how, base, tmpl, 2, &key));
	ck_assert(guest_bool(s, key, CKA_SENSITIVE));
	param.ulLabelLength = 0;
	is(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key),
	    CKR_MECHANISM_PARAM_INVALID);
	param.ulLabelLength = 2000;
	is(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key),
	    CKR_MECHANISM_PARAM_INVALID);
	param.ulLabelLength = 10;
	param.prfMechanism = CKM_SHA3_256;
	is(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key),
	    CKR_MECHANISM_PARAM_INVALID);
	param.prfMechanism = CKM_TLS_PRF;
	ok(p11->C_DeriveKey(s, &how, base, tmpl, 1, &key));
}
END_TEST

/* --- verify_data --- */

START_TEST(finished_messages)
{
	static const struct {
		CK_TLS_MAC_PARAMS param;
		CK_ULONG hashed;
		const char *mac;
	} rows[] = {
		{ { CKM_SHA256, 12, 2 }, 32, "18eea182095b973108c379c9" },
		{ { CKM_SHA256, 16, 1 }, 32,
		    "71c13c3876296fc43d096f925cff7c8c" },
		{ { CKM_TLS_PRF, 12, 1 }, 36, "2526f3cb42031d364f1c3495" },
	};
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = import(s, master, CK_TRUE);
	unsigned char hash[36], mac[64];
	size_t i;

	unhex(hash, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaeb"
	    "ecedeeefd0d1d2d3");
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CK_TLS_MAC_PARAMS param = rows[i].param;
		CK_MECHANISM how = { i == 0 ? CKM_TLS12_MAC : CKM_TLS_MAC,
			&param, sizeof(param) };
		CK_ULONG len = 0;

		ok(p11->C_SignInit(s, &how, key));
		ok(p11->C_Sign(s, hash, rows[i].hashed, NULL, &len));
		ck_assert_uint_eq(len, param.ulMacLength);
		len--;
		is(p11->C_Sign(s, hash, rows[i].hashed, mac, &len),
		    CKR_BUFFER_TOO_SMALL);
		ok(p11->C_Sign(s, hash, rows[i].hashed, mac, &len));
		equals(mac, len, rows[i].mac);
		ok(p11->C_SignInit(s, &how, key));
		ok(p11->C_SignUpdate(s, hash, 5));
		ok(p11->C_SignUpdate(s, hash + 5, rows[i].hashed - 5));
		memset(mac, 0, sizeof(mac));
		ok(p11->C_SignFinal(s, mac, &len));
		equals(mac, len, rows[i].mac);
		ok(p11->C_VerifyInit(s, &how, key));
		ok(p11->C_Verify(s, hash, rows[i].hashed, mac, len));
		ok(p11->C_VerifyInit(s, &how, key));
		is(p11->C_Verify(s, hash, rows[i].hashed, mac, len - 1),
		    CKR_SIGNATURE_LEN_RANGE);
		mac[3] ^= 1;
		ok(p11->C_VerifyInit(s, &how, key));
		is(p11->C_Verify(s, hash, rows[i].hashed, mac, len),
		    CKR_SIGNATURE_INVALID);
	}
}
END_TEST

START_TEST(finished_refusals)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = import(s, master, CK_FALSE);
	CK_TLS_MAC_PARAMS param = { CKM_SHA256, 11, 1 };
	CK_MECHANISM how = { CKM_TLS_MAC, &param, sizeof(param) };
	static unsigned char data[2000];
	unsigned char mac[32];
	CK_ULONG len = sizeof(mac);

	is(p11->C_SignInit(s, &how, key), CKR_MECHANISM_PARAM_INVALID);
	param.ulMacLength = 33;
	is(p11->C_SignInit(s, &how, key), CKR_MECHANISM_PARAM_INVALID);
	param.ulMacLength = 12;
	param.ulServerOrClient = 3;
	is(p11->C_SignInit(s, &how, key), CKR_MECHANISM_PARAM_INVALID);
	param.ulServerOrClient = 1;
	param.prfHashMechanism = CKM_SHA_1;
	is(p11->C_SignInit(s, &how, key), CKR_MECHANISM_PARAM_INVALID);
	param.prfHashMechanism = CKM_TLS_PRF;
	param.ulMacLength = 13;
	is(p11->C_SignInit(s, &how, key), CKR_MECHANISM_PARAM_INVALID);
	param.ulMacLength = 12;
	is(p11->C_SignInit(s, &how, guest_aes(s, 16)),
	    CKR_KEY_TYPE_INCONSISTENT);
	ok(p11->C_SignInit(s, &how, key));
	is(p11->C_Sign(s, data, sizeof(data), mac, &len),
	    CKR_DATA_LEN_RANGE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { master_secret_as_published,
		version_of_the_pre_master_secret, extended_master_secret,
		keys_as_published, keys_without_vectors, keys_inherit,
		keys_with_rules,
		keys_all_or_none, keys_refusals, labels_as_published,
		labels_inherit_and_refuse, finished_messages,
		finished_refusals };

	return guest_run("tls", tests, ARRAY_LEN(tests));
}
