/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The parameter of CKM_CNG_*: NCrypt's flags and typed buffers.
 */
#ifndef CNG_PKCS11_CNGBLOB_H
#define CNG_PKCS11_CNGBLOB_H

#include "blob/blob.h"
#include "pkcs11/cryptoki.h"

struct cngblob {
	enum blob_type type;
	unsigned flags;              /* IMPORT_* */
	bool do_not_finalize;
	bool has_name;
	bool for_export;             /* a buffer says how to wrap */
	bool for_import;             /* a buffer says how to unwrap */
	enum key_family family;      /* the key to come; KEY_NONE: not said */
	struct secret name;          /* UTF-8 */
	struct secret password;      /* UTF-8; params.pbe borrows it */
	struct secret curve;         /* UTF-8; params.curve_name borrows it */
	struct secret rule;          /* UTF-8; params.protect borrows it */
	struct blob_params params;
};

/* A NULL parameter gives the defaults; CKR_MECHANISM_PARAM_INVALID.  On
 * failure *out is empty. */
CK_RV cngblob_read(struct cngblob *out, const CK_MECHANISM *from);
void cngblob_free(struct cngblob *blob);

#endif
