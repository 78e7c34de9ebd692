/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slots: which are listed when, tokens that stay, the log file, forks.
 */
#include "config.h"

#include "core/provider.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/util.h"
#include "tests/unit/runner.h"
#include "tests/unit/tempdir.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS_MAX 8
#define NOBODY 65534

static char dir[TEMPDIR_MAX];
static char conf_path[TEMPDIR_MAX + 64];
static char user_path[TEMPDIR_MAX + 64];
static char machine_path[TEMPDIR_MAX + 64];

static void __attribute__((format(printf, 2, 3)))
write_file(const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "w");
	va_list args;

	ck_assert_ptr_nonnull(file);
	va_start(args, format);
	ck_assert_int_ge(vfprintf(file, format, args), 0);
	va_end(args);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static void
set_up(void)
{
	tempdir_make(dir);
	snprintf(conf_path, sizeof conf_path, "%s/conf", dir);
	snprintf(user_path, sizeof user_path, "%s/user.db", dir);
	snprintf(machine_path, sizeof machine_path, "%s/machine.db", dir);
	unsetenv("CNG_PKCS11_DEBUG");
	write_file(conf_path, "user_store = %s\nmachine_store = %s\n",
	    user_path, machine_path);
	setenv("CNG_PKCS11_CONF", conf_path, 1);
}

static void
tear_down(void)
{
	tempdir_remove(dir);
}

static struct provider *
open_good(void)
{
	struct provider *prov;
	char error[256];
	enum cng_status st = provider_open(&prov, NULL, error, sizeof error);

	ck_assert_msg(st == CNG_OK, "%s: %s", cng_status_name(st), error);
	ck_assert_str_eq(error, "");
	return prov;
}

/* The slots as text: "0 2 3". */
static const char *
listed(struct provider *prov)
{
	static char text[64];
	unsigned long slot[SLOTS_MAX];
	size_t count = provider_slots(prov, slot, SLOTS_MAX), len = 0;

	ck_assert_uint_eq(provider_slots(prov, NULL, 0), count);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
		    i == 0 ? "%lu" : " %lu", slot[i]);
	return text;
}

START_TEST(nothing_there)
{
	struct provider *prov = open_good();

	ck_assert_str_eq(listed(prov), "");
	for (unsigned long slot = 0; slot < 5; slot++)
		ck_assert_ptr_null(provider_token(prov, slot));
	ck_assert_ptr_null(provider_token(prov, (unsigned long)-1));
	ck_assert_str_eq(provider_user_path(prov), user_path);
	ck_assert_str_eq(provider_machine_path(prov), machine_path);
	provider_close(prov);
	provider_close(NULL);
}
END_TEST

