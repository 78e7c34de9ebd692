/* SPDX-License-Identifier: BSD-2-Clause
 *
 * export: a key of a token as a CNG blob, if its policy lets it out.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/io.h"
#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "cli/pin.h"
#include "cli/select.h"
#include "core/transfer.h"

#include <string.h>

/* What a key is exported as when no type is said. */
static const enum blob_type defaults[KEY_FAMILY_COUNT][2] = {
	[KEY_RSA] = { BLOB_RSAPRIVATE, BLOB_RSAPUBLIC },
	/* the full layout where a curve has no name */
	[KEY_EC] = { BLOB_PRIVATE, BLOB_PUBLIC },
	[KEY_MONTGOMERY] = { BLOB_PRIVATE, BLOB_PUBLIC },
	[KEY_EDWARDS] = { BLOB_PKCS8, BLOB_ANY },
	[KEY_AES] = { BLOB_KEYDATA, BLOB_ANY },
	[KEY_GENERIC] = { BLOB_KEYDATA, BLOB_ANY },
	[KEY_DSA] = { BLOB_DSAPRIVATE, BLOB_DSAPUBLIC },
	[KEY_DH] = { BLOB_DHPRIVATE, BLOB_DHPUBLIC },
	/* carries the seed, if there is one */
	[KEY_MLKEM] = { BLOB_PQPRIVATE, BLOB_MLKEMPUBLIC },
	[KEY_MLDSA] = { BLOB_PQPRIVATE, BLOB_PQDSAPUBLIC },
	[KEY_SLHDSA] = { BLOB_PQPRIVATE, BLOB_PQDSAPUBLIC },
};

struct job {
	const struct args *args;
	struct object *object;
	struct object *wrapping;
	struct secret password;
	struct secret blob;
	struct export_request req;
};

static void
job_free(struct job *job)
{
	object_free(job->object);
	object_free(job->wrapping);
	secret_free(&job->password);
	secret_free(&job->blob);
}

static bool
wants_password(const struct args *args)
{
	return args_has(args, OPT_PASSWORD_FILE) ||
	    args_has(args, OPT_PASSWORD_ENV) ||
	    args_has(args, OPT_ENCRYPTION);
}

static enum exit_code
choose_type(struct job *job)
{
	enum key_family family = object_family(job->object);
	bool public = args_has(job->args, OPT_PUBLIC) ||
	    object_class(job->object) == OBJ_PUBLIC;
	enum exit_code code;

	if (args_has(job->args, OPT_TYPE)) {
		code = keyfile_type(&job->req.type,
		    job->args->value[OPT_TYPE]);
		if (code != EXIT_DONE)
			return code;
	} else if (args_has(job->args, OPT_DESCRIPTOR)) {
		job->req.type = BLOB_PROTECTEDKEY;
	} else if (wants_password(job->args)) {
		job->req.type = BLOB_PKCS8;
	} else {
		job->req.type = family < KEY_FAMILY_COUNT ?
		    defaults[family][public] : BLOB_ANY;
	}
	if (job->req.type == BLOB_ANY)
		return fail(CNG_ERR_BAD_TYPE, "this object has no %s form",
		    public ? "public blob" : "blob");
	if (args_has(job->args, OPT_PUBLIC) &&
	    blob_info(job->req.type)->class != BLOB_CLASS_PUBLIC)
		return fail_usage("%s holds more than the --public part",
		    blob_info(job->req.type)->name);
	return EXIT_DONE;
}

static enum exit_code
choose_password(struct job *job)
{
	const char *kind = job->args->value[OPT_ENCRYPTION];
	struct pbe *pbe = &job->req.params.pbe;
	enum exit_code code;

	if (!wants_password(job->args))
		return EXIT_DONE;
	if (job->req.type != BLOB_PKCS8)
		return fail_usage("only PKCS8_PRIVATEKEY takes a password");
	if (kind == NULL || strcmp(kind, "aes256") == 0)
		pbe->kind = PBE_PBES2_AES256;
	else if (strcmp(kind, "3des") == 0)
		pbe->kind = PBE_PKCS12_3DES;
	else
		return fail_usage("--encryption %s: not aes256 or 3des", kind);
	code = pin_get_new(&job->password, job->args, PIN_PASSWORD);
	pbe->password = secret_span(&job->password);
	pbe->has_password = true;
	return code;
}

