/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Another user's process, which may read a store that root shares.
 */
#ifndef CNG_TESTS_STORE_READER_H
#define CNG_TESTS_STORE_READER_H

#include "store_token.h"

#define READER 65534   /* user and group */

enum ask {
	ASK_OPEN = 0,
	ASK_CLOSE,
	ASK_COUNT,     /* as a token does: opened anew when it is stale */
	ASK_STAMP,
	ASK_WRITE,
	ASK_LOGIN,
};

struct answer {
	enum cng_status st;
	uint64_t number;
};

struct reader {
	pid_t pid;
	int ask;
	int answer;
};

/* Makes this process one of that user's, for good; or false. */
bool reader_become(void);

/* A process that does as it is asked with the test's token. */
struct reader reader_start(void);
struct answer reader_try(const struct reader *reader, enum ask ask);
/* The same for what has to succeed. */
uint64_t reader_ask(const struct reader *reader, enum ask ask);
void reader_end(struct reader *reader);

#endif
