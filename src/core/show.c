/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an object shows of itself: one row a property with the classes that
 * have it, and how the value is made.
 */
#include "core/internal.h"

#include "base/text.h"
#include "base/util.h"
#include "blob/blob.h"
#include "core/certificate.h"
#include "crypto/asn1.h"
#include "key/set.h"

#define C(class) (1u << OBJ_##class)
#define KEYS (C(PUBLIC) | C(PRIVATE) | C(SECRET))
#define CRYPT_KEYS (C(PRIVATE) | C(SECRET))
#define ALL (KEYS | C(DATA) | C(CERT) | C(PROFILE) | C(DOMAIN) | \
	C(MECHANISM))

/* Which classes have which boolean. */
static const unsigned flag_classes[PROP_BOOL_COUNT] = {
	[PROP_TOKEN] = ALL,
	[PROP_PRIVATE] = ALL,
	[PROP_MODIFIABLE] = ALL,
	[PROP_COPYABLE] = ALL,
	[PROP_DESTROYABLE] = ALL,
	[PROP_SENSITIVE] = CRYPT_KEYS,
	[PROP_EXTRACTABLE] = CRYPT_KEYS,
	[PROP_ALWAYS_SENSITIVE] = CRYPT_KEYS,
	[PROP_NEVER_EXTRACTABLE] = CRYPT_KEYS,
	[PROP_LOCAL] = KEYS | C(DOMAIN),
	[PROP_ENCRYPT] = C(PUBLIC) | C(SECRET),
	[PROP_DECRYPT] = CRYPT_KEYS,
	[PROP_SIGN] = CRYPT_KEYS,
	[PROP_SIGN_RECOVER] = C(PRIVATE),
	[PROP_VERIFY] = C(PUBLIC) | C(SECRET),
	[PROP_VERIFY_RECOVER] = C(PUBLIC),
	[PROP_WRAP] = C(PUBLIC) | C(SECRET),
	[PROP_UNWRAP] = CRYPT_KEYS,
	[PROP_DERIVE] = KEYS,
	[PROP_TRUSTED] = C(CERT) | C(PUBLIC) | C(SECRET),
	[PROP_WRAP_WITH_TRUSTED] = CRYPT_KEYS,
	[PROP_ALWAYS_AUTHENTICATE] = C(PRIVATE),
	[PROP_FINALIZED] = CRYPT_KEYS,
	[PROP_ENCAPSULATE] = C(PUBLIC),
	[PROP_DECAPSULATE] = C(PRIVATE),
};

/* Which classes have which kept bytes. */
static const unsigned kept_classes[KEPT_COUNT] = {
	[PROP_LABEL - PROP_LABEL] = ALL,
	[PROP_ID - PROP_LABEL] = KEYS | C(CERT),
	[PROP_NAME - PROP_LABEL] = KEYS,
	[PROP_SUBJECT - PROP_LABEL] = C(PUBLIC) | C(PRIVATE) | C(CERT),
	[PROP_ISSUER - PROP_LABEL] = C(CERT),
	[PROP_SERIAL - PROP_LABEL] = C(CERT),
	[PROP_START_DATE - PROP_LABEL] = KEYS | C(CERT),
	[PROP_END_DATE - PROP_LABEL] = KEYS | C(CERT),
	[PROP_APPLICATION - PROP_LABEL] = C(DATA),
	[PROP_OBJECT_ID - PROP_LABEL] = C(DATA),
	[PROP_URL - PROP_LABEL] = C(CERT),
	[PROP_HASH_SUBJECT_KEY - PROP_LABEL] = C(CERT),
	[PROP_HASH_ISSUER_KEY - PROP_LABEL] = C(CERT),
	[PROP_ALLOWED_MECHANISMS - PROP_LABEL] = KEYS,
	[PROP_CHECK_VALUE - PROP_LABEL] = C(CERT) | C(SECRET),
	[PROP_CNG_PROPERTIES - PROP_LABEL] = KEYS,
	[PROP_NAME_HASH - PROP_LABEL] = C(CERT),
	[PROP_SECURITY_DOMAIN - PROP_LABEL] = C(CERT),
	[PROP_WRAP_TEMPLATE - PROP_LABEL] = C(PUBLIC) | C(SECRET),
	[PROP_UNWRAP_TEMPLATE - PROP_LABEL] = CRYPT_KEYS,
	[PROP_DERIVE_TEMPLATE - PROP_LABEL] = CRYPT_KEYS,
	[PROP_ENCAPSULATE_TEMPLATE - PROP_LABEL] = C(PUBLIC),
	[PROP_DECAPSULATE_TEMPLATE - PROP_LABEL] = C(PRIVATE),
};

