/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading where a caller may mean us to, or may have put a number: the kernel
 * looks first, so that a wrong address is an answer and no crash.
 */
#ifndef CNG_PKCS11_PEEK_H
#define CNG_PKCS11_PEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11/cryptoki.h"

/* The number at that address; false where there is none, and at one at which
 * no compiler puts it. */
bool peek_number(CK_ULONG address, CK_ULONG *out);

/* Does a text begin there that ends before it has max bytes? */
bool peek_text(const char *text, size_t max);

#endif
