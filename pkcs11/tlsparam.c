/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of the mechanisms of TLS.
 */
#include "pkcs11/derivetls.h"

#include "base/util.h"
#include "pkcs11/mechparam.h"
#include "pkcs11/status.h"

#define RANDOM_LEN 32
#define VERIFY_DATA_LEN 12
#define MAC_KEY_MAX 64
#define CIPHER_KEY_MAX 64
#define IV_MAX 16
#define SEED_MAX 1024
#define MD5_SHA1_LEN 36

/* The PRF of TLS 1.2 is made of a hash; that of 1.0 and 1.1, which not all
 * mechanisms may have, is HASH_NONE. */
static bool
prf_of(CK_MECHANISM_TYPE type, bool old, enum key_hash *out)
{
	*out = HASH_NONE;
	if (type == CKM_TLS_PRF)
		return old;
	return (type == CKM_SHA224 || type == CKM_SHA256 ||
	    type == CKM_SHA384 || type == CKM_SHA512) &&
	    mechparam_hash(type, out);
}

static bool
is_dh(const struct deriving *d)
{
	return d->mech->type == CKM_TLS12_MASTER_KEY_DERIVE_DH ||
	    d->mech->type == CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH ||
	    d->mech->type == CKM_NSS_TLS_EXTENDED_MASTER_KEY_DERIVE_DH;
}

/* An agreed secret has no version in it. */
static bool
read_version(const struct deriving *d, CK_VERSION *version,
    struct tls_param *out)
{
	out->version = version;
	out->needs_version = !is_dh(d);
	return version == NULL || !is_dh(d);
}

/* exact: as long as they are in a handshake. */
static bool
randoms(const CK_SSL3_RANDOM_DATA *from, bool exact, struct span *client,
    struct span *server)
{
	if (exact && (from->ulClientRandomLen != RANDOM_LEN ||
	    from->ulServerRandomLen != RANDOM_LEN))
		return false;
	return mechparam_bytes(from->pClientRandom, from->ulClientRandomLen,
	    SEED_MAX, client) &&
	    mechparam_bytes(from->pServerRandom, from->ulServerRandomLen,
		SEED_MAX, server);
}

static CK_RV
join_seed(struct secret *seed, struct span a, struct span b, struct span c)
{
	enum cng_status st = secret_copy(seed, a);

	if (st == CNG_OK)
		st = secret_append(seed, b);
	if (st == CNG_OK)
		st = secret_append(seed, c);
	return status_rv(st);
}

static CK_RV
read_master(const struct deriving *d, struct tls_param *out,
    struct key_op *op, struct secret *seed)
{
	CK_TLS12_MASTER_KEY_DERIVE_PARAMS from;
	struct span client, server;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !prf_of(from.prfHashMechanism, false, &op->hash) ||
	    !randoms(&from.RandomInfo, true, &client, &server) ||
	    !read_version(d, from.pVersion, out))
		return CKR_MECHANISM_PARAM_INVALID;
	op->label = span_str("master secret");
	return join_seed(seed, client, server, span_of(NULL, 0));
}

static CK_RV
read_extended(const struct deriving *d, struct tls_param *out,
    struct key_op *op, struct secret *seed)
{
	CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS from;
	struct span hash;
	size_t len;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !prf_of(from.prfHashMechanism, true, &op->hash) ||
	    !read_version(d, from.pVersion, out))
		return CKR_MECHANISM_PARAM_INVALID;
	len = op->hash == HASH_NONE ? MD5_SHA1_LEN : hash_info(op->hash)->size;
	if (from.ulSessionHashLen != len ||
	    !mechparam_bytes(from.pSessionHash, len, len, &hash))
		return CKR_MECHANISM_PARAM_INVALID;
	op->label = span_str("extended master secret");
	return join_seed(seed, hash, span_of(NULL, 0), span_of(NULL, 0));
}

static bool
bits(CK_ULONG from, size_t most, size_t *out)
{
	*out = from / 8;
	return from % 8 == 0 && *out <= most;
}

