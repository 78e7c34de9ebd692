/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads CK_CNG_BLOB_PARAMS.  What is not known is refused: a flag that is
 * passed over in silence would be a promise broken.
 */
#include "pkcs11/cngblob.h"

#include "base/rd.h"
#include "base/utf16.h"
#include "base/util.h"
#include "base/why.h"
#include "core/transfer.h"
#include "pkcs11/vendor.h"

#define BUFFERS_MAX 16
#define BUFFER_BYTES_MAX 0x10000

struct pbe_name {
	enum pbe_kind kind;
	const char *oid;
};

static const struct pbe_name pbe_names[] = {
	{ PBE_PKCS12_3DES, "1.2.840.113549.1.12.1.3" },
	{ PBE_PBES2_AES256, "1.2.840.113549.1.5.13" },
};

static bool
read_flags(struct cngblob *out, CK_FLAGS flags)
{
	if ((flags & CNG_FLAG_NO_KEY_VALIDATION) != 0)
		out->flags |= IMPORT_NO_VALIDATION;
	if ((flags & CNG_FLAG_OVERWRITE_KEY) != 0)
		out->flags |= IMPORT_OVERWRITE;
	out->do_not_finalize = (flags & CNG_FLAG_DO_NOT_FINALIZE) != 0;
	flags &= ~(CNG_FLAG_NO_KEY_VALIDATION | CNG_FLAG_SILENT |
	    CNG_FLAG_OVERWRITE_KEY | CNG_FLAG_DO_NOT_FINALIZE);
	if (flags != 0)
		why_say("CK_CNG_BLOB_PARAMS: flags 0x%lx are not known",
		    flags);
	return flags == 0;
}

/* ASCII, with or without its NUL: how to encrypt PKCS#8, or the content of an
 * envelope. */
static bool
read_algorithm(struct cngblob *out, struct span text)
{
	size_t i;

	if (out->type == BLOB_PKCS7ENVELOPE) {
		out->for_export = true;
		return blob_envelope_cipher(text, span_of(NULL, 0),
		    &out->params.envelope.cipher) == CNG_OK;
	}
	if (text.len > 0 && text.ptr[text.len - 1] == 0)
		text.len--;
	for (i = 0; i < ARRAY_LEN(pbe_names); i++) {
		if (span_equal(text, span_str(pbe_names[i].oid))) {
			out->params.pbe.kind = pbe_names[i].kind;
			return true;
		}
	}
	return false;
}

/* CRYPT_PKCS12_PBE_PARAMS, then the salt. */
static bool
read_algorithm_param(struct cngblob *out, struct span bytes)
{
	struct rd in;
	uint32_t iterations;
	struct span salt;

	/* no cipher that envelopes are written with has any */
	if (out->type == BLOB_PKCS7ENVELOPE)
		return bytes.len == 0;
	in = rd_of(bytes);
	if (!rd_u32le(&in, &iterations) || !rd_blob32(&in, &salt) ||
	    !rd_at_end(&in))
		return false;
	if (iterations == 0 || iterations > INT32_MAX)
		return false;
	out->params.pbe.iterations = iterations;
	out->params.pbe.salt = salt;
	return true;
}

static bool
read_password(struct cngblob *out, struct span wide)
{
	if (out->params.pbe.has_password)
		return false;
	if (wide.len > 0 && utf8_from_utf16le(&out->password, wide) != CNG_OK)
		return false;
	out->params.pbe.has_password = true;
	out->params.pbe.password = secret_span(&out->password);
	return true;
}

static bool
read_name(struct cngblob *out, struct span wide)
{
	if (out->has_name)
		return false;
	if (utf8_from_utf16le(&out->name, wide) != CNG_OK)
		return false;
	out->has_name = true;
	return out->name.len > 0;
}

/* "RSA", "ECDSA_P256" ...: only the family is of use, the key says the rest. */
static bool
read_alg_id(struct cngblob *out, struct span wide)
{
	struct secret text;
	bool rsa, ec;

	if (out->family != KEY_NONE ||
	    utf8_from_utf16le(&text, wide) != CNG_OK)
		return false;
	rsa = span_equal(secret_span(&text), span_str("RSA"));
	ec = text.len >= 4 && (memcmp(text.ptr, "ECDH", 4) == 0 ||
	    memcmp(text.ptr, "ECDS", 4) == 0);
	out->family = rsa ? KEY_RSA : KEY_EC;
	secret_free(&text);
	return rsa || ec;
}

