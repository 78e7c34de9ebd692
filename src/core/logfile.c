/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug log as lines of a file: one write per line, so that processes
 * can share it.
 */
#include "core/logfile.h"

#include "base/alloc.h"
#include "base/log.h"
#include "core/conf.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 640

struct logfile {
	int fd;
};

/* Whose sink is set: closing an older one leaves it alone. */
static _Atomic(struct logfile *) current;

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static void
write_line(void *arg, enum log_level level, const char *text)
{
	const struct logfile *log = arg;
	char line[LINE_BYTES], when[32] = "";
	struct timespec now;
	struct tm utc;
	int len;

	if (clock_gettime(CLOCK_REALTIME, &now) == 0 &&
	    gmtime_r(&now.tv_sec, &utc) != NULL)
		strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
	len = snprintf(line, sizeof line, "%s %ld %s: %s\n", when,
	    (long)getpid(), level_names[level], text);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof line) {
		len = sizeof line - 1;
		line[len - 1] = '\n';
	}
	if (write(log->fd, line, (size_t)len) < 0)
		return;
}

/* What somebody else put there would be his to read. */
static bool
is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	    (st.st_uid == geteuid() || st.st_uid == 0) &&
	    (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) ||
	    S_ISCHR(st.st_mode));
}

static int
open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);

	if (fd >= 0 && !is_ours(fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

struct logfile *
logfile_open(const char *path, int level)
{
	struct logfile *log = mem_new(1, sizeof *log);

	if (log == NULL)
		return NULL;
	/* the host may close its own, and something else be that number */
	if (strcmp(path, CONF_STDERR) == 0)
		log->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC,
		    STDERR_FILENO + 1);
	else
		log->fd = open_file(path);
	if (log->fd < 0) {
		mem_free(log);
		return NULL;
	}
	atomic_store(&current, log);
	log_set(write_line, log, (enum log_level)level);
	return log;
}

void
logfile_close(struct logfile *log)
{
	struct logfile *mine = log;

	if (log == NULL)
		return;
	if (atomic_compare_exchange_strong(&current, &mine, NULL))
		log_set(NULL, NULL, LOG_ERROR);
	close(log->fd);
	mem_free(log);
}

/* Which of two remarks it is; of others, one in so many is taken for it. */
static uint64_t
mark_of(const char *about, const char *text)
{
	uint64_t mark = 5381;

	for (; *about != '\0'; about++)
		mark = mark * 33 + (unsigned char)*about;
	for (; *text != '\0'; text++)
		mark = mark * 33 + (unsigned char)*text;
	return mark;
}

void
logfile_warn(const char *about, const char *text)
{
	static _Atomic uint64_t told;
	uint64_t mark = mark_of(about, text);

	if (getauxval(AT_SECURE) != 0 || atomic_exchange(&told, mark) == mark)
		return;
	(void)dprintf(STDERR_FILENO, "cng-pkcs11: %s%s\n", about, text);
}
