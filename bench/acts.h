/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What workloads consist of.  act_ is for modules, limit_ is the same by
 * libcrypto or SQLite.
 */
#ifndef CNG_BENCH_ACTS_H
#define CNG_BENCH_ACTS_H

#include "bench/bench.h"

/* crypt.c, limit_crypt.c */
extern const struct act act_sign, limit_sign, limit_sign_once, limit_mac;
extern const struct act act_verify, limit_verify;
extern const struct act act_encrypt, limit_encrypt;
extern const struct act act_decrypt, limit_decrypt, limit_decrypt_rsa;
extern const struct act act_digest, limit_digest;
extern const struct act act_random, limit_random;

/* wrap.c, limit_wrap.c */
extern const struct act act_wrap, limit_wrap, limit_wrap_rsa;
extern const struct act act_unwrap, limit_unwrap, limit_unwrap_pkcs8;
extern const struct act act_blob_export;
extern const struct act act_blob_import, limit_import_rsa, limit_import_ec;

/* object.c, limit_object.c */
extern const struct act act_find_id, act_find_label, limit_find;
extern const struct act act_create, limit_create, act_create_session;
extern const struct act act_generate, limit_generate;
extern const struct act act_attributes;
extern const struct act act_session;

/* process.c */
extern const struct act act_child, limit_child;
extern const struct act act_beside, limit_alone;

/* For settle: what the seat made goes. */
void object_destroy_made(struct seat *seat, const struct work *work);

/* For start: the mechanism with its parameter, and the key. */
CK_RV crypt_start(struct seat *seat, const struct work *work);

/* An indexed table beside the stores of the modules. */
CK_RV limit_database(struct seat *seat);
CK_RV limit_fill(struct side *side, unsigned long count);

#endif
