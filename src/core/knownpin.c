/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Files with PINs: read by their owner alone, or not at all.
 */
#include "config.h"

#include "core/knownpin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "core/token.h"
#include "crypto/crypto.h"

#define KEY_BYTES 32
#define KEY_DIGITS (2 * KEY_BYTES)

static bool
is_private(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
	    (info.st_uid == geteuid() || info.st_uid == 0) &&
	    (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

static enum cng_status
read_line(int fd, struct secret *out)
{
	char text[TOKEN_PIN_MAX + 2];
	enum cng_status st = CNG_ERR_PIN_LENGTH;
	size_t len = 0, end;
	ssize_t got;

	do {
		got = read(fd, text + len, sizeof text - len);
		if (got > 0)
			len += (size_t)got;
	} while ((got > 0 && len < sizeof text) ||
	    (got < 0 && errno == EINTR));
	for (end = 0; end < len && text[end] != '\n'; end++)
		continue;
	if (end > 0 && text[end - 1] == '\r')
		end--;
	if (got >= 0 && end > 0 && end <= TOKEN_PIN_MAX)
		st = secret_copy(out, span_of(text, end));
	wipe(text, sizeof text);
	return st;
}

/* O_NONBLOCK: a FIFO in its place must not hang the host. */
static enum cng_status
read_file(const char *path, bool strict, struct secret *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum cng_status st = CNG_ERR_STORE_PERMISSION;

	*out = (struct secret){ 0 };
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ?
		    CNG_ERR_NOT_FOUND : CNG_ERR_STORE_PERMISSION;
	if (!strict || is_private(fd))
		st = read_line(fd, out);
	close(fd);
	return st;
}

enum cng_status
private_line(const char *path, struct secret *out)
{
	return read_file(path, true, out);
}

static bool
is_credential(const char *source)
{
	return strncmp(source, PIN_CREDENTIAL, strlen(PIN_CREDENTIAL)) == 0;
}

bool
pin_source_path(const char *source, char *out, size_t size)
{
	const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
	int len = -1;

	if (!is_credential(source))
		len = snprintf(out, size, "%s", source);
	else if (folder != NULL && folder[0] == '/')
		len = snprintf(out, size, "%s/%s", folder,
		    source + strlen(PIN_CREDENTIAL));
	return len >= 0 && (size_t)len < size;
}

const char *
private_fault(enum cng_status st)
{
	switch ((int)st) {
	case CNG_ERR_NOT_FOUND:
		return "there is no such file";
	case CNG_ERR_STORE_PERMISSION:
		return "can be read by others than its owner, or not at all";
	case CNG_ERR_PIN_LENGTH:
		return "its first line is no PIN";
	default:
		return cng_status_text(st);
	}
}

enum cng_status
pin_source_read(const char *source, struct secret *out)
{
	char path[PATH_MAX];

	*out = (struct secret){ 0 };
	if (!pin_source_path(source, path, sizeof path))
		return CNG_ERR_NOT_FOUND;
	if (!is_credential(source))
		return private_line(path, out);
	/* who may read it is the business of whoever put it there, by lists
	 * that look like a mode of a group */
	return read_file(path, false, out);
}

/* --- the key of a token without a PIN ------------------------------------- */

bool
key_file_path(const char *store, char *out, size_t size)
{
	bool file = store != NULL && strcmp(store, "memory:") != 0;
	int len = file ? snprintf(out, size, "%s.key", store) : -1;

	return len > 0 && (size_t)len < size;
}

enum cng_status
key_file_read(const char *store, struct secret *out)
{
	char path[PATH_MAX];
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (!key_file_path(store, path, sizeof path))
		return CNG_ERR_NOT_FOUND;
	st = private_line(path, out);
	if (st == CNG_OK && out->len != KEY_DIGITS) {
		secret_free(out);
		st = CNG_ERR_PIN_LENGTH;
	}
	return st;
}

static enum cng_status
write_key(const char *path, struct span digits)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, S_IRUSR | S_IWUSR);
	enum cng_status st = CNG_OK;

	if (fd < 0)
		return errno == EEXIST ? CNG_ERR_EXISTS : CNG_ERR_STORE_IO;
	if (fchmod(fd, S_IRUSR | S_IWUSR) != 0 ||
	    write(fd, digits.ptr, digits.len) != (ssize_t)digits.len ||
	    write(fd, "\n", 1) != 1 || fsync(fd) != 0)
		st = CNG_ERR_STORE_IO;
	if (close(fd) != 0)
		st = CNG_ERR_STORE_IO;
	if (st != CNG_OK)
		(void)unlink(path);
	return st;
}

enum cng_status
key_file_make(const char *store, struct secret *out)
{
	char path[PATH_MAX], digits[KEY_DIGITS + 1];
	uint8_t key[KEY_BYTES];
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (!key_file_path(store, path, sizeof path))
		return CNG_ERR_ARGUMENT;
	st = crypto_random(key, sizeof key);
	hex_encode(digits, span_of(key, sizeof key));
	if (st == CNG_OK)
		st = secret_copy(out, span_of(digits, KEY_DIGITS));
	if (st == CNG_OK)
		st = write_key(path, secret_span(out));
	wipe(key, sizeof key);
	wipe(digits, sizeof digits);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

void
key_file_remove(const char *store)
{
	char path[PATH_MAX];

	if (key_file_path(store, path, sizeof path) && unlink(path) != 0 &&
	    errno != ENOENT)
		log_line(LOG_WARN, "%s: cannot be removed", path);
}
