/* SPDX-License-Identifier: BSD-2-Clause
 *
 * KDS root keys: the bare one, and objects of class msKds-ProvRootKey out of
 * a directory.
 */
#include <ctype.h>
#include <strings.h>

#include "base/util.h"
#include "base/utf16.h"
#include "blob/kds.h"
#include "blob/ldif.h"
#include "blob/magic.h"

#define ROOT_KEY 64
#define DH_PRIVATE_BITS 512
#define PRIVATE_BITS_MAX 4096
#define TEXT_MAX 64

/* --- values -------------------------------------------------------------- */

static bool
text_is(const struct secret *value, const char *text)
{
	return span_equal(secret_span(value), span_str(text));
}

static bool
hex_digit(uint8_t c, unsigned *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == 0 ? NULL : strchr(digits, tolower(c));

	*out = at == NULL ? 0 : (unsigned)(at - digits);
	return at != NULL;
}

/* 8-4-4-4-12 digits; the first three numbers are little-endian. */
static bool
read_guid(uint8_t out[KDS_ID], const struct secret *text)
{
	static const uint8_t place[KDS_ID] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9,
		10, 11, 12, 13, 14, 15 };
	unsigned high, low;
	size_t at = 0;

	if (text->len != GUID_TEXT - 1)
		return false;
	for (size_t i = 0; i < KDS_ID; i++, at += 2) {
		if ((at == 8 || at == 13 || at == 18 || at == 23) &&
		    text->ptr[at++] != '-')
			return false;
		if (!hex_digit(text->ptr[at], &high) ||
		    !hex_digit(text->ptr[at + 1], &low))
			return false;
		out[place[i]] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Zero, one, bytes of the name, zero; the name of the hash. */
static enum cng_status
read_hash(struct kds_root *root, const struct secret *value)
{
	static const struct {
		const char *name;
		enum key_hash hash;
	} names[] = { { "SHA1", HASH_SHA1 }, { "SHA256", HASH_SHA256 },
		{ "SHA384", HASH_SHA384 }, { "SHA512", HASH_SHA512 } };
	struct rd in = rd_of(secret_span(value));
	uint32_t zero, one, len, end;
	struct secret name = { 0 };
	enum cng_status st;

	if (!rd_u32le(&in, &zero) || !rd_u32le(&in, &one) ||
	    !rd_u32le(&in, &len) || !rd_u32le(&in, &end) || zero != 0 ||
	    one != 1 || end != 0 || len != in.left || len > TEXT_MAX)
		return CNG_ERR_ARGUMENT;
	st = utf8_from_utf16le(&name, rd_rest(&in));
	if (st == CNG_OK) {
		root->hash = HASH_NONE;
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (text_is(&name, names[i].name))
				root->hash = names[i].hash;
		if (root->hash == HASH_NONE)
			st = CNG_ERR_NOT_SUPPORTED;
	}
	secret_free(&name);
	return st;
}

/* The DHParameters property: size of it all, DHPM, bytes of p, p, g. */
static enum cng_status
read_group(struct kds_root *root, const struct secret *value)
{
	struct rd in = rd_of(secret_span(value));
	uint32_t size, magic, len;
	struct span p, g;
	enum cng_status st;

	if (value->len == 0)
		return CNG_OK; /* no parameters for a curve */
	if (!rd_u32le(&in, &size) || size != value->len ||
	    !rd_u32le(&in, &magic) || magic != MAGIC('D', 'H', 'P', 'M') ||
	    !rd_u32le(&in, &len) || len == 0 || len > DH_BITS_CNG_MAX / 8 ||
	    !rd_take(&in, len, &p) || !rd_take(&in, len, &g) ||
	    !rd_at_end(&in))
		return CNG_ERR_ARGUMENT;
	st = secret_replace(&root->p, p);
	return st == CNG_OK ? secret_replace(&root->g, g) : st;
}

static enum cng_status
read_agreement(struct kds_root *root, const struct secret *value)
{
	static const struct {
		const char *name;
		enum key_curve curve;
	} names[] = { { "DH", CURVE_NONE }, { "ECDH_P256", CURVE_P256 },
		{ "ECDH_P384", CURVE_P384 }, { "ECDH_P521", CURVE_P521 } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (text_is(value, names[i].name)) {
			root->curve = names[i].curve;
			return CNG_OK;
		}
	}
	return CNG_ERR_NOT_SUPPORTED;
}

static enum cng_status
read_bits(struct kds_root *root, const struct secret *value)
{
	size_t bits = 0;

	for (size_t i = 0; i < value->len; i++) {
		if (value->ptr[i] < '0' || value->ptr[i] > '9' ||
		    bits > PRIVATE_BITS_MAX)
			return CNG_ERR_ARGUMENT;
		bits = bits * 10 + (size_t)(value->ptr[i] - '0');
	}
	root->private_bits = bits;
	return bits > 0 && bits <= PRIVATE_BITS_MAX ? CNG_OK :
						      CNG_ERR_ARGUMENT;
}

static enum cng_status
read_kdf(struct kds_root *root, const struct secret *value)
{
	(void)root;
	return text_is(value, "SP800_108_CTR_HMAC") ? CNG_OK :
						      CNG_ERR_NOT_SUPPORTED;
}

static enum cng_status
read_id(struct kds_root *root, const struct secret *value)
{
	/* others have other names: they are no root keys */
	if (!read_guid(root->id, value))
		memset(root->id, 0, sizeof root->id);
	return CNG_OK;
}

static enum cng_status
read_key(struct kds_root *root, const struct secret *value)
{
	return value->len == ROOT_KEY ?
	    secret_replace(&root->key, secret_span(value)) :
	    CNG_ERR_ARGUMENT;
}

/* --- records ------------------------------------------------------------- */

typedef enum cng_status read_value(struct kds_root *root,
    const struct secret *value);

static const struct {
	const char *name;
	read_value *read;
} attributes[] = {
	{ "cn", read_id },
	{ "msKds-KDFAlgorithmID", read_kdf },
	{ "msKds-KDFParam", read_hash },
	{ "msKds-SecretAgreementAlgorithmID", read_agreement },
	{ "msKds-SecretAgreementParam", read_group },
	{ "msKds-PrivateKeyLength", read_bits },
	{ "msKds-RootKeyData", read_key },
};

/* What a root key is that says nothing else. */
static struct kds_root
default_root(void)
{
	return (struct kds_root){ .hash = HASH_SHA512 };
}

static void
default_bits(struct kds_root *root)
{
	const struct curve_info *curve = curve_info(root->curve);

	if (root->private_bits == 0)
		root->private_bits = curve == NULL ? DH_PRIVATE_BITS :
						     curve->bits;
}

/* What is wrong with a key that nobody asks for is nobody's business. */
static enum cng_status
read_line(struct kds_root *root, const struct ldif_line *line,
    enum cng_status so_far)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (strcasecmp(line->name, attributes[i].name) == 0)
			st = attributes[i].read(root, &line->value);
	return so_far == CNG_OK ? st : so_far;
}

