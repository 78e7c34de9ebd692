/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A foreign object becomes lines of properties, its key PKCS#8, a value or
 * SubjectPublicKeyInfo.
 */
#include "config.h"

#include "foreign/internal.h"

#include "base/util.h"
#include "crypto/asn1.h"
#include "key/set.h"

#include <stdarg.h>
#include <stdio.h>

/* --- the record ----------------------------------------------------------- */

static enum cng_status
put(struct record *rec, const struct prop *line)
{
	struct wr w = wr_of(NULL, 0);
	struct secret packed = { 0 };
	enum cng_status st;

	props_pack((struct props){ line, 1 }, &w);
	st = secret_new(&packed, w.len);
	if (st == CNG_OK) {
		w = wr_of(packed.ptr, packed.len);
		props_pack((struct props){ line, 1 }, &w);
		st = secret_append(&rec->lines, secret_span(&packed));
	}
	secret_free(&packed);
	return st;
}

enum cng_status
record_bytes(struct record *rec, enum prop_id id, struct span bytes)
{
	return put(rec, &(struct prop){ .id = id, .bytes = bytes });
}

enum cng_status
record_number(struct record *rec, enum prop_id id, uint64_t number)
{
	return put(rec, &(struct prop){ .id = id, .number = number });
}

enum cng_status
record_refuse(struct record *rec, enum cng_status st, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(rec->reason, sizeof(rec->reason), format, args);
	va_end(args);
	rec->st = st;
	return st;
}

/* --- what an object says of itself ---------------------------------------- */

#define DATA (1u << CKO_DATA)
#define CERT (1u << CKO_CERTIFICATE)
#define PUB (1u << CKO_PUBLIC_KEY)
#define PRI (1u << CKO_PRIVATE_KEY)
#define SEC (1u << CKO_SECRET_KEY)
#define KEYS (PUB | PRI | SEC)
#define ALL (DATA | CERT | KEYS)

struct row {
	CK_ATTRIBUTE_TYPE type;
	enum prop_id id;
	unsigned classes;
};

static const struct row flag_rows[] = {
	{ CKA_PRIVATE, PROP_PRIVATE, ALL },
	{ CKA_MODIFIABLE, PROP_MODIFIABLE, ALL },
	{ CKA_SENSITIVE, PROP_SENSITIVE, PRI | SEC },
	{ CKA_EXTRACTABLE, PROP_EXTRACTABLE, PRI | SEC },
	{ CKA_WRAP_WITH_TRUSTED, PROP_WRAP_WITH_TRUSTED, PRI | SEC },
	{ CKA_ALWAYS_AUTHENTICATE, PROP_ALWAYS_AUTHENTICATE, PRI },
	{ CKA_SIGN, PROP_SIGN, PRI | SEC },
	{ CKA_SIGN_RECOVER, PROP_SIGN_RECOVER, PRI },
	{ CKA_VERIFY, PROP_VERIFY, PUB | SEC },
	{ CKA_VERIFY_RECOVER, PROP_VERIFY_RECOVER, PUB },
	{ CKA_ENCRYPT, PROP_ENCRYPT, PUB | SEC },
	{ CKA_DECRYPT, PROP_DECRYPT, PRI | SEC },
	{ CKA_WRAP, PROP_WRAP, PUB | SEC },
	{ CKA_UNWRAP, PROP_UNWRAP, PRI | SEC },
	{ CKA_DERIVE, PROP_DERIVE, KEYS },
};

static const struct row text_rows[] = {
	{ CKA_LABEL, PROP_LABEL, ALL },
	{ CKA_ID, PROP_ID, CERT | KEYS },
	{ CKA_SUBJECT, PROP_SUBJECT, PRI | PUB },
	{ CKA_START_DATE, PROP_START_DATE, KEYS | CERT },
	{ CKA_END_DATE, PROP_END_DATE, KEYS | CERT },
	{ CKA_APPLICATION, PROP_APPLICATION, DATA },
	{ CKA_OBJECT_ID, PROP_OBJECT_ID, DATA },
};

