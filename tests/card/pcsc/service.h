/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The inside of the simulated reader service.  One mutex for everything; a
 * card that is at work is marked busy, and the mutex is free meanwhile.
 */
#ifndef TESTS_CARD_PCSC_SERVICE_H
#define TESTS_CARD_PCSC_SERVICE_H

#include "tests/card/sim.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/stat.h>

#include <winscard.h>

enum { READERS = 16, TABLE = 512, WORDS = 128 };

struct reader {
	char *name;
	struct sim_options options;
	struct sim *sim;
	bool plugged, inserted;
	bool busy; /* in a command, without the mutex */
	unsigned delay;
	const char *log; /* gets the first bytes of each command */
	unsigned events; /* cards that came and went */
	SCARDHANDLE owner; /* of the transaction; 0: nobody */
	bool exclusive;
	int lock; /* of the state file, during a transaction */
	struct stat seen; /* the state file as we know it */
	unsigned long transmits; /* since the last "at" */
	unsigned long verifies; /* PINs that were said */
	unsigned long at; /* the words are for this one */
	char words[WORDS];
};

struct context {
	SCARDCONTEXT id;
	bool busy; /* calls of one context wait for each other */
	bool waiting, cancelled;
	bool dead; /* the service went away */
};

struct handle {
	SCARDHANDLE id;
	SCARDCONTEXT context;
	struct reader *reader;
	DWORD protocol;
	LONG event; /* what every call answers, until it connects again */
	unsigned depth; /* of transactions */
};

struct service {
	pthread_mutex_t mutex;
	pthread_cond_t change;
	bool started;
	bool running;
	struct reader readers[READERS];
	size_t reader_count;
	struct context contexts[TABLE];
	struct handle handles[TABLE];
	LONG last_id;
};

extern struct service service;

/* The mutex is taken; the readers of the environment are there. */
void service_begin(void);
void service_end(void);
/* Waits for a change; false when the time is over. */
bool service_wait(const struct timespec *until);
void service_changed(void);
struct timespec service_deadline(DWORD milliseconds);

struct context *context_find(SCARDCONTEXT id);
/* Ours alone until context_drop, which takes NULL, too. */
LONG context_take(SCARDCONTEXT id, struct context **out);
void context_drop(struct context *context);
/* Its transaction ends. */
void handle_forget(struct handle *handle);

struct reader *reader_find(const char *name);
bool reader_is_used(const struct reader *reader);
/* What happened to the card, to all handles of it. */
void reader_event(struct reader *reader, LONG event);
void reader_pull(struct reader *reader);
void reader_reset(struct reader *reader, const struct handle *by);
/* The state file, if there is one, is ours alone and freshly read. */
bool reader_lock(struct reader *reader);
void reader_unlock(struct reader *reader);
/* One command, without the mutex in between.  False: the card is gone. */
bool reader_run(struct reader *reader, const uint8_t *command, size_t len,
    uint8_t *reply, size_t *reply_len);
/* tell.h, with the mutex. */
int reader_tell(struct reader *reader, const char *words);

#endif
