/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Passwords that do not go to the card as they are: object F9 says how they are
 * hashed first, iterated and salted as OpenPGP does it.
 */
#include "store/card/openpgp.h"

#include "base/log.h"
#include "crypto/crypto.h"

#define KDF_NONE 0x00
#define KDF_ITERATED 0x03
/* What a count of OpenPGP can say at most. */
#define COUNT_MAX 65011712
#define BLOCK 4096

/* --- the object ---------------------------------------------------------- */

static enum key_hash
hash_of(uint8_t number)
{
	return number == 8 ? HASH_SHA256 : number == 10 ? HASH_SHA512 :
							  HASH_NONE;
}

/* 81 way, 82 hash, 83 count, 84 to 86 salts of PW1, reset code and PW3; who
 * has only the first uses it for all. */
static bool
parse(struct span in, struct pgp_kdf *out)
{
	struct span value;
	struct rd r;

	if (!tlv_find(in, 0x82, &value) || value.len != 1)
		return false;
	out->hash = hash_of(value.ptr[0]);
	if (!tlv_find(in, 0x83, &value))
		return false;
	r = rd_of(value);
	if (!rd_u32be(&r, &out->count) || !rd_at_end(&r) ||
	    out->count > COUNT_MAX)
		return false;
	for (unsigned i = 0; i < PGP_SALTS; i++) {
		if (!tlv_find(in, 0x84 + i, &value) &&
		    (i == 0 || !tlv_find(in, 0x84, &value)))
			return false;
		if (value.len != PGP_SALT)
			return false;
		memcpy(out->salt[i], value.ptr, PGP_SALT);
	}
	return out->hash != HASH_NONE;
}

enum cng_status
pgp_kdf_read(struct card *card, struct pgp_kdf *out)
{
	struct secret object;
	struct span in, way;
	enum cng_status st = pgp_get(card, PGP_KDF, &object);

	*out = (struct pgp_kdf){ .active = false };
	if (st != CNG_OK)
		return st;
	in = pgp_inside(&object, PGP_KDF);
	out->active = in.len > 0 && !(tlv_find(in, 0x81, &way) &&
	    way.len == 1 && way.ptr[0] == KDF_NONE);
	out->strange = out->active && !(tlv_find(in, 0x81, &way) &&
	    way.len == 1 && way.ptr[0] == KDF_ITERATED && parse(in, out));
	secret_free(&object);
	return CNG_OK;
}

/* --- hashing ------------------------------------------------------------- */

/* Salt and password, again and again, until there are so many bytes; at least
 * once. */
static enum cng_status
feed(struct crypto_stream *stream, struct span once, size_t count)
{
	struct secret block;
	struct wr none = wr_of(NULL, 0);
	size_t times = BLOCK / once.len + 1, left;
	enum cng_status st = secret_new(&block, times * once.len);

	for (size_t i = 0; st == CNG_OK && i < times; i++)
		memcpy(block.ptr + i * once.len, once.ptr, once.len);
	left = count > once.len ? count : once.len;
	while (st == CNG_OK && left > 0) {
		size_t len = left < block.len ? left : block.len;

		st = crypto_stream_update(stream, span_of(block.ptr, len),
		    &none);
		left -= len;
	}
	secret_free(&block);
	return st;
}

static enum cng_status
hash(const struct pgp_kdf *kdf, unsigned which, struct span pin,
    struct secret *out)
{
	const struct key_op op = { .scheme = OP_DIGEST, .hash = kdf->hash };
	struct crypto_stream *stream = NULL;
	struct secret once = { 0 };
	struct wr w;
	enum cng_status st = secret_copy(&once,
	    span_of(kdf->salt[which], PGP_SALT));

	if (st == CNG_OK)
		st = secret_append(&once, pin);
	if (st == CNG_OK)
		st = crypto_stream_new(&stream, NULL, &op, OP_DIGEST_DIR);
	if (st == CNG_OK)
		st = feed(stream, secret_span(&once), kdf->count);
	if (st == CNG_OK)
		st = secret_new(out, hash_info(kdf->hash)->size);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = crypto_stream_final(stream, &w);
	}
	if (st != CNG_OK)
		secret_free(out);
	crypto_stream_free(stream);
	secret_free(&once);
	return st;
}

enum cng_status
pgp_pin_bytes(const struct card *card, enum pgp_secret which,
    struct span pin, struct secret *out)
{
	const struct pgp_kdf *kdf = &pgp_of(card)->kdf;

	*out = (struct secret){ 0 };
	if (!kdf->active)
		return secret_copy(out, pin);
	if (!kdf->strange)
		return hash(kdf, which, pin, out);
	log_line(LOG_WARN, "card: its PINs are to be hashed in a way that is "
	    "not known (object F9)");
	return CNG_ERR_NOT_SUPPORTED;
}
