/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of all commands in one table (an option means the same
 * everywhere) and what the user gave of them.
 */
#ifndef CNG_CLI_ARGS_H
#define CNG_CLI_ARGS_H

#include "cli/exit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opt {
	OPT_HELP = 0,
	OPT_JSON,
	OPT_OUTPUT,
	/* which token */
	OPT_TOKEN,
	OPT_STORE,
	OPT_READER,
	OPT_MACHINE,
	OPT_CONFIG,
	OPT_MODULE,
	/* secrets, never on the command line themselves */
	OPT_PIN_FILE,
	OPT_PIN_ENV,
	OPT_SO_PIN_FILE,
	OPT_SO_PIN_ENV,
	OPT_NEW_PIN_FILE,
	OPT_NEW_PIN_ENV,
	OPT_PASSWORD_FILE,
	OPT_PASSWORD_ENV,
	OPT_NEW_PASSWORD_FILE,
	OPT_NEW_PASSWORD_ENV,
	/* which object, or what a new one is called */
	OPT_NAME,
	OPT_LABEL,
	OPT_ID,
	OPT_CLASS,
	OPT_URI,
	/* blobs */
	OPT_TYPE,
	OPT_TO,
	OPT_PUBLIC,
	OPT_SHOW_SECRETS,
	OPT_WRAPPING_KEY,
	OPT_WRAP_WITH,
	OPT_ENCRYPTION,
	OPT_OAEP_HASH,
	OPT_OAEP_LABEL,
	OPT_AES_BITS,
	OPT_CURVE,
	OPT_KEY,
	OPT_ALL,
	OPT_KDS_ROOT_KEY,
	OPT_DESCRIPTOR,
	OPT_RECIPIENT_CERT,
	OPT_RECIPIENT_KEY,
	/* import */
	OPT_EXPORTABLE,
	OPT_PLAINTEXT_EXPORTABLE,
	OPT_OVERWRITE,
	OPT_NO_VALIDATION,
	OPT_USAGE,
	OPT_KEY_SLOT,
	/* sign, verify */
	OPT_DIGEST,
	OPT_PSS,
	OPT_SIGNATURE,
	/* migrate */
	OPT_FROM_MODULE,
	OPT_FROM_TOKEN,
	OPT_FROM_PIN_FILE,
	OPT_FROM_PIN_ENV,
	OPT_DRY_RUN,
	OPT_QUIET,
	OPT_CERTS,
	OPT_NO_PIN,
	/* consent */
	OPT_FORCE,
	OPT_YES,
	OPT_COUNT
};

_Static_assert(OPT_COUNT <= 64, "a bit for every option");
#define OPT_BIT(opt) ((uint64_t)1 << (opt))

#define OPTS_TOKEN (OPT_BIT(OPT_TOKEN) | OPT_BIT(OPT_STORE) | \
    OPT_BIT(OPT_READER) | OPT_BIT(OPT_MACHINE) | OPT_BIT(OPT_CONFIG))
#define OPTS_PIN (OPT_BIT(OPT_PIN_FILE) | OPT_BIT(OPT_PIN_ENV))
#define OPTS_SO_PIN (OPT_BIT(OPT_SO_PIN_FILE) | OPT_BIT(OPT_SO_PIN_ENV))
#define OPTS_NEW_PIN (OPT_BIT(OPT_NEW_PIN_FILE) | OPT_BIT(OPT_NEW_PIN_ENV))
#define OPTS_PASSWORD (OPT_BIT(OPT_PASSWORD_FILE) | OPT_BIT(OPT_PASSWORD_ENV))
#define OPTS_NEW_PASSWORD (OPT_BIT(OPT_NEW_PASSWORD_FILE) | \
    OPT_BIT(OPT_NEW_PASSWORD_ENV))
#define OPTS_KEY (OPT_BIT(OPT_NAME) | OPT_BIT(OPT_LABEL) | OPT_BIT(OPT_ID))

#define OPTS_OBJECT (OPTS_KEY | OPT_BIT(OPT_CLASS) | OPT_BIT(OPT_URI))

struct option_info {
	const char *name;        /* without the dashes */
	char letter;             /* or 0 */
	const char *arg;         /* "FILE"; NULL: a switch */
	const char *help;
};

const struct option_info *option_info(enum opt opt);

struct args {
	const char *value[OPT_COUNT];  /* NULL: not given; "" for a switch */
	char **operand;
	size_t operand_count;
};

static inline bool
args_has(const struct args *args, enum opt opt)
{
	return args->value[opt] != NULL;
}

/* argv[0] is the command itself.  allowed: OPT_BITs.  What is wrong has been
 * said when this does not return EXIT_DONE. */
enum exit_code args_parse(struct args *out, int argc, char **argv,
    uint64_t allowed);

#endif
