/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Errors of cards, in words that say what to do: which line to put into which
 * file, how many tries are left, what unblocks.
 */
#include "cli/card.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/admin.h"
#include "core/conf.h"
#include "core/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF_NAME "/cng-pkcs11/cng-pkcs11.conf"
#define PATH_SHOWN 512

/* What unblocks the PIN, and what lets keys be written. */
struct card_kind {
	const char *name;
	const char *code;
	const char *form;        /* of that code */
	const char *manager;
};

static const struct card_kind kinds[] = {
	{ "GIDS", "the admin key",
	    "an admin key has 48 hexadecimal digits", "admin key" },
	{ "PIV", "the PUK", "a PUK has 6 to 8 characters",
	    "management key" },
	{ "OpenPGP", "the reset code or the admin PIN",
	    "they have 8 characters at least", "admin PIN" },
	{ "", "its PUK or admin key", NULL, "management key" },
};

static const struct card_kind *
kind_of(const struct token_card *card)
{
	const struct card_kind *kind = kinds;

	while (kind->name[0] != '\0' && strcmp(kind->name, card->kind) != 0)
		kind++;
	return kind;
}

/* The file that the user can change, and that counts. */
static void
name_conf(char out[PATH_SHOWN], const struct args *args)
{
	const char *named = args->value[OPT_CONFIG];
	char *path = NULL;

	if (named == NULL)
		named = secure_getenv("CNG_PKCS11_CONF");
	if (named == NULL && home_xdg_path(&path, "XDG_CONFIG_HOME",
	    "/.config", CONF_NAME) == CNG_OK)
		named = path;
	snprintf(out, PATH_SHOWN, "%s", named == NULL ?
	    "the configuration file" : named);
	mem_free(path);
}

/* --- PINs ----------------------------------------------------------------- */

static enum exit_code
say_tries(enum cng_status st, const struct target *target, const char *what,
    int tries)
{
	const char *label = target->info.label;

	if (tries < 0)
		return fail_advise(st, "too many wrong ones block it",
		    "token %s: wrong %s", label, what);
	return fail_advise(st, tries == 0 ? "it is blocked now" :
	    tries == 1 ? "one more blocks it" : NULL,
	    "token %s: wrong %s, %d %s left", label, what, tries,
	    tries == 1 ? "try" : "tries");
}

static enum exit_code
say_length(const struct target *target, const struct token_card *card)
{
	char advice[128];

	snprintf(advice, sizeof(advice), "it has %zu to %zu bytes",
	    card->pin_min, card->pin_max);
	return fail_advise(CNG_ERR_PIN_LENGTH, advice,
	    "token %s: a PIN of another length", target->info.label);
}

enum exit_code
card_judge_pin(const struct target *target, struct span pin)
{
	struct token_card card;

	if (!target->info.is_card)
		return EXIT_DONE;
	target_card(target, &card);
	if (card.pin_max == 0 ||
	    (pin.len >= card.pin_min && pin.len <= card.pin_max))
		return EXIT_DONE;
	return say_length(target, &card);
}

enum exit_code
card_complain_pin(enum cng_status st, const struct target *target)
{
	struct token_card card;
	char advice[128];

	target_card(target, &card);
	if (st == CNG_ERR_PIN_WRONG && card.tries == 0)
		st = CNG_ERR_PIN_LOCKED;
	if (st == CNG_ERR_PIN_WRONG)
		return say_tries(st, target, "PIN", card.tries);
	if (st == CNG_ERR_PIN_LOCKED) {
		snprintf(advice, sizeof(advice), "'cngtool pin unblock' sets "
		    "a new one; it takes %s", kind_of(&card)->code);
		return fail_advise(st, advice, "token %s: the PIN is blocked",
		    target->info.label);
	}
	if (st == CNG_ERR_PIN_LENGTH)
		return say_length(target, &card);
	return fail(st, "token %s: %s", target->info.label,
	    cng_status_text(st));
}

enum exit_code
card_complain_code(enum cng_status st, const struct target *target)
{
	struct token_card card;
	char advice[128];

	target_card(target, &card);
	if (st == CNG_ERR_PIN_WRONG)
		return say_tries(st, target, "code", card.unblock_tries);
	if (st == CNG_ERR_PIN_LOCKED)
		return fail_advise(st, "only a reset of the card helps, which "
		    "erases it", "token %s: what unblocks is blocked, too",
		    target->info.label);
	if (st == CNG_ERR_NO_ADMIN || st == CNG_ERR_NOT_SUPPORTED) {
		snprintf(advice, sizeof(advice), "give %s with --so-pin-file",
		    kind_of(&card)->code);
		return fail_advise(CNG_ERR_NO_ADMIN, advice,
		    "token %s: nothing to unblock it with",
		    target->info.label);
	}
	if (st == CNG_ERR_PIN_LENGTH)
		return fail_advise(st, kind_of(&card)->form,
		    "token %s: a code of another length",
		    target->info.label);
	return card_complain_pin(st, target);
}

