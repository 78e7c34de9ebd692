/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The formats of key files: their names, and how they are read.
 */
#include "config.h"

#include "cli/format.h"

#include "base/util.h"
#include "blob/pvk.h"
#include "cli/jwk.h"
#include "key/set.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	const char *help;
} forms[FORM_COUNT] = {
	[FORM_PEM] = { "pem", "PKCS#8 or public key, in PEM" },
	[FORM_PEM_OLD] = { "pem-old",
	    "\"RSA PRIVATE KEY\" and the like, in PEM" },
	[FORM_DER] = { "der", "PKCS#8 or public key, in DER" },
	[FORM_SPKI] = { "spki", "public key, in DER" },
	[FORM_PFX] = { "pfx", "PKCS#12" },
	[FORM_PVK] = { "pvk", "private key file of CryptoAPI's tools" },
	[FORM_JWK] = { "jwk", "JSON Web Key" },
	[FORM_MSBLOB] = { "msblob", "the CryptoAPI blob of the key" },
	[FORM_RAW] = { "raw", "bare value of a secret key" },
};

const char *
form_name(enum form form)
{
	return form < FORM_COUNT ? forms[form].name : NULL;
}

const char *
form_help(enum form form)
{
	return form < FORM_COUNT ? forms[form].help : NULL;
}

enum exit_code
format_parse(struct format *out, const char *text)
{
	*out = (struct format){ .name = text };
	for (int i = FORM_BLOB + 1; i < FORM_COUNT; i++) {
		if (strcasecmp(forms[i].name, text) == 0) {
			out->form = (enum form)i;
			return EXIT_DONE;
		}
	}
	for (int i = BLOB_ANY + 1; i < BLOB_TYPE_COUNT; i++) {
		const struct blob_info *info = blob_info((enum blob_type)i);

		if (info != NULL && strcasecmp(info->name, text) == 0) {
			out->type = info->type;
			out->name = info->name;
			return EXIT_DONE;
		}
	}
	return fail_advise(CNG_ERR_ARGUMENT,
	    "'cngtool help types' lists them", "no blob type %s", text);
}

bool
format_is_pem(struct span data)
{
	static const char begin[] = "-----BEGIN ";

	return data.len > 0 &&
	    memmem(data.ptr, data.len, begin, strlen(begin)) != NULL;
}

enum cng_status
format_detect(struct format *out, struct span data)
{
	enum cng_status st;

	*out = (struct format){ 0 };
	st = blob_detect(data, &out->type);
	if (st == CNG_OK && out->type != BLOB_PKCS8) {
		out->name = blob_info(out->type)->name;
		return CNG_OK;
	}
	out->type = BLOB_ANY;
	if (pfx_detect(data))
		out->form = FORM_PFX;
	else if (pvk_detect(data))
		out->form = FORM_PVK;
	else if (st == CNG_OK)
		out->form = FORM_DER;
	else if (format_is_pem(data))
		out->form = FORM_PEM;
	else if (jwk_detect(data))
		out->form = FORM_JWK;
	else
		return st;
	out->name = forms[out->form].name;
	return CNG_OK;
}

static enum blob_type
msblob_type(const struct key_material *key)
{
	bool private = key->has_private;

	if (key->family == KEY_DSA && key->part[DSA_Q].len == 20)
		return private ? BLOB_V2CAPIDSAPRIVATE : BLOB_V2CAPIDSAPUBLIC;
	if (key->family == KEY_DSA)
		return private ? BLOB_CAPIDSAPRIVATE : BLOB_CAPIDSAPUBLIC;
	if (key->family == KEY_DH)
		return private ? BLOB_CAPIDHPRIVATE : BLOB_CAPIDHPUBLIC;
	return private ? BLOB_CAPIPRIVATE : BLOB_CAPIPUBLIC;
}

void
format_settle(struct format *format, const struct key_material *key)
{
	if (format->form != FORM_MSBLOB)
		return;
	format->form = FORM_BLOB;
	format->type = msblob_type(key);
}

bool
format_takes_password(const struct format *format)
{
	return format->form == FORM_PEM || format->form == FORM_DER ||
	    format->form == FORM_PFX || format->form == FORM_PVK ||
	    (format->form == FORM_BLOB && format->type == BLOB_PKCS8);
}

bool
format_needs_password(const struct format *format)
{
	return format->form == FORM_PFX;
}

/* --- reading ---------------------------------------------------------- */

/* AES by its length; everything else is a generic secret. */
static enum cng_status
read_raw(struct key_material *out, struct span value)
{
	if (value.len == 0 || value.len > SECRET_KEY_MAX)
		return CNG_ERR_KEY_SIZE;
	out->family = value.len == 16 || value.len == 24 || value.len == 32 ?
	    KEY_AES : KEY_GENERIC;
	out->has_private = true;
	return key_set(out, SYM_VALUE, value);
}

static enum cng_status
read_pfx(struct keybox *out, struct span data, const struct pbe *pbe)
{
	struct pfx pfx;
	enum cng_status st = pfx_read(&pfx, data, pbe);

	if (st == CNG_OK)
		st = keybox_from_pfx(out, &pfx);
	pfx_free(&pfx);
	return st;
}

static enum cng_status
read_msblob(struct key_material *out, struct span data)
{
	enum blob_type type = BLOB_ANY;
	enum cng_status st = blob_detect(data, &type);

	if (st == CNG_OK && type < BLOB_CAPIPUBLIC)
		st = CNG_ERR_BAD_MAGIC;
	return st == CNG_OK && type <= BLOB_CAPIDHPRIVATE ?
	    blob_decode(type, data, NULL, out) : CNG_ERR_BAD_MAGIC;
}

static enum cng_status
read_one(struct key_material *out, const struct format *format,
    struct span data, const struct blob_params *params)
{
	const struct pbe *pbe = params == NULL || !params->pbe.has_password ?
	    NULL : &params->pbe;

	switch (format->form) {
	case FORM_BLOB:
		return blob_decode(format->type, data, params, out);
	case FORM_PEM:
	case FORM_PEM_OLD:
	case FORM_DER:
	case FORM_SPKI:
		return key_decode_any(out, data, pbe);
	case FORM_PVK:
		return pvk_decode(out, data, pbe);
	case FORM_MSBLOB:
		return read_msblob(out, data);
	case FORM_RAW:
		return read_raw(out, data);
	case FORM_PFX:
	case FORM_JWK:
	case FORM_COUNT:
		break;
	}
	return CNG_ERR_INTERNAL;
}

enum cng_status
format_read(struct keybox *out, const struct format *format,
    struct span data, const struct blob_params *params)
{
	struct keybox_key *key;
	enum cng_status st;

	if (format->form == FORM_PFX)
		return read_pfx(out, data, params == NULL ? NULL :
							    &params->pbe);
	if (format->form == FORM_JWK)
		return jwk_read(out, data, NULL);
	key = keybox_add(out);
	if (key == NULL)
		return CNG_ERR_NO_MEMORY;
	st = read_one(&key->key, format, data, params);
	if (st == CNG_OK && format_is_pem(data) &&
	    (format->form == FORM_PEM || format->form == FORM_PEM_OLD))
		st = pfx_take_pem(&out->certs, data);
	return st;
}
