/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The file layer put between SQLite and the disk; see vfs.h.  Only the
 * database file itself passes through here; its log is left to SQLite, which
 * has checksums of its own in it.
 */
#include "config.h"

#include "store/sql/vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* SQLite's Unix layer without its locks. */
#define BELOW "unix-none"
#define NAME  "cng-pkcs11-1"

/* The head of the file, which is looked at before it is known to be ours; it
 * is read again with its page. */
#define HEAD_LEN 100

static struct vfs_file *
file_of(sqlite3_file *base)
{
	return (struct vfs_file *)base;
}

/* --- pages --------------------------------------------------------------- */

static bool
is_page(int amount, sqlite3_int64 offset)
{
	return amount == PAGE_SIZE_SQL && offset % PAGE_SIZE_SQL == 0;
}

static uint64_t
number_of(sqlite3_int64 offset)
{
	return (uint64_t)(offset / PAGE_SIZE_SQL) + 1;
}

/* A whole page, checked.  Past the end of a file there are only the pages of
 * one that is still empty: anything else was cut off. */
static int
read_page(struct vfs_file *file, void *out, sqlite3_int64 offset)
{
	sqlite3_int64 size = 0;
	int rc = file->real->pMethods->xRead(file->real, out, PAGE_SIZE_SQL,
	    offset);

	if (rc == SQLITE_IOERR_SHORT_READ &&
	    (file->real->pMethods->xFileSize(file->real, &size) !=
	    SQLITE_OK || size > 0))
		return SQLITE_IOERR_DATA;
	if (rc == SQLITE_OK && !page_check(out, number_of(offset)))
		return SQLITE_IOERR_DATA;
	return rc;
}

/* Part of a page: the whole of it is read and checked. */
static int
read_part(struct vfs_file *file, void *out, int amount, sqlite3_int64 offset)
{
	uint8_t page[PAGE_SIZE_SQL];
	sqlite3_int64 skip = offset % PAGE_SIZE_SQL;
	int rc;

	/* no page of ours has another size */
	if (skip + amount > PAGE_SIZE_SQL)
		return SQLITE_IOERR_DATA;
	rc = read_page(file, page, offset - skip);
	if (rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ)
		memcpy(out, page + skip, (size_t)amount);
	return rc;
}

static int
file_read(sqlite3_file *base, void *out, int amount, sqlite3_int64 offset)
{
	struct vfs_file *file = file_of(base);
	int rc;

	if (is_page(amount, offset))
		rc = read_page(file, out, offset);
	else if (offset + amount > HEAD_LEN)
		rc = read_part(file, out, amount, offset);
	else
		rc = file->real->pMethods->xRead(file->real, out, amount,
		    offset);
	/* Pages of two times do not go together, nor do the two halves of one
	 * that is being written; SQLite waits when it is busy, and is to wait
	 * only where that can help. */
	if ((rc == SQLITE_OK || rc == SQLITE_IOERR_DATA) && vfs_is_past(file))
		rc = file->immutable ? SQLITE_PROTOCOL : SQLITE_BUSY;
	return rc;
}

static int
file_write(sqlite3_file *base, const void *in, int amount,
    sqlite3_int64 offset)
{
	struct vfs_file *file = file_of(base);
	uint8_t page[PAGE_SIZE_SQL];

	if (!is_page(amount, offset))
		return SQLITE_IOERR_WRITE;
	memcpy(page, in, PAGE_SIZE_SQL);
	page_sign(page, number_of(offset));
	return file->real->pMethods->xWrite(file->real, page, PAGE_SIZE_SQL,
	    offset);
}

/* --- the rest is handed on ----------------------------------------------- */

static int
file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	sqlite3_file *real = file_of(base)->real;

	return real->pMethods->xTruncate(real, size);
}

static int
file_sync(sqlite3_file *base, int flags)
{
	sqlite3_file *real = file_of(base)->real;

	return real->pMethods->xSync(real, flags);
}

static int
file_size(sqlite3_file *base, sqlite3_int64 *out)
{
	sqlite3_file *real = file_of(base)->real;

	return real->pMethods->xFileSize(real, out);
}

/* The layer below cannot tell when it takes no locks, and says no: then the
 * last to close a file that was replaced would delete the log of the new. */
static int
has_moved(const struct vfs_file *file)
{
	struct stat here;
	struct stat ours;

	return fstat(file->fd, &ours) != 0 || lstat(file->path, &here) != 0 ||
	    here.st_dev != ours.st_dev || here.st_ino != ours.st_ino;
}

static int
file_control(sqlite3_file *base, int op, void *arg)
{
	sqlite3_file *real = file_of(base)->real;

	if (op == SQLITE_FCNTL_HAS_MOVED) {
		*(int *)arg = has_moved(file_of(base));
		return SQLITE_OK;
	}
	return real->pMethods->xFileControl(real, op, arg);
}

static int
file_sector_size(sqlite3_file *base)
{
	sqlite3_file *real = file_of(base)->real;

	return real->pMethods->xSectorSize(real);
}

static int
file_characteristics(sqlite3_file *base)
{
	struct vfs_file *file = file_of(base);
	int flags = file->real->pMethods->xDeviceCharacteristics(file->real);

#ifdef SQLITE_IOCAP_SUBPAGE_READ
	/* a part has no checksum: the whole page is read for it anyway */
	flags &= ~SQLITE_IOCAP_SUBPAGE_READ;
#endif
	return file->immutable ? flags | SQLITE_IOCAP_IMMUTABLE : flags;
}

