/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attacks with the wrapping calls: keys with two roles, weaker and circular
 * wrapping, wrapping that does not bind.
 */
#include "tests/attacks/attack.h"

#include <string.h>

#define BLOB_MAX 4096

/* A1, Clulow 2003: wrap with a key, decrypt the blob with the same key.  In
 * ECB a wrapped key opens block by block, whichever way it was wrapped. */
struct outcome
attack_wrap_decrypt(const struct target *t)
{
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_OBJECT_HANDLE both = 0, key = 0;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_WRAP | MAY_DECRYPT, &both);

	if (rv != CKR_OK)
		return outcome(DEFENDED, rv, "no key may wrap and decrypt");
	rv = make_secret(t, CKK_AES, 32, MAY_LEAVE, &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key to steal");
	if (!may(t, both, MAY_WRAP | MAY_DECRYPT))
		return outcome(DEFENDED, CKR_OK, "one of the roles is gone");
	if (!has(t, ecb.mechanism, CKF_DECRYPT))
		return outcome(ABSENT, CKR_OK, "no AES-ECB");
	return outcome(OPEN, CKR_OK, "one key wraps and decrypts");
}

/* A2: what is encrypted by the caller comes back as a key that he knows. */
struct outcome
attack_encrypt_unwrap(const struct target *t)
{
	CK_OBJECT_HANDLE both = 0;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_ENCRYPT | MAY_UNWRAP,
	    &both);

	if (rv != CKR_OK)
		return outcome(DEFENDED, rv, "no key may encrypt and unwrap");
	return may(t, both, MAY_ENCRYPT | MAY_UNWRAP) ?
	    outcome(OPEN, CKR_OK, "one key encrypts and unwraps") :
	    outcome(DEFENDED, CKR_OK, "one of the roles is gone");
}

/* A3, Delaune, Kremer, Steel: the way out and in again loses the rules. */
struct outcome
attack_reimport(const struct target *t)
{
	CK_OBJECT_HANDLE with = 0, key = 0, again = 0;
	CK_BYTE blob[BLOB_MAX], value[64];
	CK_ULONG len = sizeof(blob), value_len = sizeof(value);
	CK_MECHANISM how;
	CK_RV rv;

	if (!wrap_mechanism(t, &how))
		return outcome(ABSENT, CKR_OK, "no AES key wrap");
	rv = make_secret(t, CKK_AES, 32, MAY_WRAP | MAY_UNWRAP, &with);
	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE | TRUSTED_ONLY,
		    &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no keys");
	rv = t->f->C_WrapKey(t->session, &how, with, key, blob, &len);
	if (rv != CKR_OK)
		return outcome(DEFENDED, rv, "it does not leave");
	rv = unwrap_open(t, &how, with, blob, len, &again);
	if (rv != CKR_OK)
		return outcome(DEFENDED, rv, "it does not come back");
	return read_value(t, again, value, &value_len) ?
	    outcome(OPEN, CKR_OK, "key recovered") :
	    outcome(DEFENDED, CKR_OK, "it came back as it was");
}

/* A4: a key is only as strong as what it is wrapped in. */
struct outcome
attack_weaker_key(const struct target *t)
{
	CK_OBJECT_HANDLE weak = 0, strong = 0;
	CK_BYTE blob[BLOB_MAX];
	CK_ULONG len = sizeof(blob);
	CK_MECHANISM how;
	CK_RV rv;

	if (!wrap_mechanism(t, &how))
		return outcome(ABSENT, CKR_OK, "no AES key wrap");
	rv = make_secret(t, CKK_AES, 16, MAY_WRAP, &weak);
	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE, &strong);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no keys");
	rv = t->f->C_WrapKey(t->session, &how, weak, strong, blob, &len);
	return rv == CKR_OK ?
	    outcome(OPEN, rv, "AES-128 wraps AES-256") :
	    outcome(DEFENDED, rv, "AES-128 does not wrap AES-256");
}

