/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The password under which a key file is to be put, if it is.
 */
#ifndef CNG_CLI_SECURE_H
#define CNG_CLI_SECURE_H

#include "cli/format.h"
#include "cli/pin.h"

/* All zero is none. */
struct protection {
	struct secret password;
	struct pbe pbe;
};

/* A password of that kind is wanted when one was given, when --encryption
 * was, and by formats that have no other form.  What does not fit the format
 * has been said. */
enum exit_code protection_choose(struct protection *out,
    const struct args *args, const struct format *format,
    enum pin_kind kind);

/* The same with a password that is there already. */
enum exit_code protection_keep(struct protection *out,
    const struct args *args, const struct format *format,
    struct span password);
void protection_free(struct protection *guard);

/* NULL: in clear. */
const struct pbe *protection_pbe(const struct protection *guard);

#endif
