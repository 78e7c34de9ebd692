/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where we have our own way (key wraps, implicit rejection) or translate
 * (r || s, paddings), libcrypto in another library context must agree.
 */
#include "crypto_test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

static OSSL_LIB_CTX *ctx;

static size_t
libcrypto_wrap(const char *name, const uint8_t *key, struct span in,
    uint8_t *out)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(ctx, name, NULL);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;

	ck_assert_ptr_nonnull(cipher);
	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ck_assert_int_eq(EVP_EncryptInit_ex2(c, cipher, key, NULL, NULL), 1);
	ck_assert_int_eq(EVP_EncryptUpdate(c, out, &n, in.ptr, (int)in.len),
	    1);
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	return (size_t)n;
}

START_TEST(key_wraps_agree)
{
	struct key_material m = { .family = KEY_AES, .has_private = true };
	uint8_t kek[32], plain[600], mine[640], theirs[640];
	struct crypto_key *key;

	ok(crypto_random(kek, sizeof kek));
	ok(crypto_random(plain, sizeof plain));
	ok(key_set(&m, SYM_VALUE, span_of(kek, sizeof kek)));
	key = new_key(&m);
	for (size_t len = 1; len <= sizeof plain; len += len < 40 ? 1 : 37) {
		struct span in = span_of(plain, len);
		struct key_op op = { .scheme = OP_AES_KWP };
		struct wr w = wr_of(mine, sizeof mine);

		ok(crypto_wrap(key, &op, in, &w));
		ck_assert_uint_eq(w.len, libcrypto_wrap("AES-256-WRAP-PAD",
		    kek, in, theirs));
		ck_assert_mem_eq(mine, theirs, w.len);
		if (len % 8 != 0 || len < 16)
			continue;
		op.scheme = OP_AES_KW;
		w = wr_of(mine, sizeof mine);
		ok(crypto_wrap(key, &op, in, &w));
		ck_assert_uint_eq(w.len, libcrypto_wrap("AES-256-WRAP", kek,
		    in, theirs));
		ck_assert_mem_eq(mine, theirs, w.len);
	}
	key_free(&m);
	crypto_key_free(key);
}
END_TEST

