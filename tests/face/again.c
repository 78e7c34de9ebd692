/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The same operation again and again, which takes a shorter way: what it says
 * must still be so.  And threads that are inside when the module stops.
 */
#include "tests/face/guest.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE data[64] = "the same bytes each time";

static CK_RV
try_sign(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };
	CK_BYTE out[64];
	CK_ULONG len = sizeof(out);
	CK_RV rv = p11->C_SignInit(s, &hmac, key);

	return rv == CKR_OK ? p11->C_Sign(s, data, 24, out, &len) : rv;
}

static void
sign_some(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	for (int i = 0; i < 3; i++)
		ok(try_sign(s, key));
}

static CK_OBJECT_HANDLE
make_key(CK_SESSION_HANDLE s, CK_BBOOL token)
{
	CK_ULONG bytes = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_TOKEN, &token, 1 },
	};
	CK_MECHANISM gen = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(s, &gen, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

/* --- what goes --- */

START_TEST(a_key_is_destroyed)
{
	CK_SESSION_HANDLE s = guest_login(), other = guest_open(CKF_RW_SESSION);
	CK_OBJECT_HANDLE key;

	for (CK_BBOOL token = 0; token < 2; token++) {
		key = make_key(s, token);
		sign_some(s, key);
		ok(p11->C_DestroyObject(other, key));
		is(try_sign(s, key), CKR_KEY_HANDLE_INVALID);
		key = make_key(s, token);
		sign_some(s, key);
		sign_some(other, key);
	}
}
END_TEST

START_TEST(a_key_changes)
{
	CK_SESSION_HANDLE s = guest_login(), other = guest_open(CKF_RW_SESSION);
	CK_ATTRIBUTE never = { CKA_SIGN, &no, 1 }, again = { CKA_SIGN, &yes,
		1 };
	CK_OBJECT_HANDLE key;

	for (CK_BBOOL token = 0; token < 2; token++) {
		key = make_key(s, token);
		sign_some(s, key);
		ok(p11->C_SetAttributeValue(other, key, &never, 1));
		is(try_sign(s, key), CKR_KEY_FUNCTION_NOT_PERMITTED);
		ok(p11->C_SetAttributeValue(other, key, &again, 1));
		sign_some(s, key);
	}
}
END_TEST

START_TEST(the_owner_goes)
{
	CK_SESSION_HANDLE s = guest_login(), owner = guest_open(0);
	CK_OBJECT_HANDLE key = make_key(owner, CK_FALSE);

	sign_some(s, key);
	ok(p11->C_CloseSession(owner));
	is(try_sign(s, key), CKR_KEY_HANDLE_INVALID);
}
END_TEST

/* The one that was made last: they are found in order. */
static CK_OBJECT_HANDLE
find_kept(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_CLASS, &class, sizeof(class) },
	};
	CK_OBJECT_HANDLE found[16];
	CK_ULONG count = 0;

	ok(p11->C_FindObjectsInit(s, tmpl, ARRAY_LEN(tmpl)));
	ok(p11->C_FindObjects(s, found, ARRAY_LEN(found), &count));
	ok(p11->C_FindObjectsFinal(s));
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_lt(count, ARRAY_LEN(found));
	return found[count - 1];
}

START_TEST(the_login_ends)
{
	CK_SESSION_HANDLE s = guest_login(), other = guest_open(0);
	CK_OBJECT_HANDLE mine = make_key(s, CK_FALSE);
	CK_OBJECT_HANDLE kept = make_key(s, CK_TRUE), again;

	sign_some(s, mine);
	sign_some(other, kept);
	ok(p11->C_Logout(other));
	is(try_sign(s, mine), CKR_KEY_HANDLE_INVALID);
	is(try_sign(other, kept), CKR_KEY_HANDLE_INVALID);
	ok(p11->C_Login(s, CKU_USER, PIN_OF(USER_PIN)));
	is(try_sign(s, mine), CKR_KEY_HANDLE_INVALID);
	/* nor does the next login bring it back: it is found anew */
	is(try_sign(other, kept), CKR_KEY_HANDLE_INVALID);
	is(p11->C_DestroyObject(s, kept), CKR_OBJECT_HANDLE_INVALID);
	again = find_kept(s);
	ck_assert_uint_ne(again, kept);
	sign_some(other, again);
	ok(p11->C_DestroyObject(s, again));
}
END_TEST

START_TEST(the_last_session_ends)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE kept = make_key(s, CK_TRUE), again;

	ok(p11->C_CloseSession(s));
	s = guest_login();
	is(try_sign(s, kept), CKR_KEY_HANDLE_INVALID);
	again = find_kept(s);
	sign_some(s, again);
	ok(p11->C_CloseAllSessions(slot));
	s = guest_login();
	is(try_sign(s, again), CKR_KEY_HANDLE_INVALID);
	ok(p11->C_DestroyObject(s, find_kept(s)));
}
END_TEST

static CK_OBJECT_HANDLE
make_data(CK_SESSION_HANDLE s, CK_BBOOL private)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &private, 1 },
	};
	CK_OBJECT_HANDLE made;

	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &made));
	return made;
}

