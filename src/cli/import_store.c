/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What import puts into a store: a key with its certificates in one step, and
 * certificates alone.
 */
#include "cli/import.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/util.h"
#include "cli/select.h"
#include "crypto/asn1.h"

#include <string.h>

/* --- what is asked for ---------------------------------------------------- */

enum which {
	CERTS_ALL = 0,
	CERTS_OWN,
	CERTS_NONE,
	CERTS_UNKNOWN
};

static enum which
which_certs(const struct args *args)
{
	static const char *const words[] = { "all", "own", "none" };
	const char *text = args->value[OPT_CERTS];
	size_t i = 0;

	while (text != NULL && i < ARRAY_LEN(words) &&
	    strcmp(words[i], text) != 0)
		i++;
	return (enum which)i;
}

enum exit_code
import_check_options(const struct import_job *job)
{
	static const enum opt of_keys[] = { OPT_NAME, OPT_USAGE, OPT_KEY,
		OPT_EXPORTABLE, OPT_PLAINTEXT_EXPORTABLE, OPT_KEY_SLOT };
	const struct args *args = job->args;

	if (which_certs(args) == CERTS_UNKNOWN)
		return fail_usage("--certs %s: not all, own or none",
		    args->value[OPT_CERTS]);
	if (!job->file.certs_only)
		return EXIT_DONE;
	/* these may be meant for keys in other files */
	for (size_t i = 0; args->operand_count == 1 && i < ARRAY_LEN(of_keys);
	     i++)
		if (args_has(args, of_keys[i]))
			return fail_usage("%s has certificates only: no --%s",
			    job->file.name, option_info(of_keys[i])->name);
	if (job->file.box.certs.count > 1 &&
	    (args_has(args, OPT_LABEL) || args_has(args, OPT_ID)))
		return fail_usage("several certificates: no --label, no --id");
	return EXIT_DONE;
}

/* --- gathering them ------------------------------------------------------- */

void
import_bag_free(struct import_bag *bag)
{
	for (size_t i = 0; i < bag->count; i++) {
		secret_free(&bag->label[i]);
		secret_free(&bag->key_id[i]);
	}
	mem_free(bag->cert);
	mem_free(bag->label);
	mem_free(bag->key_id);
	*bag = (struct import_bag){ 0 };
}

static bool
make_room(struct import_bag *bag)
{
	size_t more = bag->room == 0 ? 8 : 2 * bag->room;
	void *cert, *label, *key_id;

	if (bag->count < bag->room)
		return true;
	cert = mem_grow(bag->cert, bag->room, more, sizeof(*bag->cert));
	if (cert != NULL)
		bag->cert = cert;
	label = mem_grow(bag->label, bag->room, more, sizeof(*bag->label));
	if (label != NULL)
		bag->label = label;
	key_id = mem_grow(bag->key_id, bag->room, more, sizeof(*bag->key_id));
	if (key_id != NULL)
		bag->key_id = key_id;
	if (cert == NULL || label == NULL || key_id == NULL)
		return false;
	bag->room = more;
	return true;
}

/* The key of the token that a certificate is of; nothing when there is none. */
static enum cng_status
find_key(struct token *token, struct span der, struct import_own *out)
{
	static const enum obj_class classes[] = { OBJ_PRIVATE, OBJ_PUBLIC };
	struct x509_names names;
	struct obj_ids ids = { 0 };
	enum cng_status st = x509_names(&names, der);

	for (size_t i = 0; st == CNG_OK && ids.count == 0 &&
	     i < ARRAY_LEN(classes); i++) {
		const struct prop lines[] = {
			{ .id = PROP_CLASS, .number = classes[i] },
			{ .id = PROP_TOKEN, .number = 1 },
			{ .id = PROP_PUBLIC_KEY_INFO,
			    .bytes = secret_span(&names.public_info) },
		};

		mem_free(ids.id);
		st = token_find(token, (struct props){ lines,
		    ARRAY_LEN(lines) }, &ids);
	}
	if (st == CNG_OK && ids.count > 0)
		st = import_look_at(token, ids.id[0], out);
	mem_free(ids.id);
	x509_names_free(&names);
	return st;
}

