/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What there is: algorithms and keys.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"
#include "ncrypt/card.h"
#include "ncrypt/params.h"

/* --- algorithms ---------------------------------------------------------- */

static bool
is_known(const struct nprov *prov, LPCWSTR name)
{
	const struct alg *alg = alg_find(name);

	return alg != NULL && (!prov->card || card_knows_alg(alg));
}

SECURITY_STATUS WINAPI
NCryptIsAlgSupported(NCRYPT_PROV_HANDLE hProvider, LPCWSTR pszAlgId,
    DWORD dwFlags)
{
	struct nprov *prov = nprov_take(hProvider);
	SECURITY_STATUS status;

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, NCRYPT_SILENT_FLAG);
	if (pszAlgId == NULL)
		status = NTE_NULL_REFERENCE;
	else if (status == ERROR_SUCCESS && !is_known(prov, pszAlgId))
		status = NTE_NOT_SUPPORTED;
	nprov_put(prov);
	return tell_status(status);
}

static bool
is_listed(const struct nprov *prov, const struct alg *alg, DWORD operations)
{
	if (prov->card && !card_knows_alg(alg))
		return false;
	return operations == 0 || (alg->operations & operations) != 0;
}

static SECURITY_STATUS
list_algorithms(const struct nprov *prov, DWORD operations, DWORD *count,
    NCryptAlgorithmName **out)
{
	NCryptAlgorithmName *list;
	const struct alg *alg;
	size_t size = 0, n = 0;
	uint8_t *place;

	for (alg = alg_next(NULL); alg != NULL; alg = alg_next(alg)) {
		if (!is_listed(prov, alg, operations))
			continue;
		size += sizeof(*list) + wide_size(span_str(alg->name));
		n++;
	}
	list = buffer_new(size);
	if (list == NULL)
		return NTE_NO_MEMORY;
	place = (uint8_t *)(list + n);
	n = 0;
	for (alg = alg_next(NULL); alg != NULL; alg = alg_next(alg)) {
		if (!is_listed(prov, alg, operations))
			continue;
		list[n].pszName = wide_put(&place, span_str(alg->name));
		list[n].dwClass = alg->class;
		list[n].dwAlgOperations = alg->operations;
		n++;
	}
	*count = (DWORD)n;
	*out = list;
	return ERROR_SUCCESS;
}

#define OPERATIONS 0xFFu

SECURITY_STATUS WINAPI
NCryptEnumAlgorithms(NCRYPT_PROV_HANDLE hProvider, DWORD dwAlgOperations,
    DWORD *pdwAlgCount, NCryptAlgorithmName **ppAlgList, DWORD dwFlags)
{
	struct nprov *prov = nprov_take(hProvider);
	SECURITY_STATUS status;

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, NCRYPT_SILENT_FLAG);
	if (pdwAlgCount == NULL || ppAlgList == NULL ||
	    (dwAlgOperations & ~OPERATIONS))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS)
		status = list_algorithms(prov, dwAlgOperations, pdwAlgCount,
		    ppAlgList);
	nprov_put(prov);
	return tell_status(status);
}

/* --- keys ---------------------------------------------------------------- */

/* What *ppEnumState points to: the keys there were at the first call. */
struct key_list {
	uint64_t mark;           /* KEY_LIST_MARK */
	size_t next;
	size_t count;
	obj_id id[];
};

static enum cng_status
list_keys(struct token *tok, struct key_list **out)
{
	static const enum obj_class classes[] = { OBJ_PRIVATE, OBJ_SECRET,
		OBJ_PUBLIC };
	struct obj_ids ids[3] = { { NULL, 0 } };
	size_t total = 0;
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < 3; i++) {
		struct prop lines[] = {
			{ .id = PROP_CLASS, .number = classes[i] },
			{ .id = PROP_TOKEN, .number = 1 },
		};

		st = token_find(tok, (struct props){ lines, 2 }, &ids[i]);
		total += ids[i].count;
	}
	*out = st != CNG_OK ? NULL :
	    buffer_new(sizeof(**out) + total * sizeof(obj_id));
	if (st == CNG_OK && *out == NULL)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		(*out)->mark = KEY_LIST_MARK;
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; st == CNG_OK && k < ids[i].count; k++)
			(*out)->id[(*out)->count++] = ids[i].id[k];
		mem_free(ids[i].id);
	}
	return st;
}

