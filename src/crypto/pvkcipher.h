/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cipher of PVK files: RC4 under a key from SHA-1 of salt and password.
 */
#ifndef CNG_CRYPTO_PVKCIPHER_H
#define CNG_CRYPTO_PVKCIPHER_H

#include "base/span.h"
#include "base/status.h"

/* Encrypts or decrypts in place.  weak: 40 bits of the key count, as when
 * cryptography was not to be exported.  CNG_ERR_NOT_SUPPORTED: libcrypto has
 * no RC4. */
enum cng_status crypto_pvk_cipher(uint8_t *data, size_t len,
    struct span salt, struct span password, bool weak) CNG_MUST_CHECK;

#endif
