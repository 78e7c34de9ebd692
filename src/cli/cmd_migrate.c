/* SPDX-License-Identifier: BSD-2-Clause
 *
 * migrate: copies what another PKCS#11 module or a folder of files has into a
 * token, and reports.  Each object is one transaction, and what is there
 * already is passed over: an interrupted run is finished by running again.
 */
#include "cli/cmd.h"

#include "base/alloc.h"
#include "base/util.h"
#include "cli/migrate.h"
#include "cli/uri.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 30

/* --- the bar -------------------------------------------------------------- */

void
migrate_progress(struct migration *mig)
{
	char bar[BAR_WIDTH + 1];
	size_t full;

	if (!mig->bar || mig->total == 0)
		return;
	full = mig->done * BAR_WIDTH / mig->total;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', full > BAR_WIDTH ? BAR_WIDTH : full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %zu of %zu", bar, mig->done, mig->total);
	fflush(stderr);
}

void
migrate_progress_clear(const struct migration *mig)
{
	if (mig->bar)
		fprintf(stderr, "\r%*s\r", BAR_WIDTH + 40, "");
}

/* --- the report ----------------------------------------------------------- */

static const struct print_column columns[] = {
	{ "outcome", "OUTCOME", false },
	{ "class", "CLASS", false },
	{ "type", "TYPE", false },
	{ "label", "LABEL", false },
	{ "id", "ID", false },
	{ "file", "FILE", false },
	{ "reason", "REASON", false },
};

static enum exit_code
report_json(const struct migration *mig)
{
	json_t *all = json_object();
	enum exit_code code;

	print_set_bool(all, "dry_run", args_has(mig->args, OPT_DRY_RUN));
	print_set_number(all, "copied", mig->copied);
	print_set_number(all, "already_there", mig->present);
	print_set_number(all, "not_copied", mig->failed);
	print_set_array(all, "objects", mig->rows);
	code = print_json(all);
	json_decref(all);
	return code;
}

/* Of a quiet run: what stayed behind. */
static void
keep_failures(json_t *rows)
{
	for (size_t i = json_array_size(rows); i-- > 0;) {
		const json_t *row = json_array_get(rows, i);

		if (strcmp(json_string_value(json_object_get(row,
		    "outcome")), "not copied") != 0)
			(void)json_array_remove(rows, i);
	}
}

static enum exit_code
report_text(const struct migration *mig)
{
	bool dry = args_has(mig->args, OPT_DRY_RUN);
	enum exit_code code = EXIT_DONE;

	if (args_has(mig->args, OPT_QUIET))
		keep_failures(mig->rows);
	if (json_array_size(mig->rows) > 0)
		code = print_table(mig->rows, columns, ARRAY_LEN(columns));
	if (code == EXIT_DONE && !args_has(mig->args, OPT_QUIET))
		print_line("%zu %s, %zu already there, %zu cannot be copied",
		    mig->copied, dry ? "to copy" : "copied", mig->present,
		    mig->failed);
	return code;
}

static enum exit_code
report(const struct migration *mig)
{
	return args_has(mig->args, OPT_JSON) ? report_json(mig) :
					       report_text(mig);
}

static enum exit_code
finish(const struct migration *mig)
{
	enum exit_code code = report(mig);

	if (code == EXIT_DONE && mig->failed > 0)
		return fail_advise(mig->worst, "the report says why",
		    "%zu of %zu cannot be copied", mig->failed,
		    mig->failed + mig->copied + mig->present);
	return code;
}

/* --- the command ---------------------------------------------------------- */

enum exit_code
migrate_begin(struct migration *mig, struct targets *targets)
{
	enum exit_code code = targets_one(&mig->target, targets, mig->args);
	enum cng_status st;

	if (code == EXIT_DONE && mig->target->info.is_card)
		return fail_advise(CNG_ERR_NOT_SUPPORTED,
		    "use 'cngtool import' for it",
		    "a card has places for few keys");
	if (code == EXIT_DONE)
		code = target_login(mig->target, mig->args);
	if (code != EXIT_DONE)
		return code;
	st = known_fill(mig);
	return st == CNG_OK ? EXIT_DONE :
	    fail(st, "cannot list what is there: %s", cng_status_text(st));
}

static enum exit_code
check_options(const struct args *args)
{
	static const enum opt of_module[] = { OPT_FROM_TOKEN,
		OPT_FROM_PIN_FILE, OPT_FROM_PIN_ENV };
	static const enum opt of_files[] = { OPT_EXPORTABLE,
		OPT_PLAINTEXT_EXPORTABLE, OPT_PASSWORD_FILE,
		OPT_PASSWORD_ENV };
	bool module = args_has(args, OPT_FROM_MODULE);
	const char *token = args->value[OPT_FROM_TOKEN];

	if (module == (args->operand_count > 0))
		return fail_usage("from where: --from-module, or files?");
	for (size_t i = 0; !module && i < ARRAY_LEN(of_module); i++)
		if (args_has(args, of_module[i]))
			return fail_usage("--%s is for --from-module",
			    option_info(of_module[i])->name);
	for (size_t i = 0; module && i < ARRAY_LEN(of_files); i++)
		if (args_has(args, of_files[i]))
			return fail_usage("--%s is for files; keys of a "
			    "module keep their policy",
			    option_info(of_files[i])->name);
	return token != NULL && uri_is_one(token) ?
	    uri_check("--from-token ", token, true) : EXIT_DONE;
}

enum exit_code
cmd_migrate(const struct args *args)
{
	struct migration mig = { .args = args, .rows = json_array(),
		.bar = isatty(STDERR_FILENO) && !args_has(args, OPT_QUIET) };
	struct targets targets = { 0 };
	enum exit_code code = check_options(args);
	enum exit_code reported;

	if (code == EXIT_DONE)
		code = args_has(args, OPT_FROM_MODULE) ?
		    migrate_module(&mig, &targets) :
		    migrate_files(&mig, &targets);
	/* what was done before a failure is told, too */
	if (code == EXIT_DONE) {
		code = finish(&mig);
	} else if (json_array_size(mig.rows) > 0) {
		reported = report(&mig);
		(void)reported;
	}
	json_decref(mig.rows);
	mem_free(mig.known);
	targets_close(&targets);
	return code;
}
