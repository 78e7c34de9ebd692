/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Operations: ciphers and digests, one go against parts, sizes, PINs.
 */
#include "core_operation_help.h"

static const struct token strict = { .compat = false };
static const struct token lax = { .compat = true };

/* --- ciphers ---------------------------------------------------------- */

START_TEST(ciphers_in_one_go_and_in_parts)
{
	static const struct {
		struct key_op op;
		size_t plain;
		size_t cipher;
	} rows[] = {
		{ { .scheme = OP_AES_ECB }, 96, 96 },
		{ { .scheme = OP_AES_CBC, .iv = { iv16, 16 } }, 96, 96 },
		{ { .scheme = OP_AES_CBC_PAD, .iv = { iv16, 16 } }, 96,
		    112 },
		{ { .scheme = OP_AES_CBC_PAD, .iv = { iv16, 16 } }, 85, 96 },
		{ { .scheme = OP_AES_CTR, .iv = { iv16, 16 },
		    .counter_bits = 128 }, 85, 85 },
		{ { .scheme = OP_AES_GCM, .iv = { iv16, 12 }, .tag_len = 16,
		    .aad = { iv16, 5 } }, 85, 101 },
	};
	struct object *key = aes_key();
	uint8_t plain[96], one[128], parts[128], back[128];

	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct key_op *op = &rows[i].op;
		struct span in = span_of(plain, rows[i].plain);
		size_t len = run(key, op, USE_ENCRYPT, in, one, sizeof one);

		ck_assert_uint_eq(len, rows[i].cipher);
		ck_assert_uint_eq(run_parts(key, op, USE_ENCRYPT, in, parts,
		    sizeof parts), len);
		ck_assert_mem_eq(one, parts, len);
		ck_assert_uint_eq(run(key, op, USE_DECRYPT,
		    span_of(one, len), back, sizeof back), in.len);
		ck_assert_mem_eq(back, plain, in.len);
		memset(back, 0, sizeof back);
		ck_assert_uint_eq(run_parts(key, op, USE_DECRYPT,
		    span_of(one, len), back, sizeof back), in.len);
		ck_assert_mem_eq(back, plain, in.len);
	}
	object_free(key);
}
END_TEST

START_TEST(rsa_encryption)
{
	struct key_op op = { .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA1,
		.mgf_hash = HASH_SHA1 };
	struct pair rsa = pair_of(KEY_RSA);
	uint8_t cipher[128], plain[128];
	struct operation *o;
	struct wr w = wr_of(plain, sizeof plain);
	size_t len;

	ck_assert_uint_eq(run(rsa.public, &op, USE_ENCRYPT, span_str("abc"),
	    cipher, sizeof cipher), 128);
	len = run(rsa.private, &op, USE_DECRYPT, span_of(cipher, 128), plain,
	    sizeof plain);
	ck_assert(span_equal(span_of(plain, len), span_str("abc")));
	o = begin(rsa.private, &op, USE_DECRYPT);
	ck_assert_int_eq(operation_update(o, span_of(cipher, 128), &w),
	    CNG_ERR_OPERATION_STATE);
	ck_assert_int_eq(operation_final(o, &w), CNG_ERR_OPERATION_STATE);
	ck_assert(!operation_is_multipart(o));
	operation_free(o);
	pair_free(&rsa);
}
END_TEST

/* --- the life of an operation ----------------------------------------- */

START_TEST(what_was_borrowed_is_copied)
{
	struct key_op op = { .scheme = OP_AES_CTR, .counter_bits = 128 };
	struct object *key = aes_key();
	uint8_t iv[16], expected[16], got[16];
	static const uint8_t plain[16];
	struct operation *o;
	struct wr w = wr_of(got, sizeof got);

	memcpy(iv, iv16, sizeof iv);
	op.iv = span_of(iv, sizeof iv);
	ck_assert_uint_eq(run(key, &op, USE_ENCRYPT, span_of(plain, 16),
	    expected, sizeof expected), 16);
	o = begin(key, &op, USE_ENCRYPT);
	memset(iv, 0xff, sizeof iv);
	op.iv = span_of(NULL, 0);
	object_free(key); /* the operation keeps its own reference */
	ck_assert_int_eq(operation_run(o, span_of(plain, 16), &w), CNG_OK);
	ck_assert_mem_eq(got, expected, 16);
	operation_free(o);
}
END_TEST

