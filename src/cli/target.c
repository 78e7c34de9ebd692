/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Choosing among tokens, and logging in to one.
 */
#include "cli/target.h"

#include "base/util.h"
#include "cli/card.h"
#include "cli/doctor.h"
#include "cli/pin.h"
#include "cli/uri.h"
#include "core/container.h"
#include "core/knownpin.h"

#include <string.h>

/* As provider.h numbers them. */
#define SLOT_USER 0
#define SLOT_MACHINE 1

const struct access target_access = { .session = 1, .read_write = true };

enum exit_code
target_check_options(const struct args *args)
{
	static const enum opt ways[] = { OPT_STORE, OPT_TOKEN, OPT_READER,
		OPT_MACHINE };
	static const enum opt parts[] = { OPT_TOKEN, OPT_NAME, OPT_LABEL,
		OPT_ID, OPT_CLASS };
	const char *token = args->value[OPT_TOKEN];
	size_t given = 0;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		given += args->value[ways[i]] != NULL;
	if (given > 1)
		return fail_usage("--token, --reader, --store and "
		    "--machine exclude each other");
	for (size_t i = 0; args_has(args, OPT_URI) && i < ARRAY_LEN(parts);
	     i++)
		if (args_has(args, parts[i]))
			return fail_usage("--uri says it all: no --%s",
			    option_info(parts[i])->name);
	if (args_has(args, OPT_URI))
		return uri_check("--uri ", args->value[OPT_URI], false);
	return token != NULL && uri_is_one(token) ?
	    uri_check("--token ", token, true) : EXIT_DONE;
}

enum exit_code
target_provider(struct provider **out, const struct args *args)
{
	char error[256] = "";
	enum cng_status st;

	st = provider_open(out, args->value[OPT_CONFIG], error,
	    sizeof(error));
	if (st == CNG_OK)
		return EXIT_DONE;
	return fail(st, "%s", error[0] != '\0' ? error : "configuration");
}

static enum exit_code
add(struct targets *all, struct token *token, unsigned long slot,
    bool has_slot)
{
	struct target *target = &all->item[all->count];
	enum cng_status st;

	target->token = token;
	target->slot = slot;
	target->has_slot = has_slot;
	st = token_info(token, &target->info);
	if (st != CNG_OK)
		return fail(st, "token in slot %lu", slot);
	all->count++;
	return EXIT_DONE;
}

void
target_card(const struct target *target, struct token_card *out)
{
	if (!target->info.is_card || target->info.fault != CNG_OK ||
	    token_card(target->token, out) != CNG_OK)
		*out = (struct token_card){ .tries = -1, .tries_max = -1,
			.unblock_tries = -1 };
}

bool
target_fits(const struct target *target, const char *text, bool *fits)
{
	struct token_card card = { .tries = -1 };
	struct shown shown;

	*fits = false;
	if (!uri_is_one(text))
		return false;
	target_card(target, &card);
	shown_library(&shown);
	shown_slot(&shown, target->info.path, target->info.is_card);
	shown_token(&shown, &target->info, &card);
	return uri_fits(text, &shown,
	    target->has_slot ? &target->slot : NULL, fits);
}

/* The short serial number is the end of a long one. */
static bool
is_called(const struct target *target, const char *text)
{
	struct token_card card;
	bool uri;

	if (target_fits(target, text, &uri))
		return uri;
	if (strcmp(target->info.label, text) == 0 ||
	    strcmp(target->info.serial, text) == 0)
		return true;
	if (!target->info.is_card ||
	    strlen(text) <= strlen(target->info.serial))
		return false;
	target_card(target, &card);
	return strcmp(card.serial, text) == 0;
}

/* Which token it is by its name, or NULL. */
static const char *
called(const struct args *args)
{
	return args_has(args, OPT_TOKEN) ? args->value[OPT_TOKEN] :
					   args->value[OPT_URI];
}

static bool
is_wanted(const struct target *target, const struct args *args)
{
	const char *reader = args->value[OPT_READER];

	if (args_has(args, OPT_MACHINE) && target->slot != SLOT_MACHINE)
		return false;
	if (reader != NULL && (!target->info.is_card ||
	    strncmp(target->info.path, reader, strlen(reader)) != 0))
		return false;
	return called(args) == NULL || is_called(target, called(args));
}

static enum exit_code
open_path(struct targets *all, const struct args *args)
{
	const char *path = args->value[OPT_STORE];
	enum cng_status st = token_open(&all->opened, path, false);
	enum exit_code code;

	if (st != CNG_OK)
		return fail(st, "%s: %s", path, cng_status_text(st));
	code = add(all, all->opened, 0, false);
	if (code == EXIT_DONE && !is_wanted(&all->item[0], args))
		all->count = 0;
	return code;
}

