/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blobs that nobody but their maker can use, described as far as their
 * layout is known: KDFKeyBlob, ProtectedKeyBlob, and the keys of a TPM.
 */
#include "blob/codec.h"
#include "blob/header.h"
#include "blob/magic.h"

#define TPM_PERSISTENT_HEADER 12
#define TPM_LOADABLE_HEADER 20

static void
kdf_fields(struct walk *w)
{
	struct secret name = header_fields(w, MAGIC_KDF1);

	secret_free(&name);
	(void)walk_bytes(w, "KeyData", w->in.left, BLOB_FIELD_SECRET);
}

/* CMS EnvelopedData for a key of DPAPI-NG. */
static bool
is_enveloped(struct span der)
{
	static const uint8_t oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
		0xf7, 0x0d, 0x01, 0x07, 0x03 };
	struct rd r = rd_of(der);
	struct span start;
	uint8_t tag, len, skipped;

	if (!rd_u8(&r, &tag) || tag != 0x30 || !rd_u8(&r, &len))
		return false;
	for (len = len > 0x80 ? len & 0x7f : 0; len > 0; len--)
		if (!rd_u8(&r, &skipped))
			return false;
	return rd_take(&r, sizeof oid, &start) &&
	    span_equal(start, span_of(oid, sizeof oid));
}

static void
protected_fields(struct walk *w)
{
	struct blob_field field = {
		.name = "ProtectedData",
		.kind = BLOB_FIELD_BYTES,
		.text = "CMS EnvelopedData (DPAPI-NG)",
	};
	struct secret name = header_fields(w, MAGIC_PRTK);

	secret_free(&name);
	if (w->status != CNG_OK)
		return;
	field.offset = w->blob.len - w->in.left;
	field.bytes = rd_rest(&w->in);
	field.size = field.bytes.len;
	if (!is_enveloped(field.bytes)) {
		field.text = "no CMS EnvelopedData";
		walk_fail(w, CNG_ERR_BAD_DATA);
	}
	walk_emit(w, &field);
}

/* PcpTpmProtectedKeyBlob, or PcpTpmPersistentKeyBlob. */
static void
tpm_fields(struct walk *w)
{
	size_t header, public_len, private_len, name_len;

	(void)walk_magic(w, "magic");
	header = walk_u32(w, "cbHeader");
	if (header == TPM_PERSISTENT_HEADER) {
		(void)walk_u32(w, "tpmHandle");
		return;
	}
	if (header != TPM_LOADABLE_HEADER)
		walk_fail(w, CNG_ERR_BAD_DATA);
	public_len = walk_u32(w, "cbPublic");
	private_len = walk_u32(w, "cbPrivate");
	name_len = walk_u32(w, "cbName");
	(void)walk_bytes(w, "Public", public_len, BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "Private", private_len, BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "Name", name_len, BLOB_FIELD_BYTES);
}

enum cng_status
foreign_walk(struct walk *w)
{
	struct rd r = rd_of(w->blob);
	uint32_t first = 0, second = 0;
	bool known = true;
	enum cng_status st;

	if (rd_u32le(&r, &first))
		(void)!rd_u32le(&r, &second);
	if (first == KEY_HEADER_SIZE && second == MAGIC_KDF1) {
		kdf_fields(w);
	} else if (first == KEY_HEADER_SIZE && second == MAGIC_PRTK) {
		protected_fields(w);
	} else if (first == MAGIC_KPTM) {
		tpm_fields(w);
	} else if (!stranger_walk(w)) {
		/* of other strangers only the magic can be told */
		known = false;
		if (w->blob.len >= 4)
			(void)walk_magic(w, "Magic");
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	}
	st = walk_end(w);
	return known && st == CNG_OK ? CNG_ERR_NOT_SUPPORTED : st;
}
