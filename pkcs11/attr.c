/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The attribute table, and values of objects as Cryptoki shows them.
 */
#include "pkcs11/attr.h"

#include "base/alloc.h"
#include "base/rd.h"
#include "base/util.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_small.h"
#include "pkcs11/lookup.h"
#include "pkcs11/names.h"
#include "pkcs11/status.h"
#include "pkcs11/tell.h"
#include "pkcs11/vendor.h"

/* In ascending order of type; a test proves it. */
static const struct attr_info table[] = {
	{ CKA_CLASS, PROP_CLASS, ATTR_CLASS },
	{ CKA_TOKEN, PROP_TOKEN, ATTR_BOOL },
	{ CKA_PRIVATE, PROP_PRIVATE, ATTR_BOOL },
	{ CKA_LABEL, PROP_LABEL, ATTR_BYTES },
	{ CKA_UNIQUE_ID, PROP_UNIQUE_ID, ATTR_BYTES },
	{ CKA_APPLICATION, PROP_APPLICATION, ATTR_BYTES },
	{ CKA_VALUE, PROP_VALUE, ATTR_BYTES },
	{ CKA_OBJECT_ID, PROP_OBJECT_ID, ATTR_BYTES },
	{ CKA_CERTIFICATE_TYPE, PROP_CERT_TYPE, ATTR_ULONG },
	{ CKA_ISSUER, PROP_ISSUER, ATTR_BYTES },
	{ CKA_SERIAL_NUMBER, PROP_SERIAL, ATTR_BYTES },
	{ CKA_TRUSTED, PROP_TRUSTED, ATTR_BOOL },
	{ CKA_CERTIFICATE_CATEGORY, PROP_CERT_CATEGORY, ATTR_ULONG },
	{ CKA_JAVA_MIDP_SECURITY_DOMAIN, PROP_SECURITY_DOMAIN,
	    ATTR_KEPT_ULONG },
	{ CKA_URL, PROP_URL, ATTR_BYTES },
	{ CKA_HASH_OF_SUBJECT_PUBLIC_KEY, PROP_HASH_SUBJECT_KEY, ATTR_BYTES },
	{ CKA_HASH_OF_ISSUER_PUBLIC_KEY, PROP_HASH_ISSUER_KEY, ATTR_BYTES },
	{ CKA_NAME_HASH_ALGORITHM, PROP_NAME_HASH, ATTR_KEPT_ULONG },
	{ CKA_CHECK_VALUE, PROP_CHECK_VALUE, ATTR_BYTES },
	{ CKA_KEY_TYPE, PROP_KEY_FAMILY, ATTR_KEY_TYPE },
	{ CKA_SUBJECT, PROP_SUBJECT, ATTR_BYTES },
	{ CKA_ID, PROP_ID, ATTR_BYTES },
	{ CKA_SENSITIVE, PROP_SENSITIVE, ATTR_BOOL },
	{ CKA_ENCRYPT, PROP_ENCRYPT, ATTR_BOOL },
	{ CKA_DECRYPT, PROP_DECRYPT, ATTR_BOOL },
	{ CKA_WRAP, PROP_WRAP, ATTR_BOOL },
	{ CKA_UNWRAP, PROP_UNWRAP, ATTR_BOOL },
	{ CKA_SIGN, PROP_SIGN, ATTR_BOOL },
	{ CKA_SIGN_RECOVER, PROP_SIGN_RECOVER, ATTR_BOOL },
	{ CKA_VERIFY, PROP_VERIFY, ATTR_BOOL },
	{ CKA_VERIFY_RECOVER, PROP_VERIFY_RECOVER, ATTR_BOOL },
	{ CKA_DERIVE, PROP_DERIVE, ATTR_BOOL },
	{ CKA_START_DATE, PROP_START_DATE, ATTR_BYTES },
	{ CKA_END_DATE, PROP_END_DATE, ATTR_BYTES },
	{ CKA_MODULUS, PROP_MODULUS, ATTR_BYTES },
	{ CKA_MODULUS_BITS, PROP_MODULUS_BITS, ATTR_ULONG },
	{ CKA_PUBLIC_EXPONENT, PROP_PUBLIC_EXPONENT, ATTR_BYTES },
	{ CKA_PRIVATE_EXPONENT, PROP_PRIVATE_EXPONENT, ATTR_BYTES },
	{ CKA_PRIME_1, PROP_PRIME_1, ATTR_BYTES },
	{ CKA_PRIME_2, PROP_PRIME_2, ATTR_BYTES },
	{ CKA_EXPONENT_1, PROP_EXPONENT_1, ATTR_BYTES },
	{ CKA_EXPONENT_2, PROP_EXPONENT_2, ATTR_BYTES },
	{ CKA_COEFFICIENT, PROP_COEFFICIENT, ATTR_BYTES },
	{ CKA_PUBLIC_KEY_INFO, PROP_PUBLIC_KEY_INFO, ATTR_BYTES },
	{ CKA_PRIME, PROP_PRIME, ATTR_BYTES },
	{ CKA_SUBPRIME, PROP_SUBPRIME, ATTR_BYTES },
	{ CKA_BASE, PROP_BASE, ATTR_BYTES },
	{ CKA_PRIME_BITS, PROP_PRIME_BITS, ATTR_ULONG },
	{ CKA_SUBPRIME_BITS, PROP_SUBPRIME_BITS, ATTR_ULONG },
	{ CKA_VALUE_BITS, PROP_VALUE_BITS, ATTR_ULONG },
	{ CKA_VALUE_LEN, PROP_VALUE_LEN, ATTR_ULONG },
	{ CKA_EXTRACTABLE, PROP_EXTRACTABLE, ATTR_BOOL },
	{ CKA_LOCAL, PROP_LOCAL, ATTR_BOOL },
	{ CKA_NEVER_EXTRACTABLE, PROP_NEVER_EXTRACTABLE, ATTR_BOOL },
	{ CKA_ALWAYS_SENSITIVE, PROP_ALWAYS_SENSITIVE, ATTR_BOOL },
	{ CKA_KEY_GEN_MECHANISM, PROP_KEYGEN_MECHANISM, ATTR_ULONG },
	{ CKA_MODIFIABLE, PROP_MODIFIABLE, ATTR_BOOL },
	{ CKA_COPYABLE, PROP_COPYABLE, ATTR_BOOL },
	{ CKA_DESTROYABLE, PROP_DESTROYABLE, ATTR_BOOL },
	{ CKA_EC_PARAMS, PROP_EC_PARAMS, ATTR_BYTES },
	{ CKA_EC_POINT, PROP_EC_POINT, ATTR_BYTES },
	{ CKA_ALWAYS_AUTHENTICATE, PROP_ALWAYS_AUTHENTICATE, ATTR_BOOL },
	{ CKA_WRAP_WITH_TRUSTED, PROP_WRAP_WITH_TRUSTED, ATTR_BOOL },
	{ CKA_MECHANISM_TYPE, PROP_MECHANISM_TYPE, ATTR_ULONG },
	{ CKA_PROFILE_ID, PROP_PROFILE_ID, ATTR_ULONG },
	{ CKA_PARAMETER_SET, PROP_PARAMETER_SET, ATTR_ULONG },
	{ CKA_OBJECT_VALIDATION_FLAGS, PROP_VALIDATION_FLAGS, ATTR_ULONG },
	{ CKA_ENCAPSULATE_TEMPLATE, PROP_ENCAPSULATE_TEMPLATE,
	    ATTR_TEMPLATE },
	{ CKA_DECAPSULATE_TEMPLATE, PROP_DECAPSULATE_TEMPLATE,
	    ATTR_TEMPLATE },
	{ CKA_ENCAPSULATE, PROP_ENCAPSULATE, ATTR_BOOL },
	{ CKA_DECAPSULATE, PROP_DECAPSULATE, ATTR_BOOL },
	{ CKA_SEED, PROP_SEED, ATTR_BYTES },
	{ CKA_WRAP_TEMPLATE, PROP_WRAP_TEMPLATE, ATTR_TEMPLATE },
	{ CKA_UNWRAP_TEMPLATE, PROP_UNWRAP_TEMPLATE, ATTR_TEMPLATE },
	{ CKA_DERIVE_TEMPLATE, PROP_DERIVE_TEMPLATE, ATTR_TEMPLATE },
	{ CKA_ALLOWED_MECHANISMS, PROP_ALLOWED_MECHANISMS, ATTR_MECHANISMS },
	{ CKA_ENCAPSULATE_TEMPLATE_ARRAY, PROP_ENCAPSULATE_TEMPLATE,
	    ATTR_TEMPLATE },
	{ CKA_DECAPSULATE_TEMPLATE_ARRAY, PROP_DECAPSULATE_TEMPLATE,
	    ATTR_TEMPLATE },
	{ CKA_CNG_KEY_NAME, PROP_NAME, ATTR_BYTES },
	{ CKA_CNG_BLOB, PROP_BLOB, ATTR_BYTES },
	{ CKA_CNG_BLOB_TYPE, PROP_BLOB_TYPE, ATTR_ULONG },
	{ CKA_CNG_FINALIZED, PROP_FINALIZED, ATTR_BOOL },
	{ CKA_CNG_KEY_SLOT, PROP_KEY_SLOT, ATTR_ULONG },
};

