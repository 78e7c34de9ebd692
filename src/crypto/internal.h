/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of this layer share: the library context and what was
 * fetched from it, and the life of a key.  Nobody else includes this.
 */
#ifndef CNG_CRYPTO_INTERNAL_H
#define CNG_CRYPTO_INTERNAL_H

#include <stdatomic.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "crypto/crypto.h"

/* --- the library --------------------------------------------------------- */

enum aes_mode {
	AES_MODE_ECB = 0,
	AES_MODE_CBC,
	AES_MODE_CTR,
	AES_MODE_GCM,
	AES_MODE_OFB,
	AES_MODE_CFB1,
	AES_MODE_CFB8,
	AES_MODE_CFB128,
	AES_MODE_CTS,
	AES_MODE_XTS,
	AES_MODE_CCM,
	/* the same lengths of key */
	MODE_CAMELLIA_ECB,
	MODE_CAMELLIA_CBC,
	MODE_CAMELLIA_CTR,
	/* each with one length of key */
	MODE_CHACHA20,
	MODE_CHACHA20_POLY1305,
	MODE_DES3_ECB,
	MODE_DES3_CBC,
	AES_MODE_COUNT
};

enum kdf_kind {
	KDF_KIND_X963 = 0,
	KDF_KIND_SSKDF,
	KDF_KIND_SCRYPT,
	KDF_KIND_HKDF,
	KDF_KIND_PBKDF2,
	KDF_KIND_TLS_PRF,
	KDF_KIND_KBKDF,
	KDF_KIND_COUNT
};

/*
 * One generation of our library context.  Keys and streams count on it, so
 * it outlives crypto_shutdown as long as they do.
 */
struct crypto_lib;

/* The current one, made when there is none; NULL when that fails. */
struct crypto_lib *lib_get(void);
struct crypto_lib *lib_hold(struct crypto_lib *lib);
void lib_release(struct crypto_lib *lib);

/* Made before a fork or before the host's OPENSSL_cleanup: whatever belongs
 * to it must be forgotten, neither used nor freed. */
bool lib_is_abandoned(const struct crypto_lib *lib);

OSSL_LIB_CTX *lib_ctx(const struct crypto_lib *lib);

/* Fetched once and kept; NULL when libcrypto has none of it. */
EVP_MD *lib_md(struct crypto_lib *lib, enum key_hash hash);
/* key_len: as libcrypto counts the mode, half of what XTS takes. */
EVP_CIPHER *lib_aes(struct crypto_lib *lib, enum aes_mode mode,
    size_t key_len);
EVP_MAC *lib_mac(struct crypto_lib *lib, enum op_scheme scheme);
EVP_KDF *lib_kdf(struct crypto_lib *lib, enum kdf_kind kind);
/* Of a named curve; NULL also when libcrypto does not know it. */
const EC_GROUP *lib_group(struct crypto_lib *lib, enum key_curve curve);

/* Digest contexts are kept for the next caller. */
EVP_MD_CTX *lib_md_ctx_take(struct crypto_lib *lib);
void lib_md_ctx_put(struct crypto_lib *lib, EVP_MD_CTX *ctx);

/* The current context and the legacy provider, for what reads ASN.1. */
OSSL_LIB_CTX *crypto_ctx(void);
enum cng_status crypto_load_legacy(void) CNG_MUST_CHECK;

/* Every public function that calls libcrypto runs between these two: the
 * error queue is the host's too, and is left as it was found.  A failure
 * that was for want of memory is told as such. */
void err_enter(void);
enum cng_status err_leave(enum cng_status st);

/* --- keys ---------------------------------------------------------------- */

struct key_body;
struct hmac_pads;

struct crypto_key {
	struct crypto_key *self;   /* the way from a const key to its caches */
	_Atomic unsigned refs;
	enum key_family family;
	enum key_curve curve;
	enum key_set set;
	bool has_private;
	size_t bits;
	size_t field_bytes;        /* curves: of a coordinate, */
	size_t order_bytes;        /* and of half a signature */
	struct secret value;       /* of a secret key; ML-DSA: hash of the
	                            * public key */
	uint8_t reject[32];        /* RSA private: SHA-256 of d, see reject.c */
	struct key_holder *holder; /* of the private half; NULL: it is here */
	_Atomic(struct key_body *) body;
	_Atomic(struct hmac_pads *) pads; /* see mac.c */
};

