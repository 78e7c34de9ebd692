/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signals that end or stop the process are noted while echo is off, the
 * terminal is put right, and then they are let happen.
 */
#include "cli/prompt.h"

#include "base/util.h"
#include "cli/askpass.h"
#include "cli/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MAX 1024

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
	SIGTTIN, SIGTTOU, SIGALRM };

static volatile sig_atomic_t last_signal;

struct terminal {
	int fd;
	bool quiet;                /* echo is off and to be restored */
	struct termios before;
	struct sigaction old[ARRAY_LEN(caught)];
};

static void
on_signal(int number)
{
	last_signal = number;
}

bool
prompt_possible(void)
{
	bool terminal = prompt_terminal();

	return terminal || askpass_program(terminal) != NULL;
}

bool
prompt_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void
say(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

static void
signals_catch(struct terminal *t)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigemptyset(&act.sa_mask);
	last_signal = 0;
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &act, &t->old[i]);
}

static void
signals_restore(struct terminal *t)
{
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &t->old[i], NULL);
}

static bool
terminal_open(struct terminal *t)
{
	memset(t, 0, sizeof(*t));
	t->fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (t->fd < 0)
		return false;
	signals_catch(t);
	return true;
}

/* tcsetattr is content when it could do a part of it. */
static bool
echo_off(struct terminal *t)
{
	const tcflag_t echo = ECHO | ECHONL;
	struct termios quiet;

	if (tcgetattr(t->fd, &t->before) != 0)
		return false;
	quiet = t->before;
	quiet.c_lflag &= ~echo;
	quiet.c_lflag |= ICANON;
	t->quiet = tcsetattr(t->fd, TCSAFLUSH, &quiet) == 0;
	return t->quiet && tcgetattr(t->fd, &quiet) == 0 &&
	    (quiet.c_lflag & echo) == 0;
}

static void
terminal_close(struct terminal *t)
{
	if (t->quiet) {
		while (tcsetattr(t->fd, TCSAFLUSH, &t->before) != 0 &&
		    errno == EINTR)
			continue;
		say(t->fd, "\n");
	}
	signals_restore(t);
	close(t->fd);
}

/* One line, byte by byte so that nothing stays in a buffer of stdio. */
static enum cng_status
read_answer(int fd, uint8_t *buf, size_t size, size_t *len)
{
	bool too_long = false;
	size_t used = 0;

	for (;;) {
		uint8_t byte;
		ssize_t n = read(fd, &byte, 1);

		if (last_signal != 0)
			return CNG_ERR_INTERRUPTED;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return CNG_ERR_STORE_IO;
		if (n == 0 || byte == '\n')
			break;
		if (used < size)
			buf[used++] = byte;
		else
			too_long = true;
		wipe(&byte, 1);
	}
	*len = used;
	return too_long ? CNG_ERR_DATA_SIZE : CNG_OK;
}

/* After a stop (SIGTSTP ...) the question is asked again. */
static bool
was_stopped(int number)
{
	return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

static enum cng_status
ask(const char *question, bool echo, uint8_t *buf, size_t size, size_t *len)
{
	enum cng_status st;
	struct terminal t;
	char safe[512];
	int number;

	text_escape(safe, sizeof(safe), span_str(question));
	do {
		if (!terminal_open(&t))
			return CNG_ERR_NOT_FOUND;
		if (echo || echo_off(&t)) {
			say(t.fd, safe);
			st = read_answer(t.fd, buf, size, len);
		} else {
			st = last_signal != 0 ? CNG_ERR_INTERRUPTED :
						CNG_ERR_NOT_SUPPORTED;
		}
		terminal_close(&t);
		number = last_signal;
		if (number != 0)
			raise(number);
	} while (st == CNG_ERR_INTERRUPTED && was_stopped(number));
	return st;
}

static enum exit_code
complain(enum cng_status st, const char *program)
{
	if (program != NULL && st == CNG_ERR_NOT_FOUND)
		return fail_advise(st, "see SSH_ASKPASS",
		    "%s cannot be started", program);
	if (st == CNG_ERR_NOT_SUPPORTED)
		return fail_advise(st, "give it in a file or a variable",
		    "the terminal would show what is typed");
	if (st == CNG_ERR_DATA_SIZE)
		return fail_advise(st, NULL, "what was entered is longer than "
		    "%d bytes", ANSWER_MAX);
	if (st == CNG_ERR_INTERRUPTED)
		return fail_advise(st, NULL, "nothing was entered");
	return fail_advise(st, NULL, "the answer cannot be read: %s",
	    cng_status_text(st));
}

enum exit_code
prompt_secret(struct secret *out, const char *question)
{
	enum cng_status st;
	const char *program = askpass_program(prompt_terminal());
	uint8_t buf[ANSWER_MAX];
	size_t len = 0;

	st = program != NULL ?
	    askpass_ask(program, question, buf, sizeof(buf), &len) :
	    ask(question, false, buf, sizeof(buf), &len);
	if (st == CNG_OK)
		st = secret_replace(out, span_of(buf, len));
	wipe(buf, sizeof(buf));
	return st == CNG_OK ? EXIT_DONE : complain(st, program);
}

enum exit_code
prompt_new_secret(struct secret *out, const char *question)
{
	enum exit_code code;
	struct secret again = { 0 };
	char second[128];
	bool same;

	snprintf(second, sizeof(second), "Repeat: %s", question);
	do {
		code = prompt_secret(out, question);
		if (code == EXIT_DONE)
			code = prompt_secret(&again, second);
		if (code != EXIT_DONE)
			break;
		same = secret_equal(secret_span(out), secret_span(&again));
		if (!same)
			note("the two entries differ, try again");
	} while (!same);
	secret_free(&again);
	return code;
}

bool
prompt_yes(const char *question)
{
	uint8_t buf[8];
	size_t len = 0;
	struct span answer;

	if (ask(question, true, buf, sizeof(buf), &len) != CNG_OK)
		return false;
	answer = span_of(buf, len);
	return span_equal(answer, span_str("y")) ||
	    span_equal(answer, span_str("yes"));
}
