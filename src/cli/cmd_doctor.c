/* SPDX-License-Identifier: BSD-2-Clause
 *
 * doctor: runs the examinations and prints what they say.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/doctor.h"
#include "cli/print.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAID_MAX (2 * DOCTOR_PATH)

void
doctor_say(struct doctor *doc, enum doctor_state state, const char *area,
    const char *mend, const char *format, ...)
{
	static const char *const states[] = {
		[DOCTOR_GOOD] = "good",
		[DOCTOR_NOTE] = "note",
		[DOCTOR_FINDING] = "FINDING",
	};
	json_t *row = json_object();
	char what[SAID_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	print_set_string(row, "state", states[state]);
	print_set_string(row, "area", area);
	print_set_string(row, "what", what);
	print_set_string(row, "mend", mend);
	print_append(doc->rows, row);
	doc->findings += state == DOCTOR_FINDING;
}

size_t
doctor_print(char *out, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out, size, format, args);
	va_end(args);
	if (len < 0)
		return 0;
	return (size_t)len < size ? (size_t)len : size - 1;
}

void
doctor_quote(char *out, size_t size, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:=@%,";
	size_t len = 0;

	if (text[0] != '\0' && strspn(text, plain) == strlen(text)) {
		doctor_print(out, size, "%s", text);
		return;
	}
	/* room for the longest piece, the last quote and the end */
	out[len++] = '\'';
	for (; *text != '\0' && len + 6 < size; text++) {
		if (*text == '\'') {
			memcpy(out + len, "'\\''", 4);
			len += 4;
		} else {
			out[len++] = *text;
		}
	}
	out[len++] = '\'';
	out[len] = '\0';
}

void
doctor_mend(char out[MEND_MAX], const char *before, const char *path,
    const char *after)
{
	char quoted[DOCTOR_PATH + 128];

	doctor_quote(quoted, sizeof(quoted), path);
	doctor_print(out, MEND_MAX, "%s%s%s", before, quoted, after);
}

/* An editor: no PIN is in the history of a shell then. */
bool
doctor_mend_private(char out[MEND_MAX], const char *path,
    enum cng_status st)
{
	struct stat info;
	bool there = stat(path, &info) == 0;

	out[0] = '\0';
	if (st == CNG_ERR_STORE_PERMISSION && there &&
	    info.st_uid != geteuid() && info.st_uid != 0)
		doctor_mend(out, "chown \"$(id -u)\" ", path, "");
	else if (st == CNG_ERR_STORE_PERMISSION && there)
		doctor_mend(out, (info.st_mode & S_IRUSR) != 0 ? "chmod go= " :
		    "chmod u+r,go= ", path, "");
	else if (st == CNG_ERR_NOT_FOUND || st == CNG_ERR_PIN_LENGTH)
		doctor_mend(out, "(umask 077; editor ", path, ")");
	return out[0] != '\0';
}

bool
doctor_mend_pin(char out[MEND_MAX], const struct token *tok,
    enum cng_status st, char path[DOCTOR_PATH])
{
	if (token_pin_file(tok, path, DOCTOR_PATH)) {
		if (st != CNG_ERR_PIN_LENGTH || !token_pin_is_made(tok))
			return doctor_mend_private(out, path, st);
		doctor_print(out, MEND_MAX, "bring it back from a backup");
		return true;
	}
	doctor_print(out, MEND_MAX, "man 5 cng-pkcs11.conf");
	return true;
}

FILE *
doctor_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat info;
	FILE *file = NULL;

	if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		file = fdopen(fd, "r");
	if (fd >= 0 && file == NULL)
		close(fd);
	return file;
}

bool
doctor_line(FILE *file, char *line, size_t size)
{
	size_t skip, len;

	if (fgets(line, (int)size, file) == NULL)
		return false;
	skip = strspn(line, " \t");
	len = strlen(line + skip);
	memmove(line, line + skip, len + 1);
	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		line[--len] = '\0';
	return true;
}

const char *
doctor_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static const char *
text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text == NULL ? "" : text;
}

/* What mends it gets a line of its own, to be copied. */
static enum exit_code
print_rows(const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *mend = text_of(row, "mend");

		print_line("%-8s %-14s %s", text_of(row, "state"),
		    text_of(row, "area"), text_of(row, "what"));
		if (mend[0] != '\0')
			print_line("%24s%s", "", mend);
	}
	return EXIT_DONE;
}

static enum exit_code
report(const struct doctor *doc)
{
	enum exit_code code = args_has(doc->args, OPT_JSON) ?
	    print_json(doc->rows) : print_rows(doc->rows);

	if (code != EXIT_DONE || doc->findings == 0)
		return code;
	note("%zu finding%s", doc->findings, doc->findings == 1 ? "" : "s");
	return EXIT_FAILED;
}

enum exit_code
cmd_doctor(const struct args *args)
{
	static void (*const parts[])(struct doctor *) = {
		doctor_configuration, doctor_p11kit, doctor_module,
		doctor_ssh, doctor_nss, doctor_openssl, doctor_readers,
		doctor_files, doctor_stores, doctor_libcrypto, doctor_clock,
	};
	struct doctor doc = { .args = args, .rows = json_array() };
	enum exit_code code;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		parts[i](&doc);
	code = report(&doc);
	provider_close(doc.provider);
	json_decref(doc.rows);
	return code;
}