/* What is public keeps its handle, and all are found in order of creation. */
START_TEST(what_is_public_stays)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE tmpl = { CKA_CLASS, &class, sizeof(class) };
	CK_OBJECT_HANDLE made[3], found[4];
	CK_ULONG count, size;

	for (CK_ULONG i = 0; i < 3; i++)
		made[i] = make_data(s, i == 1);
	ok(p11->C_Logout(s));
	ok(p11->C_GetObjectSize(s, made[0], &size));
	ok(p11->C_Login(s, CKU_USER, PIN_OF(USER_PIN)));
	ok(p11->C_FindObjectsInit(s, &tmpl, 1));
	ok(p11->C_FindObjects(s, found, ARRAY_LEN(found), &count));
	ok(p11->C_FindObjectsFinal(s));
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(found[0], made[0]);
	ck_assert_uint_ne(found[1], made[1]);
	ck_assert_uint_eq(found[2], made[2]);
	is(p11->C_GetObjectSize(s, made[1], &size),
	    CKR_OBJECT_HANDLE_INVALID);
	for (CK_ULONG i = 0; i < 3; i++)
		ok(p11->C_DestroyObject(s, found[i]));
}
END_TEST

static int
child_destroys(CK_OBJECT_HANDLE key)
{
	CK_SESSION_HANDLE s;

	if (p11->C_Initialize(NULL) != CKR_OK ||
	    p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &s) != CKR_OK ||
	    p11->C_Login(s, CKU_USER, PIN_OF(USER_PIN)) != CKR_OK)
		return 1;
	return p11->C_DestroyObject(s, key) == CKR_OK ? 0 : 2;
}

START_TEST(another_process_destroys_it)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = make_key(s, CK_TRUE);
	pid_t child;
	int status;

	sign_some(s, key);
	child = fork();
	if (child == 0)
		_exit(child_destroys(key));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	is(try_sign(s, key), CKR_KEY_HANDLE_INVALID);
}
END_TEST

START_TEST(another_process_makes_the_token_anew)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = make_key(s, CK_FALSE);

	sign_some(s, key);
	guest_make_token();
	/* a tick of the clock may pass */
	(void)usleep(50000);
	is(try_sign(s, key), CKR_KEY_HANDLE_INVALID);
}
END_TEST

/* --- what differs --- */

static CK_ULONG
seal(CK_SESSION_HANDLE s, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_ULONG size, CK_BYTE *out)
{
	CK_ULONG len = 600;

	ok(p11->C_EncryptInit(s, how, key));
	ok(p11->C_Encrypt(s, data, size, out, &len));
	return len;
}

/* The same in a session of its own. */
static void
seal_both(CK_SESSION_HANDLE s, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_ULONG size)
{
	CK_SESSION_HANDLE fresh = guest_open(0);
	CK_BYTE one[600], two[600], back[600];
	CK_ULONG len = seal(s, how, key, size, one), back_len = sizeof(back);

	ck_assert_uint_eq(seal(fresh, how, key, size, two), len);
	ck_assert_mem_eq(one, two, len);
	ok(p11->C_DecryptInit(s, how, key));
	ok(p11->C_Decrypt(s, one, len, back, &back_len));
	ck_assert_uint_eq(back_len, size);
	ck_assert_mem_eq(back, data, size);
	ok(p11->C_CloseSession(fresh));
}

START_TEST(parameters_of_each)
{
	static CK_BYTE iv[64], aad[500];
	static const CK_ULONG iv_lens[] = { 12, 12, 16, 12, 1, 64, 12 };
	static const CK_ULONG aad_lens[] = { 0, 20, 500, 0, 128, 100, 0 };
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE a = guest_aes(s, 32), b = guest_aes(s, 16);
	CK_GCM_PARAMS gcm = { iv, 12, 96, aad, 0, 128 };
	CK_AES_CTR_PARAMS ctr = { 128, { 0 } };
	CK_MECHANISM how[] = {
		{ CKM_AES_GCM, &gcm, sizeof(gcm) },
		{ CKM_AES_CBC, iv, 16 },
		{ CKM_AES_CTR, &ctr, sizeof(ctr) },
		{ CKM_AES_ECB, NULL, 0 },
	};

	for (CK_ULONG i = 0; i < 28; i++) {
		iv[0] = ctr.cb[0] = (CK_BYTE)i;
		gcm.ulIvLen = iv_lens[i % 7];
		gcm.ulIvBits = gcm.ulIvLen * 8;
		gcm.ulAADLen = aad_lens[i % 7];
		gcm.ulTagBits = i % 2 == 0 ? 128 : 96;
		for (CK_ULONG k = 0; k < 3; k++)
			seal_both(s, &how[i / 7], k == 1 ? b : a, 16 + k * 16);
	}
}
END_TEST

