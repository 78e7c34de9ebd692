/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The program gets the question as its one argument, as ssh-askpass does, and
 * no shell sees it.
 */
#include "config.h"

#include "cli/askpass.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUESTION_MAX 512

static bool
is_set(const char *name)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0';
}

const char *
askpass_program(bool terminal)
{
	const char *require = secure_getenv("SSH_ASKPASS_REQUIRE");
	bool display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
	bool use = display && !terminal;

	if (!is_set("SSH_ASKPASS"))
		return NULL;
	if (require != NULL && strcasecmp(require, "never") == 0)
		use = false;
	else if (require != NULL && strcasecmp(require, "prefer") == 0)
		use = display;
	else if (require != NULL && strcasecmp(require, "force") == 0)
		use = true;
	return use ? secure_getenv("SSH_ASKPASS") : NULL;
}

static enum cng_status
start(pid_t *pid, const char *program, const char *question, int out)
{
	char name[PATH_MAX], asked[QUESTION_MAX];
	char *argv[] = { name, asked, NULL };
	posix_spawn_file_actions_t actions;
	int bad;

	(void)snprintf(name, sizeof(name), "%s", program);
	(void)snprintf(asked, sizeof(asked), "%s", question);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return CNG_ERR_NO_MEMORY;
	bad = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
	    "/dev/null", O_RDONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(&actions, out,
		    STDOUT_FILENO);
	if (bad == 0)
		bad = posix_spawnp(pid, program, &actions, NULL, argv,
		    environ);
	posix_spawn_file_actions_destroy(&actions);
	return bad == 0 ? CNG_OK : CNG_ERR_NOT_FOUND;
}

/* All of it, so that the program is not cut off. */
static enum cng_status
read_answer(int fd, uint8_t *buf, size_t size, size_t *len)
{
	uint8_t *end;
	size_t used = 0;
	ssize_t got;

	do {
		got = read(fd, buf + used, size - used);
		if (got > 0)
			used += (size_t)got;
	} while ((got > 0 && used < size) || (got < 0 && errno == EINTR));
	end = memchr(buf, '\n', used);
	*len = end == NULL ? used : (size_t)(end - buf);
	if (*len > 0 && buf[*len - 1] == '\r')
		(*len)--;
	if (got < 0)
		return CNG_ERR_STORE_IO;
	return end == NULL && used == size ? CNG_ERR_DATA_SIZE : CNG_OK;
}

static bool
ended_well(pid_t pid)
{
	int status = 0;
	pid_t done;

	do {
		done = waitpid(pid, &status, 0);
	} while (done < 0 && errno == EINTR);
	return done == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum cng_status
askpass_ask(const char *program, const char *question, uint8_t *buf,
    size_t size, size_t *len)
{
	int end[2];
	enum cng_status st;
	pid_t pid;

	*len = 0;
	if (pipe2(end, O_CLOEXEC) != 0)
		return CNG_ERR_STORE_IO;
	st = start(&pid, program, question, end[1]);
	close(end[1]);
	if (st == CNG_OK) {
		st = read_answer(end[0], buf, size, len);
		close(end[0]);
		if (!ended_well(pid) && st == CNG_OK)
			st = CNG_ERR_INTERRUPTED;
	} else {
		close(end[0]);
	}
	return st;
}
