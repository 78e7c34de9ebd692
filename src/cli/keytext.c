/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keys are called in listings and messages.
 */
#include "cli/keytext.h"

#include "base/util.h"
#include "key/set.h"

#include <stdio.h>
#include <string.h>

static const char *const families[KEY_FAMILY_COUNT] = {
	[KEY_NONE] = "",
	[KEY_RSA] = "RSA",
	[KEY_EC] = "EC",
	[KEY_MONTGOMERY] = "Montgomery",
	[KEY_EDWARDS] = "Edwards",
	[KEY_AES] = "AES",
	[KEY_GENERIC] = "generic",
	[KEY_DSA] = "DSA",
	[KEY_DH] = "DH",
	[KEY_MLKEM] = "ML-KEM",
	[KEY_MLDSA] = "ML-DSA",
	[KEY_SLHDSA] = "SLH-DSA",
	[KEY_DES3] = "3DES",
	[KEY_CHACHA20] = "ChaCha20",
	[KEY_POLY1305] = "Poly1305",
	[KEY_XTS] = "AES-XTS",
	[KEY_HKDF] = "HKDF",
	[KEY_X942] = "X9.42 DH",
	[KEY_HMAC_SHA1] = "HMAC-SHA1",
	[KEY_HMAC_SHA224] = "HMAC-SHA224",
	[KEY_HMAC_SHA256] = "HMAC-SHA256",
	[KEY_HMAC_SHA384] = "HMAC-SHA384",
	[KEY_HMAC_SHA512] = "HMAC-SHA512",
	[KEY_HMAC_SHA512_224] = "HMAC-SHA512/224",
	[KEY_HMAC_SHA512_256] = "HMAC-SHA512/256",
	[KEY_HMAC_SHA512_T] = "HMAC-SHA512/t",
	[KEY_HMAC_SHA3_224] = "HMAC-SHA3-224",
	[KEY_HMAC_SHA3_256] = "HMAC-SHA3-256",
	[KEY_HMAC_SHA3_384] = "HMAC-SHA3-384",
	[KEY_HMAC_SHA3_512] = "HMAC-SHA3-512",
	[KEY_BLAKE2B_160] = "BLAKE2b-160",
	[KEY_BLAKE2B_256] = "BLAKE2b-256",
	[KEY_BLAKE2B_384] = "BLAKE2b-384",
	[KEY_BLAKE2B_512] = "BLAKE2b-512",
	[KEY_CAMELLIA] = "Camellia",
};

static const char *const classes[OBJ_CLASS_COUNT] = {
	[OBJ_NONE] = "",
	[OBJ_DATA] = "data",
	[OBJ_CERT] = "cert",
	[OBJ_PUBLIC] = "public",
	[OBJ_PRIVATE] = "private",
	[OBJ_SECRET] = "secret",
	[OBJ_DOMAIN] = "domain",
};

const char *
family_text(enum key_family family)
{
	return family < KEY_FAMILY_COUNT ? families[family] : "?";
}

const char *
class_text(enum obj_class class)
{
	return class < OBJ_CLASS_COUNT ? classes[class] : "?";
}

enum obj_class
class_from_text(const char *text)
{
	for (size_t i = OBJ_NONE + 1; i < ARRAY_LEN(classes); i++) {
		if (classes[i] != NULL && strcmp(classes[i], text) == 0)
			return (enum obj_class)i;
	}
	return OBJ_NONE;
}

void
key_text(char *out, size_t size, const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);
	const struct key_set_info *set = key_set_info(key->set);

	if (set != NULL)
		snprintf(out, size, "%s", set->name);
	else if (curve != NULL)
		snprintf(out, size, "%s %s", family_text(key->family),
		    curve->name);
	else if (key->curve == CURVE_EXPLICIT)
		snprintf(out, size, "EC %zu, curve by its parameters",
		    key_bits(key));
	else
		snprintf(out, size, "%s %zu", family_text(key->family),
		    key_bits(key));
}

void
role_text(char *out, size_t size, enum key_family family, unsigned role)
{
	bool ec = family == KEY_EC || family == KEY_MONTGOMERY;
	const char *sign = ec ? "ECDSA" : "signing";
	const char *agree = ec ? "ECDH" : "key agreement";

	snprintf(out, size, "%s%s%s%s%s",
	    (role & KEY_ROLE_SIGN) != 0 ? sign : "",
	    (role & KEY_ROLE_SIGN) != 0 && role != KEY_ROLE_SIGN ? " and " :
								   "",
	    (role & KEY_ROLE_ENCRYPT) != 0 ? "encryption" : "",
	    (role & KEY_ROLE_ENCRYPT) != 0 && (role & KEY_ROLE_AGREE) != 0 ?
	    " and " : "",
	    (role & KEY_ROLE_AGREE) != 0 ? agree : "");
}