/* What to do; the half of struct unit_tag that is not in the key_op. */
enum unit_way {
	WAY_SIGN = 0,
	WAY_VERIFY,
	WAY_RECOVER,
	WAY_ENCRYPT,
	WAY_DECRYPT,
	WAY_ENCAPSULATE,
	WAY_DECAPSULATE,
};

struct unit_tag {
	enum op_scheme scheme;
	enum unit_way way;
	enum key_hash hash;
	enum key_hash pad_hash;
	enum key_hash mgf_hash;
	size_t salt_len;
	enum op_hedge hedge;
	bool prehash;
};

/*
 * A prepared context of libcrypto.  Preparing costs more than many an
 * operation, so a key keeps a few of them; each is used by one caller at a
 * time, and whoever finds none makes a new one.
 */
struct unit {
	struct unit_tag tag;
	struct key_body *body;
	bool fresh;            /* nothing ran on it yet */
	bool once;             /* not to be kept */
	size_t iv_len;         /* that it was last told; 0: never */
	EVP_PKEY_CTX *pkey;
	EVP_CIPHER_CTX *cipher;
	EVP_MAC_CTX *mac;
	struct hmac_evp *hmac; /* instead of mac */
};

typedef enum cng_status unit_maker(struct unit *unit,
    const struct crypto_key *key, const struct key_op *op);

enum cng_status unit_take(struct unit **out, const struct crypto_key *key,
    const struct unit_tag *tag, const struct key_op *op, unit_maker *make)
    CNG_MUST_CHECK;
/* failed: its state is not to be trusted any more. */
void unit_put(struct unit *unit, bool failed);

struct crypto_lib *unit_lib(const struct unit *unit);
EVP_PKEY *unit_pkey(const struct unit *unit);

/* The library that the key works in now; NULL: out of memory. */
struct crypto_lib *key_lib(const struct crypto_key *key);
EVP_PKEY *key_pkey(const struct crypto_key *key);
struct crypto_key *key_hold(const struct crypto_key *key);

/* Bytes of the modulus. */
static inline size_t
key_rsa_len(const struct crypto_key *key)
{
	return (key->bits + 7) / 8;
}

/* EVP_PKEY of a type that libcrypto knows by name, or NULL. */
EVP_PKEY *pkey_from_params(struct crypto_lib *lib, const char *type,
    int selection, OSSL_PARAM *params);

/* EVP_PKEY from numbers. */
enum cng_status pkey_from_material(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *material) CNG_MUST_CHECK;
/* A number as libcrypto's parameters want it: in the order of this machine,
 * padded to width.  It advances *at by that. */
OSSL_PARAM native_param(const char *name, struct span number, size_t width,
    uint8_t **at);

/* --- elliptic curves (ecpkey.c, ecx.c) ------------------------------------ */

/* Coordinates and scalar are there and have their widths. */
enum cng_status pkey_from_ec(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *material) CNG_MUST_CHECK;
enum cng_status pkey_from_ecx(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *material) CNG_MUST_CHECK;
/* The public key of somebody else, on the curve of key: the uncompressed
 * point, or the bytes of RFC 7748. */
enum cng_status pkey_of_peer(EVP_PKEY **out, const struct crypto_key *key,
    struct span peer) CNG_MUST_CHECK;

enum cng_status ecx_complete(struct key_material *key) CNG_MUST_CHECK;
enum cng_status ecx_check_public(const struct key_material *key)
    CNG_MUST_CHECK;
enum cng_status ecx_generate(struct key_material *out) CNG_MUST_CHECK;

static inline bool
family_is_ecx(enum key_family family)
{
	return family == KEY_MONTGOMERY || family == KEY_EDWARDS;
}

/* --- the write cursor ----------------------------------------------------- */

/* Room for len bytes at the end of w, or NULL after a count or a failure;
 * the caller advances w->len when it has written. */
uint8_t *wr_room(struct wr *w, size_t len);

#endif
