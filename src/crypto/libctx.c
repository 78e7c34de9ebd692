/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The private library context.  It never reads openssl.cnf, registers no
 * exit handler, and everything fetched from it is fetched once.
 */
#include "crypto/internal.h"

#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "base/alloc.h"
#include "base/lock.h"
#include "base/util.h"
#include "crypto/group.h"

#define SPARE_DIGESTS 4
#define AES_SIZES 3
#define MAC_KINDS ARRAY_LEN(mac_kinds)

static const struct {
	enum op_scheme scheme;
	const char *name;
} mac_kinds[] = {
	{ OP_HMAC, "HMAC" },
	{ OP_AES_CMAC, "CMAC" },
	{ OP_AES_GMAC, "GMAC" },
	{ OP_POLY1305, "POLY1305" },
};

struct crypto_lib {
	struct crypto_lib *next;       /* of those given up */
	OSSL_LIB_CTX *ctx;
	OSSL_PROVIDER *provider;
	OSSL_PROVIDER *legacy;
	unsigned epoch;
	_Atomic unsigned refs;
	_Atomic(EVP_MD *) md[HASH_COUNT];
	_Atomic(EVP_CIPHER *) aes[AES_MODE_COUNT][AES_SIZES];
	_Atomic(EVP_MAC *) mac[MAC_KINDS];
	_Atomic(EVP_KDF *) kdf[KDF_KIND_COUNT];
	_Atomic(EC_GROUP *) group[CURVE_COUNT];
	_Atomic(EVP_MD_CTX *) spare[SPARE_DIGESTS];
};

static struct lock start_lock = { PTHREAD_MUTEX_INITIALIZER };
static _Atomic(struct crypto_lib *) current;
static _Atomic unsigned epoch;
static bool forked;
/* Never freed, yet not lost: leak checkers find the way from here. */
static struct crypto_lib *given_up;

