/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of slots.  A slot's token is made when somebody first asks for
 * it and stays where it is until the provider closes.
 */
#include "core/provider.h"

#include "base/alloc.h"
#include "core/internal.h"
#include "core/logfile.h"
#include "crypto/crypto.h"
#include "key/set.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOT_USER 0
#define SLOT_MACHINE 1
#define SLOT_CONFIGURED 2
#define SLOT_READERS (SLOT_CONFIGURED + CONF_STORES_MAX)
#define READERS_MAX 30
#define SLOTS_MAX (SLOT_READERS + READERS_MAX)

/* Of a store or a reader, what tells that it came, went or is another one. */
struct slot_fact {
	bool there;
	dev_t device;
	ino_t file;
	struct device_reader reader;
};

struct slot {
	const char *path;        /* of the configuration; NULL: unused */
	char *reader;            /* a slot for cards instead */
	bool always;
	bool listed;
	struct slot_fact told;   /* what the last event was about */
	struct token *token;
};

struct provider {
	struct conf conf;        /* constant after provider_open */
	struct logfile *log;
	struct lock lock;
	size_t slot_count CNG_GUARDED_BY(lock);
	struct slot slot[SLOTS_MAX] CNG_GUARDED_BY(lock);
	bool looked CNG_GUARDED_BY(lock);
	bool told_full CNG_GUARDED_BY(lock);
	struct token *loose CNG_GUARDED_BY(lock);
	const struct mech_source *mechanisms CNG_GUARDED_BY(lock);
};

/* --- which stores are there ---------------------------------------------- */

static bool
store_shows(const struct slot *slot, size_t number)
{
	struct stat info;

	if (slot->path == NULL)
		return false;
	if (slot->always)
		return true;
	if (stat(slot->path, &info) != 0 || !S_ISREG(info.st_mode))
		return false;
	/* one's own store that cannot be read is a fault worth showing; the
	 * machine's is often just not for this user */
	return number != SLOT_MACHINE ||
	    faccessat(AT_FDCWD, slot->path, R_OK, AT_EACCESS) == 0;
}

/* A reader keeps its slot as long as the provider lives, also when it is
 * unplugged meanwhile; unless nobody has ever asked for it, and there is no
 * other room. */
static struct slot *
slot_of_reader(struct provider *prov, const char *name)
    CNG_REQUIRES(prov->lock)
{
	struct slot *free = NULL, *unused = NULL;

	for (size_t i = SLOT_READERS; i < SLOTS_MAX; i++) {
		struct slot *slot = &prov->slot[i];

		if (slot->reader == NULL) {
			free = slot;
			break;
		}
		if (strcmp(slot->reader, name) == 0)
			return slot;
		if (unused == NULL && !slot->listed && slot->token == NULL)
			unused = slot;
	}
	return free != NULL ? free : unused;
}

static void
list_reader(struct provider *prov, const char *name) CNG_REQUIRES(prov->lock)
{
	struct slot *slot = slot_of_reader(prov, name);
	size_t number;

	if (slot == NULL) {
		if (!prov->told_full)
			log_line(LOG_WARN, "%s: one reader too many", name);
		prov->told_full = true;
		return;
	}
	if (slot->reader == NULL || strcmp(slot->reader, name) != 0) {
		char *copy = mem_strdup(name);

		if (copy == NULL)
			return;
		mem_free(slot->reader);
		slot->reader = copy;
	}
	slot->listed = true;
	number = (size_t)(slot - prov->slot) + 1;
	if (prov->slot_count < number)
		prov->slot_count = number;
}

/* Those that are there keep their slots before others get one. */
static void
list_readers(struct provider *prov, const struct device_readers *readers)
    CNG_REQUIRES(prov->lock)
{
	for (size_t i = SLOT_READERS; i < prov->slot_count; i++) {
		struct slot *slot = &prov->slot[i];

		slot->listed = false;
		for (size_t k = 0; !slot->listed && k < readers->count; k++)
			slot->listed = conf_wants_reader(&prov->conf,
			    readers->name[k]) &&
			    strcmp(slot->reader, readers->name[k]) == 0;
	}
	for (size_t i = 0; i < readers->count; i++)
		if (conf_wants_reader(&prov->conf, readers->name[i]))
			list_reader(prov, readers->name[i]);
}

