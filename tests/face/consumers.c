/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the programs that use modules count on, beyond the standard: one test
 * for each habit.  Whole programs are run in tests/compat.
 */
#include "tests/face/certificate.h"
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	0x01, 0x07 };
static CK_BYTE ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };
static CK_SESSION_HANDLE s;

struct bytes {
	CK_BYTE ptr[512];
	CK_ULONG len;
};

static struct bytes
get(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	struct bytes out = { .len = sizeof(out.ptr) };

	ok(guest_bytes(s, object, type, out.ptr, &out.len));
	return out;
}

static void
same(CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b, CK_ATTRIBUTE_TYPE type)
{
	struct bytes x = get(a, type), y = get(b, type);

	ck_assert_uint_eq(x.len, y.len);
	ck_assert_mem_eq(x.ptr, y.ptr, x.len);
}

static void
make_pair(CK_MECHANISM_TYPE type, CK_ATTRIBUTE *params, CK_ATTRIBUTE *more,
    CK_ULONG count, CK_OBJECT_HANDLE pair[2])
{
	CK_MECHANISM how = { type, NULL, 0 };

	ok(p11->C_GenerateKeyPair(
	    s, &how, params, 1, more, count, &pair[0], &pair[1]));
}

static CK_ATTRIBUTE curve = { CKA_EC_PARAMS, p256, sizeof(p256) };

/* Go's crypto11, libp11, boulder: halves are found by each other's id, which
 * nobody has to give; NSS computes it, SHA-1 of the modulus or the point. */
START_TEST(halves_have_one_id)
{
	CK_ULONG bits = 1024;
	CK_ATTRIBUTE size = { CKA_MODULUS_BITS, &bits, sizeof(bits) };
	CK_MECHANISM sha1 = { CKM_SHA_1, NULL, 0 };
	CK_OBJECT_HANDLE pair[2];
	struct bytes of, id;
	CK_BYTE sum[20];
	CK_ULONG len;
	size_t i;

	s = guest_login();
	for (i = 0; i < 2; i++) {
		make_pair(i == 0 ? CKM_RSA_PKCS_KEY_PAIR_GEN :
		    CKM_EC_KEY_PAIR_GEN, i == 0 ? &size : &curve, NULL, 0,
		    pair);
		same(pair[0], pair[1], CKA_ID);
		id = get(pair[0], CKA_ID);
		of = get(pair[0], i == 0 ? CKA_MODULUS : CKA_EC_POINT);
		len = sizeof(sum);
		ok(p11->C_DigestInit(s, &sha1));
		/* without the head of the octet string */
		ok(p11->C_Digest(s, of.ptr + 2 * i, of.len - 2 * i, sum,
		    &len));
		ck_assert_uint_eq(id.len, 20);
		ck_assert_mem_eq(id.ptr, sum, 20);
	}
}
END_TEST

/* crypto11 and the pkcs11-tools look for both by label, too. */
START_TEST(halves_have_one_label)
{
	CK_UTF8CHAR text[] = "both halves";
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_CNG_KEY_NAME, text, sizeof(text) - 1 },
	};
	CK_ATTRIBUTE find = { CKA_LABEL, text, sizeof(text) - 1 };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_MECHANISM blob = { CKM_CNG_ECCPRIVATE, NULL, 0 };
	CK_ATTRIBUTE open[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	CK_OBJECT_HANDLE pair[2], key;
	CK_BYTE bytes[256];
	CK_ULONG len = sizeof(bytes);

	s = guest_login();
	make_pair(CKM_EC_KEY_PAIR_GEN, &curve, open, 2, pair);
	ok(p11->C_WrapKey(s, &blob, 0, pair[1], bytes, &len));
	/* imported: both halves are there, with name and id in common */
	ok(p11->C_UnwrapKey(s, &any, 0, bytes, len, tmpl, 2, &key));
	ck_assert_uint_eq(guest_find(s, &find, 1, &key), 2);
	ok(p11->C_DestroyObject(s, key));
}
END_TEST

