/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attacks that ask often: two inputs that are wrong in different ways must
 * not be told apart by the answer.
 */
#include "tests/attacks/attack.h"

#include <string.h>

#define RSA_BYTES 256

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_RV
unwrap_closed(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_BYTE *blob, CK_ULONG len, CK_ULONG value_len)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_OBJECT_HANDLE out = 0;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
		{ CKA_VALUE_LEN, &value_len, sizeof(value_len) },
	};
	CK_ULONG count = ARRAY_LEN(lines) - (value_len == 0 ? 1 : 0);

	return t->f->C_UnwrapKey(t->session, how, key, blob, len, lines, count,
	    &out);
}

/* An RSA block of our choice, encrypted. */
static CK_RV
raw_block(const struct target *t, CK_OBJECT_HANDLE public_key, CK_BYTE first,
    CK_BYTE second, CK_BYTE *out)
{
	CK_MECHANISM raw = { CKM_RSA_X_509, NULL, 0 };
	CK_BYTE block[RSA_BYTES];
	CK_ULONG len = RSA_BYTES;

	memset(block, 0x5a, sizeof(block));
	block[0] = first;
	block[1] = second;
	/* where PKCS#1 v1.5 would have 16 bytes of a key begin */
	block[RSA_BYTES - 17] = 0;
	return encrypt(t, &raw, public_key, block, sizeof(block), out, &len);
}

/* A10, Bleichenbacher 1998: is it a block of type 2? */
struct outcome
attack_pkcs1(const struct target *t)
{
	CK_MECHANISM how = { CKM_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE public_key = 0, decrypts = 0, unwraps = 0, none = 0;
	CK_BYTE good[RSA_BYTES], bad[RSA_BYTES], out[RSA_BYTES];
	CK_ULONG len = sizeof(out);
	CK_RV right = CKR_OK, wrong = CKR_OK;
	CK_RV rv = make_rsa(t, MAY_ENCRYPT, MAY_DECRYPT, &public_key,
	    &decrypts);

	if (rv == CKR_OK)
		rv = raw_block(t, public_key, 0, 2, good);
	if (rv == CKR_OK)
		rv = raw_block(t, public_key, 0, 1, bad);
	if (rv != CKR_OK)
		return outcome(ABSENT, rv, "no raw RSA to try it with");
	right = decrypt(t, &how, decrypts, good, RSA_BYTES, out, &len);
	len = sizeof(out);
	wrong = decrypt(t, &how, decrypts, bad, RSA_BYTES, out, &len);
	if (right != wrong)
		return outcome(OPEN, wrong, "decryption tells");
	if (!has(t, how.mechanism, CKF_UNWRAP))
		return outcome(DEFENDED, wrong,
		    "decryption answers alike, no unwrapping");
	rv = make_rsa(t, MAY_ENCRYPT, MAY_UNWRAP, &none, &unwraps);
	if (rv == CKR_OK)
		rv = raw_block(t, none, 0, 2, good);
	if (rv == CKR_OK)
		rv = raw_block(t, none, 0, 1, bad);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key to unwrap with");
	right = unwrap_closed(t, &how, unwraps, good, RSA_BYTES, 0);
	wrong = unwrap_closed(t, &how, unwraps, bad, RSA_BYTES, 0);
	return right != wrong ? outcome(OPEN, wrong, "unwrapping tells") :
				outcome(DEFENDED, wrong, "it answers alike");
}

/* A private key in CBC, as any program may have kept it. */
static CK_RV
wrapped_private(const struct target *t, CK_MECHANISM *how,
    CK_OBJECT_HANDLE with, CK_BYTE *blob, CK_ULONG *len)
{
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = make_ec(t, MAY_LEAVE, &key);

	return rv != CKR_OK ? rv :
	    t->f->C_WrapKey(t->session, how, with, key, blob, len);
}

static CK_RV
unwrap_private(const struct target *t, CK_MECHANISM *how,
    CK_OBJECT_HANDLE with, CK_BYTE *blob, CK_ULONG len)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_KEY_TYPE type = CKK_EC;
	CK_OBJECT_HANDLE out = 0;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
	};

	return t->f->C_UnwrapKey(t->session, how, with, blob, len, lines,
	    ARRAY_LEN(lines), &out);
}

