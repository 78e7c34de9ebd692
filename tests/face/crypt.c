/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Encryption and digests: every mechanism there and back, in one piece and
 * in many, and the rules for asking first how much room is needed.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

#define DATA 96

static unsigned char iv[16] = { 5, 4, 3 };
static unsigned char aad[7] = "header";
static CK_GCM_PARAMS gcm = { iv, 12, 96, aad, 6, 128 };
static CK_AES_CTR_PARAMS ctr = { 128, { 1, 2, 3 } };
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
	CKZ_DATA_SPECIFIED, NULL, 0 };

static CK_MECHANISM ciphers[] = {
	{ CKM_AES_ECB, NULL, 0 },
	{ CKM_AES_CBC, iv, sizeof(iv) },
	{ CKM_AES_CBC_PAD, iv, sizeof(iv) },
	{ CKM_AES_CTR, &ctr, sizeof(ctr) },
	{ CKM_AES_GCM, &gcm, sizeof(gcm) },
};

static void
fill(unsigned char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = (unsigned char)(i * 7 + 1);
}

/* Encrypts in one piece, by the book: asks, is short, then has room. */
static CK_ULONG
encrypt_once(CK_SESSION_HANDLE session, CK_MECHANISM *how,
    CK_OBJECT_HANDLE key, unsigned char *data, CK_ULONG len,
    unsigned char *out, CK_ULONG room)
{
	CK_ULONG need = 0, few;

	ok(p11->C_EncryptInit(session, how, key));
	is(p11->C_EncryptInit(session, how, key), CKR_OPERATION_ACTIVE);
	ok(p11->C_Encrypt(session, data, len, NULL, &need));
	ck_assert_uint_le(need, room);
	few = need - 1;
	is(p11->C_Encrypt(session, data, len, out, &few),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(few, need);
	ok(p11->C_Encrypt(session, data, len, out, &need));
	is(p11->C_Encrypt(session, data, len, out, &need),
	    CKR_OPERATION_NOT_INITIALIZED);
	return need;
}

static CK_ULONG
decrypt_once(CK_SESSION_HANDLE session, CK_MECHANISM *how,
    CK_OBJECT_HANDLE key, unsigned char *data, CK_ULONG len,
    unsigned char *out, CK_ULONG room)
{
	CK_ULONG need = 0;

	ok(p11->C_DecryptInit(session, how, key));
	ok(p11->C_Decrypt(session, data, len, NULL, &need));
	ck_assert_uint_le(need, room);
	need = 1;
	is(p11->C_Decrypt(session, data, len, out, &need),
	    CKR_BUFFER_TOO_SMALL);
	ok(p11->C_Decrypt(session, data, len, out, &need));
	is(p11->C_Decrypt(session, data, len, out, &need),
	    CKR_OPERATION_NOT_INITIALIZED);
	return need;
}

static CK_ULONG
encrypt_parts(CK_SESSION_HANDLE session, CK_MECHANISM *how,
    CK_OBJECT_HANDLE key, unsigned char *data, CK_ULONG len,
    unsigned char *out, CK_ULONG room)
{
	CK_ULONG done = 0, given, at, step, need;

	ok(p11->C_EncryptInit(session, how, key));
	for (at = 0; at < len; at += step) {
		step = len - at < 13 ? len - at : 13;
		ok(p11->C_EncryptUpdate(
		    session, data + at, step, NULL, &need));
		given = room - done;
		ok(p11->C_EncryptUpdate(
		    session, data + at, step, out + done, &given));
		ck_assert_uint_le(given, need);
		done += given;
	}
	is(p11->C_Encrypt(session, data, len, out, &given),
	    CKR_OPERATION_ACTIVE);
	ok(p11->C_EncryptFinal(session, NULL, &need));
	given = room - done;
	ok(p11->C_EncryptFinal(session, out + done, &given));
	is(p11->C_EncryptFinal(session, out, &given),
	    CKR_OPERATION_NOT_INITIALIZED);
	return done + given;
}

static CK_ULONG
decrypt_parts(CK_SESSION_HANDLE session, CK_MECHANISM *how,
    CK_OBJECT_HANDLE key, unsigned char *data, CK_ULONG len,
    unsigned char *out, CK_ULONG room)
{
	CK_ULONG done = 0, given, at, step;

	ok(p11->C_DecryptInit(session, how, key));
	for (at = 0; at < len; at += step) {
		step = len - at < 11 ? len - at : 11;
		given = room - done;
		ok(p11->C_DecryptUpdate(
		    session, data + at, step, out + done, &given));
		done += given;
	}
	given = room - done;
	ok(p11->C_DecryptFinal(session, out + done, &given));
	return done + given;
}

START_TEST(ciphers_there_and_back)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 32);
	unsigned char data[DATA], one[DATA + 32], parts[DATA + 32];
	unsigned char back[DATA + 32];
	CK_ULONG one_len, parts_len, len;
	size_t i;

	fill(data, sizeof(data));
	for (i = 0; i < ARRAY_LEN(ciphers); i++) {
		one_len = encrypt_once(session, &ciphers[i], key, data, DATA,
		    one, sizeof(one));
		parts_len = encrypt_parts(session, &ciphers[i], key, data,
		    DATA, parts, sizeof(parts));
		ck_assert_uint_eq(one_len, parts_len);
		ck_assert_mem_eq(one, parts, one_len);
		ck_assert_mem_ne(one, data, DATA);
		len = decrypt_once(session, &ciphers[i], key, one, one_len,
		    back, sizeof(back));
		ck_assert_uint_eq(len, DATA);
		ck_assert_mem_eq(back, data, DATA);
		memset(back, 0, sizeof(back));
		len = decrypt_parts(session, &ciphers[i], key, one, one_len,
		    back, sizeof(back));
		ck_assert_uint_eq(len, DATA);
		ck_assert_mem_eq(back, data, DATA);
	}
}
END_TEST

