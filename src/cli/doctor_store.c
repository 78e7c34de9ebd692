/* SPDX-License-Identifier: BSD-2-Clause
 *
 * doctor: configuration, who may read and change files, what state the
 * stores are in.
 */
#include "cli/doctor.h"

#include "base/util.h"
#include "core/conf.h"
#include "core/knownpin.h"
#include "core/token.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS (S_IRWXG | S_IRWXO)
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

void
doctor_configuration(struct doctor *doc)
{
	const char *file = doc->args->value[OPT_CONFIG];
	char error[256] = "", mend[MEND_MAX], path[256];
	enum cng_status st;

	st = provider_open(&doc->provider, file, error, sizeof(error));
	if (st == CNG_OK) {
		doctor_say(doc, DOCTOR_GOOD, "configuration", "",
		    "it can be read and has no error");
		return;
	}
	doc->provider = NULL;
	/* "FILE:LINE: what", or "FILE: what" */
	doctor_print(path, sizeof(path), "%.*s", (int)strcspn(error, ":"),
	    error);
	if (st == CNG_ERR_STORE_PERMISSION)
		doctor_mend(mend, "chmod go-w ", path, "");
	else if (path[0] == '/')
		doctor_mend(mend, "editor ", path,
		    "; man 5 cng-pkcs11.conf");
	else
		doctor_print(mend, sizeof(mend), "man 5 cng-pkcs11.conf");
	doctor_say(doc, DOCTOR_FINDING, "configuration", mend, "%s",
	    error[0] != '\0' ? error : cng_status_text(st));
}

/* --- files ---------------------------------------------------------------- */

/* Modes that it must not have; an owner that we do not trust.  true: a
 * finding. */
static bool
judge_file(struct doctor *doc, const char *path, mode_t never)
{
	char mend[MEND_MAX];
	struct stat info;

	if (stat(path, &info) != 0)
		return false;
	if (info.st_uid != geteuid() && info.st_uid != 0) {
		doctor_mend(mend, "chown \"$(id -u)\" ", path, "");
		doctor_say(doc, DOCTOR_FINDING, "files", mend,
		    "%s belongs to another user", path);
		return true;
	}
	if ((info.st_mode & never) == 0)
		return false;
	doctor_mend(mend, never == OTHERS ? "chmod go= " : "chmod go-w ",
	    path, "");
	doctor_say(doc, DOCTOR_FINDING, "files", mend,
	    "others can %s %s", (info.st_mode & OTHERS_WRITE) != 0 ? "change" :
	    "read", path);
	return true;
}

static size_t
judge_folder(struct doctor *doc, const char *path)
{
	char folder[DOCTOR_PATH];
	char *slash;

	doctor_print(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		return 0;
	slash[slash == folder ? 1 : 0] = '\0';
	return judge_file(doc, folder, OTHERS_WRITE);
}

/* What is in it is sealed; but who reads it has all that a PIN opens. */
static void
note_readers(struct doctor *doc, const char *path)
{
	struct stat info;

	if (stat(path, &info) != 0 ||
	    (info.st_mode & (S_IRGRP | S_IROTH)) == 0)
		return;
	doctor_say(doc, DOCTOR_NOTE, "files", "", "%s: %s can read it, and "
	    "try PINs that nobody counts", path,
	    (info.st_mode & S_IROTH) != 0 ? "everybody" : "its group");
}

/* The store, what lies beside it, and their folder.  A machine's store may be
 * for a group to read. */
static size_t
judge_store(struct doctor *doc, const char *path, bool own)
{
	static const char *const beside[] = { "", "-wal", "-shm", ".lock" };
	char file[DOCTOR_PATH + 8];
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		doctor_print(file, sizeof(file), "%s%s", path, beside[i]);
		bad += judge_file(doc, file, own ? OTHERS : OTHERS_WRITE);
	}
	if (key_file_path(path, file, sizeof(file)))
		bad += judge_file(doc, file, OTHERS);
	if (!own)
		note_readers(doc, path);
	return bad + judge_folder(doc, path);
}

/* What src/core/logfile.c leaves alone is told here alone.  The modes of
 * devices are the system's. */
static size_t
judge_log(struct doctor *doc, const struct conf *conf)
{
	const char *path = conf->log_file;
	struct stat info;

	if (conf->error[0] != '\0') {
		doctor_say(doc, DOCTOR_FINDING, "files",
		    "export CNG_PKCS11_DEBUG=file:$HOME/p11.log", "%s",
		    conf->error);
		return 1;
	}
	if (path == NULL || strcmp(path, CONF_STDERR) == 0 ||
	    lstat(path, &info) != 0)
		return 0;
	if (S_ISREG(info.st_mode) || S_ISFIFO(info.st_mode) ||
	    S_ISCHR(info.st_mode))
		return judge_file(doc, path,
		    S_ISCHR(info.st_mode) ? 0 : OTHERS_WRITE);
	doctor_say(doc, DOCTOR_FINDING, "files", "man 5 cng-pkcs11.conf",
	    "%s: no log is written there, as it is no file, pipe or terminal",
	    path);
	return 1;
}

/* A PIN is for its owner alone.  It is not read. */
static size_t
judge_secret(struct doctor *doc, const char *path, const char *what)
{
	char mend[MEND_MAX];

	if (path == NULL || strcmp(path, "-") == 0)
		return 0;
	if (access(path, R_OK) == 0)
		return judge_file(doc, path, OTHERS);
	(void)doctor_mend_private(mend, path, access(path, F_OK) == 0 ?
	    CNG_ERR_STORE_PERMISSION : CNG_ERR_NOT_FOUND);
	doctor_say(doc, DOCTOR_FINDING, "files", mend, "%s: the %s cannot be "
	    "read", path, what);
	return 1;
}

