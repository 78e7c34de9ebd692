/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Is the state in memory this process's own, or what a fork copied?  The
 * answer costs one load: a page that the kernel wipes in children holds it.
 */
#ifndef CNG_PKCS11_FORKED_H
#define CNG_PKCS11_FORKED_H

#include <stdbool.h>

/* False in a process that has not claimed the state, so in every child. */
bool forked_is_ours(void);

/* Exactly one thread of a process gets true: it puts the state in order and
 * calls forked_claim_end; all others wait for that and get false. */
bool forked_claim_begin(void);
void forked_claim_end(void);

#endif
