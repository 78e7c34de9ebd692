/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One row per kind of secret; the sources are tried in one order.
 */
#include "config.h"

#include "cli/pin.h"

#include "base/utf16.h"
#include "base/util.h"
#include "cli/io.h"
#include "cli/prompt.h"
#include "core/token.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define QUESTION_MAX 256
#define FILE_SHOWN 200

struct source {
	enum opt file;
	enum opt env;
	const char *env_name;    /* when --*-env is not given */
	const char *credential;  /* file below $CREDENTIALS_DIRECTORY */
	const char *what;
	const char *question;
	const char *new_question;
	const char *advice;
};

static const struct source sources[PIN_KIND_COUNT] = {
	[PIN_USER] = { OPT_PIN_FILE, OPT_PIN_ENV, "CNG_PIN", "cng-pin",
	    "user PIN", "User PIN: ", "New user PIN: ",
	    "give it with --pin-file or --pin-env" },
	[PIN_SO] = { OPT_SO_PIN_FILE, OPT_SO_PIN_ENV, "CNG_SO_PIN",
	    "cng-so-pin", "SO PIN", "SO PIN: ", "New SO PIN: ",
	    "give it with --so-pin-file or --so-pin-env" },
	[PIN_NEW] = { OPT_NEW_PIN_FILE, OPT_NEW_PIN_ENV, "CNG_NEW_PIN",
	    "cng-new-pin", "new PIN", "New user PIN: ", "New user PIN: ",
	    "give it with --new-pin-file or --new-pin-env" },
	[PIN_UNBLOCK] = { OPT_SO_PIN_FILE, OPT_SO_PIN_ENV, "CNG_SO_PIN",
	    "cng-so-pin", "code to unblock with", "PUK, or admin key: ",
	    "PUK, or admin key: ",
	    "give it with --so-pin-file or --so-pin-env" },
	[PIN_PASSWORD] = { OPT_PASSWORD_FILE, OPT_PASSWORD_ENV,
	    "CNG_PASSWORD", "cng-password", "password", "Password: ",
	    "New password: ",
	    "give it with --password-file or --password-env" },
	[PIN_NEW_PASSWORD] = { OPT_NEW_PASSWORD_FILE, OPT_NEW_PASSWORD_ENV,
	    "CNG_NEW_PASSWORD", "cng-new-password", "new password",
	    "New password: ", "New password: ",
	    "give it with --new-password-file or --new-password-env" },
};

/* What a file gave: a stream gives it once, and a command may want it again.
 * What a person typed is not kept. */
static struct kept {
	bool is_there;
	struct secret line;
} kept[PIN_KIND_COUNT];

void
pin_forget(void)
{
	for (size_t i = 0; i < PIN_KIND_COUNT; i++) {
		secret_free(&kept[i].line);
		kept[i].is_there = false;
	}
}

