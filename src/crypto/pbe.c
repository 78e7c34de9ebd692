/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Password-based encryption of private keys: PBES1, PBES2 and the schemes
 * of PKCS#12 are read, two of them written.  What a stranger's blob may ask
 * for in time and memory is limited here.
 */
#include <limits.h>
#include <stdio.h>

#include <openssl/asn1t.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "base/util.h"
#include "crypto/asn1_internal.h"
#include "crypto/internal.h"

#define ROUNDS_MAX 10000000u
#define SALT_MAX 1024u
#define SCRYPT_WORK_MAX (UINT64_C(1) << 23) /* N r p */
#define SCRYPT_ROUNDS 5000000u /* what that work is worth */
#define SALT_ROOM 64u

/* What is written. */
static const struct {
	uint32_t rounds;
	size_t salt;
	size_t block;
} defaults[PBE_KIND_COUNT] = {
	[PBE_PKCS12_3DES] = { .rounds = 2000, .salt = 8, .block = 8 },
	[PBE_PBES2_AES256] = { .rounds = 100000, .salt = 16, .block = 16 },
};

/* The schemes that name their cipher. */
static const struct scheme {
	int nid;
	bool legacy;   /* the cipher lives in OpenSSL's legacy provider */
	bool pkcs12;
} schemes[] = {
	{ NID_pbe_WithSHA1And3_Key_TripleDES_CBC, false, true },
	{ NID_pbe_WithSHA1And2_Key_TripleDES_CBC, false, true },
	{ NID_pbe_WithSHA1And128BitRC2_CBC, true, true },
	{ NID_pbe_WithSHA1And40BitRC2_CBC, true, true },
	{ NID_pbe_WithSHA1And128BitRC4, true, true },
	{ NID_pbe_WithSHA1And40BitRC4, true, true },
	{ NID_pbeWithMD5AndDES_CBC, true, false },
	{ NID_pbeWithMD5AndRC2_CBC, true, false },
	{ NID_pbeWithSHA1AndDES_CBC, true, false },
	{ NID_pbeWithSHA1AndRC2_CBC, true, false },
};

static const struct scheme *
scheme_of(int nid)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (schemes[i].nid == nid)
			return &schemes[i];
	return NULL;
}

/* --- limits ----------------------------------------------------------- */

enum cng_status
pbe_check_rounds(const ASN1_INTEGER *rounds, struct span salt)
{
	uint64_t count;

	if (!asn1_small(rounds, &count) || count < 1 || count > ROUNDS_MAX ||
	    salt.len > SALT_MAX)
		return CNG_ERR_BAD_DATA;
	return CNG_OK;
}

static enum cng_status
check_pbes1(const X509_ALGOR *algor)
{
	PBEPARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM),
	    algor->parameter);
	enum cng_status st;

	if (param == NULL)
		return CNG_ERR_BAD_DATA;
	st = pbe_check_rounds(param->iter, asn1_bytes(param->salt));
	PBEPARAM_free(param);
	return st;
}

static enum cng_status
check_pbkdf2(const X509_ALGOR *kdf)
{
	PBKDF2PARAM *param = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(PBKDF2PARAM), kdf->parameter);
	enum cng_status st = CNG_ERR_BAD_DATA;

	if (param == NULL)
		return st;
	if (param->salt->type == V_ASN1_OCTET_STRING)
		st = pbe_check_rounds(param->iter,
		    asn1_bytes(param->salt->value.octet_string));
	PBKDF2PARAM_free(param);
	return st;
}

static enum cng_status
check_scrypt(const X509_ALGOR *kdf)
{
	SCRYPT_PARAMS *param = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(SCRYPT_PARAMS), kdf->parameter);
	enum cng_status st = CNG_ERR_BAD_DATA;
	uint64_t n, r, p, work;

	if (param == NULL)
		return st;
	if (asn1_small(param->costParameter, &n) &&
	    asn1_small(param->blockSize, &r) &&
	    asn1_small(param->parallelizationParameter, &p) &&
	    !__builtin_mul_overflow(n, r, &work) &&
	    !__builtin_mul_overflow(work, p, &work) &&
	    work > 0 && work <= SCRYPT_WORK_MAX &&
	    asn1_bytes(param->salt).len <= SALT_MAX)
		st = CNG_OK;
	SCRYPT_PARAMS_free(param);
	return st;
}

/* The cipher of PBES2: there at all, or there after a look at the old ones? */
static enum cng_status
find_cipher(const ASN1_OBJECT *object)
{
	const char *name = OBJ_nid2sn(OBJ_obj2nid(object));
	enum cng_status st = CNG_OK;
	EVP_CIPHER *cipher = NULL;

	if (OBJ_obj2nid(object) == NID_undef)
		return CNG_ERR_NOT_SUPPORTED;
	cipher = EVP_CIPHER_fetch(crypto_ctx(), name, NULL);
	if (cipher == NULL) {
		st = crypto_load_legacy();
		if (st == CNG_OK)
			cipher = EVP_CIPHER_fetch(crypto_ctx(), name, NULL);
	}
	if (st == CNG_OK && cipher == NULL)
		st = CNG_ERR_NOT_SUPPORTED;
	EVP_CIPHER_free(cipher);
	return st;
}

