/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptImportKey.  A blob first becomes a key that no store holds; with a
 * name it is then kept, now or when it is finalised.
 */
#include "ncrypt/params.h"

#include "base/util.h"
#include "base/why.h"
#include "core/transfer.h"
#include "ncrypt/card.h"

#include <string.h>

#define IMPORT_FLAGS (NCRYPT_SILENT_FLAG | NCRYPT_NO_KEY_VALIDATION | \
	NCRYPT_DO_NOT_FINALIZE_FLAG | NCRYPT_MACHINE_KEY_FLAG | \
	NCRYPT_OVERWRITE_KEY_FLAG | NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG | \
	VBS_FLAGS)

/* --- results ------------------------------------------------------------- */

/* Lengths that do not add up: the RSA primitive says "bad data", the others
 * "parameter". */
static enum cng_status
length_status(enum cng_status st, const struct blob_info *info,
    struct span blob)
{
	static const char *const others[] = { "ECC", "DSA", "DH", "MLKEM",
		"PQ", "KeyData" };
	bool generic = info->type == BLOB_PUBLIC || info->type == BLOB_PRIVATE;

	if (st != CNG_ERR_BAD_DATA)
		return st;
	if (generic && (blob.len < 3 || memcmp(blob.ptr, "RSA", 3) != 0))
		return why_still(CNG_ERR_ARGUMENT);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strncmp(info->name, others[i], strlen(others[i])) == 0)
			return why_still(CNG_ERR_ARGUMENT);
	return st;
}

/* Each flag only where it applies. */
static SECURITY_STATUS
check_class(const struct blob_info *info, DWORD flags)
{
	if ((flags & NCRYPT_DO_NOT_FINALIZE_FLAG) &&
	    (info->class == BLOB_CLASS_PUBLIC ||
		info->class == BLOB_CLASS_SEALED))
		return NTE_BAD_FLAGS;
	if ((flags & NCRYPT_NO_KEY_VALIDATION) &&
	    info->class == BLOB_CLASS_SECRET)
		return NTE_BAD_FLAGS;
	return ERROR_SUCCESS;
}

/* --- bytes to a key ------------------------------------------------------ */

struct importing {
	const struct blob_info *info;
	struct span blob;
	struct object *unwrap;   /* hImportKey, or NULL */
	bool unwraps;            /* by its usage */
	struct params params;
	DWORD flags;
};

/* Of what a store has protected: that store. */
static enum cng_status
find_sealer(const struct importing *from, struct token **out)
{
	struct blob_protected blob;

	if (from->info->type != BLOB_PROTECTEDKEY ||
	    blob_protected_read(from->blob, &blob) != CNG_OK || !blob.local)
		return CNG_OK;
	return store_reach(blob.machine, out);
}

/* Whose key unwraps it may have said that it does not leave, or not in clear,
 * as a trusted one says of all; then no export policy says otherwise.  Nor
 * does what any such key does give it a use that was taken from it. */
static enum cng_status
hold_back(const struct object *by, struct nkey *key)
{
	struct prop line[PROPS_MAX];
	struct secret packed = { 0 };
	size_t count = 0;
	enum cng_status st = by == NULL ? CNG_ERR_PROP_UNKNOWN :
	    object_copy_bytes(&packed, by, PROP_UNWRAP_TEMPLATE);

	key->fixed = by != NULL && object_flag(by, PROP_TRUSTED);
	key->never = 0;
	if (st == CNG_OK && packed.len > 0 &&
	    !props_unpack(secret_span(&packed), line, &count))
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		if ((line[i].id == PROP_EXTRACTABLE && line[i].number == 0) ||
		    ((line[i].id == PROP_SENSITIVE ||
		    line[i].id == PROP_WRAP_WITH_TRUSTED) &&
		    line[i].number != 0))
			key->fixed = true;
		if (line[i].id < PROP_BOOL_COUNT && line[i].number == 0)
			key->never |= PROP_BIT(line[i].id);
	}
	secret_free(&packed);
	return st == CNG_ERR_PROP_UNKNOWN ? CNG_OK : st;
}

