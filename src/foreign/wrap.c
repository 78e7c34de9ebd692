/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys that leave under another key only.  One is made in the session for
 * that, whose value is known here: AES, or the public half of an RSA key.
 * The mechanisms are tried in order, the one that worked last time first.
 */
#include "config.h"

#include "foreign/internal.h"

#include "base/util.h"

#define WRAPPED_MAX (1024 * 1024)
#define AES_BYTES 32
#define BLOCK 16
#define RSA_BITS 2048

struct way {
	CK_MECHANISM_TYPE mechanism;
	enum wrapping_kind kind;
	bool has_iv;
	CK_MECHANISM_TYPE oaep_hash;   /* of RSA-AES */
	CK_RSA_PKCS_MGF_TYPE oaep_mask;
	bool secrets_only;             /* whole blocks only */
	enum op_scheme scheme;         /* what it means */
	enum op_scheme other;          /* and to older modules; or OP_NONE */
	enum key_hash hash;
};

static const struct way ways[] = {
	{ .mechanism = CKM_AES_KEY_WRAP_KWP, .scheme = OP_AES_KWP },
	{ .mechanism = CKM_AES_KEY_WRAP_PAD, .scheme = OP_AES_KWP,
	    .other = OP_AES_KW_PKCS7 },
	{ .mechanism = CKM_AES_KEY_WRAP_PKCS7, .scheme = OP_AES_KW_PKCS7 },
	{ .mechanism = CKM_AES_KEY_WRAP, .scheme = OP_AES_KW,
	    .secrets_only = true },
	{ .mechanism = CKM_RSA_AES_KEY_WRAP, .kind = WRAPPING_RSA,
	    .oaep_hash = CKM_SHA256, .oaep_mask = CKG_MGF1_SHA256,
	    .scheme = OP_RSA_AES_WRAP, .hash = HASH_SHA256 },
	{ .mechanism = CKM_RSA_AES_KEY_WRAP, .kind = WRAPPING_RSA,
	    .oaep_hash = CKM_SHA_1, .oaep_mask = CKG_MGF1_SHA1,
	    .scheme = OP_RSA_AES_WRAP, .hash = HASH_SHA1 },
	{ .mechanism = CKM_AES_CBC_PAD, .has_iv = true,
	    .scheme = OP_AES_CBC_PAD },
};

/* --- the keys ------------------------------------------------------------- */

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

#define FLAG(type, value) { type, &(value), sizeof(value) }

static CK_RV
make_aes_there(struct module *m, struct wrapping *w, struct secret *value)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ULONG len = AES_BYTES;
	CK_ATTRIBUTE put[] = {
		FLAG(CKA_CLASS, class), FLAG(CKA_KEY_TYPE, type),
		FLAG(CKA_TOKEN, no), FLAG(CKA_SENSITIVE, no),
		FLAG(CKA_EXTRACTABLE, yes), FLAG(CKA_WRAP, yes),
		{ CKA_VALUE, value->ptr, value->len },
	};
	CK_ATTRIBUTE make[] = {
		FLAG(CKA_TOKEN, no), FLAG(CKA_SENSITIVE, no),
		FLAG(CKA_EXTRACTABLE, yes), FLAG(CKA_WRAP, yes),
		FLAG(CKA_VALUE_LEN, len),
	};
	CK_MECHANISM generate = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_RV rv = m->call->C_CreateObject(m->session, put, ARRAY_LEN(put),
	    &w->key);

	if (rv == CKR_OK)
		return rv;
	rv = m->call->C_GenerateKey(m->session, &generate, make,
	    ARRAY_LEN(make), &w->key);
	if (rv == CKR_OK)
		return attr_bytes(m, w->key, CKA_VALUE, value);
	w->key = CK_INVALID_HANDLE; /* whatever was written there */
	return rv;
}

static CK_RV
make_aes(struct module *m, struct wrapping *w)
{
	struct key_material own = { .family = KEY_AES, .has_private = true };
	struct secret *value = &own.part[SYM_VALUE];
	CK_RV rv = CKR_HOST_MEMORY;

	if (secret_new(value, AES_BYTES) == CNG_OK &&
	    crypto_random(value->ptr, value->len) == CNG_OK)
		rv = make_aes_there(m, w, value);
	if (rv == CKR_OK && crypto_key_new(&w->own, &own) != CNG_OK)
		rv = CKR_GENERAL_ERROR;
	key_free(&own);
	return rv;
}

static CK_RV
make_rsa(struct module *m, struct wrapping *w)
{
	const struct key_spec spec = { .family = KEY_RSA, .bits = RSA_BITS };
	struct key_material own = { .family = KEY_RSA };
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_RSA;
	CK_RV rv = CKR_GENERAL_ERROR;

	if (crypto_generate(&own, &spec) == CNG_OK &&
	    crypto_key_new(&w->own, &own) == CNG_OK) {
		CK_ATTRIBUTE put[] = {
			FLAG(CKA_CLASS, class), FLAG(CKA_KEY_TYPE, type),
			FLAG(CKA_TOKEN, no), FLAG(CKA_WRAP, yes),
			{ CKA_MODULUS, own.part[RSA_N].ptr,
			    own.part[RSA_N].len },
			{ CKA_PUBLIC_EXPONENT, own.part[RSA_E].ptr,
			    own.part[RSA_E].len },
		};

		rv = m->call->C_CreateObject(m->session, put, ARRAY_LEN(put),
		    &w->key);
		if (rv != CKR_OK)
			w->key = CK_INVALID_HANDLE;
	}
	key_free(&own);
	return rv;
}

