/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of administrators from what was typed or configured.
 */
#include "store/card/admin.h"

#include "base/text.h"

#define KEY_MAX 32

enum cng_status
admin_key_bytes(struct span given, size_t len, struct secret *out)
{
	char text[2 * KEY_MAX + 1] = { 0 };
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (len > KEY_MAX)
		return CNG_ERR_INTERNAL;
	if (given.len == len)
		return secret_copy(out, given);
	if (given.len != 2 * len)
		return CNG_ERR_PIN_LENGTH;
	memcpy(text, given.ptr, given.len);
	st = hex_decode(out, text);
	wipe(text, sizeof text);
	if (st == CNG_ERR_NO_MEMORY)
		return st;
	if (st == CNG_OK && out->len == len)
		return CNG_OK;
	secret_free(out);
	return CNG_ERR_PIN_LENGTH;
}
