/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every blob codec has to stand, whatever its layout.
 */
#ifndef CNG_TESTS_BLOB_CASES_H
#define CNG_TESTS_BLOB_CASES_H

#include "blob/blob.h"

/* What the caller says besides the bytes, for all cases from now on. */
void case_say(const struct blob_params *params);

/* Asks for the size, writes, and checks that both agree. */
struct secret case_encode(enum blob_type type,
    const struct key_material *key, const struct blob_params *params);

/* Decodes and comes back byte for byte; also short by one in the buffer. */
void case_round_trip(enum blob_type type, const char *file);

/* Every shorter input, and one byte more, is BAD_DATA or BAD_MAGIC. */
void case_wrong_length(enum blob_type type, const char *file);

/* Every bit flipped, one at a time: refused, or stable from then on. */
void case_bit_flips(enum blob_type type, const char *file);

/* The n-th allocation fails, for every n. */
void case_no_memory(enum blob_type type, const char *file);

/* A 32-bit field set to hostile values is refused with the status. */
void case_hostile_length(enum blob_type type, const char *file,
    size_t offset, enum cng_status st);

#endif
