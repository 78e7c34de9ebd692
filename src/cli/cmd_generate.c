/* SPDX-License-Identifier: BSD-2-Clause
 *
 * generate: a key pair made in the token, where it stays.
 */
#include "cli/cmd.h"

#include "base/text.h"
#include "base/util.h"
#include "cli/card.h"
#include "cli/print.h"
#include "cli/select.h"
#include "cli/usage.h"
#include "key/alg.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What Windows calls it, then what OpenSSL does. */
struct algorithm {
	const char *name, *alias;
	enum key_family family;
	enum key_curve curve;
	uint64_t bits;
	uint64_t mechanism;      /* as the faces number it */
};

/* The numbers of the standard's generating mechanisms. */
#define MAKES_RSA 0x0000
#define MAKES_EC 0x1040
#define MAKES_EDWARDS 0x1055
#define MAKES_MONTGOMERY 0x1056

static const struct algorithm algorithms[] = {
	{ "rsa2048", "rsa:2048", KEY_RSA, CURVE_NONE, 2048, MAKES_RSA },
	{ "rsa3072", "rsa:3072", KEY_RSA, CURVE_NONE, 3072, MAKES_RSA },
	{ "rsa4096", "rsa:4096", KEY_RSA, CURVE_NONE, 4096, MAKES_RSA },
	{ "nistP256", "P-256", KEY_EC, CURVE_P256, 0, MAKES_EC },
	{ "nistP384", "P-384", KEY_EC, CURVE_P384, 0, MAKES_EC },
	{ "nistP521", "P-521", KEY_EC, CURVE_P521, 0, MAKES_EC },
	{ "ed25519", "ed25519", KEY_EDWARDS, CURVE_ED25519, 0,
	    MAKES_EDWARDS },
	{ "curve25519", "x25519", KEY_MONTGOMERY, CURVE_X25519, 0,
	    MAKES_MONTGOMERY },
};

#define TERMS_MAX (7 + USAGE_PROPS_MAX)

struct job {
	const struct args *args;
	const struct algorithm *algorithm;
	struct prop public[TERMS_MAX], private[TERMS_MAX];
	size_t public_count, private_count;
	struct secret id;
};

void
help_algorithms(void)
{
	printf("\nALGORITHM is one of");
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		printf("%s %s", i == 0 ? "" : ",", algorithms[i].name);
	printf(".\n");
}

static enum exit_code
choose_algorithm(struct job *job)
{
	const char *text = job->args->operand[0];

	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (strcasecmp(text, algorithms[i].name) == 0 ||
		    strcasecmp(text, algorithms[i].alias) == 0)
			job->algorithm = &algorithms[i];
	return job->algorithm != NULL ? EXIT_DONE :
	    fail_usage("no algorithm %s", text);
}

static void
add(struct job *job, const struct prop *line)
{
	job->public[job->public_count++] = *line;
	job->private[job->private_count++] = *line;
}

static enum exit_code
add_names(struct job *job)
{
	const struct args *args = job->args;

	add(job, &(struct prop){ .id = PROP_TOKEN, .number = 1 });
	if (args_has(args, OPT_NAME))
		job->private[job->private_count++] = (struct prop){
			.id = PROP_NAME,
			.bytes = span_str(args->value[OPT_NAME]) };
	if (args_has(args, OPT_LABEL) || args_has(args, OPT_NAME))
		add(job, &(struct prop){ .id = PROP_LABEL,
			.bytes = span_str(args->value[args_has(args,
			    OPT_LABEL) ? OPT_LABEL : OPT_NAME]) });
	if (!args_has(args, OPT_ID))
		return EXIT_DONE;
	if (hex_decode(&job->id, args->value[OPT_ID]) != CNG_OK)
		return fail_usage("--id %s is not hexadecimal",
		    args->value[OPT_ID]);
	add(job, &(struct prop){ .id = PROP_ID,
		.bytes = secret_span(&job->id) });
	return EXIT_DONE;
}

/* As the standard's templates say it. */
static enum exit_code
make_templates(struct job *job)
{
	const struct algorithm *a = job->algorithm;
	const struct curve_info *curve = curve_info(a->curve);
	enum exit_code code = add_names(job);

	if (code != EXIT_DONE)
		return code;
	job->public[job->public_count++] = a->family == KEY_RSA ?
	    (struct prop){ .id = PROP_MODULUS_BITS, .number = a->bits } :
	    (struct prop){ .id = PROP_EC_PARAMS, .bytes = curve->oid_der };
	job->private[job->private_count++] = (struct prop){
		.id = PROP_SENSITIVE, .number = 1 };
	if (!args_has(job->args, OPT_USAGE))
		return EXIT_DONE;
	return usage_props(job->private, &job->private_count,
	    job->args->value[OPT_USAGE], OBJ_PRIVATE);
}

static enum exit_code
add_slot(struct job *job, const struct target *target)
{
	uint64_t slot;
	enum exit_code code = card_slot(&slot, target, job->args);

	if (slot != 0)
		job->private[job->private_count++] = (struct prop){
			.id = PROP_KEY_SLOT, .number = slot };
	return code;
}

static enum exit_code
report(const struct job *job, const struct target *target, obj_id id)
{
	struct object *object;
	enum exit_code code;
	enum cng_status st;
	json_t *row;
	char what[256];

	st = token_object(target->token, id, &object);
	if (st != CNG_OK)
		return fail(st, "made, but cannot show it");
	code = object_row(&row, object, &target->info);
	if (code == EXIT_DONE && args_has(job->args, OPT_JSON)) {
		code = print_json(row);
	} else if (code == EXIT_DONE) {
		object_summary(what, sizeof(what), object);
		print_line("made %s, id %s", what,
		    json_string_value(json_object_get(row, "id")));
		print_line("%s",
		    json_string_value(json_object_get(row, "uri")));
	}
	json_decref(row);
	object_free(object);
	return code;
}

static enum exit_code
generate(struct job *job, struct target *target)
{
	const struct keygen_request req = {
		.family = job->algorithm->family,
		.mechanism = job->algorithm->mechanism,
		.public = { job->public, job->public_count },
		.private = { job->private, job->private_count },
	};
	obj_id key = 0, public = 0;
	enum cng_status st = token_generate(target->token, &target_access,
	    &req, &key, &public);

	if (st == CNG_OK)
		return report(job, target, key);
	if (target->info.is_card)
		return card_complain_key(st, target, job->args,
		    job->algorithm->name);
	if (st == CNG_ERR_EXISTS && args_has(job->args, OPT_NAME))
		return fail_advise(st, "choose another --name",
		    "a key named %s exists already",
		    job->args->value[OPT_NAME]);
	return fail(st, "%s: %s", job->algorithm->name, cng_status_text(st));
}

enum exit_code
cmd_generate(const struct args *args)
{
	struct job job = { .args = args };
	struct targets targets = { 0 };
	struct target *target = NULL;
	enum exit_code code;

	code = choose_algorithm(&job);
	if (code == EXIT_DONE)
		code = make_templates(&job);
	if (code == EXIT_DONE)
		code = targets_one(&target, &targets, args);
	if (code == EXIT_DONE)
		code = card_check(target, false);
	if (code == EXIT_DONE)
		code = add_slot(&job, target);
	if (code == EXIT_DONE)
		code = target_login(target, args);
	if (code == EXIT_DONE)
		code = generate(&job, target);
	secret_free(&job.id);
	targets_close(&targets);
	return code;
}
