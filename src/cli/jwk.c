/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON Web Keys.  One row a member that is a number; jansson reads and writes
 * the text around.
 */
#include "cli/jwk.h"

#include "base/utf16.h"
#include "base/util.h"
#include "cli/base64url.h"
#include "key/set.h"

#include <jansson.h>

#define MEMBERS_MAX 9
#define KEYS_MAX 256           /* of a set */

struct member {
	const char *name;
	enum key_part part;
	bool private;
};

static const struct kind {
	const char *kty;
	enum key_family family[2];
	struct member member[MEMBERS_MAX];
} kinds[] = {
	{ "RSA", { KEY_RSA, KEY_RSA }, {
		{ "n", RSA_N, false }, { "e", RSA_E, false },
		{ "d", RSA_D, true }, { "p", RSA_P, true },
		{ "q", RSA_Q, true }, { "dp", RSA_DP, true },
		{ "dq", RSA_DQ, true }, { "qi", RSA_QINV, true } } },
	{ "EC", { KEY_EC, KEY_EC }, {
		{ "x", EC_X, false }, { "y", EC_Y, false },
		{ "d", EC_D, true } } },
	{ "OKP", { KEY_EDWARDS, KEY_MONTGOMERY }, {
		{ "x", ECX_PUBLIC, false }, { "d", ECX_PRIVATE, true } } },
	{ "oct", { KEY_AES, KEY_GENERIC }, {
		{ "k", SYM_VALUE, true } } },
};

static const struct {
	const char *crv;
	enum key_curve curve;
} curves[] = {
	{ "P-256", CURVE_P256 },
	{ "P-384", CURVE_P384 },
	{ "P-521", CURVE_P521 },
	{ "secp256k1", CURVE_SECP256K1 },
	{ "Ed25519", CURVE_ED25519 },
	{ "Ed448", CURVE_ED448 },
	{ "X25519", CURVE_X25519 },
	{ "X448", CURVE_X448 },
};

bool
jwk_detect(struct span in)
{
	for (size_t i = 0; i < in.len; i++)
		if (strchr(" \t\r\n", in.ptr[i]) == NULL || in.ptr[i] == 0)
			return in.ptr[i] == '{';
	return false;
}

static const struct kind *
kind_of(const char *kty)
{
	for (size_t i = 0; kty != NULL && i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kty, kty) == 0)
			return &kinds[i];
	return NULL;
}

bool
jwk_is_private_member(const char *kty, const char *name)
{
	const struct kind *kind = kind_of(kty);

	/* of a stranger nothing is known: better be careful */
	if (kind == NULL)
		return strcmp(name, "kty") != 0 && strcmp(name, "kid") != 0 &&
		    strcmp(name, "alg") != 0 && strcmp(name, "use") != 0;
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		if (kind->member[i].name != NULL &&
		    strcmp(kind->member[i].name, name) == 0)
			return kind->member[i].private;
	return strcmp(name, "oth") == 0;
}

/* --- reading ---------------------------------------------------------- */

/* Coordinates and byte strings have one length only. */
static bool
is_width_right(const struct key_material *key, enum key_part part,
    size_t len)
{
	if (key->family == KEY_EC)
		return len == (part == EC_D ? key_order_bytes(key) :
					      key_field_bytes(key));
	if (key->family == KEY_EDWARDS || key->family == KEY_MONTGOMERY)
		return len == key_field_bytes(key);
	return len > 0;
}

static enum cng_status
take_number(struct key_material *key, enum key_part part, const json_t *text)
{
	struct secret number;
	enum cng_status st;

	if (!json_is_string(text))
		return CNG_ERR_BAD_DATA;
	st = base64url_decode(&number, span_of(json_string_value(text),
	    json_string_length(text)));
	if (st != CNG_OK)
		return st;
	if (!is_width_right(key, part, number.len))
		st = CNG_ERR_BAD_DATA;
	else
		st = key_set(key, part, secret_span(&number));
	secret_free(&number);
	return st;
}

