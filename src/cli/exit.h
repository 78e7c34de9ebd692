/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the tool ends: exit codes, and the one line that says what was wrong
 * and what to do.  Foreign text in that line is made harmless.
 */
#ifndef CNG_CLI_EXIT_H
#define CNG_CLI_EXIT_H

#include "base/status.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_AUTH = 4,
	EXIT_POLICY = 5,
};

/* The command that error lines name; NULL: none yet. */
void exit_set_command(const char *name);

enum exit_code exit_of(enum cng_status st);

/* "BAD_DATA": as lines and JSON name a status. */
const char *exit_name(enum cng_status st);

/* What a user can do about it; NULL when there is nothing to say. */
const char *exit_advice(enum cng_status st);

/* "cngtool: CMD: text (NAME); advice".  Returns the code of st. */
enum exit_code fail(enum cng_status st, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with advice of its own. */
enum exit_code fail_advise(enum cng_status st, const char *advice,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "cngtool: CMD: text; see 'cngtool help CMD'".  Returns EXIT_USAGE. */
enum exit_code fail_usage(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* From here on the next failure is kept and not said; NULL: as usual again. */
#define EXIT_HELD_TEXT 512
struct exit_held {
	enum cng_status st;      /* CNG_OK: nothing failed */
	char text[EXIT_HELD_TEXT]; /* without advice */
};
void exit_hold(struct exit_held *held);

/* The last one that was said, for those who read JSON; NULL: none was. */
#define EXIT_TEXT 1024
#define EXIT_ADVICE 1536 /* a command with a path in it */
struct exit_failure {
	enum cng_status st;
	char text[EXIT_TEXT];    /* not escaped */
	char advice[EXIT_ADVICE]; /* the same; or "" */
};
const struct exit_failure *exit_last(void);

/* Gets each remark as well, not escaped. */
void exit_hear_notes(void (*heard)(const char *text));

/* A remark on stderr that does not change the outcome. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
