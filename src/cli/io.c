/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading is bounded and keeps the bytes in wiped memory; writing goes to a
 * new file beside the old one, which then takes its name.
 */
#include "config.h"

#include "cli/io.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_BUFFER 16384
#define LINE_MAX_BYTES 4096

static bool
is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

const char *
io_input_name(const char *path)
{
	return is_dash(path) ? "standard input" : path;
}

enum exit_code
io_fail(const char *what, const char *path)
{
	enum cng_status st = errno == ENOENT ? CNG_ERR_NOT_FOUND :
					       CNG_ERR_STORE_IO;

	return fail_advise(st, NULL, "cannot %s %s: %s", what, path,
	    strerror(errno));
}

static ssize_t
read_some(int fd, uint8_t *buf, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* Twice the room; the old buffer is wiped. */
static enum cng_status
grow(struct secret *s, size_t used)
{
	struct secret wider = { 0 };
	enum cng_status st;

	st = secret_new(&wider, s->len == 0 ? FIRST_BUFFER : 2 * s->len);
	if (st != CNG_OK)
		return st;
	if (used > 0)
		memcpy(wider.ptr, s->ptr, used);
	secret_move(s, &wider);
	return CNG_OK;
}

static enum exit_code
read_all(struct secret *out, int fd, const char *name, size_t limit)
{
	size_t used = 0;

	for (;;) {
		ssize_t n;

		if (used == out->len) {
			enum cng_status st = grow(out, used);

			if (st != CNG_OK)
				return fail(st, "cannot read %s", name);
		}
		n = read_some(fd, out->ptr + used, out->len - used);
		if (n < 0)
			return io_fail("read", name);
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > limit)
			return fail_advise(CNG_ERR_DATA_SIZE, NULL,
			    "%s is larger than %zu bytes", name, limit);
	}
	secret_truncate(out, used);
	return EXIT_DONE;
}

static enum exit_code
read_bounded(struct secret *out, const char *path, size_t limit)
{
	enum exit_code code;
	struct secret all = { 0 };
	int fd = STDIN_FILENO;

	if (!is_dash(path))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return io_fail("read", path);
	code = read_all(&all, fd, io_input_name(path), limit);
	/* as long as it is, and no longer: there may be many of them */
	secret_free(out);
	if (code == EXIT_DONE &&
	    secret_copy(out, secret_span(&all)) != CNG_OK)
		code = fail(CNG_ERR_NO_MEMORY, "%s", io_input_name(path));
	secret_free(&all);
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}

enum exit_code
io_read(struct secret *out, const char *path)
{
	return read_bounded(out, path, SECRET_MAX / 2);
}

enum exit_code
io_read_line(struct secret *out, const char *path)
{
	enum exit_code code;
	const uint8_t *end;
	size_t len;

	code = read_bounded(out, path, LINE_MAX_BYTES);
	if (code != EXIT_DONE || out->len == 0)
		return code;
	end = memchr(out->ptr, '\n', out->len);
	len = end == NULL ? out->len : (size_t)(end - out->ptr);
	if (len > 0 && out->ptr[len - 1] == '\r')
		len--;
	secret_truncate(out, len);
	return EXIT_DONE;
}

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

static bool
is_text(struct span data)
{
	for (size_t i = 0; i < data.len; i++) {
		if (data.ptr[i] != '\n' &&
		    (data.ptr[i] < ' ' || data.ptr[i] > '~'))
			return false;
	}
	return true;
}

static enum exit_code
write_stdout(struct span data)
{
	if (isatty(STDOUT_FILENO) && !is_text(data))
		return fail_usage("will not write binary to a terminal; "
		    "use -o FILE");
	if (!write_all(STDOUT_FILENO, data))
		return io_fail("write", "standard output");
	return EXIT_DONE;
}

/* Devices and pipes have no atomic way, and nothing to lose. */
static enum exit_code
write_special(const char *path, struct span data)
{
	enum exit_code code = EXIT_DONE;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return io_fail("write", path);
	if (!write_all(fd, data))
		code = io_fail("write", path);
	close(fd);
	return code;
}

static bool
fill_new(int fd, struct span data, enum io_privacy privacy)
{
	if (privacy == IO_PUBLIC) {
		mode_t mask = umask(077);

		umask(mask);
		if (fchmod(fd, 0666 & ~mask) != 0)
			return false;
	}
	return write_all(fd, data) && fsync(fd) == 0;
}

static enum exit_code
write_beside(const char *path, char *temp, struct span data,
    enum io_privacy privacy)
{
	enum exit_code code = EXIT_DONE;
	int fd = mkostemp(temp, O_CLOEXEC);

	if (fd < 0)
		return io_fail("write", path);
	if (!fill_new(fd, data, privacy) || rename(temp, path) != 0) {
		code = io_fail("write", path);
		unlink(temp);
	}
	close(fd);
	return code;
}

/* Signals that end the process wait until the other name is gone: there may be
 * a key in that file. */
static enum exit_code
write_file(const char *path, struct span data, enum io_privacy privacy)
{
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGXFSZ };
	enum exit_code code;
	size_t size = strlen(path) + sizeof(".XXXXXX");
	char *temp = mem_new(size, 1);
	sigset_t hold, before;

	if (temp == NULL)
		return fail(CNG_ERR_NO_MEMORY, "cannot write %s", path);
	snprintf(temp, size, "%s.XXXXXX", path);
	sigemptyset(&hold);
	for (size_t i = 0; i < ARRAY_LEN(held); i++)
		sigaddset(&hold, held[i]);
	sigprocmask(SIG_BLOCK, &hold, &before);
	code = write_beside(path, temp, data, privacy);
	sigprocmask(SIG_SETMASK, &before, NULL);
	mem_free(temp);
	return code;
}

/* /dev/stdout, or the file that the shell has opened for us. */
static bool
is_stdout(const struct stat *st)
{
	struct stat out;

	return fstat(STDOUT_FILENO, &out) == 0 &&
	    out.st_dev == st->st_dev && out.st_ino == st->st_ino;
}

/* A link stays, and what it leads to is replaced. */
static enum exit_code
write_through(const char *path, struct span data, enum io_privacy privacy)
{
	char *real = realpath(path, NULL);
	enum exit_code code;

	if (real == NULL)
		return io_fail("write", path);
	code = write_file(real, data, privacy);
	free(real);
	return code;
}

enum exit_code
io_write(const char *path, struct span data, enum io_privacy privacy)
{
	struct stat st;

	if (path == NULL || is_dash(path))
		return write_stdout(data);
	if (stat(path, &st) != 0)
		return write_file(path, data, privacy);
	if (S_ISREG(st.st_mode) && is_stdout(&st))
		return write_stdout(data);
	if (!S_ISREG(st.st_mode))
		return write_special(path, data);
	return write_through(path, data, privacy);
}
