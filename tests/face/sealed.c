/* SPDX-License-Identifier: BSD-2-Clause
 *
 * C_WrapKeyAuthenticated and C_UnwrapKeyAuthenticated.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_KEY_TYPE aes = CKK_AES, ec = CKK_EC;
static CK_ATTRIBUTE open_aes[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};
static CK_ATTRIBUTE open_ec[] = {
	{ CKA_CLASS, &private_class, sizeof(private_class) },
	{ CKA_KEY_TYPE, &ec, sizeof(ec) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE with, key, private_key;
static CK_BYTE iv[12], tag[16], wrapped[512];
static CK_BYTE aad[] = { 'f', 'o', 'r', ' ', 'B', 'o', 'b' };
static CK_GCM_MESSAGE_PARAMS param;
static CK_MECHANISM gcm;
static CK_ULONG len;

static void
begin(void)
{
	CK_OBJECT_HANDLE public_key;

	session = guest_login();
	with = guest_aes(session, 32);
	key = guest_aes(session, 32);
	guest_ec(session, &public_key, &private_key);
	memset(iv, 7, sizeof(iv));
	param = (CK_GCM_MESSAGE_PARAMS){ iv, 12, 0, CKG_GENERATE_RANDOM, tag,
		128 };
	gcm = (CK_MECHANISM){ CKM_AES_GCM, &param, sizeof(param) };
	len = sizeof(wrapped);
}

static CK_RV
wrap(CK_OBJECT_HANDLE what, CK_BYTE *to)
{
	return p11_3->C_WrapKeyAuthenticated(session, &gcm, with, what, aad,
	    sizeof(aad), to, &len);
}

static CK_RV
unwrap(CK_ATTRIBUTE *tmpl, CK_OBJECT_HANDLE *back)
{
	return p11_3->C_UnwrapKeyAuthenticated(session, &gcm, with, wrapped,
	    len, tmpl, 4, aad, sizeof(aad), back);
}

static void
same(CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b)
{
	CK_BYTE one[64], two[64];
	CK_ULONG one_len = sizeof(one), two_len = sizeof(two);

	ok(guest_bytes(session, a, CKA_VALUE, one, &one_len));
	ok(guest_bytes(session, b, CKA_VALUE, two, &two_len));
	ck_assert_uint_eq(one_len, two_len);
	ck_assert_mem_eq(one, two, one_len);
}

START_TEST(there_and_back)
{
	CK_OBJECT_HANDLE back;
	CK_BYTE seven[12];

	begin();
	memset(seven, 7, sizeof(seven));
	ok(wrap(key, NULL));
	ck_assert_uint_eq(len, 32);
	ck_assert_mem_eq(iv, seven, 12); /* only asked */
	len = 31;
	is(wrap(key, wrapped), CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(len, 32);
	ok(wrap(key, wrapped));
	ck_assert_mem_ne(iv, seven, 12);
	/* the parameter as it came back: who made the nonce is not asked */
	ok(unwrap(open_aes, &back));
	param.ivGenerator = CKG_GENERATE_COUNTER;
	param.ulIvFixedBits = 4711;
	ok(unwrap(open_aes, &back));
	param.ivGenerator = CKG_NO_GENERATE;
	param.ulIvFixedBits = 0;
	ok(unwrap(open_aes, &back));
	same(key, back);
	ck_assert_uint_eq(guest_bool(session, back, CKA_LOCAL), CK_FALSE);

	len = sizeof(wrapped);
	ok(wrap(private_key, wrapped));
	ok(unwrap(open_ec, &back));
	same(private_key, back);
}
END_TEST

START_TEST(what_is_bound)
{
	CK_BYTE *touched[] = { wrapped, tag, iv, aad };
	CK_OBJECT_HANDLE back = 4711;
	size_t i;

	begin();
	ok(wrap(key, wrapped));
	param.ivGenerator = CKG_NO_GENERATE;
	for (i = 0; i < ARRAY_LEN(touched); i++) {
		touched[i][2] ^= 1;
		is(unwrap(open_aes, &back), CKR_WRAPPED_KEY_INVALID);
		touched[i][2] ^= 1;
	}
	ck_assert_uint_eq(back, 4711);
	ok(unwrap(open_aes, &back));
}
END_TEST

