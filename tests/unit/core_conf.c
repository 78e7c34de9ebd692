/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configuration: which files count, what a line may say, and how a wrong one
 * is reported.
 */
#include "config.h"

#include "core/conf.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/util.h"
#include "core/conf_file.h"
#include "tests/unit/runner.h"
#include "tests/unit/tempdir.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[TEMPDIR_MAX];
static char text[8192];

/* dir/name, in one of a few static places. */
static const char *
at(const char *name)
{
	static char place[4][TEMPDIR_MAX + 256];
	static size_t next;
	char *path = place[next++ % ARRAY_LEN(place)];

	snprintf(path, sizeof place[0], "%s/%s", dir, name);
	return path;
}

static void
write_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static void __attribute__((format(printf, 2, 3)))
write_file(const char *path, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	ck_assert(len >= 0 && (size_t)len < sizeof text);
	write_bytes(path, text, (size_t)len);
}

/* A home of our own with nothing in it. */
static void
set_up(void)
{
	tempdir_make(dir);
	ck_assert_int_eq(setenv("HOME", dir, 1), 0);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_DATA_HOME");
	unsetenv("CNG_PKCS11_CONF");
	unsetenv("CNG_PKCS11_DEBUG");
}

static void
tear_down(void)
{
	tempdir_remove(dir);
}

static struct conf
load_good(const char *named)
{
	struct conf conf;
	enum cng_status st = conf_load(&conf, named);

	ck_assert_msg(st == CNG_OK, "%s: %s", cng_status_name(st),
	    conf.error);
	return conf;
}

START_TEST(nothing_there)
{
	struct conf conf = load_good(NULL);

	ck_assert_uint_eq(conf.store_count, 0);
	ck_assert_str_eq(conf.user_store,
	    at(".local/share/cng-pkcs11/token.db"));
	ck_assert_str_eq(conf.machine_store,
	    LOCALSTATEDIR "/lib/cng-pkcs11/token.db");
	ck_assert_ptr_null(conf.log_file);
	conf_free(&conf);
	conf_free(&conf);
}
END_TEST

START_TEST(no_home)
{
	struct conf conf;

	unsetenv("HOME");
	conf = load_good(NULL);
	conf_free(&conf);
	setenv("HOME", "not/absolute", 1);
	conf = load_good(NULL);
	if (conf.user_store != NULL)
		ck_assert_int_eq(conf.user_store[0], '/');
	conf_free(&conf);
	setenv("HOME", "/nonexistent/home", 1);
	conf = load_good(NULL);
	ck_assert_str_eq(conf.user_store,
	    "/nonexistent/home/.local/share/cng-pkcs11/token.db");
	conf_free(&conf);
}
END_TEST

START_TEST(xdg_directories)
{
	struct conf conf;

	setenv("XDG_DATA_HOME", "/data", 1);
	setenv("XDG_CONFIG_HOME", at("etc"), 1);
	ck_assert_int_eq(mkdir(at("etc"), 0700), 0);
	ck_assert_int_eq(mkdir(at("etc/cng-pkcs11"), 0700), 0);
	write_file(at("etc/cng-pkcs11/cng-pkcs11.conf"),
	    "log_level = debug\n");
	conf = load_good(NULL);
	ck_assert_str_eq(conf.user_store, "/data/cng-pkcs11/token.db");
	ck_assert_int_eq(conf.log_level, LOG_DEBUG);
	conf_free(&conf);
	setenv("XDG_DATA_HOME", "data", 1);
	conf = load_good(NULL);
	ck_assert_str_eq(conf.user_store,
	    at(".local/share/cng-pkcs11/token.db"));
	conf_free(&conf);
}
END_TEST

START_TEST(every_key)
{
	struct conf conf;

	write_file(at("c"), "# comment\n; another\n\n"
	    "store = /srv/a.db\r\n"
	    "  store=~/b.db\n"
	    "\tuser_store = /u.db ; said so\n"
	    "machine_store = none\n"
	    "log_file = %s/log file.txt\n"
	    "log_level = error", dir);
	conf = load_good(at("c"));
	ck_assert_uint_eq(conf.store_count, 2);
	ck_assert_str_eq(conf.store[0].path, "/srv/a.db");
	ck_assert_str_eq(conf.store[1].path, at("b.db"));
	ck_assert(conf.store[0].always && conf.store[1].always);
	ck_assert_str_eq(conf.user_store, "/u.db");
	ck_assert_ptr_null(conf.machine_store);
	ck_assert_str_eq(conf.log_file, at("log file.txt"));
	ck_assert_int_eq(conf.log_level, LOG_ERROR);
	conf_free(&conf);
}
END_TEST

