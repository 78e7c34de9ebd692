/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An independent token as the peer: what one side makes the other takes,
 * both ways.  Usage: peer OURS PEER LABEL PIN, with a token of that label
 * and PIN on both sides.
 */
#include "peer.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const CK_BYTE kek_value[32] = "a wrapping key that both do know";
static const CK_BYTE aes_value[32] = "a secret that travels both ways.";
static CK_BYTE iv[16] = "initial vector ";
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha1 = { CKM_SHA_1, CKG_MGF1_SHA1,
	CKZ_DATA_SPECIFIED, NULL, 0 };

static void
fill(struct bytes *out, CK_ULONG len)
{
	out->len = len;
	for (CK_ULONG i = 0; i < len; i++)
		out->data[i] = (CK_BYTE)(i * 7 + 1);
}

/* --- signatures ------------------------------------------------------- */

struct signing {
	const char *name;
	CK_MECHANISM_TYPE type;
	CK_ULONG input;              /* bytes to sign */
	CK_RSA_PKCS_PSS_PARAMS pss;  /* sLen 0: none */
};

static const struct signing rsa_signing[] = {
	{ "RSA-PKCS", CKM_RSA_PKCS, 51, { 0, 0, 0 } },
	{ "RSA-X-509", CKM_RSA_X_509, 256, { 0, 0, 0 } },
	{ "SHA1-RSA-PKCS", CKM_SHA1_RSA_PKCS, 1000, { 0, 0, 0 } },
	{ "SHA224-RSA-PKCS", CKM_SHA224_RSA_PKCS, 1000, { 0, 0, 0 } },
	{ "SHA256-RSA-PKCS", CKM_SHA256_RSA_PKCS, 1000, { 0, 0, 0 } },
	{ "SHA384-RSA-PKCS", CKM_SHA384_RSA_PKCS, 1000, { 0, 0, 0 } },
	{ "SHA512-RSA-PKCS", CKM_SHA512_RSA_PKCS, 1000, { 0, 0, 0 } },
	{ "RSA-PKCS-PSS", CKM_RSA_PKCS_PSS, 32,
	    { CKM_SHA256, CKG_MGF1_SHA256, 20 } },
	{ "SHA1-RSA-PKCS-PSS", CKM_SHA1_RSA_PKCS_PSS, 1000,
	    { CKM_SHA_1, CKG_MGF1_SHA1, 20 } },
	{ "SHA224-RSA-PKCS-PSS", CKM_SHA224_RSA_PKCS_PSS, 1000,
	    { CKM_SHA224, CKG_MGF1_SHA224, 28 } },
	{ "SHA256-RSA-PKCS-PSS", CKM_SHA256_RSA_PKCS_PSS, 1000,
	    { CKM_SHA256, CKG_MGF1_SHA256, 32 } },
	{ "SHA384-RSA-PKCS-PSS", CKM_SHA384_RSA_PKCS_PSS, 1000,
	    { CKM_SHA384, CKG_MGF1_SHA384, 48 } },
	{ "SHA512-RSA-PKCS-PSS", CKM_SHA512_RSA_PKCS_PSS, 1000,
	    { CKM_SHA512, CKG_MGF1_SHA512, 7 } },
};

static const struct signing mac_signing[] = {
	{ "SHA-1-HMAC", CKM_SHA_1_HMAC, 1000, { 0, 0, 0 } },
	{ "SHA224-HMAC", CKM_SHA224_HMAC, 1000, { 0, 0, 0 } },
	{ "SHA256-HMAC", CKM_SHA256_HMAC, 1000, { 0, 0, 0 } },
	{ "SHA384-HMAC", CKM_SHA384_HMAC, 1000, { 0, 0, 0 } },
	{ "SHA512-HMAC", CKM_SHA512_HMAC, 1000, { 0, 0, 0 } },
};

