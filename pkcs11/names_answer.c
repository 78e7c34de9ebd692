/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of answers, and what they mean in words.
 */
#include "pkcs11/names.h"

#include "base/util.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/lookup.h"

struct answer {
	CK_ULONG number;
	const char *name;
	const char *words;
};

#define ROW(rv, words) { rv, #rv, words }

/* In ascending order; a test proves it. */
static const struct answer rows[] = {
	ROW(CKR_CANCEL, "the caller cancelled it"),
	ROW(CKR_HOST_MEMORY, "no memory"),
	ROW(CKR_SLOT_ID_INVALID, "there is no such slot"),
	ROW(CKR_GENERAL_ERROR, "a promise inside the module broke"),
	ROW(CKR_FUNCTION_FAILED, "it cannot be done now"),
	ROW(CKR_ARGUMENTS_BAD,
	    "an argument is NULL, or a length is out of bounds"),
	ROW(CKR_NO_EVENT, "nothing has happened"),
	ROW(CKR_NEED_TO_CREATE_THREADS, "threads of its own are forbidden"),
	ROW(CKR_CANT_LOCK, "the kind of locking asked for is not offered"),
	ROW(CKR_ATTRIBUTE_READ_ONLY, "an attribute cannot be set or changed"),
	ROW(CKR_ATTRIBUTE_SENSITIVE, "an attribute is not given away"),
	ROW(CKR_ATTRIBUTE_TYPE_INVALID, "the object has no such attribute"),
	ROW(CKR_ATTRIBUTE_VALUE_INVALID,
	    "an attribute has a value that it cannot have"),
	ROW(CKR_ACTION_PROHIBITED,
	    "the object, the card or the configuration forbids it"),
	ROW(CKR_DATA_INVALID, "the data is not what the mechanism takes"),
	ROW(CKR_DATA_LEN_RANGE, "the data is too long or too short"),
	ROW(CKR_DEVICE_ERROR, "the store or the card failed"),
	ROW(CKR_DEVICE_MEMORY, "the store or the card is full"),
	ROW(CKR_DEVICE_REMOVED, "the card was removed"),
	ROW(CKR_ENCRYPTED_DATA_INVALID, "the ciphertext cannot be decrypted"),
	ROW(CKR_ENCRYPTED_DATA_LEN_RANGE, "the ciphertext has a wrong length"),
	ROW(CKR_AEAD_DECRYPT_FAILED,
	    "the ciphertext or its tag was changed, or the key is another"),
	ROW(CKR_FUNCTION_CANCELED, "it was cancelled"),
	ROW(CKR_FUNCTION_NOT_PARALLEL, "nothing runs in parallel"),
	ROW(CKR_FUNCTION_NOT_SUPPORTED, "it is not offered"),
	ROW(CKR_KEY_HANDLE_INVALID,
	    "there is no key with that handle, or it is not seen"),
	ROW(CKR_KEY_SIZE_RANGE,
	    "the mechanism does not take keys of that size"),
	ROW(CKR_KEY_TYPE_INCONSISTENT,
	    "the mechanism does not take keys of that type"),
	ROW(CKR_KEY_NOT_NEEDED, "a key was given that is not needed"),
	ROW(CKR_KEY_CHANGED,
	    "the key is not the one that the state was saved with"),
	ROW(CKR_KEY_NEEDED, "a key is needed"),
	ROW(CKR_KEY_INDIGESTIBLE, "the value of this key cannot be digested"),
	ROW(CKR_KEY_FUNCTION_NOT_PERMITTED,
	    "the attributes of the key do not permit this use"),
	ROW(CKR_KEY_NOT_WRAPPABLE, "the key cannot be wrapped so"),
	ROW(CKR_KEY_UNEXTRACTABLE, "CKA_EXTRACTABLE of the key is false"),
	ROW(CKR_MECHANISM_INVALID,
	    "the mechanism is not known, or not for this call"),
	ROW(CKR_MECHANISM_PARAM_INVALID,
	    "the parameter of the mechanism makes no sense"),
	ROW(CKR_OBJECT_HANDLE_INVALID,
	    "there is no object with that handle, or it is not seen"),
	ROW(CKR_OPERATION_ACTIVE, "another operation is active"),
	ROW(CKR_OPERATION_NOT_INITIALIZED,
	    "no operation is active that this call goes on with"),
	ROW(CKR_PIN_INCORRECT, "the PIN is wrong"),
	ROW(CKR_PIN_INVALID, "the PIN has characters that it cannot have"),
	ROW(CKR_PIN_LEN_RANGE, "the PIN is too short or too long"),
	ROW(CKR_PIN_EXPIRED, "the PIN has expired"),
	ROW(CKR_PIN_LOCKED, "the PIN is locked"),
	ROW(CKR_SESSION_CLOSED, "the session was closed meanwhile"),
	ROW(CKR_SESSION_COUNT, "there are too many sessions"),
	ROW(CKR_SESSION_HANDLE_INVALID, "there is no session with that handle"),
	ROW(CKR_SESSION_PARALLEL_NOT_SUPPORTED,
	    "CKF_SERIAL_SESSION is missing"),
	ROW(CKR_SESSION_READ_ONLY, "the session is read-only"),
	ROW(CKR_SESSION_EXISTS, "a session is open"),
	ROW(CKR_SESSION_READ_ONLY_EXISTS, "a read-only session is open"),
	ROW(CKR_SESSION_READ_WRITE_SO_EXISTS, "the SO is logged in"),
	ROW(CKR_SIGNATURE_INVALID, "the signature does not verify"),
	ROW(CKR_SIGNATURE_LEN_RANGE, "the signature has a wrong length"),
	ROW(CKR_TEMPLATE_INCOMPLETE, "the template lacks an attribute"),
	ROW(CKR_TEMPLATE_INCONSISTENT,
	    "attributes of the template contradict each other"),
	ROW(CKR_TOKEN_NOT_PRESENT, "the slot has no token"),
	ROW(CKR_TOKEN_NOT_RECOGNIZED, "the token is none that can be used"),
	ROW(CKR_TOKEN_WRITE_PROTECTED, "the token cannot be written"),
	ROW(CKR_UNWRAPPING_KEY_HANDLE_INVALID,
	    "there is no unwrapping key with that handle"),
	ROW(CKR_UNWRAPPING_KEY_SIZE_RANGE,
	    "the unwrapping key has a wrong size"),
	ROW(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT,
	    "the unwrapping key has a wrong type"),
	ROW(CKR_USER_ALREADY_LOGGED_IN, "that user is logged in already"),
	ROW(CKR_USER_NOT_LOGGED_IN, "a login is needed"),
	ROW(CKR_USER_PIN_NOT_INITIALIZED, "the user has no PIN yet"),
	ROW(CKR_USER_TYPE_INVALID, "there is no such type of user"),
	ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "another user is logged in"),
	ROW(CKR_USER_TOO_MANY_TYPES, "too many types of users are logged in"),
	ROW(CKR_WRAPPED_KEY_INVALID, "the wrapped key cannot be unwrapped"),
	ROW(CKR_WRAPPED_KEY_LEN_RANGE, "the wrapped key has a wrong length"),
	ROW(CKR_WRAPPING_KEY_HANDLE_INVALID,
	    "there is no wrapping key with that handle"),
	ROW(CKR_WRAPPING_KEY_SIZE_RANGE, "the wrapping key has a wrong size"),
	ROW(CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
	    "the wrapping key has a wrong type"),
	ROW(CKR_RANDOM_SEED_NOT_SUPPORTED, "seeds are not taken"),
	ROW(CKR_RANDOM_NO_RNG, "there is no random number generator"),
	ROW(CKR_DOMAIN_PARAMS_INVALID, "the domain parameters make no sense"),
	ROW(CKR_CURVE_NOT_SUPPORTED, "a curve that is not known"),
	ROW(CKR_BUFFER_TOO_SMALL, "the buffer is too small"),
	ROW(CKR_SAVED_STATE_INVALID,
	    "the saved state was changed, or is of another token"),
	ROW(CKR_INFORMATION_SENSITIVE, "the information is sensitive"),
	ROW(CKR_STATE_UNSAVEABLE,
	    "the state of this operation cannot be saved"),
	ROW(CKR_CRYPTOKI_NOT_INITIALIZED, "C_Initialize was not called"),
	ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED, "C_Initialize was called before"),
	ROW(CKR_MUTEX_BAD, "no such mutex"),
	ROW(CKR_MUTEX_NOT_LOCKED, "the mutex is not locked"),
	ROW(CKR_NEW_PIN_MODE, "a new PIN is needed"),
	ROW(CKR_NEXT_OTP, "the next one-time password is needed"),
	ROW(CKR_EXCEEDED_MAX_ITERATIONS, "too many iterations"),
	ROW(CKR_FIPS_SELF_TEST_FAILED, "a self-test failed"),
	ROW(CKR_LIBRARY_LOAD_FAILED, "a library could not be loaded"),
	ROW(CKR_PIN_TOO_WEAK, "the PIN is too weak"),
	ROW(CKR_PUBLIC_KEY_INVALID, "the public key makes no sense"),
	ROW(CKR_FUNCTION_REJECTED, "the user rejected it"),
	ROW(CKR_TOKEN_RESOURCE_EXCEEDED, "the token has no more room for this"),
	ROW(CKR_OPERATION_CANCEL_FAILED, "the operation cannot be cancelled"),
	ROW(CKR_KEY_EXHAUSTED, "the key was used as often as it may be"),
	ROW(CKR_PENDING, "it is not finished"),
	ROW(CKR_SESSION_ASYNC_NOT_SUPPORTED,
	    "no call runs on after it has returned"),
	ROW(CKR_SEED_RANDOM_REQUIRED, "a seed is needed first"),
	ROW(CKR_OPERATION_NOT_VALIDATED, "the operation is not validated"),
	ROW(CKR_TOKEN_NOT_INITIALIZED, "the token is not initialised"),
	ROW(CKR_PARAMETER_SET_NOT_SUPPORTED, "the parameter set is not known"),
};

#undef ROW

const char *
name_of_answer(CK_RV rv)
{
	const struct answer *row = lookup(
	    rows, ARRAY_LEN(rows), sizeof(*rows), rv);

	return row == NULL ? NULL : row->name;
}

const char *
name_in_words(CK_RV rv)
{
	const struct answer *row = lookup(
	    rows, ARRAY_LEN(rows), sizeof(*rows), rv);

	return row == NULL ? "no reason is known" : row->words;
}
