/* SPDX-License-Identifier: BSD-2-Clause
 *
 * States of digests, saved and restored.
 */
#include "tests/face/guest.h"

#include <string.h>

static const CK_MECHANISM_TYPE hashes[] = { CKM_SHA_1, CKM_SHA224, CKM_SHA256,
	CKM_SHA384, CKM_SHA512 };
/* about the blocks of both lengths */
static const CK_ULONG cuts[] = { 0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128,
	129, 300 };

static CK_BYTE data[700], whole[64], parts[64], state[512];

static void
digest_at_once(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_ULONG len = sizeof(whole);

	ok(p11->C_DigestInit(session, &how));
	ok(p11->C_Digest(session, data, sizeof(data), whole, &len));
}

static CK_ULONG
save(CK_SESSION_HANDLE session)
{
	CK_ULONG need = 0, few;

	ok(p11->C_GetOperationState(session, NULL, &need));
	ck_assert_uint_le(need, sizeof(state));
	few = need - 1;
	is(p11->C_GetOperationState(session, state, &few),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(few, need);
	ok(p11->C_GetOperationState(session, state, &need));
	return need;
}

static void
finish(CK_SESSION_HANDLE session, CK_ULONG from)
{
	CK_ULONG len = sizeof(parts);

	ok(p11->C_DigestUpdate(session, data + from, sizeof(data) - from));
	ok(p11->C_DigestFinal(session, parts, &len));
	ck_assert_mem_eq(parts, whole, len);
}

static void
check_cut(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_ULONG cut)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_SESSION_HANDLE other = guest_open(0);
	CK_ULONG len;

	ok(p11->C_DigestInit(session, &how));
	ok(p11->C_DigestUpdate(session, data, cut));
	len = save(session);
	finish(session, cut);
	ok(p11->C_SetOperationState(other, state, len, 0, 0));
	finish(other, cut);
	/* and once more, over something else that runs */
	ok(p11->C_DigestInit(other, &how));
	ok(p11->C_SetOperationState(other, state, len, 0, 0));
	finish(other, cut);
	ok(p11->C_CloseSession(other));
}

/* A digest of which the state is elsewhere may be left lying; any other is
 * still there. */
START_TEST(copies_may_be_forgotten)
{
	CK_SESSION_HANDLE session = guest_open(0), other = guest_open(0);
	CK_MECHANISM how = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM wrong = { CKM_RSA_PKCS, NULL, 0 };
	CK_ULONG len;

	digest_at_once(session, how.mechanism);
	ok(p11->C_DigestInit(session, &how));
	ok(p11->C_DigestUpdate(session, data, 7));
	is(p11->C_DigestInit(session, &how), CKR_OPERATION_ACTIVE);
	len = save(session);
	ok(p11->C_SetOperationState(other, state, len, 0, 0));
	is(p11->C_DigestInit(session, &wrong), CKR_MECHANISM_INVALID);
	finish(session, 7);
	ok(p11->C_SetOperationState(session, state, len, 0, 0));
	ok(p11->C_DigestInit(session, &how));
	finish(session, 0);
	finish(other, 7);
	/* a new one is not a copy */
	ok(p11->C_SetOperationState(other, state, len, 0, 0));
	ok(p11->C_DigestInit(other, &how));
	is(p11->C_DigestInit(other, &how), CKR_OPERATION_ACTIVE);
	ok(p11->C_CloseSession(other));
	ok(p11->C_CloseSession(session));
}
END_TEST

START_TEST(digests_go_on)
{
	CK_SESSION_HANDLE session = guest_open(0);
	size_t i, k;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (CK_BYTE)(i * 7);
	for (i = 0; i < ARRAY_LEN(hashes); i++) {
		digest_at_once(session, hashes[i]);
		for (k = 0; k < ARRAY_LEN(cuts); k++)
			check_cut(session, hashes[i], cuts[k]);
	}
}
END_TEST

