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
static CK_CAMELLIA_CTR_PARAMS ctr = { 128, { 1, 2, 3 } };
static CK_CHACHA20_PARAMS chacha = { counter, 32, iv, 96 };
static CK_SALSA20_CHACHA20_POLY1305_PARAMS sealed = { iv, 12, plain, 7 };

struct row {
	CK_MECHANISM how;
	CK_MECHANISM_TYPE make;
	CK_ULONG key;        /* bytes */
	CK_ULONG more;       /* bytes of a tag, or of padding */
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
	{ { CKM_CAMELLIA_ECB, NULL, 0 }, CKM_CAMELLIA_KEY_GEN, 16, 0 },
	{ { CKM_CAMELLIA_CBC, iv, 16 }, CKM_CAMELLIA_KEY_GEN, 24, 0 },
	{ { CKM_CAMELLIA_CTR, &ctr, sizeof(ctr) }, CKM_CAMELLIA_KEY_GEN, 32,
	    0 },
};

/* How long the end is, is known only there. */
static struct row padded = { { CKM_CAMELLIA_CBC_PAD, iv, 16 },
	CKM_CAMELLIA_KEY_GEN, 32, 16 };

/* libcrypto may be built without Camellia. */
static bool
offers(CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_INFO info;

	return p11->C_GetMechanismInfo(slot, type, &info) == CKR_OK;
}

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
	/* of padding it is the length */
	out[SIZE - 1] ^= 1;
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
		if (offers(rows[i].how.mechanism))
			both_ways(s, &rows[i]);
	if (offers(padded.how.mechanism))
		both_ways(s, &padded);
}
END_TEST

typedef CK_RV update_call(CK_SESSION_HANDLE session, CK_BYTE_PTR in,
    CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);

/* Every part asks for its length first: that goes nowhere. */
static CK_ULONG
ask_and_update(update_call *update, CK_SESSION_HANDLE s, unsigned char *in,
    CK_ULONG in_len, unsigned char *out)
{
	CK_ULONG done = 0, at, step, need, len;

	for (at = 0; at < in_len; at += step) {
		step = in_len - at < 17 ? in_len - at : 17;
		ok(update(s, in + at, step, NULL, &need));
		len = need;
		ok(update(s, in + at, step, out + done, &len));
		ck_assert_uint_le(len, need);
		done += len;
	}
	return done;
}

typedef CK_RV final_call(
    CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len);

static CK_ULONG
ask_and_end(final_call *final, CK_SESSION_HANDLE s, unsigned char *out)
{
	CK_ULONG need, len;

	ok(final(s, NULL, &need));
	if (need > 0) {
		len = need - 1;
		is(final(s, out, &len), CKR_BUFFER_TOO_SMALL);
	}
	len = need;
	ok(final(s, out, &len));
	return len;
}

/* One cipher, and what its parts are to give. */
struct asking {
	CK_MECHANISM *how;
	CK_OBJECT_HANDLE key, mac_key;
	unsigned char sealed[SIZE + 16];
	CK_ULONG len;
};

static CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };

static void
sealed_by(CK_SESSION_HANDLE s, const struct asking *a, update_call *update)
{
	unsigned char out[SIZE + 16];
	CK_ULONG len;

	ok(p11->C_EncryptInit(s, a->how, a->key));
	len = ask_and_update(update, s, plain, SIZE, out);
	len += ask_and_end(p11->C_EncryptFinal, s, out + len);
	ck_assert_uint_eq(len, a->len);
	ck_assert_mem_eq(out, a->sealed, len);
}

/* How much came before the end is what went beside. */
static CK_ULONG
opened_by(CK_SESSION_HANDLE s, struct asking *a, update_call *update)
{
	unsigned char out[SIZE + 16];
	CK_ULONG parts, len;

	ok(p11->C_DecryptInit(s, a->how, a->key));
	parts = ask_and_update(update, s, a->sealed, a->len, out);
	len = parts + ask_and_end(p11->C_DecryptFinal, s, out + parts);
	ck_assert_uint_eq(len, SIZE);
	ck_assert_mem_eq(out, plain, len);
	return parts;
}

static void
digest_is(CK_SESSION_HANDLE s, CK_ULONG len)
{
	unsigned char got[32], want[32];
	CK_ULONG room = sizeof(got);

	ok(p11->C_DigestFinal(s, got, &room));
	ok(p11->C_DigestInit(s, &sha));
	ok(p11->C_Digest(s, plain, len, want, &room));
	ck_assert_mem_eq(got, want, sizeof(got));
}

static void
ask_each(CK_SESSION_HANDLE s, struct asking *a)
{
	unsigned char tag[32];
	CK_ULONG room = sizeof(tag), len;

	sealed_by(s, a, p11->C_EncryptUpdate);
	(void)opened_by(s, a, p11->C_DecryptUpdate);
	ok(p11->C_DigestInit(s, &sha));
	sealed_by(s, a, p11->C_DigestEncryptUpdate);
	digest_is(s, SIZE);
	ok(p11->C_DigestInit(s, &sha));
	digest_is(s, opened_by(s, a, p11->C_DecryptDigestUpdate));
	ok(p11->C_SignInit(s, &hmac, a->mac_key));
	sealed_by(s, a, p11->C_SignEncryptUpdate);
	ok(p11->C_SignFinal(s, tag, &room));
	ok(p11->C_VerifyInit(s, &hmac, a->mac_key));
	ok(p11->C_Verify(s, plain, SIZE, tag, room));
	ok(p11->C_VerifyInit(s, &hmac, a->mac_key));
	len = opened_by(s, a, p11->C_DecryptVerifyUpdate);
	is(p11->C_VerifyFinal(s, tag, room), len == SIZE ? CKR_OK :
	    CKR_SIGNATURE_INVALID);
}

