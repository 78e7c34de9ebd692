/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One row per command, and the help made from it.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "blob/blob.h"
#include "cli/format.h"
#include "cli/oaep.h"
#include "key/alg.h"

#include <stdio.h>
#include <string.h>

#define HELP OPT_BIT(OPT_HELP)

const struct command commands[] = {
	{ .name = "init", .operands = "",
	    .summary = "make a token: your own, the machine's, or in a file",
	    .options = HELP | OPT_BIT(OPT_LABEL) | OPT_BIT(OPT_STORE) |
		OPT_BIT(OPT_MACHINE) | OPT_BIT(OPT_CONFIG) | OPTS_PIN |
		OPT_BIT(OPT_SO_PIN_FILE) | OPT_BIT(OPT_SO_PIN_ENV) |
		OPT_BIT(OPT_NO_PIN) | OPT_BIT(OPT_FORCE) | OPT_BIT(OPT_JSON),
	    .run = cmd_init },
	{ .name = "import", .operands = "FILE...",
	    .summary = "bring keys and certificates into a token",
	    .operand_min = 1, .operand_max = SIZE_MAX,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_PASSWORD |
		OPTS_KEY | OPT_BIT(OPT_TYPE) | OPT_BIT(OPT_CURVE) |
		OPT_BIT(OPT_WRAPPING_KEY) | OPT_BIT(OPT_KDS_ROOT_KEY) |
		OPT_BIT(OPT_KEY) | OPT_BIT(OPT_ALL) |
		OPT_BIT(OPT_RECIPIENT_KEY) |
		OPT_BIT(OPT_EXPORTABLE) | OPT_BIT(OPT_PLAINTEXT_EXPORTABLE) |
		OPT_BIT(OPT_OVERWRITE) | OPT_BIT(OPT_NO_VALIDATION) |
		OPT_BIT(OPT_USAGE) | OPT_BIT(OPT_KEY_SLOT) |
		OPT_BIT(OPT_CERTS) | OPT_BIT(OPT_JSON),
	    .run = cmd_import },
	{ .name = "export", .operands = "",
	    .summary = "take a key out of a token, as NCryptExportKey does",
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_PASSWORD |
		OPTS_OBJECT | OPT_BIT(OPT_TYPE) |
		OPT_BIT(OPT_PUBLIC) | OPT_BIT(OPT_WRAP_WITH) |
		OPT_BIT(OPT_ENCRYPTION) | OPT_BIT(OPT_DESCRIPTOR) |
		OPT_BIT(OPT_RECIPIENT_CERT) | OPTS_OAEP |
		OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_JSON),
	    .run = cmd_export },
	{ .name = "convert", .operands = "FILE",
	    .summary = "turn a key file into another format, without a token",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_PASSWORD | OPTS_NEW_PASSWORD |
		OPT_BIT(OPT_TYPE) | OPT_BIT(OPT_CURVE) |
		OPT_BIT(OPT_KDS_ROOT_KEY) | OPT_BIT(OPT_TO) |
		OPT_BIT(OPT_KEY) | OPT_BIT(OPT_NAME) |
		OPT_BIT(OPT_RECIPIENT_KEY) | OPT_BIT(OPT_RECIPIENT_CERT) |
		OPT_BIT(OPT_ENCRYPTION) | OPT_BIT(OPT_PUBLIC) |
		OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_JSON),
	    .run = cmd_convert },
	{ .name = "inspect", .operands = "FILE",
	    .summary = "show what is in a key file, field by field",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_PASSWORD | OPT_BIT(OPT_TYPE) |
		OPT_BIT(OPT_CURVE) | OPT_BIT(OPT_KDS_ROOT_KEY) |
		OPT_BIT(OPT_SHOW_SECRETS) |
		OPT_BIT(OPT_JSON),
	    .run = cmd_inspect },
	{ .name = "list", .operands = "",
	    .summary = "list keys, certificates and data of tokens",
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_OBJECT |
		OPT_BIT(OPT_JSON),
	    .run = cmd_list },
	{ .name = "delete", .operands = "",
	    .summary = "remove one key, certificate or data object",
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_OBJECT |
		OPT_BIT(OPT_YES) | OPT_BIT(OPT_JSON),
	    .run = cmd_delete },
	{ .name = "generate", .operands = "ALGORITHM",
	    .summary = "make a key pair in a token",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_KEY |
		OPT_BIT(OPT_USAGE) | OPT_BIT(OPT_KEY_SLOT) |
		OPT_BIT(OPT_JSON),
	    .run = cmd_generate },
	{ .name = "sign", .operands = "FILE",
	    .summary = "sign a file with a key of a token",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_OBJECT |
		OPT_BIT(OPT_DIGEST) | OPT_BIT(OPT_PSS) |
		OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_JSON),
	    .run = cmd_sign },
	{ .name = "verify", .operands = "FILE",
	    .summary = "verify the signature of a file by a key of a token",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_OBJECT |
		OPT_BIT(OPT_DIGEST) | OPT_BIT(OPT_PSS) |
		OPT_BIT(OPT_SIGNATURE) | OPT_BIT(OPT_JSON),
	    .run = cmd_verify },
	{ .name = "migrate", .operands = "[FILE...]",
	    .summary = "copy keys and certificates from a module or files",
	    .operand_max = SIZE_MAX,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_PASSWORD |
		OPT_BIT(OPT_FROM_MODULE) | OPT_BIT(OPT_FROM_TOKEN) |
		OPT_BIT(OPT_FROM_PIN_FILE) | OPT_BIT(OPT_FROM_PIN_ENV) |
		OPT_BIT(OPT_EXPORTABLE) | OPT_BIT(OPT_PLAINTEXT_EXPORTABLE) |
		OPT_BIT(OPT_DRY_RUN) | OPT_BIT(OPT_QUIET) |
		OPT_BIT(OPT_JSON),
	    .run = cmd_migrate },
	{ .name = "backup", .operands = "FILE",
	    .summary = "copy a token, which may be in use, into a file",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPT_BIT(OPT_FORCE) |
		OPT_BIT(OPT_JSON),
	    .run = cmd_backup },
	{ .name = "restore", .operands = "FILE",
	    .summary = "make a token of such a file",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPT_BIT(OPT_STORE) | OPT_BIT(OPT_MACHINE) |
		OPT_BIT(OPT_CONFIG) | OPTS_PIN | OPT_BIT(OPT_FORCE) |
		OPT_BIT(OPT_JSON),
	    .run = cmd_restore },
	{ .name = "pin", .operands = "change|unblock",
	    .summary = "change the PIN of a token, or unblock it",
	    .operand_min = 1, .operand_max = 1,
	    .options = HELP | OPTS_TOKEN | OPTS_PIN | OPTS_SO_PIN |
		OPTS_NEW_PIN | OPT_BIT(OPT_JSON),
	    .run = cmd_pin },
	{ .name = "tokens", .operands = "",
	    .summary = "list tokens and readers, and how they are",
	    .options = HELP | OPTS_TOKEN | OPT_BIT(OPT_JSON),
	    .run = cmd_tokens },
	{ .name = "doctor", .operands = "",
	    .summary = "find out what keeps programs from using the tokens",
	    .options = HELP | OPT_BIT(OPT_CONFIG) | OPT_BIT(OPT_MODULE) |
		OPT_BIT(OPT_PIN_FILE) | OPT_BIT(OPT_SO_PIN_FILE) |
		OPT_BIT(OPT_JSON),
	    .run = cmd_doctor },
	{ .name = "explain", .operands = "[CODE...]",
	    .summary = "say what an error code means, and what to do",
	    .operand_max = SIZE_MAX, .numbers = true,
	    .options = HELP | OPT_BIT(OPT_JSON),
	    .run = cmd_explain },
	{ .name = "help", .operands = "[COMMAND|types|curves]",
	    .summary = "show help",
	    .operand_max = 1,
	    .options = HELP,
	    .run = cmd_help },
};

