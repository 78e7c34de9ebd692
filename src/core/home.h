/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the user's own files are (the XDG base directories).  A process with
 * more rights than its caller does not look at the environment.
 */
#ifndef CNG_CORE_HOME_H
#define CNG_CORE_HOME_H

#include "base/status.h"

/* HOME, or what the user database says, then tail ("/x").  *out is NULL when
 * neither is known; mem_free. */
enum cng_status home_path(char **out, const char *tail) CNG_MUST_CHECK;

/* The directory that the variable names if it is absolute, else fallback
 * ("/.config") under the home; then tail. */
enum cng_status home_xdg_path(char **out, const char *variable,
    const char *fallback, const char *tail) CNG_MUST_CHECK;

#endif
