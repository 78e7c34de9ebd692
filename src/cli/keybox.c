/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several keys out of one file.
 */
#include "cli/keybox.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>

struct keybox_key *
keybox_add(struct keybox *box)
{
	struct keybox_key *list = mem_grow(box->key, box->count,
	    box->count + 1, sizeof(*list));

	if (list == NULL)
		return NULL;
	box->key = list;
	return &box->key[box->count++];
}

void
keybox_key_free(struct keybox_key *key)
{
	key_free(&key->key);
	secret_free(&key->name);
	secret_free(&key->id);
	secret_free(&key->provider);
	memset(key, 0, sizeof(*key));
}

void
keybox_free(struct keybox *box)
{
	for (size_t i = 0; i < box->count; i++)
		keybox_key_free(&box->key[i]);
	mem_free(box->key);
	pfx_free(&box->certs);
	memset(box, 0, sizeof(*box));
}

static enum cng_status
move_key(struct keybox *out, struct pfx_item *item)
{
	struct keybox_key *key = keybox_add(out);

	if (key == NULL)
		return CNG_ERR_NO_MEMORY;
	secret_move(&key->name, &item->name);
	secret_move(&key->id, &item->id);
	secret_move(&key->provider, &item->provider);
	key->machine = item->machine;
	key->st = pkcs8_decode(&key->key, secret_span(&item->der), NULL);
	return key->st == CNG_ERR_NO_MEMORY ? key->st : CNG_OK;
}

static enum cng_status
move_other(struct keybox *out, struct pfx_item *item)
{
	struct pfx_item *to = pfx_add(&out->certs, item->kind);

	if (to == NULL)
		return CNG_ERR_NO_MEMORY;
	*to = *item;
	memset(item, 0, sizeof(*item));
	return CNG_OK;
}

enum cng_status
keybox_from_pfx(struct keybox *out, struct pfx *pfx)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < pfx->count; i++)
		st = pfx->item[i].kind == PFX_KEY ?
		    move_key(out, &pfx->item[i]) :
		    move_other(out, &pfx->item[i]);
	return st;
}

/* How many have it; *out is the first. */
static size_t
count_same(const struct keybox *box, struct span text, bool by_id,
    size_t *out)
{
	size_t count = 0;

	for (size_t i = box->count; i-- > 0;) {
		const struct secret *has = by_id ? &box->key[i].id :
						   &box->key[i].name;

		if (!span_equal(secret_span(has), text))
			continue;
		*out = i;
		count++;
	}
	return count;
}

enum cng_status
keybox_find(const struct keybox *box, const char *text, size_t *out)
{
	struct secret id = { 0 };
	unsigned long number;
	size_t same;
	char *end;

	same = count_same(box, span_str(text), false, out);
	if (same == 0 && text[0] != '\0' &&
	    hex_decode(&id, text) == CNG_OK && id.len > 0)
		same = count_same(box, secret_span(&id), true, out);
	secret_free(&id);
	if (same > 1)
		return CNG_ERR_EXISTS;
	if (same == 1)
		return CNG_OK;
	number = strtoul(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || *end != '\0' ||
	    number > box->count)
		return CNG_ERR_NOT_FOUND;
	*out = number - 1;
	return CNG_OK;
}