static enum cng_status
check_pbes2(const X509_ALGOR *algor)
{
	PBE2PARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    algor->parameter);
	enum cng_status st;

	if (param == NULL)
		return CNG_ERR_BAD_DATA;
	switch (OBJ_obj2nid(param->keyfunc->algorithm)) {
	case NID_id_pbkdf2:
		st = check_pbkdf2(param->keyfunc);
		break;
	case NID_id_scrypt:
		st = check_scrypt(param->keyfunc);
		break;
	default:
		st = CNG_ERR_NOT_SUPPORTED;
	}
	if (st == CNG_OK)
		st = find_cipher(param->encryption->algorithm);
	PBE2PARAM_free(param);
	return st;
}

static uint64_t
pbkdf2_rounds(const X509_ALGOR *algor)
{
	PBE2PARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    algor->parameter);
	PBKDF2PARAM *kdf = NULL;
	uint64_t rounds = SCRYPT_ROUNDS;

	if (param != NULL &&
	    OBJ_obj2nid(param->keyfunc->algorithm) == NID_id_pbkdf2)
		kdf = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
		    param->keyfunc->parameter);
	if (kdf != NULL && !asn1_small(kdf->iter, &rounds))
		rounds = UINT64_MAX;
	PBKDF2PARAM_free(kdf);
	PBE2PARAM_free(param);
	return rounds;
}

uint64_t
pbe_rounds(const X509_ALGOR *algor)
{
	PBEPARAM *param;
	uint64_t rounds = UINT64_MAX;

	if (OBJ_obj2nid(algor->algorithm) == NID_pbes2)
		return pbkdf2_rounds(algor);
	param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM),
	    algor->parameter);
	if (param != NULL && !asn1_small(param->iter, &rounds))
		rounds = UINT64_MAX;
	PBEPARAM_free(param);
	return rounds;
}

/* --- reading ---------------------------------------------------------- */

static enum cng_status
run(struct secret *out, const X509_ALGOR *algor, const char *password,
    size_t password_len, struct span in, bool encrypt)
{
	unsigned char *data = NULL;
	int len = 0;
	enum cng_status st;

	if (in.len > INT_MAX || PKCS12_pbe_crypt_ex(algor, password,
	    (int)password_len, in.ptr, (int)in.len, &data, &len, encrypt,
	    crypto_ctx(), NULL) == NULL)
		return CNG_ERR_BAD_PASSWORD;
	st = secret_copy(out, span_of(data, (size_t)len));
	OPENSSL_clear_free(data, (size_t)len);
	return st;
}

enum cng_status
pbe_check(const X509_ALGOR *algor)
{
	int nid = OBJ_obj2nid(algor->algorithm);
	const struct scheme *scheme = scheme_of(nid);
	enum cng_status st;

	if (scheme == NULL && nid != NID_pbes2)
		return CNG_ERR_NOT_SUPPORTED;
	st = scheme == NULL ? check_pbes2(algor) : check_pbes1(algor);
	if (st == CNG_OK && scheme != NULL && scheme->legacy)
		st = crypto_load_legacy();
	return st;
}

enum cng_status
pbe_open_with(struct secret *out, const X509_ALGOR *algor,
    struct span cipher, const char *password, size_t len)
{
	enum cng_status st = pbe_check(algor);

	*out = (struct secret){ 0 };
	if (st == CNG_OK && cipher.len == 0)
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK && len > PASSWORD_MAX)
		st = CNG_ERR_BAD_PASSWORD;
	return st == CNG_OK ? run(out, algor, password, len, cipher, false) :
			      st;
}

enum cng_status
pbe_open(struct secret *out, const X509_ALGOR *algor, struct span cipher,
    const struct pbe *pbe)
{
	const struct scheme *scheme = scheme_of(OBJ_obj2nid(algor->algorithm));
	const char *password;
	enum cng_status st = pbe_check(algor);

	*out = (struct secret){ 0 };
	if (st == CNG_OK && cipher.len == 0)
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK && (pbe == NULL || !pbe->has_password ||
				pbe->password.len > PASSWORD_MAX))
		st = CNG_ERR_BAD_PASSWORD;
	if (st != CNG_OK)
		return st;
	password = pbe->password.len == 0 ? "" :
					    (const char *)pbe->password.ptr;
	st = run(out, algor, password, pbe->password.len, cipher, false);
	/* Some writers of PKCS#12 take no password for an empty one. */
	if (st == CNG_ERR_BAD_PASSWORD && scheme != NULL && scheme->pkcs12 &&
	    pbe->password.len == 0)
		st = run(out, algor, NULL, 0, cipher, false);
	return st;
}

/* --- writing ---------------------------------------------------------- */

