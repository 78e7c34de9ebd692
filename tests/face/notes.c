/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The attribute tables.
 */
#include "tests/face/notes.h"

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_sets.h"
#include "pkcs11/cryptoki_small.h"

#define NOTES(rows) { rows, sizeof(rows) / sizeof((rows)[0]) }

static const struct note all[] = {
	{ CKA_CLASS, F1 | F5, NUMBER },
	{ CKA_UNIQUE_ID, F2 | F4 | F6, BYTES },
	{ CKA_TOKEN, COPY | OWN_RULE, BOOLEAN },
	{ CKA_PRIVATE, COPY, BOOLEAN },
	{ CKA_MODIFIABLE, COPY, BOOLEAN },
	{ CKA_DESTROYABLE, COPY, BOOLEAN },
	{ CKA_COPYABLE, F12, BOOLEAN },
	{ CKA_LABEL, F8, BYTES },
	{ CKA_KEY_TYPE, F1 | F5, NUMBER },
	{ CKA_ID, F8, BYTES },
	{ CKA_START_DATE, F8, DATE },
	{ CKA_END_DATE, F8, DATE },
	{ CKA_DERIVE, F8, BOOLEAN },
	{ CKA_LOCAL, F2 | F4 | F6, BOOLEAN },
	{ CKA_KEY_GEN_MECHANISM, F2 | F4 | F6, NUMBER },
	{ CKA_ALLOWED_MECHANISMS, 0, LIST },
	{ CKA_OBJECT_VALIDATION_FLAGS, F4 | F6, NUMBER },
};

static const struct note public[] = {
	{ CKA_SUBJECT, F8, BYTES },
	{ CKA_ENCRYPT, F8, BOOLEAN },
	{ CKA_VERIFY, F8, BOOLEAN },
	{ CKA_VERIFY_RECOVER, F8, BOOLEAN },
	{ CKA_WRAP, F8, BOOLEAN },
	{ CKA_ENCAPSULATE, F8, BOOLEAN },
	{ CKA_TRUSTED, F10, BOOLEAN },
	{ CKA_WRAP_TEMPLATE, 0, LINES },
	{ CKA_PUBLIC_KEY_INFO, 0, BYTES },
};

static const struct note private[] = {
	{ CKA_SUBJECT, F8, BYTES },
	{ CKA_SENSITIVE, F8 | F11, BOOLEAN },
	{ CKA_DECRYPT, F8, BOOLEAN },
	{ CKA_SIGN, F8, BOOLEAN },
	{ CKA_SIGN_RECOVER, F8, BOOLEAN },
	{ CKA_UNWRAP, F8, BOOLEAN },
	{ CKA_DECAPSULATE, F8, BOOLEAN },
	{ CKA_EXTRACTABLE, F8 | F12, BOOLEAN },
	{ CKA_ALWAYS_SENSITIVE, F2 | F4 | F6, BOOLEAN },
	{ CKA_NEVER_EXTRACTABLE, F2 | F4 | F6, BOOLEAN },
	{ CKA_WRAP_WITH_TRUSTED, F11, BOOLEAN },
	{ CKA_UNWRAP_TEMPLATE, 0, LINES },
	{ CKA_DERIVE_TEMPLATE, 0, LINES },
	{ CKA_ALWAYS_AUTHENTICATE, OWN_RULE, BOOLEAN },
	{ CKA_PUBLIC_KEY_INFO, F8 | OWN_RULE, BYTES },
};

static const struct note secret[] = {
	{ CKA_SENSITIVE, F8 | F11, BOOLEAN },
	{ CKA_ENCRYPT, F8, BOOLEAN },
	{ CKA_DECRYPT, F8, BOOLEAN },
	{ CKA_SIGN, F8, BOOLEAN },
	{ CKA_VERIFY, F8, BOOLEAN },
	{ CKA_WRAP, F8, BOOLEAN },
	{ CKA_UNWRAP, F8, BOOLEAN },
	{ CKA_EXTRACTABLE, F8 | F12, BOOLEAN },
	{ CKA_ALWAYS_SENSITIVE, F2 | F4 | F6, BOOLEAN },
	{ CKA_NEVER_EXTRACTABLE, F2 | F4 | F6, BOOLEAN },
	{ CKA_CHECK_VALUE, OWN_RULE, BYTES },
	{ CKA_WRAP_WITH_TRUSTED, F11, BOOLEAN },
	{ CKA_TRUSTED, F10, BOOLEAN },
	{ CKA_WRAP_TEMPLATE, 0, LINES },
	{ CKA_UNWRAP_TEMPLATE, 0, LINES },
	{ CKA_DERIVE_TEMPLATE, 0, LINES },
};

