/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PKCS#11 module that does not behave, for tests: BADMODULE says how.  It
 * stands before the module of BADMODULE_REAL, whose answers it spoils.
 */
#include "foreign/foreign.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of no object: what a call that fails leaves behind. */
#define NO_HANDLE 4711

static CK_FUNCTION_LIST mine;
static CK_FUNCTION_LIST *real;
static int created;

static bool
is_bad(const char *how)
{
	const char *what = getenv("BADMODULE");

	return what != NULL && strcmp(what, how) == 0;
}

/* How many objects there are of ours, into the file of BADMODULE_LEFT. */
static void
tell(const char *ending)
{
	const char *path = getenv("BADMODULE_LEFT");
	char name[4096];
	FILE *file;

	if (path == NULL)
		return;
	snprintf(name, sizeof(name), "%s%s", path, ending);
	file = fopen(name, "w");
	if (file == NULL)
		return;
	fprintf(file, "%d\n", created);
	fclose(file);
}

/* A token whose texts do not end, out of this process by its socket: type and
 * length, 32 bits each, low byte first, before it. */
static void
forge(void)
{
	struct {
		uint8_t head[8];
		struct foreign_token token;
	} message;
	struct stat st;

	memset(&message, 'A', sizeof(message));
	memset(message.head, 0, sizeof(message.head));
	message.head[0] = 1;
	message.head[4] = (uint8_t)sizeof(message.token);
	message.head[5] = (uint8_t)(sizeof(message.token) >> 8);
	message.token.needs_login = true;
	for (int fd = 3; fd < 64; fd++)
		if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
			(void)!write(fd, &message, sizeof(message));
}

static CK_RV
initialize(CK_VOID_PTR args)
{
	if (is_bad("forge"))
		forge();
	if (is_bad("crash"))
		(void)raise(SIGSEGV);
	if (is_bad("exit"))
		exit(0);
	while (is_bad("hang")) {
		created = (int)getpid();
		tell("");
		(void)pause();
	}
	if (is_bad("refuse"))
		return CKR_DEVICE_ERROR;
	if (is_bad("print"))
		puts("this is not for standard output");
	return real->C_Initialize(args);
}

static CK_RV
find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR list, CK_ULONG max,
    CK_ULONG_PTR count)
{
	if (is_bad("find")) {
		*count = max + 1000;
		return CKR_OK;
	}
	return real->C_FindObjects(session, list, max, count);
}

static CK_RV
get(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR line,
    CK_ULONG count)
{
	CK_RV rv;

	if (is_bad("slow") && created > 0)
		usleep(20000);
	/* asked of public keys only */
	if (is_bad("halfway") && line->type == CKA_VERIFY_RECOVER)
		(void)raise(SIGKILL);
	if ((is_bad("mute-list") && line->type == CKA_ALLOWED_MECHANISMS) ||
	    (is_bad("mute-template") && line->type == CKA_WRAP_TEMPLATE) ||
	    (is_bad("mute-flag") && line->type == CKA_DERIVE))
		return CKR_DEVICE_ERROR;
	if (is_bad("late") && line->type == CKA_MODULUS)
		(void)raise(SIGBUS);
	rv = real->C_GetAttributeValue(session, object, line, count);
	if (is_bad("camellia") && line->type == CKA_KEY_TYPE && rv == CKR_OK &&
	    line->pValue != NULL && *(CK_ULONG *)line->pValue == CKK_AES)
		*(CK_ULONG *)line->pValue = CKK_CAMELLIA;
	if (is_bad("template") && line->type == CKA_UNWRAP_TEMPLATE) {
		line->ulValueLen = sizeof(CK_ATTRIBUTE);
		return CKR_OK;
	}
	if (is_bad("odd") && line->type == CKA_ALLOWED_MECHANISMS) {
		line->ulValueLen = sizeof(CK_MECHANISM_TYPE) + 1;
		return CKR_OK;
	}
	if (is_bad("lengths") && line->type != CKA_CLASS)
		line->ulValueLen = 0x7fffffff00000000UL;
	return rv;
}

/* Only the mechanism that the test names is there. */
static CK_RV
list_mechanisms(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list,
    CK_ULONG_PTR count)
{
	const char *only = getenv("BADMODULE_ONLY");

	if (only == NULL)
		return real->C_GetMechanismList(slot, list, count);
	if (list != NULL)
		list[0] = strtoul(only, NULL, 0);
	*count = 1;
	return CKR_OK;
}

static CK_RV
create(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR line, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR out)
{
	CK_RV rv = CKR_FUNCTION_NOT_SUPPORTED;

	*out = NO_HANDLE;
	if (!is_bad("no-create") && !is_bad("no-keys"))
		rv = real->C_CreateObject(session, line, count, out);
	created += rv == CKR_OK;
	if (is_bad("slow"))
		tell(".made");
	return rv;
}

static CK_RV
generate(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_ATTRIBUTE_PTR line, CK_ULONG count, CK_OBJECT_HANDLE_PTR out)
{
	if (!is_bad("no-keys"))
		return real->C_GenerateKey(session, mechanism, line, count,
		    out);
	*out = NO_HANDLE;
	return CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_RV
destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
	created--;
	return real->C_DestroyObject(session, object);
}

/* What was made is to be gone by now. */
static CK_RV
finalize(CK_VOID_PTR reserved)
{
	tell("");
	return real->C_Finalize(reserved);
}

__attribute__((visibility("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out)
{
	CK_RV (*next)(CK_FUNCTION_LIST_PTR_PTR list) = NULL;
	const char *path = getenv("BADMODULE_REAL");
	void *handle = path == NULL ? NULL : dlopen(path, RTLD_NOW);
	void *symbol = handle == NULL ? NULL :
	    dlsym(handle, "C_GetFunctionList");

	if (is_bad("null")) {
		*out = NULL;
		return CKR_OK;
	}
	if (symbol == NULL)
		return CKR_GENERAL_ERROR;
	memcpy(&next, &symbol, sizeof(next));
	if (next(&real) != CKR_OK)
		return CKR_GENERAL_ERROR;
	mine = *real;
	mine.C_Initialize = initialize;
	mine.C_Finalize = finalize;
	mine.C_FindObjects = find;
	mine.C_GetAttributeValue = get;
	mine.C_GetMechanismList = list_mechanisms;
	mine.C_CreateObject = create;
	mine.C_GenerateKey = generate;
	mine.C_DestroyObject = destroy;
	if (is_bad("version"))
		mine.version.major = 9;
	*out = &mine;
	return CKR_OK;
}
