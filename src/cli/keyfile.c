/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading key files: the type is said or detected, a password is asked for
 * when the file wants one, and what does not decode is explained.
 */
#include "config.h"

#include "cli/keyfile.h"

#include "base/util.h"
#include "cli/certfile.h"
#include "cli/io.h"
#include "cli/pin.h"
#include "cli/recipient.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void
keyfile_free(struct keyfile *kf)
{
	secret_free(&kf->data);
	secret_free(&kf->roots);
	secret_free(&kf->password);
	keybox_free(&kf->box);
	keybox_key_free(&kf->chosen);
	memset(kf, 0, sizeof(*kf));
}

enum exit_code
keyfile_type(enum blob_type *out, const char *text)
{
	struct format format;
	enum exit_code code = format_parse(&format, text);

	if (code == EXIT_DONE && format.form != FORM_BLOB)
		return fail_usage("%s is no blob type", format.name);
	*out = format.type;
	return code;
}

static bool
is_curve_name(const struct curve_info *info, const char *text)
{
	const char *alias;

	if (strcasecmp(info->cng_name, text) == 0 ||
	    strcasecmp(info->name, text) == 0)
		return true;
	for (size_t i = 0; i < CURVE_ALIASES; i++) {
		alias = info->alias[i];
		if (alias != NULL && strcasecmp(alias, text) == 0)
			return true;
	}
	return false;
}

enum exit_code
keyfile_curve(struct span *out, const struct args *args)
{
	const char *text = args->value[OPT_CURVE];

	*out = span_of(NULL, 0);
	if (text == NULL)
		return EXIT_DONE;
	for (int i = CURVE_NONE + 1; i < CURVE_COUNT; i++) {
		const struct curve_info *info = curve_info((enum key_curve)i);

		if (info != NULL && info->cng_name != NULL &&
		    is_curve_name(info, text)) {
			*out = span_str(info->cng_name);
			return EXIT_DONE;
		}
	}
	return fail(CNG_ERR_BAD_CURVE, "no curve %s", text);
}

enum exit_code
keyfile_roots(struct secret *out, const struct args *args)
{
	const char *path = args->value[OPT_KDS_ROOT_KEY];
	enum exit_code code = path == NULL ? EXIT_DONE : io_read(out, path);

	if (code == EXIT_DONE && path != NULL && out->len == 0)
		return fail(CNG_ERR_ARGUMENT, "%s: the file is empty", path);
	return code;
}

struct span
keyfile_curve_name(const struct key_material *key)
{
	const struct curve_info *info = curve_info(key->curve);

	return info == NULL || info->cng_name == NULL ? span_of(NULL, 0) :
	    span_str(info->cng_name);
}

/* Where a walk went wrong, in words: its last field tells. */
struct fault {
	char text[128];          /* "": it does not tell */
	size_t whole;            /* bytes that there are */
};

static void
locate(void *arg, const struct blob_field *field)
{
	struct fault *at = arg;
	const char *text = field->text != NULL ? field->text : "";

	at->text[0] = '\0';
	if (strcmp(text, "cut short") == 0)
		snprintf(at->text, sizeof at->text,
		    "is cut short at byte %zu, in %s", at->whole, field->name);
	else if (strcmp(text, "left over") == 0)
		snprintf(at->text, sizeof at->text,
		    "ends at byte %zu, but %zu more follow", field->offset,
		    field->size);
}

static bool
find_fault(struct fault *at, enum blob_type type, struct span data)
{
	return blob_describe(type, data, locate, at) != CNG_OK &&
	    at->text[0] != '\0';
}

enum exit_code
keyfile_complain(enum cng_status st, const char *name, enum blob_type type,
    struct span data)
{
	const struct blob_info *info = blob_info(type);
	const char *foreign = blob_foreign_name(data);
	struct fault at = { .whole = data.len };

	if (type == BLOB_PROTECTEDKEY && st == CNG_ERR_NOT_FOUND)
		return fail_advise(st, "'cngtool inspect' tells its id",
		    "%s: its root key is not in the file of --kds-root-key",
		    name);
	if (type == BLOB_PROTECTEDKEY && st == CNG_ERR_ARGUMENT)
		return fail_advise(st, "see cngtool(1)",
		    "%s: opened by --kds-root-key only, with a root key in a "
		    "file", name);
	if (data.len == 0)
		return fail_advise(CNG_ERR_BAD_DATA,
		    "check where it came from", "%s: the file is empty", name);
	if (st == CNG_ERR_BAD_DATA && info != NULL &&
	    find_fault(&at, type, data))
		return fail_advise(st, "copy it again, or export it again "
		    "where it came from", "%s: %s %s", name, info->name,
		    at.text);
	if ((st == CNG_ERR_BAD_MAGIC || info == NULL) && foreign != NULL)
		return fail_advise(st == CNG_ERR_BAD_MAGIC ?
		    CNG_ERR_NOT_SUPPORTED : st,
		    "export the key as one of 'cngtool help types'",
		    "%s: this is %s, not a key that can be read", name,
		    foreign);
	if (st == CNG_ERR_BAD_MAGIC && info != NULL)
		return fail(st, "%s: this is no %s", name, info->name);
	if (st == CNG_ERR_BAD_MAGIC)
		return fail_advise(st,
		    "if it is the bare value of a key, say --type raw",
		    "%s: neither a CNG blob nor PEM nor DER", name);
	return fail(st, "%s: %s%s%s", name, info == NULL ? "" : info->name,
	    info == NULL ? "" : ": ", cng_status_text(st));
}

