/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Operations: what is judged at the start, sizes, one go against parts, PINs.
 */
#include "core/operation.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/util.h"
#include "core/internal.h"
#include "core/scheme.h"
#include "tests/unit/runner.h"

#define MECHANISM 77    /* any number: the faces know what they mean */

#define USAGES (PROP_BIT(PROP_ENCRYPT) | PROP_BIT(PROP_DECRYPT) | \
	PROP_BIT(PROP_SIGN) | PROP_BIT(PROP_SIGN_RECOVER) | \
	PROP_BIT(PROP_VERIFY) | PROP_BIT(PROP_VERIFY_RECOVER))

static const uint8_t iv16[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* --- keys and helpers ------------------------------------------------- */

/* What a token would have made, with every usage. */
static struct object *
object_with(enum obj_class class, struct key_material *key)
{
	struct object *obj;

	ck_assert_int_eq(object_new(&obj, class), CNG_OK);
	obj->flags = USAGES | PROP_BIT(PROP_FINALIZED);
	obj->key = *key;
	*key = (struct key_material){ 0 };
	return obj;
}

struct pair {
	struct object *private;
	struct object *public;
};

static struct pair
pair_of(enum key_family family)
{
	struct key_spec spec = {
		.family = family,
		.curve = family == KEY_EC ? CURVE_P256 : CURVE_NONE,
		.bits = family == KEY_RSA ? 1024 : 0,
	};
	struct key_material key, public;
	struct pair pair;

	ck_assert_int_eq(crypto_start(), CNG_OK);
	ck_assert_int_eq(crypto_generate(&key, &spec), CNG_OK);
	ck_assert_int_eq(key_copy_public(&public, &key), CNG_OK);
	pair.private = object_with(OBJ_PRIVATE, &key);
	pair.public = object_with(OBJ_PUBLIC, &public);
	return pair;
}

static void
pair_free(struct pair *pair)
{
	object_free(pair->private);
	object_free(pair->public);
}

static struct object *
secret_of(enum key_family family, const char *hex)
{
	struct key_material key = { .family = family, .has_private = true };

	ck_assert_int_eq(crypto_start(), CNG_OK);
	ck_assert_int_eq(hex_decode(&key.part[SYM_VALUE], hex), CNG_OK);
	return object_with(OBJ_SECRET, &key);
}

static struct object *
aes_key(void)
{
	return secret_of(KEY_AES, "000102030405060708090a0b0c0d0e0f");
}

static struct operation *
begin(struct object *key, const struct key_op *op, enum operation_use use)
{
	struct operation *o;

	ck_assert_int_eq(operation_new(&o, key, op, use, MECHANISM), CNG_OK);
	return o;
}

static enum cng_status
refused(struct object *key, const struct key_op *op, enum operation_use use)
{
	struct operation *o;
	enum cng_status st = operation_new(&o, key, op, use, MECHANISM);

	ck_assert_ptr_null(o);
	return st;
}

/* In one go; checks that the size was told right before. */
static size_t
run(struct object *key, const struct key_op *op, enum operation_use use,
    struct span in, uint8_t *out, size_t cap)
{
	struct operation *o = begin(key, op, use);
	struct wr count = wr_of(NULL, 0), w = wr_of(out, cap);

	ck_assert_int_eq(operation_run(o, in, &count), CNG_OK);
	ck_assert_int_eq(operation_run(o, in, &w), CNG_OK);
	ck_assert_uint_le(w.len, count.len);
	if (use != USE_DECRYPT && use != USE_VERIFY_RECOVER)
		ck_assert_uint_eq(w.len, count.len);
	operation_free(o);
	return w.len;
}

static enum cng_status
verify(struct object *key, const struct key_op *op, struct span data,
    struct span signature)
{
	struct operation *o = begin(key, op, USE_VERIFY);
	enum cng_status st = operation_verify(o, data, signature);

	operation_free(o);
	return st;
}

/* The same in parts of 1, 2, 3 ... bytes, asking for the size each time. */
static size_t
run_parts(struct object *key, const struct key_op *op,
    enum operation_use use, struct span in, uint8_t *out, size_t cap)
{
	struct operation *o = begin(key, op, use);
	struct wr w = wr_of(out, cap), count;
	bool writes = use == USE_ENCRYPT || use == USE_DECRYPT;
	struct span part;
	size_t before;

	for (size_t at = 0, step = 1; at < in.len; at += part.len, step++) {
		part = span_of(in.ptr + at,
		    step < in.len - at ? step : in.len - at);
		count = wr_of(NULL, 0);
		before = w.len;
		if (writes)
			ck_assert_int_eq(operation_update(o, part, &count),
			    CNG_OK);
		ck_assert_int_eq(operation_update(o, part,
		    writes ? &w : NULL), CNG_OK);
		ck_assert(!writes || w.len - before <= count.len);
		ck_assert(operation_is_multipart(o));
	}
	count = wr_of(NULL, 0);
	before = w.len;
	ck_assert_int_eq(operation_final(o, &count), CNG_OK);
	ck_assert_int_eq(operation_final(o, &w), CNG_OK);
	ck_assert_uint_le(w.len - before, count.len);
	operation_free(o);
	return w.len;
}

/* --- judged at the start ---------------------------------------------- */

static enum cng_status
check(int scheme, int use, enum obj_class class, enum key_family family)
{
	struct key_op op = { .scheme = (enum op_scheme)scheme };

	return scheme_check(&op, (enum operation_use)use, class, family);
}

/* Every scheme with every use takes exactly one kind of key, or none. */
START_TEST(every_scheme_knows_its_keys)
{
	unsigned takers, uses;

	for (int s = 0; s < OP_SCHEME_COUNT; s++) {
		uses = 0;
		for (int u = 0; u < USE_COUNT; u++) {
			takers = 0;
			for (int c = 0; c < OBJ_CLASS_COUNT; c++)
				for (int f = 0; f < KEY_FAMILY_COUNT; f++)
					takers += check(s, u,
					    (enum obj_class)c,
					    (enum key_family)f) == CNG_OK;
			ck_assert_uint_le(takers, 1);
			uses += takers;
		}
		ck_assert_msg((uses == 0) == (s == OP_NONE ||
		    s == OP_RSA_AES_WRAP || s == OP_ECDH), "scheme %d", s);
	}
	ck_assert_int_eq(check(OP_SCHEME_COUNT, USE_SIGN, OBJ_PRIVATE,
	    KEY_RSA), CNG_ERR_MECHANISM);
	ck_assert_int_eq(check(OP_RSA_PKCS1, USE_COUNT, OBJ_PRIVATE,
	    KEY_RSA), CNG_ERR_MECHANISM);
}
END_TEST

START_TEST(wrong_keys_are_told)
{
	struct pair rsa = pair_of(KEY_RSA), ec = pair_of(KEY_EC);
	struct key_op pkcs1 = { .scheme = OP_RSA_PKCS1 };
	struct key_op ecdh = { .scheme = OP_ECDH };
	struct key_op digest = { .scheme = OP_DIGEST, .hash = HASH_SHA1 };
	struct key_op no_hash = { .scheme = OP_DIGEST };

	ck_assert_int_eq(refused(rsa.private, &pkcs1, USE_VERIFY),
	    CNG_ERR_KEY_TYPE);
	ck_assert_int_eq(refused(rsa.private, &pkcs1, USE_ENCRYPT),
	    CNG_ERR_KEY_TYPE);
	ck_assert_int_eq(refused(rsa.public, &pkcs1, USE_SIGN),
	    CNG_ERR_KEY_TYPE);
	ck_assert_int_eq(refused(rsa.public, &pkcs1, USE_DECRYPT),
	    CNG_ERR_KEY_TYPE);
	ck_assert_int_eq(refused(ec.private, &pkcs1, USE_SIGN),
	    CNG_ERR_KEY_TYPE);
	ck_assert_int_eq(refused(ec.private, &ecdh, USE_SIGN),
	    CNG_ERR_MECHANISM);
	ck_assert_int_eq(refused(NULL, &pkcs1, USE_SIGN), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(refused(rsa.private, &digest, USE_DIGEST),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(refused(NULL, &no_hash, USE_DIGEST),
	    CNG_ERR_MECHANISM);
	ck_assert_int_eq(refused(NULL, &pkcs1, USE_DIGEST),
	    CNG_ERR_MECHANISM);
	pkcs1.hash = HASH_SHA256;
	ck_assert_int_eq(refused(rsa.private, &pkcs1, USE_SIGN_RECOVER),
	    CNG_ERR_MECHANISM);
	pair_free(&rsa);
	pair_free(&ec);
}
END_TEST

START_TEST(checks_come_in_order)
{
	static const uint8_t allowed[] = { 1, 0, 0, 0, 0, 0, 0, 0,
		MECHANISM, 0, 0, 0, 0, 0, 0, 0 };
	struct key_op op = { .scheme = OP_AES_CBC, .iv = { iv16, 16 } };
	struct object *key = aes_key();
	struct secret *list = object_kept(key, PROP_ALLOWED_MECHANISMS);

	key->flags = 0;
	ck_assert_int_eq(secret_copy(list, span_of(allowed, 8)), CNG_OK);
	ck_assert_int_eq(refused(key, &op, USE_SIGN), CNG_ERR_MECHANISM);
	ck_assert_int_eq(refused(key, &op, USE_ENCRYPT), CNG_ERR_KEY_STATE);
	key->flags = PROP_BIT(PROP_FINALIZED) | PROP_BIT(PROP_DECRYPT);
	ck_assert_int_eq(refused(key, &op, USE_ENCRYPT), CNG_ERR_KEY_USAGE);
	key->flags |= PROP_BIT(PROP_ENCRYPT);
	ck_assert_int_eq(refused(key, &op, USE_ENCRYPT), CNG_ERR_MECHANISM);
	ck_assert_int_eq(secret_replace(list, span_of(allowed, 16)), CNG_OK);
	operation_free(begin(key, &op, USE_ENCRYPT));
	secret_free(list);
	operation_free(begin(key, &op, USE_ENCRYPT));
	operation_free(NULL);
	object_free(key);
}
END_TEST

START_TEST(each_use_has_its_own_permission)
{
	static const struct {
		enum operation_use use;
		enum prop_id permit;
		bool public;
	} rows[] = {
		{ USE_ENCRYPT, PROP_ENCRYPT, true },
		{ USE_DECRYPT, PROP_DECRYPT, false },
		{ USE_SIGN, PROP_SIGN, false },
		{ USE_SIGN_RECOVER, PROP_SIGN_RECOVER, false },
		{ USE_VERIFY, PROP_VERIFY, true },
		{ USE_VERIFY_RECOVER, PROP_VERIFY_RECOVER, true },
	};
	struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct pair rsa = pair_of(KEY_RSA);
	struct object *key;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		key = rows[i].public ? rsa.public : rsa.private;
		key->flags = PROP_BIT(PROP_FINALIZED) |
		    (USAGES & ~PROP_BIT(rows[i].permit));
		ck_assert_int_eq(refused(key, &op, rows[i].use),
		    CNG_ERR_KEY_USAGE);
		key->flags = PROP_BIT(PROP_FINALIZED) |
		    PROP_BIT(rows[i].permit);
		operation_free(begin(key, &op, rows[i].use));
	}
	pair_free(&rsa);
}
END_TEST

START_TEST(no_memory)
{
	struct key_op op = {
		.scheme = OP_AES_GCM,
		.tag_len = 16,
		.iv = { iv16, 12 },
		.aad = { iv16, 16 },
	};
	struct object *key = aes_key();
	struct operation *o = NULL;

	for (unsigned long n = 1; n <= 3; n++) {
		mem_fail_after(n);
		ck_assert_int_eq(operation_new(&o, key, &op, USE_ENCRYPT,
		    MECHANISM), CNG_ERR_NO_MEMORY);
		ck_assert_ptr_null(o);
	}
	mem_fail_after(0);
	ck_assert_uint_eq(atomic_load(&key->refs), 1);
	operation_free(begin(key, &op, USE_ENCRYPT));
	object_free(key);
}
END_TEST

/* --- signatures ------------------------------------------------------- */

START_TEST(signatures_of_every_scheme)
{
	static const struct {
		enum key_family family;
		struct key_op op;
		size_t size;
		bool same;   /* the same signature each time */
	} rows[] = {
		{ KEY_RSA, { .scheme = OP_RSA_PKCS1, .hash = HASH_SHA256 },
		    128, true },
		{ KEY_RSA, { .scheme = OP_RSA_PKCS1 }, 128, true },
		{ KEY_RSA, { .scheme = OP_RSA_PSS, .hash = HASH_SHA256,
		    .pad_hash = HASH_SHA256, .mgf_hash = HASH_SHA256,
		    .salt_len = 32 }, 128, false },
		{ KEY_RSA, { .scheme = OP_RSA_PSS, .pad_hash = HASH_SHA256,
		    .mgf_hash = HASH_SHA256, .salt_len = 32 }, 128, false },
		{ KEY_EC, { .scheme = OP_ECDSA, .hash = HASH_SHA256 }, 64,
		    false },
		{ KEY_EC, { .scheme = OP_ECDSA }, 64, false },
	};
	static const uint8_t data[32] = { 9, 8, 7 };
	struct span in = span_of(data, sizeof data);
	uint8_t one[256], parts[256];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct key_op *op = &rows[i].op;
		struct pair pair = pair_of(rows[i].family);
		struct operation *o;
		size_t len;

		len = run(pair.private, op, USE_SIGN, in, one, sizeof one);
		ck_assert_uint_eq(len, rows[i].size);
		ck_assert_uint_eq(run_parts(pair.private, op, USE_SIGN, in,
		    parts, sizeof parts), len);
		ck_assert_msg((memcmp(one, parts, len) == 0) == rows[i].same,
		    "row %zu", i);
		ck_assert_int_eq(verify(pair.public, op, in,
		    span_of(parts, len)), CNG_OK);
		o = begin(pair.public, op, USE_VERIFY);
		ck_assert_int_eq(operation_update(o, span_of(data, 5), NULL),
		    CNG_OK);
		ck_assert_int_eq(operation_update(o, span_of(data + 5, 27),
		    NULL), CNG_OK);
		ck_assert_int_eq(operation_verify_final(o,
		    span_of(one, len)), CNG_OK);
		operation_free(o);
		one[len - 1] ^= 1;
		ck_assert_int_eq(verify(pair.public, op, in,
		    span_of(one, len)), CNG_ERR_SIGNATURE);
		o = begin(pair.public, op, USE_VERIFY);
		ck_assert_int_eq(operation_update(o, in, NULL), CNG_OK);
		ck_assert_int_eq(operation_verify_final(o,
		    span_of(one, len)), CNG_ERR_SIGNATURE);
		operation_free(o);
		pair_free(&pair);
	}
}
END_TEST

START_TEST(recovery_goes_there_and_back)
{
	struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct pair rsa = pair_of(KEY_RSA);
	uint8_t signature[128], data[128];
	size_t len;

	len = run(rsa.private, &op, USE_SIGN_RECOVER, span_str("hello"),
	    signature, sizeof signature);
	ck_assert_uint_eq(len, 128);
	len = run(rsa.public, &op, USE_VERIFY_RECOVER,
	    span_of(signature, 128), data, sizeof data);
	ck_assert(span_equal(span_of(data, len), span_str("hello")));
	pair_free(&rsa);
}
END_TEST

/* RFC 4231, test case 1. */
START_TEST(hmac_known_answer)
{
	static const uint8_t start[] = { 0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb,
		0x38, 0x53 };
	struct key_op op = { .scheme = OP_HMAC, .hash = HASH_SHA256 };
	struct object *key = secret_of(KEY_GENERIC,
	    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
	uint8_t mac[64];

	ck_assert_uint_eq(run(key, &op, USE_SIGN, span_str("Hi There"), mac,
	    sizeof mac), 32);
	ck_assert_mem_eq(mac, start, sizeof start);
	ck_assert_int_eq(verify(key, &op, span_str("Hi There"),
	    span_of(mac, 32)), CNG_OK);
	ck_assert_int_eq(verify(key, &op, span_str("Hi there"),
	    span_of(mac, 32)), CNG_ERR_SIGNATURE);
	op.mac_len = 8;
	ck_assert_uint_eq(run(key, &op, USE_SIGN, span_str("Hi There"), mac,
	    8), 8);
	memset(mac, 0, sizeof mac);
	ck_assert_uint_eq(run_parts(key, &op, USE_SIGN, span_str("Hi There"),
	    mac, sizeof mac), 8);
	ck_assert_mem_eq(mac, start, 8);
	object_free(key);
}
END_TEST

/* RFC 4493, example 2. */
START_TEST(cmac_known_answer)
{
	static const uint8_t start[] = { 0x07, 0x0a, 0x16, 0xb4, 0x6b, 0x4d,
		0x41, 0x44 };
	struct key_op op = { .scheme = OP_AES_CMAC };
	struct object *key = secret_of(KEY_AES,
	    "2b7e151628aed2a6abf7158809cf4f3c");
	struct secret data;
	uint8_t mac[32];

	ck_assert_int_eq(hex_decode(&data,
	    "6bc1bee22e409f96e93d7e117393172a"), CNG_OK);
	ck_assert_uint_eq(run(key, &op, USE_SIGN, secret_span(&data), mac,
	    sizeof mac), 16);
	ck_assert_mem_eq(mac, start, sizeof start);
	memset(mac, 0, sizeof mac);
	ck_assert_uint_eq(run_parts(key, &op, USE_SIGN, secret_span(&data),
	    mac, sizeof mac), 16);
	ck_assert_mem_eq(mac, start, sizeof start);
	secret_free(&data);
	object_free(key);
}
END_TEST

START_TEST(held_parts_have_an_end)
{
	static const uint8_t block[1024];
	struct key_op op = { .scheme = OP_ECDSA };
	struct pair ec = pair_of(KEY_EC);
	struct operation *o = begin(ec.private, &op, USE_SIGN);

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(operation_update(o, span_of(block, 1024),
		    NULL), CNG_OK);
	ck_assert_int_eq(operation_update(o, span_of(block, 1), NULL),
	    CNG_ERR_DATA_SIZE);
	operation_free(o);
	pair_free(&ec);
}
END_TEST

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
	ck_assert_int_eq(operation_digest_key(o, key),
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

	ck_assert_int_eq(operation_digest_key(o, ec.private),
	    CNG_ERR_KEY_TYPE);
	ck_assert(!operation_is_multipart(o));
	ck_assert_int_eq(operation_update(o, span_str("a"), NULL), CNG_OK);
	ck_assert_int_eq(operation_digest_key(o, key), CNG_OK);
	key->flags &= ~PROP_BIT(PROP_FINALIZED);
	ck_assert_int_eq(operation_digest_key(o, key), CNG_ERR_KEY_STATE);
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
		every_scheme_knows_its_keys,
		wrong_keys_are_told,
		checks_come_in_order,
		each_use_has_its_own_permission,
		no_memory,
		signatures_of_every_scheme,
		recovery_goes_there_and_back,
		hmac_known_answer,
		cmac_known_answer,
		held_parts_have_an_end,
		ciphers_in_one_go_and_in_parts,
		rsa_encryption,
		what_was_borrowed_is_copied,
		a_small_buffer_changes_nothing,
		one_go_and_parts_do_not_mix,
		pin_before_each_use,
		digest_known_answer,
		digest_of_a_key,
	};

	return run_tests("core_operation", tests, ARRAY_LEN(tests));
}
