/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Derivation that is more than one key and its template: SP 800-108 with
 * several keys of one output or out of several, keys that inherit, public keys.
 */
#include "pkcs11/derive.h"

#include "base/alloc.h"
#include "pkcs11/status.h"

/* --- several keys of one output, or out of several --- */

struct more {
	struct derive_part part[DERIVE_PARTS_MAX];
	CK_DERIVED_KEY key[DERIVE_PARTS_MAX];
	struct tmpl tmpl[DERIVE_PARTS_MAX];
	size_t read;             /* templates that are to be freed */
};

static void
more_free(struct more *more)
{
	while (more->read > 0)
		tmpl_free(&more->tmpl[--more->read]);
	mem_free(more);
}

/* The handle of the one whose template is wrong tells which. */
static CK_RV
blame(const struct more *more, size_t i, CK_RV rv)
{
	if (more->key[i].phKey != NULL)
		*more->key[i].phKey = CK_INVALID_HANDLE;
	return rv;
}

static CK_RV
read_templates(struct more *more, const struct deriving *d)
{
	CK_RV rv = CKR_OK;
	size_t i;

	more->part[0].tmpl = tmpl_props(d->tmpl);
	for (i = 1; i <= d->param.more_count; i++) {
		memcpy(&more->key[i], d->param.more + (i - 1),
		    sizeof(more->key[i]));
		if (more->key[i].phKey == NULL)
			return CKR_MECHANISM_PARAM_INVALID;
	}
	for (i = 1; rv == CKR_OK && i <= d->param.more_count; i++) {
		more->read = i + 1;
		rv = tmpl_read(&more->tmpl[i], more->key[i].pTemplate,
		    more->key[i].ulAttributeCount, TMPL_MAKE);
		more->part[i].tmpl = tmpl_props(&more->tmpl[i]);
		if (rv != CKR_OK)
			rv = blame(more, i, rv);
	}
	return rv;
}

/* AES-CMAC under a key that one knows can be undone: a hidden key that is a
 * piece makes hidden keys. */
CK_RV
derive_more(struct deriving *d, obj_id *out)
{
	struct access who = session_access(d->s);
	struct derive_request req = {
		.base = d->base,
		.other = d->param.other,
		.others = d->param.others,
		.op = &d->op,
		.mechanism = d->mech->type,
		.lineage = d->param.others > 0 ? LINEAGE_KEEPS : LINEAGE_FREE,
		.segments = d->param.more_count > 0,
		.count = d->param.more_count + 1,
	};
	struct more *more = mem_new(1, sizeof(*more));
	enum cng_status st;
	CK_RV rv;

	if (more == NULL)
		return CKR_HOST_MEMORY;
	req.part = more->part;
	rv = read_templates(more, d);
	if (rv == CKR_OK) {
		st = token_derive_keys(d->s->token, &who, &req);
		rv = status_rv_change(st, d->s);
		if (st != CNG_OK && req.bad > 0 && req.bad < req.count)
			rv = blame(more, req.bad, rv);
	}
	if (rv == CKR_OK) {
		*out = more->part[0].id;
		for (size_t i = 1; i < req.count; i++)
			*more->key[i].phKey = more->part[i].id;
	}
	more_free(more);
	return rv;
}

/* --- keys that inherit --- */

CK_RV
derive_mixed(struct deriving *d, obj_id *out)
{
	struct access who = session_access(d->s);
	struct derive_part part = { .tmpl = tmpl_props(d->tmpl) };
	struct derive_request req = {
		.base = d->base,
		.other = d->param.other,
		.others = d->param.others,
		.op = &d->op,
		.mechanism = d->mech->type,
		.lineage = LINEAGE_KEEPS,
		.part = &part,
		.count = 1,
	};
	struct props tmpl = tmpl_props(d->tmpl);
	enum cng_status st;

	/* how much of the other key is a matter of the caller's alone */
	if (d->op.scheme == OP_CUT &&
	    props_find(tmpl, PROP_VALUE_LEN) == NULL &&
	    key_secret_len(tmpl_key_family(tmpl, KEY_GENERIC)) == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	st = token_derive_keys(d->s->token, &who, &req);
	if (st == CNG_OK)
		*out = part.id;
	return status_rv_change(st, d->s);
}

CK_RV
derive_public(struct deriving *d, obj_id *out)
{
	struct access who = session_access(d->s);

	return status_rv_change(token_public_half(d->s->token, &who, d->base,
	    d->mech->type, tmpl_props(d->tmpl), out), d->s);
}
