/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The file "-shm" that processes map to share the index of the write-ahead
 * log, and the locks on it.  Name, layout and lock bytes are those of
 * SQLite's own, so that both can work on one store.
 */
#include "config.h"

#include "store/sql/vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"

#define LOCK_FIRST 120          /* byte of SQLite's lock number 0 */
#define LOCK_ALIVE 128          /* held, shared, while the file is in use */
#define GROWTH_STEP 4096        /* a byte in each, so that all have blocks */

static int
set(const struct shm *shm, short type, off_t start, off_t len)
{
	return lock_range(shm->fd, type, start, len, SQLITE_IOERR_SHMLOCK);
}

/* Whoever comes first throws away what a crash may have left; then everybody
 * holds the byte, so that nobody else is first. */
static int
join(const struct shm *shm)
{
	int rc = set(shm, F_WRLCK, LOCK_ALIVE, 1);

	if (rc == SQLITE_OK && ftruncate(shm->fd, 0) != 0)
		return SQLITE_IOERR_SHMOPEN;
	if (rc == SQLITE_OK || rc == SQLITE_BUSY)
		rc = set(shm, F_RDLCK, LOCK_ALIVE, 1);
	return rc;
}

static bool
shm_path(const struct vfs_file *file, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s-shm", file->path);

	return len > 0 && len < PATH_MAX;
}

/* On media that nobody can write the index may be our own. */
static bool
is_on_read_only_media(const struct vfs_file *file)
{
	struct statvfs st;

	return file->read_only && statvfs(file->path, &st) == 0 &&
	    (st.f_flag & ST_RDONLY) != 0;
}

static int
open_shm(struct vfs_file *file)
{
	struct shm *shm = &file->shm;
	char path[PATH_MAX];
	struct stat st;
	int rc;

	if (!shm_path(file, path))
		return SQLITE_CANTOPEN;
	shm->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (shm->fd < 0) {
		shm->private = is_on_read_only_media(file);
		return shm->private ? SQLITE_OK : SQLITE_CANTOPEN;
	}
	/* whatever the umask took away */
	if (fstat(shm->fd, &st) != 0 || ((st.st_mode & 0777) != 0600 &&
	    st.st_uid == geteuid() && fchmod(shm->fd, 0600) != 0))
		rc = SQLITE_IOERR_SHMOPEN;
	else
		rc = join(shm);
	if (rc != SQLITE_OK) {
		(void)close(shm->fd);
		shm->fd = -1;
	}
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
	struct stat st;
	int rc;

	*out = NULL;
	if (shm->private) {
		*out = mem_new(1, shm->length);
		return *out == NULL ? SQLITE_NOMEM : SQLITE_OK;
	}
	if (fstat(shm->fd, &st) != 0)
		return SQLITE_IOERR_SHMSIZE;
	if (st.st_size < end) {
		if (!extend)
			return SQLITE_OK;
		rc = grow(shm, st.st_size, end);
		if (rc != SQLITE_OK)
			return rc;
	}
	*out = mmap(NULL, shm->length, PROT_READ | PROT_WRITE, MAP_SHARED,
	    shm->fd, start);
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
			if (shm->private)
				mem_free(map);
			else
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
	if (shm->fd < 0 && !shm->private) {
		long page = sysconf(_SC_PAGESIZE);

		rc = open_shm(file);
		shm->length = page > size ? (size_t)page : each;
	}
	if (rc != SQLITE_OK)
		return rc;
	per_map = shm->length / each;
	number = (size_t)region / per_map;
	rc = map_up_to(shm, number, extend != 0);
	if (number < shm->count)
		*out = (char *)shm->map[number] +
		    (size_t)region % per_map * each;
	return rc;
}

int
shm_lock(sqlite3_file *base, int first, int count, int flags)
{
	const struct shm *shm = &((const struct vfs_file *)base)->shm;
	short type = F_UNLCK;

	if (shm->private)
		return SQLITE_OK;
	if ((flags & SQLITE_SHM_LOCK) != 0)
		type = (flags & SQLITE_SHM_SHARED) != 0 ? F_RDLCK : F_WRLCK;
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
	for (size_t i = 0; i < shm->count; i++) {
		if (shm->private)
			mem_free(shm->map[i]);
		else
			(void)munmap(shm->map[i], shm->length);
	}
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

	if (remove != 0 && file->shm.fd >= 0 && shm_path(file, path))
		(void)unlink(path);
	/* closing is not enough when a forked child has the file, too */
	if (file->shm.fd >= 0)
		(void)set(&file->shm, F_UNLCK, LOCK_ALIVE, 1);
	shm_forget(&file->shm);
	return SQLITE_OK;
}
