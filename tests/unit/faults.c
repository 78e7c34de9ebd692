/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Heaps that run out, and a file system that fails, below SQLite: its own
 * Unix layer with a fault in front.  The locks and the shared index are made
 * by us (store/sql/): the linker puts a fault before those (--wrap).
 */
#include "config.h"

#include "faults.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "store/sql/vfs.h"

static struct fault armed;
static unsigned long countdown;
static bool struck;

void
faults_arm(const struct fault *fault, unsigned long n)
{
	armed = *fault;
	struck = false;
	if (fault->kind == FAULT_MEMORY)
		(void)mem_fail_after(n);
	else
		countdown = n;
}

bool
faults_disarm(void)
{
	if (armed.kind == FAULT_MEMORY)
		struck = mem_fail_after(0) == 0;
	countdown = 0;
	armed.lasting = false;
	return struck;
}

static bool
strikes(enum fault_kind kind)
{
	if (armed.kind != kind)
		return false;
	if (struck && armed.lasting)
		return true;
	if (countdown == 0 || --countdown > 0)
		return false;
	struck = true;
	return true;
}

bool
fault_store(void)
{
	return strikes(FAULT_STORE);
}

enum cng_status
fault_status(void)
{
	return armed.how;
}

/* --- SQLite's heap ------------------------------------------------------- */

static sqlite3_mem_methods heap;

static void *
heap_new(int size)
{
	return strikes(FAULT_ENGINE_MEMORY) ? NULL : heap.xMalloc(size);
}

static void *
heap_grow(void *old, int size)
{
	return strikes(FAULT_ENGINE_MEMORY) ? NULL :
					      heap.xRealloc(old, size);
}

/* --- files --------------------------------------------------------------- */

/* What a call answers that fails; other: its usual code for an error. */
static int
failure(int other)
{
	if (armed.how == CNG_ERR_NO_MEMORY) {
		errno = ENOMEM;
		return other == SQLITE_CANTOPEN ? SQLITE_NOMEM :
						  SQLITE_IOERR_NOMEM;
	}
	if (armed.how == CNG_ERR_STORE_FULL) {
		errno = ENOSPC;
		return other == SQLITE_IOERR_WRITE ||
			other == SQLITE_IOERR_SHMSIZE ? SQLITE_FULL : other;
	}
	errno = EIO;
	return other;
}

struct file {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_file *
real_of(sqlite3_file *base)
{
	return ((struct file *)base)->real;
}

static bool
file_fails(void)
{
	/* being busy is for locks */
	return armed.how != CNG_ERR_STORE_BUSY && strikes(FAULT_FILE);
}

static int
do_close(sqlite3_file *base)
{
	return real_of(base)->pMethods->xClose(real_of(base));
}

static int
do_read(sqlite3_file *base, void *out, int len, sqlite3_int64 at)
{
	if (file_fails())
		return failure(SQLITE_IOERR_READ);
	return real_of(base)->pMethods->xRead(real_of(base), out, len, at);
}

/* Half of it may be there. */
static int
do_write(sqlite3_file *base, const void *in, int len, sqlite3_int64 at)
{
	sqlite3_file *real = real_of(base);

	if (file_fails()) {
		if (len > 1)
			(void)real->pMethods->xWrite(real, in, len / 2, at);
		return failure(SQLITE_IOERR_WRITE);
	}
	return real->pMethods->xWrite(real, in, len, at);
}

static int
do_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	if (file_fails())
		return failure(SQLITE_IOERR_TRUNCATE);
	return real_of(base)->pMethods->xTruncate(real_of(base), size);
}

static int
do_sync(sqlite3_file *base, int flags)
{
	if (file_fails())
		return failure(SQLITE_IOERR_FSYNC);
	return real_of(base)->pMethods->xSync(real_of(base), flags);
}

static int
do_size(sqlite3_file *base, sqlite3_int64 *out)
{
	if (file_fails())
		return failure(SQLITE_IOERR_FSTAT);
	return real_of(base)->pMethods->xFileSize(real_of(base), out);
}

static int
do_lock(sqlite3_file *base, int level)
{
	return real_of(base)->pMethods->xLock(real_of(base), level);
}

