/* SPDX-License-Identifier: BSD-2-Clause
 *
 * doctor: does p11-kit find the module, can it be loaded, may ssh-agent?
 * p11-kit reads "*.module" in three folders; what a file lacks is filled in
 * from one of the same name in the next.
 */
#include "cli/doctor.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/home.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AREA "p11-kit"
#define SYSTEM_CONF "/etc/pkcs11/pkcs11.conf"
#define SYSTEM_FOLDER "/etc/pkcs11/modules"
#define PACKAGE_FOLDER "/usr/share/p11-kit/modules"
#define USER_FOLDER "\"${XDG_CONFIG_HOME:-$HOME/.config}\"/pkcs11/modules"
#define ENDING ".module"
#define UNITS_MAX 64
#define LINE_MAX_BYTES 1024
#define LIST_MAX 256

struct unit {
	char name[NAME_MAX + 1];
	char file[DOCTOR_PATH];     /* the first that says something of it */
	char module[DOCTOR_PATH];
	bool has_module;
	char disable[LIST_MAX];
	char enable[LIST_MAX];
};

struct units {
	struct unit item[UNITS_MAX];
	size_t count;
};

/* --- the files of p11-kit ------------------------------------------------- */

/* "key: value"; NULL: another key, or none. */
static const char *
value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len + strspn(line + len, " \t");
	return *line == ':' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static struct unit *
unit_named(struct units *all, const char *name)
{
	struct unit *unit;

	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->item[i].name, name) == 0)
			return &all->item[i];
	if (all->count == UNITS_MAX)
		return NULL;
	unit = &all->item[all->count++];
	doctor_print(unit->name, sizeof(unit->name), "%s", name);
	return unit;
}

static void
fill(char *out, size_t size, const char *value)
{
	if (value != NULL && out[0] == '\0')
		doctor_print(out, size, "%s", value);
}

static void
read_unit(struct unit *unit, const char *path)
{
	FILE *file = doctor_open(path);
	bool had = unit->has_module;
	char line[LINE_MAX_BYTES];

	if (file == NULL)
		return;
	fill(unit->file, sizeof(unit->file), path);
	while (doctor_line(file, line, sizeof(line))) {
		const char *module = value_of(line, "module");

		if (module != NULL && !had) {
			unit->has_module = true;
			fill(unit->module, sizeof(unit->module), module);
		}
		fill(unit->disable, sizeof(unit->disable),
		    value_of(line, "disable-in"));
		fill(unit->enable, sizeof(unit->enable),
		    value_of(line, "enable-in"));
	}
	fclose(file);
}

static void
read_folder(struct units *all, const char *folder)
{
	DIR *dir = folder == NULL ? NULL : opendir(folder);
	const struct dirent *entry;
	char path[DOCTOR_PATH];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name), end = strlen(ENDING);
		struct unit *unit;

		if (entry->d_name[0] == '.' || len <= end ||
		    strcmp(entry->d_name + len - end, ENDING) != 0 ||
		    strlen(folder) + len + 2 > sizeof(path))
			continue;
		unit = unit_named(all, entry->d_name);
		if (unit == NULL)
			break;
		doctor_print(path, sizeof(path), "%s/%s", folder,
		    entry->d_name);
		read_unit(unit, path);
	}
	if (dir != NULL)
		closedir(dir);
}

/* merge, only or none: which folders count. */
static void
read_mode(char *out, size_t size)
{
	FILE *file = doctor_open(SYSTEM_CONF);
	char line[LINE_MAX_BYTES];

	out[0] = '\0';
	while (file != NULL && doctor_line(file, line, sizeof(line)))
		fill(out, size, value_of(line, "user-config"));
	if (file != NULL)
		fclose(file);
	/* as p11-kit has it */
	if (geteuid() == 0 || secure_getenv("P11_KIT_NO_USER_CONFIG") != NULL)
		doctor_print(out, size, "none");
}

static void
read_all(struct units *all)
{
	char *user = NULL;
	char mode[LIST_MAX];

	read_mode(mode, sizeof(mode));
	if (strcmp(mode, "none") != 0 &&
	    home_xdg_path(&user, "XDG_CONFIG_HOME", "/.config",
		"/pkcs11/modules") == CNG_OK)
		read_folder(all, user);
	mem_free(user);
	if (strcmp(mode, "only") == 0)
		return;
	read_folder(all, SYSTEM_FOLDER);
	read_folder(all, PACKAGE_FOLDER);
}

/* --- the module ----------------------------------------------------------- */

/* A bare name is looked up in p11-kit's own folder. */
static void
locate(char out[DOCTOR_PATH], const char *module)
{
	static const char anywhere[] = "/usr/lib/*/pkcs11";
	glob_t found = { 0 };
	const char *folder = P11_MODULE_PATH;

	if (module[0] == '/') {
		doctor_print(out, DOCTOR_PATH, "%s", module);
		return;
	}
	if (folder[0] == '\0' && glob(anywhere, 0, NULL, &found) == 0 &&
	    found.gl_pathc > 0)
		folder = found.gl_pathv[0];
	doctor_print(out, DOCTOR_PATH, "%s/%s", folder, module);
	globfree(&found);
}

