/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Many threads in two copies of the module at once, on one store: objects are
 * made, found, used and destroyed, users log in and out, sessions are closed
 * and the module is taken away under those who are inside.  What is answered
 * is looked at; whether anybody reads what another writes is for
 * ThreadSanitizer to say.
 */
#include "tests/face/guest.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define THREADS 3            /* of each copy */
#define COPIES 2
#define ROUNDS 25

static CK_FUNCTION_LIST_3_2 *copies[COPIES];
static atomic_bool over;

/* --- another copy: the same file under another name --- */

static void
copy_file(const char *from, const char *to)
{
	static char block[65536];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t got;

	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(out);
	while ((got = fread(block, 1, sizeof(block), in)) > 0)
		ck_assert_uint_eq(fwrite(block, 1, got, out), got);
	(void)fclose(in);
	ck_assert_int_eq(fclose(out), 0);
}

static CK_FUNCTION_LIST_3_2 *
load_copy(void)
{
	CK_VERSION version = { 3, 2 };
	CK_C_GetInterface get;
	CK_INTERFACE *found;
	char path[256];
	void *module, *symbol;

	(void)snprintf(path, sizeof(path), "%s/copy.so", guest_folder());
	copy_file(MODULE_PATH, path);
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(module != NULL, "%s", dlerror());
	symbol = dlsym(module, "C_GetInterface");
	ck_assert_ptr_nonnull(symbol);
	memcpy(&get, &symbol, sizeof(get));
	ok(get(NULL, &version, &found, 0));
	ck_assert_ptr_ne(found->pFunctionList, p11_3);
	return found->pFunctionList;
}

/* --- what a thread does --- */

struct worker {
	pthread_t thread;
	CK_FUNCTION_LIST_3_2 *list;
	int number;
	CK_RV worst;         /* the first answer that may not be */
	const char *where;
};

/* All that a call may say when others take everything away. */
static bool
fine(struct worker *w, const char *where, CK_RV rv)
{
	static const CK_RV usual[] = { CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED,
		CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_SESSION_HANDLE_INVALID,
		CKR_USER_NOT_LOGGED_IN, CKR_USER_ALREADY_LOGGED_IN,
		CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID,
		CKR_OPERATION_NOT_INITIALIZED, CKR_OPERATION_ACTIVE,
		CKR_SIGNATURE_INVALID };
	size_t i;

	for (i = 0; i < ARRAY_LEN(usual); i++)
		if (rv == usual[i])
			return rv == CKR_OK;
	if (w->worst == CKR_OK) {
		w->worst = rv;
		w->where = where;
	}
	return false;
}

#define CALL(call, ...) fine(w, #call, w->list->call(__VA_ARGS__))

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static bool
make_key(struct worker *w, CK_SESSION_HANDLE s, bool stays,
    CK_OBJECT_HANDLE *key)
{
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG bytes = 32;
	CK_BYTE id = (CK_BYTE)w->number;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_ID, &id, 1 },
		{ CKA_TOKEN, stays ? &yes : &no, 1 },
		{ CKA_PRIVATE, w->number & 1 ? &yes : &no, 1 },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_VERIFY, &yes, 1 },
	};

	return CALL(C_GenerateKey, s, &make, tmpl, ARRAY_LEN(tmpl), key);
}

static void
use_key(struct worker *w, CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM cmac = { CKM_AES_CMAC, NULL, 0 };
	CK_BYTE iv[16] = { 0 }, data[32] = { 1 }, out[64];
	CK_MECHANISM cbc = { CKM_AES_CBC_PAD, iv, sizeof(iv) };
	CK_ULONG len = sizeof(out);

	if (CALL(C_EncryptInit, s, &cbc, key))
		(void)CALL(C_Encrypt, s, data, 32, out, &len);
	len = sizeof(out);
	if (CALL(C_SignInit, s, &cmac, key) &&
	    CALL(C_Sign, s, data, 32, out, &len) &&
	    CALL(C_VerifyInit, s, &cmac, key))
		(void)CALL(C_Verify, s, data, 32, out, len);
}

/* Uses what others have made, and may be destroying. */
static void
find_keys(struct worker *w, CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
	CK_ATTRIBUTE what = { CKA_CLASS, &secret, sizeof(secret) };
	CK_BYTE text[32] = { 0 };
	CK_ATTRIBUTE label = { CKA_LABEL, text, sizeof(text) };
	CK_OBJECT_HANDLE found[8];
	CK_ULONG i, count = 0;

	if (!CALL(C_FindObjectsInit, s, &what, 1))
		return;
	(void)CALL(C_FindObjects, s, found, ARRAY_LEN(found), &count);
	(void)CALL(C_FindObjectsFinal, s);
	for (i = 0; i < count; i++) {
		label.ulValueLen = sizeof(text);
		(void)CALL(C_GetAttributeValue, s, found[i], &label, 1);
		label.ulValueLen = 4;
		(void)CALL(C_SetAttributeValue, s, found[i], &label, 1);
		use_key(w, s, found[i]);
	}
}

