/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Finding objects.  Nothing is guessed: more than one match is an error.
 */
#include "cli/select.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/util.h"
#include "cli/keytext.h"
#include "cli/uri.h"

#include <string.h>

#define TERMS_MAX 4

void
selection_free(struct selection *sel)
{
	for (size_t i = 0; i < sel->count; i++)
		object_free(sel->item[i].object);
	mem_free(sel->item);
	memset(sel, 0, sizeof(*sel));
}

static enum cng_status
find(struct selection *out, struct token *token, struct props tmpl)
{
	struct obj_ids ids = { 0 };
	enum cng_status st;

	memset(out, 0, sizeof(*out));
	st = token_find(token, tmpl, &ids);
	if (st != CNG_OK)
		return st;
	out->item = mem_new(ids.count == 0 ? 1 : ids.count,
	    sizeof(*out->item));
	if (out->item == NULL)
		st = CNG_ERR_NO_MEMORY;
	for (size_t i = 0; st == CNG_OK && i < ids.count; i++) {
		struct selected *item = &out->item[out->count];

		item->id = ids.id[i];
		st = token_object(token, item->id, &item->object);
		if (st == CNG_OK)
			out->count++;
		else if (st == CNG_ERR_OBJECT) /* gone meanwhile */
			st = CNG_OK;
	}
	if (st != CNG_OK)
		selection_free(out);
	mem_free(ids.id);
	return st;
}

static void
terms_of_uri(struct prop terms[TERMS_MAX], size_t *count,
    const struct uri_object *uri)
{
	if (uri->has_label)
		terms[(*count)++] = (struct prop){ .id = PROP_LABEL,
			.bytes = secret_span(&uri->label) };
	if (uri->has_id)
		terms[(*count)++] = (struct prop){ .id = PROP_ID,
			.bytes = secret_span(&uri->id) };
	if (uri->class != OBJ_NONE)
		terms[(*count)++] = (struct prop){ .id = PROP_CLASS,
			.number = (uint64_t)uri->class };
}

/* id and uri keep the bytes that the template borrows. */
static enum exit_code
terms_of(struct prop terms[TERMS_MAX], size_t *count, struct secret *id,
    struct uri_object *uri, const struct args *args)
{
	enum obj_class class;
	enum cng_status st;

	*count = 0;
	if (args_has(args, OPT_URI)) {
		/* it was looked at before; memory may be short */
		st = uri_read(uri, args->value[OPT_URI]);
		if (st != CNG_OK)
			return fail(st, "--uri");
		terms_of_uri(terms, count, uri);
		return EXIT_DONE;
	}
	if (args_has(args, OPT_NAME))
		terms[(*count)++] = (struct prop){ .id = PROP_NAME,
			.bytes = span_str(args->value[OPT_NAME]) };
	if (args_has(args, OPT_LABEL))
		terms[(*count)++] = (struct prop){ .id = PROP_LABEL,
			.bytes = span_str(args->value[OPT_LABEL]) };
	if (args_has(args, OPT_ID)) {
		if (hex_decode(id, args->value[OPT_ID]) != CNG_OK)
			return fail_usage("--id %s is not hexadecimal",
			    args->value[OPT_ID]);
		terms[(*count)++] = (struct prop){ .id = PROP_ID,
			.bytes = secret_span(id) };
	}
	if (args_has(args, OPT_CLASS)) {
		class = class_from_text(args->value[OPT_CLASS]);
		if (class == OBJ_NONE)
			return fail_usage("--class %s: not private, public, "
			    "secret, cert or data", args->value[OPT_CLASS]);
		terms[(*count)++] = (struct prop){ .id = PROP_CLASS,
			.number = (uint64_t)class };
	}
	return EXIT_DONE;
}

enum exit_code
select_all(struct selection *out, struct token *token,
    const struct args *args)
{
	struct prop terms[TERMS_MAX] = { 0 };
	struct uri_object uri = { .has_id = false };
	struct secret id = { 0 };
	size_t count;
	enum exit_code code;
	enum cng_status st;

	memset(out, 0, sizeof(*out));
	code = terms_of(terms, &count, &id, &uri, args);
	if (code == EXIT_DONE) {
		st = find(out, token, (struct props){ terms, count });
		if (st != CNG_OK)
			code = fail(st, "cannot search the token");
	}
	secret_free(&id);
	uri_object_free(&uri);
	return code;
}

static bool
same_id(const struct object *a, const struct object *b)
{
	struct secret ida = { 0 }, idb = { 0 };
	bool same;

	same = object_text(&ida, a, PROP_ID) == CNG_OK &&
	    object_text(&idb, b, PROP_ID) == CNG_OK &&
	    span_equal(secret_span(&ida), secret_span(&idb));
	secret_free(&ida);
	secret_free(&idb);
	return same;
}

