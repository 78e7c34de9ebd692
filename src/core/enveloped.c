/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE.  In: the recipient's key is named, or found by the
 * certificates of the token.  Out: each certificate is judged as the wrapping
 * key that it holds.
 */
#include "core/enveloped.h"

#include "base/alloc.h"
#include "core/policy.h"
#include "core/wrapping.h"

/* --- a recipient's key on the token -------------------------------------- */

/* The first private key that the template finds; with a public key given, the
 * one that belongs to it. */
static enum cng_status
find_private(struct token *tok, struct props tmpl, enum key_family family,
    const struct key_material *public, struct object **out)
{
	struct obj_ids ids;
	struct object *obj;
	enum cng_status st = token_find(tok, tmpl, &ids);

	for (size_t i = 0; st == CNG_OK && *out == NULL && i < ids.count; i++) {
		if (token_object(tok, ids.id[i], &obj) != CNG_OK)
			continue; /* gone since */
		if (obj->key.family == family && (public == NULL ||
		    key_same_public(&obj->key, public)))
			*out = obj;
		else
			object_free(obj);
	}
	mem_free(ids.id);
	return st;
}

/* By what identifies such a key: an RSA key is found by its modulus, others
 * by the identifier that they have unless they were given another. */
static enum cng_status
find_by_public(struct token *tok, const struct key_material *public,
    struct span cert_id, struct object **out)
{
	uint8_t id[ENVELOPE_KEY_ID];
	struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_PRIVATE },
		{ .id = PROP_MODULUS, .bytes = key_part(public, RSA_N) },
	};
	const struct props tmpl = { lines, 2 };
	enum cng_status st = CNG_OK;

	if (public->family != KEY_RSA) {
		lines[1].id = PROP_ID;
		lines[1].bytes = span_of(id, sizeof id);
		st = envelope_key_id(public, id);
	}
	if (st == CNG_OK)
		st = find_private(tok, tmpl, public->family, public, out);
	if (st != CNG_OK || *out != NULL || cert_id.len == 0)
		return st;
	lines[1] = (struct prop){ .id = PROP_ID, .bytes = cert_id };
	return find_private(tok, tmpl, public->family, public, out);
}

static enum cng_status
public_of(struct span certificate, struct key_material *out,
    struct x509_names *names)
{
	enum cng_status st = x509_names(names, certificate);

	*out = (struct key_material){ 0 };
	return st == CNG_OK ?
	    spki_decode(out, secret_span(&names->public_info)) : st;
}

/* The private key of a certificate; with key_id given, only if it is that of
 * the certificate.  What cannot be read is passed over. */
static enum cng_status
try_certificate(struct token *tok, const struct object *cert,
    struct span key_id, struct object **out)
{
	struct key_material public;
	struct x509_names names;
	uint8_t id[ENVELOPE_KEY_ID];
	bool fits;
	enum cng_status st;

	st = public_of(secret_span(&cert->value), &public, &names);
	fits = st == CNG_OK && (key_id.len == 0 ||
	    (envelope_key_id(&public, id) == CNG_OK &&
		span_equal(key_id, span_of(id, sizeof id))));
	if (fits)
		st = find_by_public(tok, &public,
		    secret_span(&cert->kept[PROP_ID - PROP_LABEL]), out);
	x509_names_free(&names);
	key_free(&public);
	return st == CNG_ERR_NO_MEMORY || fits ? st : CNG_OK;
}

static enum cng_status
find_by_certificate(struct token *tok, struct props tmpl, struct span key_id,
    struct object **out)
{
	struct obj_ids ids;
	struct object *cert;
	enum cng_status st = token_find(tok, tmpl, &ids);

	for (size_t i = 0; st == CNG_OK && *out == NULL && i < ids.count; i++) {
		if (token_object(tok, ids.id[i], &cert) != CNG_OK)
			continue;
		st = try_certificate(tok, cert, key_id, out);
		object_free(cert);
	}
	mem_free(ids.id);
	return st;
}

static enum cng_status
find_recipient(struct token *tok, const struct envelope_recipient *r,
    struct object **out)
{
	const struct prop by_issuer[] = {
		{ .id = PROP_CLASS, .number = OBJ_CERT },
		{ .id = PROP_ISSUER, .bytes = r->issuer },
		{ .id = PROP_SERIAL, .bytes = r->serial },
	};
	const struct prop by_id[] = {
		{ .id = PROP_CLASS, .number = OBJ_PRIVATE },
		{ .id = PROP_ID, .bytes = r->key_id },
	};
	enum cng_status st;

	if (r->issuer.len > 0)
		return find_by_certificate(tok, (struct props){ by_issuer, 3 },
		    span_of(NULL, 0), out);
	if (r->key_id.len == 0)
		return CNG_OK;
	st = find_private(tok, (struct props){ by_id, 2 }, r->family, NULL,
	    out);
	return st != CNG_OK || *out != NULL ? st :
	    find_by_certificate(tok, (struct props){ by_issuer, 1 },
		r->key_id, out);
}

static enum cng_status
find_any(struct token *tok, const struct envelope *e, struct object **out)
{
	enum cng_status st = CNG_OK;

	*out = NULL;
	for (size_t i = 0; st == CNG_OK && *out == NULL &&
	     i < envelope_count(e); i++) {
		const struct envelope_recipient *r = envelope_recipient(e, i);

		if (r->family != KEY_NONE)
			st = find_recipient(tok, r, out);
	}
	if (st != CNG_OK || *out != NULL)
		return st;
	return token_logged_in(tok) == ROLE_USER ? CNG_ERR_NOT_FOUND :
						   CNG_ERR_NOT_LOGGED_IN;
}

