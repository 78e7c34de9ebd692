/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Write cursor.  With a NULL buffer it only counts, so that asking for the
 * size and writing run the same code.  A write that does not fit sets the
 * failure for good, and the length goes on counting what is needed.
 */
#ifndef CNG_BASE_WR_H
#define CNG_BASE_WR_H

#include "base/span.h"
#include "base/status.h"

struct wr {
	uint8_t *buf;  /* NULL: count only */
	size_t cap;    /* bytes in buf */
	size_t len;    /* bytes written, or needed */
	bool failed;   /* did not fit, or a length overflowed */
};

static inline struct wr
wr_of(void *buf, size_t cap)
{
	struct wr w = { buf, buf == NULL ? 0 : cap, 0, false };
	return w;
}

void wr_u8(struct wr *w, uint8_t v);
void wr_u16le(struct wr *w, uint16_t v);
void wr_u32le(struct wr *w, uint32_t v);
void wr_u64le(struct wr *w, uint64_t v);
void wr_u32be(struct wr *w, uint32_t v);
void wr_bytes(struct wr *w, struct span s);
void wr_zero(struct wr *w, size_t count);

/* A big-endian number, left-padded with zeros to width bytes.  One that is
 * longer than width after trimming fails. */
void wr_be_padded(struct wr *w, struct span number, size_t width);

/* The same number as little-endian, right-padded. */
void wr_le_padded(struct wr *w, struct span number, size_t width);

/* u32le length, then the bytes. */
void wr_blob32(struct wr *w, struct span s);

/* CNG_OK when everything fitted (or only counting was asked for). */
enum cng_status wr_status(const struct wr *w) CNG_MUST_CHECK;

#endif
