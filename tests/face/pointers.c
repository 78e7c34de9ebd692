/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Arguments that no honest caller gives: NULL for each pointer of each call,
 * lengths that no memory has, numbers and structures at odd addresses.
 */
#include "tests/face/calls.h"
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_sets.h"

#include <stdint.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE zeros[64], out[4096], iv[16], tag[16];
static CK_ULONG out_len, keep[64], info[64];
static CK_UTF8CHAR text[32] = "PKCS 11", label[33] =
    "face test                       ";

/* --- what the calls are made with --- */

static CK_AES_CTR_PARAMS ctr_param = { 128, { 0 } };
static CK_GCM_MESSAGE_PARAMS gcm_param = { iv, 12, 0, CKG_NO_GENERATE, tag,
	128 };
static CK_MECHANISM ctr = { CKM_AES_CTR, &ctr_param, sizeof(ctr_param) };
static CK_MECHANISM gcm = { CKM_AES_GCM, &gcm_param, sizeof(gcm_param) };
static CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };
static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM pkcs1 = { CKM_RSA_PKCS, NULL, 0 };
static CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
static CK_MECHANISM aes_gen = { CKM_AES_KEY_GEN, NULL, 0 };
static CK_MECHANISM ec_gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
static CK_HKDF_PARAMS hkdf_param = { CK_TRUE, CK_TRUE, CKM_SHA256,
	CKF_HKDF_SALT_NULL, NULL, 0, 0, zeros, 4 };
static CK_MECHANISM hkdf = { CKM_HKDF_DERIVE, &hkdf_param,
	sizeof(hkdf_param) };
static CK_MECHANISM kem = { CKM_ML_KEM, NULL, 0 };
static CK_MECHANISM kem_gen = { CKM_ML_KEM_KEY_PAIR_GEN, NULL, 0 };

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE generic_type = CKK_GENERIC_SECRET;
static CK_ULONG bytes16 = 16;
static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	0x01, 0x07 };
static CK_ATTRIBUTE a_value[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &generic_type, sizeof(generic_type) },
	{ CKA_VALUE, zeros, 16 },
};
static CK_ATTRIBUTE a_secret[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &generic_type, sizeof(generic_type) },
	{ CKA_VALUE_LEN, &bytes16, sizeof(bytes16) },
};
static CK_ATTRIBUTE a_wrapped[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &generic_type, sizeof(generic_type) },
};
static CK_ATTRIBUTE a_length[] = {
	{ CKA_VALUE_LEN, &bytes16, sizeof(bytes16) },
	{ CKA_EXTRACTABLE, &yes, 1 },
};
static CK_ATTRIBUTE a_curve[] = { { CKA_EC_PARAMS, p256, sizeof(p256) } };
static CK_ULONG ml_kem_512 = CKP_ML_KEM_512;
static CK_ATTRIBUTE a_set[] = {
	{ CKA_PARAMETER_SET, &ml_kem_512, sizeof(ml_kem_512) },
	{ CKA_ENCAPSULATE, &yes, 1 },
};
static CK_ATTRIBUTE a_kem_private[] = { { CKA_DECAPSULATE, &yes, 1 } };
static CK_ATTRIBUTE a_label[] = { { CKA_LABEL, zeros, 4 } };
static CK_ATTRIBUTE a_private[] = { { CKA_SIGN, &yes, 1 },
	{ CKA_TOKEN, &no, 1 } };

/* The keys of all, which belong to a session that stays open. */
static CK_OBJECT_HANDLE aes, generic, rsa, rsa_public, kem_private,
    kem_public;

/*
 * What runs in the session when the call is made, a letter each: e d g s v
 * encryption, decryption, digest, signature, verification; r R with recovery;
 * f a search; E D S V messages, B those of E and D begun, b those of S and V;
 * w a signature that comes before its data.
 *
 * nulls has the answer to a NULL for each pointer, in their order: b bad
 * argument, k OK, g as good.
 */
struct row {
	const char *name;
	const char *runs;
	CK_MECHANISM *mechanism;
	const CK_OBJECT_HANDLE *key[2];
	CK_ATTRIBUTE *tmpl[2];
	CK_ULONG count[2];
	CK_RV good;
	const char *nulls;
};

