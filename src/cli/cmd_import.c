/* SPDX-License-Identifier: BSD-2-Clause
 *
 * import: a key file becomes a token object.  Blobs go to the core as they
 * are; PEM, DER and raw values are put into a blob first, in memory.
 */
#include "cli/cmd.h"

#include "base/text.h"
#include "base/util.h"
#include "cli/io.h"
#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "cli/select.h"
#include "cli/usage.h"
#include "core/transfer.h"

#include <string.h>

#define TEMPLATE_MAX (6 + USAGE_PROPS_MAX)

struct job {
	const struct args *args;
	struct keyfile file;
	struct secret blob;        /* what goes to the core */
	struct span curve;         /* that it does not say itself */
	enum blob_type type;
	enum obj_class class;
	struct secret id;          /* --id */
	struct object *wrapping;   /* or NULL */
	struct prop tmpl[TEMPLATE_MAX];
	size_t tmpl_count;
};

static void
job_free(struct job *job)
{
	keyfile_free(&job->file);
	secret_free(&job->blob);
	secret_free(&job->id);
	object_free(job->wrapping);
}

static void
add_flag(struct job *job, enum prop_id id, bool value)
{
	job->tmpl[job->tmpl_count++] = (struct prop){ .id = id,
		.number = value };
}

static void
add_text(struct job *job, enum prop_id id, enum opt opt)
{
	if (args_has(job->args, opt))
		job->tmpl[job->tmpl_count++] = (struct prop){ .id = id,
			.bytes = span_str(job->args->value[opt]) };
}

static enum exit_code
make_template(struct job *job)
{
	const struct args *args = job->args;
	bool plain = args_has(args, OPT_PLAINTEXT_EXPORTABLE);

	add_flag(job, PROP_TOKEN, true);
	add_text(job, PROP_NAME, OPT_NAME);
	add_text(job, PROP_LABEL, OPT_LABEL);
	if (args_has(args, OPT_ID)) {
		if (hex_decode(&job->id, args->value[OPT_ID]) != CNG_OK)
			return fail_usage("--id %s is not hexadecimal",
			    args->value[OPT_ID]);
		job->tmpl[job->tmpl_count++] = (struct prop){ .id = PROP_ID,
			.bytes = secret_span(&job->id) };
	}
	if (job->type == BLOB_OPAQUETRANSPORT) {
		/* it brings its policy, and cannot get more */
		if (plain || args_has(args, OPT_EXPORTABLE))
			return fail_usage("OpaqueTransport brings its own "
			    "policy");
	} else if (job->class != OBJ_PUBLIC) {
		add_flag(job, PROP_EXTRACTABLE,
		    plain || args_has(args, OPT_EXPORTABLE));
		add_flag(job, PROP_SENSITIVE, !plain);
	} else if (plain || args_has(args, OPT_EXPORTABLE)) {
		return fail_usage("a public key is exportable always");
	}
	if (!args_has(args, OPT_USAGE))
		return EXIT_DONE;
	return usage_props(job->tmpl, &job->tmpl_count,
	    args->value[OPT_USAGE], job->class);
}

/* --- what to hand to the core --------------------------------------------- */

static enum obj_class
class_of_type(enum blob_type type)
{
	const struct blob_info *info = blob_info(type);

	if (info != NULL && info->class == BLOB_CLASS_PUBLIC)
		return OBJ_PUBLIC;
	if (info != NULL && info->class == BLOB_CLASS_SECRET)
		return OBJ_SECRET;
	return OBJ_PRIVATE;
}

/* Only the name in the header of a protected key says what it is. */
static void
find_secret(void *arg, const struct blob_field *field)
{
	enum obj_class *class = arg;

	if (strcmp(field->name, "AlgName") == 0 && field->text != NULL &&
	    (strcmp(field->text, "AES") == 0 ||
		strcmp(field->text, "HMAC-SHA256") == 0))
		*class = OBJ_SECRET;
}

static enum obj_class
class_of_blob(enum blob_type type, struct span blob)
{
	enum obj_class class = class_of_type(type);

	/* what is wrong with it has been said, or core says it */
	if (type == BLOB_PROTECTEDKEY)
		(void)!blob_describe(type, blob, find_secret, &class);
	return class;
}

static enum blob_type
type_of_key(const struct key_material *key)
{
	if (key->family == KEY_AES || key->family == KEY_GENERIC)
		return BLOB_KEYDATA;
	return key->has_private ? BLOB_PKCS8 : BLOB_PUBLIC;
}

