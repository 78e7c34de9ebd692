/* SPDX-License-Identifier: BSD-2-Clause
 *
 * convert: a key file in one format becomes one in another.  The result is
 * read back, and whatever it no longer says is said on stderr.
 */
#include "cli/cmd.h"

#include "base/alloc.h"
#include "base/util.h"
#include "cli/io.h"
#include "cli/keytext.h"
#include "cli/losses.h"
#include "cli/pin.h"
#include "cli/recipient.h"
#include "cli/secure.h"
#include "cli/written.h"
#include "crypto/crypto.h"

#include <string.h>

struct job {
	const struct args *args;
	struct format to;
	struct keyfile from;
	struct keybox keys;        /* completed copies, to be written */
	struct protection guard;
	struct secret certs;       /* PKCS7_ENVELOPE */
	enum envelope_cipher cipher;
};

static bool
is_envelope(const struct job *job)
{
	return job->to.form == FORM_BLOB && job->to.type == BLOB_PKCS7ENVELOPE;
}

static bool
is_symmetric(const struct key_material *key)
{
	return key->family == KEY_AES || key->family == KEY_GENERIC;
}

static enum exit_code
complain(enum cng_status st, const struct job *job)
{
	const struct key_material *key = &job->from.chosen.key;
	char text[64];

	if (key->family == KEY_NONE && job->keys.count > 0)
		key = &job->keys.key[0].key;
	key_text(text, sizeof(text), key);
	if (st == CNG_ERR_BAD_TYPE && !key->has_private)
		return fail(st, "%s: a public %s key has no %s form",
		    job->from.name, text, job->to.name);
	if (st == CNG_ERR_BAD_TYPE)
		return fail(st, "%s: %s key has no %s form", job->from.name,
		    text, job->to.name);
	return fail(st, "%s: %s", job->from.name, cng_status_text(st));
}

/* --- what is to be written -------------------------------------------- */

static enum cng_status
choose_numbers(struct key_material *out, const struct key_material *from,
    bool public_only)
{
	struct key_material whole = { 0 };
	enum cng_status st;

	if (is_symmetric(from))
		return public_only ? CNG_ERR_BAD_TYPE : key_copy(out, from);
	st = key_copy(&whole, from);
	if (st == CNG_OK)
		st = crypto_complete(&whole);
	/* what libcrypto cannot compute may not be wanted either */
	if (st == CNG_ERR_NOT_SUPPORTED)
		st = CNG_OK;
	if (st == CNG_OK)
		st = public_only ? key_copy_public(out, &whole) :
				   key_copy(out, &whole);
	key_free(&whole);
	return st;
}

static enum cng_status
add_key(struct job *job, const struct keybox_key *from)
{
	const char *name = job->args->value[OPT_NAME];
	bool public_only = args_has(job->args, OPT_PUBLIC);
	struct keybox_key *key = keybox_add(&job->keys);
	enum cng_status st;

	if (key == NULL)
		return CNG_ERR_NO_MEMORY;
	if (from->st != CNG_OK)
		return from->st;
	key->machine = from->machine;
	st = choose_numbers(&key->key, &from->key, public_only);
	if (st == CNG_OK)
		st = secret_copy(&key->name, name != NULL ? span_str(name) :
		    secret_span(&from->name));
	if (st == CNG_OK)
		st = secret_copy(&key->id, secret_span(&from->id));
	if (st == CNG_OK)
		st = secret_copy(&key->provider,
		    secret_span(&from->provider));
	return st;
}

static enum cng_status
collect(struct job *job)
{
	enum cng_status st = CNG_OK;

	if (job->from.chosen.key.family != KEY_NONE)
		return add_key(job, &job->from.chosen);
	for (size_t i = 0; st == CNG_OK && i < job->from.box.count; i++)
		st = add_key(job, &job->from.box.key[i]);
	return st;
}

/* --- the command --------------------------------------------------------- */

static enum cng_status
make_envelope(struct secret *out, const struct job *job)
{
	const struct key_material *key = &job->keys.key[0].key;
	struct span certs = secret_span(&job->certs);
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = recipient_write(key, certs, job->cipher, &w);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	st = recipient_write(key, certs, job->cipher, &w);
	if (st == CNG_OK)
		secret_truncate(out, w.len);
	return st;
}

