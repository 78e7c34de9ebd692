/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The life of the library: threads, forks, shutting down, failing heap.
 */
#include "crypto_test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

/* The allocator of a sanitizer, unlike that of libc, may be locked for good
 * in the child of a process with threads. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FORK_BESIDE_THREADS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FORK_BESIDE_THREADS 0
#endif
#endif
#ifndef FORK_BESIDE_THREADS
#define FORK_BESIDE_THREADS 1
#endif

#define THREADS 4
#define ROUNDS 40

static struct crypto_key *
make(enum key_family family, struct key_material *m)
{
	struct key_spec spec = { .family = family, .curve = CURVE_P256,
		.bits = family == KEY_RSA ? 1024 : 256 };

	ok(crypto_generate(m, &spec));
	return new_key(m);
}

struct keys {
	struct crypto_key *rsa, *ec, *aes, *mac;
};

static struct keys
make_keys(void)
{
	struct key_material m[4];
	struct keys k = {
		.rsa = make(KEY_RSA, &m[0]),
		.ec = make(KEY_EC, &m[1]),
		.aes = make(KEY_AES, &m[2]),
		.mac = make(KEY_GENERIC, &m[3]),
	};

	for (size_t i = 0; i < 4; i++)
		key_free(&m[i]);
	return k;
}

static void
free_keys(struct keys *k)
{
	crypto_key_free(k->rsa);
	crypto_key_free(k->ec);
	crypto_key_free(k->aes);
	crypto_key_free(k->mac);
}

/* No assertions here: it runs in threads and in children. */
static bool
sign_works(const struct crypto_key *key, const struct key_op *op)
{
	struct span data = span_str("data");
	uint8_t out[256];
	struct wr w = wr_of(out, sizeof out);

	return crypto_sign(key, op, data, &w) == CNG_OK &&
	    crypto_verify(key, op, data, span_of(out, w.len)) == CNG_OK;
}

static bool
crypt_works(const struct crypto_key *key, const struct key_op *op)
{
	struct span data = span_str("data of sixteen!");
	uint8_t out[256], back[256];
	struct wr w = wr_of(out, sizeof out), v = wr_of(back, sizeof back);

	return crypto_encrypt(key, op, data, &w) == CNG_OK &&
	    crypto_decrypt(key, op, span_of(out, w.len), &v) == CNG_OK &&
	    span_equal(data, span_of(back, v.len));
}

static bool
keys_work(const struct keys *k)
{
	static const uint8_t iv[16] = { 1 };
	const struct key_op sign[] = {
		{ .scheme = OP_RSA_PKCS1, .hash = HASH_SHA256 },
		{ .scheme = OP_RSA_PSS, .hash = HASH_SHA1 },
		{ .scheme = OP_ECDSA, .hash = HASH_SHA384 },
		{ .scheme = OP_HMAC, .hash = HASH_SHA512 },
	};
	const struct crypto_key *const with[] = { k->rsa, k->rsa, k->ec,
		k->mac };
	const struct key_op crypt[] = {
		{ .scheme = OP_AES_GCM, .iv = { iv, 12 }, .tag_len = 16 },
		{ .scheme = OP_AES_CBC_PAD, .iv = { iv, 16 } },
		{ .scheme = OP_AES_CTR, .iv = { iv, 16 },
		    .counter_bits = 128 },
		{ .scheme = OP_AES_KW },
		{ .scheme = OP_AES_ECB },
	};
	const struct key_op rsa[] = {
		{ .scheme = OP_RSA_PKCS1 },
		{ .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA1 },
	};
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		good = good && sign_works(with[i], &sign[i]);
	for (size_t i = 0; i < ARRAY_LEN(crypt); i++)
		good = good && crypt_works(k->aes, &crypt[i]);
	for (size_t i = 0; i < ARRAY_LEN(rsa); i++)
		good = good && crypt_works(k->rsa, &rsa[i]);
	return good;
}

static void *
work(void *arg)
{
	const struct keys *k = arg;

	for (int i = 0; i < ROUNDS; i++)
		if (!keys_work(k))
			return NULL;
	return arg;
}

START_TEST(threads_share_keys)
{
	struct keys k = make_keys();
	pthread_t threads[THREADS];
	void *result[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &k),
		    0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], &result[i]);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_ptr_eq(result[i], &k);
	free_keys(&k);
}
END_TEST

/* Exit codes: which step failed. */
static int
child(struct keys *k, struct crypto_stream *s, const uint8_t *want)
{
	struct key_material m = { 0 };
	struct key_spec spec = { .family = KEY_EC, .curve = CURVE_P384 };
	uint8_t out[64];
	struct wr w = wr_of(out, sizeof out);

	crypto_after_fork();
	if (!keys_work(k))
		return 1;
	/* what was running goes on */
	if (crypto_stream_update(s, span_str("bc"), &w) != CNG_OK ||
	    crypto_stream_final(s, &w) != CNG_OK ||
	    memcmp(out, want, 32) != 0)
		return 2;
	if (crypto_generate(&m, &spec) != CNG_OK ||
	    crypto_check_pair(&m) != CNG_OK)
		return 3;
	key_free(&m);
	if (!keys_work(k))
		return 4;
	crypto_stream_free(s);
	free_keys(k);
	crypto_shutdown();
	return crypto_start() == CNG_OK ? 0 : 5;
}

/* The child's result.  It leaves without an exit: what other threads held at
 * the fork is lost in it, and no leak checker should say so. */
