/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What readers of mechanism parameters share.  All answer false to what does
 * not make sense; byte strings are borrowed.
 */
#ifndef CNG_PKCS11_MECHPARAM_H
#define CNG_PKCS11_MECHPARAM_H

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/mech.h"

/* More than any caller means; less than what hurts. */
#define PARAM_BYTES_MAX 0x1000000

typedef bool param_reader(const CK_MECHANISM *from, struct key_op *op);

/* A copy of the parameter, if it has that size. */
bool mechparam_struct(const CK_MECHANISM *from, void *out, size_t size);
bool mechparam_bytes(const void *ptr, CK_ULONG len, size_t max,
    struct span *out);

/* Says which field it is that is wrong; false. */
bool mechparam_wrong(const char *field, const char *text);

/* Of a digest mechanism, where a parameter names one. */
bool mechparam_hash(CK_MECHANISM_TYPE type, enum key_hash *out);
/* CKD_*: into op->kdf and op->pad_hash. */
bool mechparam_kdf(CK_EC_KDF_TYPE kdf, struct key_op *op);

/* Of GCM, and whether it has the length of one. */
param_reader mechparam_gcm;
bool mechparam_is_gcm(const CK_MECHANISM *from);

/* mechparam_sign.c */
param_reader mechparam_eddsa;
param_reader mechparam_sign_context;
param_reader mechparam_hash_context;

/* mechparam_dh.c */
param_reader mechparam_x942;
param_reader mechparam_public_value;

/* The number of the other side; none where a key is encapsulated. */
bool mechparam_peer(const void *ptr, CK_ULONG len, size_t max,
    struct key_op *op);

/* tlsparam.c */
param_reader mechparam_tls_mac;

/* mixparam.c */
param_reader mechparam_data;
param_reader mechparam_data_first;
param_reader mechparam_cbc_data;
param_reader mechparam_first_bit;

/* mechparam_cipher.c */
param_reader mechparam_ecdh_aes;
param_reader mechparam_iv8;
param_reader mechparam_gmac;
param_reader mechparam_ccm;
param_reader mechparam_chacha20;
param_reader mechparam_chacha20_poly1305;

#endif
