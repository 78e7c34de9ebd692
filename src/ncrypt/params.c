/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Flags and parameter lists.
 */
#include "ncrypt/params.h"

#include "base/rd.h"
#include "base/util.h"
#include "base/why.h"

#define BUFFERS_MAX 64
#define TYPE_NAME_MAX 64

SECURITY_STATUS
params_check_flags(DWORD flags, DWORD allowed)
{
	const DWORD isolated = NCRYPT_PREFER_VBS_FLAG |
	    NCRYPT_REQUIRE_VBS_FLAG;

	if (flags & ~allowed) {
		why_say("flags 0x%x are not known here",
		    (unsigned)(flags & ~allowed));
		return NTE_BAD_FLAGS;
	}
	/* says how to isolate, not that */
	if ((flags & NCRYPT_USE_PER_BOOT_KEY_FLAG) && !(flags & isolated))
		return NTE_BAD_FLAGS;
	return flags & NCRYPT_REQUIRE_VBS_FLAG ? NTE_VBS_UNAVAILABLE :
						 ERROR_SUCCESS;
}

enum cng_status
params_note_vbs(struct secret *bag, DWORD flags)
{
	enum cng_status st;

	if (!(flags & NCRYPT_PREFER_VBS_FLAG))
		return CNG_OK;
	st = bag_set_number(bag, BAG_ISOLATION, 0);
	if (st == CNG_OK && (flags & NCRYPT_USE_PER_BOOT_KEY_FLAG))
		st = bag_set_number(bag, BAG_PER_BOOT, 0);
	return st;
}

/* --- buffers ------------------------------------------------------------- */

static bool
why_buffer(ULONG i)
{
	why_say("buffer %u: a length, and no bytes", (unsigned)i);
	return false;
}

bool
params_list_is_sound(const NCryptBufferDesc *list)
{
	if (list == NULL)
		return true;
	if (list->cBuffers > BUFFERS_MAX ||
	    (list->cBuffers > 0 && list->pBuffers == NULL))
		return false;
	for (ULONG i = 0; i < list->cBuffers; i++)
		if (list->pBuffers[i].pvBuffer == NULL &&
		    list->pBuffers[i].cbBuffer > 0)
			return why_buffer(i);
	return true;
}

bool
params_find(const NCryptBufferDesc *list, ULONG type, struct span *out)
{
	for (ULONG i = 0; list != NULL && i < list->cBuffers; i++) {
		const NCryptBuffer *buffer = &list->pBuffers[i];

		if (buffer->BufferType != type)
			continue;
		*out = span_of(buffer->pvBuffer, buffer->cbBuffer);
		return true;
	}
	return false;
}

struct pbe_name {
	enum pbe_kind kind;
	const char *oid;
};

static const struct pbe_name pbe_names[] = {
	{ PBE_PKCS12_3DES, "1.2.840.113549.1.12.1.3" },
	{ PBE_PBES2_AES256, "1.2.840.113549.1.5.13" },
};

/* ASCII, with or without its NUL. */
static enum cng_status
read_algorithm(struct pbe *pbe, struct span text)
{
	if (text.len > 0 && text.ptr[text.len - 1] == 0)
		text.len--;
	for (size_t i = 0; i < ARRAY_LEN(pbe_names); i++) {
		if (span_equal(text, span_str(pbe_names[i].oid))) {
			pbe->kind = pbe_names[i].kind;
			return CNG_OK;
		}
	}
	return why(CNG_ERR_NOT_SUPPORTED,
	    "NCRYPTBUFFER_PKCS_ALG_OID: an algorithm that is not known");
}

/* CRYPT_PKCS12_PBE_PARAMS, then the salt. */
static enum cng_status
read_algorithm_param(struct pbe *pbe, struct span bytes)
{
	struct rd in = rd_of(bytes);
	uint32_t iterations;
	struct span salt;

	if (!rd_u32le(&in, &iterations) || !rd_blob32(&in, &salt) ||
	    !rd_at_end(&in) || iterations == 0 || iterations > INT32_MAX)
		return why(CNG_ERR_ARGUMENT, "NCRYPTBUFFER_PKCS_ALG_PARAM: not"
		    " iterations and a salt");
	pbe->iterations = iterations;
	pbe->salt = salt;
	return CNG_OK;
}