/* Padding hides how much there is until there is room for all but the last
 * block: what a short call says must be enough all the same. */
START_TEST(one_short_call_is_enough)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 32);
	unsigned char data[40], sealed[48], back[48];
	CK_ULONG len = sizeof(sealed), room, need;

	fill(data, sizeof(data));
	ok(p11->C_EncryptInit(session, &ciphers[2], key));
	ok(p11->C_Encrypt(session, data, sizeof(data), sealed, &len));
	ck_assert_uint_eq(len, sizeof(sealed));
	for (room = 0; room < sizeof(data); room++) {
		need = room;
		ok(p11->C_DecryptInit(session, &ciphers[2], key));
		is(p11->C_Decrypt(session, sealed, len, back, &need),
		    CKR_BUFFER_TOO_SMALL);
		ck_assert_uint_le(need, sizeof(back));
		ok(p11->C_Decrypt(session, sealed, len, back, &need));
		ck_assert_uint_eq(need, sizeof(data));
		ck_assert_mem_eq(back, data, sizeof(data));
	}
}
END_TEST

START_TEST(tampering_is_noticed)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	unsigned char data[DATA], sealed[DATA + 16], back[DATA + 16];
	CK_MECHANISM *how = &ciphers[4];
	CK_ULONG len, room = sizeof(back);
	CK_RV rv;

	fill(data, sizeof(data));
	memset(back, 0, sizeof(back));
	len = encrypt_once(
	    session, how, key, data, DATA, sealed, sizeof(sealed));
	ck_assert_uint_eq(len, DATA + 16);
	sealed[3] ^= 1;
	ok(p11->C_DecryptInit(session, how, key));
	rv = p11->C_Decrypt(session, sealed, len, back, &room);
	is(rv, CKR_ENCRYPTED_DATA_INVALID);
	ck_assert_uint_eq(back[0], 0);
	is(p11->C_Decrypt(session, sealed, len, back, &room),
	    CKR_OPERATION_NOT_INITIALIZED);
	/* nothing comes out of an update before the tag is seen */
	ok(p11->C_DecryptInit(session, how, key));
	room = sizeof(back);
	ok(p11->C_DecryptUpdate(session, sealed, len, back, &room));
	ck_assert_uint_eq(room, 0);
	room = sizeof(back);
	is(p11->C_DecryptFinal(session, back, &room),
	    CKR_ENCRYPTED_DATA_INVALID);
	ck_assert_uint_eq(back[0], 0);
}
END_TEST

