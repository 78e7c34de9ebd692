/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of whole stores, of one that is in use or of a file that is such a
 * copy: made under another name beside their place, and checked there page by
 * page.  replace.c gives them their own.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"

#define STEP ((size_t)64 * 1024)

static const char *const extras[] = { "-wal", "-shm", "-journal", ".lock" };

/* --- the other name ------------------------------------------------------- */

void
stage_tidy(char *staged)
{
	const struct place place = { .path = staged };

	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		char *path = place_beside(&place, extras[i]);

		if (path != NULL)
			(void)unlink(path);
		mem_free(path);
	}
}

static bool
is_ours(const struct store_staged *staged)
{
	struct stat ours, there;

	return staged->fd >= 0 && fstat(staged->fd, &ours) == 0 &&
	    lstat(staged->path, &there) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

void
store_unstage(struct store_staged *staged)
{
	/* one that got its place left the name to others */
	if (is_ours(staged)) {
		stage_tidy(staged->path);
		(void)unlink(staged->path);
	}
	if (staged->fd >= 0)
		(void)close(staged->fd);
	mem_free(staged->path);
	*staged = (struct store_staged){ .fd = -1 };
}

/* Whoever makes it holds its first byte until the end. */
static enum cng_status
hold(struct store_staged *staged)
{
	int rc;

	staged->fd = open(staged->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (staged->fd < 0)
		return place_status(errno);
	rc = lock_range(staged->fd, F_WRLCK, 0, 1, SQLITE_IOERR_LOCK);
	if (rc == SQLITE_OK && is_ours(staged))
		return CNG_OK;
	(void)close(staged->fd);
	staged->fd = -1;
	return rc == SQLITE_OK || rc == SQLITE_BUSY ? CNG_ERR_STORE_BUSY :
						      CNG_ERR_STORE_IO;
}

/* What one that was killed left behind goes; of one that runs it stays. */
static enum cng_status
clear(struct store_staged *staged)
{
	struct stat there;
	enum cng_status st = CNG_OK;

	if (lstat(staged->path, &there) != 0)
		return errno == ENOENT ? CNG_OK : place_status(errno);
	if (S_ISREG(there.st_mode))
		st = hold(staged);
	if (st != CNG_OK)
		return st;
	stage_tidy(staged->path);
	(void)unlink(staged->path);
	if (staged->fd >= 0)
		(void)close(staged->fd);
	staged->fd = -1;
	return CNG_OK;
}

/* Only a file makes room, and not for itself. */
static enum cng_status
check_target(const struct place *place, uint64_t device, uint64_t inode)
{
	struct stat st;

	if (lstat(place->path, &st) != 0)
		return errno == ENOENT ? CNG_OK : place_status(errno);
	if (!S_ISREG(st.st_mode))
		return CNG_ERR_STORE_IO;
	return (uint64_t)st.st_dev == device && (uint64_t)st.st_ino == inode ?
	    CNG_ERR_ARGUMENT : CNG_OK;
}

/* The name beside it, and an empty file of the owner's there.  Device and
 * inode are those of what is copied. */
static enum cng_status
stage(const char *to, bool make_folder, uint64_t device, uint64_t inode,
    struct store_staged *out)
{
	struct place place;
	enum cng_status st = place_name(&place, to, make_folder);

	if (st != CNG_OK)
		return st;
	/* what stands there may be damaged: that is why it is replaced */
	st = check_target(&place, device, inode);
	if (st == CNG_OK) {
		out->path = place_beside(&place, ".copy");
		st = out->path == NULL ? CNG_ERR_NO_MEMORY : clear(out);
	}
	place_free(&place);
	if (st == CNG_OK)
		st = place_make_file(out->path);
	return st == CNG_OK ? hold(out) : st;
}

/* --- checking ------------------------------------------------------------- */

static enum cng_status
ask_sqlite(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1,
	    &stmt, NULL);
	enum cng_status st;
	const unsigned char *text;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	st = sql_status(rc);
	text = rc == SQLITE_ROW ? sqlite3_column_text(stmt, 0) : NULL;
	if (st == CNG_OK && (text == NULL ||
	    strcmp((const char *)text, "ok") != 0))
		st = CNG_ERR_STORE_CORRUPT;
	(void)sqlite3_finalize(stmt);
	return st;
}

/* Every page is read from the file, where its checksum is. */
static enum cng_status
check(const char *path)
{
	sqlite3 *db = NULL;
	enum cng_status st = place_has_bytes(path) ?
	    sql_connect(&db, path, false) : CNG_ERR_STORE_CORRUPT;

	if (st == CNG_OK)
		st = schema_check(db);
	if (st == CNG_OK)
		st = ask_sqlite(db);
	(void)sqlite3_close(db);
	return st;
}

/* --- copies --------------------------------------------------------------- */

/* One read of the source, so one state of it. */
static enum cng_status
copy_pages(struct store *store, const char *path)
{
	sqlite3_backup *backup;
	sqlite3 *db = NULL;
	enum cng_status st = sql_connect(&db, path, false);
	int rc;

	if (st != CNG_OK)
		return st;
	errno = 0;
	backup = sqlite3_backup_init(db, "main", store->db, "main");
	if (backup == NULL) {
		st = sql_status(sqlite3_errcode(db));
	} else {
		rc = sqlite3_backup_step(backup, -1);
		(void)sqlite3_backup_finish(backup);
		st = rc == SQLITE_DONE ? CNG_OK : sql_status(rc);
	}
	(void)sqlite3_close(db);
	return st;
}

enum cng_status
store_copy(struct store *store, const char *to, struct store_staged *staged)
{
	enum cng_status st;

	*staged = (struct store_staged){ .fd = -1 };
	st = stage(to, false, store->place.device, store->place.inode,
	    staged);
	/* it is the new one's folder that is not there */
	if (st == CNG_ERR_NO_TOKEN)
		st = CNG_ERR_STORE_IO;
	if (st == CNG_OK)
		st = copy_pages(store, staged->path);
	if (st == CNG_OK)
		st = check(staged->path);
	return st;
}

/* --- files ---------------------------------------------------------------- */

static enum cng_status
write_all(int to, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(to, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put == 0 ? CNG_ERR_STORE_IO :
					  place_status(errno);
		data += put;
		len -= (size_t)put;
	}
	return CNG_OK;
}

static enum cng_status
copy_bytes(int from, int to)
{
	uint8_t *buffer = mem_new(STEP, 1);
	enum cng_status st = buffer == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	ssize_t got = 1;

	while (st == CNG_OK && got > 0) {
		got = read(from, buffer, STEP);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			st = place_status(errno);
		else
			st = write_all(to, buffer, (size_t)got);
	}
	if (st == CNG_OK && fsync(to) != 0)
		st = place_status(errno);
	mem_free(buffer);
	return st;
}

/* A log beside it holds what is not in it: that is no backup.  It lies where
 * the file is, whatever link leads there. */
static bool
has_log(const char *from)
{
	struct place place = { .path = realpath(from, NULL) };
	char *path = place.path == NULL ? NULL : place_beside(&place, "-wal");
	bool found = path == NULL || place_has_bytes(path);

	mem_free(path);
	free(place.path); /* came from realpath */
	return found;
}

/* A store that programs have open is no backup either. */
static enum cng_status
check_rest(const char *from, int fd)
{
	return has_log(from) || lock_is_taken(fd) ? CNG_ERR_STORE_BUSY :
						    CNG_OK;
}

enum cng_status
store_stage(const char *from, const char *to, struct store_staged *staged)
{
	enum cng_status st = CNG_OK;
	struct stat what;
	int in;

	*staged = (struct store_staged){ .fd = -1 };
	in = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (in < 0)
		return errno == ENOENT ? CNG_ERR_NOT_FOUND :
					 place_status(errno);
	if (fstat(in, &what) != 0 || !S_ISREG(what.st_mode))
		st = CNG_ERR_STORE_IO;
	else
		st = check_rest(from, in);
	if (st == CNG_OK)
		st = stage(to, true, (uint64_t)what.st_dev,
		    (uint64_t)what.st_ino, staged);
	if (st == CNG_OK)
		st = copy_bytes(in, staged->fd);
	/* nobody came meanwhile */
	if (st == CNG_OK)
		st = check_rest(from, in);
	(void)close(in);
	return st == CNG_OK ? check(staged->path) : st;
}