static const CK_OBJECT_CLASS class_of[OBJ_CLASS_COUNT] = {
	[OBJ_NONE] = CK_UNAVAILABLE_INFORMATION,
	[OBJ_DATA] = CKO_DATA,
	[OBJ_CERT] = CKO_CERTIFICATE,
	[OBJ_PUBLIC] = CKO_PUBLIC_KEY,
	[OBJ_PRIVATE] = CKO_PRIVATE_KEY,
	[OBJ_SECRET] = CKO_SECRET_KEY,
	[OBJ_PROFILE] = CKO_PROFILE,
	[OBJ_DOMAIN] = CKO_DOMAIN_PARAMETERS,
	[OBJ_MECHANISM] = CKO_MECHANISM,
};

static const CK_KEY_TYPE key_type_of[KEY_FAMILY_COUNT] = {
	[KEY_NONE] = CK_UNAVAILABLE_INFORMATION,
	[KEY_RSA] = CKK_RSA,
	[KEY_EC] = CKK_EC,
	[KEY_MONTGOMERY] = CKK_EC_MONTGOMERY,
	[KEY_EDWARDS] = CKK_EC_EDWARDS,
	[KEY_AES] = CKK_AES,
	[KEY_GENERIC] = CKK_GENERIC_SECRET,
	[KEY_DSA] = CKK_DSA,
	[KEY_DH] = CKK_DH,
	[KEY_MLKEM] = CKK_ML_KEM,
	[KEY_MLDSA] = CKK_ML_DSA,
	[KEY_SLHDSA] = CKK_SLH_DSA,
	[KEY_DES3] = CKK_DES3,
	[KEY_CHACHA20] = CKK_CHACHA20,
	[KEY_POLY1305] = CKK_POLY1305,
	[KEY_XTS] = CKK_AES_XTS,
	[KEY_HKDF] = CKK_HKDF,
	[KEY_X942] = CKK_X9_42_DH,
	[KEY_HMAC_SHA1] = CKK_SHA_1_HMAC,
	[KEY_HMAC_SHA224] = CKK_SHA224_HMAC,
	[KEY_HMAC_SHA256] = CKK_SHA256_HMAC,
	[KEY_HMAC_SHA384] = CKK_SHA384_HMAC,
	[KEY_HMAC_SHA512] = CKK_SHA512_HMAC,
	[KEY_HMAC_SHA512_224] = CKK_SHA512_224_HMAC,
	[KEY_HMAC_SHA512_256] = CKK_SHA512_256_HMAC,
	[KEY_HMAC_SHA512_T] = CKK_SHA512_T_HMAC,
	[KEY_HMAC_SHA3_224] = CKK_SHA3_224_HMAC,
	[KEY_HMAC_SHA3_256] = CKK_SHA3_256_HMAC,
	[KEY_HMAC_SHA3_384] = CKK_SHA3_384_HMAC,
	[KEY_HMAC_SHA3_512] = CKK_SHA3_512_HMAC,
	[KEY_BLAKE2B_160] = CKK_BLAKE2B_160_HMAC,
	[KEY_BLAKE2B_256] = CKK_BLAKE2B_256_HMAC,
	[KEY_BLAKE2B_384] = CKK_BLAKE2B_384_HMAC,
	[KEY_BLAKE2B_512] = CKK_BLAKE2B_512_HMAC,
	[KEY_CAMELLIA] = CKK_CAMELLIA,
};

