/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Other processes: fresh ones that are measured from their start, and one
 * that writes while this one works.  The program starts itself again with
 * the word "child" first.
 */
#include "bench/process.h"

#include "bench/acts.h"
#include "bench/clock.h"
#include "bench/keys.h"
#include "bench/module.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUMBER_TEXT 24
#define HANDLES_MAX 256
/* Above what keys_fill and the create workload use. */
#define NUMBERS_WRITTEN 20000000ul
#define WRITTEN_MAX 64

struct writer {
	pid_t pid;
	int to;
	int from;
};

/* --- the parent's half -------------------------------------------------- */

static void
become_child(struct side *side, const char *what, unsigned long keys, int in,
    int out)
{
	char number[NUMBER_TEXT];

	snprintf(number, sizeof(number), "%lu", keys);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
		_exit(2);
	execl("/proc/self/exe", "bench", "child", what,
	    side->who == LIMIT ? side->folder : side->path,
	    side->init != NULL ? side->init : "",
	    side->label != NULL ? side->label : "",
	    side->pin != NULL ? side->pin : "", number,
	    side->who == LIMIT ? "limit" : "module", (char *)NULL);
	_exit(2);
}

static bool
spawn(struct writer *child, struct side *side, const char *what,
    unsigned long keys)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) != 0)
		return false;
	if (pipe2(from, O_CLOEXEC) != 0) {
		close(to[0]);
		close(to[1]);
		return false;
	}
	child->pid = fork();
	if (child->pid == 0)
		become_child(side, what, keys, to[0], from[1]);
	close(to[0]);
	close(from[1]);
	child->to = to[1];
	child->from = from[0];
	return child->pid > 0;
}

static int
reap(struct writer *child)
{
	int wait_status = -1;

	close(child->to);
	close(child->from);
	while (child->pid > 0 && waitpid(child->pid, &wait_status, 0) < 0 &&
	    errno == EINTR)
		continue;
	return wait_status;
}

static double
child_sample(struct seat *seat, const struct work *work)
{
	struct writer child;
	double figure = -1;

	if (!spawn(&child, seat->side, work->what, work->keys))
		return -1;
	if (read(child.from, &figure, sizeof(figure)) != sizeof(figure))
		figure = -1;
	return reap(&child) == 0 ? figure : -1;
}

/* The writer goes on "g", stops on "s" and answers each with one byte. */
static CK_RV
tell(struct seat *seat, char word)
{
	char answer = 0;

	if (write(seat->writer->to, &word, 1) != 1 ||
	    read(seat->writer->from, &answer, 1) != 1 || answer != word)
		return CKR_FUNCTION_FAILED;
	return CKR_OK;
}

static CK_RV
beside_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = crypt_start(seat, work);

	if (rv != CKR_OK)
		return rv;
	seat->writer = calloc(1, sizeof(*seat->writer));
	if (seat->writer == NULL ||
	    !spawn(seat->writer, seat->side, "write", 0))
		return CKR_HOST_MEMORY;
	return tell(seat, 's');
}

static CK_RV
beside_ready(struct seat *seat, const struct work *work)
{
	(void)work;
	return tell(seat, 'g');
}

static CK_RV
beside_once(struct seat *seat, const struct work *work)
{
	return act_sign.once(seat, work);
}

static void
beside_settle(struct seat *seat, const struct work *work)
{
	(void)work;
	(void)tell(seat, 's');
}

static void
beside_stop(struct seat *seat, const struct work *work)
{
	(void)work;
	if (seat->writer != NULL)
		(void)reap(seat->writer);
	free(seat->writer);
	seat->writer = NULL;
}

/* The limit of that is our own module with nobody beside it. */
static struct seat *
our_seat(struct seat *seat)
{
	return &seat->side[(int)OURS - (int)LIMIT].seats[0];
}

static CK_RV
alone_start(struct seat *seat, const struct work *work)
{
	return crypt_start(our_seat(seat), work);
}

static CK_RV
alone_once(struct seat *seat, const struct work *work)
{
	return act_sign.once(our_seat(seat), work);
}

/* --- the child's half --------------------------------------------------- */

/* The most that this program ever had in memory, in MiB; getrusage would tell
 * of its parent as well. */