/* Bytes that are one number of the key. */
struct part_row {
	enum prop_id id;
	enum key_family family;
	enum key_part part;
	bool secret;
};

static const struct part_row part_rows[] = {
	{ PROP_MODULUS, KEY_RSA, RSA_N, false },
	{ PROP_PUBLIC_EXPONENT, KEY_RSA, RSA_E, false },
	{ PROP_PRIVATE_EXPONENT, KEY_RSA, RSA_D, true },
	{ PROP_PRIME_1, KEY_RSA, RSA_P, true },
	{ PROP_PRIME_2, KEY_RSA, RSA_Q, true },
	{ PROP_EXPONENT_1, KEY_RSA, RSA_DP, true },
	{ PROP_EXPONENT_2, KEY_RSA, RSA_DQ, true },
	{ PROP_COEFFICIENT, KEY_RSA, RSA_QINV, true },
	{ PROP_VALUE, KEY_EC, EC_D, true },
	{ PROP_VALUE, KEY_MONTGOMERY, ECX_PRIVATE, true },
	{ PROP_VALUE, KEY_EDWARDS, ECX_PRIVATE, true },
	{ PROP_VALUE, KEY_AES, SYM_VALUE, true },
	{ PROP_VALUE, KEY_GENERIC, SYM_VALUE, true },
	{ PROP_VALUE, KEY_DES3, SYM_VALUE, true },
	{ PROP_VALUE, KEY_CHACHA20, SYM_VALUE, true },
	{ PROP_VALUE, KEY_CAMELLIA, SYM_VALUE, true },
	{ PROP_VALUE, KEY_POLY1305, SYM_VALUE, true },
	{ PROP_VALUE, KEY_XTS, SYM_VALUE, true },
	{ PROP_VALUE, KEY_HKDF, SYM_VALUE, true },
	{ PROP_PRIME, KEY_DSA, DSA_P, false },
	{ PROP_SUBPRIME, KEY_DSA, DSA_Q, false },
	{ PROP_BASE, KEY_DSA, DSA_G, false },
	/* the value is x of a private key, y of a public one */
	{ PROP_VALUE, KEY_DSA, DSA_X, true },
	{ PROP_VALUE, KEY_DSA, DSA_Y, false },
	{ PROP_PRIME, KEY_DH, DH_P, false },
	{ PROP_BASE, KEY_DH, DH_G, false },
	{ PROP_VALUE, KEY_DH, DH_X, true },
	{ PROP_VALUE, KEY_DH, DH_Y, false },
	{ PROP_PRIME, KEY_X942, DH_P, false },
	{ PROP_SUBPRIME, KEY_X942, DH_Q, false },
	{ PROP_BASE, KEY_X942, DH_G, false },
	{ PROP_VALUE, KEY_X942, DH_X, true },
	{ PROP_VALUE, KEY_X942, DH_Y, false },
	/* the value of a private object, then that of a public one */
	{ PROP_VALUE, KEY_MLKEM, PQ_PRIVATE, true },
	{ PROP_VALUE, KEY_MLKEM, PQ_PUBLIC, false },
	{ PROP_SEED, KEY_MLKEM, PQ_SEED, true },
	{ PROP_VALUE, KEY_MLDSA, PQ_PRIVATE, true },
	{ PROP_VALUE, KEY_MLDSA, PQ_PUBLIC, false },
	{ PROP_SEED, KEY_MLDSA, PQ_SEED, true },
	{ PROP_VALUE, KEY_SLHDSA, PQ_PRIVATE, true },
	{ PROP_VALUE, KEY_SLHDSA, PQ_PUBLIC, false },
};

