/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of "cngtool doctor" share.  Each looks at one thing outside,
 * says what it found and how to mend it, and changes nothing: no PIN is asked
 * for, no program started, no card touched.
 */
#ifndef CNG_CLI_DOCTOR_H
#define CNG_CLI_DOCTOR_H

#include "cli/args.h"
#include "core/provider.h"

#include <jansson.h>
#include <stdio.h>

#define MODULE_FILE "cng-pkcs11.so"
#define PROXY_FILE "p11-kit-proxy.so"
/* What is longer is cut off: a path that is, is not found. */
#define DOCTOR_PATH 768
#define MEND_MAX (2 * DOCTOR_PATH)

enum doctor_state {
	DOCTOR_GOOD = 0,
	DOCTOR_NOTE,             /* lacks, but not everybody needs it */
	DOCTOR_FINDING,          /* something is wrong, or in the way */
};

struct doctor {
	const struct args *args;
	json_t *rows;
	size_t findings;
	struct provider *provider;   /* NULL: the configuration is wrong */
	char module[DOCTOR_PATH];   /* by its real name; "": there is none */
	bool by_p11kit;          /* p11-kit loads it */
	bool by_proxy;           /* and shows it through its proxy */
};

/* mend: a command, or "".  What it found is printed with escapes. */
void doctor_say(struct doctor *doc, enum doctor_state state,
    const char *area, const char *mend, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* snprintf; the length of what is in out. */
size_t doctor_print(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Text as one word of a shell. */
void doctor_quote(char *out, size_t size, const char *text);

/* "before QUOTED after", for mend. */
void doctor_mend(char out[MEND_MAX], const char *before, const char *path,
    const char *after);

/* What mends a file for its owner alone, which was refused so; false: no
 * command does. */
bool doctor_mend_private(char out[MEND_MAX], const char *path,
    enum cng_status st);
/* The same of the file with the PIN of a token, whose path is told, too. */
bool doctor_mend_pin(char out[MEND_MAX], const struct token *tok,
    enum cng_status st, char path[DOCTOR_PATH]);

/* NULL when it is no regular file that can be read. */
FILE *doctor_open(const char *path);

/* A line without its end and the blanks around it; false at the end. */
bool doctor_line(FILE *file, char *line, size_t size);

const char *doctor_base(const char *path);

/* In that order. */
void doctor_configuration(struct doctor *doc);
void doctor_p11kit(struct doctor *doc);
void doctor_module(struct doctor *doc);
void doctor_ssh(struct doctor *doc);
void doctor_nss(struct doctor *doc);
void doctor_openssl(struct doctor *doc);
void doctor_readers(struct doctor *doc);
void doctor_files(struct doctor *doc);
void doctor_stores(struct doctor *doc);
void doctor_libcrypto(struct doctor *doc);
void doctor_clock(struct doctor *doc);

#endif
