/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Diffie-Hellman of X9.42: keys that know the order of their group.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

/* RFC 5114, 2.1 and A.1 */
static const char group_p[] =
    "b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d2"
    "3b616073e28675a23d189838ef1e2ee652c013ecb4aea906112324975c3c"
    "d49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa3"
    "1a4ff55bccc0a151af5f0dc8b4bd45bf37df365c1a65e68cfda76d4da708"
    "df1fb2bc2e4a4371";
static const char group_q[] = "f518aa8781a8df278aba4e7d64b7cb9d49462353";
static const char group_g[] =
    "a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff1426"
    "6d31266fea1e5c41564b777e690f5504f213160217b4b01b886a5e91547f"
    "9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf"
    "0a0169b6a28ad662a4d18e73afa32d779d5918d08bc8858f4dcef97c2a24"
    "855e6eeb22b3b2e5";
static const char our_x[] = "b9a3b3ae8fefc1a2930496507086f8455d48943e";
static const char their_x[] = "9392c9f9eb6a7a6a9022f7d83e7223c6835bbdda";
static const char their_y[] =
    "717a6cb053371ff4a3b932941c1e5663f861a1d6ad34ae66576dfb98f6c6"
    "cbf9ddd5a56c7833f6bcfdff095582ad868e440e8d09fd769e3ceccdc3d3"
    "b1e4cfa057776caaf9739b6a9fee8e7411f8d6dac09d6a4edb46cc2b5d52"
    "03090eae6126311e53fd2c14b574e6a3109a3da1be41bdceaa186f5ce067"
    "16a2b6a07b3c33fe";
static const char shared_z[] =
    "5c804f454d30d9c4df85271f93528c91df6b48ab5f80b3b59caac1b28f8a"
    "cba9cd3e39f3cb614525d9521d2e644c53b807b810f340062f257d7d6fbf"
    "e8d5e8f072e9b6e9afda9413eafb2e8b0699b1fb5a0caceddeaead7e9cfb"
    "b36ae2b420835bd83a19fb0b5e96bf8fa4d09e345525167ecd9155416f46"
    "f408ed31b63c6e6d";

/* OtherInfo of RFC 2631, section 2.1.6 */
static const char other_info[] =
    "301d3013060b2a864886f70d0109100306040400000001a2060404000000c0";

#define PRIME 128
#define ORDER 20

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS private = CKO_PRIVATE_KEY, public = CKO_PUBLIC_KEY;
static CK_KEY_TYPE x942 = CKK_X9_42_DH, dh = CKK_DH;
static unsigned char p[PRIME], q[ORDER], g[PRIME];
static CK_ATTRIBUTE group[] = {
	{ CKA_PRIME, p, sizeof(p) },
	{ CKA_BASE, g, sizeof(g) },
	{ CKA_SUBPRIME, q, sizeof(q) },
};

static CK_SESSION_HANDLE
start(void)
{
	ck_assert_uint_eq(guest_hex(group_p, p), PRIME);
	ck_assert_uint_eq(guest_hex(group_q, q), ORDER);
	ck_assert_uint_eq(guest_hex(group_g, g), PRIME);
	return guest_login();
}

static CK_RV
import(CK_SESSION_HANDLE s, CK_OBJECT_CLASS *class, const char *value,
    CK_OBJECT_HANDLE *out)
{
	unsigned char bytes[PRIME];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, class, sizeof(*class) },
		{ CKA_KEY_TYPE, &x942, sizeof(x942) },
		group[0], group[1], group[2],
		{ CKA_VALUE, bytes, guest_hex(value, bytes) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_CreateObject(
	    s, tmpl, *class == CKO_PUBLIC_KEY ? 6 : 8, out);
}

static CK_RV
derive(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key,
    CK_X9_42_DH1_DERIVE_PARAMS *how, CK_ULONG want, unsigned char *value)
{
	CK_MECHANISM mechanism = { CKM_X9_42_DH_DERIVE, how, sizeof(*how) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_VALUE_LEN, &want, sizeof(want) },
	};
	CK_OBJECT_HANDLE made;
	CK_ULONG len = PRIME;
	CK_RV rv;

	rv = p11->C_DeriveKey(s, &mechanism, key, tmpl, want == 0 ? 2 : 3,
	    &made);
	if (rv != CKR_OK)
		return rv;
	ok(guest_bytes(s, made, CKA_VALUE, value, &len));
	ck_assert_uint_eq(len, want == 0 ? PRIME : want);
	return CKR_OK;
}

