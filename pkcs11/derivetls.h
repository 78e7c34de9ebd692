/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Derivation as TLS 1.2 does it.
 */
#ifndef CNG_PKCS11_DERIVETLS_H
#define CNG_PKCS11_DERIVETLS_H

#include "pkcs11/derive.h"

/* Of a master secret, and of a pre-master secret that says a version. */
#define TLS_MASTER_LEN 48

/* NSS made its numbers before the standard had some. */
#define CKM_NSS_TLS_EXTENDED_MASTER_KEY_DERIVE 0xce534369UL
#define CKM_NSS_TLS_EXTENDED_MASTER_KEY_DERIVE_DH 0xce53436aUL

/* Does it give its handles in its parameter? */
bool derivetls_gives_keys(const CK_MECHANISM *mechanism);

/* A master secret, or a key with a label. */
CK_RV derivetls_one(struct deriving *d, obj_id *out);
/* The keys of a connection, into the parameter. */
CK_RV derivetls_keys(struct deriving *d);

/* tlsparam.c: what the parameters say. */
struct tls_keys {
	size_t mac_len;
	size_t key_len;
	size_t iv_len;
	CK_SSL3_KEY_MAT_OUT *out;
};
struct tls_param {
	CK_VERSION *version;     /* NULL: nobody asks */
	bool needs_version;      /* the base begins with one: 48 bytes */
	struct tls_keys keys;
};
/* Fills op: its seed is in *seed, its label is borrowed. */
CK_RV tlsparam_read(const struct deriving *d, struct tls_param *out,
    struct key_op *op, struct secret *seed);

#endif
