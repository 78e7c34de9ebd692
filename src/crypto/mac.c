/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC, CMAC, GMAC and Poly1305.
 */
#include "crypto/mac.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>

#include "base/alloc.h"
#include "crypto/hmac_evp.h"

/* Of those that are no HMAC. */
#define BLOCK_LEN 16
#define GMAC_IV_MAX 128

static size_t
mac_full_len(const struct key_op *op)
{
	const struct hash_info *info = hash_info(op->hash);

	if (op->scheme != OP_HMAC)
		return BLOCK_LEN;
	return info == NULL || info->any_size ? 0 : info->size;
}

size_t
mac_len(const struct key_op *op)
{
	return op->mac_len != 0 ? op->mac_len : mac_full_len(op);
}

static bool
family_fits(const struct key_op *op, enum key_family family)
{
	enum op_scheme scheme = op->scheme;

	if (scheme == OP_POLY1305)
		return family == KEY_POLY1305;
	if (family_is_hmac(family))
		return scheme == OP_HMAC && family_has_hash(family, op->hash);
	return family == KEY_AES ||
	    (scheme == OP_HMAC && (family == KEY_GENERIC ||
		family == KEY_HKDF));
}

enum cng_status
mac_check(const struct crypto_key *key, const struct key_op *op)
{
	if (!family_fits(op, key->family))
		return CNG_ERR_KEY_TYPE;
	if (op->scheme == OP_AES_GMAC &&
	    (op->iv.len == 0 || op->iv.len > GMAC_IV_MAX))
		return CNG_ERR_MECHANISM_PARAM;
	if (mac_full_len(op) == 0 || op->mac_len > mac_full_len(op))
		return CNG_ERR_MECHANISM_PARAM;
	return CNG_OK;
}

/* The cipher under CMAC and GMAC. */
static void
cipher_name(char name[16], size_t key_len, bool gmac)
{
	(void)snprintf(name, 16, "AES-%u-%s", (unsigned)(key_len * 8),
	    gmac ? "GCM" : "CBC");
}

static enum cng_status
mac_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
	bool gmac = op->scheme == OP_AES_GMAC;
	uint8_t iv[GMAC_IV_MAX];
	char name[16];
	OSSL_PARAM params[3], *p = params;
	EVP_MAC *mac;

	if (op->scheme == OP_HMAC && hmac_evp_wanted(op->hash))
		return hmac_evp_new(&unit->hmac, unit_lib(unit), op->hash,
		    secret_span(&key->value));
	mac = lib_mac(unit_lib(unit), op->scheme);
	unit->mac = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
	if (unit->mac == NULL)
		return CNG_ERR_INTERNAL;
	if (op->scheme == OP_HMAC) {
		(void)snprintf(name, sizeof name, "%s",
		    hash_info(op->hash)->name);
		*p++ = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		    name, 0);
	} else if (op->scheme != OP_POLY1305) {
		cipher_name(name, key->value.len, gmac);
		*p++ = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER,
		    name, 0);
	}
	if (gmac) {
		memcpy(iv, op->iv.ptr, op->iv.len);
		*p++ = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV, iv,
		    op->iv.len);
	}
	*p = OSSL_PARAM_construct_end();
	/* a nonce, and the key of Poly1305, are for one message */
	unit->once = gmac || op->scheme == OP_POLY1305;
	return EVP_MAC_init(unit->mac, key->value.ptr, key->value.len,
		   params) == 1 ? CNG_OK : CNG_ERR_INTERNAL;
}

/* The same key, another message. */
static bool
begin_again(struct unit *unit)
{
	return unit->hmac != NULL ? hmac_evp_again(unit->hmac) :
	    EVP_MAC_init(unit->mac, NULL, 0, NULL) == 1;
}

enum cng_status
mac_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op)
{
	struct unit_tag tag = { .scheme = op->scheme, .way = WAY_SIGN,
		.hash = op->hash };
	enum cng_status st = mac_check(key, op);

	if (st == CNG_OK)
		st = unit_take(out, key, &tag, op, mac_prepare);
	if (st != CNG_OK)
		return st;
	if (!(*out)->fresh && !begin_again(*out)) {
		unit_put(*out, true);
		*out = NULL;
		return CNG_ERR_INTERNAL;
	}
	return CNG_OK;
}

