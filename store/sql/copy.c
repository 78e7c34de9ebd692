/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whole stores: a copy of one that is in use, and a file that takes the place
 * of one that is not.  Both are made under another name beside it, checked
 * there page by page, and get their own at the end.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"

#define STEP ((size_t)64 * 1024)

static const char *const extras[] = { "-wal", "-shm", "-journal", ".lock" };

static bool
has_bytes(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_size > 0;
}

void
store_unstage(char *staged)
{
	struct place place = { .path = staged };

	if (staged == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		char *path = place_beside(&place, extras[i]);

		if (path != NULL)
			(void)unlink(path);
		mem_free(path);
	}
	(void)unlink(staged);
	mem_free(staged);
}

/* The name beside it, and an empty file of the owner's there. */
static enum cng_status
stage(const char *to, bool make_folder, char **out)
{
	struct place place;
	enum cng_status st = place_name(&place, to, make_folder);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	/* what stands there may be damaged: that is why it is replaced */
	*out = place_beside(&place, ".new");
	place_free(&place);
	if (*out == NULL)
		return CNG_ERR_NO_MEMORY;
	store_unstage(mem_strdup(*out));
	return place_make_file(*out);
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
	enum cng_status st = has_bytes(path) ?
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
store_copy(struct store *store, const char *to, char **staged)
{
	enum cng_status st = stage(to, false, staged);

	/* it is the new one's folder that is not there */
	if (st == CNG_ERR_NO_TOKEN)
		st = CNG_ERR_STORE_IO;
	if (st == CNG_OK)
		st = copy_pages(store, *staged);
	if (st == CNG_OK)
		st = check(*staged);
	return st;
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
		else if (got > 0 && write(to, buffer, (size_t)got) != got)
			st = errno == 0 ? CNG_ERR_STORE_FULL :
					  place_status(errno);
	}
	if (st == CNG_OK && fsync(to) != 0)
		st = place_status(errno);
	mem_free(buffer);
	return st;
}

/* A log beside it holds what is not in it: that is no backup. */
static bool
has_log(const char *from)
{
	struct place place;
	char *path;
	bool found;

	place.path = mem_strdup(from);
	path = place.path == NULL ? NULL : place_beside(&place, "-wal");
	found = path == NULL || has_bytes(path);
	mem_free(path);
	mem_free(place.path);
	return found;
}

enum cng_status
store_stage(const char *from, const char *to, char **staged)
{
	enum cng_status st = CNG_OK;
	struct stat what;
	int in, out = -1;

	*staged = NULL;
	in = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in < 0)
		return errno == ENOENT ? CNG_ERR_NOT_FOUND :
					 place_status(errno);
	if (fstat(in, &what) != 0 || !S_ISREG(what.st_mode))
		st = CNG_ERR_STORE_IO;
	else if (has_log(from))
		st = CNG_ERR_STORE_BUSY;
	if (st == CNG_OK)
		st = stage(to, true, staged);
	if (st == CNG_OK) {
		out = open(*staged, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
		st = out < 0 ? place_status(errno) : copy_bytes(in, out);
	}
	(void)close(in);
	if (out >= 0)
		(void)close(out);
	return st == CNG_OK ? check(*staged) : st;
}

/* --- taking the place of another ------------------------------------------ */

/* Puts the log of the old one into it, so that none is left to be taken for
 * the new one's.  One that is damaged is kept, under another name. */
static enum cng_status
settle_log(const struct place *place)
{
	char *log = place_beside(place, "-wal");
	char *old_log = place_beside(place, ".damaged-wal");
	char *old = place_beside(place, ".damaged");
	sqlite3 *db = NULL;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (log == NULL || old_log == NULL || old == NULL)
		goto out;
	st = sql_connect(&db, place->path, false);
	if (st == CNG_OK)
		st = sql_status(sqlite3_exec(db,
		    "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL));
	(void)sqlite3_close(db);
	if (st == CNG_ERR_STORE_BUSY || st == CNG_ERR_NO_MEMORY ||
	    !has_bytes(log))
		goto out;
	(void)unlink(old);
	st = link(place->path, old) == 0 && rename(log, old_log) == 0 ?
	    CNG_OK : place_status(errno);
out:
	mem_free(log);
	mem_free(old_log);
	mem_free(old);
	/* what is only damaged is about to be replaced */
	return st == CNG_ERR_STORE_CORRUPT ? CNG_OK : st;
}

/* Every program that has a store open holds SQLite's shared lock on it. */
static enum cng_status
lock_whole(const struct place *place, int *out)
{
	struct vfs_file file = { .level = SQLITE_LOCK_SHARED };
	int rc;

	*out = file.fd = open(place->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (file.fd < 0)
		return place_status(errno);
	rc = lock_up(&file.base, SQLITE_LOCK_EXCLUSIVE);
	return rc == SQLITE_OK ? CNG_OK : rc == SQLITE_BUSY ?
	    CNG_ERR_STORE_BUSY : CNG_ERR_STORE_IO;
}

/* As the old one was: of whom, and for whom. */
static enum cng_status
copy_owner(const char *from, const char *to)
{
	struct stat st;

	if (stat(from, &st) != 0)
		return place_status(errno);
	if (geteuid() == 0 && chown(to, st.st_uid, st.st_gid) != 0)
		return place_status(errno);
	return chmod(to, st.st_mode & 0755) == 0 ? CNG_OK :
						    place_status(errno);
}

/* Who comes meanwhile finds the lock taken, and then another file. */
static enum cng_status
replace(const char *staged, const struct place *place)
{
	int fd = -1;
	enum cng_status st = lock_whole(place, &fd);

	if (fd >= 0)
		(void)close(fd);
	if (st == CNG_OK)
		st = settle_log(place);
	fd = -1;
	if (st == CNG_OK)
		st = lock_whole(place, &fd);
	if (st == CNG_OK)
		st = copy_owner(place->path, staged);
	if (st == CNG_OK)
		st = place_replace(staged, place->path);
	if (fd >= 0)
		(void)close(fd);
	return st;
}

/* One that is empty or cut short is there, too. */
static bool
is_there(const struct place *place)
{
	struct stat st;

	return lstat(place->path, &st) == 0;
}

enum cng_status
store_publish(const char *staged, const char *to, bool force)
{
	struct place place;
	enum cng_status st = place_name(&place, to, false);

	if (st != CNG_OK)
		return st;
	if (!is_there(&place))
		st = place_publish(staged, place.path);
	else
		st = force ? replace(staged, &place) : CNG_ERR_EXISTS;
	place_free(&place);
	return st;
}
