/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of the module share.
 */
#include "tests/face/guest.h"

#include "tests/unit/tempdir.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

CK_FUNCTION_LIST *p11;
CK_FUNCTION_LIST_3_2 *p11_3;
CK_SLOT_ID slot;

static CK_FUNCTION_LIST *plain;
static char folder[TEMPDIR_MAX];

const char *
guest_folder(void)
{
	return folder;
}

static void *module;

static CK_INTERFACE *
interface(CK_BYTE major, CK_BYTE minor)
{
	CK_VERSION version = { major, minor };
	CK_C_GetInterface get;
	CK_INTERFACE *found;
	void *symbol = dlsym(module, "C_GetInterface");

	ck_assert_ptr_nonnull(symbol);
	memcpy(&get, &symbol, sizeof(get));
	ok(get(NULL, &version, &found, CKF_INTERFACE_FORK_SAFE));
	return found;
}

static void
load(void)
{
	CK_C_GetFunctionList get;
	void *symbol;

	module = dlopen(MODULE_PATH, RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(module != NULL, "%s", dlerror());
	symbol = dlsym(module, "C_GetFunctionList");
	ck_assert_ptr_nonnull(symbol);
	memcpy(&get, &symbol, sizeof(get));
	ok(get(&plain));
	p11 = plain;
	p11_3 = interface(3, 2)->pFunctionList;
}

void
guest_be_safe(void)
{
	p11 = interface(2, 40)->pFunctionList;
}

/* Every test begins with the list of old, in one process with others, too. */
static void
start(void)
{
	CK_ULONG count = 1;

	p11 = plain;
	ok(p11->C_Initialize(NULL));
	ok(p11->C_GetSlotList(CK_TRUE, &slot, &count));
	ck_assert_uint_eq(count, 1);
}

static void
stop(void)
{
	ok(p11->C_Finalize(NULL));
}

static bool
make_token(void)
{
	static CK_UTF8CHAR label[] = "face test                       ";
	CK_SESSION_HANDLE session;
	CK_ULONG count = 1;

	return p11->C_Initialize(NULL) == CKR_OK &&
	    p11->C_GetSlotList(CK_TRUE, &slot, &count) == CKR_OK &&
	    p11->C_InitToken(slot, PIN_OF(SO_PIN), label) == CKR_OK &&
	    p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &session) == CKR_OK &&
	    p11->C_Login(session, CKU_SO, PIN_OF(SO_PIN)) == CKR_OK &&
	    p11->C_InitPIN(session, PIN_OF(USER_PIN)) == CKR_OK &&
	    p11->C_Finalize(NULL) == CKR_OK;
}

/* In a process of its own, so that each test starts with a module that
 * nobody has touched. */
void
guest_make_token(void)
{
	pid_t child;
	int status;

	child = fork();
	if (child == 0)
		_exit(make_token() ? EXIT_SUCCESS : EXIT_FAILURE);
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_SUCCESS);
}

static void
write_configuration(void)
{
	char path[TEMPDIR_MAX + 16];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/conf", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	(void)fprintf(file,
	    "store = %s/token.db\nuser_store = none\nmachine_store = none\n",
	    folder);
	(void)fclose(file);
	(void)setenv("CNG_PKCS11_CONF", path, 1);
}

/* Once, before all tests. */
static void
prepare(void)
{
	tempdir_make(folder);
	write_configuration();
	load();
	guest_make_token();
}

static void
clean_up(void)
{
	tempdir_remove(folder);
}

static int
run(const char *name, const TTest *const *tests, size_t count, int times,
    void (*before)(void), void (*after)(void))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tcase, prepare, clean_up);
	tcase_add_checked_fixture(tcase, before, after);
	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < count; i++)
		tcase_add_loop_test(tcase, tests[i], 0, times);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}

int
guest_run(const char *name, const TTest *const *tests, size_t count)
{
	return run(name, tests, count, 1, start, stop);
}

int
guest_run_bare(const char *name, const TTest *const *tests, size_t count)
{
	return run(name, tests, count, 1, NULL, NULL);
}

