/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug log as lines of a file.
 */
#ifndef CNG_CORE_LOGFILE_H
#define CNG_CORE_LOGFILE_H

struct logfile;

/* path: or CONF_STDERR.  NULL when the file cannot be opened, or is not the
 * user's or root's, or is a link or no file, pipe or terminal: a log is no
 * reason to fail; "cngtool doctor" tells.  One at a time per process: a later
 * one takes over. */
struct logfile *logfile_open(const char *path, int level);
void logfile_close(struct logfile *log);

/* A line on standard error, for whoever waits for a log that he does not get:
 * each once in a row only, and none of a set-id program. */
void logfile_warn(const char *about, const char *text);

#endif