static enum cng_status
make_algor(X509_ALGOR **out, enum pbe_kind kind, const struct pbe *pbe)
{
	uint32_t rounds = pbe->iterations;
	uint8_t salt[SALT_ROOM];
	size_t salt_len = pbe->salt.len;
	EVP_CIPHER *cipher;
	enum cng_status st = CNG_OK;

	*out = NULL;
	if (rounds == 0)
		rounds = defaults[kind].rounds;
	if (rounds > ROUNDS_MAX || salt_len > sizeof salt ||
	    pbe->password.len > PASSWORD_MAX)
		return CNG_ERR_ARGUMENT;
	if (salt_len > 0) {
		memcpy(salt, pbe->salt.ptr, salt_len);
	} else {
		salt_len = defaults[kind].salt;
		st = crypto_random(salt, salt_len);
	}
	if (st != CNG_OK)
		return st;
	if (kind == PBE_PKCS12_3DES) {
		*out = PKCS5_pbe_set_ex(
		    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, (int)rounds,
		    salt, (int)salt_len, crypto_ctx());
		return *out == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	}
	cipher = EVP_CIPHER_fetch(crypto_ctx(), "AES-256-CBC", NULL);
	if (cipher != NULL)
		*out = PKCS5_pbe2_set_iv_ex(cipher, (int)rounds, salt,
		    (int)salt_len, NULL, NID_hmacWithSHA256, crypto_ctx());
	EVP_CIPHER_free(cipher);
	return *out == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
}

/* Asking for the size costs no rounds: the length is known before. */
static enum cng_status
make_cipher(struct secret *out, const X509_ALGOR *algor, enum pbe_kind kind,
    struct span plain, const struct pbe *pbe, bool count_only)
{
	size_t block = defaults[kind].block;

	if (count_only)
		return secret_new(out, (plain.len / block + 1) * block);
	if (run(out, algor, pbe->password.len == 0 ? "" :
		(const char *)pbe->password.ptr, pbe->password.len, plain,
	    true) != CNG_OK)
		return CNG_ERR_NO_MEMORY;
	return CNG_OK;
}

enum cng_status
pbe_seal(struct wr *out, struct span plain, const struct pbe *pbe)
{
	enum pbe_kind kind = pbe->kind == PBE_NONE ? PBE_PKCS12_3DES :
						     pbe->kind;
	X509_SIG *sealed = X509_SIG_new();
	X509_ALGOR *algor = NULL, *algor_of;
	ASN1_OCTET_STRING *data;
	struct secret cipher = { 0 };
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (sealed == NULL)
		return st;
	st = (size_t)kind < PBE_KIND_COUNT ? make_algor(&algor, kind, pbe) :
					     CNG_ERR_ARGUMENT;
	if (st == CNG_OK)
		st = make_cipher(&cipher, algor, kind, plain, pbe,
		    out->buf == NULL);
	if (st != CNG_OK)
		goto out;
	X509_SIG_getm(sealed, &algor_of, &data);
	if (X509_ALGOR_copy(algor_of, algor) != 1 ||
	    !asn1_set(data, secret_span(&cipher)))
		st = CNG_ERR_NO_MEMORY;
	else
		st = asn1_put(out, sealed, ASN1_ITEM_rptr(X509_SIG));
out:
	secret_free(&cipher);
	X509_ALGOR_free(algor);
	X509_SIG_free(sealed);
	return st;
}

/* --- telling ---------------------------------------------------------- */

static void
pbes2_text(char *out, size_t size, const X509_ALGOR *algor)
{
	PBE2PARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    algor->parameter);
	char kdf[40] = "?", cipher[40] = "?";
	PBKDF2PARAM *rounds = NULL;
	uint64_t count = 0;

	if (param != NULL) {
		asn1_object_text(kdf, sizeof kdf, param->keyfunc->algorithm);
		asn1_object_text(cipher, sizeof cipher,
		    param->encryption->algorithm);
		rounds = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
		    param->keyfunc->parameter);
	}
	if (rounds != NULL && asn1_small(rounds->iter, &count))
		snprintf(out, size, "PBES2, %s, %llu iterations, %s", kdf,
		    (unsigned long long)count, cipher);
	else
		snprintf(out, size, "PBES2, %s, %s", kdf, cipher);
	PBKDF2PARAM_free(rounds);
	PBE2PARAM_free(param);
}

void
pbe_text(char *out, size_t size, const X509_ALGOR *algor)
{
	PBEPARAM *param;
	char name[64];
	uint64_t count;

	if (OBJ_obj2nid(algor->algorithm) == NID_pbes2) {
		pbes2_text(out, size, algor);
		return;
	}
	asn1_object_text(name, sizeof name, algor->algorithm);
	snprintf(out, size, "%s", name);
	if (scheme_of(OBJ_obj2nid(algor->algorithm)) == NULL)
		return;
	param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM),
	    algor->parameter);
	if (param != NULL && asn1_small(param->iter, &count))
		snprintf(out, size, "%s, %llu iterations", name,
		    (unsigned long long)count);
	PBEPARAM_free(param);
}
