/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A token with many keys: start to a logged-in session, one key found by its
 * id, and memory, beside a token with ten.  Prints the figures and their
 * ratios; whether they are good enough is for the reader, except that
 * finding by id must not grow with the token.
 *
 *   big MODULE [KEYS]
 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEYS_DEFAULT 100000
#define FINDS 2000
#define RUNS 7

struct figures {
	double start;     /* C_Initialize to an open session */
	double login;     /* C_Login, mostly the PIN derivation */
	double first;     /* the first key found after that */
	double find;      /* one more key found by id */
	long memory;      /* KiB at most */
};

static void
fill(const char *module, unsigned long keys)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE value[16] = { 0 };
	unsigned long id;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_VALUE, value, sizeof value },
		{ CKA_ID, &id, sizeof id },
	};
	struct client c;

	client_open(&c, module);
	client_login(&c);
	for (id = 1; id <= keys; id++) {
		CK_OBJECT_HANDLE key;

		memcpy(value, &id, sizeof id);
		client_must(c.p11->C_CreateObject(c.session, tmpl, 5, &key),
		    "C_CreateObject");
	}
	client_close(&c);
}

static void
find_one(struct client *c, unsigned long id)
{
	CK_ATTRIBUTE tmpl = { CKA_ID, &id, sizeof id };
	CK_OBJECT_HANDLE key[2];
	CK_ULONG count = 0;

	client_must(c->p11->C_FindObjectsInit(c->session, &tmpl, 1), "find");
	client_must(c->p11->C_FindObjects(c->session, key, 2, &count),
	    "find");
	client_must(c->p11->C_FindObjectsFinal(c->session), "find");
	if (count != 1)
		client_must(CKR_GENERAL_ERROR, "one key has one id");
}

static struct figures
measure_here(const char *module, unsigned long keys)
{
	struct figures f;
	struct rusage usage;
	struct client c;
	double t[5];

	t[0] = client_seconds();
	client_open(&c, module);
	t[1] = client_seconds();
	client_login(&c);
	t[2] = client_seconds();
	find_one(&c, 1 + keys / 2);
	t[3] = client_seconds();
	for (unsigned long i = 0; i < FINDS; i++)
		find_one(&c, 1 + (unsigned long)random() % keys);
	t[4] = client_seconds();
	client_close(&c);
	getrusage(RUSAGE_SELF, &usage);
	f.start = t[1] - t[0];
	f.login = t[2] - t[1];
	f.first = t[3] - t[2];
	f.find = (t[4] - t[3]) / FINDS;
	f.memory = usage.ru_maxrss;
	return f;
}

/* In a fresh process each time. */
static struct figures
measure(const char *module, unsigned long keys)
{
	struct figures f;
	int pipe_fd[2], status;
	pid_t pid;

	if (pipe(pipe_fd) != 0)
		exit(2);
	pid = fork();
	if (pid == 0) {
		f = measure_here(module, keys);
		_exit(write(pipe_fd[1], &f, sizeof f) == sizeof f ? 0 : 2);
	}
	close(pipe_fd[1]);
	if (read(pipe_fd[0], &f, sizeof f) != sizeof f ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		exit(2);
	close(pipe_fd[0]);
	return f;
}

static int
by_start(const void *a, const void *b)
{
	const struct figures *x = a, *y = b;

	return x->start + x->first < y->start + y->first ? -1 : 1;
}

static struct figures
median(struct figures *run)
{
	qsort(run, RUNS, sizeof *run, by_start);
	return run[RUNS / 2];
}

static void
print_row(const char *name, const struct figures *f)
{
	printf("%-10s %9.2f %9.1f %9.2f %9.1f %9.1f\n", name, f->start * 1e3,
	    f->login * 1e3, f->first * 1e3, f->find * 1e6,
	    (double)f->memory / 1024);
}

int
main(int argc, char **argv)
{
	unsigned long keys[2] = { 10, KEYS_DEFAULT };
	struct figures run[2][RUNS], f[2];
	char dir[2][64], conf[2][96];

	if (argc < 2) {
		fprintf(stderr, "usage: big MODULE [KEYS]\n");
		return 2;
	}
	if (argc > 2)
		keys[1] = strtoul(argv[2], NULL, 10);
	for (int i = 0; i < 2; i++) {
		client_folder(dir[i], sizeof dir[i]);
		snprintf(conf[i], sizeof conf[i], "%s/conf", dir[i]);
		client_make_token(argv[1]);
		fill(argv[1], keys[i]);
	}
	/* in turn, so that a slow moment hits both */
	for (int r = 0; r < RUNS; r++)
		for (int i = 0; i < 2; i++) {
			setenv("CNG_PKCS11_CONF", conf[i], 1);
			run[i][r] = measure(argv[1], keys[i]);
		}
	printf("%-10s %9s %9s %9s %9s %9s\n", "keys", "start ms", "login ms",
	    "first ms", "find us", "MiB");
	for (int i = 0; i < 2; i++) {
		char name[24];

		f[i] = median(run[i]);
		snprintf(name, sizeof name, "%lu", keys[i]);
		print_row(name, &f[i]);
		client_folder_remove(dir[i]);
	}
	printf("ratio: start and first key %.2f, find by id %.2f\n",
	    (f[1].start + f[1].first) / (f[0].start + f[0].first),
	    f[1].find / f[0].find);
	/* a scan of 100,000 would be thousands of times slower */
	return f[1].find < 20 * f[0].find ? 0 : 1;
}