START_TEST(argument_before_variable_before_usual)
{
	struct conf conf;

	write_file(at("a"), "store = /a\n");
	write_file(at("b"), "store = /b\n");
	ck_assert_int_eq(mkdir(at(".config"), 0700), 0);
	ck_assert_int_eq(mkdir(at(".config/cng-pkcs11"), 0700), 0);
	write_file(at(".config/cng-pkcs11/cng-pkcs11.conf"),
	    "store = /c\n");
	conf = load_good(NULL);
	ck_assert_str_eq(conf.store[0].path, "/c");
	conf_free(&conf);
	setenv("CNG_PKCS11_CONF", at("b"), 1);
	conf = load_good(NULL);
	ck_assert_uint_eq(conf.store_count, 1);
	ck_assert_str_eq(conf.store[0].path, "/b");
	conf_free(&conf);
	conf = load_good(at("a"));
	ck_assert_uint_eq(conf.store_count, 1);
	ck_assert_str_eq(conf.store[0].path, "/a");
	conf_free(&conf);
}
END_TEST

static void
add_file(struct conf *conf, const char *name)
{
	FILE *file = fopen(at(name), "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(conf_file_read(conf, at(name), file), CNG_OK);
	fclose(file);
}

/* The user's file after the system's. */
START_TEST(later_files_add_and_override)
{
	struct conf conf = { 0 };

	write_file(at("a"), "store = /a\nstore = /b\nlog_level = error\n"
	    "user_store = /u\nmachine_store = /m\n");
	write_file(at("b"), "store = /c\nstore = /a\nlog_level = debug\n"
	    "user_store = none\n");
	add_file(&conf, "a");
	add_file(&conf, "b");
	ck_assert_uint_eq(conf.store_count, 3);
	ck_assert_str_eq(conf.store[0].path, "/a");
	ck_assert_str_eq(conf.store[2].path, "/c");
	ck_assert_int_eq(conf.log_level, LOG_DEBUG);
	ck_assert_str_eq(conf.user_store, "");
	ck_assert_str_eq(conf.machine_store, "/m");
	conf_free(&conf);
}
END_TEST

START_TEST(policies)
{
	struct conf conf;

	write_file(at("c"), "compat_store = /a\n");
	conf = load_good(at("c"));
	ck_assert(conf_is_compat(&conf, "/a"));
	ck_assert(!conf_is_compat(&conf, "/b"));
	ck_assert(!conf_is_compat(&conf, NULL));
	conf_free(&conf);
	write_file(at("c"), "policy = compat\n");
	conf = load_good(at("c"));
	ck_assert(conf_is_compat(&conf, "/b"));
	conf_free(&conf);
}
END_TEST

START_TEST(readers_and_cards)
{
	struct conf conf;

	write_file(at("c"), "log_level = info\n");
	conf = load_good(at("c"));
	ck_assert(conf_wants_reader(&conf, "Any Reader 00 00"));
	ck_assert_uint_eq(conf.card_import, 0);
	ck_assert_ptr_null(conf.card_admin_key_file);
	conf_free(&conf);
	write_file(at("c"), "readers = One\nreaders = Two Readers\n"
	    "card_admin_key_file = /k\n"
	    "AllowPrivateExchangeKeyImport = 1\n"
	    "AllowPrivateSignatureKeyImport = 0\n"
	    "AllowPrivateECDSAKeyImport = yes\n");
	conf = load_good(at("c"));
	ck_assert(conf_wants_reader(&conf, "One 00 00"));
	ck_assert(conf_wants_reader(&conf, "Two Readers 01 00"));
	ck_assert(!conf_wants_reader(&conf, "Two 01 00"));
	ck_assert_str_eq(conf.card_admin_key_file, "/k");
	ck_assert_uint_eq(conf.card_import,
	    CONF_IMPORT_EXCHANGE | CONF_IMPORT_ECDSA);
	conf_free(&conf);
	/* as the pages of two kinds of card say it */
	write_file(at("c"), "readers = One\nreaders = none\n"
	    "card_admin_key_file = /k\n"
	    "AllowPrivateECDHEKeyImport = 1\n"
	    "AllowPrivateECDHEKeyImport = 1\n"
	    "AllowPrivateECDSAKeyImport = 1\n"
	    "card_admin_key_file = /l\n"
	    "AllowPrivateECDSAKeyImport = 0\n");
	conf = load_good(at("c"));
	ck_assert_str_eq(conf.card_admin_key_file, "/l");
	ck_assert(!conf_wants_reader(&conf, "One 00 00"));
	ck_assert_uint_eq(conf.card_import, CONF_IMPORT_ECDHE);
	conf_free(&conf);
}
END_TEST

START_TEST(wrong_lines)
{
	static const struct {
		const char *lines;
		int line;
		const char *what;
	} rows[] = {
		{ "stores = /a\n", 1, "unknown key" },
		{ "\n# x\nStore = /a\n", 3, "unknown key" },
		{ "store = a.db\n", 1, "absolute" },
		{ "store = ~bob/a.db\n", 1, "absolute" },
		{ "store = none\n", 1, "absolute" },
		{ "store =\n", 1, "missing" },
		{ "log_level = loud\n", 1, "error, warn, info, debug" },
		{ "policy = lax\n", 1, "strict, compat" },
		{ "AllowPrivateExchangeKeyImport = 2\n", 1, "0 or 1" },
		{ "card_admin_key_file = k\n", 1, "absolute" },
		{ "compat_store = a.db\n", 1, "absolute" },
		{ "log_level = info\nlog_level = info\n", 2, "before" },
		{ "user_store = none\nuser_store = /a\n", 2, "before" },
		{ "store = /a\nstore = /b\nstore = /a\n", 3, "twice" },
		{ "store\n", 1, "key = value" },
		{ "log_level = info\nstore /a\n", 2, "key = value" },
		{ "[tokens]\nstore = /a\n", 1, "section" },
		{ "\xef\xbb\xbf[tokens]\nstore = /a\n", 2, "section" },
		{ "store = /a\x01\n", 1, "control" },
		{ "store = /\xff\n", 1, "UTF-8" },
	};
	struct conf conf;
	char place[TEMPDIR_MAX + 64];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		write_file(at("c"), "%s", rows[i].lines);
		ck_assert_msg(conf_load(&conf, at("c")) == CNG_ERR_CONFIG,
		    "row %zu was taken", i);
		snprintf(place, sizeof place, "%s:%d: ", at("c"),
		    rows[i].line);
		ck_assert_msg(strncmp(conf.error, place, strlen(place)) == 0,
		    "row %zu: %s", i, conf.error);
		ck_assert_msg(strstr(conf.error, rows[i].what) != NULL,
		    "row %zu: %s", i, conf.error);
		ck_assert_uint_eq(conf.store_count, 0);
		ck_assert_ptr_null(conf.user_store);
	}
}
END_TEST