static enum exit_code
choose_descriptor(struct job *job)
{
	const char *rule = job->args->value[OPT_DESCRIPTOR];
	enum cng_status st;
	bool machine;

	if (rule == NULL)
		return EXIT_DONE;
	if (job->req.type != BLOB_PROTECTEDKEY)
		return fail_usage("only ProtectedKeyBlob takes a descriptor");
	st = rule[0] == '\0' ? CNG_ERR_ARGUMENT :
	    blob_protected_rule(span_str(rule), &machine);
	if (st != CNG_OK)
		return fail_advise(st, "say LOCAL=user or LOCAL=machine",
		    "--descriptor %s: nobody here can protect so", rule);
	job->req.params.protect.rule = span_str(rule);
	return EXIT_DONE;
}

static enum exit_code
choose_wrapping(struct job *job, struct token *token)
{
	const char *text = job->args->value[OPT_WRAP_WITH];
	enum exit_code code;

	if (text == NULL && blob_is_framed(job->req.type))
		return fail_usage("%s needs --wrap-with",
		    blob_info(job->req.type)->name);
	if (text == NULL)
		return EXIT_DONE;
	if (blob_info(job->req.type)->class == BLOB_CLASS_PUBLIC)
		return fail_usage("a public blob is not wrapped");
	code = select_key(&job->wrapping, token, OBJ_PUBLIC, text);
	job->req.key = job->wrapping;
	return code;
}

static enum cng_status
export(struct job *job, struct token *token)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	st = token_export(token, job->object, &job->req, &w);
	if (st == CNG_OK)
		st = secret_new(&job->blob, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(job->blob.ptr, job->blob.len);
	st = token_export(token, job->object, &job->req, &w);
	if (st == CNG_OK)
		secret_truncate(&job->blob, w.len);
	return st;
}

static enum exit_code
complain(enum cng_status st, const struct job *job)
{
	const struct blob_info *info = blob_info(job->req.type);
	char what[256];

	object_summary(what, sizeof(what), job->object);
	return fail(st, "%s as %s: %s", what, info->name,
	    cng_status_text(st));
}

static enum exit_code
put_out(const struct job *job)
{
	bool public = blob_info(job->req.type)->class == BLOB_CLASS_PUBLIC;

	return io_write(job->args->value[OPT_OUTPUT],
	    secret_span(&job->blob), public ? IO_PUBLIC : IO_PRIVATE);
}

/* A public key needs no PIN, unless one is at hand anyway. */
static enum exit_code
login(struct target *target, const struct args *args)
{
	if (args_has(args, OPT_PUBLIC) && !pin_given(args, PIN_USER))
		return EXIT_DONE;
	return target_login(target, args);
}

static enum exit_code
run(struct job *job, struct target *target)
{
	struct selected found = { 0 };
	enum exit_code code;
	enum cng_status st;

	code = login(target, job->args);
	if (code == EXIT_DONE)
		code = select_one(&found, target->token, job->args);
	job->object = found.object;
	if (code == EXIT_DONE)
		code = choose_type(job);
	if (code == EXIT_DONE)
		code = choose_password(job);
	if (code == EXIT_DONE)
		code = choose_descriptor(job);
	if (code == EXIT_DONE)
		code = choose_wrapping(job, target->token);
	if (code != EXIT_DONE)
		return code;
	st = export(job, target->token);
	return st == CNG_OK ? put_out(job) : complain(st, job);
}

enum exit_code
cmd_export(const struct args *args)
{
	struct job job = { .args = args };
	struct targets targets;
	struct target *target = NULL;
	enum exit_code code;

	code = targets_open(&targets, args);
	if (code == EXIT_DONE)
		code = targets_pick(&target, &targets, args);
	if (code == EXIT_DONE)
		code = run(&job, target);
	job_free(&job);
	targets_close(&targets);
	return code;
}
