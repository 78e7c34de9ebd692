/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A file takes the place of a store that nobody has open: what was there is
 * there until the new one is, and no log of the old one is left to be taken
 * for the new one's.
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

/* --- logs of the old one -------------------------------------------------- */

static const struct {
	const char *suffix;
	const char *aside;
} logs[] = {
	{ "-wal", ".damaged-wal" },
	{ "-journal", ".damaged-journal" },
};

static bool
has_log(const struct place *place)
{
	bool found = false;

	for (size_t i = 0; !found && i < ARRAY_LEN(logs); i++) {
		char *path = place_beside(place, logs[i].suffix);

		found = path == NULL || place_has_bytes(path);
		mem_free(path);
	}
	return found;
}

/* Both names of a log; false: no memory. */
static bool
name_log(const struct place *place, size_t which, char *names[2])
{
	names[0] = place_beside(place, logs[which].suffix);
	names[1] = place_beside(place, logs[which].aside);
	return names[0] != NULL && names[1] != NULL;
}

/* moved: a bit for each. */
static enum cng_status
move_logs(const struct place *place, unsigned *moved)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(logs); i++) {
		char *names[2];

		if (!name_log(place, i, names))
			st = CNG_ERR_NO_MEMORY;
		else if (place_has_bytes(names[0])) {
			if (rename(names[0], names[1]) != 0)
				st = place_status(errno);
			else
				*moved |= 1u << i;
		}
		mem_free(names[0]);
		mem_free(names[1]);
	}
	return st;
}

static void
move_back(const struct place *place, unsigned moved)
{
	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		char *names[2];

		if (name_log(place, i, names) && (moved & 1u << i) != 0)
			(void)!rename(names[1], names[0]);
		mem_free(names[0]);
		mem_free(names[1]);
	}
}

/* One whose log could not be put into it is kept with that, under another
 * name. */
static enum cng_status
put_aside(const struct place *place, unsigned *moved)
{
	char *old = place_beside(place, ".damaged");
	enum cng_status st = old == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;

	if (st == CNG_OK && access(place->path, F_OK) == 0) {
		(void)unlink(old);
		if (link(place->path, old) != 0)
			st = place_status(errno);
	}
	mem_free(old);
	return st == CNG_OK ? move_logs(place, moved) : st;
}

/* Puts the log into the store; what is damaged stays as it is. */
static enum cng_status
settle_log(const struct place *place)
{
	sqlite3 *db = NULL;
	enum cng_status st = sql_connect(&db, place->path, false);

	if (st == CNG_OK)
		st = sql_status(sqlite3_exec(db,
		    "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL));
	(void)sqlite3_close(db);
	return st == CNG_ERR_STORE_BUSY || st == CNG_ERR_NO_MEMORY ? st :
								     CNG_OK;
}

/* --- the place ------------------------------------------------------------ */

/* Every program that has a store open holds SQLite's shared lock on it. */
static enum cng_status
lock_whole(const struct place *place, int *out)
{
	struct vfs_file file = { .level = SQLITE_LOCK_SHARED };
	struct stat ours, there;
	int rc;

	*out = file.fd = open(place->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (file.fd < 0)
		return place_status(errno);
	rc = lock_up(&file.base, SQLITE_LOCK_EXCLUSIVE);
	/* somebody else may have replaced it since it was opened */
	if (rc == SQLITE_OK && (fstat(file.fd, &ours) != 0 ||
	    lstat(place->path, &there) != 0 ||
	    ours.st_dev != there.st_dev || ours.st_ino != there.st_ino))
		rc = SQLITE_BUSY;
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

/* Under the lock: who comes meanwhile finds it taken, and then another
 * file. */
static enum cng_status
exchange(const char *staged, const struct place *place)
{
	enum cng_status st = copy_owner(place->path, staged);
	unsigned moved = 0;

	if (st == CNG_OK && has_log(place))
		st = put_aside(place, &moved);
	if (st == CNG_OK)
		st = place_replace(staged, place->path);
	/* the new one has its own name still: so the old one is in place */
	if (st != CNG_OK && access(staged, F_OK) == 0)
		move_back(place, moved);
	return st;
}

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
		st = exchange(staged, place);
	if (fd >= 0)
		(void)close(fd);
	return st;
}

/* A log whose store is lost is all that is left of that. */
static enum cng_status
take_free(const char *staged, const struct place *place, bool force)
{
	enum cng_status st = CNG_OK;
	unsigned moved = 0;

	if (has_log(place))
		st = force ? put_aside(place, &moved) : CNG_ERR_EXISTS;
	return st == CNG_OK ? place_publish(staged, place->path) : st;
}

/* One that is empty or cut short is there, too. */
enum cng_status
store_publish(const struct store_staged *staged, const char *to, bool force)
{
	struct place place;
	struct stat there;
	enum cng_status st = place_name(&place, to, false);

	if (st != CNG_OK)
		return st;
	stage_tidy(staged->path);
	if (lstat(place.path, &there) != 0)
		st = take_free(staged->path, &place, force);
	else if (!force)
		st = CNG_ERR_EXISTS;
	else if (!S_ISREG(there.st_mode))
		st = CNG_ERR_STORE_IO;
	else
		st = replace(staged->path, &place);
	place_free(&place);
	return st;
}
