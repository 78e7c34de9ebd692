/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a test says to the simulated readers in its own process.  They are in
 * libpcsclite.so.1 of this folder; ../README.md has the words.
 */
#ifndef TESTS_CARD_PCSC_TELL_H
#define TESTS_CARD_PCSC_TELL_H

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef int simcard_tell_fn(const char *reader, const char *words);

/* -1 for what makes no sense; the number that was asked for, or 0. */
int simcard_tell(const char *reader, const char *words);

/* Makes the simulated readers those of this process, whatever the search path
 * of libraries says: to be called before anybody asks for a reader.  NULL: it
 * is not built. */
static inline simcard_tell_fn *
simcard_load(const char *readers)
{
	const char *path = getenv("SIMCARD_LIBRARY");
	simcard_tell_fn *tell = NULL;
	void *library, *found;

	if (path == NULL)
		path = "tests/card/pcsc/.libs/libpcsclite.so.1";
	if (readers != NULL && setenv("SIMCARD_READERS", readers, 1) != 0)
		return NULL;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	found = library == NULL ? NULL : dlsym(library, "simcard_tell");
	memcpy(&tell, &found, sizeof tell);
	return tell;
}

#endif
