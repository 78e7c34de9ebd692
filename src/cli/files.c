/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is not there is said before anything is read.  Of a folder the links
 * count as what they lead to.
 */
#include "cli/files.h"

#include "base/alloc.h"
#include "cli/io.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

bool
files_is_folder(const char *path)
{
	struct stat st;

	return !is_stdin(path) && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
is_file(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Takes the path over. */
static bool
add_path(struct file_list *list, char *path)
{
	size_t more = list->room == 0 ? 16 : 2 * list->room;
	char **grown;

	if (path != NULL && list->count == list->room) {
		grown = mem_grow(list->path, list->count, more,
		    sizeof(*grown));
		if (grown != NULL) {
			list->path = grown;
			list->room = more;
		}
	}
	if (path == NULL || list->count == list->room) {
		mem_free(path);
		return false;
	}
	list->path[list->count++] = path;
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

static enum exit_code
add_folder(struct file_list *list, const char *folder)
{
	struct dirent **found = NULL;
	int count = scandir(folder, &found, NULL, alphasort);
	enum exit_code code = EXIT_DONE;

	if (count < 0)
		return io_fail("read", folder);
	for (int i = 0; i < count; i++) {
		bool hidden = found[i]->d_name[0] == '.';
		char *path = NULL;

		if (code == EXIT_DONE && !hidden)
			path = path_in(folder, found[i]->d_name);
		free(found[i]);
		if (code != EXIT_DONE || hidden)
			continue;
		if (path != NULL && !is_file(path))
			mem_free(path);
		else if (!add_path(list, path))
			code = fail(CNG_ERR_NO_MEMORY, "%s", folder);
	}
	free(found);
	return code;
}

enum exit_code
files_list(struct file_list *out, const struct args *args)
{
	enum exit_code code = EXIT_DONE;
	struct stat st;

	for (size_t i = 0; code == EXIT_DONE && i < args->operand_count;
	     i++) {
		const char *path = args->operand[i];

		if (!is_stdin(path) && stat(path, &st) != 0)
			code = io_fail("read", path);
		else if (files_is_folder(path))
			code = add_folder(out, path);
		else if (!add_path(out, mem_strdup(path)))
			code = fail(CNG_ERR_NO_MEMORY, "%s", path);
	}
	if (code == EXIT_DONE && out->count == 0)
		return fail_advise(CNG_ERR_NOT_FOUND, NULL,
		    "no files there");
	return code;
}

void
files_free(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(list->path[i]);
	mem_free(list->path);
	*list = (struct file_list){ .count = 0 };
}

struct span
files_stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *dot = strrchr(name, '.');

	return span_of(name, dot == NULL || dot == name ? strlen(name) :
	    (size_t)(dot - name));
}
