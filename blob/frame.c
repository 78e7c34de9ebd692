/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Types whose key is in a ciphertext: Rfc3565KeyWrapBlob, which is nothing
 * but the output of RFC 3394, and PKCS11RsaAesWrapBlob, a header around the
 * output of CKM_RSA_AES_KEY_WRAP.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/header.h"
#include "blob/magic.h"

/* RFC 3394 takes two blocks or more, and adds one. */
#define KW_BLOCK 8
#define KW_PLAIN_MIN (2 * KW_BLOCK)
#define RSAAES_BITS 256

/* The hash of OAEP and of its mask, as Windows spells it. */
static const char *const hash_names[HASH_COUNT] = {
	[HASH_SHA1] = "SHA1",
	[HASH_SHA256] = "SHA256",
	[HASH_SHA384] = "SHA384",
	[HASH_SHA512] = "SHA512",
};

static enum key_hash
hash_named(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(hash_names); i++)
		if (hash_names[i] != NULL &&
		    span_equal(name, span_str(hash_names[i])))
			return (enum key_hash)i;
	return HASH_NONE;
}

static const char *
hash_name(enum key_hash hash)
{
	size_t i = (size_t)hash;

	return i < ARRAY_LEN(hash_names) ? hash_names[i] : NULL;
}

/* --- fields -------------------------------------------------------------- */

static struct span
rfc3565_fields(struct walk *w)
{
	struct span all = w->blob;

	if (all.len % KW_BLOCK != 0 || all.len < KW_PLAIN_MIN + KW_BLOCK ||
	    all.len > SECRET_KEY_MAX + KW_BLOCK)
		walk_fail(w, CNG_ERR_BAD_DATA);
	return walk_bytes(w, "WrappedKey", all.len, BLOB_FIELD_BYTES);
}

/* *out is HASH_NONE for a name that is not known. */
static enum key_hash
rsaaes_fields(struct walk *w, struct blob_frame *frame)
{
	size_t key_len, name_len, label_len;
	enum key_hash hash;
	struct secret name;

	if (walk_magic(w, "dwMagic") != MAGIC_RAPW)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	key_len = walk_u32(w, "cbKey");
	name_len = walk_u32(w, "cbPaddingAlgId");
	label_len = walk_u32(w, "cbPaddingLabel");
	if (w->status == CNG_OK && key_len == 0)
		walk_fail(w, CNG_ERR_BAD_DATA);
	frame->cipher = walk_bytes(w, "Key", key_len, BLOB_FIELD_BYTES);
	name = walk_wide(w, "PaddingAlgId", name_len, true);
	if (w->status == CNG_OK && label_len > 0)
		frame->op.label = walk_bytes(w, "PaddingLabel", label_len,
		    BLOB_FIELD_BYTES);
	hash = hash_named(secret_span(&name));
	secret_free(&name);
	return hash;
}

static struct blob_frame
rfc3565_frame(struct span cipher)
{
	return (struct blob_frame){ .bare = true, .family = KEY_AES,
		.op.scheme = OP_AES_KW, .cipher = cipher };
}

static struct blob_frame
rsaaes_frame(enum key_hash hash)
{
	return (struct blob_frame){
		.inner = BLOB_PKCS8,
		.family = KEY_RSA,
		.op = { .scheme = OP_RSA_AES_WRAP, .pad_hash = hash,
		    .mgf_hash = hash, .aes_bits = RSAAES_BITS },
	};
}

/* --- rows of the table: they can only be walked --------------------------- */

enum cng_status
rfc3565_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	enum cng_status st;

	(void)type;
	(void)params;
	(void)rfc3565_fields(w);
	st = walk_end(w);
	return st == CNG_OK && out != NULL ? CNG_ERR_ARGUMENT : st;
}

enum cng_status
rsaaes_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct blob_frame frame = { 0 };
	enum key_hash hash = rsaaes_fields(w, &frame);
	enum cng_status st = walk_end(w);

	(void)type;
	(void)params;
	if (st == CNG_OK && hash == HASH_NONE)
		return CNG_ERR_NOT_SUPPORTED;
	return st == CNG_OK && out != NULL ? CNG_ERR_ARGUMENT : st;
}

enum cng_status
closed_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	(void)type;
	(void)key;
	(void)params;
	(void)out;
	return CNG_ERR_ARGUMENT;
}

enum blob_type
closed_detect(struct span in)
{
	struct rd r = rd_of(in);
	uint32_t first, second;

	if (!rd_u32le(&r, &first))
		return BLOB_ANY;
	if (first == MAGIC_RAPW)
		return BLOB_RSAAESWRAP;
	if (first == MAGIC_CNGT || first == MAGIC_MIB1)
		return BLOB_OPAQUETRANSPORT;
	if (first != KEY_HEADER_SIZE || !rd_u32le(&r, &second))
		return BLOB_ANY;
	if (second == MAGIC_CPHR)
		return BLOB_CIPHERKEY;
	return second == MAGIC_PRTK ? BLOB_PROTECTEDKEY : BLOB_ANY;
}

/* --- frames -------------------------------------------------------------- */