/* --- reading ---------------------------------------------------------- */

static enum cng_status
decode(struct keyfile *kf, const struct pbe *pbe)
{
	struct blob_params params = { .curve_name = kf->curve,
		.protect.roots = secret_span(&kf->roots) };
	enum cng_status st;

	if (pbe != NULL)
		params.pbe = *pbe;
	keybox_free(&kf->box);
	st = format_read(&kf->box, &kf->format, secret_span(&kf->data),
	    &params);
	if (st != CNG_OK)
		keybox_free(&kf->box);
	return st;
}

/* Bytes alone do not give the key. */
static enum exit_code
take_closed(struct keyfile *kf)
{
	struct span data = secret_span(&kf->data);
	struct blob_transport sealed;
	enum cng_status st;

	if (blob_is_framed(kf->type))
		return fail_advise(CNG_ERR_ARGUMENT,
		    "'cngtool import --wrapping-key' opens it",
		    "%s: %s holds a wrapped key", kf->name,
		    blob_info(kf->type)->name);
	st = kf->type == BLOB_PROTECTEDKEY ? CNG_OK :
	    blob_transport_read(data, &sealed);
	kf->sealed = st == CNG_OK;
	return st == CNG_OK ? EXIT_DONE :
			      keyfile_complain(st, kf->name, kf->type, data);
}

/* By a token?  Then only that opens it. */
static bool
is_sealed(const struct keyfile *kf)
{
	struct blob_protected protected;

	if (kf->type != BLOB_PROTECTEDKEY)
		return blob_is_closed(kf->type);
	return blob_protected_read(secret_span(&kf->data), &protected) ==
	    CNG_OK && protected.local;
}

static enum exit_code
complain(const struct keyfile *kf, enum cng_status st)
{
	if (st == CNG_ERR_NOT_SUPPORTED && kf->format.form == FORM_PFX)
		return fail_advise(st, "export it again under a password",
		    "%s: a PFX without a MAC by password, or with a cipher "
		    "that this OpenSSL has not", kf->name);
	if (st == CNG_ERR_NOT_SUPPORTED && kf->format.form == FORM_PVK)
		return fail(st, "%s: neither an RSA nor a DSA key, or this "
		    "OpenSSL has no RC4", kf->name);
	if (kf->format.form != FORM_BLOB && kf->format.form != FORM_PEM &&
	    kf->format.form != FORM_DER && kf->data.len > 0)
		return fail(st, "%s: %s: %s", kf->name, kf->format.name,
		    cng_status_text(st));
	return keyfile_complain(st, kf->name, kf->type,
	    secret_span(&kf->data));
}

/* First without a password, so that nobody is asked in vain. */
static enum exit_code
decode_asking(struct keyfile *kf, const struct args *args)
{
	struct pbe pbe = { .has_password = true };
	enum exit_code code;
	enum cng_status st;

	if (kf->type == BLOB_PKCS7ENVELOPE) {
		st = certfile_beside(&kf->box.certs, secret_span(&kf->data));
		if (st == CNG_ERR_NO_MEMORY)
			return fail(st, "%s", kf->name);
		kf->enveloped = !args_has(args, OPT_RECIPIENT_KEY);
		return kf->enveloped ? EXIT_DONE : recipient_open(kf, args);
	}
	if (kf->format.form == FORM_BLOB && is_sealed(kf))
		return take_closed(kf);
	st = decode(kf, NULL);
	kf->encrypted = kf->format.form == FORM_PFX;
	if (st == CNG_ERR_BAD_PASSWORD) {
		kf->encrypted = true;
		code = pin_get_password(&kf->password, args, kf->name);
		if (code != EXIT_DONE)
			return code;
		pbe.password = secret_span(&kf->password);
		st = decode(kf, &pbe);
	}
	return st == CNG_OK ? EXIT_DONE : complain(kf, st);
}

/* PEM is not for keys only: an envelope may come so, too. */
static bool
unarmour(struct keyfile *kf)
{
	struct secret der = { 0 };
	enum blob_type type;
	enum cng_status st = CNG_OK;
	char label[64];

	if (format_is_pem(secret_span(&kf->data)))
		st = pem_decode(&der, label, sizeof(label),
		    secret_span(&kf->data));
	if (st == CNG_OK && blob_detect(secret_span(&der), &type) == CNG_OK &&
	    type == BLOB_PKCS7ENVELOPE)
		secret_move(&kf->data, &der);
	secret_free(&der);
	return st != CNG_ERR_NO_MEMORY;
}