static int
fork_child(struct keys *k, struct crypto_stream *s, const uint8_t *want)
{
	uint8_t result = 99;
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return 98;
	pid = fork();
	if (pid == 0) {
		alarm(60); /* a lock left behind shows as 99 */
		result = (uint8_t)child(k, s, want);
		if (write(ends[1], &result, 1) == 1)
			raise(SIGKILL);
		_exit(97);
	}
	close(ends[1]);
	if (pid > 0 && read(ends[0], &result, 1) != 1)
		result = 99;
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return result;
}

START_TEST(children_keep_keys)
{
	struct keys k = make_keys();
	struct key_op op = { .scheme = OP_DIGEST, .hash = HASH_SHA256 };
	struct crypto_stream *s;
	struct wr none = wr_of(NULL, 0);
	uint8_t want[32];

	ok(crypto_digest(HASH_SHA256, span_str("abc"), want));
	ok(crypto_stream_new(&s, NULL, &op, OP_DIGEST_DIR));
	ok(crypto_stream_update(s, span_str("a"), &none));
	ck_assert(keys_work(&k));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(fork_child(&k, s, want), 0);
	ck_assert(keys_work(&k));
	crypto_stream_free(s);
	free_keys(&k);
}
END_TEST

/* Forks while other threads are in the middle of everything.  Asserts only
 * when they are done. */
START_TEST(fork_beside_threads)
{
	struct keys k = make_keys();
	struct key_op op = { .scheme = OP_DIGEST, .hash = HASH_SHA256 };
	pthread_t threads[2];
	struct crypto_stream *s;
	struct wr none = wr_of(NULL, 0);
	uint8_t want[32];
	void *result[2];
	int bad = 0;

	if (!FORK_BESIDE_THREADS)
		puts("not run under this sanitizer: fork_beside_threads");
	ok(crypto_digest(HASH_SHA256, span_str("abc"), want));
	ok(crypto_stream_new(&s, NULL, &op, OP_DIGEST_DIR));
	ok(crypto_stream_update(s, span_str("a"), &none));
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &k),
		    0);
	for (int i = 0; FORK_BESIDE_THREADS && bad == 0 && i < 10; i++)
		bad = fork_child(&k, s, want);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], &result[i]);
	ck_assert_int_eq(bad, 0);
	ck_assert_ptr_eq(result[0], &k);
	ck_assert_ptr_eq(result[1], &k);
	crypto_stream_free(s);
	free_keys(&k);
}
END_TEST

/* Two children must not draw the parent's numbers. */
START_TEST(children_draw_their_own_numbers)
{
	uint8_t drawn[3][32];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ok(crypto_random(drawn[0], 32));
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			crypto_after_fork();
			_exit(crypto_random(drawn[0], 32) == CNG_OK &&
				write(ends[1], drawn[0], 32) == 32 ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(read(ends[0], drawn[i + 1], 32), 32);
	}
	ok(crypto_random(drawn[0], 32));
	ck_assert_mem_ne(drawn[0], drawn[1], 32);
	ck_assert_mem_ne(drawn[0], drawn[2], 32);
	ck_assert_mem_ne(drawn[1], drawn[2], 32);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(keys_outlive_a_shutdown)
{
	struct keys k = make_keys();

	ck_assert(keys_work(&k));
	crypto_shutdown();
	crypto_shutdown();
	ck_assert(keys_work(&k));
	ok(crypto_start());
	ok(crypto_start());
	ck_assert(keys_work(&k));
	free_keys(&k);
	crypto_shutdown();
	ck_assert_ptr_nonnull(strstr(crypto_version(), "OpenSSL 3"));
}
END_TEST

START_TEST(references_are_counted)
{
	struct keys k = make_keys();
	struct crypto_key *again = crypto_key_ref(k.rsa);

	crypto_key_free(k.rsa);
	k.rsa = again;
	ck_assert(keys_work(&k));
	free_keys(&k);
	crypto_key_free(NULL);
	crypto_stream_free(NULL);
}
END_TEST

/* Whatever allocation fails, the answer is an error and not a crash. */
START_TEST(heap_failures)
{
	struct key_spec spec = { .family = KEY_EC, .curve = CURVE_P256 };
	struct key_op op = { .scheme = OP_AES_CBC_PAD };
	static const uint8_t iv[16] = { 1 };
	bool done = false;

	ok(crypto_start());
	op.iv = span_of(iv, 16);
	for (unsigned long n = 1; !done; n++) {
		struct key_material m = { 0 };
		struct crypto_key *key = NULL;
		struct crypto_stream *s = NULL;
		enum cng_status st;

		mem_fail_after(n);
		st = crypto_generate(&m, &spec);
		if (st == CNG_OK)
			st = crypto_check_pair(&m);
		if (st == CNG_OK)
			st = crypto_key_new(&key, &m);
		crypto_key_free(key);
		key = NULL;
		key_free(&m);
		m = (struct key_material){ .family = KEY_AES,
			.has_private = true };
		if (st == CNG_OK)
			st = key_set(&m, SYM_VALUE, span_of(iv, 16));
		if (st == CNG_OK)
			st = crypto_key_new(&key, &m);
		if (st == CNG_OK)
			st = crypto_stream_new(&s, key, &op, OP_ENCRYPT);
		mem_fail_after(0);
		crypto_stream_free(s);
		crypto_key_free(key);
		key_free(&m);
		done = st == CNG_OK;
		if (!done)
			expect(st, CNG_ERR_NO_MEMORY);
		ck_assert_uint_lt(n, 200);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { threads_share_keys, children_keep_keys,
		fork_beside_threads, children_draw_their_own_numbers,
		keys_outlive_a_shutdown, references_are_counted,
		heap_failures };

	return run_tests("crypto_life", tests, ARRAY_LEN(tests));
}
