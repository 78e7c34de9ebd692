/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CNG_PKCS11_DEBUG: a call that fails is a line with its name, the attribute
 * or parameter at fault and the reason; and no PIN, no key and no text that
 * is to be encrypted is ever in the log.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"
#include "tests/face/calls.h"
#include "tests/face/loglines.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char log_path[512];
static CK_SESSION_HANDLE session;

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE rsa_type = CKK_RSA, ec_type = CKK_EC, aes_type = CKK_AES;
/* what nobody else has in his memory by chance */
static CK_BYTE marked[] = "MARKED-KEY-BYTES-0123456789-ABCD";
static CK_BYTE plain[] = "MARKED-PLAIN-TEXT-0123456789-ABC";
#define MARKED_LEN 32

#define last_line() loglines_last(log_path)
#define last_is(want) ck_assert_str_eq(last_line(), want)

static void
begin(void)
{
	static char value[600];
	CK_ULONG count = 1;

	(void)snprintf(log_path, sizeof(log_path), "%s/log", guest_folder());
	(void)unlink(log_path);
	(void)snprintf(value, sizeof(value), "file:%s", log_path);
	ck_assert_int_eq(setenv("CNG_PKCS11_DEBUG", value, 1), 0);
	ok(p11->C_Initialize(NULL));
	ok(p11->C_GetSlotList(CK_TRUE, &slot, &count));
	session = guest_open(CKF_RW_SESSION);
}

/* --- who says which attribute --- */

static CK_BYTE brainpool[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x7f };
static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
	0x07 };
static CK_BYTE off_curve[65] = { 0x04, 1, 2, 3 };
static CK_BYTE modulus[256] = { 0xc5, 1, 1, [255] = 1 };
static CK_ULONG few_bits = 100, odd_len = 17;

#define LINE(type, value) { type, &(value), sizeof(value) }