START_TEST(a_small_buffer_changes_nothing)
{
	static const uint8_t data[32];
	struct key_op sign = { .scheme = OP_RSA_PKCS1, .hash = HASH_SHA256 };
	struct key_op crypt = { .scheme = OP_AES_CBC_PAD,
		.iv = { iv16, 16 } };
	struct pair rsa = pair_of(KEY_RSA);
	struct object *aes = aes_key();
	uint8_t out[128];
	struct operation *o = begin(rsa.private, &sign, USE_SIGN);
	struct wr w = wr_of(out, 127);

	ck_assert_int_eq(operation_run(o, span_of(data, 32), &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(w.len, 128);
	/* asking made no multi-part operation of it, and parts may follow */
	ck_assert_int_eq(operation_update(o, span_of(data, 32), NULL),
	    CNG_OK);
	w = wr_of(out, 127);
	ck_assert_int_eq(operation_final(o, &w), CNG_ERR_BUFFER_TOO_SMALL);
	w = wr_of(out, 128);
	ck_assert_int_eq(operation_final(o, &w), CNG_OK);
	ck_assert_int_eq(verify(rsa.public, &sign, span_of(data, 32),
	    span_of(out, 128)), CNG_OK);
	operation_free(o);
	o = begin(aes, &crypt, USE_ENCRYPT);
	w = wr_of(out, 15);
	ck_assert_int_eq(operation_update(o, span_of(data, 32), &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert(!operation_is_multipart(o));
	w = wr_of(out, 47);
	ck_assert_int_eq(operation_run(o, span_of(data, 32), &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(w.len, 48);
	w = wr_of(out, 48);
	ck_assert_int_eq(operation_run(o, span_of(data, 32), &w), CNG_OK);
	operation_free(o);
	object_free(aes);
	pair_free(&rsa);
}
END_TEST

START_TEST(one_go_and_parts_do_not_mix)
{
	struct key_op mac = { .scheme = OP_HMAC, .hash = HASH_SHA256 };
	struct object *key = secret_of(KEY_GENERIC, "0102030405");
	uint8_t out[64];
	struct wr w = wr_of(out, sizeof out);
	struct operation *o = begin(key, &mac, USE_SIGN);

	ck_assert_int_eq(operation_update(o, span_str("a"), NULL), CNG_OK);
	ck_assert_int_eq(operation_run(o, span_str("b"), &w),
	    CNG_ERR_OPERATION_STATE);
	operation_free(o);
	o = begin(key, &mac, USE_VERIFY);
	ck_assert_int_eq(operation_run(o, span_str("b"), &w),
	    CNG_ERR_OPERATION_STATE);
	ck_assert_int_eq(operation_final(o, &w), CNG_ERR_OPERATION_STATE);
	ck_assert_int_eq(operation_update(o, span_str("a"), NULL), CNG_OK);
	ck_assert_int_eq(operation_verify(o, span_str("a"), span_str("b")),
	    CNG_ERR_OPERATION_STATE);
	operation_free(o);
	o = begin(key, &mac, USE_SIGN);
	ck_assert_int_eq(operation_verify(o, span_str("a"), span_str("b")),
	    CNG_ERR_OPERATION_STATE);
	ck_assert_int_eq(operation_verify_final(o, span_str("b")),
	    CNG_ERR_OPERATION_STATE);
	ck_assert_int_eq(operation_digest_key(o, &strict, key),
	    CNG_ERR_OPERATION_STATE);
	operation_free(o);
	object_free(key);
}
END_TEST

START_TEST(pin_before_each_use)
{
	struct key_op op = { .scheme = OP_ECDSA };
	struct pair ec = pair_of(KEY_EC);
	static const uint8_t digest[32] = { 5 };
	uint8_t out[64];
	struct operation *o;
	struct wr w = wr_of(NULL, 0);

	ec.private->flags |= PROP_BIT(PROP_ALWAYS_AUTHENTICATE);
	ec.public->flags |= PROP_BIT(PROP_ALWAYS_AUTHENTICATE);
	o = begin(ec.public, &op, USE_VERIFY);
	ck_assert(!operation_needs_pin(o));
	operation_free(o);
	o = begin(ec.private, &op, USE_SIGN);
	ck_assert(operation_needs_pin(o));
	ck_assert_int_eq(operation_run(o, span_of(digest, 32), &w), CNG_OK);
	ck_assert_uint_eq(w.len, 64);
	w = wr_of(out, sizeof out);
	ck_assert_int_eq(operation_run(o, span_of(digest, 32), &w),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(operation_update(o, span_of(digest, 32), NULL),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(operation_final(o, &w), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_uint_eq(w.len, 0);
	operation_pin_given(o);
	ck_assert(!operation_needs_pin(o));
	ck_assert_int_eq(operation_run(o, span_of(digest, 32), &w), CNG_OK);
	ck_assert_int_eq(verify(ec.public, &op, span_of(digest, 32),
	    span_of(out, w.len)), CNG_OK);
	operation_free(o);
	pair_free(&ec);
}
END_TEST

/* --- digests ---------------------------------------------------------- */

START_TEST(digest_known_answer)
{
	static const char abc[] =
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct key_op op = { .scheme = OP_DIGEST, .hash = HASH_SHA256 };
	uint8_t out[64];
	char text[129];

	ck_assert_int_eq(crypto_start(), CNG_OK);
	ck_assert_uint_eq(run(NULL, &op, USE_DIGEST, span_str("abc"), out,
	    sizeof out), 32);
	hex_encode(text, span_of(out, 32));
	ck_assert_str_eq(text, abc);
	memset(out, 0, sizeof out);
	ck_assert_uint_eq(run_parts(NULL, &op, USE_DIGEST, span_str("abc"),
	    out, sizeof out), 32);
	hex_encode(text, span_of(out, 32));
	ck_assert_str_eq(text, abc);
}
END_TEST

/* The digest may be what the key's rules, or its mechanisms, keep back. */
START_TEST(digest_of_a_key_with_rules)
{
	static const struct {
		enum prop_id kept;
		const char *bytes;
		enum cng_status want;
	} rows[] = {
		{ PROP_ALLOWED_MECHANISMS, "\x4d\0\0\0\0\0\0\0", CNG_OK },
		{ PROP_ALLOWED_MECHANISMS, "\x4e\0\0\0\0\0\0\0",
		    CNG_ERR_KEY_USAGE },
		{ PROP_DERIVE_TEMPLATE, "template", CNG_ERR_KEY_USAGE },
	};
	struct key_op op = { .scheme = OP_DIGEST, .hash = HASH_SHA256 };
	struct operation *o = begin(NULL, &op, USE_DIGEST);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct object *key = secret_of(KEY_GENERIC, "6263");

		key->flags |= PROP_BIT(PROP_SENSITIVE);
		ck_assert_int_eq(secret_replace(object_kept(key,
		    rows[i].kept), span_of(rows[i].bytes, 8)), CNG_OK);
		ck_assert_int_eq(operation_digest_key(o, &strict, key),
		    rows[i].want);
		ck_assert_int_eq(operation_digest_key(o, &lax, key), CNG_OK);
		object_free(key);
	}
	operation_free(o);
}
END_TEST

START_TEST(digest_of_a_key)
{
	static const char abc[] =
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct key_op op = { .scheme = OP_DIGEST, .hash = HASH_SHA256 };
	struct object *key = secret_of(KEY_GENERIC, "6263");
	struct pair ec = pair_of(KEY_EC);
	struct operation *o = begin(NULL, &op, USE_DIGEST);
	uint8_t out[32];
	char text[65];
	struct wr w = wr_of(out, sizeof out);

	ck_assert_int_eq(operation_digest_key(o, &strict, ec.private),
	    CNG_ERR_KEY_TYPE);
	ck_assert(!operation_is_multipart(o));
	ck_assert_int_eq(operation_update(o, span_str("a"), NULL), CNG_OK);
	ck_assert_int_eq(operation_digest_key(o, &strict, key), CNG_OK);
	key->flags &= ~PROP_BIT(PROP_FINALIZED);
	ck_assert_int_eq(operation_digest_key(o, &strict, key),
	    CNG_ERR_KEY_STATE);
	ck_assert_int_eq(operation_final(o, &w), CNG_OK);
	hex_encode(text, span_of(out, w.len));
	ck_assert_str_eq(text, abc);
	operation_free(o);
	object_free(key);
	pair_free(&ec);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ciphers_in_one_go_and_in_parts,
		rsa_encryption,
		what_was_borrowed_is_copied,
		a_small_buffer_changes_nothing,
		one_go_and_parts_do_not_mix,
		pin_before_each_use,
		digest_known_answer,
		digest_of_a_key,
		digest_of_a_key_with_rules,
	};

	return run_tests("core_operation_life", tests, ARRAY_LEN(tests));
}
