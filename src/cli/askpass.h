/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program that asks in the place of a terminal, by the rules of OpenSSH.
 */
#ifndef CNG_CLI_ASKPASS_H
#define CNG_CLI_ASKPASS_H

#include "base/span.h"
#include "base/status.h"

#include <stdbool.h>

/* The program to ask with, or NULL: by SSH_ASKPASS and SSH_ASKPASS_REQUIRE
 * (never, prefer, force), and whether there is a display. */
const char *askpass_program(bool terminal);

/* The first line that it writes.  CNG_ERR_INTERRUPTED: it was sent away. */
enum cng_status askpass_ask(const char *program, const char *question,
    uint8_t *buf, size_t size, size_t *len) CNG_MUST_CHECK;

#endif
