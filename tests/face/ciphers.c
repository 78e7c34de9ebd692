/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ciphers beside the common modes of AES, and the newer digests, through the
 * module: in one piece and in parts.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

#define SIZE 48

static unsigned char iv[16] = { 1, 2, 3 }, counter[4] = { 1 };
static unsigned char plain[SIZE] = "some text that has three blocks";

static CK_CCM_PARAMS ccm = { SIZE, iv, 12, plain, 5, 16 };
static CK_CHACHA20_PARAMS chacha = { counter, 32, iv, 96 };
static CK_SALSA20_CHACHA20_POLY1305_PARAMS sealed = { iv, 12, plain, 7 };

struct row {
	CK_MECHANISM how;
	CK_MECHANISM_TYPE make;
	CK_ULONG key;        /* bytes */
	CK_ULONG more;       /* bytes of a tag */
};

static struct row rows[] = {
	{ { CKM_AES_OFB, iv, 16 }, CKM_AES_KEY_GEN, 16, 0 },
	{ { CKM_AES_CFB8, iv, 16 }, CKM_AES_KEY_GEN, 24, 0 },
	{ { CKM_AES_CFB128, iv, 16 }, CKM_AES_KEY_GEN, 32, 0 },
	{ { CKM_AES_CTS, iv, 16 }, CKM_AES_KEY_GEN, 32, 0 },
	{ { CKM_AES_XTS, iv, 16 }, CKM_AES_XTS_KEY_GEN, 64, 0 },
	{ { CKM_AES_CCM, &ccm, sizeof(ccm) }, CKM_AES_KEY_GEN, 32, 16 },
	{ { CKM_CHACHA20, &chacha, sizeof(chacha) }, CKM_CHACHA20_KEY_GEN, 0,
	    0 },
	{ { CKM_CHACHA20_POLY1305, &sealed, sizeof(sealed) },
	    CKM_CHACHA20_KEY_GEN, 0, 16 },
};

static CK_OBJECT_HANDLE
make(CK_SESSION_HANDLE s, CK_MECHANISM_TYPE type, CK_ULONG bytes)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_ATTRIBUTE len = { CKA_VALUE_LEN, &bytes, sizeof(bytes) };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(s, &how, &len, bytes == 0 ? 0 : 1, &key));
	return key;
}

static void
both_ways(CK_SESSION_HANDLE s, struct row *row)
{
	unsigned char out[SIZE + 16], parts[SIZE + 16], back[SIZE + 16];
	CK_OBJECT_HANDLE key = make(s, row->make, row->key);
	CK_ULONG len = 0, got, more;

	ok(p11->C_EncryptInit(s, &row->how, key));
	ok(p11->C_Encrypt(s, plain, SIZE, NULL, &len));
	ck_assert_uint_eq(len, SIZE + row->more);
	len--;
	is(p11->C_Encrypt(s, plain, SIZE, out, &len), CKR_BUFFER_TOO_SMALL);
	ok(p11->C_Encrypt(s, plain, SIZE, out, &len));
	ck_assert_uint_eq(len, SIZE + row->more);
	ok(p11->C_EncryptInit(s, &row->how, key));
	got = more = sizeof(parts);
	ok(p11->C_EncryptUpdate(s, plain, 5, parts, &got));
	more = sizeof(parts) - got;
	ok(p11->C_EncryptUpdate(s, plain + 5, SIZE - 5, parts + got, &more));
	got += more;
	more = sizeof(parts) - got;
	ok(p11->C_EncryptFinal(s, parts + got, &more));
	ck_assert_uint_eq(got + more, len);
	ck_assert(memcmp(parts, out, len) == 0);
	got = sizeof(back);
	ok(p11->C_DecryptInit(s, &row->how, key));
	ok(p11->C_Decrypt(s, out, len, back, &got));
	ck_assert_uint_eq(got, SIZE);
	ck_assert(memcmp(back, plain, SIZE) == 0);
	ok(p11->C_DecryptInit(s, &row->how, key));
	more = 0;
	got = sizeof(back);
	ok(p11->C_DecryptUpdate(s, out, 7, back, &got));
	more = sizeof(back) - got;
	ok(p11->C_DecryptUpdate(s, out + 7, len - 7, back + got, &more));
	got += more;
	more = sizeof(back) - got;
	ok(p11->C_DecryptFinal(s, back + got, &more));
	ck_assert_uint_eq(got + more, SIZE);
	ck_assert(memcmp(back, plain, SIZE) == 0);
	if (row->more == 0)
		return;
	out[0] ^= 1;
	got = sizeof(back);
	ok(p11->C_DecryptInit(s, &row->how, key));
	is(p11->C_Decrypt(s, out, len, back, &got),
	    CKR_ENCRYPTED_DATA_INVALID);
}

