/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Questions on a terminal: what is said when there is no answer, and that
 * nothing is asked which the terminal would show.
 */
#include "config.h"

#include "base/util.h"
#include "cli/prompt.h"
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define QUESTION "PIN of the test: "
#define ANSWER_SECONDS 100

/* What becomes of turning the echo off. */
static enum { DONE, FAILS, IN_PART } way;

int __wrap_tcsetattr(int fd, int when, const struct termios *mode);
int __real_tcsetattr(int fd, int when, const struct termios *mode);

int
__wrap_tcsetattr(int fd, int when, const struct termios *mode)
{
	if (way == FAILS) {
		errno = EIO;
		return -1;
	}
	return way == IN_PART ? 0 : __real_tcsetattr(fd, when, mode);
}

struct asked {
	int terminal;            /* our end */
	int other;               /* theirs, so that it stays */
	int errors;
	pid_t pid;
};

static void
answer(const char *name, int errors, const char *wanted)
{
	struct secret given = { 0 };
	enum exit_code code;

	if (setsid() < 0 || open(name, O_RDWR) < 0 ||
	    dup2(errors, STDERR_FILENO) < 0)
		_exit(99);
	/* who is asked in vain, or for ever, ends by a signal */
	(void)alarm(ANSWER_SECONDS);
	code = prompt_secret(&given, QUESTION);
	if (code == EXIT_DONE && !span_equal(secret_span(&given),
	    span_str(wanted)))
		_exit(98);
	_exit((int)code);
}

/* wanted: the answer that is to come back. */
static void
ask(struct asked *a, const char *wanted)
{
	const char *name;
	int ends[2];

	unsetenv("SSH_ASKPASS");
	a->terminal = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(a->terminal, 0);
	ck_assert_int_eq(grantpt(a->terminal), 0);
	ck_assert_int_eq(unlockpt(a->terminal), 0);
	name = ptsname(a->terminal);
	ck_assert_ptr_nonnull(name);
	a->other = open(name, O_RDWR | O_NOCTTY);
	ck_assert_int_ge(a->other, 0);
	ck_assert_int_eq(pipe(ends), 0);
	a->errors = ends[0];
	a->pid = fork();
	ck_assert_int_ge(a->pid, 0);
	if (a->pid == 0)
		answer(name, ends[1], wanted);
	close(ends[1]);
}

/* What is typed before the question is thrown away. */
static void
type_answer(struct asked *a, const char *text)
{
	char shown[512] = "";
	size_t used = 0, len = strlen(text);
	ssize_t got;

	while (strstr(shown, QUESTION) == NULL) {
		ck_assert_uint_lt(used, sizeof shown - 1);
		got = read(a->terminal, shown + used,
		    sizeof shown - 1 - used);
		ck_assert_int_gt(got, 0);
		used += (size_t)got;
		shown[used] = '\0';
	}
	ck_assert_int_eq(write(a->terminal, text, len), (ssize_t)len);
}

/* The exit code; said is what was written to standard error. */
static int
end(struct asked *a, char *said, size_t size)
{
	size_t used = 0;
	ssize_t got;
	int how = 0;

	while ((got = read(a->errors, said + used, size - 1 - used)) > 0)
		used += (size_t)got;
	said[used] = '\0';
	ck_assert_int_eq(waitpid(a->pid, &how, 0), a->pid);
	ck_assert(WIFEXITED(how));
	close(a->errors);
	return WEXITSTATUS(how);
}

static void
drop(struct asked *a)
{
	close(a->terminal);
	close(a->other);
}

START_TEST(takes_an_answer)
{
	struct asked a;
	char said[512];

	way = DONE;
	ask(&a, "secret");
	type_answer(&a, "secret\n");
	ck_assert_int_eq(end(&a, said, sizeof said), (int)EXIT_DONE);
	ck_assert_str_eq(said, "");
	drop(&a);
}
END_TEST

START_TEST(says_that_it_is_too_long)
{
	struct asked a;
	char said[512], text[1200];

	memset(text, 'a', sizeof text);
	text[sizeof text - 2] = '\n';
	text[sizeof text - 1] = '\0';
	way = DONE;
	ask(&a, text);
	type_answer(&a, text);
	ck_assert_int_eq(end(&a, said, sizeof said), (int)EXIT_FAILED);
	ck_assert_ptr_nonnull(strstr(said, "longer than 1024 bytes"));
	drop(&a);
}
END_TEST

START_TEST(does_not_ask_with_echo)
{
	struct asked a;
	struct pollfd shown = { .events = POLLIN };
	char said[512];

	way = _i == 0 ? FAILS : IN_PART;
	ask(&a, "");
	ck_assert_int_eq(end(&a, said, sizeof said), (int)EXIT_FAILED);
	ck_assert_ptr_nonnull(strstr(said, "would show what is typed"));
	shown.fd = a.terminal;
	/* at most the line end after it */
	while (poll(&shown, 1, 0) == 1) {
		char byte;

		ck_assert_int_eq(read(a.terminal, &byte, 1), 1);
		ck_assert(byte == '\r' || byte == '\n');
	}
	drop(&a);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_an_answer,
		says_that_it_is_too_long, does_not_ask_with_echo };

	return run_tests_times("cli_prompt", tests, ARRAY_LEN(tests), 2, NULL,
	    NULL);
}
