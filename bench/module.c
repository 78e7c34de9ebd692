/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PKCS#11 module: loaded, its token found or made, sessions open.
 */
#include "bench/module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define SLOTS_MAX 64
#define LABEL_LEN 32
#define TEXT_MAX 256

/* NSS reads one pointer more than the standard has; where the standard has
 * its reserved pointer, it expects its parameters. */
struct init_args {
	CK_C_INITIALIZE_ARGS args;
	CK_VOID_PTR reserved_by_nss;
};

static CK_RV
initialize(struct side *side)
{
	static char text[WHO_COUNT][TEXT_MAX];
	struct init_args init = { .args = { .flags = CKF_OS_LOCKING_OK } };

	if (side->init != NULL) {
		snprintf(text[side->who], TEXT_MAX, "%s", side->init);
		init.args.pReserved = text[side->who];
	}
	return side->f->C_Initialize(&init.args);
}

/* Fills in the slot of the token of that name; or, with make, one that has
 * no token yet. */
static CK_RV
find_slot(struct side *side, bool make)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	CK_TOKEN_INFO info;
	CK_RV rv = side->f->C_GetSlotList(CK_TRUE, slots, &count);
	size_t len = strlen(side->label);

	if (rv != CKR_OK || len > LABEL_LEN)
		return rv != CKR_OK ? rv : CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < count; i++) {
		side->slot = slots[i];
		if (side->f->C_GetTokenInfo(slots[i], &info) != CKR_OK)
			continue;
		if (make && (info.flags & CKF_TOKEN_INITIALIZED) == 0)
			return CKR_OK;
		if (!make && memcmp(info.label, side->label, len) == 0 &&
		    (len == LABEL_LEN || info.label[len] == ' '))
			return CKR_OK;
	}
	return CKR_TOKEN_NOT_PRESENT;
}

static CK_RV
load(struct side *side)
{
	CK_C_GetFunctionList get;
	void *symbol;

	side->lib = dlopen(side->path, RTLD_NOW | RTLD_LOCAL);
	if (side->lib == NULL) {
		fprintf(stderr, "bench: %s\n", dlerror());
		return CKR_GENERAL_ERROR;
	}
	symbol = dlsym(side->lib, "C_GetFunctionList");
	if (symbol == NULL)
		return CKR_GENERAL_ERROR;
	memcpy(&get, &symbol, sizeof(get));
	return get(&side->f);
}

CK_RV
module_load(struct side *side)
{
	CK_RV rv = load(side);

	if (rv == CKR_OK)
		rv = initialize(side);
	return rv == CKR_OK ? find_slot(side, false) : rv;
}

static CK_RV
login_as(struct side *side, CK_SESSION_HANDLE session, CK_USER_TYPE user,
    const char *pin)
{
	CK_UTF8CHAR text[TEXT_MAX];
	size_t len = strlen(pin);

	if (len > sizeof(text))
		return CKR_PIN_LEN_RANGE;
	memcpy(text, pin, len);
	return side->f->C_Login(session, user, text, len);
}

static CK_RV
make_user(struct side *side, const char *so_pin)
{
	CK_UTF8CHAR text[TEXT_MAX];
	size_t len = strlen(side->pin);
	CK_SESSION_HANDLE session;
	CK_RV rv = module_session(side, &session);

	if (rv != CKR_OK)
		return rv;
	rv = len > sizeof(text) ? CKR_PIN_LEN_RANGE :
				  login_as(side, session, CKU_SO, so_pin);
	if (rv == CKR_OK) {
		memcpy(text, side->pin, len);
		rv = side->f->C_InitPIN(session, text, len);
	}
	(void)side->f->C_CloseSession(session);
	return rv;
}

/* Some modules show the new token only after another C_Initialize. */
static CK_RV
make_token(struct side *side, const char *so_pin)
{
	CK_UTF8CHAR label[LABEL_LEN], text[TEXT_MAX];
	size_t len = strlen(so_pin);
	CK_RV rv = find_slot(side, true);

	if (rv != CKR_OK || len > sizeof(text))
		return rv != CKR_OK ? rv : CKR_PIN_LEN_RANGE;
	memset(label, ' ', sizeof(label));
	memcpy(label, side->label, strlen(side->label));
	memcpy(text, so_pin, len);
	rv = side->f->C_InitToken(side->slot, text, len, label);
	if (rv == CKR_OK)
		rv = side->f->C_Finalize(NULL);
	if (rv == CKR_OK)
		rv = initialize(side);
	if (rv == CKR_OK)
		rv = find_slot(side, false);
	return rv == CKR_OK ? make_user(side, so_pin) : rv;
}

CK_RV
module_prepare(struct side *side, const char *so_pin)
{
	CK_RV rv = module_load(side);

	return rv == CKR_TOKEN_NOT_PRESENT ? make_token(side, so_pin) : rv;
}

CK_RV
module_session(struct side *side, CK_SESSION_HANDLE *session)
{
	return side->f->C_OpenSession(side->slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, session);
}

CK_RV
module_login(struct side *side, CK_SESSION_HANDLE session)
{
	return login_as(side, session, CKU_USER, side->pin);
}

void
module_unload(struct side *side)
{
	if (side->f != NULL)
		(void)side->f->C_Finalize(NULL);
	side->f = NULL;
}
