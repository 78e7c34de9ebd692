/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where an imported key is to go.  What is not to be put there is not opened
 * either: said afterwards, it would tell that the blob opened.
 */
#include "core/policy.h"

#include "core/internal.h"

static bool
asks_for(struct props tmpl, enum prop_id id)
{
	const struct prop *line = props_find(tmpl, id);

	return line != NULL && line->number != 0;
}

/* CNG: a key with a name persists. */
static struct span
name_of(const struct import_request *req)
{
	struct span none = { NULL, 0 };

	return req->format == TRANSFER_CNG ?
	    props_bytes(req->tmpl, PROP_NAME) : none;
}

static enum cng_status
check_name(struct token *tok, const struct import_request *req)
    CNG_REQUIRES(tok->lock)
{
	struct span name = name_of(req);
	struct store_record rec = { 0 };
	struct store_tag tag;
	enum cng_status st;

	if (name.len == 0 || (req->flags & IMPORT_OVERWRITE) != 0)
		return CNG_OK;
	st = vault_tag(tok->vault, true, PROP_NAME, name, &tag);
	if (st == CNG_OK)
		st = store_get_by_name(tok->store, &tag, &rec);
	store_record_free(&rec);
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_OK;
	return st == CNG_OK ? CNG_ERR_EXISTS : st;
}

enum cng_status
import_place(struct token *tok, const struct access *who,
    const struct import_request *req)
{
	struct object *obj;
	enum cng_status st;
	/* a name is of a key that stays, unless it is said that it does not */
	bool stays = props_number(req->tmpl, PROP_TOKEN,
	    name_of(req).len > 0) != 0;

	if (who == NULL || req->key == NULL)
		return CNG_OK;
	/* what else a card says of it, it says of what is opened */
	if (tok->reader != NULL)
		return stays && !who->read_write ? CNG_ERR_READ_ONLY : CNG_OK;
	st = object_new(&obj, OBJ_SECRET);
	if (st != CNG_OK)
		return st;
	object_put_flag(obj, PROP_PRIVATE, asks_for(req->tmpl, PROP_PRIVATE));
	object_put_flag(obj, PROP_TOKEN, stays);
	lock_take(&tok->lock);
	st = token_attach(tok);
	if (st == CNG_OK || st == CNG_ERR_NO_TOKEN)
		st = token_may_write(tok, who, obj);
	if (st == CNG_OK && stays)
		st = check_name(tok, req);
	lock_drop(&tok->lock);
	object_free(obj);
	return st;
}
