/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Paths, owners and modes.  A store is refused when somebody else than its
 * user or root could write to it or swap it: our counters and rows would
 * mean nothing then.
 */
#include "config.h"

#include "store/file/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum cng_status
place_status(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CNG_ERR_STORE_FULL;
	case EACCES:
	case EPERM:
		return CNG_ERR_STORE_PERMISSION;
	case EROFS:
		return CNG_ERR_READ_ONLY;
	case ENOMEM:
		return CNG_ERR_NO_MEMORY;
	default:
		return CNG_ERR_STORE_IO;
	}
}

static bool
is_trusted(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

static bool
is_safe(const struct stat *st)
{
	return is_trusted(st) && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Makes path and its parents; path is changed and restored on the way. */
static enum cng_status
make_folders(char *path)
{
	char *cut = path;

	do {
		char was;

		cut++;
		while (*cut != '\0' && *cut != '/')
			cut++;
		was = *cut;
		*cut = '\0';
		if (mkdir(path, 0700) == 0) {
			/* whatever the umask took away */
			if (chmod(path, 0700) != 0)
				return place_status(errno);
		} else if (errno != EEXIST) {
			return place_status(errno);
		}
		*cut = was;
	} while (*cut != '\0');
	return CNG_OK;
}

/* Splits path at its last slash; folder has room for the whole path. */
static enum cng_status
split(const char *path, char *folder, const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t len;

	*name = slash == NULL ? path : slash + 1;
	len = (size_t)(*name - path);
	if (**name == '\0' || strcmp(*name, ".") == 0 ||
	    strcmp(*name, "..") == 0)
		return CNG_ERR_ARGUMENT;
	if (len == 0) {
		memcpy(folder, ".", sizeof("."));
		return CNG_OK;
	}
	while (len > 1 && path[len - 1] == '/')
		len--;
	memcpy(folder, path, len);
	folder[len] = '\0';
	return CNG_OK;
}

/* The real name of the folder, which must be safe. */
static enum cng_status
resolve_folder(char *folder, bool make, char real[PATH_MAX])
{
	struct stat st;
	enum cng_status status;

	if (realpath(folder, real) == NULL) {
		if (errno != ENOENT && errno != ENOTDIR)
			return place_status(errno);
		if (!make)
			return CNG_ERR_NO_TOKEN;
		status = make_folders(folder);
		if (status != CNG_OK)
			return status;
		if (realpath(folder, real) == NULL)
			return place_status(errno);
	}
	if (stat(real, &st) != 0)
		return place_status(errno);
	if (!S_ISDIR(st.st_mode))
		return CNG_ERR_STORE_IO;
	return is_safe(&st) ? CNG_OK : CNG_ERR_STORE_PERMISSION;
}

/* The real name of path in a safe folder; the last part may be a link. */
static enum cng_status
resolve(const char *path, bool make, char real[PATH_MAX])
{
	size_t room = strlen(path) + 2;
	char *folder = mem_new(room, 1);
	const char *name;
	enum cng_status st;

	if (folder == NULL)
		return CNG_ERR_NO_MEMORY;
	st = split(path, folder, &name);
	if (st == CNG_OK)
		st = resolve_folder(folder, make, real);
	if (st == CNG_OK) {
		size_t len = strcmp(real, "/") == 0 ? 0 : strlen(real);
		size_t more = strlen(name) + 2;

		if (len + more > PATH_MAX) {
			st = CNG_ERR_ARGUMENT;
		} else {
			real[len] = '/';
			memcpy(real + len + 1, name, more - 1);
		}
	}
	mem_free(folder);
	return st;
}

/* A link is followed when somebody we trust made it, and what it leads to
 * is looked at as if it had been named in the first place. */
static enum cng_status
follow_link(char real[PATH_MAX])
{
	enum cng_status status;
	char *target;
	struct stat st;

	if (lstat(real, &st) != 0 || !S_ISLNK(st.st_mode))
		return CNG_OK;
	target = is_trusted(&st) ? realpath(real, NULL) : NULL;
	if (target == NULL)
		return CNG_ERR_STORE_PERMISSION;
	status = resolve(target, false, real);
	free(target);   /* came from realpath */
	return status;
}

enum cng_status
place_name(struct place *out, const char *path, bool make_folder)
{
	char real[PATH_MAX];
	enum cng_status st;

	memset(out, 0, sizeof(*out));
	if (path == NULL || strlen(path) >= PATH_MAX)
		return CNG_ERR_ARGUMENT;
	st = resolve(path, make_folder, real);
	if (st == CNG_OK)
		st = follow_link(real);
	if (st != CNG_OK)
		return st;
	out->path = mem_strdup(real);
	return out->path == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
}

enum cng_status
place_find(struct place *out, const char *path, bool make_folder)
{
	struct place found;
	enum cng_status st = place_name(&found, path, make_folder);

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	st = place_look(&found);
	if (st != CNG_OK) {
		place_free(&found);
		return st;
	}
	*out = found;
	return CNG_OK;
}

void
place_free(struct place *place)
{
	mem_free(place->path);
	memset(place, 0, sizeof(*place));
}

enum cng_status
place_look(struct place *place)
{
	struct stat st;

	place->exists = false;
	if (lstat(place->path, &st) != 0)
		return errno == ENOENT ? CNG_OK : place_status(errno);
	if (!S_ISREG(st.st_mode))
		return CNG_ERR_STORE_IO;
	if (!is_safe(&st))
		return CNG_ERR_STORE_PERMISSION;
	/* we make no empty files, so this one was cut short */
	if (st.st_size == 0)
		return CNG_ERR_STORE_CORRUPT;
	if (faccessat(AT_FDCWD, place->path, R_OK, AT_EACCESS) != 0)
		return place_status(errno);
	place->exists = true;
	place->device = (uint64_t)st.st_dev;
	place->inode = (uint64_t)st.st_ino;
	place->read_only = (st.st_mode & S_IWUSR) == 0 ||
	    faccessat(AT_FDCWD, place->path, W_OK, AT_EACCESS) != 0;
	return CNG_OK;
}

bool
place_is_same(const struct place *place)
{
	struct stat st;

	return lstat(place->path, &st) == 0 &&
	    place->device == (uint64_t)st.st_dev &&
	    place->inode == (uint64_t)st.st_ino;
}

bool
place_has_bytes(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_size > 0;
}

char *
place_beside(const struct place *place, const char *suffix)
{
	size_t len = strlen(place->path);
	size_t more = strlen(suffix) + 1;
	char *path = mem_new(len + more, 1);

	if (path != NULL) {
		memcpy(path, place->path, len);
		memcpy(path + len, suffix, more);
	}
	return path;
}

enum cng_status
place_make_file(const char *path)
{
	int fd = open(path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum cng_status st = CNG_OK;

	if (fd < 0)
		return place_status(errno);
	if (fchmod(fd, 0600) != 0)
		st = place_status(errno);
	(void)close(fd);
	return st;
}

bool
place_share(int fd, int store)
{
	struct stat ours, whose;
	mode_t mode;

	if (fstat(fd, &ours) != 0 || fstat(store, &whose) != 0)
		return false;
	/* whoever it belongs to has done so */
	if (ours.st_uid != geteuid())
		return true;
	if (ours.st_gid != whose.st_gid &&
	    fchown(fd, (uid_t)-1, whose.st_gid) == 0)
		ours.st_gid = whose.st_gid;
	/* whatever the umask took away, too */
	mode = S_IRUSR | S_IWUSR | (whose.st_mode & (S_IRGRP | S_IROTH));
	if (ours.st_gid != whose.st_gid)
		mode &= ~(mode_t)S_IRGRP;
	return (ours.st_mode & 07777) == mode || fchmod(fd, mode) == 0;
}

/* Flushes a file or a folder. */
static enum cng_status
flush(const char *path, int flags)
{
	int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC);
	enum cng_status st = CNG_OK;

	if (fd < 0)
		return place_status(errno);
	if (fsync(fd) != 0)
		st = place_status(errno);
	(void)close(fd);
	return st;
}

/* Some file systems cannot rename without replacing; all that lack it can
 * make a second name and drop the first. */
static int
rename_unless_taken(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link(from, to) != 0)
		return -1;
	return unlink(from);
}

static enum cng_status
publish(const char *from, const char *to,
    int (*give_name)(const char *from, const char *to))
{
	struct place folder = { 0 };
	enum cng_status st = flush(from, O_RDWR);
	char *slash;

	if (st != CNG_OK)
		return st;
	folder.path = mem_strdup(to);
	if (folder.path == NULL)
		return CNG_ERR_NO_MEMORY;
	if (give_name(from, to) != 0) {
		st = errno == EEXIST ? CNG_ERR_EXISTS : place_status(errno);
	} else {
		slash = strrchr(folder.path, '/');
		slash[slash == folder.path ? 1 : 0] = '\0';
		st = flush(folder.path, O_RDONLY | O_DIRECTORY);
	}
	place_free(&folder);
	return st;
}

enum cng_status
place_publish(const char *from, const char *to)
{
	return publish(from, to, rename_unless_taken);
}

enum cng_status
place_replace(const char *from, const char *to)
{
	return publish(from, to, rename);
}
