/* SPDX-License-Identifier: BSD-2-Clause
 *
 * KeyDataBlob: BCRYPT_KEY_DATA_BLOB_HEADER and the bytes of a secret key.
 * The blob does not say which algorithm; the caller does.
 */
#include "blob/codec.h"
#include "blob/magic.h"

#define KEYDATA_VERSION 1

struct span
keydata_fields(struct walk *w)
{
	if (walk_magic(w, "dwMagic") != MAGIC_KDBM)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	if (walk_u32(w, "dwVersion") != KEYDATA_VERSION)
		walk_fail(w, CNG_ERR_BAD_DATA);
	return walk_bytes(w, "KeyData", walk_u32(w, "cbKeyData"),
	    BLOB_FIELD_SECRET);
}

enum cng_status
keydata_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct key_material key = { .family = KEY_AES };
	struct span value;
	enum cng_status st;

	(void)type;
	if (params != NULL && params->secret_family != KEY_NONE)
		key.family = params->secret_family;
	if (key.family != KEY_AES && key.family != KEY_GENERIC)
		return CNG_ERR_ARGUMENT;
	value = keydata_fields(w);
	st = walk_end(w);
	if (st != CNG_OK || out == NULL)
		return st;
	key.has_private = true;
	st = key_set(&key, SYM_VALUE, value);
	if (st == CNG_OK && key_check_shape(&key) != CNG_OK)
		st = CNG_ERR_BAD_DATA;
	*out = key; /* the caller frees it when st is a failure */
	return st;
}

enum cng_status
keydata_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	struct span value = key_part(key, SYM_VALUE);

	(void)type;
	(void)params;
	if ((key->family != KEY_AES && key->family != KEY_GENERIC) ||
	    key_check_shape(key) != CNG_OK)
		return CNG_ERR_BAD_TYPE;
	wr_u32le(out, MAGIC_KDBM);
	wr_u32le(out, KEYDATA_VERSION);
	wr_blob32(out, value);
	return wr_status(out);
}