/* Not in any store yet, and not usable by core's own rules either. */
static enum cng_status
import_loose(struct nkey *key, const struct importing *from)
{
	struct prop lines[2];
	struct import_request req = {
		.format = TRANSFER_CNG,
		.type = from->info->type,
		.data = from->blob,
		.key = from->unwrap,
		.any_use = from->unwrap == NULL || from->unwraps,
		.params = from->params.blob,
	};
	obj_id id = 0;
	enum cng_status st = find_sealer(from, &req.sealer);

	if (from->flags & NCRYPT_NO_KEY_VALIDATION)
		req.flags |= IMPORT_NO_VALIDATION;
	req.tmpl.item = lines;
	if (from->info->class != BLOB_CLASS_PUBLIC)
		lines[req.tmpl.count++] = (struct prop){
			.id = PROP_FINALIZED };
	if (from->params.alg != NULL)
		lines[req.tmpl.count++] = (struct prop){
			.id = PROP_KEY_FAMILY,
			.number = from->params.alg->family };
	if (st == CNG_OK)
		st = hold_back(from->unwrap, key);
	if (st == CNG_OK)
		st = token_import(key->tok, &state_access, &req, &id);
	if (st == CNG_OK)
		key->id = id;
	return length_status(st, from->info, from->blob);
}

static bool
is_made_for(const struct alg *plan, const struct object *obj)
{
	const struct alg *alg = alg_of(object_family(obj), object_curve(obj),
	    object_role(obj));

	return alg == plan || (alg != NULL && plan->curve == CURVE_NONE &&
	    alg->family == plan->family && alg->role == plan->role);
}

SECURITY_STATUS
import_as_property(struct nkey *key, const struct blob_info *info,
    struct span blob)
{
	struct importing from = { .info = info, .blob = blob,
		.params = { .blob = { .secret_family = KEY_AES } } };
	const struct curve_info *curve;
	struct object *obj = NULL;
	obj_id old;
	enum cng_status st = CNG_ERR_NOT_SUPPORTED;

	lock_take(&key->lock);
	old = key->id;
	/* the curve was named by its property, or by the algorithm */
	curve = curve_info(key->curve);
	if (curve != NULL)
		from.params.blob.curve_name = span_str(curve->cng_name);
	if (key->making && key->alg != NULL && info->type != BLOB_PKCS8 &&
	    info->type != BLOB_PKCS7ENVELOPE &&
	    info->class != BLOB_CLASS_PUBLIC)
		st = import_loose(key, &from);
	if (st == CNG_OK)
		st = token_object(key->tok, key->id, &obj);
	if (st == CNG_OK && !is_made_for(key->alg, obj))
		st = CNG_ERR_ARGUMENT;
	/* one of the two goes */
	if (key->id != old) {
		obj_id gone = st == CNG_OK ? old : key->id;

		if (st != CNG_OK)
			key->id = old;
		if (gone != 0 && token_destroy(key->tok, &state_access,
		    gone) != CNG_OK)
			st = CNG_ERR_INTERNAL;
	}
	lock_drop(&key->lock);
	object_free(obj);
	return status_of(st);
}

/* An opaque blob is the store's own: it opens it, and knows the name. */
static enum cng_status
import_opaque(struct nkey *key, struct importing *from)
{
	struct prop line = { .id = PROP_NAME,
		.bytes = secret_span(&from->params.name) };
	struct import_request req = {
		.format = TRANSFER_CNG,
		.type = from->info->type,
		.data = from->blob,
		.key = from->unwrap,
		.tmpl = { &line, line.bytes.len > 0 },
		.flags = key->overwrite ? IMPORT_OVERWRITE : 0,
	};
	struct blob_transport frame;
	struct object *obj;
	obj_id id = 0;
	/* what nobody could open needs no store to say so */
	enum cng_status st = blob_transport_read(from->blob, &frame);

	if (st == CNG_OK)
		st = store_reach(key->machine, &key->tok);
	if (st == CNG_OK)
		st = token_import(key->tok, &state_access, &req, &id);
	if (st != CNG_OK)
		return st;
	key->id = id;
	key->making = false;
	/* else who may have it wrapped could have it in clear */
	key->fixed = true;
	st = token_object(key->tok, id, &obj);
	if (st != CNG_OK)
		return st;
	key->persisted = object_flag(obj, PROP_TOKEN);
	st = object_copy_bytes(&key->name, obj, PROP_NAME);
	object_free(obj);
	return st;
}