bool
blob_is_framed(enum blob_type type)
{
	return type == BLOB_RFC3565WRAP || type == BLOB_RSAAESWRAP;
}

bool
blob_is_closed(enum blob_type type)
{
	return blob_is_framed(type) || type == BLOB_OPAQUETRANSPORT ||
	    type == BLOB_PROTECTEDKEY || type == BLOB_PKCS7ENVELOPE;
}

enum cng_status
blob_frame_read(enum blob_type type, struct span in, struct blob_frame *out)
{
	struct walk w = walk_of(in, NULL, NULL);
	struct blob_frame frame = { 0 };
	enum key_hash hash;
	enum cng_status st;

	*out = (struct blob_frame){ 0 };
	if (!blob_is_framed(type))
		return CNG_ERR_ARGUMENT;
	if (type == BLOB_RFC3565WRAP) {
		frame = rfc3565_frame(rfc3565_fields(&w));
		st = walk_end(&w);
	} else {
		hash = rsaaes_fields(&w, &frame);
		st = walk_end(&w);
		if (st == CNG_OK && hash == HASH_NONE)
			st = CNG_ERR_NOT_SUPPORTED;
		*out = rsaaes_frame(hash);
		out->cipher = frame.cipher;
		out->op.label = frame.op.label;
		frame = *out;
	}
	*out = st == CNG_OK ? frame : (struct blob_frame){ 0 };
	return st;
}

enum cng_status
blob_frame_plan(enum blob_type type, const struct blob_params *params,
    struct blob_frame *out)
{
	static const struct blob_params defaults = { 0 };
	const struct blob_params *p = params == NULL ? &defaults : params;
	enum key_hash hash = p->wrap.hash == HASH_NONE ? HASH_SHA256 :
							 p->wrap.hash;
	size_t bits = p->wrap.aes_bits;

	*out = (struct blob_frame){ 0 };
	if (!blob_is_framed(type) || hash_name(hash) == NULL ||
	    p->pbe.has_password ||
	    (bits != 0 && bits != 128 && bits != 192 && bits != 256))
		return CNG_ERR_ARGUMENT;
	if (type == BLOB_RFC3565WRAP) {
		*out = rfc3565_frame(span_of(NULL, 0));
		return CNG_OK;
	}
	*out = rsaaes_frame(hash);
	if (bits != 0)
		out->op.aes_bits = bits;
	out->op.label = p->wrap.label;
	return CNG_OK;
}

enum cng_status
blob_frame_write(enum blob_type type, const struct blob_frame *frame,
    struct wr *out)
{
	const char *name = hash_name(frame->op.pad_hash);
	size_t chars;

	if (type == BLOB_RFC3565WRAP) {
		wr_bytes(out, frame->cipher);
		return wr_status(out);
	}
	if (type != BLOB_RSAAESWRAP || name == NULL ||
	    frame->cipher.len > UINT32_MAX ||
	    frame->op.label.len > UINT32_MAX)
		return CNG_ERR_ARGUMENT;
	chars = strlen(name) + 1;
	wr_u32le(out, MAGIC_RAPW);
	wr_u32le(out, (uint32_t)frame->cipher.len);
	wr_u32le(out, (uint32_t)(2 * chars));
	wr_u32le(out, (uint32_t)frame->op.label.len);
	wr_bytes(out, frame->cipher);
	for (size_t i = 0; i < chars; i++)
		wr_u16le(out, (uint8_t)name[i]);
	wr_bytes(out, frame->op.label);
	return wr_status(out);
}

/* --- the plaintext ------------------------------------------------------- */

enum cng_status
blob_inner_decode(const struct blob_frame *frame, struct span plain,
    const struct blob_params *params, struct key_material *out)
{
	enum key_family family = KEY_AES;
	enum cng_status st;

	*out = (struct key_material){ 0 };
	if (!frame->bare)
		return blob_decode(frame->inner, plain, params, out);
	if (params != NULL && params->secret_family != KEY_NONE)
		family = params->secret_family;
	if (family != KEY_AES && family != KEY_GENERIC)
		return CNG_ERR_ARGUMENT;
	out->family = family;
	out->has_private = true;
	st = key_set(out, SYM_VALUE, plain);
	if (st == CNG_OK && key_check_shape(out) != CNG_OK)
		st = CNG_ERR_BAD_DATA;
	if (st != CNG_OK)
		key_free(out);
	return st;
}

enum cng_status
blob_inner_encode(const struct blob_frame *frame,
    const struct key_material *key, const struct blob_params *params,
    struct wr *out)
{
	struct span value = key_part(key, SYM_VALUE);

	if (!frame->bare)
		return blob_encode(frame->inner, key, params, out);
	if ((key->family != KEY_AES && key->family != KEY_GENERIC) ||
	    key_check_shape(key) != CNG_OK)
		return CNG_ERR_BAD_TYPE;
	if (value.len % KW_BLOCK != 0 || value.len < KW_PLAIN_MIN)
		return CNG_ERR_KEY_SIZE;
	wr_bytes(out, value);
	return wr_status(out);
}
