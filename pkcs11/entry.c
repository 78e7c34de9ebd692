/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The symbols that the module exports: the function list of old, and the
 * interfaces.  Callers get them without const, as the standard has it; nobody
 * writes.
 */
#include "base/util.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/safe.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

static CK_FUNCTION_LIST plain_2_40 = {
	.version = { 2, 40 },
#include "pkcs11/list_plain.inc"
#include "pkcs11/list_2_40.inc"
};

static CK_FUNCTION_LIST safe_2_40 = {
	.version = { 2, 40 },
#include "pkcs11/list_safe.inc"
#include "pkcs11/list_2_40.inc"
};

static CK_FUNCTION_LIST_3_0 safe_3_0 = {
	.version = { 3, 0 },
#include "pkcs11/list_safe.inc"
#include "pkcs11/list_2_40.inc"
#include "pkcs11/list_3_0.inc"
};

static CK_FUNCTION_LIST_3_2 safe_3_2 = {
	.version = { 3, 2 },
#include "pkcs11/list_safe.inc"
#include "pkcs11/list_2_40.inc"
#include "pkcs11/list_3_0.inc"
#include "pkcs11/list_3_2.inc"
};

static CK_UTF8CHAR standard[] = "PKCS 11";

/* The newest first: it is the one for callers who do not say. */
static CK_INTERFACE interfaces[] = {
	{ standard, &safe_3_2, CKF_INTERFACE_FORK_SAFE },
	{ standard, &safe_3_0, CKF_INTERFACE_FORK_SAFE },
	{ standard, &safe_2_40, CKF_INTERFACE_FORK_SAFE },
};

/* Between us and the program, pkcs11-spy of OpenSC up to 0.26 puts a list of
 * its own in the place of each that it knows, and nothing at all in the place
 * of 3.2: the program falls over that.  The variable is that of the spy. */
static size_t
first_interface(void)
{
	return secure_getenv("PKCS11SPY") == NULL ? 0 : 1;
}

EXPORT CK_RV
C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out)
{
	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	*out = &plain_2_40;
	return CKR_OK;
}

EXPORT CK_RV
C_GetInterfaceList(CK_INTERFACE_PTR list, CK_ULONG_PTR count)
{
	size_t first = first_interface();
	CK_ULONG room;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	room = *count;
	*count = ARRAY_LEN(interfaces) - first;
	if (list == NULL)
		return CKR_OK;
	if (room < *count)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(list, &interfaces[first], *count * sizeof(*list));
	return CKR_OK;
}

/* A NULL name, and a NULL version, ask for whatever comes first. */
static bool
is_wanted(const CK_INTERFACE *one, const CK_UTF8CHAR *name,
    const CK_VERSION *version, CK_FLAGS flags)
{
	CK_VERSION has;

	memcpy(&has, one->pFunctionList, sizeof(has));
	if (name != NULL && strcmp((const char *)name,
	    (const char *)one->pInterfaceName) != 0)
		return false;
	if (version != NULL &&
	    (version->major != has.major || version->minor != has.minor))
		return false;
	return (flags & ~one->flags) == 0;
}

EXPORT CK_RV
C_GetInterface(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version,
    CK_INTERFACE_PTR_PTR out, CK_FLAGS flags)
{
	size_t i;

	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	for (i = first_interface(); i < ARRAY_LEN(interfaces); i++) {
		if (is_wanted(&interfaces[i], name, version, flags)) {
			*out = &interfaces[i];
			return CKR_OK;
		}
	}
	return CKR_ARGUMENTS_BAD;
}
