/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What p11-kit's header says; it cannot be included beside ours.
 */
#ifndef CNG_TESTS_PKCS11_PEER_H
#define CNG_TESTS_PKCS11_PEER_H

#include <stddef.h>

struct number {
	const char *name;
	unsigned long value;
};

/* The names that both have; none when the header is not installed. */
const struct number *peer_numbers(size_t *count);
/* sizeof of the structures in pkcs11_layout.inc. */
const struct number *peer_layouts(size_t *count);

#endif