static const char *
env_value(const struct args *args, const struct source *src)
{
	const char *value;

	if (args_has(args, src->env))
		return secure_getenv(args->value[src->env]);
	value = secure_getenv(src->env_name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* False when there is no such file. */
static bool
credential_path(char *out, size_t size, const struct source *src)
{
	const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
	int len;

	if (folder == NULL || folder[0] != '/')
		return false;
	len = snprintf(out, size, "%s/%s", folder, src->credential);
	return len > 0 && (size_t)len < size && access(out, R_OK) == 0;
}

bool
pin_given(const struct args *args, enum pin_kind kind)
{
	const struct source *src = &sources[kind];
	char path[PATH_MAX];

	return args_has(args, src->file) || args_has(args, src->env) ||
	    env_value(args, src) != NULL ||
	    credential_path(path, sizeof(path), src);
}

enum exit_code
pin_check_stdin(const struct args *args)
{
	static const enum opt files[] = { OPT_PIN_FILE, OPT_SO_PIN_FILE,
		OPT_NEW_PIN_FILE, OPT_PASSWORD_FILE, OPT_NEW_PASSWORD_FILE,
		OPT_FROM_PIN_FILE, OPT_KDS_ROOT_KEY, OPT_RECIPIENT_CERT,
		OPT_RECIPIENT_KEY, OPT_SIGNATURE };
	size_t uses = 0;

	for (size_t i = 0; i < args->operand_count; i++)
		uses += strcmp(args->operand[i], "-") == 0;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *file = args->value[files[i]];

		uses += file != NULL && strcmp(file, "-") == 0;
	}
	if (uses > 1)
		return fail_usage("standard input is wanted twice");
	return EXIT_DONE;
}

static enum exit_code
read_once(struct secret *out, enum pin_kind kind, const char *path)
{
	struct kept *first = &kept[kind];
	enum exit_code code = EXIT_DONE;
	enum cng_status st;

	if (!first->is_there)
		code = io_read_line(&first->line, path);
	if (code != EXIT_DONE)
		return code;
	first->is_there = true;
	st = secret_replace(out, secret_span(&first->line));
	return st == CNG_OK ? EXIT_DONE :
	    fail(st, "%s", sources[kind].what);
}

/* *found is false when only a question is left. */
static enum exit_code
get_unasked(struct secret *out, const struct args *args, enum pin_kind kind,
    bool *found)
{
	const struct source *src = &sources[kind];
	enum cng_status st;
	const char *value;
	char path[PATH_MAX];

	*found = true;
	if (args_has(args, src->file))
		return read_once(out, kind, args->value[src->file]);
	value = env_value(args, src);
	if (value != NULL) {
		st = secret_replace(out, span_str(value));
		return st == CNG_OK ? EXIT_DONE : fail(st, "%s", src->what);
	}
	if (args_has(args, src->env)) {
		fail_advise(CNG_ERR_PIN_NOT_SET, src->advice,
		    "variable %s is not set", args->value[src->env]);
		return EXIT_AUTH;
	}
	if (credential_path(path, sizeof(path), src))
		return read_once(out, kind, path);
	*found = false;
	return EXIT_DONE;
}

static void (*before)(void *arg);
static void *before_arg;

void
pin_before_question(void (*clear)(void *arg), void *arg)
{
	before = clear;
	before_arg = arg;
}

/* file: whose it is, or NULL. */
static enum exit_code
get(struct secret *out, const struct args *args, enum pin_kind kind,
    bool fresh, const char *file)
{
	const struct source *src = &sources[kind];
	char of_file[QUESTION_MAX];
	enum exit_code code;
	bool found;

	code = get_unasked(out, args, kind, &found);
	if (code != EXIT_DONE || found)
		return code;
	if (!prompt_possible())
		return fail_advise(CNG_ERR_NOT_LOGGED_IN, src->advice,
		    "no %s, and no terminal to ask for it", src->what);
	if (before != NULL)
		before(before_arg);
	if (file != NULL) {
		snprintf(of_file, sizeof(of_file), "Password of %.*s: ",
		    FILE_SHOWN, file);
		return prompt_secret(out, of_file);
	}
	return fresh ? prompt_new_secret(out, src->new_question) :
		       prompt_secret(out, src->question);
}

enum exit_code
pin_get(struct secret *out, const struct args *args, enum pin_kind kind)
{
	return get(out, args, kind, false, NULL);
}

enum exit_code
pin_get_password(struct secret *out, const struct args *args,
    const char *file)
{
	return get(out, args, PIN_PASSWORD, false, file);
}

enum exit_code
pin_get_new(struct secret *out, const struct args *args, enum pin_kind kind)
{
	enum exit_code code = get(out, args, kind, true, NULL);

	if (code != EXIT_DONE || kind == PIN_PASSWORD ||
	    kind == PIN_NEW_PASSWORD)
		return code;
	if (out->len < TOKEN_PIN_MIN || out->len > TOKEN_PIN_MAX)
		return fail(CNG_ERR_PIN_LENGTH, "the %s has %zu bytes",
		    sources[kind].what, out->len);
	if (!utf8_valid(secret_span(out)))
		return fail(CNG_ERR_PIN_INVALID, "the %s is not UTF-8",
		    sources[kind].what);
	return EXIT_DONE;
}
