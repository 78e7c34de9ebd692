/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What codes mean, in words: PKCS#11 return values, HRESULTs of CNG and of
 * the smart card service, status words of cards.
 */
#ifndef CNG_CLI_WORDS_H
#define CNG_CLI_WORDS_H

#include <stddef.h>

struct words {
	const char *name;        /* of a status word: its digits, x is any */
	const char *meaning;
	const char *cause;
	const char *advice;
};

extern const struct words words_rv[];
extern const size_t words_rv_count;
extern const struct words words_hr[];
extern const size_t words_hr_count;
extern const struct words words_sw[];    /* the first that fits counts */
extern const size_t words_sw_count;

#endif
