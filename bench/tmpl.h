/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A template under construction, with room for its small values.
 */
#ifndef CNG_BENCH_TMPL_H
#define CNG_BENCH_TMPL_H

#include "bench/bench.h"

#define TMPL_MAX 16

struct tmpl {
	CK_ATTRIBUTE attr[TMPL_MAX];
	CK_ULONG number[TMPL_MAX];
	CK_ULONG count;
};

/* The bytes are borrowed. */
void tmpl_bytes(struct tmpl *tmpl, CK_ATTRIBUTE_TYPE type, void *bytes,
    CK_ULONG len);
void tmpl_number(struct tmpl *tmpl, CK_ATTRIBUTE_TYPE type, CK_ULONG value);
void tmpl_flag(struct tmpl *tmpl, CK_ATTRIBUTE_TYPE type, bool value);

/* The start of a secret key: class, type, whether it stays. */
void tmpl_secret(struct tmpl *tmpl, CK_KEY_TYPE type, bool token);

#endif
