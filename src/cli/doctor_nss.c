/* SPDX-License-Identifier: BSD-2-Clause
 *
 * doctor: do the databases of NSS load the module?  That of the user is for
 * Chromium and the NSS tools; each profile of Firefox and Thunderbird has one
 * of its own.
 */
#include "cli/doctor.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/home.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AREA "NSS"
#define LINE_MAX_BYTES 1024
#define POLICY "/etc/firefox/policies/policies.json"

/* What a database loads. */
struct loads {
	bool module;
	bool gone;               /* it names one that is not there */
	bool proxy;
	char name[256];          /* what it calls the module */
};

static void
take_library(struct loads *loads, const char *path, const char *name)
{
	if (strcmp(doctor_base(path), PROXY_FILE) == 0)
		loads->proxy = true;
	if (strcmp(doctor_base(path), MODULE_FILE) != 0)
		return;
	/* a bare name is for the dynamic linker to find */
	if (path[0] == '/' && access(path, R_OK) != 0)
		loads->gone = true;
	else
		loads->module = true;
	doctor_print(loads->name, sizeof(loads->name), "%s", name);
}

/* Paragraphs of "library=", "name=". */
static bool
read_modules(struct loads *loads, const char *path)
{
	char line[LINE_MAX_BYTES], library[DOCTOR_PATH] = "", name[256] = "";
	FILE *file = doctor_open(path);

	*loads = (struct loads){ .module = false };
	if (file == NULL)
		return false;
	while (doctor_line(file, line, sizeof(line))) {
		if (strncmp(line, "library=", 8) == 0) {
			take_library(loads, library, name);
			doctor_print(library, sizeof(library), "%s", line + 8);
			name[0] = '\0';
		} else if (strncmp(line, "name=", 5) == 0) {
			doctor_print(name, sizeof(name), "%s", line + 5);
		}
	}
	take_library(loads, library, name);
	fclose(file);
	return true;
}

/* "modutil -dbdir sql:FOLDER WHAT" */
static size_t
put_modutil(char *out, size_t size, const char *folder, const char *what)
{
	char database[DOCTOR_PATH + 8], quoted[DOCTOR_PATH + 128];

	doctor_print(database, sizeof(database), "sql:%s", folder);
	doctor_quote(quoted, sizeof(quoted), database);
	return doctor_print(out, size, "modutil -force -dbdir %s %s", quoted,
	    what);
}

static void
mend_add(const struct doctor *doc, char *out, size_t size,
    const char *folder)
{
	size_t used = put_modutil(out, size, folder,
	    "-add cng-pkcs11 -libfile ");

	doctor_quote(out + used, size - used, doc->module[0] != '\0' ?
	    doc->module : PKCS11DIR "/" MODULE_FILE);
}

static void
mend_delete(char *out, size_t size, const char *folder, const char *name)
{
	size_t used = put_modutil(out, size, folder, "-delete ");

	doctor_quote(out + used, size - used, name);
}

static void
judge(struct doctor *doc, const char *folder, bool by_policy)
{
	char mend[MEND_MAX], path[DOCTOR_PATH + 16];
	struct loads loads;
	bool proxy;

	doctor_print(path, sizeof(path), "%s/pkcs11.txt", folder);
	if (!read_modules(&loads, path))
		return;
	proxy = loads.proxy && doc->by_proxy;
	mend_add(doc, mend, sizeof(mend), folder);
	if (loads.gone) {
		mend_delete(mend, sizeof(mend), folder, loads.name);
		doctor_say(doc, DOCTOR_FINDING, AREA, mend,
		    "%s loads a module that is not there", folder);
	} else if (loads.module && proxy) {
		mend_delete(mend, sizeof(mend), folder, loads.name);
		doctor_say(doc, DOCTOR_NOTE, AREA, mend,
		    "%s loads the module twice, once through " PROXY_FILE,
		    folder);
	} else if (loads.module || proxy) {
		doctor_say(doc, DOCTOR_GOOD, AREA, "", "%s loads it%s",
		    folder, proxy ? " through " PROXY_FILE : "");
	} else if (by_policy) {
		doctor_say(doc, DOCTOR_GOOD, AREA, "",
		    "%s gets it by " POLICY, folder);
	} else {
		doctor_say(doc, DOCTOR_FINDING, AREA, mend,
		    loads.proxy ? "%s loads " PROXY_FILE ", which does not "
		    "show the module" : "%s does not load the module",
		    folder);
	}
}

/* Of Firefox alone: a line that names us, or the proxy where that shows us. */
static bool
policy_loads(const struct doctor *doc)
{
	FILE *file = doctor_open(POLICY);
	char line[LINE_MAX_BYTES];
	bool found = false;

	while (file != NULL && doctor_line(file, line, sizeof(line)))
		found = found || strstr(line, MODULE_FILE) != NULL ||
		    (doc->by_proxy && strstr(line, PROXY_FILE) != NULL);
	if (file != NULL)
		fclose(file);
	return found;
}

static bool
has_database(const char *folder)
{
	char path[DOCTOR_PATH + 16];

	doctor_print(path, sizeof(path), "%s/pkcs11.txt", folder);
	return access(path, F_OK) == 0;
}

/* Number of databases. */
static size_t
judge_profiles(struct doctor *doc, const char *home, const char *below,
    bool by_policy)
{
	char root[DOCTOR_PATH], folder[DOCTOR_PATH + 256];
	const struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	doctor_print(root, sizeof(root), "%s%s", home, below);
	dir = opendir(root);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		doctor_print(folder, sizeof(folder), "%s/%s", root,
		    entry->d_name);
		if (strlen(folder) >= DOCTOR_PATH || !has_database(folder))
			continue;
		judge(doc, folder, by_policy);
		count++;
	}
	if (dir != NULL)
		closedir(dir);
	return count;
}

void
doctor_nss(struct doctor *doc)
{
	static const struct {
		const char *below;
		bool firefox;
	} roots[] = {
		{ "/.mozilla/firefox", true },
		{ "/.config/mozilla/firefox", true },
		{ "/.thunderbird", false },
	};
	char folder[DOCTOR_PATH];
	char *home = NULL;
	size_t count = 0;

	if (home_path(&home, "") != CNG_OK || home == NULL)
		return;
	doctor_print(folder, sizeof(folder), "%s/.pki/nssdb", home);
	if (has_database(folder)) {
		judge(doc, folder, false);
		count++;
	}
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		count += judge_profiles(doc, home, roots[i].below,
		    roots[i].firefox && policy_loads(doc));
	if (count == 0)
		doctor_say(doc, DOCTOR_NOTE, AREA, "mkdir -p ~/.pki/nssdb && "
		    "certutil -N --empty-password -d sql:$HOME/.pki/nssdb",
		    "no database: Chromium and Firefox were not used yet");
	doctor_print(folder, sizeof(folder), "%s/snap/firefox", home);
	if (access(folder, F_OK) == 0)
		doctor_say(doc, DOCTOR_NOTE, AREA, "apt install firefox-esr",
		    "Firefox as a snap cannot load modules from outside");
	mem_free(home);
}