/* ssh-agent asks for all three at once and fails if one is not there. */
START_TEST(ssh_reads_three_at_once)
{
	CK_BYTE room[3][128];
	CK_ATTRIBUTE line[] = {
		{ CKA_ID, room[0], sizeof(room[0]) },
		{ CKA_EC_POINT, room[1], sizeof(room[1]) },
		{ CKA_EC_PARAMS, room[2], sizeof(room[2]) },
	};
	CK_ATTRIBUTE ed = { CKA_EC_PARAMS, ed25519, sizeof(ed25519) };
	CK_OBJECT_HANDLE pair[2];

	s = guest_login();
	make_pair(CKM_EC_KEY_PAIR_GEN, &curve, NULL, 0, pair);
	ok(p11->C_GetAttributeValue(s, pair[0], line, 3));
	ck_assert_uint_gt(line[0].ulValueLen, 0);
	/* a DER octet string around an uncompressed point */
	ck_assert_uint_eq(line[1].ulValueLen, 67);
	ck_assert_mem_eq(room[1], "\x04\x41\x04", 3);
	ck_assert_mem_eq(room[2], p256, sizeof(p256));
	make_pair(CKM_EC_EDWARDS_KEY_PAIR_GEN, &ed, NULL, 0, pair);
	line[1].ulValueLen = line[2].ulValueLen = sizeof(room[0]);
	ok(p11->C_GetAttributeValue(s, pair[0], line, 3));
	ck_assert(line[1].ulValueLen == 32 ||
	    (line[1].ulValueLen == 34 && room[1][0] == 0x04));
	ck_assert_mem_eq(room[2], ed25519, sizeof(ed25519));
}
END_TEST

/* ssh-agent finds the private key by id and use. */
START_TEST(ssh_finds_the_key_that_signs)
{
	CK_OBJECT_HANDLE pair[2], found;
	CK_ATTRIBUTE line[] = {
		{ CKA_CLASS, &private_class, sizeof(private_class) },
		{ CKA_ID, NULL, 0 },
		{ CKA_SIGN, &yes, 1 },
	};
	struct bytes id;

	s = guest_login();
	make_pair(CKM_EC_KEY_PAIR_GEN, &curve, NULL, 0, pair);
	id = get(pair[0], CKA_ID);
	line[1].pValue = id.ptr;
	line[1].ulValueLen = id.len;
	ck_assert_uint_eq(guest_find(s, line, 3, &found), 1);
	ck_assert_uint_eq(found, pair[1]);
}
END_TEST

/* Others write points bare, older ones as they come: both are understood. */
START_TEST(points_bare_and_wrapped)
{
	CK_KEY_TYPE ec = CKK_EC;
	CK_OBJECT_HANDLE pair[2], again;
	struct bytes point, shown;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &public_class, sizeof(public_class) },
		{ CKA_KEY_TYPE, &ec, sizeof(ec) }, curve,
		{ CKA_EC_POINT, NULL, 0 },
	};
	size_t i;

	s = guest_login();
	make_pair(CKM_EC_KEY_PAIR_GEN, &curve, NULL, 0, pair);
	point = get(pair[0], CKA_EC_POINT);
	for (i = 0; i < 2; i++) {
		tmpl[3].pValue = point.ptr + 2 * i;
		tmpl[3].ulValueLen = point.len - 2 * i;
		ok(p11->C_CreateObject(s, tmpl, 4, &again));
		shown = get(again, CKA_EC_POINT);
		ck_assert_uint_eq(shown.len, point.len);
		ck_assert_mem_eq(shown.ptr, point.ptr, point.len);
	}
}
END_TEST

/* pkcs11-provider: the public key comes with the private one; what the key is
 * limited to can be asked; a key is copied into the session to be quick. */