static enum cng_status
take_curve(struct key_material *key, const struct kind *kind,
    const json_t *object)
{
	const char *crv = json_string_value(json_object_get(object, "crv"));

	if (crv == NULL)
		return CNG_ERR_BAD_DATA;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (strcmp(curves[i].crv, crv) != 0)
			continue;
		key->curve = curves[i].curve;
		key->family = curve_info(key->curve)->family;
		return key->family == kind->family[0] ||
			key->family == kind->family[1] ?
		    CNG_OK : CNG_ERR_BAD_DATA;
	}
	return CNG_ERR_BAD_CURVE;
}

/* "alg" tells an AES key from one for HMAC; without it, the length does. */
static enum key_family
secret_family(const json_t *object, size_t len)
{
	const char *alg = json_string_value(json_object_get(object, "alg"));

	if (len != 16 && len != 24 && len != 32)
		return KEY_GENERIC;
	return alg != NULL && alg[0] == 'H' ? KEY_GENERIC : KEY_AES;
}

static void
take_use(struct key_material *key, const json_t *object)
{
	const char *use = json_string_value(json_object_get(object, "use"));

	if (use == NULL || !key_is_pair(key->family))
		return;
	if (strcmp(use, "sig") == 0)
		key->role = KEY_ROLE_SIGN;
	else if (strcmp(use, "enc") == 0)
		key->role = key->family == KEY_RSA ? KEY_ROLE_ENCRYPT :
						     KEY_ROLE_AGREE;
	/* the curve says it already */
	if (key->family == KEY_EDWARDS || key->family == KEY_MONTGOMERY)
		key->role = KEY_ROLE_NONE;
}

static enum cng_status
take_members(struct key_material *key, const struct kind *kind,
    const json_t *object)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < MEMBERS_MAX; i++) {
		const struct member *m = &kind->member[i];
		const json_t *text = m->name == NULL ? NULL :
		    json_object_get(object, m->name);

		if (m->name == NULL)
			break;
		if (text == NULL && !m->private)
			return CNG_ERR_BAD_DATA;
		if (text == NULL)
			continue;
		key->has_private = key->has_private || m->private;
		st = take_number(key, m->part, text);
	}
	return st;
}

static enum cng_status
take_key(struct key_material *key, const json_t *object)
{
	const struct kind *kind = kind_of(json_string_value(
	    json_object_get(object, "kty")));
	enum cng_status st = CNG_OK;

	if (!json_is_string(json_object_get(object, "kty")))
		return CNG_ERR_BAD_DATA;
	if (kind == NULL || json_object_get(object, "oth") != NULL)
		return CNG_ERR_NOT_SUPPORTED;
	key->family = kind->family[0];
	if (key->family == KEY_EC || key->family == KEY_EDWARDS)
		st = take_curve(key, kind, object);
	if (st == CNG_OK)
		st = take_members(key, kind, object);
	if (st == CNG_OK && key->family == KEY_AES) {
		if (!key->has_private ||
		    key->part[SYM_VALUE].len > SECRET_KEY_MAX)
			return CNG_ERR_BAD_DATA;
		key->family = secret_family(object,
		    key->part[SYM_VALUE].len);
	}
	/* d alone, or with p and q: the rest can be computed */
	if (st == CNG_OK && key->family == KEY_RSA && key->has_private &&
	    key->part[RSA_D].len == 0)
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK)
		take_use(key, object);
	return st;
}

static enum cng_status
add_key(struct keybox *out, const json_t *object)
{
	const json_t *kid = json_object_get(object, "kid");
	struct keybox_key *key = keybox_add(out);
	enum cng_status st = CNG_OK;

	if (key == NULL)
		return CNG_ERR_NO_MEMORY;
	if (!json_is_object(object))
		return CNG_ERR_BAD_DATA;
	if (json_is_string(kid))
		st = secret_copy(&key->name, span_of(json_string_value(kid),
		    json_string_length(kid)));
	if (st != CNG_OK)
		return st;
	key->st = take_key(&key->key, object);
	if (key->st != CNG_OK)
		key_free(&key->key);
	return key->st == CNG_ERR_NO_MEMORY ? key->st : CNG_OK;
}

