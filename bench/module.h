/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PKCS#11 module: loaded, its token found or made, sessions open.
 */
#ifndef CNG_BENCH_MODULE_H
#define CNG_BENCH_MODULE_H

#include "bench/bench.h"

/* Up to C_Initialize and the slot of the token. */
CK_RV module_load(struct side *side);

/* As module_load; a token that is not there is initialised in a free slot,
 * with so_pin for its security officer. */
CK_RV module_prepare(struct side *side, const char *so_pin);

/* A session for reading and writing. */
CK_RV module_session(struct side *side, CK_SESSION_HANDLE *session);
CK_RV module_login(struct side *side, CK_SESSION_HANDLE session);

void module_unload(struct side *side);

#endif
