/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of whole tokens.  A copy is looked at before it gets its name: as a
 * file, as a token, and, where its PIN is given, record by record.
 */
#include "core/backup.h"

#include "base/alloc.h"
#include "core/provider.h"
#include "store/store.h"

#include <string.h>

/* Opening a record proves that nothing of it was edited. */
static enum cng_status
open_all(struct token *tok, size_t *count)
{
	struct obj_ids ids = { 0 };
	enum cng_status st = token_find(tok, (struct props){ NULL, 0 }, &ids);

	*count = 0;
	for (size_t i = 0; st == CNG_OK && i < ids.count; i++) {
		struct object *obj = NULL;

		st = token_object(tok, ids.id[i], &obj);
		object_free(obj);
		*count += st == CNG_OK;
	}
	mem_free(ids.id);
	return st;
}

static enum cng_status
look(const char *path, const struct backup_request *req,
    struct backup_report *report)
{
	struct token *tok = NULL;
	struct token_info info;
	enum cng_status st = token_open(&tok, path, false);

	if (st == CNG_OK)
		st = token_info(tok, &info);
	if (st == CNG_OK)
		st = info.fault;
	if (st == CNG_OK && !info.initialized)
		st = CNG_ERR_NO_TOKEN;
	if (st == CNG_OK) {
		memcpy(report->label, info.label, sizeof report->label);
		memcpy(report->serial, info.serial, sizeof report->serial);
	}
	if (st == CNG_OK && req->check)
		st = token_login(tok, ROLE_USER, req->pin);
	if (st == CNG_OK && req->check)
		st = open_all(tok, &report->objects);
	token_free(tok);
	return st;
}

static enum cng_status
finish(enum cng_status st, struct store_staged *staged,
    const struct backup_request *req, struct backup_report *report)
{
	if (st == CNG_OK)
		st = look(staged->path, req, report);
	if (st == CNG_OK) {
		report->at_end = true;
		st = store_publish(staged, req->to, req->force);
	}
	store_unstage(staged);
	return st;
}

enum cng_status
token_backup(const struct backup_request *req, struct backup_report *report)
{
	struct store *store = NULL;
	struct store_staged staged = { .fd = -1 };
	enum cng_status st = store_open(&store, req->from, STORE_OPEN);

	memset(report, 0, sizeof *report);
	if (st == CNG_OK)
		st = store_copy(store, req->to, &staged);
	store_close(store);
	return finish(st, &staged, req, report);
}

enum cng_status
token_restore(const struct backup_request *req, struct backup_report *report)
{
	struct store_staged staged = { .fd = -1 };
	enum cng_status st = store_stage(req->from, req->to, &staged);

	memset(report, 0, sizeof *report);
	return finish(st, &staged, req, report);
}
