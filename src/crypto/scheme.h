/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who does what: one row a scheme, for operations at once and in parts.
 */
#ifndef CNG_CRYPTO_SCHEME_H
#define CNG_CRYPTO_SCHEME_H

#include "crypto/internal.h"

typedef enum cng_status op_checker(const struct crypto_key *key,
    const struct key_op *op, enum unit_way way);
typedef enum cng_status op_writer(const struct crypto_key *key,
    const struct key_op *op, struct span in, struct wr *out);
typedef enum cng_status op_verifier(const struct crypto_key *key,
    const struct key_op *op, struct span in, struct span signature);

struct scheme {
	bool takes_digest;     /* op->hash is applied before */
	op_checker *check;     /* of those that take a digest */
	op_writer *sign;
	op_verifier *verify;
	op_writer *recover;
	op_writer *encrypt;
	op_writer *decrypt;
};

/* Of an unknown one: all zero. */
const struct scheme *scheme_of(const struct key_op *op);

/* Bytes of a signature by that key; MACs are not told here. */
size_t scheme_signature_len(const struct crypto_key *key);

#endif