/* Who says the whole name of a reader does not mean a longer one. */
static void
keep_exact(struct targets *all, const char *reader)
{
	for (size_t i = 0; reader != NULL && i < all->count; i++) {
		if (strcmp(all->item[i].info.path, reader) != 0)
			continue;
		all->item[0] = all->item[i];
		all->count = 1;
	}
}

/* Stores answer at once; a card may be slow, or busy with another program.  So
 * they are asked only where the stores leave it open what is meant. */
static bool
needs_cards(const struct targets *all, const struct args *args, bool one)
{
	if (args_has(args, OPT_MACHINE))
		return false;
	if (args_has(args, OPT_READER))
		return true;
	if (called(args) != NULL)
		return all->count == 0;
	return !one || all->count == 0 || all->item[0].slot != SLOT_USER;
}

/* The name alone tells whether it is another reader that is meant. */
static bool
is_other_reader(const struct token *token, const char *reader)
{
	return reader != NULL && strncmp(token_reader(token), reader,
	    strlen(reader)) != 0;
}

static enum exit_code
add_wanted(struct targets *all, const unsigned long *slots, size_t count,
    const struct args *args, bool cards)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
		struct token *token = provider_token(all->provider, slots[i]);

		if (token == NULL && !cards)
			note("slot %lu cannot be opened; skipped", slots[i]);
		if (token == NULL || token_is_card(token) != cards ||
		    (cards && is_other_reader(token,
			args->value[OPT_READER])))
			continue;
		code = add(all, token, slots[i], true);
		if (code == EXIT_DONE &&
		    !is_wanted(&all->item[all->count - 1], args))
			all->count--;
	}
	return code;
}

/* one: targets_pick is to choose among them. */
static enum exit_code
open_slots(struct targets *all, const struct args *args, bool one)
{
	unsigned long slots[TARGETS_MAX];
	enum exit_code code;
	enum cng_status st;
	size_t count;

	code = target_provider(&all->provider, args);
	if (code != EXIT_DONE)
		return code;
	st = provider_refresh(all->provider);
	if (st != CNG_OK)
		return fail(st, "%s", cng_status_text(st));
	count = provider_slots(all->provider, slots, ARRAY_LEN(slots));
	if (count > ARRAY_LEN(slots))
		count = ARRAY_LEN(slots);
	code = add_wanted(all, slots, count, args, false);
	if (code == EXIT_DONE && needs_cards(all, args, one))
		code = add_wanted(all, slots, count, args, true);
	keep_exact(all, args->value[OPT_READER]);
	return code;
}

static enum exit_code
open_targets(struct targets *out, const struct args *args, bool one)
{
	enum exit_code code;

	memset(out, 0, sizeof(*out));
	code = target_check_options(args);
	if (code != EXIT_DONE)
		return code;
	if (args_has(args, OPT_STORE))
		return open_path(out, args);
	return open_slots(out, args, one);
}

enum exit_code
targets_open(struct targets *out, const struct args *args)
{
	return open_targets(out, args, false);
}

void
targets_close(struct targets *targets)
{
	if (targets->opened != NULL)
		token_free(targets->opened);
	if (targets->provider != NULL)
		provider_close(targets->provider);
	memset(targets, 0, sizeof(*targets));
}

static enum exit_code
check_usable(const struct target *target)
{
	const struct token_info *info = &target->info;
	const char *path = info->path == NULL ? "?" : info->path;

	if (info->fault == CNG_ERR_NO_TOKEN && info->is_card)
		return fail_advise(info->fault,
		    "GIDS, PIV and OpenPGP are; a new GIDS card is set up by "
		    "'gids-tool --initialize'",
		    "%s: the card is of no kind that is known", path);
	if (info->fault != CNG_OK)
		return fail(info->fault, "%s: %s", path,
		    cng_status_text(info->fault));
	if (!info->present || !info->initialized)
		return fail(CNG_ERR_NO_TOKEN, "%s: not initialised", path);
	return EXIT_DONE;
}

static enum exit_code
complain_none(const struct args *args)
{
	if (called(args) != NULL)
		return fail_advise(CNG_ERR_NO_TOKEN, "see 'cngtool tokens'",
		    "no token %.*s", uri_shown(called(args)), called(args));
	if (args_has(args, OPT_READER))
		return fail_advise(CNG_ERR_NO_READER, "see 'cngtool tokens'",
		    "no reader %s", args->value[OPT_READER]);
	if (args_has(args, OPT_MACHINE))
		return fail_advise(CNG_ERR_NO_TOKEN,
		    "make one with 'cngtool init --machine'",
		    "the machine has no token that you may read");
	return fail(CNG_ERR_NO_TOKEN, "there is no token");
}

/* The user's own, else the only one that is in use; NULL: not clear. */
static struct target *
obvious(struct targets *targets)
{
	struct target *found = NULL;

	if (targets->count == 1 || targets->item[0].slot == SLOT_USER)
		return &targets->item[0];
	for (size_t i = 0; i < targets->count; i++) {
		if (!targets->item[i].info.initialized)
			continue;
		if (found != NULL)
			return NULL;
		found = &targets->item[i];
	}
	return found;
}