START_TEST(asking_feeds_nothing)
{
	CK_SESSION_HANDLE s = guest_login();
	struct asking a = { .mac_key = guest_generic(s, 32) };
	CK_ULONG need;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (!offers(rows[i].how.mechanism))
			continue;
		a.how = &rows[i].how;
		a.key = make(s, rows[i].make, rows[i].key);
		a.len = sizeof(a.sealed);
		ok(p11->C_EncryptInit(s, a.how, a.key));
		ok(p11->C_EncryptUpdate(s, plain, SIZE, NULL, &need));
		/* nothing has begun */
		ok(p11->C_Encrypt(s, plain, SIZE, a.sealed, &a.len));
		ask_each(s, &a);
		ok(p11->C_DecryptInit(s, a.how, a.key));
		ok(p11->C_DecryptUpdate(s, a.sealed, a.len, NULL, &need));
		need = a.len;
		ok(p11->C_Decrypt(s, a.sealed, a.len, a.sealed, &need));
		ck_assert_mem_eq(a.sealed, plain, SIZE);
	}
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

static CK_MECHANISM camellia_gen = { CKM_CAMELLIA_KEY_GEN, NULL, 0 };
static CK_MECHANISM camellia_ecb = { CKM_CAMELLIA_ECB, NULL, 0 };

START_TEST(camellia_keys)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ULONG bytes, size = 16, few = 3;
	CK_ATTRIBUTE len = { CKA_VALUE_LEN, &bytes, sizeof(bytes) };
	unsigned char block[16] = { 0 }, sum[3];
	CK_OBJECT_HANDLE key;

	if (!offers(CKM_CAMELLIA_KEY_GEN))
		return;
	is(p11->C_GenerateKey(s, &camellia_gen, NULL, 0, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	for (bytes = 8; bytes <= 40; bytes++) {
		bool good = bytes == 16 || bytes == 24 || bytes == 32;

		is(p11->C_GenerateKey(s, &camellia_gen, &len, 1, &key), good ?
		    CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID);
	}
	key = make(s, CKM_CAMELLIA_KEY_GEN, 32);
	ok(p11->C_EncryptInit(s, &camellia_ecb, key));
	ok(p11->C_Encrypt(s, block, 16, block, &size));
	ok(guest_bytes(s, key, CKA_CHECK_VALUE, sum, &few));
	ck_assert_uint_eq(few, 3);
	ck_assert_mem_eq(sum, block, 3);
	is(p11->C_EncryptInit(s, &camellia_ecb, make(s, CKM_AES_KEY_GEN, 32)),
	    CKR_KEY_TYPE_INCONSISTENT);
}
END_TEST

/* It is wrapped by AES. */
START_TEST(camellia_wraps_nothing)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_MECHANISM pad = { CKM_CAMELLIA_CBC_PAD, iv, 16 };
	CK_MECHANISM aes = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_MECHANISM kw = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_CAMELLIA;
	CK_BBOOL yes = CK_TRUE;
	CK_ULONG bytes = 32, len = SIZE, room = 64;
	CK_ATTRIBUTE goes[] = { { CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	CK_ATTRIBUTE wraps[] = { { CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_WRAP, &yes, 1 }, { CKA_UNWRAP, &yes, 1 } };
	CK_ATTRIBUTE back[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) } };
	unsigned char wrapped[64], text[SIZE];
	CK_OBJECT_HANDLE key, wrapper, again;

	if (!offers(CKM_CAMELLIA_KEY_GEN))
		return;
	ok(p11->C_GenerateKey(s, &camellia_gen, goes, 2, &key));
	ok(p11->C_GenerateKey(s, &camellia_gen, wraps, 3, &wrapper));
	is(p11->C_WrapKey(s, &pad, wrapper, key, wrapped, &room),
	    CKR_MECHANISM_INVALID);
	is(p11->C_WrapKey(s, &kw, wrapper, key, wrapped, &room),
	    CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
	is(p11->C_UnwrapKey(s, &pad, wrapper, wrapped, 48, back, 2, &again),
	    CKR_MECHANISM_INVALID);
	ok(p11->C_GenerateKey(s, &aes, wraps, 3, &wrapper));
	ok(p11->C_WrapKey(s, &kw, wrapper, key, wrapped, &room));
	ok(p11->C_UnwrapKey(s, &kw, wrapper, wrapped, room, back, 2, &again));
	ok(p11->C_EncryptInit(s, &camellia_ecb, key));
	ok(p11->C_Encrypt(s, plain, SIZE, text, &len));
	ok(p11->C_DecryptInit(s, &camellia_ecb, again));
	ok(p11->C_Decrypt(s, text, SIZE, text, &len));
	ck_assert_mem_eq(text, plain, SIZE);
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
		asking_feeds_nothing, wrong_keys_and_parameters,
		camellia_keys, camellia_wraps_nothing, triple_des_only_reads,
		digests_and_their_macs };

	return guest_run("ciphers", tests, ARRAY_LEN(tests));
}
