/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The built module as a program sees it.
 */
#include "client.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

void
client_must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "%s: 0x%lx\n", what, rv);
	exit(2);
}

void
client_folder(char *dir, size_t size)
{
	char conf[256];
	FILE *file;

	snprintf(dir, size, "/tmp/cng-long.XXXXXX");
	if (mkdtemp(dir) == NULL)
		die("mkdtemp");
	snprintf(conf, sizeof conf, "%s/conf", dir);
	file = fopen(conf, "w");
	if (file == NULL)
		die(conf);
	fprintf(file, "user_store = none\nmachine_store = none\n"
		      "store = %s/token.db\n", dir);
	if (fclose(file) != 0)
		die(conf);
	setenv("CNG_PKCS11_CONF", conf, 1);
}

void
client_folder_remove(const char *dir)
{
	DIR *folder = opendir(dir);
	const struct dirent *item;
	char path[512];

	while (folder != NULL && (item = readdir(folder)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", dir, item->d_name);
		(void)unlink(path);
	}
	if (folder != NULL)
		closedir(folder);
	(void)rmdir(dir);
}

static CK_SLOT_ID
only_slot(struct client *c)
{
	CK_SLOT_ID slot;
	CK_ULONG count = 1;

	client_must(c->p11->C_GetSlotList(CK_FALSE, &slot, &count),
	    "C_GetSlotList");
	if (count != 1)
		client_must(CKR_GENERAL_ERROR, "slots");
	return slot;
}

static void
load(struct client *c, const char *module)
{
	CK_C_GetFunctionList get;
	void *symbol;

	c->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	if (c->library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	symbol = dlsym(c->library, "C_GetFunctionList");
	memcpy(&get, &symbol, sizeof get);
	if (get == NULL)
		die("C_GetFunctionList");
	client_must(get(&c->p11), "C_GetFunctionList");
	client_must(c->p11->C_Initialize(NULL), "C_Initialize");
}

void
client_make_token(const char *module)
{
	unsigned char label[32], so_pin[] = CLIENT_SO_PIN;
	unsigned char pin[] = CLIENT_USER_PIN;
	struct client c;

	load(&c, module);
	memset(label, ' ', sizeof label);
	memcpy(label, "long", 4);
	client_must(c.p11->C_InitToken(only_slot(&c), so_pin,
	    sizeof so_pin - 1, label), "C_InitToken");
	client_must(c.p11->C_OpenSession(only_slot(&c),
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &c.session),
	    "C_OpenSession");
	client_must(c.p11->C_Login(c.session, CKU_SO, so_pin,
	    sizeof so_pin - 1), "C_Login SO");
	client_must(c.p11->C_InitPIN(c.session, pin, sizeof pin - 1),
	    "C_InitPIN");
	client_close(&c);
}

void
client_open(struct client *c, const char *module)
{
	load(c, module);
	client_must(c->p11->C_OpenSession(only_slot(c),
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &c->session),
	    "C_OpenSession");
}

void
client_login(struct client *c)
{
	unsigned char pin[] = CLIENT_USER_PIN;

	client_must(c->p11->C_Login(c->session, CKU_USER, pin,
	    sizeof pin - 1), "C_Login");
}

void
client_close(struct client *c)
{
	client_must(c->p11->C_Finalize(NULL), "C_Finalize");
	dlclose(c->library);
}

double
client_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

CK_ULONG
client_count(struct client *c, CK_OBJECT_CLASS class, const char *label,
    CK_OBJECT_HANDLE *last)
{
	CK_ATTRIBUTE tmpl[2] = { { CKA_CLASS, &class, sizeof class } };
	CK_OBJECT_HANDLE found[256];
	CK_ULONG lines = 1, count, total = 0;
	char text[64];

	if (label != NULL) {
		snprintf(text, sizeof text, "%s", label);
		tmpl[1].type = CKA_LABEL;
		tmpl[1].pValue = text;
		tmpl[1].ulValueLen = strlen(text);
		lines = 2;
	}
	client_must(c->p11->C_FindObjectsInit(c->session, tmpl, lines),
	    "C_FindObjectsInit");
	do {
		client_must(c->p11->C_FindObjects(c->session, found, 256,
		    &count), "C_FindObjects");
		if (count > 0 && last != NULL)
			*last = found[count - 1];
		total += count;
	} while (count > 0);
	client_must(c->p11->C_FindObjectsFinal(c->session),
	    "C_FindObjectsFinal");
	return total;
}