START_TEST(agreement_as_published)
{
	CK_SESSION_HANDLE s = start();
	unsigned char peer[PRIME], want[PRIME], got[PRIME];
	CK_X9_42_DH1_DERIVE_PARAMS how = { CKD_NULL, 0, NULL, PRIME, peer };
	CK_OBJECT_HANDLE key, other;

	guest_hex(their_y, peer);
	guest_hex(shared_z, want);
	ok(import(s, &private, our_x, &key));
	ok(derive(s, key, &how, 0, got));
	ck_assert_mem_eq(got, want, PRIME);
	/* the leading end is what goes */
	ok(derive(s, key, &how, 32, got));
	ck_assert_mem_eq(got, want + PRIME - 32, 32);
	is(derive(s, key, &how, PRIME + 1, got), CKR_ATTRIBUTE_VALUE_INVALID);
	/* the other way round, with the number that the key has */
	ok(import(s, &private, their_x, &other));
	ok(import(s, &public, their_y, &other));
	ck_assert_uint_eq(guest_number(s, key, CKA_KEY_TYPE), CKK_X9_42_DH);
	ck_assert_uint_eq(guest_bool(s, key, CKA_DERIVE), CK_TRUE);
}
END_TEST

/* SHA-1 of the secret, then the structure with the number of the block. */
static void
expect_block(CK_SESSION_HANDLE s, unsigned block, const unsigned char *info,
    CK_ULONG info_len, unsigned char *out)
{
	CK_MECHANISM sha = { CKM_SHA_1, NULL, 0 };
	unsigned char text[PRIME + 64];
	CK_ULONG len = ORDER;

	guest_hex(shared_z, text);
	memcpy(text + PRIME, info, info_len);
	/* where RFC 2631 shows it */
	if (info_len == 31)
		text[PRIME + 22] = (unsigned char)block;
	ok(p11->C_DigestInit(s, &sha));
	ok(p11->C_Digest(s, text, PRIME + info_len, out, &len));
}

START_TEST(functions_of_the_secret)
{
	CK_SESSION_HANDLE s = start();
	unsigned char peer[PRIME], info[64], want[2 * ORDER], got[PRIME];
	CK_X9_42_DH1_DERIVE_PARAMS how = { CKD_SHA1_KDF_ASN1,
		guest_hex(other_info, info), info, PRIME, peer };
	unsigned char counter[] = { 0, 0, 0, 1, 'a', 'b' };
	CK_OBJECT_HANDLE key;

	guest_hex(their_y, peer);
	ok(import(s, &private, our_x, &key));
	ck_assert_uint_eq(how.ulOtherInfoLen, 31);
	expect_block(s, 1, info, 31, want);
	expect_block(s, 2, info, 31, want + ORDER);
	ok(derive(s, key, &how, 24, got));
	ck_assert_mem_eq(got, want, 24);
	ok(derive(s, key, &how, 2 * ORDER, got));
	ck_assert_mem_eq(got, want, 2 * ORDER);
	/* a structure that has no counter of the first block */
	info[22] = 2;
	is(derive(s, key, &how, 24, got), CKR_MECHANISM_PARAM_INVALID);
	info[22] = 1;
	how.ulOtherInfoLen = 30;
	is(derive(s, key, &how, 24, got), CKR_MECHANISM_PARAM_INVALID);
	how.ulOtherInfoLen = 0;
	is(derive(s, key, &how, 24, got), CKR_MECHANISM_PARAM_INVALID);
	/* the counter comes before what the sides share */
	how = (CK_X9_42_DH1_DERIVE_PARAMS){ CKD_SHA1_KDF_CONCATENATE, 2,
		counter + 4, PRIME, peer };
	expect_block(s, 1, counter, sizeof(counter), want);
	ok(derive(s, key, &how, ORDER, got));
	ck_assert_mem_eq(got, want, ORDER);
	how.kdf = CKD_SHA1_KDF;
	ok(derive(s, key, &how, ORDER, got));
	ck_assert_mem_eq(got, want, ORDER);
}
END_TEST