/* Every byte of it is sealed, and so is its length. */
START_TEST(no_state_is_forged)
{
	CK_SESSION_HANDLE session = guest_open(0), other = guest_open(0);
	CK_MECHANISM how = { CKM_SHA256, NULL, 0 };
	CK_ULONG len, i;

	ok(p11->C_DigestInit(session, &how));
	len = save(session);
	for (i = 0; i < len; i++) {
		state[i] ^= 0x20;
		is(p11->C_SetOperationState(other, state, len, 0, 0),
		    CKR_SAVED_STATE_INVALID);
		state[i] ^= 0x20;
		is(p11->C_SetOperationState(other, state, i, 0, 0),
		    CKR_SAVED_STATE_INVALID);
	}
	is(p11->C_DigestUpdate(other, state, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_SetOperationState(other, NULL, len, 0, 0),
	    CKR_ARGUMENTS_BAD);
	is(p11->C_SetOperationState(other, state, len, 1, 0),
	    CKR_KEY_NOT_NEEDED);
	is(p11->C_SetOperationState(other, state, len, 0, 1),
	    CKR_KEY_NOT_NEEDED);
	ok(p11->C_SetOperationState(other, state, len, 0, 0));
	/* the key it was sealed with does not outlive the module */
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	session = guest_open(0);
	is(p11->C_SetOperationState(session, state, len, 0, 0),
	    CKR_SAVED_STATE_INVALID);
}
END_TEST

/* A key that says what it is for says it of a digest that goes on, too. */
START_TEST(the_mechanism_goes_along)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM make = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
	CK_MECHANISM_TYPE allowed = CKM_SHA256;
	CK_ULONG bytes = 32, len;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_ALLOWED_MECHANISMS, &allowed, sizeof(allowed) },
	};
	CK_OBJECT_HANDLE key;
	size_t i;

	ok(p11->C_GenerateKey(session, &make, tmpl, 2, &key));
	for (i = 0; i < ARRAY_LEN(hashes); i++) {
		CK_MECHANISM how = { hashes[i], NULL, 0 };

		ok(p11->C_DigestInit(session, &how));
		len = save(session);
		ok(p11_3->C_SessionCancel(session, CKF_DIGEST));
		ok(p11->C_SetOperationState(session, state, len, 0, 0));
		is(p11->C_DigestKey(session, key), hashes[i] == allowed ?
		    CKR_OK : CKR_KEY_INDIGESTIBLE);
		ok(p11_3->C_SessionCancel(session, CKF_DIGEST));
	}
}
END_TEST

START_TEST(what_cannot_be_saved)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16);
	CK_MECHANISM how = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_MECHANISM gcm = { CKM_AES_GCM, NULL, 0 };
	CK_ULONG len = sizeof(state);

	is(p11->C_GetOperationState(session, state, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_GetOperationState(session, state, NULL),
	    CKR_ARGUMENTS_BAD);
	ok(p11->C_EncryptInit(session, &ecb, key));
	is(p11->C_GetOperationState(session, state, &len),
	    CKR_STATE_UNSAVEABLE);
	ok(p11->C_DigestInit(session, &how));
	is(p11->C_GetOperationState(session, state, &len),
	    CKR_STATE_UNSAVEABLE);
	ok(p11_3->C_SessionCancel(session, CKF_ENCRYPT));
	ok(p11_3->C_MessageEncryptInit(session, &gcm, key));
	is(p11->C_GetOperationState(session, state, &len),
	    CKR_STATE_UNSAVEABLE);
	ok(p11_3->C_MessageEncryptFinal(session));
	ok(p11->C_GetOperationState(session, state, &len));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { digests_go_on,
		copies_may_be_forgotten, no_state_is_forged,
		the_mechanism_goes_along, what_cannot_be_saved };

	return guest_run("face states", tests, ARRAY_LEN(tests));
}
