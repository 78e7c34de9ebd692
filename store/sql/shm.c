/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The file "-shm" that processes map to share the index of the write-ahead
 * log, and the locks on it.  Name, layout and lock bytes are those of
 * SQLite's own, so that both can work on one store.
 *
 * Who may read the store but not write beside it maps the file as long as
 * somebody else keeps it up to date.  Else the answer is that there is none,
 * and SQLite makes an index of its own, and asks again with each transaction.
 */
#include "config.h"

#include "store/sql/vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/file/place.h"

#define LOCK_FIRST 120          /* byte of SQLite's lock number 0 */
#define LOCK_MENDING 3          /* writer, checkpoint, recovery */
#define LOCK_ALIVE 128          /* held, shared, while the file is in use */
#define LOCK_WRITERS 0x100000   /* here, one of them by each who may write */
#define WRITER_BYTES 0x100000
#define WRITER_TRIES 100
#define HEAD_LEN 96             /* both copies of the index's head */
#define GROWTH_STEP 4096        /* a byte in each, so that all have blocks */

static int
set(const struct shm *shm, short type, off_t start, off_t len)
{
	return lock_range(shm->fd, type, start, len, SQLITE_IOERR_SHMLOCK);
}

/* Takes a byte that only who may write can take. */
static int
announce(const struct shm *shm)
{
	static atomic_uint next;
	int rc = SQLITE_BUSY;

	for (unsigned i = 0; i < WRITER_TRIES && rc == SQLITE_BUSY; i++) {
		unsigned byte = (unsigned)getpid() * 16 +
		    atomic_fetch_add(&next, 1);

		rc = set(shm, F_WRLCK, LOCK_WRITERS + byte % WRITER_BYTES, 1);
	}
	return rc;
}

/* Has somebody else who may write the file? */
static int
find_writer(const struct shm *shm, bool *there)
{
	struct flock lock = {
		.l_type = F_RDLCK,
		.l_whence = SEEK_SET,
		.l_start = LOCK_WRITERS,
		.l_len = WRITER_BYTES,
	};

	if (fcntl(shm->fd, F_OFD_GETLK, &lock) != 0)
		return SQLITE_IOERR_SHMLOCK;
	*there = lock.l_type != F_UNLCK;
	return SQLITE_OK;
}

/* Of an index that only readers may have kept: it is made anew from the log.
 * Its head is void, and SQLite, which finds it so, has these locks until it
 * has mended it. */
static int
distrust(const struct shm *shm)
{
	static const char head[HEAD_LEN];
	bool there = false;
	int rc = set(shm, F_WRLCK, LOCK_FIRST, LOCK_MENDING);

	if (rc != SQLITE_OK)
		return rc;
	/* another one may have been faster */
	rc = find_writer(shm, &there);
	if (rc == SQLITE_OK && !there &&
	    pwrite(shm->fd, head, HEAD_LEN, 0) != HEAD_LEN)
		rc = SQLITE_IOERR_SHMOPEN;
	if (rc == SQLITE_OK)
		rc = announce(shm);
	if (rc != SQLITE_OK || there)
		(void)set(shm, F_UNLCK, LOCK_FIRST, LOCK_MENDING);
	return rc;
}

/* Where others may read, one who only reads can hold the byte that says that
 * the file is in use, and so keep what a crash of the machine has left. */
static int
join_others(const struct shm *shm)
{
	bool there = false;
	struct stat st;
	int rc = find_writer(shm, &there);

	if (rc != SQLITE_OK)
		return rc;
	if (fstat(shm->fd, &st) != 0)
		return SQLITE_IOERR_SHMOPEN;
	if (there || (st.st_mode & (S_IRGRP | S_IROTH)) == 0 ||
	    st.st_size < HEAD_LEN)
		return announce(shm);
	return distrust(shm);
}

/* Whoever comes first throws away what a crash may have left; then everybody
 * holds the byte, so that nobody else is first. */
static int
join(const struct shm *shm)
{
	int rc = set(shm, F_WRLCK, LOCK_ALIVE, 1);
	bool first = rc == SQLITE_OK;

	if (first && ftruncate(shm->fd, 0) != 0)
		return SQLITE_IOERR_SHMOPEN;
	if (first)
		rc = announce(shm);
	if (rc == SQLITE_OK || (rc == SQLITE_BUSY && !first))
		rc = set(shm, F_RDLCK, LOCK_ALIVE, 1);
	return rc == SQLITE_OK && !first ? join_others(shm) : rc;
}

