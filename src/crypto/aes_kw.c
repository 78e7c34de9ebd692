/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES key wrap.  The loop is ours, over single blocks of libcrypto's AES:
 * its own wrap cipher is several times slower.
 */
#include "crypto/aes_kw.h"

#include "base/util.h"
#include "crypto/aes.h"

#define SEMI 8                 /* bytes of a semiblock */
#define ROUNDS 6
#define AIV_MAGIC 4            /* of RFC 5649, before the length */

static const uint8_t kw_iv[SEMI] = { 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6,
	0xa6 };
static const uint8_t kwp_iv[AIV_MAGIC] = { 0xa6, 0x59, 0x59, 0xa6 };

static enum cng_status
check_params(const struct crypto_key *key, const struct key_op *op)
{
	size_t iv = op->scheme == OP_AES_KWP ? AIV_MAGIC : SEMI;

	if (key->family != KEY_AES)
		return CNG_ERR_KEY_TYPE;
	return op->iv.len == 0 || op->iv.len == iv ? CNG_OK :
						     CNG_ERR_MECHANISM_PARAM;
}

/* By the shortest way: whole blocks in and out, nothing to be kept. */
static bool
one_block(EVP_CIPHER_CTX *ctx, uint8_t *block)
{
	return EVP_Cipher(ctx, block, block, AES_BLOCK) == AES_BLOCK;
}

static void
mix_counter(uint8_t *a, uint32_t t)
{
	a[SEMI - 1] ^= (uint8_t)t;
	a[SEMI - 2] ^= (uint8_t)(t >> 8);
	a[SEMI - 3] ^= (uint8_t)(t >> 16);
	a[SEMI - 4] ^= (uint8_t)(t >> 24);
}

/* The counter has room: six times the semiblocks of the longest secret. */
_Static_assert(SECRET_MAX / SEMI * ROUNDS <= UINT32_MAX, "32 bits are enough");

/* buf: A and n semiblocks; wraps in place. */
static bool
wrap_rounds(EVP_CIPHER_CTX *ctx, uint8_t *buf, size_t n)
{
	uint8_t block[AES_BLOCK];
	bool ok = true;

	memcpy(block, buf, SEMI);
	for (size_t j = 0; ok && j < ROUNDS; j++) {
		for (size_t i = 1; ok && i <= n; i++) {
			memcpy(block + SEMI, buf + i * SEMI, SEMI);
			ok = one_block(ctx, block);
			mix_counter(block, (uint32_t)(n * j + i));
			memcpy(buf + i * SEMI, block + SEMI, SEMI);
		}
	}
	memcpy(buf, block, SEMI);
	wipe(block, sizeof block);
	return ok;
}

static bool
unwrap_rounds(EVP_CIPHER_CTX *ctx, uint8_t *buf, size_t n)
{
	uint8_t block[AES_BLOCK];
	bool ok = true;

	memcpy(block, buf, SEMI);
	for (size_t j = ROUNDS; ok && j-- > 0;) {
		for (size_t i = n; ok && i >= 1; i--) {
			mix_counter(block, (uint32_t)(n * j + i));
			memcpy(block + SEMI, buf + i * SEMI, SEMI);
			ok = one_block(ctx, block);
			memcpy(buf + i * SEMI, block + SEMI, SEMI);
		}
	}
	memcpy(buf, block, SEMI);
	wipe(block, sizeof block);
	return ok;
}

