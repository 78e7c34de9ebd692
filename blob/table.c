/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One row a blob type, and the entry points that go through it.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/magic.h"

#define DER_SEQUENCE 0x30

static const struct blob_codec codecs[BLOB_TYPE_COUNT] = {
	[BLOB_RSAPUBLIC] = {
		.info = { BLOB_RSAPUBLIC, "RSAPUBLICBLOB",
		    "BCRYPT_RSAPUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = rsa_read,
		.write = rsa_write,
	},
	[BLOB_RSAPRIVATE] = {
		.info = { BLOB_RSAPRIVATE, "RSAPRIVATEBLOB",
		    "BCRYPT_RSAPRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = rsa_read,
		.write = rsa_write,
	},
	[BLOB_RSAFULLPRIVATE] = {
		.info = { BLOB_RSAFULLPRIVATE, "RSAFULLPRIVATEBLOB",
		    "BCRYPT_RSAFULLPRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = rsa_read,
		.write = rsa_write,
	},
	[BLOB_ECCPUBLIC] = {
		.info = { BLOB_ECCPUBLIC, "ECCPUBLICBLOB",
		    "BCRYPT_ECCPUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = ecc_read,
		.write = ecc_write,
	},
	[BLOB_ECCPRIVATE] = {
		.info = { BLOB_ECCPRIVATE, "ECCPRIVATEBLOB",
		    "BCRYPT_ECCPRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = ecc_read,
		.write = ecc_write,
	},
	[BLOB_ECCFULLPUBLIC] = {
		.info = { BLOB_ECCFULLPUBLIC, "ECCFULLPUBLICBLOB",
		    "BCRYPT_ECCFULLPUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = eccfull_read,
		.write = eccfull_write,
	},
	[BLOB_ECCFULLPRIVATE] = {
		.info = { BLOB_ECCFULLPRIVATE, "ECCFULLPRIVATEBLOB",
		    "BCRYPT_ECCFULLPRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = eccfull_read,
		.write = eccfull_write,
	},
	[BLOB_PUBLIC] = {
		.info = { BLOB_PUBLIC, "PUBLICBLOB",
		    "BCRYPT_PUBLIC_KEY_BLOB", BLOB_CLASS_PUBLIC },
		.read = generic_read,
		.write = generic_write,
	},
	[BLOB_PRIVATE] = {
		.info = { BLOB_PRIVATE, "PRIVATEBLOB",
		    "BCRYPT_PRIVATE_KEY_BLOB", BLOB_CLASS_PRIVATE },
		.read = generic_read,
		.write = generic_write,
	},
	[BLOB_PKCS8] = {
		.info = { BLOB_PKCS8, "PKCS8_PRIVATEKEY",
		    "NCRYPT_PKCS8_PRIVATE_KEY_BLOB", BLOB_CLASS_PRIVATE },
		.read = pkcs8_read,
		.write = pkcs8_write,
	},
	[BLOB_KEYDATA] = {
		.info = { BLOB_KEYDATA, "KeyDataBlob",
		    "BCRYPT_KEY_DATA_BLOB", BLOB_CLASS_SECRET },
		.read = keydata_read,
		.write = keydata_write,
	},
	[BLOB_DSAPUBLIC] = {
		.info = { BLOB_DSAPUBLIC, "DSAPUBLICBLOB",
		    "BCRYPT_DSA_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = dsa_read,
		.write = dsa_write,
	},
	[BLOB_DSAPRIVATE] = {
		.info = { BLOB_DSAPRIVATE, "DSAPRIVATEBLOB",
		    "BCRYPT_DSA_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = dsa_read,
		.write = dsa_write,
	},
	[BLOB_DHPUBLIC] = {
		.info = { BLOB_DHPUBLIC, "DHPUBLICBLOB",
		    "BCRYPT_DH_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = dh_read,
		.write = dh_write,
	},
	[BLOB_DHPRIVATE] = {
		.info = { BLOB_DHPRIVATE, "DHPRIVATEBLOB",
		    "BCRYPT_DH_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = dh_read,
		.write = dh_write,
	},
	[BLOB_MLKEMPUBLIC] = {
		.info = { BLOB_MLKEMPUBLIC, "MLKEMPUBLICBLOB",
		    "BCRYPT_MLKEM_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = pq_read,
		.write = pq_write,
	},
	[BLOB_MLKEMPRIVATE] = {
		.info = { BLOB_MLKEMPRIVATE, "MLKEMPRIVATEBLOB",
		    "BCRYPT_MLKEM_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = pq_read,
		.write = pq_write,
	},
	[BLOB_MLKEMPRIVATESEED] = {
		.info = { BLOB_MLKEMPRIVATESEED, "MLKEMPRIVATESEEDBLOB",
		    "BCRYPT_MLKEM_PRIVATE_SEED_BLOB", BLOB_CLASS_PRIVATE },
		.read = pq_read,
		.write = pq_write,
	},
	[BLOB_PQDSAPUBLIC] = {
		.info = { BLOB_PQDSAPUBLIC, "PQDSAPUBLICBLOB",
		    "BCRYPT_PQDSA_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = pq_read,
		.write = pq_write,
	},
	[BLOB_PQDSAPRIVATE] = {
		.info = { BLOB_PQDSAPRIVATE, "PQDSAPRIVATEBLOB",
		    "BCRYPT_PQDSA_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = pq_read,
		.write = pq_write,
	},
	[BLOB_PQDSAPRIVATESEED] = {
		.info = { BLOB_PQDSAPRIVATESEED, "PQDSAPRIVATESEEDBLOB",
		    "BCRYPT_PQDSA_PRIVATE_SEED_BLOB", BLOB_CLASS_PRIVATE },
		.read = pq_read,
		.write = pq_write,
	},
	[BLOB_PQPRIVATE] = {
		.info = { BLOB_PQPRIVATE, "PQPrivateKeyBlob",
		    "NCRYPT_PQ_PRIVATE_KEY_BLOB", BLOB_CLASS_PRIVATE },
		.read = pq_wrapper_read,
		.write = pq_wrapper_write,
	},
	[BLOB_CAPIPUBLIC] = {
		.info = { BLOB_CAPIPUBLIC, "CAPIPUBLICBLOB",
		    "LEGACY_RSAPUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = capi_rsa_read,
		.write = capi_rsa_write,
	},
	[BLOB_CAPIPRIVATE] = {
		.info = { BLOB_CAPIPRIVATE, "CAPIPRIVATEBLOB",
		    "LEGACY_RSAPRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = capi_rsa_read,
		.write = capi_rsa_write,
	},
	[BLOB_CAPIDSAPUBLIC] = {
		.info = { BLOB_CAPIDSAPUBLIC, "CAPIDSAPUBLICBLOB",
		    "LEGACY_DSA_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = capi_v3_read,
		.write = capi_v3_write,
	},
	[BLOB_CAPIDSAPRIVATE] = {
		.info = { BLOB_CAPIDSAPRIVATE, "CAPIDSAPRIVATEBLOB",
		    "LEGACY_DSA_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = capi_v3_read,
		.write = capi_v3_write,
	},
	[BLOB_V2CAPIDSAPUBLIC] = {
		.info = { BLOB_V2CAPIDSAPUBLIC, "V2CAPIDSAPUBLICBLOB",
		    "LEGACY_DSA_V2_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = capi_dss_read,
		.write = capi_dss_write,
	},
	[BLOB_V2CAPIDSAPRIVATE] = {
		.info = { BLOB_V2CAPIDSAPRIVATE, "V2CAPIDSAPRIVATEBLOB",
		    "LEGACY_DSA_V2_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = capi_dss_read,
		.write = capi_dss_write,
	},
	[BLOB_CAPIDHPUBLIC] = {
		.info = { BLOB_CAPIDHPUBLIC, "CAPIDHPUBLICBLOB",
		    "LEGACY_DH_PUBLIC_BLOB", BLOB_CLASS_PUBLIC },
		.read = capi_v3_read,
		.write = capi_v3_write,
	},
	[BLOB_CAPIDHPRIVATE] = {
		.info = { BLOB_CAPIDHPRIVATE, "CAPIDHPRIVATEBLOB",
		    "LEGACY_DH_PRIVATE_BLOB", BLOB_CLASS_PRIVATE },
		.read = capi_v3_read,
		.write = capi_v3_write,
	},
	[BLOB_RFC3565WRAP] = {
		.info = { BLOB_RFC3565WRAP, "Rfc3565KeyWrapBlob",
		    "BCRYPT_AES_WRAP_KEY_BLOB", BLOB_CLASS_SECRET },
		.read = rfc3565_read,
		.write = closed_write,
	},
	[BLOB_RSAAESWRAP] = {
		.info = { BLOB_RSAAESWRAP, "PKCS11RsaAesWrapBlob",
		    "BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB", BLOB_CLASS_PRIVATE },
		.read = rsaaes_read,
		.write = closed_write,
	},
	[BLOB_CIPHERKEY] = {
		.info = { BLOB_CIPHERKEY, "CipherKeyBlob",
		    "NCRYPT_CIPHER_KEY_BLOB", BLOB_CLASS_SECRET },
		.read = cipherkey_read,
		.write = cipherkey_write,
	},
	[BLOB_OPAQUETRANSPORT] = {
		.info = { BLOB_OPAQUETRANSPORT, "OpaqueTransport",
		    "NCRYPT_OPAQUETRANSPORT_BLOB", BLOB_CLASS_SEALED },
		.read = opaque_read,
		.write = closed_write,
	},
	[BLOB_PROTECTEDKEY] = {
		.info = { BLOB_PROTECTEDKEY, "ProtectedKeyBlob",
		    "NCRYPT_PROTECTED_KEY_BLOB", BLOB_CLASS_PRIVATE },
		.read = protected_read,
		.write = protected_write,
	},
	[BLOB_PKCS7ENVELOPE] = {
		.info = { BLOB_PKCS7ENVELOPE, "PKCS7_ENVELOPE",
		    "NCRYPT_PKCS7_ENVELOPE_BLOB", BLOB_CLASS_PRIVATE },
		.read = pkcs7_read,
		.write = closed_write,
	},
};

const struct blob_codec *
blob_codec(enum blob_type type)
{
	size_t i = (size_t)type;

	return i < ARRAY_LEN(codecs) && codecs[i].read != NULL ? &codecs[i] :
								  NULL;
}

const struct blob_info *
blob_info(enum blob_type type)
{
	const struct blob_codec *codec = blob_codec(type);

	return codec == NULL ? NULL : &codec->info;
}

enum cng_status
blob_type_from_name(const char *name, enum blob_type *out)
{
	for (size_t i = 0; i < ARRAY_LEN(codecs); i++) {
		if (codecs[i].read != NULL &&
		    strcmp(name, codecs[i].info.name) == 0) {
			*out = codecs[i].info.type;
			return CNG_OK;
		}
	}
	return CNG_ERR_NOT_SUPPORTED;
}

enum cng_status
blob_detect(struct span in, enum blob_type *out)
{
	enum blob_type type = BLOB_ANY;
	struct rd r = rd_of(in);
	uint32_t magic;

	if (in.len > 0 && in.ptr[0] == DER_SEQUENCE) {
		type = envelope_is(in) || envelope_is_wrapped(in) ?
		    BLOB_PKCS7ENVELOPE : BLOB_PKCS8;
	} else if (rd_u32le(&r, &magic)) {
		type = rsa_detect(magic);
		if (type == BLOB_ANY)
			type = ecc_layout(ecc_detect(magic), in);
		if (type == BLOB_ANY)
			type = dsa_detect(magic);
		if (type == BLOB_ANY)
			type = dh_detect(magic);
		if (type == BLOB_ANY)
			type = pq_detect(magic);
		if (type == BLOB_ANY && magic == MAGIC_KDBM)
			type = BLOB_KEYDATA;
		if (type == BLOB_ANY && magic == MAGIC_PQPR)
			type = BLOB_PQPRIVATE;
		if (type == BLOB_ANY)
			type = capi_detect(in);
		if (type == BLOB_ANY)
			type = closed_detect(in);
	}
	if (type == BLOB_ANY)
		return CNG_ERR_BAD_MAGIC;
	*out = type;
	return CNG_OK;
}

/* The row to use; BLOB_ANY looks at the bytes. */
static enum cng_status
find_codec(const struct blob_codec **out, enum blob_type type,
    struct span in)
{
	enum cng_status st = CNG_OK;

	if (type == BLOB_ANY)
		st = blob_detect(in, &type);
	if (st != CNG_OK)
		return st;
	*out = blob_codec(type);
	return *out == NULL ? CNG_ERR_ARGUMENT : CNG_OK;
}

enum cng_status
blob_decode(enum blob_type type, struct span in,
    const struct blob_params *params, struct key_material *out)
{
	const struct blob_codec *codec;
	struct walk w = walk_of(in, NULL, NULL);
	enum cng_status st;

	*out = (struct key_material){ 0 };
	st = find_codec(&codec, type, in);
	if (st != CNG_OK)
		return st;
	st = codec->read(codec->info.type, &w, params, out);
	if (st != CNG_OK)
		key_free(out);
	return st;
}

enum cng_status
blob_encode(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct blob_codec *codec = blob_codec(type);

	if (codec == NULL)
		return CNG_ERR_ARGUMENT;
	return codec->write(type, key, params, out);
}

enum cng_status
blob_describe(enum blob_type type, struct span in, blob_field_sink *sink,
    void *arg)
{
	const struct blob_codec *codec;
	struct walk w = walk_of(in, sink, arg);
	enum cng_status st;

	st = find_codec(&codec, type, in);
	if (st == CNG_OK)
		return codec->read(codec->info.type, &w, NULL, NULL);
	if (st == CNG_ERR_BAD_MAGIC)
		return foreign_walk(&w);
	walk_fail(&w, st);
	return walk_end(&w);
}
