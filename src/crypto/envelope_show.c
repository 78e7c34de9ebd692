/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EnvelopedData told to people, element by element, without any key.  The
 * elements are found in the input itself, whatever the form of their lengths.
 */
#include "crypto/envelope.h"

#include <stdio.h>

#include <openssl/bio.h>

#include "base/text.h"
#include "crypto/envelope_asn1.h"

#define NEST_MAX 16
#define SERIAL_SHOWN 32

/* --- elements of BER ----------------------------------------------------- */

struct element {
	int tag;
	bool context;
	struct span whole;
	struct span content;
};

static bool ber_next(struct span *in, struct element *out, unsigned depth);

/* Content of indefinite length: up to the two zero bytes. */
static bool
ber_indefinite(struct span in, struct span *content, size_t *used,
    unsigned depth)
{
	struct span rest = in;
	struct element inner;

	while (rest.len >= 2 && !(rest.ptr[0] == 0 && rest.ptr[1] == 0))
		if (!ber_next(&rest, &inner, depth + 1))
			return false;
	if (rest.len < 2)
		return false;
	*content = span_of(in.ptr, in.len - rest.len);
	*used = in.len - rest.len + 2;
	return true;
}

static bool
ber_next(struct span *in, struct element *out, unsigned depth)
{
	const unsigned char *at = in->ptr;
	long len = 0;
	int class = 0, flags;
	size_t head, used;

	if (in->len == 0 || in->len > ENVELOPE_MAX || depth > NEST_MAX)
		return false;
	flags = ASN1_get_object(&at, &len, &out->tag, &class, (long)in->len);
	if (flags & 0x80 || len < 0)
		return false;
	head = (size_t)(at - in->ptr);
	out->context = class == V_ASN1_CONTEXT_SPECIFIC;
	used = (size_t)len;
	out->content = span_of(at, used);
	if ((flags & 1) && !ber_indefinite(span_of(at, in->len - head),
	    &out->content, &used, depth))
		return false;
	out->whole = span_of(in->ptr, head + used);
	*in = span_of(in->ptr + head + used, in->len - head - used);
	return true;
}

static bool
next(struct span *in, struct element *out, int tag, bool context)
{
	return ber_next(in, out, 0) && out->tag == tag &&
	    out->context == context;
}

/* SEQUENCE, then the OID of a PKCS#7 type. */
static bool
is_type(struct span in, uint8_t last)
{
	const uint8_t oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x0d, 0x01, 0x07, last };
	const unsigned char *at = in.ptr;
	long len = 0;
	int tag = 0, class = 0;
	size_t head;

	/* cut short is still one */
	if (in.len < 2 || in.len > SECRET_MAX || in.ptr[0] != 0x30)
		return false;
	(void)ASN1_get_object(&at, &len, &tag, &class, (long)in.len);
	head = (size_t)(at - in.ptr);
	if (head < 2)
		head = in.ptr[1] > 0x80 ? 2 + (in.ptr[1] & 0x7fu) : 2;
	return head <= in.len && in.len - head >= sizeof oid &&
	    memcmp(in.ptr + head, oid, sizeof oid) == 0;
}

bool
envelope_is(struct span in)
{
	return is_type(in, 0x03);
}

bool
envelope_is_signed(struct span in)
{
	return is_type(in, 0x02);
}

/* --- texts --------------------------------------------------------------- */

struct telling {
	envelope_sink *sink;
	void *arg;
	size_t recipients;
};

static void
tell(const struct telling *t, const char *name, struct span der,
    const char *text)
{
	const struct envelope_part part = { name, der, text };

	if (t->sink != NULL)
		t->sink(t->arg, &part);
}

static void
tell_object(const struct telling *t, const char *name, struct span der)
{
	char text[80] = "";
	void *object;

	if (asn1_parse(&object, der, ASN1_ITEM_rptr(ASN1_OBJECT)) == CNG_OK) {
		asn1_object_text(text, sizeof text, object);
		ASN1_OBJECT_free(object);
	}
	tell(t, name, der, text);
}

