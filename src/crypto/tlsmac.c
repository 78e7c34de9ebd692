/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The verify_data of TLS up to 1.2: the PRF over a label and the hash of the
 * handshake, which is what the caller gives as the message.
 */
#include "crypto/tlsmac.h"

#include "crypto/derive.h"
#include "crypto/mac.h"

static enum cng_status
make(const struct crypto_key *key, const struct key_op *op, struct span data,
    struct secret *out)
{
	const struct key_op prf = {
		.scheme = OP_TLS_PRF,
		.hash = op->hash,
		.label = op->label,
		.iv = data,
	};
	size_t len = op->mac_len;
	enum cng_status st;

	if (key->family != KEY_GENERIC)
		return CNG_ERR_KEY_TYPE;
	if (len == 0 || len > MAC_MAX || op->label.len == 0)
		return CNG_ERR_MECHANISM_PARAM;
	if (data.len > TLS_SEED_MAX - op->label.len)
		return CNG_ERR_DATA_SIZE;
	st = kdf_check(key, &prf, &len);
	if (st == CNG_OK)
		st = secret_new(out, len);
	return st == CNG_OK ? kdf_run(key, &prf, out) : st;
}

enum cng_status
tlsmac_sign(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct wr *out)
{
	struct secret made = { 0 };
	enum cng_status st;

	if (wr_room(out, op->mac_len) == NULL)
		return wr_status(out);
	st = make(key, op, data, &made);
	if (st == CNG_OK)
		wr_bytes(out, secret_span(&made));
	secret_free(&made);
	return st;
}

enum cng_status
tlsmac_verify(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct span mac)
{
	struct secret made = { 0 };
	enum cng_status st;

	if (mac.len != op->mac_len)
		return CNG_ERR_SIGNATURE_SIZE;
	st = make(key, op, data, &made);
	if (st == CNG_OK && !secret_equal(secret_span(&made), mac))
		st = CNG_ERR_SIGNATURE;
	secret_free(&made);
	return st;
}