#define WITH(list) .tmpl = { list }, .count = { ARRAY_LEN(list) }

static const struct row rows[] = {
	{ "C_GetInfo", .nulls = "b" },
	{ "C_GetFunctionList", .nulls = "b" },
	{ "C_GetSlotList", .nulls = "kb" },
	{ "C_GetSlotInfo", .nulls = "b" },
	{ "C_GetTokenInfo", .nulls = "b" },
	{ "C_GetMechanismList", .nulls = "kb", .good = CKR_BUFFER_TOO_SMALL },
	{ "C_GetMechanismInfo", .nulls = "b" },
	{ "C_InitToken", .nulls = "bb", .good = CKR_SESSION_EXISTS },
	{ "C_InitPIN", .nulls = "b", .good = CKR_USER_NOT_LOGGED_IN },
	{ "C_SetPIN", .nulls = "bb", .good = CKR_PIN_INVALID },
	{ "C_OpenSession", .nulls = "b" },
	{ "C_GetSessionInfo", .nulls = "b" },
	{ "C_GetOperationState", "g", .nulls = "kb" },
	{ "C_SetOperationState", .nulls = "b",
	    .good = CKR_SAVED_STATE_INVALID },
	{ "C_Login", .nulls = "b", .good = CKR_USER_ALREADY_LOGGED_IN },
	{ "C_CreateObject", WITH(a_value), .nulls = "bb" },
	{ "C_CopyObject", .key = { &generic }, WITH(a_label), .nulls = "bb" },
	{ "C_GetObjectSize", .key = { &generic }, .nulls = "b" },
	{ "C_GetAttributeValue", .key = { &generic }, WITH(a_label),
	    .nulls = "b" },
	{ "C_SetAttributeValue", .key = { &generic }, WITH(a_label),
	    .nulls = "b" },
	{ "C_FindObjectsInit", WITH(a_label), .nulls = "b" },
	{ "C_FindObjects", "f", .nulls = "bb" },
	{ "C_EncryptInit", "", &ctr, { &aes }, .nulls = "b" },
	{ "C_Encrypt", "e", .nulls = "bkb" },
	{ "C_EncryptUpdate", "e", .nulls = "bkb" },
	{ "C_EncryptFinal", "e", .nulls = "kb" },
	{ "C_DecryptInit", "", &ctr, { &aes }, .nulls = "b" },
	{ "C_Decrypt", "d", .nulls = "bkb" },
	{ "C_DecryptUpdate", "d", .nulls = "bkb" },
	{ "C_DecryptFinal", "d", .nulls = "kb" },
	{ "C_DigestInit", "", &sha256, .nulls = "b" },
	{ "C_Digest", "g", .nulls = "bkb" },
	{ "C_DigestUpdate", "g", .nulls = "b" },
	{ "C_DigestFinal", "g", .nulls = "kb" },
	{ "C_SignInit", "", &hmac, { &generic }, .nulls = "b" },
	{ "C_Sign", "s", .nulls = "bkb" },
	{ "C_SignUpdate", "s", .nulls = "b" },
	{ "C_SignFinal", "s", .nulls = "kb" },
	{ "C_SignRecoverInit", "", &pkcs1, { &rsa }, .nulls = "b" },
	{ "C_SignRecover", "r", .nulls = "bkb" },
	{ "C_VerifyInit", "", &hmac, { &generic }, .nulls = "b" },
	{ "C_Verify", "v", .nulls = "bb", .good = CKR_SIGNATURE_INVALID },
	{ "C_VerifyUpdate", "v", .nulls = "b" },
	{ "C_VerifyFinal", "v", .nulls = "b", .good = CKR_SIGNATURE_INVALID },
	{ "C_VerifyRecoverInit", "", &pkcs1, { &rsa_public }, .nulls = "b" },
	{ "C_VerifyRecover", "R", .nulls = "bgb",
	    .good = CKR_SIGNATURE_LEN_RANGE },
	{ "C_DigestEncryptUpdate", "ge", .nulls = "bkb" },
	{ "C_DecryptDigestUpdate", "gd", .nulls = "bkb" },
	{ "C_SignEncryptUpdate", "se", .nulls = "bkb" },
	{ "C_DecryptVerifyUpdate", "vd", .nulls = "bkb" },
	{ "C_GenerateKey", "", &aes_gen, WITH(a_length), .nulls = "bbb" },
	{ "C_GenerateKeyPair", "", &ec_gen, .tmpl = { a_curve, a_private },
	    .count = { 1, 2 }, .nulls = "bbbbb" },
	{ "C_WrapKey", "", &kwp, { &aes, &generic }, .nulls = "bkb" },
	{ "C_UnwrapKey", "", &kwp, { &aes }, WITH(a_wrapped),
	    .good = CKR_WRAPPED_KEY_INVALID, .nulls = "bbbb" },
	{ "C_DeriveKey", "", &hkdf, { &generic }, WITH(a_secret),
	    .nulls = "bbb" },
	{ "C_SeedRandom", .nulls = "b" },
	{ "C_GenerateRandom", .nulls = "b" },
	{ "C_WaitForSlotEvent", .good = CKR_NO_EVENT, .nulls = "b" },
	{ "C_GetInterfaceList", .nulls = "kb" },
	{ "C_GetInterface", .nulls = "kkb" },
	{ "C_LoginUser", .nulls = "bb", .good = CKR_ARGUMENTS_BAD },
	{ "C_MessageEncryptInit", "", &gcm, { &aes }, .nulls = "b" },
	{ "C_EncryptMessage", "E", .nulls = "bbbkb" },
	{ "C_EncryptMessageBegin", "E", .nulls = "bb" },
	{ "C_EncryptMessageNext", "B", .nulls = "bbkb" },
	{ "C_MessageDecryptInit", "", &gcm, { &aes }, .nulls = "b" },
	{ "C_DecryptMessage", "D", .nulls = "bbbkb",
	    .good = CKR_AEAD_DECRYPT_FAILED },
	{ "C_DecryptMessageBegin", "D", .nulls = "bb" },
	{ "C_DecryptMessageNext", "B", .nulls = "bbkb" },
	{ "C_MessageSignInit", "", &hmac, { &generic }, .nulls = "b" },
	{ "C_SignMessage", "S", .nulls = "kbkb" },
	{ "C_SignMessageBegin", "S", .nulls = "k" },
	/* the last NULL says that more is to come */
	{ "C_SignMessageNext", "b", .nulls = "kbkk" },
	{ "C_MessageVerifyInit", "", &hmac, { &generic }, .nulls = "b" },
	{ "C_VerifyMessage", "V", .nulls = "gbb",
	    .good = CKR_SIGNATURE_INVALID },
	{ "C_VerifyMessageBegin", "V", .nulls = "k" },
	{ "C_VerifyMessageNext", "b", .nulls = "gbk",
	    .good = CKR_SIGNATURE_INVALID },
	{ "C_EncapsulateKey", "", &kem, { &kem_public }, WITH(a_wrapped),
	    .nulls = "bbkbb" },
	{ "C_DecapsulateKey", "", &kem, { &kem_private }, WITH(a_wrapped),
	    .good = CKR_ENCRYPTED_DATA_LEN_RANGE, .nulls = "bbbb" },
	{ "C_VerifySignatureInit", "", &hmac, { &generic }, .nulls = "bb" },
	{ "C_VerifySignature", "w", .nulls = "b",
	    .good = CKR_SIGNATURE_INVALID },
	{ "C_VerifySignatureUpdate", "w", .nulls = "b" },
	{ "C_GetSessionValidationFlags", .nulls = "b" },
	{ "C_AsyncComplete", .nulls = "bb",
	    .good = CKR_SESSION_ASYNC_NOT_SUPPORTED },
	{ "C_AsyncGetID", .nulls = "bb",
	    .good = CKR_SESSION_ASYNC_NOT_SUPPORTED },
	{ "C_AsyncJoin", .nulls = "bb",
	    .good = CKR_SESSION_ASYNC_NOT_SUPPORTED },
	{ "C_WrapKeyAuthenticated", "", &gcm, { &aes, &generic },
	    .nulls = "bbkb" },
	{ "C_UnwrapKeyAuthenticated", "", &gcm, { &aes }, WITH(a_wrapped),
	    .good = CKR_WRAPPED_KEY_INVALID, .nulls = "bbbbb" },
};