START_TEST(openssl_reads_and_copies)
{
	CK_ATTRIBUTE limits = { CKA_ALLOWED_MECHANISMS, NULL, 9 };
	CK_ATTRIBUTE session_copy = { CKA_TOKEN, &no, 1 };
	CK_ATTRIBUTE kept = { CKA_TOKEN, &yes, 1 };
	CK_MECHANISM how = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1 }, signature[64];
	CK_ULONG len = sizeof(signature);
	CK_OBJECT_HANDLE pair[2], copy;

	s = guest_login();
	make_pair(CKM_EC_KEY_PAIR_GEN, &curve, &kept, 1, pair);
	same(pair[0], pair[1], CKA_PUBLIC_KEY_INFO);
	ok(p11->C_GetAttributeValue(s, pair[1], &limits, 1));
	ck_assert_uint_eq(limits.ulValueLen, 0);
	ok(p11->C_CopyObject(s, pair[1], &session_copy, 1, &copy));
	ck_assert_uint_eq(guest_bool(s, copy, CKA_TOKEN), CK_FALSE);
	ok(p11->C_SignInit(s, &how, copy));
	ok(p11->C_Sign(s, digest, sizeof(digest), signature, &len));
	ok(p11->C_VerifyInit(s, &how, pair[0]));
	ok(p11->C_Verify(s, digest, sizeof(digest), signature, len));
	ok(p11->C_DestroyObject(s, pair[1]));
}
END_TEST

/* The same, to duplicate a digest that runs. */
START_TEST(openssl_duplicates_a_digest)
{
	CK_MECHANISM how = { CKM_SHA256, NULL, 0 };
	CK_BYTE state[512], one[32], two[32], data[] = { 'x', 'y' };
	CK_ULONG len = sizeof(state), size = 32;
	CK_SESSION_HANDLE other;

	s = guest_login();
	other = guest_open(0);
	ok(p11->C_DigestInit(s, &how));
	ok(p11->C_DigestUpdate(s, data, 1));
	ok(p11->C_GetOperationState(s, state, &len));
	ok(p11->C_SetOperationState(other, state, len, 0, 0));
	ok(p11->C_DigestUpdate(s, data + 1, 1));
	ok(p11->C_DigestUpdate(other, data + 1, 1));
	ok(p11->C_DigestFinal(s, one, &size));
	size = 32;
	ok(p11->C_DigestFinal(other, two, &size));
	ck_assert_mem_eq(one, two, 32);
}
END_TEST

static CK_CERTIFICATE_TYPE x509 = CKC_X_509;
static CK_BYTE id[] = { 0xc0, 1 };