/* The structure of the draft has no place for the tag: it follows. */
START_TEST(the_draft)
{
	struct {
		CK_BYTE_PTR iv;
		CK_ULONG iv_len, fixed;
		CK_ULONG generator;
		CK_ULONG tag_bits;
	} draft = { iv, 12, 0, CKG_GENERATE, 128 };
	CK_OBJECT_HANDLE back;

	begin();
	gcm.pParameter = &draft;
	gcm.ulParameterLen = sizeof(draft);
	ok(wrap(key, wrapped));
	ck_assert_uint_eq(len, 48);
	draft.generator = CKG_NO_GENERATE;
	ok(unwrap(open_aes, &back));
	same(key, back);
	/* what the standard has reads the same bytes */
	gcm = (CK_MECHANISM){ CKM_AES_GCM, &param, sizeof(param) };
	param.ivGenerator = CKG_NO_GENERATE;
	memcpy(tag, wrapped + 32, 16);
	len = 32;
	ok(unwrap(open_aes, &back));
}
END_TEST

START_TEST(by_ccm)
{
	CK_CCM_MESSAGE_PARAMS ccm = { 0, iv, 12, 0, CKG_GENERATE, tag, 16 };
	CK_OBJECT_HANDLE back;

	begin();
	gcm = (CK_MECHANISM){ CKM_AES_CCM, &ccm, sizeof(ccm) };
	ok(wrap(private_key, NULL));
	len = sizeof(wrapped);
	ok(wrap(private_key, wrapped));
	ccm.nonceGenerator = CKG_NO_GENERATE;
	ok(unwrap(open_ec, &back));
	same(private_key, back);
	aad[0] ^= 1;
	is(unwrap(open_ec, &back), CKR_WRAPPED_KEY_INVALID);
	aad[0] ^= 1;
}
END_TEST

/* A sensitive key may not be made to use a nonce twice: the one that it is
 * wrapped with is made here, each time another one. */
static CK_OBJECT_HANDLE
guarded(void)
{
	CK_ULONG bytes = 32;
	CK_MECHANISM how = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
	};
	CK_OBJECT_HANDLE made;

	ok(p11->C_GenerateKey(session, &how, tmpl, ARRAY_LEN(tmpl), &made));
	return made;
}

static void
only_fresh(CK_GENERATOR_FUNCTION *generator, CK_ULONG *fixed)
{
	CK_OBJECT_HANDLE back;
	CK_BYTE before[12];

	*generator = CKG_NO_GENERATE;
	is(wrap(key, NULL), CKR_MECHANISM_PARAM_INVALID);
	len = sizeof(wrapped);
	is(wrap(key, wrapped), CKR_MECHANISM_PARAM_INVALID);
	*generator = CKG_GENERATE;
	*fixed = 1; /* and 95 bits that are random are too few */
	is(wrap(key, wrapped), CKR_MECHANISM_PARAM_INVALID);
	*fixed = 0;
	memcpy(before, iv, sizeof(iv));
	ok(wrap(key, wrapped));
	ck_assert_mem_ne(iv, before, sizeof(iv));
	memcpy(before, iv, sizeof(iv));
	*generator = CKG_GENERATE_RANDOM;
	len = sizeof(wrapped);
	ok(wrap(key, wrapped));
	ck_assert_mem_ne(iv, before, sizeof(iv));
	*generator = CKG_NO_GENERATE;
	ok(unwrap(open_aes, &back));
	same(key, back);
	len = sizeof(wrapped);
}

/* C_WrapKey with the parameter that has all of it, and what the authenticated
 * call makes of the same. */
