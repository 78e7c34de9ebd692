/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: PEM; what is read can be written and read again.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text[1 << 16];
	struct wr w = wr_of(text, sizeof text);
	struct secret der, again = { 0 };
	char label[64], other[64];

	if (pem_decode(&der, label, 64, span_of(data, size)) != CNG_OK)
		return 0;
	if (pem_encode(&w, label, secret_span(&der)) == CNG_OK &&
	    (pem_decode(&again, other, 64, span_of(text, w.len)) != CNG_OK ||
	    strcmp(label, other) != 0 ||
	    !secret_equal(secret_span(&der), secret_span(&again))))
		__builtin_trap();
	secret_free(&der);
	secret_free(&again);
	return 0;
}
