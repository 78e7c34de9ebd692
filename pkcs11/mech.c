/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mechanism table.  Sizes are in the unit that the standard gives each
 * mechanism: bits for RSA, EC, generic secrets and CNG blobs, bytes for AES
 * and MACs.
 */
#include "pkcs11/mech.h"

#include <stdatomic.h>

#include "base/util.h"
#include "core/provider.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/lookup.h"
#include "pkcs11/mechrows.h"
#include "pkcs11/names.h"
#include "pkcs11/tell.h"
#include "pkcs11/vendor.h"

#define USE_CRYPT (CKF_ENCRYPT | CKF_DECRYPT)
#define USE_MESSAGES (CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | \
	CKF_MULTI_MESSAGE)
#define USE_SIG (CKF_SIGN | CKF_VERIFY | CKF_MESSAGE_SIGN | \
	CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE)
#define USE_RECOVER (CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER)
#define USE_WRAP (CKF_WRAP | CKF_UNWRAP)
#define USE_KEM (CKF_ENCAPSULATE | CKF_DECAPSULATE)
#define EC_NAMED (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)
#define EC_FORMS (EC_NAMED | CKF_EC_ECPARAMETERS)

/*
 * In ascending order of type; a test proves it.  The newer families are in
 * tables of their own (mechrows.h).  PKCS#1 v1.5 is not offered for unwrapping
 * or decapsulating, nor ECB, CBC and CTR for wrapping at all: their answers to
 * tampered input give keys away.
 */