static void
tell_algor(const struct telling *t, const char *name, struct span der)
{
	char text[80] = "", *from;
	size_t room = sizeof text;
	struct secret label = { 0 };
	struct key_op op;
	void *algor;

	if (asn1_parse(&algor, der, ASN1_ITEM_rptr(X509_ALGOR)) == CNG_OK) {
		asn1_object_text(text, sizeof text,
		    ((X509_ALGOR *)algor)->algorithm);
		from = text + strlen(text);
		room -= strlen(text);
		if (transport_op(&op, algor, &label) == CNG_OK &&
		    op.scheme == OP_RSA_OAEP)
			snprintf(from, room, ", %s, mask %s%s",
			    hash_info(op.pad_hash)->name,
			    hash_info(op.mgf_hash)->name,
			    label.len > 0 ? ", with a label" : "");
		secret_free(&label);
		X509_ALGOR_free(algor);
	}
	tell(t, name, der, text);
}

static void
tell_size(const struct telling *t, const char *name,
    const struct element *element)
{
	char text[40];

	snprintf(text, sizeof text, "%zu bytes", element->content.len);
	tell(t, name, element->whole, text);
}

static void
tell_hex(const struct telling *t, const char *name,
    const struct element *element)
{
	char text[2 * SERIAL_SHOWN + 1];
	struct span shown = element->content;

	if (shown.len > SERIAL_SHOWN)
		shown.len = SERIAL_SHOWN;
	hex_encode(text, shown);
	tell(t, name, element->whole, text);
}

/* Control characters come out escaped. */
static void
tell_name(const struct telling *t, const char *name, struct span der)
{
	const unsigned char *at = der.ptr;
	X509_NAME *parsed = d2i_X509_NAME(NULL, &at, (long)der.len);
	BIO *bio = BIO_new(BIO_s_mem());
	char text[160] = "";
	int got;

	if (parsed != NULL && bio != NULL && X509_NAME_print_ex(bio, parsed,
	    0, XN_FLAG_RFC2253) >= 0) {
		got = BIO_read(bio, text, sizeof text - 1);
		text[got < 0 ? 0 : got] = '\0';
	}
	tell(t, name, der, text);
	BIO_free(bio);
	X509_NAME_free(parsed);
}

/* --- recipients ---------------------------------------------------------- */

/* name: the part after "Recipient[n]". */
static const char *
named(char text[64], const struct telling *t, const char *name)
{
	snprintf(text, 64, "Recipient[%zu]%s", t->recipients, name);
	return text;
}

/* The identifier: SEQUENCE of issuer and serial number, or a tag of its own
 * with the key identifier, bare or as the first of a SEQUENCE. */
static bool
show_id(const struct telling *t, const struct element *id, bool nested)
{
	struct span in = id->content;
	struct element e;
	char name[64];

	if (id->context && nested) {
		if (!next(&in, &e, V_ASN1_OCTET_STRING, false))
			return false;
		tell_hex(t, named(name, t, ".SubjectKeyIdentifier"), &e);
		return true;
	}
	if (id->context) {
		tell_hex(t, named(name, t, ".SubjectKeyIdentifier"), id);
		return true;
	}
	if (!next(&in, &e, V_ASN1_SEQUENCE, false))
		return false;
	tell_name(t, named(name, t, ".Issuer"), e.whole);
	if (!next(&in, &e, V_ASN1_INTEGER, false) || in.len > 0)
		return false;
	tell_hex(t, named(name, t, ".SerialNumber"), &e);
	return true;
}

