/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What import does for cards besides: the certificate that goes with a key.
 */
#include "cli/import.h"

#include "base/alloc.h"
#include "base/util.h"
#include "cli/card.h"
#include "cli/select.h"
#include "crypto/asn1.h"

#include <string.h>

enum exit_code
import_check_card(const struct import_job *job, const struct target *target)
{
	const struct args *args = job->args;

	if (!target->info.is_card)
		return EXIT_DONE;
	if (args_has(args, OPT_EXPORTABLE) ||
	    args_has(args, OPT_PLAINTEXT_EXPORTABLE))
		return fail_usage("a key does not leave a card: no "
		    "--exportable, no --plaintext-exportable");
	return card_check(target, true);
}

void
import_own_free(struct import_own *own)
{
	key_free(&own->public);
	secret_free(&own->id);
	secret_free(&own->label);
}

enum cng_status
import_look_at(struct token *token, obj_id id, struct import_own *out)
{
	struct secret info = { 0 };
	struct object *object = NULL;
	enum cng_status st = token_object(token, id, &object);

	if (st == CNG_OK)
		st = object_text(&info, object, PROP_PUBLIC_KEY_INFO);
	if (st == CNG_OK)
		st = object_text(&out->id, object, PROP_ID);
	if (st == CNG_OK)
		st = object_text(&out->label, object, PROP_LABEL);
	if (st == CNG_OK && info.len == 0)
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK)
		st = spki_decode(&out->public, secret_span(&info));
	secret_free(&info);
	object_free(object);
	return st;
}

bool
import_is_for(struct span der, const struct key_material *public)
{
	struct x509_names names = { .subject = { 0 } };
	struct key_material key = { 0 };
	bool same = x509_names(&names, der) == CNG_OK &&
	    spki_decode(&key, secret_span(&names.public_info)) == CNG_OK &&
	    key_same_public(&key, public);

	x509_names_free(&names);
	key_free(&key);
	return same;
}

bool
import_is_cert_of(struct token *token, obj_id id,
    const struct key_material *public)
{
	struct object *object = NULL;
	struct secret der = { 0 };
	bool is = token_object(token, id, &object) == CNG_OK &&
	    object_text(&der, object, PROP_VALUE) == CNG_OK &&
	    import_is_for(secret_span(&der), public);

	secret_free(&der);
	object_free(object);
	return is;
}

static enum cng_status
write_it(struct target *target, struct span der, const struct import_own *own)
{
	const struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_CERT },
		{ .id = PROP_TOKEN, .number = 1 },
		{ .id = PROP_ID, .bytes = secret_span(&own->id) },
		{ .id = PROP_LABEL, .bytes = secret_span(&own->label) },
		{ .id = PROP_VALUE, .bytes = der },
	};
	obj_id id = 0;

	return token_create(target->token, &target_access,
	    (struct props){ lines, ARRAY_LEN(lines) }, &id);
}

/* Where it may have replaced another, it is all that is left of both. */
static enum exit_code
take_back(enum cng_status st, struct import_job *job, struct target *target,
    obj_id id)
{
	bool gone = !args_has(job->args, OPT_OVERWRITE) &&
	    token_destroy(target->token, &target_access, id) == CNG_OK;

	note("%s: the certificate was not written; the key %s",
	    job->file.name, gone ? "was taken back" :
	    "is on the card without it");
	return card_complain_change(st, target, job->args, job->file.name);
}

/* Some cards do not give a public key again: who asks them anew, as the next
 * program will, does not see the key. */
static bool
is_lasting(const struct target *target, const struct import_own *own)
{
	const struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_PUBLIC },
		{ .id = PROP_LABEL, .bytes = secret_span(&own->label) },
	};
	struct obj_ids ids = { 0 };
	struct token *anew = NULL;
	enum cng_status st = token_open_card(&anew, target->info.path, NULL);
	bool seen;

	if (st == CNG_OK)
		st = token_find(anew, (struct props){ lines,
		    ARRAY_LEN(lines) }, &ids);
	seen = st != CNG_OK || ids.count > 0;
	mem_free(ids.id);
	if (anew != NULL)
		token_free(anew);
	return seen;
}

static void
warn_unseen(const struct import_job *job, const struct target *target,
    const struct import_own *own)
{
	if (job->certs_kept == 0 && !is_lasting(target, own))
		note("%s: this card does not tell a public key again, so "
		    "programs see the key only with its certificate: import "
		    "both from one PFX or PEM file", job->file.name);
}

static bool
wants_none(const struct args *args)
{
	return args_has(args, OPT_CERTS) &&
	    strcmp(args->value[OPT_CERTS], "none") == 0;
}

static const struct pfx_item *
own_certificate(const struct import_job *job, const struct key_material *key)
{
	const struct pfx *all = &job->file.box.certs;

	if (job->class != OBJ_PRIVATE || wants_none(job->args))
		return NULL;
	for (size_t i = 0; i < all->count; i++)
		if (all->item[i].kind == PFX_CERT && import_is_for(
		    secret_span(&all->item[i].der), key))
			return &all->item[i];
	return NULL;
}

struct span
import_own_certificate(const struct import_job *job)
{
	const struct pfx_item *own =
	    own_certificate(job, &job->file.chosen.key);

	return own != NULL ? secret_span(&own->der) : span_of(NULL, 0);
}

enum exit_code
import_certificate(struct import_job *job, struct target *target, obj_id id,
    bool is_there)
{
	struct import_own own = { .id = { 0 } };
	const struct pfx_item *certificate;
	enum exit_code code = EXIT_DONE;
	enum cng_status st;

	job->certs_kept += is_there;
	if (job->class != OBJ_PRIVATE || is_there || wants_none(job->args))
		return EXIT_DONE;
	st = import_look_at(target->token, id, &own);
	certificate = own_certificate(job, &own.public);
	if (st == CNG_OK && certificate != NULL) {
		st = write_it(target, secret_span(&certificate->der), &own);
		job->certs_kept += st == CNG_OK;
	}
	if (st != CNG_OK)
		code = take_back(st, job, target, id);
	else
		warn_unseen(job, target, &own);
	import_own_free(&own);
	return code;
}

enum exit_code
import_certificates_only(struct import_job *job, struct target *target)
{
	const struct pfx *all = &job->file.box.certs;
	struct import_bag bag = { 0 };
	enum exit_code code = import_gather(&bag, job, target);
	enum cng_status st = CNG_OK;

	for (size_t i = 0; code == EXIT_DONE && i < bag.count; i++) {
		struct import_own own = { .id = bag.key_id[i],
			.label = bag.label[i] };

		if (own.id.len == 0)
			continue;
		st = write_it(target, bag.cert[i].der, &own);
		if (st != CNG_OK)
			code = card_complain_change(st, target, job->args,
			    job->file.name);
		job->certs_kept += st == CNG_OK;
	}
	if (code == EXIT_DONE && job->certs_kept == 0 && all->count > 0)
		code = fail(CNG_ERR_NOT_FOUND, "%s: no key on the card is "
		    "that of the certificate", job->file.name);
	if (code == EXIT_DONE && job->rows == NULL &&
	    !args_has(job->args, OPT_JSON))
		print_line("the card has the certificate of %s",
		    job->file.name);
	import_bag_free(&bag);
	return code;
}