/* What a key may be used by, where it has such a list. */
static enum cng_status
read_mechanisms(struct module *m, CK_OBJECT_HANDLE object,
    struct record *rec)
{
	struct secret list = { 0 }, packed = { 0 };
	CK_RV rv = attr_bytes(m, object, CKA_ALLOWED_MECHANISMS, &list);
	enum cng_status st = CNG_OK;
	CK_MECHANISM_TYPE type;
	struct wr w;

	if ((rv != CKR_OK && !attr_is_none(rv)) ||
	    list.len % sizeof(type) != 0)
		st = record_refuse(rec, CNG_ERR_DEVICE, "its module does not "
		    "tell what it may be used by (CKA_ALLOWED_MECHANISMS)");
	else if (rv == CKR_OK && list.len > 0)
		st = secret_new(&packed, list.len / sizeof(type) * 8);
	w = wr_of(packed.ptr, packed.len);
	for (size_t i = 0; packed.len > 0 && i < list.len;
	     i += sizeof(type)) {
		memcpy(&type, list.ptr + i, sizeof(type));
		wr_u64le(&w, type);
	}
	if (st == CNG_OK && packed.len > 0)
		st = record_bytes(rec, PROP_ALLOWED_MECHANISMS,
		    secret_span(&packed));
	secret_free(&list);
	secret_free(&packed);
	return st;
}

static const struct {
	CK_ATTRIBUTE_TYPE type;
	const char *name;
} template_rows[] = {
	{ CKA_WRAP_TEMPLATE, "CKA_WRAP_TEMPLATE" },
	{ CKA_UNWRAP_TEMPLATE, "CKA_UNWRAP_TEMPLATE" },
	{ CKA_DERIVE_TEMPLATE, "CKA_DERIVE_TEMPLATE" },
};

/* Without them the key would be allowed more here than there. */
static enum cng_status
check_templates(struct module *m, CK_OBJECT_HANDLE object, struct record *rec)
{
	for (size_t i = 0; i < ARRAY_LEN(template_rows); i++) {
		CK_ATTRIBUTE line = { template_rows[i].type, NULL, 0 };
		CK_RV rv = m->call->C_GetAttributeValue(m->session, object,
		    &line, 1);

		if (rv != CKR_OK && !attr_is_none(rv))
			return record_refuse(rec, CNG_ERR_DEVICE, "its module "
			    "does not tell its rules for other keys (%s)",
			    template_rows[i].name);
		if (rv == CKR_OK && line.ulValueLen > 0 &&
		    line.ulValueLen != CK_UNAVAILABLE_INFORMATION)
			return record_refuse(rec, CNG_ERR_NOT_SUPPORTED, "it "
			    "has rules for other keys that cannot come along "
			    "(%s)", template_rows[i].name);
	}
	return CNG_OK;
}

/* The name of a key of ours. */
#define CKA_NAME_OF_OURS (CKA_VENDOR_DEFINED | 0x434E4701UL)

static enum cng_status
read_flags(struct module *m, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class,
    struct record *rec)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(flag_rows); i++) {
		const struct row *row = &flag_rows[i];
		CK_RV rv;
		bool on;

		if ((row->classes & (1u << class)) == 0)
			continue;
		rv = attr_flag(m, object, row->type, &on);
		/* one that it does not know is not said */
		if (rv == CKR_OK)
			st = record_number(rec, row->id, on);
		else if (!attr_is_none(rv))
			st = record_refuse(rec, CNG_ERR_DEVICE, "its module "
			    "does not tell its uses and policy (attribute "
			    "0x%lx, answer 0x%lx)", row->type, rv);
	}
	return st;
}