static const struct wrong_object {
	CK_ATTRIBUTE tmpl[6];
	CK_ULONG count;
	const char *line;
} wrong_objects[] = {
	{ { LINE(CKA_TOKEN, no) }, 1,
	    "C_CreateObject: CKA_CLASS: is missing"
	    " (CKR_TEMPLATE_INCOMPLETE)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, ec_type),
	      LINE(CKA_EC_PARAMS, brainpool) }, 3,
	    "C_CreateObject: CKA_EC_PARAMS: the curve is not supported"
	    " (CKR_CURVE_NOT_SUPPORTED)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, ec_type) }, 2,
	    "C_CreateObject: CKA_EC_PARAMS: is missing"
	    " (CKR_TEMPLATE_INCOMPLETE)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, rsa_type),
	      { CKA_PRIVATE_EXPONENT, marked, MARKED_LEN } }, 3,
	    "C_CreateObject: CKA_PRIVATE_EXPONENT: in the template of a public"
	    " key (CKR_TEMPLATE_INCONSISTENT)" },
	{ { LINE(CKA_CLASS, secret_class), LINE(CKA_KEY_TYPE, aes_type),
	      { CKA_VALUE, marked, MARKED_LEN },
	      LINE(CKA_VALUE_LEN, odd_len) }, 4,
	    "C_CreateObject: CKA_VALUE_LEN: not the length of the value"
	    " (CKR_TEMPLATE_INCONSISTENT)" },
	{ { LINE(CKA_CLASS, secret_class), LINE(CKA_KEY_TYPE, aes_type),
	      { CKA_VALUE, marked, MARKED_LEN }, { CKA_TOKEN, &no, 2 } }, 4,
	    "C_CreateObject: CKA_TOKEN: a value of a wrong length, or not of"
	    " its type (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { LINE(CKA_CLASS, secret_class), LINE(CKA_CLASS, public_class) }, 2,
	    "C_CreateObject: CKA_CLASS: stands there twice"
	    " (CKR_TEMPLATE_INCONSISTENT)" },
	{ { LINE(CKA_CLASS, secret_class), LINE(CKA_KEY_TYPE, aes_type),
	      { CKA_VALUE, marked, MARKED_LEN }, LINE(CKA_LOCAL, yes) }, 4,
	    "C_CreateObject: CKA_LOCAL: the property cannot be set"
	    " (CKR_ATTRIBUTE_READ_ONLY)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, ec_type),
	      LINE(CKA_EC_PARAMS, p256), { CKA_EC_POINT, marked, 9 } }, 4,
	    "C_CreateObject: CKA_EC_POINT: malformed, out of range, or of a"
	    " wrong length (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, ec_type),
	      LINE(CKA_EC_PARAMS, p256), LINE(CKA_EC_POINT, off_curve) }, 4,
	    "C_CreateObject: CKA_EC_POINT: the numbers of the key do not belong"
	    " together, or are out of range (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, ec_type),
	      LINE(CKA_EC_PARAMS, p256) }, 3,
	    "C_CreateObject: CKA_EC_POINT: is missing"
	    " (CKR_TEMPLATE_INCOMPLETE)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, ec_type),
	      { CKA_EC_PARAMS, marked, 7 } }, 3,
	    "C_CreateObject: CKA_EC_PARAMS: malformed, out of range, or of a"
	    " wrong length (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { LINE(CKA_CLASS, private_class), LINE(CKA_KEY_TYPE, ec_type),
	      LINE(CKA_EC_PARAMS, p256), { CKA_VALUE, marked, 33 } }, 4,
	    "C_CreateObject: CKA_VALUE: malformed, out of range, or of a"
	    " wrong length (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { LINE(CKA_CLASS, private_class), LINE(CKA_KEY_TYPE, rsa_type),
	      { CKA_PRIVATE_EXPONENT, marked, MARKED_LEN } }, 3,
	    "C_CreateObject: CKA_MODULUS: is missing"
	    " (CKR_TEMPLATE_INCOMPLETE)" },
	{ { LINE(CKA_CLASS, private_class), LINE(CKA_KEY_TYPE, rsa_type),
	      LINE(CKA_MODULUS, modulus) }, 3,
	    "C_CreateObject: CKA_PRIVATE_EXPONENT: is missing"
	    " (CKR_TEMPLATE_INCOMPLETE)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, rsa_type),
	      LINE(CKA_MODULUS, modulus) }, 3,
	    "C_CreateObject: CKA_PUBLIC_EXPONENT: is missing"
	    " (CKR_TEMPLATE_INCOMPLETE)" },
	{ { LINE(CKA_CLASS, public_class), LINE(CKA_KEY_TYPE, rsa_type),
	      { CKA_MODULUS, modulus, 20 },
	      { CKA_PUBLIC_EXPONENT, modulus, 3 } }, 4,
	    "C_CreateObject: CKA_MODULUS: not a size of such keys"
	    " (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { LINE(CKA_CLASS, secret_class), LINE(CKA_KEY_TYPE, aes_type),
	      { CKA_VALUE, marked, 33 } }, 3,
	    "C_CreateObject: CKA_VALUE: not a size of such keys"
	    " (CKR_ATTRIBUTE_VALUE_INVALID)" },
	{ { { 0x12345678, &yes, 1 } }, 1,
	    "C_CreateObject: 0x12345678: an attribute that is not known"
	    " (CKR_ATTRIBUTE_TYPE_INVALID)" },
};

START_TEST(attributes)
{
	CK_OBJECT_HANDLE made;

	begin();
	for (size_t i = 0; i < ARRAY_LEN(wrong_objects); i++) {
		const struct wrong_object *row = &wrong_objects[i];

		ck_assert_uint_ne(p11->C_CreateObject(session,
		    (CK_ATTRIBUTE *)(uintptr_t)row->tmpl, row->count, &made),
		    CKR_OK);
		last_is(row->line);
	}
	ok(p11->C_Finalize(NULL));
}
END_TEST

static CK_RV
generate(CK_MECHANISM_TYPE type, CK_ATTRIBUTE_TYPE line, void *value,
    CK_ULONG len)
{
	CK_ATTRIBUTE tmpl[] = { { line, value, len } };
	CK_MECHANISM mechanism = { type, NULL, 0 };
	CK_OBJECT_HANDLE one, two;

	return p11->C_GenerateKeyPair(
	    session, &mechanism, tmpl, 1, NULL, 0, &one, &two);
}

