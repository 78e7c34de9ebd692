/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: objects as the store and the opaque blob keep them.  They are
 * authenticated, but by whoever has the token's key.
 */
#include "fuzz.h"

#include "core/internal.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct object *obj = NULL, *again = NULL;
	struct secret packed = { 0 };
	struct entry e = { 0 };

	if (object_unpack(&obj, in) == CNG_OK &&
	    (object_pack(obj, &packed) != CNG_OK ||
		object_unpack(&again, secret_span(&packed)) != CNG_OK))
		__builtin_trap();
	secret_free(&packed);
	object_free(obj);
	object_free(again);
	for (int sealed = 0; sealed < 2; sealed++) {
		(void)entry_decode(&e, sealed != 0, in);
		object_free(e.half[0]);
		object_free(e.half[1]);
		e = (struct entry){ 0 };
	}
	return 0;
}
