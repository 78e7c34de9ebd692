/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The few words of DER that the DPAPI-NG files are made of.
 */
#ifndef CNG_CRYPTO_DPAPING_DER_H
#define CNG_CRYPTO_DPAPING_DER_H

#include "base/secret.h"
#include "base/wr.h"

/* One element, written. */
void der_put(struct wr *out, int class, int tag, bool constructed,
    struct span content);

/* A primitive element behind what is there. */
enum cng_status der_add(struct secret *out, int class, int tag,
    struct span content) CNG_MUST_CHECK;

/* All that is there becomes the content of one constructed element. */
enum cng_status der_wrap(struct secret *in_out, int class, int tag)
    CNG_MUST_CHECK;

/* The content of the next element, if it is the wanted one; *in is advanced
 * behind it. */
bool der_take(struct span *in, int tag, bool context, struct span *out)
    __attribute__((warn_unused_result));

#endif