enum cng_status
token_recipient(struct token *tok, struct span blob, struct object **out)
{
	struct envelope *e;
	enum cng_status st = envelope_read(&e, blob);

	*out = NULL;
	if (st == CNG_OK)
		st = find_any(tok, e, out);
	envelope_free(e);
	return st;
}

/* --- in ------------------------------------------------------------------ */

bool
enveloped_is(const struct import_request *req)
{
	enum blob_type found;

	if (req->format != TRANSFER_CNG)
		return false;
	/* under AES everything looks like nothing */
	if (req->type == BLOB_ANY && (req->key == NULL ||
	    req->key->class != OBJ_SECRET))
		return blob_detect(req->data, &found) == CNG_OK &&
		    found == BLOB_PKCS7ENVELOPE;
	return req->type == BLOB_PKCS7ENVELOPE;
}

struct opener {
	struct crypto_key *key;
	enum cng_status st;      /* why the key itself could not, or CNG_OK */
};

static enum cng_status
unwrap(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	struct opener *opener = arg;
	enum cng_status st = crypto_unwrap(opener->key, op, cipher, out);

	if (wrapping_is_of_holder(st))
		opener->st = st;
	return st;
}

static enum cng_status
open_with(struct object *obj, const struct envelope *e,
    const struct import_request *req, struct key_material *out)
{
	struct opener opener = { .key = NULL };
	enum cng_status st = policy_unwrap(obj, req->any_use,
	    TRANSFER_MECHANISM(BLOB_PKCS7ENVELOPE));

	if (st == CNG_OK)
		st = object_crypto(obj, &opener.key);
	if (st != CNG_OK)
		return st;
	st = blob_envelope_open(e, obj->key.family, unwrap, &opener,
	    &req->params, out);
	return st != CNG_OK && opener.st != CNG_OK ? opener.st : st;
}

enum cng_status
enveloped_import(const struct import_request *req, struct key_material *out)
{
	struct envelope *e;
	enum cng_status st = envelope_read(&e, req->data);

	if (st == CNG_OK)
		st = open_with(req->key, e, req, out);
	envelope_free(e);
	return st;
}

/* --- out ----------------------------------------------------------------- */

struct recipients {
	const struct object *obj;   /* what is to leave */
	bool any_strength;
	size_t count;
	struct object *key[ENVELOPE_RECIPIENTS_MAX];
	struct x509_names names[ENVELOPE_RECIPIENTS_MAX];
	struct envelope_to to[ENVELOPE_RECIPIENTS_MAX];
};

static void
recipients_free(struct recipients *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->count; i++) {
		object_free(all->key[i]);
		x509_names_free(&all->names[i]);
	}
	mem_free(all);
}

/* A certificate that makes no sense is the caller's mistake. */
static enum cng_status
cert_status(enum cng_status st)
{
	return st == CNG_ERR_BAD_DATA || st == CNG_ERR_BAD_PUBLIC_KEY ?
	    CNG_ERR_ARGUMENT : st;
}

static enum cng_status
add_certificate(void *arg, struct span der)
{
	struct recipients *all = arg;
	struct object *key;
	size_t i = all->count;
	enum cng_status st;

	if (i == ENVELOPE_RECIPIENTS_MAX)
		return CNG_ERR_ARGUMENT;
	st = object_new(&key, OBJ_PUBLIC);
	if (st != CNG_OK)
		return st;
	all->key[all->count++] = key;
	object_put_flag(key, PROP_FINALIZED, true);
	object_put_flag(key, PROP_WRAP, true);
	st = public_of(der, &key->key, &all->names[i]);
	if (st == CNG_OK)
		st = crypto_check_public(&key->key);
	if (st == CNG_OK)
		st = policy_recipient(all->obj, key, all->any_strength);
	all->to[i] = (struct envelope_to){
		.key = &key->key,
		.issuer = secret_span(&all->names[i].issuer),
		.serial = secret_span(&all->names[i].serial),
	};
	return cert_status(st);
}

/* A key beside certificates is one of theirs: for whom it is stays clear. */
static enum cng_status
add_key(struct recipients *all, struct object *key)
{
	size_t i = all->count;

	for (size_t at = 0; at < i; at++)
		if (key_same_public(&key->key, &all->key[at]->key))
			return CNG_OK;
	if (i > 0)
		return CNG_ERR_ARGUMENT;
	all->key[all->count++] = object_ref(key);
	all->to[i] = (struct envelope_to){ .key = &key->key };
	return CNG_OK;
}

enum cng_status
enveloped_export(const struct object *obj, const struct export_request *req,
    struct wr *out)
{
	struct span certs = req->params.envelope.certs;
	struct recipients *all = mem_new(1, sizeof *all);
	enum cng_status st = CNG_OK;

	if (all == NULL)
		return CNG_ERR_NO_MEMORY;
	all->obj = obj;
	all->any_strength = req->any_strength;
	if (certs.len > 0)
		st = cert_status(blob_certificates(certs, add_certificate,
		    all));
	if (st == CNG_OK && req->key != NULL)
		st = add_key(all, req->key);
	if (st == CNG_OK && all->count == 0)
		st = CNG_ERR_ARGUMENT;
	if (st == CNG_OK)
		st = blob_envelope_write(&obj->key, all->to, all->count,
		    &req->params, out);
	recipients_free(all);
	return st;
}