START_TEST(mechanisms)
{
	CK_MECHANISM unknown = { 0x87654321, NULL, 0 };
	CK_MECHANISM digest = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM gcm = { CKM_AES_GCM, marked, 5 };
	CK_MECHANISM oaep = { CKM_RSA_PKCS_OAEP, marked, 3 };
	CK_MECHANISM cbc = { CKM_AES_CBC, marked, 16 };
	CK_OBJECT_HANDLE key;

	begin();
	is(generate(CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_TOKEN, &no, 1),
	    CKR_TEMPLATE_INCOMPLETE);
	last_is("C_GenerateKeyPair: CKM_RSA_PKCS_KEY_PAIR_GEN:"
	    " CKA_MODULUS_BITS: is missing (CKR_TEMPLATE_INCOMPLETE)");
	is(generate(CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_MODULUS_BITS, &few_bits,
	    sizeof(few_bits)), CKR_KEY_SIZE_RANGE);
	last_is("C_GenerateKeyPair: CKM_RSA_PKCS_KEY_PAIR_GEN:"
	    " CKA_MODULUS_BITS: keys of this size are not made"
	    " (CKR_KEY_SIZE_RANGE)");
	is(generate(CKM_EC_KEY_PAIR_GEN, CKA_EC_PARAMS, brainpool,
	    sizeof(brainpool)), CKR_CURVE_NOT_SUPPORTED);
	last_is("C_GenerateKeyPair: CKM_EC_KEY_PAIR_GEN: CKA_EC_PARAMS:"
	    " the curve is not supported (CKR_CURVE_NOT_SUPPORTED)");
	is(p11->C_SignInit(session, &unknown, 1), CKR_MECHANISM_INVALID);
	last_is("C_SignInit: 0x87654321: a mechanism that is not offered"
	    " (CKR_MECHANISM_INVALID)");
	is(p11->C_SignInit(session, &digest, 1), CKR_MECHANISM_INVALID);
	last_is("C_SignInit: CKM_SHA256: not a mechanism for this call"
	    " (CKR_MECHANISM_INVALID)");
	key = guest_aes(session, 16);
	is(p11->C_EncryptInit(session, &gcm, key),
	    CKR_MECHANISM_PARAM_INVALID);
	last_is("C_EncryptInit: CKM_AES_GCM: parameter: 40 bytes are wanted,"
	    " 5 are there (CKR_MECHANISM_PARAM_INVALID)");
	is(p11->C_EncryptInit(session, &oaep, key),
	    CKR_MECHANISM_PARAM_INVALID);
	is(p11->C_EncryptInit(session, &cbc, key + 1000),
	    CKR_KEY_HANDLE_INVALID);
	last_is("C_EncryptInit: CKM_AES_CBC: no such object"
	    " (CKR_KEY_HANDLE_INVALID)");
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* A parameter of the right size: the field that is wrong. */
START_TEST(fields)
{
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256, 7, NULL,
		0 };
	CK_MECHANISM sign = { CKM_RSA_PKCS_PSS, &pss, sizeof(pss) };
	CK_MECHANISM open = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };

	begin();
	pss.sLen = 5000;
	is(p11->C_SignInit(session, &sign, 1), CKR_MECHANISM_PARAM_INVALID);
	last_is("C_SignInit: CKM_RSA_PKCS_PSS: parameter: sLen: longer than any"
	    " key (CKR_MECHANISM_PARAM_INVALID)");
	pss.mgf = 77;
	is(p11->C_SignInit(session, &sign, 1), CKR_MECHANISM_PARAM_INVALID);
	last_is("C_SignInit: CKM_RSA_PKCS_PSS: parameter: mgf: not a function"
	    " known here (CKR_MECHANISM_PARAM_INVALID)");
	pss.hashAlg = CKM_RSA_PKCS;
	is(p11->C_SignInit(session, &sign, 1), CKR_MECHANISM_PARAM_INVALID);
	last_is("C_SignInit: CKM_RSA_PKCS_PSS: parameter: hashAlg: not a digest"
	    " known here (CKR_MECHANISM_PARAM_INVALID)");
	sign.mechanism = CKM_SHA384_RSA_PKCS_PSS;
	pss = (CK_RSA_PKCS_PSS_PARAMS){ CKM_SHA256, CKG_MGF1_SHA256, 32 };
	is(p11->C_SignInit(session, &sign, 1), CKR_MECHANISM_PARAM_INVALID);
	last_is("C_SignInit: CKM_SHA384_RSA_PKCS_PSS: parameter: hashAlg: not"
	    " that of the mechanism (CKR_MECHANISM_PARAM_INVALID)");
	is(p11->C_EncryptInit(session, &open, 1),
	    CKR_MECHANISM_PARAM_INVALID);
	last_is("C_EncryptInit: CKM_RSA_PKCS_OAEP: parameter: source: not"
	    " CKZ_DATA_SPECIFIED (CKR_MECHANISM_PARAM_INVALID)");
	ok(p11->C_Finalize(NULL));
}
END_TEST

