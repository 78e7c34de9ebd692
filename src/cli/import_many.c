/* SPDX-License-Identifier: BSD-2-Clause
 *
 * import of several files, or of all files in a folder: every one of them is
 * read and judged first, then they are stored in one transaction.
 */
#include "cli/import.h"

#include "base/alloc.h"
#include "cli/print.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct many {
	const struct args *args;
	char **path;
	struct import_job *job;
	struct import_item *item;
	size_t count;
	size_t room;
	struct import_bag bag;     /* certificates of all files */
};

static bool
is_folder(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISDIR(st.st_mode);
}

bool
import_is_many(const struct args *args)
{
	return args->operand_count > 1 || is_folder(args->operand[0]);
}

/* --- which files --------------------------------------------------------- */

/* Takes the path over. */
static bool
add_path(struct many *m, char *path)
{
	size_t more = m->room == 0 ? 16 : 2 * m->room;
	char **grown;

	if (path != NULL && m->count == m->room) {
		grown = mem_grow(m->path, m->count, more, sizeof(*grown));
		if (grown != NULL) {
			m->path = grown;
			m->room = more;
		}
	}
	if (path == NULL || m->count == m->room) {
		mem_free(path);
		return false;
	}
	m->path[m->count++] = path;
	return true;
}

static char *
path_in(const char *folder, const char *name)
{
	size_t len = strlen(folder) + strlen(name) + 2;
	char *path = mem_new(len, 1);

	if (path != NULL)
		(void)snprintf(path, len, "%s/%s", folder, name);
	return path;
}

static bool
is_file(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Its files, by name; not what is hidden, nor what lies deeper. */
static enum exit_code
add_folder(struct many *m, const char *folder)
{
	struct dirent **found;
	int count = scandir(folder, &found, NULL, alphasort);
	enum exit_code code = EXIT_DONE;

	if (count < 0)
		return fail(CNG_ERR_STORE_IO, "%s: cannot be read", folder);
	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (code == EXIT_DONE && found[i]->d_name[0] != '.')
			path = path_in(folder, found[i]->d_name);
		free(found[i]);
		if (!is_file(path))
			mem_free(path);
		else if (!add_path(m, path))
			code = fail(CNG_ERR_NO_MEMORY, "%s", folder);
	}
	free(found);
	return code;
}

static enum exit_code
list_files(struct many *m)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; code == EXIT_DONE && i < m->args->operand_count;
	     i++) {
		const char *path = m->args->operand[i];

		if (is_folder(path))
			code = add_folder(m, path);
		else if (!add_path(m, mem_strdup(path)))
			code = fail(CNG_ERR_NO_MEMORY, "%s", path);
	}
	if (code == EXIT_DONE && m->count == 0)
		return fail(CNG_ERR_NOT_FOUND, "no files there");
	m->job = mem_new(m->count, sizeof(*m->job));
	m->item = mem_new(m->count, sizeof(*m->item));
	if (code == EXIT_DONE && (m->job == NULL || m->item == NULL))
		code = fail(CNG_ERR_NO_MEMORY, "%zu files", m->count);
	return code;
}

/* --- reading them -------------------------------------------------------- */

/* Without folder and ending. */
static struct span
stem_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *dot = strrchr(name, '.');
	size_t len = dot == NULL || dot == name ? strlen(name) :
						  (size_t)(dot - name);

	return span_of(name, len);
}

/* All of them, so that everything that is wrong is said at once. */
static enum exit_code
read_files(struct many *m)
{
	enum exit_code first = EXIT_DONE;
	size_t bad = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct import_job *job = &m->job[i];
		enum exit_code code;

		job->args = m->args;
		job->fallback = stem_of(m->path[i]);
		code = keyfile_read_any(&job->file, m->args, m->path[i],
		    false);
		if (code == EXIT_DONE)
			code = import_prepare(job);
		bad += code != EXIT_DONE;
		if (first == EXIT_DONE)
			first = code;
	}
	if (bad > 0)
		note("nothing was imported: %zu of %zu files cannot be", bad,
		    m->count);
	return first;
}

/* --- storing them -------------------------------------------------------- */

/* The items are those of the files that have a key. */
static size_t
make_items(struct many *m)
{
	size_t keys = 0;

	for (size_t i = 0; i < m->count; i++)
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

	for (size_t i = 0; i < m->count; i++) {
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

	for (size_t i = 0; code == EXIT_DONE && i < m->count; i++)
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

	while (tried < m->count && (tried == 0 || !is_hopeless(target))) {
		struct import_job *job = &m->job[tried++];

		job->rows = rows;
		one = import_run(job, target);
		job->rows = NULL;
		kept += one == EXIT_DONE;
		if (code == EXIT_DONE)
			code = one;
	}
	if (tried < m->count)
		note("not tried: %s and what comes after it",
		    m->path[tried]);
	if (kept < m->count)
		note("%zu of %zu keys are on the card", kept, m->count);
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

	for (size_t i = 0; code == EXIT_DONE && i < m->count; i++) {
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
	for (size_t i = 0; i < m->count; i++) {
		mem_free(m->path[i]);
		if (m->job != NULL)
			import_job_free(&m->job[i]);
	}
	import_bag_free(&m->bag);
	mem_free(m->path);
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
