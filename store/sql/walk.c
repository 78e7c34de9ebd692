/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading beside others.  Who may not write beside the store cannot keep a
 * writer out, and is told so only half way: it reads again.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <time.h>

#define NAP_NS 1000000

static int64_t
now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
sql_wait_begin(struct wait *wait)
{
	wait->since = now_ms();
}

bool
sql_wait(const struct wait *wait, int64_t milliseconds)
{
	const struct timespec nap = { 0, NAP_NS };

	if (now_ms() - wait->since >= milliseconds)
		return false;
	(void)nanosleep(&nap, NULL);
	return true;
}

/* A store that is looked at as it was has to be opened anew instead. */
static bool
is_disturbed(const struct store *store, int rc)
{
	return ((rc & 0xff) == SQLITE_BUSY ||
	    rc == SQLITE_READONLY_RECOVERY ||
	    rc == SQLITE_READONLY_CANTINIT) && !store_is_stale(store);
}

int
sql_step(const struct store *store, sqlite3_stmt *stmt, struct walk *walk)
{
	int rc;

	if (store->read_only && walk->rows == 0)
		sql_wait_begin(&walk->wait);
	rc = sqlite3_step(stmt);
	while (store->read_only && is_disturbed(store, rc) &&
	    sql_wait(&walk->wait, SQL_WAIT_MS)) {
		(void)sqlite3_reset(stmt);
		walk->rows = 0;
		rc = sqlite3_step(stmt);
	}
	walk->rows += rc == SQLITE_ROW;
	return rc;
}