static const struct mech table[] = {
	{ .type = CKM_RSA_PKCS_KEY_PAIR_GEN, .flags = CKF_GENERATE_KEY_PAIR,
	    .min = RSA_BITS_MIN, .max = RSA_BITS_MAX, .family = KEY_RSA },
	{ .type = CKM_RSA_PKCS,
	    .flags = USE_CRYPT | USE_SIG | USE_RECOVER | CKF_WRAP |
		CKF_ENCAPSULATE,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_PKCS1 },
	{ .type = CKM_RSA_X_509, .flags = USE_CRYPT | USE_SIG | USE_RECOVER,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_RAW },
	{ .type = CKM_SHA1_RSA_PKCS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PKCS1, .hash = HASH_SHA1 },
	{ .type = CKM_RSA_PKCS_OAEP, .flags = USE_CRYPT | USE_WRAP | USE_KEM,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_OAEP,
	    .param = PARAM_OAEP },
	{ .type = CKM_RSA_PKCS_PSS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PSS, .param = PARAM_PSS },
	{ .type = CKM_SHA1_RSA_PKCS_PSS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PSS, .hash = HASH_SHA1,
	    .param = PARAM_PSS },
	{ .type = CKM_SHA256_RSA_PKCS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PKCS1, .hash = HASH_SHA256 },
	{ .type = CKM_SHA384_RSA_PKCS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PKCS1, .hash = HASH_SHA384 },
	{ .type = CKM_SHA512_RSA_PKCS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PKCS1, .hash = HASH_SHA512 },
	{ .type = CKM_SHA256_RSA_PKCS_PSS, .flags = USE_SIG,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_PSS,
	    .hash = HASH_SHA256, .param = PARAM_PSS },
	{ .type = CKM_SHA384_RSA_PKCS_PSS, .flags = USE_SIG,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_PSS,
	    .hash = HASH_SHA384, .param = PARAM_PSS },
	{ .type = CKM_SHA512_RSA_PKCS_PSS, .flags = USE_SIG,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_PSS,
	    .hash = HASH_SHA512, .param = PARAM_PSS },
	{ .type = CKM_SHA224_RSA_PKCS, .flags = USE_SIG, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_PKCS1, .hash = HASH_SHA224 },
	{ .type = CKM_SHA224_RSA_PKCS_PSS, .flags = USE_SIG,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .scheme = OP_RSA_PSS,
	    .hash = HASH_SHA224, .param = PARAM_PSS },
	{ .type = CKM_SHA_1, .flags = CKF_DIGEST, .scheme = OP_DIGEST,
	    .hash = HASH_SHA1 },
	{ .type = CKM_SHA_1_HMAC, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA1 },
	{ .type = CKM_SHA_1_HMAC_GENERAL, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA1,
	    .param = PARAM_MAC_LEN },
	{ .type = CKM_SHA256, .flags = CKF_DIGEST, .scheme = OP_DIGEST,
	    .hash = HASH_SHA256 },
	{ .type = CKM_SHA256_HMAC, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA256 },
	{ .type = CKM_SHA256_HMAC_GENERAL, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA256,
	    .param = PARAM_MAC_LEN },
	{ .type = CKM_SHA224, .flags = CKF_DIGEST, .scheme = OP_DIGEST,
	    .hash = HASH_SHA224 },
	{ .type = CKM_SHA224_HMAC, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA224 },
	{ .type = CKM_SHA224_HMAC_GENERAL, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA224,
	    .param = PARAM_MAC_LEN },
	{ .type = CKM_SHA384, .flags = CKF_DIGEST, .scheme = OP_DIGEST,
	    .hash = HASH_SHA384 },
	{ .type = CKM_SHA384_HMAC, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA384 },
	{ .type = CKM_SHA384_HMAC_GENERAL, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA384,
	    .param = PARAM_MAC_LEN },
	{ .type = CKM_SHA512, .flags = CKF_DIGEST, .scheme = OP_DIGEST,
	    .hash = HASH_SHA512 },
	{ .type = CKM_SHA512_HMAC, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA512 },
	{ .type = CKM_SHA512_HMAC_GENERAL, .flags = USE_SIG, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = HASH_SHA512,
	    .param = PARAM_MAC_LEN },
	{ .type = CKM_GENERIC_SECRET_KEY_GEN, .flags = CKF_GENERATE, .min = 8,
	    .max = SECRET_KEY_MAX * 8, .family = KEY_GENERIC },
	{ .type = CKM_EC_KEY_PAIR_GEN,
	    .flags = CKF_GENERATE_KEY_PAIR | EC_NAMED, .min = EC_BITS_MIN,
	    .max = 521, .family = KEY_EC },
	{ .type = CKM_ECDSA, .flags = USE_SIG | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDSA },
	{ .type = CKM_ECDSA_SHA1, .flags = USE_SIG | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDSA,
	    .hash = HASH_SHA1 },
	{ .type = CKM_ECDSA_SHA224, .flags = USE_SIG | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDSA,
	    .hash = HASH_SHA224 },
	{ .type = CKM_ECDSA_SHA256, .flags = USE_SIG | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDSA,
	    .hash = HASH_SHA256 },
	{ .type = CKM_ECDSA_SHA384, .flags = USE_SIG | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDSA,
	    .hash = HASH_SHA384 },
	{ .type = CKM_ECDSA_SHA512, .flags = USE_SIG | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDSA,
	    .hash = HASH_SHA512 },
	{ .type = CKM_ECDH1_DERIVE, .flags = CKF_DERIVE | USE_KEM | EC_FORMS,
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDH,
	    .param = PARAM_ECDH1 },
	{ .type = CKM_ECDH1_COFACTOR_DERIVE,
	    .flags = CKF_DERIVE | USE_KEM | EC_FORMS, .min = EC_BITS_MIN,
	    .max = 521, .scheme = OP_ECDH, .param = PARAM_ECDH1,
	    .cofactor = true },
	/* 16 bytes fit into OAEP with SHA-1 */
	{ .type = CKM_RSA_AES_KEY_WRAP, .flags = USE_WRAP, .min = 457,
	    .max = RSA_BITS_MAX, .scheme = OP_RSA_AES_WRAP,
	    .param = PARAM_RSA_AES_WRAP },
	{ .type = CKM_EC_EDWARDS_KEY_PAIR_GEN,
	    .flags = CKF_GENERATE_KEY_PAIR | MECH_NAMED_CURVES,
	    .min = 255, .max = 448, .family = KEY_EDWARDS },
	{ .type = CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
	    .flags = CKF_GENERATE_KEY_PAIR | MECH_NAMED_CURVES,
	    .min = 255, .max = 448, .family = KEY_MONTGOMERY },
	{ .type = CKM_AES_KEY_GEN, .flags = CKF_GENERATE, .min = 16, .max = 32,
	    .family = KEY_AES },
	{ .type = CKM_AES_ECB, .flags = USE_CRYPT, .min = 16, .max = 32,
	    .scheme = OP_AES_ECB },
	{ .type = CKM_AES_CBC, .flags = USE_CRYPT, .min = 16, .max = 32,
	    .scheme = OP_AES_CBC, .param = PARAM_IV16 },
	{ .type = CKM_AES_CBC_PAD, .flags = USE_CRYPT | USE_WRAP, .min = 16,
	    .max = 32, .scheme = OP_AES_CBC_PAD, .param = PARAM_IV16 },
	{ .type = CKM_AES_CTR, .flags = USE_CRYPT, .min = 16, .max = 32,
	    .scheme = OP_AES_CTR, .param = PARAM_CTR },
	{ .type = CKM_AES_GCM,
	    .flags = USE_CRYPT | USE_WRAP | USE_MESSAGES, .min = 16,
	    .max = 32, .scheme = OP_AES_GCM, .param = PARAM_GCM },
	{ .type = CKM_AES_CMAC, .flags = USE_SIG, .min = 16, .max = 32,
	    .scheme = OP_AES_CMAC },
	{ .type = CKM_AES_CMAC_GENERAL, .flags = USE_SIG, .min = 16, .max = 32,
	    .scheme = OP_AES_CMAC, .param = PARAM_MAC_LEN },
	{ .type = CKM_AES_KEY_WRAP, .flags = USE_CRYPT | USE_WRAP, .min = 16,
	    .max = 32, .scheme = OP_AES_KW, .param = PARAM_IV8_OR_NONE },
	/* Most tokens read PAD as RFC 5649, the text of 2.40 as PKCS7: an
	 * alias of KWP. */
	{ .type = CKM_AES_KEY_WRAP_PAD, .flags = USE_CRYPT | USE_WRAP,
	    .min = 16, .max = 32, .scheme = OP_AES_KWP,
	    .param = PARAM_IV4_OR_NONE },
	{ .type = CKM_AES_KEY_WRAP_KWP, .flags = USE_CRYPT | USE_WRAP,
	    .min = 16, .max = 32, .scheme = OP_AES_KWP,
	    .param = PARAM_IV4_OR_NONE },
	{ .type = CKM_AES_KEY_WRAP_PKCS7, .flags = USE_CRYPT | USE_WRAP,
	    .min = 16, .max = 32, .scheme = OP_AES_KW_PKCS7,
	    .param = PARAM_IV8_OR_NONE },
	{ .type = CKM_CNG_ANY, .flags = CKF_UNWRAP, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_RSAPUBLIC, .flags = USE_WRAP, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_RSAPRIVATE, .flags = USE_WRAP, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_RSAFULLPRIVATE, .flags = USE_WRAP,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_ECCPUBLIC, .flags = USE_WRAP, .min = EC_BITS_MIN,
	    .max = 521, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_ECCPRIVATE, .flags = USE_WRAP, .min = EC_BITS_MIN,
	    .max = 521, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PUBLIC, .flags = USE_WRAP, .min = EC_BITS_MIN,
	    .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PRIVATE, .flags = USE_WRAP, .min = EC_BITS_MIN,
	    .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PKCS8, .flags = USE_WRAP, .min = EC_BITS_MIN,
	    .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_KEYDATA, .flags = USE_WRAP, .min = 128, .max = 256,
	    .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_ECCFULLPUBLIC, .flags = USE_WRAP,
	    .min = EC_BITS_MIN, .max = EC_BYTES_MAX * 8,
	    .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_ECCFULLPRIVATE, .flags = USE_WRAP,
	    .min = EC_BITS_MIN, .max = EC_BYTES_MAX * 8,
	    .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_DSAPUBLIC, .flags = USE_WRAP,
	    .min = DSA_BITS_MIN, .max = DSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_DSAPRIVATE, .flags = USE_WRAP,
	    .min = DSA_BITS_MIN, .max = DSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_DHPUBLIC, .flags = USE_WRAP,
	    .min = DH_BITS_MIN, .max = DH_BITS_CNG_MAX,
	    .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_DHPRIVATE, .flags = USE_WRAP,
	    .min = DH_BITS_MIN, .max = DH_BITS_CNG_MAX,
	    .param = PARAM_CNG_BLOB },
	/* bits of security */
	{ .type = CKM_CNG_MLKEMPUBLIC, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_MLKEMPRIVATE, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_MLKEMPRIVATESEED, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PQDSAPUBLIC, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PQDSAPRIVATE, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PQDSAPRIVATESEED, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PQPRIVATE, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CAPIPUBLIC, .flags = USE_WRAP,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CAPIPRIVATE, .flags = USE_WRAP,
	    .min = RSA_USE_MIN, .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CAPIDSAPUBLIC, .flags = USE_WRAP,
	    .min = DSA_BITS_MIN, .max = DSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CAPIDSAPRIVATE, .flags = USE_WRAP,
	    .min = DSA_BITS_MIN, .max = DSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_V2CAPIDSAPUBLIC, .flags = USE_WRAP,
	    .min = DSA_BITS_MIN, .max = 1024, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_V2CAPIDSAPRIVATE, .flags = USE_WRAP,
	    .min = DSA_BITS_MIN, .max = 1024, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CAPIDHPUBLIC, .flags = USE_WRAP,
	    .min = DH_BITS_MIN, .max = DH_BITS_CNG_MAX,
	    .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CAPIDHPRIVATE, .flags = USE_WRAP,
	    .min = DH_BITS_MIN, .max = DH_BITS_CNG_MAX,
	    .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_RFC3565WRAP, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_RSAAESWRAP, .flags = USE_WRAP, .min = RSA_USE_MIN,
	    .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_CIPHERKEY, .flags = USE_WRAP, .min = 128,
	    .max = 256, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_OPAQUETRANSPORT, .flags = USE_WRAP, .min = 8,
	    .max = SECRET_KEY_MAX * 8, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PROTECTEDKEY, .flags = USE_WRAP, .min = 8,
	    .max = SECRET_KEY_MAX * 8, .param = PARAM_CNG_BLOB },
	{ .type = CKM_CNG_PKCS7ENVELOPE, .flags = USE_WRAP,
	    .min = EC_BITS_MIN, .max = RSA_BITS_MAX, .param = PARAM_CNG_BLOB },
};

