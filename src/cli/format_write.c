/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The formats of key files: how they are written.
 */
#include "cli/format.h"

#include "blob/pvk.h"
#include "cli/jwk.h"
#include "crypto/crypto.h"

#define SHA1_LEN 20

static bool
is_symmetric(const struct key_material *key)
{
	return key->family == KEY_AES || key->family == KEY_GENERIC;
}

/* --- one key ---------------------------------------------------------- */

static enum cng_status
write_der(const struct key_material *key, const struct pbe *pbe,
    struct wr *out)
{
	if (is_symmetric(key))
		return CNG_ERR_BAD_TYPE;
	return key->has_private ? pkcs8_encode(key, pbe, out) :
				  spki_encode(key, out);
}

static enum cng_status
write_raw(const struct key_material *key, struct wr *out)
{
	if (!is_symmetric(key))
		return CNG_ERR_BAD_TYPE;
	wr_bytes(out, key_part(key, SYM_VALUE));
	return wr_status(out);
}

static enum cng_status
write_binary(const struct format *format, const struct key_material *key,
    const struct pbe *pbe, struct wr *out)
{
	struct blob_params params = { 0 };
	const char *label;

	if (pbe != NULL)
		params.pbe = *pbe;
	switch (format->form) {
	case FORM_BLOB:
		return blob_encode(format->type, key, &params, out);
	case FORM_PEM:
	case FORM_DER:
		return write_der(key, pbe, out);
	case FORM_SPKI:
		return is_symmetric(key) ? CNG_ERR_BAD_TYPE :
					   spki_encode(key, out);
	case FORM_PEM_OLD:
		return key_encode_old(key, &label, out);
	case FORM_PVK:
		return key->has_private ? pvk_encode(key, pbe, out) :
					  CNG_ERR_BAD_TYPE;
	case FORM_RAW:
		return write_raw(key, out);
	case FORM_PFX:
	case FORM_JWK:
	case FORM_MSBLOB:
	case FORM_COUNT:
		break;
	}
	return CNG_ERR_INTERNAL;
}

static enum cng_status
make_binary(struct secret *out, const struct format *format,
    const struct key_material *key, const struct pbe *pbe)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = write_binary(format, key, pbe, &w);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	st = write_binary(format, key, pbe, &w);
	if (st == CNG_OK)
		secret_truncate(out, w.len);
	return st;
}

/* --- PEM -------------------------------------------------------------- */

enum cng_status
format_pem(struct secret *out, const char *label, struct span der)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = pem_encode(&w, label, der);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return pem_encode(&w, label, der);
}

static const char *
label_of(const struct format *format, const struct key_material *key,
    bool encrypted)
{
	struct wr w = wr_of(NULL, 0);
	const char *label = "PUBLIC KEY";

	if (format->form == FORM_PEM_OLD &&
	    key_encode_old(key, &label, &w) == CNG_OK)
		return label;
	if (!key->has_private)
		return label;
	return encrypted ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY";
}

static enum cng_status
add_certificates(struct secret *text, const struct pfx *certs)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && certs != NULL && i < certs->count;
	     i++) {
		struct secret block = { 0 };

		if (certs->item[i].kind != PFX_CERT)
			continue;
		st = format_pem(&block, "CERTIFICATE",
		    secret_span(&certs->item[i].der));
		if (st == CNG_OK)
			st = secret_append(text, secret_span(&block));
		secret_free(&block);
	}
	return st;
}

static enum cng_status
write_pem(struct secret *out, const struct format *format,
    const struct format_source *from)
{
	const struct key_material *key = &from->key->key;
	struct secret der = { 0 };
	enum cng_status st = make_binary(&der, format, key, from->pbe);

	if (st == CNG_OK)
		st = format_pem(out, label_of(format, key, from->pbe != NULL),
		    secret_span(&der));
	if (st == CNG_OK)
		st = add_certificates(out, from->certs);
	secret_free(&der);
	return st;
}

/* --- PFX -------------------------------------------------------------- */

