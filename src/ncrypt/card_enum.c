/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptEnumKeys over cards.
 */
#include "ncrypt/card.h"

#include "base/alloc.h"
#include "core/container.h"

#define NAME_SIZE 160

struct card_item {
	const struct alg *alg;   /* NULL: none of CNG */
	DWORD spec;
	size_t len;
	uint8_t name[NAME_SIZE];
};

/* What *ppEnumState points to. */
struct card_list {
	uint64_t mark;           /* CARD_LIST_MARK: none of the stores' lists */
	size_t next;
	size_t count;
	struct card_item item[];
};

/* False: not one to show, or gone meanwhile. */
static bool
describe(struct token *tok, obj_id id, struct card_item *out)
{
	struct wr w = wr_of(out->name, sizeof(out->name));
	struct object *obj;
	bool named;

	if (container_object(tok, id, &obj) != CNG_OK)
		return false;
	named = object_bytes(obj, PROP_NAME, &w) == CNG_OK && w.len > 0 &&
	    !w.failed;
	out->len = w.len;
	out->alg = object_alg(obj);
	out->spec = object_role(obj) == KEY_ROLE_SIGN ? AT_SIGNATURE :
							 AT_KEYEXCHANGE;
	object_free(obj);
	return named;
}

static enum cng_status
list_all(const struct cards *cards, struct card_list **out)
{
	struct obj_ids ids[CARDS_MAX] = { { NULL, 0 } };
	struct card_list *list = NULL;
	size_t total = 0;
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < cards->count; i++) {
		st = token_containers(cards->tok[i], &ids[i]);
		total += ids[i].count;
	}
	if (st == CNG_OK)
		list = buffer_new(sizeof(*list) +
		    total * sizeof(list->item[0]));
	if (st == CNG_OK && list == NULL)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		list->mark = CARD_LIST_MARK;
	for (size_t i = 0; i < cards->count; i++) {
		for (size_t k = 0; st == CNG_OK && k < ids[i].count; k++)
			list->count += describe(cards->tok[i], ids[i].id[k],
			    &list->item[list->count]);
		mem_free(ids[i].id);
	}
	*out = list;
	return st;
}

/* "\\.\READER\", or nothing. */
static enum cng_status
read_scope(LPCWSTR scope, struct card_name *out)
{
	struct secret text = { 0 };
	enum cng_status st = CNG_OK;

	*out = (struct card_name){ .reader = { 0 } };
	if (scope != NULL && scope[0] != 0)
		st = wide_read(&text, scope, NCRYPT_MAX_KEY_NAME_LENGTH);
	if (st == CNG_OK)
		st = card_name_read(out, secret_span(&text));
	secret_free(&text);
	if (st == CNG_OK && out->container.len > 0) {
		card_name_free(out);
		st = CNG_ERR_ARGUMENT;
	}
	return st;
}

static enum cng_status
begin(struct nprov *prov, LPCWSTR scope, struct card_list **out)
{
	struct card_name where;
	struct cards cards;
	enum cng_status st = read_scope(scope, &where);

	if (st != CNG_OK)
		return st;
	st = cards_find(prov, secret_span(&where.reader), &cards);
	if (st == CNG_OK)
		st = list_all(&cards, out);
	card_name_free(&where);
	return st;
}

static SECURITY_STATUS
hand_out(const struct card_item *item, NCryptKeyName **out)
{
	struct span name = span_of(item->name, item->len);
	struct span alg = span_str(item->alg == NULL ? "" : item->alg->name);
	NCryptKeyName *one = buffer_new(sizeof(*one) + wide_size(name) +
	    wide_size(alg));
	uint8_t *place;

	if (one == NULL)
		return NTE_NO_MEMORY;
	place = (uint8_t *)(one + 1);
	one->pszName = wide_put(&place, name);
	one->pszAlgid = wide_put(&place, alg);
	one->dwLegacyKeySpec = item->spec;
	*out = one;
	return ERROR_SUCCESS;
}

SECURITY_STATUS
card_next_key(struct nprov *prov, LPCWSTR scope, PVOID *state,
    NCryptKeyName **out)
{
	struct card_list *list = *state;
	enum cng_status st = CNG_OK;

	if (list == NULL) {
		st = begin(prov, scope, &list);
		*state = list;
	}
	if (st != CNG_OK)
		return status_of(st);
	if (list->next == list->count)
		return NTE_NO_MORE_ITEMS;
	return hand_out(&list->item[list->next++], out);
}
