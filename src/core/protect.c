/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob.
 */
#include "core/protect.h"

#include "base/why.h"

/* The token that keeps it. */
static enum cng_status
serial_of(struct token *tok, struct vault_state *state)
    CNG_REQUIRES(tok->lock)
{
	enum cng_status st = token_attach(tok);

	if (st == CNG_OK && tok->vault == NULL)
		st = CNG_ERR_NOT_SUPPORTED; /* a card's */
	if (st == CNG_OK)
		st = vault_state(tok->vault, state);
	if (st == CNG_OK && !state->initialized)
		st = CNG_ERR_NO_TOKEN;
	return st;
}

/* --- in ------------------------------------------------------------------ */

bool
protect_is_import(const struct import_request *req)
{
	enum blob_type type = req->type;

	if (req->format != TRANSFER_CNG ||
	    (req->key != NULL && req->key->key.family != KEY_GENERIC &&
		type == BLOB_ANY))
		return false;
	if (type == BLOB_ANY && blob_detect(req->data, &type) != CNG_OK)
		return false;
	return type == BLOB_PROTECTEDKEY;
}

enum cng_status
protect_check_key(const struct object *key)
{
	if (key->class != OBJ_SECRET || key->key.family != KEY_GENERIC)
		return CNG_ERR_WRAP_KEY_TYPE;
	if (!object_flag(key, PROP_FINALIZED))
		return CNG_ERR_KEY_STATE;
	if (!object_flag(key, PROP_UNWRAP))
		return why_prop(CNG_ERR_KEY_USAGE, PROP_UNWRAP,
		    "the unwrapping key is not for that");
	if (object_flag(key, PROP_ALWAYS_AUTHENTICATE) || key->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	return object_allows(key, TRANSFER_MECHANISM(BLOB_PROTECTEDKEY)) ?
	    CNG_OK : CNG_ERR_MECHANISM;
}

static enum cng_status
token_key(struct token *tok, const struct blob_protected *blob, uint8_t *out)
{
	struct vault_state state;
	enum cng_status st;

	lock_take(&tok->lock);
	st = serial_of(tok, &state);
	if (st == CNG_OK && !span_equal(blob->serial, span_str(state.serial)))
		st = CNG_ERR_BAD_KEY;
	if (st == CNG_OK)
		st = vault_transport_key(tok->vault, blob->key_id, out);
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
protect_import(struct token *tok, const struct import_request *req,
    struct key_material *out)
{
	struct blob_params params = req->params;
	uint8_t kek[VAULT_TRANSPORT_KEY] = { 0 };
	struct blob_protected blob;
	enum cng_status st = blob_protected_read(req->data, &blob);

	*out = (struct key_material){ 0 };
	if (st == CNG_OK && req->key != NULL && blob.local)
		st = CNG_ERR_WRAP_KEY_TYPE; /* there is nothing for it to do */
	if (st == CNG_OK && req->key != NULL)
		params.protect.roots = key_part(&req->key->key, SYM_VALUE);
	if (st == CNG_OK && blob.local) {
		st = token_key(req->sealer == NULL ? tok : req->sealer, &blob,
		    kek);
		params.protect.kek = span_of(kek, sizeof kek);
	}
	if (st == CNG_OK)
		st = blob_decode(BLOB_PROTECTEDKEY, req->data, &params, out);
	if (req->key != NULL &&
	    (st == CNG_ERR_NOT_FOUND || st == CNG_ERR_ARGUMENT))
		st = CNG_ERR_WRAP_KEY_TYPE;
	wipe(kek, sizeof kek);
	return st;
}

/* --- out ----------------------------------------------------------------- */

/* A fresh identifier, and the key that follows from it. */
static enum cng_status
new_key(struct token *tok, bool machine, struct wr *id, uint8_t *kek)
    CNG_REQUIRES(tok->lock)
{
	uint8_t salt[BLOB_PROTECTED_SALT];
	struct vault_state state;
	enum cng_status st = serial_of(tok, &state);

	if (st == CNG_OK)
		st = crypto_random(salt, sizeof salt);
	if (st == CNG_OK)
		st = blob_protected_id(span_str(state.serial), machine, salt,
		    id);
	return st == CNG_OK ? vault_transport_key(tok->vault,
	    span_of(id->buf, id->len), kek) : st;
}

enum cng_status
protect_export(struct token *tok, const struct object *obj,
    const struct export_request *req, struct wr *out)
{
	struct token *sealer = req->sealer == NULL ? tok : req->sealer;
	uint8_t kek[VAULT_TRANSPORT_KEY], id[BLOB_PROTECTED_ID_MAX];
	struct wr w = wr_of(id, sizeof id);
	struct blob_params params = req->params;
	bool machine;
	enum cng_status st = blob_protected_rule(params.protect.rule,
	    &machine);

	if (st != CNG_OK)
		return st;
	lock_take(&sealer->lock);
	st = new_key(sealer, machine, &w, kek);
	lock_drop(&sealer->lock);
	params.protect.key_id = span_of(id, w.len);
	params.protect.kek = span_of(kek, sizeof kek);
	if (st == CNG_OK)
		st = blob_encode(BLOB_PROTECTEDKEY, &obj->key, &params, out);
	wipe(kek, sizeof kek);
	return st;
}
