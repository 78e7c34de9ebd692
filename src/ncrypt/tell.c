/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A call that fails, as a line of the debug log: the call, what it was about,
 * the reason in words, the code by name.
 */
#include "ncrypt/face.h"

#include "base/util.h"
#include "base/why.h"

#include <stdio.h>

#define ROW(code) { code, #code }

static const struct {
	SECURITY_STATUS code;
	const char *name;
} rows[] = {
	{ NTE_NULL_REFERENCE, "RPC_X_NULL_REF_POINTER" },
	ROW(NTE_BAD_UID),
	ROW(NTE_BAD_HASH),
	ROW(NTE_BAD_KEY),
	ROW(NTE_BAD_LEN),
	ROW(NTE_BAD_DATA),
	ROW(NTE_BAD_SIGNATURE),
	ROW(NTE_BAD_VER),
	ROW(NTE_BAD_ALGID),
	ROW(NTE_BAD_FLAGS),
	ROW(NTE_BAD_TYPE),
	ROW(NTE_BAD_KEY_STATE),
	ROW(NTE_BAD_HASH_STATE),
	ROW(NTE_NO_KEY),
	ROW(NTE_NO_MEMORY),
	ROW(NTE_EXISTS),
	ROW(NTE_PERM),
	ROW(NTE_NOT_FOUND),
	ROW(NTE_DOUBLE_ENCRYPT),
	ROW(NTE_BAD_PROVIDER),
	ROW(NTE_BAD_PROV_TYPE),
	ROW(NTE_BAD_PUBLIC_KEY),
	ROW(NTE_BAD_KEYSET),
	ROW(NTE_PROV_TYPE_NOT_DEF),
	ROW(NTE_PROV_TYPE_ENTRY_BAD),
	ROW(NTE_KEYSET_NOT_DEF),
	ROW(NTE_KEYSET_ENTRY_BAD),
	ROW(NTE_PROV_TYPE_NO_MATCH),
	ROW(NTE_SIGNATURE_FILE_BAD),
	ROW(NTE_PROVIDER_DLL_FAIL),
	ROW(NTE_PROV_DLL_NOT_FOUND),
	ROW(NTE_BAD_KEYSET_PARAM),
	ROW(NTE_FAIL),
	ROW(NTE_SYS_ERR),
	ROW(NTE_SILENT_CONTEXT),
	ROW(NTE_TOKEN_KEYSET_STORAGE_FULL),
	ROW(NTE_TEMPORARY_PROFILE),
	ROW(NTE_FIXEDPARAMETER),
	ROW(NTE_INVALID_HANDLE),
	ROW(NTE_INVALID_PARAMETER),
	ROW(NTE_BUFFER_TOO_SMALL),
	ROW(NTE_NOT_SUPPORTED),
	ROW(NTE_NO_MORE_ITEMS),
	ROW(NTE_BUFFERS_OVERLAP),
	ROW(NTE_DECRYPTION_FAILURE),
	ROW(NTE_INTERNAL_ERROR),
	ROW(NTE_UI_REQUIRED),
	ROW(NTE_HMAC_NOT_SUPPORTED),
	ROW(NTE_DEVICE_NOT_READY),
	ROW(NTE_AUTHENTICATION_IGNORED),
	ROW(NTE_VALIDATION_FAILED),
	ROW(NTE_INCORRECT_PASSWORD),
	ROW(NTE_ENCRYPTION_FAILURE),
	ROW(NTE_DEVICE_NOT_FOUND),
	ROW(NTE_USER_CANCELLED),
	ROW(NTE_PASSWORD_CHANGE_REQUIRED),
	ROW(NTE_NOT_ACTIVE_CONSOLE),
	ROW(NTE_VBS_UNAVAILABLE),
	ROW(NTE_VBS_CANNOT_DECRYPT_KEY),
	ROW(SCARD_E_UNKNOWN_READER),
	ROW(SCARD_E_NO_SMARTCARD),
	ROW(SCARD_E_READER_UNAVAILABLE),
	ROW(SCARD_E_CARD_UNSUPPORTED),
	ROW(SCARD_E_NO_READERS_AVAILABLE),
	ROW(SCARD_E_NO_KEY_CONTAINER),
	ROW(SCARD_W_REMOVED_CARD),
	ROW(SCARD_W_SECURITY_VIOLATION),
	ROW(SCARD_W_WRONG_CHV),
	ROW(SCARD_W_CHV_BLOCKED),
};

#undef ROW

static const char *
name_of(SECURITY_STATUS status)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == status)
			return rows[i].name;
	return "no name";
}

/* What was refused before core was asked. */
const char *
tell_words(SECURITY_STATUS status)
{
	switch (status) {
	case NTE_INVALID_HANDLE:
		return "a handle that is none, or of another kind";
	case NTE_INVALID_PARAMETER:
		return "a parameter is NULL, or makes no sense";
	case NTE_BAD_FLAGS:
		return "flags that are not known here";
	case NTE_NO_MORE_ITEMS:
		return "there are no more";
	case NTE_NOT_FOUND:
		return "nothing of that name";
	case NTE_NOT_SUPPORTED:
		return "not offered, or not for such a key";
	case NTE_PERM:
		return "not permitted";
	case NTE_BUFFER_TOO_SMALL:
		return "the buffer is too small";
	case NTE_BAD_KEYSET:
		return "no key of that name";
	case NTE_SILENT_CONTEXT:
		return "a PIN is wanted, and a silent call may not ask for it";
	case NTE_VBS_UNAVAILABLE:
		return "isolation is required, and not offered";
	default:
		return "no reason is known";
	}
}

/* Programs that mean no harm get these all day long. */
static enum log_level
level_of(SECURITY_STATUS status)
{
	return status == NTE_NO_MORE_ITEMS || status == NTE_NOT_FOUND ||
		status == NTE_BUFFER_TOO_SMALL ? LOG_DEBUG : LOG_INFO;
}

static void
write_line(const char *call, SECURITY_STATUS status)
{
	const struct why *why = why_now();
	const char *at_fault = NULL;

	if (why->prop != WHY_NO_PROP)
		at_fault = prop_name((enum prop_id)why->prop);
	log_line(level_of(status), "%s: %s%s%s%s%s (%s, 0x%08x)", call,
	    why->about != NULL ? why->about : "",
	    why->about != NULL ? ": " : "",
	    at_fault != NULL ? at_fault : "",
	    at_fault != NULL ? ": " : "",
	    why->text[0] != '\0' ? why->text : tell_words(status),
	    name_of(status), (unsigned)status);
}

SECURITY_STATUS
tell_named(const char *call, SECURITY_STATUS status)
{
	if (!why_wanted())
		return status;
	if (status != ERROR_SUCCESS && state_hold_log()) {
		write_line(call, status);
		state_drop_log();
	}
	why_forget();
	return status;
}
