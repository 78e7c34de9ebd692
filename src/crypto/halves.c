/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures of two numbers.
 */
#include "crypto/halves.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

bool
halves_from_der(uint8_t *out, size_t width, struct span der)
{
	const uint8_t *at = der.ptr;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
	int half = (int)width;
	bool ok = sig != NULL && at == der.ptr + der.len &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, half) == half &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + width, half) == half;

	ECDSA_SIG_free(sig);
	return ok;
}

size_t
halves_to_der(uint8_t *der, struct span halves)
{
	int half = (int)(halves.len / 2), len = 0;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(halves.ptr, half, NULL);
	BIGNUM *s = BN_bin2bn(halves.ptr + half, half, NULL);

	if (sig != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* transferred */
		len = i2d_ECDSA_SIG(sig, NULL);
		len = len > HALVES_DER_MAX ? 0 : i2d_ECDSA_SIG(sig, &der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return len < 0 ? 0 : (size_t)len;
}
