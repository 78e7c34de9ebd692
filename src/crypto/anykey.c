/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whatever form a key comes in: PKCS#8, SubjectPublicKeyInfo, PKCS#1, SEC 1
 * or the old one of DSA, in DER or PEM.
 */
#include "crypto/asn1_internal.h"

#include "base/util.h"

enum form {
	FORM_NONE = 0,
	FORM_PKCS8,
	FORM_SPKI,
	FORM_RSA_PRIVATE,
	FORM_RSA_PUBLIC,
	FORM_EC_PRIVATE,
	FORM_DSA_PRIVATE,
};

static const struct {
	const char *label;
	enum form form;
} labels[] = {
	{ "PRIVATE KEY", FORM_PKCS8 },
	{ "ENCRYPTED PRIVATE KEY", FORM_PKCS8 },
	{ "PUBLIC KEY", FORM_SPKI },
	{ "RSA PRIVATE KEY", FORM_RSA_PRIVATE },
	{ "RSA PUBLIC KEY", FORM_RSA_PUBLIC },
	{ "EC PRIVATE KEY", FORM_EC_PRIVATE },
	{ "DSA PRIVATE KEY", FORM_DSA_PRIVATE },
};

/* The first two elements tell the forms apart. */
static const struct {
	int first;
	int second;
	enum form form;
} shapes[] = {
	{ V_ASN1_INTEGER, V_ASN1_SEQUENCE, FORM_PKCS8 },
	{ V_ASN1_SEQUENCE, V_ASN1_OCTET_STRING, FORM_PKCS8 },
	{ V_ASN1_SEQUENCE, V_ASN1_BIT_STRING, FORM_SPKI },
	{ V_ASN1_INTEGER, V_ASN1_OCTET_STRING, FORM_EC_PRIVATE },
	{ V_ASN1_INTEGER, V_ASN1_INTEGER, FORM_RSA_PRIVATE },
};

/* Two numbers, six, or nine. */
static enum form
form_of_numbers(struct span rest)
{
	struct asn1_element element;
	size_t more = 0;

	while (asn1_next(&rest, &element))
		more++;
	if (rest.len == 0 && more == 0)
		return FORM_RSA_PUBLIC;
	return rest.len == 0 && more == 4 ? FORM_DSA_PRIVATE :
					    FORM_RSA_PRIVATE;
}

static enum form
form_of_der(struct span der)
{
	struct asn1_element outer, first, second;
	struct span in = der;

	if (!asn1_next(&in, &outer) || outer.tag != V_ASN1_SEQUENCE)
		return FORM_NONE;
	in = outer.content;
	if (!asn1_next(&in, &first) || !asn1_next(&in, &second))
		return FORM_NONE;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		if (shapes[i].first != first.tag ||
		    shapes[i].second != second.tag)
			continue;
		return shapes[i].form == FORM_RSA_PRIVATE ?
		    form_of_numbers(in) : shapes[i].form;
	}
	return FORM_NONE;
}

static enum cng_status
decode_form(struct key_material *out, enum form form, struct span der,
    const struct pbe *pbe)
{
	switch (form) {
	case FORM_PKCS8:
		return pkcs8_decode(out, der, pbe);
	case FORM_SPKI:
		return spki_decode(out, der);
	case FORM_RSA_PRIVATE:
		return pkcs1_decode_private(out, der);
	case FORM_RSA_PUBLIC:
		return pkcs1_decode_public(out, der);
	case FORM_EC_PRIVATE:
		return sec1_decode(out, der);
	case FORM_DSA_PRIVATE:
		return dsa_old_decode(out, der);
	case FORM_NONE:
		break;
	}
	return CNG_ERR_BAD_DATA;
}

static enum cng_status
decode_pem(struct key_material *out, struct span text, const struct pbe *pbe)
{
	const char *wanted[ARRAY_LEN(labels)];
	enum form form = FORM_NONE;
	struct secret der;
	char label[64];
	enum cng_status st;

	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		wanted[i] = labels[i].label;
	st = pem_find(&der, label, sizeof label, text, wanted,
	    ARRAY_LEN(wanted), pbe);
	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (strcmp(label, labels[i].label) == 0)
			form = labels[i].form;
	st = decode_form(out, form, secret_span(&der), pbe);
	secret_free(&der);
	return st;
}

/* Text may stand before the block, as "openssl ... -text" writes it. */
static bool
has_pem(struct span in)
{
	const struct span begin = span_str("-----BEGIN ");

	for (size_t i = 0; i + begin.len <= in.len; i++)
		if (span_equal(span_of(in.ptr + i, begin.len), begin))
			return true;
	return false;
}

enum cng_status
key_decode_any(struct key_material *out, struct span in,
    const struct pbe *pbe)
{
	enum form form;
	enum cng_status st;

	*out = (struct key_material){ 0 };
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	form = form_of_der(in);
	if (form != FORM_NONE)
		st = decode_form(out, form, in, pbe);
	else if (has_pem(in))
		st = decode_pem(out, in, pbe);
	else
		st = CNG_ERR_BAD_DATA;
	if (st != CNG_OK)
		key_free(out);
	return asn1_leave(st);
}

enum cng_status
key_encode_old(const struct key_material *key, const char **label,
    struct wr *out)
{
	struct secret der = { 0 };
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	st = CNG_ERR_BAD_TYPE;
	if (key->family == KEY_RSA && key->has_private) {
		*label = "RSA PRIVATE KEY";
		st = pkcs1_encode_private(&der, key);
	} else if (key->family == KEY_RSA) {
		*label = "RSA PUBLIC KEY";
		st = pkcs1_encode_public(&der, key);
	} else if (key->family == KEY_EC && key->has_private) {
		*label = "EC PRIVATE KEY";
		st = sec1_encode(&der, key);
	} else if (key->family == KEY_DSA && key->has_private) {
		*label = "DSA PRIVATE KEY";
		st = dsa_old_encode(&der, key);
	}
	if (st == CNG_OK) {
		wr_bytes(out, secret_span(&der));
		st = wr_status(out);
	}
	secret_free(&der);
	return asn1_leave(st);
}
