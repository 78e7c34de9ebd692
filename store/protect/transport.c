/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sealing for transport.  The key of each sealed piece is made from the
 * token's transport key and a salt, so random nonces cannot meet however
 * many pieces a token makes: salt, then nonce, ciphertext and tag.
 */
#include "store/protect/internal.h"

#include "base/wr.h"

#define TRANSPORT_SALT 32

size_t
vault_transport_overhead(void)
{
	return TRANSPORT_SALT + SEAL_NONCE + SEAL_TAG;
}

static enum cng_status
piece_key(uint8_t out[32], const struct vault *vault, struct span salt)
{
	uint8_t key[MASTER_LEN];
	enum cng_status st = crypto_hmac_sha256(
	    span_of(vault->master, MASTER_LEN), span_str("transport"), key);

	if (st == CNG_OK)
		st = crypto_hmac_sha256(span_of(key, sizeof(key)), salt, out);
	wipe(key, sizeof(key));
	return st;
}

enum cng_status
vault_transport_key(struct vault *vault, struct span context,
    uint8_t out[VAULT_TRANSPORT_KEY])
{
	uint8_t key[MASTER_LEN];
	struct secret bound = { 0 };
	enum cng_status st = vault_check_token(vault);

	if (st != CNG_OK)
		return st;
	st = secret_copy(&bound, span_of(vault->token.serial, SERIAL_LEN));
	if (st == CNG_OK)
		st = secret_append(&bound, context);
	if (st == CNG_OK)
		st = crypto_hmac_sha256(span_of(vault->master, MASTER_LEN),
		    span_str("protected key"), key);
	if (st == CNG_OK)
		st = crypto_hmac_sha256(span_of(key, sizeof(key)),
		    secret_span(&bound), out);
	wipe(key, sizeof(key));
	secret_free(&bound);
	return st;
}

static enum cng_status
make_binding(struct secret *out, const struct vault *vault,
    struct span context)
{
	enum cng_status st;

	st = secret_copy(out, span_str("cng-pkcs11 transport 1"));
	if (st == CNG_OK)
		st = secret_append(out,
		    span_of(vault->token.serial, SERIAL_LEN));
	return st == CNG_OK ? secret_append(out, context) : st;
}

enum cng_status
vault_transport_seal(struct vault *vault, struct span context,
    struct span plain, struct secret *out)
{
	struct secret aad = { 0 }, sealed = { 0 }, all = { 0 };
	uint8_t key[32], salt[TRANSPORT_SALT];
	enum cng_status st = vault_check_token(vault);

	if (st != CNG_OK)
		return st;
	st = make_binding(&aad, vault, context);
	if (st == CNG_OK)
		st = crypto_random(salt, sizeof(salt));
	if (st == CNG_OK)
		st = piece_key(key, vault, span_of(salt, sizeof(salt)));
	if (st == CNG_OK)
		st = crypto_seal(key, secret_span(&aad), plain, &sealed);
	if (st == CNG_OK)
		st = secret_copy(&all, span_of(salt, sizeof(salt)));
	if (st == CNG_OK)
		st = secret_append(&all, secret_span(&sealed));
	if (st == CNG_OK)
		secret_move(out, &all);
	wipe(key, sizeof(key));
	secret_free(&all);
	secret_free(&sealed);
	secret_free(&aad);
	return st;
}

enum cng_status
vault_transport_open(struct vault *vault, struct span context,
    struct span sealed, struct secret *out)
{
	struct secret aad = { 0 };
	uint8_t key[32];
	enum cng_status st = vault_check_token(vault);

	if (st != CNG_OK)
		return st;
	if (sealed.len < vault_transport_overhead())
		return CNG_ERR_BAD_DATA;
	st = make_binding(&aad, vault, context);
	if (st == CNG_OK)
		st = piece_key(key, vault,
		    span_of(sealed.ptr, TRANSPORT_SALT));
	if (st == CNG_OK)
		st = crypto_open(key, secret_span(&aad),
		    span_of(sealed.ptr + TRANSPORT_SALT,
			sealed.len - TRANSPORT_SALT), out);
	wipe(key, sizeof(key));
	secret_free(&aad);
	return st == CNG_ERR_STORE_CORRUPT ? CNG_ERR_BAD_DATA : st;
}