/* One record; CNG_ERR_NOT_FOUND at the end of the text. */
static enum cng_status
read_record(struct rd *in, struct kds_root *root, enum cng_status *about)
{
	struct ldif_line line = { 0 };
	bool any = false;
	enum cng_status st;

	*root = default_root();
	*about = CNG_OK;
	while ((st = ldif_next(in, &line)) == CNG_OK &&
	    line.name[0] != '\0') {
		any = true;
		*about = read_line(root, &line, *about);
	}
	ldif_free(&line);
	return st == CNG_ERR_NOT_FOUND && any ? CNG_OK : st;
}

static enum cng_status
find_record(struct kds_root *out, struct span in, struct span id)
{
	struct rd rest = rd_of(in);
	struct kds_root root;
	enum cng_status st, about;

	while ((st = read_record(&rest, &root, &about)) == CNG_OK) {
		if (span_equal(span_of(root.id, KDS_ID), id)) {
			if (about == CNG_OK && root.key.len == 0)
				about = CNG_ERR_ARGUMENT;
			default_bits(&root);
			if (about == CNG_OK)
				*out = root;
			else
				kds_root_free(&root);
			return about;
		}
		kds_root_free(&root);
		if (about == CNG_ERR_NO_MEMORY)
			return about;
	}
	kds_root_free(&root);
	return st == CNG_ERR_BAD_DATA ? CNG_ERR_ARGUMENT : st;
}

enum cng_status
kds_root_find(struct kds_root *out, struct span in, struct span id)
{
	*out = (struct kds_root){ 0 };
	if (id.len != KDS_ID || in.len == 0)
		return CNG_ERR_ARGUMENT;
	if (in.len != KDS_ID + ROOT_KEY)
		return find_record(out, in, id);
	if (!span_equal(span_of(in.ptr, KDS_ID), id))
		return CNG_ERR_NOT_FOUND;
	*out = default_root();
	default_bits(out);
	memcpy(out->id, in.ptr, KDS_ID);
	return secret_copy(&out->key, span_of(in.ptr + KDS_ID, ROOT_KEY));
}
