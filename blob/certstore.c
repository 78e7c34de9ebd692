/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The certificates of NCRYPTBUFFER_CERT_BLOB: a store as CertSaveStore
 * serialises it, the same saved as PKCS#7, or one certificate alone.
 */
#include "base/rd.h"
#include "blob/codec.h"
#include "blob/magic.h"

#define STORE_VERSION 0
#define ELEMENT_END 0
#define ELEMENT_CERTIFICATE 32
#define ENCODING_X509 1u

/* Properties, revocation and trust lists are passed over. */
static enum cng_status
each_element(struct rd *r, cert_sink *sink, void *arg)
{
	uint32_t id, encoding;
	struct span data;
	enum cng_status st = CNG_OK;

	while (st == CNG_OK) {
		if (!rd_u32le(r, &id) || !rd_u32le(r, &encoding) ||
		    !rd_blob32(r, &data))
			return CNG_ERR_BAD_DATA;
		if (id == ELEMENT_END)
			return encoding == 0 && data.len == 0 && rd_at_end(r) ?
			    CNG_OK : CNG_ERR_BAD_DATA;
		if (id == ELEMENT_CERTIFICATE)
			st = encoding & ENCODING_X509 ? sink(arg, data) :
							CNG_ERR_BAD_DATA;
	}
	return st;
}

enum cng_status
blob_certificates(struct span in, cert_sink *sink, void *arg)
{
	struct rd r = rd_of(in);
	uint32_t version, magic;

	if (envelope_is_signed(in))
		return envelope_certificates(in, sink, arg);
	if (in.len > 0 && in.ptr[0] == 0x30)
		return sink(arg, in);
	if (!rd_u32le(&r, &version) || version != STORE_VERSION ||
	    !rd_u32le(&r, &magic) || magic != MAGIC('C', 'E', 'R', 'T'))
		return CNG_ERR_BAD_DATA;
	return each_element(&r, sink, arg);
}