static enum exit_code
choose_format(struct keyfile *kf, const struct args *args)
{
	const char *type = args->value[OPT_TYPE];
	enum exit_code code = EXIT_DONE;
	struct span data;
	enum cng_status st;

	if (!unarmour(kf))
		return fail(CNG_ERR_NO_MEMORY, "%s", kf->name);
	data = secret_span(&kf->data);
	if (type != NULL) {
		code = format_parse(&kf->format, type);
	} else {
		st = format_detect(&kf->format, data);
		if (st != CNG_OK)
			return keyfile_complain(st, kf->name, BLOB_ANY, data);
	}
	kf->type = kf->format.type;
	return code;
}

/* --- several keys ----------------------------------------------------- */

enum exit_code
keyfile_take(struct keyfile *kf, size_t number)
{
	struct keybox_key *key = &kf->box.key[number];
	enum cng_status st = key->st;

	keybox_key_free(&kf->chosen);
	kf->chosen = *key;
	memset(key, 0, sizeof(*key));
	key->st = CNG_ERR_INTERNAL; /* it is gone */
	return st == CNG_OK ? EXIT_DONE :
	    fail(st, "%s: key %zu: %s", kf->name, number + 1,
		cng_status_text(st));
}

/* "1 'web', 2 'mail'": cut short when there are many. */
static void
list_keys(char *out, size_t size, const struct keybox *box)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < box->count && used < size; i++) {
		const struct secret *name = &box->key[i].name;
		int len = snprintf(out + used, size - used, "%s%zu '%.*s'",
		    i == 0 ? "" : ", ", i + 1, (int)name->len,
		    name->len == 0 ? "" : (const char *)name->ptr);

		used += len < 0 ? size : (size_t)len;
	}
}

static enum exit_code
choose_key(struct keyfile *kf, const struct args *args, bool all)
{
	const char *text = args->value[OPT_KEY];
	size_t number = 0;
	enum cng_status st;
	char names[512];

	list_keys(names, sizeof(names), &kf->box);
	if (kf->box.count == 0)
		return fail_advise(CNG_ERR_NOT_FOUND, NULL,
		    "%s: there is no key in it", kf->name);
	if (text != NULL) {
		st = keybox_find(&kf->box, text, &number);
		if (st == CNG_ERR_EXISTS)
			return fail_advise(CNG_ERR_ARGUMENT,
			    "choose by number", "%s: several keys are called "
			    "%s: %s", kf->name, text, names);
		if (st != CNG_OK)
			return fail_advise(st, NULL,
			    "%s: no key %s, but %s", kf->name, text, names);
	} else if (all) {
		return EXIT_DONE;
	} else if (kf->box.count > 1) {
		return fail_advise(CNG_ERR_ARGUMENT, "choose one with --key",
		    "%s: holds %zu keys: %s", kf->name, kf->box.count,
		    names);
	}
	return keyfile_take(kf, number);
}

/* Certificates, and nothing that could be a key?  Without a type that was
 * said. */
static enum exit_code
take_certificates(struct keyfile *kf, const struct args *args)
{
	enum cng_status st;

	if (args_has(args, OPT_TYPE))
		return EXIT_DONE;
	st = certfile_read(&kf->box.certs, secret_span(&kf->data));
	kf->certs_only = st == CNG_OK;
	return st == CNG_ERR_NO_MEMORY ? fail(st, "%s", kf->name) : EXIT_DONE;
}

static enum exit_code
read_file(struct keyfile *kf, const struct args *args, const char *path,
    bool all)
{
	enum exit_code code;

	memset(kf, 0, sizeof(*kf));
	kf->name = io_input_name(path);
	code = keyfile_curve(&kf->curve, args);
	if (code == EXIT_DONE)
		code = keyfile_roots(&kf->roots, args);
	if (code == EXIT_DONE)
		code = io_read(&kf->data, path);
	if (code == EXIT_DONE)
		code = take_certificates(kf, args);
	if (code != EXIT_DONE || kf->certs_only)
		return code;
	code = choose_format(kf, args);
	if (code == EXIT_DONE)
		code = decode_asking(kf, args);
	kf->as_is = code == EXIT_DONE && kf->format.form == FORM_BLOB &&
	    !kf->encrypted &&
	    (kf->type != BLOB_PKCS7ENVELOPE || kf->enveloped);
	/* one key, taken already or out of reach */
	if (code != EXIT_DONE || kf->sealed || kf->type == BLOB_PKCS7ENVELOPE)
		return code;
	return choose_key(kf, args, all);
}

enum exit_code
keyfile_read_any(struct keyfile *kf, const struct args *args,
    const char *path, bool all)
{
	return read_file(kf, args, path, all);
}

static enum exit_code
want_key(const struct keyfile *kf, enum exit_code code)
{
	if (code == EXIT_DONE && kf->certs_only)
		return fail_advise(CNG_ERR_NOT_FOUND, NULL,
		    "%s: there is no key in it, only certificates", kf->name);
	return code;
}

enum exit_code
keyfile_read(struct keyfile *kf, const struct args *args, const char *path)
{
	return want_key(kf, read_file(kf, args, path, false));
}

enum exit_code
keyfile_read_all(struct keyfile *kf, const struct args *args,
    const char *path)
{
	return want_key(kf, read_file(kf, args, path, true));
}
