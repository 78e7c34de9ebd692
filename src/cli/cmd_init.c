/* SPDX-License-Identifier: BSD-2-Clause
 *
 * init: a new token in a store file.  PINs are known and judged before the
 * file is made; a token that exists is erased on explicit demand only.
 */
#include "cli/cmd.h"

#include "base/alloc.h"
#include "base/utf16.h"
#include "cli/pin.h"
#include "cli/print.h"
#include "cli/target.h"

#include <string.h>

#define DEFAULT_LABEL "CNG keys"

struct plan {
	char *path;
	struct span label;
	struct secret so_pin;
	struct secret pin;
	bool no_pin;
};

static void
plan_free(struct plan *plan)
{
	mem_free(plan->path);
	secret_free(&plan->so_pin);
	secret_free(&plan->pin);
}

static enum exit_code
plan_path(struct plan *plan, const struct args *args)
{
	struct provider *provider = NULL;
	const char *path = args->value[OPT_STORE];
	enum exit_code code;

	code = target_check_options(args);
	if (code != EXIT_DONE)
		return code;
	if (path == NULL) {
		code = target_provider(&provider, args);
		if (code != EXIT_DONE)
			return code;
		path = args_has(args, OPT_MACHINE) ?
		    provider_machine_path(provider) :
		    provider_user_path(provider);
	}
	if (path == NULL)
		code = fail_advise(CNG_ERR_CONFIG,
		    "set HOME, or say where by --store",
		    "no place for a token");
	else if ((plan->path = mem_strdup(path)) == NULL)
		code = fail(CNG_ERR_NO_MEMORY, "cannot make a token");
	if (provider != NULL)
		provider_close(provider);
	return code;
}

static enum exit_code
plan_label(struct plan *plan, const struct args *args)
{
	plan->label = span_str(args_has(args, OPT_LABEL) ?
	    args->value[OPT_LABEL] : DEFAULT_LABEL);
	if (plan->label.len > TOKEN_LABEL_MAX)
		return fail_usage("a label has at most %d bytes",
		    TOKEN_LABEL_MAX);
	if (!utf8_valid(plan->label))
		return fail_usage("the label is not UTF-8");
	return EXIT_DONE;
}

/* What is there already?  Nothing is made here. */
static enum exit_code
look_first(const struct plan *plan, bool *exists, const struct args *args)
{
	struct token_info info;
	struct token *token = NULL;
	enum exit_code code = EXIT_DONE;
	enum cng_status st;

	*exists = false;
	st = token_open(&token, plan->path, false);
	if (st == CNG_ERR_NO_TOKEN)
		return EXIT_DONE;
	if (st == CNG_OK)
		st = token_info(token, &info);
	if (st == CNG_OK)
		st = info.fault == CNG_ERR_NO_TOKEN ? CNG_OK : info.fault;
	if (st != CNG_OK) {
		code = fail(st, "%s: %s", plan->path, cng_status_text(st));
	} else if (info.initialized) {
		*exists = true;
		if (!args_has(args, OPT_FORCE))
			code = fail_advise(CNG_ERR_EXISTS,
			    "--force erases it and all its keys",
			    "%s is initialised already, as '%s'", plan->path,
			    info.label);
	}
	if (token != NULL)
		token_free(token);
	return code;
}

static enum exit_code
set_up(const struct plan *plan, struct token *token)
{
	enum cng_status st;

	st = token_init(token, secret_span(&plan->so_pin), plan->label);
	if (st != CNG_OK)
		return fail(st, "cannot initialise %s: %s", plan->path,
		    cng_status_text(st));
	st = token_login(token, ROLE_SO, secret_span(&plan->so_pin));
	if (st == CNG_OK)
		st = plan->no_pin ? token_init_no_pin(token) :
		    token_init_pin(token, secret_span(&plan->pin));
	if (st == CNG_OK)
		st = token_logout(token);
	if (st != CNG_OK)
		return fail(st, "cannot set the user PIN of %s: %s",
		    plan->path, cng_status_text(st));
	return EXIT_DONE;
}

static enum exit_code
print_made(const struct plan *plan)
{
	json_t *row = json_object();
	enum exit_code code;

	print_set_text(row, "label", plan->label);
	print_set_string(row, "path", plan->path);
	code = print_json(row);
	json_decref(row);
	return code;
}

static enum exit_code
carry_out(const struct plan *plan, bool json)
{
	struct token *token = NULL;
	enum exit_code code;
	enum cng_status st;

	st = token_open(&token, plan->path, true);
	if (st != CNG_OK)
		return fail(st, "cannot make %s: %s", plan->path,
		    cng_status_text(st));
	code = set_up(plan, token);
	token_free(token);
	if (code == EXIT_DONE && plan->no_pin)
		note("whoever can read %s.key can use the keys", plan->path);
	if (code != EXIT_DONE)
		return code;
	if (json)
		return print_made(plan);
	print_line("made token '%.*s' in %s", (int)plan->label.len,
	    (const char *)plan->label.ptr, plan->path);
	return EXIT_DONE;
}

enum exit_code
cmd_init(const struct args *args)
{
	struct plan plan = { .no_pin = args_has(args, OPT_NO_PIN) };
	enum exit_code code;
	bool exists = false;

	if (plan.no_pin && (args_has(args, OPT_PIN_FILE) ||
	    args_has(args, OPT_PIN_ENV)))
		return fail_usage("--no-pin and a PIN exclude each other");

	code = plan_label(&plan, args);
	if (code == EXIT_DONE)
		code = plan_path(&plan, args);
	if (code == EXIT_DONE)
		code = look_first(&plan, &exists, args);
	/* the SO PIN of a token that exists is known, not chosen */
	if (code == EXIT_DONE)
		code = exists ? pin_get(&plan.so_pin, args, PIN_SO) :
				pin_get_new(&plan.so_pin, args, PIN_SO);
	if (code == EXIT_DONE && !plan.no_pin)
		code = pin_get_new(&plan.pin, args, PIN_USER);
	if (code == EXIT_DONE)
		code = carry_out(&plan, args_has(args, OPT_JSON));
	plan_free(&plan);
	return code;
}