/* An algorithm without a password means the empty one. */
static enum cng_status
read_encryption(struct params *out, const NCryptBufferDesc *list)
{
	struct pbe *pbe = &out->blob.pbe;
	struct span bytes = { NULL, 0 };
	enum cng_status st = CNG_OK;

	if (params_find(list, NCRYPTBUFFER_PKCS_SECRET, &bytes)) {
		st = wide_read_bytes(&out->password, bytes);
		pbe->has_password = true;
		pbe->kind = PBE_PKCS12_3DES;
	}
	if (st == CNG_OK &&
	    params_find(list, NCRYPTBUFFER_PKCS_ALG_OID, &bytes)) {
		st = read_algorithm(pbe, bytes);
		pbe->has_password = true;
	}
	if (st == CNG_OK &&
	    params_find(list, NCRYPTBUFFER_PKCS_ALG_PARAM, &bytes))
		st = read_algorithm_param(pbe, bytes);
	pbe->password = secret_span(&out->password);
	return st;
}

/* A wide string in a buffer, closed here whatever its length said. */
static enum cng_status
read_wide(struct secret *out, struct span bytes)
{
	enum cng_status st = secret_new(out, bytes.len + sizeof(WCHAR));

	if (st == CNG_OK && bytes.len > 0)
		memcpy(out->ptr, bytes.ptr, bytes.len);
	return st;
}

static LPCWSTR
wide_of(const struct secret *text)
{
	return (LPCWSTR)(const void *)text->ptr;
}

static enum cng_status
read_padding(struct params *out, struct span bytes)
{
	const struct hash_name *named;
	struct secret text = { 0 };
	enum cng_status st = read_wide(&text, bytes);

	if (st == CNG_OK) {
		named = hash_find(wide_of(&text));
		if (named == NULL || named->hash == HASH_NONE)
			st = why(CNG_ERR_NOT_SUPPORTED,
			    "NCRYPTBUFFER_PKCS_PADDING_ALGO: a hash that is"
			    " not known");
		else
			out->blob.wrap.hash = named->hash;
	}
	secret_free(&text);
	return st;
}

static enum cng_status
read_algorithm_id(struct params *out, struct span bytes)
{
	struct secret text = { 0 };
	enum cng_status st = read_wide(&text, bytes);

	if (st == CNG_OK) {
		out->alg = alg_find(wide_of(&text));
		if (out->alg == NULL)
			st = why(CNG_ERR_NOT_SUPPORTED,
			    "NCRYPTBUFFER_PKCS_ALG_ID: an algorithm that is"
			    " not known");
	}
	secret_free(&text);
	return st;
}

static enum cng_status
read_aes_bits(struct params *out, struct span bytes)
{
	struct rd in = rd_of(bytes);
	uint32_t bits;

	if (bytes.len != sizeof(bits) || !rd_u32le(&in, &bits) ||
	    (bits != 128 && bits != 192 && bits != 256))
		return why(CNG_ERR_ARGUMENT, "NCRYPTBUFFER_PKCS_AES_KEY_BITS:"
		    " not 128, 192 or 256");
	out->blob.wrap.aes_bits = bits;
	return CNG_OK;
}

/* The curve of a generic ECC magic, by its name or by its parameters. */
static enum cng_status
read_curve(struct params *out, const NCryptBufferDesc *list)
{
	enum key_curve curve;
	struct span bytes;
	enum cng_status st;

	if (params_find(list, NCRYPTBUFFER_ECC_PARAMETERS, &bytes))
		out->blob.ecc_parameters = bytes;
	if (!params_find(list, NCRYPTBUFFER_ECC_CURVE_NAME, &bytes))
		return CNG_OK;
	st = wide_read_curve(&out->curve, &curve, bytes);
	out->blob.curve_name = secret_span(&out->curve);
	return st == CNG_OK ? st : why(st, "NCRYPTBUFFER_ECC_CURVE_NAME: %s",
	    cng_status_text(st));
}

/* What wrapping under an RSA key may be told, and what must come out. */
static enum cng_status
read_wrapping(struct params *out, const NCryptBufferDesc *list)
{
	struct span bytes;
	enum cng_status st = CNG_OK;

	if (params_find(list, NCRYPTBUFFER_PKCS_ALG_ID, &bytes))
		st = read_algorithm_id(out, bytes);
	if (st == CNG_OK &&
	    params_find(list, NCRYPTBUFFER_PKCS_AES_KEY_BITS, &bytes))
		st = read_aes_bits(out, bytes);
	if (st == CNG_OK &&
	    params_find(list, NCRYPTBUFFER_PKCS_PADDING_ALGO, &bytes))
		st = read_padding(out, bytes);
	if (st == CNG_OK &&
	    params_find(list, NCRYPTBUFFER_PKCS_PADDING_LABEL, &bytes))
		out->blob.wrap.label = bytes;
	return st;
}

