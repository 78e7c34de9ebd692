/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the names of a certificate.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x509_names names;

	if (x509_names(&names, span_of(data, size)) != CNG_OK &&
	    names.subject.ptr != NULL)
		__builtin_trap();
	x509_names_free(&names);
	return 0;
}