static void
sign_across(const struct signing *how, struct side *a, CK_OBJECT_HANDLE signer,
    struct side *b, CK_OBJECT_HANDLE verifier, const char *key)
{
	CK_RSA_PKCS_PSS_PARAMS pss = how->pss;
	CK_MECHANISM m = { how->type, pss.sLen ? &pss : NULL,
		pss.sLen ? sizeof pss : 0 };
	struct bytes data;
	struct bytes signature;
	CK_RV rv;

	fill(&data, how->input);
	if (how->type == CKM_RSA_X_509)
		data.data[0] = 0;
	rv = do_sign(a, &m, signer, &data, &signature);
	report(rv == CKR_OK, rv, "%s with %s signs in %s", how->name, key,
	    a->name);
	rv = do_verify(b, &m, verifier, &data, &signature);
	report(rv == CKR_OK, rv, "... and verifies in %s", b->name);
	data.data[data.len - 1] ^= 1;
	rv = do_verify(b, &m, verifier, &data, &signature);
	report(rv == CKR_SIGNATURE_INVALID, rv,
	    "... and not for other data");
}

static void
sign_rsa(struct side *a, struct side *b)
{
	struct pair pair;
	CK_OBJECT_HANDLE carried = 0;
	CK_RV rv = key_rsa(a, 2048, &pair);

	report(rv == CKR_OK, rv, "%s makes an RSA key", a->name);
	rv = key_carry_rsa(a, pair.public_key, b, &carried);
	report(rv == CKR_OK, rv, "%s takes its public half", b->name);
	for (size_t i = 0; rv == CKR_OK && i < COUNT(rsa_signing); i++)
		sign_across(&rsa_signing[i], a, pair.private_key, b, carried,
		    "RSA 2048");
}

static void
sign_mac(struct side *a, struct side *b)
{
	static const struct signing cmac = { "AES-CMAC", CKM_AES_CMAC, 1000,
		{ 0, 0, 0 } };
	CK_OBJECT_HANDLE ka = 0, kb = 0;
	struct bytes secret;
	CK_RV rv;

	fill(&secret, 64);
	rv = key_secret(a, CKK_GENERIC_SECRET, secret.data, 64, &ka);
	if (rv == CKR_OK)
		rv = key_secret(b, CKK_GENERIC_SECRET, secret.data, 64, &kb);
	report(rv == CKR_OK, rv, "a generic secret on both sides");
	for (size_t i = 0; rv == CKR_OK && i < COUNT(mac_signing); i++)
		sign_across(&mac_signing[i], a, ka, b, kb, "a secret");
	rv = key_secret(a, CKK_AES, aes_value, 32, &ka);
	if (rv == CKR_OK)
		rv = key_secret(b, CKK_AES, aes_value, 32, &kb);
	report(rv == CKR_OK, rv, "an AES key on both sides");
	if (rv == CKR_OK)
		sign_across(&cmac, a, ka, b, kb, "AES 256");
}

/* --- elliptic curves -------------------------------------------------- */

struct curve {
	const char *name;
	CK_BYTE oid[10];
	CK_ULONG oid_len;
	CK_ULONG digest;
};

static const struct curve curves[] = {
	{ "P-256", { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 }, 10, 32 },
	{ "P-384", { 6, 5, 0x2b, 0x81, 4, 0, 0x22 }, 7, 48 },
	{ "P-521", { 6, 5, 0x2b, 0x81, 4, 0, 0x23 }, 7, 64 },
};

/* The point inside the OCTET STRING that CKA_EC_POINT is. */
static void
bare_point(struct bytes *point)
{
	CK_ULONG skip = point->data[1] & 0x80 ? 3 : 2;

	point->len -= skip;
	memmove(point->data, point->data + skip, point->len);
}

static void
agree(struct side *a, struct pair *ours, struct side *b, struct pair *theirs,
    const char *curve)
{
	struct bytes point_a, point_b, secret_a, secret_b;
	CK_RV rv = key_read(a, ours->public_key, CKA_EC_POINT, &point_a);

	if (rv == CKR_OK)
		rv = key_read(b, theirs->public_key, CKA_EC_POINT, &point_b);
	if (rv == CKR_OK) {
		bare_point(&point_a);
		bare_point(&point_b);
		rv = do_derive(a, ours->private_key, &point_b, &secret_a);
	}
	if (rv == CKR_OK)
		rv = do_derive(b, theirs->private_key, &point_a, &secret_b);
	report(rv == CKR_OK, rv, "%s: ECDH in %s and in %s", curve, a->name,
	    b->name);
	report(rv == CKR_OK && bytes_equal(&secret_a, &secret_b), rv,
	    "... gives one secret");
}

