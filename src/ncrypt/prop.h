/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties: one row each, for keys in prop_key.c and for the provider in
 * prop.c.  What has no row is not supported, or is a custom property.
 */
#ifndef CNG_NCRYPT_PROP_H
#define CNG_NCRYPT_PROP_H

#include "ncrypt/face.h"

/* Writes the value to the cursor, which may only count. */
typedef SECURITY_STATUS prop_get(struct nkey *key,
    const struct facts *facts, DWORD flags, struct wr *out);
typedef SECURITY_STATUS prop_set(struct nkey *key,
    const struct facts *facts, struct span value);

struct prop_row {
	const char *name;
	prop_get *get;           /* NULL: cannot be read */
	prop_set *set;           /* NULL: cannot be set */
};

/* Those of prop_params.c. */
prop_get prop_get_dh, prop_get_dsa, prop_get_ecc, prop_get_curve,
    prop_get_set, prop_get_kem_secret, prop_get_kem_ciphertext;
prop_set prop_set_curve, prop_set_set, prop_set_dh, prop_set_dsa;
/* Of prop_ui.c. */
prop_get prop_get_ui;
prop_set prop_set_ui;
/* And of kdf.c. */
prop_set prop_set_kdf_secret;

/* NULL: no such row. */
const struct prop_row *prop_key_row(LPCWSTR name);

/* --- of values ----------------------------------------------------------- */

SECURITY_STATUS put_number(struct wr *out, DWORD value);
/* Exactly one DWORD. */
bool take_number(struct span value, DWORD *out);

/* Sets a value that is kept with the key, for good where the key is. */
enum cng_status prop_keep(struct nkey *key, const char *name,
    struct span value) CNG_MUST_CHECK;

#endif