const struct attr_info *
attr_info(CK_ATTRIBUTE_TYPE type)
{
	return lookup(table, ARRAY_LEN(table), sizeof(table[0]), type);
}

const struct attr_info *
attr_of(enum prop_id id)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].prop == id)
			return &table[i];
	return NULL;
}

const struct attr_info *
attr_table(size_t *count)
{
	*count = ARRAY_LEN(table);
	return table;
}

bool
attr_class_from(CK_ULONG value, enum obj_class *out)
{
	int i;

	for (i = OBJ_NONE + 1; i < OBJ_CLASS_COUNT; i++) {
		if (class_of[i] == value) {
			*out = (enum obj_class)i;
			return true;
		}
	}
	return false;
}

bool
attr_family_from(CK_ULONG value, enum key_family *out)
{
	int i;

	for (i = KEY_NONE + 1; i < KEY_FAMILY_COUNT; i++) {
		if (key_type_of[i] == value) {
			*out = (enum key_family)i;
			return true;
		}
	}
	return false;
}

/* --- values for the caller --- */

static void
put_mechanisms(struct wr *out, struct rd from)
{
	CK_MECHANISM_TYPE type;
	uint64_t number;

	while (rd_u64le(&from, &number)) {
		type = (CK_MECHANISM_TYPE)number;
		wr_bytes(out, span_of(&type, sizeof(type)));
	}
}

