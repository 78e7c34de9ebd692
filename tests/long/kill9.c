/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two processes import keys and acknowledge each one; both are killed at a
 * random moment, many times over.  Afterwards the store opens, holds every
 * acknowledged key, each of them whole, and at most one more a kill.
 *
 *   kill9 MODULE [ROUNDS]
 */
#include "client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 2
#define ROUNDS_DEFAULT 200
#define KEYS_MAX 200000
#define NAME_SIZE 48

static char (*acknowledged)[NAME_SIZE];
static size_t acknowledged_count;

/* --- the workers ------------------------------------------------------ */

static void
make_blob(struct client *c, CK_BYTE *blob, CK_ULONG *len)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07 };
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof p256 } };
	CK_ATTRIBUTE private[] = { { CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_SENSITIVE, &no, sizeof no } };
	CK_MECHANISM gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE get = { CKA_CNG_BLOB, blob, *len };
	CK_OBJECT_HANDLE pub, key;

	client_must(c->p11->C_GenerateKeyPair(c->session, &gen, public, 1,
	    private, 2, &pub, &key), "C_GenerateKeyPair");
	client_must(c->p11->C_GetAttributeValue(c->session, key, &get, 1),
	    "CKA_CNG_BLOB");
	*len = get.ulValueLen;
	client_must(c->p11->C_DestroyObject(c->session, pub), "destroy");
	client_must(c->p11->C_DestroyObject(c->session, key), "destroy");
}

static void
import_for_ever(const char *module, int worker, int round, int out)
{
	struct client c;
	CK_MECHANISM import = { CKM_CNG_ECCPRIVATE, NULL, 0 };

	client_open(&c, module);
	client_login(&c);
	for (int n = 0;; n++) {
		char name[NAME_SIZE] = { 0 };
		CK_BYTE blob[256];
		CK_ULONG len = sizeof blob;
		CK_ATTRIBUTE tmpl = { CKA_CNG_KEY_NAME, name, 0 };
		CK_OBJECT_HANDLE key;

		snprintf(name, sizeof name, "r%d-w%d-n%d", round, worker, n);
		tmpl.ulValueLen = strlen(name);
		make_blob(&c, blob, &len);
		client_must(c.p11->C_UnwrapKey(c.session, &import, 0, blob,
		    len, &tmpl, 1, &key), "C_UnwrapKey");
		if (write(out, name, sizeof name) != sizeof name)
			_exit(3);
	}
}

/* --- the judge -------------------------------------------------------- */

static void
check_usable(struct client *c, CK_OBJECT_HANDLE key, const char *name)
{
	CK_MECHANISM sign = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1 }, signature[64];
	CK_ULONG len = sizeof signature;

	client_must(c->p11->C_SignInit(c->session, &sign, key), name);
	client_must(c->p11->C_Sign(c->session, digest, sizeof digest,
	    signature, &len), name);
}

/* Returns the number of keys in the store. */
static CK_ULONG
check_store(const char *module, size_t from)
{
	struct client c;
	CK_ULONG keys;

	client_open(&c, module);
	client_login(&c);
	for (size_t i = from; i < acknowledged_count; i++) {
		CK_OBJECT_HANDLE key = 0;

		if (client_count(&c, CKO_PRIVATE_KEY, acknowledged[i], &key) !=
			1 ||
		    client_count(&c, CKO_PUBLIC_KEY, acknowledged[i], NULL) !=
			1) {
			fprintf(stderr, "%s was acknowledged and is lost\n",
			    acknowledged[i]);
			exit(1);
		}
		check_usable(&c, key, acknowledged[i]);
	}
	keys = client_count(&c, CKO_PRIVATE_KEY, NULL, NULL);
	if (keys != client_count(&c, CKO_PUBLIC_KEY, NULL, NULL)) {
		fprintf(stderr, "half a pair is in the store\n");
		exit(1);
	}
	client_close(&c);
	return keys;
}

/* In a process of its own: the judge's module must not be warm. */
static CK_ULONG
judge(const char *module, size_t from)
{
	int pipe_fd[2], status;
	CK_ULONG keys = 0;
	pid_t pid;

	if (pipe(pipe_fd) != 0)
		exit(2);
	pid = fork();
	if (pid == 0) {
		keys = check_store(module, from);
		_exit(write(pipe_fd[1], &keys, sizeof keys) == sizeof keys ?
			0 : 2);
	}
	close(pipe_fd[1]);
	if (read(pipe_fd[0], &keys, sizeof keys) != sizeof keys ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "the store did not pass\n");
		exit(1);
	}
	close(pipe_fd[0]);
	return keys;
}

static void
one_round(const char *module, int round)
{
	int pipe_fd[2], status;
	pid_t pid[WORKERS];
	char name[NAME_SIZE];

	if (pipe(pipe_fd) != 0)
		exit(2);
	for (int w = 0; w < WORKERS; w++) {
		pid[w] = fork();
		if (pid[w] == 0) {
			close(pipe_fd[0]);
			import_for_ever(module, w, round, pipe_fd[1]);
		}
	}
	close(pipe_fd[1]);
	/* the first acknowledgement says that both are past their login, or
	 * nearly so; then any moment will do */
	if (read(pipe_fd[0], name, sizeof name) == sizeof name) {
		memcpy(acknowledged[acknowledged_count++], name, sizeof name);
		usleep((useconds_t)(random() % 150000));
	}
	for (int w = 0; w < WORKERS; w++)
		kill(pid[w], SIGKILL);
	while (acknowledged_count < KEYS_MAX &&
	    read(pipe_fd[0], name, sizeof name) == sizeof name)
		memcpy(acknowledged[acknowledged_count++], name, sizeof name);
	close(pipe_fd[0]);
	for (int w = 0; w < WORKERS; w++) {
		waitpid(pid[w], &status, 0);
		if (!WIFSIGNALED(status)) {
			fprintf(stderr, "a worker failed by itself\n");
			exit(1);
		}
	}
}

int
main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS_DEFAULT;
	CK_ULONG keys = 0;
	char dir[64];
	size_t from = 0;

	if (argc < 2 || rounds < 1) {
		fprintf(stderr, "usage: kill9 MODULE [ROUNDS]\n");
		return 2;
	}
	acknowledged = calloc(KEYS_MAX, sizeof *acknowledged);
	if (acknowledged == NULL)
		return 2;
	client_folder(dir, sizeof dir);
	srandom((unsigned)getpid());
	client_make_token(argv[1]);
	for (int round = 0; round < rounds; round++) {
		one_round(argv[1], round);
		if (round % 10 == 9) {
			keys = judge(argv[1], from);
			from = acknowledged_count;
		}
	}
	keys = judge(argv[1], 0);
	if (keys > acknowledged_count + (size_t)rounds * WORKERS) {
		fprintf(stderr, "%lu keys, %zu acknowledged\n", keys,
		    acknowledged_count);
		return 1;
	}
	printf("kill9: %d rounds of %d processes, %zu keys acknowledged, "
	       "%lu in the store, none lost, none half-written\n", rounds,
	    WORKERS, acknowledged_count, keys);
	client_folder_remove(dir);
	free(acknowledged);
	return 0;
}