/* A11: damaged padding and damaged contents have different answers. */
struct outcome
attack_cbc_pad(const struct target *t)
{
	CK_BYTE iv[16] = { 0 }, blob[2048], first, last;
	CK_MECHANISM how = { CKM_AES_CBC_PAD, iv, sizeof(iv) };
	CK_ULONG len = sizeof(blob);
	CK_OBJECT_HANDLE with = 0;
	CK_RV padding, contents;
	CK_RV rv = make_secret(t, CKK_AES, 32, MAY_WRAP | MAY_UNWRAP, &with);

	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	rv = wrapped_private(t, &how, with, blob, &len);
	if (rv != CKR_OK)
		return outcome(ABSENT, rv, "AES-CBC does not wrap");
	first = blob[0];
	blob[0] ^= 0x40;
	contents = unwrap_private(t, &how, with, blob, len);
	blob[0] = first;
	last = blob[len - 17];
	blob[len - 17] ^= 0x40;
	padding = unwrap_private(t, &how, with, blob, len);
	blob[len - 17] = last;
	rv = unwrap_private(t, &how, with, blob, len);
	if (padding != contents)
		return outcome(OPEN, padding, "padding and contents differ");
	return outcome(DEFENDED, padding, rv == CKR_OK ?
	    "it answers alike" : "AES-CBC does not unwrap private keys");
}

/* A12, Manger 2001: a block that is too large, or only wrong? */
struct outcome
attack_oaep(const struct target *t)
{
	CK_RSA_PKCS_OAEP_PARAMS param = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_MECHANISM how = { CKM_RSA_PKCS_OAEP, &param, sizeof(param) };
	CK_OBJECT_HANDLE public_key = 0, key = 0;
	CK_BYTE large[RSA_BYTES], wrong[RSA_BYTES], out[RSA_BYTES];
	CK_ULONG len = sizeof(out);
	CK_RV one, other;
	CK_RV rv = make_rsa(t, MAY_ENCRYPT, MAY_DECRYPT, &public_key, &key);

	if (rv == CKR_OK)
		rv = raw_block(t, public_key, 1, 0x33, large);
	if (rv == CKR_OK)
		rv = raw_block(t, public_key, 0, 0x33, wrong);
	if (rv != CKR_OK)
		return outcome(ABSENT, rv, "no raw RSA to try it with");
	one = decrypt(t, &how, key, large, RSA_BYTES, out, &len);
	len = sizeof(out);
	other = decrypt(t, &how, key, wrong, RSA_BYTES, out, &len);
	return one != other || one == CKR_OK ?
	    outcome(OPEN, one, "the first byte is told from the rest") :
	    outcome(DEFENDED, one, "it answers alike");
}

/* A13: a template that cannot be met tells whether the blob opened. */
struct outcome
attack_template(const struct target *t)
{
	CK_OBJECT_HANDLE with = 0, key = 0;
	CK_BYTE blob[128];
	CK_ULONG len = sizeof(blob);
	CK_RV good, bad, rv;
	CK_MECHANISM how;

	if (!wrap_mechanism(t, &how))
		return outcome(ABSENT, CKR_OK, "no AES key wrap");
	rv = make_secret(t, CKK_AES, 32, MAY_WRAP | MAY_UNWRAP, &with);
	if (rv == CKR_OK)
		rv = make_secret(t, CKK_AES, 32, MAY_LEAVE, &key);
	if (rv == CKR_OK)
		rv = t->f->C_WrapKey(t->session, &how, with, key, blob, &len);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "nothing to unwrap");
	good = unwrap_closed(t, &how, with, blob, len, 16);
	blob[len / 2] ^= 1;
	bad = unwrap_closed(t, &how, with, blob, len, 16);
	return good != bad ?
	    outcome(OPEN, good, "the wrong length tells that it opened") :
	    outcome(DEFENDED, good, "it answers alike");
}
