/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Locking: we always use the system's locks, so any consistent wish is met.
 * The reserved pointer may be a string in the style of NSS parameters, in
 * which we know config=PATH, in quotes or not.
 */
#include "pkcs11/initargs.h"

#include "base/alloc.h"
#include "pkcs11/peek.h"

#include <stdbool.h>
#include <string.h>

#define RESERVED_MAX 4096

static const char key[] = "config=";

static bool
locking_is_consistent(const CK_C_INITIALIZE_ARGS *args)
{
	int given;

	given = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) +
	    (args->LockMutex != NULL) + (args->UnlockMutex != NULL);
	return given == 0 || given == 4;
}

static CK_RV
copy_value(struct initargs *out, const char *value, size_t len)
{
	char *copy;

	copy = mem_new(len + 1, 1);
	if (copy == NULL)
		return CKR_HOST_MEMORY;
	memcpy(copy, value, len);
	out->conf_file = copy;
	return CKR_OK;
}

static CK_RV
read_config(struct initargs *out, const char *text)
{
	const char *end;
	char quote[2] = { 0 };
	size_t len;

	text += strspn(text, " \t");
	if (*text == '\0')
		return CKR_OK;
	if (strncmp(text, key, sizeof(key) - 1) != 0)
		return CKR_ARGUMENTS_BAD;
	text += sizeof(key) - 1;
	quote[0] = ' ';
	if (*text == '"' || *text == '\'')
		quote[0] = *text++;
	len = strcspn(text, quote);
	end = text + len;
	if (len == 0 || (quote[0] != ' ' && *end++ != quote[0]))
		return CKR_ARGUMENTS_BAD;
	if (end[strspn(end, " \t")] != '\0')
		return CKR_ARGUMENTS_BAD;
	return copy_value(out, text, len);
}

CK_RV
initargs_read(struct initargs *out, const void *args)
{
	CK_C_INITIALIZE_ARGS given;

	out->conf_file = NULL;
	if (args == NULL)
		return CKR_OK;
	memcpy(&given, args, sizeof(given));
	if (!locking_is_consistent(&given))
		return CKR_ARGUMENTS_BAD;
	if (given.pReserved == NULL)
		return CKR_OK;
	/* test programs pass any number for a pointer that must be refused */
	if (!peek_text(given.pReserved, RESERVED_MAX))
		return CKR_ARGUMENTS_BAD;
	return read_config(out, given.pReserved);
}

void
initargs_free(struct initargs *given)
{
	mem_free(given->conf_file);
	given->conf_file = NULL;
}