static CK_OBJECT_HANDLE
aes_without(CK_ATTRIBUTE_TYPE use)
{
	CK_ATTRIBUTE tmpl[] = { LINE(CKA_CLASS, secret_class),
		LINE(CKA_KEY_TYPE, aes_type),
		{ CKA_VALUE, marked, MARKED_LEN }, { use, &no, 1 } };
	CK_OBJECT_HANDLE made;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &made));
	return made;
}

static void
wrap_under_own_iv(void)
{
	CK_BYTE iv[12] = { 1 }, out[64];
	CK_GCM_PARAMS param = { iv, sizeof(iv), 96, NULL, 0, 128 };
	CK_MECHANISM gcm = { CKM_AES_GCM, &param, sizeof(param) };
	CK_ULONG len = sizeof(out);
	CK_ATTRIBUTE tmpl[] = { LINE(CKA_CLASS, secret_class),
		LINE(CKA_KEY_TYPE, aes_type),
		{ CKA_VALUE, marked, MARKED_LEN }, LINE(CKA_SENSITIVE, yes),
		LINE(CKA_WRAP, yes), LINE(CKA_ENCRYPT, no),
		LINE(CKA_DECRYPT, no) };
	CK_OBJECT_HANDLE made;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &made));
	is(p11->C_WrapKey(session, &gcm, made, aes_without(CKA_SENSITIVE), out,
	    &len), CKR_MECHANISM_INVALID);
}