/* --- slots ---------------------------------------------------------------- */

/* Those of OpenPGP, by their numbers less one. */
static const char *const places[] = { "sign", "decrypt", "auth" };

void
card_slot_text(char out[CARD_SLOT_TEXT], uint64_t slot)
{
	if (slot >= 1 && slot <= ARRAY_LEN(places))
		snprintf(out, CARD_SLOT_TEXT, "%s", places[slot - 1]);
	else
		snprintf(out, CARD_SLOT_TEXT, "%02x", (unsigned)slot);
}

static uint64_t
slot_from(const char *text, bool named)
{
	char *end;
	unsigned long slot;

	for (size_t i = 0; named && i < ARRAY_LEN(places); i++)
		if (strcmp(text, places[i]) == 0)
			return i + 1;
	slot = strtoul(text, &end, 16);
	if (named || strlen(text) != 2 || *end != '\0')
		return 0;
	return slot == 0x9a || (slot >= 0x9c && slot <= 0x9e) ||
	    (slot >= 0x82 && slot <= 0x95) ? slot : 0;
}

enum exit_code
card_slot(uint64_t *out, const struct target *target, const struct args *args)
{
	const char *text = args->value[OPT_KEY_SLOT];
	struct token_card card;
	bool piv, named;

	*out = 0;
	if (text == NULL)
		return EXIT_DONE;
	target_card(target, &card);
	piv = strcmp(card.kind, "PIV") == 0;
	named = strcmp(card.kind, "OpenPGP") == 0;
	if (!piv && !named)
		return fail_usage("--key-slot is for PIV and OpenPGP cards, "
		    "which token %s is not", target->info.label);
	*out = slot_from(text, named);
	return *out != 0 ? EXIT_DONE : fail_usage("--key-slot %s: %s", text,
	    piv ? "a PIV card has 9a, 9c, 9d, 9e and 82 to 95" :
		  "an OpenPGP card has sign, decrypt and auth");
}

/* Units of UTF-16, as cards count. */
static size_t
name_length(const char *name)
{
	size_t units = 0;

	for (; *name != '\0'; name++)
		units += ((unsigned char)*name & 0xc0) == 0x80 ? 0 :
		    (unsigned char)*name >= 0xf0 ? 2 : 1;
	return units;
}

static bool
is_name(const char *name)
{
	return name_length(name) <= 39 && strchr(name, '\\') == NULL;
}

static enum exit_code
say_name(const struct args *args, const char *what)
{
	const char *name = args->value[OPT_NAME];

	if (name != NULL && strchr(name, '\\') != NULL)
		return fail_advise(CNG_ERR_PROP_VALUE, "choose a --name "
		    "without it", "%s: the name of a container has no "
		    "backslash", what);
	return fail_advise(CNG_ERR_PROP_VALUE, "choose a shorter --name",
	    "%s: the name of a container has at most 39 characters", what);
}

static bool
has_name(const struct target *target, const char *name)
{
	const struct prop line = { .id = PROP_NAME, .bytes = span_str(name) };
	struct obj_ids ids = { 0 };
	bool found = token_find(target->token, (struct props){ &line, 1 },
	    &ids) == CNG_OK && ids.count > 0;

	mem_free(ids.id);
	return found;
}

/* Was it the slot that was wrong, and not the name? */
static bool
is_about_slot(enum cng_status st, const struct target *target,
    const struct args *args)
{
	const char *name = args->value[OPT_NAME];

	if (!args_has(args, OPT_KEY_SLOT))
		return false;
	if (st == CNG_ERR_PROP_VALUE)
		return name == NULL || is_name(name);
	return st == CNG_ERR_EXISTS &&
	    (name == NULL || !has_name(target, name));
}

static enum exit_code
say_slot(enum cng_status st, const struct target *target,
    const struct args *args, const char *what)
{
	const char *slot = args->value[OPT_KEY_SLOT];

	if (st == CNG_ERR_EXISTS)
		return fail(st, "%s: slot %s of token %s has a key or a "
		    "certificate already", what, slot, target->info.label);
	return fail_advise(st, "say another --key-slot, or none",
	    "%s: the card has no slot %s", what, slot);
}

/* --- keys ----------------------------------------------------------------- */

static enum exit_code
say_switch(const struct target *target, const struct args *args,
    const char *what)
{
	const char *line = token_import_switch(target->token);
	char path[PATH_SHOWN], advice[PATH_SHOWN + 128];

	name_conf(path, args);
	snprintf(advice, sizeof(advice), "put the line '%s = 1' into %s",
	    line == NULL ? "AllowPrivateExchangeKeyImport" : line, path);
	return fail_advise(CNG_ERR_IMPORT_OFF, advice, "%s: the configuration "
	    "lets no such private key onto a card", what);
}

