/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECDSA and DSA.  libcrypto speaks DER, for both the same; we turn it into
 * r || s and back.
 */
#include "crypto/ec.h"

#include <openssl/bn.h>

#include "base/util.h"
#include "crypto/held.h"

#define ORDER_MAX 66
/* SEQUENCE of two INTEGERs of 66 bytes and a sign byte each. */
#define DER_MAX (2 * (ORDER_MAX + 3) + 4)

enum cng_status
ec_check(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way)
{
	enum key_family family = op->scheme == OP_DSA ? KEY_DSA : KEY_EC;

	if (key->family != family || (way == WAY_SIGN && !key->has_private))
		return CNG_ERR_KEY_TYPE;
	return CNG_OK;
}

static enum cng_status
ec_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
	int done;

	(void)key;
	(void)op;
	unit->pkey = EVP_PKEY_CTX_new_from_pkey(lib_ctx(unit_lib(unit)),
	    unit_pkey(unit), NULL);
	if (unit->pkey == NULL)
		return CNG_ERR_INTERNAL;
	done = unit->tag.way == WAY_SIGN ? EVP_PKEY_sign_init(unit->pkey) :
					   EVP_PKEY_verify_init(unit->pkey);
	return done == 1 ? CNG_OK : CNG_ERR_INTERNAL;
}

static enum cng_status
ec_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op, enum unit_way way)
{
	struct unit_tag tag = { .scheme = op->scheme, .way = way };

	return unit_take(out, key, &tag, op, ec_prepare);
}

static bool
der_to_halves(const uint8_t *der, size_t der_len, uint8_t *out, int width)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
	bool ok = sig != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, width) == width &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + width, width) == width;

	ECDSA_SIG_free(sig);
	return ok;
}

enum cng_status
ec_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out)
{
	size_t width, len = DER_MAX;
	uint8_t der[DER_MAX], *room;
	struct unit *unit = NULL;
	enum cng_status st = ec_check(key, op, WAY_SIGN);
	bool ok;

	if (st != CNG_OK)
		return st;
	if (input.len == 0)
		return CNG_ERR_DATA_SIZE;
	width = key->order_bytes;
	if (key->holder != NULL)
		return held_sign(key, op, input, 2 * width, out);
	room = wr_room(out, 2 * width);
	if (room == NULL)
		return wr_status(out);
	st = ec_unit(&unit, key, op, WAY_SIGN);
	if (st != CNG_OK)
		return st;
	ok = EVP_PKEY_sign(unit->pkey, der, &len, input.ptr, input.len) ==
		1 &&
	    der_to_halves(der, len, room, (int)width);
	unit_put(unit, !ok);
	if (!ok)
		return CNG_ERR_INTERNAL;
	out->len += 2 * width;
	return CNG_OK;
}

/* der has DER_MAX bytes; 0: failed. */
static size_t
halves_to_der(uint8_t *der, struct span halves)
{
	int half = (int)(halves.len / 2), len = 0;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(halves.ptr, half, NULL);
	BIGNUM *s = BN_bin2bn(halves.ptr + half, half, NULL);

	if (sig != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* transferred */
		len = i2d_ECDSA_SIG(sig, NULL);
		len = len > DER_MAX ? 0 : i2d_ECDSA_SIG(sig, &der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return len < 0 ? 0 : (size_t)len;
}

enum cng_status
ec_verify(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct span signature)
{
	uint8_t der[DER_MAX];
	size_t width, len;
	struct unit *unit = NULL;
	enum cng_status st = ec_check(key, op, WAY_VERIFY);
	bool ok;

	if (st != CNG_OK)
		return st;
	if (input.len == 0)
		return CNG_ERR_DATA_SIZE;
	/* halves may be shorter, as long as they are equal */
	width = key->order_bytes;
	if (signature.len == 0 || signature.len % 2 != 0 ||
	    signature.len > 2 * width)
		return CNG_ERR_SIGNATURE_SIZE;
	len = halves_to_der(der, signature);
	if (len == 0)
		return CNG_ERR_NO_MEMORY;
	st = ec_unit(&unit, key, op, WAY_VERIFY);
	if (st != CNG_OK)
		return st;
	ok = EVP_PKEY_verify(unit->pkey, der, len, input.ptr, input.len) == 1;
	unit_put(unit, !ok);
	return ok ? CNG_OK : CNG_ERR_SIGNATURE;
}
