/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whole files in and out.  "-" is standard input or output.
 */
#ifndef CNG_CLI_IO_H
#define CNG_CLI_IO_H

#include "base/secret.h"
#include "cli/exit.h"

/* At most half of SECRET_MAX bytes.  Failures have been said. */
enum exit_code io_read(struct secret *out, const char *path);

enum io_privacy {
	IO_PUBLIC = 0,   /* as umask says */
	IO_PRIVATE,      /* 0600 */
};

/* NULL path: standard output, unless that is a terminal and the bytes are
 * not text.  A file is replaced as a whole or stays as it was. */
enum exit_code io_write(const char *path, struct span data,
    enum io_privacy privacy);

/* The first line of a file or of standard input, without its line end.  For
 * PINs and passwords: short. */
enum exit_code io_read_line(struct secret *out, const char *path);

/* What errno says: "cannot read PATH: No such file or directory". */
enum exit_code io_fail(const char *what, const char *path);

/* "-" for messages: "standard input". */
const char *io_input_name(const char *path);

#endif
