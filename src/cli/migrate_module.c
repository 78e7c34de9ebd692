/* SPDX-License-Identifier: BSD-2-Clause
 *
 * migrate --from-module: what another PKCS#11 module lets go.
 */
#include "config.h"

#include "cli/migrate.h"

#include "cli/io.h"
#include "cli/pin.h"
#include "cli/prompt.h"
#include "cli/uri.h"
#include "foreign/foreign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIN_ADVICE "give it with --from-pin-file or --from-pin-env"
#define PIN_VARIABLE "CNG_FROM_PIN"

/* --- the other token ------------------------------------------------------ */

static bool
is_wanted(const struct foreign_token *token, const void *arg)
{
	const struct shown *shown = &token->shown;
	const char *text = arg;
	bool fits;

	if (text == NULL)
		return true;
	if (uri_fits(text, shown, &token->slot, &fits))
		return fits;
	return strcmp(text, shown->label) == 0 ||
	    strcmp(text, shown->serial) == 0;
}

static enum exit_code
complain(enum cng_status st, const struct foreign *f,
    const struct args *args)
{
	const char *advice = exit_advice(st);

	if (st == CNG_ERR_NO_TOKEN)
		advice = "choose one with --from-token";
	else if (st == CNG_ERR_NOT_SUPPORTED)
		advice = "--from-module is the file of a PKCS#11 module";
	else if (st == CNG_ERR_DEVICE)
		advice = "'cngtool explain' tells what its code means";
	else if (st == CNG_ERR_PIN_WRONG)
		advice = PIN_ADVICE;
	return fail_advise(st, advice, "%s: %s",
	    args->value[OPT_FROM_MODULE],
	    f->error[0] == '\0' ? cng_status_text(st) : f->error);
}

static enum exit_code
get_pin(struct secret *out, const struct args *args,
    const struct foreign_token *token)
{
	const char *env = args->value[OPT_FROM_PIN_ENV];
	const char *value = secure_getenv(env == NULL ? PIN_VARIABLE : env);
	char question[80];
	enum cng_status st;

	if (args_has(args, OPT_FROM_PIN_FILE))
		return io_read_line(out, args->value[OPT_FROM_PIN_FILE]);
	if (value != NULL) {
		st = secret_replace(out, span_str(value));
		return st == CNG_OK ? EXIT_DONE : fail(st, "PIN");
	}
	if (env != NULL)
		return fail_advise(CNG_ERR_PIN_NOT_SET, PIN_ADVICE,
		    "variable %s is not set", env);
	if (!prompt_possible())
		return fail_advise(CNG_ERR_NOT_LOGGED_IN, PIN_ADVICE,
		    "no PIN of token '%s', and no terminal to ask for it",
		    token->shown.label);
	snprintf(question, sizeof(question), "PIN of token '%s': ",
	    token->shown.label);
	return prompt_secret(out, question);
}

static enum exit_code
enter(struct foreign *f, const struct args *args)
{
	const struct foreign_source source = {
		.module = args->value[OPT_FROM_MODULE],
		.is_wanted = is_wanted,
		.arg = args->value[OPT_FROM_TOKEN],
	};
	struct foreign_token token;
	struct secret pin = { 0 };
	enum exit_code code = EXIT_DONE;
	enum cng_status st = foreign_open(f, &source, &token);

	if (st == CNG_OK && token.needs_login)
		code = get_pin(&pin, args, &token);
	if (st == CNG_OK && code == EXIT_DONE)
		st = foreign_login(f, secret_span(&pin), token.needs_login);
	secret_free(&pin);
	return st == CNG_OK ? code : complain(st, f, args);
}

/* --- objects -------------------------------------------------------------- */

static void
fill(struct migrant *m, const struct foreign_object *object)
{
	const struct props all = { object->item, object->count };

	*m = (struct migrant){ .wrapped = object->wrapped,
		.value = props_bytes(all, PROP_VALUE) };
	for (size_t i = 0; i < object->count; i++) {
		const struct prop *line = &object->item[i];

		if (line->id == PROP_CLASS &&
		    line->number < OBJ_CLASS_COUNT)
			m->class = (enum obj_class)line->number;
		else if (line->id == PROP_KEY_FAMILY &&
		    line->number < KEY_FAMILY_COUNT)
			m->family = (enum key_family)line->number;
		else if (line->id != PROP_VALUE && m->count < MIGRANT_LINES)
			m->line[m->count++] = *line;
	}
}

static enum exit_code
copy_all(struct migration *mig, struct foreign *f)
{
	struct foreign_object object;
	enum exit_code code = EXIT_DONE;
	enum cng_status st = CNG_OK;
	struct migrant m;

	while (code == EXIT_DONE) {
		migrate_progress(mig);
		st = foreign_next(f, &object);
		if (st != CNG_OK)
			break;
		fill(&m, &object);
		if (object.st == CNG_OK)
			code = migrate_put(mig, &m);
		else
			migrate_refuse(mig, &m, object.st, object.reason);
		foreign_object_free(&object);
		mig->done++;
	}
	migrate_progress_clear(mig);
	if (code != EXIT_DONE || st == CNG_ERR_NOT_FOUND)
		return code;
	return complain(st, f, mig->args);
}

enum exit_code
migrate_module(struct migration *mig, struct targets *targets)
{
	struct foreign f = { .pid = 0 };
	enum exit_code code = enter(&f, mig->args);

	mig->total = f.count;
	if (code == EXIT_DONE)
		code = migrate_begin(mig, targets);
	if (code == EXIT_DONE)
		code = copy_all(mig, &f);
	foreign_close(&f);
	return code;
}
