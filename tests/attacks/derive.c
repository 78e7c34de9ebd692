/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attacks with derivation: keys that give a piece of themselves away, and
 * points that are on no curve.
 */
#include "tests/attacks/attack.h"
#include "tests/attacks/numbers.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_RV
derive_open(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE base,
    CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};

	return t->f->C_DeriveKey(t->session, how, base, lines,
	    ARRAY_LEN(lines), out);
}

static struct outcome
derive_pieces(const struct target *t)
{
	static CK_BYTE known[1] = { 0 };
	CK_ULONG from = 0;
	struct old_string_data data = { known, sizeof(known) };
	CK_MECHANISM ways[] = {
		{ OLD_EXTRACT_KEY_FROM_KEY, &from, sizeof(from) },
		{ OLD_XOR_BASE_AND_DATA, &data, sizeof(data) },
		{ OLD_CONCATENATE_BASE_AND_DATA, &data, sizeof(data) },
		{ OLD_CONCATENATE_DATA_AND_BASE, &data, sizeof(data) },
	};
	CK_OBJECT_HANDLE base = 0, piece = 0;
	CK_BYTE value[64];
	CK_ULONG len;
	CK_RV rv = make_secret(t, CKK_GENERIC_SECRET, 32, MAY_DERIVE, &base);
	bool offered = false;

	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		offered = offered || has(t, ways[i].mechanism, CKF_DERIVE);
		rv = derive_open(t, &ways[i], base, 1, &piece);
		len = sizeof(value);
		if (rv == CKR_OK && read_value(t, piece, value, &len))
			return outcome(OPEN, rv, "a byte of it was read");
	}
	return outcome(DEFENDED, rv, offered ?
	    "what is derived cannot be read" : "not offered");
}

/* A key of one byte is found by trying all. */
static struct outcome
unwrap_piece(const struct target *t)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG few = 1, is = 0, len;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_VALUE_LEN, &few, sizeof(few) },
	};
	CK_ATTRIBUTE ask = { CKA_VALUE_LEN, &is, sizeof(is) };
	CK_OBJECT_HANDLE with = 0, key = 0, piece = 0;
	CK_MECHANISM how;
	CK_BYTE blob[128];
	CK_RV rv;

	if (!wrap_mechanism(t, &how))
		return outcome(ABSENT, CKR_OK, "no AES key wrap");
	rv = make_secret(t, CKK_AES, 32, MAY_WRAP | MAY_UNWRAP, &with);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	for (CK_ULONG bytes = 16; bytes <= 32; bytes += 8) {
		len = sizeof(blob);
		rv = make_secret(t, CKK_AES, bytes, MAY_LEAVE, &key);
		if (rv == CKR_OK)
			rv = t->f->C_WrapKey(t->session, &how, with, key, blob,
			    &len);
		if (rv != CKR_OK)
			return outcome(BROKEN, rv, "nothing to unwrap");
		/* any length but its own is a piece */
		for (few = 1; few < bytes; few++) {
			rv = t->f->C_UnwrapKey(t->session, &how, with, blob,
			    len, lines, ARRAY_LEN(lines), &piece);
			if (rv == CKR_OK &&
			    t->f->C_GetAttributeValue(t->session, piece, &ask,
			    1) == CKR_OK && is == few)
				return outcome(OPEN, rv,
				    "unwrapping gives a piece of it");
		}
	}
	return outcome(DEFENDED, rv, "unwrapping gives all or nothing");
}

/* A14: bit by bit, with a known part beside it, or cut short. */
struct outcome
attack_derive(const struct target *t)
{
	struct outcome derived = derive_pieces(t), cut;

	if (derived.verdict != DEFENDED)
		return derived;
	cut = unwrap_piece(t);
	return cut.verdict == OPEN || cut.verdict == BROKEN ? cut : derived;
}

/* A16: a point of a curve with small groups gives the private key away. */
struct outcome
attack_invalid_curve(const struct target *t)
{
	CK_BYTE point[65] = { 4 };
	CK_ECDH1_DERIVE_PARAMS param = { CKD_NULL, 0, NULL, sizeof(point),
		point };
	CK_MECHANISM how = { CKM_ECDH1_DERIVE, &param, sizeof(param) };
	CK_OBJECT_HANDLE key = 0, out = 0;
	CK_RV rv;

	if (!has(t, how.mechanism, CKF_DERIVE))
		return outcome(ABSENT, CKR_OK, "no ECDH");
	rv = make_ec(t, MAY_DERIVE, &key);
	if (rv != CKR_OK)
		return outcome(BROKEN, rv, "no key");
	point[32] = 1;
	point[64] = 1;
	rv = derive_open(t, &how, key, 32, &out);
	return rv == CKR_OK ?
	    outcome(OPEN, rv, "a point off the curve is taken") :
	    outcome(DEFENDED, rv, "a point off the curve is refused");
}