/* Only who may write can say whether the index is that of the log; while
 * such a one has it, it is. */
static int
join_as_reader(const struct shm *shm)
{
	bool there = false;
	int rc = find_writer(shm, &there);

	if (rc == SQLITE_OK && !there)
		rc = SQLITE_READONLY_CANTINIT;
	/* busy: it is being thrown away */
	return rc == SQLITE_OK ? set(shm, F_RDLCK, LOCK_ALIVE, 1) : rc;
}

static bool
path_beside(const struct vfs_file *file, const char *suffix,
    char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s%s", file->path, suffix);

	return len > 0 && len < PATH_MAX;
}

/* SQLite gives a log that it makes the modes of its store; one that was there
 * before may have those that the store had then. */
static void
share_log(const struct vfs_file *file, char path[PATH_MAX])
{
	int fd = path_beside(file, "-wal", path) ?
	    open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1;

	if (fd < 0)
		return;
	if (!place_share(fd, file->fd))
		log_line(LOG_WARN, "%s: its mode cannot be set", path);
	(void)close(fd);
}

static int
open_to_read(struct vfs_file *file, const char *path)
{
	struct shm *shm = &file->shm;
	struct stat st;
	int rc = SQLITE_READONLY_CANTINIT;

	shm->reader = true;
	if (shm->fd >= 0 && (fstat(shm->fd, &st) != 0 || st.st_nlink == 0)) {
		(void)close(shm->fd);
		shm->fd = -1;
	}
	if (shm->fd < 0)
		shm->fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
		    O_NONBLOCK);
	if (shm->fd >= 0)
		rc = join_as_reader(shm);
	else if (errno != ENOENT)
		rc = SQLITE_CANTOPEN;
	shm->joined = rc == SQLITE_OK;
	/* nobody is told of a read without a lock: it ends when the store
	 * is written to */
	file->alone = rc == SQLITE_READONLY_CANTINIT;
	if (file->alone && fstat(file->fd, &file->opened) != 0)
		rc = SQLITE_IOERR_FSTAT;
	return rc;
}

static int
open_to_write(struct vfs_file *file, char path[PATH_MAX])
{
	struct shm *shm = &file->shm;
	int rc;

	shm->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (shm->fd < 0)
		return SQLITE_CANTOPEN;
	rc = place_share(shm->fd, file->fd) ? join(shm) :
					      SQLITE_IOERR_SHMOPEN;
	shm->joined = rc == SQLITE_OK;
	if (shm->joined) {
		share_log(file, path);
	} else {
		(void)close(shm->fd);
		shm->fd = -1;
	}
	return rc;
}

static int
open_shm(struct vfs_file *file)
{
	char path[PATH_MAX];
	int rc;

	if (!path_beside(file, "-shm", path))
		return SQLITE_CANTOPEN;
	/* once a reader, always one: SQLite counts on it */
	if (file->shm.reader)
		return open_to_read(file, path);
	rc = open_to_write(file, path);
	if (rc == SQLITE_CANTOPEN && file->read_only &&
	    (errno == EACCES || errno == EPERM || errno == EROFS))
		rc = open_to_read(file, path);
	return rc;
}

/* Makes the file that long with real blocks: a hole would be a SIGBUS when
 * the disk is full. */
static int
grow(const struct shm *shm, off_t from, off_t to)
{
	for (off_t at = from / GROWTH_STEP; at < to / GROWTH_STEP; at++) {
		if (pwrite(shm->fd, "", 1,
		    at * GROWTH_STEP + GROWTH_STEP - 1) != 1)
			return errno == ENOSPC || errno == EDQUOT ?
			    SQLITE_FULL : SQLITE_IOERR_SHMSIZE;
	}
	return SQLITE_OK;
}

static int
map_next(struct shm *shm, bool extend, void **out)
{
	off_t start = (off_t)(shm->count * shm->length);
	off_t end = start + (off_t)shm->length;
	int use = PROT_READ | (shm->reader ? 0 : PROT_WRITE);
	struct stat st;
	int rc;

	*out = NULL;
	if (fstat(shm->fd, &st) != 0)
		return SQLITE_IOERR_SHMSIZE;
	if (st.st_size < end) {
		if (!extend)
			return SQLITE_OK;
		rc = grow(shm, st.st_size, end);
		if (rc != SQLITE_OK)
			return rc;
	}
	*out = mmap(NULL, shm->length, use, MAP_SHARED, shm->fd, start);
	if (*out == MAP_FAILED) {
		*out = NULL;
		return errno == ENOMEM ? SQLITE_NOMEM : SQLITE_IOERR_SHMMAP;
	}
	return SQLITE_OK;
}

