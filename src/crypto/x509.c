/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The names of an X.509 certificate, byte for byte.  A template of our own
 * again: nothing is decoded that nobody asked for.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/x509.h>

struct cert_body {
	ASN1_TYPE *version;
	ASN1_INTEGER *serial;
	ASN1_TYPE *signature;
	ASN1_TYPE *issuer;
	ASN1_TYPE *validity;
	ASN1_TYPE *subject;
	ASN1_TYPE *public_info;
	ASN1_BIT_STRING *issuer_id;
	ASN1_BIT_STRING *subject_id;
	ASN1_TYPE *extensions;
};

struct cert {
	struct cert_body *body;
	X509_ALGOR *algor;
	ASN1_BIT_STRING *signature;
};

ASN1_SEQUENCE(cert_body) = {
	ASN1_EXP_OPT(struct cert_body, version, ASN1_ANY, 0),
	ASN1_SIMPLE(struct cert_body, serial, ASN1_INTEGER),
	ASN1_SIMPLE(struct cert_body, signature, ASN1_ANY),
	ASN1_SIMPLE(struct cert_body, issuer, ASN1_ANY),
	ASN1_SIMPLE(struct cert_body, validity, ASN1_ANY),
	ASN1_SIMPLE(struct cert_body, subject, ASN1_ANY),
	ASN1_SIMPLE(struct cert_body, public_info, ASN1_ANY),
	ASN1_IMP_OPT(struct cert_body, issuer_id, ASN1_BIT_STRING, 1),
	ASN1_IMP_OPT(struct cert_body, subject_id, ASN1_BIT_STRING, 2),
	ASN1_EXP_OPT(struct cert_body, extensions, ASN1_ANY, 3),
} static_ASN1_SEQUENCE_END_name(struct cert_body, cert_body)

ASN1_SEQUENCE(cert) = {
	ASN1_SIMPLE(struct cert, body, cert_body),
	ASN1_SIMPLE(struct cert, algor, X509_ALGOR),
	ASN1_SIMPLE(struct cert, signature, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END_name(struct cert, cert)

/* An ANY that is a SEQUENCE holds its DER, tag and all. */
static enum cng_status
copy_sequence(struct secret *out, const ASN1_TYPE *any)
{
	if (any->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	return secret_copy(out, asn1_bytes(any->value.sequence));
}

static enum cng_status
take(struct x509_names *out, const struct cert_body *body)
{
	enum cng_status st;

	st = copy_sequence(&out->subject, body->subject);
	if (st == CNG_OK)
		st = copy_sequence(&out->issuer, body->issuer);
	if (st == CNG_OK)
		st = copy_sequence(&out->public_info, body->public_info);
	if (st == CNG_OK)
		st = asn1_write(&out->serial, body->serial,
		    ASN1_ITEM_rptr(ASN1_INTEGER));
	return st;
}

enum cng_status
x509_names(struct x509_names *out, struct span der)
{
	void *value;
	enum cng_status st;

	*out = (struct x509_names){ 0 };
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(cert));
	if (st == CNG_OK) {
		st = take(out, ((struct cert *)value)->body);
		ASN1_item_free(value, ASN1_ITEM_rptr(cert));
	}
	if (st != CNG_OK)
		x509_names_free(out);
	return asn1_leave(st);
}

void
x509_names_free(struct x509_names *names)
{
	secret_free(&names->subject);
	secret_free(&names->issuer);
	secret_free(&names->serial);
	secret_free(&names->public_info);
}

/* --- the subject, for people ---------------------------------------------- */

static enum cng_status
copy_text(struct secret *out, const X509_NAME_ENTRY *entry)
{
	unsigned char *text = NULL;
	int len = ASN1_STRING_to_UTF8(&text,
	    X509_NAME_ENTRY_get_data(entry));
	enum cng_status st = CNG_OK;

	if (len > 0)
		st = secret_copy(out, span_of(text, (size_t)len));
	OPENSSL_free(text);
	return st;
}

static enum cng_status
take_title(struct secret *out, struct span subject)
{
	static const int kinds[] = { NID_commonName,
		NID_organizationalUnitName, NID_organizationName };
	const unsigned char *at = subject.ptr;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)subject.len);
	enum cng_status st = CNG_OK;

	for (size_t i = 0; name != NULL && st == CNG_OK && out->len == 0 &&
	     i < sizeof kinds / sizeof kinds[0]; i++) {
		int where = X509_NAME_get_index_by_NID(name, kinds[i], -1);

		if (where >= 0)
			st = copy_text(out, X509_NAME_get_entry(name, where));
	}
	X509_NAME_free(name);
	return st;
}

enum cng_status
x509_title(struct secret *out, struct span der)
{
	struct x509_names names;
	enum cng_status st = x509_names(&names, der);

	*out = (struct secret){ 0 };
	if (st != CNG_OK)
		return st;
	st = asn1_enter();
	if (st == CNG_OK)
		st = asn1_leave(take_title(out, secret_span(&names.subject)));
	x509_names_free(&names);
	return st;
}
