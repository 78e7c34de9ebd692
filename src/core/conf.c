/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configuration: which files there are, and what they come to.  The lines
 * of one file are conf_file.c's.
 */
#include "config.h"

#include "core/conf.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/util.h"
#include "core/conf_file.h"
#include "core/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF_NAME "/cng-pkcs11/cng-pkcs11.conf"
#define STORE_NAME "/cng-pkcs11/token.db"

#define CONF_VARIABLE "CNG_PKCS11_CONF"
#define DEBUG_VARIABLE "CNG_PKCS11_DEBUG"
#define FILE_TAG "file:"
#define LEVEL_TAG "level:"

/* --- files ------------------------------------------------------------ */

/* Absent: there is none, or it is somewhere this user cannot look. */
static bool
is_absent(const char *path, int error)
{
	struct stat info;

	if (error == ENOENT || error == ENOTDIR)
		return true;
	return error == EACCES && stat(path, &info) != 0;
}

/* Whoever can write the file decides which stores are trusted. */
static enum cng_status
check_owner(struct conf *conf, const char *path, int fd)
{
	struct stat info;

	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		conf_say(conf, path, 0, "not a regular file");
		return CNG_ERR_CONFIG;
	}
	if (info.st_uid != 0 && info.st_uid != geteuid()) {
		conf_say(conf, path, 0, "belongs to another user");
		return CNG_ERR_STORE_PERMISSION;
	}
	if (info.st_mode & (S_IWGRP | S_IWOTH)) {
		conf_say(conf, path, 0, "can be written by others");
		return CNG_ERR_STORE_PERMISSION;
	}
	return CNG_OK;
}

static enum cng_status
load_file(struct conf *conf, const char *path, bool needed)
{
	enum cng_status st;
	FILE *file;
	int fd;

	/* O_NONBLOCK: a FIFO in its place must not hang the host */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		if (!needed && is_absent(path, errno))
			return CNG_OK;
		conf_say(conf, path, 0, "cannot be opened");
		return CNG_ERR_CONFIG;
	}
	st = check_owner(conf, path, fd);
	if (st != CNG_OK) {
		close(fd);
		return st;
	}
	file = fdopen(fd, "r");
	if (file == NULL) {
		close(fd);
		return CNG_ERR_NO_MEMORY;
	}
	st = conf_file_read(conf, path, file);
	fclose(file);
	return st;
}

static bool
is_set_id(void)
{
	return getauxval(AT_SECURE) != 0;
}

static enum cng_status
load_usual_files(struct conf *conf)
{
	char *path = NULL;
	enum cng_status st = load_file(conf, SYSCONFDIR CONF_NAME, false);

	/* the caller's wishes are not those of a set-id program */
	if (st != CNG_OK || is_set_id())
		return st;
	st = home_xdg_path(&path, "XDG_CONFIG_HOME", "/.config", CONF_NAME);
	if (st == CNG_OK && path != NULL)
		st = load_file(conf, path, false);
	mem_free(path);
	return st;
}

/* --- environment and defaults ----------------------------------------- */

/* Where the last "level:" item begins, so that a path may have commas. */
static const char *
last_level(const char *text)
{
	const char *found = NULL;

	for (const char *at = strstr(text, LEVEL_TAG); at != NULL;
	     at = strstr(at + 1, LEVEL_TAG))
		if (at == text || at[-1] == ',')
			found = at;
	return found;
}

/* Levels beyond ours are as much as there is. */
static bool
level_of(const char *item, int *out)
{
	const char *digit = item + strlen(LEVEL_TAG);

	if (digit[0] < '0' || digit[0] > '9' || digit[1] != '\0')
		return false;
	*out = digit[0] - '0' > LOG_DEBUG ? LOG_DEBUG : digit[0] - '0';
	return true;
}

/* A path, or a word for standard error; NULL: neither. */
static const char *
target_of(const char *text, size_t *len)
{
	static const char *const words[] = { CONF_STDERR, "all", "1" };

	if (strncmp(text, FILE_TAG "/", strlen(FILE_TAG) + 1) == 0 &&
	    *len > strlen(FILE_TAG)) {
		*len -= strlen(FILE_TAG);
		return text + strlen(FILE_TAG);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (*len == strlen(words[i]) &&
		    strncmp(text, words[i], *len) == 0) {
			*len = strlen(CONF_STDERR);
			return CONF_STDERR;
		}
	}
	return NULL;
}

