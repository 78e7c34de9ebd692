/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters and templates where no compiler would put them: at odd
 * addresses, with NULL and impossible numbers for each word of each
 * structure.  Under the sanitizers every access by a wrong way shows.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE zeros[256], point[65], out[4096];

/* --- parameters, with a letter for each word: n number, p pointer; what is
 * no word is left out --- */

static CK_AES_CTR_PARAMS ctr = { 128, { 0 } };
static CK_GCM_PARAMS gcm = { zeros, 12, 96, zeros, 20, 128 };
static CK_CCM_PARAMS ccm = { 32, zeros, 12, zeros, 20, 16 };
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
	CKZ_DATA_SPECIFIED, zeros, 8 };
static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
static CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_SHA256_KDF, 8, zeros, 65, point };
static CK_RSA_AES_KEY_WRAP_PARAMS rsa_aes = { 256, &oaep };
static CK_ECDH_AES_KEY_WRAP_PARAMS ecdh_aes = { 256, CKD_SHA256_KDF, 8,
	zeros };
static CK_MAC_GENERAL_PARAMS mac_len = 16;
static CK_SALSA20_CHACHA20_POLY1305_PARAMS poly = { zeros, 12, zeros, 8 };
static CK_HKDF_PARAMS hkdf = { CK_TRUE, CK_TRUE, CKM_SHA256,
	CKF_HKDF_SALT_DATA, zeros, 8, 0, zeros, 4 };
static CK_SP800_108_COUNTER_FORMAT counter = { CK_FALSE, 32 };
static CK_PRF_DATA_PARAM pieces[] = {
	{ CK_SP800_108_ITERATION_VARIABLE, &counter, sizeof(counter) },
	{ CK_SP800_108_BYTE_ARRAY, zeros, 8 },
};
static CK_SP800_108_KDF_PARAMS kbkdf = { CKM_SHA256_HMAC, 2, pieces, 0, NULL };
static CK_PKCS5_PBKD2_PARAMS2 pbkd2 = { CKZ_SALT_SPECIFIED, zeros, 16, 1000,
	CKP_PKCS5_PBKD2_HMAC_SHA256, NULL, 0, zeros, 8 };
static CK_BYTE iv[12], tag[16];
static CK_GCM_MESSAGE_PARAMS message = { iv, 12, 0, CKG_NO_GENERATE, tag, 128 };
static CK_CNG_BUFFER buffer = { CNG_BUFFER_PKCS_KEY_NAME, zeros, 2 };
static CK_CNG_BLOB_PARAMS blob = { 0, CNG_FLAG_SILENT, &buffer, 1 };

#define ROW(type, of, words, kind) { type, &(of), sizeof(of), words, kind }

static const struct param {
	CK_MECHANISM_TYPE type;
	void *at;
	CK_ULONG size;
	const char *words;
	enum {
		USUAL,
		NO_KEY,      /* here, that it goes with */
		SEALED,      /* what C_WrapKeyAuthenticated takes, alone */
	} kind;
} params[] = {
	ROW(CKM_AES_CTR, ctr, "n", USUAL),
	ROW(CKM_AES_GCM, gcm, "pnnpnn", USUAL),
	ROW(CKM_AES_CCM, ccm, "npnpnn", USUAL),
	ROW(CKM_RSA_PKCS_OAEP, oaep, "nnnpn", USUAL),
	ROW(CKM_SHA256_RSA_PKCS_PSS, pss, "nnn", USUAL),
	ROW(CKM_ECDH1_DERIVE, ecdh, "nnpnp", USUAL),
	ROW(CKM_RSA_AES_KEY_WRAP, rsa_aes, "np", USUAL),
	ROW(CKM_ECDH_AES_KEY_WRAP, ecdh_aes, "nnnp", NO_KEY),
	ROW(CKM_SHA256_HMAC_GENERAL, mac_len, "n", USUAL),
	ROW(CKM_CHACHA20_POLY1305, poly, "pnpn", NO_KEY),
	ROW(CKM_HKDF_DERIVE, hkdf, ".nnpnnpn", USUAL),
	ROW(CKM_SP800_108_COUNTER_KDF, kbkdf, "nnpnp", USUAL),
	ROW(CKM_PKCS5_PBKD2, pbkd2, "npnnnpnpn", USUAL),
	ROW(CKM_CNG_KEYDATA, blob, "nnpn", NO_KEY),
	ROW(CKM_AES_GCM, message, "pnnnpn", SEALED),
};

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE generic_type = CKK_GENERIC_SECRET;
static CK_ULONG bytes16 = 16;
static CK_ATTRIBUTE a_secret[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &generic_type, sizeof(generic_type) },
	{ CKA_VALUE_LEN, &bytes16, sizeof(bytes16) },
};

