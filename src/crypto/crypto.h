/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Operations on key material.  This layer is the only user of OpenSSL: a
 * private library context that never reads openssl.cnf, made on first use
 * and freed by crypto_shutdown.  All functions may run in parallel.
 */
#ifndef CNG_CRYPTO_H
#define CNG_CRYPTO_H

#include "base/secret.h"
#include "base/wr.h"
#include "key/holder.h"
#include "key/material.h"
#include "key/op.h"

/* --- life of the library ------------------------------------------------ */

/* Safe to call many times and from several threads. */
enum cng_status crypto_start(void) CNG_MUST_CHECK;

/* Frees the context; crypto_start makes a new one.  Nobody may be inside a
 * crypto function.  Harmless after the host's own OPENSSL_cleanup.  Keys and
 * streams that are still held go on working.  A forked child keeps its
 * context. */
void crypto_shutdown(void);

/* In a forked child: forget, never free, what the parent made; reseed. */
void crypto_after_fork(void);

/* "OpenSSL 3.5.7 ..." */
const char *crypto_version(void);

enum cng_status crypto_random(void *out, size_t len) CNG_MUST_CHECK;
enum cng_status crypto_seed(struct span seed) CNG_MUST_CHECK;

/* --- keys ---------------------------------------------------------------- */

/* A key made ready for use; reference counted, immutable, thread safe. */
struct crypto_key;

/* Builds from numbers (no DER in between).  material is copied as needed. */
enum cng_status crypto_key_new(struct crypto_key **out,
    const struct key_material *material) CNG_MUST_CHECK;
/* The private half is with the holder, which is taken over, also when that
 * fails.  Nothing but its public numbers is known of the key. */
enum cng_status crypto_key_held(struct crypto_key **out,
    const struct key_material *public, struct key_holder *holder)
    CNG_MUST_CHECK;
/* Could it be done at all?  Of a key with a holder, which may lack that; any
 * other: true.  Asks nobody outside. */
bool crypto_can(const struct crypto_key *key, const struct key_op *op,
    enum holder_way way);
/* The PIN that was said for one operation goes with it: see key/holder.h. */
void crypto_pin_done(const struct crypto_key *key);
/* The same, of any key of that family which a holder has. */
bool crypto_holder_can(const struct key_holder *holder,
    enum key_family family, const struct key_op *op, enum holder_way way);
struct crypto_key *crypto_key_ref(struct crypto_key *key);
void crypto_key_free(struct crypto_key *key);

/* RSA: bits, and a public exponent (big-endian, empty = 65537).
 * EC, Montgomery, Edwards: curve.  AES and generic secret: bits.
 * ML-KEM, ML-DSA, SLH-DSA: set.  DSA and DH: domain (p, g, and q, which DH may
 * lack); DH: bits of x, 0 for as many as are sensible. */
struct key_spec {
	enum key_family family;
	enum key_curve curve;
	enum key_set set;
	size_t bits;
	struct span rsa_e;
	const struct key_material *domain;
};
enum cng_status crypto_generate(struct key_material *out,
    const struct key_spec *spec) CNG_MUST_CHECK;

/* Domain parameters, no key.  DSA: p of bits, q of order_bits (0: as FIPS
 * 186-4 pairs them).  DH: the group of RFC 7919 of that size, if there is one,
 * else one made as for DSA, as those of X9.42 are.  1024 bits at least. */
enum cng_status crypto_generate_domain(struct key_material *out,
    enum key_family family, size_t bits, size_t order_bits) CNG_MUST_CHECK;

/* Does libcrypto know the parameter set?  (ML-KEM, ML-DSA and SLH-DSA came
 * with 3.5.)  Without it these keys can be carried from one form to another,
 * but what needs computing answers CNG_ERR_NOT_SUPPORTED. */
bool crypto_has_set(enum key_set set);

/* Does it have Camellia?  It may be built without. */
bool crypto_has_camellia(void);

/* Fills what can be computed and is missing: RSA d, p, q, dp, dq, qinv; the
 * public half of an EC, Montgomery or Edwards key; y of DSA and DH; what a
 * post-quantum seed expands to.  What is there already is kept. */
enum cng_status crypto_complete(struct key_material *key) CNG_MUST_CHECK;

/* Public numbers sane: RSA modulus odd, size in range, exponent odd and at
 * least 3 and shorter than 65 bits unless the modulus says otherwise; the EC
 * point is on the curve and of its order; the coefficients of an ML-KEM key
 * are reduced.  DSA and DH: p and q look prime, g and y are of order q where
 * q is known, and lie between 1 and p - 1; a seed makes that p and q.
 * CNG_ERR_BAD_PUBLIC_KEY; CNG_ERR_BAD_CURVE for parameters that make no
 * curve, or a weak one. */
enum cng_status crypto_check_public(const struct key_material *key)
    CNG_MUST_CHECK;

/* The same of a group without a key: DSA, DH, X9.42. */
enum cng_status crypto_check_group(const struct key_material *key)
    CNG_MUST_CHECK;

/* The private numbers belong to the public ones: n = p q, primes odd, e d = 1
 * mod lcm, CRT values right; 0 < d < order and Q = d G; x in range and
 * y = g^x; a seed expands to the other two, or the private key holds the
 * public one and its hash.  CNG_ERR_BAD_KEY. */
enum cng_status crypto_check_pair(const struct key_material *key)
    CNG_MUST_CHECK;

/* --- one operation at once ------------------------------------------------ */

/*
 * All write to a cursor whose NULL buffer asks for the size.  Sizes are
 * exact, except for decryption, where they are an upper bound.
 */
enum cng_status crypto_sign(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct wr *out) CNG_MUST_CHECK;
enum cng_status crypto_verify(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct span signature)
    CNG_MUST_CHECK;
