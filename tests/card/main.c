/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The simulated card as a program: in a virtual reader, pulled and inserted
 * as a test wants it.  README.md beside it lists the options.
 */
#include "control.h"
#include "sim.h"
#include "vpcd.h"

#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* In ms: without a reader, between two attempts, and after a removal, so that
 * the reader's driver has given the command up that was never answered. */
enum { PATIENCE = 120000, STEP = 20, HOLD = 300 };

struct program {
	struct sim *sim;
	struct sim_options options;
	uint16_t port;
	int reader; /* connection, -1 when there is none */
	int given; /* --fd */
	int control;
	int signals;
	const char *control_path, *log_path;
	FILE *log;
	long netns; /* the process whose network it is; 0: our own */
	struct {
		const char *name, *at;
	} faults[16];
	size_t fault_count;
	bool out;
	unsigned delay;
	unsigned waited, hold;
	bool inserted;
	bool unseen; /* that it was out */
	bool end;
	bool failed;
};

static void
note(const struct program *p, const char *what, const uint8_t *bytes,
    size_t len)
{
	struct timespec now;

	if (p->log == NULL)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(p->log, "%ld.%03ld %lu %s", (long)now.tv_sec,
	    now.tv_nsec / 1000000, sim_count(p->sim), what);
	for (size_t i = 0; i < len; i++)
		fprintf(p->log, "%s%02X", i == 0 ? " " : "", bytes[i]);
	fputc('\n', p->log);
	fflush(p->log);
}

static void
disconnect(struct program *p)
{
	if (p->reader >= 0)
		close(p->reader);
	p->reader = -1;
	p->hold = HOLD;
	if (p->given >= 0)
		p->end = true;
	sim_reset(p->sim);
}

static void
pull(struct program *p)
{
	p->inserted = false;
	p->unseen = true;
	sim_reset(p->sim);
	note(p, "pulled", NULL, 0);
}

/* It is there when the reader saw that it was not: otherwise pcscd, which
 * looks twice a second, might take it for a card that never left. */
static void
insert(struct program *p)
{
	if (p->inserted)
		return;
	p->inserted = true;
	note(p, "inserted", NULL, 0);
}

static bool
present(const struct program *p)
{
	return p->inserted && !p->unseen;
}

static unsigned long
number(const char *text, bool *good)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	*good = text[0] != '\0' && text[0] != '-' &&
		(*end == '\0' || strcmp(end, "+") == 0);
	return value;
}

static bool
plan(struct sim *sim, const char *name, const char *at)
{
	enum sim_fault fault = sim_fault_named(name);
	bool good;
	unsigned long value = number(at, &good);

	if (fault == SIM_FAULTS || !good)
		return false;
	sim_fault(sim, fault, value, strchr(at, '+') != NULL);
	return true;
}

/* pull, insert, reset, count, fault NAME N, delay MS, capacity BYTES, end */
static void
answer(void *context, char *line, char *reply, size_t size)
{
	struct program *p = context;
	char *rest = NULL, *word = strtok_r(line, " ", &rest);
	char *one = strtok_r(NULL, " ", &rest);
	char *two = strtok_r(NULL, " ", &rest);
	bool good = true;

	if (word == NULL)
		word = line;
	if (strcmp(word, "pull") == 0)
		pull(p);
	else if (strcmp(word, "insert") == 0)
		insert(p);
	else if (strcmp(word, "reset") == 0)
		sim_reset(p->sim);
	else if (strcmp(word, "end") == 0)
		p->end = true;
	else if (strcmp(word, "fault") == 0 && two != NULL)
		good = plan(p->sim, one, two);
	else if (strcmp(word, "delay") == 0 && one != NULL)
		p->delay = (unsigned)number(one, &good);
	else if (strcmp(word, "capacity") == 0 && one != NULL)
		sim_capacity(p->sim, number(one, &good));
	else
		good = strcmp(word, "count") == 0;
	snprintf(reply, size, "%s %lu %s", good ? "ok" : "error",
	    sim_count(p->sim), p->inserted ? "inserted" : "out");
}

static void
wait_ms(unsigned ms)
{
	struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (ms > 0)
		nanosleep(&left, NULL);
}

static bool
run_apdu(struct program *p, const uint8_t *command, size_t len)
{
	static uint8_t reply[SIM_MAX];
	size_t reply_len = 0;
	bool there;

	note(p, ">", command, len);
	there = sim_exchange(p->sim, command, len, reply, &reply_len);
	wait_ms(p->delay);
	if (!there) {
		note(p, "removed", NULL, 0);
		p->inserted = false;
		p->unseen = true;
		return false;
	}
	note(p, "<", reply, reply_len);
	return vpcd_write(p->reader, reply, reply_len);
}

