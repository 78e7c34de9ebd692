/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing a file, and telling about it.
 */
#include "cli/written.h"

#include "cli/print.h"
#include "cli/select.h"

#include <string.h>

enum exit_code
written_check(const struct args *args)
{
	const char *path = args->value[OPT_OUTPUT];

	if (args_has(args, OPT_JSON) &&
	    (path == NULL || strcmp(path, "-") == 0))
		return fail_usage("--json needs --output FILE: standard "
		    "output is for the JSON");
	return EXIT_DONE;
}

enum exit_code
written_put(const struct args *args, struct span data,
    const struct written *what)
{
	const char *path = args->value[OPT_OUTPUT];
	enum exit_code code = io_write(path, data, what->privacy);
	json_t *all, *row = NULL;

	if (code != EXIT_DONE || !args_has(args, OPT_JSON))
		return code;
	all = json_object();
	print_set_string(all, "path", path);
	print_set_string(all, "type", what->type);
	if (what->object != NULL)
		code = object_row(&row, what->object, what->token);
	if (row != NULL)
		print_set_array(all, "key", row);
	print_set_notes(all);
	if (code == EXIT_DONE)
		code = print_json(all);
	json_decref(row);
	json_decref(all);
	return code;
}
