/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One call of C_DeriveKey, for the files that share it.
 */
#ifndef CNG_PKCS11_DERIVE_H
#define CNG_PKCS11_DERIVE_H

#include "core/manykeys.h"
#include "pkcs11/attr.h"
#include "pkcs11/deriveparam.h"

struct deriving {
	struct session *s;
	const struct mech *mech;
	const CK_MECHANISM *mechanism;
	struct key_op op;
	struct deriveparam param;
	struct object *base;
	struct tmpl *tmpl;
};

/* derivemore.c: *out is the key of the call itself. */
CK_RV derive_more(struct deriving *d, obj_id *out);
CK_RV derive_mixed(struct deriving *d, obj_id *out);
CK_RV derive_public(struct deriving *d, obj_id *out);

#endif