static size_t
judge_credentials(struct doctor *doc)
{
	static const char *const names[] = { "cng-pin", "cng-so-pin",
		"cng-new-pin", "cng-password", "cng-new-password" };
	const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
	char path[DOCTOR_PATH];
	size_t bad = 0;

	if (folder == NULL || folder[0] != '/')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		doctor_print(path, sizeof(path), "%s/%s", folder, names[i]);
		bad += judge_file(doc, path, OTHERS);
	}
	return bad;
}

void
doctor_files(struct doctor *doc)
{
	const struct args *args = doc->args;
	struct conf conf;
	size_t bad = 0;

	bad += judge_secret(doc, args->value[OPT_PIN_FILE], "PIN");
	bad += judge_secret(doc, args->value[OPT_SO_PIN_FILE], "SO PIN");
	bad += judge_credentials(doc);
	if (conf_load(&conf, args->value[OPT_CONFIG]) == CNG_OK) {
		if (conf.user_store != NULL)
			bad += judge_store(doc, conf.user_store, true);
		if (conf.machine_store != NULL)
			bad += judge_store(doc, conf.machine_store, false);
		for (size_t i = 0; i < CONF_STORES_MAX &&
		    conf.store[i].path != NULL; i++)
			bad += judge_store(doc, conf.store[i].path, false);
		/* who may read a credential its manager says */
		for (size_t i = 0; i < conf.source_count; i++)
			if (conf.source[i].from[0] == '/')
				bad += judge_secret(doc, conf.source[i].from,
				    "PIN of a store");
		bad += judge_secret(doc, conf.card_admin_key_file,
		    "management key of cards");
		bad += judge_log(doc, &conf);
		conf_free(&conf);
	}
	if (bad == 0)
		doctor_say(doc, DOCTOR_GOOD, "files", "",
		    "owners and modes are sound");
}

/* --- stores --------------------------------------------------------------- */

static void
judge_pins(struct doctor *doc, const struct token *token,
    const struct token_info *info)
{
	char mend[MEND_MAX], path[DOCTOR_PATH];

	if (info->pin_fault != CNG_OK) {
		(void)doctor_mend_pin(mend, token, info->pin_fault, path);
		doctor_say(doc, DOCTOR_FINDING, "store", mend, "%s: the file "
		    "with its PIN, %s: %s", info->path, path,
		    private_fault(info->pin_fault));
	} else if (info->no_pin)
		doctor_say(doc, DOCTOR_NOTE, "store", "", "%s: whoever can "
		    "read %s.key can use its keys", info->path, info->path);
	doctor_mend(mend, "cngtool pin unblock --token ", info->serial, "");
	if (!info->user_pin_set)
		doctor_say(doc, DOCTOR_FINDING, "store", mend,
		    "%s: the user PIN is not set", info->path);
	else if (info->user_locked)
		doctor_say(doc, DOCTOR_FINDING, "store", mend,
		    "%s: the user PIN is locked", info->path);
	else if (info->user_final_try)
		doctor_say(doc, DOCTOR_NOTE, "store", "",
		    "%s: one more wrong PIN locks it", info->path);
}

static void
judge_token(struct doctor *doc, const struct token *token,
    const struct token_info *info)
{
	const char *path = info->path == NULL ? "?" : info->path;
	const char *advice = exit_advice(info->fault);
	char mend[MEND_MAX];

	if (info->fault != CNG_OK && info->fault != CNG_ERR_NO_TOKEN) {
		doctor_say(doc, DOCTOR_FINDING, "store", advice == NULL ? "" :
		    advice, "%s: %s", path, cng_status_text(info->fault));
		return;
	}
	if (!info->present || !info->initialized) {
		doctor_mend(mend, "cngtool init --store ", path, "");
		doctor_say(doc, DOCTOR_FINDING, "store", mend,
		    "%s: not initialised", path);
		return;
	}
	doctor_say(doc, info->read_only ? DOCTOR_NOTE : DOCTOR_GOOD, "store",
	    "", "%s: '%s' opens%s, its schema is current", path, info->label,
	    info->read_only ? " read-only" : "");
	judge_pins(doc, token, info);
}

void
doctor_stores(struct doctor *doc)
{
	unsigned long slots[CONF_STORES_MAX + 2 + CONF_READERS_MAX];
	size_t count, stores = 0;

	if (doc->provider == NULL)
		return;
	count = provider_slots(doc->provider, slots, ARRAY_LEN(slots));
	for (size_t i = 0; i < count && i < ARRAY_LEN(slots); i++) {
		struct token *token = provider_token(doc->provider, slots[i]);
		struct token_info info;
		enum cng_status st;

		/* to ask a card's token is to ask the card */
		if (token == NULL || token_is_card(token))
			continue;
		stores++;
		st = token_info(token, &info);
		if (st == CNG_OK)
			judge_token(doc, token, &info);
		else
			doctor_say(doc, DOCTOR_FINDING, "store", "",
			    "slot %lu: %s", slots[i], cng_status_text(st));
	}
	if (stores == 0)
		doctor_say(doc, DOCTOR_NOTE, "store", "cngtool init",
		    "there is none yet");
}
