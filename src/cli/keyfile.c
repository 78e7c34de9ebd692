/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading key files: the type is said or detected, a password is asked for
 * when the file wants one, and what does not decode is explained.
 */
#include "config.h"

#include "cli/keyfile.h"

#include "base/util.h"
#include "cli/io.h"
#include "cli/pin.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char pem_begin[] = "-----BEGIN ";

void
keyfile_free(struct keyfile *kf)
{
	secret_free(&kf->data);
	secret_free(&kf->roots);
	key_free(&kf->key);
	memset(kf, 0, sizeof(*kf));
}

enum exit_code
keyfile_type(enum blob_type *out, const char *text)
{
	for (int i = BLOB_ANY + 1; i < BLOB_TYPE_COUNT; i++) {
		const struct blob_info *info = blob_info((enum blob_type)i);

		if (info != NULL && strcasecmp(info->name, text) == 0) {
			*out = info->type;
			return EXIT_DONE;
		}
	}
	return fail_advise(CNG_ERR_ARGUMENT,
	    "'cngtool help types' lists them", "no blob type %s", text);
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

/* The last field of a walk tells where it went wrong. */
static void
keep_last(void *arg, const struct blob_field *field)
{
	struct blob_field *last = arg;

	*last = *field;
}

/* *text says where; false when the walk does not tell. */
static bool
locate(char *text, size_t size, enum blob_type type, struct span data)
{
	struct blob_field last = { 0 };

	if (blob_describe(type, data, keep_last, &last) == CNG_OK ||
	    last.text == NULL)
		return false;
	if (strcmp(last.text, "cut short") == 0)
		snprintf(text, size, "is cut short at byte %zu, in %s",
		    data.len, last.name);
	else if (strcmp(last.text, "left over") == 0)
		snprintf(text, size, "ends at byte %zu, but %zu more follow",
		    last.offset, last.size);
	else
		return false;
	return true;
}

enum exit_code
keyfile_complain(enum cng_status st, const char *name, enum blob_type type,
    struct span data)
{
	const struct blob_info *info = blob_info(type);
	const char *foreign = blob_foreign_name(data);
	char where[128];

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
	    locate(where, sizeof(where), type, data))
		return fail_advise(st, "copy it again, or export it again "
		    "where it came from", "%s: %s %s", name, info->name,
		    where);
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

static bool
is_pem(struct span data)
{
	const char *end = pem_begin + strlen(pem_begin);
	size_t len = (size_t)(end - pem_begin);

	return memmem(data.ptr, data.len, pem_begin, len) != NULL;
}

/* AES by its length; everything else is a generic secret. */
static enum cng_status
decode_raw(struct key_material *out, struct span value)
{
	if (value.len == 0 || value.len > SECRET_KEY_MAX)
		return CNG_ERR_KEY_SIZE;
	out->family = value.len == 16 || value.len == 24 || value.len == 32 ?
	    KEY_AES : KEY_GENERIC;
	out->has_private = true;
	return key_set(out, SYM_VALUE, value);
}

enum reading {
	READ_BLOB = 0,
	READ_ANY,                /* PEM or some DER */
	READ_RAW,
};

static enum cng_status
decode(struct keyfile *kf, enum reading how, const struct pbe *pbe)
{
	struct blob_params params = { .curve_name = kf->curve,
		.protect.roots = secret_span(&kf->roots) };
	struct span data = secret_span(&kf->data);

	if (pbe != NULL)
		params.pbe = *pbe;
	switch (how) {
	case READ_RAW:
		return decode_raw(&kf->key, data);
	case READ_ANY:
		return key_decode_any(&kf->key, data, pbe);
	case READ_BLOB:
		return blob_decode(kf->type, data, &params, &kf->key);
	}
	return CNG_ERR_INTERNAL;
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

/* First without a password, so that nobody is asked in vain. */
static enum exit_code
decode_asking(struct keyfile *kf, enum reading how, const struct args *args)
{
	struct secret password = { 0 };
	struct pbe pbe = { .has_password = true };
	enum exit_code code = EXIT_DONE;
	enum cng_status st;

	if (how == READ_BLOB && is_sealed(kf))
		return take_closed(kf);
	st = decode(kf, how, NULL);
	if (st == CNG_ERR_BAD_PASSWORD) {
		kf->encrypted = true;
		code = pin_get(&password, args, PIN_PASSWORD);
		if (code != EXIT_DONE)
			goto out;
		pbe.password = secret_span(&password);
		st = decode(kf, how, &pbe);
	}
	if (st != CNG_OK)
		code = keyfile_complain(st, kf->name, kf->type,
		    secret_span(&kf->data));
out:
	secret_free(&password);
	return code;
}

static enum exit_code
choose(struct keyfile *kf, enum reading *how, const struct args *args)
{
	struct span data = secret_span(&kf->data);
	const char *type = args->value[OPT_TYPE];
	enum cng_status st;

	*how = READ_BLOB;
	if (type != NULL && strcasecmp(type, TYPE_RAW) == 0) {
		*how = READ_RAW;
		return EXIT_DONE;
	}
	if (type != NULL)
		return keyfile_type(&kf->type, type);
	st = blob_detect(data, &kf->type);
	if (st == CNG_OK && kf->type != BLOB_PKCS8)
		return EXIT_DONE;
	*how = READ_ANY;
	if (st == CNG_OK || is_pem(data))
		return EXIT_DONE;
	return keyfile_complain(st, kf->name, BLOB_ANY, data);
}

enum exit_code
keyfile_read(struct keyfile *kf, const struct args *args, const char *path)
{
	enum exit_code code;
	enum reading how = READ_BLOB;

	memset(kf, 0, sizeof(*kf));
	kf->name = io_input_name(path);
	code = keyfile_curve(&kf->curve, args);
	if (code == EXIT_DONE)
		code = keyfile_roots(&kf->roots, args);
	if (code == EXIT_DONE)
		code = io_read(&kf->data, path);
	if (code == EXIT_DONE)
		code = choose(kf, &how, args);
	if (code == EXIT_DONE)
		code = decode_asking(kf, how, args);
	kf->as_is = code == EXIT_DONE && how == READ_BLOB && !kf->encrypted;
	return code;
}
