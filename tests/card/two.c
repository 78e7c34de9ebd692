/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One program of several that use a card at once, through the module.
 *
 *	two MODULE make rsa|ec|both
 *	two MODULE sign N	N signatures, by all keys in turn, each verified
 *	two MODULE disturb N	in, out, and a reset of the card, N times
 *	two MODULE tries	has nobody said a wrong PIN?
 *
 * The exit status is 0 when nothing at all has failed.
 */
#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

enum { KEYS = 8, SIGNATURE = 512, PAUSE_MS = 50 };

static CK_FUNCTION_LIST_PTR p11;
static CK_SESSION_HANDLE session;
static CK_SLOT_ID slot;
static unsigned char pin[] = "123456";

static void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "%s: 0x%lx\n", what, rv);
	exit(1);
}

static void
load(const char *module)
{
	void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL), *symbol;
	CK_C_GetFunctionList get;

	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	symbol = dlsym(library, "C_GetFunctionList");
	memcpy(&get, &symbol, sizeof get);
	must(get == NULL ? CKR_GENERAL_ERROR : get(&p11), "module");
}

/* The only card there is. */
static void
enter(void)
{
	CK_ULONG count = 1;

	must(p11->C_Initialize(NULL), "C_Initialize");
	must(p11->C_GetSlotList(CK_TRUE, &slot, &count), "C_GetSlotList");
	must(count == 1 ? CKR_OK : CKR_TOKEN_NOT_PRESENT, "cards");
	must(p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &session), "C_OpenSession");
}

static void
login(void)
{
	must(p11->C_Login(session, CKU_USER, pin, sizeof pin - 1), "C_Login");
}

/* --- keys ----------------------------------------------------------------- */

static void
generate(CK_MECHANISM_TYPE type, CK_ATTRIBUTE *how, CK_ULONG count,
    const char *name)
{
	CK_MECHANISM mechanism = { type, NULL, 0 };
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	char label[16];
	CK_ATTRIBUTE private[] = {
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_PRIVATE, &yes, sizeof yes },
		{ CKA_SIGN, &yes, sizeof yes },
		{ CKA_DECRYPT, &no, sizeof no },
		{ CKA_UNWRAP, &no, sizeof no },
		{ CKA_DERIVE, &no, sizeof no },
		{ CKA_LABEL, label, strlen(name) },
	};
	CK_OBJECT_HANDLE public_key, private_key;

	snprintf(label, sizeof label, "%s", name);
	must(p11->C_GenerateKeyPair(session, &mechanism, how, count, private,
	    sizeof private / sizeof *private, &public_key, &private_key),
	    name);
}

static void
make(const char *which)
{
	unsigned char p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	unsigned char exponent[] = { 1, 0, 1 };
	CK_BBOOL yes = CK_TRUE;
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE rsa[] = {
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_VERIFY, &yes, sizeof yes },
		{ CKA_MODULUS_BITS, &bits, sizeof bits },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof exponent },
	};
	CK_ATTRIBUTE ec[] = {
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_VERIFY, &yes, sizeof yes },
		{ CKA_EC_PARAMS, p256, sizeof p256 },
	};

	login();
	if (strcmp(which, "ec") != 0)
		generate(CKM_RSA_PKCS_KEY_PAIR_GEN, rsa, 4, "rsa");
	if (strcmp(which, "rsa") != 0)
		generate(CKM_EC_KEY_PAIR_GEN, ec, 3, "ec");
}

struct pair {
	CK_OBJECT_HANDLE private_key, public_key;
	CK_MECHANISM_TYPE mechanism;
	CK_BBOOL always;
};

static CK_ULONG
find(CK_OBJECT_CLASS class, CK_ATTRIBUTE *id, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_ID, NULL, 0 } };
	CK_ULONG count = 0;

	if (id != NULL)
		wanted[1] = *id;
	must(p11->C_FindObjectsInit(session, wanted, id == NULL ? 1 : 2),
	    "C_FindObjectsInit");
	must(p11->C_FindObjects(session, out, KEYS, &count), "C_FindObjects");
	must(p11->C_FindObjectsFinal(session), "C_FindObjectsFinal");
	return count;
}

static void
complete(struct pair *pair)
{
	unsigned char id[128];
	CK_OBJECT_HANDLE found[KEYS];
	CK_KEY_TYPE type = 0;
	CK_ATTRIBUTE asked[] = {
		{ CKA_ID, id, sizeof id },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_ALWAYS_AUTHENTICATE, &pair->always,
		    sizeof pair->always },
	};

	must(p11->C_GetAttributeValue(session, pair->private_key, asked, 3),
	    "C_GetAttributeValue");
	must(find(CKO_PUBLIC_KEY, &asked[0], found) == 1 ? CKR_OK :
	    CKR_KEY_NEEDED, "public key");
	pair->public_key = found[0];
	pair->mechanism = type == CKK_RSA ? CKM_SHA256_RSA_PKCS :
					    CKM_ECDSA_SHA256;
}

