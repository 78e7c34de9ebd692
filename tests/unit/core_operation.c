/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Operations: what is judged at the start; signatures and MACs.
 */
#include "core_operation_help.h"

/* --- judged at the start ---------------------------------------------- */

static enum cng_status
check(int scheme, int use, enum obj_class class, enum key_family family)
{
	struct key_op op = { .scheme = (enum op_scheme)scheme };

	return scheme_check(&op, (enum operation_use)use, class, family);
}

static bool
derives(int scheme)
{
	struct key_op op = { .scheme = (enum op_scheme)scheme };

	return scheme_check_derive(&op, OBJ_NONE, KEY_NONE) !=
	    CNG_ERR_MECHANISM;
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
		    s == OP_RSA_AES_WRAP || s == OP_ECDH_AES_WRAP ||
		    s == OP_ECDH_AES_KW || s == OP_ECDH_3DES_KW ||
		    s == OP_MLKEM || derives(s)),
		    "scheme %d", s);
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
	/* more than has room in the operation itself */
	static const uint8_t much[300];
	struct key_op op = {
		.scheme = OP_AES_GCM,
		.tag_len = 16,
		.iv = { iv16, 12 },
		.aad = { much, sizeof(much) },
	};
	struct object *key = aes_key();
	struct operation *o = NULL;

	for (unsigned long n = 1; n <= 2; n++) {
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
	};

	return run_tests("core_operation", tests, ARRAY_LEN(tests));
}
