/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the user's own files are.
 */
#include "config.h"

#include "core/home.h"

#include "base/alloc.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PASSWD_MAX 4096

static enum cng_status
join(char **out, const char *a, const char *b, const char *c)
{
	size_t la = strlen(a), lb = strlen(b), lc = strlen(c);
	char *path = mem_new(la + lb + lc + 1, 1);

	if (path == NULL)
		return CNG_ERR_NO_MEMORY;
	memcpy(path, a, la);
	memcpy(path + la, b, lb);
	memcpy(path + la + lb, c, lc);
	*out = path;
	return CNG_OK;
}

/* "" and relative names count as not set. */
static const char *
environment(const char *variable)
{
	const char *value = secure_getenv(variable);

	return value != NULL && value[0] == '/' ? value : NULL;
}

static enum cng_status
under_home(char **out, const char *middle, const char *tail)
{
	const char *home = environment("HOME");
	struct passwd entry, *found = NULL;
	char text[PASSWD_MAX];

	if (home == NULL &&
	    getpwuid_r(geteuid(), &entry, text, sizeof text, &found) == 0 &&
	    found != NULL && found->pw_dir != NULL &&
	    found->pw_dir[0] == '/')
		home = found->pw_dir;
	return home == NULL ? CNG_OK : join(out, home, middle, tail);
}

enum cng_status
home_path(char **out, const char *tail)
{
	*out = NULL;
	return under_home(out, "", tail);
}

enum cng_status
home_xdg_path(char **out, const char *variable, const char *fallback,
    const char *tail)
{
	const char *dir = environment(variable);

	*out = NULL;
	return dir != NULL ? join(out, dir, "", tail) :
			     under_home(out, fallback, tail);
}