enum { KEYS = 6 };
static CK_OBJECT_HANDLE keys[KEYS];
static CK_SESSION_HANDLE session;

static void
begin(void)
{
	CK_ATTRIBUTE where = { CKA_EC_POINT, out, sizeof(out) };
	CK_ATTRIBUTE derive = { CKA_DERIVE, &yes, 1 };

	session = guest_login();
	keys[0] = guest_aes(session, 32);
	keys[1] = guest_generic(session, 32);
	guest_rsa(session, &keys[2], &keys[3]);
	guest_ec(session, &keys[4], &keys[5]);
	ok(p11->C_SetAttributeValue(session, keys[1], &derive, 1));
	ok(p11->C_GetAttributeValue(session, keys[4], &where, 1));
	memcpy(point, out + 2, sizeof(point));
}

/* --- each mechanism in each call that takes one --- */

static CK_RV
try(int call, CK_MECHANISM *how, CK_OBJECT_HANDLE key)
{
	CK_OBJECT_HANDLE made;
	CK_ULONG len = sizeof(out);

	switch (call) {
	case 0: return p11->C_EncryptInit(session, how, key);
	case 1: return p11->C_DecryptInit(session, how, key);
	case 2: return p11->C_SignInit(session, how, key);
	case 3: return p11->C_VerifyInit(session, how, key);
	case 4: return p11->C_WrapKey(session, how, key, keys[1], out, &len);
	case 5: return p11->C_UnwrapKey(session, how, key, zeros, 40,
		    a_secret, 2, &made);
	case 6: return p11->C_DeriveKey(session, how, key, a_secret, 3, &made);
	case 7: return p11->C_GenerateKey(session, how, a_secret, 3, &made);
	case 8: return p11_3->C_WrapKeyAuthenticated(session, how, key,
		    keys[1], zeros, 4, out, &len);
	default: return p11_3->C_MessageEncryptInit(session, how, key);
	}
}

enum { CALLS = 10, SEALING = 8, ANSWERS = CALLS * (KEYS + 1) };

/* How many went well. */
static int
try_all(const struct param *p, void *at, CK_ULONG size, CK_RV *answers)
{
	CK_MECHANISM how = { p->type, at, size };
	int i, good = 0;

	for (i = 0; i < ANSWERS; i++) {
		answers[i] = CKR_FUNCTION_NOT_SUPPORTED;
		if ((p->kind == SEALED) != (i % CALLS == SEALING))
			continue;
		answers[i] = try(i % CALLS, &how,
		    i / CALLS < KEYS ? keys[i / CALLS] : 0);
		good += answers[i] == CKR_OK;
		ck_assert_msg(answers[i] != CKR_GENERAL_ERROR &&
		    answers[i] != CKR_HOST_MEMORY &&
		    answers[i] != CKR_DEVICE_ERROR, "mechanism 0x%lx: 0x%lx",
		    p->type, answers[i]);
		ok(p11_3->C_SessionCancel(session, ~0UL));
	}
	return good;
}

