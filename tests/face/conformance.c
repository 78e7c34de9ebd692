/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mandatory test cases of the OASIS PKCS#11 Profiles, call by call:
 * BL-M-1 (baseline), EXT-M-1 (extended), AUTH-M-1 (authentication token) and
 * CERT-M-1 (public certificates).  Names, versions and keys are this token's:
 * the cases leave them open.
 */
#include "tests/face/certificate.h"
#include "tests/face/guest.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_FUNCTION_LIST_3_2 *p;

/* A profile is what a program finds: over the newest interface. */
static void
begin(void)
{
	CK_INFO info;

	p = p11_3;
	ok(p->C_Finalize(NULL));
	ok(p->C_Initialize(NULL));
	ok(p->C_GetInfo(&info));
	ck_assert_uint_eq(info.cryptokiVersion.major, 3);
	ck_assert_uint_eq(info.cryptokiVersion.minor, 2);
	ck_assert_uint_eq(info.flags, 0);
}

static CK_SLOT_ID
first_slot(void)
{
	CK_SLOT_ID list[16];
	CK_ULONG count = 0;

	ok(p->C_GetSlotList(CK_TRUE, NULL, &count));
	ck_assert_uint_ge(count, 1);
	ck_assert_uint_le(count, ARRAY_LEN(list));
	ok(p->C_GetSlotList(CK_TRUE, list, &count));
	return list[0];
}

static bool
is_padded(const CK_UTF8CHAR *text, size_t size)
{
	return memchr(text, 0, size) == NULL;
}

static void
look_at_slot(CK_SLOT_ID id)
{
	static const CK_FLAGS want = CKF_RNG | CKF_LOGIN_REQUIRED |
	    CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED;
	CK_SLOT_INFO info;
	CK_TOKEN_INFO token;

	ok(p->C_GetSlotInfo(id, &info));
	ck_assert_uint_eq(info.flags & CKF_TOKEN_PRESENT, CKF_TOKEN_PRESENT);
	ck_assert(is_padded(info.slotDescription,
	    sizeof(info.slotDescription)));
	ck_assert(is_padded(info.manufacturerID,
	    sizeof(info.manufacturerID)));
	ok(p->C_GetTokenInfo(id, &token));
	ck_assert_uint_eq(token.flags & want, want);
	ck_assert(is_padded(token.label, sizeof(token.label)));
	ck_assert(is_padded(token.serialNumber, sizeof(token.serialNumber)));
	ck_assert_uint_le(token.ulMinPinLen, token.ulMaxPinLen);
}

static CK_SESSION_HANDLE
open_session(CK_SLOT_ID id, CK_FLAGS more)
{
	CK_SESSION_HANDLE session = 0;

	ok(p->C_OpenSession(
	    id, CKF_SERIAL_SESSION | more, NULL, NULL, &session));
	ck_assert_uint_ne(session, 0);
	return session;
}

/* Objects of the token, so many at most. */
static CK_ULONG
find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *more, CK_ULONG count,
    CK_OBJECT_HANDLE *out, CK_ULONG max)
{
	CK_ATTRIBUTE tmpl[4] = { { CKA_TOKEN, &yes, 1 } };
	CK_ULONG found = 0;

	if (count > 0)
		memcpy(tmpl + 1, more, count * sizeof(*more));
	ok(p->C_FindObjectsInit(session, tmpl, 1 + count));
	ok(p->C_FindObjects(session, out, max, &found));
	ok(p->C_FindObjectsFinal(session));
	ck_assert_uint_le(found, max);
	return found;
}

static void
end(CK_SLOT_ID id, CK_SESSION_HANDLE session)
{
	ok(p->C_CloseSession(session));
	ok(p->C_CloseAllSessions(id));
	ok(p->C_Finalize(NULL));
	/* the next test expects it so */
	ok(p->C_Initialize(NULL));
}

