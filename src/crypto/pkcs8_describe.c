/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS#8 told to people: its outer elements, without a password.
 */
#include <stdio.h>

#include <openssl/objects.h>

#include "crypto/asn1_internal.h"
#include "key/set.h"

struct description {
	struct pkcs8_part *parts;
	size_t count;
	struct span rest; /* of the outer SEQUENCE */
};

/* The next element, if it has the tag; its text is still to be set. */
static struct pkcs8_part *
add(struct description *d, const char *name, int tag, bool context,
    struct asn1_element *element)
{
	struct span in = d->rest;
	struct pkcs8_part *part;

	if (d->count == PKCS8_PARTS_MAX || !asn1_next(&in, element) ||
	    element->tag != tag || element->context != context)
		return NULL;
	d->rest = in;
	part = &d->parts[d->count++];
	*part = (struct pkcs8_part){ .name = name, .der = element->whole };
	return part;
}

static void
algor_text(struct pkcs8_part *part, bool encrypted)
{
	struct key_material key = { 0 };
	enum key_curve curve = CURVE_NONE;
	enum key_family family;
	char name[64];
	void *value;

	if (asn1_parse(&value, part->der, ASN1_ITEM_rptr(X509_ALGOR)) !=
	    CNG_OK)
		return;
	if (encrypted) {
		pbe_text(part->text, sizeof part->text, value);
	} else {
		asn1_object_text(name, sizeof name,
		    ((X509_ALGOR *)value)->algorithm);
		if (algor_decode(value, &family, &curve) != CNG_OK)
			curve = CURVE_NONE;
		/* libcrypto before 3.5 has no names for these */
		if (pq_algor_decode(&key, value) == CNG_OK)
			snprintf(name, sizeof name, "%s",
			    key_set_info(key.set)->name);
		snprintf(part->text, sizeof part->text, "%s%s%s", name,
		    curve == CURVE_NONE ? "" : ", ",
		    curve == CURVE_NONE ? "" : curve_info(curve)->name);
	}
	X509_ALGOR_free(value);
}

static void
attributes_text(struct pkcs8_part *part, struct span content)
{
	struct asn1_element element;
	size_t used = 0;
	char name[64];
	void *value;

	while (used < sizeof part->text && asn1_next(&content, &element)) {
		unsigned role;

		if (asn1_parse(&value, element.whole,
			ASN1_ITEM_rptr(X509_ATTRIBUTE)) != CNG_OK)
			return;
		asn1_object_text(name, sizeof name,
		    X509_ATTRIBUTE_get0_object(value));
		role = pkcs8_attribute_role(value);
		X509_ATTRIBUTE_free(value);
		used += (size_t)snprintf(part->text + used,
		    sizeof part->text - used, "%s%s", used > 0 ? ", " : "",
		    name);
		if (role != KEY_ROLE_NONE && used < sizeof part->text)
			used += (size_t)snprintf(part->text + used,
			    sizeof part->text - used, " 0x%02x", role);
	}
}

static enum cng_status
describe_encrypted(struct description *d)
{
	struct asn1_element element;
	struct pkcs8_part *part;

	part = add(d, "EncryptionAlgorithm", V_ASN1_SEQUENCE, false, &element);
	if (part == NULL)
		return CNG_ERR_BAD_DATA;
	algor_text(part, true);
	part = add(d, "EncryptedPrivateKey", V_ASN1_OCTET_STRING, false,
	    &element);
	if (part == NULL || d->rest.len != 0)
		return CNG_ERR_BAD_DATA;
	snprintf(part->text, sizeof part->text, "%zu bytes",
	    element.content.len);
	return CNG_OK;
}

static enum cng_status
describe_plain(struct description *d)
{
	struct asn1_element element;
	struct pkcs8_part *part;

	part = add(d, "Version", V_ASN1_INTEGER, false, &element);
	if (part == NULL || element.content.len != 1)
		return CNG_ERR_BAD_DATA;
	snprintf(part->text, sizeof part->text, "%u", element.content.ptr[0]);
	part = add(d, "Algorithm", V_ASN1_SEQUENCE, false, &element);
	if (part == NULL)
		return CNG_ERR_BAD_DATA;
	algor_text(part, false);
	part = add(d, "PrivateKey", V_ASN1_OCTET_STRING, false, &element);
	if (part == NULL)
		return CNG_ERR_BAD_DATA;
	part->secret = true;
	snprintf(part->text, sizeof part->text, "%zu bytes",
	    element.content.len);
	part = add(d, "Attributes", 0, true, &element);
	if (part != NULL)
		attributes_text(part, element.content);
	return d->rest.len == 0 ? CNG_OK : CNG_ERR_BAD_DATA;
}

enum cng_status
pkcs8_describe(struct span der, struct pkcs8_part parts[PKCS8_PARTS_MAX],
    size_t *count)
{
	struct description d = { .parts = parts };
	struct asn1_element outer;
	struct span in = der;
	enum cng_status st;

	*count = 0;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = CNG_ERR_BAD_DATA;
	if (asn1_next(&in, &outer) && outer.tag == V_ASN1_SEQUENCE) {
		d.rest = outer.content;
		st = pkcs8_is_encrypted(outer.whole) ? describe_encrypted(&d) :
						       describe_plain(&d);
		if (st == CNG_OK && in.len != 0)
			st = CNG_ERR_BAD_DATA;
	}
	*count = d.count;
	return asn1_leave(st);
}