/* The same key for libcrypto, by way of its parameter builder. */
static EVP_PKEY *
foreign_rsa(const struct key_material *m)
{
	static const char *const names[] = { OSSL_PKEY_PARAM_RSA_N,
		OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D };
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(ctx, "RSA", NULL);
	BIGNUM *bn[3];
	OSSL_PARAM *params;
	EVP_PKEY *pkey = NULL;

	for (int i = 0; i < 3; i++) {
		bn[i] = BN_bin2bn(m->part[i].ptr, (int)m->part[i].len, NULL);
		ck_assert_int_eq(OSSL_PARAM_BLD_push_BN(bld, names[i], bn[i]),
		    1);
	}
	params = OSSL_PARAM_BLD_to_param(bld);
	ck_assert_int_eq(EVP_PKEY_fromdata_init(c), 1);
	ck_assert_int_eq(EVP_PKEY_fromdata(c, &pkey, EVP_PKEY_KEYPAIR,
	    params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	for (int i = 0; i < 3; i++)
		BN_free(bn[i]);
	EVP_PKEY_CTX_free(c);
	return pkey;
}

static bool
foreign_decrypt(EVP_PKEY *pkey, int padding, const char *hash,
    const char *mgf, struct span in, uint8_t *out, size_t *len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(ctx, pkey, NULL);
	bool good = EVP_PKEY_decrypt_init(c) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, padding) == 1;

	if (hash != NULL)
		good = good &&
		    EVP_PKEY_CTX_set_rsa_oaep_md_name(c, hash, NULL) == 1 &&
		    EVP_PKEY_CTX_set_rsa_mgf1_md_name(c, mgf, NULL) == 1;
	good = good && EVP_PKEY_decrypt(c, out, len, in.ptr, in.len) == 1;
	EVP_PKEY_CTX_free(c);
	return good;
}

/* The other way round of both. */
static bool
foreign_encrypt(EVP_PKEY *pkey, const char *hash, struct span in,
    uint8_t *out, size_t *len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(ctx, pkey, NULL);
	bool good = EVP_PKEY_encrypt_init(c) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md_name(c, hash, NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(c, hash, NULL) == 1 &&
	    EVP_PKEY_encrypt(c, out, len, in.ptr, in.len) == 1;

	EVP_PKEY_CTX_free(c);
	return good;
}

static struct key_material
rsa_material(size_t bits)
{
	struct key_spec spec = { .family = KEY_RSA, .bits = bits };
	struct key_material m;

	ok(crypto_generate(&m, &spec));
	return m;
}

/* Random blocks have bad padding but for one in 65,000 or so, and then both
 * answer with the message. */
static void
compare_rejection(size_t bits, bool with_libcrypto)
{
	struct key_material m = rsa_material(bits);
	struct crypto_key *key = new_key(&m);
	EVP_PKEY *pkey = foreign_rsa(&m);
	struct key_op op = { .scheme = OP_RSA_PKCS1 };
	uint8_t in[256], mine[256], theirs[256];
	size_t len = bits / 8;

	for (int i = 0; with_libcrypto && i < 40; i++) {
		struct wr w = wr_of(mine, sizeof mine);
		size_t n = sizeof theirs;

		ok(crypto_random(in, len));
		in[0] &= 0x7f; /* below the modulus */
		ok(crypto_decrypt(key, &op, span_of(in, len), &w));
		ck_assert(foreign_decrypt(pkey, RSA_PKCS1_PADDING, NULL, NULL,
		    span_of(in, len), theirs, &n));
		ck_assert_uint_eq(w.len, n);
		ck_assert_mem_eq(mine, theirs, n);
	}
	for (size_t n = 0; n <= len - 11; n += 9) {
		struct wr w = wr_of(in, sizeof in);
		size_t got = sizeof theirs;

		ok(crypto_random(mine, n));
		ok(crypto_encrypt(key, &op, span_of(mine, n), &w));
		ck_assert(foreign_decrypt(pkey, RSA_PKCS1_PADDING, NULL, NULL,
		    span_of(in, len), theirs, &got));
		ck_assert(span_equal(span_of(mine, n),
		    span_of(theirs, got)));
	}
	EVP_PKEY_free(pkey);
	crypto_key_free(key);
	key_free(&m);
}

START_TEST(implicit_rejection_agrees)
{
	/* libcrypto has it since 3.2; before, a known answer must do */
	bool has = OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 2;

	compare_rejection(512, has);
	compare_rejection(1024, has);
	compare_rejection(2048, has);
}
END_TEST

START_TEST(oaep_agrees)
{
	struct key_material m = rsa_material(1024);
	struct crypto_key *key = new_key(&m);
	EVP_PKEY *pkey = foreign_rsa(&m);
	struct key_op op = { .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA256,
		.mgf_hash = HASH_SHA1 };
	uint8_t cipher[128], back[128];
	struct wr w = wr_of(cipher, sizeof cipher);
	size_t n = sizeof back;

	ok(crypto_encrypt(key, &op, span_str("text"), &w));
	ck_assert(foreign_decrypt(pkey, RSA_PKCS1_OAEP_PADDING, "SHA256",
	    "SHA1", span_of(cipher, w.len), back, &n));
	ck_assert(span_equal(span_of(back, n), span_str("text")));
	n = sizeof back;
	ck_assert(!foreign_decrypt(pkey, RSA_PKCS1_OAEP_PADDING, "SHA256",
	    "SHA256", span_of(cipher, w.len), back, &n));
	EVP_PKEY_free(pkey);
	crypto_key_free(key);
	key_free(&m);
}
END_TEST

/* A whole signature over a message by the other way in. */
static bool
foreign_verify(EVP_PKEY *pkey, const char *hash, int padding, int salt,
    struct span data, struct span sig)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	bool good = EVP_DigestVerifyInit_ex(c, &p, hash, ctx, NULL, pkey,
			NULL) == 1;

	if (padding != 0)
		good = good && EVP_PKEY_CTX_set_rsa_padding(p, padding) == 1;
	if (salt >= 0)
		good = good && EVP_PKEY_CTX_set_rsa_pss_saltlen(p, salt) == 1;
	good = good && EVP_DigestVerify(c, sig.ptr, sig.len, data.ptr,
			   data.len) == 1;
	EVP_MD_CTX_free(c);
	return good;
}

/* OAEP around an AES key, then id-aes256-wrap-pad: theirs is ours. */
START_TEST(rsa_aes_wraps_agree)
{
	static const struct {
		enum key_hash hash;
		const char *name;
	} hashes[] = { { HASH_SHA1, "SHA1" }, { HASH_SHA256, "SHA256" },
		{ HASH_SHA384, "SHA384" }, { HASH_SHA512, "SHA512" } };
	struct key_material m = rsa_material(2048);
	struct crypto_key *key = new_key(&m);
	EVP_PKEY *pkey = foreign_rsa(&m);
	uint8_t plain[1219], aes[256], mine[2048], theirs[2048];
	struct span in = span_of(plain, sizeof plain);

	ok(crypto_random(plain, sizeof plain));
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		struct key_op op = { .scheme = OP_RSA_AES_WRAP,
			.pad_hash = hashes[i].hash,
			.mgf_hash = hashes[i].hash, .aes_bits = 256 };
		struct wr w = wr_of(mine, sizeof mine);
		struct secret out = { 0 };
		size_t len = sizeof aes;

		ok(crypto_wrap(key, &op, in, &w));
		ck_assert(foreign_decrypt(pkey, RSA_PKCS1_OAEP_PADDING,
		    hashes[i].name, hashes[i].name, span_of(mine, 256), aes,
		    &len));
		ck_assert_uint_eq(len, 32);
		len = libcrypto_wrap("AES-256-WRAP-PAD", aes, in, theirs);
		ck_assert_uint_eq(w.len, 256 + len);
		ck_assert_mem_eq(mine + 256, theirs, len);
		ok(crypto_random(aes, 32));
		len = 256;
		ck_assert(foreign_encrypt(pkey, hashes[i].name,
		    span_of(aes, 32), theirs, &len));
		len += libcrypto_wrap("AES-256-WRAP-PAD", aes, in,
		    theirs + len);
		ok(crypto_unwrap(key, &op, span_of(theirs, len), &out));
		ck_assert(span_equal(secret_span(&out), in));
		secret_free(&out);
	}
	EVP_PKEY_free(pkey);
	crypto_key_free(key);
	key_free(&m);
}
END_TEST

