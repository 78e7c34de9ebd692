/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DSA and EdDSA by published vectors and by libcrypto directly; ML-DSA,
 * SLH-DSA and ML-KEM against libcrypto, in its own words.
 */
#include "crypto_test.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "key/set.h"

#define SIG_MAX 50000

static uint8_t sig[SIG_MAX];

/* At once, in parts where the scheme has them; verified in both ways. */
static size_t
sign_and_verify(struct crypto_key *key, const struct key_op *op,
    struct span data, bool streams)
{
	struct wr w = wr_of(NULL, 0), none = wr_of(NULL, 0);
	struct crypto_stream *s;
	size_t len;

	ok(crypto_sign(key, op, data, &w));
	len = w.len;
	w = wr_of(sig, len - 1);
	expect(crypto_sign(key, op, data, &w), CNG_ERR_BUFFER_TOO_SMALL);
	if (streams) {
		ok(crypto_stream_new(&s, key, op, OP_SIGN));
		ok(crypto_stream_update(s, span_of(data.ptr, 1), &none));
		ok(crypto_stream_update(s, span_of(data.ptr + 1,
		    data.len - 1), &none));
		w = wr_of(NULL, 0);
		ok(crypto_stream_final(s, &w));
		ck_assert_uint_eq(w.len, len);
		w = wr_of(sig, sizeof sig);
		ok(crypto_stream_final(s, &w));
		crypto_stream_free(s);
		ck_assert_uint_eq(w.len, len);
		ok(crypto_verify(key, op, data, span_of(sig, len)));
	}
	w = wr_of(sig, sizeof sig);
	ok(crypto_sign(key, op, data, &w));
	ck_assert_uint_eq(w.len, len);
	ok(crypto_verify(key, op, data, span_of(sig, len)));
	expect(crypto_verify(key, op, data, span_of(sig, len - 1)),
	    CNG_ERR_SIGNATURE_SIZE);
	if (streams) {
		ok(crypto_stream_new(&s, key, op, OP_VERIFY));
		ok(crypto_stream_update(s, data, &none));
		ok(crypto_stream_verify(s, span_of(sig, len)));
		crypto_stream_free(s);
	}
	sig[len / 2] ^= 1;
	expect(crypto_verify(key, op, data, span_of(sig, len)),
	    CNG_ERR_SIGNATURE);
	sig[len / 2] ^= 1;
	return len;
}

/* --- DSA ------------------------------------------------------------------ */

START_TEST(dsa_with_every_hash)
{
	struct key_material group, key, public;
	struct key_spec spec = { .family = KEY_DSA, .domain = &group };
	struct crypto_key *ready, *half;
	struct span data = span_str("some data");

	expect(crypto_generate_domain(&group, KEY_DSA, 1024, 256),
	    CNG_OK);
	key_free(&group);
	expect(crypto_generate_domain(&group, KEY_DSA, 2048, 160),
	    CNG_ERR_KEY_SIZE);
	expect(crypto_generate_domain(&group, KEY_DSA, 512, 0),
	    CNG_ERR_KEY_SIZE);
	ok(crypto_generate_domain(&group, KEY_DSA, 1024, 0));
	ok(crypto_generate(&key, &spec));
	ok(crypto_check_public(&key));
	ok(crypto_check_pair(&key));
	ok(key_copy_public(&public, &key));
	ready = new_key(&key);
	half = new_key(&public);
	for (int h = HASH_SHA1; h <= HASH_SHA3_512; h++) {
		struct key_op op = { .scheme = OP_DSA,
			.hash = (enum key_hash)h };
		struct wr w = wr_of(sig, sizeof sig);

		ck_assert_uint_eq(sign_and_verify(ready, &op, data, true),
		    40);
		ok(crypto_verify(half, &op, data, span_of(sig, 40)));
		expect(crypto_sign(half, &op, data, &w), CNG_ERR_KEY_TYPE);
		op.scheme = OP_ECDSA;
		expect(crypto_sign(ready, &op, data, &w), CNG_ERR_KEY_TYPE);
	}
	crypto_key_free(ready);
	crypto_key_free(half);
	key_free(&group);
	key_free(&key);
	key_free(&public);
}
END_TEST