START_TEST(baseline)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE one;
	CK_SLOT_ID id;

	begin();
	id = first_slot();
	look_at_slot(id);
	session = open_session(id, 0);
	(void)find(session, NULL, 0, &one, 1);
	end(id, session);
}
END_TEST

/* PKCS#1 v1.5 does not unwrap here, and does not say that it does. */
static void
look_at_mechanisms(CK_SLOT_ID id)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_FLAGS flags;
		CK_ULONG min, max;
	} row[] = {
		{ CKM_SHA512, CKF_DIGEST, 0, 0 },
		{ CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR, 512,
		    16384 },
		{ CKM_RSA_PKCS, CKF_ENCRYPT | CKF_DECRYPT | CKF_SIGN |
			CKF_VERIFY | CKF_WRAP, 384, 16384 },
	};
	CK_MECHANISM_TYPE list[512];
	CK_MECHANISM_INFO info;
	CK_ULONG count = 0, i, k;

	ok(p->C_GetMechanismList(id, NULL, &count));
	ck_assert_uint_le(count, ARRAY_LEN(list));
	ok(p->C_GetMechanismList(id, list, &count));
	for (i = 0; i < ARRAY_LEN(row); i++) {
		for (k = 0; k < count && list[k] != row[i].type; k++)
			;
		ck_assert_uint_lt(k, count);
		ok(p->C_GetMechanismInfo(id, row[i].type, &info));
		ck_assert_uint_eq(info.flags & row[i].flags, row[i].flags);
		ck_assert_uint_eq(info.ulMinKeySize, row[i].min);
		ck_assert_uint_eq(info.ulMaxKeySize, row[i].max);
	}
	for (k = 0; k < count; k++)
		ok(p->C_GetMechanismInfo(id, list[k], &info));
}

START_TEST(extended)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE one;
	CK_SLOT_ID id;

	begin();
	id = first_slot();
	look_at_slot(id);
	look_at_mechanisms(id);
	session = open_session(id, CKF_RW_SESSION);
	ok(p->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	(void)find(session, NULL, 0, &one, 1);
	ok(p->C_Logout(session));
	end(id, session);
}
END_TEST

static CK_UTF8CHAR public_label[] = "testrsa-pub";
static CK_UTF8CHAR private_label[] = "testrsa-pri";

/* What the case expects to be there. */
static void
make_pair(CK_SESSION_HANDLE session)
{
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_LABEL, public_label, sizeof(public_label) - 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_LABEL, private_label, sizeof(private_label) - 1 },
	};
	CK_MECHANISM how = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE made[2];

	ok(p->C_GenerateKeyPair(session, &how, public_tmpl, 3, private_tmpl,
	    3, &made[0], &made[1]));
}

