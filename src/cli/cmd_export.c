/* SPDX-License-Identifier: BSD-2-Clause
 *
 * export: a key of a token as a CNG blob or another key file, if its policy
 * lets it out.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "cli/oaep.h"
#include "cli/prompt.h"
#include "cli/recipient.h"
#include "cli/secure.h"
#include "cli/select.h"
#include "cli/written.h"
#include "core/transfer.h"
#include "crypto/crypto.h"

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
	[KEY_X942] = { BLOB_PKCS8, BLOB_ANY },
};

struct job {
	const struct args *args;
	struct object *object;
	struct object *wrapping;
	struct format format;
	struct protection guard;
	struct secret certs;
	struct secret blob;
	struct export_request req;
};

static void
job_free(struct job *job)
{
	object_free(job->object);
	object_free(job->wrapping);
	protection_free(&job->guard);
	secret_free(&job->certs);
	secret_free(&job->blob);
}

static bool
wants_password(const struct args *args)
{
	return args_has(args, OPT_PASSWORD_FILE) ||
	    args_has(args, OPT_PASSWORD_ENV) ||
	    args_has(args, OPT_ENCRYPTION);
}

static bool
is_public(const struct job *job)
{
	return args_has(job->args, OPT_PUBLIC) ||
	    job->format.form == FORM_SPKI ||
	    object_class(job->object) == OBJ_PUBLIC;
}

/* What the core gives, of which another format is made. */
static enum blob_type
carrier(const struct job *job)
{
	return object_class(job->object) == OBJ_SECRET ? BLOB_KEYDATA :
							 BLOB_PKCS8;
}

static enum exit_code
choose_type(struct job *job)
{
	enum key_family family = object_family(job->object);
	enum exit_code code;

	if (args_has(job->args, OPT_TYPE)) {
		code = format_parse(&job->format, job->args->value[OPT_TYPE]);
		if (code != EXIT_DONE)
			return code;
		job->req.type = job->format.form == FORM_BLOB ?
		    job->format.type : carrier(job);
	} else if (args_has(job->args, OPT_DESCRIPTOR)) {
		job->req.type = BLOB_PROTECTEDKEY;
	} else if (args_has(job->args, OPT_RECIPIENT_CERT)) {
		job->req.type = BLOB_PKCS7ENVELOPE;
	} else if (wants_password(job->args)) {
		job->req.type = BLOB_PKCS8;
	} else {
		job->req.type = family < KEY_FAMILY_COUNT ?
		    defaults[family][is_public(job)] : BLOB_ANY;
	}
	if (job->req.type == BLOB_ANY)
		return fail(CNG_ERR_BAD_TYPE, "this object has no %s form",
		    is_public(job) ? "public blob" : "blob");
	if (job->format.form == FORM_BLOB) {
		job->format.type = job->req.type;
		job->format.name = blob_info(job->req.type)->name;
	}
	if (args_has(job->args, OPT_PUBLIC) &&
	    (job->format.form == FORM_PFX || job->format.form == FORM_PVK ||
		job->format.form == FORM_RAW ||
		(job->format.form == FORM_BLOB &&
		    blob_info(job->req.type)->class != BLOB_CLASS_PUBLIC)))
		return fail_usage("%s holds more than the --public part",
		    job->format.name);
	return EXIT_DONE;
}

/* Under a password the key may leave the core encrypted only. */
static bool
leaves_sealed(const struct job *job)
{
	return protection_pbe(&job->guard) != NULL &&
	    job->format.form != FORM_PVK;
}