const size_t command_count = ARRAY_LEN(commands);

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

void
help_all(void)
{
	printf("usage: cngtool COMMAND [OPTION]... [FILE]\n\n");
	for (size_t i = 0; i < command_count; i++)
		printf("  %-8s  %s\n", commands[i].name, commands[i].summary);
	printf("\n'cngtool help COMMAND' tells more; cngtool(1) tells all.\n");
}

void
help_command(const struct command *cmd)
{
	printf("usage: cngtool %s [OPTION]...%s%s\n\n  %s\n\n", cmd->name,
	    cmd->operands[0] == '\0' ? "" : " ", cmd->operands, cmd->summary);
	for (size_t i = 0; i < OPT_COUNT; i++) {
		const struct option_info *info = option_info((enum opt)i);
		char left[64];

		if ((cmd->options & OPT_BIT(i)) == 0)
			continue;
		snprintf(left, sizeof(left), "%c%c%s--%s%s%s",
		    info->letter == 0 ? ' ' : '-',
		    info->letter == 0 ? ' ' : info->letter,
		    info->letter == 0 ? "  " : ", ", info->name,
		    info->arg == NULL ? "" : " ",
		    info->arg == NULL ? "" : info->arg);
		printf("  %-28s  %s\n", left, info->help);
	}
	if (strcmp(cmd->operands, "ALGORITHM") == 0)
		help_algorithms();
	else if (strcmp(cmd->operands, "FILE") == 0 &&
	    cmd->run != cmd_backup && cmd->run != cmd_restore)
		printf("\nFILE may be - for standard input.\n");
}

void
help_types(void)
{
	for (int i = BLOB_ANY + 1; i < BLOB_TYPE_COUNT; i++) {
		const struct blob_info *info = blob_info((enum blob_type)i);

		if (info != NULL)
			printf("%-20s  %s\n", info->name, info->constant);
	}
	for (int i = FORM_BLOB + 1; i < FORM_COUNT; i++)
		printf("%-20s  %s\n", form_name((enum form)i),
		    form_help((enum form)i));
}

/* Those that --curve takes. */
static void
help_curves(void)
{
	for (int i = 0; i < CURVE_COUNT; i++) {
		const struct curve_info *info = curve_info((enum key_curve)i);

		if (info != NULL && info->cng_name != NULL)
			printf("%s\n", info->cng_name);
	}
}

enum exit_code
cmd_help(const struct args *args)
{
	const struct command *cmd;

	if (args->operand_count == 0) {
		help_all();
		return EXIT_DONE;
	}
	if (strcmp(args->operand[0], "types") == 0) {
		help_types();
		return EXIT_DONE;
	}
	if (strcmp(args->operand[0], "curves") == 0) {
		help_curves();
		return EXIT_DONE;
	}
	cmd = command_find(args->operand[0]);
	if (cmd == NULL)
		return fail_usage("no command %s", args->operand[0]);
	help_command(cmd);
	return EXIT_DONE;
}