static enum cng_status
read_protection(struct params *out, const NCryptBufferDesc *list)
{
	struct span bytes;
	struct rd in;
	uint32_t flags = 0;
	enum cng_status st = CNG_OK;

	if (params_find(list, NCRYPTBUFFER_CNG_KDS_ROOT_KEY, &bytes))
		out->blob.protect.roots = bytes;
	if (params_find(list, NCRYPTBUFFER_PROTECTION_FLAGS, &bytes)) {
		in = rd_of(bytes);
		if (!rd_u32le(&in, &flags) || !rd_at_end(&in))
			return CNG_ERR_ARGUMENT;
	}
	/* names of descriptors are in a registry that is not here */
	if (flags != 0)
		return why(CNG_ERR_NOT_SUPPORTED,
		    "NCRYPTBUFFER_PROTECTION_FLAGS: not 0");
	if (params_find(list, NCRYPTBUFFER_PROTECTION_DESCRIPTOR_STRING,
		&bytes))
		st = wide_read_bytes(&out->rule, bytes);
	out->blob.protect.rule = secret_span(&out->rule);
	return st;
}

enum cng_status
params_read_envelope(struct params *out, const NCryptBufferDesc *list)
{
	struct span oid, param = { NULL, 0 };

	(void)params_find(list, NCRYPTBUFFER_CERT_BLOB,
	    &out->blob.envelope.certs);
	(void)params_find(list, NCRYPTBUFFER_PKCS_ALG_PARAM, &param);
	return params_find(list, NCRYPTBUFFER_PKCS_ALG_OID, &oid) ?
	    blob_envelope_cipher(oid, param, &out->blob.envelope.cipher) :
	    CNG_ERR_ARGUMENT;
}

enum cng_status
params_read(struct params *out, enum blob_type type,
    const NCryptBufferDesc *list)
{
	struct span bytes;
	enum cng_status st = CNG_OK;

	*out = (struct params){ .blob = { .secret_family = KEY_AES } };
	if (!params_list_is_sound(list))
		return CNG_ERR_ARGUMENT;
	if (params_find(list, NCRYPTBUFFER_PKCS_KEY_NAME, &bytes)) {
		st = wide_read_bytes(&out->name, bytes);
		if (st == CNG_OK && (out->name.len == 0 || bytes.len >
		    (NCRYPT_MAX_KEY_NAME_LENGTH + 1) * sizeof(WCHAR)))
			st = why(CNG_ERR_ARGUMENT, "NCRYPTBUFFER_PKCS_KEY_NAME:"
			    " empty or too long");
	}
	/* an envelope has its own cipher, and no password */
	if (st == CNG_OK && type != BLOB_PKCS7ENVELOPE)
		st = read_encryption(out, list);
	if (st == CNG_OK)
		st = read_wrapping(out, list);
	if (st == CNG_OK)
		st = read_protection(out, list);
	if (st == CNG_OK)
		st = read_curve(out, list);
	if (st != CNG_OK)
		params_free(out);
	return st;
}

void
params_free(struct params *params)
{
	secret_free(&params->name);
	secret_free(&params->password);
	secret_free(&params->rule);
	secret_free(&params->curve);
	*params = (struct params){ 0 };
}

enum cng_status
params_blob_type(LPCWSTR name, const struct blob_info **out)
{
	struct secret text = { 0 };
	enum blob_type type = BLOB_ANY;
	enum cng_status st = wide_read(&text, name, TYPE_NAME_MAX);

	*out = NULL;
	if (st == CNG_ERR_NO_MEMORY)
		return st;
	if (st == CNG_OK)
		st = blob_type_from_name((const char *)text.ptr, &type);
	secret_free(&text);
	if (st != CNG_OK)
		return why(CNG_ERR_NOT_SUPPORTED,
		    "pszBlobType: not the name of a blob type");
	*out = blob_info(type);
	why_about((*out)->name);
	return CNG_OK;
}
