/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Domain parameters as objects: made, given, kept, found, copied, destroyed,
 * and keys made of them.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS domain = CKO_DOMAIN_PARAMETERS;
static CK_ATTRIBUTE is_domain = { CKA_CLASS, &domain, sizeof(domain) };

static const struct {
	CK_MECHANISM_TYPE group, pair;
	CK_KEY_TYPE type;
	CK_ULONG bits, order;    /* 0: the template has none */
	CK_ULONG parts;          /* p and g, and q */
} kinds[] = {
	{ CKM_DSA_PARAMETER_GEN, CKM_DSA_KEY_PAIR_GEN, CKK_DSA, 1024, 0, 3 },
	{ CKM_DSA_PARAMETER_GEN, CKM_DSA_KEY_PAIR_GEN, CKK_DSA, 1024, 160,
	    3 },
	{ CKM_DH_PKCS_PARAMETER_GEN, CKM_DH_PKCS_KEY_PAIR_GEN, CKK_DH, 2048,
	    0, 2 },
	{ CKM_X9_42_DH_PARAMETER_GEN, CKM_X9_42_DH_KEY_PAIR_GEN,
	    CKK_X9_42_DH, 1024, 160, 3 },
};

static CK_RV
make(CK_SESSION_HANDLE s, size_t kind, CK_BBOOL *token, CK_OBJECT_HANDLE *out)
{
	CK_MECHANISM how = { kinds[kind].group, NULL, 0 };
	CK_ULONG bits = kinds[kind].bits, order = kinds[kind].order;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, token, 1 },
		{ CKA_LABEL, (char[]){ "group" }, 5 },
		{ CKA_PRIME_BITS, &bits, sizeof(bits) },
		{ CKA_SUBPRIME_BITS, &order, sizeof(order) },
	};

	return p11->C_GenerateKey(s, &how, tmpl, order == 0 ? 3 : 4, out);
}

static unsigned char room[3][512];

static void
read_group(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE of, CK_ATTRIBUTE tmpl[3])
{
	static const CK_ULONG types[] = { CKA_PRIME, CKA_BASE, CKA_SUBPRIME };

	for (size_t i = 0; i < 3; i++)
		tmpl[i] = (CK_ATTRIBUTE){ types[i], room[i], sizeof(room[i]) };
	(void)p11->C_GetAttributeValue(s, of, tmpl, 3);
}

