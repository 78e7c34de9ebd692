/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cngtool: looks after CNG key blobs and the tokens that hold them.
 */
#include "config.h"

#include "cli/cmd.h"

#include "cli/jsonmem.h"
#include "cli/pin.h"
#include "cli/print.h"
#include "crypto/crypto.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Does who called us read JSON? */
static bool wants_json;

/* Keys pass through this process: no core files of it.  The limit is not for
 * those that the kernel pipes to a program. */
static void
forbid_core_files(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

/* No option begins with a digit.  The sign is not missed: a number of either
 * sign is looked up. */
static void
drop_signs(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == '-' && argv[i][1] >= '0' &&
		    argv[i][1] <= '9')
			argv[i]++;
}

static enum exit_code
run(const struct command *cmd, int argc, char **argv)
{
	struct args args;
	enum exit_code code;

	exit_set_command(cmd->name);
	if (cmd->numbers)
		drop_signs(argc, argv);
	code = args_parse(&args, argc, argv, cmd->options);
	if (code != EXIT_DONE)
		return code;
	wants_json = args_has(&args, OPT_JSON);
	if (wants_json)
		print_keep_notes();
	if (args_has(&args, OPT_HELP)) {
		help_command(cmd);
		return EXIT_DONE;
	}
	if (args.operand_count < cmd->operand_min)
		return fail_usage("needs %s", cmd->operands);
	if (args.operand_count > cmd->operand_max)
		return fail_usage("one argument too many: %s",
		    args.operand[cmd->operand_max]);
	code = pin_check_stdin(&args);
	return code == EXIT_DONE ? cmd->run(&args) : code;
}

static void
print_version(void)
{
	printf("cngtool (%s) %s\n%s\n", PACKAGE_NAME, PACKAGE_VERSION,
	    crypto_version());
}

/* Until the options are understood. */
static bool
says_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static enum exit_code
dispatch(int argc, char **argv)
{
	const struct command *cmd;
	const char *word;

	if (argc < 2)
		return fail_usage("which command?");
	word = argv[1];
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		print_version();
		return EXIT_DONE;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		help_all();
		return EXIT_DONE;
	}
	cmd = command_find(word);
	if (cmd == NULL)
		return fail_usage("no command %s", word);
	return run(cmd, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	enum exit_code code;

	/* who started us may ignore it: then no child could be waited for */
	(void)signal(SIGCHLD, SIG_DFL);
	setlocale(LC_CTYPE, "");
	forbid_core_files();
	json_memory_wiped();
	wants_json = says_json(argc, argv);
	code = dispatch(argc, argv);
	if (code != EXIT_DONE && wants_json)
		print_failure();
	pin_forget();
	crypto_shutdown();
	if (fflush(stdout) != 0 && code == EXIT_DONE)
		code = fail_advise(CNG_ERR_STORE_IO, NULL,
		    "cannot write to standard output");
	return (int)code;
}