/* What comes to standard error while a provider is open, twice. */
static const char *
said_with(const char *debug)
{
	static char text[512];
	char path[TEMPDIR_MAX + 16];
	int kept = dup(STDERR_FILENO), fd;
	ssize_t len;

	snprintf(path, sizeof path, "%s/said", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(kept, 0);
	setenv("CNG_PKCS11_DEBUG", debug, 1);
	fflush(stderr);
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	for (int i = 0; i < 2; i++) {
		struct provider *prov = open_good();

		log_line(LOG_WARN, "a warning");
		provider_close(prov);
	}
	ck_assert_int_ge(dup2(kept, STDERR_FILENO), 0);
	unsetenv("CNG_PKCS11_DEBUG");
	len = pread(fd, text, sizeof text - 1, 0);
	ck_assert_int_ge(len, 0);
	text[len] = '\0';
	close(fd);
	close(kept);
	return text;
}

/* Told once, until there is something else to tell. */
START_TEST(debug_not_understood)
{
	ck_assert_str_eq(said_with("loud"), "cng-pkcs11: CNG_PKCS11_DEBUG:"
	    " not understood, ignored: file:/PATH or stderr, and ,level:0 to"
	    " ,level:3\n");
}
END_TEST

START_TEST(debug_not_opened)
{
	ck_assert_str_eq(said_with("file:/nonexist/x"),
	    "cng-pkcs11: /nonexist/x: no log can be written there"
	    " (cngtool doctor)\n");
}
END_TEST

START_TEST(debug_to_stderr)
{
	const char *text = said_with("1");
	const char *first = strstr(text, "warn: a warning\n");

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(strstr(first + 1, "warn: a warning\n"));
}
END_TEST

START_TEST(default_stores_come_and_go)
{
	struct provider *prov = open_good();
	struct token *tok;

	ck_assert_str_eq(listed(prov), "");
	write_file(user_path, "x");
	ck_assert_str_eq(listed(prov), "");
	ck_assert_int_eq(provider_refresh(prov), CNG_OK);
	ck_assert_str_eq(listed(prov), "0");
	tok = provider_token(prov, 0);
	ck_assert_ptr_nonnull(tok);
	write_file(machine_path, "x");
	ck_assert_int_eq(provider_refresh(prov), CNG_OK);
	ck_assert_str_eq(listed(prov), "0 1");
	ck_assert_ptr_ne(provider_token(prov, 1), tok);
	ck_assert_int_eq(unlink(user_path), 0);
	ck_assert_int_eq(provider_refresh(prov), CNG_OK);
	ck_assert_str_eq(listed(prov), "1");
	ck_assert_ptr_eq(provider_token(prov, 0), tok);
	provider_close(prov);
}
END_TEST

START_TEST(a_directory_is_no_store)
{
	struct provider *prov;

	ck_assert_int_eq(mkdir(user_path, 0700), 0);
	prov = open_good();
	ck_assert_str_eq(listed(prov), "");
	provider_close(prov);
}
END_TEST

START_TEST(machine_store_of_others_is_not_listed)
{
	struct provider *prov;
	bool root = geteuid() == 0;

	write_file(user_path, "x");
	write_file(machine_path, "x");
	prov = open_good();
	ck_assert_str_eq(listed(prov), "0 1");
	if (root) {
		ck_assert_int_eq(chmod(dir, 0711), 0);
		ck_assert_int_eq(seteuid(NOBODY), 0);
	} else {
		ck_assert_int_eq(chmod(machine_path, 0), 0);
		ck_assert_int_eq(chmod(user_path, 0), 0);
	}
	ck_assert_int_eq(provider_refresh(prov), CNG_OK);
	/* the user's own shows its fault */
	ck_assert_str_eq(listed(prov), "0");
	if (root)
		ck_assert_int_eq(seteuid(0), 0);
	provider_close(prov);
}
END_TEST

START_TEST(configured_stores_are_always_listed)
{
	struct provider *prov;
	struct token *tok;
	unsigned long slot[1] = { 99 };

	write_file(conf_path, "store = %s/b.db\nstore = %s/a.db\n"
	    "user_store = none\nmachine_store = none\n", dir, dir);
	prov = open_good();
	ck_assert_ptr_null(provider_user_path(prov));
	ck_assert_ptr_null(provider_machine_path(prov));
	ck_assert_str_eq(listed(prov), "2 3");
	ck_assert_uint_eq(provider_slots(prov, slot, 1), 2);
	ck_assert_uint_eq(slot[0], 2);
	tok = provider_token(prov, 2);
	ck_assert_ptr_nonnull(tok);
	ck_assert_ptr_eq(provider_token(prov, 2), tok);
	ck_assert_ptr_ne(provider_token(prov, 3), tok);
	ck_assert_ptr_null(provider_token(prov, 4));
	/* looking made no file */
	ck_assert_int_eq(unlink(conf_path), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	provider_close(prov);
}
END_TEST

START_TEST(a_store_shows_once)
{
	struct provider *prov;

	write_file(user_path, "x");
	write_file(conf_path, "store = %s\nuser_store = %s\n"
	    "machine_store = %s\n", user_path, user_path, machine_path);
	prov = open_good();
	ck_assert_str_eq(listed(prov), "2");
	ck_assert_str_eq(provider_user_path(prov), user_path);
	provider_close(prov);
	write_file(conf_path, "user_store = %s\nmachine_store = %s\n",
	    user_path, user_path);
	prov = open_good();
	ck_assert_str_eq(listed(prov), "0");
	provider_close(prov);
}
END_TEST

START_TEST(configuration_errors_are_told)
{
	struct provider *prov;
	char error[256], few[8];

	write_file(conf_path, "stor = /x\n");
	ck_assert_int_eq(provider_open(&prov, NULL, error, sizeof error),
	    CNG_ERR_CONFIG);
	ck_assert_ptr_null(prov);
	ck_assert_ptr_nonnull(strstr(error, "conf:1: unknown key"));
	ck_assert_int_eq(provider_open(&prov, NULL, few, sizeof few),
	    CNG_ERR_CONFIG);
	ck_assert_uint_eq(strlen(few), sizeof few - 1);
	ck_assert_int_eq(provider_open(&prov, conf_path, NULL, 0),
	    CNG_ERR_CONFIG);
}
END_TEST

START_TEST(log_goes_to_the_file)
{
	char log_path[TEMPDIR_MAX + 64], text[2048] = "";
	struct provider *prov;
	struct stat info;
	FILE *file;
	int again;

	snprintf(log_path, sizeof log_path, "%s/log", dir);
	write_file(conf_path, "log_file = %s\nlog_level = warn\n", log_path);
	prov = open_good();
	log_line(LOG_WARN, "first %d", 1);
	log_line(LOG_INFO, "not this");
	provider_close(prov);
	/* its descriptor is in use again, but not by the log */
	again = open(log_path, O_WRONLY | O_APPEND);
	ck_assert_int_ge(again, 0);
	log_line(LOG_ERROR, "nor this");
	close(again);
	prov = open_good();
	log_line(LOG_ERROR, "second");
	provider_close(prov);
	ck_assert_int_eq(stat(log_path, &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0600);
	file = fopen(log_path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(text, " warn: first 1\n"));
	ck_assert_ptr_nonnull(strstr(text, " error: second\n"));
	ck_assert_ptr_null(strstr(text, "this"));
}
END_TEST

START_TEST(log_that_cannot_be_opened_is_no_reason_to_fail)
{
	struct provider *prov;

	write_file(conf_path, "log_file = %s/none/log\n", dir);
	prov = open_good();
	log_line(LOG_ERROR, "into the void");
	provider_close(prov);
}
END_TEST

/* True when a line gets there. */
static bool
logs_to(const char *path)
{
	struct provider *prov;
	bool open;

	write_file(conf_path, "log_file = %s\nlog_level = warn\n", path);
	prov = open_good();
	open = log_wants(LOG_WARN);
	log_line(LOG_WARN, "a line");
	provider_close(prov);
	return open;
}

START_TEST(log_is_no_file_of_others)
{
	char path[TEMPDIR_MAX + 64], link[TEMPDIR_MAX + 64];
	struct stat info;

	snprintf(path, sizeof path, "%s/log", dir);
	snprintf(link, sizeof link, "%s/link", dir);
	write_file(path, "%s", "");
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert(logs_to(path));
	ck_assert(logs_to("/dev/null"));
	ck_assert(!logs_to(dir));
	ck_assert(!logs_to(link));
	/* only root can give a file away */
	if (geteuid() != 0)
		return;
	write_file(path, "%s", "");
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_eq(chown(path, NOBODY, NOBODY), 0);
	ck_assert(!logs_to(path));
	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_int_eq(info.st_size, 0);
}
END_TEST

START_TEST(a_child_goes_on_with_its_own)
{
	struct provider *prov;
	struct token_info info;
	struct token *tok;
	int status = -1;
	pid_t child;

	write_file(conf_path, "store = %s/a.db\nuser_store = none\n"
	    "machine_store = none\n", dir);
	prov = open_good();
	tok = provider_token(prov, 2);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(!info.present);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		bool good;

		alarm(100);
		provider_after_fork(prov);
		good = provider_token(prov, 2) == tok &&
		    strcmp(listed(prov), "2") == 0 &&
		    token_info(tok, &info) == CNG_OK && !info.present;
		provider_close(prov);
		_exit(good ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	provider_close(prov);
}
END_TEST

START_TEST(no_memory_at_any_time)
{
	struct provider *prov = NULL;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;

	for (n = 1; n < 50; n++) {
		mem_fail_after(n);
		st = provider_open(&prov, NULL, NULL, 0);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		ck_assert_ptr_null(prov);
	}
	ck_assert_int_eq(st, CNG_OK);
	ck_assert_uint_gt(n, 2);
	write_file(user_path, "x");
	ck_assert_int_eq(provider_refresh(prov), CNG_OK);
	mem_fail_after(1);
	ck_assert_ptr_null(provider_token(prov, 0));
	mem_fail_after(0);
	ck_assert_ptr_nonnull(provider_token(prov, 0));
	provider_close(prov);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_there,
		debug_not_understood,
		debug_not_opened,
		debug_to_stderr,
		default_stores_come_and_go,
		a_directory_is_no_store,
		machine_store_of_others_is_not_listed,
		configured_stores_are_always_listed,
		a_store_shows_once,
		configuration_errors_are_told,
		log_goes_to_the_file,
		log_that_cannot_be_opened_is_no_reason_to_fail,
		log_is_no_file_of_others,
		a_child_goes_on_with_its_own,
		no_memory_at_any_time,
	};

	return run_tests_with("core_provider", tests, ARRAY_LEN(tests),
	    set_up, tear_down);
}