/* Asks the service which readers there are, and no card anything.  It may have
 * to be started for that: nobody is to wait who does not want that. */
static void
look_for_readers(struct provider *prov) CNG_REQUIRES(prov->lock)
{
	struct device_readers readers = { .count = 0 };
	enum cng_status st;

	if (prov->conf.no_readers)
		return;
	lock_drop(&prov->lock);
	st = device_readers(&readers);
	lock_take(&prov->lock);
	if (st != CNG_OK)
		return;
	list_readers(prov, &readers);
	device_readers_free(&readers);
}

/* That the reader itself is plugged in or pulled out is an event, too. */
static struct slot_fact
reader_fact(const struct slot *slot)
{
	struct slot_fact fact = { .reader = device_look(slot->reader) };

	fact.there = fact.reader.there;
	return fact;
}

/* What was there from the beginning did not come. */
static void
tell_nothing(struct provider *prov) CNG_REQUIRES(prov->lock)
{
	for (size_t i = SLOT_READERS; i < prov->slot_count; i++)
		prov->slot[i].told = reader_fact(&prov->slot[i]);
}

static void
look(struct provider *prov) CNG_REQUIRES(prov->lock)
{
	look_for_readers(prov);
	if (!prov->looked)
		tell_nothing(prov);
	for (size_t i = 0; i < prov->slot_count && i < SLOT_READERS; i++)
		prov->slot[i].listed = store_shows(&prov->slot[i], i);
	prov->looked = true;
}

enum cng_status
provider_refresh(struct provider *prov)
{
	lock_take(&prov->lock);
	look(prov);
	lock_drop(&prov->lock);
	return CNG_OK;
}

/* --- events --------------------------------------------------------------- */

static struct slot_fact
store_fact(const struct slot *slot, size_t number)
{
	struct slot_fact fact = { .there = false };
	struct stat info;

	if (slot->path == NULL || !store_shows(slot, number) ||
	    stat(slot->path, &info) != 0 || !S_ISREG(info.st_mode))
		return fact;
	fact.there = true;
	fact.device = info.st_dev;
	fact.file = info.st_ino;
	return fact;
}

static struct slot_fact
fact_of(const struct slot *slot, size_t number)
{
	return slot->reader != NULL ? reader_fact(slot) :
				      store_fact(slot, number);
}

static bool
has_changed(struct slot *slot, size_t number)
{
	struct slot_fact now = fact_of(slot, number);
	const struct slot_fact *told = &slot->told;

	if (now.there == told->there && now.device == told->device &&
	    now.file == told->file && now.reader.card == told->reader.card &&
	    now.reader.moves == told->reader.moves)
		return false;
	slot->told = now;
	/* a number that was told can be asked about */
	slot->listed = slot->listed || now.there;
	return true;
}

unsigned
provider_wait_ticket(void)
{
	return device_wait_ticket();
}

bool
provider_wait(unsigned ticket, unsigned milliseconds)
{
	bool changed;

	return device_wait(ticket, milliseconds, &changed) == CNG_OK;
}

void
provider_wake(void)
{
	device_wait_cancel();
}

bool
provider_watches_readers(const struct provider *prov)
{
	return !prov->conf.no_readers;
}

enum provider_service
provider_service(const struct provider *prov)
{
	static const enum provider_service answers[] = {
		[DEVICE_SERVICE_RUNS] = PROVIDER_READERS_SERVED,
		[DEVICE_SERVICE_NO_LIBRARY] = PROVIDER_READERS_NO_LIBRARY,
		[DEVICE_SERVICE_SILENT] = PROVIDER_READERS_SILENT,
		[DEVICE_SERVICE_REFUSES] = PROVIDER_READERS_REFUSED,
	};

	return prov->conf.no_readers ? PROVIDER_READERS_OFF :
				       answers[device_service()];
}

