/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What import and export are told besides the blob: flags, and the typed
 * buffers of a parameter list.
 */
#ifndef CNG_NCRYPT_PARAMS_H
#define CNG_NCRYPT_PARAMS_H

#include "blob/blob.h"
#include "ncrypt/face.h"

#define VBS_FLAGS (NCRYPT_PREFER_VBS_FLAG | NCRYPT_REQUIRE_VBS_FLAG | \
	NCRYPT_USE_PER_BOOT_KEY_FLAG)

/* All flags known, and none of virtualisation asked for in earnest? */
SECURITY_STATUS params_check_flags(DWORD flags, DWORD allowed);

/* A key that should have been isolated says that it is not. */
enum cng_status params_note_vbs(struct secret *bag, DWORD flags)
    CNG_MUST_CHECK;

struct params {
	struct blob_params blob; /* borrows from what follows and from the
	                          * caller's buffers */
	struct secret name;
	struct secret password;
	struct secret rule;      /* protection descriptor */
	struct secret curve;
	const struct alg *alg;   /* that the key must have, or NULL */
};

/* Buffers of no meaning here are passed over, as Windows does. */
enum cng_status params_read(struct params *out, enum blob_type type,
    const NCryptBufferDesc *list) CNG_MUST_CHECK;
/* Whom a PKCS7_ENVELOPE is for, and its cipher, which has to be said. */
enum cng_status params_read_envelope(struct params *out,
    const NCryptBufferDesc *list) CNG_MUST_CHECK;
void params_free(struct params *params);

/* Of a parameter list, the bytes of the first buffer of that type. */
bool params_find(const NCryptBufferDesc *list, ULONG type, struct span *out);
/* Is it one that can be looked at? */
bool params_list_is_sound(const NCryptBufferDesc *list);

/* The older way to keep an imported key: create it, set the property whose
 * name is the blob type, finalise it. */
SECURITY_STATUS import_as_property(struct nkey *key,
    const struct blob_info *info, struct span blob);

/* CNG_ERR_NOT_SUPPORTED: no type of ours. */
enum cng_status params_blob_type(LPCWSTR name, const struct blob_info **out)
    CNG_MUST_CHECK;

#endif
