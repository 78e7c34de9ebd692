/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One configuration file.  libinih takes a line apart; how long lines may
 * be, what they are made of and where they are is judged here, before it
 * sees them, and its settings (which any part of the process can change) do
 * not matter.
 */
#include "core/conf_file.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/util.h"
#include "base/utf16.h"
#include "core/home.h"
#include "core/knownpin.h"

#include <ini.h>
#include <string.h>

#define LINES_MAX 10000

/* Of a path, its end says more than its beginning. */
#define PATH_SHOWN 150

struct conf_file {
	struct conf *conf;
	const char *path;
	FILE *file;
	unsigned line;
	unsigned seen;           /* bit per key: had a line already */
	size_t stores_before;    /* of other files */
	bool readers;            /* it has named some */
	const char *store;       /* named last; borrowed from the conf */
	enum cng_status st;      /* of the first line that is wrong */
};

void
conf_say(struct conf *conf, const char *path, unsigned line,
    const char *what)
{
	size_t len = strlen(path);
	size_t cut = len > PATH_SHOWN ? len - PATH_SHOWN : 0;
	const char *dots = cut > 0 ? "..." : "";

	if (line == 0)
		snprintf(conf->error, sizeof conf->error, "%s%s: %s", dots,
		    path + cut, what);
	else
		snprintf(conf->error, sizeof conf->error, "%s%s:%u: %s",
		    dots, path + cut, line, what);
}

/* Only the first one counts. */
static void
wrong(struct conf_file *f, const char *what)
{
	if (f->st != CNG_OK)
		return;
	f->st = CNG_ERR_CONFIG;
	conf_say(f->conf, f->path, f->line, what);
}

/* --- values ----------------------------------------------------------- */

/* *out is not touched when the value is wrong. */
static void
take_path(struct conf_file *f, const char *value, char **out)
{
	char *path = NULL;

	if (value[0] == '/') {
		path = mem_strdup(value);
		if (path == NULL)
			f->st = CNG_ERR_NO_MEMORY;
	} else if (value[0] == '~' && value[1] == '/') {
		f->st = home_path(&path, value + 1);
		if (f->st == CNG_OK && path == NULL)
			wrong(f, "the home directory is not known");
	} else {
		wrong(f, "not an absolute path");
	}
	if (path == NULL)
		return;
	mem_free(*out);
	*out = path;
}

static void
take_path_or_none(struct conf_file *f, const char *value, char **out)
{
	char *none;

	if (strcmp(value, "none") != 0) {
		take_path(f, value, out);
		return;
	}
	none = mem_strdup("");
	if (none == NULL) {
		f->st = CNG_ERR_NO_MEMORY;
		return;
	}
	mem_free(*out);
	*out = none;
}

static void
set_store(struct conf_file *f, const char *value)
{
	struct conf *conf = f->conf;
	char *path = NULL;

	take_path(f, value, &path);
	if (path == NULL)
		return;
	for (size_t i = 0; i < conf->store_count; i++) {
		if (strcmp(conf->store[i].path, path) != 0)
			continue;
		/* a user may well name a store that the system names too */
		if (i >= f->stores_before)
			wrong(f, "this store is named twice");
		f->store = conf->store[i].path;
		mem_free(path);
		return;
	}
	if (conf->store_count == CONF_STORES_MAX) {
		wrong(f, "too many stores");
		mem_free(path);
		return;
	}
	conf->store[conf->store_count++] = (struct conf_store){
		.path = path,
		.always = true,
	};
	f->store = path;
}

static void
set_policy(struct conf_file *f, const char *value)
{
	f->conf->compat = strcmp(value, "compat") == 0;
	if (!f->conf->compat && strcmp(value, "strict") != 0)
		wrong(f, "not one of strict, compat");
}

static void
set_compat_store(struct conf_file *f, const char *value)
{
	struct conf *conf = f->conf;
	char *path = NULL;

	take_path(f, value, &path);
	if (path != NULL && conf->compat_count == CONF_STORES_MAX)
		wrong(f, "too many stores");
	if (f->st == CNG_OK)
		conf->compat_store[conf->compat_count++] = path;
	else
		mem_free(path);
}