/* Where libcrypto is too old, the mechanism is not there. */
static bool
kem_is_there(void)
{
	CK_MECHANISM_INFO about;

	return p11->C_GetMechanismInfo(slot, CKM_ML_KEM, &about) == CKR_OK;
}

static bool
is_there(const struct row *row)
{
	return row->mechanism != &kem || kem_is_there();
}

static void
begin(void)
{
	CK_SESSION_HANDLE s = guest_login();

	aes = guest_aes(s, 32);
	generic = guest_generic(s, 32);
	guest_rsa(s, &rsa_public, &rsa);
	if (kem_is_there())
		ok(p11->C_GenerateKeyPair(s, &kem_gen, a_set, 2, a_kem_private,
		    1, &kem_public, &kem_private));
}

static void
start_one(CK_SESSION_HANDLE s, char what)
{
	switch (what) {
	case 'e': ok(p11->C_EncryptInit(s, &ctr, aes)); break;
	case 'd': ok(p11->C_DecryptInit(s, &ctr, aes)); break;
	case 'g': ok(p11->C_DigestInit(s, &sha256)); break;
	case 's': ok(p11->C_SignInit(s, &hmac, generic)); break;
	case 'v': ok(p11->C_VerifyInit(s, &hmac, generic)); break;
	case 'r': ok(p11->C_SignRecoverInit(s, &pkcs1, rsa)); break;
	case 'R': ok(p11->C_VerifyRecoverInit(s, &pkcs1, rsa_public)); break;
	case 'f': ok(p11->C_FindObjectsInit(s, a_label, 1)); break;
	case 'w':
		ok(p11_3->C_VerifySignatureInit(s, &hmac, generic, zeros, 32));
		break;
	case 'E': ok(p11_3->C_MessageEncryptInit(s, &gcm, aes)); break;
	case 'D': ok(p11_3->C_MessageDecryptInit(s, &gcm, aes)); break;
	case 'S': ok(p11_3->C_MessageSignInit(s, &hmac, generic)); break;
	case 'V': ok(p11_3->C_MessageVerifyInit(s, &hmac, generic)); break;
	case 'B':
		start_one(s, 'E');
		start_one(s, 'D');
		ok(p11_3->C_EncryptMessageBegin(
		    s, &gcm_param, sizeof(gcm_param), NULL, 0));
		ok(p11_3->C_DecryptMessageBegin(
		    s, &gcm_param, sizeof(gcm_param), NULL, 0));
		break;
	default:
		start_one(s, 'S');
		start_one(s, 'V');
		ok(p11_3->C_SignMessageBegin(s, NULL, 0));
		ok(p11_3->C_VerifyMessageBegin(s, NULL, 0));
		break;
	}
}