static void
look_around(struct worker *w)
{
	CK_MECHANISM_TYPE types[4];
	CK_TOKEN_INFO token;
	CK_SLOT_ID all[4];
	CK_ULONG count = 4;
	CK_INFO info;
	CK_RV rv;

	(void)CALL(C_GetInfo, &info);
	(void)CALL(C_GetSlotList, CK_TRUE, all, &count);
	(void)CALL(C_GetTokenInfo, slot, &token);
	count = 4;
	rv = w->list->C_GetMechanismList(slot, types, &count);
	if (rv != CKR_BUFFER_TOO_SMALL)
		(void)fine(w, "C_GetMechanismList", rv);
}

static void
one_round(struct worker *w, int round)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	bool stays = round % 5 == 0;

	if (!CALL(C_OpenSession, slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &s))
		return;
	if (round % 8 == 0)
		(void)CALL(C_Login, s, CKU_USER, PIN_OF(USER_PIN));
	if (make_key(w, s, stays, &key)) {
		use_key(w, s, key);
		find_keys(w, s);
		if (stays || round % 2)
			(void)CALL(C_DestroyObject, s, key);
	}
	look_around(w);
	if (round % 13 == 12)
		(void)CALL(C_Logout, s);
	(void)CALL(C_CloseSession, s);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	int i;

	for (i = 0; i < ROUNDS; i++)
		one_round(w, i + w->number);
	return NULL;
}

/* --- the storm --- */

static void
start(struct worker *all)
{
	int i;

	for (i = 0; i < COPIES * THREADS; i++) {
		all[i] = (struct worker){ .list = copies[i % COPIES],
			.number = i };
		ck_assert_int_eq(pthread_create(
		    &all[i].thread, NULL, work, &all[i]), 0);
	}
}

static void
join(struct worker *all)
{
	int i;

	for (i = 0; i < COPIES * THREADS; i++)
		ck_assert_int_eq(pthread_join(all[i].thread, NULL), 0);
	for (i = 0; i < COPIES * THREADS; i++)
		ck_assert_msg(all[i].worst == CKR_OK, "%s: 0x%lx",
		    all[i].where, all[i].worst);
}

static void
begin(void)
{
	static CK_FUNCTION_LIST_3_2 *other;

	if (other == NULL)
		other = load_copy();
	copies[0] = p11_3;
	copies[1] = other;
	atomic_store(&over, false);
	ok(other->C_Initialize(NULL));
}

START_TEST(all_at_once)
{
	struct worker all[COPIES * THREADS];

	begin();
	start(all);
	join(all);
	ok(copies[1]->C_Finalize(NULL));
}
END_TEST

/* Takes everything away from those who are inside, again and again. */
static void *
disturb(void *arg)
{
	struct timespec pause = { 0, 3000000 };
	CK_SESSION_HANDLE s;
	int i;

	(void)arg;
	for (i = 0; !atomic_load(&over); i++) {
		(void)nanosleep(&pause, NULL);
		if (i % 3 == 0)
			(void)copies[1]->C_CloseAllSessions(slot);
		if (i % 5 == 0 && copies[1]->C_OpenSession(slot,
		    CKF_SERIAL_SESSION, NULL, NULL, &s) == CKR_OK)
			(void)copies[1]->C_Logout(s);
		if (i % 7 == 0 && copies[1]->C_Finalize(NULL) == CKR_OK)
			(void)copies[1]->C_Initialize(NULL);
	}
	return NULL;
}

START_TEST(everything_taken_away)
{
	struct worker all[COPIES * THREADS];
	pthread_t enemy;

	begin();
	start(all);
	ck_assert_int_eq(pthread_create(&enemy, NULL, disturb, NULL), 0);
	join(all);
	atomic_store(&over, true);
	ck_assert_int_eq(pthread_join(enemy, NULL), 0);
	ok(copies[1]->C_Finalize(NULL));
}
END_TEST

/* The same sessions and keys in all threads. */
static CK_SESSION_HANDLE shared;
static CK_OBJECT_HANDLE shared_key;

static void *
crowd(void *arg)
{
	struct worker *w = arg;
	CK_BYTE data[32] = { 0 };
	CK_ULONG len;
	int i;

	for (i = 0; i < ROUNDS * 4; i++) {
		use_key(w, shared, shared_key);
		len = sizeof(data);
		(void)w->list->C_SignFinal(shared, data, &len);
		(void)w->list->C_SessionCancel(shared, ~0UL);
		(void)w->list->C_GenerateRandom(shared, data, sizeof(data));
	}
	return NULL;
}

START_TEST(one_session_for_all)
{
	struct worker all[COPIES * THREADS] = { { 0 } };
	int i;

	shared = guest_login();
	shared_key = guest_aes(shared, 16);
	for (i = 0; i < COPIES * THREADS; i++) {
		all[i].list = p11_3;
		ck_assert_int_eq(pthread_create(
		    &all[i].thread, NULL, crowd, &all[i]), 0);
	}
	for (i = 0; i < COPIES * THREADS; i++)
		ck_assert_int_eq(pthread_join(all[i].thread, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { all_at_once, everything_taken_away,
		one_session_for_all };

	return guest_run("face storm", tests, ARRAY_LEN(tests));
}