static enum exit_code
choose_password(struct job *job)
{
	enum exit_code code;

	if (job->req.type == BLOB_PKCS7ENVELOPE)
		return EXIT_DONE;
	if (!wants_password(job->args) && !format_needs_password(&job->format))
		return EXIT_DONE;
	if (is_public(job))
		return fail_usage("a public key takes no password");
	if (job->format.form == FORM_BLOB && job->req.type != BLOB_PKCS8)
		return fail_usage("only PKCS8_PRIVATEKEY takes a password");
	code = protection_choose(&job->guard, job->args, &job->format,
	    PIN_PASSWORD);
	if (code == EXIT_DONE && leaves_sealed(job))
		job->req.params.pbe = job->guard.pbe;
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
choose_recipient(struct job *job)
{
	const struct args *args = job->args;
	bool given = args_has(args, OPT_RECIPIENT_CERT);
	enum exit_code code;

	if (job->req.type != BLOB_PKCS7ENVELOPE)
		return given ? fail_usage("only PKCS7_ENVELOPE is for a "
		    "recipient") : EXIT_DONE;
	if (args_has(args, OPT_PASSWORD_FILE) ||
	    args_has(args, OPT_PASSWORD_ENV))
		return fail_usage("only PKCS8_PRIVATEKEY takes a password");
	if (!given && !args_has(args, OPT_WRAP_WITH))
		return fail_usage("PKCS7_ENVELOPE needs --recipient-cert or "
		    "--wrap-with");
	code = recipient_cipher(&job->req.params.envelope.cipher, args);
	if (code == EXIT_DONE && given)
		code = recipient_certs(&job->certs, args);
	job->req.params.envelope.certs = secret_span(&job->certs);
	return code;
}

static enum exit_code
choose_wrapping(struct job *job, const struct target *target)
{
	const char *text = job->args->value[OPT_WRAP_WITH];
	enum exit_code code;

	if (text == NULL && blob_is_framed(job->req.type))
		return fail_usage("%s needs --wrap-with",
		    blob_info(job->req.type)->name);
	if (text == NULL)
		return EXIT_DONE;
	if (job->format.form != FORM_BLOB)
		return fail_usage("%s is not wrapped", job->format.name);
	if (blob_info(job->req.type)->class == BLOB_CLASS_PUBLIC)
		return fail_usage("a public blob is not wrapped");
	code = select_key(&job->wrapping, target, OBJ_PUBLIC, text);
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

/* --- formats beyond CNG ----------------------------------------------- */

/* A public key needs nobody's leave. */
static enum cng_status
take_public(const struct job *job, struct key_material *out)
{
	struct secret info = { 0 };
	enum cng_status st = object_text(&info, job->object,
	    PROP_PUBLIC_KEY_INFO);

	if (st == CNG_OK)
		st = info.len == 0 ? CNG_ERR_BAD_TYPE :
				     spki_decode(out, secret_span(&info));
	secret_free(&info);
	return st;
}

static enum cng_status
take_names(const struct job *job, struct secret *name, struct secret *id)
{
	enum cng_status st = object_text(name, job->object, PROP_NAME);

	if (st == CNG_OK && name->len == 0)
		st = object_text(name, job->object, PROP_LABEL);
	return st == CNG_OK ? object_text(id, job->object, PROP_ID) : st;
}

/* The core has encrypted the key: it is put around as it is. */
static enum cng_status
put_sealed(struct job *job, struct secret *out)
{
	struct pfx pfx = { 0 };
	struct pfx_item *item;
	enum cng_status st;

	if (job->format.form == FORM_DER) {
		secret_move(out, &job->blob);
		return CNG_OK;
	}
	if (job->format.form == FORM_PEM)
		return format_pem(out, "ENCRYPTED PRIVATE KEY",
		    secret_span(&job->blob));
	item = pfx_add(&pfx, PFX_KEY);
	if (item == NULL)
		return CNG_ERR_NO_MEMORY;
	item->sealed = true;
	secret_move(&item->der, &job->blob);
	st = take_names(job, &item->name, &item->id);
	if (st == CNG_OK)
		st = pfx_write(out, &pfx, &job->guard.pbe);
	pfx_free(&pfx);
	return st;
}

static enum cng_status
put_plain(struct job *job, struct secret *out)
{
	struct keybox_key key = { 0 };
	const struct format_source source = { .key = &key, .count = 1,
		.pbe = protection_pbe(&job->guard) };
	enum cng_status st;

	if (is_public(job))
		st = take_public(job, &key.key);
	else
		st = blob_decode(job->req.type, secret_span(&job->blob), NULL,
		    &key.key);
	if (st == CNG_OK && key_is_pair(key.key.family))
		st = crypto_complete(&key.key);
	/* KeyDataBlob does not say */
	if (st == CNG_OK && object_class(job->object) == OBJ_SECRET)
		key.key.family = object_family(job->object);
	if (st == CNG_OK)
		st = take_names(job, &key.name, &key.id);
	if (st == CNG_OK)
		st = format_write(out, &job->format, &source);
	keybox_key_free(&key);
	return st;
}

static enum cng_status
export_any(struct job *job, struct token *token)
{
	struct secret out = { 0 };
	enum cng_status st = CNG_OK;

	if (job->format.form == FORM_BLOB)
		return export(job, token);
	if (!is_public(job))
		st = export(job, token);
	if (st == CNG_OK)
		st = leaves_sealed(job) ? put_sealed(job, &out) :
					  put_plain(job, &out);
	secret_free(&job->blob);
	job->blob = out;
	return st;
}

static enum exit_code
complain(enum cng_status st, const struct job *job)
{
	char what[256];

	object_summary(what, sizeof(what), job->object);
	return fail(st, "%s as %s: %s", what, job->format.name,
	    cng_status_text(st));
}

static bool
gives_public(const struct job *job)
{
	return job->format.form == FORM_BLOB ?
	    blob_info(job->req.type)->class == BLOB_CLASS_PUBLIC :
	    is_public(job);
}

static enum exit_code
put_out(const struct job *job, const struct target *target)
{
	return written_put(job->args, secret_span(&job->blob),
	    &(struct written){ .type = job->format.name,
		.privacy = gives_public(job) ? IO_PUBLIC : IO_PRIVATE,
		.object = job->object, .token = &target->info });
}

/* In PEM, unless DER is said. */
static enum exit_code
put_certificate(struct job *job, const struct target *target)
{
	struct secret der = { 0 };
	enum exit_code code = EXIT_DONE;
	enum cng_status st;

	job->format.form = FORM_PEM;
	if (args_has(job->args, OPT_TYPE))
		code = format_parse(&job->format, job->args->value[OPT_TYPE]);
	if (code == EXIT_DONE && job->format.form != FORM_PEM &&
	    job->format.form != FORM_DER)
		code = fail_usage("a certificate is pem or der");
	if (code != EXIT_DONE)
		return code;
	st = object_text(&der, job->object, PROP_VALUE);
	if (st == CNG_OK && job->format.form == FORM_PEM)
		st = format_pem(&job->blob, "CERTIFICATE",
		    secret_span(&der));
	else if (st == CNG_OK)
		secret_move(&job->blob, &der);
	secret_free(&der);
	if (st != CNG_OK)
		return fail(st, "cannot write the certificate: %s",
		    cng_status_text(st));
	return written_put(job->args, secret_span(&job->blob),
	    &(struct written){ .type = form_name(job->format.form),
		.object = job->object, .token = &target->info });
}

static enum exit_code
refuse_on_card(const struct job *job)
{
	char what[256];

	object_summary(what, sizeof(what), job->object);
	return fail_advise(CNG_ERR_KEY_UNEXTRACTABLE,
	    "--public gives its public part",
	    "%s: a private key does not leave its card", what);
}

/* What is public needs no PIN, unless one is at hand anyway; but of a key that
 * did not come as a CNG blob the token may have the private part alone. */
static enum exit_code
login(struct target *target, const struct args *args)
{
	bool public = args_has(args, OPT_PUBLIC);
	bool open = public || select_class(args) == OBJ_CERT;
	struct selection sel;
	enum exit_code code;

	if (!open || pin_given(args, PIN_USER))
		return target_login(target, args);
	if (!public || !prompt_possible())
		return EXIT_DONE;
	code = select_all(&sel, target->token, args);
	if (code == EXIT_DONE && sel.count == 0)
		code = target_login(target, args);
	selection_free(&sel);
	return code;
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
	if (code == EXIT_DONE && object_class(job->object) == OBJ_CERT)
		return put_certificate(job, target);
	if (code == EXIT_DONE)
		code = choose_type(job);
	if (code == EXIT_DONE && target->info.is_card && !gives_public(job))
		return refuse_on_card(job);
	if (code == EXIT_DONE)
		code = choose_recipient(job);
	if (code == EXIT_DONE)
		code = choose_password(job);
	if (code == EXIT_DONE)
		code = choose_descriptor(job);
	if (code == EXIT_DONE)
		code = choose_wrapping(job, target);
	if (code == EXIT_DONE)
		code = oaep_choose(&job->req.params, job->args, job->req.type);
	if (code != EXIT_DONE)
		return code;
	st = export_any(job, target->token);
	return st == CNG_OK ? put_out(job, target) : complain(st, job);
}

enum exit_code
cmd_export(const struct args *args)
{
	struct job job = { .args = args };
	struct targets targets = { 0 };
	struct target *target = NULL;
	enum exit_code code;

	code = written_check(args);
	if (code == EXIT_DONE)
		code = targets_one(&target, &targets, args);
	if (code == EXIT_DONE)
		code = run(&job, target);
	job_free(&job);
	targets_close(&targets);
	return code;
}