static bool
real_name(char out[DOCTOR_PATH], const char *path)
{
	char *real = realpath(path, NULL);

	out[0] = '\0';
	if (real == NULL)
		return false;
	doctor_print(out, DOCTOR_PATH, "%s", real);
	free(real);   /* came from realpath */
	return true;
}

static bool
is_ours(const struct doctor *doc, const struct unit *unit)
{
	char path[DOCTOR_PATH], real[DOCTOR_PATH];

	if (!unit->has_module || unit->module[0] == '\0')
		return strcmp(unit->name, "cng-pkcs11" ENDING) == 0;
	if (strcmp(doctor_base(unit->module), MODULE_FILE) == 0)
		return true;
	locate(path, unit->module);
	return real_name(real, path) && strcmp(real, doc->module) == 0;
}

/* The line that tells p11-kit; for all users where one may write that. */
static void
mend_unit(const struct doctor *doc, char out[MEND_MAX])
{
	const char *module = doc->module[0] != '\0' ? doc->module :
	    PKCS11DIR "/" MODULE_FILE;
	bool root = geteuid() == 0;

	doctor_mend(out, root ?
	    "mkdir -p " SYSTEM_FOLDER " && printf 'module: %s\\n' " :
	    "mkdir -p " USER_FOLDER " && printf 'module: %s\\n' ",
	    module, root ?
	    " > " SYSTEM_FOLDER "/cng-pkcs11.module" :
	    " > " USER_FOLDER "/cng-pkcs11.module");
}

static void
judge_programs(struct doctor *doc, const struct unit *unit)
{
	char mend[MEND_MAX];

	doc->by_proxy = strstr(unit->disable, "p11-kit-proxy") == NULL &&
	    (unit->enable[0] == '\0' ||
	    strstr(unit->enable, "p11-kit-proxy") != NULL);
	doctor_mend(mend, "sed -i '/^ *[a-z]*able-in/d' ", unit->file, "");
	if (unit->disable[0] != '\0')
		doctor_say(doc, DOCTOR_NOTE, AREA, mend,
		    "not for these programs: %s (disable-in)", unit->disable);
	if (unit->enable[0] != '\0')
		doctor_say(doc, DOCTOR_NOTE, AREA, mend,
		    "for these programs alone: %s (enable-in)", unit->enable);
}

static void
judge_unit(struct doctor *doc, const struct unit *unit)
{
	char path[DOCTOR_PATH], real[DOCTOR_PATH], mend[MEND_MAX];

	mend_unit(doc, mend);
	if (unit->module[0] == '\0') {
		doctor_say(doc, DOCTOR_FINDING, AREA, mend,
		    "%s names no module: it is disabled", unit->file);
		return;
	}
	locate(path, unit->module);
	if (!real_name(real, path)) {
		doctor_say(doc, DOCTOR_FINDING, AREA, mend,
		    "%s names %s, which is not there", unit->file, path);
		return;
	}
	if (args_has(doc->args, OPT_MODULE) &&
	    strcmp(real, doc->module) != 0) {
		doctor_say(doc, DOCTOR_FINDING, AREA, mend,
		    "%s names another module, %s", unit->file, real);
		return;
	}
	doctor_print(doc->module, sizeof(doc->module), "%s", real);
	doc->by_p11kit = true;
	doctor_say(doc, DOCTOR_GOOD, AREA, "", "%s loads %s", unit->file,
	    real);
	judge_programs(doc, unit);
}

static bool
is_installed(const char *pattern)
{
	glob_t found = { 0 };
	bool there = glob(pattern, 0, NULL, &found) == 0 &&
	    found.gl_pathc > 0;

	globfree(&found);
	return there;
}

/* Where we were told, or were installed. */
static void
find_module(struct doctor *doc)
{
	const char *given = doc->args->value[OPT_MODULE];

	if (real_name(doc->module, given != NULL ? given :
	    PKCS11DIR "/" MODULE_FILE) || given == NULL)
		return;
	doctor_say(doc, DOCTOR_FINDING, "module",
	    "find / -name " MODULE_FILE " 2> /dev/null", "%s is not there",
	    given);
}

