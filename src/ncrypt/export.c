/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptExportKey.  Core judges; what it cannot know is the exact export
 * policy, and the one copy that archiving allows.
 */
#include "ncrypt/params.h"

#include "core/transfer.h"

/* --- policy -------------------------------------------------------------- */

/* One of these bits is needed.  Who may have it in clear may have it
 * encrypted; but RSA-AES wrapping has a bit of its own, and no other. */
static DWORD
needed_policy(bool plain, enum blob_type type)
{
	if (type == BLOB_RSAAESWRAP)
		return NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG;
	return plain ? NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG :
		       NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG |
	    NCRYPT_ALLOW_EXPORT_FLAG;
}

static DWORD
needed_archive(bool plain, enum blob_type type)
{
	if (type == BLOB_RSAAESWRAP)
		return 0;
	return plain ? NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG :
		       NCRYPT_ALLOW_ARCHIVING_FLAG |
	    NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG;
}

/* May it leave, and is that its one copy?  The bits that allow it are taken
 * here, so that no two callers have one (a size is not a copy, and takes
 * nothing); *taken is given back when nothing has left. */
static enum cng_status
judge(struct nkey *key, bool plain, const struct wr *out,
    struct export_request *req, DWORD *taken)
{
	DWORD needed = needed_policy(plain, req->type);
	struct facts facts;
	DWORD policy;
	enum cng_status st = nkey_facts(key, &facts);

	if (st != CNG_OK)
		return st;
	policy = facts_policy(&facts);
	facts_free(&facts);
	lock_take(&key->lock);
	req->archive = !(policy & needed) &&
	    (key->archive & needed_archive(plain, req->type)) != 0;
	if (!(policy & needed) && !req->archive) {
		st = CNG_ERR_KEY_UNEXTRACTABLE;
	} else if (out->buf != NULL) {
		*taken = key->archive;
		key->archive = 0;
	}
	lock_drop(&key->lock);
	return st;
}

static void
give_back(struct nkey *key, DWORD taken)
{
	lock_take(&key->lock);
	key->archive |= taken;
	lock_drop(&key->lock);
}

/* --- export -------------------------------------------------------------- */

struct exporting {
	struct export_request req;
	bool secret;             /* a form with secret numbers */
	DWORD flags;
};

/* hExportKey: what encrypts with it. */
static SECURITY_STATUS
take_wrapping(NCRYPT_KEY_HANDLE handle, struct export_request *req)
{
	struct nkey *key;
	struct object *obj = NULL;
	enum cng_status st;

	if (handle == 0)
		return ERROR_SUCCESS;
	key = nkey_take(handle);
	if (key == NULL)
		return NTE_INVALID_HANDLE;
	st = nkey_ready(key, &obj);
	if (st == CNG_OK && object_class(obj) == OBJ_PRIVATE)
		st = nkey_public(key, &req->key);
	else if (st == CNG_OK)
		req->key = object_ref(obj);
	req->any_use = st == CNG_OK && nkey_wraps(key);
	object_free(obj);
	nkey_put(key);
	return status_of(st);
}

/* Who seals an opaque blob: the store that has the key, or the one that it
 * would go to. */
static enum cng_status
sealing_token(struct nkey *key, struct token **out)
{
	bool persisted;

	lock_take(&key->lock);
	persisted = key->persisted;
	*out = key->tok;
	lock_drop(&key->lock);
	return persisted ? CNG_OK : store_reach(key->machine, out);
}

/* The store that LOCAL= names. */
static enum cng_status
protecting_token(const struct exporting *ex, struct token **out)
{
	bool machine;
	enum cng_status st = blob_protected_rule(ex->req.params.protect.rule,
	    &machine);

	return st == CNG_OK ? store_reach(machine, out) : st;
}

static SECURITY_STATUS
run(struct nkey *key, struct exporting *ex, PBYTE out, DWORD size,
    DWORD *result)
{
	bool opaque = ex->req.type == BLOB_OPAQUETRANSPORT;
	bool protects = ex->req.type == BLOB_PROTECTEDKEY;
	bool plain = ex->req.key == NULL && !opaque && !protects &&
	    ex->req.type != BLOB_PKCS7ENVELOPE &&
	    !ex->req.params.pbe.has_password;
	struct token *tok = state_loose();
	struct wr w = wr_of(out, size);
	struct object *obj;
	DWORD taken = 0;
	enum cng_status st = nkey_ready(key, &obj);

	if (st != CNG_OK)
		return status_of(st);
	if (ex->secret && object_class(obj) == OBJ_PUBLIC)
		st = CNG_ERR_BAD_TYPE;
	if (st == CNG_OK && ex->secret)
		st = judge(key, plain, &w, &ex->req, &taken);
	if (st == CNG_OK && opaque)
		st = sealing_token(key, &tok);
	if (st == CNG_OK && protects)
		st = protecting_token(ex, &ex->req.sealer);
	if (st == CNG_OK)
		st = token_export(tok, obj, &ex->req, &w);
	if (st != CNG_OK)
		give_back(key, taken);
	object_free(obj);
	return status_written(st, &w, result, ex->flags);
}

static SECURITY_STATUS
export_as(struct nkey *key, struct exporting *ex, LPCWSTR type_name,
    const NCryptBufferDesc *list, PBYTE out, DWORD size, DWORD *result)
{
	const struct blob_info *info;
	struct params params;
	SECURITY_STATUS status;
	enum cng_status st = params_blob_type(type_name, &info);

	if (st == CNG_ERR_NOT_SUPPORTED)
		return NTE_BAD_TYPE;
	if (st == CNG_OK)
		st = params_read(&params, info->type, list);
	if (st == CNG_OK && info->type == BLOB_PKCS7ENVELOPE) {
		st = params_read_envelope(&params, list);
		if (st != CNG_OK)
			params_free(&params);
	}
	if (st != CNG_OK)
		return status_of(st);
	ex->req.type = info->type;
	ex->req.params = params.blob;
	ex->secret = info->class != BLOB_CLASS_PUBLIC;
	/* a password is for the one type that has a place for it */
	if (info->type != BLOB_PKCS8)
		ex->req.params.pbe = (struct pbe){ 0 };
	status = run(key, ex, out, size, result);
	params_free(&params);
	return status;
}

SECURITY_STATUS WINAPI
NCryptExportKey(NCRYPT_KEY_HANDLE hKey, NCRYPT_KEY_HANDLE hExportKey,
    LPCWSTR pszBlobType, NCryptBufferDesc *pParameterList, PBYTE pbOutput,
    DWORD cbOutput, DWORD *pcbResult, DWORD dwFlags)
{
	struct exporting ex = { .req = { .format = TRANSFER_CNG },
		.flags = dwFlags };
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, NCRYPT_SILENT_FLAG);
	if (pszBlobType == NULL || pcbResult == NULL)
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS)
		status = take_wrapping(hExportKey, &ex.req);
	if (status == ERROR_SUCCESS)
		status = export_as(key, &ex, pszBlobType, pParameterList,
		    pbOutput, cbOutput, pcbResult);
	object_free(ex.req.key);
	nkey_put(key);
	return tell_status(status);
}
