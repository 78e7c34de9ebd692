/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attacks with the wrapping calls: keys with two roles, weaker and circular
 * wrapping, wrapping that does not bind.
 */
#include "tests/attacks/attack.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

#define BLOB_MAX 4096

/* A1, Clulow 2003: wrap with a key, decrypt the blob with the same key.  In
 * ECB a wrapped key opens block by block, whichever way it was wrapped. */
static struct outcome
wrap_decrypt(const struct target *t)
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

/* Or it opens piece by piece. */
struct outcome
attack_wrap_decrypt(const struct target *t)
{
	struct outcome one = wrap_decrypt(t);
	const char *seen = one.verdict == DEFENDED ? opens_by_parts(t) : NULL;

	return seen == NULL ? one : outcome(OPEN, CKR_OK, seen);
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

/* --- A17: the same IV for two keys ---------------------------------------- */

#define IV_BYTES 12
#define SEALED_MAX 128

/* Who is to wrap, the key that the attacker can read, the other one. */
struct pair {
	CK_OBJECT_HANDLE with, known, key;
};

/* A way to wrap with an IV of the caller's: the ciphertext and the IV that it
 * was made with. */
typedef CK_RV wrap_function(const struct target *t, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *iv, CK_BYTE *out);

static CK_RV
wrap_plainly(const struct target *t, CK_MECHANISM *how, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *out)
{
	CK_ULONG len = SEALED_MAX;

	return t->f->C_WrapKey(t->session, how, p->with, what, out, &len);
}

static CK_RV
by_gcm(const struct target *t, const struct pair *p, CK_OBJECT_HANDLE what,
    CK_BYTE *iv, CK_BYTE *out)
{
	CK_GCM_PARAMS param = { iv, IV_BYTES, IV_BYTES * 8, NULL, 0, 128 };
	CK_MECHANISM how = { CKM_AES_GCM, &param, sizeof(param) };

	return wrap_plainly(t, &how, p, what, out);
}

static CK_RV
by_ccm(const struct target *t, const struct pair *p, CK_OBJECT_HANDLE what,
    CK_BYTE *iv, CK_BYTE *out)
{
	CK_CCM_PARAMS param = { 32, iv, IV_BYTES, NULL, 0, 16 };
	CK_MECHANISM how = { CKM_AES_CCM, &param, sizeof(param) };

	return wrap_plainly(t, &how, p, what, out);
}

static CK_RV
wrap_sealed(const struct target *t, CK_MECHANISM *how, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *out)
{
	CK_ULONG len = SEALED_MAX;

	if (t->f_3_2 == NULL)
		return CKR_FUNCTION_NOT_SUPPORTED;
	return t->f_3_2->C_WrapKeyAuthenticated(t->session, how, p->with,
	    what, NULL, 0, out, &len);
}

/* fixed: bits of the IV that are the caller's. */
static CK_RV
sealed_gcm(const struct target *t, const struct pair *p, CK_OBJECT_HANDLE what,
    CK_BYTE *iv, CK_BYTE *out, CK_GENERATOR_FUNCTION generator, CK_ULONG fixed)
{
	CK_BYTE tag[16];
	CK_GCM_MESSAGE_PARAMS param = { iv, IV_BYTES, fixed, generator, tag,
		128 };
	CK_MECHANISM how = { CKM_AES_GCM, &param, sizeof(param) };

	return wrap_sealed(t, &how, p, what, out);
}

static CK_RV
by_sealed_gcm(const struct target *t, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *iv, CK_BYTE *out)
{
	return sealed_gcm(t, p, what, iv, out, CKG_NO_GENERATE, 0);
}

static CK_RV
by_counted_gcm(const struct target *t, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *iv, CK_BYTE *out)
{
	return sealed_gcm(t, p, what, iv, out, CKG_GENERATE_COUNTER, 32);
}

static CK_RV
by_xored_gcm(const struct target *t, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *iv, CK_BYTE *out)
{
	return sealed_gcm(t, p, what, iv, out, CKG_GENERATE_COUNTER_XOR, 0);
}

/* So few bits are free that the same ones come again. */
static CK_RV
by_narrow_gcm(const struct target *t, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *iv, CK_BYTE *out)
{
	return sealed_gcm(t, p, what, iv, out, CKG_GENERATE,
	    IV_BYTES * 8 - 1);
}

static CK_RV
by_sealed_ccm(const struct target *t, const struct pair *p,
    CK_OBJECT_HANDLE what, CK_BYTE *iv, CK_BYTE *out)
{
	CK_BYTE tag[16];
	CK_CCM_MESSAGE_PARAMS param = { 32, iv, IV_BYTES, 0, CKG_NO_GENERATE,
		tag, 16 };
	CK_MECHANISM how = { CKM_AES_CCM, &param, sizeof(param) };

	return wrap_sealed(t, &how, p, what, out);
}

/* Two ciphertexts under one IV differ as their keys do: the other key comes
 * out, and encrypts as it does. */
static bool
tells_the_other(const struct target *t, const struct pair *p,
    wrap_function *way, CK_RV *rv)
{
	CK_BYTE one_iv[IV_BYTES] = { 1 }, two_iv[IV_BYTES] = { 1 };
	CK_BYTE a[SEALED_MAX], b[SEALED_MAX], value[32], other[32];
	CK_ULONG len = sizeof(value), other_len = sizeof(other);

	*rv = way(t, p, p->known, one_iv, a);
	if (*rv == CKR_OK)
		*rv = way(t, p, p->key, two_iv, b);
	if (*rv != CKR_OK || memcmp(one_iv, two_iv, IV_BYTES) != 0 ||
	    !read_value(t, p->known, value, &len) || len != 32 ||
	    !read_value(t, p->key, other, &other_len) || other_len != 32)
		return false;
	for (size_t i = 0; i < len; i++)
		value[i] ^= a[i] ^ b[i];
	return memcmp(value, other, len) == 0;
}

/* The key to steal is one that can be read, to see whether it was stolen:
 * what protects it is the wrapping key. */
struct outcome
attack_iv_reuse(const struct target *t)
{
	static wrap_function *const ways[] = { by_gcm, by_ccm, by_sealed_gcm,
		by_sealed_ccm, by_counted_gcm, by_xored_gcm, by_narrow_gcm };
	struct pair p;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_WRAP, &p.with);

	if (rv == CKR_OK)
		rv = make_secret(
		    t, CKK_AES, 32, MAY_LEAVE | IS_OPEN, &p.known);
	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE | IS_OPEN, &p.key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no keys");
	if (!has(t, CKM_AES_GCM, CKF_WRAP) && !has(t, CKM_AES_CCM, CKF_WRAP))
		return outcome(ABSENT, CKR_OK, "no counter mode wraps");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (tells_the_other(t, &p, ways[i], &rv))
			return outcome(
			    OPEN, rv, "key recovered from a known one");
	return outcome(DEFENDED, rv, "no IV comes twice");
}
