/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configuration: files, environment, defaults.  A line that is wrong is an
 * error with its place, never ignored.
 */
#ifndef CNG_CORE_CONF_H
#define CNG_CORE_CONF_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define CONF_STORES_MAX 32

struct conf_store {
	char *path;
	bool always;     /* shown even before it exists (it was configured) */
};

struct conf {
	struct conf_store store[CONF_STORES_MAX];
	size_t store_count;
	bool compat;         /* all tokens: key uses may meet */
	char *compat_store[CONF_STORES_MAX]; /* the tokens in these */
	size_t compat_count;
	char *user_store;    /* where "cngtool init" makes one; may be NULL */
	char *machine_store;
	bool legacy_store;   /* PVK files beside stores may be written */
	char *log_file;      /* NULL: none */
	int log_level;
	char error[256];     /* "file:line: what" after CNG_ERR_CONFIG */
};

/* override: a file to read instead of the usual ones, or NULL.  Otherwise
 * CNG_PKCS11_CONF (ignored when set-id), else /etc and the user's file. */
enum cng_status conf_load(struct conf *conf, const char *override)
    CNG_MUST_CHECK;
void conf_free(struct conf *conf);

/* May uses meet in the keys of the token there (see core/conflict.h)? */
bool conf_is_compat(const struct conf *conf, const char *path);

#endif
