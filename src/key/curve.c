/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elliptic curves: the ones that Windows names and libcrypto knows, and
 * those of RFC 8410.  Their parameters are libcrypto's.
 */
#include "base/util.h"
#include "key/alg.h"

static const uint8_t oid_p256[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07
};
static const uint8_t oid_p384[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22
};
static const uint8_t oid_p521[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23
};
static const uint8_t oid_x25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x6e };
static const uint8_t oid_x448[] = { 0x06, 0x03, 0x2b, 0x65, 0x6f };
static const uint8_t oid_ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };
static const uint8_t oid_ed448[] = { 0x06, 0x03, 0x2b, 0x65, 0x71 };
static const uint8_t oid_p192[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01
};
static const uint8_t oid_p224[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x21
};
static const uint8_t oid_secp160k1[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x09
};
static const uint8_t oid_secp160r1[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x08
};
static const uint8_t oid_secp160r2[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x1e
};
static const uint8_t oid_secp192k1[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x1f
};
static const uint8_t oid_secp224k1[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x20
};
static const uint8_t oid_secp256k1[] = {
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a
};
static const uint8_t oid_x962_192v2[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x02
};
static const uint8_t oid_x962_192v3[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x03
};
static const uint8_t oid_x962_239v1[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x04
};
static const uint8_t oid_x962_239v2[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x05
};
static const uint8_t oid_x962_239v3[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x06
};
static const uint8_t oid_wtls9[] = {
	0x06, 0x05, 0x67, 0x2b, 0x01, 0x04, 0x09
};
static const uint8_t oid_bp160r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x01
};
static const uint8_t oid_bp160t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x02
};
static const uint8_t oid_bp192r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x03
};
static const uint8_t oid_bp192t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x04
};
static const uint8_t oid_bp224r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x05
};
static const uint8_t oid_bp224t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x06
};
static const uint8_t oid_bp256r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07
};
static const uint8_t oid_bp256t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x08
};
static const uint8_t oid_bp320r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x09
};
static const uint8_t oid_bp320t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0a
};
static const uint8_t oid_bp384r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b
};
static const uint8_t oid_bp384t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0c
};
static const uint8_t oid_bp512r1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d
};
static const uint8_t oid_bp512t1[] = {
	0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0e
};

