/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The argument of C_Initialize.
 */
#ifndef CNG_PKCS11_INITARGS_H
#define CNG_PKCS11_INITARGS_H

#include "pkcs11/cryptoki.h"

struct initargs {
	char *conf_file;     /* from config= in the reserved string, or NULL */
};

/* args: CK_C_INITIALIZE_ARGS_PTR or NULL.  CKR_ARGUMENTS_BAD. */
CK_RV initargs_read(struct initargs *out, const void *args);
void initargs_free(struct initargs *given);

#endif
