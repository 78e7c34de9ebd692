/* SPDX-License-Identifier: BSD-2-Clause
 *
 * delete: one object, after a question; with a private key what is of it.
 */
#include "cli/cmd.h"

#include "cli/card.h"
#include "base/alloc.h"
#include "base/util.h"
#include "cli/import.h"
#include "cli/prompt.h"
#include "cli/select.h"

#include <stdio.h>

/* What goes, and what the token says of it. */
struct going {
	struct target *target;
	json_t *rows;            /* NULL: nobody asks */
};

static enum cng_status
destroy_one(const struct going *going, obj_id id, const struct object *object)
{
	json_t *row = NULL;
	enum cng_status st = CNG_OK;

	if (going->rows != NULL &&
	    object_row(&row, object, &going->target->info) != EXIT_DONE)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = token_destroy(going->target->token, &target_access, id);
	if (st == CNG_OK && row != NULL)
		print_append(going->rows, json_incref(row));
	json_decref(row);
	return st;
}

static enum exit_code
print_gone(const struct going *going)
{
	json_t *all;
	enum exit_code code;

	if (going->rows == NULL)
		return EXIT_DONE;
	all = json_object();
	print_set_array(all, "deleted", going->rows);
	print_set_notes(all);
	code = print_json(all);
	json_decref(all);
	return code;
}

static enum exit_code
confirm(const struct selected *victim, const struct going *going,
    const struct args *args)
{
	char what[256], question[384];

	if (args_has(args, OPT_YES))
		return EXIT_DONE;
	if (!prompt_terminal())
		return fail_usage("no terminal to ask on, use --yes");
	object_summary(what, sizeof(what), victim->object);
	snprintf(question, sizeof(question),
	    "Delete %s from token '%s'? [y/N] ", what,
	    going->target->info.label);
	if (prompt_yes(question))
		return EXIT_DONE;
	note("nothing was deleted");
	(void)print_gone(going);
	return EXIT_FAILED;
}

static const struct part {
	enum obj_class class;
	const char *name;
} parts[] = {
	{ OBJ_PUBLIC, "public key" },
	{ OBJ_CERT, "certificate" },
};

static bool
is_public_of(struct token *token, obj_id id, const struct key_material *key)
{
	struct import_own other = { .id = { 0 } };
	bool is = import_look_at(token, id, &other) == CNG_OK &&
	    key_same_public(&other.public, key);

	import_own_free(&other);
	return is;
}

static enum cng_status
find(struct target *target, enum obj_class class,
    const struct import_own *own, struct obj_ids *out)
{
	const struct prop lines[] = {
		{ .id = PROP_CLASS, .number = class },
		{ .id = PROP_ID, .bytes = secret_span(&own->id) },
	};

	return token_find(target->token,
	    (struct props){ lines, ARRAY_LEN(lines) }, out);
}

static void
delete_part(const struct going *going, const struct import_own *own,
    const struct part *part)
{
	struct target *target = going->target;
	struct obj_ids ids = { 0 };
	enum cng_status st = find(target, part->class, own, &ids);

	for (size_t i = 0; st == CNG_OK && i < ids.count; i++) {
		struct object *object = NULL;

		if (!(part->class == OBJ_CERT ? import_is_cert_of :
		    is_public_of)(target->token, ids.id[i], &own->public))
			continue;
		st = token_object(target->token, ids.id[i], &object);
		if (st == CNG_OK)
			st = destroy_one(going, ids.id[i], object);
		object_free(object);
		if (st == CNG_OK && part->class == OBJ_CERT)
			note("its certificate was deleted, too");
	}
	if (st != CNG_OK)
		note("its %s could not be deleted: %s", part->name,
		    cng_status_text(st));
	mem_free(ids.id);
}

/* Where it was not said which class is meant, a key, its public half and its
 * certificate are one.  Another key may have them, too. */
static void
delete_parts(const struct going *going, const struct import_own *own)
{
	struct obj_ids others = { 0 };
	enum cng_status st = find(going->target, OBJ_PRIVATE, own, &others);

	for (size_t i = 0; st == CNG_OK && others.count == 0 &&
	    i < ARRAY_LEN(parts); i++)
		delete_part(going, own, &parts[i]);
	if (st != CNG_OK)
		note("what belongs to it could not be deleted: %s",
		    cng_status_text(st));
	mem_free(others.id);
}

static enum cng_status
destroy(const struct going *going, const struct selected *victim, bool whole)
{
	struct target *target = going->target;
	struct import_own own = { .id = { 0 } };
	enum cng_status st;

	/* a card lets go of all by itself */
	whole = whole && !target->info.is_card &&
	    object_class(victim->object) == OBJ_PRIVATE &&
	    import_look_at(target->token, victim->id, &own) == CNG_OK;
	st = destroy_one(going, victim->id, victim->object);
	if (st == CNG_OK && whole && own.id.len > 0)
		delete_parts(going, &own);
	import_own_free(&own);
	return st;
}

static enum exit_code
delete_one(const struct going *going, const struct args *args)
{
	struct target *target = going->target;
	struct selected victim = { 0 };
	enum exit_code code;
	enum cng_status st;

	code = target_login(target, args);
	if (code == EXIT_DONE)
		code = select_one(&victim, target->token, args);
	if (code == EXIT_DONE)
		code = confirm(&victim, going, args);
	if (code == EXIT_DONE) {
		st = destroy(going, &victim, select_class(args) == OBJ_NONE);
		if (st != CNG_OK && target->info.is_card)
			code = card_complain_change(st, target, args,
			    "cannot delete it");
		else if (st != CNG_OK)
			code = fail(st, "cannot delete it: %s",
			    cng_status_text(st));
	}
	object_free(victim.object);
	return code == EXIT_DONE ? print_gone(going) : code;
}

enum exit_code
cmd_delete(const struct args *args)
{
	struct targets targets;
	struct going going = { .rows = NULL };
	enum exit_code code;

	if (args_has(args, OPT_JSON))
		going.rows = json_array();
	code = targets_one(&going.target, &targets, args);
	if (code == EXIT_DONE)
		code = delete_one(&going, args);
	targets_close(&targets);
	json_decref(going.rows);
	return code;
}