static enum cng_status
read_texts(struct module *m, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class,
    struct record *rec)
{
	struct secret value = { 0 };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(text_rows); i++)
		if ((text_rows[i].classes & (1u << class)) != 0 &&
		    attr_bytes(m, object, text_rows[i].type, &value) ==
			CKR_OK && value.len > 0)
			st = record_bytes(rec, text_rows[i].id,
			    secret_span(&value));
	if (st == CNG_OK && ((1u << class) & KEYS) != 0)
		st = read_mechanisms(m, object, rec);
	if (st == CNG_OK && ((1u << class) & KEYS) != 0)
		st = check_templates(m, object, rec);
	if (st == CNG_OK && class == CKO_PRIVATE_KEY &&
	    attr_bytes(m, object, CKA_NAME_OF_OURS, &value) == CKR_OK &&
	    value.len > 0)
		st = record_bytes(rec, PROP_NAME, secret_span(&value));
	secret_free(&value);
	return st;
}

/* --- key types ------------------------------------------------------------ */

static const struct {
	CK_KEY_TYPE type;
	enum key_family family;
} families[] = {
	{ CKK_RSA, KEY_RSA }, { CKK_EC, KEY_EC }, { CKK_DSA, KEY_DSA },
	{ CKK_DH, KEY_DH }, { CKK_X9_42_DH, KEY_X942 },
	{ CKK_EC_EDWARDS, KEY_EDWARDS }, { CKK_EC_MONTGOMERY, KEY_MONTGOMERY },
	{ CKK_ML_KEM, KEY_MLKEM }, { CKK_ML_DSA, KEY_MLDSA },
	{ CKK_SLH_DSA, KEY_SLHDSA },
	{ CKK_AES, KEY_AES }, { CKK_GENERIC_SECRET, KEY_GENERIC },
	{ CKK_DES3, KEY_DES3 }, { CKK_CAMELLIA, KEY_CAMELLIA },
	{ CKK_SHA_1_HMAC, KEY_HMAC_SHA1 }, { CKK_SHA224_HMAC, KEY_HMAC_SHA224 },
	{ CKK_SHA256_HMAC, KEY_HMAC_SHA256 },
	{ CKK_SHA384_HMAC, KEY_HMAC_SHA384 },
	{ CKK_SHA512_HMAC, KEY_HMAC_SHA512 },
};

static enum key_family
family_of(CK_KEY_TYPE type)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (families[i].type == type)
			return families[i].family;
	return KEY_NONE;
}

/* --- numbers -------------------------------------------------------------- */

struct number {
	enum key_family family;
	CK_ATTRIBUTE_TYPE type;
	enum key_part part;
	unsigned classes;
	bool optional;
};

static const struct number numbers[] = {
	{ KEY_RSA, CKA_MODULUS, RSA_N, PUB | PRI, false },
	{ KEY_RSA, CKA_PUBLIC_EXPONENT, RSA_E, PUB | PRI, false },
	{ KEY_RSA, CKA_PRIVATE_EXPONENT, RSA_D, PRI, false },
	{ KEY_RSA, CKA_PRIME_1, RSA_P, PRI, true },
	{ KEY_RSA, CKA_PRIME_2, RSA_Q, PRI, true },
	{ KEY_RSA, CKA_EXPONENT_1, RSA_DP, PRI, true },
	{ KEY_RSA, CKA_EXPONENT_2, RSA_DQ, PRI, true },
	{ KEY_RSA, CKA_COEFFICIENT, RSA_QINV, PRI, true },
	{ KEY_EC, CKA_VALUE, EC_D, PRI, false },
	{ KEY_EDWARDS, CKA_VALUE, ECX_PRIVATE, PRI, false },
	{ KEY_MONTGOMERY, CKA_VALUE, ECX_PRIVATE, PRI, false },
	{ KEY_DSA, CKA_PRIME, DSA_P, PUB | PRI, false },
	{ KEY_DSA, CKA_SUBPRIME, DSA_Q, PUB | PRI, false },
	{ KEY_DSA, CKA_BASE, DSA_G, PUB | PRI, false },
	{ KEY_DSA, CKA_VALUE, DSA_X, PRI, false },
	{ KEY_DSA, CKA_VALUE, DSA_Y, PUB, false },
	{ KEY_DH, CKA_PRIME, DH_P, PUB | PRI, false },
	{ KEY_DH, CKA_BASE, DH_G, PUB | PRI, false },
	{ KEY_DH, CKA_VALUE, DH_X, PRI, false },
	{ KEY_DH, CKA_VALUE, DH_Y, PUB, false },
	{ KEY_X942, CKA_PRIME, DH_P, PUB | PRI, false },
	{ KEY_X942, CKA_SUBPRIME, DH_Q, PUB | PRI, false },
	{ KEY_X942, CKA_BASE, DH_G, PUB | PRI, false },
	{ KEY_X942, CKA_VALUE, DH_X, PRI, false },
	{ KEY_X942, CKA_VALUE, DH_Y, PUB, false },
	{ KEY_MLKEM, CKA_VALUE, PQ_PUBLIC, PUB, false },
	{ KEY_MLKEM, CKA_VALUE, PQ_PRIVATE, PRI, false },
	{ KEY_MLKEM, CKA_SEED, PQ_SEED, PRI, true },
	{ KEY_MLDSA, CKA_VALUE, PQ_PUBLIC, PUB, false },
	{ KEY_MLDSA, CKA_VALUE, PQ_PRIVATE, PRI, false },
	{ KEY_MLDSA, CKA_SEED, PQ_SEED, PRI, true },
	{ KEY_SLHDSA, CKA_VALUE, PQ_PUBLIC, PUB, false },
	{ KEY_SLHDSA, CKA_VALUE, PQ_PRIVATE, PRI, false },
};

