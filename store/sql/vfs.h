/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How SQLite reaches a store file: through its own Unix layer, except for
 * three things.
 *
 * Locks belong to the open file, not to the process.  SQLite's own belong to
 * the process and are kept in tables of the library: a forked child inherits
 * the tables but not the locks, and would work unlocked once its parent is
 * gone.  The bytes that are locked are SQLite's, so its shell and ours
 * exclude each other.
 *
 * Every page carries a checksum in its last bytes, so that a flipped bit is
 * an error and not an answer.
 *
 * The commit counter in the shared index of the log can be read directly.
 */
#ifndef CNG_STORE_SQL_VFS_H
#define CNG_STORE_SQL_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define PAGE_SIZE_SQL 4096
#define PAGE_SUM_LEN  8

#define SHM_HEAD_INIT 12 /* byte of the index's head: 0, and it is void */

/* The shared index of the write-ahead log. */
struct shm {
	int fd;               /* -1: not open */
	bool reader;          /* may not be written: see shm.c */
	bool joined;          /* LOCK_ALIVE is held, maps may be used */
	void **map;
	size_t count;         /* maps */
	size_t length;        /* bytes of each */
};

struct vfs_file {
	sqlite3_file base;    /* what SQLite sees; first */
	sqlite3_file *real;
	const char *path;     /* SQLite's; lives as long as the file */
	int fd;               /* for locks only */
	int level;            /* SQLITE_LOCK_... */
	bool read_only;
	bool immutable;       /* looked at as it was when opened */
	bool alone;           /* ... or when this read began: see shm.c */
	struct stat opened;
	struct shm shm;
};

/* Its name, registered; NULL when SQLite lacks what it builds on. */
const char *vfs_name(void);

/* The file behind a connection; NULL when it has none. */
struct vfs_file *vfs_file_of(sqlite3 *db);

/* What the last call of the system said that failed in this thread, since it
 * was asked for; 0: nothing is known. */
int vfs_take_error(void);

/* Has a file that is looked at as it was been written to since?  It must be
 * opened anew then. */
bool vfs_is_past(const struct vfs_file *file);
/* ... or has it got a log, where it is about to be? */
bool vfs_is_stale(const struct vfs_file *file);
/* Has the store of that path a log? */
bool vfs_has_log(const char *path);

/* In a forked child: closes what we opened, which drops none of the parent's
 * locks, and leaves SQLite's own memory alone. */
void vfs_abandon(struct vfs_file *file);

/* When a file that is looked at as it was had been written to; else 0. */
uint64_t vfs_time(const struct vfs_file *file);

/* A number that changes with every commit to the log, or false. */
bool vfs_stamp(const struct vfs_file *file, uint64_t *out);

/* --- lock.c -------------------------------------------------------------- */

/* One try at len bytes from start; SQLITE_BUSY, or error. */
int lock_range(int fd, short type, off_t start, off_t len, int error);
int lock_up(sqlite3_file *base, int level);
int lock_down(sqlite3_file *base, int level);
int lock_check(sqlite3_file *base, int *reserved);
/* Does somebody have that file open as a database? */
bool lock_is_taken(int fd);

/* --- shm.c --------------------------------------------------------------- */

int shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out);
int shm_lock(sqlite3_file *base, int first, int count, int flags);
void shm_barrier(sqlite3_file *base);
int shm_unmap(sqlite3_file *base, int remove);
void shm_forget(struct shm *shm);

/* --- page.c -------------------------------------------------------------- */

/* Sets the last bytes of a page; number counts from 1. */
void page_sign(uint8_t page[PAGE_SIZE_SQL], uint64_t number);
/* Checks and clears them.  SQLite never sees a checksum: so one that it
 * writes without us is none (which passes), not a wrong one. */
bool page_check(uint8_t page[PAGE_SIZE_SQL], uint64_t number);

#endif
