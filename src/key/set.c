/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameter sets: adding one is adding a row.
 */
#include "key/set.h"

#include "base/util.h"

/* 2.16.840.1.101.3.4, and room for two more. */
#define OID_NIST 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04

static const uint8_t oid_mlkem_512[] = { OID_NIST, 0x04, 0x01 };
static const uint8_t oid_mlkem_768[] = { OID_NIST, 0x04, 0x02 };
static const uint8_t oid_mlkem_1024[] = { OID_NIST, 0x04, 0x03 };
static const uint8_t oid_mldsa_44[] = { OID_NIST, 0x03, 0x11 };
static const uint8_t oid_mldsa_65[] = { OID_NIST, 0x03, 0x12 };
static const uint8_t oid_mldsa_87[] = { OID_NIST, 0x03, 0x13 };
static const uint8_t oid_slhdsa_sha2_128s[] = { OID_NIST, 0x03, 0x14 };
static const uint8_t oid_slhdsa_shake_128s[] = { OID_NIST, 0x03, 0x1a };
static const uint8_t oid_slhdsa_sha2_128f[] = { OID_NIST, 0x03, 0x15 };
static const uint8_t oid_slhdsa_shake_128f[] = { OID_NIST, 0x03, 0x1b };
static const uint8_t oid_slhdsa_sha2_192s[] = { OID_NIST, 0x03, 0x16 };
static const uint8_t oid_slhdsa_shake_192s[] = { OID_NIST, 0x03, 0x1c };
static const uint8_t oid_slhdsa_sha2_192f[] = { OID_NIST, 0x03, 0x17 };
static const uint8_t oid_slhdsa_shake_192f[] = { OID_NIST, 0x03, 0x1d };
static const uint8_t oid_slhdsa_sha2_256s[] = { OID_NIST, 0x03, 0x18 };
static const uint8_t oid_slhdsa_shake_256s[] = { OID_NIST, 0x03, 0x1e };
static const uint8_t oid_slhdsa_sha2_256f[] = { OID_NIST, 0x03, 0x19 };
static const uint8_t oid_slhdsa_shake_256f[] = { OID_NIST, 0x03, 0x1f };

