/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What one row of the blob table can do.  One file a family implements it.
 */
#ifndef CNG_BLOB_CODEC_H
#define CNG_BLOB_CODEC_H

#include "blob/walk.h"

/* Walks the fields and fills *out; with a NULL out it only walks.  *out may
 * be left half filled on failure: the caller frees it. */
typedef enum cng_status blob_reader(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out);

typedef enum cng_status blob_writer(enum blob_type type,
    const struct key_material *key, const struct blob_params *params,
    struct wr *out);

struct blob_codec {
	struct blob_info info;
	blob_reader *read;
	blob_writer *write;
};

blob_reader pq_read, pq_wrapper_read;
blob_writer pq_write, pq_wrapper_write;
blob_reader rsa_read, ecc_read, generic_read, pkcs8_read, keydata_read;
blob_writer rsa_write, ecc_write, generic_write, pkcs8_write, keydata_write;

blob_reader eccfull_read;
blob_writer eccfull_write;
blob_reader dsa_read, dh_read, capi_rsa_read, capi_dss_read, capi_v3_read;
blob_writer dsa_write, dh_write, capi_rsa_write, capi_dss_write,
    capi_v3_write;
/* Symmetric and closed types. */
blob_reader cipherkey_read, rfc3565_read, rsaaes_read, opaque_read;
blob_writer cipherkey_write, closed_write;
blob_reader pkcs7_read;

/* DPAPI-NG. */
blob_reader protected_read;
blob_writer protected_write;

/* The fields of KeyDataBlob; gives the key. */
struct span keydata_fields(struct walk *w);

/* A blob that is none of ours, but laid out in a known way. */
enum cng_status foreign_walk(struct walk *w);
/* false: it is nothing that is known, and no field was walked. */
bool stranger_walk(struct walk *w);

/* BLOB_ANY when the magic is of another family. */
enum blob_type rsa_detect(uint32_t magic);
enum blob_type ecc_detect(uint32_t magic);
enum blob_type dsa_detect(uint32_t magic);
enum blob_type dh_detect(uint32_t magic);
enum blob_type capi_detect(struct span in);
enum blob_type pq_detect(uint32_t magic);
/* These have their magic in other places. */
enum blob_type closed_detect(struct span in);

/* Of an ECC type that was detected: the full one, if its layout follows. */
enum blob_type ecc_layout(enum blob_type type, struct span blob);

/* CURVE_NONE: a generic magic, or no ECC magic at all. */
enum key_curve ecc_magic_curve(uint32_t magic);

/* NULL when out of range or BLOB_ANY. */
const struct blob_codec *blob_codec(enum blob_type type);

#endif
