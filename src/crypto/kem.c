/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation: ML-KEM here, what is made of other families in
 * kem_agree.c.
 */
#include "crypto/kem.h"

#include "key/set.h"

#define SHARED_LEN 32

static enum cng_status
kem_check(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way)
{
	if (op->scheme != OP_MLKEM)
		return CNG_ERR_MECHANISM;
	if (key->family != KEY_MLKEM ||
	    (way == WAY_DECAPSULATE && !key->has_private))
		return CNG_ERR_KEY_TYPE;
	return CNG_OK;
}

static enum cng_status
kem_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
	int done;

	(void)key;
	(void)op;
	unit->pkey = EVP_PKEY_CTX_new_from_pkey(lib_ctx(unit_lib(unit)),
	    unit_pkey(unit), NULL);
	if (unit->pkey == NULL)
		return CNG_ERR_INTERNAL;
	done = unit->tag.way == WAY_ENCAPSULATE ?
	    EVP_PKEY_encapsulate_init(unit->pkey, NULL) :
	    EVP_PKEY_decapsulate_init(unit->pkey, NULL);
	return done == 1 ? CNG_OK : CNG_ERR_INTERNAL;
}

static enum cng_status
kem_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op, enum unit_way way)
{
	struct unit_tag tag = { .scheme = op->scheme, .way = way };

	return unit_take(out, key, &tag, op, kem_prepare);
}

static enum cng_status
encapsulate(const struct crypto_key *key, const struct key_op *op,
    struct wr *cipher, struct secret *shared)
{
	struct secret made = { 0 };
	struct unit *unit = NULL;
	size_t len, made_len = SHARED_LEN;
	uint8_t *room;
	enum cng_status st = kem_check(key, op, WAY_ENCAPSULATE);
	bool ok;

	if (st != CNG_OK)
		return st;
	len = key_set_info(key->set)->output_bytes;
	room = wr_room(cipher, len);
	if (room == NULL)
		return wr_status(cipher);
	st = secret_new(&made, made_len);
	if (st == CNG_OK)
		st = kem_unit(&unit, key, op, WAY_ENCAPSULATE);
	if (st == CNG_OK) {
		ok = EVP_PKEY_encapsulate(unit->pkey, room, &len, made.ptr,
			 &made_len) == 1;
		unit_put(unit, !ok);
		st = ok ? CNG_OK : CNG_ERR_INTERNAL;
	}
	if (st == CNG_OK) {
		cipher->len += len;
		secret_move(shared, &made);
	}
	secret_free(&made);
	return st;
}

static enum cng_status
decapsulate(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct secret *shared)
{
	struct secret made = { 0 };
	struct unit *unit = NULL;
	size_t len = SHARED_LEN;
	enum cng_status st = kem_check(key, op, WAY_DECAPSULATE);
	bool ok;

	if (st != CNG_OK)
		return st;
	if (cipher.len != key_set_info(key->set)->output_bytes)
		return CNG_ERR_CIPHERTEXT_SIZE;
	st = secret_new(&made, len);
	if (st == CNG_OK)
		st = kem_unit(&unit, key, op, WAY_DECAPSULATE);
	if (st == CNG_OK) {
		/* a wrong ciphertext gives a wrong secret, no failure */
		ok = EVP_PKEY_decapsulate(unit->pkey, made.ptr, &len,
			 cipher.ptr, cipher.len) == 1;
		unit_put(unit, !ok);
		st = ok ? CNG_OK : CNG_ERR_CIPHERTEXT;
	}
	if (st == CNG_OK)
		secret_move(shared, &made);
	secret_free(&made);
	return st;
}

enum cng_status
crypto_encapsulate(const struct crypto_key *key, const struct key_op *op,
    struct wr *cipher, struct secret *shared)
{
	err_enter();
	return err_leave(encapsulate(key, op, cipher, shared));
}

enum cng_status
crypto_decapsulate(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct secret *shared)
{
	err_enter();
	return err_leave(op->scheme == OP_MLKEM ?
	    decapsulate(key, op, cipher, shared) :
	    kem_classic_open(key, op, cipher, shared));
}
