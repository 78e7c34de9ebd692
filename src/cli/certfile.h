/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Files of certificates alone: one in DER, some in PEM, a store saved as
 * PKCS#7 (.p7b) or serialised (.sst).
 */
#ifndef CNG_CLI_CERTFILE_H
#define CNG_CLI_CERTFILE_H

#include "crypto/pfx.h"

/* CNG_ERR_BAD_MAGIC: it is something else, or there is a key in it; *out is
 * empty then. */
enum cng_status certfile_read(struct pfx *out, struct span data)
    CNG_MUST_CHECK;

/* What else there is in the SignedData around an envelope. */
enum cng_status certfile_beside(struct pfx *out, struct span blob)
    CNG_MUST_CHECK;

#endif
