/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What rows of key pairs share.
 */
#ifndef CNG_TESTS_MECHANISMS_PAIRS_H
#define CNG_TESTS_MECHANISMS_PAIRS_H

#include "tests/mechanisms/cells.h"

/* Sets libcrypto's parameters for the row. */
typedef bool tuner(const struct sample *sample, EVP_PKEY_CTX *ctx);

/* The Diffie-Hellman group of that size, which has a name, of one bit more than
 * a limit the next larger one; NULL: none has. */
#define WIDE "wide"
const char *large_group(CK_ULONG bits);

/* A key of libcrypto, made once a run: of an algorithm, a size in bits, or
 * with a named group.  NULL: it cannot. */
EVP_PKEY *pkey_of(const char *algorithm, CK_ULONG bits, const char *group);
/* sample->pkey from that, and both halves in the token. */
bool pkey_use(struct sample *sample, const char *algorithm, CK_ULONG bits,
    const char *group);

/* A public key of the token, with a modulus that is only a number. */
CK_RV rsa_public_of_size(struct sample *sample, CK_ULONG bits);

/* With a digest, or without (NULL). */
bool evp_sign(const struct sample *sample, const char *digest, tuner *tune,
    struct bytes *out);
bool evp_verify(const struct sample *sample, const char *digest, tuner *tune,
    struct bytes sig);
/* What the two of one key agree on. */
bool evp_agree(EVP_PKEY *mine, EVP_PKEY *theirs, struct bytes *out);
void pkeys_free(void);

/* --- encapsulation of a secret of row->limit bytes, or of what is agreed
 * (agree.c) --- */

extern const struct kind secret_kems;

/* --- new pairs (make.c) --- */

/* With p, q and g of that one. */
CK_RV group_pair(struct sample *sample, EVP_PKEY *group, bool dsa);
/* Whole, and both of one pair; into sample->pkey. */
bool pair_right(struct sample *sample);
/* All that the row of the mechanism row->number proves, with these keys. */
bool use_elsewhere(struct sample *sample);

extern const struct keys ec_keys, montgomery_keys, dh_keys;

/* r and s, each of that many bytes, from the DER of libcrypto; and back. */
bool raw_from_der(struct bytes der, CK_ULONG half, struct bytes *out);
bool der_from_raw(struct bytes raw, struct bytes *out);

#endif