static void
start_all(CK_SESSION_HANDLE s, const char *runs)
{
	for (; runs != NULL && *runs != '\0'; runs++)
		start_one(s, *runs);
}

static CK_ULONG
word(const void *p)
{
	return (CK_ULONG)(uintptr_t)p;
}

/* Which of its kind an argument is. */
static int
nth(const char *args, int i)
{
	int n = 0, k;

	for (k = 0; k < i; k++)
		n += args[k] == args[i];
	return n;
}

static CK_ULONG
handle_of(const struct row *row, int n)
{
	return row->key[n] == NULL ? 0 : *row->key[n];
}

/* Messages that are signed have no parameter of their own. */
static bool
has_param(const struct row *row)
{
	return strstr(row->name, "crypt") != NULL;
}

static CK_ULONG
length_of(const struct row *row, const char *args, int i)
{
	switch (args[i - 1]) {
	case 'v': return ARRAY_LEN(keep);
	case 'p': return has_param(row) ? sizeof(gcm_param) : 0;
	default: return 32;
	}
}

static CK_ULONG
usual(const struct row *row, const char *args, int i, CK_SESSION_HANDLE s)
{
	static CK_VERSION version = { 3, 2 };
	int n = nth(args, i);

	switch (args[i]) {
	case 's': return s;
	case 'S': return slot;
	case 'h': return handle_of(row, n);
	case 'U': return CKU_USER;
	case 'F': return strcmp(row->name, "C_OpenSession") == 0 ?
		CKF_SERIAL_SESSION | CKF_RW_SESSION :
		strcmp(row->name, "C_WaitForSlotEvent") == 0 ?
		CKF_DONT_BLOCK : 0;
	case 'N': return strcmp(row->name, "C_GetMechanismInfo") == 0 ?
		CKM_AES_CTR : CKS_LAST_VALIDATION_OK;
	case 'b': return CK_TRUE;
	case 'm': return word(row->mechanism);
	case 't': case 'T': return word(row->tmpl[n]);
	case 'c': return row->count[n];
	case 'i': return word(zeros);
	case 'l': return length_of(row, args, i);
	case 'o': case 'r': return word(out);
	case 'v': case 'w': return word(keep);
	case 'p': return word(&gcm_param);
	case 'L': return word(&out_len);
	case 'H': return word(&keep[n]);
	case 'I': return word(info);
	case 'z': return word(
		strcmp(row->name, "C_InitToken") == 0 ? label : text);
	case 'V': return word(&version);
	default: return 0;
	}
}

