/* SPDX-License-Identifier: BSD-2-Clause
 *
 * delete: one object, after a question.
 */
#include "cli/cmd.h"

#include "cli/card.h"
#include "cli/prompt.h"
#include "cli/select.h"

#include <stdio.h>

static enum exit_code
confirm(const struct selected *victim, const struct target *target,
    const struct args *args)
{
	char what[256], question[384];

	if (args_has(args, OPT_YES))
		return EXIT_DONE;
	if (!prompt_possible())
		return fail_usage("no terminal to ask on, use --yes");
	object_summary(what, sizeof(what), victim->object);
	snprintf(question, sizeof(question),
	    "Delete %s from token '%s'? [y/N] ", what, target->info.label);
	if (prompt_yes(question))
		return EXIT_DONE;
	note("nothing was deleted");
	return EXIT_FAILED;
}

static enum exit_code
delete_one(struct target *target, const struct args *args)
{
	struct selected victim = { 0 };
	enum exit_code code;
	enum cng_status st;

	code = target_login(target, args);
	if (code == EXIT_DONE)
		code = select_one(&victim, target->token, args);
	if (code == EXIT_DONE)
		code = confirm(&victim, target, args);
	if (code == EXIT_DONE) {
		st = token_destroy(target->token, &target_access, victim.id);
		if (st != CNG_OK && target->info.is_card)
			code = card_complain_change(st, target, args,
			    "cannot delete it");
		else if (st != CNG_OK)
			code = fail(st, "cannot delete it: %s",
			    cng_status_text(st));
	}
	object_free(victim.object);
	return code;
}

enum exit_code
cmd_delete(const struct args *args)
{
	struct targets targets;
	struct target *target = NULL;
	enum exit_code code;

	code = targets_one(&target, &targets, args);
	if (code == EXIT_DONE)
		code = delete_one(target, args);
	targets_close(&targets);
	return code;
}