/* Of a key that the token has: its id and label.  What the user says comes
 * first. */
static enum cng_status
name_alone(struct secret *label, struct secret *id,
    const struct import_job *job, struct target *target, struct span der)
{
	struct import_own own = { .id = { 0 } };
	enum cng_status st = find_key(target->token, der, &own);

	if (st == CNG_OK && args_has(job->args, OPT_ID))
		st = hex_decode(id, job->args->value[OPT_ID]);
	else if (st == CNG_OK)
		secret_move(id, &own.id);
	if (st == CNG_OK && args_has(job->args, OPT_LABEL))
		st = secret_replace(label,
		    span_str(job->args->value[OPT_LABEL]));
	else if (st == CNG_OK)
		secret_move(label, &own.label);
	import_own_free(&own);
	return st;
}

/* Core opens the envelope, and sees which certificate is that of the key; the
 * others may be of whoever was to open it. */
static bool
is_enveloped(const struct import_job *job)
{
	return job->type == BLOB_PKCS7ENVELOPE ||
	    job->file.type == BLOB_PKCS7ENVELOPE;
}

static enum cng_status
add(struct import_bag *bag, const struct import_job *job,
    const struct pfx_item *item, struct target *target)
{
	struct span der = secret_span(&item->der);
	size_t i = bag->count;
	enum cng_status st = CNG_OK;

	if (!make_room(bag))
		return CNG_ERR_NO_MEMORY;
	bag->count++;
	if (job->file.certs_only)
		st = name_alone(&bag->label[i], &bag->key_id[i], job, target,
		    der);
	if (st == CNG_OK && bag->label[i].len == 0)
		st = secret_replace(&bag->label[i], secret_span(&item->name));
	if (st == CNG_OK && bag->label[i].len == 0)
		st = x509_title(&bag->label[i], der);
	bag->cert[i] = (struct import_cert){ .der = der,
		.optional = is_enveloped(job),
		.label = secret_span(&bag->label[i]),
		.key_id = secret_span(&bag->key_id[i]), .st = st };
	return st;
}

/* Of a key in the file that is not imported now? */
static bool
is_of_another(const struct import_job *job, struct span der)
{
	const struct keybox *box = &job->file.box;

	for (size_t i = 0; i < box->count; i++)
		if (box->key[i].st == CNG_OK &&
		    import_is_for(der, &box->key[i].key))
			return true;
	return false;
}

enum exit_code
import_gather(struct import_bag *bag, const struct import_job *job,
    struct target *target)
{
	const struct pfx *all = &job->file.box.certs;
	enum which which = which_certs(job->args);
	enum cng_status st = CNG_OK;

	if (job->file.certs_only)
		which = CERTS_ALL;
	for (size_t i = 0; st == CNG_OK && i < all->count; i++) {
		struct span der = secret_span(&all->item[i].der);
		bool own;

		if (all->item[i].kind != PFX_CERT || which == CERTS_NONE)
			continue;
		own = is_enveloped(job) ||
		    import_is_for(der, &job->file.chosen.key);
		if (own || (which == CERTS_ALL && !is_of_another(job, der)))
			st = add(bag, job, &all->item[i], target);
	}
	return st == CNG_OK ? EXIT_DONE :
	    fail(st, "%s: a certificate: %s", job->file.name,
		cng_status_text(st));
}

/* --- what --overwrite replaces -------------------------------------------- */