START_TEST(in_the_plain_call)
{
	CK_GCM_WRAP_PARAMS all_gcm = { iv, 12, 0, CKG_GENERATE, aad,
		sizeof(aad), 128 };
	CK_CCM_WRAP_PARAMS all_ccm = { 32, iv, 12, 0, CKG_GENERATE, aad,
		sizeof(aad), 16 };
	CK_CCM_MESSAGE_PARAMS ccm = { 32, iv, 12, 0, CKG_NO_GENERATE, tag,
		16 };
	const struct {
		CK_MECHANISM plain, sealed;
		CK_GENERATOR_FUNCTION *generator;
	} rows[] = {
		{ { CKM_AES_GCM, &all_gcm, sizeof(all_gcm) },
		    { CKM_AES_GCM, &param, sizeof(param) },
		    &all_gcm.ivGenerator },
		{ { CKM_AES_CCM, &all_ccm, sizeof(all_ccm) },
		    { CKM_AES_CCM, &ccm, sizeof(ccm) },
		    &all_ccm.nonceGenerator },
	};
	CK_OBJECT_HANDLE back;
	CK_BYTE before[12];
	size_t i;

	begin();
	with = guarded();
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CK_MECHANISM how = rows[i].plain;

		memcpy(before, iv, sizeof(iv));
		ok(p11->C_WrapKey(session, &how, with, key, NULL, &len));
		ck_assert_uint_eq(len, 48);
		ck_assert_mem_eq(iv, before, sizeof(iv));
		ok(p11->C_WrapKey(session, &how, with, key, wrapped, &len));
		ck_assert_mem_ne(iv, before, sizeof(iv));
		*rows[i].generator = CKG_NO_GENERATE;
		ok(p11->C_UnwrapKey(session, &how, with, wrapped, len,
		    open_aes, 4, &back));
		same(key, back);
		memcpy(tag, wrapped + 32, 16);
		gcm = rows[i].sealed;
		len = 32;
		ok(unwrap(open_aes, &back));
		same(key, back);
		/* an IV of the caller's is what is wrong with it */
		len = sizeof(wrapped);
		is(p11->C_WrapKey(session, &how, with, key, wrapped, &len),
		    CKR_MECHANISM_PARAM_INVALID);
		aad[0] ^= 1;
		is(p11->C_UnwrapKey(session, &how, with, wrapped, 48,
		    open_aes, 4, &back), CKR_WRAPPED_KEY_INVALID);
		aad[0] ^= 1;
		*rows[i].generator = CKG_GENERATE_COUNTER;
		is(p11->C_WrapKey(session, &how, with, key, wrapped, &len),
		    CKR_MECHANISM_PARAM_INVALID);
		is(p11->C_EncryptInit(session, &how, with),
		    CKR_MECHANISM_PARAM_INVALID);
	}
}
END_TEST

START_TEST(a_nonce_of_its_own)
{
	CK_CCM_MESSAGE_PARAMS ccm = { 0, iv, 12, 0, CKG_GENERATE, tag, 16 };
	CK_GCM_PARAMS old_gcm = { iv, 12, 96, NULL, 0, 128 };
	CK_CCM_PARAMS old_ccm = { 32, iv, 12, NULL, 0, 16 };
	CK_MECHANISM old[] = {
		{ CKM_AES_GCM, &old_gcm, sizeof(old_gcm) },
		{ CKM_AES_CCM, &old_ccm, sizeof(old_ccm) },
	};
	size_t i;

	begin();
	with = guarded();
	only_fresh(&param.ivGenerator, &param.ulIvFixedBits);
	gcm = (CK_MECHANISM){ CKM_AES_CCM, &ccm, sizeof(ccm) };
	only_fresh(&ccm.nonceGenerator, &ccm.ulNonceFixedBits);
	for (i = 0; i < ARRAY_LEN(old); i++) {
		is(p11->C_WrapKey(session, &old[i], with, key, NULL, &len),
		    CKR_MECHANISM_INVALID);
		len = sizeof(wrapped);
		is(p11->C_WrapKey(session, &old[i], with, key, wrapped, &len),
		    CKR_MECHANISM_INVALID);
	}
}
END_TEST

/* A MAC with the nonce of a wrapped key, or one that comes to the same, is that
 * key's mask. */