/* "file:PATH,level:N", as the OpenSSL provider for PKCS#11 spells it; one of
 * them is enough.  No host fails for a log that it does not get. */
static enum cng_status
apply_debug(struct conf *conf, const char *text)
{
	const char *item = last_level(text), *target = NULL;
	size_t len = strlen(text);
	int level = LOG_DEBUG;
	char *copy;

	if (item > text)
		len = (size_t)(item - text) - 1;
	if (item != text)
		target = target_of(text, &len);
	if ((item != NULL && !level_of(item, &level)) ||
	    (item != text && target == NULL)) {
		conf_say(conf, DEBUG_VARIABLE, 0, "not understood, ignored:"
		    " file:/PATH or stderr, and ,level:0 to ,level:3");
		return CNG_OK;
	}
	conf->log_level = level;
	if (target == NULL)
		return CNG_OK;
	copy = mem_new(len + 1, 1);
	if (copy == NULL)
		return CNG_ERR_NO_MEMORY;
	memcpy(copy, target, len);
	mem_free(conf->log_file);
	conf->log_file = copy;
	conf->log_asked = true;
	return CNG_OK;
}

/* "none" was kept as "" so that no default takes its place. */
static void
drop_none(char **value)
{
	if (*value != NULL && **value == '\0') {
		mem_free(*value);
		*value = NULL;
	}
}

static enum cng_status
apply_defaults(struct conf *conf)
{
	const char *debug = secure_getenv(DEBUG_VARIABLE);
	enum cng_status st = CNG_OK;

	if (conf->user_store == NULL)
		st = home_xdg_path(&conf->user_store, "XDG_DATA_HOME",
		    "/.local/share", STORE_NAME);
	if (st == CNG_OK && conf->machine_store == NULL) {
		conf->machine_store = mem_strdup(LOCALSTATEDIR "/lib"
		    STORE_NAME);
		if (conf->machine_store == NULL)
			st = CNG_ERR_NO_MEMORY;
	}
	if (st == CNG_OK && debug != NULL && debug[0] != '\0')
		st = apply_debug(conf, debug);
	drop_none(&conf->user_store);
	drop_none(&conf->machine_store);
	drop_none(&conf->log_file);
	drop_none(&conf->card_admin_key_file);
	return st;
}

/* --- what it was read by ----------------------------------------------- */

static const char *const variables[CONF_VARIABLES] = {
	CONF_VARIABLE,
	DEBUG_VARIABLE,
	"HOME",
	"XDG_CONFIG_HOME",
	"XDG_DATA_HOME",
};

/* true, too, for no text. */
static bool
copy_text(char **out, const char *text)
{
	*out = text != NULL ? mem_strdup(text) : NULL;
	return text == NULL || *out != NULL;
}