static SECURITY_STATUS
opaque_status(enum cng_status st, DWORD flags)
{
	/* another store has sealed it */
	return st == CNG_ERR_BAD_KEY ? NTE_BAD_KEY : status_for(st, flags);
}

/* A card keeps pairs, of some kinds. */
static bool
may_be_kept(const struct nkey *key, const struct object *obj)
{
	return !key->prov->card || key->name.len == 0 ||
	    (object_class(obj) == OBJ_PRIVATE &&
		card_knows_family(object_family(obj)));
}

static SECURITY_STATUS
fill_key(struct nkey *key, struct importing *from)
{
	struct object *obj = NULL;
	SECURITY_STATUS status;
	enum cng_status st;

	key->making = true;
	key->machine = (from->flags & NCRYPT_MACHINE_KEY_FLAG) != 0;
	key->overwrite = (from->flags & NCRYPT_OVERWRITE_KEY_FLAG) != 0;
	/* what a store has sealed goes back to a store */
	if (from->info->class == BLOB_CLASS_SEALED && key->prov->card)
		return NTE_NOT_SUPPORTED;
	if (from->info->class == BLOB_CLASS_SEALED)
		return from->flags & NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG ?
		    NTE_NOT_SUPPORTED :
		    opaque_status(import_opaque(key, from), from->flags);
	secret_move(&key->name, &from->params.name);
	st = import_loose(key, from);
	if (st == CNG_OK)
		st = nkey_object(key, &obj);
	if (st == CNG_ERR_BAD_KEY && from->info->type == BLOB_PROTECTEDKEY)
		return NTE_BAD_KEY;
	if (st != CNG_OK)
		return status_for(st, from->flags);
	status = nkey_check_twin(key, object_family(obj) == KEY_RSA &&
	    object_class(obj) == OBJ_PRIVATE, from->flags);
	if (status == ERROR_SUCCESS && !may_be_kept(key, obj))
		status = NTE_NOT_SUPPORTED;
	object_free(obj);
	if (status != ERROR_SUCCESS)
		return status;
	key->twin = (from->flags & NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG) != 0;
	st = params_note_vbs(&key->bag, from->flags);
	if (st == CNG_OK)
		st = nkey_claim_name(key);
	if (st == CNG_OK && !(from->flags & NCRYPT_DO_NOT_FINALIZE_FLAG)) {
		lock_take(&key->lock);
		st = nkey_finish(key);
		lock_drop(&key->lock);
	}
	return status_for(st, from->flags);
}

/* The object of the key that opens it; on a card its PIN is said. */
static enum cng_status
use_unwrapping(struct nkey *key, struct importing *from)
{
	enum cng_status st = nkey_ready(key, &from->unwrap);

	from->unwraps = st == CNG_OK && nkey_wraps(key);
	return st == CNG_OK ? card_unlock(key, &from->unwrap) : st;
}

/* Nobody said whose envelope it is: a certificate or a key on a card may. */
static enum cng_status
find_on_cards(struct nprov *prov, struct importing *from)
{
	struct nkey *key;
	enum cng_status st;

	if (!prov->card)
		return CNG_ERR_NOT_FOUND;
	st = nkey_new(&key, prov);
	if (st != CNG_OK)
		return st;
	st = card_recipient(key, from->blob);
	if (st == CNG_OK)
		st = use_unwrapping(key, from);
	nkey_abandon(key);
	return st;
}