START_TEST(rsa_signatures_agree)
{
	struct key_material m = rsa_material(1024);
	struct crypto_key *key = new_key(&m);
	EVP_PKEY *pkey = foreign_rsa(&m);
	struct span data = span_str("data");
	uint8_t sig[128];

	for (int h = HASH_SHA1; h <= HASH_SHA512_256; h++) {
		struct key_op op = { .scheme = OP_RSA_PKCS1,
			.hash = (enum key_hash)h };
		const char *name = hash_info(op.hash)->name;
		struct wr w = wr_of(sig, sizeof sig);

		ok(crypto_sign(key, &op, data, &w));
		ck_assert(foreign_verify(pkey, name, RSA_PKCS1_PADDING, -1,
		    data, span_of(sig, w.len)));
		op.scheme = OP_RSA_PSS;
		op.salt_len = 17;
		w = wr_of(sig, sizeof sig);
		ok(crypto_sign(key, &op, data, &w));
		ck_assert(foreign_verify(pkey, name, RSA_PKCS1_PSS_PADDING,
		    17, data, span_of(sig, w.len)));
		ck_assert(!foreign_verify(pkey, name, RSA_PKCS1_PSS_PADDING,
		    16, data, span_of(sig, w.len)));
	}
	EVP_PKEY_free(pkey);
	crypto_key_free(key);
	key_free(&m);
}
END_TEST

