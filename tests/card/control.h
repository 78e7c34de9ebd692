/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How a test talks to a running card: a line over a UNIX socket, a line back.
 */
#ifndef TESTS_CARD_CONTROL_H
#define TESTS_CARD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

/* -1 with a message. */
int control_listen(const char *path);
/* Takes one connection, gives its line to answer, and sends what that wrote. */
void control_serve(int fd, void (*answer)(void *context, char *line,
			       char *reply, size_t size),
    void *context);
/* The other side: the exit status of a program that says one line. */
int control_tell(const char *path, char *const words[]);

#endif