START_TEST(what_is_refused)
{
	CK_SESSION_HANDLE s = start();
	unsigned char peer[PRIME] = { 0 }, got[PRIME], info = 1;
	CK_X9_42_DH1_DERIVE_PARAMS how = { CKD_NULL, 0, NULL, PRIME, peer };
	CK_MECHANISM pkcs = { CKM_DH_PKCS_DERIVE, peer, sizeof(peer) };
	CK_OBJECT_HANDLE key, made;

	ok(import(s, &private, our_x, &key));
	/* no number of the group: 0, 1, one of another order */
	is(derive(s, key, &how, 0, got), CKR_MECHANISM_PARAM_INVALID);
	peer[PRIME - 1] = 1;
	is(derive(s, key, &how, 0, got), CKR_MECHANISM_PARAM_INVALID);
	peer[PRIME - 1] = 2;
	is(derive(s, key, &how, 0, got), CKR_MECHANISM_PARAM_INVALID);
	guest_hex(their_y, peer);
	how.ulOtherInfoLen = 1;
	how.pOtherInfo = &info;
	is(derive(s, key, &how, 0, got), CKR_MECHANISM_PARAM_INVALID);
	how.ulOtherInfoLen = 0;
	how.ulPublicDataLen = 0;
	is(derive(s, key, &how, 0, got), CKR_MECHANISM_PARAM_INVALID);
	how.ulPublicDataLen = PRIME;
	how.kdf = 0x4711;
	is(derive(s, key, &how, 0, got), CKR_MECHANISM_PARAM_INVALID);
	is(p11->C_DeriveKey(s, &pkcs, key, NULL, 0, &made),
	    CKR_KEY_TYPE_INCONSISTENT);
	/* x is below q, and q goes into p - 1 */
	is(import(s, &private, their_y, &key), CKR_ATTRIBUTE_VALUE_INVALID);
	q[0] ^= 1;
	is(import(s, &private, our_x, &key), CKR_ATTRIBUTE_VALUE_INVALID);
	group[2].ulValueLen = 0;
	is(import(s, &private, our_x, &key), CKR_TEMPLATE_INCOMPLETE);
	group[2].ulValueLen = ORDER;
}
END_TEST

static void
make_pair(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *a, CK_OBJECT_HANDLE *b)
{
	CK_MECHANISM make = { CKM_X9_42_DH_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	ok(p11->C_GenerateKeyPair(s, &make, group, 3, tmpl, 3, a, b));
}

/* Out under a key and in again, as the same kind of key and as the other. */
START_TEST(made_wrapped_unwrapped)
{
	CK_SESSION_HANDLE s = start();
	CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_OBJECT_HANDLE own, mine, back, wrapper = guest_aes(s, 32);
	unsigned char blob[1024], one[PRIME], two[PRIME];
	CK_ULONG len = sizeof(blob), a = PRIME, b = PRIME;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &private, sizeof(private) },
		{ CKA_KEY_TYPE, &x942, sizeof(x942) },
		{ CKA_SENSITIVE, &no, 1 },
	};

	make_pair(s, &own, &mine);
	ck_assert_uint_eq(guest_bool(s, mine, CKA_LOCAL), CK_TRUE);
	ck_assert_uint_eq(guest_number(s, mine, CKA_KEY_GEN_MECHANISM),
	    CKM_X9_42_DH_KEY_PAIR_GEN);
	ok(guest_bytes(s, mine, CKA_SUBPRIME, one, &a));
	ck_assert_uint_eq(a, ORDER);
	ck_assert_mem_eq(one, q, ORDER);
	ok(p11->C_WrapKey(s, &kwp, wrapper, mine, blob, &len));
	ok(p11->C_UnwrapKey(s, &kwp, wrapper, blob, len, tmpl, 3, &back));
	ck_assert_uint_eq(guest_number(s, back, CKA_KEY_TYPE), CKK_X9_42_DH);
	a = PRIME;
	ok(guest_bytes(s, mine, CKA_VALUE, one, &a));
	ok(guest_bytes(s, back, CKA_VALUE, two, &b));
	ck_assert_uint_eq(a, b);
	ck_assert_mem_eq(one, two, a);
	tmpl[1].pValue = &dh;
	ok(p11->C_UnwrapKey(s, &kwp, wrapper, blob, len, tmpl, 3, &back));
	ck_assert_uint_eq(guest_number(s, back, CKA_KEY_TYPE), CKK_DH);
	a = sizeof(blob);
	ok(guest_bytes(s, own, CKA_PUBLIC_KEY_INFO, blob, &a));
	ck_assert_uint_gt(a, 2 * PRIME);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { agreement_as_published,
		functions_of_the_secret, what_is_refused,
		made_wrapped_unwrapped };

	return guest_run("face x942", tests, ARRAY_LEN(tests));
}
