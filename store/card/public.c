/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Public keys from cards and certificates.
 */
#include "store/card/public.h"

#include "base/log.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"
#include "store/card/tlv.h"

#define RSA_N_MAX 1024          /* bytes */

static enum cng_status
read_rsa(struct span in, struct key_material *out)
{
	struct span n, e;
	enum cng_status st;

	if (!tlv_find(in, 0x81, &n) || !tlv_find(in, 0x82, &e))
		return CNG_ERR_DEVICE;
	n = span_trim(n);
	e = span_trim(e);
	if (n.len > RSA_N_MAX || e.len == 0 || e.len > n.len)
		return CNG_ERR_DEVICE;
	st = key_set(out, RSA_N, n);
	return st == CNG_OK ? key_set(out, RSA_E, e) : st;
}

static enum cng_status
read_point(struct span in, struct key_material *out)
{
	size_t width = key_field_bytes(out);
	struct span point;
	enum cng_status st;

	if (!tlv_find(in, 0x86, &point) || width == 0)
		return CNG_ERR_DEVICE;
	if (out->family == KEY_EC) {
		if (point.len != 1 + 2 * width || point.ptr[0] != 0x04)
			return CNG_ERR_DEVICE;
		st = key_set(out, EC_X, span_of(point.ptr + 1, width));
		return st != CNG_OK ? st :
		    key_set(out, EC_Y, span_of(point.ptr + 1 + width, width));
	}
	/* with and without the first byte that OpenPGP gives them */
	if (point.len == 1 + width && point.ptr[0] == 0x40)
		point = span_of(point.ptr + 1, width);
	return point.len == width ? key_set(out, ECX_PUBLIC, point) :
				    CNG_ERR_DEVICE;
}

enum cng_status
card_public_read(enum key_family family, enum key_curve curve,
    struct span in, struct key_material *out)
{
	enum cng_status st;

	*out = (struct key_material){ .family = family, .curve = curve };
	st = family == KEY_RSA ? read_rsa(in, out) : read_point(in, out);
	if (st == CNG_OK)
		st = key_check_shape(out);
	if (st == CNG_OK)
		st = crypto_check_public(out);
	if (st == CNG_OK)
		return st;
	key_free(out);
	*out = (struct key_material){ .family = family, .curve = curve };
	if (st == CNG_ERR_NO_MEMORY)
		return st;
	log_line(LOG_WARN, "card: a public key that is none");
	return CNG_ERR_DEVICE;
}

enum cng_status
card_public_of(struct span certificate, struct key_material *out)
{
	struct x509_names names = { .subject = { 0 } };
	enum cng_status st;

	*out = (struct key_material){ 0 };
	st = x509_names(&names, certificate);
	if (st == CNG_OK)
		st = spki_decode(out, secret_span(&names.public_info));
	x509_names_free(&names);
	if (st == CNG_OK)
		st = crypto_check_public(out);
	if (st == CNG_OK || st == CNG_ERR_NO_MEMORY)
		return st;
	key_free(out);
	*out = (struct key_material){ 0 };
	return CNG_ERR_DATA;
}