/* The public half and the certificate go with the private key. */
static bool
goes_with_another(const struct selection *sel, size_t which)
{
	enum obj_class class = object_class(sel->item[which].object);

	if (class != OBJ_PUBLIC && class != OBJ_CERT)
		return false;
	for (size_t i = 0; i < sel->count; i++) {
		const struct object *other = sel->item[i].object;

		if (other != NULL && object_class(other) == OBJ_PRIVATE &&
		    same_id(other, sel->item[which].object))
			return true;
	}
	return false;
}

static void
drop_companions(struct selection *sel)
{
	size_t kept = 0;

	for (size_t i = 0; i < sel->count; i++) {
		if (!goes_with_another(sel, i))
			continue;
		object_free(sel->item[i].object);
		sel->item[i].object = NULL;
	}
	for (size_t i = 0; i < sel->count; i++)
		if (sel->item[i].object != NULL)
			sel->item[kept++] = sel->item[i];
	sel->count = kept;
}

enum exit_code
select_one(struct selected *out, struct token *token,
    const struct args *args)
{
	struct selection sel;
	enum exit_code code;

	if (!args_has(args, OPT_NAME) && !args_has(args, OPT_LABEL) &&
	    !args_has(args, OPT_ID) && !args_has(args, OPT_URI))
		return fail_usage("say which: --name, --label or --id");
	code = select_all(&sel, token, args);
	if (code != EXIT_DONE)
		return code;
	drop_companions(&sel);
	if (sel.count == 0) {
		code = fail(CNG_ERR_NOT_FOUND, "no such object%s",
		    token_logged_in(token) == ROLE_USER ? "" :
		    " among the public ones");
	} else if (sel.count > 1) {
		code = fail_usage("%zu objects match, add --id or --class",
		    sel.count);
	} else {
		*out = sel.item[0];
		sel.count = 0; /* transferred */
	}
	selection_free(&sel);
	return code;
}

enum obj_class
select_class(const struct args *args)
{
	struct uri_object uri = { .class = OBJ_NONE };
	enum obj_class class = OBJ_NONE;

	if (args_has(args, OPT_CLASS))
		return class_from_text(args->value[OPT_CLASS]);
	if (args_has(args, OPT_URI) &&
	    uri_read(&uri, args->value[OPT_URI]) == CNG_OK)
		class = uri.class;
	uri_object_free(&uri);
	return class;
}

/* How many keys have it; the last of them is kept. */
static enum cng_status
try_key(struct object **out, size_t *count, struct token *token,
    enum obj_class class, struct props terms)
{
	struct selection sel;
	enum cng_status st;

	*count = 0;
	st = find(&sel, token, terms);
	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < sel.count; i++) {
		enum obj_class found = object_class(sel.item[i].object);

		if (found != class && found != OBJ_SECRET)
			continue;
		object_free(*out);
		*out = object_ref(sel.item[i].object);
		(*count)++;
	}
	selection_free(&sel);
	return CNG_OK;
}

/* A URI of another token finds nothing. */
static enum cng_status
try_uri(struct object **out, size_t *count, const struct target *target,
    enum obj_class class, const char *text)
{
	struct prop terms[TERMS_MAX] = { 0 };
	struct uri_object uri;
	size_t used = 0;
	bool fits = false;
	enum cng_status st = uri_read(&uri, text);

	if (st == CNG_OK && target_fits(target, text, &fits) && fits) {
		terms_of_uri(terms, &used, &uri);
		st = try_key(out, count, target->token, class,
		    (struct props){ terms, used });
	}
	uri_object_free(&uri);
	return st;
}

enum exit_code
select_key(struct object **out, const struct target *target,
    enum obj_class class, const char *text)
{
	static const enum prop_id ways[] = { PROP_NAME, PROP_LABEL, PROP_ID };
	struct secret id = { 0 };
	enum exit_code code = uri_is_one(text) ? uri_check("", text, false) :
						 EXIT_DONE;
	enum cng_status st = CNG_OK;
	size_t count = 0;

	*out = NULL;
	if (code != EXIT_DONE)
		return code;
	if (uri_is_one(text))
		st = try_uri(out, &count, target, class, text);
	for (size_t i = 0; i < ARRAY_LEN(ways) && st == CNG_OK &&
	     count == 0 && !uri_is_one(text); i++) {
		struct prop term = { .id = ways[i], .bytes = span_str(text) };

		if (ways[i] == PROP_ID) {
			if (hex_decode(&id, text) != CNG_OK)
				break;
			term.bytes = secret_span(&id);
		}
		st = try_key(out, &count, target->token, class,
		    (struct props){ &term, 1 });
	}
	secret_free(&id);
	if (st == CNG_OK && count == 1)
		return EXIT_DONE;
	object_free(*out);
	*out = NULL;
	if (st != CNG_OK)
		return fail(st, "cannot search the token");
	if (count == 0)
		return fail(CNG_ERR_NOT_FOUND, "no %s or secret key %.*s",
		    class_text(class), uri_shown(text), text);
	return fail_usage("%zu keys are called %.*s, use the id", count,
	    uri_shown(text), text);
}
