/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Export and wrapping rules.  The order of the checks is fixed: state, then
 * extractability, then plaintext or wrapping key.
 */
#include "core/policy.h"

#include "core/keytmpl.h"
#include "base/util.h"
#include "base/why.h"
#include "core/nullkey.h"

#define STRENGTH_MAX 256
#define RSA_WRAP_EXEMPT 2048   /* clouds' import files are made with these */

/* Bits of security, NIST SP 800-57 part 1, table 2. */
static unsigned
strength(const struct object *obj)
{
	static const struct {
		size_t rsa_bits;
		unsigned strength;
	} table[] = { { 1024, 80 }, { 2048, 112 }, { 3072, 128 },
		{ 7680, 192 } };
	size_t bits = key_bits(&obj->key);

	if (obj->key.curve != CURVE_NONE || obj->key.family == KEY_XTS)
		bits = (bits + 1) / 2; /* X25519 has 255 and counts 128 */
	if (obj->key.family == KEY_DES3)
		return 112;
	if (obj->key.family != KEY_RSA && obj->key.family != KEY_DSA &&
	    !key_is_dh(obj->key.family))
		return bits > STRENGTH_MAX ? STRENGTH_MAX : (unsigned)bits;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (bits <= table[i].rsa_bits)
			return table[i].strength;
	return STRENGTH_MAX;
}

/* op: with a key of how many bits between them, or NULL. */
static enum cng_status
is_strong(const struct object *key, const struct key_op *op,
    const struct object *obj)
{
	unsigned bits = strength(key);

	if (key->class == OBJ_PUBLIC && key->key.family == KEY_RSA &&
	    key_bits(&key->key) >= RSA_WRAP_EXEMPT)
		return CNG_OK;
	if (op != NULL && op->aes_bits > 0 && op->aes_bits < bits)
		bits = (unsigned)op->aes_bits;
	return bits >= strength(obj) ? CNG_OK : CNG_ERR_WRAP_KEY_SIZE;
}

/* Whether the way of wrapping takes such keys is asked where it is done. */
static bool
may_agree(enum key_family family)
{
	return family == KEY_EC || family == KEY_MONTGOMERY;
}

static enum cng_status
wrapping_key_fits(const struct object *obj, const struct object *key,
    bool any_use, uint64_t mechanism)
{
	bool rsa = key->class == OBJ_PUBLIC && key->key.family == KEY_RSA;
	bool aes = key->class == OBJ_SECRET && key->key.family == KEY_AES;
	bool agrees = key->class == OBJ_PUBLIC && may_agree(key->key.family);
	enum cng_status st;

	if (!rsa && !aes && !agrees)
		return CNG_ERR_WRAP_KEY_TYPE;
	if (!object_flag(key, PROP_FINALIZED))
		return CNG_ERR_KEY_STATE;
	if (!object_flag(key, PROP_WRAP) &&
	    !(any_use && object_flag(key, PROP_ENCRYPT)))
		return why_prop(CNG_ERR_KEY_USAGE, PROP_WRAP,
		    "the wrapping key is not for that");
	if (!object_allows(key, mechanism))
		return CNG_ERR_MECHANISM;
	st = keytmpl_fits(key, PROP_WRAP_TEMPLATE, obj);
	if (st != CNG_OK)
		return st;
	if (object_flag(obj, PROP_WRAP_WITH_TRUSTED) &&
	    !object_flag(key, PROP_TRUSTED))
		return why_prop(CNG_ERR_KEY_NOT_WRAPPABLE,
		    PROP_WRAP_WITH_TRUSTED, "the wrapping key is not trusted");
	/* a key wrapped by itself is a key cycle of length one */
	return obj->id == key->id || key_same_public(&obj->key, &key->key) ?
	    CNG_ERR_KEY_NOT_WRAPPABLE : CNG_OK;
}

static enum cng_status
wrapped_by(const struct object *obj, const struct export_request *req)
{
	bool cng = req->format == TRANSFER_CNG;
	enum cng_status st = wrapping_key_fits(obj, req->key, req->any_use,
	    cng ? TRANSFER_MECHANISM(req->type) : req->mechanism);

	return st == CNG_OK && !req->any_strength ?
	    is_strong(req->key, cng ? NULL : req->op, obj) : st;
}