static const struct curve_info curves[CURVE_COUNT] = {
	[CURVE_P256] = {
		.name = "P-256",
		.cng_name = "nistP256",
		.alias = { "secP256r1", "x962P256v1" },
		.family = KEY_EC,
		.bits = 256,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_p256, sizeof oid_p256 },
	},
	[CURVE_P384] = {
		.name = "P-384",
		.cng_name = "nistP384",
		.alias = { "secP384r1" },
		.family = KEY_EC,
		.bits = 384,
		.field_bytes = 48,
		.order_bytes = 48,
		.oid_der = { oid_p384, sizeof oid_p384 },
	},
	[CURVE_P521] = {
		.name = "P-521",
		.cng_name = "nistP521",
		.alias = { "secP521r1" },
		.family = KEY_EC,
		.bits = 521,
		.field_bytes = 66,
		.order_bytes = 66,
		.oid_der = { oid_p521, sizeof oid_p521 },
	},
	[CURVE_X25519] = {
		.name = "X25519",
		.cng_name = "curve25519",
		.family = KEY_MONTGOMERY,
		.bits = 255,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_x25519, sizeof oid_x25519 },
	},
	[CURVE_X448] = {
		.name = "X448",
		.family = KEY_MONTGOMERY,
		.bits = 448,
		.field_bytes = 56,
		.order_bytes = 56,
		.oid_der = { oid_x448, sizeof oid_x448 },
	},
	[CURVE_ED25519] = {
		.name = "Ed25519",
		.family = KEY_EDWARDS,
		.bits = 255,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_ed25519, sizeof oid_ed25519 },
	},
	[CURVE_ED448] = {
		.name = "Ed448",
		.family = KEY_EDWARDS,
		.bits = 448,
		.field_bytes = 57,
		.order_bytes = 57,
		.oid_der = { oid_ed448, sizeof oid_ed448 },
	},
	[CURVE_P192] = {
		.name = "P-192",
		.cng_name = "nistP192",
		.alias = { "secP192r1", "x962P192v1" },
		.family = KEY_EC,
		.bits = 192,
		.field_bytes = 24,
		.order_bytes = 24,
		.oid_der = { oid_p192, sizeof oid_p192 },
	},
	[CURVE_P224] = {
		.name = "P-224",
		.cng_name = "nistP224",
		.alias = { "secP224r1", "wtls12" },
		.family = KEY_EC,
		.bits = 224,
		.field_bytes = 28,
		.order_bytes = 28,
		.oid_der = { oid_p224, sizeof oid_p224 },
	},
	[CURVE_SECP160K1] = {
		.name = "secp160k1",
		.cng_name = "secP160k1",
		.family = KEY_EC,
		.bits = 160,
		.field_bytes = 20,
		.order_bytes = 21,
		.oid_der = { oid_secp160k1, sizeof oid_secp160k1 },
	},
	[CURVE_SECP160R1] = {
		.name = "secp160r1",
		.cng_name = "secP160r1",
		.family = KEY_EC,
		.bits = 160,
		.field_bytes = 20,
		.order_bytes = 21,
		.oid_der = { oid_secp160r1, sizeof oid_secp160r1 },
	},
	[CURVE_SECP160R2] = {
		.name = "secp160r2",
		.cng_name = "secP160r2",
		.alias = { "wtls7" },
		.family = KEY_EC,
		.bits = 160,
		.field_bytes = 20,
		.order_bytes = 21,
		.oid_der = { oid_secp160r2, sizeof oid_secp160r2 },
	},
	[CURVE_SECP192K1] = {
		.name = "secp192k1",
		.cng_name = "secP192k1",
		.family = KEY_EC,
		.bits = 192,
		.field_bytes = 24,
		.order_bytes = 24,
		.oid_der = { oid_secp192k1, sizeof oid_secp192k1 },
	},
	[CURVE_SECP224K1] = {
		.name = "secp224k1",
		.cng_name = "secP224k1",
		.family = KEY_EC,
		.bits = 224,
		.field_bytes = 28,
		.order_bytes = 29,
		.oid_der = { oid_secp224k1, sizeof oid_secp224k1 },
	},
	[CURVE_SECP256K1] = {
		.name = "secp256k1",
		.cng_name = "secP256k1",
		.family = KEY_EC,
		.bits = 256,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_secp256k1, sizeof oid_secp256k1 },
	},
	[CURVE_X962_192V2] = {
		.name = "prime192v2",
		.cng_name = "x962P192v2",
		.family = KEY_EC,
		.bits = 192,
		.field_bytes = 24,
		.order_bytes = 24,
		.oid_der = { oid_x962_192v2, sizeof oid_x962_192v2 },
	},
	[CURVE_X962_192V3] = {
		.name = "prime192v3",
		.cng_name = "x962P192v3",
		.family = KEY_EC,
		.bits = 192,
		.field_bytes = 24,
		.order_bytes = 24,
		.oid_der = { oid_x962_192v3, sizeof oid_x962_192v3 },
	},
	[CURVE_X962_239V1] = {
		.name = "prime239v1",
		.cng_name = "x962P239v1",
		.family = KEY_EC,
		.bits = 239,
		.field_bytes = 30,
		.order_bytes = 30,
		.oid_der = { oid_x962_239v1, sizeof oid_x962_239v1 },
	},
	[CURVE_X962_239V2] = {
		.name = "prime239v2",
		.cng_name = "x962P239v2",
		.family = KEY_EC,
		.bits = 239,
		.field_bytes = 30,
		.order_bytes = 30,
		.oid_der = { oid_x962_239v2, sizeof oid_x962_239v2 },
	},
	[CURVE_X962_239V3] = {
		.name = "prime239v3",
		.cng_name = "x962P239v3",
		.family = KEY_EC,
		.bits = 239,
		.field_bytes = 30,
		.order_bytes = 30,
		.oid_der = { oid_x962_239v3, sizeof oid_x962_239v3 },
	},
	[CURVE_WTLS9] = {
		.name = "WTLS-9",
		.cng_name = "wtls9",
		.family = KEY_EC,
		.bits = 160,
		.field_bytes = 20,
		.order_bytes = 21,
		.oid_der = { oid_wtls9, sizeof oid_wtls9 },
	},
	[CURVE_BP160R1] = {
		.name = "brainpoolP160r1",
		.cng_name = "brainpoolP160r1",
		.family = KEY_EC,
		.bits = 160,
		.field_bytes = 20,
		.order_bytes = 20,
		.oid_der = { oid_bp160r1, sizeof oid_bp160r1 },
	},
	[CURVE_BP160T1] = {
		.name = "brainpoolP160t1",
		.cng_name = "brainpoolP160t1",
		.family = KEY_EC,
		.bits = 160,
		.field_bytes = 20,
		.order_bytes = 20,
		.oid_der = { oid_bp160t1, sizeof oid_bp160t1 },
	},
	[CURVE_BP192R1] = {
		.name = "brainpoolP192r1",
		.cng_name = "brainpoolP192r1",
		.family = KEY_EC,
		.bits = 192,
		.field_bytes = 24,
		.order_bytes = 24,
		.oid_der = { oid_bp192r1, sizeof oid_bp192r1 },
	},
	[CURVE_BP192T1] = {
		.name = "brainpoolP192t1",
		.cng_name = "brainpoolP192t1",
		.family = KEY_EC,
		.bits = 192,
		.field_bytes = 24,
		.order_bytes = 24,
		.oid_der = { oid_bp192t1, sizeof oid_bp192t1 },
	},
	[CURVE_BP224R1] = {
		.name = "brainpoolP224r1",
		.cng_name = "brainpoolP224r1",
		.family = KEY_EC,
		.bits = 224,
		.field_bytes = 28,
		.order_bytes = 28,
		.oid_der = { oid_bp224r1, sizeof oid_bp224r1 },
	},
	[CURVE_BP224T1] = {
		.name = "brainpoolP224t1",
		.cng_name = "brainpoolP224t1",
		.family = KEY_EC,
		.bits = 224,
		.field_bytes = 28,
		.order_bytes = 28,
		.oid_der = { oid_bp224t1, sizeof oid_bp224t1 },
	},
	[CURVE_BP256R1] = {
		.name = "brainpoolP256r1",
		.cng_name = "brainpoolP256r1",
		.family = KEY_EC,
		.bits = 256,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_bp256r1, sizeof oid_bp256r1 },
	},
	[CURVE_BP256T1] = {
		.name = "brainpoolP256t1",
		.cng_name = "brainpoolP256t1",
		.family = KEY_EC,
		.bits = 256,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_bp256t1, sizeof oid_bp256t1 },
	},
	[CURVE_BP320R1] = {
		.name = "brainpoolP320r1",
		.cng_name = "brainpoolP320r1",
		.family = KEY_EC,
		.bits = 320,
		.field_bytes = 40,
		.order_bytes = 40,
		.oid_der = { oid_bp320r1, sizeof oid_bp320r1 },
	},
	[CURVE_BP320T1] = {
		.name = "brainpoolP320t1",
		.cng_name = "brainpoolP320t1",
		.family = KEY_EC,
		.bits = 320,
		.field_bytes = 40,
		.order_bytes = 40,
		.oid_der = { oid_bp320t1, sizeof oid_bp320t1 },
	},
	[CURVE_BP384R1] = {
		.name = "brainpoolP384r1",
		.cng_name = "brainpoolP384r1",
		.family = KEY_EC,
		.bits = 384,
		.field_bytes = 48,
		.order_bytes = 48,
		.oid_der = { oid_bp384r1, sizeof oid_bp384r1 },
	},
	[CURVE_BP384T1] = {
		.name = "brainpoolP384t1",
		.cng_name = "brainpoolP384t1",
		.family = KEY_EC,
		.bits = 384,
		.field_bytes = 48,
		.order_bytes = 48,
		.oid_der = { oid_bp384t1, sizeof oid_bp384t1 },
	},
	[CURVE_BP512R1] = {
		.name = "brainpoolP512r1",
		.cng_name = "brainpoolP512r1",
		.family = KEY_EC,
		.bits = 512,
		.field_bytes = 64,
		.order_bytes = 64,
		.oid_der = { oid_bp512r1, sizeof oid_bp512r1 },
	},
	[CURVE_BP512T1] = {
		.name = "brainpoolP512t1",
		.cng_name = "brainpoolP512t1",
		.family = KEY_EC,
		.bits = 512,
		.field_bytes = 64,
		.order_bytes = 64,
		.oid_der = { oid_bp512t1, sizeof oid_bp512t1 },
	},
};

const struct curve_info *
curve_info(enum key_curve curve)
{
	size_t i = (size_t)curve;

	return i < ARRAY_LEN(curves) && curves[i].name != NULL ? &curves[i] :
								  NULL;
}

enum cng_status
curve_from_oid(struct span oid_der, enum key_curve *out)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (curves[i].name != NULL &&
		    span_equal(oid_der, curves[i].oid_der)) {
			*out = (enum key_curve)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_BAD_CURVE;
}

static bool
is_name(struct span name, const char *text)
{
	return text != NULL && span_equal(name, span_str(text));
}

static bool
has_name(const struct curve_info *row, struct span name)
{
	if (is_name(name, row->name) || is_name(name, row->cng_name))
		return true;
	for (size_t i = 0; i < CURVE_ALIASES; i++)
		if (is_name(name, row->alias[i]))
			return true;
	return false;
}

enum cng_status
curve_from_text(struct span name, enum key_curve *out)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (has_name(&curves[i], name)) {
			*out = (enum key_curve)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_BAD_CURVE;
}

enum cng_status
curve_from_name(const char *name, enum key_curve *out)
{
	return curve_from_text(span_str(name), out);
}