static double
peak_memory(void)
{
	char line[128];
	long kib = -1;
	FILE *file = fopen("/proc/self/status", "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (file != NULL)
		fclose(file);
	return kib < 0 ? -1 : (double)kib / 1024;
}

static CK_RV
find_all(struct seat *seat)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_OBJECT_HANDLE key[HANDLES_MAX];
	CK_ULONG count = 1;
	CK_RV rv = f->C_FindObjectsInit(seat->session, NULL, 0);

	while (rv == CKR_OK && count > 0)
		rv = f->C_FindObjects(seat->session, key, HANDLES_MAX, &count);
	return rv == CKR_OK ? f->C_FindObjectsFinal(seat->session) : rv;
}

struct story {
	double begin, open, login, first;
};

/* From nothing to the handle of a key, with the time of each step. */
static CK_RV
start_module(struct seat *seat, const struct work *work, struct story *story)
{
	CK_RV rv = module_load(seat->side);

	if (rv == CKR_OK)
		rv = module_session(seat->side, &seat->session);
	story->open = clock_now();
	if (rv == CKR_OK)
		rv = module_login(seat->side, seat->session);
	story->login = clock_now();
	seat->turn = work->keys / 2;
	if (rv == CKR_OK)
		rv = act_find_id.once(seat, work);
	story->first = clock_now();
	return rv;
}

static CK_RV
start_limit(struct seat *seat, const struct work *work, struct story *story)
{
	CK_RV rv = limit_database(seat);

	if (rv == CKR_OK)
		rv = limit_find.start(seat, work);
	story->open = story->login = clock_now();
	if (rv == CKR_OK)
		rv = limit_find.once(seat, work);
	story->first = clock_now();
	return rv;
}

static int
tell_figure(struct seat *seat, const struct work *work, bool limit)
{
	struct story story = { .begin = clock_now() };
	CK_RV rv = limit ? start_limit(seat, work, &story) :
			   start_module(seat, work, &story);
	double figure;

	if (rv == CKR_OK && strcmp(work->what, "all") == 0 && !limit)
		rv = find_all(seat);
	if (rv != CKR_OK)
		return 1;
	if (strcmp(work->what, "start") == 0)
		figure = (story.open - story.begin + story.first -
		    story.login) * 1e3;
	else if (strcmp(work->what, "login") == 0)
		figure = (story.login - story.open) * 1e3;
	else
		figure = peak_memory();
	return write(1, &figure, sizeof(figure)) != sizeof(figure);
}

/* Creates until told to stop, and takes back what it made. */
static CK_RV
write_until_told(struct seat *seat, unsigned long *number)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	CK_RV rv = CKR_OK;

	while (rv == CKR_OK && poll(&in, 1, 0) == 0) {
		rv = keys_numbered(seat->side, seat->session, true,
		    (*number)++, &seat->made[seat->made_count]);
		seat->made_count += rv == CKR_OK;
		if (seat->made_count == WRITTEN_MAX)
			object_destroy_made(seat, NULL);
	}
	return rv;
}

static int
write_beside(struct seat *seat)
{
	struct work work = { .keys = 1 };
	struct story story;
	unsigned long number = NUMBERS_WRITTEN;
	CK_RV rv = start_module(seat, &work, &story);
	char word;

	/* tidying up is over before the answer, so that it disturbs nobody */
	while (rv == CKR_OK && read(0, &word, 1) == 1) {
		if (word == 's')
			object_destroy_made(seat, NULL);
		if (write(1, &word, 1) != 1)
			return 1;
		if (word == 'g')
			rv = write_until_told(seat, &number);
	}
	return rv != CKR_OK;
}

int
process_main(int argc, char **argv)
{
	static struct seat seat;
	struct side side = { .seats = &seat };
	struct work work = { .name = "" };
	bool limit;
	int failed;

	if (argc != 9)
		return 2;
	limit = strcmp(argv[8], "limit") == 0;
	seat.side = &side;
	work.what = argv[2];
	side.path = side.folder = argv[3];
	side.init = argv[4][0] != '\0' ? argv[4] : NULL;
	side.label = argv[5];
	side.pin = argv[6];
	work.keys = strtoul(argv[7], NULL, 10);
	failed = strcmp(work.what, "write") == 0 ? write_beside(&seat) :
	    tell_figure(&seat, &work, limit);
	module_unload(&side);
	return failed;
}

const struct act act_child = { .sample = child_sample };
const struct act limit_child = { .sample = child_sample };
const struct act act_beside = { .start = beside_start, .ready = beside_ready,
	.once = beside_once, .settle = beside_settle, .stop = beside_stop };
const struct act limit_alone = { .start = alone_start, .once = alone_once };
