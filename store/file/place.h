/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a store lives: path, owner and mode.  Nothing here opens the store
 * file itself, because closing it would drop the locks that a database
 * engine in this process may hold on it.
 */
#ifndef CNG_STORE_PLACE_H
#define CNG_STORE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct place {
	char *path;      /* absolute, links resolved; mem_free */
	bool exists;
	bool read_only;  /* by its mode, its owner or its file system */
	uint64_t device;
	uint64_t inode;
};

/* Finds the file, without looking at it: the path alone. */
enum cng_status place_name(struct place *out, const char *path,
    bool make_folder) CNG_MUST_CHECK;

/* Finds the file and looks at it.  make_folder: a folder that is missing is
 * made, with its parents, for the owner only; otherwise CNG_ERR_NO_TOKEN.
 * A file that does not exist is no error. */
enum cng_status place_find(struct place *out, const char *path,
    bool make_folder) CNG_MUST_CHECK;
void place_free(struct place *place);

/* Looks at the file again: fills all but the path. */
enum cng_status place_look(struct place *place) CNG_MUST_CHECK;

/* Is the file that was looked at still the one under that name? */
bool place_is_same(const struct place *place);

/* Is something there, other than an empty file? */
bool place_has_bytes(const char *path);

/* place->path with a suffix; mem_free; NULL when out of memory. */
char *place_beside(const struct place *place, const char *suffix);

/* Makes an empty file for the owner only; it must not exist. */
enum cng_status place_make_file(const char *path) CNG_MUST_CHECK;

/* Lets those read a file of ours, which fd is, who may read the store, and
 * nobody else; nobody but its owner writes to it.  False: it cannot be. */
bool place_share(int fd, int store);

/* Flushes from, gives it the name to unless that is taken (CNG_ERR_EXISTS),
 * and flushes the folder. */
enum cng_status place_publish(const char *from, const char *to)
    CNG_MUST_CHECK;

/* The same, and what has the name makes room. */
enum cng_status place_replace(const char *from, const char *to)
    CNG_MUST_CHECK;

/* What a failed system call means for a store. */
enum cng_status place_status(int error);

#endif