const struct notes notes_all = NOTES(all);
const struct notes notes_public = NOTES(public);
const struct notes notes_private = NOTES(private);
const struct notes notes_secret = NOTES(secret);

static const struct note rsa_public[] = {
	{ CKA_MODULUS, F1 | F4, BYTES },
	{ CKA_MODULUS_BITS, F2 | F3 | TRUE_OK, NUMBER },
	{ CKA_PUBLIC_EXPONENT, F1, BYTES },
};

/* The public exponent of old templates is 65537; what comes of the primes
 * need not be given. */
static const struct note rsa_private[] = {
	{ CKA_MODULUS, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_PUBLIC_EXPONENT, F1 | F4 | F6 | TRUE_OK | MAY_LACK, BYTES },
	{ CKA_PRIVATE_EXPONENT, F1 | F4 | F6 | F7, BYTES },
	{ CKA_PRIME_1, F4 | F6 | F7, BYTES },
	{ CKA_PRIME_2, F4 | F6 | F7, BYTES },
	{ CKA_EXPONENT_1, F4 | F6 | F7, BYTES },
	{ CKA_EXPONENT_2, F4 | F6 | F7, BYTES },
	{ CKA_COEFFICIENT, F4 | F6 | F7, BYTES },
};

static const struct note ec_public[] = {
	{ CKA_EC_PARAMS, F1 | F3, BYTES },
	{ CKA_EC_POINT, F1 | F4, BYTES },
};

static const struct note ec_private[] = {
	{ CKA_EC_PARAMS, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
};

static const struct note dsa_public[] = {
	{ CKA_PRIME, F1 | F3, BYTES },
	{ CKA_SUBPRIME, F1 | F3, BYTES },
	{ CKA_BASE, F1 | F3, BYTES },
	{ CKA_VALUE, F1 | F4, BYTES },
};

static const struct note dsa_private[] = {
	{ CKA_PRIME, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_SUBPRIME, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_BASE, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
};

static const struct note dh_public[] = {
	{ CKA_PRIME, F1 | F3, BYTES },
	{ CKA_BASE, F1 | F3, BYTES },
	{ CKA_VALUE, F1 | F4, BYTES },
};

static const struct note dh_private[] = {
	{ CKA_PRIME, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_BASE, F1 | F4 | F6 | TRUE_OK, BYTES },
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
	{ CKA_VALUE_BITS, F2 | F6 | TRUE_OK, NUMBER },
};

static const struct note pq_public[] = {
	{ CKA_PARAMETER_SET, F1 | F3, NUMBER },
	{ CKA_VALUE, F1 | F4, BYTES },
};

/* One of seed and value does. */
static const struct note seeded_private[] = {
	{ CKA_PARAMETER_SET, F1 | F4 | F6 | TRUE_OK, NUMBER },
	{ CKA_SEED, F4 | F6 | F7, BYTES },
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
};

static const struct note slh_private[] = {
	{ CKA_PARAMETER_SET, F1 | F4 | F6 | TRUE_OK, NUMBER },
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
};

static const struct note any_length[] = {
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
	{ CKA_VALUE_LEN, F2 | F3 | TRUE_OK, NUMBER },
};

static const struct note one_length[] = {
	{ CKA_VALUE, F1 | F4 | F6 | F7, BYTES },
};

static CK_ULONG rsa_bits = 1024, set_1 = 1, slh_set = 3, n16 = 16, n64 = 64;
static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	0x01, 0x07 };
static CK_BYTE x25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x6e };
static CK_BYTE ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };
static CK_BYTE des3[24] = { 1, 2, 4, 7, 8, 11, 13, 14, 16, 19, 21, 22, 25, 26,
	28, 31, 32, 35, 37, 38, 41, 42, 44, 47 };