START_TEST(nul_byte)
{
	static const char bytes[] = "store = /a\0b\n";
	struct conf conf;

	write_bytes(at("c"), bytes, sizeof bytes - 1);
	ck_assert_int_eq(conf_load(&conf, at("c")), CNG_ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(conf.error, ":1: a control"));
}
END_TEST

START_TEST(long_lines)
{
	static char name[5000];
	struct conf conf;

	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	write_file(at("c"), "\nstore = /%s\n", name);
	ck_assert_int_eq(conf_load(&conf, at("c")), CNG_ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(conf.error, ":2: the line is too"));
	/* a comment is a line, too */
	write_file(at("c"), "# %s\n", name);
	ck_assert_int_eq(conf_load(&conf, at("c")), CNG_ERR_CONFIG);
	name[150] = '\0';
	write_file(at("c"), "store = /%s\n", name);
	conf = load_good(at("c"));
	ck_assert_uint_eq(strlen(conf.store[0].path), 151);
	conf_free(&conf);
}
END_TEST

START_TEST(number_of_stores_is_bounded)
{
	struct conf conf;
	size_t len = 0;

	for (int i = 0; i < CONF_STORES_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
		    "store = /s%d\n", i);
	write_bytes(at("c"), text, len);
	conf = load_good(at("c"));
	ck_assert_uint_eq(conf.store_count, CONF_STORES_MAX);
	conf_free(&conf);
	len += (size_t)snprintf(text + len, sizeof text - len,
	    "store = /one-more\n");
	write_bytes(at("c"), text, len);
	ck_assert_int_eq(conf_load(&conf, at("c")), CNG_ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(conf.error, ":33: too many stores"));
}
END_TEST

