/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Group keys: a chain of SP 800-108 from the root key down to the period of
 * time.  Only the first link to depend on who may have the key is that of
 * the last L1.
 */
#include "crypto/kds_internal.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>

#include "base/wr.h"

#define NO_INDEX UINT32_MAX
#define CONTEXT_MAX (KDS_ID + 12)

void
kds_root_free(struct kds_root *root)
{
	secret_free(&root->key);
	secret_free(&root->p);
	secret_free(&root->g);
	*root = (struct kds_root){ 0 };
}

struct span
kds_label(void)
{
	static const uint8_t label[] = { 'K', 0, 'D', 0, 'S', 0, ' ', 0,
		's', 0, 'e', 0, 'r', 0, 'v', 0, 'i', 0, 'c', 0, 'e', 0, 0,
		0 };

	return span_of(label, sizeof label);
}

/* libcrypto's parameters are not const. */
static enum cng_status
run(EVP_KDF_CTX *ctx, enum key_hash hash, struct secret *secret,
    struct secret *context, uint8_t *out, size_t len)
{
	char mode[] = "counter", mac[] = "HMAC", name[16] = "";
	struct secret label = { 0 };
	enum cng_status st = secret_copy(&label, kds_label());
	int n = snprintf(name, sizeof name, "%s", hash_info(hash)->name);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, mode,
		    0),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, mac, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name,
		    0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
		    secret->ptr, secret->len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
		    label.ptr, label.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
		    context->ptr, context->len),
		OSSL_PARAM_construct_end(),
	};

	if (st == CNG_OK && (n <= 0 || EVP_KDF_derive(ctx, out, len, params) !=
	    1))
		st = CNG_ERR_INTERNAL;
	secret_free(&label);
	return st;
}

enum cng_status
kds_kdf(enum key_hash hash, struct span secret, struct span context,
    uint8_t *out, size_t len)
{
	struct secret key = { 0 }, info = { 0 };
	struct crypto_lib *lib = lib_get();
	EVP_KDF *kdf = lib == NULL ? NULL : lib_kdf(lib, KDF_KIND_KBKDF);
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	enum cng_status st;

	if (hash_info(hash) == NULL || secret.len == 0 || context.len == 0) {
		EVP_KDF_CTX_free(ctx);
		return CNG_ERR_ARGUMENT;
	}
	st = secret_copy(&key, secret);
	if (st == CNG_OK)
		st = secret_copy(&info, context);
	if (st == CNG_OK)
		st = ctx == NULL ? CNG_ERR_INTERNAL :
				   run(ctx, hash, &key, &info, out, len);
	EVP_KDF_CTX_free(ctx);
	secret_free(&key);
	secret_free(&info);
	return st;
}

/* One link: out may be the secret itself. */
static enum cng_status
link_key(const struct kds_root *root, struct span secret,
    const struct kds_moment *at, uint8_t out[KDS_GROUP_KEY])
{
	uint8_t head[CONTEXT_MAX];
	struct wr w = wr_of(head, sizeof head);
	struct secret context = { 0 };
	enum cng_status st;

	wr_bytes(&w, span_of(root->id, KDS_ID));
	wr_u32le(&w, at->l0);
	wr_u32le(&w, at->l1);
	wr_u32le(&w, at->l2);
	st = secret_copy(&context, span_of(head, w.len));
	if (st == CNG_OK && at->descriptor.len > 0)
		st = secret_append(&context, at->descriptor);
	if (st == CNG_OK)
		st = kds_kdf(root->hash, secret, secret_span(&context), out,
		    KDS_GROUP_KEY);
	secret_free(&context);
	return st;
}

static enum cng_status
group_key(const struct kds_root *root, const struct kds_moment *when,
    uint8_t out[KDS_GROUP_KEY])
{
	const struct span none = { NULL, 0 }, key = { out, KDS_GROUP_KEY };
	struct kds_moment at = { when->l0, NO_INDEX, NO_INDEX, none };
	enum cng_status st = link_key(root, secret_span(&root->key), &at,
	    out);

	at.l1 = KDS_LAST_INDEX;
	at.descriptor = when->descriptor;
	if (st == CNG_OK)
		st = link_key(root, key, &at, out);
	at.descriptor = none;
	while (st == CNG_OK && at.l1 > when->l1) {
		at.l1--;
		st = link_key(root, key, &at, out);
	}
	for (at.l2 = KDS_LAST_INDEX + 1; st == CNG_OK && at.l2 > when->l2;) {
		at.l2--;
		st = link_key(root, key, &at, out);
	}
	return st;
}

enum cng_status
kds_group_key(const struct kds_root *root, const struct kds_moment *when,
    uint8_t out[KDS_GROUP_KEY])
{
	enum cng_status st = crypto_start();

	if (when->l0 > INT32_MAX || when->l1 > KDS_LAST_INDEX ||
	    when->l2 > KDS_LAST_INDEX || root->key.len == 0)
		return CNG_ERR_ARGUMENT;
	if (st != CNG_OK)
		return st;
	err_enter();
	st = group_key(root, when, out);
	if (st != CNG_OK)
		wipe(out, KDS_GROUP_KEY);
	return err_leave(st);
}
