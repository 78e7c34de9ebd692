/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target "calls": which mechanism and which key goes with a call, so that
 * more than refusals is tried.
 */
#ifndef CNG_TESTS_FUZZ_CALLS_FIT_H
#define CNG_TESTS_FUZZ_CALLS_FIT_H

#include "pkcs11/mech.h"

/* The CKF_ flag of what it begins or does; 0: no mechanism goes with it. */
CK_FLAGS fit_flag(const char *call);
/* Goes key number i of the world with it? */
bool fit_key(const char *call, const struct mech *row, size_t i);

#endif