START_TEST(what_goes_in_comes_out)
{
	CK_SESSION_HANDLE s = guest_login();
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		both_ways(s, &rows[i]);
}
END_TEST

START_TEST(wrong_keys_and_parameters)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE aes = make(s, CKM_AES_KEY_GEN, 32);
	CK_MECHANISM how = { CKM_CHACHA20, &chacha, sizeof(chacha) };
	CK_MECHANISM xts = { CKM_AES_XTS_KEY_GEN, NULL, 0 };
	CK_ULONG odd = 48;
	CK_ATTRIBUTE len = { CKA_VALUE_LEN, &odd, sizeof(odd) };

	is(p11->C_EncryptInit(s, &how, aes), CKR_KEY_TYPE_INCONSISTENT);
	chacha.ulNonceBits = 64;
	is(p11->C_EncryptInit(s, &how, aes), CKR_MECHANISM_PARAM_INVALID);
	chacha.ulNonceBits = 96;
	how = (CK_MECHANISM){ CKM_AES_CCM, &ccm, sizeof(ccm) };
	ok(p11->C_EncryptInit(s, &how, aes));
	is(p11->C_Encrypt(s, plain, SIZE - 1, plain, &(CK_ULONG){ 64 }),
	    CKR_DATA_LEN_RANGE);
	ccm.ulMACLen = 5;
	is(p11->C_EncryptInit(s, &how, aes), CKR_MECHANISM_PARAM_INVALID);
	ccm.ulMACLen = 16;
	is(p11->C_GenerateKey(s, &xts, &len, 1, &aes),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_GenerateKey(s, &xts, NULL, 0, &aes),
	    CKR_TEMPLATE_INCOMPLETE);
}
END_TEST

/* SP 800-67's own example */
START_TEST(triple_des_only_reads)
{
	static unsigned char value[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
		0xcd, 0xef, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01,
		0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23 };
	static unsigned char old[] = { 0xa8, 0x26, 0xfd, 0x8c, 0xe5, 0x3b,
		0x85, 0x5f, 0xcc, 0xe2, 0x1c, 0x81, 0x12, 0x25, 0x6f, 0xe6,
		0x68, 0xd5, 0xc0, 0x5d, 0xd9, 0xb6, 0xb9, 0x00 };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_DES3;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE, value, sizeof(value) },
	};
	CK_MECHANISM how = { CKM_DES3_ECB, NULL, 0 };
	CK_SESSION_HANDLE s = guest_login();
	unsigned char out[24];
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE key;

	ok(p11->C_CreateObject(s, tmpl, 3, &key));
	is(p11->C_EncryptInit(s, &how, key), CKR_MECHANISM_INVALID);
	ok(p11->C_DecryptInit(s, &how, key));
	ok(p11->C_Decrypt(s, old, sizeof(old), out, &len));
	ck_assert_uint_eq(len, 24);
	ck_assert(memcmp(out, "The qufck brown fox jump", 24) == 0);
	tmpl[2].ulValueLen = 16;
	is(p11->C_CreateObject(s, tmpl, 3, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

START_TEST(digests_and_their_macs)
{
	static const CK_MECHANISM_TYPE hashes[] = { CKM_SHA512_224,
		CKM_SHA512_256, CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384,
		CKM_SHA3_512, CKM_BLAKE2B_512 };
	static const CK_ULONG sizes[] = { 28, 32, 28, 32, 48, 64, 64 };
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = guest_generic(s, 32);
	CK_MAC_GENERAL_PARAMS eight = 8;
	unsigned char out[64];
	CK_ULONG len;
	size_t i;

	for (i = 0; i < ARRAY_LEN(hashes); i++) {
		CK_MECHANISM how = { hashes[i], NULL, 0 };

		len = sizeof(out);
		ok(p11->C_DigestInit(s, &how));
		ok(p11->C_Digest(s, plain, SIZE, out, &len));
		ck_assert_uint_eq(len, sizes[i]);
		how.mechanism = hashes[i] + 1;
		ok(p11->C_SignInit(s, &how, key));
		ok(p11->C_Sign(s, plain, SIZE, out, &len));
		ck_assert_uint_eq(len, sizes[i]);
		ok(p11->C_VerifyInit(s, &how, key));
		ok(p11->C_Verify(s, plain, SIZE, out, len));
		how = (CK_MECHANISM){ hashes[i] + 2, &eight, sizeof(eight) };
		ok(p11->C_VerifyInit(s, &how, key));
		ok(p11->C_Verify(s, plain, SIZE, out, 8));
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_goes_in_comes_out,
		wrong_keys_and_parameters, triple_des_only_reads,
		digests_and_their_macs };

	return guest_run("ciphers", tests, ARRAY_LEN(tests));
}
