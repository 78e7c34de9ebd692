/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every call of the newest list as a row, so that all of them can be tried
 * the same way: with pointers that are NULL, with lengths that cannot be, in
 * any order.
 */
#ifndef CNG_TESTS_FACE_CALLS_H
#define CNG_TESTS_FACE_CALLS_H

#include "pkcs11/cryptoki3_calls.h"

#include <stddef.h>

#define CALL_ARGS_MAX 10

/*
 * A letter for each argument:
 *   s session   S slot   h object   U user   F flags   N another number
 *   b CK_BBOOL  m mechanism         t template, to read   T to fill in
 *   i bytes to read   o bytes to write, NULL asks for the size   r the same,
 *   but all are wanted   v a list of numbers to write, NULL asks how many
 *   w a list of interfaces   p parameter of a message
 *   l the length of what is before it, or the most that fits
 *   c lines of the template   L where the length is, and goes
 *   H where a handle goes   I where a structure or a number goes
 *   z text   V version   A what C_Initialize takes   R reserved
 *   a, n: what an application is told with; never looked at
 */
struct call {
	const char *name;
	size_t place;        /* in the list */
	const char *args;
};

extern const struct call calls[];
extern const size_t calls_count;

const struct call *call_named(const char *name);

/* Is this letter one of a pointer? */
int call_is_pointer(char letter);

/* Every argument is a word here. */
CK_RV call_make(const CK_FUNCTION_LIST_3_2 *list, const struct call *call,
    const CK_ULONG arg[CALL_ARGS_MAX]);

#endif
