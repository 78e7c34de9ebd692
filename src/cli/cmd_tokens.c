/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tokens: which there are, where, and in what state.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/print.h"
#include "cli/target.h"

static const struct print_column columns[] = {
	{ "slot", "SLOT", true },
	{ "label", "LABEL", false },
	{ "serial", "SERIAL", false },
	{ "state", "STATE", false },
	{ "user_pin", "USER PIN", false },
	{ "so_pin", "SO PIN", false },
	{ "path", "STORE", false },
};

static const char *
state_text(const struct token_info *info)
{
	if (info->fault != CNG_OK)
		return cng_status_text(info->fault);
	if (!info->present)
		return "absent";
	if (!info->initialized)
		return "not initialised";
	return info->read_only ? "read only" : "ready";
}

static const char *
pin_text(bool set, bool locked, bool final_try, bool count_low)
{
	if (!set)
		return "not set";
	if (locked)
		return "locked";
	if (final_try)
		return "last try";
	return count_low ? "wrong tries" : "good";
}

static json_t *
row_of(const struct target *target)
{
	const struct token_info *info = &target->info;
	json_t *row = json_object();

	if (target->has_slot)
		print_set_number(row, "slot", target->slot);
	print_set_string(row, "label", info->label);
	print_set_string(row, "serial", info->serial);
	print_set_string(row, "state", state_text(info));
	print_set_string(row, "user_pin", pin_text(info->user_pin_set,
	    info->user_locked, info->user_final_try, info->user_count_low));
	print_set_string(row, "so_pin", pin_text(info->initialized,
	    info->so_locked, info->so_final_try, info->so_count_low));
	print_set_string(row, "path", info->path == NULL ? "" : info->path);
	return row;
}

enum exit_code
cmd_tokens(const struct args *args)
{
	struct targets targets;
	enum exit_code code;
	json_t *rows;

	code = targets_open(&targets, args);
	if (code != EXIT_DONE)
		goto out;
	rows = json_array();
	for (size_t i = 0; i < targets.count; i++)
		print_append(rows, row_of(&targets.item[i]));
	code = args_has(args, OPT_JSON) ? print_json(rows) :
	    print_table(rows, columns, ARRAY_LEN(columns));
	json_decref(rows);
	if (code == EXIT_DONE && targets.count == 0)
		note("there is no token; make one with 'cngtool init'");
out:
	targets_close(&targets);
	return code;
}
