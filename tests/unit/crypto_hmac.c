/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC beside libcrypto's: every hash, keys and messages about the block, and
 * a key that is used with all hashes in turn.
 */
#include "tests/unit/crypto_test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const struct {
	enum key_hash hash;
	const char *name;
} hashes[] = {
	{ HASH_SHA1, "SHA1" },
	{ HASH_SHA224, "SHA224" },
	{ HASH_SHA256, "SHA256" },
	{ HASH_SHA384, "SHA384" },
	{ HASH_SHA512, "SHA512" },
	{ HASH_SHA3_256, "SHA3-256" },
};

static const size_t key_lens[] = { 1, 20, 63, 64, 65, 127, 128, 129, 300 };
static const size_t lens[] = { 0, 1, 16, 55, 56, 64, 111, 112, 128, 1000 };

static uint8_t bytes[1000];

static struct crypto_key *
key_of_len(size_t len)
{
	struct key_material m = { .family = KEY_GENERIC, .has_private = true };
	struct crypto_key *key;

	ok(key_set(&m, SYM_VALUE, span_of(bytes + 7, len)));
	ok(crypto_key_new(&key, &m));
	key_free(&m);
	return key;
}

/* At once, and in two parts; twice, for what is kept by the first. */
static void
check_one(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct span want)
{
	for (int i = 0; i < 2; i++) {
		struct crypto_stream *s;
		uint8_t out[64];
		struct wr w = wr_of(out, sizeof out);

		ok(crypto_sign(key, op, data, &w));
		ck_assert(span_equal(span_of(out, w.len), want));
		ok(crypto_verify(key, op, data, want));
		ok(crypto_stream_new(&s, key, op, OP_SIGN));
		w = wr_of(out, sizeof out);
		ok(crypto_stream_update(s, span_of(data.ptr, data.len / 3),
		    &w));
		ok(crypto_stream_update(s, span_of(data.ptr + data.len / 3,
		    data.len - data.len / 3), &w));
		ok(crypto_stream_final(s, &w));
		ck_assert(span_equal(span_of(out, w.len), want));
		crypto_stream_free(s);
	}
}

START_TEST(as_libcrypto)
{
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t k = 0; k < ARRAY_LEN(key_lens); k++) {
		struct crypto_key *key = key_of_len(key_lens[k]);

		for (size_t i = 0; i < ARRAY_LEN(hashes) * ARRAY_LEN(lens);
		     i++) {
			size_t h = i % ARRAY_LEN(hashes);
			struct key_op op = { .scheme = OP_HMAC,
				.hash = hashes[h].hash };
			size_t len = lens[i / ARRAY_LEN(hashes)];
			uint8_t want[64];
			unsigned n = 0;

			ck_assert_ptr_nonnull(HMAC(
			    EVP_get_digestbyname(hashes[h].name), bytes + 7,
			    (int)key_lens[k], bytes, len, want, &n));
			check_one(key, &op, span_of(bytes, len),
			    span_of(want, n));
		}
		crypto_key_free(key);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { as_libcrypto };

	return run_tests("crypto_hmac", tests, ARRAY_LEN(tests));
}