static bool
show_transport(struct telling *t, struct span in)
{
	struct element e;
	char name[64];

	if (!next(&in, &e, V_ASN1_INTEGER, false) || !ber_next(&in, &e, 0) ||
	    !show_id(t, &e, false) || !next(&in, &e, V_ASN1_SEQUENCE, false))
		return false;
	tell_algor(t, named(name, t, ".KeyEncryptionAlgorithm"), e.whole);
	if (!next(&in, &e, V_ASN1_OCTET_STRING, false) || in.len > 0)
		return false;
	tell_size(t, named(name, t, ".EncryptedKey"), &e);
	t->recipients++;
	return true;
}

static bool
show_agreement(struct telling *t, struct span in)
{
	struct element e, one, id;
	struct span each;
	char name[64];

	if (!next(&in, &e, V_ASN1_INTEGER, false) || !next(&in, &e, 0, true))
		return false;
	tell_size(t, named(name, t, ".Originator"), &e);
	if (!ber_next(&in, &e, 0))
		return false;
	if (e.context && e.tag == 1) {
		tell_size(t, named(name, t, ".UserKeyingMaterial"), &e);
		if (!ber_next(&in, &e, 0))
			return false;
	}
	tell_algor(t, named(name, t, ".KeyEncryptionAlgorithm"), e.whole);
	if (!next(&in, &e, V_ASN1_SEQUENCE, false) || in.len > 0)
		return false;
	for (each = e.content; each.len > 0; t->recipients++) {
		if (!next(&each, &one, V_ASN1_SEQUENCE, false))
			return false;
		in = one.content;
		if (!ber_next(&in, &id, 0) || !show_id(t, &id, true) ||
		    !next(&in, &id, V_ASN1_OCTET_STRING, false))
			return false;
		tell_size(t, named(name, t, ".EncryptedKey"), &id);
	}
	return true;
}

static bool
show_recipients(struct telling *t, struct span in)
{
	static const char *const others[] = { [2] = "key encryption key",
		[3] = "password", [4] = "some other way" };
	struct element e;
	char name[64];

	while (in.len > 0) {
		if (!ber_next(&in, &e, 0) ||
		    t->recipients >= ENVELOPE_RECIPIENTS_MAX)
			return false;
		if (!e.context && e.tag == V_ASN1_SEQUENCE) {
			if (!show_transport(t, e.content))
				return false;
		} else if (e.context && e.tag == 1) {
			if (!show_agreement(t, e.content))
				return false;
		} else if (e.context && e.tag >= 2 && e.tag <= 4) {
			tell(t, named(name, t, ""), e.whole, others[e.tag]);
			t->recipients++;
		} else {
			return false;
		}
	}
	return t->recipients > 0;
}

/* --- the whole ----------------------------------------------------------- */

static bool
show_content(struct telling *t, struct span in)
{
	struct element e;

	if (!next(&in, &e, V_ASN1_OBJECT, false))
		return false;
	tell_object(t, "ContentType", e.whole);
	if (!next(&in, &e, V_ASN1_SEQUENCE, false))
		return false;
	tell_algor(t, "ContentEncryptionAlgorithm", e.whole);
	if (!next(&in, &e, 0, true) || in.len > 0)
		return false;
	tell_size(t, "EncryptedContent", &e);
	return true;
}

static bool
show_enveloped(struct telling *t, struct span in)
{
	struct element e;
	char text[24] = "";

	if (!next(&in, &e, V_ASN1_INTEGER, false))
		return false;
	if (e.content.len == 1)
		snprintf(text, sizeof text, "%u", e.content.ptr[0]);
	tell(t, "Version", e.whole, text);
	if (!ber_next(&in, &e, 0))
		return false;
	if (e.context && e.tag == 0) {
		tell_size(t, "OriginatorInfo", &e);
		if (!ber_next(&in, &e, 0))
			return false;
	}
	if (e.context || e.tag != V_ASN1_SET ||
	    !show_recipients(t, e.content) ||
	    !next(&in, &e, V_ASN1_SEQUENCE, false) ||
	    !show_content(t, e.content))
		return false;
	if (in.len > 0) {
		if (!next(&in, &e, 1, true))
			return false;
		tell_size(t, "UnprotectedAttributes", &e);
	}
	return in.len == 0;
}

