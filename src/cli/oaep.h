/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How PKCS11RsaAesWrapBlob and PKCS7_ENVELOPE are to be wrapped: the options of
 * export.
 */
#ifndef CNG_CLI_OAEP_H
#define CNG_CLI_OAEP_H

#include "blob/blob.h"
#include "cli/args.h"

#define OPTS_OAEP (OPT_BIT(OPT_OAEP_HASH) | OPT_BIT(OPT_OAEP_LABEL) | \
    OPT_BIT(OPT_AES_BITS))

/* Borrows the label from args.  Failures have been said. */
enum exit_code oaep_choose(struct blob_params *out, const struct args *args,
    enum blob_type type);

#endif
