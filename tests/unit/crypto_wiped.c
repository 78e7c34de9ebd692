/* SPDX-License-Identifier: BSD-2-Clause
 *
 * No private number stays in memory that OpenSSL gives back while a key file
 * is read or written: all that it frees is searched, for the bytes as DER has
 * them and as a number of OpenSSL has them.
 */
#include <check.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/util.h"
#include "crypto/crypto.h"
#include "crypto/pfx.h"
#include "key/set.h"
#include "sample.h"

#define NEEDLE 16

static const struct pbe secret_pbe = { .has_password = true,
	.password = { (const uint8_t *)"secret", 6 },
	.kind = PBE_PBES2_AES256, .iterations = 2 };

/* Not on the heap. */
static uint8_t needle[NEEDLE], turned[NEEDLE];
static bool armed;
static unsigned hits;

static void
look(const void *ptr, size_t len)
{
	if (armed && (memmem(ptr, len, needle, NEEDLE) != NULL ||
	    memmem(ptr, len, turned, NEEDLE) != NULL))
		hits++;
}

static void *
take(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return len == 0 ? NULL : calloc(1, len);
}

static void
give(void *ptr, const char *file, int line)
{
	(void)file;
	(void)line;
	if (ptr != NULL)
		look(ptr, malloc_usable_size(ptr));
	free(ptr);
}

static void *
retake(void *ptr, size_t len, const char *file, int line)
{
	size_t old = ptr == NULL ? 0 : malloc_usable_size(ptr);
	void *fresh = take(len, file, line);

	if (fresh == NULL && len > 0)
		return NULL;
	if (fresh != NULL && old > 0)
		memcpy(fresh, ptr, old < len ? old : len);
	give(ptr, file, line);
	return fresh;
}

static void
arm(const struct key_material *key)
{
	static const enum key_part parts[KEY_FAMILY_COUNT] = {
		[KEY_RSA] = RSA_P,
		[KEY_EC] = EC_D,
		[KEY_EDWARDS] = ECX_PRIVATE,
		[KEY_MONTGOMERY] = ECX_PRIVATE,
		[KEY_DSA] = DSA_X,
	};
	struct span d = key_part(key, parts[key->family]);

	ck_assert_uint_ge(d.len, NEEDLE);
	memcpy(needle, d.ptr + d.len - NEEDLE, NEEDLE);
	for (size_t i = 0; i < NEEDLE; i++)
		turned[i] = needle[NEEDLE - 1 - i];
	hits = 0;
	armed = true;
}

static void
is_clean(const char *what)
{
	armed = false;
	ck_assert_msg(hits == 0, "%s: freed %u times as it was", what, hits);
}

/* --- files ------------------------------------------------------------- */

static const char *const files[] = { "rsa1024.der", "p256.pem", "p256.der",
	"dsa1024.der", "ed25519.der", "x25519.der", "old_rsa1024_des3.pem",
	"old_p256_des.pem", "old_dsa1024_aes256.pem" };

static struct key_material
read_key(struct span in)
{
	struct key_material key;
	enum cng_status st = key_decode_any(&key, in, NULL);

	if (st == CNG_ERR_BAD_PASSWORD)
		st = key_decode_any(&key, in, &secret_pbe);
	ck_assert_int_eq(st, CNG_OK);
	return key;
}

START_TEST(keys)
{
	struct secret in = sample_read(files[_i]);
	struct key_material key = read_key(secret_span(&in)), again;

	arm(&key);
	again = read_key(secret_span(&in));
	is_clean(files[_i]);
	armed = true;
	ck_assert_int_eq(crypto_complete(&again), CNG_OK);
	ck_assert_int_eq(crypto_check_pair(&again), CNG_OK);
	is_clean("completed");
	key_free(&again);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* Written in clear and encrypted, and as OpenSSL once did. */
START_TEST(written)
{
	struct secret in = sample_read(files[_i]);
	struct key_material key = read_key(secret_span(&in));
	uint8_t room[4096];
	const char *label;
	struct wr w;

	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	arm(&key);
	w = wr_of(room, sizeof room);
	ck_assert_int_eq(pkcs8_encode(&key, NULL, &w), CNG_OK);
	is_clean("PKCS#8");
	armed = true;
	w = wr_of(room, sizeof room);
	ck_assert_int_eq(pkcs8_encode(&key, &secret_pbe, &w), CNG_OK);
	is_clean("encrypted PKCS#8");
	armed = true;
	w = wr_of(room, sizeof room);
	(void)!key_encode_old(&key, &label, &w);
	is_clean("old form");
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* --- PFX --------------------------------------------------------------- */

static const char *const pfx_files[] = { "pfx_aes256.pfx", "pfx_rc2.pfx",
	"pfx_plain_bags.pfx", "pfx_two_keys.pfx", "pfx_ber.pfx" };

static void
take_key(struct key_material *key, const struct pfx *pfx)
{
	size_t i = 0;

	while (i < pfx->count && pfx->item[i].kind != PFX_KEY)
		i++;
	ck_assert_uint_lt(i, pfx->count);
	ck_assert_int_eq(pkcs8_decode(key, secret_span(&pfx->item[i].der),
	    NULL), CNG_OK);
}

START_TEST(pfx)
{
	struct secret in = sample_read(pfx_files[_i]), out;
	struct pfx_part parts[PFX_PARTS_MAX];
	struct key_material key, again;
	struct pfx all;
	size_t count;

	ck_assert_int_eq(pfx_read(&all, secret_span(&in), &secret_pbe),
	    CNG_OK);
	take_key(&key, &all);
	pfx_free(&all);
	arm(&key);
	ck_assert_int_eq(pfx_read(&all, secret_span(&in), &secret_pbe),
	    CNG_OK);
	is_clean(pfx_files[_i]);
	armed = true;
	ck_assert_int_eq(pfx_describe(secret_span(&in), parts, &count),
	    CNG_OK);
	is_clean("described");
	armed = true;
	take_key(&again, &all);
	ck_assert_int_eq(pfx_write(&out, &all, &secret_pbe), CNG_OK);
	is_clean("written");
	key_free(&again);
	key_free(&key);
	pfx_free(&all);
	secret_free(&out);
	secret_free(&in);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crypto wiped");
	TCase *tc = tcase_create("wiped");

	if (CRYPTO_set_mem_functions(take, retake, give) != 1)
		return EXIT_FAILURE;
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, keys, 0, ARRAY_LEN(files));
	tcase_add_loop_test(tc, written, 0, ARRAY_LEN(files));
	tcase_add_loop_test(tc, pfx, 0, ARRAY_LEN(pfx_files));
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