void
targets_drop_empty(struct targets *targets)
{
	size_t kept = 0;

	for (size_t i = 0; i < targets->count; i++) {
		const struct token_info *info = &targets->item[i].info;

		if (!info->is_card || (info->fault != CNG_ERR_NO_CARD &&
		    info->fault != CNG_ERR_NO_TOKEN))
			targets->item[kept++] = targets->item[i];
	}
	targets->count = kept;
}

enum exit_code
targets_pick(struct target **out, struct targets *targets,
    const struct args *args)
{
	if (!args_has(args, OPT_READER))
		targets_drop_empty(targets);
	if (targets->count == 0)
		return complain_none(args);
	if (targets->count > 1 && args_has(args, OPT_READER))
		return fail_usage("several readers begin with %s",
		    args->value[OPT_READER]);
	if (targets->count > 1 && args_has(args, OPT_TOKEN))
		return fail_usage("several tokens are called %.*s, use the "
		    "serial number", uri_shown(args->value[OPT_TOKEN]),
		    args->value[OPT_TOKEN]);
	*out = obvious(targets);
	if (*out == NULL)
		return fail_usage("there are several tokens, choose one by "
		    "--token");
	return check_usable(*out);
}

enum exit_code
targets_one(struct target **out, struct targets *targets,
    const struct args *args)
{
	enum exit_code code = open_targets(targets, args, true);

	return code == EXIT_DONE ? targets_pick(out, targets, args) : code;
}

static enum exit_code
complain_login(enum cng_status st, const struct target *target)
{
	struct token_info now;

	if (target->info.is_card)
		return card_complain_pin(st, target);
	if (st == CNG_ERR_PIN_WRONG &&
	    token_info(target->token, &now) == CNG_OK && now.user_final_try)
		return fail_advise(st, "one more wrong PIN locks it",
		    "wrong PIN for token %s", target->info.label);
	return fail(st, "token %s: %s", target->info.label,
	    cng_status_text(st));
}

/* Of the token itself: a file beside it, or its line in the configuration. */
static enum exit_code
known_pin(struct secret *out, const struct target *target)
{
	enum cng_status st = token_known_pin(target->token, out);
	char path[DOCTOR_PATH], mend[MEND_MAX];

	if (st == CNG_OK)
		return EXIT_DONE;
	if (!doctor_mend_pin(mend, target->token, st, path))
		return fail(st, "token %s: the file with its PIN, %s: %s",
		    target->info.label, path, cng_status_text(st));
	return fail_advise(st, mend, "token %s: the file with its PIN, %s: %s",
	    target->info.label, path, private_fault(st));
}

void
target_note_pin(const struct target *target)
{
	enum cng_status st = target->info.pin_fault;
	char path[DOCTOR_PATH], mend[MEND_MAX];
	bool mends = doctor_mend_pin(mend, target->token, st, path);

	note("private objects are hidden; the file with the PIN, %s: %s%s%s",
	    path, private_fault(st), mends ? "; " : "", mends ? mend : "");
}

bool
target_knows_pin(const struct target *target, const struct args *args)
{
	return pin_given(args, PIN_USER) || target->info.no_pin ||
	    target->info.pin_known ||
	    uri_has_pin(called(args));
}

/* Does the token itself say it, or what is wrong? */
static bool
is_known(const struct target *target, const struct args *args)
{
	return !uri_has_pin(called(args)) && (target->info.no_pin ||
	    (!pin_given(args, PIN_USER) && (target->info.pin_known ||
	    target->info.pin_fault != CNG_OK)));
}

enum exit_code
target_pin(struct secret *out, const struct target *target,
    const struct args *args)
{
	if (uri_has_pin(called(args)))
		return uri_pin(out, called(args));
	return is_known(target, args) ? known_pin(out, target) :
					pin_get(out, args, PIN_USER);
}

static enum cng_status
log_in(struct token *token, struct span pin)
{
	return token_login(token, ROLE_USER, pin);
}

/* known: for a PIN that nobody said, which no wrong source may lock. */
static enum exit_code
use_pin(const struct target *target, const struct args *args,
    enum cng_status (*said)(struct token *token, struct span pin),
    enum cng_status (*known)(struct token *token, struct span pin))
{
	struct secret pin = { 0 };
	enum exit_code code = target_pin(&pin, target, args);
	enum cng_status st;

	if (code == EXIT_DONE) {
		st = (is_known(target, args) ? known : said)(target->token,
		    secret_span(&pin));
		if (st != CNG_OK)
			code = complain_login(st, target);
	}
	secret_free(&pin);
	return code;
}

enum exit_code
target_login(struct target *target, const struct args *args)
{
	return use_pin(target, args, log_in, token_login_known);
}

enum exit_code
target_check_pin(const struct target *target, const struct args *args)
{
	return use_pin(target, args, token_check_pin, token_check_known_pin);
}
