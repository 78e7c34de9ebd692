/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the store's tests share: a folder of their own and rows to put in.
 */
#ifndef CNG_TESTS_STORE_HELP_H
#define CNG_TESTS_STORE_HELP_H

#include <check.h>

#include "store/store.h"

/* A fresh folder for each test, removed afterwards. */
void help_setup(void);
void help_teardown(void);

/* A path inside the folder; good for the next fifteen calls. */
const char *help_path(const char *name);

/* Opens, or fails the test. */
struct store *help_open(const char *path, enum store_mode mode);

/* A record with that uid number, its contents made from the number. */
void help_record(struct store_record *record, unsigned number);
/* Is it the whole record of that number? */
bool help_is_record(const struct store_record *record, unsigned number);

/* Inserts one in a transaction of its own. */
uint64_t help_put(struct store *store, unsigned number);

/* The whole of a file. */
uint8_t *help_read(const char *path, size_t *len);
void help_write(const char *path, const void *bytes, size_t len);

/* Runs statements over a connection of its own; vfs NULL: SQLite's. */
void help_sql(const char *path, const char *vfs, const char *sql);

/* Runs the suite's one case; number of failures as exit code. */
int help_run(const char *name, const TTest *const *tests, size_t count);

#endif
