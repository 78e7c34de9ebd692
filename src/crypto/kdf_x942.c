/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The function of X9.42 whose counter is inside of a DER structure, OtherInfo
 * (RFC 2631, section 2.1.2): a digest of the secret and the structure, for
 * each block with its number in it.
 */
#include "crypto/derive.h"

#include "base/util.h"
#include "crypto/asn1_internal.h"

#define COUNTER_LEN 4

/* Where the counter is.  The caller gives that of the first block. */
static bool
find_counter(struct span info, size_t *at)
{
	static const uint8_t first[COUNTER_LEN] = { 0, 0, 0, 1 };
	struct span in = info;
	struct asn1_element outer, key_info, oid, counter;

	if (!asn1_next(&in, &outer) || outer.context || in.len != 0 ||
	    outer.tag != V_ASN1_SEQUENCE)
		return false;
	in = outer.content;
	if (!asn1_next(&in, &key_info) || key_info.context ||
	    key_info.tag != V_ASN1_SEQUENCE)
		return false;
	in = key_info.content;
	if (!asn1_next(&in, &oid) || oid.context ||
	    oid.tag != V_ASN1_OBJECT || !asn1_next(&in, &counter) ||
	    counter.context || counter.tag != V_ASN1_OCTET_STRING ||
	    in.len != 0 ||
	    !span_equal(counter.content, span_of(first, sizeof first)))
		return false;
	*at = (size_t)(counter.content.ptr - info.ptr);
	return true;
}

/* text is the secret and the structure after it. */
static enum cng_status
fill(const struct hash_info *info, enum key_hash hash, struct secret *text,
    size_t counter, struct secret *out)
{
	uint8_t sum[64];
	enum cng_status st = CNG_OK;
	uint32_t block = 0;

	for (size_t done = 0; st == CNG_OK && done < out->len;) {
		struct wr w = wr_of(text->ptr + counter, COUNTER_LEN);
		size_t part = out->len - done;

		wr_u32be(&w, ++block);
		if (part > info->size)
			part = info->size;
		st = crypto_digest(hash, secret_span(text), sum);
		if (st == CNG_OK)
			memcpy(out->ptr + done, sum, part);
		done += part;
	}
	wipe(sum, sizeof sum);
	return st;
}

enum cng_status
kdf_x942(const struct key_op *op, const struct secret *shared,
    struct secret *out)
{
	const struct hash_info *info = hash_info(op->pad_hash);
	struct secret text = { 0 };
	size_t counter;
	enum cng_status st;

	if (info == NULL || info->any_size ||
	    !find_counter(op->label, &counter))
		return CNG_ERR_MECHANISM_PARAM;
	st = secret_copy(&text, secret_span(shared));
	if (st == CNG_OK)
		st = secret_append(&text, op->label);
	if (st == CNG_OK)
		st = fill(info, op->pad_hash, &text, shared->len + counter,
		    out);
	secret_free(&text);
	return st;
}
