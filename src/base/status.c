/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names and texts of the outcomes: one row each, indexed by the constant.
 */
#include "base/status.h"

#include "base/util.h"

#include <stddef.h>

struct row {
	const char *name;
	const char *text;
};

#define ROW(constant, words) [CNG_##constant] = { #constant, words }

static const struct row rows[CNG_STATUS_COUNT] = {
	ROW(OK, "success"),
	ROW(ERR_ARGUMENT, "a parameter is not valid"),
	ROW(ERR_BUFFER_TOO_SMALL, "the buffer is too small"),
	ROW(ERR_NO_MEMORY, "out of memory"),
	ROW(ERR_INTERNAL, "internal error"),
	ROW(ERR_NOT_SUPPORTED, "not supported"),
	ROW(ERR_BAD_FLAGS, "unknown or conflicting flags"),
	ROW(ERR_NOT_FOUND, "not found"),
	ROW(ERR_EXISTS, "a key of that name exists already"),
	ROW(ERR_INTERRUPTED, "interrupted"),
	ROW(ERR_BAD_DATA, "the key blob is damaged or cut short"),
	ROW(ERR_BAD_MAGIC, "not a key blob of that type"),
	ROW(ERR_BAD_TYPE, "the key has no form of that blob type"),
	ROW(ERR_BAD_PASSWORD, "the password does not open the key"),
	ROW(ERR_BAD_CURVE, "the curve is not supported"),
	ROW(ERR_BAD_SET, "the parameter set is not supported"),
	ROW(ERR_BAD_KEY, "the numbers of the key do not belong together"),
	ROW(ERR_BAD_PUBLIC_KEY, "the public key is not valid"),
	ROW(ERR_BAD_DOMAIN, "the domain parameters are not valid"),
	ROW(ERR_KEY_STATE, "the key is not finalised"),
	ROW(ERR_KEY_TYPE, "the key is not of the kind that is needed"),
	ROW(ERR_KEY_SIZE, "the size of the key is out of range"),
	ROW(ERR_KEY_USAGE, "the key may not be used for that"),
	ROW(ERR_KEY_UNEXTRACTABLE, "the key is not exportable"),
	ROW(ERR_KEY_SENSITIVE, "the key may not leave in plaintext"),
	ROW(ERR_KEY_NOT_WRAPPABLE, "the key cannot be wrapped that way"),
	ROW(ERR_WRAP_KEY_TYPE, "the wrapping key is of the wrong kind"),
	ROW(ERR_WRAP_KEY_SIZE, "the wrapping key is weaker than the key"),
	ROW(ERR_WRAPPED_KEY, "the wrapped key is not valid"),
	ROW(ERR_WRAPPED_KEY_SIZE, "the wrapped key has a wrong length"),
	ROW(ERR_MECHANISM, "the mechanism is not supported"),
	ROW(ERR_MECHANISM_PARAM, "the mechanism's parameter is not valid"),
	ROW(ERR_DATA, "the data are not valid for the operation"),
	ROW(ERR_DATA_SIZE, "the data have a wrong length"),
	ROW(ERR_CIPHERTEXT, "the ciphertext is not valid"),
	ROW(ERR_CIPHERTEXT_SIZE, "the ciphertext has a wrong length"),
	ROW(ERR_SIGNATURE, "the signature does not verify"),
	ROW(ERR_SIGNATURE_SIZE, "the signature has a wrong length"),
	ROW(ERR_OPERATION_STATE, "not in this state of the operation"),
	ROW(ERR_OBJECT, "no such object"),
	ROW(ERR_PROP_UNKNOWN, "objects of this kind have no such property"),
	ROW(ERR_PROP_VALUE, "a property has a value that is not valid"),
	ROW(ERR_PROP_READ_ONLY, "the property cannot be set"),
	ROW(ERR_PROP_SENSITIVE, "the property may not be shown"),
	ROW(ERR_TEMPLATE_INCOMPLETE, "a needed property is missing"),
	ROW(ERR_TEMPLATE_INCONSISTENT, "properties contradict each other"),
	ROW(ERR_PROHIBITED, "the object forbids it"),
	ROW(ERR_PIN_WRONG, "the PIN is wrong"),
	ROW(ERR_PIN_LOCKED, "the PIN is locked after too many wrong tries"),
	ROW(ERR_PIN_LENGTH, "the PIN is too short or too long"),
	ROW(ERR_PIN_INVALID, "the PIN is not valid UTF-8"),
	ROW(ERR_PIN_NOT_SET, "the user's PIN is not set yet"),
	ROW(ERR_NOT_LOGGED_IN, "a login is needed"),
	ROW(ERR_LOGGED_IN, "logged in already"),
	ROW(ERR_OTHER_LOGGED_IN, "somebody else is logged in"),
	ROW(ERR_READ_ONLY, "read-only"),
	ROW(ERR_SESSIONS_OPEN, "sessions are open"),
	ROW(ERR_NO_TOKEN, "the token does not exist or is not initialised"),
	ROW(ERR_STORE_IO, "the store cannot be read or written"),
	ROW(ERR_STORE_CORRUPT, "the store is damaged or was edited"),
	ROW(ERR_STORE_FULL, "the disk is full"),
	ROW(ERR_STORE_BUSY, "the store is busy"),
	ROW(ERR_STORE_VERSION, "the store is of a newer version"),
	ROW(ERR_STORE_PERMISSION, "owner or mode of the store is unsafe"),
	ROW(ERR_CONFIG, "the configuration has an error"),
	ROW(ERR_NO_CARD, "there is no card in the reader"),
	ROW(ERR_NO_READER, "there is no such card reader"),
	ROW(ERR_NO_READERS, "there is no card reader"),
	ROW(ERR_UNKNOWN_CARD, "the card has no application that is known"),
	ROW(ERR_DEVICE, "the card failed"),
	ROW(ERR_DEVICE_REMOVED, "the card was removed"),
	ROW(ERR_DEVICE_RESET, "the card was reset"),
	ROW(ERR_NO_ADMIN, "the card's management key is needed"),
	ROW(ERR_IMPORT_OFF, "the configuration does not allow import to cards"),
	ROW(ERR_NO_REMOVAL, "the card cannot remove the old key"),
};

static const struct row unknown = { "ERR_UNKNOWN", "unknown status" };

static const struct row *
row_of(enum cng_status st)
{
	size_t i = (size_t)st;

	return i < ARRAY_LEN(rows) && rows[i].name != NULL ? &rows[i] :
							      &unknown;
}

const char *
cng_status_text(enum cng_status st)
{
	return row_of(st)->text;
}

const char *
cng_status_name(enum cng_status st)
{
	return row_of(st)->name;
}
