/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program that uses the built module the way every other does: loads it,
 * asks for the list, calls.  One token for all tests of a program.
 */
#ifndef CNG_TESTS_FACE_GUEST_H
#define CNG_TESTS_FACE_GUEST_H

#include "base/util.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/vendor.h"

#include <check.h>

#define USER_PIN "userpin1"
#define SO_PIN "so-pin-12"
/* A pointer that may be written to, and the length without the NUL. */
#define PIN_OF(text) (CK_UTF8CHAR[]){ text }, sizeof(text) - 1

/* Its allocator has locks that a fork does not wait for: the child of a busy
 * process may stand still for ever. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define UNDER_ADDRESS_SANITIZER true
#else
#define UNDER_ADDRESS_SANITIZER false
#endif

extern CK_FUNCTION_LIST *p11;
/* The newest list: another way to the same module. */
extern CK_FUNCTION_LIST_3_2 *p11_3;
extern CK_SLOT_ID slot;

#define ok(rv) ck_assert_uint_eq((rv), CKR_OK)
#define is(rv, want) ck_assert_uint_eq((rv), (want))

/* Runs the tests: each with the module initialised, and finalised after. */
int guest_run(const char *name, const TTest *const *tests, size_t count);
/* The same, but the module is only loaded. */
int guest_run_bare(const char *name, const TTest *const *tests, size_t count);
/* The same, each so many times, with the loop variable of check. */
int guest_run_each(
    const char *name, const TTest *const *tests, size_t count, int times);

/* The folder with the store and the configuration. */
const char *guest_folder(void);

/* From here on, p11 is the 2.40 list that is safe to fork. */
void guest_be_safe(void);
/* Another process makes the token (anew), with both PINs. */
void guest_make_token(void);

CK_SESSION_HANDLE guest_open(CK_FLAGS more);
/* Read-write, the user logged in. */
CK_SESSION_HANDLE guest_login(void);

/* Session keys that may do everything. */
CK_OBJECT_HANDLE guest_aes(CK_SESSION_HANDLE session, CK_ULONG bytes);
CK_OBJECT_HANDLE guest_generic(CK_SESSION_HANDLE session, CK_ULONG bytes);
void guest_rsa(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key);
void guest_ec(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key);

CK_ULONG guest_number(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG type);
CK_BBOOL guest_bool(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG type);
/* The value; *len has the room before and the length after. */
CK_RV guest_bytes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ULONG type, unsigned char *out, CK_ULONG *len);

/* Bytes written in hex; how many. */
CK_ULONG guest_hex(const char *text, unsigned char *out);

/* How many objects match. */
CK_ULONG guest_find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *tmpl,
    CK_ULONG count, CK_OBJECT_HANDLE *first);

#endif
