/* SPDX-License-Identifier: BSD-2-Clause
 *
 * import of several files, or of all files in a folder: every one of them is
 * read and judged first, then they are stored in one transaction.
 */
#include "cli/import.h"

#include "base/alloc.h"
#include "cli/files.h"
#include "cli/print.h"

struct many {
	const struct args *args;
	struct file_list files;
	struct import_job *job;    /* one for each file */
	struct import_item *item;
	struct import_bag bag;     /* certificates of all files */
};

bool
import_is_many(const struct args *args)
{
	return args->operand_count > 1 || files_is_folder(args->operand[0]);
}

/* --- reading them -------------------------------------------------------- */

static enum exit_code
list_files(struct many *m)
{
	enum exit_code code = files_list(&m->files, m->args);
	size_t count = m->files.count;

	if (code != EXIT_DONE)
		return code;
	m->job = mem_new(count, sizeof(*m->job));
	m->item = mem_new(count, sizeof(*m->item));
	return m->job != NULL && m->item != NULL ? EXIT_DONE :
	    fail(CNG_ERR_NO_MEMORY, "%zu files", count);
}

/* All of them, so that everything that is wrong is said at once. */
static enum exit_code
read_files(struct many *m)
{
	enum exit_code first = EXIT_DONE;
	size_t bad = 0;

	for (size_t i = 0; i < m->files.count; i++) {
		struct import_job *job = &m->job[i];
		enum exit_code code;

		job->args = m->args;
		job->fallback = files_stem(m->files.path[i]);
		code = keyfile_read_any(&job->file, m->args, m->files.path[i],
		    false);
		if (code == EXIT_DONE)
			code = import_prepare(job);
		bad += code != EXIT_DONE;
		if (first == EXIT_DONE)
			first = code;
	}
	if (bad > 0)
		note("nothing was imported: %zu of %zu files cannot be", bad,
		    m->files.count);
	return first;
}

/* --- storing them -------------------------------------------------------- */

/* The items are those of the files that have a key. */
static size_t
make_items(struct many *m)
{
	size_t keys = 0;

	for (size_t i = 0; i < m->files.count; i++)
		if (!m->job[i].file.certs_only)
			m->item[keys++].req = import_request_of(&m->job[i]);
	return keys;
}

static enum exit_code
complain_all(const struct many *m, const struct target *target,
    enum cng_status st)
{
	enum exit_code code = EXIT_DONE;
	size_t key = 0;

	for (size_t i = 0; i < m->files.count; i++) {
		if (m->job[i].file.certs_only)
			continue;
		if (m->item[key].st != CNG_OK)
			code = import_complain(m->item[key].st, &m->job[i],
			    target);
		key++;
	}
	if (code == EXIT_DONE)
		code = import_complain_cert(&m->bag, &m->job[0]);
	if (code == EXIT_DONE)
		code = fail(st, "%s", cng_status_text(st));
	note("nothing was imported");
	return code;
}

static enum exit_code
keep_files(struct many *m, struct target *target)
{
	enum exit_code code = EXIT_DONE;
	enum cng_status st;
	size_t keys;

	for (size_t i = 0; code == EXIT_DONE && i < m->files.count; i++)
		code = import_gather(&m->bag, &m->job[i], target);
	if (code != EXIT_DONE)
		return code;
	keys = make_items(m);
	st = token_import_with(target->token, &target_access, m->item, keys,
	    m->bag.cert, m->bag.count);
	return st == CNG_OK ? EXIT_DONE : complain_all(m, target, st);
}

/* A card takes one after the other: each is said, and what is on it stays. */
static bool
is_hopeless(const struct target *target)
{
	struct token_info now;

	return token_info(target->token, &now) != CNG_OK ||
	    now.fault != CNG_OK ||
	    token_logged_in(target->token) == ROLE_NONE;
}

static enum exit_code
keep_on_card(struct many *m, struct target *target)
{
	json_t *rows = args_has(m->args, OPT_JSON) ? json_array() : NULL;
	enum exit_code code = EXIT_DONE, one;
	size_t tried = 0, kept = 0;

	while (tried < m->files.count && (tried == 0 || !is_hopeless(target))) {
		struct import_job *job = &m->job[tried++];

		job->rows = rows;
		one = import_run(job, target);
		job->rows = NULL;
		kept += one == EXIT_DONE;
		if (code == EXIT_DONE)
			code = one;
	}
	if (tried < m->files.count)
		note("not tried: %s and what comes after it",
		    m->files.path[tried]);
	if (kept < m->files.count)
		note("%zu of %zu keys are on the card", kept, m->files.count);
	if (rows != NULL && print_json(rows) != EXIT_DONE &&
	    code == EXIT_DONE)
		code = EXIT_FAILED;
	json_decref(rows);
	return code;
}

static enum exit_code
report_files(struct many *m, struct target *target)
{
	json_t *rows = args_has(m->args, OPT_JSON) ? json_array() : NULL;
	enum exit_code code = EXIT_DONE;
	size_t key = 0;

	for (size_t i = 0; code == EXIT_DONE && i < m->files.count; i++) {
		if (m->job[i].file.certs_only)
			continue;
		m->job[i].rows = rows;
		code = import_report(&m->job[i], target, m->item[key++].id,
		    NULL);
		m->job[i].rows = NULL;
	}
	if (code == EXIT_DONE) {
		m->job[0].rows = rows;
		code = import_report(&m->job[0], target, 0, &m->bag);
		m->job[0].rows = NULL;
	}
	if (code == EXIT_DONE && rows != NULL)
		code = print_json(rows);
	json_decref(rows);
	return code;
}

static enum exit_code
check_options(const struct args *args)
{
	if (args_has(args, OPT_NAME) || args_has(args, OPT_LABEL) ||
	    args_has(args, OPT_ID) || args_has(args, OPT_KEY) ||
	    args_has(args, OPT_ALL) || args_has(args, OPT_WRAPPING_KEY) ||
	    args_has(args, OPT_KEY_SLOT))
		return fail_usage("several files: no --name, --label, --id, "
		    "--key, --all, --wrapping-key, --key-slot");
	return EXIT_DONE;
}

static void
many_free(struct many *m)
{
	for (size_t i = 0; m->job != NULL && i < m->files.count; i++)
		import_job_free(&m->job[i]);
	import_bag_free(&m->bag);
	files_free(&m->files);
	mem_free(m->job);
	mem_free(m->item);
}

enum exit_code
import_many(const struct args *args, struct targets *targets)
{
	struct many m = { .args = args };
	struct target *target = NULL;
	enum exit_code code = check_options(args);

	if (code == EXIT_DONE)
		code = list_files(&m);
	if (code == EXIT_DONE)
		code = read_files(&m);
	if (code == EXIT_DONE)
		code = targets_one(&target, targets, args);
	if (code == EXIT_DONE)
		code = import_check_card(&m.job[0], target);
	if (code == EXIT_DONE)
		code = target_login(target, args);
	if (code == EXIT_DONE && target->info.is_card) {
		code = keep_on_card(&m, target);
	} else if (code == EXIT_DONE) {
		code = keep_files(&m, target);
		if (code == EXIT_DONE)
			code = report_files(&m, target);
	}
	many_free(&m);
	return code;
}
