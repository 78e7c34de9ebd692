/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whose envelope it is, of the containers of a card.  Certificates and public
 * keys say it, so that no PIN is needed to look.
 */
#include "core/container.h"

#include "base/alloc.h"
#include "core/internal.h"
#include "crypto/asn1.h"
#include "crypto/envelope.h"

/* A container, and its certificate where it has one that can be read. */
struct holder {
	struct object *obj;
	struct x509_names names;
	uint8_t id[ENVELOPE_KEY_ID];
	bool certified, has_id;
};

static void
holder_free(struct holder *holder)
{
	object_free(holder->obj);
	x509_names_free(&holder->names);
}

static enum cng_status
read_certificate(struct token *tok, obj_id id, struct holder *out)
{
	struct secret der = { 0 };
	enum cng_status st = container_certificate(tok, id, &der);

	if (st == CNG_OK)
		st = x509_names(&out->names, secret_span(&der));
	secret_free(&der);
	out->certified = st == CNG_OK;
	return st == CNG_ERR_NO_MEMORY || st == CNG_ERR_DEVICE_REMOVED ?
	    st : CNG_OK;
}

static enum cng_status
read_holder(struct token *tok, obj_id id, struct holder *out)
{
	enum cng_status st;

	*out = (struct holder){ .obj = NULL };
	st = container_object(tok, id, &out->obj);
	if (st == CNG_OK)
		st = read_certificate(tok, id, out);
	if (st != CNG_OK)
		return st;
	/* a card may not say the public key */
	st = envelope_key_id(&out->obj->key, out->id);
	out->has_id = st == CNG_OK;
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

static bool
is_recipient(const struct holder *holder, const struct envelope_recipient *r)
{
	if (r->family == KEY_NONE || r->family != holder->obj->key.family)
		return false;
	if (r->issuer.len > 0)
		return holder->certified &&
		    span_equal(r->issuer,
			secret_span(&holder->names.issuer)) &&
		    span_equal(r->serial, secret_span(&holder->names.serial));
	return holder->has_id &&
	    span_equal(r->key_id, span_of(holder->id, sizeof holder->id));
}

static enum cng_status
try_container(struct token *tok, obj_id id, const struct envelope *e,
    obj_id *out)
{
	struct holder holder;
	enum cng_status st = read_holder(tok, id, &holder);

	for (size_t i = 0; st == CNG_OK && i < envelope_count(e); i++)
		if (is_recipient(&holder, envelope_recipient(e, i)))
			*out = id;
	holder_free(&holder);
	return st;
}

enum cng_status
container_recipient(struct token *tok, struct span blob, obj_id *out)
{
	struct obj_ids ids = { .count = 0 };
	struct envelope *e;
	enum cng_status st = envelope_read(&e, blob);

	*out = 0;
	if (st == CNG_OK)
		st = token_containers(tok, &ids);
	for (size_t i = 0; st == CNG_OK && *out == 0 && i < ids.count; i++)
		st = try_container(tok, ids.id[i], e, out);
	mem_free(ids.id);
	envelope_free(e);
	return st == CNG_OK && *out == 0 ? CNG_ERR_NOT_FOUND : st;
}
