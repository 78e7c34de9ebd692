/* SPDX-License-Identifier: BSD-2-Clause
 *
 * For the tests of the NCrypt face: a configuration of the test's own, a
 * store with a PIN when one is wanted, and short ways to import and export.
 */
#ifndef CNG_TESTS_NCRYPT_HELP_H
#define CNG_TESTS_NCRYPT_HELP_H

#include <cng/ncrypt.h>

#include <check.h>

#include "base/secret.h"
#include "base/util.h"
#include "runner.h"
#include "sample.h"

#define NC_PIN "user-pin-1234"
#define NULL_REFERENCE ((SECURITY_STATUS)0x800706F4u)

/* The provider that each test finds open. */
extern NCRYPT_PROV_HANDLE nc_prov;

/* Before and after each test. */
void nc_begin(void);
void nc_end(void);

/* Makes the user's store (or the machine's), with NC_PIN. */
void nc_make_store(bool machine);
/* Where a test may put a file; text lives until the next call. */
const char *nc_path(const char *name);
/* Forgets what was open, as a new process would. */
void nc_reopen(void);

#define ck_status(call, want) do { \
	SECURITY_STATUS got_ = (call), want_ = (want); \
	ck_assert_msg(got_ == want_, "%s: 0x%08x, not 0x%08x", #call, \
	    (unsigned)got_, (unsigned)want_); \
} while (0)

SECURITY_STATUS nc_import_flags(LPCWSTR type, struct span blob, DWORD flags,
    NCRYPT_KEY_HANDLE *out);
/* Of a vector of the project's own; the test fails when it cannot. */
NCRYPT_KEY_HANDLE nc_import(LPCWSTR type, const char *name);
/* With a name, kept. */
SECURITY_STATUS nc_import_named(LPCWSTR type, const char *file, LPCWSTR name,
    DWORD flags, NCRYPT_KEY_HANDLE *out);
SECURITY_STATUS nc_export(NCRYPT_KEY_HANDLE key, LPCWSTR type,
    struct secret *out);

DWORD nc_number(NCRYPT_HANDLE object, LPCWSTR name);
SECURITY_STATUS nc_set_number(NCRYPT_HANDLE object, LPCWSTR name,
    DWORD value);
SECURITY_STATUS nc_set_text(NCRYPT_HANDLE object, LPCWSTR name,
    LPCWSTR text);
/* Is the string property that text? */
void nc_text_is(NCRYPT_HANDLE object, LPCWSTR name, LPCWSTR want);
size_t nc_wide_bytes(LPCWSTR text);

/* A wide string as NCRYPTBUFFER_PKCS_KEY_NAME and the like. */
NCryptBuffer nc_wide_buffer(ULONG type, LPCWSTR text);

#endif
