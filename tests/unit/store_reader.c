/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Another user's process that reads a store.
 */
#include "config.h"

#include "store_reader.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

bool
reader_become(void)
{
	return setgroups(0, NULL) == 0 &&
	    setresgid(READER, READER, READER) == 0 &&
	    setresuid(READER, READER, READER) == 0;
}

static struct answer
do_count(struct store **store, const char *path)
{
	struct answer out = { CNG_OK, 0 };

	if (store_is_stale(*store)) {
		store_close(*store);
		*store = NULL;
		out.st = store_open(store, path, STORE_OPEN);
	}
	if (out.st == CNG_OK)
		out.st = store_count(*store, &out.number);
	return out;
}

static struct answer
do_login(struct store *store)
{
	struct answer out = { CNG_ERR_NO_MEMORY, 0 };
	struct vault *vault;

	if (vault_new(&vault, store) != CNG_OK)
		return out;
	if (vault_unlock(vault, VAULT_USER, span_str("wrong")) ==
	    CNG_ERR_PIN_WRONG)
		out.st = vault_unlock(vault, VAULT_USER, USER_PIN);
	vault_free(vault);
	return out;
}

static struct answer
do_ask(struct store **store, const char *path, enum ask ask)
{
	struct answer out = { CNG_OK, 0 };

	switch (ask) {
	case ASK_OPEN:
		out.st = store_open(store, path, STORE_OPEN);
		break;
	case ASK_CLOSE:
		store_close(*store);
		*store = NULL;
		break;
	case ASK_COUNT:
		return do_count(store, path);
	case ASK_STAMP:
		out.st = store_stamp(*store, &out.number);
		break;
	case ASK_WRITE:
		out.st = store_begin(*store);
		break;
	case ASK_LOGIN:
		return do_login(*store);
	}
	return out;
}

/* No check macros here. */
static void
serve(const char *path, int in, int to)
{
	struct store *store = NULL;
	struct answer out;
	uint8_t ask;

	if (!reader_become())
		_exit(1);
	while (read(in, &ask, 1) == 1) {
		out = do_ask(&store, path, ask);
		if (write(to, &out, sizeof(out)) != sizeof(out))
			_exit(2);
	}
	store_close(store);
	_exit(0);
}

struct reader
reader_start(void)
{
	char path[256];
	struct reader out;
	int in[2], to[2];

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	ck_assert_int_eq(pipe(in), 0);
	ck_assert_int_eq(pipe(to), 0);
	out.pid = fork();
	ck_assert_int_ge(out.pid, 0);
	if (out.pid == 0) {
		(void)close(in[1]);
		(void)close(to[0]);
		serve(path, in[0], to[1]);
	}
	(void)close(in[0]);
	(void)close(to[1]);
	out.ask = in[1];
	out.answer = to[0];
	return out;
}

struct answer
reader_try(const struct reader *reader, enum ask ask)
{
	uint8_t byte = (uint8_t)ask;
	struct answer out;

	ck_assert_int_eq(write(reader->ask, &byte, 1), 1);
	ck_assert_int_eq(read(reader->answer, &out, sizeof(out)),
	    sizeof(out));
	return out;
}

uint64_t
reader_ask(const struct reader *reader, enum ask ask)
{
	struct answer out = reader_try(reader, ask);

	ck_assert_msg(out.st == CNG_OK, "%d: %s", ask,
	    cng_status_name(out.st));
	return out.number;
}

void
reader_end(struct reader *reader)
{
	int status;

	(void)close(reader->ask);
	ck_assert_int_eq(waitpid(reader->pid, &status, 0), reader->pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void)close(reader->answer);
}
