/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which files several operands are: those that are named, and those in the
 * folders that are named.
 */
#ifndef CNG_CLI_FILES_H
#define CNG_CLI_FILES_H

#include "base/span.h"
#include "cli/args.h"
#include "cli/exit.h"

/* All zero is none. */
struct file_list {
	char **path;
	size_t count, room;
};

bool files_is_folder(const char *path);

/* Of a folder its files, by name; not what is hidden, nor what lies deeper.
 * There is one at least, unless it fails, which has been said. */
enum exit_code files_list(struct file_list *out, const struct args *args);
void files_free(struct file_list *list);

/* Its name without folder and ending; borrowed. */
struct span files_stem(const char *path);

#endif
