/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blobs that nobody but their maker can use, described as far as their
 * layout is known: KDFKeyBlob, and the keys of a TPM.
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