static void
sign_ec(struct side *a, struct side *b)
{
	for (size_t i = 0; i < COUNT(curves); i++) {
		const struct curve *c = &curves[i];
		const struct signing how = { "ECDSA", CKM_ECDSA, c->digest,
			{ 0, 0, 0 } };
		struct pair pair, other;
		CK_OBJECT_HANDLE carried = 0;
		CK_RV rv = key_ec(a, c->oid, c->oid_len, &pair);

		report(rv == CKR_OK, rv, "%s makes a %s key", a->name,
		    c->name);
		if (rv == CKR_OK)
			rv = key_carry_ec(a, pair.public_key, b, &carried);
		report(rv == CKR_OK, rv, "%s takes its public half", b->name);
		if (rv != CKR_OK)
			continue;
		sign_across(&how, a, pair.private_key, b, carried, c->name);
		rv = key_ec(b, c->oid, c->oid_len, &other);
		report(rv == CKR_OK, rv, "%s makes one too", b->name);
		if (rv == CKR_OK)
			agree(a, &pair, b, &other, c->name);
	}
}

/* --- encryption ------------------------------------------------------- */

static void
encrypt_across(const char *name, CK_MECHANISM *m, CK_ULONG len, struct side *a,
    CK_OBJECT_HANDLE encrypter, struct side *b, CK_OBJECT_HANDLE decrypter)
{
	struct bytes data;
	struct bytes cipher;
	struct bytes plain;
	CK_RV rv;

	fill(&data, len);
	rv = do_encrypt(a, m, encrypter, &data, &cipher);
	report(rv == CKR_OK, rv, "%s encrypts in %s", name, a->name);
	rv = do_decrypt(b, m, decrypter, &cipher, &plain);
	report(rv == CKR_OK && bytes_equal(&data, &plain), rv,
	    "... and decrypts in %s", b->name);
}

static void
encrypt_aes(struct side *a, struct side *b)
{
	static CK_BYTE aad[] = "associated";
	CK_GCM_PARAMS gcm = { iv, 12, 96, aad, sizeof aad, 128 };
	CK_AES_CTR_PARAMS ctr = { 32, { 1, 2, 3, 4 } };
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_MECHANISM cbc = { CKM_AES_CBC, iv, sizeof iv };
	CK_MECHANISM pad = { CKM_AES_CBC_PAD, iv, sizeof iv };
	CK_MECHANISM m_gcm = { CKM_AES_GCM, &gcm, sizeof gcm };
	CK_MECHANISM m_ctr = { CKM_AES_CTR, &ctr, sizeof ctr };
	CK_OBJECT_HANDLE ka = 0, kb = 0;
	CK_RV rv;

	for (CK_ULONG size = 16; size <= 32; size += 8) {
		rv = key_secret(a, CKK_AES, aes_value, size, &ka);
		if (rv == CKR_OK)
			rv = key_secret(b, CKK_AES, aes_value, size, &kb);
		report(rv == CKR_OK, rv, "AES %lu on both sides", size * 8);
		if (rv != CKR_OK)
			continue;
		encrypt_across("AES-ECB", &ecb, 1024, a, ka, b, kb);
		encrypt_across("AES-CBC", &cbc, 1024, a, ka, b, kb);
		encrypt_across("AES-CBC-PAD", &pad, 1000, a, ka, b, kb);
		encrypt_across("AES-CTR", &m_ctr, 1000, a, ka, b, kb);
		encrypt_across("AES-GCM", &m_gcm, 1000, a, ka, b, kb);
	}
}

