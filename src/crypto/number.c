/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between our bytes and libcrypto's big numbers.
 */
#include "crypto/number.h"

#include "crypto/internal.h"

BN_CTX *
number_ctx(void)
{
	OSSL_LIB_CTX *ctx = crypto_ctx();

	return ctx == NULL ? NULL : BN_CTX_new_ex(ctx);
}

BIGNUM *
number_new(void)
{
	BIGNUM *number = BN_new();

	if (number != NULL)
		BN_set_flags(number, BN_FLG_CONSTTIME);
	return number;
}

BIGNUM *
number_of(struct span bytes)
{
	BIGNUM *number = number_new();

	/* SECRET_MAX keeps every length far below INT_MAX */
	if (number != NULL &&
	    (bytes.len > SECRET_MAX ||
		BN_bin2bn(bytes.ptr, (int)bytes.len, number) == NULL)) {
		BN_clear_free(number);
		return NULL;
	}
	return number;
}

BIGNUM *
number_part(const struct key_material *key, enum key_part part)
{
	struct span bytes = key_part(key, part);

	return bytes.len == 0 ? NULL : number_of(bytes);
}

enum cng_status
number_store(struct key_material *key, enum key_part part,
    const BIGNUM *number)
{
	struct secret bytes = { 0 };
	int len = BN_num_bytes(number);
	enum cng_status st = secret_new(&bytes, (size_t)len);

	if (st == CNG_OK && BN_bn2binpad(number, bytes.ptr, len) != len)
		st = CNG_ERR_INTERNAL;
	if (st == CNG_OK)
		st = key_set(key, part, secret_span(&bytes));
	secret_free(&bytes);
	return st;
}

bool
number_looks_prime(const BIGNUM *p, const BIGNUM *p1, BN_CTX *ctx)
{
	BIGNUM *odd = number_new(), *x = number_new(), *base = number_new();
	bool prime = false;
	int twos = 1;

	if (odd == NULL || x == NULL || base == NULL || BN_num_bits(p) < 8)
		goto out;
	while (!BN_is_bit_set(p1, twos))
		twos++;
	if (BN_rshift(odd, p1, twos) != 1 ||
	    BN_priv_rand_range_ex(base, p1, 0, ctx) != 1 ||
	    BN_add_word(base, 1) != 1 ||
	    BN_mod_exp_mont_consttime(x, base, odd, p, ctx, NULL) != 1)
		goto out;
	prime = BN_is_one(x) || BN_cmp(x, p1) == 0;
	for (int i = 1; !prime && i < twos; i++) {
		if (BN_mod_sqr(x, x, p, ctx) != 1 || BN_is_one(x))
			break;
		prime = BN_cmp(x, p1) == 0;
	}
out:
	BN_clear_free(odd);
	BN_clear_free(x);
	BN_clear_free(base);
	return prime;
}