START_TEST(files_that_are_refused)
{
	struct conf conf;

	ck_assert_int_eq(conf_load(&conf, at("missing")), CNG_ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(conf.error, "missing: "));
	setenv("CNG_PKCS11_CONF", at("missing"), 1);
	ck_assert_int_eq(conf_load(&conf, NULL), CNG_ERR_CONFIG);
	ck_assert_int_eq(conf_load(&conf, dir), CNG_ERR_CONFIG);
	ck_assert_int_eq(mkfifo(at("fifo"), 0600), 0);
	ck_assert_int_eq(conf_load(&conf, at("fifo")), CNG_ERR_CONFIG);
	write_file(at("c"), "store = /a\n");
	ck_assert_int_eq(chmod(at("c"), 0620), 0);
	ck_assert_int_eq(conf_load(&conf, at("c")),
	    CNG_ERR_STORE_PERMISSION);
	ck_assert_ptr_nonnull(strstr(conf.error, "by others"));
	ck_assert_int_eq(chmod(at("c"), 0602), 0);
	ck_assert_int_eq(conf_load(&conf, at("c")),
	    CNG_ERR_STORE_PERMISSION);
	ck_assert_int_eq(chmod(at("c"), 0644), 0);
	conf = load_good(at("c"));
	conf_free(&conf);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown(at("c"), 12345, 0), 0);
		ck_assert_int_eq(conf_load(&conf, at("c")),
		    CNG_ERR_STORE_PERMISSION);
		ck_assert_ptr_nonnull(strstr(conf.error, "another user"));
	}
}
END_TEST

START_TEST(debug_variable)
{
	static const struct {
		const char *value;
		const char *file;     /* NULL: the one of the file stays */
		int level;            /* -1: ignored, and told */
	} rows[] = {
		{ "", NULL, LOG_WARN },
		{ "file:/tmp/x", "/tmp/x", LOG_DEBUG },
		{ "file:/tmp/x,level:0", "/tmp/x", LOG_ERROR },
		{ "file:/tmp/x,level:2", "/tmp/x", LOG_INFO },
		{ "file:/tmp/x,level:7", "/tmp/x", LOG_DEBUG },
		{ "file:/tmp/a,b,level:1", "/tmp/a,b", LOG_WARN },
		{ "file:/tmp/a-level:1", "/tmp/a-level:1", LOG_DEBUG },
		{ "level:2", NULL, LOG_INFO },
		{ "file:", NULL, -1 },
		{ "file:x", NULL, -1 },
		{ "file:,level:1", NULL, -1 },
		{ "level:", NULL, -1 },
		{ "level:10", NULL, -1 },
		{ "level:x", NULL, -1 },
		{ "file:/x,level:", NULL, -1 },
		{ ",level:1", NULL, -1 },
		{ "stderr", "stderr", LOG_DEBUG },
		{ "1", "stderr", LOG_DEBUG },
		{ "all,level:1", "stderr", LOG_WARN },
		{ "file:/", "/", LOG_DEBUG },
		{ "stderr:", NULL, -1 },
		{ "11", NULL, -1 },
		{ "al", NULL, -1 },
	};
	struct conf conf;

	write_file(at("c"), "log_file = /l\nlog_level = warn\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		setenv("CNG_PKCS11_DEBUG", rows[i].value, 1);
		if (rows[i].level < 0) {
			conf = load_good(at("c"));
			ck_assert_ptr_nonnull(strstr(conf.error,
			    "CNG_PKCS11_DEBUG: "));
			ck_assert_str_eq(conf.log_file, "/l");
			ck_assert_int_eq(conf.log_level, LOG_WARN);
			conf_free(&conf);
			continue;
		}
		conf = load_good(at("c"));
		ck_assert_str_eq(conf.log_file,
		    rows[i].file == NULL ? "/l" : rows[i].file);
		ck_assert_int_eq(conf.log_level, rows[i].level);
		ck_assert_str_eq(conf.error, "");
		ck_assert(conf.log_asked == (rows[i].file != NULL));
		conf_free(&conf);
	}
}
END_TEST