START_TEST(ec_signatures_agree)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(ctx, NULL, "EC", "P-521");
	struct key_material m = { .family = KEY_EC, .curve = CURVE_P521,
		.has_private = true };
	BIGNUM *d = NULL;
	uint8_t raw[66], sig[132], *der = NULL;
	struct key_op op = { .scheme = OP_ECDSA, .hash = HASH_SHA256 };
	struct wr w = wr_of(sig, sizeof sig);
	struct crypto_key *key;
	ECDSA_SIG *both = ECDSA_SIG_new();
	int len;

	ck_assert_ptr_nonnull(pkey);
	ck_assert_int_eq(EVP_PKEY_get_bn_param(pkey,
	    OSSL_PKEY_PARAM_PRIV_KEY, &d), 1);
	ck_assert_int_eq(BN_bn2binpad(d, raw, 66), 66);
	ok(key_set(&m, EC_D, span_of(raw, 66)));
	key = new_key(&m);
	ok(crypto_sign(key, &op, span_str("data"), &w));
	ck_assert_int_eq(ECDSA_SIG_set0(both, BN_bin2bn(sig, 66, NULL),
	    BN_bin2bn(sig + 66, 66, NULL)), 1);
	len = i2d_ECDSA_SIG(both, &der);
	ck_assert_int_gt(len, 0);
	ck_assert(foreign_verify(pkey, "SHA256", 0, -1, span_str("data"),
	    span_of(der, (size_t)len)));
	OPENSSL_free(der);
	ECDSA_SIG_free(both);
	BN_free(d);
	EVP_PKEY_free(pkey);
	crypto_key_free(key);
	key_free(&m);
}
END_TEST

/* The error queue belongs to the host as well, unless no host sees it. */
START_TEST(errors_of_the_host_stay)
{
	struct key_material m = rsa_material(512);
	struct crypto_key *key = new_key(&m);
	struct key_op op = { .scheme = OP_RSA_RAW };
	uint8_t in[64], out[64];
	struct wr w = wr_of(out, sizeof out);

	memset(in, 0xff, sizeof in);
	ERR_clear_error();
	expect(crypto_decrypt(key, &op, span_of(in, sizeof in), &w),
	    CNG_ERR_CIPHERTEXT);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	ERR_raise(ERR_LIB_USER, 77);
	expect(crypto_decrypt(key, &op, span_of(in, sizeof in), &w),
	    CNG_ERR_CIPHERTEXT);
	expect(crypto_verify(key, &op, NO_BYTES, span_of(in, sizeof in)),
	    CNG_ERR_SIGNATURE);
#ifndef CNG_PRIVATE_LIBCRYPTO
	ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()), 77);
#endif
	ck_assert_uint_eq(ERR_get_error(), 0);
	crypto_key_free(key);
	key_free(&m);
}
END_TEST

/* Called from the host's exit handlers, when its libcrypto, which is ours,
 * has gone already. */
static int
after_cleanup(void)
{
	static const uint8_t iv[16] = { 0 };
	struct key_material m = rsa_material(1024);
	struct key_material a = { .family = KEY_AES, .has_private = true };
	struct key_op sign = { .scheme = OP_RSA_PSS, .hash = HASH_SHA256 };
	struct key_op cbc = { .scheme = OP_AES_CBC, .iv = { iv, 16 } };
	struct key_op digest = { .scheme = OP_DIGEST, .hash = HASH_SHA256 };
	struct crypto_stream *s[3];
	struct crypto_key *rsa = new_key(&m), *aes;
	uint8_t out[128];
	struct wr w = wr_of(out, sizeof out);

	ok(key_set(&a, SYM_VALUE, span_of(iv, 16)));
	aes = new_key(&a);
	ok(crypto_sign(rsa, &sign, NO_BYTES, &w));
	ok(crypto_stream_new(&s[0], rsa, &sign, OP_SIGN));
	ok(crypto_stream_new(&s[1], aes, &cbc, OP_ENCRYPT));
	ok(crypto_stream_new(&s[2], NULL, &digest, OP_DIGEST_DIR));
	OSSL_LIB_CTX_free(ctx);
	OPENSSL_cleanup();
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		crypto_stream_free(s[i]);
	crypto_key_free(rsa);
	crypto_key_free(aes);
	key_free(&m);
	key_free(&a);
	crypto_shutdown();
	crypto_shutdown();
	return crypto_start() == CNG_OK ||
	    crypto_random(out, sizeof out) == CNG_OK;
}

START_TEST(survives_the_cleanup_of_the_host)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(after_cleanup());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { key_wraps_agree,
		implicit_rejection_agrees, oaep_agrees, rsa_aes_wraps_agree,
		rsa_signatures_agree,
		ec_signatures_agree, errors_of_the_host_stay,
		survives_the_cleanup_of_the_host };
	int failed;

	if (crypto_start() != CNG_OK)
		return 1;
	ctx = OSSL_LIB_CTX_new();
	failed = run_tests("crypto_oracle", tests, ARRAY_LEN(tests));
	OSSL_LIB_CTX_free(ctx);
	return failed;
}
