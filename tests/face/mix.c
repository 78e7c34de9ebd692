/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys put together, cut out and encrypted, which only tokens under the
 * compat policy have; public keys of private ones; several keys of one
 * SP 800-108 output.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <stdio.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET, aes = CKK_AES;

/* Begins anew under that policy, and logs in. */
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
import(CK_SESSION_HANDLE s, const void *bytes, CK_ULONG len, CK_KEY_TYPE type,
    CK_BBOOL hidden)
{
	unsigned char copy[64];
	CK_BBOOL open = !hidden;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_SENSITIVE, &hidden, 1 },
		{ CKA_EXTRACTABLE, &open, 1 },
		{ CKA_VALUE, copy, len },
	};
	CK_OBJECT_HANDLE key;

	memcpy(copy, bytes, len);
	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

/* len 0: none is given. */
static CK_RV
derive(CK_SESSION_HANDLE s, CK_MECHANISM *how, CK_OBJECT_HANDLE from,
    CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE size = { CKA_VALUE_LEN, &len, sizeof(len) };

	return p11->C_DeriveKey(s, how, from, &size, len == 0 ? 0 : 1, out);
}

static void
shows(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key, const void *want,
    CK_ULONG want_len)
{
	unsigned char value[128];
	CK_ULONG len = sizeof(value);

	ok(guest_bytes(s, key, CKA_VALUE, value, &len));
	ck_assert_uint_eq(len, want_len);
	ck_assert_mem_eq(value, want, len);
}

static bool
is_listed(CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_TYPE list[512];
	CK_ULONG count = ARRAY_LEN(list), i;

	ok(p11->C_GetMechanismList(slot, list, &count));
	for (i = 0; i < count; i++)
		if (list[i] == type)
			return true;
	return false;
}

START_TEST(strict_has_none)
{
	static const CK_MECHANISM_TYPE types[] = {
		CKM_CONCATENATE_BASE_AND_KEY, CKM_CONCATENATE_BASE_AND_DATA,
		CKM_CONCATENATE_DATA_AND_BASE, CKM_XOR_BASE_AND_DATA,
		CKM_EXTRACT_KEY_FROM_KEY, CKM_AES_ECB_ENCRYPT_DATA,
		CKM_AES_CBC_ENCRYPT_DATA,
	};
	static unsigned char bytes[16];
	CK_SESSION_HANDLE s = under("strict");
	CK_OBJECT_HANDLE base = import(s, bytes, 16, CKK_AES, CK_FALSE), key;
	CK_AES_CBC_ENCRYPT_DATA_PARAMS cbc = { { 0 }, bytes, 16 };
	CK_KEY_DERIVATION_STRING_DATA data = { bytes, 16 };
	CK_MECHANISM_INFO info;
	CK_MECHANISM how;
	CK_ULONG number = base;
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++) {
		how = (CK_MECHANISM){ types[i], &data, sizeof(data) };
		if (i == 0 || i == 4)
			how = (CK_MECHANISM){ types[i], &number,
				sizeof(number) };
		if (i == 6)
			how = (CK_MECHANISM){ types[i], &cbc, sizeof(cbc) };
		ck_assert(!is_listed(types[i]));
		is(p11->C_GetMechanismInfo(slot, types[i], &info),
		    CKR_MECHANISM_INVALID);
		is(derive(s, &how, base, 16, &key), CKR_MECHANISM_INVALID);
	}
	s = under("compat");
	for (i = 0; i < ARRAY_LEN(types); i++) {
		ck_assert(is_listed(types[i]));
		ok(p11->C_GetMechanismInfo(slot, types[i], &info));
		ck_assert_uint_eq(info.flags, CKF_DERIVE);
	}
	(void)under("strict");
}
END_TEST

