/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BER-TLV as cards use it: tags of one to three bytes, definite lengths of up
 * to three.
 */
#ifndef CNG_CARD_TLV_H
#define CNG_CARD_TLV_H

#include "base/rd.h"
#include "base/wr.h"

/* The next one; the tag with its bytes, 0x7f49 or 0x5fc105.  false and nothing
 * changed when it is not whole. */
bool tlv_next(struct rd *r, uint32_t *tag, struct span *value)
    __attribute__((warn_unused_result));

/* The first one with that tag on this level. */
bool tlv_find(struct span in, uint32_t tag, struct span *value)
    __attribute__((warn_unused_result));

void tlv_head(struct wr *w, uint32_t tag, size_t len);
void tlv_put(struct wr *w, uint32_t tag, struct span value);
void tlv_put_u8(struct wr *w, uint32_t tag, uint8_t value);

#endif