const struct mech *
mech_table(size_t number, size_t *count)
{
	static const struct mech_rows *const others[MECH_TABLES - 1] = {
		&mech_sign_rows, &mech_hash_rows, &mech_cipher_rows,
		&mech_derive_rows, &mech_keys_rows, &mech_tls_rows,
		&mech_mix_rows, &mech_small_rows };

	if (number == 0) {
		*count = ARRAY_LEN(table);
		return table;
	}
	*count = others[number - 1]->count;
	return others[number - 1]->row;
}

/* Asking libcrypto costs more than many an operation: once is enough. */
static bool
is_there(const struct mech *mech)
{
	enum { UNKNOWN, YES, NO };
	static atomic_int answer[KEY_FAMILY_COUNT];
	int known;

	if (mech->ask_hash)
		return provider_knows_hash(mech->hash);
	if (mech->needs == KEY_NONE)
		return true;
	known = atomic_load(&answer[mech->needs]);
	if (known == UNKNOWN) {
		known = provider_knows_family(mech->needs) ? YES : NO;
		atomic_store(&answer[mech->needs], known);
	}
	return known == YES;
}

const struct mech *
mech_info(CK_MECHANISM_TYPE type)
{
	const struct mech *rows, *row = NULL;
	size_t i, count;

	for (i = 0; row == NULL && i < MECH_TABLES; i++) {
		rows = mech_table(i, &count);
		row = lookup(rows, count, sizeof(*rows), type);
	}
	return row != NULL && is_there(row) ? row : NULL;
}