static bool
one_message(struct program *p)
{
	static uint8_t message[65535];
	uint8_t atr[33];
	size_t len;

	if (!vpcd_read(p->reader, message, &len))
		return false;
	if (len > 1)
		return present(p) && run_apdu(p, message, len);
	if (len == 0)
		return true;
	if (message[0] == VPCD_ATR && present(p))
		return vpcd_write(p->reader, atr, sim_atr(p->sim, atr));
	if (message[0] == VPCD_ATR) {
		/* No answer at all: an empty one hangs the driver. */
		p->unseen = false;
		return false;
	}
	if (message[0] <= VPCD_RESET) {
		note(p, message[0] == VPCD_RESET ? "reset" : "power", message,
		    1);
		sim_reset(p->sim);
	}
	return true;
}

static void
signalled(struct program *p)
{
	struct signalfd_siginfo info;

	if (read(p->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return;
	if (info.ssi_signo == SIGUSR1)
		pull(p);
	else if (info.ssi_signo == SIGUSR2)
		insert(p);
	else
		p->end = true;
}

/* A reader that stays away for long is not coming back. */
static void
look_for_reader(struct program *p)
{
	if (p->reader >= 0)
		return;
	if (p->hold > 0) {
		wait_ms(STEP);
		p->hold -= STEP;
		return;
	}
	p->reader = p->given >= 0 ? p->given : vpcd_connect(p->port);
	if (p->reader >= 0) {
		p->waited = 0;
		return;
	}
	wait_ms(STEP);
	p->waited += STEP;
	if (p->waited > PATIENCE) {
		fprintf(stderr, "card: no reader on port %u\n", p->port);
		p->end = true;
		p->failed = true;
	}
}

static void
loop(struct program *p)
{
	while (!p->end) {
		struct pollfd fds[] = { { p->reader, POLLIN, 0 },
			{ p->control, POLLIN, 0 }, { p->signals, POLLIN, 0 } };

		look_for_reader(p);
		fds[0].fd = p->reader;
		if (poll(fds, 3, p->reader < 0 ? 0 : -1) <= 0)
			continue;
		if (fds[2].revents != 0)
			signalled(p);
		if (fds[1].revents != 0)
			control_serve(p->control, answer, p);
		/* A reader that ended, or a card that a fault removed. */
		if (fds[0].revents != 0 && !one_message(p))
			disconnect(p);
	}
}

/* What an option sets: a text, a flag, or a number of struct program. */
static const struct option options[] = {
	{ "app", required_argument, NULL, 'a' },
	{ "atr", required_argument, NULL, 'A' },
	{ "blank", no_argument, NULL, 'b' },
	{ "blocked", no_argument, NULL, 'B' },
	{ "capacity", required_argument, NULL, 'c' },
	{ "control", required_argument, NULL, 'C' },
	{ "delay", required_argument, NULL, 'd' },
	{ "exact-le", no_argument, NULL, 'e' },
	{ "fault", required_argument, NULL, 'f' },
	{ "fd", required_argument, NULL, 'F' },
	{ "key-type", required_argument, NULL, 'k' },
	{ "log", required_argument, NULL, 'l' },
	{ "netns", required_argument, NULL, 'n' },
	{ "no-chaining", no_argument, NULL, 'N' },
	{ "out", no_argument, NULL, 'o' },
	{ "pin", required_argument, NULL, 'p' },
	{ "puk", required_argument, NULL, 'P' },
	{ "pivapplet", no_argument, NULL, 'v' },
	{ "plain-piv", no_argument, NULL, 'y' },
	{ "port", required_argument, NULL, 'r' },
	{ "remove-at", required_argument, NULL, 'R' },
	{ "reset-at", required_argument, NULL, 'T' },
	{ "short-only", no_argument, NULL, 's' },
	{ "state", required_argument, NULL, 'S' },
	{ "t0", no_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

static bool
set_text(struct program *p, int option, const char *text)
{
	const char **const places[128] = { ['a'] = &p->options.apps,
		['A'] = &p->options.atr, ['C'] = &p->control_path,
		['k'] = &p->options.algorithm, ['l'] = &p->log_path,
		['p'] = &p->options.pin, ['P'] = &p->options.puk,
		['S'] = &p->options.state };

	if (option < 0 || option >= 128 || places[option] == NULL)
		return false;
	*places[option] = text;
	return true;
}

static bool
set_flag(struct program *p, int option)
{
	bool *const places[128] = { ['b'] = &p->options.blank,
		['B'] = &p->options.blocked, ['e'] = &p->options.exact_le,
		['N'] = &p->options.no_chaining, ['o'] = &p->out,
		['s'] = &p->options.short_only,
		['t'] = &p->options.t0, ['v'] = &p->options.pivapplet,
		['y'] = &p->options.plain_piv };

	if (option < 0 || option >= 128 || places[option] == NULL)
		return false;
	*places[option] = true;
	return true;
}

static bool
set_number(struct program *p, int option, const char *text)
{
	bool good = false;
	unsigned long value = text != NULL ? number(text, &good) : 0;

	if (option == 'c')
		p->options.capacity = value;
	else if (option == 'd')
		p->delay = (unsigned)value;
	else if (option == 'F')
		p->given = (int)value;
	else if (option == 'n')
		p->netns = (long)value;
	else if (option == 'r')
		p->port = (uint16_t)value;
	else
		return false;
	return good;
}

/* NAME=N of a fault; faults are planned when there is a card. */
static bool
add_fault(struct program *p, const char *name, const char *at)
{
	if (p->fault_count == sizeof p->faults / sizeof p->faults[0])
		return false;
	p->faults[p->fault_count].name = name;
	p->faults[p->fault_count++].at = at;
	return true;
}

static bool
set_fault(struct program *p, int option, char *text)
{
	char *at;

	if (option == 'R' || option == 'T')
		return add_fault(p, option == 'R' ? "remove" : "reset", text);
	if (option != 'f')
		return false;
	at = strchr(text, '=');
	if (at == NULL)
		return false;
	*at++ = '\0';
	return add_fault(p, text, at);
}

static bool
read_options(struct program *p, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (!set_text(p, option, optarg) && !set_flag(p, option) &&
		    !set_number(p, option, optarg) &&
		    !set_fault(p, option, optarg))
			return false;
	}
	return optind == argc && (p->port != 0 || p->given >= 0);
}

/* The virtual reader listens in a network of its own. */
static bool
enter_network(long pid)
{
	struct stat there, here;
	char path[64];
	int fd;
	bool good;

	if (pid == 0)
		return true;
	snprintf(path, sizeof path, "/proc/%ld/ns/net", pid);
	/* Where it may not have one of its own, nor may we ask for it. */
	if (stat(path, &there) == 0 && stat("/proc/self/ns/net", &here) == 0 &&
	    there.st_ino == here.st_ino)
		return true;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	good = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
	if (!good)
		perror(path);
	if (fd >= 0)
		close(fd);
	return good;
}

static bool
begin(struct program *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return false;
	p->signals = signalfd(-1, &set, SFD_CLOEXEC);
	p->sim = sim_new(&p->options);
	if (p->signals < 0 || p->sim == NULL)
		return false;
	for (size_t i = 0; i < p->fault_count; i++) {
		if (!plan(p->sim, p->faults[i].name, p->faults[i].at)) {
			fprintf(stderr, "card: no fault %s at %s\n",
			    p->faults[i].name, p->faults[i].at);
			return false;
		}
	}
	if (p->log_path != NULL)
		p->log = fopen(p->log_path, "ae");
	if (p->control_path != NULL)
		p->control = control_listen(p->control_path);
	p->inserted = !p->out;
	return (p->log_path == NULL || p->log != NULL) &&
	       (p->control_path == NULL || p->control >= 0) &&
	       enter_network(p->netns);
}

int
main(int argc, char **argv)
{
	struct program p = { .reader = -1, .given = -1, .control = -1,
		.signals = -1 };
	int status = 1;

	if (argc > 3 && strcmp(argv[1], "--tell") == 0)
		return control_tell(argv[2], argv + 3);
	if (!read_options(&p, argc, argv)) {
		fprintf(stderr, "usage: card --port N [OPTION...], or card "
				"--tell SOCKET WORD...; see README.md\n");
		return 2;
	}
	if (begin(&p)) {
		loop(&p);
		status = p.failed;
	}
	if (p.reader >= 0)
		close(p.reader);
	if (p.control >= 0) {
		close(p.control);
		(void)unlink(p.control_path);
	}
	if (p.log != NULL)
		fclose(p.log);
	sim_free(p.sim);
	return status;
}