static bool
has_curve(enum key_family family)
{
	return family == KEY_EC || family == KEY_EDWARDS ||
	    family == KEY_MONTGOMERY;
}

/* The curve, or the parameter set; of public keys the point. */
static bool
read_group(struct module *m, CK_OBJECT_HANDLE object, bool private,
    struct key_material *key)
{
	struct secret value = { 0 };
	CK_ULONG number;
	bool good = true;

	if (has_curve(key->family)) {
		good = attr_bytes(m, object, CKA_EC_PARAMS, &value) ==
		    CKR_OK && ec_params_set(key, secret_span(&value)) ==
		    CNG_OK;
		if (good && !private)
			good = attr_bytes(m, object, CKA_EC_POINT, &value) ==
			    CKR_OK && ec_point_decode(key,
			    secret_span(&value)) == CNG_OK;
	} else if (key_family_has_sets(key->family)) {
		good = attr_number(m, object, CKA_PARAMETER_SET, &number) ==
		    CKR_OK && key_set_from_number(key->family, number,
		    &key->set) == CNG_OK;
	}
	secret_free(&value);
	return good;
}

/* False: not all can be had. */
static bool
read_numbers(struct module *m, CK_OBJECT_HANDLE object, bool private,
    struct key_material *key)
{
	struct secret value = { 0 };
	bool good = read_group(m, object, private, key);

	for (size_t i = 0; good && i < ARRAY_LEN(numbers); i++) {
		const struct number *row = &numbers[i];

		if (row->family != key->family ||
		    (row->classes & (private ? PRI : PUB)) == 0)
			continue;
		good = (attr_bytes(m, object, row->type, &value) == CKR_OK &&
		    value.len > 0) || row->optional;
		if (good && value.len > 0)
			good = key_set(key, row->part, secret_span(&value)) ==
			    CNG_OK;
		secret_free(&value);
	}
	key->has_private = private;
	secret_free(&value);
	return good;
}

/* --- keys ----------------------------------------------------------------- */

static enum cng_status
encode(const struct key_material *key, struct secret *out)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	for (int pass = 0; pass < 2; pass++) {
		st = key->has_private ? pkcs8_encode(key, NULL, &w) :
					spki_encode(key, &w);
		if (st == CNG_OK && pass == 0) {
			st = secret_new(out, w.len);
			w = wr_of(out->ptr, out->len);
		}
		if (st != CNG_OK)
			return st;
	}
	return CNG_OK;
}

/* Some modules fill the key up with zeroes before they wrap it. */
#define FILL_MAX 7