START_TEST(put_together)
{
	CK_SESSION_HANDLE s = under("compat");
	CK_OBJECT_HANDLE base = import(s, "abcd", 4, CKK_GENERIC_SECRET,
	    CK_FALSE), key;
	CK_OBJECT_HANDLE other = import(s, "efgh", 4, CKK_GENERIC_SECRET,
	    CK_FALSE);
	CK_KEY_DERIVATION_STRING_DATA data = { (CK_BYTE[]){ "012345" }, 6 };
	CK_MECHANISM how = { CKM_CONCATENATE_BASE_AND_KEY, &other,
		sizeof(other) };

	ok(derive(s, &how, base, 0, &key));
	shows(s, key, "abcdefgh", 8);
	ok(derive(s, &how, base, 5, &key));
	shows(s, key, "abcde", 5);
	is(derive(s, &how, base, 9, &key), CKR_KEY_SIZE_RANGE);
	other = 4711;
	is(derive(s, &how, base, 0, &key), CKR_KEY_HANDLE_INVALID);
	how = (CK_MECHANISM){ CKM_CONCATENATE_BASE_AND_DATA, &data,
		sizeof(data) };
	ok(derive(s, &how, base, 0, &key));
	shows(s, key, "abcd012345", 10);
	how.mechanism = CKM_CONCATENATE_DATA_AND_BASE;
	ok(derive(s, &how, base, 0, &key));
	shows(s, key, "012345abcd", 10);
	ok(derive(s, &how, base, 7, &key));
	shows(s, key, "012345a", 7);
	how.mechanism = CKM_XOR_BASE_AND_DATA;
	ok(derive(s, &how, base, 0, &key));
	shows(s, key, "QSQW", 4);
	ok(derive(s, &how, base, 2, &key));
	shows(s, key, "QS", 2);
	is(derive(s, &how, base, 5, &key), CKR_KEY_SIZE_RANGE);
	data.ulLen = 0;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	data.ulLen = 6;
	data.pData = NULL;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	(void)under("strict");
}
END_TEST

/* The standard's own example: 0x329F84A9 from bit 21 on. */
START_TEST(cut_out)
{
	CK_SESSION_HANDLE s = under("compat");
	CK_OBJECT_HANDLE base = import(s, "\x32\x9f\x84\xa9", 4,
	    CKK_GENERIC_SECRET, CK_FALSE), key;
	CK_EXTRACT_PARAMS first = 21;
	CK_MECHANISM how = { CKM_EXTRACT_KEY_FROM_KEY, &first,
		sizeof(first) };

	ok(derive(s, &how, base, 2, &key));
	shows(s, key, "\x95\x26", 2);
	first = 0;
	ok(derive(s, &how, base, 4, &key));
	shows(s, key, "\x32\x9f\x84\xa9", 4);
	first = 24;
	ok(derive(s, &how, base, 3, &key));
	shows(s, key, "\xa9\x32\x9f", 3);
	first = 31;
	ok(derive(s, &how, base, 1, &key));
	shows(s, key, "\x99", 1);
	is(derive(s, &how, base, 0, &key), CKR_TEMPLATE_INCOMPLETE);
	is(derive(s, &how, base, 5, &key), CKR_KEY_SIZE_RANGE);
	first = 32;
	is(derive(s, &how, base, 1, &key), CKR_MECHANISM_PARAM_INVALID);
	first = ~0UL;
	is(derive(s, &how, base, 1, &key), CKR_MECHANISM_PARAM_INVALID);
	(void)under("strict");
}
END_TEST