static void
set_user_store(struct conf_file *f, const char *value)
{
	take_path_or_none(f, value, &f->conf->user_store);
	f->store = f->conf->user_store;
}

static void
set_machine_store(struct conf_file *f, const char *value)
{
	take_path_or_none(f, value, &f->conf->machine_store);
	f->store = f->conf->machine_store;
}

/* A path, as it is or as a file: URI; never a command. */
static void
take_source(struct conf_file *f, const char *value, char **out)
{
	static const char file[] = "file:";
	const size_t tag = strlen(PIN_CREDENTIAL);

	if (value[0] == '|') {
		wrong(f, "commands are not run; name a file");
	} else if (strncmp(value, PIN_CREDENTIAL, tag) == 0) {
		if (value[tag] == '\0' || value[tag] == '.' ||
		    strchr(value + tag, '/') != NULL)
			wrong(f, "not the name of a credential");
		else if ((*out = mem_strdup(value)) == NULL)
			f->st = CNG_ERR_NO_MEMORY;
	} else {
		if (strncmp(value, file, strlen(file)) == 0)
			value += strlen(file);
		if (strncmp(value, "//", 2) == 0 && value[2] != '/')
			wrong(f, "not a file of this machine");
		else
			take_path(f, value, out);
	}
}

static void
set_pin_source(struct conf_file *f, const char *value)
{
	struct conf *conf = f->conf;
	struct conf_source *line;

	if (f->store == NULL || f->store[0] == '\0')
		wrong(f, "no store is named above it");
	else if (conf->source_count == CONF_SOURCES_MAX)
		wrong(f, "too many sources");
	if (f->st != CNG_OK)
		return;
	line = &conf->source[conf->source_count];
	*line = (struct conf_source){ .store = mem_strdup(f->store) };
	conf->source_count++;
	if (line->store == NULL)
		f->st = CNG_ERR_NO_MEMORY;
	else
		take_source(f, value, &line->from);
}

static void
set_log_file(struct conf_file *f, const char *value)
{
	take_path_or_none(f, value, &f->conf->log_file);
}

static void
set_log_level(struct conf_file *f, const char *value)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error",
		[LOG_WARN] = "warn",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			f->conf->log_level = (int)i;
			return;
		}
	}
	wrong(f, "not one of error, warn, info, debug");
}

static void
set_legacy_store(struct conf_file *f, const char *value)
{
	if (strcmp(value, "yes") == 0)
		f->conf->legacy_store = true;
	else if (strcmp(value, "no") == 0)
		f->conf->legacy_store = false;
	else
		wrong(f, "not yes or no");
}

/* A later file, or "all" and "none", start over. */
static void
set_readers(struct conf_file *f, const char *value)
{
	struct conf *conf = f->conf;
	bool none = strcmp(value, "none") == 0;
	char *name;

	if (!f->readers || none || strcmp(value, "all") == 0) {
		while (conf->reader_count > 0)
			mem_free(conf->reader[--conf->reader_count]);
		conf->no_readers = none;
		f->readers = true;
	}
	if (none || strcmp(value, "all") == 0)
		return;
	if (conf->reader_count == CONF_READERS_MAX) {
		wrong(f, "too many readers");
		return;
	}
	name = mem_strdup(value);
	if (name == NULL) {
		f->st = CNG_ERR_NO_MEMORY;
		return;
	}
	conf->no_readers = false;
	conf->reader[conf->reader_count++] = name;
}

static void
set_admin_key_file(struct conf_file *f, const char *value)
{
	take_path_or_none(f, value, &f->conf->card_admin_key_file);
}

/* Windows has numbers here. */
static void
set_import(struct conf_file *f, const char *value, enum conf_import bit)
{
	if (strcmp(value, "1") == 0 || strcmp(value, "yes") == 0)
		f->conf->card_import |= bit;
	else if (strcmp(value, "0") == 0 || strcmp(value, "no") == 0)
		f->conf->card_import &= ~(unsigned)bit;
	else
		wrong(f, "not 0 or 1");
}

static void
set_import_exchange(struct conf_file *f, const char *value)
{
	set_import(f, value, CONF_IMPORT_EXCHANGE);
}

static void
set_import_signature(struct conf_file *f, const char *value)
{
	set_import(f, value, CONF_IMPORT_SIGNATURE);
}