static const struct key_set_info sets[KEY_SET_COUNT] = {
	[KEY_SET_MLKEM_512] = {
		.family = KEY_MLKEM,
		.name = "ML-KEM-512",
		.cng_name = "512",
		.number = 1,
		.bits = 128,
		.public_bytes = 800,
		.private_bytes = 1632,
		.seed_bytes = 64,
		.output_bytes = 768,
		.oid_der = { oid_mlkem_512, sizeof oid_mlkem_512 },
	},
	[KEY_SET_MLKEM_768] = {
		.family = KEY_MLKEM,
		.name = "ML-KEM-768",
		.cng_name = "768",
		.number = 2,
		.bits = 192,
		.public_bytes = 1184,
		.private_bytes = 2400,
		.seed_bytes = 64,
		.output_bytes = 1088,
		.oid_der = { oid_mlkem_768, sizeof oid_mlkem_768 },
	},
	[KEY_SET_MLKEM_1024] = {
		.family = KEY_MLKEM,
		.name = "ML-KEM-1024",
		.cng_name = "1024",
		.number = 3,
		.bits = 256,
		.public_bytes = 1568,
		.private_bytes = 3168,
		.seed_bytes = 64,
		.output_bytes = 1568,
		.oid_der = { oid_mlkem_1024, sizeof oid_mlkem_1024 },
	},
	[KEY_SET_MLDSA_44] = {
		.family = KEY_MLDSA,
		.name = "ML-DSA-44",
		.cng_name = "44",
		.number = 1,
		.bits = 128,
		.public_bytes = 1312,
		.private_bytes = 2560,
		.seed_bytes = 32,
		.output_bytes = 2420,
		.oid_der = { oid_mldsa_44, sizeof oid_mldsa_44 },
	},
	[KEY_SET_MLDSA_65] = {
		.family = KEY_MLDSA,
		.name = "ML-DSA-65",
		.cng_name = "65",
		.number = 2,
		.bits = 192,
		.public_bytes = 1952,
		.private_bytes = 4032,
		.seed_bytes = 32,
		.output_bytes = 3309,
		.oid_der = { oid_mldsa_65, sizeof oid_mldsa_65 },
	},
	[KEY_SET_MLDSA_87] = {
		.family = KEY_MLDSA,
		.name = "ML-DSA-87",
		.cng_name = "87",
		.number = 3,
		.bits = 256,
		.public_bytes = 2592,
		.private_bytes = 4896,
		.seed_bytes = 32,
		.output_bytes = 4627,
		.oid_der = { oid_mldsa_87, sizeof oid_mldsa_87 },
	},
	[KEY_SET_SLHDSA_SHA2_128S] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHA2-128s",
		.cng_name = "SHA2-128s",
		.number = 1,
		.bits = 128,
		.public_bytes = 32,
		.private_bytes = 64,
		.output_bytes = 7856,
		.oid_der = { oid_slhdsa_sha2_128s,
		    sizeof oid_slhdsa_sha2_128s },
	},
	[KEY_SET_SLHDSA_SHAKE_128S] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHAKE-128s",
		.cng_name = "SHAKE-128s",
		.number = 2,
		.bits = 128,
		.public_bytes = 32,
		.private_bytes = 64,
		.output_bytes = 7856,
		.oid_der = { oid_slhdsa_shake_128s,
		    sizeof oid_slhdsa_shake_128s },
	},
	[KEY_SET_SLHDSA_SHA2_128F] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHA2-128f",
		.cng_name = "SHA2-128f",
		.number = 3,
		.bits = 128,
		.public_bytes = 32,
		.private_bytes = 64,
		.output_bytes = 17088,
		.oid_der = { oid_slhdsa_sha2_128f,
		    sizeof oid_slhdsa_sha2_128f },
	},
	[KEY_SET_SLHDSA_SHAKE_128F] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHAKE-128f",
		.cng_name = "SHAKE-128f",
		.number = 4,
		.bits = 128,
		.public_bytes = 32,
		.private_bytes = 64,
		.output_bytes = 17088,
		.oid_der = { oid_slhdsa_shake_128f,
		    sizeof oid_slhdsa_shake_128f },
	},
	[KEY_SET_SLHDSA_SHA2_192S] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHA2-192s",
		.cng_name = "SHA2-192s",
		.number = 5,
		.bits = 192,
		.public_bytes = 48,
		.private_bytes = 96,
		.output_bytes = 16224,
		.oid_der = { oid_slhdsa_sha2_192s,
		    sizeof oid_slhdsa_sha2_192s },
	},
	[KEY_SET_SLHDSA_SHAKE_192S] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHAKE-192s",
		.cng_name = "SHAKE-192s",
		.number = 6,
		.bits = 192,
		.public_bytes = 48,
		.private_bytes = 96,
		.output_bytes = 16224,
		.oid_der = { oid_slhdsa_shake_192s,
		    sizeof oid_slhdsa_shake_192s },
	},
	[KEY_SET_SLHDSA_SHA2_192F] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHA2-192f",
		.cng_name = "SHA2-192f",
		.number = 7,
		.bits = 192,
		.public_bytes = 48,
		.private_bytes = 96,
		.output_bytes = 35664,
		.oid_der = { oid_slhdsa_sha2_192f,
		    sizeof oid_slhdsa_sha2_192f },
	},
	[KEY_SET_SLHDSA_SHAKE_192F] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHAKE-192f",
		.cng_name = "SHAKE-192f",
		.number = 8,
		.bits = 192,
		.public_bytes = 48,
		.private_bytes = 96,
		.output_bytes = 35664,
		.oid_der = { oid_slhdsa_shake_192f,
		    sizeof oid_slhdsa_shake_192f },
	},
	[KEY_SET_SLHDSA_SHA2_256S] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHA2-256s",
		.cng_name = "SHA2-256s",
		.number = 9,
		.bits = 256,
		.public_bytes = 64,
		.private_bytes = 128,
		.output_bytes = 29792,
		.oid_der = { oid_slhdsa_sha2_256s,
		    sizeof oid_slhdsa_sha2_256s },
	},
	[KEY_SET_SLHDSA_SHAKE_256S] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHAKE-256s",
		.cng_name = "SHAKE-256s",
		.number = 10,
		.bits = 256,
		.public_bytes = 64,
		.private_bytes = 128,
		.output_bytes = 29792,
		.oid_der = { oid_slhdsa_shake_256s,
		    sizeof oid_slhdsa_shake_256s },
	},
	[KEY_SET_SLHDSA_SHA2_256F] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHA2-256f",
		.cng_name = "SHA2-256f",
		.number = 11,
		.bits = 256,
		.public_bytes = 64,
		.private_bytes = 128,
		.output_bytes = 49856,
		.oid_der = { oid_slhdsa_sha2_256f,
		    sizeof oid_slhdsa_sha2_256f },
	},
	[KEY_SET_SLHDSA_SHAKE_256F] = {
		.family = KEY_SLHDSA,
		.name = "SLH-DSA-SHAKE-256f",
		.cng_name = "SHAKE-256f",
		.number = 12,
		.bits = 256,
		.public_bytes = 64,
		.private_bytes = 128,
		.output_bytes = 49856,
		.oid_der = { oid_slhdsa_shake_256f,
		    sizeof oid_slhdsa_shake_256f },
	},
};

const struct key_set_info *
key_set_info(enum key_set set)
{
	size_t i = (size_t)set;

	return i < ARRAY_LEN(sets) && sets[i].name != NULL ? &sets[i] : NULL;
}

enum cng_status
key_set_from_oid(struct span oid_der, enum key_set *out)
{
	for (size_t i = KEY_SET_NONE + 1; i < ARRAY_LEN(sets); i++) {
		if (span_equal(oid_der, sets[i].oid_der)) {
			*out = (enum key_set)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_NOT_SUPPORTED;
}

enum cng_status
key_set_from_name(enum key_family family, const char *cng_name,
    enum key_set *out)
{
	for (size_t i = KEY_SET_NONE + 1; i < ARRAY_LEN(sets); i++) {
		if (sets[i].family == family &&
		    strcmp(sets[i].cng_name, cng_name) == 0) {
			*out = (enum key_set)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_NOT_SUPPORTED;
}

enum cng_status
key_set_from_number(enum key_family family, uint64_t number,
    enum key_set *out)
{
	for (size_t i = KEY_SET_NONE + 1; i < ARRAY_LEN(sets); i++) {
		if (sets[i].family == family && sets[i].number == number) {
			*out = (enum key_set)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_NOT_SUPPORTED;
}