/* What a key or an object says of itself. */
START_TEST(forbidden)
{
	CK_MECHANISM cbc = { CKM_AES_CBC, marked, 16 };
	CK_MECHANISM mac = { CKM_AES_CMAC, NULL, 0 };
	CK_ATTRIBUTE label = { CKA_LABEL, marked, 3 };
	CK_OBJECT_HANDLE copy;

	begin();
	is(p11->C_EncryptInit(session, &cbc, aes_without(CKA_ENCRYPT)),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	last_is("C_EncryptInit: CKM_AES_CBC: CKA_ENCRYPT: of the key is false"
	    " (CKR_KEY_FUNCTION_NOT_PERMITTED)");
	is(p11->C_VerifyInit(session, &mac, aes_without(CKA_VERIFY)),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	last_is("C_VerifyInit: CKM_AES_CMAC: CKA_VERIFY: of the key is false"
	    " (CKR_KEY_FUNCTION_NOT_PERMITTED)");
	is(p11->C_SetAttributeValue(session, aes_without(CKA_MODIFIABLE),
	    &label, 1), CKR_ACTION_PROHIBITED);
	last_is("C_SetAttributeValue: CKA_MODIFIABLE: is false"
	    " (CKR_ACTION_PROHIBITED)");
	is(p11->C_DestroyObject(session, aes_without(CKA_DESTROYABLE)),
	    CKR_ACTION_PROHIBITED);
	last_is("C_DestroyObject: CKA_DESTROYABLE: is false"
	    " (CKR_ACTION_PROHIBITED)");
	is(p11->C_CopyObject(session, aes_without(CKA_COPYABLE), NULL, 0,
	    &copy), CKR_ACTION_PROHIBITED);
	last_is("C_CopyObject: CKA_COPYABLE: is false"
	    " (CKR_ACTION_PROHIBITED)");
	wrap_under_own_iv();
	last_is("C_WrapKey: CKM_AES_GCM: a kept or sensitive key wraps under"
	    " no IV of its caller (CKR_MECHANISM_INVALID)");
	ok(p11->C_Finalize(NULL));
}
END_TEST

START_TEST(made_of_another_kind)
{
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG len = 16;
	CK_ATTRIBUTE tmpl[] = { LINE(CKA_VALUE_LEN, len),
		LINE(CKA_CLASS, public_class) };
	CK_OBJECT_HANDLE made;

	begin();
	is(p11->C_GenerateKey(session, &make, tmpl, 2, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	last_is("C_GenerateKey: CKM_AES_KEY_GEN: CKA_CLASS: not what is made"
	    " here (CKR_TEMPLATE_INCONSISTENT)");
	tmpl[1] = (CK_ATTRIBUTE)LINE(CKA_KEY_TYPE, rsa_type);
	is(p11->C_GenerateKey(session, &make, tmpl, 2, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	last_is("C_GenerateKey: CKM_AES_KEY_GEN: CKA_KEY_TYPE: not what is made"
	    " here (CKR_TEMPLATE_INCONSISTENT)");
	ok(p11->C_Finalize(NULL));
}
END_TEST

START_TEST(agreements)
{
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, sizeof(off_curve),
		off_curve };
	CK_MECHANISM derive = { CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
	CK_MECHANISM make = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE params = LINE(CKA_EC_PARAMS, p256);
	CK_OBJECT_HANDLE made, pair[2];

	begin();
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	ok(p11->C_GenerateKeyPair(session, &make, &params, 1, NULL, 0, &pair[0],
	    &pair[1]));
	is(p11->C_DeriveKey(session, &derive, pair[1], NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	last_is("C_DeriveKey: CKM_ECDH1_DERIVE: the public data of the other"
	    " side: not a point of the curve of the key"
	    " (CKR_MECHANISM_PARAM_INVALID)");
	ecdh.ulPublicDataLen = 0;
	is(p11->C_DeriveKey(session, &derive, pair[1], NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	last_is("C_DeriveKey: CKM_ECDH1_DERIVE: parameter: pPublicData,"
	    " ulPublicDataLen: none, too long, or NULL with a length"
	    " (CKR_MECHANISM_PARAM_INVALID)");
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* --- blobs --- */

static CK_RV
unwrap(CK_MECHANISM_TYPE type, void *param, CK_ULONG param_len, CK_BYTE *blob,
    CK_ULONG len)
{
	CK_MECHANISM mechanism = { type, param, param_len };
	CK_OBJECT_HANDLE made;

	return p11->C_UnwrapKey(
	    session, &mechanism, 0, blob, len, NULL, 0, &made);
}

START_TEST(blobs)
{
	CK_BYTE blob[300] = { 'K', 'D', 'B', 'M', 1, 0, 0, 0, 0, 2, 0, 0 };
	CK_BYTE rsa[40] = { 'R', 'S', 'A', '2', 0, 8, 0, 0, 3, 0, 0, 0, 0, 1,
		0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 1, 0, 1 };
	CK_CNG_BUFFER buffer = { CNG_BUFFER_PKCS_ALG_OID, marked, 4 };
	CK_CNG_BLOB_PARAMS params = { 0, 0, &buffer, 1 };

	begin();
	is(unwrap(CKM_CNG_KEYDATA, NULL, 0, blob, sizeof(blob)),
	    CKR_WRAPPED_KEY_INVALID);
	ck_assert_ptr_nonnull(strstr(last_line(), "C_UnwrapKey:"
	    " CKM_CNG_KEYDATA: blob: "));
	ck_assert_ptr_nonnull(strstr(last_line(), "at offset 12: 512 bytes are"
	    " wanted, 288 are there (CKR_WRAPPED_KEY_INVALID)"));
	is(unwrap(CKM_CNG_RSAPRIVATE, NULL, 0, rsa, sizeof(rsa)),
	    CKR_WRAPPED_KEY_INVALID);
	ck_assert_ptr_nonnull(strstr(last_line(), "at offset 27: 256 bytes are"
	    " wanted, 13 are there"));
	is(unwrap(CKM_CNG_PKCS8, &params, sizeof(params), marked, 32),
	    CKR_MECHANISM_PARAM_INVALID);
	last_is("C_UnwrapKey: CKM_CNG_PKCS8: CK_CNG_BLOB_PARAMS: buffer 0"
	    " (CNG_BUFFER_PKCS_ALG_OID): not known, not for this blob, or of no"
	    " sense (CKR_MECHANISM_PARAM_INVALID)");
	is(unwrap(CKM_CNG_PKCS8, &params, 3, marked, 32),
	    CKR_MECHANISM_PARAM_INVALID);
	last_is("C_UnwrapKey: CKM_CNG_PKCS8: CK_CNG_BLOB_PARAMS: 32 bytes are"
	    " wanted, 3 are there (CKR_MECHANISM_PARAM_INVALID)");
	is(unwrap(CKM_CNG_RSAPUBLIC, NULL, 0, rsa, sizeof(rsa)),
	    CKR_WRAPPED_KEY_INVALID);
	ck_assert_ptr_nonnull(strstr(last_line(),
	    "C_UnwrapKey: CKM_CNG_RSAPUBLIC: "));
	ck_assert_ptr_nonnull(strstr(last_line(), "not a key blob"));
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* What a decrypted blob looks like is for nobody who may have made up the
 * ciphertext. */
START_TEST(no_oracle)
{
	CK_BYTE blob[60] = { 'K', 'D', 'B', 'M', 1, 0, 0, 0, 0, 2, 0, 0 };
	CK_MECHANISM cbc = { CKM_AES_CBC_PAD, marked, 16 };
	CK_ULONG type = CKM_CNG_KEYDATA - CKM_CNG_ANY, len;
	CK_ATTRIBUTE tmpl[] = { LINE(CKA_CLASS, secret_class),
		LINE(CKA_KEY_TYPE, aes_type), LINE(CKA_CNG_BLOB_TYPE, type) };
	CK_OBJECT_HANDLE key, made;
	CK_BYTE out[128];

	begin();
	key = guest_aes(session, 16);
	for (int round = 0; round < 2; round++) {
		len = sizeof(out);
		ok(p11->C_EncryptInit(session, &cbc, key));
		ok(p11->C_Encrypt(session, blob, sizeof(blob), out, &len));
		/* the padding, then the layout */
		if (round == 0)
			out[len - 1] ^= 1;
		is(p11->C_UnwrapKey(session, &cbc, key, out, len, tmpl,
		    ARRAY_LEN(tmpl), &made), CKR_WRAPPED_KEY_INVALID);
		last_is("C_UnwrapKey: CKM_AES_CBC_PAD: the wrapped key is"
		    " not valid (CKR_WRAPPED_KEY_INVALID)");
	}
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* --- every call by its own name --- */

/* What a call is given: nothing, but for these. */
static void
try_with(const struct call *call, CK_SESSION_HANDLE handle)
{
	CK_ULONG arg[CALL_ARGS_MAX] = { 0 };
	size_t before, after, i;
	char want[80];
	CK_RV rv;

	for (i = 0; call->args[i] != '\0'; i++) {
		if (call->args[i] == 's')
			arg[i] = handle;
		else if (call->args[i] == 'S')
			arg[i] = 5000; /* none */
		else if (call->args[i] == 'F')
			arg[i] = CKF_DONT_BLOCK;
	}
	(void)loglines_read(log_path, &before);
	rv = call_make(p11_3, call, arg);
	if (rv == CKR_OK)
		return;
	(void)loglines_read(log_path, &after);
	ck_assert_msg(after > before, "%s: no line", call->name);
	(void)snprintf(want, sizeof(want), "%s: ", call->name);
	ck_assert_msg(strncmp(last_line(), want, strlen(want)) == 0,
	    "%s: %s", call->name, last_line());
}

START_TEST(each_by_its_name)
{
	begin();
	for (size_t i = 0; i < calls_count; i++) {
		const char *name = calls[i].name;

		/* these have no state to ask, or end it */
		if (strcmp(name, "C_Initialize") == 0 ||
		    strcmp(name, "C_Finalize") == 0 ||
		    strcmp(name, "C_GetFunctionList") == 0 ||
		    strncmp(name, "C_GetInterface", 14) == 0)
			continue;
		try_with(&calls[i], 0);
		if (strcmp(name, "C_CloseSession") != 0)
			try_with(&calls[i], session);
	}
	is(p11->C_GetFunctionStatus(0), CKR_FUNCTION_NOT_PARALLEL);
	last_is("C_GetFunctionStatus: nothing runs in parallel"
	    " (CKR_FUNCTION_NOT_PARALLEL)");
	is(p11->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	last_is("C_Initialize: C_Initialize was called before"
	    " (CKR_CRYPTOKI_ALREADY_INITIALIZED)");
	is(p11->C_Finalize(&yes), CKR_ARGUMENTS_BAD);
	ck_assert_int_eq(strncmp(last_line(), "C_Finalize: ", 12), 0);
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* --- nothing of an earlier call, nothing secret, nobody else's --- */

START_TEST(no_reason_lasts)
{
	CK_MECHANISM unknown = { 0x87654321, NULL, 0 };
	CK_OBJECT_HANDLE made;
	CK_BYTE out[8];

	begin();
	is(p11->C_SignInit(session, &unknown, 1), CKR_MECHANISM_INVALID);
	ok(p11->C_GenerateRandom(session, out, sizeof(out)));
	is(p11->C_Sign(session, plain, 4, out, NULL),
	    CKR_OPERATION_NOT_INITIALIZED);
	last_is("C_Sign: no operation is active that this call goes on with"
	    " (CKR_OPERATION_NOT_INITIALIZED)");
	is(p11->C_CreateObject(session, NULL, 0, &made), CKR_ARGUMENTS_BAD);
	last_is("C_CreateObject: an argument is NULL, or a length is out of"
	    " bounds (CKR_ARGUMENTS_BAD)");
	ok(p11->C_Finalize(NULL));
}
END_TEST

static void
is_not_there(const void *bytes, size_t len)
{
	size_t all;
	const char *text = loglines_read(log_path, &all);

	for (size_t i = 0; i + len <= all; i++)
		ck_assert_msg(memcmp(text + i, bytes, len) != 0,
		    "a secret in the log, at %zu", i);
}

/* A key with a marked value, put to every use, rightly and wrongly. */
static void
use_marked(void)
{
	CK_ATTRIBUTE tmpl[] = {
		LINE(CKA_CLASS, secret_class), LINE(CKA_KEY_TYPE, aes_type),
		{ CKA_VALUE, marked, MARKED_LEN }, LINE(CKA_TOKEN, no),
		LINE(CKA_ENCRYPT, yes), LINE(CKA_DECRYPT, yes),
	};
	CK_MECHANISM cbc = { CKM_AES_CBC_PAD, marked, 16 };
	CK_BYTE out[256];
	CK_ULONG len = sizeof(out);
	CK_ATTRIBUTE value = { CKA_VALUE, out, 1 };
	CK_OBJECT_HANDLE key;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key));
	(void)p11->C_GetAttributeValue(session, key, &value, 1);
	(void)p11->C_SetAttributeValue(session, key, &tmpl[2], 1);
	ok(p11->C_EncryptInit(session, &cbc, key));
	ok(p11->C_Encrypt(session, plain, MARKED_LEN, out, &len));
	out[len - 1] ^= 1;
	ok(p11->C_DecryptInit(session, &cbc, key));
	(void)p11->C_Decrypt(session, out, len, out, &len);
	tmpl[2].ulValueLen = 31;
	(void)p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key);
	for (CK_ULONG type = CKM_CNG_ANY; type <= CKM_CNG_PKCS7ENVELOPE;
	     type++)
		ck_assert_uint_ne(unwrap(type, NULL, 0, marked, MARKED_LEN),
		    CKR_OK);
}

START_TEST(no_secret)
{
	struct stat st;

	begin();
	is(p11->C_Login(session, CKU_USER, PIN_OF("MARKED-WRONG-PIN")),
	    CKR_PIN_INCORRECT);
	last_is("C_Login: the PIN is wrong (CKR_PIN_INCORRECT)");
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	(void)p11->C_SetPIN(session, PIN_OF("MARKED-OLD-PIN"),
	    PIN_OF("MARKED-NEW-PIN"));
	use_marked();
	ok(p11->C_Finalize(NULL));
	is_not_there("MARKED", 6);
	is_not_there(USER_PIN, sizeof(USER_PIN) - 1);
	/* nor in digits */
	is_not_there("4d41524b", 8);
	is_not_there("4D41524B", 8);
	ck_assert_int_eq(stat(log_path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

static void *
fail_often(void *arg)
{
	CK_MECHANISM mechanism = { *(CK_MECHANISM_TYPE *)arg, NULL, 0 };
	CK_SESSION_HANDLE mine;

	if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &mine) !=
	    CKR_OK)
		return arg;
	for (int i = 0; i < 200; i++)
		if (p11->C_SignInit(mine, &mechanism, 1) == CKR_OK ||
		    p11->C_DigestInit(mine, NULL) == CKR_OK)
			return arg;
	return NULL;
}

/* A thread's reason is its own, and a child's line is whole. */
START_TEST(threads_and_children)
{
	CK_MECHANISM_TYPE types[] = { CKM_SHA256, CKM_AES_KEY_GEN };
	pthread_t threads[2];
	void *failed;
	bool forks = !UNDER_ADDRESS_SANITIZER;
	pid_t child = -1;
	int status = 0;
	size_t len, lines[2] = { 0 };

	begin();
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fail_often,
		    &types[i]), 0);
	if (forks)
		child = fork();
	else
		printf("left out below AddressSanitizer: the child\n");
	if (child == 0)
		_exit(p11->C_Initialize(NULL) != CKR_OK ||
		    fail_often(&types[0]) != NULL);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
		ck_assert_ptr_null(failed);
	}
	if (forks)
		ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	for (char *at = strtok(loglines_read(log_path, &len), "\n"); at;
	     at = strtok(NULL, "\n")) {
		bool first = strstr(at, "CKM_SHA256: not a mechanism") != NULL;
		bool second = strstr(at, "CKM_AES_KEY_GEN: not a mech") != NULL;

		ck_assert_msg(strstr(at, "C_DigestInit: an argu") != NULL ||
			(strstr(at, "C_SignInit: CKM_") != NULL &&
			    first != second), "%s", at);
		lines[0] += first;
		lines[1] += second;
	}
	ck_assert_uint_eq(lines[0], forks ? 400 : 200);
	ck_assert_uint_eq(lines[1], 200);
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* Off: no file, and the same answers. */
START_TEST(off)
{
	CK_OBJECT_HANDLE made;
	CK_ULONG count = 1;

	(void)snprintf(log_path, sizeof(log_path), "%s/log", guest_folder());
	(void)unlink(log_path);
	ck_assert_int_eq(unsetenv("CNG_PKCS11_DEBUG"), 0);
	ok(p11->C_Initialize(NULL));
	ok(p11->C_GetSlotList(CK_TRUE, &slot, &count));
	session = guest_open(CKF_RW_SESSION);
	is(p11->C_CreateObject(session, NULL, 0, &made), CKR_ARGUMENTS_BAD);
	is(p11->C_CreateObject(session,
	    (CK_ATTRIBUTE *)(uintptr_t)wrong_objects[0].tmpl, 1, &made),
	    CKR_TEMPLATE_INCOMPLETE);
	ok(p11->C_Finalize(NULL));
	ck_assert_int_ne(access(log_path, F_OK), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { attributes, mechanisms, fields,
		forbidden, made_of_another_kind, agreements, blobs, no_oracle,
		each_by_its_name, no_reason_lasts, no_secret,
		threads_and_children, off };

	return guest_run_bare("debug log", tests, ARRAY_LEN(tests));
}