static bool show_info(struct telling *t, struct span in, bool nested);

/* Octet strings in pieces have no envelope that could be pointed at. */
static bool
show_octets(struct telling *t, const struct element *e, bool data)
{
	struct element inner;
	struct span in;

	if (e->whole.ptr[0] & V_ASN1_CONSTRUCTED) {
		tell_size(t, "EnvelopedData", e);
		return true;
	}
	if (data)
		return show_info(t, e->content, true);
	in = e->content;
	return next(&in, &inner, V_ASN1_SEQUENCE, false) && in.len == 0 &&
	    show_enveloped(t, inner.content);
}

static bool
show_signed_content(struct telling *t, struct span in)
{
	struct element type, e;
	struct span inner;

	if (!next(&in, &type, V_ASN1_OBJECT, false))
		return false;
	tell_object(t, "SignedData.ContentType", type.whole);
	if (!next(&in, &e, 0, true) || in.len > 0)
		return false;
	inner = e.content;
	if (!ber_next(&inner, &e, 0) || e.context || inner.len > 0)
		return false;
	if (e.tag == V_ASN1_SEQUENCE)
		return show_enveloped(t, e.content);
	return e.tag == V_ASN1_OCTET_STRING &&
	    show_octets(t, &e, type.content.len == 9 &&
		type.content.ptr[8] == 0x01);
}

static size_t
count_elements(struct span in)
{
	struct element e;
	size_t count = 0;

	while (in.len > 0 && ber_next(&in, &e, 0))
		count++;
	return count;
}

static bool
show_signed(struct telling *t, struct span in)
{
	struct element e;
	char text[48];

	if (!next(&in, &e, V_ASN1_INTEGER, false) ||
	    !next(&in, &e, V_ASN1_SET, false) ||
	    !next(&in, &e, V_ASN1_SEQUENCE, false) ||
	    !show_signed_content(t, e.content))
		return false;
	while (ber_next(&in, &e, 0) && e.context) {
		snprintf(text, sizeof text, "%zu", count_elements(e.content));
		tell(t, e.tag == 0 ? "SignedData.Certificates" :
		    "SignedData.Revocations", e.whole, text);
	}
	snprintf(text, sizeof text, "%zu, not verified",
	    count_elements(e.content));
	tell(t, "SignedData.Signers", e.whole,
	    e.content.len == 0 ? "none" : text);
	return in.len == 0;
}

static bool
show_info(struct telling *t, struct span in, bool nested)
{
	struct element e;
	struct span rest = in;
	bool is_signed = envelope_is_signed(in);

	if (!next(&rest, &e, V_ASN1_SEQUENCE, false))
		return false;
	in = e.content;
	if (!next(&in, &e, V_ASN1_OBJECT, false))
		return false;
	tell_object(t, "ContentInfo", e.whole);
	if (!next(&in, &e, 0, true) || in.len > 0)
		return false;
	in = e.content;
	if (!next(&in, &e, V_ASN1_SEQUENCE, false) || in.len > 0 ||
	    (is_signed && nested) ||
	    !(is_signed ? show_signed(t, e.content) :
		show_enveloped(t, e.content)))
		return false;
	return rest.len == 0;
}

enum cng_status
envelope_describe(struct span in, envelope_sink *sink, void *arg)
{
	struct telling t = { .sink = sink, .arg = arg };
	struct envelope *e = NULL;
	bool shown;
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	shown = show_info(&t, in, false);
	/* the walk sees shapes, the reader the values, too */
	st = asn1_leave(envelope_read(&e, in));
	envelope_free(e);
	return st == CNG_OK && !shown ? CNG_ERR_BAD_DATA : st;
}
