/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The proof that p and q of a DSA key were not chosen: both follow from the
 * seed and the counter, by FIPS 186-2 appendix 2.2 (version 1 of the blobs)
 * or by FIPS 186-4 A.1.1.2.  One counter is looked at, not those before it.
 */
#include "crypto/ffc.h"

#include "base/rd.h"
#include "base/util.h"
#include "crypto/digest.h"
#include "crypto/number.h"

#define COUNTER_MAX_186_2 4096

/* The numbering of BCRYPT_DSA_KEY_BLOB_V2. */
static const enum key_hash hashes[] = { HASH_SHA1, HASH_SHA256, HASH_SHA512 };

struct proof {
	bool fips_186_3;
	enum key_hash hash;
	size_t hash_len;
	struct secret seed;    /* counts up */
	uint32_t counter;
	size_t bits;           /* of p */
	BIGNUM *p, *q;
	BN_CTX *ctx;
};

/* One to be seen as a big-endian number of fixed width. */
static void
count_up(struct secret *seed)
{
	for (size_t i = seed->len; i-- > 0;)
		if (++seed->ptr[i] != 0)
			break;
}

static enum cng_status
digest_of_seed(const struct proof *proof, uint8_t out[DIGEST_MAX])
{
	return crypto_digest(proof->hash, secret_span(&proof->seed), out);
}

/* Leaves the seed one higher for 186-2, which hashes it twice. */
static enum cng_status
check_q(struct proof *proof)
{
	uint8_t u[DIGEST_MAX], second[DIGEST_MAX];
	size_t len = (size_t)BN_num_bytes(proof->q);
	BIGNUM *made = NULL;
	enum cng_status st = digest_of_seed(proof, u);

	if (st == CNG_OK && len != proof->hash_len)
		return CNG_ERR_BAD_PUBLIC_KEY;
	if (st == CNG_OK && !proof->fips_186_3) {
		count_up(&proof->seed);
		st = digest_of_seed(proof, second);
		for (size_t i = 0; st == CNG_OK && i < len; i++)
			u[i] ^= second[i];
	}
	if (st != CNG_OK)
		return st;
	u[0] |= 0x80;
	u[len - 1] |= 1;
	made = number_of(span_of(u, len));
	if (made == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (BN_cmp(made, proof->q) != 0)
		st = CNG_ERR_BAD_PUBLIC_KEY;
	BN_clear_free(made);
	return st;
}

/* The counter stands for so many seeds that were used up before. */
static void
skip_seeds(struct proof *proof, size_t blocks)
{
	uint64_t add = (uint64_t)proof->counter * blocks;

	for (size_t i = proof->seed.len; add > 0 && i-- > 0; add >>= 8) {
		add += proof->seed.ptr[i];
		proof->seed.ptr[i] = (uint8_t)add;
	}
}

/* X: hashes of the seeds that follow, the first is the lowest, cut to the
 * size of p, with its top bit set. */
static enum cng_status
make_x(struct proof *proof, BIGNUM **out)
{
	size_t blocks = (proof->bits + proof->hash_len * 8 - 1) /
	    (proof->hash_len * 8);
	uint8_t digest[DIGEST_MAX];
	struct secret all = { 0 };
	enum cng_status st = secret_new(&all, blocks * proof->hash_len);

	skip_seeds(proof, blocks);
	for (size_t i = blocks; st == CNG_OK && i-- > 0;) {
		count_up(&proof->seed);
		st = digest_of_seed(proof, digest);
		if (st == CNG_OK)
			memcpy(all.ptr + i * proof->hash_len, digest,
			    proof->hash_len);
	}
	if (st == CNG_OK) {
		*out = number_of(secret_span(&all));
		if (*out == NULL)
			st = CNG_ERR_NO_MEMORY;
	}
	/* a number that is short already is not masked */
	if (st == CNG_OK)
		(void)BN_mask_bits(*out, (int)proof->bits - 1);
	if (st == CNG_OK && BN_set_bit(*out, (int)proof->bits - 1) != 1)
		st = CNG_ERR_NO_MEMORY;
	secret_free(&all);
	return st;
}

/* p = X - (X mod 2q) + 1 */
static enum cng_status
check_p(struct proof *proof)
{
	BIGNUM *x = NULL, *c = number_new(), *q2 = number_new();
	enum cng_status st = make_x(proof, &x);

	if (st != CNG_OK)
		goto out;
	if (c == NULL || q2 == NULL || BN_lshift1(q2, proof->q) != 1 ||
	    BN_div(NULL, c, x, q2, proof->ctx) != 1 ||
	    BN_sub(x, x, c) != 1 || BN_add_word(x, 1) != 1)
		st = CNG_ERR_NO_MEMORY;
	else if (BN_cmp(x, proof->p) != 0)
		st = CNG_ERR_BAD_PUBLIC_KEY;
out:
	BN_clear_free(x);
	BN_clear_free(c);
	BN_clear_free(q2);
	return st;
}

/* How the key says that it was made. */
static bool
read_info(struct proof *proof, const struct key_material *key)
{
	struct span info = key_part(key, DSA_INFO);
	struct rd r = rd_of(key_part(key, DSA_COUNT));

	proof->hash = HASH_SHA1;
	if (info.len == 2) {
		if (info.ptr[0] >= ARRAY_LEN(hashes) || info.ptr[1] > 1)
			return false;
		proof->hash = hashes[info.ptr[0]];
		proof->fips_186_3 = info.ptr[1] == 1;
	}
	proof->hash_len = hash_info(proof->hash)->size;
	proof->bits = key_bits(key);
	return rd_u32be(&r, &proof->counter) &&
	    proof->counter < (proof->fips_186_3 ? 4 * proof->bits :
						      COUNTER_MAX_186_2) &&
	    key->part[DSA_SEED].len >= proof->hash_len;
}

enum cng_status
ffc_check_seed(const struct key_material *key)
{
	struct proof proof = { 0 };
	enum cng_status st;

	if (!read_info(&proof, key))
		return CNG_ERR_BAD_PUBLIC_KEY;
	proof.p = number_part(key, DSA_P);
	proof.q = number_part(key, DSA_Q);
	proof.ctx = number_ctx();
	st = secret_copy(&proof.seed, key_part(key, DSA_SEED));
	if (st == CNG_OK && (proof.p == NULL || proof.q == NULL ||
	    proof.ctx == NULL))
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = check_q(&proof);
	if (st == CNG_OK)
		st = check_p(&proof);
	BN_clear_free(proof.p);
	BN_clear_free(proof.q);
	BN_CTX_free(proof.ctx);
	secret_free(&proof.seed);
	return st;
}
