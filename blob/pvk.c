/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PVK: header, salt, and a PRIVATEKEYBLOB whose own header stays readable.
 */
#include "blob/pvk.h"

#include "base/util.h"
#include "blob/codec.h"
#include "crypto/crypto.h"
#include "crypto/pvkcipher.h"

#define PVK_MAGIC 0xb0b5f11eu
#define KEYSPEC_EXCHANGE 1
#define KEYSPEC_SIGNATURE 2
#define CLEAR_LEN 8            /* BLOBHEADER */
#define SALT_LEN 16            /* what everybody writes */
#define SALT_MAX 1024u

struct pvk {
	bool encrypted;
	struct span salt;
	struct span blob;
};

bool
pvk_detect(struct span in)
{
	struct rd r = rd_of(in);
	uint32_t magic;

	return rd_u32le(&r, &magic) && magic == PVK_MAGIC;
}

/* --- reading ---------------------------------------------------------- */

static void
head_fields(struct walk *w, struct pvk *out)
{
	uint32_t spec, encrypted, salt_len, key_len;

	if (!pvk_detect(w->blob))
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	(void)walk_u32(w, "magic");
	if (walk_u32(w, "reserved") != 0)
		walk_fail(w, CNG_ERR_BAD_DATA);
	spec = walk_u32(w, "dwKeySpec");
	if (spec != KEYSPEC_EXCHANGE && spec != KEYSPEC_SIGNATURE)
		walk_fail(w, CNG_ERR_BAD_DATA);
	encrypted = walk_u32(w, "dwEncryptType");
	salt_len = walk_u32(w, "cbEncryptData");
	key_len = walk_u32(w, "cbPvk");
	/* without a salt there is no encryption */
	if (encrypted > 1 || (encrypted == 1) != (salt_len > 0) ||
	    salt_len > SALT_MAX || key_len < CLEAR_LEN)
		walk_fail(w, CNG_ERR_BAD_DATA);
	*out = (struct pvk){ .encrypted = encrypted == 1 };
	if (salt_len > 0)
		out->salt = walk_bytes(w, "salt", salt_len,
		    BLOB_FIELD_BYTES);
	if (w->status == CNG_OK && key_len != w->in.left)
		walk_fail(w, CNG_ERR_BAD_DATA);
	out->blob = span_of(w->in.ptr, w->in.left);
}

/* What is inside: the algorithm tells RSA from DSA. */
static enum cng_status
decode_blob(struct key_material *out, struct span blob)
{
	enum blob_type type = BLOB_ANY;
	enum cng_status st = CNG_ERR_BAD_MAGIC;

	if (capi_detect(blob) != BLOB_ANY)
		st = blob_detect(blob, &type);
	if (st != CNG_OK)
		return st;
	if (type != BLOB_CAPIPRIVATE && type != BLOB_V2CAPIDSAPRIVATE)
		return CNG_ERR_NOT_SUPPORTED;
	return blob_decode(type, blob, NULL, out);
}

static enum cng_status
decode_sealed(struct key_material *out, const struct pvk *pvk,
    struct span password)
{
	static const bool weak[] = { false, true };
	enum cng_status st = CNG_ERR_BAD_PASSWORD;

	for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
		struct secret plain;

		st = secret_copy(&plain, pvk->blob);
		if (st == CNG_OK)
			st = crypto_pvk_cipher(plain.ptr + CLEAR_LEN,
			    plain.len - CLEAR_LEN, pvk->salt, password,
			    weak[i]);
		if (st == CNG_OK) {
			st = decode_blob(out, secret_span(&plain));
			/* the magic is what shows the right key */
			if (st == CNG_ERR_BAD_MAGIC)
				st = CNG_ERR_BAD_PASSWORD;
		}
		secret_free(&plain);
		if (st != CNG_ERR_BAD_PASSWORD)
			return st;
	}
	return st;
}

enum cng_status
pvk_decode(struct key_material *out, struct span in, const struct pbe *pbe)
{
	struct walk w = walk_of(in, NULL, NULL);
	struct pvk pvk;

	*out = (struct key_material){ 0 };
	head_fields(&w, &pvk);
	if (w.status != CNG_OK)
		return w.status;
	if (!pvk.encrypted)
		return decode_blob(out, pvk.blob);
	if (pbe == NULL || !pbe->has_password)
		return CNG_ERR_BAD_PASSWORD;
	return decode_sealed(out, &pvk, pbe->password);
}

/* --- describing ------------------------------------------------------- */

static void
shifted(void *arg, const struct blob_field *field)
{
	struct blob_field moved = *field;
	struct walk *w = arg;

	moved.offset += w->blob.len - w->in.left;
	walk_emit(w, &moved);
}

enum cng_status
pvk_describe(struct span in, blob_field_sink *sink, void *arg)
{
	struct walk w = walk_of(in, sink, arg);
	struct pvk pvk;
	enum blob_type type = BLOB_ANY;

	head_fields(&w, &pvk);
	if (w.status != CNG_OK || pvk.encrypted) {
		(void)walk_bytes(&w, "EncryptedPrivateKey", w.in.left,
		    BLOB_FIELD_BYTES);
		return w.status == CNG_OK ? CNG_ERR_BAD_PASSWORD : w.status;
	}
	if (blob_detect(pvk.blob, &type) != CNG_OK)
		return CNG_ERR_BAD_MAGIC;
	return blob_describe(type, pvk.blob, shifted, &w);
}

/* --- writing ---------------------------------------------------------- */

static enum cng_status
make_blob(struct secret *out, const struct key_material *key)
{
	enum blob_type type = key->family == KEY_DSA ? BLOB_V2CAPIDSAPRIVATE :
						       BLOB_CAPIPRIVATE;
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = blob_encode(type, key, NULL, &w);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return blob_encode(type, key, NULL, &w);
}

static enum cng_status
choose_salt(uint8_t out[SALT_LEN], const struct pbe *pbe)
{
	if (pbe->salt.len == 0)
		return crypto_random(out, SALT_LEN);
	if (pbe->salt.len != SALT_LEN)
		return CNG_ERR_ARGUMENT;
	memcpy(out, pbe->salt.ptr, SALT_LEN);
	return CNG_OK;
}

enum cng_status
pvk_encode(const struct key_material *key, const struct pbe *pbe,
    struct wr *out)
{
	bool encrypt = pbe != NULL && pbe->has_password;
	bool signs = key->family == KEY_DSA || key->role == KEY_ROLE_SIGN;
	uint8_t salt[SALT_LEN] = { 0 };
	struct secret blob = { 0 };
	enum cng_status st = CNG_OK;

	if (encrypt)
		st = choose_salt(salt, pbe);
	if (st == CNG_OK)
		st = make_blob(&blob, key);
	if (st == CNG_OK && encrypt)
		st = crypto_pvk_cipher(blob.ptr + CLEAR_LEN,
		    blob.len - CLEAR_LEN, span_of(salt, sizeof salt),
		    pbe->password, false);
	if (st == CNG_OK) {
		wr_u32le(out, PVK_MAGIC);
		wr_u32le(out, 0);
		wr_u32le(out, signs ? KEYSPEC_SIGNATURE : KEYSPEC_EXCHANGE);
		wr_u32le(out, encrypt);
		wr_u32le(out, encrypt ? SALT_LEN : 0);
		wr_u32le(out, (uint32_t)blob.len);
		wr_bytes(out, span_of(salt, encrypt ? SALT_LEN : 0));
		wr_bytes(out, secret_span(&blob));
		st = wr_status(out);
	}
	secret_free(&blob);
	return st;
}
