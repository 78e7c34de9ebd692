/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of commands.
 */
#ifndef CNG_CLI_CMD_H
#define CNG_CLI_CMD_H

#include "cli/args.h"

struct command {
	const char *name;
	const char *operands;    /* "FILE", or "" */
	const char *summary;
	size_t operand_min, operand_max;
	bool numbers;            /* operands may be: -1 is no option */
	uint64_t options;        /* OPT_BITs */
	enum exit_code (*run)(const struct args *args);
};

extern const struct command commands[];
extern const size_t command_count;

/* NULL when there is none. */
const struct command *command_find(const char *name);

void help_all(void);
void help_command(const struct command *cmd);
void help_types(void);
void help_algorithms(void);      /* cmd_generate.c */

enum exit_code cmd_init(const struct args *args);
enum exit_code cmd_import(const struct args *args);
enum exit_code cmd_export(const struct args *args);
enum exit_code cmd_convert(const struct args *args);
enum exit_code cmd_inspect(const struct args *args);
enum exit_code cmd_list(const struct args *args);
enum exit_code cmd_delete(const struct args *args);
enum exit_code cmd_generate(const struct args *args);
enum exit_code cmd_pin(const struct args *args);
enum exit_code cmd_tokens(const struct args *args);
enum exit_code cmd_doctor(const struct args *args);
enum exit_code cmd_explain(const struct args *args);
enum exit_code cmd_migrate(const struct args *args);
enum exit_code cmd_backup(const struct args *args);
enum exit_code cmd_restore(const struct args *args);
enum exit_code cmd_sign(const struct args *args);
enum exit_code cmd_verify(const struct args *args);
enum exit_code cmd_help(const struct args *args);

#endif
