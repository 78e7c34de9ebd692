/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ML-KEM, ML-DSA and SLH-DSA keys, as far as libcrypto knows them.  Callers
 * have checked the shape, and are between err_enter and err_leave.
 */
#ifndef CNG_CRYPTO_PQ_H
#define CNG_CRYPTO_PQ_H

#include "crypto/internal.h"

enum cng_status pq_complete(struct key_material *key) CNG_MUST_CHECK;
enum cng_status pq_check_public(const struct key_material *key)
    CNG_MUST_CHECK;
enum cng_status pq_check_pair(const struct key_material *key) CNG_MUST_CHECK;

/* Of the parameter set in out, with its seed where the family has one. */
enum cng_status pq_generate(struct key_material *out) CNG_MUST_CHECK;

enum cng_status pkey_from_pq(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m) CNG_MUST_CHECK;

#endif
