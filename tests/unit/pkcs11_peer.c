/* SPDX-License-Identifier: BSD-2-Clause
 *
 * p11-kit's numbers, for pkcs11_numbers.c.
 */
#include "tests/unit/pkcs11_peer.h"

#if __has_include(<p11-kit-1/p11-kit/pkcs11.h>)
#define CRYPTOKI_GNU 1
#include <p11-kit-1/p11-kit/pkcs11.h>

static const struct number numbers[] = {
#define ROW(name) { #name, (unsigned long)(name) },
#include "tests/unit/pkcs11_names.inc"
#undef ROW
};

typedef struct ck_info CK_INFO;
typedef struct ck_slot_info CK_SLOT_INFO;
typedef struct ck_token_info CK_TOKEN_INFO;
typedef struct ck_session_info CK_SESSION_INFO;
typedef struct ck_attribute CK_ATTRIBUTE;
typedef struct ck_mechanism CK_MECHANISM;
typedef struct ck_mechanism_info CK_MECHANISM_INFO;
typedef struct ck_c_initialize_args CK_C_INITIALIZE_ARGS;
typedef struct ck_function_list CK_FUNCTION_LIST;
typedef struct ck_rsa_pkcs_oaep_params CK_RSA_PKCS_OAEP_PARAMS;
typedef struct ck_rsa_pkcs_pss_params CK_RSA_PKCS_PSS_PARAMS;

static const struct number layouts[] = {
#define LAYOUT(type) { #type, sizeof(type) },
#include "tests/unit/pkcs11_layout.inc"
#undef LAYOUT
};

const struct number *
peer_numbers(size_t *count)
{
	*count = sizeof(numbers) / sizeof(numbers[0]);
	return numbers;
}

const struct number *
peer_layouts(size_t *count)
{
	*count = sizeof(layouts) / sizeof(layouts[0]);
	return layouts;
}
#else
const struct number *
peer_numbers(size_t *count)
{
	*count = 0;
	return NULL;
}

const struct number *
peer_layouts(size_t *count)
{
	*count = 0;
	return NULL;
}
#endif