static enum cng_status
encode(struct job *job)
{
	const struct key_material *key = &job->file.key;
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	st = blob_encode(job->type, key, NULL, &w);
	if (st == CNG_OK)
		st = secret_new(&job->blob, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(job->blob.ptr, job->blob.len);
	return blob_encode(job->type, key, NULL, &w);
}

static enum exit_code
take_plain(struct job *job)
{
	struct keyfile *file = &job->file;
	enum exit_code code;
	enum cng_status st;

	code = keyfile_read(file, job->args, job->args->operand[0]);
	if (code != EXIT_DONE)
		return code;
	job->type = file->type;
	if (file->as_is) {
		secret_move(&job->blob, &file->data);
	} else {
		job->type = type_of_key(&file->key);
		st = encode(job);
		if (st != CNG_OK)
			return fail(st, "%s: %s", file->name,
			    cng_status_text(st));
	}
	job->class = class_of_blob(job->type, secret_span(&job->blob));
	job->curve = keyfile_curve_name(&file->key);
	return EXIT_DONE;
}

static enum exit_code
take_wrapped(struct job *job)
{
	enum blob_type found = BLOB_ANY;
	enum exit_code code;

	job->file.name = io_input_name(job->args->operand[0]);
	code = args_has(job->args, OPT_TYPE) ?
	    keyfile_type(&job->type, job->args->value[OPT_TYPE]) :
	    EXIT_DONE;
	if (code == EXIT_DONE)
		code = keyfile_curve(&job->curve, job->args);
	if (code == EXIT_DONE)
		code = io_read(&job->blob, job->args->operand[0]);
	/* the frame of a wrapped key is in clear */
	if (code == EXIT_DONE && job->type == BLOB_ANY &&
	    blob_detect(secret_span(&job->blob), &found) == CNG_OK &&
	    blob_is_framed(found))
		job->type = found;
	job->class = class_of_type(job->type);
	return code;
}

/* --- the import ---------------------------------------------------------- */

static enum exit_code
report(struct job *job, struct target *target, obj_id id)
{
	struct object *object;
	enum exit_code code;
	enum cng_status st;
	json_t *row;
	char what[256];

	st = token_object(target->token, id, &object);
	if (st != CNG_OK)
		return fail(st, "imported, but cannot show it");
	code = object_row(&row, object, &target->info);
	if (code == EXIT_DONE && args_has(job->args, OPT_JSON)) {
		code = print_json(row);
	} else if (code == EXIT_DONE) {
		object_summary(what, sizeof(what), object);
		print_line("imported %s, id %s", what,
		    json_string_value(json_object_get(row, "id")));
		print_line("%s",
		    json_string_value(json_object_get(row, "uri")));
	}
	json_decref(row);
	object_free(object);
	return code;
}

static enum exit_code
complain(enum cng_status st, const struct job *job)
{
	const char *name = job->file.name;

	if (st == CNG_ERR_EXISTS)
		return fail(st, "a key named %s exists already",
		    job->args->value[OPT_NAME] == NULL ? "so" :
		    job->args->value[OPT_NAME]);
	if ((job->type == BLOB_OPAQUETRANSPORT ||
		job->type == BLOB_PROTECTEDKEY) && st == CNG_ERR_BAD_KEY)
		return fail_advise(st, "import it there, and export the key "
		    "in another form", "%s: was made by another token", name);
	if (job->wrapping == NULL &&
	    (st == CNG_ERR_BAD_DATA || st == CNG_ERR_BAD_MAGIC))
		return keyfile_complain(st, name, job->type,
		    secret_span(&job->blob));
	return fail(st, "%s: %s", name, cng_status_text(st));
}

static enum exit_code
run(struct job *job, struct target *target)
{
	struct import_request req = {
		.format = TRANSFER_CNG,
		.type = job->type,
		.data = secret_span(&job->blob),
		.key = job->wrapping,
		.params.secret_family = job->file.key.family,
		.params.curve_name = job->curve,
		.params.protect.roots = secret_span(&job->file.roots),
		.tmpl = { job->tmpl, job->tmpl_count },
	};
	enum cng_status st;
	obj_id id = 0;

	if (args_has(job->args, OPT_OVERWRITE))
		req.flags |= IMPORT_OVERWRITE;
	if (args_has(job->args, OPT_NO_VALIDATION))
		req.flags |= IMPORT_NO_VALIDATION;
	st = token_import(target->token, &target_access, &req, &id);
	return st == CNG_OK ? report(job, target, id) : complain(st, job);
}

/* The file is judged before anybody is asked for a PIN. */
static enum exit_code
import(struct job *job, struct targets *targets)
{
	const char *wrapping = job->args->value[OPT_WRAPPING_KEY];
	struct target *target = NULL;
	enum exit_code code;

	code = wrapping == NULL ? take_plain(job) : take_wrapped(job);
	if (code == EXIT_DONE)
		code = make_template(job);
	if (code == EXIT_DONE)
		code = targets_open(targets, job->args);
	if (code == EXIT_DONE)
		code = targets_pick(&target, targets, job->args);
	if (code == EXIT_DONE)
		code = target_login(target, job->args);
	if (code == EXIT_DONE && wrapping != NULL)
		code = select_key(&job->wrapping, target->token,
		    OBJ_PRIVATE, wrapping);
	if (code == EXIT_DONE)
		code = run(job, target);
	return code;
}

enum exit_code
cmd_import(const struct args *args)
{
	struct targets targets = { 0 };
	struct job job = { .args = args };
	enum exit_code code;

	code = import(&job, &targets);
	job_free(&job);
	targets_close(&targets);
	return code;
}
