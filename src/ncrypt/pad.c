/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Padding: what the flags say, checked before any key is used.
 */
#include "ncrypt/pad.h"

/* Numbers of PKCS #11, by which a key may list what it is for. */
#define MECHANISM_PKCS1 0x0001
#define MECHANISM_RAW 0x0003
#define MECHANISM_OAEP 0x0009
#define MECHANISM_PSS 0x000d
#define MECHANISM_DSA 0x0011
#define MECHANISM_MLDSA 0x001d
#define MECHANISM_HASH_MLDSA 0x001f
#define MECHANISM_SLHDSA 0x002e
#define MECHANISM_HASH_SLHDSA 0x0034
#define MECHANISM_ECDSA 0x1041

SECURITY_STATUS
pad_hash(const struct hash_name **out, LPCWSTR name)
{
	*out = NULL;
	if (name == NULL)
		return NTE_INVALID_PARAMETER;
	*out = hash_find(name);
	return *out == NULL ? NTE_NOT_SUPPORTED : ERROR_SUCCESS;
}

/* --- signatures ---------------------------------------------------------- */

/* No algorithm: the hash alone is padded. */
static SECURITY_STATUS
pad_pkcs1(struct padded *out, const BCRYPT_PKCS1_PADDING_INFO *info,
    struct span hash)
{
	const struct hash_name *named;
	SECURITY_STATUS status;
	struct wr w = wr_of(out->data_bytes, sizeof(out->data_bytes));

	out->op.scheme = OP_RSA_PKCS1;
	out->mechanism = MECHANISM_PKCS1;
	if (info->pszAlgId == NULL)
		return ERROR_SUCCESS;
	status = pad_hash(&named, info->pszAlgId);
	if (status != ERROR_SUCCESS)
		return status;
	if (hash.len != named->size)
		return NTE_INVALID_PARAMETER;
	wr_bytes(&w, named->prefix);
	wr_bytes(&w, hash);
	out->data = span_of(out->data_bytes, w.len);
	return status_of(wr_status(&w));
}

static SECURITY_STATUS
pad_pss(struct padded *out, const BCRYPT_PSS_PADDING_INFO *info,
    struct span hash)
{
	const struct hash_name *named;
	SECURITY_STATUS status = pad_hash(&named, info->pszAlgId);