static enum cng_status
add_pfx_key(struct pfx *pfx, const struct keybox_key *from)
{
	const struct format der = { .form = FORM_DER };
	struct pfx_item *item;
	enum cng_status st;

	if (!from->key.has_private)
		return CNG_ERR_BAD_TYPE;
	item = pfx_add(pfx, PFX_KEY);
	if (item == NULL)
		return CNG_ERR_NO_MEMORY;
	item->machine = from->machine;
	st = make_binary(&item->der, &der, &from->key, NULL);
	if (st == CNG_OK)
		st = secret_copy(&item->name, secret_span(&from->name));
	if (st == CNG_OK)
		st = secret_copy(&item->id, secret_span(&from->id));
	if (st == CNG_OK)
		st = secret_copy(&item->provider,
		    secret_span(&from->provider));
	return st;
}

static enum cng_status
add_pfx_cert(struct pfx *pfx, const struct pfx_item *from)
{
	struct pfx_item *item = pfx_add(pfx, PFX_CERT);
	enum cng_status st;

	if (item == NULL)
		return CNG_ERR_NO_MEMORY;
	st = secret_copy(&item->der, secret_span(&from->der));
	if (st == CNG_OK)
		st = secret_copy(&item->name, secret_span(&from->name));
	if (st == CNG_OK)
		st = secret_copy(&item->id, secret_span(&from->id));
	return st;
}

static bool
certifies(const struct pfx_item *cert, const struct key_material *key)
{
	struct key_material certified = { 0 };
	struct x509_names names;
	bool same = false;

	if (x509_names(&names, secret_span(&cert->der)) != CNG_OK)
		return false;
	if (spki_decode(&certified, secret_span(&names.public_info)) ==
	    CNG_OK)
		same = key_same_public(&certified, key);
	key_free(&certified);
	x509_names_free(&names);
	return same;
}

/* A key without an id gets one for its certificate to be found by: the hash
 * of that, as OpenSSL does. */
static enum cng_status
join(struct pfx_item *key, struct pfx_item *cert)
{
	uint8_t hash[SHA1_LEN];
	enum cng_status st = CNG_OK;

	if (cert->id.len == 0) {
		st = crypto_digest(HASH_SHA1, secret_span(&cert->der), hash);
		if (st == CNG_OK)
			st = secret_copy(&cert->id,
			    span_of(hash, sizeof(hash)));
	}
	return st == CNG_OK ? secret_copy(&key->id, secret_span(&cert->id)) :
			      st;
}

static enum cng_status
join_all(struct pfx *pfx, const struct format_source *from)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; i < from->count; i++)
		for (size_t j = from->count; st == CNG_OK && j < pfx->count;
		     j++)
			if (pfx->item[i].id.len == 0 &&
			    certifies(&pfx->item[j], &from->key[i].key))
				st = join(&pfx->item[i], &pfx->item[j]);
	return st;
}

static enum cng_status
write_pfx(struct secret *out, const struct format_source *from)
{
	struct pfx pfx = { 0 };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < from->count; i++)
		st = add_pfx_key(&pfx, &from->key[i]);
	for (size_t i = 0; st == CNG_OK && from->certs != NULL &&
	     i < from->certs->count; i++)
		if (from->certs->item[i].kind == PFX_CERT)
			st = add_pfx_cert(&pfx, &from->certs->item[i]);
	if (st == CNG_OK)
		st = join_all(&pfx, from);
	if (st == CNG_OK)
		st = pfx_write(out, &pfx, from->pbe);
	pfx_free(&pfx);
	return st;
}

/* --- any -------------------------------------------------------------- */

enum cng_status
format_write(struct secret *out, const struct format *format,
    const struct format_source *from)
{
	struct format settled = *format;

	*out = (struct secret){ 0 };
	if (from->count == 0)
		return CNG_ERR_BAD_TYPE;
	format_settle(&settled, &from->key->key);
	switch (settled.form) {
	case FORM_PFX:
		return write_pfx(out, from);
	case FORM_PEM:
	case FORM_PEM_OLD:
		return write_pem(out, &settled, from);
	case FORM_JWK:
		return jwk_write(out, &from->key->key,
		    secret_span(&from->key->name));
	case FORM_BLOB:
	case FORM_DER:
	case FORM_SPKI:
	case FORM_PVK:
	case FORM_RAW:
	case FORM_MSBLOB:
	case FORM_COUNT:
		break;
	}
	return make_binary(out, &settled, &from->key->key, from->pbe);
}