static bool
read_aes_bits(struct cngblob *out, struct span bytes)
{
	struct rd in = rd_of(bytes);
	uint32_t bits;

	if (!rd_u32le(&in, &bits) || !rd_at_end(&in))
		return false;
	out->params.wrap.aes_bits = bits;
	return bits == 128 || bits == 192 || bits == 256;
}

static bool
read_padding(struct cngblob *out, struct span wide)
{
	static const struct {
		enum key_hash hash;
		const char *name;
	} names[] = { { HASH_SHA1, "SHA1" }, { HASH_SHA256, "SHA256" },
		{ HASH_SHA384, "SHA384" }, { HASH_SHA512, "SHA512" } };
	struct secret text;
	size_t i;

	if (utf8_from_utf16le(&text, wide) != CNG_OK)
		return false;
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (span_equal(secret_span(&text), span_str(names[i].name)))
			out->params.wrap.hash = names[i].hash;
	secret_free(&text);
	return out->params.wrap.hash != HASH_NONE;
}

/* How to wrap is for two types only, and for the way out. */
static bool
read_wrapping(struct cngblob *out, CK_ULONG type, struct span bytes)
{
	out->for_export = true;
	if (out->type != BLOB_RSAAESWRAP &&
	    (out->type != BLOB_PKCS7ENVELOPE ||
		type == CNG_BUFFER_PKCS_AES_KEY_BITS))
		return false;
	if (type == CNG_BUFFER_PKCS_AES_KEY_BITS)
		return out->params.wrap.aes_bits == 0 &&
		    read_aes_bits(out, bytes);
	if (type == CNG_BUFFER_PKCS_PADDING_ALGO)
		return out->params.wrap.hash == HASH_NONE &&
		    read_padding(out, bytes);
	if (out->params.wrap.label.len > 0)
		return false;
	out->params.wrap.label = bytes;
	return true;
}

static bool
read_certificates(struct cngblob *out, struct span bytes)
{
	out->for_export = true;
	if (out->type != BLOB_PKCS7ENVELOPE ||
	    out->params.envelope.certs.len > 0)
		return false;
	out->params.envelope.certs = bytes;
	return bytes.len > 0;
}

static bool
read_curve_name(struct cngblob *out, struct span wide)
{
	if (out->params.curve_name.len > 0 ||
	    out->params.ecc_parameters.len > 0 ||
	    utf8_from_utf16le(&out->curve, wide) != CNG_OK)
		return false;
	out->params.curve_name = secret_span(&out->curve);
	return out->curve.len > 0;
}

static bool
read_ecc_parameters(struct cngblob *out, struct span bytes)
{
	if (out->params.curve_name.len > 0 ||
	    out->params.ecc_parameters.len > 0)
		return false;
	out->params.ecc_parameters = bytes;
	return bytes.len > 0;
}

/* Protection: for one type only; root keys for those that may be it. */
static bool
read_protection(struct cngblob *out, CK_ULONG type, struct span bytes)
{
	struct rd in = rd_of(bytes);
	uint32_t flags;

	if (type == CNG_BUFFER_KDS_ROOT_KEY) {
		out->for_import = true;
		if (out->params.protect.roots.len > 0)
			return false;
		out->params.protect.roots = bytes;
		return bytes.len > 0 && (out->type == BLOB_PROTECTEDKEY ||
		    out->type == BLOB_ANY);
	}
	out->for_export = true;
	if (out->type != BLOB_PROTECTEDKEY)
		return false;
	if (type == CNG_BUFFER_PROTECTION_FLAGS)
		return rd_u32le(&in, &flags) && rd_at_end(&in) && flags == 0;
	if (out->rule.len > 0 ||
	    utf8_from_utf16le(&out->rule, bytes) != CNG_OK)
		return false;
	out->params.protect.rule = secret_span(&out->rule);
	return out->rule.len > 0;
}