/* What is inside an envelope, which nobody here can open. */
static enum exit_code
tell_inner(const struct job *job, const struct format_source *source)
{
	const struct format inner = { .form = FORM_BLOB, .type = BLOB_PKCS8,
		.name = "PKCS8_PRIVATEKEY" };
	struct keyfile plain = job->from; /* borrowed */
	struct secret binary = { 0 };
	enum cng_status st = format_write(&binary, &inner, source);
	enum exit_code code;

	/* it stays protected */
	plain.encrypted = false;
	plain.type = BLOB_ANY;
	code = st == CNG_OK ? losses_tell(&plain, &inner,
	    secret_span(&binary), source) : complain(st, job);
	secret_free(&binary);
	return code;
}

static enum exit_code
put_out(struct job *job)
{
	const struct format_source source = {
		.key = job->keys.key,
		.count = job->keys.count,
		.certs = &job->from.box.certs,
		.pbe = protection_pbe(&job->guard),
	};
	enum io_privacy privacy = job->to.form == FORM_SPKI ||
		!job->keys.key[0].key.has_private ? IO_PUBLIC : IO_PRIVATE;
	struct secret result = { 0 };
	enum exit_code code;
	enum cng_status st;

	st = is_envelope(job) ? make_envelope(&result, job) :
				format_write(&result, &job->to, &source);
	if (st != CNG_OK)
		code = complain(st, job);
	else if (is_envelope(job))
		code = tell_inner(job, &source);
	else
		code = losses_tell(&job->from, &job->to, secret_span(&result),
		    &source);
	if (code == EXIT_DONE)
		code = written_put(job->args, secret_span(&result),
		    &(struct written){ .type = job->to.name,
			.privacy = privacy });
	secret_free(&result);
	return code;
}

/* A PFX takes all keys that there are. */
static enum exit_code
read_from(struct job *job)
{
	const char *path = job->args->operand[0];
	enum exit_code code;

	code = job->to.form == FORM_PFX && !args_has(job->args, OPT_NAME) ?
	    keyfile_read_all(&job->from, job->args, path) :
	    keyfile_read(&job->from, job->args, path);
	if (code == EXIT_DONE && job->from.sealed)
		return fail_advise(CNG_ERR_NOT_SUPPORTED,
		    "import it into the token that made it",
		    "%s: the key is sealed by a token", job->from.name);
	if (code == EXIT_DONE && job->from.enveloped)
		return fail_usage("%s: PKCS7_ENVELOPE needs --recipient-key",
		    job->from.name);
	return code;
}

/* What must have a password keeps the one it had, unless told otherwise. */
static enum exit_code
protect(struct job *job)
{
	const struct secret *old = &job->from.password;

	if (is_envelope(job))
		return EXIT_DONE;
	if (format_needs_password(&job->to) && old->len > 0 &&
	    !pin_given(job->args, PIN_NEW_PASSWORD))
		return protection_keep(&job->guard, job->args, &job->to,
		    secret_span(old));
	return protection_choose(&job->guard, job->args, &job->to,
	    PIN_NEW_PASSWORD);
}

static enum exit_code
choose_recipient(struct job *job)
{
	bool given = args_has(job->args, OPT_RECIPIENT_CERT);
	enum exit_code code;

	if (!is_envelope(job))
		return given ? fail_usage("--recipient-cert is for "
		    "PKCS7_ENVELOPE") : EXIT_DONE;
	if (!given)
		return fail_usage("PKCS7_ENVELOPE needs --recipient-cert");
	code = recipient_cipher(&job->cipher, job->args);
	return code == EXIT_DONE ? recipient_certs(&job->certs, job->args) :
				   code;
}

static enum exit_code
parse_target(struct job *job)
{
	const char *text = job->args->value[OPT_TO];
	enum exit_code code;

	if (text == NULL)
		return fail_usage("needs --to");
	code = format_parse(&job->to, text);
	if (code == EXIT_DONE && job->to.form == FORM_BLOB &&
	    blob_is_closed(job->to.type) && !is_envelope(job))
		return fail_usage("%s is made by 'cngtool export'",
		    job->to.name);
	return code == EXIT_DONE ? choose_recipient(job) : code;
}

enum exit_code
cmd_convert(const struct args *args)
{
	struct job job = { .args = args };
	enum exit_code code;
	enum cng_status st;

	code = written_check(args);
	if (code == EXIT_DONE)
		code = parse_target(&job);
	if (code == EXIT_DONE)
		code = read_from(&job);
	if (code == EXIT_DONE) {
		st = collect(&job);
		if (st != CNG_OK)
			code = complain(st, &job);
	}
	if (code == EXIT_DONE)
		code = protect(&job);
	if (code == EXIT_DONE)
		code = put_out(&job);
	protection_free(&job.guard);
	secret_free(&job.certs);
	keybox_free(&job.keys);
	keyfile_free(&job.from);
	return code;
}