/* The key that is to be replaced, or that a new certificate is for. */
static enum cng_status
look_before(const struct import_job *job, struct target *target,
    const struct import_bag *bag, struct import_own *out)
{
	const struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_PRIVATE },
		{ .id = PROP_NAME, .bytes = args_has(job->args, OPT_NAME) ?
		    span_str(job->args->value[OPT_NAME]) :
		    span_of(NULL, 0) },
	};
	struct obj_ids ids = { 0 };
	enum cng_status st = CNG_OK;

	if (!args_has(job->args, OPT_OVERWRITE))
		return CNG_OK;
	if (job->file.certs_only)
		return bag->count == 0 ? CNG_OK :
		    find_key(target->token, bag->cert[0].der, out);
	if (!args_has(job->args, OPT_NAME))
		return CNG_OK;
	st = token_find(target->token, (struct props){ lines,
	    ARRAY_LEN(lines) }, &ids);
	if (st == CNG_OK && ids.count > 0)
		st = import_look_at(target->token, ids.id[0], out);
	mem_free(ids.id);
	/* a key of a kind that no certificate is of */
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

static bool
is_in_bag(const struct import_bag *bag, struct span der)
{
	for (size_t i = 0; i < bag->count; i++)
		if (span_equal(bag->cert[i].der, der))
			return true;
	return false;
}

static enum cng_status
find_old(struct token *token, const struct import_own *old,
    struct obj_ids *out)
{
	const struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_CERT },
		{ .id = PROP_ID, .bytes = secret_span(&old->id) },
	};

	return token_find(token, (struct props){ lines, ARRAY_LEN(lines) },
	    out);
}

static bool
is_kept(const struct import_bag *bag, struct token *token, obj_id id)
{
	struct object *object = NULL;
	struct secret der = { 0 };
	bool kept = token_object(token, id, &object) != CNG_OK ||
	    object_text(&der, object, PROP_VALUE) != CNG_OK ||
	    is_in_bag(bag, secret_span(&der));

	secret_free(&der);
	object_free(object);
	return kept;
}

/* The certificates of the old key go; where it is the same key under another
 * id, and no new certificate of it came, they follow it. */
static void
settle_old(struct target *target, const struct import_own *old,
    const struct import_bag *bag, const struct import_own *now)
{
	const struct prop line = { .id = PROP_ID,
		.bytes = now == NULL ? span_of(NULL, 0) :
		    secret_span(&now->id) };
	struct token *token = target->token;
	struct obj_ids ids = { 0 };
	enum cng_status st = find_old(token, old, &ids);

	for (size_t i = 0; st == CNG_OK && i < ids.count; i++) {
		if (!import_is_cert_of(token, ids.id[i], &old->public) ||
		    is_kept(bag, token, ids.id[i]))
			continue;
		st = now == NULL ?
		    token_destroy(token, &target_access, ids.id[i]) :
		    token_set(token, &target_access, ids.id[i],
			(struct props){ &line, 1 });
	}
	if (st != CNG_OK)
		note("the old certificate could not be %s: %s",
		    now == NULL ? "removed" : "joined to the key",
		    cng_status_text(st));
	mem_free(ids.id);
}

static bool
has_new(const struct import_bag *bag, const struct import_own *old)
{
	for (size_t i = 0; i < bag->count; i++)
		if (import_is_for(bag->cert[i].der, &old->public))
			return true;
	return false;
}

/* key: the one that came in the place of the old one; 0: only a certificate
 * came. */
static void
replace_certs(struct target *target, const struct import_own *old,
    const struct import_bag *bag, obj_id key)
{
	struct import_own now = { .id = { 0 } };
	bool same = key == 0 ||
	    (import_look_at(target->token, key, &now) == CNG_OK &&
		key_same_public(&now.public, &old->public));

	if (!same || has_new(bag, old))
		settle_old(target, old, bag, NULL);
	else if (key != 0 && !span_equal(secret_span(&now.id),
	    secret_span(&old->id)))
		settle_old(target, old, bag, &now);
	import_own_free(&now);
}

/* --- the import ----------------------------------------------------------- */