static bool
read_buffer(struct cngblob *out, const CK_CNG_BUFFER *buffer)
{
	struct span bytes;

	if (buffer->len > BUFFER_BYTES_MAX ||
	    (buffer->value == NULL && buffer->len > 0))
		return false;
	bytes = span_of(buffer->value, buffer->len);
	switch (buffer->type) {
	case CNG_BUFFER_PKCS_ALG_OID:
		return read_algorithm(out, bytes);
	case CNG_BUFFER_PKCS_ALG_PARAM:
		return read_algorithm_param(out, bytes);
	case CNG_BUFFER_PKCS_KEY_NAME:
		return read_name(out, bytes);
	case CNG_BUFFER_PKCS_SECRET:
		return read_password(out, bytes);
	case CNG_BUFFER_CERT_BLOB:
		return read_certificates(out, bytes);
	case CNG_BUFFER_ECC_CURVE_NAME:
		return read_curve_name(out, bytes);
	case CNG_BUFFER_ECC_PARAMETERS:
		return read_ecc_parameters(out, bytes);
	case CNG_BUFFER_PKCS_ALG_ID:
		return read_alg_id(out, bytes);
	case CNG_BUFFER_PKCS_AES_KEY_BITS:
	case CNG_BUFFER_PKCS_PADDING_ALGO:
	case CNG_BUFFER_PKCS_PADDING_LABEL:
		return read_wrapping(out, buffer->type, bytes);
	case CNG_BUFFER_PROTECTION_DESCRIPTOR_STRING:
	case CNG_BUFFER_PROTECTION_FLAGS:
	case CNG_BUFFER_KDS_ROOT_KEY:
		return read_protection(out, buffer->type, bytes);
	default:
		return false;
	}
}

static const char *
buffer_name(CK_ULONG type)
{
	static const struct {
		CK_ULONG type;
		const char *name;
	} names[] = {
#define ROW(type) { CNG_BUFFER_##type, "CNG_BUFFER_" #type }
		ROW(PROTECTION_DESCRIPTOR_STRING),
		ROW(PROTECTION_FLAGS),
		ROW(KDS_ROOT_KEY),
		ROW(PKCS_ALG_OID),
		ROW(PKCS_ALG_PARAM),
		ROW(PKCS_ALG_ID),
		ROW(PKCS_KEY_NAME),
		ROW(PKCS_SECRET),
		ROW(CERT_BLOB),
		ROW(ECC_CURVE_NAME),
		ROW(ECC_PARAMETERS),
		ROW(PKCS_AES_KEY_BITS),
		ROW(PKCS_PADDING_ALGO),
		ROW(PKCS_PADDING_LABEL),
#undef ROW
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].type == type)
			return names[i].name;
	return "no known type";
}

static bool
read_buffers(struct cngblob *out, const CK_CNG_BLOB_PARAMS *from)
{
	CK_CNG_BUFFER buffer;
	CK_ULONG i;

	if (from->count > BUFFERS_MAX ||
	    (from->buffers == NULL && from->count > 0)) {
		why_say("CK_CNG_BLOB_PARAMS: %lu buffers: too many, or none"
		    " there", from->count);
		return false;
	}
	for (i = 0; i < from->count; i++) {
		memcpy(&buffer, &from->buffers[i], sizeof(buffer));
		if (!read_buffer(out, &buffer)) {
			why_say("CK_CNG_BLOB_PARAMS: buffer %lu (%s): not"
			    " known, not for this blob, or of no sense", i,
			    buffer_name(buffer.type));
			return false;
		}
	}
	return true;
}

CK_RV
cngblob_read(struct cngblob *out, const CK_MECHANISM *from)
{
	CK_CNG_BLOB_PARAMS given;

	*out = (struct cngblob){ 0 };
	out->type = (enum blob_type)(from->mechanism - CKM_CNG_ANY);
	out->params.secret_family = KEY_AES;
	if (from->pParameter == NULL && from->ulParameterLen == 0)
		return CKR_OK;
	if (from->pParameter == NULL ||
	    from->ulParameterLen != sizeof(given)) {
		why_say("CK_CNG_BLOB_PARAMS: %zu bytes are wanted, %lu are"
		    " there", sizeof(given), from->ulParameterLen);
		return CKR_MECHANISM_PARAM_INVALID;
	}
	memcpy(&given, from->pParameter, sizeof(given));
	if (given.version != 0)
		why_say("CK_CNG_BLOB_PARAMS: version %lu is not known",
		    given.version);
	if (given.version == 0 && read_flags(out, given.flags) &&
	    read_buffers(out, &given)) {
		/* What Windows writes when only a password is named. */
		if (out->params.pbe.has_password &&
		    out->params.pbe.kind == PBE_NONE)
			out->params.pbe.kind = PBE_PKCS12_3DES;
		return CKR_OK;
	}
	cngblob_free(out);
	return CKR_MECHANISM_PARAM_INVALID;
}

void
cngblob_free(struct cngblob *blob)
{
	secret_free(&blob->name);
	secret_free(&blob->password);
	secret_free(&blob->curve);
	secret_free(&blob->rule);
	*blob = (struct cngblob){ 0 };
}