START_TEST(wrong_lengths)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	unsigned char data[DATA] = { 0 }, out[DATA];
	CK_ULONG room = sizeof(out);

	ok(p11->C_EncryptInit(session, &ciphers[0], key));
	is(p11->C_Encrypt(session, data, 15, out, &room),
	    CKR_DATA_LEN_RANGE);
	ok(p11->C_DecryptInit(session, &ciphers[1], key));
	is(p11->C_Decrypt(session, data, 17, out, &room),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	ok(p11->C_DecryptInit(session, &ciphers[4], key));
	is(p11->C_Decrypt(session, data, 5, out, &room),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
}
END_TEST

/* As the call itself would, and it ends what that would end. */
START_TEST(a_size_query_tells_them_too)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	CK_AES_CTR_PARAMS few = { 2, { 0 } };
	CK_MECHANISM counted = { CKM_AES_CTR, &few, sizeof(few) };
	unsigned char data[DATA] = { 0 }, out[DATA];
	CK_ULONG room;
	size_t i;

	for (i = 0; i < 2; i++) {
		room = sizeof(out);
		ok(p11->C_EncryptInit(session, &ciphers[i], key));
		ok(p11->C_EncryptUpdate(session, data, 15, out, &room));
		is(p11->C_EncryptFinal(session, NULL, &room),
		    CKR_DATA_LEN_RANGE);
		is(p11->C_EncryptFinal(session, NULL, &room),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
	room = sizeof(out);
	ok(p11->C_DecryptInit(session, &ciphers[2], key));
	ok(p11->C_DecryptUpdate(session, data, 17, out, &room));
	is(p11->C_DecryptFinal(session, NULL, &room),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	few.cb[15] = 1;
	ok(p11->C_EncryptInit(session, &counted, key));
	room = 0;
	ok(p11->C_EncryptUpdate(session, data, 48, NULL, &room));
	ck_assert_uint_eq(room, 48);
	ok(p11->C_EncryptUpdate(session, data, 48, out, &room));
	is(p11->C_EncryptUpdate(session, data, 1, NULL, &room),
	    CKR_DATA_LEN_RANGE);
	is(p11->C_EncryptFinal(session, out, &room),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_DecryptInit(session, &counted, key));
	is(p11->C_Decrypt(session, data, 49, NULL, &room),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	ok(p11->C_DecryptInit(session, &counted, key));
	room = sizeof(out);
	ok(p11->C_DecryptUpdate(session, data, 48, out, &room));
	is(p11->C_DecryptUpdate(session, data, 1, NULL, &room),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
}
END_TEST

START_TEST(arguments_end_the_operation)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	unsigned char data[16] = { 0 }, out[16];
	CK_ULONG room = sizeof(out);

	ok(p11->C_EncryptInit(session, &ciphers[0], key));
	is(p11->C_Encrypt(session, data, 16, out, NULL), CKR_ARGUMENTS_BAD);
	is(p11->C_Encrypt(session, data, 16, out, &room),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_EncryptInit(session, &ciphers[0], key));
	is(p11->C_Encrypt(session, NULL, 16, out, &room), CKR_ARGUMENTS_BAD);
	is(p11->C_EncryptFinal(session, out, &room),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_EncryptInit(session, &ciphers[0], key));
	ok(p11->C_EncryptInit(session, NULL, 0)); /* gives it up */
	is(p11->C_EncryptInit(session, NULL, 0), CKR_ARGUMENTS_BAD);
	is(p11->C_EncryptInit(session, &ciphers[0], 4711),
	    CKR_KEY_HANDLE_INVALID);
	is(p11->C_EncryptInit(
	    session, &(CK_MECHANISM){ CKM_SHA256, NULL, 0 }, key),
	    CKR_MECHANISM_INVALID);
	is(p11->C_EncryptInit(
	    session, &(CK_MECHANISM){ CKM_AES_CBC, NULL, 0 }, key),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(keys_of_the_wrong_kind)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE generic = guest_generic(session, 32);
	CK_OBJECT_HANDLE key = guest_aes(session, 16), public, private;
	CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };

	guest_ec(session, &public, &private);
	is(p11->C_EncryptInit(session, &ciphers[0], generic),
	    CKR_KEY_TYPE_INCONSISTENT);
	is(p11->C_EncryptInit(session, &rsa, key),
	    CKR_KEY_TYPE_INCONSISTENT);
	is(p11->C_EncryptInit(session, &rsa, public),
	    CKR_KEY_TYPE_INCONSISTENT);
	is(p11->C_SignInit(session, &rsa, key), CKR_KEY_TYPE_INCONSISTENT);
}
END_TEST

START_TEST(rsa_encryption)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;
	CK_MECHANISM how[] = { { CKM_RSA_PKCS, NULL, 0 },
		{ CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) } };
	unsigned char data[20], sealed[256], back[256];
	CK_ULONG len;
	size_t i;

	fill(data, sizeof(data));
	guest_rsa(session, &public, &private);
	for (i = 0; i < ARRAY_LEN(how); i++) {
		len = encrypt_once(session, &how[i], public, data,
		    sizeof(data), sealed, sizeof(sealed));
		ck_assert_uint_eq(len, 256);
		len = decrypt_once(session, &how[i], private, sealed, len,
		    back, sizeof(back));
		ck_assert_uint_eq(len, sizeof(data));
		ck_assert_mem_eq(back, data, sizeof(data));
	}
	sealed[9] ^= 4;
	len = sizeof(back);
	ok(p11->C_DecryptInit(session, &how[1], private));
	is(p11->C_Decrypt(session, sealed, 256, back, &len),
	    CKR_ENCRYPTED_DATA_INVALID);
}
END_TEST

START_TEST(digests)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_ULONG size;
	} rows[] = { { CKM_SHA_1, 20 }, { CKM_SHA224, 28 },
		{ CKM_SHA256, 32 }, { CKM_SHA384, 48 }, { CKM_SHA512, 64 } };
	static const unsigned char abc256[4] = { 0xba, 0x78, 0x16, 0xbf };
	CK_SESSION_HANDLE session = guest_open(0);
	unsigned char abc[] = { 'a', 'b', 'c' }, one[64], parts[64];
	CK_ULONG len;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CK_MECHANISM how = { rows[i].type, NULL, 0 };

		ok(p11->C_DigestInit(session, &how));
		ok(p11->C_Digest(session, abc, 3, NULL, &len));
		ck_assert_uint_eq(len, rows[i].size);
		len = 19;
		is(p11->C_Digest(session, abc, 3, one, &len),
		    CKR_BUFFER_TOO_SMALL);
		ok(p11->C_Digest(session, abc, 3, one, &len));
		ok(p11->C_DigestInit(session, &how));
		ok(p11->C_DigestUpdate(session, abc, 1));
		ok(p11->C_DigestUpdate(session, NULL, 0));
		ok(p11->C_DigestUpdate(session, abc + 1, 2));
		is(p11->C_Digest(session, abc, 3, parts, &len),
		    CKR_OPERATION_ACTIVE);
		ok(p11->C_DigestFinal(session, NULL, &len));
		ok(p11->C_DigestFinal(session, parts, &len));
		ck_assert_uint_eq(len, rows[i].size);
		ck_assert_mem_eq(one, parts, len);
		if (rows[i].type == CKM_SHA256)
			ck_assert_mem_eq(one, abc256, 4);
	}
	is(p11->C_DigestFinal(session, parts, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(digest_of_a_key)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16), public, private;
	CK_MECHANISM how = { CKM_SHA256, NULL, 0 };
	unsigned char value[16], one[32], other[32];
	CK_ULONG len = 16, room = 32;

	ok(guest_bytes(session, key, CKA_VALUE, value, &len));
	ok(p11->C_DigestInit(session, &how));
	ok(p11->C_Digest(session, value, len, one, &room));
	ok(p11->C_DigestInit(session, &how));
	ok(p11->C_DigestKey(session, key));
	ok(p11->C_DigestFinal(session, other, &room));
	ck_assert_mem_eq(one, other, 32);
	guest_ec(session, &public, &private);
	/* a key that is refused was not fed */
	ok(p11->C_DigestInit(session, &how));
	is(p11->C_DigestKey(session, private), CKR_KEY_INDIGESTIBLE);
	is(p11->C_DigestKey(session, 4711), CKR_KEY_HANDLE_INVALID);
	memset(other, 0, sizeof(other));
	ok(p11->C_DigestKey(session, key));
	is(p11->C_DigestKey(session, private), CKR_KEY_INDIGESTIBLE);
	ok(p11->C_DigestFinal(session, other, &room));
	ck_assert_mem_eq(one, other, 32);
	is(p11->C_DigestKey(session, key), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

/* In place, which is where the order of the two matters. */
START_TEST(two_operations_at_once)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	unsigned char data[DATA], work[DATA], want[32], got[32];
	CK_ULONG room = 32, few = 5, len = DATA;

	fill(data, sizeof(data));
	memcpy(work, data, sizeof(data));
	ok(p11->C_DigestInit(session, &sha));
	ok(p11->C_Digest(session, data, DATA, want, &room));

	is(p11->C_DigestEncryptUpdate(session, work, DATA, work, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_DigestInit(session, &sha));
	ok(p11->C_EncryptInit(session, &ciphers[0], key));
	ok(p11->C_DigestEncryptUpdate(session, work, DATA, NULL, &len));
	is(p11->C_DigestEncryptUpdate(session, work, DATA, work, &few),
	    CKR_BUFFER_TOO_SMALL);
	ok(p11->C_DigestEncryptUpdate(session, work, DATA, work, &len));
	ck_assert_uint_eq(len, DATA);
	ok(p11->C_DigestFinal(session, got, &room));
	ck_assert_mem_eq(got, want, 32);
	len = 0;
	ok(p11->C_EncryptFinal(session, got, &len));

	len = DATA;
	ok(p11->C_DigestInit(session, &sha));
	ok(p11->C_DecryptInit(session, &ciphers[0], key));
	few = 5;
	is(p11->C_DecryptDigestUpdate(session, work, DATA, work, &few),
	    CKR_BUFFER_TOO_SMALL);
	ok(p11->C_DecryptDigestUpdate(session, work, DATA, work, &len));
	ck_assert_mem_eq(work, data, DATA);
	ok(p11->C_DigestFinal(session, got, &room));
	ck_assert_mem_eq(got, want, 32);
}
END_TEST

START_TEST(sign_and_cipher_at_once)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	CK_OBJECT_HANDLE mac_key = guest_generic(session, 32);
	CK_MECHANISM mac = { CKM_SHA256_HMAC, NULL, 0 };
	unsigned char data[DATA], sealed[DATA], back[DATA], tag[32];
	CK_ULONG len = DATA, room = 32;

	fill(data, sizeof(data));
	ok(p11->C_SignInit(session, &mac, mac_key));
	ok(p11->C_EncryptInit(session, &ciphers[3], key));
	ok(p11->C_SignEncryptUpdate(session, data, DATA, sealed, &len));
	ok(p11->C_SignFinal(session, tag, &room));
	ok(p11->C_EncryptInit(session, NULL, 0));
	ok(p11->C_VerifyInit(session, &mac, mac_key));
	ok(p11->C_DecryptInit(session, &ciphers[3], key));
	ok(p11->C_DecryptVerifyUpdate(session, sealed, DATA, back, &len));
	ck_assert_mem_eq(back, data, DATA);
	ok(p11->C_VerifyFinal(session, tag, room));
	/* a verification whose signature came first is none for this call,
	 * which then does nothing */
	ok(p11_3->C_VerifySignatureInit(session, &mac, mac_key, tag, room));
	memset(back, 0, sizeof(back));
	is(p11->C_DecryptVerifyUpdate(session, sealed, DATA, back, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ck_assert_uint_eq(back[1], 0);
	ck_assert_uint_ne(data[1], 0);
	ok(p11_3->C_VerifySignature(session, data, DATA));
}
END_TEST

/* As the standard has it, and with the nonce alone. */
START_TEST(gmac_by_structure)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 32);
	CK_GCM_PARAMS whole = { iv, 12, 96, NULL, 0, 128 };
	CK_MECHANISM plain = { CKM_AES_GMAC, iv, 12 };
	CK_MECHANISM how = { CKM_AES_GMAC, &whole, sizeof(whole) };
	unsigned char data[DATA], one[16], two[16];
	CK_ULONG len = sizeof(one);

	fill(data, sizeof(data));
	ok(p11->C_SignInit(session, &plain, key));
	ok(p11->C_Sign(session, data, sizeof(data), one, &len));
	ck_assert_uint_eq(len, 16);
	ok(p11->C_SignInit(session, &how, key));
	ok(p11->C_Sign(session, data, sizeof(data), two, &len));
	ck_assert_mem_eq(one, two, 16);
	/* what the parameter has to authenticate is the data here */
	whole.pAAD = aad;
	whole.ulAADLen = 6;
	whole.ulTagBits = 96;
	ok(p11->C_SignInit(session, &how, key));
	ok(p11->C_Sign(session, data, sizeof(data), two, &len));
	ck_assert_uint_eq(len, 12);
	ck_assert_mem_eq(one, two, 12);
	ok(p11->C_VerifyInit(session, &how, key));
	ok(p11->C_Verify(session, data, sizeof(data), one, 12));
	whole.ulTagBits = 129;
	is(p11->C_SignInit(session, &how, key), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ciphers_there_and_back,
		one_short_call_is_enough,
		tampering_is_noticed,
		wrong_lengths,
		a_size_query_tells_them_too,
		arguments_end_the_operation,
		keys_of_the_wrong_kind,
		rsa_encryption,
		digests,
		digest_of_a_key,
		two_operations_at_once,
		sign_and_cipher_at_once,
		gmac_by_structure,
	};

	return guest_run("face crypt", tests, ARRAY_LEN(tests));
}