bool
mac_feed(struct unit *unit, struct span data)
{
	return unit->hmac != NULL ? hmac_evp_update(unit->hmac, data) :
	    EVP_MAC_update(unit->mac, data.ptr, data.len) == 1;
}

enum cng_status
mac_finish(struct unit *unit, uint8_t *out)
{
	size_t len = 0;
	bool ok = unit->hmac != NULL ? hmac_evp_final(unit->hmac, out) :
	    EVP_MAC_final(unit->mac, out, &len, MAC_MAX) == 1;

	unit_put(unit, !ok);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

bool
mac_pads(struct hmac_pads *out, const struct crypto_key *key,
    const struct key_op *op)
{
	_Atomic(struct hmac_pads *) *place = &key->self->pads;
	struct hmac_pads *kept = atomic_load(place), *none = NULL;

	if (op->scheme != OP_HMAC)
		return false;
	if (kept != NULL && kept->inner.hash == op->hash) {
		*out = *kept;
		return true;
	}
	if (!hmac_pads(out, op->hash, secret_span(&key->value)))
		return false;
	/* kept for one hash: a key is seldom used with two */
	if (kept != NULL || (kept = mem_new(1, sizeof *kept)) == NULL)
		return true;
	*kept = *out;
	if (!atomic_compare_exchange_strong(place, &none, kept)) {
		wipe(kept, sizeof *kept);
		mem_free(kept);
	}
	return true;
}

static enum cng_status
mac_make(const struct crypto_key *key, const struct key_op *op,
    struct span data, uint8_t *out)
{
	struct hmac_pads run;
	struct unit *unit = NULL;
	enum cng_status st = mac_check(key, op);
	bool ok;

	if (st == CNG_OK && mac_pads(&run, key, op)) {
		ok = sha_update(&run.inner, data) && hmac_final(&run, out);
		wipe(&run, sizeof run);
		return ok ? CNG_OK : CNG_ERR_INTERNAL;
	}
	if (st == CNG_OK)
		st = mac_unit(&unit, key, op);
	if (st != CNG_OK)
		return st;
	if (!mac_feed(unit, data)) {
		unit_put(unit, true);
		return CNG_ERR_INTERNAL;
	}
	return mac_finish(unit, out);
}

enum cng_status
mac_sign(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct wr *out)
{
	uint8_t made[MAC_MAX];
	enum cng_status st = mac_check(key, op);

	if (st != CNG_OK)
		return st;
	if (wr_room(out, mac_len(op)) == NULL)
		return wr_status(out);
	st = mac_make(key, op, data, made);
	if (st == CNG_OK)
		wr_bytes(out, span_of(made, mac_len(op)));
	wipe(made, sizeof made);
	return st;
}

enum cng_status
mac_compare(const struct key_op *op, const uint8_t *made, struct span mac)
{
	if (mac.len != mac_len(op))
		return CNG_ERR_SIGNATURE_SIZE;
	return secret_equal(span_of(made, mac.len), mac) ? CNG_OK :
							   CNG_ERR_SIGNATURE;
}

enum cng_status
mac_verify(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct span mac)
{
	uint8_t made[MAC_MAX];
	enum cng_status st = mac_make(key, op, data, made);

	if (st == CNG_OK)
		st = mac_compare(op, made, mac);
	wipe(made, sizeof made);
	return st;
}

enum cng_status
hmac_sha256_parts(struct crypto_lib *lib, struct span key,
    const struct span *parts, size_t count, uint8_t out[32])
{
	char name[] = "SHA2-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name,
		    0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = lib_mac(lib, OP_HMAC);
	EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
	size_t len = 0;
	bool ok;

	/* an empty key is a key, a NULL one is not */
	ok = ctx != NULL &&
	    EVP_MAC_init(ctx, key.len > 0 ? key.ptr : (const uint8_t *)"",
		key.len, params) == 1;
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_MAC_update(ctx, parts[i].ptr, parts[i].len) == 1;
	ok = ok && EVP_MAC_final(ctx, out, &len, 32) == 1;
	EVP_MAC_CTX_free(ctx);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

enum cng_status
crypto_hmac_sha256(struct span key, struct span data, uint8_t out[32])
{
	struct crypto_lib *lib;
	enum cng_status st = CNG_ERR_INTERNAL;

	err_enter();
	lib = lib_get();
	if (lib != NULL)
		st = hmac_sha256_parts(lib, key, &data, 1, out);
	return err_leave(st);
}
