/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS#12 told to people without a password: nothing within is looked at.
 */
#include "crypto/pfx_internal.h"

#include <stdio.h>

#include <openssl/objects.h>

struct description {
	struct pfx_part *parts;
	size_t count;
};

static struct pfx_part *
add(struct description *d, const char *name, struct span der)
{
	if (d->count == PFX_PARTS_MAX)
		return NULL;
	d->parts[d->count] = (struct pfx_part){ .name = name, .der = der };
	return &d->parts[d->count++];
}

static void
mac_text(struct description *d, const struct pfx_mac *mac)
{
	struct pfx_part *part = add(d, "MacData", span_of(NULL, 0));
	const ASN1_OCTET_STRING *digest;
	const X509_ALGOR *algor;
	uint64_t rounds = 1;
	char name[64];

	if (part == NULL)
		return;
	if (mac == NULL) {
		snprintf(part->text, sizeof part->text, "none");
		return;
	}
	X509_SIG_get0(mac->digest, &algor, &digest);
	asn1_object_text(name, sizeof name, algor->algorithm);
	if (mac->rounds != NULL && !asn1_small(mac->rounds, &rounds))
		rounds = 0;
	snprintf(part->text, sizeof part->text, "%s, %llu iterations", name,
	    (unsigned long long)rounds);
}

static void
content_text(struct description *d, struct span der)
{
	struct pfx_part *part = add(d, "ContentInfo", der);
	struct pfx_content *content;
	void *value, *inner;

	if (part == NULL ||
	    asn1_parse(&value, der, ASN1_ITEM_rptr(pfx_content)) != CNG_OK)
		return;
	content = value;
	asn1_object_text(part->text, sizeof part->text, content->type);
	if (OBJ_obj2nid(content->type) == NID_pkcs7_encrypted &&
	    content->value != NULL &&
	    content->value->type == V_ASN1_SEQUENCE &&
	    asn1_parse(&inner, asn1_bytes(content->value->value.sequence),
		ASN1_ITEM_rptr(pfx_sealed)) == CNG_OK) {
		pbe_text(part->text, sizeof part->text,
		    ((struct pfx_sealed *)inner)->body->algor);
		ASN1_item_free(inner, ASN1_ITEM_rptr(pfx_sealed));
	}
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_content));
}

static enum cng_status
parts_text(struct description *d, struct span der)
{
	ASN1_SEQUENCE_ANY *parts;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_SEQUENCE_ANY));
	if (st != CNG_OK)
		return st;
	parts = value;
	for (int i = 0; i < sk_ASN1_TYPE_num(parts); i++) {
		const ASN1_TYPE *part = sk_ASN1_TYPE_value(parts, i);

		if (part->type == V_ASN1_SEQUENCE)
			content_text(d, asn1_bytes(part->value.sequence));
	}
	sk_ASN1_TYPE_pop_free(parts, pfx_element_free);
	return st;
}

enum cng_status
pfx_describe(struct span der, struct pfx_part parts[PFX_PARTS_MAX],
    size_t *count)
{
	struct description d = { .parts = parts };
	struct pfx_outer *outer;
	struct pfx_part *part;
	struct span data;
	void *value;
	enum cng_status st;

	*count = 0;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(pfx_outer));
	if (st != CNG_OK)
		return asn1_leave(st);
	outer = value;
	mac_text(&d, outer->mac);
	st = pfx_data_of(outer->safe, &data);
	if (st == CNG_OK) {
		st = parts_text(&d, data);
	} else {
		part = add(&d, "AuthSafe", span_of(NULL, 0));
		if (part != NULL)
			asn1_object_text(part->text, sizeof part->text,
			    outer->safe->type);
	}
	/* what was parsed is gone: offsets are not told */
	for (size_t i = 0; i < d.count; i++)
		d.parts[i].der = span_of(NULL, d.parts[i].der.len);
	*count = d.count;
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_outer));
	return asn1_leave(st);
}

bool
pfx_detect(struct span der)
{
	static const uint8_t version[] = { V_ASN1_INTEGER, 1, PFX_VERSION };
	size_t skip = 2;

	/* BER, too: a length may be short, long or left open */
	if (der.len < 16 || der.ptr[0] != 0x30)
		return false;
	if (der.ptr[1] > 0x80)
		skip += der.ptr[1] & 0x7fu;
	return skip <= 6 && der.len >= skip + sizeof version + 1 &&
	    memcmp(der.ptr + skip, version, sizeof version) == 0 &&
	    der.ptr[skip + sizeof version] == 0x30;
}