#define NAME_MAX_BYTES 2048

/* Its name; a key without one goes by its unique id.  The public half of a
 * pair has the pair's name and is no key of its own. */
static bool
read_name(struct token *tok, obj_id id, struct object *obj, struct wr *w)
{
	obj_id owner = 0;

	if (object_bytes(obj, PROP_NAME, w) != CNG_OK)
		return false;
	if (object_class(obj) == OBJ_PUBLIC)
		return w->len > 0 && nkey_find(tok,
			   span_of(w->buf, w->len), &owner) == CNG_OK &&
		    owner == id;
	return w->len > 0 || object_bytes(obj, PROP_UNIQUE_ID, w) == CNG_OK;
}

/* CNG_ERR_NOT_FOUND: not one to show, or gone meanwhile. */
static enum cng_status
describe_key(struct token *tok, obj_id id, DWORD flags, NCryptKeyName **out)
{
	uint8_t text[NAME_MAX_BYTES];
	struct wr w = wr_of(text, sizeof(text));
	const struct alg *alg;
	struct object *obj;
	struct span name, algid;
	uint8_t *place;
	bool named;

	if (token_object(tok, id, &obj) != CNG_OK)
		return CNG_ERR_NOT_FOUND;
	named = read_name(tok, id, obj, &w);
	alg = object_alg(obj);
	object_free(obj);
	if (!named || w.failed)
		return CNG_ERR_NOT_FOUND;
	name = span_of(text, w.len);
	algid = span_str(alg == NULL ? "" : alg->name);
	*out = buffer_new(sizeof(**out) + wide_size(name) + wide_size(algid));
	if (*out == NULL)
		return CNG_ERR_NO_MEMORY;
	place = (uint8_t *)(*out + 1);
	(*out)->pszName = wide_put(&place, name);
	(*out)->pszAlgid = wide_put(&place, algid);
	(*out)->dwFlags = flags & NCRYPT_MACHINE_KEY_FLAG;
	return CNG_OK;
}

static SECURITY_STATUS
next_key(PVOID *state, DWORD flags, NCryptKeyName **out)
{
	struct key_list *list = *state;
	struct token *tok;
	enum cng_status st;

	st = store_reach((flags & NCRYPT_MACHINE_KEY_FLAG) != 0, &tok);
	/* where there is no store there are no keys */
	if (st == CNG_ERR_NO_TOKEN)
		return NTE_NO_MORE_ITEMS;
	if (st == CNG_OK && list == NULL) {
		st = list_keys(tok, &list);
		*state = list;
	}
	if (st != CNG_OK)
		return status_for(st, flags);
	while (list->next < list->count) {
		st = describe_key(tok, list->id[list->next++], flags, out);
		if (st != CNG_ERR_NOT_FOUND)
			return status_of(st);
	}
	return NTE_NO_MORE_ITEMS;
}

SECURITY_STATUS WINAPI
NCryptEnumKeys(NCRYPT_PROV_HANDLE hProvider, LPCWSTR pszScope,
    NCryptKeyName **ppKeyName, PVOID *ppEnumState, DWORD dwFlags)
{
	struct nprov *prov = nprov_take(hProvider);
	SECURITY_STATUS status;

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags,
	    NCRYPT_SILENT_FLAG | NCRYPT_MACHINE_KEY_FLAG);
	if (ppKeyName == NULL || ppEnumState == NULL ||
	    (pszScope != NULL && !prov->card) ||
	    (*ppEnumState != NULL && !buffer_is_marked(*ppEnumState,
		prov->card ? CARD_LIST_MARK : KEY_LIST_MARK)))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS) {
		*ppKeyName = NULL;
		status = prov->card ?
		    card_next_key(prov, pszScope, ppEnumState, ppKeyName) :
		    next_key(ppEnumState, dwFlags, ppKeyName);
	}
	nprov_put(prov);
	return tell_status(status);
}