/* In place, and a byte beside it. */
START_TEST(overlapping)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(s, 32);
	CK_BYTE iv[16] = { 0 }, want[64], room[128];
	CK_MECHANISM cbc = { CKM_AES_CBC, iv, sizeof(iv) };
	CK_ULONG len;

	ck_assert_uint_eq(seal(s, &cbc, key, 64, want), 64);
	for (int to = 0; to <= 32; to++) {
		memcpy(room + 16, data, 64);
		len = 64;
		ok(p11->C_EncryptInit(s, &cbc, key));
		ok(p11->C_Encrypt(s, room + 16, 64, room + to, &len));
		ck_assert_mem_eq(room + to, want, 64);
	}
}
END_TEST

/* A failure ends an operation, and the next one begins like any other. */
START_TEST(after_failures)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(s, 32);
	CK_BYTE iv[12] = { 0 }, out[64], back[64];
	CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
	CK_MECHANISM how = { CKM_AES_GCM, &gcm, sizeof(gcm) };
	CK_ULONG len = sizeof(out), room;

	ok(p11->C_EncryptInit(s, &how, key));
	ok(p11->C_Encrypt(s, data, 24, out, &len));
	for (int i = 0; i < 4; i++) {
		out[3] ^= 1;
		room = sizeof(back);
		ok(p11->C_DecryptInit(s, &how, key));
		is(p11->C_Decrypt(s, out, len, back, &room), i % 2 == 0 ?
		    CKR_ENCRYPTED_DATA_INVALID : CKR_OK);
		ok(p11->C_DecryptInit(s, &how, key));
		room = 1;
		is(p11->C_Decrypt(s, out, len, back, &room),
		    CKR_BUFFER_TOO_SMALL);
		is(p11->C_DecryptInit(s, &how, key), CKR_OPERATION_ACTIVE);
		ok(p11->C_DecryptInit(s, NULL, key));
		is(p11->C_Decrypt(s, out, len, back, &room),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
	gcm.ulTagBits = 5;
	is(p11->C_EncryptInit(s, &how, key), CKR_MECHANISM_PARAM_INVALID);
	gcm.ulTagBits = 128;
	is(p11->C_EncryptInit(s, &how, 4711), CKR_KEY_HANDLE_INVALID);
	ok(p11->C_EncryptInit(s, &how, key));
}
END_TEST

/* --- threads --- */

static CK_OBJECT_HANDLE shared_key;
static CK_SESSION_HANDLE shared_session;

/* Until the module says that it is off, or the session is gone. */
static void *
work_on(void *arg)
{
	CK_SESSION_HANDLE s = *(CK_SESSION_HANDLE *)arg;
	CK_SESSION_INFO info;
	CK_RV rv = CKR_OK;

	while (rv == CKR_OK || rv == CKR_OPERATION_ACTIVE ||
	    rv == CKR_OPERATION_NOT_INITIALIZED ||
	    rv == CKR_KEY_HANDLE_INVALID) {
		rv = try_sign(s, shared_key);
		if (rv == CKR_OK)
			rv = p11->C_GetSessionInfo(s, &info);
	}
	return rv == CKR_CRYPTOKI_NOT_INITIALIZED ||
	    rv == CKR_SESSION_HANDLE_INVALID ? arg : NULL;
}

static void
start_all(pthread_t *thread, CK_SESSION_HANDLE *s, int count)
{
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(
		    pthread_create(&thread[i], NULL, work_on, &s[i]), 0);
}

static void
join_all(const pthread_t *thread, const CK_SESSION_HANDLE *s, int count)
{
	void *result;

	for (int i = 0; i < count; i++) {
		ck_assert_int_eq(pthread_join(thread[i], &result), 0);
		ck_assert_ptr_eq(result, (const void *)&s[i]);
	}
}

START_TEST(stopped_while_threads_are_inside)
{
	CK_SESSION_HANDLE s[4];
	pthread_t thread[4];

	for (int round = 0; round < 5; round++) {
		s[0] = guest_login();
		for (int i = 1; i < 3; i++)
			s[i] = guest_open(0);
		s[3] = s[2]; /* two in one */
		shared_key = make_key(s[0], round % 2 == 0);
		start_all(thread, s, 4);
		(void)usleep(20000);
		ok(p11->C_Finalize(NULL));
		join_all(thread, s, 4);
		ok(p11->C_Initialize(NULL));
	}
}
END_TEST

START_TEST(closed_and_destroyed_while_threads_are_inside)
{
	CK_SESSION_HANDLE s[3];
	pthread_t thread[3];

	shared_session = guest_login();
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 3; i++)
			s[i] = guest_open(0);
		shared_key = make_key(shared_session, round % 2 == 0);
		start_all(thread, s, 3);
		(void)usleep(10000);
		ok(p11->C_DestroyObject(shared_session, shared_key));
		(void)usleep(5000);
		for (int i = 0; i < 3; i++)
			ok(p11->C_CloseSession(s[i]));
		join_all(thread, s, 3);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_key_is_destroyed, a_key_changes,
		the_owner_goes, the_login_ends, the_last_session_ends,
		what_is_public_stays, another_process_destroys_it,
		another_process_makes_the_token_anew, parameters_of_each,
		overlapping, after_failures, stopped_while_threads_are_inside,
		closed_and_destroyed_while_threads_are_inside };

	return guest_run("face again", tests, ARRAY_LEN(tests));
}
