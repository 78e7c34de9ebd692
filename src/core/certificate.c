/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificate objects.
 */
#include "core/certificate.h"

#include "base/why.h"
#include "crypto/asn1.h"

#define X509 0

#define DER_INTEGER 0x02

enum cng_status
cert_begin(struct object *obj)
{
	struct x509_names names = { 0 };
	enum cng_status st;

	if (obj->cert_type != X509)
		return why_prop(CNG_ERR_PROP_VALUE, PROP_CERT_TYPE,
		    "only X.509 is known");
	if (obj->value.len == 0)
		return CNG_OK;
	st = x509_names(&names, secret_span(&obj->value));
	if (st == CNG_ERR_NO_MEMORY)
		return st;
	/* the template has to name what does not name itself */
	if (st != CNG_OK)
		return CNG_OK;
	st = secret_replace(object_kept(obj, PROP_SUBJECT),
	    secret_span(&names.subject));
	if (st == CNG_OK)
		st = secret_replace(object_kept(obj, PROP_ISSUER),
		    secret_span(&names.issuer));
	if (st == CNG_OK)
		st = secret_replace(object_kept(obj, PROP_SERIAL),
		    secret_span(&names.serial));
	x509_names_free(&names);
	return st;
}

static bool
has(const struct object *obj, enum prop_id id)
{
	return obj->kept[id - PROP_LABEL].len > 0;
}

static enum cng_status
nameless(const struct object *obj)
{
	struct x509_names names = { 0 };
	enum cng_status st = obj->value.len > 0 ?
	    x509_names(&names, secret_span(&obj->value)) : CNG_OK;

	x509_names_free(&names);
	if (st == CNG_OK)
		return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, PROP_SUBJECT,
		    "is missing");
	return st == CNG_ERR_NO_MEMORY ? st :
	    why_prop(CNG_ERR_PROP_VALUE, PROP_VALUE,
		"not the DER of a certificate");
}

enum cng_status
cert_finish(const struct object *obj)
{
	if (!has(obj, PROP_SUBJECT))
		return nameless(obj);
	if (!has(obj, PROP_URL))
		return obj->value.len > 0 ? CNG_OK :
		    why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, PROP_VALUE,
			"is missing");
	return has(obj, PROP_HASH_SUBJECT_KEY) &&
		has(obj, PROP_HASH_ISSUER_KEY) ?
	    CNG_OK : CNG_ERR_TEMPLATE_INCOMPLETE;
}

/* --- serial numbers ------------------------------------------------------- */

/* The content of a short DER integer, or nothing. */
static struct span
content_of(struct span der)
{
	bool sound = der.len > 2 && der.len < 0x82 &&
	    der.ptr[0] == DER_INTEGER && der.ptr[1] == der.len - 2;

	return sound ? span_of(der.ptr + 2, der.len - 2) : span_of(NULL, 0);
}

bool
cert_has_serial(const struct object *obj, struct span given)
{
	struct span kept = secret_span(&obj->kept[PROP_SERIAL - PROP_LABEL]);

	return span_equal(kept, given) ||
	    (given.len > 0 && span_equal(content_of(kept), given));
}

enum cng_status
cert_set_serial(struct object *obj, struct span given)
{
	/* the certificate's own says it in the better way */
	if (cert_has_serial(obj, given))
		return CNG_OK;
	return secret_replace(object_kept(obj, PROP_SERIAL), given);
}

/* --- what the certificate says -------------------------------------------- */

enum cng_status
cert_show_key(const struct object *obj, struct wr *out)
{
	struct x509_names names = { 0 };
	enum cng_status st;

	if (obj->value.len == 0)
		return wr_status(out);
	st = x509_names(&names, secret_span(&obj->value));
	if (st == CNG_ERR_NO_MEMORY)
		return st;
	wr_bytes(out, secret_span(&names.public_info));
	x509_names_free(&names);
	return wr_status(out);
}

enum cng_status
cert_show_check(const struct object *obj, struct wr *out)
{
	uint8_t sum[64];
	enum cng_status st;

	st = crypto_digest(HASH_SHA1, secret_span(&obj->value), sum);
	if (st != CNG_OK)
		return st;
	wr_bytes(out, span_of(sum, 3));
	return wr_status(out);
}
