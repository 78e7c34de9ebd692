/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The workloads, one a row.  Goals are fractions of the limit, or figures
 * where there is none; rows that need more keys on the token come later.
 */
#include "bench/acts.h"

#include "pkcs11/vendor.h"

#define KIB 1024
#define MANY 1000
#define CROWD 100000
/* A hash, with and without what PKCS#1 puts before it. */
#define HASH_LEN 32
#define DIGEST_INFO_LEN 51

#define SIGN_RSA(n) .module = &act_sign, .limit = &limit_sign, .key = (n), \
	.mech = CKM_RSA_PKCS, .size = DIGEST_INFO_LEN
#define SIGN_EC(n) .module = &act_sign, .limit = &limit_sign, .key = (n), \
	.mech = CKM_ECDSA, .size = HASH_LEN
#define GCM .module = &act_encrypt, .limit = &limit_encrypt, .key = KEY_AES, \
	.mech = CKM_AES_GCM
#define CBC .module = &act_encrypt, .limit = &limit_encrypt, .key = KEY_AES, \
	.mech = CKM_AES_CBC
#define SHA256 .module = &act_digest, .limit = &limit_digest, \
	.mech = CKM_SHA256
#define HMAC(n) .module = &act_sign, .limit = &limit_mac, .key = (n), \
	.mech = CKM_SHA256_HMAC
#define KWP .key = KEY_KEK, .target = KEY_RSA2048, \
	.mech = CKM_AES_KEY_WRAP_KWP
#define KW .key = KEY_KEK, .target = KEY_AES, .mech = CKM_AES_KEY_WRAP
#define CHILD(n) .module = &act_child, .flags = WORK_DISK, .what = (n)
#define WITH_LIMIT .limit = &limit_child
#define FIND .limit = &limit_find