static bool
is_public_export(const struct export_request *req)
{
	const struct blob_info *info = blob_info(req->type);

	return req->format == TRANSFER_CNG && info != NULL &&
	    info->class == BLOB_CLASS_PUBLIC;
}

enum cng_status
policy_export(const struct object *obj, const struct export_request *req)
{
	/* a password, a recipient, or the token itself keeps the key */
	bool kept = req->format == TRANSFER_CNG &&
	    ((req->type == BLOB_PKCS8 && req->params.pbe.has_password) ||
		req->type == BLOB_OPAQUETRANSPORT ||
		req->type == BLOB_PROTECTEDKEY ||
		req->type == BLOB_PKCS7ENVELOPE);

	if (!object_is_key(obj) || object_is_null_key(obj))
		return CNG_ERR_KEY_NOT_WRAPPABLE;
	if (!object_flag(obj, PROP_FINALIZED) && obj->class != OBJ_PUBLIC)
		return CNG_ERR_KEY_STATE;
	if (is_public_export(req))
		return req->key == NULL ? CNG_OK : CNG_ERR_KEY_NOT_WRAPPABLE;
	if (obj->class == OBJ_PUBLIC)
		return req->format == TRANSFER_CNG ?
		    CNG_ERR_BAD_TYPE : CNG_ERR_KEY_NOT_WRAPPABLE;
	if (!object_flag(obj, PROP_EXTRACTABLE) && !req->archive)
		return why_prop(CNG_ERR_KEY_UNEXTRACTABLE, PROP_EXTRACTABLE,
		    "of the key is false");
	if (obj->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	if (req->key != NULL)
		return wrapped_by(obj, req);
	if (object_flag(obj, PROP_WRAP_WITH_TRUSTED))
		return why_prop(CNG_ERR_KEY_NOT_WRAPPABLE,
		    PROP_WRAP_WITH_TRUSTED, "no plaintext of this key");
	return object_flag(obj, PROP_SENSITIVE) && !kept && !req->archive ?
	    why_prop(CNG_ERR_KEY_SENSITIVE, PROP_SENSITIVE,
		"no plaintext of this key") : CNG_OK;
}

enum cng_status
policy_recipient(const struct object *obj, const struct object *key,
    bool any_strength)
{
	enum cng_status st = wrapping_key_fits(obj, key, true,
	    TRANSFER_MECHANISM(BLOB_PKCS7ENVELOPE));

	return st == CNG_OK && !any_strength ? is_strong(key, NULL, obj) : st;
}

enum cng_status
policy_unwrap(const struct object *key, bool any_use, uint64_t mechanism)
{
	bool rsa = key->class == OBJ_PRIVATE && key->key.family == KEY_RSA;
	bool aes = key->class == OBJ_SECRET && key->key.family == KEY_AES;
	bool agrees = key->class == OBJ_PRIVATE && may_agree(key->key.family);
	bool envelope = mechanism == TRANSFER_MECHANISM(BLOB_PKCS7ENVELOPE);

	if (!rsa && !aes && !agrees)
		return CNG_ERR_WRAP_KEY_TYPE;
	if (!object_flag(key, PROP_FINALIZED))
		return CNG_ERR_KEY_STATE;
	/* to open an envelope is to agree; PKCS#11 wants the right named */
	if (!object_flag(key, PROP_UNWRAP) &&
	    !(any_use && object_flag(key, PROP_DECRYPT)) &&
	    !(agrees && (any_use || envelope) &&
		object_flag(key, PROP_DERIVE)))
		return why_prop(CNG_ERR_KEY_USAGE, PROP_UNWRAP,
		    "the unwrapping key is not for that");
	/* no call of this kind has a moment for the PIN of this use */
	if (object_flag(key, PROP_ALWAYS_AUTHENTICATE))
		return why_prop(CNG_ERR_NOT_LOGGED_IN,
		    PROP_ALWAYS_AUTHENTICATE, "wants a PIN for this use");
	return object_allows(key, mechanism) ? CNG_OK : CNG_ERR_MECHANISM;
}
