/* SPDX-License-Identifier: BSD-2-Clause
 *
 * doctor: OpenSSL's way to PKCS#11, the card service, libcrypto, clock and
 * random numbers.
 */
#include "cli/doctor.h"

#include "base/util.h"
#include "core/container.h"
#include "core/token.h"
#include "crypto/crypto.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- OpenSSL -------------------------------------------------------------- */

/* The first file that is there; folder: the variable that OpenSSL goes by. */
static bool
find_plugin(char out[DOCTOR_PATH], const char *variable, const char *pattern)
{
	const char *folder = secure_getenv(variable);
	glob_t found = { 0 };
	bool there = false;

	if (folder != NULL && folder[0] == '/') {
		doctor_print(out, DOCTOR_PATH, "%s/pkcs11.so", folder);
		return access(out, R_OK) == 0;
	}
	if (glob(pattern, GLOB_BRACE, NULL, &found) == 0 &&
	    found.gl_pathc > 0) {
		doctor_print(out, DOCTOR_PATH, "%s", found.gl_pathv[0]);
		there = true;
	}
	globfree(&found);
	return there;
}

void
doctor_openssl(struct doctor *doc)
{
	char provider[DOCTOR_PATH], engine[DOCTOR_PATH];
	bool has_provider = find_plugin(provider, "OPENSSL_MODULES",
	    "/usr/{lib,lib64,lib/*,local/lib,local/lib64}/ossl-modules/"
	    "pkcs11.so");
	bool has_engine = find_plugin(engine, "OPENSSL_ENGINES",
	    "/usr/{lib,lib64,lib/*}/engines-3/pkcs11.so");

	if (has_provider)
		doctor_say(doc, DOCTOR_GOOD, "OpenSSL", "",
		    "the provider is there, %s", provider);
	if (has_engine)
		doctor_say(doc, DOCTOR_GOOD, "OpenSSL", "",
		    "the engine is there, %s", engine);
	if (!has_provider && !has_engine)
		doctor_say(doc, DOCTOR_NOTE, "OpenSSL",
		    "apt install pkcs11-provider || "
		    "apt install libengine-pkcs11-openssl",
		    "neither provider nor engine for PKCS#11 is installed");
}

/* --- readers -------------------------------------------------------------- */

static size_t
list_readers(struct doctor *doc)
{
	unsigned long slots[CONF_STORES_MAX + 2 + CONF_READERS_MAX];
	size_t count = provider_slots(doc->provider, slots, ARRAY_LEN(slots));
	size_t readers = 0;

	for (size_t i = 0; i < count && i < ARRAY_LEN(slots); i++) {
		const struct token *token = provider_token(doc->provider,
		    slots[i]);

		if (token == NULL || !token_is_card(token))
			continue;
		doctor_say(doc, DOCTOR_GOOD, "PC/SC", "", "reader %s",
		    token_reader(token));
		readers++;
	}
	return readers;
}

void
doctor_readers(struct doctor *doc)
{
	if (doc->provider == NULL)
		return;
	switch (provider_service(doc->provider)) {
	case PROVIDER_READERS_OFF:
		doctor_say(doc, DOCTOR_GOOD, "PC/SC", "",
		    "the configuration wants no readers");
		return;
	case PROVIDER_READERS_NO_LIBRARY:
		doctor_say(doc, DOCTOR_NOTE, "PC/SC",
		    "apt install libpcsclite1 pcscd libccid",
		    "no libpcsclite: no smart cards");
		return;
	case PROVIDER_READERS_SILENT:
		doctor_say(doc, DOCTOR_NOTE, "PC/SC",
		    "apt install pcscd libccid && "
		    "systemctl enable --now pcscd.socket",
		    "the card service does not answer: no smart cards");
		return;
	case PROVIDER_READERS_REFUSED:
		doctor_say(doc, DOCTOR_FINDING, "PC/SC",
		    "a polkit rule for org.debian.pcsc-lite.access_pcsc and "
		    "access_card", "this user may not use the card service");
		return;
	case PROVIDER_READERS_SERVED:
		break;
	}
	doctor_say(doc, DOCTOR_GOOD, "PC/SC", "", "the card service answers");
	if (list_readers(doc) == 0)
		doctor_say(doc, DOCTOR_NOTE, "PC/SC", "apt install libccid",
		    "it sees no reader; if one is plugged in, its driver is "
		    "missing");
}

/* --- libcrypto, clock, random numbers ------------------------------------- */

void
doctor_libcrypto(struct doctor *doc)
{
	if (crypto_start() != CNG_OK) {
		doctor_say(doc, DOCTOR_FINDING, "libcrypto",
		    "apt install --reinstall libssl3", "%s cannot start",
		    crypto_version());
		return;
	}
	if (provider_knows_family(KEY_MLKEM))
		doctor_say(doc, DOCTOR_GOOD, "libcrypto", "",
		    "%s: with ML-KEM, ML-DSA and SLH-DSA", crypto_version());
	else
		doctor_say(doc, DOCTOR_NOTE, "libcrypto",
		    "build-aux/setup, which builds with OpenSSL 3.5",
		    "%s: without ML-KEM, ML-DSA and SLH-DSA",
		    crypto_version());
}

/* Before the first release it was not. */
#define CLOCK_MIN ((time_t)1767225600)   /* 2026-01-01 */
#define CLOCK_MAX ((time_t)4102444800)   /* 2100-01-01 */
#define CLOCK_STEP ((time_t)86400)

/* A store from tomorrow: the clock went back. */
static bool
went_back(const struct doctor *doc, time_t now)
{
	const char *path = doc->provider == NULL ? NULL :
	    provider_user_path(doc->provider);
	struct stat info;

	return path != NULL && stat(path, &info) == 0 &&
	    info.st_mtime > now + CLOCK_STEP;
}

void
doctor_clock(struct doctor *doc)
{
	time_t now = time(NULL);
	bool back = went_back(doc, now);
	unsigned char byte;

	if (now < CLOCK_MIN || now > CLOCK_MAX || back)
		doctor_say(doc, DOCTOR_FINDING, "clock",
		    "timedatectl set-ntp true", back ?
		    "your store was changed in what it takes for the future" :
		    "the clock is wrong");
	else
		doctor_say(doc, DOCTOR_GOOD, "clock", "", "it is plausible");
	if (getrandom(&byte, 1, GRND_NONBLOCK) == 1)
		doctor_say(doc, DOCTOR_GOOD, "entropy", "",
		    "the kernel has random numbers");
	else
		doctor_say(doc, DOCTOR_FINDING, "entropy",
		    "apt install jitterentropy-rngd",
		    "the kernel has no random numbers yet");
}
