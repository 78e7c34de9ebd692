/* SPDX-License-Identifier: BSD-2-Clause
 *
 * migrate: the row that the report has of an object.
 */
#include "cli/migrate.h"

#include "cli/keytext.h"
#include "cli/uri.h"

static json_t *
row_of(const struct migrant *m, const char *outcome)
{
	const struct props list = { m->line, m->count };
	json_t *row = json_object();

	print_set_string(row, "outcome", outcome);
	print_set_string(row, "class", class_text(m->class));
	if (m->family != KEY_NONE)
		print_set_string(row, "type", family_text(m->family));
	print_set_text(row, "label", props_bytes(list, PROP_LABEL));
	print_set_text(row, "name", props_bytes(list, PROP_NAME));
	print_set_hex(row, "id", props_bytes(list, PROP_ID));
	if (m->from != NULL)
		print_set_string(row, "file", m->from);
	return row;
}

void
migrate_refuse(struct migration *mig, const struct migrant *m,
    enum cng_status st, const char *reason)
{
	json_t *row = row_of(m, "not copied");

	print_set_string(row, "reason", reason);
	print_set_string(row, "error", exit_name(st));
	print_append(mig->rows, row);
	mig->failed++;
	if (mig->worst == CNG_OK || exit_of(mig->worst) == EXIT_POLICY)
		mig->worst = st;
}

void
migrate_note_present(struct migration *mig, const struct migrant *m)
{
	print_append(mig->rows, row_of(m, "already there"));
	mig->present++;
}

void
migrate_note_copied(struct migration *mig, const struct migrant *m,
    obj_id id, const char *remark)
{
	json_t *row = row_of(m, args_has(mig->args, OPT_DRY_RUN) ? "to copy" :
								   "copied");
	struct object *object = NULL;
	struct secret text = { 0 };
	char *uri;

	if (m->wrapped)
		print_set_bool(row, "wrapped", true);
	if (remark != NULL)
		print_set_string(row, "reason", remark);
	if (id != 0 &&
	    token_object(mig->target->token, id, &object) == CNG_OK) {
		const struct props list = { m->line, m->count };

		if (object_text(&text, object, PROP_ID) == CNG_OK)
			print_set_hex(row, "id", secret_span(&text));
		uri = uri_of_object(&mig->target->info, m->class,
		    secret_span(&text), props_bytes(list, PROP_LABEL));
		print_set_string(row, "uri", uri == NULL ? "" : uri);
		uri_free(uri);
	}
	object_free(object);
	secret_free(&text);
	print_append(mig->rows, row);
	mig->copied++;
}