void
doctor_p11kit(struct doctor *doc)
{
	struct units *all = mem_new(1, sizeof(*all));
	char mend[MEND_MAX];
	size_t ours = 0;

	find_module(doc);
	if (all == NULL)
		return;
	read_all(all);
	for (size_t i = 0; i < all->count; i++) {
		if (!is_ours(doc, &all->item[i]))
			continue;
		judge_unit(doc, &all->item[i]);
		ours++;
	}
	mem_free(all);
	if (ours > 0)
		return;
	mend_unit(doc, mend);
	if (!is_installed("/usr/lib/*/libp11-kit.so.0") &&
	    !is_installed("/usr/lib*/libp11-kit.so.0"))
		doctor_say(doc, DOCTOR_NOTE, AREA, "apt install p11-kit",
		    "p11-kit is not installed");
	else
		doctor_say(doc, DOCTOR_FINDING, AREA, mend,
		    "no file in " SYSTEM_FOLDER ", " PACKAGE_FOLDER "%s names "
		    "the module", geteuid() == 0 ?
		    " (p11-kit reads no others for root)" :
		    ", ~/.config/pkcs11/modules");
}

void
doctor_module(struct doctor *doc)
{
	char mend[MEND_MAX];
	struct stat info;
	void *handle;

	if (doc->module[0] == '\0') {
		if (!args_has(doc->args, OPT_MODULE))
			doctor_say(doc, DOCTOR_FINDING, "module",
			    "make install, or apt install cng-pkcs11",
			    "there is no " PKCS11DIR "/" MODULE_FILE);
		return;
	}
	if (stat(doc->module, &info) != 0 ||
	    (info.st_uid != 0 && info.st_uid != geteuid()) ||
	    (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		doctor_mend(mend, "chown root ", doc->module,
		    " && chmod go-w ");
		doctor_quote(mend + strlen(mend), sizeof(mend) - strlen(mend),
		    doc->module);
		doctor_say(doc, DOCTOR_FINDING, "module", mend,
		    "others can change %s", doc->module);
		return;
	}
	handle = dlopen(doc->module, RTLD_LAZY | RTLD_LOCAL);
	if (handle == NULL || dlsym(handle, "C_GetFunctionList") == NULL) {
		const char *why = handle == NULL ? dlerror() : NULL;

		doctor_mend(mend, "ldd ", doc->module, "");
		doctor_say(doc, DOCTOR_FINDING, "module", mend, "%s",
		    why == NULL ? "it is no PKCS#11 module" : why);
	} else {
		doctor_say(doc, DOCTOR_GOOD, "module", "", "%s can be loaded",
		    doc->module);
	}
	if (handle != NULL)
		dlclose(handle);
}

/* --- ssh-agent ------------------------------------------------------------ */

#define AGENT_LIST "/usr/lib*/*,/usr/local/lib*/*"

/* What stands after -P on the agent's own command line, if it shows. */
static bool
running_list(char *out, size_t size)
{
	const char *pid = secure_getenv("SSH_AGENT_PID");
	char path[64], text[LINE_MAX_BYTES];
	const char *item = text;
	FILE *file;
	size_t len;

	if (pid == NULL || strspn(pid, "0123456789") != strlen(pid) ||
	    strlen(pid) > 10)
		return false;
	doctor_print(path, sizeof(path), "/proc/%s/cmdline", pid);
	file = doctor_open(path);
	if (file == NULL)
		return false;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	for (; item < text + len; item += strlen(item) + 1) {
		const char *list = item + 2;

		if (strncmp(item, "-P", 2) != 0)
			continue;
		if (*list == '\0')
			list++;
		if (list >= text + len)
			return false;
		doctor_print(out, size, "%s", list);
		return true;
	}
	return false;
}

/* As the agent judges: a pattern's stars go over slashes. */
static bool
list_allows(const char *list, const char *path)
{
	char pattern[DOCTOR_PATH];
	bool allowed = false;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		bool deny = *list == '!';

		doctor_print(pattern, sizeof(pattern), "%.*s",
		    (int)(len - deny), list + deny);
		if (fnmatch(pattern, path, FNM_NOESCAPE) == 0) {
			if (deny)
				return false;
			allowed = true;
		}
		list += len + (list[len] == ',');
	}
	return allowed;
}

void
doctor_ssh(struct doctor *doc)
{
	char list[LINE_MAX_BYTES] = AGENT_LIST, mend[MEND_MAX];
	char wanted[LINE_MAX_BYTES + DOCTOR_PATH];
	bool running = running_list(list, sizeof(list));

	if (doc->module[0] == '\0')
		return;
	if (list_allows(list, doc->module)) {
		doctor_say(doc, DOCTOR_GOOD, "ssh-agent", "",
		    "the module is inside its list, %s", list);
		return;
	}
	doctor_print(wanted, sizeof(wanted), "%s,%s", list, doc->module);
	doctor_mend(mend, "eval \"$(ssh-agent -P ", wanted, ")\"");
	doctor_say(doc, access("/usr/bin/ssh-agent", X_OK) == 0 ?
	    DOCTOR_FINDING : DOCTOR_NOTE, "ssh-agent", mend,
	    "%s is outside the agent's %slist, %s", doc->module,
	    running ? "" : "usual ", list);
}
