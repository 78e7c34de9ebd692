/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One configuration file: lines of "key = value", "#" and ";" comments.  No
 * sections.  A value that starts with "~/" is under the home; nothing else
 * is expanded.
 */
#ifndef CNG_CORE_CONF_FILE_H
#define CNG_CORE_CONF_FILE_H

#include "core/conf.h"

#include <stdio.h>

/* Adds the file's stores to conf and overrides its single values; "none"
 * becomes "".  Stops at the first line that is wrong. */
enum cng_status conf_file_read(struct conf *conf, const char *path,
    FILE *file) CNG_MUST_CHECK;

/* Sets conf->error to "path:line: what"; line 0: none to name. */
void conf_say(struct conf *conf, const char *path, unsigned line,
    const char *what);

#endif
