/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates as Windows packs them, and the roots that a card brings.
 */
#include "store/card/roots.h"

#include "base/alloc.h"
#include "store/card/inflate.h"
#include "store/card/tlv.h"

#define COMPRESSED 0x0001
#define ROOTS_MAX 64

/* --- one file ------------------------------------------------------------ */

bool
card_is_der(struct span in)
{
	struct rd r = rd_of(in);
	struct span body;
	uint32_t tag;

	return tlv_next(&r, &tag, &body) && tag == 0x30 && rd_at_end(&r);
}

/* Some write the bare certificate. */
enum cng_status
card_unpack(struct span in, struct secret *out)
{
	struct rd r = rd_of(in);
	uint16_t kind, size;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (card_is_der(in))
		return secret_copy(out, in);
	if (!rd_u16le(&r, &kind) || kind != COMPRESSED ||
	    !rd_u16le(&r, &size))
		return CNG_ERR_DEVICE;
	st = inflate_bytes(rd_rest(&r), out);
	if (st == CNG_OK && (out->len != size ||
		!card_is_der(secret_span(out)))) {
		secret_free(out);
		st = CNG_ERR_DEVICE;
	}
	return st;
}

enum cng_status
card_pack(struct span der, struct secret *out)
{
	uint8_t head[4];
	struct wr w = wr_of(head, sizeof head);
	struct secret packed = { 0 };
	enum cng_status st = CNG_ERR_DATA_SIZE;

	*out = (struct secret){ 0 };
	if (der.len <= UINT16_MAX)
		st = deflate_bytes(der, &packed);
	if (st != CNG_OK)
		return st;
	wr_u16le(&w, COMPRESSED);
	wr_u16le(&w, (uint16_t)der.len);
	st = secret_copy(out, span_of(head, sizeof head));
	if (st == CNG_OK)
		st = secret_append(out, secret_span(&packed));
	if (st != CNG_OK)
		secret_free(out);
	secret_free(&packed);
	return st;
}

/* --- roots --------------------------------------------------------------- */

/* The certificates of a SignedData that signs nothing. */
static bool
find_certificates(struct span der, struct span *out)
{
	struct span info, content, data;

	return tlv_find(der, 0x30, &info) && tlv_find(info, 0xa0, &content) &&
	    tlv_find(content, 0x30, &data) && tlv_find(data, 0xa0, out);
}

static enum cng_status
take_roots(struct span list, struct device_keys *out)
{
	struct rd r = rd_of(list), before = r;
	enum cng_status st = CNG_OK;
	struct span body;
	uint32_t tag;

	out->cert = mem_new(ROOTS_MAX, sizeof *out->cert);
	if (out->cert == NULL)
		return CNG_ERR_NO_MEMORY;
	while (st == CNG_OK && out->cert_count < ROOTS_MAX &&
	    tlv_next(&r, &tag, &body)) {
		if (tag == 0x30)
			st = secret_copy(&out->cert[out->cert_count++],
			    span_of(before.ptr, before.left - r.left));
		before = r;
	}
	return st;
}

enum cng_status
card_roots(struct span der, struct device_keys *out)
{
	struct span list;

	return find_certificates(der, &list) ? take_roots(list, out) : CNG_OK;
}