static enum cng_status
remember(struct conf *conf, const char *override)
{
	bool good = copy_text(&conf->named, override);

	for (size_t i = 0; good && i < CONF_VARIABLES; i++)
		good = copy_text(
		    &conf->variable[i], secure_getenv(variables[i]));
	return good ? CNG_OK : CNG_ERR_NO_MEMORY;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
conf_holds(const struct conf *conf, const char *override)
{
	bool holds = is_same_text(conf->named, override);

	for (size_t i = 0; holds && i < CONF_VARIABLES; i++) {
		const char *now = secure_getenv(variables[i]);

		holds = now == NULL || is_same_text(conf->variable[i], now);
	}
	return holds;
}

/* --- all of it -------------------------------------------------------- */

enum cng_status
conf_load(struct conf *conf, const char *override)
{
	const char *named = override;
	enum cng_status st;

	*conf = (struct conf){ .log_level = LOG_INFO };
	if (named == NULL)
		named = secure_getenv(CONF_VARIABLE);
	st = remember(conf, override);
	if (st == CNG_OK)
		st = named != NULL ? load_file(conf, named, true) :
				     load_usual_files(conf);
	if (st == CNG_OK)
		st = apply_defaults(conf);
	if (st != CNG_OK)
		conf_free(conf);
	return st;
}

/* Nothing of it belongs to another yet. */
static void
disown(struct conf *conf)
{
	for (size_t i = 0; i < conf->store_count; i++)
		conf->store[i].path = NULL;
	for (size_t i = 0; i < conf->compat_count; i++)
		conf->compat_store[i] = NULL;
	for (size_t i = 0; i < conf->reader_count; i++)
		conf->reader[i] = NULL;
	for (size_t i = 0; i < conf->source_count; i++)
		conf->source[i].store = conf->source[i].from = NULL;
	for (size_t i = 0; i < CONF_VARIABLES; i++)
		conf->variable[i] = NULL;
	conf->user_store = conf->machine_store = NULL;
	conf->card_admin_key_file = conf->log_file = conf->named = NULL;
}

enum cng_status
conf_copy(struct conf *out, const struct conf *conf)
{
	bool good;

	*out = *conf;
	disown(out);
	good = copy_text(&out->user_store, conf->user_store) &&
	    copy_text(&out->machine_store, conf->machine_store) &&
	    copy_text(&out->card_admin_key_file,
		conf->card_admin_key_file) &&
	    copy_text(&out->log_file, conf->log_file) &&
	    copy_text(&out->named, conf->named);
	for (size_t i = 0; good && i < conf->store_count; i++)
		good = copy_text(&out->store[i].path, conf->store[i].path);
	for (size_t i = 0; good && i < conf->compat_count; i++)
		good = copy_text(
		    &out->compat_store[i], conf->compat_store[i]);
	for (size_t i = 0; good && i < conf->reader_count; i++)
		good = copy_text(&out->reader[i], conf->reader[i]);
	for (size_t i = 0; good && i < conf->source_count; i++)
		good = copy_text(
			   &out->source[i].store, conf->source[i].store) &&
		    copy_text(&out->source[i].from, conf->source[i].from);
	for (size_t i = 0; good && i < CONF_VARIABLES; i++)
		good = copy_text(&out->variable[i], conf->variable[i]);
	if (!good)
		conf_free(out);
	return good ? CNG_OK : CNG_ERR_NO_MEMORY;
}

bool
conf_is_compat(const struct conf *conf, const char *path)
{
	for (size_t i = 0; i < conf->compat_count; i++)
		if (path != NULL && strcmp(conf->compat_store[i], path) == 0)
			return true;
	return conf->compat;
}

/* The last word counts: the user's after that of the system. */
const char *
conf_pin_source(const struct conf *conf, const char *path)
{
	for (size_t i = conf->source_count; i-- > 0;)
		if (path != NULL && strcmp(conf->source[i].store, path) == 0)
			return conf->source[i].from;
	return NULL;
}

bool
conf_wants_reader(const struct conf *conf, const char *name)
{
	if (conf->no_readers)
		return false;
	for (size_t i = 0; i < conf->reader_count; i++)
		if (strncmp(conf->reader[i], name,
			strlen(conf->reader[i])) == 0)
			return true;
	return conf->reader_count == 0;
}

void
conf_free(struct conf *conf)
{
	for (size_t i = 0; i < conf->store_count; i++)
		mem_free(conf->store[i].path);
	conf->store_count = 0;
	for (size_t i = 0; i < conf->compat_count; i++)
		mem_free(conf->compat_store[i]);
	conf->compat_count = 0;
	for (size_t i = 0; i < conf->reader_count; i++)
		mem_free(conf->reader[i]);
	conf->reader_count = 0;
	for (size_t i = 0; i < conf->source_count; i++) {
		mem_free(conf->source[i].store);
		mem_free(conf->source[i].from);
	}
	conf->source_count = 0;
	mem_free(conf->card_admin_key_file);
	conf->card_admin_key_file = NULL;
	mem_free(conf->user_store);
	mem_free(conf->machine_store);
	mem_free(conf->log_file);
	conf->user_store = conf->machine_store = conf->log_file = NULL;
	mem_free(conf->named);
	conf->named = NULL;
	for (size_t i = 0; i < CONF_VARIABLES; i++) {
		mem_free(conf->variable[i]);
		conf->variable[i] = NULL;
	}
}