/* --- Edwards curves ------------------------------------------------------- */

static struct crypto_key *
edwards(enum key_curve curve, const char *hex)
{
	struct key_material m = { .family = KEY_EDWARDS, .curve = curve,
		.has_private = true };
	struct crypto_key *key;

	set_hex(&m, ECX_PRIVATE, hex);
	key = new_key(&m);
	key_free(&m);
	return key;
}

static void
edwards_signs(enum key_curve curve, const char *secret,
    const struct key_op *op, const char *message, const char *want)
{
	struct crypto_key *key = edwards(curve, secret);
	struct secret data = unhex(message);
	size_t len = sign_and_verify(key, op, secret_span(&data), false);

	expect_hex(span_of(sig, len), want);
	secret_free(&data);
	crypto_key_free(key);
}

/* RFC 8032, section 7 */
START_TEST(eddsa_vectors)
{
	struct key_op op = { .scheme = OP_EDDSA };

	edwards_signs(CURVE_ED25519,
	    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    &op, "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
	edwards_signs(CURVE_ED448,
	    "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a"
	    "fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e", &op, "03",
	    "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f435"
	    "2541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cb"
	    "cee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f"
	    "f3348ab21aa4adafd1d234441cf807c03a00");
}
END_TEST

START_TEST(eddsa_variants)
{
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
	struct key_op op = { .scheme = OP_EDDSA, .has_context = true,
		.context = span_str("foo") };

	edwards_signs(CURVE_ED25519,
	    "0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6",
	    &op, "f726936d19c800494e3fdaff20b276a8",
	    "55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a"
	    "8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d");
	op = (struct key_op){ .scheme = OP_EDDSA, .prehash = true };
	edwards_signs(CURVE_ED25519,
	    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
	    &op, "616263",
	    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
	    "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
#endif
}
END_TEST

START_TEST(eddsa_refusals)
{
	static const uint8_t many[256];
	struct crypto_key *key = edwards(CURVE_ED25519,
	    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
	struct key_op op = { .scheme = OP_EDDSA,
		.context = span_str("lonely") };
	struct wr w = wr_of(NULL, 0);

	expect(crypto_sign(key, &op, NO_BYTES, &w), CNG_ERR_MECHANISM_PARAM);
	op.has_context = true;
	op.context = NO_BYTES;
	expect(crypto_sign(key, &op, NO_BYTES, &w), CNG_ERR_MECHANISM_PARAM);
	op.context = span_of(many, sizeof many);
	expect(crypto_sign(key, &op, NO_BYTES, &w), CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_EDDSA, .hash = HASH_SHA256 };
	expect(crypto_sign(key, &op, NO_BYTES, &w), CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_MLDSA };
	expect(crypto_sign(key, &op, NO_BYTES, &w), CNG_ERR_KEY_TYPE);
	crypto_key_free(key);
}
END_TEST

/* --- post-quantum --------------------------------------------------------- */

static bool
generate_set(struct key_material *out, enum key_family family,
    enum key_set set)
{
	struct key_spec spec = { .family = family, .set = set };

	if (!crypto_has_set(set)) {
		expect(crypto_generate(out, &spec), CNG_ERR_NOT_SUPPORTED);
		return false;
	}
	ok(crypto_generate(out, &spec));
	ok(crypto_check_public(out));
	return true;
}

#if OPENSSL_VERSION_NUMBER >= 0x30500000L
static EVP_PKEY *
foreign_public(const struct key_material *m)
{
	struct span public = key_part(m, PQ_PUBLIC);

	return EVP_PKEY_new_raw_public_key_ex(NULL, key_set_info(m->set)->name,
	    NULL, public.ptr, public.len);
}

/* libcrypto's own encoding of context and message */
static bool
foreign_accepts(const struct key_material *m, struct span context,
    struct span data, struct span signature)
{
	const char *name = key_set_info(m->set)->name;
	EVP_PKEY *pkey = foreign_public(m);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	EVP_SIGNATURE *algorithm = EVP_SIGNATURE_fetch(NULL, name, NULL);
	uint8_t copy[255];
	OSSL_PARAM params[2];
	bool good;

	if (context.len > 0)
		memcpy(copy, context.ptr, context.len);
	params[0] = OSSL_PARAM_construct_octet_string("context-string", copy,
	    context.len);
	params[1] = OSSL_PARAM_construct_end();
	good = EVP_PKEY_verify_message_init(ctx, algorithm, params) == 1 &&
	    EVP_PKEY_verify(ctx, signature.ptr, signature.len, data.ptr,
		data.len) == 1;
	EVP_SIGNATURE_free(algorithm);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return good;
}

static void
pq_signs(enum op_scheme scheme, const struct key_material *m)
{
	struct crypto_key *key = new_key(m);
	struct span data = span_str("a message of some length");
	struct key_op op = { .scheme = scheme, .hedge = HEDGE_NEVER };
	bool mldsa = scheme == OP_MLDSA;
	struct secret first = { 0 };
	size_t want = key_set_info(m->set)->output_bytes;
	uint8_t digest[64];

	ck_assert_uint_eq(sign_and_verify(key, &op, data, mldsa), want);
	ck_assert(foreign_accepts(m, NO_BYTES, data, span_of(sig, want)));
	ok(secret_copy(&first, span_of(sig, want)));
	sign_and_verify(key, &op, data, mldsa);
	ck_assert(span_equal(secret_span(&first), span_of(sig, want)));
	op.hedge = HEDGE_PREFERRED;
	op.context = span_str("context");
	sign_and_verify(key, &op, data, mldsa);
	ck_assert(foreign_accepts(m, op.context, data, span_of(sig, want)));
	ck_assert(!foreign_accepts(m, NO_BYTES, data, span_of(sig, want)));
	/* the hash of the message, made here or given */
	op.hash = HASH_SHA256;
	sign_and_verify(key, &op, data, true);
	ck_assert(!foreign_accepts(m, op.context, data, span_of(sig, want)));
	ok(crypto_digest(HASH_SHA256, data, digest));
	op.hash = HASH_NONE;
	op.pad_hash = HASH_SHA256;
	ok(crypto_verify(key, &op, span_of(digest, 32), span_of(sig, want)));
	expect(crypto_verify(key, &op, data, span_of(sig, want)),
	    CNG_ERR_DATA_SIZE);
	op.pad_hash = HASH_BLAKE2B;
	expect(crypto_verify(key, &op, span_of(digest, 64),
	    span_of(sig, want)), CNG_ERR_MECHANISM_PARAM);
	secret_free(&first);
	crypto_key_free(key);
}

/* FIPS 204: M' = 1, length of the context, context, OID, digest */
START_TEST(hash_mldsa_is_the_standards)
{
	static const uint8_t head[] = { 1, 1, 'c', 0x06, 0x09, 0x60, 0x86,
		0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
	struct key_material m;
	struct crypto_key *key;
	struct key_op op = { .scheme = OP_MLDSA, .hash = HASH_SHA256,
		.context = span_str("c") };
	uint8_t message[sizeof head + 32], tr[64], mu[64];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct wr w = wr_of(sig, sizeof sig);

	ck_assert(generate_set(&m, KEY_MLDSA, KEY_SET_MLDSA_44));
	key = new_key(&m);
	ok(crypto_sign(key, &op, span_str("abc"), &w));
	memcpy(message, head, sizeof head);
	ok(crypto_digest(HASH_SHA256, span_str("abc"), message + sizeof head));
	ok(crypto_digest(HASH_SHAKE256, key_part(&m, PQ_PUBLIC), tr));
	EVP_DigestInit_ex(ctx, EVP_shake256(), NULL);
	EVP_DigestUpdate(ctx, tr, sizeof tr);
	EVP_DigestUpdate(ctx, message, sizeof message);
	ck_assert_int_eq(EVP_DigestFinalXOF(ctx, mu, sizeof mu), 1);
	op = (struct key_op){ .scheme = OP_MLDSA, .external_mu = true };
	ok(crypto_verify(key, &op, span_of(mu, 64), span_of(sig, w.len)));
	expect(crypto_verify(key, &op, span_of(mu, 63), span_of(sig, w.len)),
	    CNG_ERR_DATA_SIZE);
	EVP_MD_CTX_free(ctx);
	crypto_key_free(key);
	key_free(&m);
}
END_TEST
#endif

static const struct {
	enum key_family family;
	enum op_scheme scheme;
	enum key_set set;
} signers[] = {
	{ KEY_MLDSA, OP_MLDSA, KEY_SET_MLDSA_44 },
	{ KEY_MLDSA, OP_MLDSA, KEY_SET_MLDSA_65 },
	{ KEY_MLDSA, OP_MLDSA, KEY_SET_MLDSA_87 },
	{ KEY_SLHDSA, OP_SLHDSA, KEY_SET_SLHDSA_SHA2_128F },
	{ KEY_SLHDSA, OP_SLHDSA, KEY_SET_SLHDSA_SHAKE_128F },
};

START_TEST(pq_signatures)
{
	struct key_material m;

	for (size_t i = 0; i < ARRAY_LEN(signers); i++) {
		if (!generate_set(&m, signers[i].family, signers[i].set))
			continue;
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
		pq_signs(signers[i].scheme, &m);
#endif
		key_free(&m);
	}
}
END_TEST

START_TEST(kem_both_ways)
{
	struct key_op op = { .scheme = OP_MLKEM };
	struct key_material m, public;
	uint8_t cipher[1568];

	for (int set = KEY_SET_MLKEM_512; set <= KEY_SET_MLKEM_1024; set++) {
		size_t want = key_set_info((enum key_set)set)->output_bytes;
		struct secret one = { 0 }, two = { 0 };
		struct crypto_key *key, *half;
		struct wr w = wr_of(NULL, 0);

		if (!generate_set(&m, KEY_MLKEM, (enum key_set)set))
			continue;
		ok(key_copy_public(&public, &m));
		key = new_key(&m);
		half = new_key(&public);
		ok(crypto_encapsulate(half, &op, &w, &one));
		ck_assert_uint_eq(w.len, want);
		ck_assert_uint_eq(one.len, 0);
		w = wr_of(cipher, want - 1);
		expect(crypto_encapsulate(half, &op, &w, &one),
		    CNG_ERR_BUFFER_TOO_SMALL);
		w = wr_of(cipher, sizeof cipher);
		ok(crypto_encapsulate(half, &op, &w, &one));
		ck_assert_uint_eq(w.len, want);
		ck_assert_uint_eq(one.len, 32);
		ok(crypto_decapsulate(key, &op, span_of(cipher, want), &two));
		ck_assert(secret_equal(secret_span(&one), secret_span(&two)));
		secret_free(&two);
		expect(crypto_decapsulate(half, &op, span_of(cipher, want),
		    &two), CNG_ERR_KEY_TYPE);
		expect(crypto_decapsulate(key, &op, span_of(cipher, want - 1),
		    &two), CNG_ERR_CIPHERTEXT_SIZE);
		/* rejected without a word, always in the same way */
		cipher[0] ^= 1;
		ok(crypto_decapsulate(key, &op, span_of(cipher, want), &two));
		ck_assert(!secret_equal(secret_span(&one),
		    secret_span(&two)));
		secret_free(&one);
		secret_free(&two);
		crypto_key_free(key);
		crypto_key_free(half);
		key_free(&m);
		key_free(&public);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		dsa_with_every_hash,
		eddsa_vectors,
		eddsa_variants,
		eddsa_refusals,
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
		hash_mldsa_is_the_standards,
#endif
		pq_signatures,
		kem_both_ways,
	};

	return run_tests("sign", tests, ARRAY_LEN(tests));
}