bool
object_has_prop(const struct object *obj, enum prop_id id)
{
	unsigned bit = 1u << obj->class;

	if (id < PROP_BOOL_COUNT)
		return (flag_classes[id] & bit) != 0;
	if (id >= PROP_LABEL && id < PROP_KEPT_END)
		return (kept_classes[id - PROP_LABEL] & bit) != 0;
	return true;
}

bool
object_is_readable(const struct object *obj)
{
	if (obj->class == OBJ_PUBLIC)
		return true;
	/* reading is leaving without a trusted key */
	return !obj->withheld && object_flag(obj, PROP_EXTRACTABLE) &&
	    !object_flag(obj, PROP_SENSITIVE) &&
	    !object_flag(obj, PROP_WRAP_WITH_TRUSTED);
}

/* Of a group: how long its numbers are. */
static enum cng_status
domain_number(const struct object *obj, enum prop_id id, uint64_t *out)
{
	enum key_part q = obj->key.family == KEY_DSA ? DSA_Q : DH_Q;

	if (id == PROP_KEY_FAMILY)
		*out = obj->key.family;
	else if (id == PROP_PRIME_BITS)
		*out = key_bits(&obj->key);
	else if (id == PROP_SUBPRIME_BITS && obj->key.family != KEY_DH)
		*out = number_bits(key_part(&obj->key, q));
	else
		return CNG_ERR_PROP_UNKNOWN;
	return CNG_OK;
}

static enum cng_status
key_number(const struct object *obj, enum prop_id id, uint64_t *out)
{
	if (obj->class == OBJ_DOMAIN)
		return domain_number(obj, id, out);
	if (!object_is_key(obj))
		return CNG_ERR_PROP_UNKNOWN;
	if (id == PROP_KEY_FAMILY) {
		*out = obj->key.family;
	} else if (id == PROP_KEYGEN_MECHANISM) {
		*out = obj->keygen_mechanism;
	} else if (id == PROP_VALUE_LEN && obj->class == OBJ_SECRET) {
		*out = obj->withheld ? obj->withheld_len :
				       obj->key.part[SYM_VALUE].len;
	} else if (id == PROP_MODULUS_BITS && obj->key.family == KEY_RSA &&
	    obj->class == OBJ_PUBLIC) {
		*out = key_bits(&obj->key);
	} else if (id == PROP_VALUE_BITS && obj->key.family == KEY_DH &&
	    obj->class == OBJ_PRIVATE && !obj->withheld) {
		*out = number_bits(key_part(&obj->key, DH_X));
	} else if (id == PROP_VALIDATION_FLAGS) {
		*out = 0; /* nobody has validated this module */
	} else if (id == PROP_PARAMETER_SET &&
	    key_set_info(obj->key.set) != NULL) {
		*out = key_set_info(obj->key.set)->number;
	} else {
		return CNG_ERR_PROP_UNKNOWN;
	}
	return CNG_OK;
}

enum cng_status
object_number(const struct object *obj, enum prop_id id, uint64_t *out)
{
	if (id < PROP_BOOL_COUNT) {
		if (!object_has_prop(obj, id))
			return CNG_ERR_PROP_UNKNOWN;
		*out = object_flag(obj, id);
		return CNG_OK;
	}
	if (id == PROP_CLASS) {
		*out = obj->class;
		return CNG_OK;
	}
	if ((obj->class == OBJ_PROFILE && id == PROP_PROFILE_ID) ||
	    (obj->class == OBJ_MECHANISM && id == PROP_MECHANISM_TYPE)) {
		*out = obj->built_in;
		return CNG_OK;
	}
	if (id == PROP_KEY_SLOT && obj->key_slot != 0) {
		*out = obj->key_slot;
		return CNG_OK;
	}
	if (obj->class == OBJ_CERT && id == PROP_CERT_TYPE) {
		*out = obj->cert_type;
		return CNG_OK;
	}
	if (obj->class == OBJ_CERT && id == PROP_CERT_CATEGORY) {
		*out = obj->cert_category;
		return CNG_OK;
	}
	return key_number(obj, id, out);
}