static enum exit_code
say_manager(const struct target *target, const struct args *args,
    const struct card_kind *kind)
{
	char path[PATH_SHOWN], advice[PATH_SHOWN + 192];
	struct conf conf;
	bool told = false;

	if (conf_load(&conf, args->value[OPT_CONFIG]) == CNG_OK) {
		told = conf.card_admin_key_file != NULL;
		conf_free(&conf);
	}
	name_conf(path, args);
	snprintf(advice, sizeof(advice), "write it into a file that you alone "
	    "can read, and 'card_admin_key_file = THAT FILE' into %s", path);
	return fail_advise(CNG_ERR_NO_ADMIN, advice, "token %s: the card "
	    "wants its %s for that, and %s", target->info.label,
	    kind->manager, told ? "does not take what is configured" :
	    "none is configured");
}

static enum exit_code
say_full(const struct target *target, const struct token_card *card,
    const char *what)
{
	const char *advice = strcmp(card->kind, "OpenPGP") == 0 ?
	    "it has one place for signing, one for decryption, and one more "
	    "for signing" : "'cngtool delete' makes room";

	return fail_advise(CNG_ERR_STORE_FULL, advice, "%s: token %s has no "
	    "room for it; %zu keys are there, %zu places free", what,
	    target->info.label, card->used, card->spare);
}

/* A command that was cut short fails before it is known why. */
static bool
is_gone(const struct target *target)
{
	struct token_info now;

	return token_info(target->token, &now) == CNG_OK &&
	    (now.fault == CNG_ERR_NO_CARD ||
		now.fault == CNG_ERR_DEVICE_REMOVED);
}

enum exit_code
card_complain_change(enum cng_status st, const struct target *target,
    const struct args *args, const char *what)
{
	struct token_card card;

	target_card(target, &card);
	if (st == CNG_ERR_DEVICE && is_gone(target))
		st = CNG_ERR_DEVICE_REMOVED;
	if (st == CNG_ERR_NO_ADMIN)
		return say_manager(target, args, kind_of(&card));
	if (st == CNG_ERR_STORE_FULL)
		return say_full(target, &card, what);
	if (st == CNG_ERR_NOT_LOGGED_IN)
		return fail(st, "token %s wants its PIN for that",
		    target->info.label);
	if (st == CNG_ERR_DEVICE_REMOVED || st == CNG_ERR_NO_CARD)
		return fail(CNG_ERR_DEVICE_REMOVED, "%s: the card was taken "
		    "out of %s", what, target->info.path);
	if (st == CNG_ERR_READ_ONLY)
		return fail_advise(st, "its maker's tools write to it",
		    "token %s: this %s card can be read only",
		    target->info.label, card.kind);
	if (st == CNG_ERR_NOT_SUPPORTED)
		return fail_advise(st, NULL, "%s: this %s card cannot do that",
		    what, card.kind);
	return fail(st, "%s: %s", what, cng_status_text(st));
}

enum exit_code
card_complain_key(enum cng_status st, const struct target *target,
    const struct args *args, const char *what)
{
	struct token_card card;

	target_card(target, &card);
	if (st == CNG_ERR_IMPORT_OFF)
		return say_switch(target, args, what);
	if (is_about_slot(st, target, args))
		return say_slot(st, target, args, what);
	if (st == CNG_ERR_EXISTS && args_has(args, OPT_NAME))
		return fail(st, "%s: token %s has a key named %s already",
		    what, target->info.label, args->value[OPT_NAME]);
	if (st == CNG_ERR_EXISTS)
		return fail(st, "%s: token %s has a key of that name already",
		    what, target->info.label);
	if (st == CNG_ERR_KEY_SIZE)
		return fail_advise(st, NULL, "%s: this %s card takes no key "
		    "of that size", what, card.kind);
	if (st == CNG_ERR_NO_REMOVAL)
		return fail(st, "%s: this %s card cannot remove the old key "
		    "of that name", what, card.kind);
	if (st == CNG_ERR_NOT_SUPPORTED || st == CNG_ERR_BAD_CURVE ||
	    st == CNG_ERR_KEY_TYPE)
		return fail_advise(CNG_ERR_NOT_SUPPORTED, NULL, "%s: this %s "
		    "card takes no key of that type", what, card.kind);
	if (st == CNG_ERR_PROP_VALUE)
		return say_name(args, what);
	if (st == CNG_ERR_TEMPLATE_INCONSISTENT)
		return fail_advise(st, NULL, "%s: a card keeps private keys "
		    "and their certificates only", what);
	return card_complain_change(st, target, args, what);
}

enum exit_code
card_check(const struct target *target, bool import)
{
	struct token_card card;

	if (!target->info.is_card)
		return EXIT_DONE;
	target_card(target, &card);
	if (import ? card.can_import : card.can_generate)
		return EXIT_DONE;
	return fail_advise(CNG_ERR_READ_ONLY, "its maker's tools write to it",
	    "token %s: no key can be %s this %s card", target->info.label,
	    import ? "brought onto" : "made on", card.kind);
}