/* FIPS 197, appendix C.1 */
START_TEST(encrypted_data)
{
	CK_SESSION_HANDLE s = under("compat");
	unsigned char plain[32], cipher[32], key_bytes[16];
	CK_AES_CBC_ENCRYPT_DATA_PARAMS cbc = { { 1, 2, 3 }, plain, 32 };
	CK_KEY_DERIVATION_STRING_DATA data = { plain, 16 };
	CK_MECHANISM how = { CKM_AES_ECB_ENCRYPT_DATA, &data, sizeof(data) };
	CK_MECHANISM peer = { CKM_AES_CBC, cbc.iv, 16 };
	CK_OBJECT_HANDLE base, key;
	CK_ULONG len = sizeof(cipher);
	CK_ATTRIBUTE type = { CKA_KEY_TYPE, &aes, sizeof(aes) };
	size_t i;

	for (i = 0; i < 16; i++) {
		key_bytes[i] = (unsigned char)i;
		plain[i] = plain[i + 16] = (unsigned char)(i * 17);
	}
	base = import(s, key_bytes, 16, CKK_AES, CK_FALSE);
	ok(derive(s, &how, base, 0, &key));
	shows(s, key, "\x69\xc4\xe0\xd8\x6a\x7b\x04\x30\xd8\xcd\xb7\x80\x70"
	    "\xb4\xc5\x5a", 16);
	ok(derive(s, &how, base, 3, &key));
	shows(s, key, "\x69\xc4\xe0", 3);
	is(derive(s, &how, base, 17, &key), CKR_KEY_SIZE_RANGE);
	data.ulLen = 15;
	is(derive(s, &how, base, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	how = (CK_MECHANISM){ CKM_AES_CBC_ENCRYPT_DATA, &cbc, sizeof(cbc) };
	ok(p11->C_EncryptInit(s, &peer, base));
	ok(p11->C_Encrypt(s, plain, 32, cipher, &len));
	ok(p11->C_DeriveKey(s, &how, base, &type, 1, &key));
	shows(s, key, cipher, 32);
	is(derive(s, &how, import(s, "abc", 3, CKK_GENERIC_SECRET, CK_FALSE),
	    0, &key), CKR_KEY_TYPE_INCONSISTENT);
	(void)under("strict");
}
END_TEST

/* Of two parents, the one that hides more decides. */
START_TEST(what_is_inherited)
{
	CK_SESSION_HANDLE s = under("compat");
	CK_OBJECT_HANDLE open = import(s, "abcd", 4, CKK_GENERIC_SECRET,
	    CK_FALSE), key;
	CK_OBJECT_HANDLE hidden = import(s, "efgh", 4, CKK_GENERIC_SECRET,
	    CK_TRUE);
	CK_MECHANISM make = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE never, other = hidden;
	CK_MECHANISM how = { CKM_CONCATENATE_BASE_AND_KEY, &other,
		sizeof(other) };
	CK_ULONG len = 8;
	CK_ATTRIBUTE lines[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_ATTRIBUTE born_hidden[] = {
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
		{ CKA_DERIVE, &yes, 1 },
	};

	ok(p11->C_DeriveKey(s, &how, open, NULL, 0, &key));
	ck_assert(guest_bool(s, key, CKA_SENSITIVE));
	ck_assert(!guest_bool(s, key, CKA_EXTRACTABLE));
	ck_assert(!guest_bool(s, key, CKA_ALWAYS_SENSITIVE));
	is(p11->C_DeriveKey(s, &how, open, lines, 1, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	is(p11->C_DeriveKey(s, &how, open, lines + 1, 1, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	other = open;
	is(p11->C_DeriveKey(s, &how, hidden, lines, 2, &key),
	    CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_DeriveKey(s, &how, open, lines, 2, &key));
	shows(s, key, "abcdabcd", 8);
	/* hidden since they were born, both of them or one */
	ok(p11->C_GenerateKey(s, &make, born_hidden, 4, &never));
	other = never;
	ok(p11->C_DeriveKey(s, &how, never, NULL, 0, &key));
	ck_assert(guest_bool(s, key, CKA_ALWAYS_SENSITIVE));
	ck_assert(guest_bool(s, key, CKA_NEVER_EXTRACTABLE));
	other = hidden;
	ok(p11->C_DeriveKey(s, &how, never, NULL, 0, &key));
	ck_assert(!guest_bool(s, key, CKA_ALWAYS_SENSITIVE));
	ck_assert(!guest_bool(s, key, CKA_NEVER_EXTRACTABLE));
	(void)under("strict");
}
END_TEST

/* --- public keys --- */

static void
same_public(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b)
{
	unsigned char info[2][600];
	CK_ULONG len[2] = { sizeof(info[0]), sizeof(info[1]) };

	ok(guest_bytes(s, a, CKA_PUBLIC_KEY_INFO, info[0], &len[0]));
	ok(guest_bytes(s, b, CKA_PUBLIC_KEY_INFO, info[1], &len[1]));
	ck_assert_uint_eq(len[0], len[1]);
	ck_assert_mem_eq(info[0], info[1], len[0]);
	ck_assert_uint_eq(guest_number(s, b, CKA_CLASS), CKO_PUBLIC_KEY);
}

START_TEST(public_keys_of_private_ones)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_MECHANISM how = { CKM_PUB_KEY_FROM_PRIV_KEY, NULL, 0 };
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, (CK_BYTE[]){ "public" }, 6 },
		{ CKA_VERIFY, &no, 1 },
	};
	CK_OBJECT_HANDLE public, private, made;

	guest_rsa(s, &public, &private);
	ok(p11->C_DeriveKey(s, &how, private, tmpl, 3, &made));
	same_public(s, public, made);
	ck_assert(!guest_bool(s, made, CKA_VERIFY));
	ck_assert(!guest_bool(s, made, CKA_LOCAL));
	is(p11->C_DeriveKey(s, &how, public, tmpl, 3, &made),
	    CKR_KEY_TYPE_INCONSISTENT);
	class = CKO_SECRET_KEY;
	is(p11->C_DeriveKey(s, &how, private, tmpl, 1, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	guest_ec(s, &public, &private);
	ok(p11->C_DeriveKey(s, &how, private, NULL, 0, &made));
	same_public(s, public, made);
	ck_assert(guest_bool(s, made, CKA_VERIFY));
	is(p11->C_DeriveKey(s, &how, guest_aes(s, 16), NULL, 0, &made),
	    CKR_KEY_TYPE_INCONSISTENT);
	how.pParameter = &class;
	how.ulParameterLen = sizeof(class);
	is(p11->C_DeriveKey(s, &how, private, NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* --- several keys --- */

struct several {
	CK_SP800_108_COUNTER_FORMAT counter;
	CK_SP800_108_DKM_LENGTH_FORMAT length;
	CK_PRF_DATA_PARAM pieces[3];
	CK_ULONG len[3];
	CK_ATTRIBUTE tmpl[3][3];
	CK_OBJECT_HANDLE made[3];
	CK_DERIVED_KEY more[2];
	CK_SP800_108_KDF_PARAMS param;
	CK_MECHANISM how;
};

/* 20 bytes, 40 and 16 of HMAC-SHA-256: one block, two, and one. */
static void
several_begin(struct several *x)
{
	static const CK_ULONG lens[] = { 20, 40, 16 };
	static CK_BYTE label[] = "label";
	CK_ULONG i;

	*x = (struct several){ .counter = { CK_FALSE, 32 },
		.length = { CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE,
		    32 },
		.param = { CKM_SHA256_HMAC, 3, x->pieces, 2, x->more },
		.how = { CKM_SP800_108_COUNTER_KDF, &x->param,
		    sizeof(x->param) } };
	x->pieces[0] = (CK_PRF_DATA_PARAM){ CK_SP800_108_ITERATION_VARIABLE,
		&x->counter, sizeof(x->counter) };
	x->pieces[1] = (CK_PRF_DATA_PARAM){ CK_SP800_108_BYTE_ARRAY,
		label, 5 };
	x->pieces[2] = (CK_PRF_DATA_PARAM){ CK_SP800_108_DKM_LENGTH,
		&x->length, sizeof(x->length) };
	for (i = 0; i < 3; i++) {
		x->len[i] = lens[i];
		x->made[i] = 77;
		x->tmpl[i][0] = (CK_ATTRIBUTE){ CKA_KEY_TYPE,
			i == 2 ? &aes : &generic, sizeof(generic) };
		x->tmpl[i][1] = (CK_ATTRIBUTE){ CKA_VALUE_LEN, &x->len[i],
			sizeof(x->len[i]) };
		x->tmpl[i][2] = (CK_ATTRIBUTE){ CKA_TOKEN, &no, 1 };
		if (i > 0)
			x->more[i - 1] = (CK_DERIVED_KEY){ x->tmpl[i], 3,
				&x->made[i] };
	}
}

static CK_RV
several_derive(CK_SESSION_HANDLE s, struct several *x, CK_OBJECT_HANDLE base)
{
	return p11->C_DeriveKey(s, &x->how, base, x->tmpl[0], 3, &x->made[0]);
}

/* Block i, by a MAC of our own. */
static void
block(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE base, unsigned char i,
    unsigned bits, unsigned char out[32])
{
	unsigned char message[] = { 0, 0, 0, i, 'l', 'a', 'b', 'e', 'l', 0, 0,
		(unsigned char)(bits >> 8), (unsigned char)bits };
	CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };
	CK_ULONG len = 32;

	ok(p11->C_SignInit(s, &hmac, base));
	ok(p11->C_Sign(s, message, sizeof(message), out, &len));
}

/* Each begins with a block of its own; the length is that of all of them. */
START_TEST(several_keys_of_one_output)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE base = import(s, "0123456789", 10,
	    CKK_GENERIC_SECRET, CK_FALSE);
	unsigned char blocks[4][32];
	unsigned bits, i;
	struct several x;

	several_begin(&x);
	for (bits = 76 * 8; bits <= 128 * 8; bits += 52 * 8) {
		ok(several_derive(s, &x, base));
		for (i = 0; i < 4; i++)
			block(s, base, (unsigned char)(i + 1), bits,
			    blocks[i]);
		shows(s, x.made[0], blocks[0], 20);
		shows(s, x.made[1], blocks[1], 40);
		shows(s, x.made[2], blocks[3], 16);
		ck_assert_uint_eq(guest_number(s, x.made[2], CKA_KEY_TYPE),
		    CKK_AES);
		x.length.dkmLengthMethod =
		    CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS;
	}
}
END_TEST

START_TEST(several_keys_all_or_none)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE base = import(s, "0123456789", 10,
	    CKK_GENERIC_SECRET, CK_FALSE);
	CK_ULONG before = guest_find(s, NULL, 0, NULL);
	struct several x;

	several_begin(&x);
	x.len[2] = 17;
	is(several_derive(s, &x, base), CKR_TEMPLATE_INCOMPLETE);
	/* which one it was */
	ck_assert_uint_eq(x.made[0], 77);
	ck_assert_uint_eq(x.made[1], 77);
	ck_assert_uint_eq(x.made[2], CK_INVALID_HANDLE);
	several_begin(&x);
	x.tmpl[1][2].type = 0x7fffffff;
	is(several_derive(s, &x, base), CKR_ATTRIBUTE_TYPE_INVALID);
	ck_assert_uint_eq(x.made[1], CK_INVALID_HANDLE);
	ck_assert_uint_eq(x.made[2], 77);
	/* one of them without a length, which is that of its kind or said */
	several_begin(&x);
	x.more[0].ulAttributeCount = 1;
	is(several_derive(s, &x, base), CKR_TEMPLATE_INCOMPLETE);
	ck_assert_uint_eq(x.made[1], CK_INVALID_HANDLE);
	several_begin(&x);
	x.more[1].phKey = NULL;
	is(several_derive(s, &x, base), CKR_MECHANISM_PARAM_INVALID);
	several_begin(&x);
	x.param.pAdditionalDerivedKeys = NULL;
	is(several_derive(s, &x, base), CKR_MECHANISM_PARAM_INVALID);
	several_begin(&x);
	x.param.ulAdditionalDerivedKeys = ~0UL;
	is(several_derive(s, &x, base), CKR_MECHANISM_PARAM_INVALID);
	/* one kept, for which this session has not the right */
	several_begin(&x);
	x.tmpl[2][2].pValue = &yes;
	ok(p11->C_CloseSession(s));
	s = guest_open(0);
	ok(p11->C_Login(s, CKU_USER, PIN_OF(USER_PIN)));
	base = import(s, "0123456789", 10, CKK_GENERIC_SECRET, CK_FALSE);
	is(several_derive(s, &x, base), CKR_SESSION_READ_ONLY);
	ck_assert_uint_eq(guest_find(s, NULL, 0, NULL), before);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { strict_has_none, put_together, cut_out,
		encrypted_data, what_is_inherited, public_keys_of_private_ones,
		several_keys_of_one_output, several_keys_all_or_none };

	return guest_run("mix", tests, ARRAY_LEN(tests));
}
