/* SPDX-License-Identifier: BSD-2-Clause
 *
 * backup and restore: a token as one file, and back.
 */
#include "cli/cmd.h"

#include "cli/pin.h"
#include "cli/print.h"
#include "cli/target.h"
#include "core/backup.h"

#include <string.h>

/* --- what both do --------------------------------------------------------- */

/* Kept for what other stores there may be one day. */
static enum exit_code
check_kind(const struct args *args)
{
	static const char *const schemes[] = { "postgresql:", "postgres:" };
	const char *store = args->value[OPT_STORE];

	for (size_t i = 0; store != NULL && i < 2; i++)
		if (strncmp(store, schemes[i], strlen(schemes[i])) == 0)
			return fail_advise(CNG_ERR_NOT_SUPPORTED,
			    "pg_dump and pg_restore do that for a database",
			    "%s: only tokens in files", store);
	if (args->operand_count == 1 &&
	    strcmp(args->operand[0], "-") == 0)
		return fail_usage("a backup is a file, not a stream");
	return EXIT_DONE;
}

static enum exit_code
get_pin(struct secret *pin, struct backup_request *req,
    const struct args *args)
{
	enum exit_code code = EXIT_DONE;

	req->check = pin_given(args, PIN_USER);
	if (req->check)
		code = pin_get(pin, args, PIN_USER);
	req->pin = secret_span(pin);
	return code;
}

/* One that has no PIN says what stands for it. */
static enum exit_code
get_token_pin(struct secret *pin, struct backup_request *req,
    const struct target *target, const struct args *args)
{
	enum exit_code code;

	if (!target->info.no_pin)
		return get_pin(pin, req, args);
	code = target_pin(pin, target, args);
	req->check = code == EXIT_DONE;
	req->pin = secret_span(pin);
	return code;
}

static enum exit_code
report(const struct backup_request *req, const struct backup_report *done,
    const char *what, const struct args *args)
{
	json_t *row;
	enum exit_code code;

	if (!args_has(args, OPT_JSON)) {
		print_line("%s token '%s', serial number %s, in %s", what,
		    done->label, done->serial, req->to);
		if (req->check)
			print_line("%zu objects opened and found whole",
			    done->objects);
		return EXIT_DONE;
	}
	row = json_object();
	print_set_string(row, "label", done->label);
	print_set_string(row, "serial", done->serial);
	print_set_string(row, "path", req->to);
	print_set_bool(row, "checked", req->check);
	if (req->check)
		print_set_number(row, "objects", done->objects);
	code = print_json(row);
	json_decref(row);
	return code;
}

static enum exit_code
complain(enum cng_status st, const struct backup_request *req,
    const struct backup_report *done, bool restore)
{
	const char *from = req->from, *to = req->to;

	if (st == CNG_ERR_EXISTS)
		return fail_advise(st, "--force replaces it",
		    "%s is there already", to);
	if (st == CNG_ERR_ARGUMENT)
		return fail_usage("%s is no place for a copy of %s", to,
		    from);
	if (st == CNG_ERR_PIN_WRONG)
		return fail_advise(st, "a backup has the PIN that the token "
		    "had then", "%s: wrong PIN", from);
	if (done->at_end && st == CNG_ERR_STORE_BUSY)
		return fail_advise(st, "end the programs that use it, and try "
		    "again", "%s is in use", to);
	if (done->at_end || st == CNG_ERR_STORE_FULL)
		return fail(st, "%s: %s", to, cng_status_text(st));
	if (st == CNG_ERR_STORE_BUSY && restore)
		return fail_advise(st, "make one with 'cngtool backup'",
		    "%s is a store in use and no backup, or %s is being made",
		    from, to);
	if (st == CNG_ERR_NOT_FOUND)
		return fail_advise(st, "check the name", "%s: no such file",
		    from);
	if (st == CNG_ERR_STORE_CORRUPT && restore)
		return fail_advise(st, "nothing was changed; take another one",
		    "%s: no backup of a token, or damaged", from);
	if (st == CNG_ERR_STORE_PERMISSION && !restore)
		return fail_advise(st, "choose a folder that nobody else may "
		    "write to", "%s: not a safe place", to);
	return fail(st, "%s to %s: %s", from, to, cng_status_text(st));
}

/* --- backup --------------------------------------------------------------- */

enum exit_code
cmd_backup(const struct args *args)
{
	struct backup_request req = { .to = args->operand[0],
		.force = args_has(args, OPT_FORCE) };
	struct backup_report done = { .objects = 0 };
	struct targets targets = { 0 };
	struct target *target = NULL;
	struct secret pin = { 0 };
	enum exit_code code = check_kind(args);
	enum cng_status st;

	if (code == EXIT_DONE)
		code = targets_one(&target, &targets, args);
	if (code == EXIT_DONE && target->info.is_card)
		code = fail_advise(CNG_ERR_NOT_SUPPORTED, NULL,
		    "the keys of a card do not leave it");
	if (code == EXIT_DONE)
		code = get_token_pin(&pin, &req, target, args);
	if (code == EXIT_DONE) {
		req.from = target->info.path;
		st = token_backup(&req, &done);
		if (st == CNG_OK && target->info.no_pin)
			note("%s.key is not in it: keep that, too; it alone "
			    "and the SO PIN open what is in the backup",
			    target->info.path);
		code = st == CNG_OK ? report(&req, &done, "backed up", args) :
				      complain(st, &req, &done, false);
	}
	secret_free(&pin);
	targets_close(&targets);
	return code;
}

/* --- restore -------------------------------------------------------------- */

/* Where it goes: as init has it. */
static enum exit_code
find_place(const char **out, struct provider **provider,
    const struct args *args)
{
	enum exit_code code = target_check_options(args);

	*out = args->value[OPT_STORE];
	if (code != EXIT_DONE || *out != NULL)
		return code;
	code = target_provider(provider, args);
	if (code != EXIT_DONE)
		return code;
	*out = args_has(args, OPT_MACHINE) ?
	    provider_machine_path(*provider) : provider_user_path(*provider);
	return *out != NULL ? EXIT_DONE : fail_advise(CNG_ERR_CONFIG,
	    "set HOME, or say where by --store", "no place for a token");
}

enum exit_code
cmd_restore(const struct args *args)
{
	struct backup_request req = { .from = args->operand[0],
		.force = args_has(args, OPT_FORCE) };
	struct backup_report done = { .objects = 0 };
	struct provider *provider = NULL;
	struct secret pin = { 0 };
	enum exit_code code = check_kind(args);
	enum cng_status st;

	if (code == EXIT_DONE)
		code = find_place(&req.to, &provider, args);
	if (code == EXIT_DONE)
		code = get_pin(&pin, &req, args);
	if (code == EXIT_DONE) {
		st = token_restore(&req, &done);
		if (st == CNG_OK && done.key_moved)
			note("%s.key is that of another token: it is called "
			    "%s.key.old now", req.to, req.to);
		code = st == CNG_OK ? report(&req, &done, "restored", args) :
				      complain(st, &req, &done, true);
	}
	secret_free(&pin);
	if (provider != NULL)
		provider_close(provider);
	return code;
}