static bool
is_filled(struct span plain, size_t len)
{
	for (size_t i = len; i < plain.len; i++)
		if (plain.ptr[i] != 0)
			return false;
	return len <= plain.len && plain.len - len <= FILL_MAX;
}

static size_t
find_pkcs8(struct span plain, const void *arg)
{
	const enum key_family *family = arg;
	struct key_material key = { 0 };
	size_t len = plain.len;
	bool good = false;

	while (!good && len > 0 && is_filled(plain, len)) {
		good = pkcs8_decode(&key, span_of(plain.ptr, len), NULL) ==
		    CNG_OK && (key.family == *family ||
			(key_is_dh(key.family) && key_is_dh(*family)));
		key_free(&key);
		len -= !good;
	}
	return good ? len : 0;
}

static size_t
find_value(struct span plain, const void *arg)
{
	const CK_ULONG *len = arg;

	if (*len == 0)
		return plain.len;
	return is_filled(plain, *len) ? *len : 0;
}

/* It cannot be read: does it leave at all? */
static bool
may_leave(struct module *m, CK_OBJECT_HANDLE object, struct record *rec)
{
	if (!attr_bool(m, object, CKA_EXTRACTABLE, true)) {
		(void)record_refuse(rec, CNG_ERR_KEY_UNEXTRACTABLE,
		    "it never leaves its token (not CKA_EXTRACTABLE)");
		return false;
	}
	if (attr_bool(m, object, CKA_WRAP_WITH_TRUSTED, false)) {
		(void)record_refuse(rec, CNG_ERR_KEY_NOT_WRAPPABLE,
		    "it leaves under trusted keys only "
		    "(CKA_WRAP_WITH_TRUSTED)");
		return false;
	}
	return true;
}

static enum cng_status
refuse_wrap(struct record *rec, CK_RV rv)
{
	if (rv == CKR_MECHANISM_INVALID)
		return record_refuse(rec, CNG_ERR_NOT_SUPPORTED, "it leaves "
		    "wrapped only (CKA_SENSITIVE), and its module has no "
		    "mechanism for that");
	if (rv == CKR_WRAPPED_KEY_INVALID)
		return record_refuse(rec, CNG_ERR_WRAPPED_KEY, "what its "
		    "module wraps does not open again");
	return record_refuse(rec, rv == CKR_KEY_UNEXTRACTABLE ?
	    CNG_ERR_KEY_UNEXTRACTABLE : CNG_ERR_DEVICE,
	    "its module does not wrap it (0x%lx)", rv);
}

static enum cng_status
read_pair(struct module *m, CK_OBJECT_HANDLE object, enum key_family family,
    struct secret *out, struct record *rec)
{
	struct key_material key = { .family = family };
	bool plain = read_numbers(m, object, true, &key);
	enum cng_status st = CNG_OK;
	CK_RV rv;

	if (!plain) {
		key_free(&key);
		if (!may_leave(m, object, rec))
			return rec->st;
		if (wrap_out(m, object, true, find_pkcs8, &family, out, &rv) !=
		    CNG_OK)
			return refuse_wrap(rec, rv);
		rec->wrapped = true;
		return CNG_OK;
	}
	st = crypto_complete(&key);
	if (st == CNG_OK || st == CNG_ERR_NOT_SUPPORTED)
		st = encode(&key, out);
	key_free(&key);
	return st == CNG_OK ? st : record_refuse(rec, st, "its numbers make "
	    "no key: %s", cng_status_text(st));
}

static enum cng_status
read_secret(struct module *m, CK_OBJECT_HANDLE object, struct secret *out,
    struct record *rec)
{
	CK_ULONG len = 0;
	CK_RV rv;

	if (attr_bytes(m, object, CKA_VALUE, out) == CKR_OK && out->len > 0)
		return CNG_OK;
	if (!may_leave(m, object, rec))
		return rec->st;
	if (attr_number(m, object, CKA_VALUE_LEN, &len) != CKR_OK)
		len = 0;
	if (wrap_out(m, object, false, find_value, &len, out, &rv) != CNG_OK)
		return refuse_wrap(rec, rv);
	rec->wrapped = true;
	return CNG_OK;
}