static int
file_close(sqlite3_file *base)
{
	struct vfs_file *file = file_of(base);
	int rc = file->real->pMethods->xClose(file->real);

	shm_forget(&file->shm);
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
	return rc;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = lock_up,
	.xUnlock = lock_down,
	.xCheckReservedLock = lock_check,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap,
};

/* --- opening ------------------------------------------------------------- */

bool
vfs_has_log(const char *path)
{
	char log[PATH_MAX];
	int len = snprintf(log, sizeof(log), "%s-wal", path);

	return len < 0 || (size_t)len >= sizeof(log) ||
	    access(log, F_OK) == 0;
}

static int
open_database(sqlite3_vfs *below, const char *path, struct vfs_file *file,
    int flags, int *out_flags)
{
	int opened = 0;
	int rc;

	memset(file, 0, sizeof(*file));
	file->real = (sqlite3_file *)(file + 1);
	file->path = path;
	file->fd = -1;
	file->shm.fd = -1;
	rc = below->xOpen(below, path, file->real, flags, &opened);
	if (rc != SQLITE_OK)
		return rc;
	file->read_only = (opened & SQLITE_OPEN_READONLY) != 0;
	file->fd = open(path, (file->read_only ? O_RDONLY : O_RDWR) |
	    O_NOFOLLOW | O_CLOEXEC);
	if (file->fd < 0) {
		(void)file->real->pMethods->xClose(file->real);
		return SQLITE_CANTOPEN;
	}
	/* One that may not be written and has no log is looked at as it is,
	 * without a trace in its folder.  The log is what is looked at last:
	 * nobody writes to the file without one. */
	file->immutable = file->read_only &&
	    fstat(file->fd, &file->opened) == 0 && !vfs_has_log(path);
	file->base.pMethods = &methods;
	if (out_flags != NULL)
		*out_flags = opened;
	return SQLITE_OK;
}

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
    int *out_flags)
{
	sqlite3_vfs *below = sqlite3_vfs_find(BELOW);

	(void)vfs;
	base->pMethods = NULL;
	if (below == NULL)
		return SQLITE_CANTOPEN;
	if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
		return below->xOpen(below, path, base, flags, out_flags);
	return open_database(below, path, file_of(base), flags, out_flags);
}

static sqlite3_vfs layer;
static bool registered;
static _Thread_local int last_error;

/* SQLite asks as soon as a call of the system has failed. */
static int
vfs_error(sqlite3_vfs *vfs, int room, char *text)
{
	(void)vfs;
	(void)room;
	(void)text;
	last_error = errno;
	return last_error;
}

int
vfs_take_error(void)
{
	int error = last_error;

	last_error = 0;
	return error;
}
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* All the rest is done by the layer below. */
static void
do_register(void)
{
	const sqlite3_vfs *below;

	if (sqlite3_initialize() != SQLITE_OK)
		return;
	below = sqlite3_vfs_find(BELOW);
	if (below == NULL)
		return;
	layer = *below;
	layer.pNext = NULL;
	layer.zName = NAME;
	layer.szOsFile = (int)sizeof(struct vfs_file) + below->szOsFile;
	layer.xOpen = vfs_open;
	layer.xGetLastError = vfs_error;
	registered = sqlite3_vfs_register(&layer, 0) == SQLITE_OK;
}

const char *
vfs_name(void)
{
	if (pthread_once(&once, do_register) != 0 || !registered)
		return NULL;
	return NAME;
}

struct vfs_file *
vfs_file_of(sqlite3 *db)
{
	sqlite3_file *base = NULL;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER,
	    &base) != SQLITE_OK || base == NULL ||
	    base->pMethods != &methods)
		return NULL;
	return file_of(base);
}

bool
vfs_is_past(const struct vfs_file *file)
{
	const struct stat *then = &file->opened;
	struct stat now;

	if (!file->immutable && !file->alone)
		return false;
	return fstat(file->fd, &now) != 0 || now.st_size != then->st_size ||
	    now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

bool
vfs_is_stale(const struct vfs_file *file)
{
	return file->immutable &&
	    (vfs_is_past(file) || vfs_has_log(file->path));
}

void
vfs_abandon(struct vfs_file *file)
{
	shm_forget(&file->shm);
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
}

uint64_t
vfs_time(const struct vfs_file *file)
{
	const struct timespec *t = &file->opened.st_mtim;

	if (!file->immutable && !file->alone)
		return 0;
	return ((uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec) *
	    UINT64_C(0x9e3779b97f4a7c15);
}

/* --- the commit counter -------------------------------------------------- */

/* The head of the index, as the documentation of the log gives it: twelve
 * words, among them a counter of commits and a checksum. */
#define HEAD_WORDS 12

bool
vfs_stamp(const struct vfs_file *file, uint64_t *out)
{
	uint64_t sum = 0;
	const uint32_t *head;

	if (file == NULL || file->shm.count == 0)
		return false;
	head = file->shm.map[0];
	/* void: see distrust() in shm.c */
	if (((const uint8_t *)head)[SHM_HEAD_INIT] == 0)
		return false;
	for (size_t i = 0; i < HEAD_WORDS; i++) {
		uint32_t word = __atomic_load_n(&head[i], __ATOMIC_ACQUIRE);

		sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 32;
	}
	*out = sum;
	return true;
}
