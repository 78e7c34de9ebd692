/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CipherKeyBlob: the name of an algorithm, then KeyDataBlob.  Windows has no
 * name for a secret of no algorithm; the only key of NCrypt that is used as
 * one has the name HMAC-SHA256, so that is what a generic secret is called.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/header.h"
#include "blob/magic.h"

#define KEYDATA_HEADER 12

static const struct {
	enum key_family family;
	const char *name;
} algorithms[] = {
	{ KEY_AES, "AES" },
	{ KEY_GENERIC, "HMAC-SHA256" },
};

/* KEY_NONE: a cipher that we do not have, such as 3DES. */
static enum key_family
family_named(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (span_equal(name, span_str(algorithms[i].name)))
			return algorithms[i].family;
	return KEY_NONE;
}

enum cng_status
cipherkey_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct secret name = header_fields(w, MAGIC_CPHR);
	struct key_material key = { .has_private = true };
	bool headed = w->status == CNG_OK;
	struct span value;
	enum cng_status st;

	(void)type;
	(void)params;
	key.family = family_named(secret_span(&name));
	secret_free(&name);
	value = keydata_fields(w);
	/* a data blob of another kind is damage, not another type */
	if (headed && w->status == CNG_ERR_BAD_MAGIC)
		w->status = CNG_ERR_BAD_DATA;
	st = walk_end(w);
	if (st == CNG_OK && key.family == KEY_NONE)
		st = CNG_ERR_NOT_SUPPORTED;
	if (st != CNG_OK || out == NULL)
		return st;
	st = key_set(&key, SYM_VALUE, value);
	if (st == CNG_OK && key_check_shape(&key) != CNG_OK)
		st = CNG_ERR_BAD_DATA;
	*out = key; /* the caller frees it when st is a failure */
	return st;
}

enum cng_status
cipherkey_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const char *name = NULL;

	(void)type;
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (algorithms[i].family == key->family)
			name = algorithms[i].name;
	if (name == NULL || key_check_shape(key) != CNG_OK)
		return CNG_ERR_BAD_TYPE;
	header_write(out, MAGIC_CPHR, name,
	    KEYDATA_HEADER + key_part(key, SYM_VALUE).len);
	return keydata_write(BLOB_KEYDATA, key, params, out);
}
