/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Turns between processes: advisory locks on a file beside the store.  A
 * database's own waiting lets one writer starve the others; here whoever has
 * just had a turn stands at the back again.  The store stays correct without
 * this file: it is about order, not about safety.  Whose turn it is may leave
 * a note in it.
 */
#ifndef CNG_STORE_QUEUE_H
#define CNG_STORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum queue_turn {
	QUEUE_WRITE = 0,   /* one writer */
	QUEUE_PIN,         /* one PIN attempt */
	QUEUE_TURNS
};

struct queue {
	char *path;        /* of the lock file; owned */
	int fd;            /* -1: not opened yet */
};

/* Takes path over. */
void queue_init(struct queue *queue, char *path);
/* Closes; turns that are held go with it, but not those of the process that
 * this one was forked from. */
void queue_free(struct queue *queue);

/* Waits for the turn, at most that long: CNG_ERR_STORE_BUSY. */
enum cng_status queue_take(struct queue *queue, enum queue_turn turn,
    unsigned milliseconds) CNG_MUST_CHECK;
void queue_drop(struct queue *queue, enum queue_turn turn);

/* The note, as whoever had the turn left it; no promise that it arrives. */
#define QUEUE_NOTE_MAX 64
void queue_note_write(const struct queue *queue, const void *note,
    size_t len);
/* False when there is none of that length. */
bool queue_note_read(const struct queue *queue, void *note, size_t len);

#endif