static CK_OBJECT_HANDLE
make_cert(CK_ATTRIBUTE *more, CK_ULONG count)
{
	CK_ATTRIBUTE tmpl[6] = {
		{ CKA_CLASS, &cert_class, sizeof(cert_class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_VALUE, certificate, sizeof(certificate) },
		{ CKA_ID, id, sizeof(id) },
	};
	CK_OBJECT_HANDLE made;

	if (count > 0)
		memcpy(tmpl + 4, more, count * sizeof(*more));
	ok(p11->C_CreateObject(s, tmpl, 4 + count, &made));
	return made;
}

/* Java stores a key, then sets id and label of key and certificate, and
 * writes serial numbers without their DER head. */
START_TEST(java_sets_id_and_label)
{
	CK_BYTE new_id[] = { 9, 9 }, label[] = "alias", raw[] = { 0x00, 0x80,
		0x11, 0x22, 0x33 };
	CK_ATTRIBUTE change[] = {
		{ CKA_ID, new_id, sizeof(new_id) },
		{ CKA_LABEL, label, sizeof(label) - 1 },
	};
	CK_ATTRIBUTE odd = { CKA_SERIAL_NUMBER, raw, sizeof(raw) };
	CK_ATTRIBUTE find[] = {
		{ CKA_CLASS, &cert_class, sizeof(cert_class) },
		{ CKA_ID, new_id, sizeof(new_id) },
		{ CKA_LABEL, label, sizeof(label) - 1 }, odd,
	};
	CK_OBJECT_HANDLE pair[2], cert, found;

	s = guest_login();
	make_pair(CKM_EC_KEY_PAIR_GEN, &curve, NULL, 0, pair);
	cert = make_cert(&odd, 1);
	ok(p11->C_SetAttributeValue(s, pair[0], change, 2));
	ok(p11->C_SetAttributeValue(s, pair[1], change, 2));
	ok(p11->C_SetAttributeValue(s, cert, change, 2));
	ck_assert_uint_eq(guest_find(s, find, 4, &found), 1);
	ck_assert_uint_eq(found, cert);
	same(cert, pair[1], CKA_ID);
	same(cert, pair[1], CKA_LABEL);
}
END_TEST

/* Firefox lists certificates, by their type, before it asks for a PIN; it
 * looks for the profile that says that it may. */
START_TEST(firefox_lists_before_the_pin)
{
	CK_OBJECT_CLASS profile_class = CKO_PROFILE;
	CK_PROFILE_ID profile = CKP_PUBLIC_CERTIFICATES_TOKEN;
	CK_ATTRIBUTE says[] = {
		{ CKA_CLASS, &profile_class, sizeof(profile_class) },
		{ CKA_PROFILE_ID, &profile, sizeof(profile) },
	};
	CK_ATTRIBUTE find[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_ID, id, sizeof(id) },
	};
	CK_ATTRIBUTE kept = { CKA_TOKEN, &yes, 1 };
	CK_OBJECT_HANDLE cert, found;

	s = guest_login();
	cert = make_cert(&kept, 1);
	ck_assert_uint_eq(guest_bool(s, cert, CKA_PRIVATE), CK_FALSE);
	ok(p11->C_Logout(s));
	ck_assert_uint_eq(guest_find(s, says, 2, &found), 1);
	ck_assert_uint_eq(guest_find(s, find, 3, &found), 1);
	ok(p11->C_Login(s, CKU_USER, PIN_OF(USER_PIN)));
	ok(p11->C_DestroyObject(s, cert));
}
END_TEST

/* NSS knows a token by its label and serial number, asks for them all the
 * time, and keeps them: they do not change, and no two tokens share them. */
START_TEST(tokens_are_told_apart)
{
	CK_TOKEN_INFO first, again, other;
	CK_SLOT_ID list[16];
	CK_ULONG count = ARRAY_LEN(list), i;

	ok(p11->C_GetTokenInfo(slot, &first));
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	ok(p11->C_GetTokenInfo(slot, &again));
	ck_assert_mem_eq(first.label, again.label, sizeof(first.label));
	ck_assert_mem_eq(first.serialNumber, again.serialNumber,
	    sizeof(first.serialNumber));
	ok(p11->C_GetSlotList(CK_TRUE, list, &count));
	for (i = 0; i < count; i++) {
		ok(p11->C_GetTokenInfo(list[i], &other));
		/* strongSwan and others fail at tokens that are not made */
		ck_assert_uint_ne(other.flags & CKF_TOKEN_INITIALIZED, 0);
		if (list[i] != slot)
			ck_assert(memcmp(first.serialNumber,
			    other.serialNumber,
			    sizeof(first.serialNumber)) != 0);
	}
}
END_TEST

/* ssh-agent asks for the PIN at once if this is set, and opens every token
 * for writing. */
START_TEST(a_login_is_announced)
{
	CK_TOKEN_INFO info;

	ok(p11->C_GetTokenInfo(slot, &info));
	ck_assert_uint_ne(info.flags & CKF_LOGIN_REQUIRED, 0);
	ck_assert_uint_eq(info.flags & CKF_WRITE_PROTECTED, 0);
	s = guest_open(CKF_RW_SESSION);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { halves_have_one_id,
		halves_have_one_label, ssh_reads_three_at_once,
		ssh_finds_the_key_that_signs, points_bare_and_wrapped,
		openssl_reads_and_copies, openssl_duplicates_a_digest,
		java_sets_id_and_label, firefox_lists_before_the_pin,
		tokens_are_told_apart, a_login_is_announced };

	return guest_run("consumers", tests, ARRAY_LEN(tests));
}
