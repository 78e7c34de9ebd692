/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Functions over a secret, by published vectors and by libcrypto where it
 * has them in another form; agreement in a prime field.
 */
#include "crypto_test.h"

#include "crypto/derive.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

static void
derives(const struct crypto_key *key, const struct key_op *op, size_t len,
    const char *want)
{
	struct secret out = { 0 };

	ok(crypto_derive(key, op, len, &out));
	expect_hex(secret_span(&out), want);
	secret_free(&out);
}

static void
refuses(const struct crypto_key *key, const struct key_op *op, size_t len,
    enum cng_status want)
{
	struct secret out = { 0 };

	expect(crypto_derive(key, op, len, &out), want);
	ck_assert_ptr_null(out.ptr);
}

/* RFC 5869, cases 1 and 3, whole and in halves */
START_TEST(hkdf_vectors)
{
	struct crypto_key *key = secret_key(KEY_GENERIC,
	    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
	struct crypto_key *prk = secret_key(KEY_GENERIC,
	    "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844a"
	    "d7c2b3e5");
	struct secret salt = unhex("000102030405060708090a0b0c");
	struct secret info = unhex("f0f1f2f3f4f5f6f7f8f9");
	struct key_op op = { .scheme = OP_HKDF, .hash = HASH_SHA256,
		.iv = secret_span(&salt), .label = secret_span(&info) };
	static const char okm[] = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90"
	    "cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";

	derives(key, &op, 42, okm);
	op.skip_extract = true;
	derives(prk, &op, 42, okm);
	op.skip_extract = false;
	op.skip_expand = true;
	derives(key, &op, 0, "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c"
	    "3122ec844ad7c2b3e5");
	derives(key, &op, 16, "077709362c2e32df0ddc3f0dc47bba63");
	refuses(key, &op, 33, CNG_ERR_KEY_SIZE);
	op.skip_extract = true;
	refuses(key, &op, 32, CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_HKDF, .hash = HASH_SHA256 };
	derives(key, &op, 42, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee187"
	    "9ec3454e5f3c738d2d9d201395faa4b61a96c8");
	refuses(key, &op, 4097, CNG_ERR_KEY_SIZE);
	op.hash = HASH_SHAKE128;
	refuses(key, &op, 32, CNG_ERR_MECHANISM_PARAM);
	op.hash = HASH_NONE;
	refuses(key, &op, 32, CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
	crypto_key_free(prk);
	secret_free(&salt);
	secret_free(&info);
}
END_TEST

/* RFC 6070 */
START_TEST(pbkdf2_vectors)
{
	struct crypto_key *key = secret_key(KEY_GENERIC, "70617373776f7264");
	struct key_op op = { .scheme = OP_PBKDF2, .hash = HASH_SHA1,
		.iterations = 1, .iv = span_str("salt") };

	derives(key, &op, 20, "0c60c80f961f0e71f3a9b524af6012062fe037a6");
	op.iterations = 4096;
	derives(key, &op, 0, "4b007901b765489abead49d926f721d065a429c1");
	op.iterations = 0;
	refuses(key, &op, 20, CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
}
END_TEST

/* TLS 1.2 with SHA-256, as implementers passed it around */
START_TEST(tls_prf_vector)
{
	struct crypto_key *key = secret_key(KEY_GENERIC,
	    "9bbe436ba940f017b17652849a71db35");
	struct secret seed = unhex("a0ba9f936cda311827a6f796ffd5198c");
	struct key_op op = { .scheme = OP_TLS_PRF, .hash = HASH_SHA256,
		.label = span_str("test label"), .iv = secret_span(&seed) };

	derives(key, &op, 100,
	    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
	    "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
	    "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
	    "87347b66");
	op.hash = HASH_NONE;
	refuses(key, &op, 0, CNG_ERR_KEY_SIZE);
	crypto_key_free(key);
	secret_free(&seed);
}
END_TEST

/* --- SP 800-108 ----------------------------------------------------------- */

/* libcrypto's: 32 bit counter, label, 00, context, 32 bit length. */
static void
foreign_kbkdf(const char *mode, struct span seed, uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	char digest[] = "SHA256", mac[] = "HMAC", how[16];
	uint8_t key[] = "a key of bytes", label[] = "label",
		context[] = "context", chain[32];
	OSSL_PARAM params[8], *p = params;

	strcpy(how, mode);
	*p++ = OSSL_PARAM_construct_utf8_string("digest", digest, 0);
	*p++ = OSSL_PARAM_construct_utf8_string("mac", mac, 0);
	*p++ = OSSL_PARAM_construct_utf8_string("mode", how, 0);
	*p++ = OSSL_PARAM_construct_octet_string("key", key, 14);
	*p++ = OSSL_PARAM_construct_octet_string("salt", label, 5);
	*p++ = OSSL_PARAM_construct_octet_string("info", context, 7);
	if (seed.len > 0) {
		memcpy(chain, seed.ptr, seed.len);
		*p++ = OSSL_PARAM_construct_octet_string("seed", chain,
		    seed.len);
	}
	*p = OSSL_PARAM_construct_end();
	ck_assert_int_eq(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static const struct kbkdf_piece counter32 = {
	.kind = KBKDF_PIECE_COUNTER, .width = 32 };
static const struct kbkdf_piece length32 = {
	.kind = KBKDF_PIECE_LENGTH, .width = 32 };
static const struct kbkdf_piece chain = { .kind = KBKDF_PIECE_CHAIN };

static struct kbkdf_piece
bytes_piece(const char *text, size_t len)
{
	return (struct kbkdf_piece){ .kind = KBKDF_PIECE_BYTES,
		.bytes = span_of(text, len) };
}

START_TEST(kbkdf_agrees_with_libcrypto)
{
	struct crypto_key *key = secret_key(KEY_GENERIC,
	    "61206b6579206f66206279746573");
	struct kbkdf k = { .mode = KBKDF_COUNTER, .count = 4, .piece = {
		counter32, bytes_piece("label\0", 6),
		bytes_piece("context", 7), length32 } };
	struct key_op op = { .scheme = OP_SP800_108, .hash = HASH_SHA256,
		.kbkdf = &k };
	uint8_t want[100];
	struct secret got = { 0 };

	foreign_kbkdf("counter", NO_BYTES, want, sizeof want);
	ok(crypto_derive(key, &op, sizeof want, &got));
	ck_assert(span_equal(secret_span(&got), span_of(want, sizeof want)));
	secret_free(&got);
	k = (struct kbkdf){ .mode = KBKDF_FEEDBACK, .count = 5, .piece = {
		chain, counter32, bytes_piece("label\0", 6),
		bytes_piece("context", 7), length32 } };
	op.iv = span_str("0123456789abcdef0123456789abcdef");
	foreign_kbkdf("feedback", op.iv, want, sizeof want);
	ok(crypto_derive(key, &op, sizeof want, &got));
	ck_assert(span_equal(secret_span(&got), span_of(want, sizeof want)));
	secret_free(&got);
	crypto_key_free(key);
}
END_TEST

/* A(1) = F(fixed), A(2) = F(A(1)); K(i) = F(A(i) || i || fixed) */
START_TEST(kbkdf_pipeline_by_hand)
{
	struct crypto_key *key = secret_key(KEY_GENERIC, "00112233");
	struct kbkdf k = { .mode = KBKDF_PIPELINE, .count = 3, .piece = {
		chain, { .kind = KBKDF_PIECE_COUNTER, .width = 16,
		.little_endian = true }, bytes_piece("fixed", 5) } };
	struct key_op op = { .scheme = OP_SP800_108, .hash = HASH_SHA256,
		.kbkdf = &k };
	uint8_t message[32 + 2 + 5], a[32], want[64];
	const uint8_t secret[] = { 0x00, 0x11, 0x22, 0x33 };
	struct secret got = { 0 };
	struct span with = span_of(secret, sizeof secret);

	ok(crypto_hmac_sha256(with, span_str("fixed"), a));
	memcpy(message + 34, "fixed", 5);
	for (uint8_t i = 1; i <= 2; i++) {
		memcpy(message, a, 32);
		message[32] = i;
		message[33] = 0;
		ok(crypto_hmac_sha256(with, span_of(message, sizeof message),
		    want + 32 * (i - 1)));
		ok(crypto_hmac_sha256(with, span_of(message, 32), a));
	}
	ok(crypto_derive(key, &op, 64, &got));
	ck_assert(span_equal(secret_span(&got), span_of(want, 64)));
	secret_free(&got);
	crypto_key_free(key);
}
END_TEST

START_TEST(kbkdf_refuses_nonsense)
{
	struct crypto_key *key = secret_key(KEY_GENERIC, "00112233");
	struct crypto_key *aes = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f");
	struct kbkdf k = { .mode = KBKDF_COUNTER, .count = 1,
		.piece = { { .kind = KBKDF_PIECE_COUNTER, .width = 8 } } };
	struct key_op op = { .scheme = OP_SP800_108, .hash = HASH_SHA256,
		.kbkdf = &k };
	struct secret out = { 0 };

	/* 255 blocks have numbers of 8 bits, but no key is as long */
	refuses(key, &op, 4097, CNG_ERR_KEY_SIZE);
	op.hash = HASH_NONE;
	refuses(key, &op, 16, CNG_ERR_KEY_TYPE);
	ok(crypto_derive(aes, &op, 255 * 16, &out));
	secret_free(&out);
	refuses(aes, &op, 255 * 16 + 1, CNG_ERR_KEY_SIZE);
	k.piece[0].width = 12;
	refuses(aes, &op, 16, CNG_ERR_MECHANISM_PARAM);
	k.piece[0] = chain;
	refuses(aes, &op, 16, CNG_ERR_MECHANISM_PARAM);
	k.mode = KBKDF_FEEDBACK;
	ok(crypto_derive(aes, &op, 16, &out));
	secret_free(&out);
	k.count = 0;
	refuses(aes, &op, 16, CNG_ERR_MECHANISM_PARAM);
	op.kbkdf = NULL;
	refuses(aes, &op, 16, CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(aes);
	crypto_key_free(key);
}
END_TEST

/* --- Diffie-Hellman ------------------------------------------------------- */

START_TEST(dh_sides_agree)
{
	struct key_material group, mine, theirs, public;
	struct key_spec spec = { .family = KEY_DH, .domain = &group };
	struct key_op op = { .scheme = OP_DH };
	struct crypto_key *a, *b, *c;
	struct secret one = { 0 }, two = { 0 };

	expect(crypto_generate_domain(&group, KEY_DH, 1234, 0),
	    CNG_ERR_KEY_SIZE);
	ok(crypto_generate_domain(&group, KEY_DH, 2048, 0));
	spec.bits = 100;
	expect(crypto_generate(&mine, &spec), CNG_ERR_KEY_SIZE);
	spec.bits = 256;
	ok(crypto_generate(&mine, &spec));
	ck_assert_uint_eq(number_bits(key_part(&mine, DH_X)), 256);
	spec.bits = 0;
	ok(crypto_generate(&theirs, &spec));
	ok(crypto_check_public(&theirs));
	ok(crypto_check_pair(&theirs));
	ok(key_copy_public(&public, &mine));
	a = new_key(&mine);
	b = new_key(&theirs);
	c = new_key(&public);
	op.peer = key_part(&theirs, DH_Y);
	ok(crypto_derive(a, &op, 0, &one));
	ck_assert_uint_eq(one.len, 256);
	refuses(c, &op, 0, CNG_ERR_KEY_TYPE);
	refuses(a, &op, 257, CNG_ERR_KEY_SIZE);
	op.peer = key_part(&mine, DH_Y);
	ok(crypto_derive(b, &op, 0, &two));
	ck_assert(secret_equal(secret_span(&one), secret_span(&two)));
	op.peer = span_of("\x01", 1);
	refuses(a, &op, 0, CNG_ERR_MECHANISM_PARAM);
	op.peer = key_part(&mine, DH_P);
	refuses(a, &op, 0, CNG_ERR_MECHANISM_PARAM);
	op.peer = NO_BYTES;
	refuses(a, &op, 0, CNG_ERR_MECHANISM_PARAM);
	secret_free(&one);
	secret_free(&two);
	crypto_key_free(a);
	crypto_key_free(b);
	crypto_key_free(c);
	key_free(&group);
	key_free(&mine);
	key_free(&theirs);
	key_free(&public);
}
END_TEST

/* RFC 2631, 2.1.6: two blocks of SHA-1 make a key of 3DES */
START_TEST(x942_vector)
{
	struct secret z = unhex("000102030405060708090a0b0c0d0e0f10111213");
	struct secret info = unhex("301d3013060b2a864886f70d0109100306040400"
	    "000001a2060404000000c0");
	struct key_op op = { .scheme = OP_X942, .kdf = KDF_X942_ASN1,
		.pad_hash = HASH_SHA1, .label = secret_span(&info) };
	struct secret out;

	ok(secret_new(&out, 24));
	ok(kdf_x942(&op, &z, &out));
	expect_hex(secret_span(&out),
	    "a09661392376f7044d9052a397883246b67f5f1ef63eb5fb");
	for (size_t len = 0; len < info.len; len++) {
		op.label = span_of(info.ptr, len);
		expect(kdf_x942(&op, &z, &out), CNG_ERR_MECHANISM_PARAM);
	}
	secret_free(&z);
	secret_free(&info);
	secret_free(&out);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		hkdf_vectors,
		pbkdf2_vectors,
		tls_prf_vector,
		kbkdf_agrees_with_libcrypto,
		kbkdf_pipeline_by_hand,
		kbkdf_refuses_nonsense,
		dh_sides_agree,
		x942_vector,
	};

	return run_tests("derive", tests, ARRAY_LEN(tests));
}
