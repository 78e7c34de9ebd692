/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Structures around the keys of a group key distribution service ([MS-GKDI]):
 * the key identifier in protected data, root keys as a directory has them,
 * and the security descriptor that a SID stands for.
 */
#ifndef CNG_BLOB_KDS_H
#define CNG_BLOB_KDS_H

#include "blob/walk.h"
#include "crypto/kds.h"

struct kds_key_id {
	bool public;             /* info is a public key, not a nonce */
	uint32_t l0, l1, l2;
	struct span root;        /* id of the root key */
	struct span info;
};

void kds_key_id_fields(struct walk *w, struct kds_key_id *out);

/* Lower-case text of a GUID as Windows keeps it; out has 37 bytes. */
#define GUID_TEXT 37
void guid_text(char out[GUID_TEXT], const uint8_t guid[KDS_ID]);

/*
 * The root key with that id.  in: its 16 bytes of id and 64 of key, or LDIF
 * with the msKds attributes of any number of root keys.
 *   CNG_ERR_NOT_FOUND      not among them
 *   CNG_ERR_ARGUMENT       neither the one nor the other
 *   CNG_ERR_NOT_SUPPORTED  its algorithms are not known
 */
enum cng_status kds_root_find(struct kds_root *out, struct span in,
    struct span id) CNG_MUST_CHECK;

/* The security descriptor that the service makes of a SID in text: it may,
 * everybody may protect.  CNG_ERR_BAD_DATA: no SID. */
enum cng_status kds_descriptor(struct span sid, struct secret *out)
    CNG_MUST_CHECK;

/* All together.  Also CNG_ERR_BAD_DATA, CNG_ERR_BAD_PUBLIC_KEY. */
enum cng_status kds_kek(const struct kds_key_id *id, struct span sid,
    struct span roots, uint8_t out[KDS_KEK]) CNG_MUST_CHECK;

#endif
