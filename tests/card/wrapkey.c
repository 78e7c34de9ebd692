/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An AES key of a session leaves under the public key of a container, and
 * comes back by what the card does with the private one:
 *
 *	wrapkey MODULE SLOT PIN LABEL
 *
 * pkcs11-tool cannot: it keeps what it unwraps.
 */
#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((CK_ULONG)(sizeof(array) / sizeof(array)[0]))

static CK_FUNCTION_LIST *f;
static CK_SESSION_HANDLE s;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "%s: CKR 0x%lx\n", what, rv);
	exit(1);
}

static void
open_session(const char *path, CK_SLOT_ID slot, char *pin)
{
	void *lib = dlopen(path, RTLD_NOW);
	CK_C_GetFunctionList list;

	if (lib == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	*(void **)&list = dlsym(lib, "C_GetFunctionList");
	must("C_GetFunctionList", list(&f));
	must("C_Initialize", f->C_Initialize(NULL));
	must("C_OpenSession", f->C_OpenSession(slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s));
	must("C_Login", f->C_Login(s, CKU_USER, (CK_UTF8CHAR_PTR)pin,
	    strlen(pin)));
}

static CK_OBJECT_HANDLE
find(CK_OBJECT_CLASS class, char *label)
{
	CK_ATTRIBUTE tmpl[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, label, strlen(label) } };
	CK_OBJECT_HANDLE found[2];
	CK_ULONG count = 0;

	must("C_FindObjectsInit", f->C_FindObjectsInit(s, tmpl, COUNT(tmpl)));
	must("C_FindObjects", f->C_FindObjects(s, found, 2, &count));
	must("C_FindObjectsFinal", f->C_FindObjectsFinal(s));
	if (count == 1)
		return found[0];
	fprintf(stderr, "%s: %lu objects of class %lu\n", label, count, class);
	exit(1);
}

static CK_OBJECT_HANDLE
make_key(void)
{
	CK_MECHANISM mech = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG len = 32;
	CK_ATTRIBUTE tmpl[] = { { CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_TOKEN, &no, sizeof(no) },
		{ CKA_EXTRACTABLE, &yes, sizeof(yes) },
		{ CKA_ENCRYPT, &yes, sizeof(yes) } };
	CK_OBJECT_HANDLE key;

	must("C_GenerateKey", f->C_GenerateKey(s, &mech, tmpl, COUNT(tmpl),
	    &key));
	return key;
}

static void
encrypt(CK_OBJECT_HANDLE key, CK_BYTE out[16])
{
	CK_MECHANISM mech = { CKM_AES_ECB, NULL, 0 };
	CK_BYTE in[16] = "sixteen letters";
	CK_ULONG len = 16;

	must("C_EncryptInit", f->C_EncryptInit(s, &mech, key));
	must("C_Encrypt", f->C_Encrypt(s, in, sizeof(in), out, &len));
}

static CK_OBJECT_HANDLE
out_and_in(CK_MECHANISM *mech, CK_OBJECT_HANDLE public,
    CK_OBJECT_HANDLE private, CK_OBJECT_HANDLE key)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE tmpl[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_TOKEN, &no, sizeof(no) },
		{ CKA_ENCRYPT, &yes, sizeof(yes) } };
	CK_BYTE wrapped[2048];
	CK_ULONG len = sizeof(wrapped);
	CK_OBJECT_HANDLE back;

	must("C_WrapKey", f->C_WrapKey(s, mech, public, key, wrapped, &len));
	must("C_UnwrapKey", f->C_UnwrapKey(s, mech, private, wrapped, len,
	    tmpl, COUNT(tmpl), &back));
	wrapped[len - 1] ^= 1;
	if (f->C_UnwrapKey(s, mech, private, wrapped, len, tmpl, COUNT(tmpl),
		&key) == CKR_OK) {
		fprintf(stderr, "unwrapped what was damaged\n");
		exit(1);
	}
	return back;
}

int
main(int argc, char **argv)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_RSA_AES_KEY_WRAP_PARAMS both = { 256, &oaep };
	CK_MECHANISM mechs[] = {
		{ CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) },
		{ CKM_RSA_AES_KEY_WRAP, &both, sizeof(both) },
	};
	CK_OBJECT_HANDLE key, public, private;
	CK_BYTE before[16], after[16];

	if (argc != 5)
		return 2;
	open_session(argv[1], (CK_SLOT_ID)strtoul(argv[2], NULL, 10), argv[3]);
	public = find(CKO_PUBLIC_KEY, argv[4]);
	private = find(CKO_PRIVATE_KEY, argv[4]);
	key = make_key();
	encrypt(key, before);
	for (CK_ULONG i = 0; i < COUNT(mechs); i++) {
		encrypt(out_and_in(&mechs[i], public, private, key), after);
		if (memcmp(before, after, sizeof(after)) != 0) {
			fprintf(stderr, "another key came back\n");
			return 1;
		}
	}
	must("C_Finalize", f->C_Finalize(NULL));
	return 0;
}
