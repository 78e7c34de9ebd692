/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SQLite's locks on the database file, on the bytes its file format sets
 * aside for them, held by the open file.
 */
#include "config.h"

#include "store/sql/vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/log.h"

#define PENDING      0x40000000
#define RESERVED     (PENDING + 1)
#define SHARED       (PENDING + 2)
#define SHARED_COUNT 510

int
lock_range(int fd, short type, off_t start, off_t len, int error)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len,
	};

	while (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
		if (errno == EAGAIN || errno == EACCES)
			return SQLITE_BUSY;
		if (errno == EINTR)
			continue;
		log_line(LOG_ERROR, "a store's file system gives no locks "
		    "that belong to an open file: %s", strerror(errno));
		return error;
	}
	return SQLITE_OK;
}

static int
set(const struct vfs_file *file, short type, off_t start, off_t len)
{
	return lock_range(file->fd, type, start, len, SQLITE_IOERR_LOCK);
}

/* Readers pass the pending byte, so that a writer that waits for the last
 * of them can keep new ones out. */
static int
lock_shared(struct vfs_file *file)
{
	int rc = set(file, F_RDLCK, PENDING, 1);

	if (rc != SQLITE_OK)
		return rc;
	rc = set(file, F_RDLCK, SHARED, SHARED_COUNT);
	if (set(file, F_UNLCK, PENDING, 1) == SQLITE_OK)
		return rc;
	if (rc == SQLITE_OK)
		(void)set(file, F_UNLCK, SHARED, SHARED_COUNT);
	return SQLITE_IOERR_UNLOCK;
}

static int
lock_exclusive(struct vfs_file *file)
{
	int rc;

	if (file->level < SQLITE_LOCK_PENDING) {
		rc = set(file, F_WRLCK, PENDING, 1);
		if (rc != SQLITE_OK)
			return rc;
		file->level = SQLITE_LOCK_PENDING;
	}
	return set(file, F_WRLCK, SHARED, SHARED_COUNT);
}

int
lock_up(sqlite3_file *base, int level)
{
	struct vfs_file *file = (struct vfs_file *)base;
	int rc;

	if (file->level >= level)
		return SQLITE_OK;
	if (level > SQLITE_LOCK_SHARED && file->read_only)
		return SQLITE_READONLY;
	if (level == SQLITE_LOCK_SHARED)
		rc = lock_shared(file);
	else if (level == SQLITE_LOCK_RESERVED)
		rc = set(file, F_WRLCK, RESERVED, 1);
	else
		rc = lock_exclusive(file);
	if (rc == SQLITE_OK)
		file->level = level;
	return rc;
}

int
lock_down(sqlite3_file *base, int level)
{
	struct vfs_file *file = (struct vfs_file *)base;
	int rc = SQLITE_OK;

	if (file->level <= level)
		return SQLITE_OK;
	if (level == SQLITE_LOCK_SHARED) {
		if (file->level == SQLITE_LOCK_EXCLUSIVE)
			rc = set(file, F_RDLCK, SHARED, SHARED_COUNT);
		if (rc == SQLITE_OK)
			rc = set(file, F_UNLCK, PENDING, 2);
	} else {
		rc = set(file, F_UNLCK, PENDING, 2 + SHARED_COUNT);
	}
	if (rc == SQLITE_OK)
		file->level = level;
	return rc == SQLITE_OK ? rc : SQLITE_IOERR_UNLOCK;
}

int
lock_check(sqlite3_file *base, int *reserved)
{
	const struct vfs_file *file = (const struct vfs_file *)base;
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = RESERVED,
		.l_len = 1,
	};

	*reserved = file->level > SQLITE_LOCK_SHARED;
	if (*reserved)
		return SQLITE_OK;
	if (fcntl(file->fd, F_OFD_GETLK, &lock) != 0)
		return SQLITE_IOERR_CHECKRESERVEDLOCK;
	*reserved = lock.l_type != F_UNLCK;
	return SQLITE_OK;
}

bool
lock_is_taken(int fd)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = PENDING,
		.l_len = 2 + SHARED_COUNT,
	};

	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