static void
encrypt_rsa(struct side *a, struct side *b)
{
	CK_MECHANISM pkcs = { CKM_RSA_PKCS, NULL, 0 };
	CK_MECHANISM oaep = { CKM_RSA_PKCS_OAEP, &oaep_sha1,
		sizeof oaep_sha1 };
	struct pair pair;
	CK_OBJECT_HANDLE carried = 0;
	CK_RV rv = key_rsa(b, 2048, &pair);

	if (rv == CKR_OK)
		rv = key_carry_rsa(b, pair.public_key, a, &carried);
	report(rv == CKR_OK, rv, "%s has the public key of %s", a->name,
	    b->name);
	if (rv != CKR_OK)
		return;
	encrypt_across("RSA-PKCS", &pkcs, 100, a, carried, b,
	    pair.private_key);
	encrypt_across("RSA-PKCS-OAEP", &oaep, 100, a, carried, b,
	    pair.private_key);
}

/* --- keys that travel wrapped ----------------------------------------- */

/* SoftHSM 2.6 fills a secret with zero bytes up to a multiple of eight before
 * it wraps it, so the padding of RFC 5649 becomes part of the value. */
static bool
same_secret(const struct side *wrapper, struct bytes *value,
    const struct bytes *expected)
{
	CK_ULONG padded = (expected->len + 7) / 8 * 8;

	if (wrapper->is_peer && value->len == padded)
		while (value->len > expected->len &&
		    value->data[value->len - 1] == 0)
			value->len--;
	return bytes_equal(value, expected);
}

static void
wrap_secret(const char *name, CK_MECHANISM *m, CK_KEY_TYPE type, CK_ULONG len,
    struct side *a, CK_OBJECT_HANDLE wrapping, struct side *b,
    CK_OBJECT_HANDLE unwrapping)
{
	CK_OBJECT_HANDLE key;
	struct bytes wrapped;
	struct bytes value;
	struct bytes expected = { .len = len };
	CK_RV rv = key_secret(a, type, aes_value, len, &key);

	memcpy(expected.data, aes_value, len);
	if (rv == CKR_OK)
		rv = do_wrap(a, m, wrapping, key, &wrapped);
	report(rv == CKR_OK, rv, "%s wraps a secret of %lu bytes in %s", name,
	    len, a->name);
	if (rv != CKR_OK)
		return;
	rv = do_unwrap(b, m, unwrapping, &wrapped, CKO_SECRET_KEY, type, &key);
	if (rv == CKR_OK)
		rv = key_read(b, key, CKA_VALUE, &value);
	report(rv == CKR_OK && same_secret(a, &value, &expected), rv,
	    "... and %s unwraps the same", b->name);
	wrapped.data[wrapped.len / 2] ^= 1;
	rv = do_unwrap(b, m, unwrapping, &wrapped, CKO_SECRET_KEY, type, &key);
	/* PKCS#1 v1.5 may answer with another key instead of an error */
	report(rv != CKR_OK || key_read(b, key, CKA_VALUE, &value) != CKR_OK ||
		!same_secret(a, &value, &expected),
	    rv, "... and not with a bit flipped");
}

static void
wrap_private(const char *name, CK_MECHANISM *m, struct side *a,
    CK_OBJECT_HANDLE wrapping, struct side *b, CK_OBJECT_HANDLE unwrapping,
    const struct curve *curve)
{
	const struct signing how = { "it", curve ? CKM_ECDSA :
	    CKM_SHA256_RSA_PKCS, curve ? curve->digest : 1000, { 0, 0, 0 } };
	const char *what = curve ? curve->name : "RSA";
	struct pair pair;
	CK_OBJECT_HANDLE moved = 0;
	struct bytes wrapped;
	CK_RV rv = curve ? key_ec(a, curve->oid, curve->oid_len, &pair) :
	    key_rsa(a, 2048, &pair);

	if (rv == CKR_OK)
		rv = do_wrap(a, m, wrapping, pair.private_key, &wrapped);
	report(rv == CKR_OK, rv, "%s wraps a private %s key in %s", name,
	    what, a->name);
	if (rv != CKR_OK)
		return;
	rv = do_unwrap(b, m, unwrapping, &wrapped, CKO_PRIVATE_KEY,
	    curve ? CKK_EC : CKK_RSA, &moved);
	report(rv == CKR_OK, rv, "... and %s unwraps it", b->name);
	if (rv == CKR_OK)
		sign_across(&how, b, moved, a, pair.public_key, what);
}