bool
provider_event(struct provider *prov, unsigned long *slot)
{
	bool found = false;

	lock_take(&prov->lock);
	if (!prov->looked)
		look(prov);
	else
		look_for_readers(prov);
	for (size_t i = 0; !found && i < prov->slot_count; i++) {
		found = has_changed(&prov->slot[i], i);
		*slot = found ? (unsigned long)i : *slot;
	}
	lock_drop(&prov->lock);
	return found;
}

/* --- life ----------------------------------------------------------------- */

/* A default store that is configured too shows once, as configured. */
static const char *
unless_configured(const struct conf *conf, const char *path)
{
	for (size_t i = 0; path != NULL && i < conf->store_count; i++)
		if (strcmp(conf->store[i].path, path) == 0)
			return NULL;
	return path;
}

static void
lay_out(struct provider *prov)
{
	const struct conf *conf = &prov->conf;
	const char *user = unless_configured(conf, conf->user_store);
	const char *machine = unless_configured(conf, conf->machine_store);

	if (user != NULL && machine != NULL && strcmp(user, machine) == 0)
		machine = NULL;
	prov->slot[SLOT_USER].path = user;
	prov->slot[SLOT_MACHINE].path = machine;
	for (size_t i = 0; i < conf->store_count; i++) {
		prov->slot[SLOT_CONFIGURED + i].path = conf->store[i].path;
		prov->slot[SLOT_CONFIGURED + i].always =
		    conf->store[i].always;
	}
	prov->slot_count = SLOT_CONFIGURED + conf->store_count;
	for (size_t i = 0; i < prov->slot_count; i++)
		prov->slot[i].told = store_fact(&prov->slot[i], i);
}

/* st: how it went with the configuration. */
static enum cng_status
provider_begin(struct provider **out, struct provider *prov,
    enum cng_status st)
{
	if (st != CNG_OK) {
		conf_free(&prov->conf);
		mem_free(prov);
		return st;
	}
	lock_init(&prov->lock);
	lay_out(prov);
	if (prov->conf.log_file != NULL)
		prov->log = logfile_open(prov->conf.log_file,
		    prov->conf.log_level);
	if (prov->conf.error[0] != '\0')
		logfile_warn("", prov->conf.error);
	else if (prov->log == NULL && prov->conf.log_asked)
		logfile_warn(prov->conf.log_file, ": no log can be written"
		    " there (cngtool doctor)");
	*out = prov;
	return CNG_OK;
}

enum cng_status
provider_open(struct provider **out, const char *conf_file, char *error,
    size_t error_size)
{
	struct provider *prov = mem_new(1, sizeof *prov);
	enum cng_status st;

	*out = NULL;
	if (error != NULL && error_size > 0)
		error[0] = '\0';
	if (prov == NULL)
		return CNG_ERR_NO_MEMORY;
	st = conf_load(&prov->conf, conf_file);
	if (st != CNG_OK && error != NULL && error_size > 0)
		snprintf(error, error_size, "%s", prov->conf.error);
	return provider_begin(out, prov, st);
}

enum cng_status
provider_open_as(struct provider **out, const struct conf *conf)
{
	struct provider *prov = mem_new(1, sizeof *prov);

	*out = NULL;
	if (prov == NULL)
		return CNG_ERR_NO_MEMORY;
	return provider_begin(out, prov, conf_copy(&prov->conf, conf));
}

struct conf *
provider_recall(const struct provider *prov)
{
	struct conf *conf = mem_new(1, sizeof *conf);

	if (conf != NULL && conf_copy(conf, &prov->conf) != CNG_OK) {
		mem_free(conf);
		conf = NULL;
	}
	return conf;
}

void
provider_forget(struct conf *conf)
{
	if (conf != NULL)
		conf_free(conf);
	mem_free(conf);
}

