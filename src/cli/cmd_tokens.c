/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tokens: which there are, where, and in what state; readers and their cards.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/print.h"
#include "cli/target.h"
#include "cli/uri.h"

#include <stdio.h>

static const struct print_column columns[] = {
	{ "slot", "SLOT", true },
	{ "label", "LABEL", false },
	{ "serial", "SERIAL", false },
	{ "type", "TYPE", false },
	{ "state", "STATE", false },
	{ "user_pin", "USER PIN", false },
	{ "so_pin", "SO PIN, PUK", false },
	{ "used", "KEYS", true },
	{ "free", "FREE", true },
	{ "can", "CAN", false },
	{ "path", "STORE OR READER", false },
};

static const char *
state_text(const struct token_info *info)
{
	if (info->fault == CNG_ERR_NO_CARD)
		return "no card";
	if (info->fault == CNG_ERR_NO_TOKEN && info->is_card)
		return "unknown card";
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

/* "2 of 3 left" */
static void
set_tries(json_t *row, const char *key, int left, int most)
{
	char text[48] = "";

	if (left == 0)
		snprintf(text, sizeof(text), "blocked");
	else if (left > 0 && most >= left)
		snprintf(text, sizeof(text), "%d of %d left", left, most);
	else if (left > 0)
		snprintf(text, sizeof(text), "%d left", left);
	print_set_string(row, key, text);
}

/* Nothing where it is not known. */
static void
set_count(json_t *object, const char *key, int count)
{
	if (count >= 0)
		print_set_number(object, key, (size_t)count);
}

static json_t *
details(const struct token_card *card)
{
	json_t *object = json_object();
	char version[16];

	snprintf(version, sizeof(version), "%u.%u", card->version[0],
	    card->version[1]);
	print_set_string(object, "serial", card->serial);
	print_set_string(object, "maker", card->maker);
	print_set_string(object, "version", version);
	print_set_hex(object, "guid", span_of(card->guid,
	    sizeof(card->guid)));
	print_set_number(object, "pin_min", card->pin_min);
	print_set_number(object, "pin_max", card->pin_max);
	set_count(object, "pin_tries", card->tries);
	set_count(object, "pin_tries_max", card->tries_max);
	set_count(object, "unblock_tries", card->unblock_tries);
	print_set_bool(object, "can_import", card->can_import);
	print_set_bool(object, "can_generate", card->can_generate);
	return object;
}

static void
set_card(json_t *row, const struct target *target)
{
	json_t *can = json_array(), *object;
	struct token_card card;

	target_card(target, &card);
	print_set_string(row, "type", card.kind);
	set_tries(row, "user_pin", card.tries, card.tries_max);
	set_tries(row, "so_pin", card.unblock_tries, -1);
	print_set_number(row, "used", card.used);
	print_set_number(row, "free", card.spare);
	if (card.can_import)
		print_append(can, json_string("import"));
	if (card.can_generate)
		print_append(can, json_string("generate"));
	print_set_array(row, "can", can);
	json_decref(can);
	object = details(&card);
	print_set_array(row, "card", object);
	json_decref(object);
}

static json_t *
row_of(const struct target *target)
{
	const struct token_info *info = &target->info;
	json_t *row = json_object();
	char *uri;

	if (target->has_slot)
		print_set_number(row, "slot", target->slot);
	print_set_string(row, "label", info->label);
	print_set_string(row, "serial", info->serial);
	print_set_string(row, "state", state_text(info));
	uri = info->initialized ? uri_of_token(info) : NULL;
	if (uri != NULL)
		print_set_string(row, "uri", uri);
	uri_free(uri);
	print_set_string(row, "path", info->path == NULL ? "" : info->path);
	if (info->is_card && info->fault == CNG_OK)
		set_card(row, target);
	if (info->is_card)
		return row;
	print_set_string(row, "type", "store");
	print_set_string(row, "user_pin", pin_text(info->user_pin_set,
	    info->user_locked, info->user_final_try, info->user_count_low));
	print_set_string(row, "so_pin", pin_text(info->initialized,
	    info->so_locked, info->so_final_try, info->so_count_low));
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
