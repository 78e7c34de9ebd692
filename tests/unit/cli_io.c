/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Files that are written: whole or not at all, and nothing beside them, also
 * when a signal comes in the middle.
 */
#include "config.h"

#include "base/util.h"
#include "cli/io.h"
#include "runner.h"
#include "tempdir.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static char folder[TEMPDIR_MAX];
static int number;               /* what comes in the middle; 0: nothing */
static bool full;                /* no room on the disk */

int __wrap_fsync(int fd);

int
__wrap_fsync(int fd)
{
	ck_assert_int_ge(fd, 0);
	if (number != 0)
		raise(number);
	errno = ENOSPC;
	return full ? -1 : 0;
}

static void
make_folder(void)
{
	tempdir_make(folder);
	ck_assert_int_eq(chdir(folder), 0);
}

static void
remove_folder(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	tempdir_remove(folder);
}

static size_t
count_files(void)
{
	DIR *dir = opendir(".");
	size_t count = 0;
	const struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void
holds(const char *text)
{
	struct secret found = { 0 };
	enum exit_code code = io_read(&found, "key");

	ck_assert(code == EXIT_DONE);
	ck_assert(span_equal(secret_span(&found), span_str(text)));
	secret_free(&found);
}

/* How a process ended that writes and gets that signal meanwhile. */
static int
write_key(const char *text, int during)
{
	const struct rlimit none = { 0, 0 };
	enum exit_code code;
	pid_t pid = fork();
	int how = 0;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		for (size_t i = 0; i < ARRAY_LEN(signals); i++)
			(void)signal(signals[i], SIG_DFL);
		number = during;
		code = io_write("key", span_str(text), IO_PRIVATE);
		_exit((int)code);
	}
	ck_assert_int_eq(waitpid(pid, &how, 0), pid);
	return how;
}

START_TEST(a_signal_waits)
{
	ck_assert_int_eq(write_key("old", 0), 0);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		const char *text = i % 2 == 0 ? "new" : "newer";
		int how = write_key(text, signals[i]);

		ck_assert(WIFSIGNALED(how));
		ck_assert_int_eq(WTERMSIG(how), signals[i]);
		holds(text);
		ck_assert_uint_eq(count_files(), 1);
	}
}
END_TEST

START_TEST(what_fails_leaves_nothing)
{
	int how;

	full = true;
	how = write_key("new", 0);
	ck_assert(WIFEXITED(how) && WEXITSTATUS(how) == (int)EXIT_FAILED);
	ck_assert_uint_eq(count_files(), 0);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		how = write_key("new", signals[i]);
		ck_assert(WIFSIGNALED(how) && WTERMSIG(how) == signals[i]);
		ck_assert_uint_eq(count_files(), 0);
	}
	full = false;
	ck_assert_int_eq(write_key("old", 0), 0);
	full = true;
	ck_assert_int_ne(write_key("new", 0), 0);
	holds("old");
	ck_assert_uint_eq(count_files(), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_signal_waits,
		what_fails_leaves_nothing };

	return run_tests_with("cli_io", tests, ARRAY_LEN(tests), make_folder,
	    remove_folder);
}