static enum cng_status
show_part(const struct object *obj, enum prop_id id, struct wr *out)
{
	enum key_family family = family_is_hmac(obj->key.family) ?
	    KEY_GENERIC : obj->key.family;

	for (size_t i = 0; i < ARRAY_LEN(part_rows); i++) {
		const struct part_row *row = &part_rows[i];

		if (row->id != id || row->family != family ||
		    (row->secret && obj->class == OBJ_PUBLIC))
			continue;
		if (row->secret && !object_is_readable(obj))
			return CNG_ERR_PROP_SENSITIVE;
		wr_bytes(out, key_part(&obj->key, row->part));
		return wr_status(out);
	}
	return CNG_ERR_PROP_UNKNOWN;
}

/* The block cipher by itself that keys of a family are for. */
static enum op_scheme
plain_cipher(enum key_family family)
{
	if (family == KEY_AES)
		return OP_AES_ECB;
	if (family == KEY_CAMELLIA)
		return OP_CAMELLIA_ECB;
	return family == KEY_DES3 ? OP_DES3_ECB : OP_NONE;
}

/* The first three bytes of SHA-1 of the value, or of a zero block under the
 * key (PKCS#11 section 4.10.2). */
static enum cng_status
show_check_value(const struct object *obj, struct wr *out)
{
	struct span value = key_part(&obj->key, SYM_VALUE);
	uint8_t sum[64] = { 0 };
	static const uint8_t zero[16];
	struct key_op op = { .scheme = plain_cipher(obj->key.family) };
	struct crypto_key *key = NULL;
	struct wr w = wr_of(sum, sizeof sum);
	enum cng_status st;

	if (obj->withheld)
		return CNG_ERR_PROP_SENSITIVE;
	if (obj->kept[PROP_CHECK_VALUE - PROP_LABEL].len > 0)
		return wr_status(out); /* nobody is to have it */
	if (op.scheme == OP_CAMELLIA_ECB && !crypto_has_camellia())
		return wr_status(out);
	if (op.scheme != OP_NONE) {
		st = crypto_key_new(&key, &obj->key);
		if (st == CNG_OK)
			st = crypto_encrypt(key, &op,
			    span_of(zero, op.scheme == OP_DES3_ECB ? 8 :
				sizeof zero), &w);
		crypto_key_free(key);
	} else {
		st = crypto_digest(HASH_SHA1, value, sum);
	}
	if (st == CNG_OK)
		wr_bytes(out, span_of(sum, 3));
	wipe(sum, sizeof sum);
	return st != CNG_OK ? st : wr_status(out);
}

static enum cng_status
show_unique_id(const struct object *obj, struct wr *out)
{
	char text[2 * STORE_UID + 1];

	hex_encode(text, span_of(obj->uid, sizeof obj->uid));
	wr_bytes(out, span_str(text));
	return wr_status(out);
}

static enum cng_status
show_blob(const struct object *obj, struct wr *out)
{
	if (obj->class == OBJ_SECRET)
		return object_is_readable(obj) ?
		    blob_encode(BLOB_KEYDATA, &obj->key, NULL, out) :
		    CNG_ERR_PROP_SENSITIVE;
	if (obj->class == OBJ_PRIVATE)
		return object_is_readable(obj) ?
		    blob_encode(BLOB_PRIVATE, &obj->key, NULL, out) :
		    CNG_ERR_PROP_SENSITIVE;
	return blob_encode(BLOB_PUBLIC, &obj->key, NULL, out);
}

static enum cng_status
show_made(const struct object *obj, enum prop_id id, struct wr *out)
{
	bool pair = obj->class == OBJ_PUBLIC || obj->class == OBJ_PRIVATE;
	bool has_curve = obj->key.curve != CURVE_NONE;

	if (id == PROP_UNIQUE_ID)
		return show_unique_id(obj, out);
	if (id == PROP_VALUE &&
	    (obj->class == OBJ_DATA || obj->class == OBJ_CERT)) {
		wr_bytes(out, secret_span(&obj->value));
		return wr_status(out);
	}
	if (id == PROP_PUBLIC_KEY_INFO && obj->class == OBJ_CERT)
		return cert_show_key(obj, out);
	if (obj->class == OBJ_DOMAIN && id != PROP_VALUE)
		return show_part(obj, id, out);
	if (!object_is_key(obj))
		return CNG_ERR_PROP_UNKNOWN;
	if (id == PROP_BLOB)
		return show_blob(obj, out);
	if (id == PROP_PUBLIC_KEY_INFO && pair)
		return spki_encode(&obj->key, out);
	if (id == PROP_EC_PARAMS && has_curve)
		return ec_params_encode(&obj->key, out);
	if (id == PROP_EC_POINT && has_curve && obj->class == OBJ_PUBLIC)
		return ec_point_encode(&obj->key, out);
	return show_part(obj, id, out);
}

