/* SPDX-License-Identifier: BSD-2-Clause
 *
 * --usage: what a new key may be used for, as lines of a template.
 */
#ifndef CNG_CLI_USAGE_H
#define CNG_CLI_USAGE_H

#include "cli/exit.h"
#include "core/prop.h"

#define USAGE_PROPS_MAX 9

/* Appends a line for every usage that a key of the class can have: true for
 * those in the list, false for the others. */
enum exit_code usage_props(struct prop *out, size_t *count, const char *list,
    enum obj_class class);

#endif