static void
sign_one(const struct pair *pair, unsigned long number)
{
	CK_MECHANISM mechanism = { pair->mechanism, NULL, 0 };
	unsigned char text[32], signature[SIGNATURE];
	CK_ULONG len = sizeof signature;
	int text_len = snprintf((char *)text, sizeof text, "text %lu", number);

	must(p11->C_SignInit(session, &mechanism, pair->private_key),
	    "C_SignInit");
	if (pair->always)
		must(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, pin,
		    sizeof pin - 1), "C_Login for one use");
	must(p11->C_Sign(session, text, (CK_ULONG)text_len, signature, &len),
	    "C_Sign");
	must(p11->C_VerifyInit(session, &mechanism, pair->public_key),
	    "C_VerifyInit");
	must(p11->C_Verify(session, text, (CK_ULONG)text_len, signature, len),
	    "C_Verify");
}

static void
sign(unsigned long rounds)
{
	CK_OBJECT_HANDLE private_keys[KEYS];
	struct pair pairs[KEYS];
	CK_ULONG count;

	login();
	count = find(CKO_PRIVATE_KEY, NULL, private_keys);
	must(count > 0 ? CKR_OK : CKR_KEY_NEEDED, "private keys");
	for (CK_ULONG i = 0; i < count; i++) {
		pairs[i].private_key = private_keys[i];
		complete(&pairs[i]);
	}
	for (unsigned long i = 0; i < rounds; i++)
		sign_one(&pairs[i % count], i);
	printf("%lu signatures\n", rounds);
}

/* --- trouble -------------------------------------------------------------- */

struct pcsc {
	LONG (*establish)(DWORD, LPCVOID, LPCVOID, LPSCARDCONTEXT);
	LONG (*release)(SCARDCONTEXT);
	LONG (*list)(SCARDCONTEXT, LPCSTR, LPSTR, LPDWORD);
	LONG (*connect)(SCARDCONTEXT, LPCSTR, DWORD, DWORD, LPSCARDHANDLE,
	    LPDWORD);
	LONG (*reconnect)(SCARDHANDLE, DWORD, DWORD, DWORD, LPDWORD);
};

static void
reset_card(void)
{
	struct pcsc pcsc;
	const struct {
		const char *name;
		void *slot;
	} calls[] = {
		{ "SCardEstablishContext", &pcsc.establish },
		{ "SCardReleaseContext", &pcsc.release },
		{ "SCardListReaders", &pcsc.list },
		{ "SCardConnect", &pcsc.connect },
		{ "SCardReconnect", &pcsc.reconnect },
	};
	void *library = dlopen("libpcsclite.so.1", RTLD_NOW | RTLD_LOCAL);
	const DWORD any = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;
	char names[1024];
	DWORD len = sizeof names, protocol;
	SCARDCONTEXT context;
	SCARDHANDLE card;

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		void *found = library == NULL ? NULL :
		    dlsym(library, calls[i].name);

		must(found == NULL ? CKR_GENERAL_ERROR : CKR_OK,
		    calls[i].name);
		memcpy(calls[i].slot, &found, sizeof found);
	}
	must((CK_RV)pcsc.establish(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
	    "SCardEstablishContext");
	must((CK_RV)pcsc.list(context, NULL, names, &len), "SCardListReaders");
	/* the card is in the first one's first slot */
	must((CK_RV)pcsc.connect(context, names, SCARD_SHARE_SHARED, any,
	    &card, &protocol), "SCardConnect");
	must((CK_RV)pcsc.reconnect(card, SCARD_SHARE_SHARED, any,
	    SCARD_RESET_CARD, &protocol), "SCardReconnect");
	must((CK_RV)pcsc.release(context), "SCardReleaseContext");
}

static void
disturb(unsigned long rounds)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };

	for (unsigned long i = 0; i < rounds; i++) {
		login();
		must(p11->C_Logout(session), "C_Logout");
		nanosleep(&pause, NULL);
		reset_card();
		nanosleep(&pause, NULL);
	}
	printf("%lu resets\n", rounds);
}

static void
tries(void)
{
	const CK_FLAGS bad = CKF_USER_PIN_COUNT_LOW |
	    CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED;
	CK_TOKEN_INFO info;

	must(p11->C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
	must((info.flags & bad) == 0 ? CKR_OK : CKR_PIN_INCORRECT, "tries");
}

int
main(int argc, char *argv[])
{
	const char *what = argc > 2 ? argv[2] : "";
	unsigned long number = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	if (argc < 3)
		return 2;
	load(argv[1]);
	enter();
	if (strcmp(what, "make") == 0)
		make(argc > 3 ? argv[3] : "both");
	else if (strcmp(what, "sign") == 0 && number > 0)
		sign(number);
	else if (strcmp(what, "disturb") == 0 && number > 0)
		disturb(number);
	else if (strcmp(what, "tries") == 0)
		tries();
	else
		return 2;
	must(p11->C_Finalize(NULL), "C_Finalize");
	return 0;
}
