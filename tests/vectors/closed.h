/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vectors whose key is in a ciphertext: the index says what opens it.
 */
#ifndef CNG_TESTS_CLOSED_H
#define CNG_TESTS_CLOSED_H

#include "blob/blob.h"
#include "crypto/crypto.h"

/* From "KEK=hex": the key.  From "unwrap key = file": the blob of the key.
 * NULL: the text names none. */
struct crypto_key *closed_kek(const char *expect);
const char *closed_key_file(const char *expect);

/* What an import does up to the numbers; *frame is kept for the way back and
 * borrows from in. */
enum cng_status closed_decode(enum blob_type type,
    const struct crypto_key *kek, struct span in, struct blob_frame *frame,
    struct key_material *out);

/* Wraps as the frame says. */
enum cng_status closed_encode(enum blob_type type,
    const struct crypto_key *kek, const struct blob_frame *frame,
    const struct key_material *key, struct wr *out);

/* For an envelope: the key of a recipient, with its numbers. */
enum cng_status closed_open(const struct key_material *mine,
    struct span in, struct key_material *out);
enum cng_status closed_envelop(const struct key_material *mine,
    const struct key_material *key, struct wr *out);
/* "inner = file": what is inside, into name; false: the text says none. */
bool closed_inner(const char *expect, char *name, size_t size);
/* Supporting material, CMS that holds no key: what is in it. */
enum cng_status closed_content(const struct key_material *mine,
    struct span in, struct secret *out);

/* Strangers and sealed keys can be described to the last byte. */
bool closed_described(enum blob_type type, struct span in);

#endif