static CK_SESSION_HANDLE
arrange(const struct row *row, const char *args, CK_ULONG arg[CALL_ARGS_MAX])
{
	CK_SESSION_HANDLE s = guest_open(CKF_RW_SESSION);
	int i;

	start_all(s, row->runs);
	out_len = strncmp(row->name, "C_GetI", 6) == 0 ? 3 : ARRAY_LEN(keep);
	if (strchr(args, 'o') != NULL)
		out_len = sizeof(out);
	memset(arg, 0, CALL_ARGS_MAX * sizeof(*arg));
	for (i = 0; args[i] != '\0'; i++)
		arg[i] = usual(row, args, i, s);
	return s;
}

/* The call as it should be, but for one argument. */
static CK_RV
make_with(const struct row *row, int place, CK_ULONG value)
{
	const struct call *call = call_named(row->name);
	CK_ULONG arg[CALL_ARGS_MAX];
	CK_SESSION_HANDLE s;
	CK_RV rv;

	ck_assert_ptr_nonnull(call);
	s = arrange(row, call->args, arg);
	if (place >= 0)
		arg[place] = value;
	rv = call_make(p11_3, call, arg);
	ok(p11->C_CloseSession(s));
	return rv;
}

/* --- NULL --- */

static CK_RV
answer(const struct row *row, char letter)
{
	switch (letter) {
	case 'b': return CKR_ARGUMENTS_BAD;
	case 'g': return row->good;
	default: return CKR_OK;
	}
}

static void
check(const struct row *row, int place, CK_ULONG value, CK_RV want)
{
	CK_RV rv = make_with(row, place, value);

	ck_assert_msg(rv == want, "%s, argument %d: 0x%lx and not 0x%lx",
	    row->name, place, rv, want);
}

START_TEST(null_for_each_pointer)
{
	const char *args, *nulls;
	size_t i;
	int k;

	begin();
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_there(&rows[i]))
			continue;
		args = call_named(rows[i].name)->args;
		nulls = rows[i].nulls;
		check(&rows[i], -1, 0, rows[i].good);
		for (k = 0; args[k] != '\0'; k++)
			if (call_is_pointer(args[k]) && args[k] != 'R')
				check(&rows[i], k, 0,
				    answer(&rows[i], *nulls++));
		ck_assert_msg(*nulls == '\0', "%s", rows[i].name);
	}
}
END_TEST

static bool
has_row(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return true;
	return false;
}

START_TEST(no_pointer_is_forgotten)
{
	size_t i;
	int k;

	for (i = 0; i < calls_count; i++)
		for (k = 0; calls[i].args[k] != '\0'; k++)
			ck_assert_msg(!call_is_pointer(calls[i].args[k]) ||
			    strchr("AR", calls[i].args[0]) != NULL ||
			    has_row(calls[i].name), "%s", calls[i].name);
	/* and the two that stand alone */
	is(p11_3->C_Finalize(out), CKR_ARGUMENTS_BAD);
	is(p11->C_Finalize(out), CKR_ARGUMENTS_BAD);
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, out),
	    CKR_ARGUMENTS_BAD);
}
END_TEST

/* --- numbers that cannot be --- */

