/* SPDX-License-Identifier: BSD-2-Clause
 *
 * attacks MODULE [--pin PIN] [--token LABEL] [--init STRING]
 *
 * Runs the published attacks A1 to A17 against a PKCS#11 module and prints a
 * table.  Only session keys are made.  The store (A18) is not a matter of
 * calls: tests/unit/core_hostile edits ours.
 *
 * Exit: 0 all are defended or absent, 1 some are open, 2 usage, 3 the module
 * or an attack did not work.
 */
#include "tests/attacks/attack.h"

#include <dlfcn.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct attack attacks[] = {
	{ "A1", "wrap, then decrypt", attack_wrap_decrypt },
	{ "A2", "encrypt, then unwrap", attack_encrypt_unwrap },
	{ "A3", "out and in again, without the rules", attack_reimport },
	{ "A4", "a weaker key wraps", attack_weaker_key },
	{ "A5", "an unextractable key is wrapped", attack_unextractable },
	{ "A6", "a key wraps itself", attack_self_wrap },
	{ "A7", "a key changes its role", attack_role_change },
	{ "A8", "protection is taken away", attack_unset },
	{ "A9", "keys are wrapped block by block", attack_ecb },
	{ "A10", "PKCS#1 v1.5 padding tells", attack_pkcs1 },
	{ "A11", "CBC padding tells", attack_cbc_pad },
	{ "A12", "OAEP padding tells", attack_oaep },
	{ "A13", "the template tells", attack_template },
	{ "A14", "pieces of a key are given away", attack_derive },
	{ "A15", "a public key of the attacker", attack_public_key },
	{ "A16", "a point off the curve", attack_invalid_curve },
	{ "A17", "the caller repeats an IV", attack_iv_reuse },
};

static const char *const verdicts[] = {
	[DEFENDED] = "defended",
	[OPEN] = "OPEN",
	[ABSENT] = "absent",
	[BROKEN] = "broken",
};

struct options {
	const char *module, *pin, *token, *init;
};

/* The calls of 3.2, without flags: NSS and others have no such interface. */
static CK_FUNCTION_LIST_3_2 *
newest(void *module)
{
	CK_VERSION version = { 3, 2 };
	CK_C_GetInterface get;
	CK_INTERFACE *found = NULL;
	void *symbol = dlsym(module, "C_GetInterface");

	if (symbol == NULL)
		return NULL;
	memcpy(&get, &symbol, sizeof(get));
	return get(NULL, &version, &found, 0) == CKR_OK && found != NULL ?
	    found->pFunctionList : NULL;
}

static bool
load(struct target *out, const char *path)
{
	CK_C_GetFunctionList get;
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *symbol = module == NULL ? NULL :
					dlsym(module, "C_GetFunctionList");

	if (symbol == NULL) {
		(void)fprintf(stderr, "attacks: %s\n", dlerror());
		return false;
	}
	memcpy(&get, &symbol, sizeof(get));
	out->f_3_2 = newest(module);
	return get(&out->f) == CKR_OK && out->f != NULL;
}

/* NSS has one field more, and looks for its string in what is the reserved
 * one of everybody else. */
struct init_args {
	CK_C_INITIALIZE_ARGS args;
	CK_VOID_PTR more;
};

static CK_RV
start(struct target *t, const char *init)
{
	struct init_args args = { .args = { .flags = CKF_OS_LOCKING_OK } };
	char text[1024];

	if (init == NULL)
		return t->f->C_Initialize(NULL);
	(void)snprintf(text, sizeof(text), "%s", init);
	args.args.pReserved = text;
	return t->f->C_Initialize(&args);
}

static bool
label_is(const CK_TOKEN_INFO *info, const char *wanted)
{
	size_t len = sizeof(info->label);

	while (len > 0 && info->label[len - 1] == ' ')
		len--;
	return wanted == NULL || (len == strlen(wanted) &&
	    memcmp(info->label, wanted, len) == 0);
}

static bool
find_slot(struct target *t, const char *wanted)
{
	CK_SLOT_ID slots[64];
	CK_ULONG count = ARRAY_LEN(slots);
	CK_TOKEN_INFO info;

	if (t->f->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < count; i++) {
		if (t->f->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !label_is(&info, wanted))
			continue;
		t->slot = slots[i];
		return true;
	}
	return false;
}

static CK_RV
log_in(struct target *t, const char *pin)
{
	CK_UTF8CHAR text[256];
	size_t len = pin == NULL ? 0 : strlen(pin);
	CK_RV rv = t->f->C_OpenSession(t->slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->session);

	if (rv != CKR_OK || pin == NULL || len > sizeof(text))
		return rv;
	memcpy(text, pin, len);
	return t->f->C_Login(t->session, CKU_USER, text, len);
}

static bool
parse(int argc, char **argv, struct options *out)
{
	static const struct option known[] = {
		{ "pin", required_argument, NULL, 'p' },
		{ "token", required_argument, NULL, 't' },
		{ "init", required_argument, NULL, 'i' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 'p')
			out->pin = optarg;
		else if (c == 't')
			out->token = optarg;
		else if (c == 'i')
			out->init = optarg;
		else
			return false;
	}
	out->module = argv[optind];
	return optind + 1 == argc;
}

/* Returns how many are open, or -1 when an attack did not come to an end. */
static int
run_all(const struct target *t)
{
	int open = 0;
	bool broken = false;

	for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
		struct outcome o = attacks[i].run(t);

		printf("%-4s %-36s %-9s 0x%08lx  %s\n", attacks[i].id,
		    attacks[i].name, verdicts[o.verdict],
		    (unsigned long)o.rv, o.note);
		open += o.verdict == OPEN;
		broken = broken || o.verdict == BROKEN;
	}
	return broken ? -1 : open;
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	struct target t = { 0 };
	int open;

	if (!parse(argc, argv, &options)) {
		(void)fprintf(stderr, "usage: attacks MODULE [--pin PIN] "
				      "[--token LABEL] [--init STRING]\n");
		return 2;
	}
	if (!load(&t, options.module) || start(&t, options.init) != CKR_OK ||
	    !find_slot(&t, options.token) ||
	    log_in(&t, options.pin) != CKR_OK) {
		(void)fprintf(stderr, "attacks: %s: cannot be used\n",
		    options.module);
		return 3;
	}
	open = run_all(&t);
	(void)t.f->C_Finalize(NULL);
	return open < 0 ? 3 : open > 0;
}