enum exit_code
import_complain_cert(const struct import_bag *bag,
    const struct import_job *job)
{
	for (size_t i = 0; i < bag->count; i++)
		if (bag->cert[i].st != CNG_OK)
			return fail(bag->cert[i].st, "%s: certificate '%.*s': "
			    "%s", job->file.name,
			    (int)bag->cert[i].label.len,
			    bag->cert[i].label.len == 0 ? "" :
			    (const char *)bag->cert[i].label.ptr,
			    cng_status_text(bag->cert[i].st));
	return EXIT_DONE;
}

static void
count_certs(struct import_job *job, const struct import_bag *bag)
{
	for (size_t i = 0; i < bag->count; i++) {
		job->certs_kept += bag->cert[i].id != 0;
		job->certs_known += bag->cert[i].id == 0 &&
		    !bag->cert[i].left_out;
	}
}

static enum exit_code
put_all(struct import_job *job, struct target *target,
    struct import_bag *bag)
{
	bool key = !job->file.certs_only;
	struct import_item item = { .id = 0 };
	struct import_own old = { .id = { 0 } };
	enum exit_code code;
	enum cng_status st = look_before(job, target, bag, &old);

	if (key)
		item.req = import_request_of(job);
	if (st == CNG_OK)
		st = token_import_with(target->token, &target_access, &item,
		    key, bag->cert, bag->count);
	if (st != CNG_OK) {
		code = import_complain_cert(bag, job);
		if (code == EXIT_DONE)
			code = import_complain(st, job, target);
	} else {
		if (old.id.len > 0)
			replace_certs(target, &old, bag, item.id);
		count_certs(job, bag);
		code = import_report(job, target, item.id, bag);
	}
	import_own_free(&old);
	return code;
}

enum exit_code
import_to_store(struct import_job *job, struct target *target)
{
	struct import_bag bag = { 0 };
	enum exit_code code = import_gather(&bag, job, target);

	if (code == EXIT_DONE)
		code = put_all(job, target, &bag);
	import_bag_free(&bag);
	return code;
}

/* --- what is said of it --------------------------------------------------- */

static enum exit_code
row_of(json_t **row, obj_id id, bool lines, struct target *target)
{
	struct object *object;
	enum exit_code code;
	enum cng_status st;
	char what[256];

	st = token_object(target->token, id, &object);
	if (st != CNG_OK)
		return fail(st, "imported, but cannot show it");
	code = object_row(row, object, &target->info);
	if (code == EXIT_DONE && lines) {
		object_summary(what, sizeof(what), object);
		print_line("imported %s, id %s", what,
		    json_string_value(json_object_get(*row, "id")));
		print_line("%s",
		    json_string_value(json_object_get(*row, "uri")));
	}
	object_free(object);
	return code;
}

/* A key's row has those that came with it; in a longer list all stand side by
 * side. */
enum exit_code
import_report(struct import_job *job, struct target *target, obj_id id,
    const struct import_bag *bag)
{
	bool lines = !args_has(job->args, OPT_JSON);
	size_t certs = bag == NULL ? 0 : bag->count;
	json_t *list = job->rows != NULL ? json_incref(job->rows) :
					   json_array();
	enum exit_code code = EXIT_DONE;
	json_t *key = NULL, *row;

	if (id != 0)
		code = row_of(&key, id, lines, target);
	if (code == EXIT_DONE && id != 0 && job->rows != NULL)
		print_append(list, json_incref(key));
	for (size_t i = 0; code == EXIT_DONE && i < certs; i++) {
		if (bag->cert[i].id == 0)
			continue;
		row = NULL;
		code = row_of(&row, bag->cert[i].id, lines, target);
		if (code == EXIT_DONE)
			print_append(list, json_incref(row));
		json_decref(row);
	}
	if (code == EXIT_DONE && !lines && job->rows == NULL) {
		if (key != NULL && json_array_size(list) > 0)
			print_set_array(key, "certificates", list);
		code = print_json(key != NULL ? key : list);
	}
	json_decref(key);
	json_decref(list);
	return code;
}