/* A5 */
struct outcome
attack_unextractable(const struct target *t)
{
	CK_OBJECT_HANDLE with = 0, key = 0;
	CK_BYTE blob[BLOB_MAX];
	CK_ULONG len = sizeof(blob);
	CK_MECHANISM how;
	CK_RV rv;

	if (!wrap_mechanism(t, &how))
		return outcome(ABSENT, CKR_OK, "no AES key wrap");
	rv = make_secret(t, CKK_AES, 32, MAY_WRAP, &with);
	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, 0, &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no keys");
	rv = t->f->C_WrapKey(t->session, &how, with, key, blob, &len);
	return rv == CKR_OK ? outcome(OPEN, rv, "it leaves") :
			      outcome(DEFENDED, rv, "it stays");
}

/* A6 */
struct outcome
attack_self_wrap(const struct target *t)
{
	CK_OBJECT_HANDLE key = 0;
	CK_BYTE blob[BLOB_MAX];
	CK_ULONG len = sizeof(blob);
	CK_MECHANISM how;
	CK_RV rv;

	if (!wrap_mechanism(t, &how))
		return outcome(ABSENT, CKR_OK, "no AES key wrap");
	rv = make_secret(t, CKK_AES, 32, MAY_WRAP | MAY_LEAVE, &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	rv = t->f->C_WrapKey(t->session, &how, key, key, blob, &len);
	return rv == CKR_OK ? outcome(OPEN, rv, "a key wraps itself") :
			      outcome(DEFENDED, rv, "no key wraps itself");
}

/* A9: in ECB the halves of a key can be looked up, swapped and mixed. */
struct outcome
attack_ecb(const struct target *t)
{
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_OBJECT_HANDLE with = 0, key = 0;
	CK_BYTE blob[BLOB_MAX];
	CK_ULONG len = sizeof(blob);
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_WRAP, &with);

	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE, &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no keys");
	rv = t->f->C_WrapKey(t->session, &ecb, with, key, blob, &len);
	return rv == CKR_OK ? outcome(OPEN, rv, "AES-ECB wraps keys") :
			      outcome(DEFENDED, rv, "AES-ECB does not wrap");
}

/* Two ciphertexts under one IV differ as their keys do. */
static bool
tells_the_other(const struct target *t, CK_OBJECT_HANDLE known,
    const CK_BYTE *a, const CK_BYTE *b)
{
	CK_BYTE value[32];
	CK_ULONG len = sizeof(value);

	return read_value(t, known, value, &len) && len == 32 &&
	    memcmp(a, b, 32) != 0;
}

/* A17: the caller chooses the IV of an authenticated mode, twice the same. */
struct outcome
attack_iv_reuse(const struct target *t)
{
	CK_BYTE iv[12] = { 1 }, a[128], b[128];
	CK_GCM_PARAMS param = { iv, 12, 96, NULL, 0, 128 };
	CK_MECHANISM how = { CKM_AES_GCM, &param, sizeof(param) };
	CK_ULONG a_len = sizeof(a), b_len = sizeof(b);
	CK_OBJECT_HANDLE with = 0, known = 0, key = 0;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_WRAP, &with);

	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE | IS_OPEN, &known);
	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE, &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no keys");
	if (!has(t, how.mechanism, CKF_WRAP))
		return outcome(ABSENT, CKR_OK, "AES-GCM does not wrap");
	rv = t->f->C_WrapKey(t->session, &how, with, known, a, &a_len);
	if (rv == CKR_OK)
		rv = t->f->C_WrapKey(t->session, &how, with, key, b, &b_len);
	if (rv != CKR_OK)
		return outcome(DEFENDED, rv, "the caller's IV is refused");
	return tells_the_other(t, known, a, b) ?
	    outcome(OPEN, rv, "key recovered from a known one") :
	    outcome(BROKEN, rv, "the known key cannot be read");
}