const struct work workloads[] = {
	{ "RSA-2048 sign", SIGN_RSA(KEY_RSA2048), .goal = 0.97 },
	{ "RSA-2048 sign, token key", SIGN_RSA(KEY_RSA2048_TOKEN),
	    .goal = 0.97 },
	{ "RSA-4096 sign", SIGN_RSA(KEY_RSA4096), .goal = 0.97 },
	{ "P-256 sign", SIGN_EC(KEY_P256), .goal = 0.90 },
	{ "P-256 sign, token key", SIGN_EC(KEY_P256_TOKEN), .goal = 0.90 },
	{ "P-384 sign", SIGN_EC(KEY_P384), .goal = 0.97 },
	{ "Ed25519 sign", .module = &act_sign, .limit = &limit_sign_once,
	    .key = KEY_ED25519, .mech = CKM_EDDSA, .size = HASH_LEN,
	    .goal = 0.90 },
	{ "RSA-2048 verify", .module = &act_verify, .limit = &limit_verify,
	    .key = KEY_RSA2048, .mech = CKM_RSA_PKCS, .size = DIGEST_INFO_LEN,
	    .goal = 0.90 },
	{ "RSA-2048 verify, token key", .module = &act_verify,
	    .limit = &limit_verify, .key = KEY_RSA2048_TOKEN,
	    .mech = CKM_RSA_PKCS, .size = DIGEST_INFO_LEN, .goal = 0.90 },
	{ "P-256 verify", .module = &act_verify, .limit = &limit_verify,
	    .key = KEY_P256, .mech = CKM_ECDSA, .size = HASH_LEN,
	    .goal = 0.97 },
	{ "RSA-2048 OAEP decrypt", .module = &act_decrypt,
	    .limit = &limit_decrypt_rsa, .key = KEY_RSA2048,
	    .mech = CKM_RSA_PKCS_OAEP, .size = HASH_LEN, .goal = 0.97 },

	{ "AES-256-GCM 16 B", GCM, .size = 16, .goal = 0.5 },
	{ "AES-256-GCM 1 KiB", GCM, .size = KIB, .goal = 0.9 },
	{ "AES-256-GCM 1 MiB", MIB_PER_SECOND, GCM, .size = KIB * KIB,
	    .goal = 0.97 },
	{ "AES-256-GCM 1 MiB decrypt", MIB_PER_SECOND, .module = &act_decrypt,
	    .limit = &limit_decrypt, .key = KEY_AES, .mech = CKM_AES_GCM,
	    .size = KIB * KIB, .goal = 0.97 },
	{ "AES-256-CBC 16 B", CBC, .size = 16, .goal = 0.5 },
	{ "AES-256-CBC 1 KiB", CBC, .size = KIB, .goal = 0.9 },
	{ "AES-256-CBC 1 MiB", MIB_PER_SECOND, CBC, .size = KIB * KIB,
	    .goal = 0.97 },
	{ "AES-256-CBC 1 MiB decrypt", MIB_PER_SECOND, .module = &act_decrypt,
	    .limit = &limit_decrypt, .key = KEY_AES, .mech = CKM_AES_CBC,
	    .size = KIB * KIB, .goal = 0.97 },
	{ "SHA-256 16 B", SHA256, .size = 16, .goal = 0.5 },
	{ "SHA-256 1 KiB", SHA256, .size = KIB, .goal = 0.9 },
	{ "SHA-256 1 MiB", MIB_PER_SECOND, SHA256, .size = KIB * KIB,
	    .goal = 0.97 },
	{ "HMAC-SHA-256 16 B", HMAC(KEY_HMAC), .size = 16, .goal = 0.5 },
	{ "HMAC-SHA-256 16 B, token key", HMAC(KEY_HMAC_TOKEN), .size = 16,
	    .goal = 0.5 },
	{ "HMAC-SHA-256 1 KiB", HMAC(KEY_HMAC), .size = KIB, .goal = 0.9 },
	{ "HMAC-SHA-256 1 MiB", MIB_PER_SECOND, HMAC(KEY_HMAC),
	    .size = KIB * KIB, .goal = 0.97 },
	{ "random 32 B", .module = &act_random, .limit = &limit_random,
	    .size = 32 },

	{ "AES-KW wrap AES-256", KW, .module = &act_wrap,
	    .limit = &limit_wrap },
	{ "AES-KW unwrap AES-256", KW, .module = &act_unwrap,
	    .limit = &limit_unwrap },
	{ "KWP wrap RSA-2048", KWP, .module = &act_wrap,
	    .limit = &limit_wrap, .figure = 25000 },
	{ "KWP unwrap RSA-2048", KWP, .module = &act_unwrap,
	    .limit = &limit_unwrap_pkcs8, .figure = 25000 },
	{ "OAEP wrap AES-256", .module = &act_wrap, .limit = &limit_wrap_rsa,
	    .key = KEY_RSA2048_UNWRAP, .target = KEY_AES,
	    .mech = CKM_RSA_PKCS_OAEP, .goal = 0.90 },
	{ "OAEP unwrap AES-256", .module = &act_unwrap,
	    .limit = &limit_decrypt_rsa, .key = KEY_RSA2048_UNWRAP,
	    .target = KEY_AES, .mech = CKM_RSA_PKCS_OAEP, .size = HASH_LEN,
	    .goal = 0.97 },
	{ "blob import RSA-2048", .module = &act_blob_import,
	    .limit = &limit_import_rsa, .target = KEY_RSA2048,
	    .mech = CKM_CNG_RSAFULLPRIVATE, .figure = 16000 },
	{ "blob import P-256", .module = &act_blob_import,
	    .limit = &limit_import_ec, .target = KEY_P256,
	    .mech = CKM_CNG_ECCPRIVATE, .goal = 0.9 },
	{ "blob export RSA-2048", .module = &act_blob_export,
	    .target = KEY_RSA2048, .mech = CKM_CNG_RSAFULLPRIVATE },
	{ "blob export P-256", .module = &act_blob_export,
	    .target = KEY_P256, .mech = CKM_CNG_ECCPRIVATE },

	{ "generate P-256", .module = &act_generate, .limit = &limit_generate,
	    .key = KEY_P256 },
	{ "generate RSA-2048", .module = &act_generate,
	    .limit = &limit_generate, .key = KEY_RSA2048,
	    .flags = WORK_SLOW },
	{ "create AES-256, session", .module = &act_create_session },
	{ "create AES-256, durable", .module = &act_create,
	    .limit = &limit_create, .flags = WORK_DISK, .figure = 2000 },
	{ "create AES-256, durable, 4 threads", .module = &act_create,
	    .threads = 4, .flags = WORK_DISK, .figure = 5000 },
	{ "six attributes", .module = &act_attributes, .key = KEY_P256,
	    .figure = 3e6 },
	{ "six attributes, token key", .module = &act_attributes,
	    .key = KEY_P256_TOKEN, .figure = 1e6 },
	{ "open and close a session", .module = &act_session },

	{ "P-256 sign, 1 thread", SIGN_EC(KEY_P256_TOKEN), .threads = 1,
	    .goal = 0.90 },
	{ "P-256 sign, 2 threads", SIGN_EC(KEY_P256_TOKEN), .threads = 2,
	    .goal = 0.90 },
	{ "P-256 sign, 4 threads", SIGN_EC(KEY_P256_TOKEN), .threads = 4,
	    .goal = 0.90 },
	{ "RSA-2048 sign, 2 threads", SIGN_RSA(KEY_RSA2048_TOKEN),
	    .threads = 2, .goal = 0.97 },
	{ "AES-256-GCM 1 KiB, 2 threads", GCM, .size = KIB, .threads = 2,
	    .goal = 0.9 },
	{ "P-256 sign beside a writer (limit: alone)", .module = &act_beside,
	    .limit = &limit_alone, .key = KEY_P256_TOKEN, .mech = CKM_ECDSA,
	    .size = HASH_LEN, .keys = 10, .flags = WORK_DISK, .goal = 0.9 },

	{ "login", MILLISECONDS, CHILD("login"), .keys = 10 },
	{ "start to first handle, 10 keys", MILLISECONDS, CHILD("start"),
	    WITH_LIMIT, .keys = 10, .figure = 3 },
	{ "find by id, 10 keys", .module = &act_find_id, FIND, .keys = 10,
	    .goal = 0.9 },
	{ "find by label, 10 keys", .module = &act_find_label, FIND,
	    .keys = 10, .goal = 0.9 },
	{ "peak memory after a search, 10 keys", MIB, CHILD("memory"),
	    WITH_LIMIT, .keys = 10, .figure = 16 },
	{ "start to first handle, 1,000 keys", MILLISECONDS, CHILD("start"),
	    WITH_LIMIT, .keys = MANY, .figure = 3 },
	{ "find by id, 1,000 keys", .module = &act_find_id, FIND,
	    .keys = MANY, .goal = 0.9 },
	{ "find by label, 1,000 keys", .module = &act_find_label, FIND,
	    .keys = MANY, .goal = 0.9 },
	{ "peak memory after a search, 1,000 keys", MIB, CHILD("memory"),
	    WITH_LIMIT, .keys = MANY, .figure = 16 },
	{ "start to first handle, 100,000 keys", MILLISECONDS,
	    CHILD("start"), WITH_LIMIT, .keys = CROWD, .figure = 3 },
	{ "find by id, 100,000 keys", .module = &act_find_id, FIND,
	    .keys = CROWD, .goal = 0.9 },
	{ "find by label, 100,000 keys", .module = &act_find_label, FIND,
	    .keys = CROWD, .goal = 0.9 },
	{ "peak memory after a search, 100,000 keys", MIB, CHILD("memory"),
	    WITH_LIMIT, .keys = CROWD, .figure = 16 },
	{ "peak memory after find-all, 100,000 keys", MIB, CHILD("all"),
	    .keys = CROWD, .figure = 64 },
};

const size_t workload_count = COUNT(workloads);
