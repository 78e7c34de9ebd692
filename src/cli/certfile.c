/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is a certificate, and nothing else.
 */
#include "config.h"

#include "cli/certfile.h"

#include "blob/blob.h"
#include "cli/format.h"
#include "crypto/envelope.h"

#include <string.h>

static enum cng_status
take(void *arg, struct span der)
{
	struct pfx *out = arg;
	struct x509_names names;
	struct pfx_item *item;
	enum cng_status st = x509_names(&names, der);

	x509_names_free(&names);
	if (st != CNG_OK)
		return st;
	item = pfx_add(out, PFX_CERT);
	return item == NULL ? CNG_ERR_NO_MEMORY :
			      secret_copy(&item->der, der);
}

/* What is enveloped has certificates beside it, too. */
static enum cng_status
take_der(struct pfx *out, struct span der)
{
	enum blob_type type;

	if (blob_detect(der, &type) == CNG_OK && type == BLOB_PKCS7ENVELOPE)
		return CNG_ERR_BAD_MAGIC;
	return blob_certificates(der, take, out);
}

static bool
has_text(struct span data, const char *text)
{
	return memmem(data.ptr, data.len, text, strlen(text)) != NULL;
}

static bool
has_certificate(const struct pfx *pfx)
{
	struct x509_names names;
	bool has = pfx->count > 0 &&
	    x509_names(&names, secret_span(&pfx->item[0].der)) == CNG_OK;

	if (has)
		x509_names_free(&names);
	return has;
}

static enum cng_status
take_pem(struct pfx *out, struct span text)
{
	struct secret der = { 0 };
	char label[64];
	enum cng_status st;

	if (has_text(text, "PRIVATE KEY-----") ||
	    has_text(text, "PUBLIC KEY-----"))
		return CNG_ERR_BAD_MAGIC;
	st = pfx_take_pem(out, text);
	if (st != CNG_OK || has_certificate(out))
		return st;
	/* certutil calls everything a certificate */
	pfx_free(out);
	st = pem_decode(&der, label, sizeof(label), text);
	if (st == CNG_OK)
		st = take_der(out, secret_span(&der));
	secret_free(&der);
	return st;
}

enum cng_status
certfile_read(struct pfx *out, struct span data)
{
	enum cng_status st;

	if (data.len == 0)
		return CNG_ERR_BAD_MAGIC;
	st = format_is_pem(data) ? take_pem(out, data) : take_der(out, data);
	if (st == CNG_OK && out->count > 0)
		return CNG_OK;
	pfx_free(out);
	return st == CNG_ERR_NO_MEMORY ? st : CNG_ERR_BAD_MAGIC;
}

enum cng_status
certfile_beside(struct pfx *out, struct span blob)
{
	if (!envelope_is_signed(blob))
		return CNG_OK;
	return blob_certificates(blob, take, out);
}
