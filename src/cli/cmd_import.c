/* SPDX-License-Identifier: BSD-2-Clause
 *
 * import: a key file becomes a token object.  Blobs go to the core as they
 * are; keys in other formats are put into a blob first, in memory.
 */
#include "cli/card.h"
#include "cli/certfile.h"
#include "cli/cmd.h"
#include "cli/import.h"

#include "base/text.h"
#include "base/util.h"
#include "cli/io.h"
#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "cli/select.h"
#include "cli/usage.h"
#include "core/transfer.h"
#include "crypto/crypto.h"

#include <string.h>

void
import_job_free(struct import_job *job)
{
	keyfile_free(&job->file);
	secret_free(&job->blob);
	secret_free(&job->id);
	object_free(job->wrapping);
	json_decref(job->rows);
}

static void
add_flag(struct import_job *job, enum prop_id id, bool value)
{
	job->tmpl[job->tmpl_count++] = (struct prop){ .id = id,
		.number = value };
}

static void
add_text(struct import_job *job, enum prop_id id, enum opt opt)
{
	if (args_has(job->args, opt))
		job->tmpl[job->tmpl_count++] = (struct prop){ .id = id,
			.bytes = span_str(job->args->value[opt]) };
}

static void
add_bytes(struct import_job *job, enum prop_id id, struct span bytes)
{
	job->tmpl[job->tmpl_count++] = (struct prop){ .id = id,
		.bytes = bytes };
}

/* What the user says goes before what the file says. */
static enum exit_code
add_names(struct import_job *job)
{
	const struct args *args = job->args;
	const struct keybox_key *key = &job->file.chosen;

	add_text(job, PROP_NAME, OPT_NAME);
	add_text(job, PROP_LABEL, OPT_LABEL);
	if (!args_has(args, OPT_LABEL) && key->name.len > 0 &&
	    !args_has(args, OPT_NAME))
		add_bytes(job, PROP_LABEL, secret_span(&key->name));
	else if (job->fallback.len > 0)
		add_bytes(job, PROP_LABEL, job->fallback);
	if (!args_has(args, OPT_ID)) {
		if (key->id.len > KEYBOX_NUMBER_LEN)
			add_bytes(job, PROP_ID, secret_span(&key->id));
		return EXIT_DONE;
	}
	secret_free(&job->id);
	if (hex_decode(&job->id, args->value[OPT_ID]) != CNG_OK)
		return fail_usage("--id %s is not hexadecimal",
		    args->value[OPT_ID]);
	add_bytes(job, PROP_ID, secret_span(&job->id));
	return EXIT_DONE;
}