static bool
read_sizes(const CK_TLS12_KEY_MAT_PARAMS *from, bool safe,
    struct tls_keys *out)
{
	if (!bits(from->ulMacSizeInBits, MAC_KEY_MAX, &out->mac_len) ||
	    !bits(from->ulKeySizeInBits, CIPHER_KEY_MAX, &out->key_len) ||
	    !bits(safe ? 0 : from->ulIVSizeInBits, IV_MAX, &out->iv_len))
		return false;
	/* a cipher without a key has no vector either */
	return out->mac_len + out->key_len > 0 &&
	    (out->iv_len == 0 || out->key_len > 0);
}

static CK_RV
read_keys(const struct deriving *d, struct tls_param *out, struct key_op *op,
    struct secret *seed)
{
	bool safe = d->mech->type == CKM_TLS12_KEY_SAFE_DERIVE;
	CK_TLS12_KEY_MAT_PARAMS from;
	CK_SSL3_KEY_MAT_OUT made;
	struct span client, server;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !prf_of(from.prfHashMechanism, false, &op->hash) ||
	    !randoms(&from.RandomInfo, true, &client, &server) ||
	    !read_sizes(&from, safe, &out->keys) ||
	    from.bIsExport != CK_FALSE || from.pReturnedKeyMaterial == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&made, from.pReturnedKeyMaterial, sizeof(made));
	if (out->keys.iv_len > 0 &&
	    (made.pIVClient == NULL || made.pIVServer == NULL))
		return CKR_MECHANISM_PARAM_INVALID;
	out->keys.out = from.pReturnedKeyMaterial;
	op->label = span_str("key expansion");
	return join_seed(seed, server, client, span_of(NULL, 0));
}

/* What a context is preceded by (RFC 5705: its length) is for the caller. */
static CK_RV
read_kdf(const struct deriving *d, struct key_op *op, struct secret *seed)
{
	CK_TLS_KDF_PARAMS from;
	struct span client, server, context;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !prf_of(from.prfMechanism, true, &op->hash) ||
	    !randoms(&from.RandomInfo, false, &client, &server) ||
	    from.ulLabelLength == 0 ||
	    !mechparam_bytes(from.pLabel, from.ulLabelLength, SEED_MAX,
		&op->label) ||
	    !mechparam_bytes(from.pContextData, from.ulContextDataLength,
		SEED_MAX, &context))
		return CKR_MECHANISM_PARAM_INVALID;
	return join_seed(seed, client, server, context);
}

CK_RV
tlsparam_read(const struct deriving *d, struct tls_param *out,
    struct key_op *op, struct secret *seed)
{
	CK_RV rv;

	*out = (struct tls_param){ 0 };
	if (d->mech->param == PARAM_TLS_MASTER)
		rv = read_master(d, out, op, seed);
	else if (d->mech->param == PARAM_TLS_EXTENDED)
		rv = read_extended(d, out, op, seed);
	else
		rv = d->mech->param == PARAM_TLS_KEYS ?
		    read_keys(d, out, op, seed) : read_kdf(d, op, seed);
	op->iv = secret_span(seed);
	return rv;
}

/* The verify_data of TLS 1.2 may be longer than that of 1.0 and 1.1. */
bool
mechparam_tls_mac(const CK_MECHANISM *from, struct key_op *op)
{
	CK_TLS_MAC_PARAMS mac;

	if (!mechparam_struct(from, &mac, sizeof(mac)) ||
	    !prf_of(mac.prfHashMechanism, true, &op->hash) ||
	    (mac.ulServerOrClient != 1 && mac.ulServerOrClient != 2) ||
	    mac.ulMacLength < VERIFY_DATA_LEN)
		return false;
	op->label = mac.ulServerOrClient == 1 ?
	    span_str("server finished") : span_str("client finished");
	op->mac_len = mac.ulMacLength;
	return mac.ulMacLength <= (op->hash == HASH_NONE ?
	    VERIFY_DATA_LEN : hash_info(op->hash)->size);
}
