/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The software key storage provider: the tokens that the configuration and
 * the file system show.
 */
#ifndef CNG_CORE_PROVIDER_H
#define CNG_CORE_PROVIDER_H

#include "core/conf.h"
#include "core/token.h"

struct provider;

/* Reads the configuration; touches no store yet.  error (may be NULL) gets
 * one line on CNG_ERR_CONFIG. */
enum cng_status provider_open(struct provider **out, const char *conf_file,
    char *error, size_t error_size) CNG_MUST_CHECK;
void provider_close(struct provider *prov);

/* For a forked child that opens one anew.  What the parent's was configured
 * by, to be ended with provider_forget; NULL when memory is short.  While
 * conf_holds the child's own is opened with that; it is copied. */
struct conf *provider_recall(const struct provider *prov);
enum cng_status provider_open_as(struct provider **out,
    const struct conf *conf) CNG_MUST_CHECK;
void provider_forget(struct conf *conf);

/* In a forked child: drops stores and contexts without touching them.  Keeps
 * sessions' objects and logins. */
void provider_after_fork(struct provider *prov);

/* What a face can do: its tokens show an object for each mechanism.  To be
 * said before any token is asked for; nothing is called before somebody looks
 * for such objects. */
struct mech_source {
	/* compat: for a token that is */
	size_t (*list)(unsigned long *out, size_t max, bool compat);
	bool (*has)(unsigned long type, bool compat);
};
void provider_offer(struct provider *prov, const struct mech_source *source);

/* Looks again which stores exist; tokens already there stay. */
enum cng_status provider_refresh(struct provider *prov) CNG_MUST_CHECK;

/* Has a store been made, removed or replaced, a reader plugged in or pulled
 * out, a card put in or taken out, since the last answer about its slot (or
 * since the provider was opened; of readers: since it first looked)?  One slot
 * a call, which is listed from then on.  Looks at file names, and at what the
 * readers' service knows. */
bool provider_event(struct provider *prov, unsigned long *slot);

/* Waits for cards and readers to come and go, at most so long; ends early
 * after provider_wake, also where that came between ticket and call.  false,
 * at once: there is no service.  Needs no provider, so that one may be closed
 * meanwhile. */
unsigned provider_wait_ticket(void);
bool provider_wait(unsigned ticket, unsigned milliseconds);
void provider_wake(void);
/* Does the configuration let readers be looked at? */
bool provider_watches_readers(const struct provider *prov);

/* How it is with the readers' service; no card is asked anything. */
enum provider_service {
	PROVIDER_READERS_SERVED = 0,
	PROVIDER_READERS_OFF,         /* by the configuration */
	PROVIDER_READERS_NO_LIBRARY,
	PROVIDER_READERS_SILENT,      /* no service answers */
	PROVIDER_READERS_REFUSED,     /* this user may not ask it */
};
enum provider_service provider_service(const struct provider *prov);

/* Slot numbers are small, fixed by place: 0 the user's store, 1 the
 * machine's, 2 and up the configured ones.  A slot without a store is not
 * listed.  After those come the readers for cards, as they were first seen; a
 * reader is listed with a card or without. */
size_t provider_slots(struct provider *prov, unsigned long *out, size_t max);

/* NULL when there is no such slot. */
struct token *provider_token(struct provider *prov, unsigned long slot);

/* A token that no store is behind: for session objects that belong to no
 * slot (CNG's ephemeral keys).  NULL when memory is short. */
struct token *provider_loose_token(struct provider *prov);

/* Can keys of that family be taken in at all?  Some depend on libcrypto. */
bool provider_knows_family(enum key_family family);
bool provider_knows_hash(enum key_hash hash);

/* Where a new store of the user (or of the machine) belongs, or NULL. */
const char *provider_user_path(const struct provider *prov);
const char *provider_machine_path(const struct provider *prov);

/* Does the configuration let legacy twins be written? (core/twin.h) */
bool provider_legacy_store(const struct provider *prov);

/* A token on a store that the configuration does not name (tools, tests).
 * The caller frees it.  path NULL: no store is behind it. */
enum cng_status token_open(struct token **out, const char *path,
    bool create) CNG_MUST_CHECK;
/* The same for the card in a reader; conf (or NULL) outlives the token. */
enum cng_status token_open_card(struct token **out, const char *reader,
    const struct conf *conf) CNG_MUST_CHECK;
void token_free(struct token *tok);

#endif