/* Maps up to and including number, if the file is or may become that long. */
static int
map_up_to(struct shm *shm, size_t number, bool extend)
{
	while (shm->count <= number) {
		void **grown;
		void *map;
		int rc = map_next(shm, extend, &map);

		if (rc != SQLITE_OK || map == NULL)
			return rc;
		grown = mem_grow(shm->map, shm->count, shm->count + 1,
		    sizeof(*grown));
		if (grown == NULL) {
			(void)munmap(map, shm->length);
			return SQLITE_NOMEM;
		}
		shm->map = grown;
		shm->map[shm->count++] = map;
	}
	return SQLITE_OK;
}

int
shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out)
{
	struct vfs_file *file = (struct vfs_file *)base;
	struct shm *shm = &file->shm;
	size_t each = (size_t)size;
	size_t per_map;
	size_t number;
	int rc = SQLITE_OK;

	*out = NULL;
	if (!shm->joined) {
		long page = sysconf(_SC_PAGESIZE);

		rc = open_shm(file);
		shm->length = page > size ? (size_t)page : each;
	}
	if (rc != SQLITE_OK)
		return rc;
	per_map = shm->length / each;
	number = (size_t)region / per_map;
	rc = map_up_to(shm, number, extend != 0 && !shm->reader);
	if (number < shm->count)
		*out = (char *)shm->map[number] +
		    (size_t)region % per_map * each;
	if (rc != SQLITE_OK || !shm->reader)
		return rc;
	/* whoever came first is about to write its head */
	return region == 0 && *out == NULL ? SQLITE_BUSY : SQLITE_READONLY;
}

static bool
head_is_whole(const struct shm *shm)
{
	const uint8_t *head = shm->count == 0 ? NULL : shm->map[0];

	return head != NULL && head[SHM_HEAD_INIT] != 0 &&
	    memcmp(head, head + HEAD_LEN / 2, HEAD_LEN / 2) == 0;
}

/* A reader that has read half a head asks whether somebody writes it.  When
 * that one has just ended, it is whole: to be read again, not to be mended. */
static int
lock_to_read(const struct shm *shm, int first, int count)
{
	int rc = set(shm, F_RDLCK, LOCK_FIRST + first, count);

	if (rc != SQLITE_OK || first != 0 || !head_is_whole(shm))
		return rc;
	(void)set(shm, F_UNLCK, LOCK_FIRST, count);
	return SQLITE_BUSY;
}

int
shm_lock(sqlite3_file *base, int first, int count, int flags)
{
	const struct shm *shm = &((const struct vfs_file *)base)->shm;
	short type = F_UNLCK;

	/* a reader that found none */
	if (shm->fd < 0)
		return SQLITE_OK;
	if ((flags & SQLITE_SHM_LOCK) != 0)
		type = (flags & SQLITE_SHM_SHARED) != 0 ? F_RDLCK : F_WRLCK;
	if (type == F_WRLCK && shm->reader)
		return SQLITE_READONLY;
	if (type == F_RDLCK && shm->reader)
		return lock_to_read(shm, first, count);
	return set(shm, type, LOCK_FIRST + first, count);
}

void
shm_barrier(sqlite3_file *base)
{
	(void)base;
	atomic_thread_fence(memory_order_seq_cst);
}

void
shm_forget(struct shm *shm)
{
	for (size_t i = 0; i < shm->count; i++)
		(void)munmap(shm->map[i], shm->length);
	mem_free(shm->map);
	if (shm->fd >= 0)
		(void)close(shm->fd);
	*shm = (struct shm){ .fd = -1 };
}

int
shm_unmap(sqlite3_file *base, int remove)
{
	struct vfs_file *file = (struct vfs_file *)base;
	char path[PATH_MAX];

	if (remove != 0 && file->shm.joined && !file->shm.reader &&
	    path_beside(file, "-shm", path))
		(void)unlink(path);
	/* closing is not enough when a forked child has the file, too */
	if (file->shm.joined)
		(void)set(&file->shm, F_UNLCK, LOCK_FIRST,
		    LOCK_WRITERS + WRITER_BYTES - LOCK_FIRST);
	shm_forget(&file->shm);
	return SQLITE_OK;
}
