/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attacks with attributes: roles that change, protection that is taken away,
 * a public key that the attacker made.
 */
#include "tests/attacks/attack.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* A key without roles: its copy gets one, at once or later, and it another. */
static bool
copies_differ(const struct target *t, unsigned uses, bool set)
{
	CK_ATTRIBUTE wraps = { CKA_WRAP, &yes, 1 };
	CK_ATTRIBUTE decrypts = { CKA_DECRYPT, &yes, 1 };
	CK_OBJECT_HANDLE key = 0, copy = 0;
	CK_RV rv = make_secret(t, CKK_AES, 32, uses, &key);

	if (rv == CKR_OK)
		rv = t->f->C_CopyObject(
		    t->session, key, &decrypts, set ? 0 : 1, &copy);
	if (rv == CKR_OK && set)
		rv = t->f->C_SetAttributeValue(t->session, copy, &decrypts, 1);
	if (rv == CKR_OK)
		rv = t->f->C_SetAttributeValue(t->session, key, &wraps, 1);
	return rv == CKR_OK && may(t, key, MAY_WRAP) &&
	    may(t, copy, MAY_DECRYPT);
}

/* A7: first decrypt, then wrap; or one of them in each copy. */
struct outcome
attack_role_change(const struct target *t)
{
	CK_ATTRIBUTE wraps = { CKA_WRAP, &yes, 1 };
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_DECRYPT, &key);

	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	if (copies_differ(t, 0, true) || copies_differ(t, 0, false) ||
	    copies_differ(t, IS_OPEN, false))
		return outcome(OPEN, rv, "each copy has a role of its own");
	rv = t->f->C_SetAttributeValue(t->session, key, &wraps, 1);
	return rv == CKR_OK && may(t, key, MAY_WRAP) ?
	    outcome(OPEN, rv, "a key that decrypts learns to wrap") :
	    outcome(DEFENDED, rv, "roles do not change");
}

static CK_RV
change(const struct target *t, CK_OBJECT_HANDLE key, CK_ATTRIBUTE *line)
{
	CK_OBJECT_HANDLE copy = 0;
	CK_RV rv = t->f->C_SetAttributeValue(t->session, key, line, 1);

	return rv == CKR_OK ? rv :
	    t->f->C_CopyObject(t->session, key, line, 1, &copy);
}

/* A8 */
struct outcome
attack_unset(const struct target *t)
{
	CK_ATTRIBUTE lines[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = make_secret(t, CKK_AES, 32, 0, &key);

	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		rv = change(t, key, &lines[i]);
		if (rv == CKR_OK)
			return outcome(OPEN, rv, i == 0 ?
			    "SENSITIVE was taken away" :
			    "EXTRACTABLE was given");
	}
	return outcome(DEFENDED, rv, "neither set nor copied away");
}

/* Any number will do: nothing is ever decrypted. */
static CK_RV
foreign_key(const struct target *t, bool trusted, CK_OBJECT_HANDLE *out)
{
	static CK_BYTE modulus[256], exponent[] = { 1, 0, 1 };
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_RSA;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_MODULUS, modulus, sizeof(modulus) },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_TRUSTED, &yes, 1 },
	};
	CK_OBJECT_HANDLE own = 0, none = 0;
	CK_ATTRIBUTE read = { CKA_MODULUS, modulus, sizeof(modulus) };
	CK_RV rv = make_rsa(t, MAY_WRAP, 0, &own, &none);

	if (rv == CKR_OK)
		rv = t->f->C_GetAttributeValue(t->session, own, &read, 1);
	if (rv == CKR_OK)
		rv = t->f->C_DestroyObject(t->session, none);
	if (rv == CKR_OK)
		rv = t->f->C_DestroyObject(t->session, own);
	return rv == CKR_OK ?
	    t->f->C_CreateObject(t->session, lines,
		ARRAY_LEN(lines) - (trusted ? 0 : 1), out) : rv;
}

/* A15: everything is wrapped under a public key whose private one the
 * attacker has at home. */
struct outcome
attack_public_key(const struct target *t)
{
	CK_RSA_PKCS_OAEP_PARAMS param = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_MECHANISM how = { CKM_RSA_PKCS_OAEP, &param, sizeof(param) };
	CK_OBJECT_HANDLE key = 0, public_key = 0;
	CK_BYTE blob[512];
	CK_ULONG len;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_LEAVE | TRUSTED_ONLY, &key);

	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no WRAP_WITH_TRUSTED");
	for (int trusted = 1; trusted >= 0; trusted--) {
		rv = foreign_key(t, trusted, &public_key);
		if (rv != CKR_OK)
			continue;
		len = sizeof(blob);
		rv = t->f->C_WrapKey(t->session, &how, public_key, key, blob,
		    &len);
		if (rv == CKR_OK)
			return outcome(OPEN, rv, trusted ?
			    "the user makes trusted keys" :
			    "it leaves under a key that nobody vouched for");
	}
	return outcome(DEFENDED, rv, "it stays");
}
