/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Read cursor: the only way from foreign bytes to values.  Every function
 * returns false and changes nothing when too few bytes are left.
 */
#ifndef CNG_BASE_RD_H
#define CNG_BASE_RD_H

#include "base/span.h"

struct rd {
	const uint8_t *ptr;
	size_t left;
};

static inline struct rd
rd_of(struct span s)
{
	struct rd r = { s.ptr, s.len };
	return r;
}

static inline bool
rd_at_end(const struct rd *r)
{
	return r->left == 0;
}

bool rd_u8(struct rd *r, uint8_t *out)
    __attribute__((warn_unused_result));
bool rd_u16le(struct rd *r, uint16_t *out)
    __attribute__((warn_unused_result));
bool rd_u32le(struct rd *r, uint32_t *out)
    __attribute__((warn_unused_result));
bool rd_u64le(struct rd *r, uint64_t *out)
    __attribute__((warn_unused_result));
bool rd_u32be(struct rd *r, uint32_t *out)
    __attribute__((warn_unused_result));

/* Takes len bytes; out borrows them from the input. */
bool rd_take(struct rd *r, size_t len, struct span *out)
    __attribute__((warn_unused_result));

/* All that is left. */
struct span rd_rest(struct rd *r);

/* u32le length, then that many bytes. */
bool rd_blob32(struct rd *r, struct span *out)
    __attribute__((warn_unused_result));

#endif