void
provider_close(struct provider *prov)
{
	if (prov == NULL)
		return;
	for (size_t i = 0; i < prov->slot_count; i++) {
		token_free(prov->slot[i].token);
		mem_free(prov->slot[i].reader);
	}
	device_shutdown();
	token_free(prov->loose);
	logfile_close(prov->log);
	lock_destroy(&prov->lock);
	conf_free(&prov->conf);
	mem_free(prov);
}

void
provider_after_fork(struct provider *prov)
{
	lock_init(&prov->lock);
	crypto_after_fork();
	device_after_fork();
	for (size_t i = 0; i < prov->slot_count; i++)
		if (prov->slot[i].token != NULL)
			token_after_fork(prov->slot[i].token);
	if (prov->loose != NULL)
		token_after_fork(prov->loose);
}

/* --- slots ------------------------------------------------------------ */

size_t
provider_slots(struct provider *prov, unsigned long *out, size_t max)
{
	size_t count = 0;

	lock_take(&prov->lock);
	if (!prov->looked)
		look(prov);
	for (size_t i = 0; i < prov->slot_count; i++) {
		if (!prov->slot[i].listed)
			continue;
		if (out != NULL && count < max)
			out[count] = (unsigned long)i;
		count++;
	}
	lock_drop(&prov->lock);
	return count;
}

static void
open_slot(struct provider *prov, struct slot *slot)
    CNG_REQUIRES(prov->lock)
{
	enum cng_status st = slot->reader != NULL ?
	    token_open_card(&slot->token, slot->reader, &prov->conf) :
	    token_open(&slot->token, slot->path, slot->always);

	if (st != CNG_OK) {
		slot->token = NULL;
		return;
	}
	if (slot->reader == NULL) {
		slot->token->compat = conf_is_compat(&prov->conf,
		    slot->path);
		slot->token->pin_source = conf_pin_source(&prov->conf,
		    slot->path);
	}
	slot->token->mechanisms = prov->mechanisms;
}

void
provider_offer(struct provider *prov, const struct mech_source *source)
{
	lock_take(&prov->lock);
	prov->mechanisms = source;
	lock_drop(&prov->lock);
}

/* A slot with a token stays good when its store goes away: sessions may be
 * open on it. */
struct token *
provider_token(struct provider *prov, unsigned long number)
{
	struct token *tok = NULL;
	struct slot *slot;

	lock_take(&prov->lock);
	if (!prov->looked)
		look(prov);
	if (number < prov->slot_count) {
		slot = &prov->slot[number];
		if (slot->token == NULL &&
		    (slot->listed || slot->reader != NULL))
			open_slot(prov, slot);
		tok = slot->token;
	}
	lock_drop(&prov->lock);
	return tok;
}

struct token *
provider_loose_token(struct provider *prov)
{
	struct token *tok;

	lock_take(&prov->lock);
	tok = prov->loose;
	if (tok == NULL && token_open(&tok, NULL, false) == CNG_OK) {
		tok->compat = conf_is_compat(&prov->conf, NULL);
		prov->loose = tok;
	}
	lock_drop(&prov->lock);
	return tok;
}

bool
provider_knows_family(enum key_family family)
{
	if (family == KEY_CAMELLIA)
		return crypto_has_camellia();
	if (!key_family_has_sets(family))
		return family != KEY_NONE && family < KEY_FAMILY_COUNT;
	for (int i = KEY_SET_NONE + 1; i < KEY_SET_COUNT; i++)
		if (key_set_info((enum key_set)i)->family == family &&
		    crypto_has_set((enum key_set)i))
			return true;
	return false;
}

bool
provider_knows_hash(enum key_hash hash)
{
	uint8_t sum[64];

	return crypto_digest(hash, span_of(NULL, 0), sum) == CNG_OK;
}

const char *
provider_user_path(const struct provider *prov)
{
	return prov->conf.user_store;
}

const char *
provider_machine_path(const struct provider *prov)
{
	return prov->conf.machine_store;
}

bool
provider_legacy_store(const struct provider *prov)
{
	return prov->conf.legacy_store;
}
