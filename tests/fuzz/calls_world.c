/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target "calls": a token in a folder of its own, a session that stays
 * and its keys, which cannot be destroyed.
 */
#include "tests/fuzz/calls.h"

#include "base/util.h"
#include "pkcs11/cryptoki_sets.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct world world;

static CK_SESSION_HANDLE anchor;
static char folder[64];
static bool spoilt;      /* the token is to be made anew */

/* --- the folder --- */

static int
remove_one(const char *path, const struct stat *info, int kind,
    struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

static void
remove_folder(void)
{
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
make_folder(void)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	char path[96];
	FILE *file;

	(void)snprintf(folder, sizeof(folder), "%s/cng-calls-XXXXXX", base);
	must(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof(path), "%s/conf", folder);
	file = fopen(path, "w");
	must(file != NULL);
	(void)fprintf(file, "store = %s/token.db\nuser_store = none\n"
	    "machine_store = none\n", folder);
	(void)fclose(file);
	(void)setenv("CNG_PKCS11_CONF", path, 1);
}

static void
remove_token(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char path[96];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/token.db%s", folder, ends[i]);
		(void)remove(path);
	}
}

/* --- keys --- */

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void
make_secret(CK_MECHANISM_TYPE type, CK_ULONG len)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_DESTROYABLE, &no, 1 }, { CKA_MODIFIABLE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 }, { CKA_SENSITIVE, &no, 1 },
		{ CKA_ENCRYPT, &yes, 1 }, { CKA_DECRYPT, &yes, 1 },
		{ CKA_WRAP, &yes, 1 }, { CKA_UNWRAP, &yes, 1 },
		{ CKA_SIGN, &yes, 1 }, { CKA_VERIFY, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};

	/* some have one length only */
	if (world.list->C_GenerateKey(anchor, &how, tmpl, ARRAY_LEN(tmpl),
	    &world.key[world.keys]) != CKR_OK)
		(void)world.list->C_GenerateKey(anchor, &how, tmpl,
		    ARRAY_LEN(tmpl) - 1, &world.key[world.keys]);
	world.keys++;
}

/* what: an attribute that says which, and then the uses. */
static void
make_pair(CK_MECHANISM_TYPE type, CK_ATTRIBUTE which, CK_ATTRIBUTE_TYPE on,
    CK_ATTRIBUTE_TYPE off)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_DESTROYABLE, &no, 1 }, { CKA_MODIFIABLE, &no, 1 },
		which, { on, &yes, 1 }, { CKA_WRAP, &yes, 1 },
		{ CKA_ENCRYPT, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_DESTROYABLE, &no, 1 }, { CKA_MODIFIABLE, &no, 1 },
		{ off, &yes, 1 }, { CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 }, { CKA_UNWRAP, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
	};
	CK_ULONG few = type == CKM_RSA_PKCS_KEY_PAIR_GEN ? 0 : 2;

	/* RSA keys do more; 0 where libcrypto is too old */
	(void)world.list->C_GenerateKeyPair(anchor, &how, public_tmpl,
	    ARRAY_LEN(public_tmpl) - few, private_tmpl,
	    ARRAY_LEN(private_tmpl) - few, &world.key[world.keys],
	    &world.key[world.keys + 1]);
	world.keys += 2;
}

static void
make_keys(void)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07 };
	static CK_BYTE ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };
	static CK_ULONG bits = 1024, kem = CKP_ML_KEM_512, dsa = CKP_ML_DSA_44;
	const CK_ATTRIBUTE rsa = { CKA_MODULUS_BITS, &bits, sizeof(bits) };
	const CK_ATTRIBUTE ec = { CKA_EC_PARAMS, p256, sizeof(p256) };
	const CK_ATTRIBUTE ed = { CKA_EC_PARAMS, ed25519, sizeof(ed25519) };
	const CK_ATTRIBUTE ml_kem = { CKA_PARAMETER_SET, &kem, sizeof(kem) };
	const CK_ATTRIBUTE ml_dsa = { CKA_PARAMETER_SET, &dsa, sizeof(dsa) };

	world.keys = 0;
	memset(world.key, 0, sizeof(world.key));
	make_secret(CKM_AES_KEY_GEN, 16);
	make_secret(CKM_GENERIC_SECRET_KEY_GEN, 32);
	make_secret(CKM_CHACHA20_KEY_GEN, 32);
	make_secret(CKM_AES_KEY_GEN, 32);
	make_pair(CKM_RSA_PKCS_KEY_PAIR_GEN, rsa, CKA_VERIFY, CKA_SIGN);
	make_pair(CKM_EC_KEY_PAIR_GEN, ec, CKA_VERIFY, CKA_SIGN);
	make_pair(CKM_EC_KEY_PAIR_GEN, ec, CKA_VERIFY, CKA_DERIVE);
	make_pair(CKM_EC_EDWARDS_KEY_PAIR_GEN, ed, CKA_VERIFY, CKA_SIGN);
	make_pair(CKM_ML_KEM_KEY_PAIR_GEN, ml_kem, CKA_ENCAPSULATE,
	    CKA_DECAPSULATE);
	make_pair(CKM_ML_DSA_KEY_PAIR_GEN, ml_dsa, CKA_VERIFY, CKA_SIGN);
	must(world.keys == KEYS_MAX && world.key[0] != 0 && world.key[4] != 0);
}