static enum exit_code
make_template(struct import_job *job)
{
	const struct args *args = job->args;
	bool plain = args_has(args, OPT_PLAINTEXT_EXPORTABLE);
	enum exit_code code;

	job->tmpl_count = 0;
	add_flag(job, PROP_TOKEN, true);
	code = add_names(job);
	if (code != EXIT_DONE)
		return code;
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
encode(struct import_job *job)
{
	struct key_material *key = &job->file.chosen.key;
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = CNG_OK;

	/* PKCS#8 wants numbers that other formats leave out */
	if (key_is_pair(key->family) && key->has_private)
		st = crypto_complete(key);
	if (st == CNG_OK || st == CNG_ERR_NOT_SUPPORTED)
		st = blob_encode(job->type, key, NULL, &w);
	secret_free(&job->blob);
	if (st == CNG_OK)
		st = secret_new(&job->blob, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(job->blob.ptr, job->blob.len);
	return blob_encode(job->type, key, NULL, &w);
}

static void
tell_provider(const struct keybox_key *key)
{
	if (key->provider.len > 0)
		note("not kept: that it was kept by '%.*s'",
		    (int)key->provider.len, (const char *)key->provider.ptr);
}

static void
tell_certificates(const struct import_job *job)
{
	const struct pfx *all = &job->file.box.certs;
	size_t certs = 0;

	for (size_t i = 0; i < all->count; i++)
		certs += all->item[i].kind == PFX_CERT;
	if (job->certs_known > 0)
		note("there already: %zu certificate%s", job->certs_known,
		    job->certs_known == 1 ? "" : "s");
	certs -= job->certs_kept + job->certs_known < certs ?
	    job->certs_kept + job->certs_known : certs;
	if (certs > 0)
		note("not imported: %zu certificate%s; 'cngtool convert --to "
		    "pem' gives them", certs, certs == 1 ? "" : "s");
}

/* The chosen key, as the core wants it. */
enum exit_code
import_prepare(struct import_job *job)
{
	struct keyfile *file = &job->file;
	enum cng_status st;

	if (file->certs_only)
		return import_check_options(job);
	job->type = file->type;
	if (file->as_is) {
		secret_move(&job->blob, &file->data);
	} else if (!file->sealed) {
		job->type = type_of_key(&file->chosen.key);
		st = encode(job);
		if (st != CNG_OK)
			return fail(st, "%s: %s", file->name,
			    cng_status_text(st));
	}
	job->class = class_of_blob(job->type, secret_span(&job->blob));
	job->curve = keyfile_curve_name(&file->chosen.key);
	return make_template(job);
}

/* Nothing is imported when one of several cannot be. */
static enum exit_code
check_all(const struct keyfile *file)
{
	for (size_t i = 0; i < file->box.count; i++) {
		const struct keybox_key *key = &file->box.key[i];

		if (key->st != CNG_OK)
			return fail(key->st, "%s: key %zu: %s", file->name,
			    i + 1, cng_status_text(key->st));
	}
	return EXIT_DONE;
}

static enum exit_code
take_plain(struct import_job *job)
{
	const struct args *args = job->args;
	enum exit_code code;

	if (!args_has(args, OPT_ALL)) {
		code = keyfile_read_any(&job->file, args, args->operand[0],
		    false);
		return code == EXIT_DONE ? import_prepare(job) : code;
	}
	if (args_has(args, OPT_NAME) || args_has(args, OPT_LABEL) ||
	    args_has(args, OPT_ID) || args_has(args, OPT_KEY))
		return fail_usage("--all takes names from the file");
	if (args_has(args, OPT_KEY_SLOT))
		return fail_usage("--key-slot is for one key: no --all");
	code = keyfile_read_all(&job->file, args, args->operand[0]);
	if (code == EXIT_DONE)
		code = check_all(&job->file);
	return code;
}

static enum exit_code
take_wrapped(struct import_job *job)
{
	enum blob_type found = BLOB_ANY;
	enum exit_code code;

	if (args_has(job->args, OPT_ALL) || args_has(job->args, OPT_KEY))
		return fail_usage("--wrapping-key opens one key: no --all, "
		    "no --key");
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
	    (blob_is_framed(found) || found == BLOB_PKCS7ENVELOPE))
		job->type = found;
	if (code == EXIT_DONE && job->type == BLOB_PKCS7ENVELOPE &&
	    certfile_beside(&job->file.box.certs,
		secret_span(&job->blob)) == CNG_ERR_NO_MEMORY)
		code = fail(CNG_ERR_NO_MEMORY, "%s", job->file.name);
	job->class = class_of_type(job->type);
	return code == EXIT_DONE ? make_template(job) : code;
}

/* --- the import ---------------------------------------------------------- */

enum exit_code
import_complain(enum cng_status st, const struct import_job *job,
    const struct target *target)
{
	const char *name = job->file.name;
	bool blob = st == CNG_ERR_BAD_DATA || st == CNG_ERR_BAD_MAGIC ||
	    st == CNG_ERR_BAD_KEY || st == CNG_ERR_BAD_PUBLIC_KEY;

	if (target->info.is_card && !blob)
		return card_complain_key(st, target, job->args, name);
	if (st == CNG_ERR_EXISTS)
		return fail(st, "a key named %s exists already",
		    job->args->value[OPT_NAME] == NULL ? "so" :
		    job->args->value[OPT_NAME]);
	if ((job->type == BLOB_OPAQUETRANSPORT ||
		job->type == BLOB_PROTECTEDKEY) && st == CNG_ERR_BAD_KEY)
		return fail_advise(st, "import it there, and export the key "
		    "in another form", "%s: was made by another token", name);
	if (job->type == BLOB_PKCS7ENVELOPE && st == CNG_ERR_NOT_FOUND)
		return fail_advise(st, "say --wrapping-key or --recipient-key",
		    "%s: no key here belongs to a recipient", name);
	if (job->wrapping == NULL &&
	    (st == CNG_ERR_BAD_DATA || st == CNG_ERR_BAD_MAGIC))
		return keyfile_complain(st, name, job->type,
		    secret_span(&job->blob));
	return fail(st, "%s: %s", name, cng_status_text(st));
}

struct import_request
import_request_of(const struct import_job *job)
{
	struct import_request req = {
		.format = TRANSFER_CNG,
		.type = job->type,
		.data = secret_span(&job->blob),
		.key = job->wrapping,
		.params.secret_family = job->file.chosen.key.family,
		.params.curve_name = job->curve,
		.params.protect.roots = secret_span(&job->file.roots),
		.tmpl = { job->tmpl, job->tmpl_count },
	};

	if (args_has(job->args, OPT_OVERWRITE))
		req.flags |= IMPORT_OVERWRITE;
	if (args_has(job->args, OPT_NO_VALIDATION))
		req.flags |= IMPORT_NO_VALIDATION;
	return req;
}

static enum exit_code
run_on_card(struct import_job *job, struct target *target)
{
	struct import_request req = import_request_of(job);
	enum exit_code code;
	obj_id id = 0;
	enum cng_status st;

	if (job->file.certs_only)
		return import_certificates_only(job, target);
	req.certificate = import_own_certificate(job);
	st = token_import(target->token, &target_access, &req, &id);
	if (st != CNG_OK)
		return import_complain(st, job, target);
	code = import_certificate(job, target, id, req.certificate.len > 0);
	if (code != EXIT_DONE)
		return code;
	tell_provider(&job->file.chosen);
	return import_report(job, target, id, NULL);
}

enum exit_code
import_run(struct import_job *job, struct target *target)
{
	if (target->info.is_card)
		return run_on_card(job, target);
	tell_provider(&job->file.chosen);
	return import_to_store(job, target);
}

/* One after the other: those before a failure stay, and are told. */
static enum exit_code
run_all(struct import_job *job, struct target *target)
{
	/* a sealed key is not in the box */
	bool boxed = job->file.box.count > 0;
	size_t count = boxed ? job->file.box.count : 1;
	enum exit_code code = EXIT_DONE;

	if (args_has(job->args, OPT_JSON))
		job->rows = json_array();
	for (size_t i = 0; code == EXIT_DONE && i < count; i++) {
		if (boxed)
			code = keyfile_take(&job->file, i);
		if (code == EXIT_DONE)
			code = import_prepare(job);
		if (code == EXIT_DONE)
			code = import_run(job, target);
	}
	if (job->rows != NULL && print_json(job->rows) != EXIT_DONE &&
	    code == EXIT_DONE)
		code = EXIT_FAILED;
	return code;
}

static enum exit_code
add_slot(struct import_job *job, const struct target *target)
{
	uint64_t slot;
	enum exit_code code = card_slot(&slot, target, job->args);

	if (slot != 0)
		job->tmpl[job->tmpl_count++] = (struct prop){
			.id = PROP_KEY_SLOT, .number = slot };
	return code;
}

/* The file is judged before anybody is asked for a PIN. */
static enum exit_code
import(struct import_job *job, struct targets *targets)
{
	const char *wrapping = job->args->value[OPT_WRAPPING_KEY];
	struct target *target = NULL;
	enum exit_code code;

	code = import_check_options(job);
	if (code == EXIT_DONE)
		code = wrapping == NULL ? take_plain(job) : take_wrapped(job);
	if (code == EXIT_DONE)
		code = targets_one(&target, targets, job->args);
	if (code == EXIT_DONE)
		code = import_check_card(job, target);
	if (code == EXIT_DONE)
		code = add_slot(job, target);
	if (code == EXIT_DONE)
		code = target_login(target, job->args);
	if (code == EXIT_DONE && wrapping != NULL)
		code = select_key(&job->wrapping, target, OBJ_PRIVATE,
		    wrapping);
	if (code == EXIT_DONE)
		code = wrapping == NULL && args_has(job->args, OPT_ALL) ?
		    run_all(job, target) : import_run(job, target);
	if (code == EXIT_DONE)
		tell_certificates(job);
	return code;
}

enum exit_code
cmd_import(const struct args *args)
{
	struct targets targets = { 0 };
	struct import_job job = { .args = args };
	enum exit_code code;

	code = import_is_many(args) ? import_many(args, &targets) :
				      import(&job, &targets);
	import_job_free(&job);
	targets_close(&targets);
	return code;
}