START_TEST(parameters_at_odd_addresses)
{
	CK_RV straight[ANSWERS], odd[ANSWERS];
	const struct param *p;
	CK_BYTE room[128];
	size_t i, off;
	int good;

	begin();
	for (i = 0; i < ARRAY_LEN(params); i++) {
		p = &params[i];
		good = try_all(p, p->at, p->size, straight);
		ck_assert_msg(good > 0 || p->kind == NO_KEY, "0x%lx", p->type);
		for (off = 1; off < sizeof(CK_ULONG); off += 2) {
			memcpy(room + off, p->at, p->size);
			(void)try_all(p, room + off, p->size, odd);
			ck_assert_mem_eq(straight, odd, sizeof(odd));
		}
	}
}
END_TEST

static void
must_be_the_same(CK_MECHANISM_TYPE type, void *other)
{
	CK_RV straight[ANSWERS], odd[ANSWERS];
	const struct param *p = params;

	while (p->type != type)
		p++;
	(void)try_all(p, p->at, p->size, straight);
	(void)try_all(p, other, p->size, odd);
	ck_assert_mem_eq(straight, odd, sizeof(odd));
}

/* The same for what a parameter points to. */
START_TEST(inner_parameters_at_odd_addresses)
{
	CK_BYTE room[4][128];
	CK_RSA_AES_KEY_WRAP_PARAMS wrap = { 256, (void *)(room[0] + 1) };
	CK_PRF_DATA_PARAM copy[2] = { pieces[0], pieces[1] };
	CK_SP800_108_KDF_PARAMS kdf = kbkdf;
	CK_CNG_BLOB_PARAMS cng = blob;

	begin();
	memcpy(room[0] + 1, &oaep, sizeof(oaep));
	memcpy(room[1] + 3, &counter, sizeof(counter));
	copy[0].pValue = room[1] + 3;
	memcpy(room[2] + 5, copy, sizeof(copy));
	kdf.pDataParams = (void *)(room[2] + 5);
	memcpy(room[3] + 7, &buffer, sizeof(buffer));
	cng.buffers = (void *)(room[3] + 7);
	must_be_the_same(CKM_RSA_AES_KEY_WRAP, &wrap);
	must_be_the_same(CKM_SP800_108_COUNTER_KDF, &kdf);
	must_be_the_same(CKM_CNG_KEYDATA, &cng);
}
END_TEST

static const CK_ULONG numbers[] = { 0, 1, ~0UL, ~0UL - 1, ~0UL - 7,
	~0UL >> 1, (~0UL >> 1) + 1, ~0UL / sizeof(CK_PRF_DATA_PARAM) + 1,
	~0UL / 8 + 1 };

static void
try_word(const struct param *p, size_t word, CK_ULONG value)
{
	CK_RV answers[ANSWERS];
	CK_ULONG copy[16];

	ck_assert_uint_le(p->size, sizeof(copy));
	memcpy(copy, p->at, p->size);
	copy[word] = value;
	(void)try_all(p, copy, p->size, answers);
}

START_TEST(each_word_of_each_parameter)
{
	const struct param *p;
	size_t i, word, k;

	begin();
	for (i = 0; i < ARRAY_LEN(params); i++) {
		p = &params[i];
		for (word = 0; p->words[word] != '\0'; word++) {
			if (p->words[word] == 'p')
				try_word(p, word, 0);
			for (k = 0; p->words[word] == 'n' &&
			    k < ARRAY_LEN(numbers); k++)
				try_word(p, word, numbers[k]);
		}
	}
}
END_TEST

