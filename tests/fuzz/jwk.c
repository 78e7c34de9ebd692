/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: JSON Web Keys; what is read can be written and read again.
 */
#include "fuzz.h"

#include "cli/jwk.h"

static void
check(const struct keybox_key *key)
{
	struct keybox again = { 0 };
	struct secret text;

	/* numbers may be missing that a JSON Web Key has to have */
	if (jwk_write(&text, &key->key, secret_span(&key->name)) != CNG_OK)
		return;
	if (jwk_read(&again, secret_span(&text), NULL) != CNG_OK ||
	    again.count != 1 ||
	    !span_equal(secret_span(&key->name),
		secret_span(&again.key[0].name)))
		__builtin_trap();
	if (key_is_pair(key->key.family) &&
	    !key_same_public(&key->key, &again.key[0].key))
		__builtin_trap();
	keybox_free(&again);
	secret_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keybox box = { 0 };

	if (jwk_detect(span_of(data, size)) &&
	    jwk_read(&box, span_of(data, size), NULL) == CNG_OK)
		for (size_t i = 0; i < box.count; i++)
			if (box.key[i].st == CNG_OK)
				check(&box.key[i]);
	keybox_free(&box);
	return 0;
}