enum cng_status
object_bytes(const struct object *obj, enum prop_id id, struct wr *out)
{
	if (prop_kind(id) != PROP_BYTES)
		return CNG_ERR_PROP_UNKNOWN;
	if (id >= PROP_KEPT_END)
		return show_made(obj, id, out);
	if (!object_has_prop(obj, id))
		return CNG_ERR_PROP_UNKNOWN;
	if (id == PROP_CHECK_VALUE && obj->class == OBJ_SECRET)
		return show_check_value(obj, out);
	if (id == PROP_CHECK_VALUE && obj->value.len > 0)
		return cert_show_check(obj, out);
	wr_bytes(out, secret_span(&obj->kept[id - PROP_LABEL]));
	return wr_status(out);
}

/* What a status says about a comparison: nothing, when memory was short. */
static enum cng_status
unlike(enum cng_status st)
{
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

/* A curve may be written in several ways. */
static bool
same_curve(const struct object *obj, struct span params)
{
	struct key_material key = { .family = obj->key.family };
	bool same = obj->key.curve != CURVE_NONE &&
	    ec_params_set(&key, params) == CNG_OK &&
	    key.curve == obj->key.curve && key.curve != CURVE_EXPLICIT;

	key_free(&key);
	return same;
}

/* Public numbers are kept without leading zeros; templates may have some. */
static struct span
as_kept(const struct prop *line)
{
	switch ((int)line->id) {
	case PROP_MODULUS:
	case PROP_PUBLIC_EXPONENT:
	case PROP_PRIME:
	case PROP_SUBPRIME:
	case PROP_BASE:
		return span_trim(line->bytes);
	default:
		return line->bytes;
	}
}

static enum cng_status
bytes_match(const struct object *obj, const struct prop *line, bool *out)
{
	struct span wanted = as_kept(line);
	struct wr count = wr_of(NULL, 0), w;
	struct secret shown = { 0 };
	enum cng_status st;

	*out = false;
	if (line->id == PROP_SERIAL && obj->class == OBJ_CERT) {
		*out = cert_has_serial(obj, line->bytes);
		return CNG_OK;
	}
	if (line->id == PROP_EC_PARAMS && same_curve(obj, line->bytes)) {
		*out = true;
		return CNG_OK;
	}
	if (line->id >= PROP_LABEL && line->id < PROP_KEPT_END &&
	    line->id != PROP_CHECK_VALUE) {
		*out = object_has_prop(obj, line->id) &&
		    span_equal(secret_span(&obj->kept[line->id - PROP_LABEL]),
			line->bytes);
		return CNG_OK;
	}
	st = object_bytes(obj, line->id, &count);
	if (st != CNG_OK || count.len != wanted.len)
		return unlike(st);
	st = secret_new(&shown, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(shown.ptr, shown.len);
	if (shown.len > 0)
		st = object_bytes(obj, line->id, &w);
	*out = st == CNG_OK && secret_equal(secret_span(&shown), wanted);
	secret_free(&shown);
	return unlike(st);
}

enum cng_status
object_matches(const struct object *obj, struct props tmpl, bool *out)
{
	enum cng_status st = CNG_OK;

	*out = true;
	for (size_t i = 0; st == CNG_OK && *out && i < tmpl.count; i++) {
		const struct prop *line = &tmpl.item[i];
		uint64_t number;

		if (prop_kind(line->id) == PROP_BYTES)
			st = bytes_match(obj, line, out);
		else
			*out = object_number(obj, line->id, &number) ==
				CNG_OK && number == line->number;
	}
	return st;
}

enum cng_status
object_says(const struct object *obj, const struct prop *line,
    enum cng_status otherwise)
{
	struct props one = { .item = line, .count = 1 };
	bool so;
	enum cng_status st = object_matches(obj, one, &so);

	return st == CNG_OK && !so ? otherwise : st;
}