size_t
mech_list(CK_MECHANISM_TYPE *list, size_t max, bool compat)
{
	const struct mech *rows;
	size_t i, k, count, total = 0;

	for (i = 0; i < MECH_TABLES; i++) {
		rows = mech_table(i, &count);
		for (k = 0; k < count; k++) {
			if (!is_there(&rows[k]) || (rows[k].compat && !compat))
				continue;
			if (total < max)
				list[total] = rows[k].type;
			total++;
		}
	}
	return total;
}

static bool
has_mechanism(CK_MECHANISM_TYPE type, bool compat)
{
	const struct mech *row = mech_info(type);

	return row != NULL && (compat || !row->compat);
}

const struct mech_source mech_source = { mech_list, has_mechanism };

bool
mech_is_cng(const struct mech *mech)
{
	return mech->param == PARAM_CNG_BLOB;
}

static void
begin_op(const struct mech *row, struct key_op *op)
{
	*op = (struct key_op){ 0 };
	op->scheme = row->scheme;
	op->hash = row->hash;
	op->cofactor = row->cofactor;
	op->mac_len = row->mac_len;
	if (why_wanted())
		why_about(name_of_mechanism(row->type));
}

CK_RV
mech_begin(const CK_MECHANISM *from, CK_FLAGS use, const struct mech **mech,
    struct key_op *op)
{
	const struct mech *row;

	*op = (struct key_op){ 0 };
	if (from == NULL)
		return CKR_ARGUMENTS_BAD;
	row = mech_info(from->mechanism);
	if (row == NULL || (row->flags & use) == 0)
		return tell_mechanism(CKR_MECHANISM_INVALID, from->mechanism,
		    row == NULL ? "a mechanism that is not offered" :
				  "not a mechanism for this call");
	begin_op(row, op);
	op->for_kem = (use & USE_KEM) != 0;
	*mech = row;
	return CKR_OK;
}

CK_RV
mech_read_again(const CK_MECHANISM *from, CK_FLAGS use,
    const struct mech **mech, struct key_op *op)
{
	if (*mech == NULL || (*mech)->type != from->mechanism)
		return mech_read(from, use, mech, op);
	begin_op(*mech, op);
	return mech_param_read(*mech, from, op);
}

CK_RV
mech_read(const CK_MECHANISM *from, CK_FLAGS use, const struct mech **mech,
    struct key_op *op)
{
	CK_RV rv;

	rv = mech_begin(from, use, mech, op);
	return rv == CKR_OK ? mech_param_read(*mech, from, op) : rv;
}
