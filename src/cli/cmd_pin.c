/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pin: change the user PIN, or set a new one with what unblocks it.
 */
#include "cli/cmd.h"

#include "cli/card.h"
#include "cli/pin.h"
#include "cli/print.h"
#include "core/admin.h"

#include <string.h>

static enum exit_code
complain(enum cng_status st, const struct target *target, bool unblock)
{
	if (target->info.is_card)
		return unblock ? card_complain_code(st, target) :
				 card_complain_pin(st, target);
	return fail(st, "token %s: %s", target->info.label,
	    cng_status_text(st));
}

static enum exit_code
change(struct target *target, const struct args *args)
{
	struct secret old_pin = { 0 }, new_pin = { 0 };
	enum exit_code code;
	enum cng_status st;

	/* one that lay in a file has a PIN from now on */
	code = target_pin(&old_pin, target, args);
	if (code == EXIT_DONE)
		code = pin_get_new(&new_pin, args, PIN_NEW);
	if (code == EXIT_DONE)
		code = card_judge_pin(target, secret_span(&new_pin));
	if (code == EXIT_DONE) {
		st = token_set_pin(target->token, secret_span(&old_pin),
		    secret_span(&new_pin));
		if (st != CNG_OK)
			code = complain(st, target, false);
	}
	secret_free(&old_pin);
	secret_free(&new_pin);
	if (code == EXIT_DONE && !args_has(args, OPT_JSON))
		print_line("token '%s' has a new PIN", target->info.label);
	return code;
}

/* The administrator of a card may be in the configuration: only when that
 * does not do, a code is asked for. */
static enum exit_code
unblock(struct target *target, const struct args *args)
{
	struct secret code_given = { 0 }, new_pin = { 0 };
	enum cng_status st = CNG_ERR_NO_ADMIN;
	bool ask = !target->info.is_card || pin_given(args, PIN_UNBLOCK);
	enum exit_code code = EXIT_DONE;

	if (ask)
		code = pin_get(&code_given, args, target->info.is_card ?
		    PIN_UNBLOCK : PIN_SO);
	if (code == EXIT_DONE)
		code = pin_get_new(&new_pin, args, PIN_NEW);
	if (code == EXIT_DONE)
		code = card_judge_pin(target, secret_span(&new_pin));
	if (code == EXIT_DONE)
		st = token_unblock(target->token, secret_span(&code_given),
		    secret_span(&new_pin));
	if (code == EXIT_DONE && !ask &&
	    (st == CNG_ERR_NO_ADMIN || st == CNG_ERR_NOT_SUPPORTED)) {
		code = pin_get(&code_given, args, PIN_UNBLOCK);
		if (code == EXIT_DONE)
			st = token_unblock(target->token,
			    secret_span(&code_given), secret_span(&new_pin));
	}
	if (code == EXIT_DONE && st != CNG_OK)
		code = complain(st, target, true);
	secret_free(&code_given);
	secret_free(&new_pin);
	if (code == EXIT_DONE && !args_has(args, OPT_JSON))
		print_line("token '%s' has a new PIN, and all its tries",
		    target->info.label);
	return code;
}

static enum exit_code
print_changed(const struct target *target)
{
	json_t *row = json_object();
	enum exit_code code;

	print_set_string(row, "token", target->info.label);
	print_set_string(row, "serial", target->info.serial);
	code = print_json(row);
	json_decref(row);
	return code;
}

enum exit_code
cmd_pin(const struct args *args)
{
	bool is_change = strcmp(args->operand[0], "change") == 0;
	struct targets targets = { 0 };
	struct target *target = NULL;
	enum exit_code code;

	if (!is_change && strcmp(args->operand[0], "unblock") != 0)
		return fail_usage("say change or unblock, not %s",
		    args->operand[0]);
	code = targets_one(&target, &targets, args);
	if (code == EXIT_DONE)
		code = is_change ? change(target, args) :
				   unblock(target, args);
	if (code == EXIT_DONE && args_has(args, OPT_JSON))
		code = print_changed(target);
	targets_close(&targets);
	return code;
}