START_TEST(no_mask_of_a_mac)
{
	CK_MECHANISM gmac = { CKM_AES_GMAC, iv, sizeof(iv) };
	CK_MECHANISM cmac = { CKM_AES_CMAC, NULL, 0 };
	CK_ATTRIBUTE off[] = { { CKA_WRAP, &no, 1 }, { CKA_UNWRAP, &no, 1 } };

	begin();
	ok(p11->C_SignInit(session, &gmac, with));
	ok(p11->C_SignInit(session, NULL, 0));
	with = guarded();
	is(p11->C_SignInit(session, &gmac, with),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	ok(p11->C_SetAttributeValue(session, with, off, 2));
	is(p11->C_SignInit(session, &gmac, with),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	ok(p11->C_SignInit(session, &cmac, with));
}
END_TEST

/* Each call would count from 0, whatever the key. */
START_TEST(nothing_to_count_from)
{
	static const CK_GENERATOR_FUNCTION counted[] = {
		CKG_GENERATE_COUNTER, CKG_GENERATE_COUNTER_XOR };
	size_t i;

	begin();
	for (i = 0; i < ARRAY_LEN(counted); i++) {
		param.ivGenerator = counted[i];
		is(wrap(key, NULL), CKR_MECHANISM_PARAM_INVALID);
		len = sizeof(wrapped);
		is(wrap(key, wrapped), CKR_MECHANISM_PARAM_INVALID);
	}
	param.ivGenerator = CKG_GENERATE;
	param.ulIvFixedBits = 33;
	is(wrap(key, wrapped), CKR_MECHANISM_PARAM_INVALID);
	param.ulIvFixedBits = 32;
	ok(wrap(key, wrapped));
}
END_TEST

START_TEST(what_is_refused)
{
	CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, &param, sizeof(param) };
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_OBJECT_HANDLE back;

	begin();
	is(p11_3->C_WrapKeyAuthenticated(session, &kwp, with, key, aad, 7,
	    wrapped, &len), CKR_MECHANISM_INVALID);
	is(p11_3->C_WrapKeyAuthenticated(session, &sha, with, key, aad, 7,
	    wrapped, &len), CKR_MECHANISM_INVALID);
	is(p11_3->C_WrapKeyAuthenticated(session, NULL, with, key, aad, 7,
	    wrapped, &len), CKR_ARGUMENTS_BAD);
	is(p11_3->C_WrapKeyAuthenticated(session, &gcm, with, key, NULL, 7,
	    wrapped, &len), CKR_ARGUMENTS_BAD);
	is(p11_3->C_WrapKeyAuthenticated(session, &gcm, with, key, aad, 7,
	    wrapped, NULL), CKR_ARGUMENTS_BAD);
	is(p11_3->C_WrapKeyAuthenticated(session, &gcm, 0, key, aad, 7,
	    wrapped, &len), CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11_3->C_WrapKeyAuthenticated(session, &gcm, with, 0, aad, 7,
	    wrapped, &len), CKR_KEY_HANDLE_INVALID);
	is(p11_3->C_UnwrapKeyAuthenticated(session, &gcm, 0, wrapped, 32,
	    open_aes, 4, aad, 7, &back), CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	is(p11_3->C_UnwrapKeyAuthenticated(session, &gcm, with, NULL, 32,
	    open_aes, 4, aad, 7, &back), CKR_ARGUMENTS_BAD);
	is(p11_3->C_UnwrapKeyAuthenticated(session, &gcm, with, wrapped, 32,
	    open_aes, 4, aad, 7, NULL), CKR_ARGUMENTS_BAD);
	is(p11_3->C_UnwrapKeyAuthenticated(session, &gcm, with, wrapped, 32,
	    NULL, 4, aad, 7, &back), CKR_ARGUMENTS_BAD);
	param.pTag = NULL;
	is(wrap(key, wrapped), CKR_MECHANISM_PARAM_INVALID);
	param.pTag = tag;
	is(wrap(guarded(), wrapped), CKR_KEY_UNEXTRACTABLE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { there_and_back, what_is_bound,
		the_draft, by_ccm, in_the_plain_call, a_nonce_of_its_own,
		no_mask_of_a_mac, nothing_to_count_from, what_is_refused };

	return guest_run("face sealed", tests, ARRAY_LEN(tests));
}
