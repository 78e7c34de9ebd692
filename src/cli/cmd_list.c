/* SPDX-License-Identifier: BSD-2-Clause
 *
 * list: the objects of tokens.  Without a PIN the private ones stay hidden,
 * and that is said.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/pin.h"
#include "cli/select.h"

static const struct print_column columns[] = {
	{ "token", "TOKEN", false },
	{ "class", "CLASS", false },
	{ "type", "TYPE", false },
	{ "bits", "BITS", true },
	{ "name", "NAME", false },
	{ "label", "LABEL", false },
	{ "id", "ID", false },
	{ "flags", "FLAGS", false },
	{ "usage", "USAGE", false },
	{ "key_slot", "SLOT", false },  /* where any key has one */
};

static enum exit_code
list_token(json_t *rows, struct target *target, const struct args *args)
{
	struct selection sel;
	enum exit_code code;

	code = select_all(&sel, target->token, args);
	for (size_t i = 0; code == EXIT_DONE && i < sel.count; i++) {
		json_t *row;

		code = object_row(&row, sel.item[i].object, &target->info);
		print_append(rows, row);
	}
	selection_free(&sel);
	return code;
}

/* A PIN belongs to one token: with several it is not tried on any, as that
 * would count against the others. */
static enum exit_code
login_if_told(struct targets *targets, const struct args *args,
    bool *logged_in)
{
	*logged_in = false;
	for (size_t i = 0; targets->count != 1 && i < targets->count; i++)
		if (targets->item[i].info.no_pin)
			(void)!token_open_self(targets->item[i].token);
	if (targets->count != 1 ||
	    !target_knows_pin(&targets->item[0], args))
		return EXIT_DONE;
	*logged_in = true;
	return target_login(&targets->item[0], args);
}

static size_t
column_count(const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (json_object_get(json_array_get(rows, i), "key_slot") !=
		    NULL)
			return ARRAY_LEN(columns);
	return ARRAY_LEN(columns) - 1;
}

static enum exit_code
list(struct targets *targets, const struct args *args)
{
	json_t *rows = json_array();
	enum exit_code code;
	bool logged_in;

	code = login_if_told(targets, args, &logged_in);
	for (size_t i = 0; code == EXIT_DONE && i < targets->count; i++)
		code = list_token(rows, &targets->item[i], args);
	if (code == EXIT_DONE)
		code = args_has(args, OPT_JSON) ? print_json(rows) :
		    print_table(rows, columns, column_count(rows));
	json_decref(rows);
	if (code == EXIT_DONE && !logged_in &&
	    targets->count == 1 &&
	    targets->item[0].info.pin_fault != CNG_OK)
		target_note_pin(&targets->item[0]);
	else if (code == EXIT_DONE && !logged_in)
		note(targets->count == 1 ? "private objects are hidden; give "
		    "the PIN with --pin-file or --pin-env" :
		    "private objects are hidden; choose a token by --token "
		    "and give its PIN");
	return code;
}

static void
drop_unusable(struct targets *targets)
{
	size_t kept = 0;

	/* nothing is missing when no card is there */
	targets_drop_empty(targets);
	for (size_t i = 0; i < targets->count; i++) {
		const struct token_info *info = &targets->item[i].info;

		if (info->fault != CNG_OK)
			note("%s: %s; skipped", info->path == NULL ? "?" :
			    info->path, cng_status_text(info->fault));
		else if (info->present && info->initialized)
			targets->item[kept++] = targets->item[i];
	}
	targets->count = kept;
}

enum exit_code
cmd_list(const struct args *args)
{
	struct targets targets;
	struct target *only = NULL;
	enum exit_code code;

	code = targets_open(&targets, args);
	if (code == EXIT_DONE && targets.count > 1)
		drop_unusable(&targets);
	if (code == EXIT_DONE && targets.count < 2)
		code = targets_pick(&only, &targets, args);
	if (code == EXIT_DONE)
		code = list(&targets, args);
	targets_close(&targets);
	return code;
}
