/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tokens a command works on, as the options choose them.
 */
#ifndef CNG_CLI_TARGET_H
#define CNG_CLI_TARGET_H

#include "cli/args.h"
#include "core/provider.h"

struct target {
	unsigned long slot;
	bool has_slot;             /* false: opened by --store */
	struct token *token;
	struct token_info info;
};

/* What a card says of itself: asked when somebody wants to know.  All zero
 * (and tries unknown) where it cannot be asked. */
void target_card(const struct target *target, struct token_card *out);

#define TARGETS_MAX (CONF_STORES_MAX + 2 + CONF_READERS_MAX)

/* All zero is none. */
struct targets {
	struct provider *provider;
	struct token *opened;      /* by --store */
	struct target item[TARGETS_MAX];
	size_t count;
};

/* All tokens that the options allow; may be none.  Failures have been said. */
enum exit_code targets_open(struct targets *out, const struct args *args);
void targets_close(struct targets *targets);

/* Readers without a card, or with one of another kind. */
void targets_drop_empty(struct targets *targets);

/* The one token to work on: the only one, or the user's own. */
enum exit_code targets_pick(struct target **out, struct targets *targets,
    const struct args *args);

/* Both; no card is asked anything where a store is meant. */
enum exit_code targets_one(struct target **out, struct targets *targets,
    const struct args *args);

/* Says that it was not, and which file is at fault: info.pin_fault. */
void target_note_pin(const struct target *target);

/* Can the user's PIN be had without a question? */
bool target_knows_pin(const struct target *target, const struct args *args);

/* That PIN, or the answer to a question. */
enum exit_code target_pin(struct secret *out, const struct target *target,
    const struct args *args);

/* As the user; the PIN is asked for when no source gives it. */
enum exit_code target_login(struct target *target, const struct args *args);

/* Once more, for a key that wants it for each use. */
enum exit_code target_check_pin(const struct target *target,
    const struct args *args);

/* Is it the token that a URI means?  False: it is no URI. */
bool target_fits(const struct target *target, const char *text, bool *fits);

/* On whose behalf the tool acts. */
extern const struct access target_access;

/* The configuration alone, to learn where tokens belong. */
enum exit_code target_provider(struct provider **out,
    const struct args *args);

/* "--token and --store" and the like are refused. */
enum exit_code target_check_options(const struct args *args);

#endif
