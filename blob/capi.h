/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the CryptoAPI blobs share: BLOBHEADER, a magic, sizes in bits, and
 * little-endian numbers.
 */
#ifndef CNG_BLOB_CAPI_H
#define CNG_BLOB_CAPI_H

#include "blob/codec.h"

#define CALG_RSA_SIGN 0x2400u
#define CALG_RSA_KEYX 0xa400u
#define CALG_DSS_SIGN 0x2200u
#define CALG_DH_SF 0xaa01u
#define CALG_DH_EPHEM 0xaa02u

/* The header and the magic of that type; what the algorithm is. */
uint32_t capi_read_head(enum blob_type type, struct walk *w);
void capi_write_head(enum blob_type type, uint32_t algorithm,
    struct wr *out);

/* A size in bits, as bytes; a broken byte is CNG_ERR_BAD_DATA. */
uint32_t capi_read_bits(struct walk *w, const char *name);

/* One number among those of a blob; width 0: it is not there. */
struct capi_number {
	const char *name;
	enum key_part part;
	size_t width;
	bool secret;
};

/* Each that has a width must have a value. */
enum cng_status capi_read_numbers(struct walk *w,
    const struct capi_number *numbers, size_t count,
    struct key_material *out) CNG_MUST_CHECK;

/* CNG_ERR_BAD_TYPE: one is missing, or longer than its width. */
enum cng_status capi_write_numbers(const struct capi_number *numbers,
    size_t count, const struct key_material *key, struct wr *out)
    CNG_MUST_CHECK;

/* DSSSEED: a counter and 20 bytes, both the other way round than in the
 * blobs of CNG.  A counter of all ones says that there is no seed. */
#define CAPI_SEED 20
struct capi_seed {
	struct span counter;
	struct span seed;
};
struct capi_seed capi_read_seed(struct walk *w);
enum cng_status capi_take_seed(const struct capi_seed *seed,
    enum key_part part, enum key_part counter, struct key_material *out)
    CNG_MUST_CHECK;

/* filler: what a missing seed is made of. */
void capi_write_seed(struct span seed, struct span counter, uint8_t filler,
    struct wr *out);

#endif