#define COUNT_MAX (~0UL / sizeof(CK_ATTRIBUTE))

/* The last ones are of lines only: in bytes they begin anew. */
static const CK_ULONG huge[] = { ~0UL, ~0UL - 1, ~0UL - 31, ~0UL - 4095,
	~0UL >> 1, (~0UL >> 1) + 1, (~0UL >> 1) + 33, COUNT_MAX,
	COUNT_MAX + 1, COUNT_MAX + 2 };
#define HUGE_BYTES (ARRAY_LEN(huge) - 3)

/* What may have no end: as many as there are. */
static bool
may_be_huge(const struct row *row)
{
	return strcmp(row->name, "C_FindObjects") == 0 ||
	    strncmp(row->name, "C_Async", 7) == 0 ||
	    strcmp(row->name, "C_LoginUser") == 0;
}

static void
try_lengths(const struct row *row, const char *args, int place)
{
	size_t i, tries = args[place] == 'c' ? ARRAY_LEN(huge) : HUGE_BYTES;
	CK_RV rv;

	for (i = 0; i < tries; i++) {
		rv = make_with(row, place, huge[i]);
		ck_assert_msg(may_be_huge(row) || (rv != CKR_OK &&
		    rv != CKR_GENERAL_ERROR && rv != CKR_HOST_MEMORY &&
		    rv != CKR_DEVICE_ERROR), "%s, argument %d of %s: 0x%lx",
		    row->name, place, args, rv);
	}
}

START_TEST(lengths_that_no_memory_has)
{
	const char *args;
	size_t i;
	int k;

	begin();
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_there(&rows[i]))
			continue;
		args = call_named(rows[i].name)->args;
		for (k = 0; args[k] != '\0'; k++)
			if (args[k] == 'l' || args[k] == 'c')
				try_lengths(&rows[i], args, k);
	}
}
END_TEST

/* Room without end is room enough. */
static void
try_room(const struct row *row, const char *args, CK_ULONG room)
{
	const struct call *call = call_named(row->name);
	CK_ULONG arg[CALL_ARGS_MAX];
	CK_SESSION_HANDLE s;
	CK_RV rv;

	s = arrange(row, args, arg);
	out_len = room;
	memset(out, 0x5a, sizeof(out));
	rv = call_make(p11_3, call, arg);
	ok(p11->C_CloseSession(s));
	ck_assert_msg(rv == row->good, "%s: 0x%lx", row->name, rv);
	ck_assert_int_eq(out[sizeof(out) - 1], 0x5a);
	ck_assert_msg(rv != CKR_OK || out_len < sizeof(out), "%s", row->name);
}

START_TEST(room_without_end)
{
	const char *args;
	size_t i, k;

	begin();
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_there(&rows[i]))
			continue;
		args = call_named(rows[i].name)->args;
		if (strchr(args, 'L') == NULL || strchr(args, 'v') != NULL)
			continue;
		for (k = 0; k < ARRAY_LEN(huge); k++)
			try_room(&rows[i], args, huge[k]);
	}
}
END_TEST

static const CK_ULONG odd_numbers[] = { 0, 1, 2, 3, 5, 17, 0x10000, 0x10001,
	0x20001, 0xffffffff, 0x100000000UL, 0x8000000000000000UL, ~0UL >> 1,
	~0UL - 1, ~0UL };

/* Every number of every call: handles, slots, users, flags. */
START_TEST(numbers_that_mean_nothing)
{
	const struct row *row;
	const char *args;
	size_t i, n;
	int k;

	begin();
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		row = &rows[i];
		args = call_named(row->name)->args;
		for (k = 0; args[k] != '\0'; k++) {
			if (strchr("sShUFNan", args[k]) == NULL ||
			    strcmp(row->name, "C_WaitForSlotEvent") == 0)
				continue;
			for (n = 0; n < ARRAY_LEN(odd_numbers); n++)
				ck_assert_uint_ne(make_with(row, k,
				    odd_numbers[n]), CKR_GENERAL_ERROR);
		}
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { null_for_each_pointer,
		no_pointer_is_forgotten, lengths_that_no_memory_has,
		room_without_end, numbers_that_mean_nothing };

	return guest_run("face pointers", tests, ARRAY_LEN(tests));
}
