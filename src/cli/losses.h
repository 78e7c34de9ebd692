/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a key file no longer says after it was turned into another.
 */
#ifndef CNG_CLI_LOSSES_H
#define CNG_CLI_LOSSES_H

#include "cli/keyfile.h"

/* Reads the result back and tells on stderr what is lost of the key, which
 * may have been chosen from several.  keys: those that were written. */
enum exit_code losses_tell(const struct keyfile *from,
    const struct format *to, struct span result,
    const struct format_source *written);

#endif