int
guest_run_each(
    const char *name, const TTest *const *tests, size_t count, int times)
{
	return run(name, tests, count, times, NULL, NULL);
}

CK_SESSION_HANDLE
guest_open(CK_FLAGS more)
{
	CK_SESSION_HANDLE session;

	ok(p11->C_OpenSession(
	    slot, CKF_SERIAL_SESSION | more, NULL, NULL, &session));
	return session;
}

CK_SESSION_HANDLE
guest_login(void)
{
	CK_SESSION_HANDLE session = guest_open(CKF_RW_SESSION);

	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	return session;
}

/* --- keys --- */

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_OBJECT_HANDLE
secret(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_ULONG bytes)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_VERIFY, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_MECHANISM mechanism = { type, NULL, 0 };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(
	    session, &mechanism, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

CK_OBJECT_HANDLE
guest_aes(CK_SESSION_HANDLE session, CK_ULONG bytes)
{
	return secret(session, CKM_AES_KEY_GEN, bytes);
}

CK_OBJECT_HANDLE
guest_generic(CK_SESSION_HANDLE session, CK_ULONG bytes)
{
	return secret(session, CKM_GENERIC_SECRET_KEY_GEN, bytes);
}

static CK_ATTRIBUTE private_tmpl[] = {
	{ CKA_DECRYPT, &yes, 1 },
	{ CKA_SIGN, &yes, 1 },
	{ CKA_SIGN_RECOVER, &yes, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
	{ CKA_SENSITIVE, &no, 1 },
};

void
guest_rsa(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_VERIFY, &yes, 1 },
		{ CKA_VERIFY_RECOVER, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };

	ok(p11->C_GenerateKeyPair(session, &mechanism, tmpl, ARRAY_LEN(tmpl),
	    private_tmpl, ARRAY_LEN(private_tmpl), public_key, private_key));
}

void
guest_ec(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_VERIFY, &yes, 1 },
	};
	CK_ATTRIBUTE ec_private[] = {
		{ CKA_SIGN, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };

	ok(p11->C_GenerateKeyPair(session, &mechanism, tmpl, ARRAY_LEN(tmpl),
	    ec_private, ARRAY_LEN(ec_private), public_key, private_key));
}

CK_ULONG
guest_hex(const char *text, unsigned char *out)
{
	CK_ULONG len = 0;
	unsigned byte;

	for (; text[2 * len] != '\0'; len++) {
		ck_assert_int_eq(sscanf(text + 2 * len, "%2x", &byte), 1);
		out[len] = (unsigned char)byte;
	}
	return len;
}

/* --- attributes --- */

CK_ULONG
guest_number(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG type)
{
	CK_ULONG value = 0;
	CK_ATTRIBUTE line = { type, &value, sizeof(value) };

	ok(p11->C_GetAttributeValue(session, object, &line, 1));
	return value;
}

CK_BBOOL
guest_bool(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG type)
{
	CK_BBOOL value = 2;
	CK_ATTRIBUTE line = { type, &value, sizeof(value) };

	ok(p11->C_GetAttributeValue(session, object, &line, 1));
	return value;
}

CK_RV
guest_bytes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ULONG type, unsigned char *out, CK_ULONG *len)
{
	CK_ATTRIBUTE line = { type, out, *len };
	CK_RV rv;

	rv = p11->C_GetAttributeValue(session, object, &line, 1);
	*len = line.ulValueLen;
	return rv;
}

CK_ULONG
guest_find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE *first)
{
	CK_OBJECT_HANDLE found[3];
	CK_ULONG given, total = 0;

	ok(p11->C_FindObjectsInit(session, tmpl, count));
	do {
		ok(p11->C_FindObjects(
		    session, found, ARRAY_LEN(found), &given));
		if (total == 0 && given > 0 && first != NULL)
			*first = found[0];
		total += given;
	} while (given > 0);
	ok(p11->C_FindObjectsFinal(session));
	return total;
}
