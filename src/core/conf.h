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
#define CONF_READERS_MAX 16
#define CONF_VARIABLES 5
#define CONF_SOURCES_MAX 16

/* Private keys that may be brought onto cards: none unless it is said, as
 * Windows has it. */
enum conf_import {
	CONF_IMPORT_EXCHANGE = 0x1,  /* AllowPrivateExchangeKeyImport */
	CONF_IMPORT_SIGNATURE = 0x2, /* AllowPrivateSignatureKeyImport */
	CONF_IMPORT_ECDHE = 0x4,     /* AllowPrivateECDHEKeyImport */
	CONF_IMPORT_ECDSA = 0x8,     /* AllowPrivateECDSAKeyImport */
};

/* Where the log goes, instead of a path. */
#define CONF_STDERR "stderr"

struct conf_store {
	char *path;
	bool always;     /* shown even before it exists (it was configured) */
};

/* Where the user PIN of the token in a store is found: see knownpin.h. */
struct conf_source {
	char *store;
	char *from;
};

struct conf {
	struct conf_store store[CONF_STORES_MAX];
	size_t store_count;
	bool compat;         /* all tokens: key uses may meet */
	char *compat_store[CONF_STORES_MAX]; /* the tokens in these */
	size_t compat_count;
	struct conf_source source[CONF_SOURCES_MAX];
	size_t source_count;
	char *user_store;    /* where "cngtool init" makes one; may be NULL */
	char *machine_store;
	bool legacy_store;   /* PVK files beside stores may be written */
	bool no_readers;     /* cards are not looked for */
	char *reader[CONF_READERS_MAX]; /* those alone; none named: all */
	size_t reader_count;
	char *card_admin_key_file; /* NULL: none */
	unsigned card_import; /* or of enum conf_import */
	char *log_file;      /* NULL: none; or CONF_STDERR */
	bool log_asked;      /* it is what CNG_PKCS11_DEBUG wants */
	int log_level;
	char error[256];     /* "file:line: what" after CNG_ERR_CONFIG; after
	                      * CNG_OK what was ignored, or "" */
	/* What it was read by: the file that was named, or NULL; and the
	 * environment, NULL where a variable was not set. */
	char *named;
	char *variable[CONF_VARIABLES];
};

/* override: a file to read instead of the usual ones, or NULL.  Otherwise
 * CNG_PKCS11_CONF (ignored when set-id), else /etc and the user's file. */
enum cng_status conf_load(struct conf *conf, const char *override)
    CNG_MUST_CHECK;
void conf_free(struct conf *conf);
enum cng_status conf_copy(struct conf *out, const struct conf *conf)
    CNG_MUST_CHECK;

/* Would it be read in the same way now?  A variable that is gone does not
 * count: programs clear the environment of the processes that they make. */
bool conf_holds(const struct conf *conf, const char *override);

/* Is a reader of that name one to look into?  A name may be cut short. */
bool conf_wants_reader(const struct conf *conf, const char *name);

/* NULL: the PIN is asked for. */
const char *conf_pin_source(const struct conf *conf, const char *path);

/* May uses meet in the keys of the token there (see core/conflict.h)? */
bool conf_is_compat(const struct conf *conf, const char *path);

#endif
