/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the fuzz targets share.  A finding ends the program.
 */
#ifndef CNG_TESTS_FUZZ_H
#define CNG_TESTS_FUZZ_H

#include "blob/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum cng_status fuzz_decode(struct key_material *out,
    struct span in);
typedef enum cng_status fuzz_encode(const struct key_material *key,
    struct wr *out);

/* Decodes; what is accepted must be written and read again as the same. */
void fuzz_round_trip(fuzz_decode *decode, fuzz_encode *encode,
    struct span in);

/* The same for a blob type, which must be describable, too. */
void fuzz_blob(enum blob_type type, const struct blob_params *params,
    struct span in);

#endif
