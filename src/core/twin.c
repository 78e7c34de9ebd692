/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Legacy twins: PVK files in a folder beside the store.
 */
#include "core/twin.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"
#include "blob/pvk.h"
#include "core/internal.h"
#include "crypto/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_CHARS 200         /* of a file, before a hash takes over */
#define HASH_CHARS 16
#define FILE_NAME_MAX (NAME_CHARS + HASH_CHARS + 8)
#define RANDOM_LEN 8
#define TEMP_PREFIX ".new-"
#define OLD_PREFIX ".old-"
#define SUFFIX ".pvk"
#define STALE_SECONDS 3600     /* no writer takes that long */

struct twin {
	int folder;
	char temp[2 * RANDOM_LEN + 16];
	char old[2 * RANDOM_LEN + 16];   /* what had the name before */
	bool published;
	char name[FILE_NAME_MAX];
};

/* --- names ------------------------------------------------------------ */

static bool
is_plain(uint8_t c, size_t at)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	    (c == '.' && at > 0);
}

/* Everything else as %XX; a long name ends in a hash of all of it. */
static enum cng_status
file_name(char out[FILE_NAME_MAX], struct span name)
{
	uint8_t digest[32] = { 0 };
	char hash[HASH_CHARS + 1] = "";
	enum cng_status st = CNG_OK;
	size_t used = 0, i;

	for (i = 0; i < name.len && used + 3 <= NAME_CHARS; i++) {
		if (is_plain(name.ptr[i], i))
			out[used++] = (char)name.ptr[i];
		else
			used += (size_t)snprintf(out + used, 4, "%%%02X",
			    name.ptr[i]);
	}
	if (i < name.len) {
		st = crypto_digest(HASH_SHA256, name, digest);
		hex_encode(hash, span_of(digest, HASH_CHARS / 2));
	}
	snprintf(out + used, FILE_NAME_MAX - used, "%s%s%s",
	    hash[0] == '\0' ? "" : "~", hash, SUFFIX);
	return st;
}

static char *
folder_path(const char *store)
{
	size_t len = strlen(store) + sizeof TWIN_FOLDER;
	char *path = mem_new(len, 1);

	if (path != NULL)
		snprintf(path, len, "%s%s", store, TWIN_FOLDER);
	return path;
}

/* --- the folder ------------------------------------------------------- */

static enum cng_status
io_status(void)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return CNG_ERR_STORE_FULL;
	if (errno == EROFS || errno == EACCES || errno == EPERM)
		return CNG_ERR_READ_ONLY;
	return CNG_ERR_STORE_IO;
}

/* -1: it is not there, or not fit: *st tells. */
static int
open_folder(const char *store, bool make, enum cng_status *st)
{
	char *path = folder_path(store);
	struct stat info;
	int fd = -1;

	*st = CNG_ERR_NO_MEMORY;
	if (path == NULL)
		return -1;
	*st = CNG_OK;
	if (make && mkdir(path, 0700) != 0 && errno != EEXIST)
		*st = io_status();
	if (*st == CNG_OK) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		if (fd < 0)
			*st = io_status();
	}
	mem_free(path);
	if (fd < 0)
		return -1;
	if (fstat(fd, &info) == 0 && info.st_uid == geteuid() &&
	    (info.st_mode & 077) == 0)
		return fd;
	*st = CNG_ERR_STORE_PERMISSION;
	close(fd);
	return -1;
}

/* --- what nobody will ask for again ------------------------------------ */

static bool
is_temp(const char *name)
{
	return strncmp(name, TEMP_PREFIX, sizeof TEMP_PREFIX - 1) == 0 ||
	    strncmp(name, OLD_PREFIX, sizeof OLD_PREFIX - 1) == 0;
}

static bool
is_twin(const char *name)
{
	size_t len = strlen(name), tail = sizeof SUFFIX - 1;

	return len > tail && strcmp(name + len - tail, SUFFIX) == 0;
}

static bool
is_stale(int folder, const char *name)
{
	struct stat info;

	return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	    info.st_mtime < time(NULL) - STALE_SECONDS;
}

/* Files of writers that were killed; with all, the twins too. */
static void
sweep(int folder, bool all)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;
		bool gone = all ? is_temp(name) || is_twin(name) :
				  is_temp(name) && is_stale(folder, name);

		if (gone && unlinkat(folder, name, 0) != 0 &&
		    errno != ENOENT)
			log_line(LOG_ERROR, "%s: cannot be removed", name);
	}
	closedir(dir);
}

/* --- writing ---------------------------------------------------------- */