static void
check_made(CK_SESSION_HANDLE s, size_t i, CK_OBJECT_HANDLE group)
{
	CK_MECHANISM how = { kinds[i].pair, NULL, 0 };
	CK_OBJECT_HANDLE a, b;
	CK_ATTRIBUTE tmpl[3];
	CK_ULONG none = 1;

	ck_assert_uint_eq(guest_number(s, group, CKA_CLASS), domain);
	ck_assert_uint_eq(guest_number(s, group, CKA_KEY_TYPE),
	    kinds[i].type);
	ck_assert_uint_eq(guest_bool(s, group, CKA_LOCAL), CK_TRUE);
	ck_assert_uint_eq(guest_bool(s, group, CKA_PRIVATE), CK_FALSE);
	ck_assert_uint_eq(guest_number(s, group, CKA_PRIME_BITS),
	    kinds[i].bits);
	read_group(s, group, tmpl);
	ck_assert_uint_eq(tmpl[0].ulValueLen, kinds[i].bits / 8);
	if (kinds[i].parts == 3) {
		ck_assert_uint_eq(guest_number(s, group, CKA_SUBPRIME_BITS),
		    160);
		ck_assert_uint_eq(tmpl[2].ulValueLen, 20);
	} else {
		ck_assert_uint_eq(
		    tmpl[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	}
	is(guest_bytes(s, group, CKA_VALUE, NULL, &none),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	is(guest_bytes(s, group, CKA_ID, NULL, &none),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	ok(p11->C_GenerateKeyPair(
	    s, &how, tmpl, kinds[i].parts, NULL, 0, &a, &b));
}

START_TEST(groups_are_made)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE group;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		ok(make(s, i, &no, &group));
		check_made(s, i, group);
	}
}
END_TEST

/* Life on the token: another session without a login sees it. */
START_TEST(groups_are_kept)
{
	CK_SESSION_HANDLE s = guest_login();
	static char text[] = "copy";
	CK_OBJECT_HANDLE group, copy, found;
	CK_ATTRIBUTE again[3], first[3], label = { CKA_LABEL, text, 4 };
	CK_ATTRIBUTE fixed = { CKA_PRIME, room[0], 128 };
	CK_ATTRIBUTE by_type[] = { is_domain,
		{ CKA_KEY_TYPE, &(CK_KEY_TYPE){ CKK_X9_42_DH },
		    sizeof(CK_KEY_TYPE) } };
	unsigned char kept[128];

	ok(make(s, 3, &yes, &group));
	read_group(s, group, first);
	memcpy(kept, room[0], sizeof(kept));
	ok(p11->C_CopyObject(s, group, &label, 1, &copy));
	is(p11->C_SetAttributeValue(s, group, &fixed, 1), CKR_OK);
	room[0][127] ^= 2;
	is(p11->C_SetAttributeValue(s, group, &fixed, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	s = guest_open(0);
	ck_assert_uint_eq(guest_find(s, &is_domain, 1, &found), 2);
	ck_assert_uint_eq(guest_find(s, by_type, 2, NULL), 2);
	read_group(s, found, again);
	ck_assert_uint_eq(again[0].ulValueLen, sizeof(kept));
	ck_assert_mem_eq(room[0], kept, sizeof(kept));
	ck_assert_uint_eq(guest_find(s, &label, 1, &copy), 1);
	is(p11->C_DestroyObject(s, copy), CKR_SESSION_READ_ONLY);
	ok(p11->C_CloseSession(s));
	s = guest_login();
	ok(p11->C_DestroyObject(s, copy));
	ck_assert_uint_eq(guest_find(s, &is_domain, 1, &found), 1);
	ok(p11->C_DestroyObject(s, found));
}
END_TEST

static CK_RV
give(CK_SESSION_HANDLE s, CK_KEY_TYPE type, CK_ATTRIBUTE *group,
    CK_ULONG count, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[8] = { is_domain, { CKA_KEY_TYPE, &type,
	    sizeof(type) } };

	memcpy(tmpl + 2, group, count * sizeof(*group));
	return p11->C_CreateObject(s, tmpl, 2 + count, out);
}

START_TEST(groups_are_given)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE made, group, none;
	CK_ATTRIBUTE tmpl[4];
	CK_ULONG bits = 1024;

	ok(make(s, 0, &no, &made));
	read_group(s, made, tmpl);
	ok(give(s, CKK_DSA, tmpl, 3, &group));
	ck_assert_uint_eq(guest_bool(s, group, CKA_LOCAL), CK_FALSE);
	ok(give(s, CKK_X9_42_DH, tmpl, 3, &group));
	ok(give(s, CKK_DH, tmpl, 2, &group));
	/* it may be said how long p is, if it is so */
	tmpl[3] = (CK_ATTRIBUTE){ CKA_PRIME_BITS, &bits, sizeof(bits) };
	ok(give(s, CKK_DSA, tmpl, 4, &group));
	bits--;
	is(give(s, CKK_DSA, tmpl, 4, &none), CKR_TEMPLATE_INCONSISTENT);
	is(give(s, CKK_DSA, tmpl, 2, &none), CKR_TEMPLATE_INCOMPLETE);
	is(give(s, CKK_DH, tmpl, 3, &none), CKR_ATTRIBUTE_TYPE_INVALID);
	is(give(s, CKK_EC, tmpl, 3, &none), CKR_TEMPLATE_INCONSISTENT);
	/* no group: p is not prime, g is of another order */
	room[0][100] ^= 1;
	is(give(s, CKK_DSA, tmpl, 3, &none), CKR_ATTRIBUTE_VALUE_INVALID);
	room[0][100] ^= 1;
	room[1][100] ^= 1;
	is(give(s, CKK_DSA, tmpl, 3, &none), CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

static CK_RV
pair_of(CK_SESSION_HANDLE s, size_t kind, CK_ATTRIBUTE *group)
{
	CK_MECHANISM how = { kinds[kind].pair, NULL, 0 };
	CK_OBJECT_HANDLE made[2];

	return p11->C_GenerateKeyPair(s, &how, group, kinds[kind].parts,
	    NULL, 0, &made[0], &made[1]);
}

/* There is no public key yet that could be wrong. */
START_TEST(no_pairs_of_what_is_no_group)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_HANDLE group;
	CK_ATTRIBUTE tmpl[3];
	size_t i, part;

	for (i = 1; i < ARRAY_LEN(kinds); i++) {
		ok(make(s, i, &no, &group));
		read_group(s, group, tmpl);
		ok(pair_of(s, i, tmpl));
		for (part = 0; part < kinds[i].parts; part++) {
			unsigned char *last = room[part] +
			    tmpl[part].ulValueLen - 1;
			/* any base of a safe prime will do, but for 1 */
			unsigned char other = part == 1 ? 3 : 2;

			*last ^= other;
			is(pair_of(s, i, tmpl), CKR_DOMAIN_PARAMS_INVALID);
			*last ^= other;
		}
		tmpl[0].ulValueLen = 16;
		is(pair_of(s, i, tmpl), CKR_DOMAIN_PARAMS_INVALID);
	}
}
END_TEST

/* As integers of DER have them, and some programs give them. */
START_TEST(leading_zeros_say_nothing)
{
	CK_SESSION_HANDLE s = guest_login();
	static unsigned char padded[3][1 + sizeof(room[0])];
	CK_OBJECT_HANDLE group, found;
	CK_ATTRIBUTE tmpl[3];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		ok(make(s, i, &no, &group));
		read_group(s, group, tmpl);
		for (CK_ULONG part = 0; part < kinds[i].parts; part++) {
			memcpy(padded[part] + 1, room[part],
			    tmpl[part].ulValueLen);
			tmpl[part].pValue = padded[part];
			tmpl[part].ulValueLen++;
		}
		ok(pair_of(s, i, tmpl));
		ok(give(s, kinds[i].type, tmpl, kinds[i].parts, &found));
		ok(p11->C_SetAttributeValue(s, group, tmpl, 1));
		padded[0][0] = 1;
		is(p11->C_SetAttributeValue(s, group, tmpl, 1),
		    CKR_ATTRIBUTE_READ_ONLY);
		padded[0][0] = 0;
	}
}
END_TEST

static void
find_modulus(CK_SESSION_HANDLE s, CK_BBOOL *token)
{
	static unsigned char modulus[257];
	CK_MECHANISM how = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 2048, len = 256;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, token, 1 },
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
	};
	CK_ATTRIBUTE find = { CKA_MODULUS, modulus, sizeof(modulus) };
	CK_OBJECT_HANDLE pair[2];

	ok(p11->C_GenerateKeyPair(s, &how, tmpl, 2, tmpl, 1, &pair[0],
	    &pair[1]));
	ok(guest_bytes(s, pair[0], CKA_MODULUS, modulus + 1, &len));
	ck_assert_uint_eq(guest_find(s, &find, 1, NULL), 2);
	ok(p11->C_DestroyObject(s, pair[0]));
	ok(p11->C_DestroyObject(s, pair[1]));
}

START_TEST(nor_do_they_in_a_search)
{
	CK_SESSION_HANDLE s = guest_login();

	find_modulus(s, &no);
	find_modulus(s, &yes);
}
END_TEST

START_TEST(what_is_refused)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_MECHANISM how = { CKM_DSA_PARAMETER_GEN, NULL, 0 };
	CK_ULONG bits = 1024, order = 160;
	CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_PRIME_BITS, &bits, sizeof(bits) },
		{ CKA_SUBPRIME_BITS, &order, sizeof(order) },
		{ CKA_CLASS, &secret, sizeof(secret) },
	};
	CK_OBJECT_HANDLE none = 0, group;

	is(p11->C_GenerateKey(s, &how, NULL, 0, &none),
	    CKR_TEMPLATE_INCOMPLETE);
	is(p11->C_GenerateKey(s, &how, tmpl, 3, &none),
	    CKR_TEMPLATE_INCONSISTENT);
	bits = 512;
	is(p11->C_GenerateKey(s, &how, tmpl, 1, &none), CKR_KEY_SIZE_RANGE);
	bits = 1024;
	order = 1;
	is(p11->C_GenerateKey(s, &how, tmpl, 2, &none), CKR_KEY_SIZE_RANGE);
	how.mechanism = CKM_DH_PKCS_PARAMETER_GEN;
	is(p11->C_GenerateKey(s, &how, tmpl, 2, &none),
	    CKR_TEMPLATE_INCONSISTENT);
	is(p11->C_GenerateKeyPair(s, &how, tmpl, 1, NULL, 0, &none, &none),
	    CKR_MECHANISM_INVALID);
	ck_assert_uint_eq(none, 0);
	/* a group is no key */
	ok(make(s, 0, &no, &group));
	how = (CK_MECHANISM){ CKM_DSA, NULL, 0 };
	is(p11->C_SignInit(s, &how, group), CKR_KEY_HANDLE_INVALID);
	is(p11->C_VerifyInit(s, &how, group), CKR_KEY_HANDLE_INVALID);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { groups_are_made, groups_are_kept,
		groups_are_given, no_pairs_of_what_is_no_group,
		leading_zeros_say_nothing, nor_do_they_in_a_search,
		what_is_refused };

	return guest_run("face domains", tests, ARRAY_LEN(tests));
}