static int
do_unlock(sqlite3_file *base, int level)
{
	return real_of(base)->pMethods->xUnlock(real_of(base), level);
}

static int
do_check(sqlite3_file *base, int *out)
{
	return real_of(base)->pMethods->xCheckReservedLock(real_of(base),
	    out);
}

static int
do_control(sqlite3_file *base, int op, void *arg)
{
	return real_of(base)->pMethods->xFileControl(real_of(base), op, arg);
}

static int
do_sector(sqlite3_file *base)
{
	return real_of(base)->pMethods->xSectorSize(real_of(base));
}

static int
do_device(sqlite3_file *base)
{
	return real_of(base)->pMethods->xDeviceCharacteristics(real_of(base));
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = do_close,
	.xRead = do_read,
	.xWrite = do_write,
	.xTruncate = do_truncate,
	.xSync = do_sync,
	.xFileSize = do_size,
	.xLock = do_lock,
	.xUnlock = do_unlock,
	.xCheckReservedLock = do_check,
	.xFileControl = do_control,
	.xSectorSize = do_sector,
	.xDeviceCharacteristics = do_device,
};

static sqlite3_vfs *below;
static sqlite3_vfs layer;

static int
do_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
    int *out_flags)
{
	struct file *file = (struct file *)base;
	int rc;

	(void)vfs;
	base->pMethods = NULL;
	if (file_fails())
		return failure(SQLITE_CANTOPEN);
	file->real = (sqlite3_file *)(file + 1);
	rc = below->xOpen(below, path, file->real, flags, out_flags);
	if (rc == SQLITE_OK)
		base->pMethods = &methods;
	return rc;
}

static int
do_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	if (file_fails())
		return failure(SQLITE_IOERR_DELETE);
	return below->xDelete(below, path, sync);
}

static int
do_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	(void)vfs;
	if (file_fails())
		return failure(SQLITE_IOERR_ACCESS);
	return below->xAccess(below, path, flags, out);
}

/* --- locks and the shared index ------------------------------------------ */

int __real_lock_up(sqlite3_file *base, int level);
int __real_shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out);
int __real_shm_lock(sqlite3_file *base, int first, int count, int flags);
int __wrap_lock_up(sqlite3_file *base, int level);
int __wrap_shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out);
int __wrap_shm_lock(sqlite3_file *base, int first, int count, int flags);

static int
lock_failure(int other)
{
	return armed.how == CNG_ERR_STORE_BUSY ? SQLITE_BUSY : failure(other);
}

int
__wrap_lock_up(sqlite3_file *base, int level)
{
	return strikes(FAULT_FILE) ? lock_failure(SQLITE_IOERR_LOCK) :
				     __real_lock_up(base, level);
}

int
__wrap_shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out)
{
	if (file_fails()) {
		*out = NULL;
		return failure(SQLITE_IOERR_SHMSIZE);
	}
	return __real_shm_map(base, region, size, extend, out);
}

int
__wrap_shm_lock(sqlite3_file *base, int first, int count, int flags)
{
	/* letting go does not fail */
	if ((flags & SQLITE_SHM_LOCK) != 0 && strikes(FAULT_FILE))
		return lock_failure(SQLITE_IOERR_SHMLOCK);
	return __real_shm_lock(base, first, count, flags);
}

/* --- installing ---------------------------------------------------------- */

static void
must(bool done)
{
	if (!done)
		abort();
}

void
faults_install(void)
{
	sqlite3_mem_methods ours;

	must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &heap) == SQLITE_OK);
	ours = heap;
	ours.xMalloc = heap_new;
	ours.xRealloc = heap_grow;
	must(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK);
	/* no private reserves */
	must(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK);
	must(sqlite3_initialize() == SQLITE_OK);
	below = sqlite3_vfs_find("unix-none");
	must(below != NULL);
	layer = *below;
	layer.pNext = NULL;
	layer.szOsFile = (int)sizeof(struct file) + below->szOsFile;
	layer.xOpen = do_open;
	layer.xDelete = do_delete;
	layer.xAccess = do_access;
	must(sqlite3_vfs_register(&layer, 0) == SQLITE_OK);
	must(sqlite3_vfs_find("unix-none") == &layer);
}