/* RSA PKCS#1 and raw only. */
enum cng_status crypto_verify_recover(const struct crypto_key *key,
    const struct key_op *op, struct span signature, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status crypto_encrypt(const struct crypto_key *key,
    const struct key_op *op, struct span plain, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status crypto_decrypt(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status crypto_digest(enum key_hash hash, struct span data,
    uint8_t *out) CNG_MUST_CHECK;

/* Wrapping of opaque bytes: AES KW, KWP, KW_PKCS7, CBC, CBC_PAD, ECB, CTR,
 * GCM, RSA OAEP, PKCS1 and RSA_AES_WRAP.  unwrap answers CNG_ERR_WRAPPED_KEY
 * for every failure of the content. */
enum cng_status crypto_wrap(const struct crypto_key *key,
    const struct key_op *op, struct span plain, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status crypto_unwrap(const struct crypto_key *key,
    const struct key_op *op, struct span wrapped, struct secret *out)
    CNG_MUST_CHECK;
/* Can anything wrapped with that key be that long?  Nothing is decrypted. */
bool crypto_unwrap_fits(const struct crypto_key *key, const struct key_op *op,
    size_t len);

/* ECDH and DH: shared secret through op->kdf; len 0 means the natural length
 * (the width of field or prime, or the hash size for a KDF).  Shorter takes
 * leading bytes.  HKDF, PBKDF2, SP800_108, TLS_PRF, JOIN, XOR, CUT and
 * AES_DATA: from a secret key. */
enum cng_status crypto_derive(const struct crypto_key *key,
    const struct key_op *op, size_t len, struct secret *out) CNG_MUST_CHECK;

/* ML-KEM.  A wrong ciphertext of the right length makes a wrong secret.
 * Asking for the size makes none.  Decapsulation by RSA or agreement goes the
 * same way: CNG_ERR_CIPHERTEXT for all that is not one. */
enum cng_status crypto_encapsulate(const struct crypto_key *key,
    const struct key_op *op, struct wr *cipher, struct secret *shared)
    CNG_MUST_CHECK;
enum cng_status crypto_decapsulate(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct secret *shared)
    CNG_MUST_CHECK;

/* Encapsulation for a key of another family: OP_RSA_PKCS1 and OP_RSA_OAEP
 * encrypt a random secret of op->secret_len bytes; OP_ECDH, OP_DH and OP_X942
 * agree with a new key of the same group, whose public number is the
 * ciphertext.  The secret is then op->secret_len bytes of what a KDF gives, or
 * the raw one whole. */
enum cng_status crypto_encapsulate_for(const struct key_material *public,
    const struct key_op *op, struct wr *cipher, struct secret *shared)
    CNG_MUST_CHECK;

/* --- multi-part ---------------------------------------------------------- */

struct crypto_stream;

/* key may be NULL for OP_DIGEST. */
enum cng_status crypto_stream_new(struct crypto_stream **out,
    const struct crypto_key *key, const struct key_op *op,
    enum op_direction direction) CNG_MUST_CHECK;
void crypto_stream_free(struct crypto_stream *stream);

/* Encrypt and decrypt write; sign, verify and digest only take in.  The
 * stream is unchanged when the output buffer is too small, or there is none:
 * then what would be written at most is counted.  GCM decryption
 * hands out plaintext at final only, after the tag was checked. */
enum cng_status crypto_stream_update(struct crypto_stream *stream,
    struct span data, struct wr *out) CNG_MUST_CHECK;
enum cng_status crypto_stream_final(struct crypto_stream *stream,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status crypto_stream_verify(struct crypto_stream *stream,
    struct span signature) CNG_MUST_CHECK;

/* The state of a digest that runs, as bytes: always as many for a hash.
 * CNG_ERR_NOT_SUPPORTED where it cannot be had (SHA-1 and SHA-2 only); loading
 * answers CNG_ERR_BAD_DATA for what no state is. */
enum cng_status crypto_stream_save(const struct crypto_stream *stream,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status crypto_stream_load(struct crypto_stream **out,
    enum key_hash hash, struct span state) CNG_MUST_CHECK;

/* --- key derivation and sealing for the store ---------------------------- */

struct scrypt_params {
	uint64_t n;
	uint32_t r;
	uint32_t p;
};
enum cng_status crypto_scrypt(struct span pin, struct span salt,
    const struct scrypt_params *params, uint8_t *out, size_t out_len)
    CNG_MUST_CHECK;
enum cng_status crypto_hmac_sha256(struct span key, struct span data,
    uint8_t out[32]) CNG_MUST_CHECK;

/* The same with a key that stays; plain memory, wiped by
 * its owner. */
struct crypto_hmac {
	_Alignas(8) uint8_t state[464];
};
enum cng_status crypto_hmac_begin(struct crypto_hmac *hmac, struct span key)
    CNG_MUST_CHECK;
enum cng_status crypto_hmac_parts(const struct crypto_hmac *hmac,
    const struct span *parts, size_t count, uint8_t out[32]) CNG_MUST_CHECK;
/* SHA-256 in the same way. */
enum cng_status crypto_sha256_parts(const struct span *parts, size_t count,
    uint8_t out[32]) CNG_MUST_CHECK;

#define SEAL_NONCE 12
#define SEAL_TAG 16
/* AES-256-GCM with a fresh nonce: nonce || ciphertext || tag. */
enum cng_status crypto_seal(const uint8_t key[32], struct span aad,
    struct span plain, struct secret *out) CNG_MUST_CHECK;
/* CNG_ERR_STORE_CORRUPT when anything was changed. */
enum cng_status crypto_open(const uint8_t key[32], struct span aad,
    struct span sealed, struct secret *out) CNG_MUST_CHECK;

#endif