	if (status != ERROR_SUCCESS)
		return status;
	if (named->hash == HASH_NONE)
		return NTE_NOT_SUPPORTED;
	if (hash.len != named->size)
		return NTE_INVALID_PARAMETER;
	out->op.scheme = OP_RSA_PSS;
	out->op.pad_hash = out->op.mgf_hash = named->hash;
	out->op.salt_len = info->cbSalt;
	out->mechanism = MECHANISM_PSS;
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
pad_rsa(struct padded *out, const void *info, DWORD flags, struct span hash)
{
	DWORD which = flags & (BCRYPT_PAD_PKCS1 | BCRYPT_PAD_PSS);

	if (info == NULL)
		return NTE_INVALID_PARAMETER;
	if (which == BCRYPT_PAD_PKCS1)
		return pad_pkcs1(out, info, hash);
	if (which == BCRYPT_PAD_PSS)
		return pad_pss(out, info, hash);
	return NTE_INVALID_PARAMETER;
}

/* Padding is not for these; one that contradicts the hash is a mistake. */
static SECURITY_STATUS
pad_dsa(struct padded *out, enum key_family family, const void *info,
    DWORD flags, struct span hash)
{
	const BCRYPT_PKCS1_PADDING_INFO *pkcs1 = info;
	const struct hash_name *named;

	out->op.scheme = family == KEY_DSA ? OP_DSA : OP_ECDSA;
	out->mechanism = family == KEY_DSA ? MECHANISM_DSA : MECHANISM_ECDSA;
	if (!(flags & BCRYPT_PAD_PKCS1) || pkcs1 == NULL ||
	    pkcs1->pszAlgId == NULL)
		return ERROR_SUCCESS;
	named = hash_find(pkcs1->pszAlgId);
	return named != NULL && named->size != hash.len ?
	    NTE_INVALID_PARAMETER : ERROR_SUCCESS;
}

#define CONTEXT_MAX 255

/* The message itself, or with the name of a hash its digest; the context is
 * empty where nobody gives one. */
static SECURITY_STATUS
pad_pq(struct padded *out, enum key_family family,
    const BCRYPT_PQDSA_PADDING_INFO *info, DWORD flags, struct span hash)
{
	bool ml = family == KEY_MLDSA;
	const struct hash_name *named;
	SECURITY_STATUS status;

	out->op.scheme = ml ? OP_MLDSA : OP_SLHDSA;
	out->mechanism = ml ? MECHANISM_MLDSA : MECHANISM_SLHDSA;
	if (!(flags & BCRYPT_PAD_PQDSA))
		return ERROR_SUCCESS;
	if (info == NULL || info->cbCtx > CONTEXT_MAX ||
	    (info->pbCtx == NULL && info->cbCtx > 0))
		return NTE_INVALID_PARAMETER;
	out->op.context = span_of(info->pbCtx, info->cbCtx);
	if (info->pszPrehashAlgId == NULL)
		return ERROR_SUCCESS;
	status = pad_hash(&named, info->pszPrehashAlgId);
	if (status != ERROR_SUCCESS)
		return status;
	if (named->hash == HASH_NONE)
		return NTE_NOT_SUPPORTED;
	out->op.pad_hash = named->hash;
	out->mechanism = ml ? MECHANISM_HASH_MLDSA : MECHANISM_HASH_SLHDSA;
	return hash.len == named->size ? ERROR_SUCCESS :
					 NTE_INVALID_PARAMETER;
}

SECURITY_STATUS
pad_signature(struct padded *out, enum key_family family, const void *info,
    DWORD flags, struct span hash)
{
	bool pq = family == KEY_MLDSA || family == KEY_SLHDSA;
	const DWORD known = NCRYPT_SILENT_FLAG |
	    (pq ? BCRYPT_PAD_PQDSA : BCRYPT_PAD_PKCS1 | BCRYPT_PAD_PSS);

	*out = (struct padded){ .data = hash };
	if (flags & ~known)
		return NTE_BAD_FLAGS;
	if (pq)
		return pad_pq(out, family, info, flags, hash);
	if (hash.len == 0)
		return NTE_INVALID_PARAMETER;
	if (family == KEY_RSA)
		return pad_rsa(out, info, flags, hash);
	if (family == KEY_EC || family == KEY_DSA)
		return pad_dsa(out, family, info, flags, hash);
	return NTE_NOT_SUPPORTED;
}

/* --- encryption ---------------------------------------------------------- */

static SECURITY_STATUS
pad_oaep(struct padded *out, const BCRYPT_OAEP_PADDING_INFO *info)
{
	const struct hash_name *named;
	SECURITY_STATUS status;

	if (info == NULL || (info->pbLabel == NULL && info->cbLabel > 0))
		return NTE_INVALID_PARAMETER;
	status = pad_hash(&named, info->pszAlgId);
	if (status != ERROR_SUCCESS)
		return status;
	if (named->hash == HASH_NONE)
		return NTE_NOT_SUPPORTED;
	out->op.scheme = OP_RSA_OAEP;
	out->op.pad_hash = out->op.mgf_hash = named->hash;
	out->op.label = span_of(info->pbLabel, info->cbLabel);
	out->mechanism = MECHANISM_OAEP;
	return ERROR_SUCCESS;
}

SECURITY_STATUS
pad_encryption(struct padded *out, const void *info, DWORD flags)
{
	const DWORD known = NCRYPT_NO_PADDING_FLAG | NCRYPT_PAD_PKCS1_FLAG |
	    NCRYPT_PAD_OAEP_FLAG;

	*out = (struct padded){ .mechanism = 0 };
	switch (flags & ~(DWORD)NCRYPT_SILENT_FLAG) {
	case NCRYPT_NO_PADDING_FLAG:
		out->op.scheme = OP_RSA_RAW;
		out->mechanism = MECHANISM_RAW;
		return ERROR_SUCCESS;
	case NCRYPT_PAD_PKCS1_FLAG:
		out->op.scheme = OP_RSA_PKCS1;
		out->mechanism = MECHANISM_PKCS1;
		return ERROR_SUCCESS;
	case NCRYPT_PAD_OAEP_FLAG:
		return pad_oaep(out, info);
	case 0:
		return NTE_INVALID_PARAMETER;
	default:
		return flags & ~(known | NCRYPT_SILENT_FLAG) ?
		    NTE_BAD_FLAGS : NTE_INVALID_PARAMETER;
	}
}