START_TEST(authentication_token)
{
	CK_ATTRIBUTE public_line[] = {
		{ CKA_LABEL, public_label, sizeof(public_label) - 1 },
		{ CKA_CLASS, &public_class, sizeof(public_class) },
	};
	CK_ATTRIBUTE private_line[] = {
		{ CKA_LABEL, private_label, sizeof(private_label) - 1 },
		{ CKA_CLASS, &private_class, sizeof(private_class) },
	};
	CK_BYTE modulus[1024], exponent[1024], data[391], signature[256];
	CK_ATTRIBUTE shown[] = {
		{ CKA_MODULUS, modulus, sizeof(modulus) },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
	};
	CK_MECHANISM how = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_ULONG len = sizeof(signature);
	CK_OBJECT_HANDLE public, private;
	CK_SESSION_HANDLE session;
	CK_SLOT_ID id;

	begin();
	id = first_slot();
	session = open_session(id, CKF_RW_SESSION);
	ok(p->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	make_pair(session);
	ck_assert_uint_eq(find(session, public_line, 2, &public, 1), 1);
	ok(p->C_GetAttributeValue(session, public, shown, 2));
	ck_assert_uint_eq(shown[0].ulValueLen, 256);
	ck_assert_uint_eq(shown[1].ulValueLen, 3);
	ck_assert_mem_eq(exponent, "\x01\x00\x01", 3);
	ck_assert_uint_eq(find(session, private_line, 2, &private, 1), 1);
	memset(data, 0x30, sizeof(data));
	ok(p->C_SignInit(session, &how, private));
	ok(p->C_Sign(session, data, sizeof(data), signature, &len));
	ck_assert_uint_eq(len, 256);
	/* the case knows the signature; here its key does */
	ok(p->C_VerifyInit(session, &how, public));
	ok(p->C_Verify(session, data, sizeof(data), signature, len));
	ok(p->C_Logout(session));
	end(id, session);
}
END_TEST

static CK_UTF8CHAR roots[] = "Mozilla Builtin Roots";

START_TEST(public_certificates)
{
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_CLASS, &cert_class, sizeof(cert_class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_VALUE, certificate, sizeof(certificate) },
		{ CKA_LABEL, roots, sizeof(roots) - 1 },
	};
	CK_BYTE room[1024];
	CK_ATTRIBUTE line = { CKA_LABEL, NULL, 0 };
	CK_OBJECT_HANDLE list[5], made;
	CK_SESSION_HANDLE session;
	CK_ULONG found, i;
	CK_SLOT_ID id;

	begin();
	id = first_slot();
	session = open_session(id, CKF_RW_SESSION);
	ok(p->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	for (i = 0; i < 5; i++)
		ok(p->C_CreateObject(session, tmpl, 5, &made));
	ok(p->C_Logout(session));
	ok(p->C_CloseSession(session));
	/* who is not logged in sees them */
	session = open_session(id, 0);
	found = find(session, &tmpl[1], 1, list, 5);
	ck_assert_uint_eq(found, 5);
	for (i = 0; i < 5; i++) {
		line = (CK_ATTRIBUTE){ CKA_LABEL, NULL, 0 };
		ok(p->C_GetAttributeValue(session, list[i], &line, 1));
		ck_assert_uint_eq(line.ulValueLen, sizeof(roots) - 1);
		line.pValue = room;
		ok(p->C_GetAttributeValue(session, list[i], &line, 1));
		ck_assert_mem_eq(room, roots, line.ulValueLen);
		line = (CK_ATTRIBUTE){ CKA_VALUE, NULL, 0 };
		ok(p->C_GetAttributeValue(session, list[i], &line, 1));
		ck_assert_uint_eq(line.ulValueLen, sizeof(certificate));
		line.pValue = room;
		ok(p->C_GetAttributeValue(session, list[i], &line, 1));
		ck_assert_mem_eq(room, certificate, line.ulValueLen);
	}
	end(id, session);
}
END_TEST

/* The token says that it keeps to all four. */
START_TEST(it_says_so)
{
	static const CK_PROFILE_ID profiles[] = { CKP_BASELINE_PROVIDER,
		CKP_EXTENDED_PROVIDER, CKP_AUTHENTICATION_TOKEN,
		CKP_PUBLIC_CERTIFICATES_TOKEN };
	CK_OBJECT_CLASS class = CKO_PROFILE;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE one;
	CK_SLOT_ID id;
	size_t i;

	begin();
	id = first_slot();
	session = open_session(id, 0);
	for (i = 0; i < ARRAY_LEN(profiles); i++) {
		CK_PROFILE_ID profile = profiles[i];
		CK_ATTRIBUTE line[] = {
			{ CKA_CLASS, &class, sizeof(class) },
			{ CKA_PROFILE_ID, &profile, sizeof(profile) },
		};

		ck_assert_uint_eq(find(session, line, 2, &one, 1), 1);
	}
	end(id, session);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { baseline, extended,
		authentication_token, public_certificates, it_says_so };

	return guest_run("profiles", tests, ARRAY_LEN(tests));
}