/* --- the token --- */

#define PIN_OF(text) (CK_UTF8CHAR[]){ text }, sizeof(text) - 1

static bool
open_anchor(void)
{
	CK_ULONG count = 1;

	return world.list->C_Initialize(NULL) == CKR_OK &&
	    world.list->C_GetSlotList(CK_TRUE, &world.slot, &count) ==
	    CKR_OK && count == 1 &&
	    world.list->C_OpenSession(world.slot, CKF_SERIAL_SESSION |
	    CKF_RW_SESSION, NULL, NULL, &anchor) == CKR_OK &&
	    world.list->C_Login(anchor, CKU_USER, PIN_OF(USER_PIN)) == CKR_OK;
}

static void
make_token(void)
{
	static CK_UTF8CHAR label[] = "calls                           ";
	CK_FUNCTION_LIST_3_2 *p = world.list;
	CK_ULONG count = 1;

	(void)p->C_Finalize(NULL);
	remove_token();
	must(p->C_Initialize(NULL) == CKR_OK);
	must(p->C_GetSlotList(CK_TRUE, &world.slot, &count) == CKR_OK);
	must(p->C_InitToken(world.slot, PIN_OF(SO_PIN), label) == CKR_OK);
	must(p->C_OpenSession(world.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &anchor) == CKR_OK);
	must(p->C_Login(anchor, CKU_SO, PIN_OF(SO_PIN)) == CKR_OK);
	must(p->C_InitPIN(anchor, PIN_OF(USER_PIN)) == CKR_OK);
	must(p->C_Finalize(NULL) == CKR_OK);
	spoilt = false;
}

static void
start_over(void)
{
	(void)world.list->C_Finalize(NULL);
	if (spoilt)
		make_token();
	if (!open_anchor()) {
		make_token();
		must(open_anchor());
	}
	make_keys();
}

static void
begin_all(void)
{
	CK_VERSION newest = { 3, 2 };
	CK_INTERFACE *found;

	must(C_GetInterface(NULL, &newest, &found, CKF_INTERFACE_FORK_SAFE) ==
	    CKR_OK);
	world.list = found->pFunctionList;
	make_folder();
	(void)atexit(remove_folder);
	make_token();
}

/* Does the user still hold on, and has each key stayed? */
static bool
is_as_it_was(void)
{
	CK_SESSION_INFO info;
	CK_ULONG size;

	if (world.list->C_GetSessionInfo(anchor, &info) != CKR_OK ||
	    info.state != CKS_RW_USER_FUNCTIONS)
		return false;
	for (size_t i = 0; i < world.keys; i++)
		if (world.key[i] != 0 && world.list->C_GetObjectSize(
		    anchor, world.key[i], &size) != CKR_OK)
			return false;
	return true;
}

static void
open_session(CK_FLAGS more)
{
	must(world.list->C_OpenSession(world.slot, CKF_SERIAL_SESSION | more,
	    NULL, NULL, &world.session[world.sessions++]) == CKR_OK);
}

void
world_begin(void)
{
	if (world.list == NULL)
		begin_all();
	if (spoilt || !is_as_it_was())
		start_over();
	world.sessions = world.objects = world.kept_next = 0;
	memset(world.kept, 0, sizeof(world.kept));
	open_session(CKF_RW_SESSION);
	open_session(CKF_RW_SESSION);
	open_session(0);
}

/* What was made to stay goes; what cannot be destroyed takes the token with
 * it. */
static void
sweep(void)
{
	CK_ATTRIBUTE stays = { CKA_TOKEN, &yes, 1 };
	CK_OBJECT_HANDLE found[32];
	CK_ULONG count = 0;

	if (!is_as_it_was())
		return;
	must(world.list->C_FindObjectsInit(anchor, &stays, 1) == CKR_OK);
	must(world.list->C_FindObjects(
	    anchor, found, ARRAY_LEN(found), &count) == CKR_OK);
	must(world.list->C_FindObjectsFinal(anchor) == CKR_OK);
	for (CK_ULONG i = 0; i < count; i++)
		if (world.list->C_DestroyObject(anchor, found[i]) != CKR_OK)
			spoilt = true;
	spoilt = spoilt || count == ARRAY_LEN(found);
}

void
world_end(void)
{
	for (size_t i = 0; i < world.sessions; i++)
		(void)world.list->C_CloseSession(world.session[i]);
	sweep();
}
