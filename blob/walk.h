/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A walk over the fields of a blob.  Decoding and describing are the same
 * walk, one without and one with a sink, so that they cannot disagree.  The
 * first failure stays; after it every read gives zero or nothing.
 */
#ifndef CNG_BLOB_WALK_H
#define CNG_BLOB_WALK_H

#include "base/rd.h"
#include "blob/blob.h"

struct walk {
	struct rd in;
	struct span blob;
	blob_field_sink *sink; /* NULL: nobody listens */
	void *arg;
	enum cng_status status;
};

struct walk walk_of(struct span blob, blob_field_sink *sink, void *arg);

uint32_t walk_magic(struct walk *w, const char *name);
uint8_t walk_u8(struct walk *w, const char *name);
uint16_t walk_u16(struct walk *w, const char *name);
uint32_t walk_u32(struct walk *w, const char *name);

/* len bytes; cut short is CNG_ERR_BAD_DATA. */
struct span walk_bytes(struct walk *w, const char *name, size_t len,
    enum blob_field_kind kind);

/* A field that was found by other means. */
void walk_emit(struct walk *w, const struct blob_field *field);

/* Notes a failure, unless there was one before. */
void walk_fail(struct walk *w, enum cng_status st);

/* Left-over bytes are CNG_ERR_BAD_DATA; they are shown, too. */
enum cng_status walk_end(struct walk *w) CNG_MUST_CHECK;

#endif