/* Or one in the user's or in the machine's store. */
static enum cng_status
find_in_stores(struct importing *from)
{
	enum cng_status st = CNG_ERR_NOT_FOUND, failed = CNG_ERR_NOT_FOUND;
	struct token *tok;

	for (int machine = 0; machine < 2 && st != CNG_OK; machine++) {
		st = store_reach(machine, &tok);
		if (st == CNG_OK)
			st = token_recipient(tok, from->blob, &from->unwrap);
		/* no store is no key; what the user's says weighs more */
		if (st != CNG_OK && st != CNG_ERR_NO_TOKEN &&
		    failed == CNG_ERR_NOT_FOUND)
			failed = st;
	}
	from->unwraps = st == CNG_OK && object_wraps(from->unwrap);
	return st == CNG_OK ? CNG_OK : failed;
}

static SECURITY_STATUS
find_recipient(struct nprov *prov, struct importing *from)
{
	enum cng_status st;

	if (from->info->type != BLOB_PKCS7ENVELOPE || from->unwrap != NULL)
		return ERROR_SUCCESS;
	st = find_on_cards(prov, from);
	if (st == CNG_ERR_NOT_FOUND)
		st = find_in_stores(from);
	return st == CNG_ERR_NOT_FOUND ? NTE_NO_KEY :
					 status_for(st, from->flags);
}

static SECURITY_STATUS
import_with(struct nprov *prov, struct importing *from,
    const NCryptBufferDesc *list, NCRYPT_KEY_HANDLE *out)
{
	struct nkey *key;
	SECURITY_STATUS status = check_class(from->info, from->flags);
	enum cng_status st;

	if (status != ERROR_SUCCESS)
		return status;
	st = params_read(&from->params, from->info->type, list);
	if (st != CNG_OK)
		return status_of(st);
	status = find_recipient(prov, from);
	if (status != ERROR_SUCCESS) {
		params_free(&from->params);
		return status;
	}
	st = nkey_new(&key, prov);
	status = st == CNG_OK ? fill_key(key, from) : status_of(st);
	if (status == ERROR_SUCCESS)
		*out = nkey_give(key);
	else if (st == CNG_OK)
		nkey_abandon(key);
	params_free(&from->params);
	return status;
}

/* The key that unwraps, if there is one. */
static SECURITY_STATUS
take_unwrapping(NCRYPT_KEY_HANDLE handle, struct importing *from)
{
	struct nkey *key;
	enum cng_status st;

	if (handle == 0)
		return ERROR_SUCCESS;
	key = nkey_take(handle);
	if (key == NULL)
		return NTE_INVALID_HANDLE;
	st = use_unwrapping(key, from);
	nkey_put(key);
	return status_for(st, from->flags);
}

SECURITY_STATUS WINAPI
NCryptImportKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE hImportKey,
    LPCWSTR pszBlobType, NCryptBufferDesc *pParameterList,
    NCRYPT_KEY_HANDLE *phKey, PBYTE pbData, DWORD cbData, DWORD dwFlags)
{
	struct importing from = { .flags = dwFlags };
	struct nprov *prov = nprov_take(hProvider);
	SECURITY_STATUS status;

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, IMPORT_FLAGS);
	if (phKey == NULL || pszBlobType == NULL || pbData == NULL)
		status = NTE_INVALID_PARAMETER;
	if (status != ERROR_SUCCESS)
		goto out;
	*phKey = 0;
	from.blob = span_of(pbData, cbData);
	status = take_unwrapping(hImportKey, &from);
	if (status == ERROR_SUCCESS)
		status = status_of(params_blob_type(pszBlobType, &from.info));
	if (status == ERROR_SUCCESS)
		status = import_with(prov, &from, pParameterList, phKey);
	object_free(from.unwrap);
out:
	nprov_put(prov);
	return tell_status(status);
}
