/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Listings.  A listing is a JSON array of objects; the table shows some of
 * its members, so the two can not drift apart.
 */
#ifndef CNG_CLI_PRINT_H
#define CNG_CLI_PRINT_H

#include "base/span.h"
#include "cli/exit.h"

#include <jansson.h>

struct print_column {
	const char *key;         /* member of each row */
	const char *heading;
	bool right;              /* numbers */
};

/* Members of a JSON object.  A failed allocation is remembered: print_json
 * and print_table then print nothing and say so. */
void print_set_text(json_t *object, const char *key, struct span text);
void print_set_string(json_t *object, const char *key, const char *text);
void print_set_hex(json_t *object, const char *key, struct span bytes);
void print_set_number(json_t *object, const char *key, size_t number);
void print_set_bool(json_t *object, const char *key, bool value);
/* Keeps a reference of its own to the array. */
void print_set_array(json_t *object, const char *key, json_t *array);
/* Takes the row over. */
void print_append(json_t *array, json_t *row);

/* One escaped line on standard output, however long. */
void print_line(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

enum exit_code print_json(const json_t *value);

/* For --json: remarks are kept from now on, for a member "notes". */
void print_keep_notes(void);
void print_set_notes(json_t *object);
/* The failure that was said, as an object on standard output, unless the
 * command has printed its own. */
void print_failure(void);

enum exit_code print_table(const json_t *rows,
    const struct print_column *columns, size_t column_count);

#endif
