/* SPDX-License-Identifier: BSD-2-Clause
 *
 * General purpose calls: start, stop, what this module is.
 */
#include "base/span.h"
#include "core/shown.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/info.h"
#include "pkcs11/initargs.h"

CK_RV
C_Initialize(CK_VOID_PTR args)
{
	struct initargs given;
	CK_RV rv;

	rv = initargs_read(&given, args);
	if (rv != CKR_OK)
		return call_refused(__func__, rv);
	rv = call_start(given.conf_file);
	initargs_free(&given);
	return rv == CKR_OK ? rv : call_refused(__func__, rv);
}

CK_RV
C_Finalize(CK_VOID_PTR reserved)
{
	if (reserved != NULL)
		return call_refused(__func__, CKR_ARGUMENTS_BAD);
	return call_stop();
}

/* Callers of the list of old do not expect more than it has. */
static CK_VERSION
version_told(void)
{
	static const CK_VERSION old = { CRYPTOKI_VERSION_MAJOR,
		CRYPTOKI_VERSION_MINOR };
	static const CK_VERSION newest = { 3, 2 };

	return call_through_safe() ? newest : old;
}

CK_RV
C_GetInfo(CK_INFO_PTR info)
{
	struct shown shown;
	CK_RV rv;

	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	shown_library(&shown);
	*info = (CK_INFO){
		.cryptokiVersion = version_told(),
		.libraryVersion = { shown.library_version[0],
		    shown.library_version[1] },
	};
	info_pad(info->manufacturerID, sizeof(info->manufacturerID),
	    shown.library_manufacturer);
	info_pad(info->libraryDescription, sizeof(info->libraryDescription),
	    shown.library_description);
	return call_leave(CKR_OK);
}

/* Left from the days of parallel sessions: they "should simply return" this,
 * and programs ask with any number to see whether anybody is there. */
CK_RV
C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
	return call_answer(__func__, session, CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV
C_CancelFunction(CK_SESSION_HANDLE session)
{
	return call_answer(__func__, session, CKR_FUNCTION_NOT_PARALLEL);
}