static void
set_import_ecdhe(struct conf_file *f, const char *value)
{
	set_import(f, value, CONF_IMPORT_ECDHE);
}

static void
set_import_ecdsa(struct conf_file *f, const char *value)
{
	set_import(f, value, CONF_IMPORT_ECDSA);
}

/* --- lines ------------------------------------------------------------ */

struct key_row {
	const char *name;
	bool many;
	void (*set)(struct conf_file *f, const char *value);
};

/* Of those of cards, which are brought in use one after the other, the last
 * line counts. */
static const struct key_row keys[] = {
	{ "store", true, set_store },
	{ "user_store", false, set_user_store },
	{ "machine_store", false, set_machine_store },
	{ "pin_source", true, set_pin_source },
	{ "legacy_store", false, set_legacy_store },
	{ "policy", false, set_policy },
	{ "compat_store", true, set_compat_store },
	{ "readers", true, set_readers },
	{ "card_admin_key_file", true, set_admin_key_file },
	{ "AllowPrivateExchangeKeyImport", true, set_import_exchange },
	{ "AllowPrivateSignatureKeyImport", true, set_import_signature },
	{ "AllowPrivateECDHEKeyImport", true, set_import_ecdhe },
	{ "AllowPrivateECDSAKeyImport", true, set_import_ecdsa },
	{ "log_file", false, set_log_file },
	{ "log_level", false, set_log_level },
};

static void
take_line(struct conf_file *f, const char *name, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(name, keys[i].name) != 0)
			continue;
		if (value == NULL || value[0] == '\0')
			wrong(f, "a value is missing");
		else if (!keys[i].many && f->seen & 1u << i)
			wrong(f, "this key was set before");
		else
			keys[i].set(f, value);
		f->seen |= 1u << i;
		return;
	}
	wrong(f, "unknown key");
}

/* For libinih: returns 0 for an error. */
static int
on_line(void *user, const char *section, const char *name,
    const char *value)
{
	struct conf_file *f = user;

	if (section[0] != '\0')
		wrong(f, "there are no sections here");
	if (f->st == CNG_OK)
		take_line(f, name, value);
	return f->st == CNG_OK;
}

/* Reads up to the line's end without it; false at the end of the file. */
static bool
read_line(struct conf_file *f, char *text, size_t size)
{
	size_t len = 0;
	int c;

	while ((c = getc(f->file)) != EOF && c != '\n') {
		/* else libinih would see the continuation of a value */
		if (len == 0 && (c == ' ' || c == '\t'))
			continue;
		if (c == '\r')
			c = ' ';
		if ((c < ' ' && c != '\t') || c == 0x7f) {
			wrong(f, "a control character");
			return false;
		}
		if (len + 1 >= size) {
			wrong(f, "the line is too long");
			return false;
		}
		text[len++] = (char)c;
	}
	text[len] = '\0';
	return c != EOF || len > 0;
}

/* For libinih, in the place of fgets. */
static char *
next_line(char *text, int size, void *stream)
{
	struct conf_file *f = stream;

	if (f->st != CNG_OK || size < 2)
		return NULL;
	f->line++;
	if (f->line > LINES_MAX) {
		wrong(f, "too many lines");
		return NULL;
	}
	if (!read_line(f, text, (size_t)size))
		return NULL;
	if (text[0] == '[')
		wrong(f, "there are no sections here");
	else if (!utf8_valid(span_str(text)))
		wrong(f, "not UTF-8");
	return f->st == CNG_OK ? text : NULL;
}

enum cng_status
conf_file_read(struct conf *conf, const char *path, FILE *file)
{
	struct conf_file f = {
		.conf = conf,
		.path = path,
		.file = file,
		.stores_before = conf->store_count,
	};
	int line = ini_parse_stream(next_line, &f, on_line, &f);

	if (f.st == CNG_OK && line < 0)
		f.st = CNG_ERR_NO_MEMORY;
	if (f.st == CNG_OK && line > 0) {
		f.line = (unsigned)line;
		wrong(&f, "not \"key = value\"");
	}
	if (f.st == CNG_OK && ferror(file)) {
		f.line = 0;
		wrong(&f, "cannot be read");
	}
	return f.st;
}