static struct wrapping *
wrapping_of(struct module *m, enum wrapping_kind kind, CK_RV *rv)
{
	struct wrapping *w = &m->wrapping[kind];

	if (!w->tried) {
		w->tried = true;
		w->key = CK_INVALID_HANDLE;
		*rv = kind == WRAPPING_AES ? make_aes(m, w) : make_rsa(m, w);
	}
	return w->key == CK_INVALID_HANDLE || w->own == NULL ? NULL : w;
}

void
wrap_end(struct module *m)
{
	for (size_t i = 0; i < WRAPPING_KINDS; i++) {
		struct wrapping *w = &m->wrapping[i];

		if (w->tried && w->key != CK_INVALID_HANDLE)
			(void)m->call->C_DestroyObject(m->session, w->key);
		crypto_key_free(w->own);
		*w = (struct wrapping){ .tried = false };
	}
}

/* --- one key -------------------------------------------------------------- */

static CK_RV
wrap_by(struct module *m, const struct way *way, CK_OBJECT_HANDLE key,
    CK_OBJECT_HANDLE object, uint8_t iv[BLOCK], struct secret *out)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { .hashAlg = way->oaep_hash,
		.mgf = way->oaep_mask, .source = CKZ_DATA_SPECIFIED };
	CK_RSA_AES_KEY_WRAP_PARAMS both = { 8 * AES_BYTES, &oaep };
	CK_MECHANISM mechanism = { way->mechanism, NULL, 0 };
	CK_ULONG len = 0;
	CK_RV rv;

	if (way->has_iv) {
		mechanism.pParameter = iv;
		mechanism.ulParameterLen = BLOCK;
	} else if (way->kind == WRAPPING_RSA) {
		mechanism.pParameter = &both;
		mechanism.ulParameterLen = sizeof(both);
	}
	rv = m->call->C_WrapKey(m->session, &mechanism, key, object, NULL,
	    &len);
	if (rv != CKR_OK)
		return rv;
	if (len == 0 || len > WRAPPED_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (secret_new(out, len) != CNG_OK)
		return CKR_HOST_MEMORY;
	rv = m->call->C_WrapKey(m->session, &mechanism, key, object, out->ptr,
	    &len);
	if (rv == CKR_OK && len > out->len)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv == CKR_OK)
		secret_truncate(out, len);
	return rv;
}

/* What is needed to try one way, and what came of it. */
struct attempt {
	CK_OBJECT_HANDLE object;
	size_t (*find)(struct span plain, const void *arg);
	const void *arg;
	struct secret *out;
	CK_RV rv;
};

/* Does that give a key? */
static bool
unwrap_by(const struct way *way, const struct wrapping *w,
    enum op_scheme scheme, const uint8_t iv[BLOCK], struct span wrapped,
    const struct attempt *a)
{
	struct key_op op = { .scheme = scheme, .pad_hash = way->hash,
		.mgf_hash = way->hash };
	size_t len;

	if (scheme == OP_NONE)
		return false;
	if (way->has_iv)
		op.iv = span_of(iv, BLOCK);
	if (way->kind == WRAPPING_RSA)
		op.aes_bits = 8 * AES_BYTES;
	secret_free(a->out);
	if (crypto_unwrap(w->own, &op, wrapped, a->out) != CNG_OK)
		return false;
	len = a->find(secret_span(a->out), a->arg);
	secret_truncate(a->out, len);
	return len > 0;
}

static bool
try_way(struct module *m, const struct way *way, struct attempt *a)
{
	struct wrapping *w = wrapping_of(m, way->kind, &a->rv);
	struct secret wrapped = { 0 };
	uint8_t iv[BLOCK] = { 0 };
	bool good = false;

	if (w == NULL || (way->has_iv && crypto_random(iv, BLOCK) != CNG_OK))
		return false;
	a->rv = wrap_by(m, way, w->key, a->object, iv, &wrapped);
	if (a->rv == CKR_OK) {
		struct span bytes = secret_span(&wrapped);

		good = unwrap_by(way, w, way->scheme, iv, bytes, a) ||
		    unwrap_by(way, w, way->other, iv, bytes, a);
		a->rv = CKR_WRAPPED_KEY_INVALID;
	}
	secret_free(&wrapped);
	return good;
}

enum cng_status
wrap_out(struct module *m, CK_OBJECT_HANDLE object, bool pair,
    size_t (*find)(struct span plain, const void *arg), const void *arg,
    struct secret *out, CK_RV *rv)
{
	struct attempt a = { object, find, arg, out, CKR_OK };

	*rv = CKR_MECHANISM_INVALID;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		size_t which = (m->wrap_way + i) % ARRAY_LEN(ways);
		const struct way *way = &ways[which];

		if (!module_has(m, way->mechanism) ||
		    (pair && way->secrets_only))
			continue;
		if (try_way(m, way, &a)) {
			m->wrap_way = which;
			return CNG_OK;
		}
		if (*rv == CKR_MECHANISM_INVALID)
			*rv = a.rv;
	}
	secret_free(out);
	return CNG_ERR_NOT_SUPPORTED;
}