static void
same(const char *a, const char *b)
{
	ck_assert_ptr_ne(a, b);
	ck_assert_str_eq(a, b);
}

START_TEST(a_copy)
{
	struct conf conf, copy;

	write_file(at("c"), "store = /a\nstore = /b\nuser_store = /u\n"
	    "machine_store = none\ncompat_store = /b\nreaders = one\n"
	    "card_admin_key_file = /k\nlog_file = /l\n"
	    "store = /c\npin_source = file:/p\n");
	conf = load_good(at("c"));
	ck_assert_int_eq(conf_copy(&copy, &conf), CNG_OK);
	ck_assert_uint_eq(copy.store_count, 3);
	same(copy.store[1].path, conf.store[1].path);
	same(copy.compat_store[0], conf.compat_store[0]);
	same(copy.reader[0], conf.reader[0]);
	same(conf_pin_source(&copy, "/c"), conf_pin_source(&conf, "/c"));
	same(copy.user_store, conf.user_store);
	same(copy.card_admin_key_file, conf.card_admin_key_file);
	same(copy.log_file, conf.log_file);
	same(copy.named, at("c"));
	ck_assert_ptr_null(copy.machine_store);
	conf_free(&conf);
	ck_assert_str_eq(copy.store[0].path, "/a");
	ck_assert(conf_holds(&copy, at("c")));
	conf_free(&copy);
}
END_TEST

START_TEST(what_still_holds)
{
	struct conf conf;

	unsetenv("XDG_DATA_HOME");
	conf = load_good(NULL);
	ck_assert(conf_holds(&conf, NULL));
	ck_assert(!conf_holds(&conf, "/c"));
	setenv("XDG_DATA_HOME", "/d", 1);
	ck_assert(!conf_holds(&conf, NULL));
	unsetenv("XDG_DATA_HOME");
	ck_assert(conf_holds(&conf, NULL));
	unsetenv("HOME");
	ck_assert(conf_holds(&conf, NULL));
	setenv("HOME", "/elsewhere", 1);
	ck_assert(!conf_holds(&conf, NULL));
	conf_free(&conf);
}
END_TEST

START_TEST(no_memory_at_any_time)
{
	struct conf conf, copy;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;

	write_file(at("c"), "store = /a\nstore = ~/b\nuser_store = /u\n"
	    "log_file = none\n");
	setenv("CNG_PKCS11_DEBUG", "file:/x", 1);
	for (n = 1; n < 50; n++) {
		mem_fail_after(n);
		st = conf_load(&conf, at("c"));
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(conf.store_count, 0);
		ck_assert_ptr_null(conf.user_store);
		ck_assert_ptr_null(conf.log_file);
	}
	ck_assert_int_eq(st, CNG_OK);
	ck_assert_uint_gt(n, 4);
	for (n = 1; n < 50; n++) {
		mem_fail_after(n);
		st = conf_copy(&copy, &conf);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
	}
	ck_assert_int_eq(st, CNG_OK);
	ck_assert_uint_gt(n, 4);
	conf_free(&copy);
	conf_free(&conf);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_there,
		no_home,
		xdg_directories,
		every_key,
		argument_before_variable_before_usual,
		later_files_add_and_override,
		policies,
		readers_and_cards,
		wrong_lines,
		nul_byte,
		long_lines,
		number_of_stores_is_bounded,
		files_that_are_refused,
		debug_variable,
		a_copy,
		what_still_holds,
		no_memory_at_any_time,
	};

	return run_tests_with("core_conf", tests, ARRAY_LEN(tests), set_up,
	    tear_down);
}
