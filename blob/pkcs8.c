/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS8_PRIVATEKEY: PrivateKeyInfo and EncryptedPrivateKeyInfo.  The ASN.1
 * is done by the crypto layer.
 */
#include "blob/codec.h"

static enum cng_status
show(struct walk *w)
{
	struct pkcs8_part parts[PKCS8_PARTS_MAX];
	size_t count = 0;
	enum cng_status st = pkcs8_describe(w->blob, parts, &count);

	for (size_t i = 0; i < count; i++) {
		struct blob_field field = {
			.name = parts[i].name,
			.offset = (size_t)(parts[i].der.ptr - w->blob.ptr),
			.size = parts[i].der.len,
			.kind = parts[i].secret ? BLOB_FIELD_SECRET :
						  BLOB_FIELD_TEXT,
			.bytes = parts[i].der,
			.text = parts[i].text[0] ? parts[i].text : NULL,
		};
		walk_emit(w, &field);
	}
	return st;
}

enum cng_status
pkcs8_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	(void)type;
	if (out == NULL)
		return show(w);
	return pkcs8_decode(out, w->blob, params == NULL ? NULL :
							   &params->pbe);
}

enum cng_status
pkcs8_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	(void)type;
	return pkcs8_encode(key, params == NULL ? NULL : &params->pbe, out);
}