static void
wrap_aes(struct side *a, struct side *b)
{
	CK_MECHANISM kw = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_MECHANISM pad = { CKM_AES_KEY_WRAP_PAD, NULL, 0 };
	CK_OBJECT_HANDLE ka = 0, kb = 0;

	for (CK_ULONG size = 16; size <= 32; size += 8) {
		CK_RV rv = key_wrapping(a, kek_value, size, &ka);

		if (rv == CKR_OK)
			rv = key_wrapping(b, kek_value, size, &kb);
		report(rv == CKR_OK, rv, "wrapping key AES %lu on both sides",
		    size * 8);
		if (rv != CKR_OK)
			continue;
		wrap_secret("AES-KW", &kw, CKK_AES, 16, a, ka, b, kb);
		wrap_secret("AES-KW-PAD", &pad, CKK_AES, 16, a, ka, b, kb);
		wrap_secret("AES-KW-PAD", &pad, CKK_GENERIC_SECRET, 13, a, ka,
		    b, kb);
		if (size == 32) {
			wrap_secret("AES-KW", &kw, CKK_AES, 32, a, ka, b, kb);
			wrap_private("AES-KW-PAD", &pad, a, ka, b, kb, NULL);
			for (size_t i = 0; i < COUNT(curves); i++)
				wrap_private("AES-KW-PAD", &pad, a, ka, b, kb,
				    &curves[i]);
		}
	}
}

static void
wrap_rsa(struct side *a, struct side *b)
{
	CK_MECHANISM pkcs = { CKM_RSA_PKCS, NULL, 0 };
	CK_MECHANISM oaep = { CKM_RSA_PKCS_OAEP, &oaep_sha1,
		sizeof oaep_sha1 };
	struct pair pair;
	CK_OBJECT_HANDLE carried = 0;
	CK_RV rv = key_rsa(b, 2048, &pair);

	if (rv == CKR_OK)
		rv = key_carry_rsa(b, pair.public_key, a, &carried);
	report(rv == CKR_OK, rv, "%s may wrap for %s", a->name, b->name);
	if (rv != CKR_OK)
		return;
	wrap_secret("RSA-OAEP", &oaep, CKK_AES, 32, a, carried, b,
	    pair.private_key);
	/* Unwrapping by PKCS#1 v1.5 may be switched off for good reasons. */
	if (side_has(b, CKM_RSA_PKCS, CKF_UNWRAP) &&
	    side_has(a, CKM_RSA_PKCS, CKF_WRAP))
		wrap_secret("RSA-PKCS", &pkcs, CKK_AES, 32, a, carried, b,
		    pair.private_key);
}

static void
both_ways(void (*test)(struct side *, struct side *), struct side *ours,
    struct side *peer)
{
	test(ours, peer);
	test(peer, ours);
}

int
main(int argc, char **argv)
{
	struct side ours = { .name = "ours" };
	struct side peer = { .name = "the peer", .is_peer = true };

	if (argc != 5) {
		fprintf(stderr, "usage: peer OURS PEER LABEL PIN\n");
		return 2;
	}
	if (side_open(&ours, argv[1], argv[3], argv[4]) &&
	    side_open(&peer, argv[2], argv[3], argv[4])) {
		both_ways(sign_rsa, &ours, &peer);
		both_ways(sign_ec, &ours, &peer);
		both_ways(sign_mac, &ours, &peer);
		both_ways(encrypt_aes, &ours, &peer);
		both_ways(encrypt_rsa, &ours, &peer);
		both_ways(wrap_aes, &ours, &peer);
		both_ways(wrap_rsa, &ours, &peer);
	}
	side_close(&ours);
	side_close(&peer);
	return report_end();
}
