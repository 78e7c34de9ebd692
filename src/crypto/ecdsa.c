/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECDSA and DSA.  libcrypto speaks DER, for both the same; we turn it into
 * r || s and back.
 */
#include "crypto/ec.h"

#include "base/util.h"
#include "crypto/halves.h"
#include "crypto/held.h"

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

enum cng_status
ec_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out)
{
	size_t width, len = HALVES_DER_MAX;
	uint8_t der[HALVES_DER_MAX], *room;
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
	    halves_from_der(room, width, span_of(der, len));
	unit_put(unit, !ok);
	if (!ok)
		return CNG_ERR_INTERNAL;
	out->len += 2 * width;
	return CNG_OK;
}

enum cng_status
ec_verify(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct span signature)
{
	uint8_t der[HALVES_DER_MAX];
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