enum cng_status
jwk_read(struct keybox *out, struct span text, bool *is_set)
{
	json_t *all = json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
	json_t *list = json_object_get(all, "keys");
	enum cng_status st = CNG_OK;
	bool set = json_object_get(all, "kty") == NULL;

	if (is_set != NULL)
		*is_set = set;
	if (!json_is_object(all) || (set && !json_is_array(list)) ||
	    json_array_size(list) > KEYS_MAX)
		st = CNG_ERR_BAD_DATA;
	else if (!set)
		st = add_key(out, all);
	for (size_t i = 0; set && st == CNG_OK && i < json_array_size(list);
	     i++)
		st = add_key(out, json_array_get(list, i));
	/* alone, it has to be good */
	if (st == CNG_OK && !set)
		st = out->key[0].st;
	json_decref(all);
	return st;
}

/* --- writing ---------------------------------------------------------- */

static const struct kind *
kind_of_family(enum key_family family)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].family[0] == family ||
		    kinds[i].family[1] == family)
			return &kinds[i];
	return NULL;
}

static const char *
crv_of(enum key_curve curve)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (curves[i].curve == curve)
			return curves[i].crv;
	return NULL;
}

static bool
put(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value) == 0;
}

static enum cng_status
put_numbers(json_t *object, const struct kind *kind,
    const struct key_material *key)
{
	for (size_t i = 0; i < MEMBERS_MAX; i++) {
		const struct member *m = &kind->member[i];
		struct secret text;
		enum cng_status st;
		bool ok;

		if (m->name == NULL || (m->private && !key->has_private))
			break;
		if (key->part[m->part].len == 0)
			return CNG_ERR_BAD_TYPE;
		st = base64url_encode(&text, key_part(key, m->part));
		if (st != CNG_OK)
			return st;
		ok = put(object, m->name,
		    json_stringn((const char *)text.ptr, text.len));
		secret_free(&text);
		if (!ok)
			return CNG_ERR_NO_MEMORY;
	}
	return CNG_OK;
}

static enum cng_status
fill(json_t *object, const struct key_material *key, struct span name)
{
	const struct kind *kind = kind_of_family(key->family);
	bool curve = key->curve != CURVE_NONE;
	const char *crv = crv_of(key->curve);
	bool ok;

	if (kind == NULL || (curve && crv == NULL))
		return CNG_ERR_BAD_TYPE;
	ok = put(object, "kty", json_string(kind->kty));
	/* names are bytes, JSON is text */
	if (ok && name.len > 0 && utf8_valid(name))
		ok = put(object, "kid",
		    json_stringn((const char *)name.ptr, name.len));
	if (ok && key->role == KEY_ROLE_SIGN)
		ok = put(object, "use", json_string("sig"));
	if (ok && (key->role == KEY_ROLE_ENCRYPT ||
		      key->role == KEY_ROLE_AGREE))
		ok = put(object, "use", json_string("enc"));
	if (ok && crv != NULL)
		ok = put(object, "crv", json_string(crv));
	return ok ? put_numbers(object, kind, key) : CNG_ERR_NO_MEMORY;
}

enum cng_status
jwk_write(struct secret *out, const struct key_material *key,
    struct span name)
{
	json_t *object = json_object();
	enum cng_status st = object == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	size_t len = 0;

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = fill(object, key, name);
	if (st == CNG_OK)
		len = json_dumpb(object, NULL, 0, JSON_INDENT(2));
	if (st == CNG_OK)
		st = len == 0 ? CNG_ERR_NO_MEMORY : secret_new(out, len + 1);
	if (st == CNG_OK) {
		(void)json_dumpb(object, (char *)out->ptr, len,
		    JSON_INDENT(2));
		out->ptr[len] = '\n';
	}
	json_decref(object);
	return st;
}