/* Every length, too short and too long. */
START_TEST(each_length_of_each_parameter)
{
	static const CK_ULONG more[] = { ~0UL, ~0UL >> 1, 0x100000000UL };
	CK_RV answers[ANSWERS];
	const struct param *p;
	CK_ULONG len;
	size_t i;

	begin();
	for (i = 0; i < ARRAY_LEN(params); i++) {
		p = &params[i];
		for (len = 0; len < p->size; len += len < 16 ? 1 : 5)
			(void)try_all(p, p->at, len, answers);
		for (len = 0; len < ARRAY_LEN(more); len++)
			(void)try_all(p, p->at, more[len], answers);
		(void)try_all(p, NULL, p->size, answers);
		(void)try_all(p, NULL, ~0UL, answers);
	}
}
END_TEST

/* --- templates --- */

static const CK_ATTRIBUTE_TYPE types[] = { CKA_CLASS, CKA_TOKEN, CKA_PRIVATE,
	CKA_LABEL, CKA_UNIQUE_ID, CKA_CHECK_VALUE, CKA_KEY_TYPE, CKA_SUBJECT,
	CKA_ID, CKA_SENSITIVE, CKA_START_DATE, CKA_MODULUS, CKA_MODULUS_BITS,
	CKA_PUBLIC_EXPONENT, CKA_PRIME_1, CKA_PUBLIC_KEY_INFO, CKA_VALUE_LEN,
	CKA_VALUE, CKA_KEY_GEN_MECHANISM, CKA_EC_PARAMS, CKA_EC_POINT,
	CKA_ALLOWED_MECHANISMS, CKA_WRAP_TEMPLATE, CKA_CNG_KEY_NAME,
	CKA_CNG_BLOB_TYPE };

START_TEST(values_shown_at_odd_addresses)
{
	static CK_BYTE straight[4096], odd[4097];
	CK_ATTRIBUTE a, b;
	CK_RV rv;
	size_t i, k;

	begin();
	for (k = 0; k < KEYS; k++) {
		for (i = 0; i < ARRAY_LEN(types); i++) {
			a = (CK_ATTRIBUTE){ types[i], straight, 4096 };
			b = (CK_ATTRIBUTE){ types[i], odd + 1, 4096 };
			rv = p11->C_GetAttributeValue(session, keys[k], &a, 1);
			is(p11->C_GetAttributeValue(session, keys[k], &b, 1),
			    rv);
			ck_assert_uint_eq(a.ulValueLen, b.ulValueLen);
			if (rv == CKR_OK)
				ck_assert_mem_eq(
				    straight, odd + 1, a.ulValueLen);
		}
	}
}
END_TEST

static void
put(CK_ATTRIBUTE *line, CK_ATTRIBUTE_TYPE type, CK_BYTE *at,
    const void *value, CK_ULONG len)
{
	memcpy(at, value, len);
	*line = (CK_ATTRIBUTE){ type, at, len };
}

/* Numbers, lists of mechanisms, and templates within templates. */
START_TEST(templates_at_odd_addresses)
{
	CK_MECHANISM_TYPE allowed[] = { CKM_AES_KEY_WRAP_KWP, CKM_AES_CTR };
	CK_BYTE room[6][128], shown[8], back[256];
	CK_ATTRIBUTE tmpl[6], inner[2], seen[2], all;
	CK_KEY_TYPE type = CKK_AES;
	CK_OBJECT_HANDLE key;

	session = guest_login();
	put(&inner[0], CKA_KEY_TYPE, room[0] + 1, &type, sizeof(type));
	put(&inner[1], CKA_EXTRACTABLE, room[0] + 33, &yes, 1);
	put(&tmpl[0], CKA_CLASS, room[1] + 1, &secret_class,
	    sizeof(secret_class));
	put(&tmpl[1], CKA_KEY_TYPE, room[2] + 3, &type, sizeof(type));
	put(&tmpl[2], CKA_ALLOWED_MECHANISMS, room[3] + 5, allowed,
	    sizeof(allowed));
	put(&tmpl[3], CKA_WRAP_TEMPLATE, room[4] + 7, inner, sizeof(inner));
	put(&tmpl[4], CKA_VALUE, room[5] + 1, zeros, 16);
	put(&tmpl[5], CKA_TOKEN, room[5] + 32, &no, 1);
	ok(p11->C_CreateObject(session, tmpl, 6, &key));
	ck_assert_uint_eq(guest_number(session, key, CKA_KEY_TYPE), CKK_AES);

	seen[0] = (CK_ATTRIBUTE){ 0, shown + 1, 0 };
	seen[0].pValue = room[0] + 65;
	seen[0].ulValueLen = sizeof(CK_KEY_TYPE);
	seen[1] = (CK_ATTRIBUTE){ 0, shown, 1 };
	memcpy(back + 1, seen, sizeof(seen));
	all = (CK_ATTRIBUTE){ CKA_WRAP_TEMPLATE, back + 1, sizeof(seen) };
	ok(p11->C_GetAttributeValue(session, key, &all, 1));
	memcpy(seen, back + 1, sizeof(seen));
	ck_assert_uint_eq(seen[0].type, CKA_KEY_TYPE);
	ck_assert_mem_eq(room[0] + 65, &type, sizeof(type));
	ck_assert_int_eq(shown[0], CK_TRUE);
}
END_TEST

