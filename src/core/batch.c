/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects that several threads store at the same time share a transaction,
 * and so the flush that makes it durable: while one thread commits, the
 * others get in line, and the next one takes the whole line along.  Each
 * call returns when its own object is durable.
 */
#include "core/internal.h"

#define LINE_MAX_TOGETHER 64

struct waiting {
	struct waiting *next;
	const struct access *who;
	struct entry *e;
	bool replace;
	bool done;
	enum cng_status st;
};

void
batch_init(struct batch *batch)
{
	lock_init(&batch->lock);
	(void)pthread_cond_init(&batch->changed, NULL);
	batch->line = NULL;
	batch->busy = false;
}

void
batch_destroy(struct batch *batch)
{
	(void)pthread_cond_destroy(&batch->changed);
	lock_destroy(&batch->lock);
}

/* In order of arrival. */
static void
get_in_line(struct batch *batch, struct waiting *me)
    CNG_REQUIRES(batch->lock)
{
	struct waiting **end = &batch->line;

	while (*end != NULL)
		end = &(*end)->next;
	*end = me;
}

static size_t
take_line(struct batch *batch, struct waiting *all[LINE_MAX_TOGETHER])
    CNG_REQUIRES(batch->lock)
{
	size_t count = 0;

	while (batch->line != NULL && count < LINE_MAX_TOGETHER) {
		all[count] = batch->line;
		batch->line = batch->line->next;
		count++;
	}
	return count;
}

/* All in one transaction, or none and false. */
static bool
store_together(struct token *tok, struct waiting *const all[], size_t count)
    CNG_REQUIRES(tok->lock)
{
	struct shelf_item item[LINE_MAX_TOGETHER];
	enum cng_status st;

	for (size_t i = 0; i < count; i++)
		item[i] = (struct shelf_item){ .who = all[i]->who,
			.e = all[i]->e, .replace = all[i]->replace };
	st = shelf_add_all(tok, item, count);
	for (size_t i = 0; i < count; i++)
		all[i]->st = st;
	return st == CNG_OK;
}

static void
store_line(struct token *tok, struct waiting *const all[], size_t count)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = token_attach(tok);
	/* one that may not be stored must not keep the others out */
	if (st != CNG_OK || count == 1 || !store_together(tok, all, count)) {
		for (size_t i = 0; i < count; i++) {
			all[i]->st = st;
			if (st == CNG_OK)
				all[i]->st = shelf_add(tok, all[i]->who,
				    all[i]->e, all[i]->replace);
			else
				entry_free(all[i]->e);
		}
	}
	lock_drop(&tok->lock);
}

enum cng_status
batch_add(struct token *tok, const struct access *who, struct entry *e,
    bool replace)
{
	struct waiting me = { .who = who, .e = e, .replace = replace };
	struct waiting *all[LINE_MAX_TOGETHER];
	struct batch *batch = &tok->batch;
	size_t count;

	lock_take(&batch->lock);
	get_in_line(batch, &me);
	while (!me.done) {
		if (batch->busy) {
			(void)pthread_cond_wait(&batch->changed,
			    &batch->lock.mutex);
			continue;
		}
		batch->busy = true;
		count = take_line(batch, all);
		lock_drop(&batch->lock);
		store_line(tok, all, count);
		lock_take(&batch->lock);
		for (size_t i = 0; i < count; i++)
			all[i]->done = true;
		batch->busy = false;
		(void)pthread_cond_broadcast(&batch->changed);
	}
	lock_drop(&batch->lock);
	return me.st;
}