static const char *const aes_names[AES_MODE_COUNT] = {
	[AES_MODE_ECB] = "ECB",
	[AES_MODE_CBC] = "CBC",
	[AES_MODE_CTR] = "CTR",
	[AES_MODE_GCM] = "GCM",
	[AES_MODE_OFB] = "OFB",
	[AES_MODE_CFB1] = "CFB1",
	[AES_MODE_CFB8] = "CFB8",
	[AES_MODE_CFB128] = "CFB",
	[AES_MODE_CTS] = "CBC-CTS",
	[AES_MODE_XTS] = "XTS",
	[AES_MODE_CCM] = "CCM",
	[MODE_CAMELLIA_ECB] = "ECB",
	[MODE_CAMELLIA_CBC] = "CBC",
	[MODE_CAMELLIA_CTR] = "CTR",
	[MODE_CHACHA20] = "ChaCha20",
	[MODE_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
	[MODE_DES3_ECB] = "DES-EDE3-ECB",
	[MODE_DES3_CBC] = "DES-EDE3-CBC",
};

static const char *const kdf_names[KDF_KIND_COUNT] = {
	[KDF_KIND_X963] = "X963KDF",
	[KDF_KIND_SSKDF] = "SSKDF",
	[KDF_KIND_SCRYPT] = "SCRYPT",
	[KDF_KIND_HKDF] = "HKDF",
	[KDF_KIND_PBKDF2] = "PBKDF2",
	[KDF_KIND_TLS_PRF] = "TLS1-PRF",
	[KDF_KIND_KBKDF] = "KBKDF",
};

/* --- making and freeing --------------------------------------------------- */

/* False after OPENSSL_cleanup.  As the first call into libcrypto it also
 * tells a libcrypto that we share with nobody to leave the host alone. */
static bool
libcrypto_alive(void)
{
	return OPENSSL_init_crypto(
		   OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT,
		   NULL) == 1;
}

static void
lib_free(struct crypto_lib *lib)
{
	for (size_t i = 0; i < SPARE_DIGESTS; i++)
		EVP_MD_CTX_free(atomic_load(&lib->spare[i]));
	for (size_t i = 0; i < HASH_COUNT; i++)
		EVP_MD_free(atomic_load(&lib->md[i]));
	for (size_t i = 0; i < AES_MODE_COUNT; i++)
		for (size_t j = 0; j < AES_SIZES; j++)
			EVP_CIPHER_free(atomic_load(&lib->aes[i][j]));
	for (size_t i = 0; i < KDF_KIND_COUNT; i++)
		EVP_KDF_free(atomic_load(&lib->kdf[i]));
	for (size_t i = 0; i < CURVE_COUNT; i++)
		EC_GROUP_free(atomic_load(&lib->group[i]));
	for (size_t i = 0; i < MAC_KINDS; i++)
		EVP_MAC_free(atomic_load(&lib->mac[i]));
	if (lib->legacy != NULL)
		OSSL_PROVIDER_unload(lib->legacy);
	if (lib->provider != NULL)
		OSSL_PROVIDER_unload(lib->provider);
	OSSL_LIB_CTX_free(lib->ctx);
	mem_free(lib);
}

static struct crypto_lib *
lib_new(void)
{
	struct crypto_lib *lib;

	if (!libcrypto_alive())
		return NULL;
	lib = mem_new(1, sizeof *lib);
	if (lib == NULL)
		return NULL;
	atomic_init(&lib->refs, 1);
	lib->epoch = atomic_load(&epoch);
	lib->ctx = OSSL_LIB_CTX_new();
	if (lib->ctx != NULL)
		lib->provider = OSSL_PROVIDER_load(lib->ctx, "default");
	if (lib->provider == NULL) {
		lib_free(lib);
		return NULL;
	}
	return lib;
}

struct crypto_lib *
lib_get(void)
{
	struct crypto_lib *lib = atomic_load(&current);

	if (lib != NULL)
		return lib;
	lock_take(&start_lock);
	lib = atomic_load(&current);
	if (lib == NULL) {
		lib = lib_new();
		atomic_store(&current, lib);
	}
	lock_drop(&start_lock);
	return lib;
}

struct crypto_lib *
lib_hold(struct crypto_lib *lib)
{
	atomic_fetch_add(&lib->refs, 1);
	return lib;
}

void
lib_release(struct crypto_lib *lib)
{
	if (lib == NULL || atomic_fetch_sub(&lib->refs, 1) != 1)
		return;
	if (!lib_is_abandoned(lib))
		lib_free(lib);
}

bool
lib_is_abandoned(const struct crypto_lib *lib)
{
	return lib->epoch != atomic_load_explicit(&epoch,
	    memory_order_relaxed) || !libcrypto_alive();
}

enum cng_status
crypto_start(void)
{
	struct crypto_lib *lib;

	err_enter();
	lib = lib_get();
	return err_leave(lib == NULL ? CNG_ERR_INTERNAL : CNG_OK);
}

/* From now on everything made so far is abandoned. */
static void
give_up(void)
{
	struct crypto_lib *lib = atomic_exchange(&current, NULL);

	atomic_fetch_add(&epoch, 1);
	if (lib == NULL)
		return;
	lib->next = given_up;
	given_up = lib;
}

void
crypto_shutdown(void)
{
	/* What is left of libcrypto after the host's OPENSSL_cleanup cannot
	 * be freed. */
	if (!libcrypto_alive()) {
		give_up();
		return;
	}
	/* Freeing a context takes a lock that all of libcrypto shares and
	 * that a thread of the parent may have held when we were forked: a
	 * child keeps its context for the next start. */
	if (forked)
		return;
	err_enter();
	lib_release(atomic_exchange(&current, NULL));
	(void)err_leave(CNG_OK);
}

void
crypto_after_fork(void)
{
	lock_init(&start_lock);
	give_up();
	forked = true;
}

const char *
crypto_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

/* --- what is fetched ------------------------------------------------------ */

OSSL_LIB_CTX *
lib_ctx(const struct crypto_lib *lib)
{
	return lib->ctx;
}

/* Before 3.2, BLAKE2b would not be told a size, and make 64 bytes. */
static bool
md_can(const EVP_MD *md, const struct hash_info *info)
{
	return !info->told_size || info->size == (size_t)EVP_MD_get_size(md) ||
	    EVP_MD_settable_ctx_params(md) != NULL;
}

EVP_MD *
lib_md(struct crypto_lib *lib, enum key_hash hash)
{
	const struct hash_info *info = hash_info(hash);
	EVP_MD *old = NULL, *md;

	if (info == NULL)
		return NULL;
	md = atomic_load(&lib->md[hash]);
	if (md != NULL)
		return md;
	md = EVP_MD_fetch(lib->ctx, info->name, NULL);
	if (md != NULL && !md_can(md, info)) {
		EVP_MD_free(md);
		return NULL;
	}
	if (!atomic_compare_exchange_strong(&lib->md[hash], &old, md)) {
		EVP_MD_free(md);
		md = old;
	}
	return md;
}

EVP_CIPHER *
lib_aes(struct crypto_lib *lib, enum aes_mode mode, size_t key_len)
{
	_Atomic(EVP_CIPHER *) *slot;
	EVP_CIPHER *old = NULL, *cipher;
	char name[24];

	if (mode < MODE_CHACHA20 && key_len != 16 && key_len != 24 &&
	    key_len != 32)
		return NULL;
	slot = &lib->aes[mode][mode < MODE_CHACHA20 ? key_len / 8 - 2 : 0];
	cipher = atomic_load(slot);
	if (cipher != NULL)
		return cipher;
	snprintf(name, sizeof name, "%s-%u-%s",
	    mode < MODE_CAMELLIA_ECB ? "AES" : "CAMELLIA",
	    (unsigned)(key_len * 8), aes_names[mode]);
	cipher = EVP_CIPHER_fetch(lib->ctx,
	    mode < MODE_CHACHA20 ? name : aes_names[mode], NULL);
	if (!atomic_compare_exchange_strong(slot, &old, cipher)) {
		EVP_CIPHER_free(cipher);
		cipher = old;
	}
	return cipher;
}

EVP_MAC *
lib_mac(struct crypto_lib *lib, enum op_scheme scheme)
{
	EVP_MAC *old = NULL, *mac;
	size_t kind = 0;

	while (kind < MAC_KINDS && mac_kinds[kind].scheme != scheme)
		kind++;
	if (kind == MAC_KINDS)
		return NULL;
	mac = atomic_load(&lib->mac[kind]);
	if (mac != NULL)
		return mac;
	mac = EVP_MAC_fetch(lib->ctx, mac_kinds[kind].name, NULL);
	if (!atomic_compare_exchange_strong(&lib->mac[kind], &old, mac)) {
		EVP_MAC_free(mac);
		mac = old;
	}
	return mac;
}

EVP_KDF *
lib_kdf(struct crypto_lib *lib, enum kdf_kind kind)
{
	EVP_KDF *old = NULL, *kdf = atomic_load(&lib->kdf[kind]);

	if (kdf != NULL)
		return kdf;
	kdf = EVP_KDF_fetch(lib->ctx, kdf_names[kind], NULL);
	if (!atomic_compare_exchange_strong(&lib->kdf[kind], &old, kdf)) {
		EVP_KDF_free(kdf);
		kdf = old;
	}
	return kdf;
}

const EC_GROUP *
lib_group(struct crypto_lib *lib, enum key_curve curve)
{
	EC_GROUP *old = NULL, *group;

	if (curve_nid(curve) == NID_undef)
		return NULL;
	group = atomic_load(&lib->group[curve]);
	if (group != NULL)
		return group;
	group = EC_GROUP_new_by_curve_name_ex(lib->ctx, NULL,
	    curve_nid(curve));
	if (!atomic_compare_exchange_strong(&lib->group[curve], &old, group)) {
		EC_GROUP_free(group);
		group = old;
	}
	return group;
}

EVP_MD_CTX *
lib_md_ctx_take(struct crypto_lib *lib)
{
	for (size_t i = 0; i < SPARE_DIGESTS; i++) {
		EVP_MD_CTX *ctx = atomic_exchange(&lib->spare[i], NULL);

		if (ctx != NULL)
			return ctx;
	}
	return EVP_MD_CTX_new();
}

void
lib_md_ctx_put(struct crypto_lib *lib, EVP_MD_CTX *ctx)
{
	for (size_t i = 0; ctx != NULL && i < SPARE_DIGESTS; i++) {
		EVP_MD_CTX *empty = NULL;

		if (atomic_compare_exchange_strong(&lib->spare[i], &empty,
			ctx))
			return;
	}
	EVP_MD_CTX_free(ctx);
}

OSSL_LIB_CTX *
crypto_ctx(void)
{
	struct crypto_lib *lib = lib_get();

	return lib == NULL ? NULL : lib->ctx;
}

enum cng_status
crypto_load_legacy(void)
{
	struct crypto_lib *lib = lib_get();
	bool loaded;

	if (lib == NULL)
		return CNG_ERR_INTERNAL;
	lock_take(&start_lock);
	if (lib->legacy == NULL)
		lib->legacy = OSSL_PROVIDER_load(lib->ctx, "legacy");
	loaded = lib->legacy != NULL;
	lock_drop(&start_lock);
	return loaded ? CNG_OK : CNG_ERR_NOT_SUPPORTED;
}

/* --- errors, randomness, the cursor --------------------------------------- */

#ifdef CNG_PRIVATE_LIBCRYPTO
/* Nobody else sees the queue: it is enough to empty it after a failure. */
void
err_enter(void)
{
}
#else
void
err_enter(void)
{
	ERR_set_mark();
}
#endif

enum cng_status
err_leave(enum cng_status st)
{
	if (st != CNG_OK &&
	    ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
		st = CNG_ERR_NO_MEMORY;
#ifdef CNG_PRIVATE_LIBCRYPTO
	if (st != CNG_OK)
		ERR_clear_error();
#else
	ERR_pop_to_mark();
#endif
	return st;
}

enum cng_status
crypto_random(void *out, size_t len)
{
	struct crypto_lib *lib;
	bool ok;

	err_enter();
	lib = lib_get();
	ok = lib != NULL &&
	    (len == 0 || RAND_priv_bytes_ex(lib->ctx, out, len, 0) == 1);
	return err_leave(ok ? CNG_OK : CNG_ERR_INTERNAL);
}

enum cng_status
crypto_seed(struct span seed)
{
	struct crypto_lib *lib;
	EVP_RAND_CTX *primary = NULL;
	bool ok;

	err_enter();
	lib = lib_get();
	if (lib != NULL)
		primary = RAND_get0_primary(lib->ctx);
	/* Additional input beside fresh entropy: it can only help. */
	ok = primary != NULL &&
	    EVP_RAND_reseed(primary, 0, NULL, 0, seed.ptr, seed.len) == 1;
	return err_leave(ok ? CNG_OK : CNG_ERR_INTERNAL);
}

uint8_t *
wr_room(struct wr *w, size_t len)
{
	if (w->buf != NULL && !w->failed && w->cap - w->len >= len)
		return w->buf + w->len;
	wr_zero(w, len);
	return NULL;
}