/* RFC 5649 makes one plain block of a single semiblock. */
static enum cng_status
run_rounds(const struct crypto_key *key, const struct key_op *op,
    uint8_t *buf, size_t len, bool wrap)
{
	size_t n = len / SEMI - 1;
	struct unit *unit = NULL;
	enum cng_status st = aes_block_unit(&unit, key, wrap);
	bool ok;

	if (st != CNG_OK)
		return st;
	if (n == 1 && op->scheme == OP_AES_KWP)
		ok = one_block(unit->cipher, buf);
	else
		ok = wrap ? wrap_rounds(unit->cipher, buf, n) :
			    unwrap_rounds(unit->cipher, buf, n);
	unit_put(unit, !ok);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

/* --- wrap ----------------------------------------------------------------- */

size_t
kwp_len(size_t plain_len)
{
	return (plain_len + SEMI - 1) / SEMI * SEMI + SEMI;
}

static bool
plain_len_ok(enum op_scheme scheme, size_t len)
{
	if (len > SECRET_MAX)
		return false;
	if (scheme == OP_AES_KWP)
		return len >= 1;
	if (scheme == OP_AES_KW_PKCS7)
		return len >= SEMI;
	return len % SEMI == 0 && len >= 2 * SEMI;
}

static void
put_iv(uint8_t *out, const struct key_op *op, size_t plain_len)
{
	struct wr w = wr_of(out, SEMI);

	if (op->scheme == OP_AES_KWP) {
		wr_bytes(&w, op->iv.len > 0 ? op->iv :
					      span_of(kwp_iv, AIV_MAGIC));
		wr_u32be(&w, (uint32_t)plain_len);
	} else {
		wr_bytes(&w, op->iv.len > 0 ? op->iv : span_of(kw_iv, SEMI));
	}
}

enum cng_status
kw_wrap(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	size_t len, pad;
	uint8_t *room;
	enum cng_status st = check_params(key, op);

	if (st != CNG_OK)
		return st;
	if (!plain_len_ok(op->scheme, plain.len))
		return CNG_ERR_DATA_SIZE;
	len = kwp_len(plain.len);
	if (op->scheme == OP_AES_KW_PKCS7)
		len = kwp_len(plain.len + 1);
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	pad = len - SEMI - plain.len;
	memmove(room + SEMI, plain.ptr, plain.len);
	memset(room + SEMI + plain.len,
	    op->scheme == OP_AES_KW_PKCS7 ? (int)pad : 0, pad);
	put_iv(room, op, plain.len);
	st = run_rounds(key, op, room, len, true);
	if (st == CNG_OK)
		out->len += len;
	else
		wipe(room, len);
	return st;
}

/* --- unwrap --------------------------------------------------------------- */

/* Length of the plain text in buf after A, or 0 when anything is wrong. */
static size_t
check_kwp(const struct key_op *op, const uint8_t *buf, size_t len)
{
	size_t most = len - SEMI, plain;
	uint8_t iv[SEMI], bad = 0;

	plain = (size_t)buf[4] << 24 | (size_t)buf[5] << 16 |
	    (size_t)buf[6] << 8 | buf[7];
	if (plain > most || plain + SEMI <= most)
		return 0;
	put_iv(iv, op, plain);
	for (size_t i = plain; i < most; i++)
		bad |= buf[SEMI + i];
	return bad == 0 && secret_equal(span_of(iv, SEMI), span_of(buf, SEMI))
	    ? plain : 0;
}

static size_t
check_kw(const struct key_op *op, const uint8_t *buf, size_t len)
{
	size_t pad = 0;
	uint8_t iv[SEMI], bad = 0;

	put_iv(iv, op, 0);
	if (!secret_equal(span_of(iv, SEMI), span_of(buf, SEMI)))
		return 0;
	if (op->scheme == OP_AES_KW_PKCS7) {
		pad = buf[len - 1];
		if (pad < 1 || pad > SEMI)
			return 0;
		for (size_t i = 0; i < pad; i++)
			bad |= buf[len - 1 - i] ^ (uint8_t)pad;
	}
	return bad == 0 ? len - SEMI - pad : 0;
}

enum cng_status
kw_unwrap(const struct crypto_key *key, const struct key_op *op,
    struct span wrapped, struct wr *out)
{
	size_t least = op->scheme == OP_AES_KWP ? 2 * SEMI : 3 * SEMI;
	size_t len = 0;
	struct secret buf = { 0 };
	enum cng_status st = check_params(key, op);

	if (st != CNG_OK)
		return st;
	if (wrapped.len % SEMI != 0 || wrapped.len < least ||
	    wrapped.len > SECRET_MAX)
		return CNG_ERR_CIPHERTEXT_SIZE;
	if (out->buf == NULL) {
		wr_zero(out, wrapped.len - SEMI);
		return wr_status(out);
	}
	st = secret_copy(&buf, wrapped);
	if (st == CNG_OK)
		st = run_rounds(key, op, buf.ptr, buf.len, false);
	if (st == CNG_OK) {
		len = op->scheme == OP_AES_KWP ?
		    check_kwp(op, buf.ptr, buf.len) :
		    check_kw(op, buf.ptr, buf.len);
		if (len == 0)
			st = CNG_ERR_CIPHERTEXT;
	}
	if (st == CNG_OK) {
		wr_bytes(out, span_of(buf.ptr + SEMI, len));
		st = wr_status(out);
	}
	secret_free(&buf);
	return st;
}
