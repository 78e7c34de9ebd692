/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PUBLICBLOB and PRIVATEBLOB: the magic says which of the other layouts
 * follows; on export the family of the key does.
 */
#include "blob/codec.h"
#include "blob/magic.h"
#include "key/set.h"

/* The layouts in play: the class of the outer type decides. */
static enum blob_type
inner_type(enum blob_type type, struct span blob)
{
	struct rd in = rd_of(blob);
	enum blob_type inner;
	uint32_t magic;

	if (!rd_u32le(&in, &magic))
		return BLOB_ANY;
	inner = rsa_detect(magic);
	if (inner == BLOB_ANY)
		inner = ecc_detect(magic);
	if (inner == BLOB_ANY)
		inner = pq_detect(magic);
	if (inner == BLOB_ANY ||
	    blob_info(inner)->class != blob_info(type)->class)
		return BLOB_ANY;
	return inner;
}

enum cng_status
generic_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	enum blob_type inner = inner_type(type, w->blob);

	if (inner == BLOB_ANY) {
		if (w->blob.len >= 4)
			(void)walk_magic(w, "Magic");
		walk_fail(w, CNG_ERR_BAD_MAGIC);
		return walk_end(w);
	}
	return blob_codec(inner)->read(inner, w, params, out);
}

enum cng_status
generic_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	bool private = type == BLOB_PRIVATE;

	if (key->family == KEY_RSA)
		return rsa_write(private ? BLOB_RSAPRIVATE : BLOB_RSAPUBLIC,
		    key, params, out);
	if (key->family == KEY_EC)
		return ecc_write(private ? BLOB_ECCPRIVATE : BLOB_ECCPUBLIC,
		    key, params, out);
	if (key->family == KEY_MLKEM)
		return pq_write(private ? BLOB_MLKEMPRIVATE : BLOB_MLKEMPUBLIC,
		    key, params, out);
	if (key_family_has_sets(key->family))
		return pq_write(private ? BLOB_PQDSAPRIVATE : BLOB_PQDSAPUBLIC,
		    key, params, out);
	return CNG_ERR_BAD_TYPE;
}
