/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A provider of OpenSSL whose digests are ours: libcrypto
 * calls the module from inside of its own calls, before main has done anything
 * and while the process is already ending.  CNG_MODULE names the module.
 */
#include "pkcs11/cryptoki_calls.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* A test may look at another side: nothing of OpenSSL is linked here. */
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

#define EXPORT __attribute__((visibility("default")))

static CK_FUNCTION_LIST *p11;
static CK_SLOT_ID slot;

/* The module was started by somebody else in this process. */
static int shared;

/* --- SHA-256 --- */

static void *
digest_new(void *provider)
{
	CK_SESSION_HANDLE *session = calloc(1, sizeof(*session));

	(void)provider;
	if (session != NULL && p11->C_OpenSession(slot, CKF_SERIAL_SESSION,
	    NULL, NULL, session) != CKR_OK) {
		free(session);
		return NULL;
	}
	return session;
}

static void
digest_free(void *ctx)
{
	CK_SESSION_HANDLE *session = ctx;

	if (session != NULL)
		(void)p11->C_CloseSession(*session);
	free(session);
}

static int
digest_init(void *ctx, const OSSL_PARAM params[])
{
	const CK_SESSION_HANDLE *session = ctx;
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };

	(void)params;
	return p11->C_DigestInit(*session, &sha256) == CKR_OK;
}

static int
digest_update(void *ctx, const unsigned char *in, size_t len)
{
	const CK_SESSION_HANDLE *session = ctx;
	CK_BYTE part[256];
	size_t some;

	/* Cryptoki has no const */
	for (; len > 0; in += some, len -= some) {
		some = len < sizeof(part) ? len : sizeof(part);
		memcpy(part, in, some);
		if (p11->C_DigestUpdate(*session, part, some) != CKR_OK)
			return 0;
	}
	return 1;
}

static int
digest_final(void *ctx, unsigned char *out, size_t *len, size_t room)
{
	const CK_SESSION_HANDLE *session = ctx;
	CK_ULONG size = room;

	if (p11->C_DigestFinal(*session, out, &size) != CKR_OK)
		return 0;
	*len = size;
	return 1;
}

static int
digest_facts(OSSL_PARAM params[])
{
	OSSL_PARAM *p;

	for (p = params; p != NULL && p->key != NULL; p++) {
		if (p->data_size != sizeof(size_t) || p->data == NULL)
			continue;
		if (strcmp(p->key, OSSL_DIGEST_PARAM_SIZE) == 0)
			memcpy(p->data, &(size_t){ 32 }, sizeof(size_t));
		if (strcmp(p->key, OSSL_DIGEST_PARAM_BLOCK_SIZE) == 0)
			memcpy(p->data, &(size_t){ 64 }, sizeof(size_t));
		p->return_size = sizeof(size_t);
	}
	return 1;
}

/* ISO C has one type that stands for every function, and the header names
 * it; the cast goes by it. */
#define ENTRY(number, call) { number, (void (*)(void))(call) }

static const OSSL_DISPATCH sha256_calls[] = {
	ENTRY(OSSL_FUNC_DIGEST_NEWCTX, digest_new),
	ENTRY(OSSL_FUNC_DIGEST_FREECTX, digest_free),
	ENTRY(OSSL_FUNC_DIGEST_INIT, digest_init),
	ENTRY(OSSL_FUNC_DIGEST_UPDATE, digest_update),
	ENTRY(OSSL_FUNC_DIGEST_FINAL, digest_final),
	ENTRY(OSSL_FUNC_DIGEST_GET_PARAMS, digest_facts),
	{ 0, NULL },
};

static const OSSL_ALGORITHM digests[] = {
	{ "SHA2-256:SHA-256:SHA256", "provider=guest", sha256_calls, NULL },
	{ NULL, NULL, NULL, NULL },
};

/* --- the provider --- */

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_store)
{
	(void)provider;
	*no_store = 0;
	return operation == OSSL_OP_DIGEST ? digests : NULL;
}

static void
teardown(void *provider)
{
	CK_RV rv;

	(void)provider;
	if (shared)
		return;
	rv = p11->C_Finalize(NULL);
	/* a failure here must be seen from outside; but libp11's engine ends
	 * what others have begun */
	if (rv != CKR_OK && rv != CKR_CRYPTOKI_NOT_INITIALIZED)
		_Exit(99);
}

static const OSSL_DISPATCH provider_calls[] = {
	ENTRY(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
	ENTRY(OSSL_FUNC_PROVIDER_TEARDOWN, teardown),
	{ 0, NULL },
};

static int
start(void)
{
	CK_C_GetFunctionList get;
	const char *path = getenv("CNG_MODULE");
	CK_ULONG count = 1;
	void *module, *symbol;
	CK_RV rv;

	module = path == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
	symbol = module == NULL ? NULL : dlsym(module, "C_GetFunctionList");
	if (symbol == NULL)
		return 0;
	memcpy(&get, &symbol, sizeof(get));
	if (get(&p11) != CKR_OK)
		return 0;
	rv = p11->C_Initialize(NULL);
	shared = rv == CKR_CRYPTOKI_ALREADY_INITIALIZED;
	return (rv == CKR_OK || shared) &&
	    p11->C_GetSlotList(CK_TRUE, &slot, &count) == CKR_OK &&
	    count == 1;
}

EXPORT int
OSSL_provider_init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provider)
{
	(void)core;
	(void)in;
	*provider = &p11;
	*out = provider_calls;
	return start();
}
