/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers of mechanisms that our module never has under its strict policy,
 * and its header need not know.
 */
#ifndef CNG_TESTS_ATTACKS_NUMBERS_H
#define CNG_TESTS_ATTACKS_NUMBERS_H

#include "pkcs11/cryptoki.h"

#define OLD_CONCATENATE_BASE_AND_DATA 0x0362UL
#define OLD_CONCATENATE_DATA_AND_BASE 0x0363UL
#define OLD_XOR_BASE_AND_DATA 0x0364UL
#define OLD_EXTRACT_KEY_FROM_KEY 0x0365UL

struct old_string_data {
	CK_BYTE_PTR data;
	CK_ULONG len;
};

#endif