#define PAIR(what, halves, make_it, from, ...) \
	{ .name = #what, .type = CKK_##what, .make = make_it, .file = from, \
	    .first = { __VA_ARGS__ }, .first_count = (from) == NULL, \
	    .public = NOTES(halves##_public), \
	    .own = NOTES(halves##_private) }
#define SECRET(what, make_it) \
	{ .name = #what, .type = CKK_##what, .make = make_it, \
	    .first = { { CKA_VALUE_LEN, &n16, sizeof(n16) } }, \
	    .first_count = 1, .own = NOTES(any_length) }
#define FIXED(what, make_it, ...) \
	{ .name = #what, .type = CKK_##what, .make = make_it, \
	    .first = { __VA_ARGS__ }, .own = NOTES(one_length) }

const struct kind kinds[] = {
	PAIR(RSA, rsa, CKM_RSA_PKCS_KEY_PAIR_GEN, NULL,
	    { CKA_MODULUS_BITS, &rsa_bits, sizeof(rsa_bits) }),
	PAIR(EC, ec, CKM_EC_KEY_PAIR_GEN, NULL,
	    { CKA_EC_PARAMS, p256, sizeof(p256) }),
	PAIR(EC_MONTGOMERY, ec, CKM_EC_MONTGOMERY_KEY_PAIR_GEN, NULL,
	    { CKA_EC_PARAMS, x25519, sizeof(x25519) }),
	PAIR(EC_EDWARDS, ec, CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL,
	    { CKA_EC_PARAMS, ed25519, sizeof(ed25519) }),
	PAIR(DSA, dsa, CKM_DSA_KEY_PAIR_GEN, "dsa1024_priv.bin", { 0 }),
	PAIR(DH, dh, CKM_DH_PKCS_KEY_PAIR_GEN, "dh768_priv.bin", { 0 }),
	{ "ML_KEM", CKK_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN, NULL,
	    { { CKA_PARAMETER_SET, &set_1, sizeof(set_1) } }, 1,
	    NOTES(pq_public), NOTES(seeded_private) },
	{ "ML_DSA", CKK_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN, NULL,
	    { { CKA_PARAMETER_SET, &set_1, sizeof(set_1) } }, 1,
	    NOTES(pq_public), NOTES(seeded_private) },
	{ "SLH_DSA", CKK_SLH_DSA, CKM_SLH_DSA_KEY_PAIR_GEN, NULL,
	    { { CKA_PARAMETER_SET, &slh_set, sizeof(slh_set) } }, 1,
	    NOTES(pq_public), NOTES(slh_private) },
	SECRET(AES, CKM_AES_KEY_GEN),
	SECRET(GENERIC_SECRET, CKM_GENERIC_SECRET_KEY_GEN),
	SECRET(HKDF, CKM_HKDF_KEY_GEN),
	{ .name = "AES_XTS", .type = CKK_AES_XTS, .make = CKM_AES_XTS_KEY_GEN,
	    .first = { { CKA_VALUE_LEN, &n64, sizeof(n64) } },
	    .first_count = 1, .own = NOTES(any_length) },
	FIXED(CHACHA20, CKM_CHACHA20_KEY_GEN, { 0 }),
	SECRET(CAMELLIA, CKM_CAMELLIA_KEY_GEN),
	FIXED(POLY1305, CKM_POLY1305_KEY_GEN, { 0 }),
	{ .name = "DES3", .type = CKK_DES3,
	    .first = { { CKA_VALUE, des3, sizeof(des3) } }, .first_count = 1,
	    .own = NOTES(one_length) },
	SECRET(SHA_1_HMAC, CKM_SHA_1_KEY_GEN),
	SECRET(SHA224_HMAC, CKM_SHA224_KEY_GEN),
	SECRET(SHA256_HMAC, CKM_SHA256_KEY_GEN),
	SECRET(SHA384_HMAC, CKM_SHA384_KEY_GEN),
	SECRET(SHA512_HMAC, CKM_SHA512_KEY_GEN),
	SECRET(SHA512_224_HMAC, CKM_SHA512_224_KEY_GEN),
	SECRET(SHA512_256_HMAC, CKM_SHA512_256_KEY_GEN),
	SECRET(SHA512_T_HMAC, CKM_SHA512_T_KEY_GEN),
	SECRET(SHA3_224_HMAC, CKM_SHA3_224_KEY_GEN),
	SECRET(SHA3_256_HMAC, CKM_SHA3_256_KEY_GEN),
	SECRET(SHA3_384_HMAC, CKM_SHA3_384_KEY_GEN),
	SECRET(SHA3_512_HMAC, CKM_SHA3_512_KEY_GEN),
	SECRET(BLAKE2B_160_HMAC, CKM_BLAKE2B_160_KEY_GEN),
	SECRET(BLAKE2B_256_HMAC, CKM_BLAKE2B_256_KEY_GEN),
	SECRET(BLAKE2B_384_HMAC, CKM_BLAKE2B_384_KEY_GEN),
	SECRET(BLAKE2B_512_HMAC, CKM_BLAKE2B_512_KEY_GEN),
};

const size_t kind_count = sizeof(kinds) / sizeof(kinds[0]);