static bool
write_all(int fd, struct span data)
{
	while (data.len > 0) {
		ssize_t n = write(fd, data.ptr, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data = span_of(data.ptr + n, data.len - (size_t)n);
	}
	return true;
}

static enum cng_status
write_temp(struct twin *twin, struct span data)
{
	uint8_t random[RANDOM_LEN];
	char hex[2 * RANDOM_LEN + 1];
	enum cng_status st = crypto_random(random, sizeof random);
	int fd;

	if (st != CNG_OK)
		return st;
	hex_encode(hex, span_of(random, sizeof random));
	snprintf(twin->temp, sizeof twin->temp, "%s%s", TEMP_PREFIX,
	    hex);
	snprintf(twin->old, sizeof twin->old, "%s%s", OLD_PREFIX,
	    hex);
	fd = openat(twin->folder, twin->temp, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		st = io_status();
		twin->temp[0] = '\0';
		return st;
	}
	if (!write_all(fd, data) || fsync(fd) != 0)
		st = io_status();
	if (close(fd) != 0 && st == CNG_OK)
		st = io_status();
	return st;
}

static enum cng_status
make_file(struct secret *out, const struct object *key)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = pvk_encode(&key->key, NULL, &w);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return pvk_encode(&key->key, NULL, &w);
}

enum cng_status
twin_prepare(struct twin **out, struct token *tok, const struct object *key,
    struct span name)
{
	struct secret file = { 0 };
	struct twin *twin;
	enum cng_status st;

	*out = NULL;
	if (key->class != OBJ_PRIVATE || key->key.family != KEY_RSA)
		return CNG_ERR_KEY_TYPE;
	/* the file is in clear */
	if (object_flag(key, PROP_WRAP_WITH_TRUSTED))
		return CNG_ERR_KEY_NOT_WRAPPABLE;
	if (tok->path == NULL || name.len == 0)
		return CNG_ERR_ARGUMENT;
	twin = mem_new(1, sizeof *twin);
	if (twin == NULL)
		return CNG_ERR_NO_MEMORY;
	twin->folder = -1;
	st = file_name(twin->name, name);
	if (st == CNG_OK)
		st = make_file(&file, key);
	if (st == CNG_OK)
		twin->folder = open_folder(tok->path, true, &st);
	if (st == CNG_OK) {
		sweep(twin->folder, false);
		st = write_temp(twin, secret_span(&file));
	}
	secret_free(&file);
	if (st == CNG_OK)
		*out = twin;
	else
		twin_drop(twin);
	return st;
}

static void
twin_free(struct twin *twin)
{
	if (twin->folder >= 0)
		close(twin->folder);
	mem_free(twin);
}

static void
take_back(const struct twin *twin)
{
	int folder = twin->folder;

	if (renameat(folder, twin->old, folder, twin->name) != 0)
		(void)unlinkat(folder, twin->name, 0);
	(void)fsync(folder);
}

void
twin_drop(struct twin *twin)
{
	if (twin == NULL)
		return;
	if (twin->published)
		take_back(twin);
	else if (twin->temp[0] != '\0')
		(void)unlinkat(twin->folder, twin->temp, 0);
	twin_free(twin);
}

void
twin_settle(struct twin *twin)
{
	if (twin == NULL)
		return;
	if (unlinkat(twin->folder, twin->old, 0) == 0)
		(void)fsync(twin->folder);
	else if (errno != ENOENT)
		log_line(LOG_ERROR, "%s/%s: cannot be removed", TWIN_FOLDER,
		    twin->old);
	twin_free(twin);
}

enum cng_status
twin_publish(struct twin *twin)
{
	enum cng_status st;
	int folder;

	if (twin == NULL)
		return CNG_OK;
	folder = twin->folder;
	if (linkat(folder, twin->name, folder, twin->old, 0) != 0 &&
	    errno != ENOENT)
		return io_status();
	if (renameat(folder, twin->temp, folder, twin->name) != 0) {
		st = io_status();
		(void)unlinkat(folder, twin->old, 0);
		return st;
	}
	twin->published = true;
	return fsync(folder) == 0 ? CNG_OK : io_status();
}

/* Nobody can be told when it fails: the key itself is gone already. */
void
twin_forget(const char *store_path, struct span name)
{
	char file[FILE_NAME_MAX];
	enum cng_status st;
	int folder;

	if (store_path == NULL || name.len == 0)
		return;
	folder = open_folder(store_path, false, &st);
	if (folder < 0)
		return;
	if (file_name(file, name) == CNG_OK &&
	    unlinkat(folder, file, 0) != 0 && errno != ENOENT)
		log_line(LOG_ERROR, "%s%s/%s: cannot be removed", store_path,
		    TWIN_FOLDER, file);
	(void)fsync(folder);
	close(folder);
}

void
twin_forget_all(const char *store_path)
{
	enum cng_status st;
	int folder;

	if (store_path == NULL)
		return;
	folder = open_folder(store_path, false, &st);
	if (folder < 0)
		return;
	sweep(folder, true);
	(void)fsync(folder);
	close(folder);
}
