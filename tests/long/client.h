/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The built module as a program sees it: loaded by path, on a store of the
 * test's own, with a user logged in.
 */
#ifndef CNG_TESTS_LONG_CLIENT_H
#define CNG_TESTS_LONG_CLIENT_H

#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/vendor.h"

#include <stddef.h>

#define CLIENT_SO_PIN "so-pin-1234"
#define CLIENT_USER_PIN "user-pin-1234"

struct client {
	void *library;
	CK_FUNCTION_LIST_PTR p11;
	CK_SESSION_HANDLE session;
};

/* Says what failed on standard error and ends the process with status 2. */
void client_must(CK_RV rv, const char *what);

/* A fresh folder with a configuration that names one store in it; sets
 * CNG_PKCS11_CONF.  The name is kept in dir (size at least 64). */
void client_folder(char *dir, size_t size);
void client_folder_remove(const char *dir);

/* Makes the token and its PINs. */
void client_make_token(const char *module);

void client_open(struct client *c, const char *module);
void client_login(struct client *c);
void client_close(struct client *c);

double client_seconds(void);

/* How many objects of that class have that label (NULL: any). */
CK_ULONG client_count(struct client *c, CK_OBJECT_CLASS class,
    const char *label, CK_OBJECT_HANDLE *last);

#endif