static enum cng_status
show_mechanisms(const struct object *obj, enum prop_id id, struct wr *out)
{
	struct wr kept;
	uint8_t *buf;
	enum cng_status st;

	kept = wr_of(NULL, 0);
	st = object_bytes(obj, id, &kept);
	if (st != CNG_OK || kept.len == 0)
		return st;
	buf = mem_new(kept.len, 1);
	if (buf == NULL)
		return CNG_ERR_NO_MEMORY;
	kept = wr_of(buf, kept.len);
	st = object_bytes(obj, id, &kept);
	if (st == CNG_OK) {
		put_mechanisms(out, rd_of(span_of(buf, kept.len)));
		st = wr_status(out);
	}
	mem_free(buf);
	return st;
}

static enum cng_status
show_kept_number(const struct object *obj, const struct attr_info *info,
    struct wr *out)
{
	uint8_t bytes[8];
	struct wr kept = wr_of(bytes, sizeof(bytes));
	/* what the standard assumes where none was given */
	CK_ULONG value = info->prop == PROP_NAME_HASH ? CKM_SHA_1 : 0;
	enum cng_status st;
	uint64_t number;
	struct rd from;

	st = object_bytes(obj, info->prop, &kept);
	if (st != CNG_OK)
		return st;
	from = rd_of(span_of(bytes, kept.len));
	if (rd_u64le(&from, &number))
		value = (CK_ULONG)number;
	wr_bytes(out, span_of(&value, sizeof(value)));
	return wr_status(out);
}

static void
put_number(const struct attr_info *info, uint64_t number, struct wr *out)
{
	CK_ULONG value = (CK_ULONG)number;
	CK_BBOOL yes;

	if (info->form == ATTR_BOOL) {
		yes = number != 0 ? CK_TRUE : CK_FALSE;
		wr_bytes(out, span_of(&yes, sizeof(yes)));
		return;
	}
	if (info->form == ATTR_CLASS && number < OBJ_CLASS_COUNT)
		value = class_of[number];
	if (info->form == ATTR_KEY_TYPE && number < KEY_FAMILY_COUNT)
		value = key_type_of[number];
	wr_bytes(out, span_of(&value, sizeof(value)));
}

void
attr_put(const struct attr_info *info, const struct prop *from,
    struct wr *out)
{
	if (prop_kind(info->prop) != PROP_BYTES)
		put_number(info, from->number, out);
	else if (info->form == ATTR_MECHANISMS ||
	    info->form == ATTR_KEPT_ULONG)
		put_mechanisms(out, rd_of(from->bytes));
	else
		wr_bytes(out, from->bytes);
}

static enum cng_status
show_number(const struct object *obj, const struct attr_info *info,
    struct wr *out)
{
	uint64_t number;
	enum cng_status st;

	st = object_number(obj, info->prop, &number);
	if (st != CNG_OK)
		return st;
	put_number(info, number, out);
	return wr_status(out);
}

static enum cng_status
show(const struct object *obj, const struct attr_info *info, struct wr *out)
{
	enum cng_status st;

	if (info->form == ATTR_MECHANISMS)
		return show_mechanisms(obj, info->prop, out);
	if (info->form == ATTR_KEPT_ULONG)
		return show_kept_number(obj, info, out);
	if (info->form != ATTR_BYTES)
		return show_number(obj, info, out);
	st = object_bytes(obj, info->prop, out);
	return st != CNG_OK ? st : wr_status(out);
}

CK_ULONG
attr_room(const CK_ATTRIBUTE *line)
{
	return line->ulValueLen < PTRDIFF_MAX ? line->ulValueLen : 0;
}

CK_RV
attr_show(const struct object *obj, CK_ATTRIBUTE *line)
{
	const struct attr_info *info;
	struct wr out;
	enum cng_status st;

	info = attr_info(line->type);
	if (info == NULL) {
		line->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return tell_attribute(CKR_ATTRIBUTE_TYPE_INVALID, line->type,
		    "an attribute that is not known");
	}
	if (info->form == ATTR_TEMPLATE)
		return attr_show_template(obj, info->prop, line);
	out = wr_of(line->pValue, attr_room(line));
	st = show(obj, info, &out);
	if (st != CNG_OK) {
		line->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return tell_attribute(status_rv(st), line->type, NULL);
	}
	line->ulValueLen = out.len;
	return CKR_OK;
}

const char *
attr_name_of(enum prop_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].prop == id)
			return name_of_attribute(table[i].type);
	return NULL;
}
