/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Questions on the controlling terminal, never on standard input; secrets also
 * by the program of SSH_ASKPASS.
 */
#ifndef CNG_CLI_PROMPT_H
#define CNG_CLI_PROMPT_H

#include "base/secret.h"
#include "cli/exit.h"

/* Is there a way to ask for a secret? */
bool prompt_possible(void);
/* Is there a terminal to ask on? */
bool prompt_terminal(void);

/* Asks without echo. */
enum exit_code prompt_secret(struct secret *out, const char *question);

/* Asks twice, until both answers agree. */
enum exit_code prompt_new_secret(struct secret *out, const char *question);

/* "y" or "yes" is true; no terminal is false. */
bool prompt_yes(const char *question);

#endif
