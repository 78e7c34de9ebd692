/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the attacks have in common: keys of all kinds, and short ways to call.
 */
#include "tests/attacks/attack.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static const struct {
	unsigned bit;
	CK_ATTRIBUTE_TYPE type;
} uses_of[] = {
	{ MAY_ENCRYPT, CKA_ENCRYPT },
	{ MAY_DECRYPT, CKA_DECRYPT },
	{ MAY_WRAP, CKA_WRAP },
	{ MAY_UNWRAP, CKA_UNWRAP },
	{ MAY_DERIVE, CKA_DERIVE },
};

#define LINES_MAX 20

struct lines {
	CK_ATTRIBUTE line[LINES_MAX];
	CK_ULONG count;
};

static void
add(struct lines *l, CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG len)
{
	l->line[l->count++] = (CK_ATTRIBUTE){ type, value, len };
}

static void
add_flag(struct lines *l, CK_ATTRIBUTE_TYPE type, bool on)
{
	add(l, type, on ? &yes : &no, 1);
}

static void
add_uses(struct lines *l, unsigned of, unsigned uses)
{
	for (size_t i = 0; i < ARRAY_LEN(uses_of); i++)
		if (of & uses_of[i].bit)
			add_flag(l, uses_of[i].type,
			    (uses & uses_of[i].bit) != 0);
}

static void
add_secrecy(struct lines *l, unsigned uses)
{
	add_flag(l, CKA_PRIVATE, true);
	add_flag(l, CKA_SENSITIVE, !(uses & IS_OPEN));
	add_flag(l, CKA_EXTRACTABLE, (uses & MAY_LEAVE) != 0);
	if (uses & TRUSTED_ONLY)
		add_flag(l, CKA_WRAP_WITH_TRUSTED, true);
}

bool
has(const struct target *t, CK_MECHANISM_TYPE type, CK_FLAGS flags)
{
	CK_MECHANISM_INFO info;

	return t->f->C_GetMechanismInfo(t->slot, type, &info) == CKR_OK &&
	    (info.flags & flags) == flags;
}

CK_RV
make_secret(const struct target *t, CK_KEY_TYPE type, CK_ULONG bytes,
    unsigned uses, CK_OBJECT_HANDLE *out)
{
	CK_MECHANISM how = { type == CKK_AES ? CKM_AES_KEY_GEN :
					       CKM_GENERIC_SECRET_KEY_GEN,
		NULL, 0 };
	struct lines l = { .count = 0 };

	add(&l, CKA_VALUE_LEN, &bytes, sizeof(bytes));
	add_secrecy(&l, uses);
	add_uses(&l, MAY_ENCRYPT | MAY_DECRYPT | MAY_WRAP | MAY_UNWRAP |
	    MAY_DERIVE, uses);
	return t->f->C_GenerateKey(t->session, &how, l.line, l.count, out);
}

CK_RV
make_rsa(const struct target *t, unsigned public_may, unsigned private_may,
    CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
	CK_MECHANISM how = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_BYTE exponent[] = { 1, 0, 1 };
	CK_ULONG bits = 2048;
	struct lines public = { .count = 0 }, private = { .count = 0 };

	add(&public, CKA_MODULUS_BITS, &bits, sizeof(bits));
	add(&public, CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent));
	add_uses(&public, MAY_ENCRYPT | MAY_WRAP, public_may);
	add_secrecy(&private, private_may);
	add_uses(&private, MAY_DECRYPT | MAY_UNWRAP, private_may);
	return t->f->C_GenerateKeyPair(t->session, &how, public.line,
	    public.count, private.line, private.count, public_key,
	    private_key);
}

CK_RV
make_ec(const struct target *t, unsigned uses, CK_OBJECT_HANDLE *private_key)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07 };
	CK_MECHANISM how = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public_key = 0;
	struct lines public = { .count = 0 }, private = { .count = 0 };

	add(&public, CKA_EC_PARAMS, p256, sizeof(p256));
	add_secrecy(&private, uses);
	add_uses(&private, MAY_DERIVE, uses);
	return t->f->C_GenerateKeyPair(t->session, &how, public.line,
	    public.count, private.line, private.count, &public_key,
	    private_key);
}

bool
may(const struct target *t, CK_OBJECT_HANDLE key, unsigned uses)
{
	CK_BBOOL on = CK_FALSE;
	CK_ATTRIBUTE line = { 0, &on, sizeof(on) };

	for (size_t i = 0; i < ARRAY_LEN(uses_of); i++) {
		if (!(uses & uses_of[i].bit))
			continue;
		line.type = uses_of[i].type;
		if (t->f->C_GetAttributeValue(t->session, key, &line, 1) !=
			CKR_OK || !on)
			return false;
	}
	return true;
}

bool
read_value(const struct target *t, CK_OBJECT_HANDLE key, CK_BYTE *out,
    CK_ULONG *len)
{
	CK_ATTRIBUTE line = { CKA_VALUE, out, *len };
	CK_RV rv = t->f->C_GetAttributeValue(t->session, key, &line, 1);

	*len = line.ulValueLen;
	return rv == CKR_OK && line.ulValueLen != CK_UNAVAILABLE_INFORMATION;
}

CK_RV
unwrap_open(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_BYTE *blob, CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return t->f->C_UnwrapKey(t->session, how, key, blob, len, lines,
	    ARRAY_LEN(lines), out);
}

bool
wrap_mechanism(const struct target *t, CK_MECHANISM *out)
{
	static const CK_MECHANISM_TYPE ways[] = { CKM_AES_KEY_WRAP_KWP,
		CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		*out = (CK_MECHANISM){ ways[i], NULL, 0 };
		if (has(t, ways[i], CKF_WRAP | CKF_UNWRAP))
			return true;
	}
	return false;
}

CK_RV
encrypt(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    const CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len)
{
	CK_BYTE copy[512];
	CK_RV rv = t->f->C_EncryptInit(t->session, how, key);

	if (rv != CKR_OK || in_len > sizeof(copy))
		return rv != CKR_OK ? rv : CKR_DATA_LEN_RANGE;
	memcpy(copy, in, in_len);
	return t->f->C_Encrypt(t->session, copy, in_len, out, len);
}

CK_RV
decrypt(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len)
{
	CK_RV rv = t->f->C_DecryptInit(t->session, how, key);

	return rv != CKR_OK ? rv :
			      t->f->C_Decrypt(t->session, in, in_len, out, len);
}
