/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES-XCBC-MAC: CBC under one derived key; the last block is masked with one
 * of two more, by whether it had to be padded.
 */
#include "crypto/xcbc.h"

#include "base/alloc.h"
#include "crypto/mac.h"

#define BLOCK 16

struct xcbc {
	EVP_CIPHER_CTX *cbc;
	uint8_t mask[2][BLOCK];  /* of a whole last block, of a padded one */
	uint8_t last[BLOCK];     /* what may be the last block */
	size_t len;
};

/* The three keys are the key's own ciphertexts of 01.., 02.. and 03... */
static bool
make_keys(struct crypto_lib *lib, const struct crypto_key *key,
    uint8_t made[3][BLOCK])
{
	EVP_CIPHER *ecb = lib_aes(lib, AES_MODE_ECB, XCBC_KEY);
	EVP_CIPHER_CTX *ctx = ecb == NULL ? NULL : EVP_CIPHER_CTX_new();
	bool ok = ctx != NULL && EVP_EncryptInit_ex2(ctx, ecb,
	    key->value.ptr, NULL, NULL) == 1;
	uint8_t constant[BLOCK];
	int len;

	for (size_t i = 0; ok && i < 3; i++) {
		memset(constant, (int)i + 1, sizeof constant);
		ok = EVP_EncryptUpdate(ctx, made[i], &len, constant, BLOCK) ==
			1 && len == BLOCK;
	}
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static bool
start(struct xcbc *x, struct crypto_lib *lib, const struct crypto_key *key)
{
	static const uint8_t zero[BLOCK];
	EVP_CIPHER *cbc = lib_aes(lib, AES_MODE_CBC, XCBC_KEY);
	uint8_t made[3][BLOCK];
	bool ok = cbc != NULL && make_keys(lib, key, made);

	x->cbc = ok ? EVP_CIPHER_CTX_new() : NULL;
	ok = x->cbc != NULL &&
	    EVP_EncryptInit_ex2(x->cbc, cbc, made[0], zero, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(x->cbc, 0) == 1;
	if (ok)
		memcpy(x->mask, made[1], sizeof x->mask);
	wipe(made, sizeof made);
	return ok;
}

enum cng_status
xcbc_new(struct xcbc **out, const struct crypto_key *key,
    const struct key_op *op)
{
	struct crypto_lib *lib = key_lib(key);
	struct xcbc *x;

	*out = NULL;
	if (key->family != KEY_AES)
		return CNG_ERR_KEY_TYPE;
	if (key->value.len != XCBC_KEY)
		return CNG_ERR_KEY_SIZE;
	if (op->mac_len > XCBC_LEN)
		return CNG_ERR_MECHANISM_PARAM;
	x = lib == NULL ? NULL : mem_new(1, sizeof *x);
	if (x == NULL)
		return CNG_ERR_NO_MEMORY;
	if (!start(x, lib, key)) {
		xcbc_free(x);
		return CNG_ERR_INTERNAL;
	}
	*out = x;
	return CNG_OK;
}

void
xcbc_free(struct xcbc *x)
{
	if (x == NULL)
		return;
	EVP_CIPHER_CTX_free(x->cbc);
	wipe(x, sizeof *x);
	mem_free(x);
}

static bool
chain(struct xcbc *x, uint8_t out[BLOCK])
{
	int len;

	return EVP_EncryptUpdate(x->cbc, out, &len, x->last, BLOCK) == 1 &&
	    len == BLOCK;
}

bool
xcbc_update(struct xcbc *x, struct span data)
{
	uint8_t unused[BLOCK];
	bool ok = true;
	size_t n;

	while (ok && data.len > 0) {
		if (x->len == BLOCK) {
			ok = chain(x, unused);
			x->len = 0;
		}
		n = BLOCK - x->len < data.len ? BLOCK - x->len : data.len;
		memcpy(x->last + x->len, data.ptr, n);
		x->len += n;
		data = span_of(data.ptr + n, data.len - n);
	}
	wipe(unused, sizeof unused);
	return ok;
}

bool
xcbc_final(struct xcbc *x, uint8_t out[XCBC_LEN])
{
	const uint8_t *mask = x->mask[x->len < BLOCK];

	if (x->len < BLOCK) {
		memset(x->last + x->len, 0, BLOCK - x->len);
		x->last[x->len] = 0x80;
	}
	for (size_t i = 0; i < BLOCK; i++)
		x->last[i] ^= mask[i];
	return chain(x, out);
}

/* --- at once -------------------------------------------------------------- */

static enum cng_status
make(const struct crypto_key *key, const struct key_op *op, struct span data,
    uint8_t out[XCBC_LEN])
{
	struct xcbc *x;
	enum cng_status st = xcbc_new(&x, key, op);

	if (st == CNG_OK && !(xcbc_update(x, data) && xcbc_final(x, out)))
		st = CNG_ERR_INTERNAL;
	xcbc_free(x);
	return st;
}

enum cng_status
xcbc_sign(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct wr *out)
{
	size_t len = op->mac_len != 0 ? op->mac_len : XCBC_LEN;
	uint8_t made[XCBC_LEN];
	enum cng_status st;

	if (wr_room(out, len) == NULL)
		return wr_status(out);
	st = make(key, op, data, made);
	if (st == CNG_OK)
		wr_bytes(out, span_of(made, len));
	wipe(made, sizeof made);
	return st;
}

enum cng_status
xcbc_verify(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct span mac)
{
	uint8_t made[XCBC_LEN];
	enum cng_status st = make(key, op, data, made);

	if (st == CNG_OK)
		st = mac_compare(op, made, mac);
	wipe(made, sizeof made);
	return st;
}
