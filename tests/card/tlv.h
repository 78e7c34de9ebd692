/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes and BER-TLV, as small as a simulated card needs them.  Nothing here
 * comes from the program under test, so that an error of its own reader is
 * not repeated by the card.
 */
#ifndef TESTS_CARD_TLV_H
#define TESTS_CARD_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns; at is NULL when there are none at all. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* Bytes that grow; begin with { 0 }, end with buf_free.  A card that has no
 * memory ends the process: it is a test. */
struct buf {
	uint8_t *at;
	size_t len;
	size_t size;
};

void buf_put(struct buf *buf, const void *bytes, size_t len);
void buf_byte(struct buf *buf, unsigned value);
void buf_span(struct buf *buf, struct span bytes);
void buf_clear(struct buf *buf);
void buf_free(struct buf *buf);
struct span buf_all(const struct buf *buf);

struct span span_of(const void *bytes, size_t len);
bool span_equal(struct span a, struct span b);
/* The first len bytes leave in; false when there are fewer. */
bool span_take(struct span *in, size_t len, struct span *out);

struct tlv {
	uint32_t tag; /* up to three bytes, as written: 0x7F49 */
	struct span value;
};

/* The next object leaves in; false when there is none or it is damaged. */
bool tlv_next(struct span *in, struct tlv *out);
/* Tag and length only; the value stays in, which may be shorter. */
bool tlv_head(struct span *in, uint32_t *tag, size_t *len);
/* The first object with the tag, on this level only. */
bool tlv_find(struct span in, uint32_t tag, struct span *value);
/* One object that fills the whole of in. */
bool tlv_only(struct span in, uint32_t tag, struct span *value);

void tlv_put(struct buf *buf, uint32_t tag, const void *value, size_t len);
void tlv_put_span(struct buf *buf, uint32_t tag, struct span value);
void tlv_put_byte(struct buf *buf, uint32_t tag, unsigned value);

#endif
