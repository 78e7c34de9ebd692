/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of a group key distribution service ([MS-GKDI]).  From one root key
 * come group keys, by period of time and security descriptor; from a group
 * key comes the key that wraps another.
 */
#ifndef CNG_CRYPTO_KDS_H
#define CNG_CRYPTO_KDS_H

#include "base/secret.h"
#include "key/material.h"

#define KDS_ID 16
#define KDS_GROUP_KEY 64
#define KDS_KEK 32
/* L1 and L2 count down from the last of 32. */
#define KDS_LAST_INDEX 31

struct kds_root {
	uint8_t id[KDS_ID];      /* GUID, in the order of Windows' memory */
	struct secret key;
	enum key_hash hash;      /* of HMAC in SP 800-108 */
	enum key_curve curve;    /* of key agreement; CURVE_NONE: DH */
	struct secret p, g;      /* DH; empty: the group of RFC 5114 with 2048
	                          * bits and an order of 256, the default */
	size_t private_bits;
};

void kds_root_free(struct kds_root *root);

struct kds_moment {
	uint32_t l0, l1, l2;
	struct span descriptor;  /* security descriptor, self-relative */
};

/* The group key (L2).  CNG_ERR_ARGUMENT: no such index. */
enum cng_status kds_group_key(const struct kds_root *root,
    const struct kds_moment *when, uint8_t out[KDS_GROUP_KEY])
    CNG_MUST_CHECK;

/* The wrapping key, by a nonce. */
enum cng_status kds_kek_by_nonce(const struct kds_root *root,
    const uint8_t group[KDS_GROUP_KEY], struct span nonce,
    uint8_t out[KDS_KEK]) CNG_MUST_CHECK;

/* The wrapping key, agreed upon with who had only the group's public key;
 * peer is theirs.  CNG_ERR_BAD_PUBLIC_KEY: not one of the root key's group,
 * or one that would give the group's private key away. */
enum cng_status kds_kek_by_peer(const struct kds_root *root,
    const uint8_t group[KDS_GROUP_KEY], const struct key_material *peer,
    uint8_t out[KDS_KEK]) CNG_MUST_CHECK;

#endif