static enum cng_status
read_public(struct module *m, CK_OBJECT_HANDLE object,
    enum key_family family, struct secret *out, struct record *rec)
{
	struct key_material key = { .family = family };
	enum cng_status st = CNG_ERR_BAD_PUBLIC_KEY;

	if (read_numbers(m, object, false, &key))
		st = encode(&key, out);
	key_free(&key);
	return st == CNG_OK ? st : record_refuse(rec, st,
	    "its numbers make no key: %s", cng_status_text(st));
}

static enum cng_status
read_key(struct module *m, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class,
    struct secret *out, struct record *rec)
{
	enum key_family family;
	enum cng_status st;
	CK_KEY_TYPE type;

	if (attr_number(m, object, CKA_KEY_TYPE, &type) != CKR_OK)
		return record_refuse(rec, CNG_ERR_DEVICE,
		    "its module does not tell what kind of key it is");
	family = family_of(type);
	if (family == KEY_NONE ||
	    key_is_pair(family) != (class != CKO_SECRET_KEY))
		return record_refuse(rec, CNG_ERR_NOT_SUPPORTED,
		    "a kind of key that is not supported (CKA_KEY_TYPE "
		    "0x%lx)", type);
	st = record_number(rec, PROP_KEY_FAMILY, family);
	if (st != CNG_OK)
		return st;
	if (class == CKO_PRIVATE_KEY)
		return read_pair(m, object, family, out, rec);
	return class == CKO_SECRET_KEY ? read_secret(m, object, out, rec) :
	    read_public(m, object, family, out, rec);
}

static enum cng_status
read_contents(struct module *m, CK_OBJECT_HANDLE object,
    CK_OBJECT_CLASS class, struct secret *out, struct record *rec)
{
	CK_ULONG number;

	if (class == CKO_CERTIFICATE &&
	    attr_number(m, object, CKA_CERTIFICATE_TYPE, &number) == CKR_OK &&
	    number != CKC_X_509)
		return record_refuse(rec, CNG_ERR_NOT_SUPPORTED,
		    "not an X.509 certificate");
	if (attr_bytes(m, object, CKA_VALUE, out) != CKR_OK ||
	    (class == CKO_CERTIFICATE && out->len == 0))
		return record_refuse(rec, CNG_ERR_DEVICE,
		    "its module does not show its contents");
	if (class == CKO_CERTIFICATE &&
	    attr_number(m, object, CKA_CERTIFICATE_CATEGORY, &number) ==
		CKR_OK && number != 0)
		return record_number(rec, PROP_CERT_CATEGORY, number);
	return CNG_OK;
}

static enum obj_class
class_of(CK_OBJECT_CLASS class)
{
	static const enum obj_class classes[] = {
		[CKO_DATA] = OBJ_DATA,
		[CKO_CERTIFICATE] = OBJ_CERT,
		[CKO_PUBLIC_KEY] = OBJ_PUBLIC,
		[CKO_PRIVATE_KEY] = OBJ_PRIVATE,
		[CKO_SECRET_KEY] = OBJ_SECRET,
	};

	return class < ARRAY_LEN(classes) ? classes[class] : OBJ_NONE;
}

enum cng_status
object_read(struct module *m, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class,
    struct record *rec)
{
	struct secret value = { 0 };
	enum cng_status st = record_number(rec, PROP_CLASS, class_of(class));

	if (st == CNG_OK)
		st = read_texts(m, object, class, rec);
	if (st == CNG_OK)
		st = read_flags(m, object, class, rec);
	if (st == CNG_OK)
		st = class == CKO_DATA || class == CKO_CERTIFICATE ?
		    read_contents(m, object, class, &value, rec) :
		    read_key(m, object, class, &value, rec);
	if (st == CNG_OK)
		st = record_bytes(rec, PROP_VALUE, secret_span(&value));
	secret_free(&value);
	return st == rec->st ? CNG_OK : st;
}