/* --- lengths of values --- */

/* What a call that failed has left there is no room to write to. */
START_TEST(a_length_that_a_failure_left)
{
	CK_BYTE small[4] = { 1, 2, 3, 4 };
	CK_ATTRIBUTE line = { CKA_MODULUS, small, sizeof(small) };
	CK_ATTRIBUTE none = { CKA_WRAP_TEMPLATE, small, ~0UL };

	begin();
	is(p11->C_GetAttributeValue(session, keys[2], &line, 1),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(line.ulValueLen, CK_UNAVAILABLE_INFORMATION);
	is(p11->C_GetAttributeValue(session, keys[2], &line, 1),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_int_eq(small[0], 1);
	line.pValue = NULL;
	ok(p11->C_GetAttributeValue(session, keys[2], &line, 1));
	ck_assert_uint_eq(line.ulValueLen, 256);
	(void)p11->C_GetAttributeValue(session, keys[0], &none, 1);
	ck_assert_int_eq(small[0], 1);
}
END_TEST

START_TEST(impossible_lengths_of_values)
{
	static const CK_ULONG lens[] = { ~0UL, ~0UL - 1, ~0UL >> 1,
		(~0UL >> 1) + 1, ~0UL / 24 * 24 };
	CK_ATTRIBUTE line, made[3];
	CK_OBJECT_HANDLE key;
	size_t i, k;

	begin();
	for (i = 0; i < ARRAY_LEN(types); i++) {
		for (k = 0; k < ARRAY_LEN(lens); k++) {
			line = (CK_ATTRIBUTE){ types[i], zeros, lens[k] };
			memcpy(made, a_secret, sizeof(made));
			made[2] = line;
			is(p11->C_FindObjectsInit(session, &line, 1),
			    CKR_ATTRIBUTE_VALUE_INVALID);
			ck_assert_uint_ne(p11->C_CreateObject(
			    session, made, 3, &key), CKR_OK);
			ck_assert_uint_ne(p11->C_SetAttributeValue(
			    session, keys[0], &line, 1), CKR_OK);
			ck_assert_uint_ne(p11->C_CopyObject(
			    session, keys[0], &line, 1, &key), CKR_OK);
		}
		line = (CK_ATTRIBUTE){ types[i], NULL, 8 };
		is(p11->C_FindObjectsInit(session, &line, 1),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		ck_assert_uint_ne(p11->C_SetAttributeValue(
		    session, keys[0], &line, 1), CKR_OK);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { parameters_at_odd_addresses,
		inner_parameters_at_odd_addresses, each_word_of_each_parameter,
		each_length_of_each_parameter, values_shown_at_odd_addresses,
		templates_at_odd_addresses, a_length_that_a_failure_left,
		impossible_lengths_of_values };

	return guest_run("face odd", tests, ARRAY_LEN(tests));
}
