/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One table from status to exit code and advice, and the printing of one
 * line on stderr.
 */
#include "cli/exit.h"

#include "base/util.h"
#include "cli/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct outcome {
	enum exit_code code;
	const char *advice;
};

static const struct outcome outcomes[CNG_STATUS_COUNT] = {
	[CNG_OK] = { EXIT_DONE, NULL },

	[CNG_ERR_ARGUMENT] = { EXIT_USAGE, NULL },
	[CNG_ERR_BUFFER_TOO_SMALL] = { EXIT_FAILED, NULL },
	[CNG_ERR_NO_MEMORY] = { EXIT_FAILED, "free some memory" },
	[CNG_ERR_INTERNAL] = { EXIT_FAILED, "please report this as a bug" },
	[CNG_ERR_NOT_SUPPORTED] = { EXIT_FAILED, NULL },
	[CNG_ERR_BAD_FLAGS] = { EXIT_USAGE, NULL },
	[CNG_ERR_NOT_FOUND] = { EXIT_NOT_FOUND, "see 'cngtool list'" },
	[CNG_ERR_EXISTS] = { EXIT_FAILED,
	    "choose another --name, or replace it with --overwrite" },
	[CNG_ERR_INTERRUPTED] = { EXIT_FAILED, NULL },

	[CNG_ERR_BAD_DATA] = { EXIT_FAILED,
	    "'cngtool inspect' shows how far it can be read" },
	[CNG_ERR_BAD_MAGIC] = { EXIT_FAILED,
	    "check --type, or leave it out to detect the type" },
	[CNG_ERR_BAD_TYPE] = { EXIT_FAILED,
	    "choose a blob type that fits the key" },
	[CNG_ERR_BAD_PASSWORD] = { EXIT_AUTH,
	    "give the right one with --password-file" },
	[CNG_ERR_BAD_CURVE] = { EXIT_FAILED,
	    "name the curve: --curve nistP256, --curve curve25519 ..." },
	[CNG_ERR_BAD_SET] = { EXIT_FAILED, NULL },

	[CNG_ERR_BAD_KEY] = { EXIT_FAILED,
	    "the file is damaged or was edited; export the key again" },
	[CNG_ERR_BAD_PUBLIC_KEY] = { EXIT_FAILED,
	    "the file is damaged or was edited; export the key again" },
	[CNG_ERR_BAD_DOMAIN] = { EXIT_FAILED, NULL },
	[CNG_ERR_KEY_STATE] = { EXIT_FAILED, NULL },
	[CNG_ERR_KEY_TYPE] = { EXIT_FAILED, "choose another key" },
	[CNG_ERR_KEY_SIZE] = { EXIT_FAILED, NULL },
	[CNG_ERR_KEY_USAGE] = { EXIT_POLICY, "choose another key" },
	[CNG_ERR_KEY_UNEXTRACTABLE] = { EXIT_POLICY,
	    "it was imported without --exportable and stays" },
	[CNG_ERR_KEY_SENSITIVE] = { EXIT_POLICY,
	    "it may leave encrypted only: use --wrap-with or a "
	    "password" },
	[CNG_ERR_KEY_NOT_WRAPPABLE] = { EXIT_POLICY,
	    "only a trusted wrapping key may take it out" },
	[CNG_ERR_WRAP_KEY_TYPE] = { EXIT_FAILED,
	    "wrap with an AES or an RSA key" },
	[CNG_ERR_WRAP_KEY_SIZE] = { EXIT_FAILED, "wrap with a longer key" },
	[CNG_ERR_WRAPPED_KEY] = { EXIT_FAILED,
	    "check the wrapping key and the file" },
	[CNG_ERR_WRAPPED_KEY_SIZE] = { EXIT_FAILED,
	    "check the wrapping key and the file" },

	[CNG_ERR_MECHANISM] = { EXIT_FAILED, NULL },
	[CNG_ERR_MECHANISM_PARAM] = { EXIT_FAILED, NULL },
	[CNG_ERR_DATA] = { EXIT_FAILED, NULL },
	[CNG_ERR_DATA_SIZE] = { EXIT_FAILED, NULL },
	[CNG_ERR_CIPHERTEXT] = { EXIT_FAILED, NULL },
	[CNG_ERR_CIPHERTEXT_SIZE] = { EXIT_FAILED, NULL },
	[CNG_ERR_SIGNATURE] = { EXIT_FAILED, NULL },
	[CNG_ERR_SIGNATURE_SIZE] = { EXIT_FAILED, NULL },
	[CNG_ERR_OPERATION_STATE] = { EXIT_FAILED, NULL },

	[CNG_ERR_OBJECT] = { EXIT_NOT_FOUND, "see 'cngtool list'" },
	[CNG_ERR_PROP_UNKNOWN] = { EXIT_FAILED, NULL },
	[CNG_ERR_PROP_VALUE] = { EXIT_FAILED, NULL },
	[CNG_ERR_PROP_READ_ONLY] = { EXIT_POLICY, NULL },
	[CNG_ERR_PROP_SENSITIVE] = { EXIT_POLICY, NULL },
	[CNG_ERR_TEMPLATE_INCOMPLETE] = { EXIT_FAILED, NULL },
	[CNG_ERR_TEMPLATE_INCONSISTENT] = { EXIT_FAILED,
	    "the options do not fit this kind of key" },
	[CNG_ERR_PROHIBITED] = { EXIT_POLICY, NULL },

	[CNG_ERR_PIN_WRONG] = { EXIT_AUTH,
	    "too many wrong PINs lock the token" },
	[CNG_ERR_PIN_LOCKED] = { EXIT_AUTH,
	    "a locked user PIN is set anew by the SO" },
	[CNG_ERR_PIN_LENGTH] = { EXIT_AUTH, "use 4 to 255 bytes" },
	[CNG_ERR_PIN_INVALID] = { EXIT_AUTH, "a PIN is UTF-8 text" },
	[CNG_ERR_PIN_NOT_SET] = { EXIT_AUTH, "the SO has to set it first" },
	[CNG_ERR_NOT_LOGGED_IN] = { EXIT_AUTH,
	    "give the PIN with --pin-file or --pin-env" },
	[CNG_ERR_LOGGED_IN] = { EXIT_FAILED, NULL },
	[CNG_ERR_OTHER_LOGGED_IN] = { EXIT_FAILED, NULL },
	[CNG_ERR_READ_ONLY] = { EXIT_FAILED,
	    "check the permissions of the store and its folder" },
	[CNG_ERR_SESSIONS_OPEN] = { EXIT_FAILED, NULL },
	[CNG_ERR_NO_TOKEN] = { EXIT_NOT_FOUND,
	    "make one with 'cngtool init'" },
	[CNG_ERR_STORE_IO] = { EXIT_FAILED,
	    "check that the folder exists and may be written" },
	[CNG_ERR_STORE_CORRUPT] = { EXIT_FAILED,
	    "nothing was changed; restore it from a backup" },
	[CNG_ERR_STORE_FULL] = { EXIT_FAILED, "free some disk space" },
	[CNG_ERR_STORE_BUSY] = { EXIT_FAILED,
	    "another program is writing; try again" },
	[CNG_ERR_STORE_VERSION] = { EXIT_FAILED,
	    "it was written by a newer cng-pkcs11; upgrade" },
	[CNG_ERR_STORE_PERMISSION] = { EXIT_FAILED,
	    "only its owner may have access to the store and its folder" },
	[CNG_ERR_CONFIG] = { EXIT_FAILED, "see cng-pkcs11.conf(5)" },
	[CNG_ERR_NO_CARD] = { EXIT_NOT_FOUND, "insert the card" },
	[CNG_ERR_NO_READER] = { EXIT_NOT_FOUND,
	    "see 'cngtool tokens', and readers in cng-pkcs11.conf(5)" },
	[CNG_ERR_NO_READERS] = { EXIT_NOT_FOUND,
	    "is pcscd running, and a reader plugged in?" },
	[CNG_ERR_UNKNOWN_CARD] = { EXIT_NOT_FOUND,
	    "GIDS, PIV and OpenPGP cards are known" },
	[CNG_ERR_DEVICE] = { EXIT_FAILED, NULL },
	[CNG_ERR_DEVICE_REMOVED] = { EXIT_FAILED,
	    "what was not finished is not on the card" },
	[CNG_ERR_DEVICE_RESET] = { EXIT_FAILED, "try again" },
	[CNG_ERR_NO_ADMIN] = { EXIT_AUTH,
	    "see card_admin_key_file in cng-pkcs11.conf(5)" },
	[CNG_ERR_IMPORT_OFF] = { EXIT_FAILED,
	    "see AllowPrivateExchangeKeyImport in cng-pkcs11.conf(5)" },
	[CNG_ERR_NO_REMOVAL] = { EXIT_FAILED,
	    "--key-slot with the slot of the old key writes over it" },
};

static const char *command;
static struct exit_held *holder;
static char said[EXIT_TEXT];     /* of the last message */
static struct exit_failure last;
static bool failed;
static void (*hears)(const char *text);

const struct exit_failure *
exit_last(void)
{
	return failed ? &last : NULL;
}

void
exit_hear_notes(void (*heard)(const char *text))
{
	hears = heard;
}

void
exit_hold(struct exit_held *held)
{
	holder = held;
}

void
exit_set_command(const char *name)
{
	command = name;
}

enum exit_code
exit_of(enum cng_status st)
{
	return (unsigned)st < ARRAY_LEN(outcomes) ? outcomes[st].code :
						    EXIT_FAILED;
}

const char *
exit_advice(enum cng_status st)
{
	return (unsigned)st < ARRAY_LEN(outcomes) ? outcomes[st].advice : NULL;
}

const char *
exit_name(enum cng_status st)
{
	static const char prefix[] = "ERR_";
	const char *name = cng_status_name(st);
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 ? name + len : name;
}

/* The message comes from outside in part (file names, labels): escaped. */
static void __attribute__((format(printf, 1, 0)))
print_message(const char *format, va_list args)
{
	char safe[4 * EXIT_TEXT];

	vsnprintf(said, sizeof(said), format, args);
	if (holder != NULL) {
		snprintf(holder->text, sizeof(holder->text), "%.*s",
		    EXIT_HELD_TEXT - 1, said);
		return;
	}
	text_escape(safe, sizeof(safe), span_str(said));
	fprintf(stderr, "cngtool: %s%s%s", command == NULL ? "" : command,
	    command == NULL ? "" : ": ", safe);
}

static void
keep(enum cng_status st, const char *advice)
{
	failed = true;
	last.st = st;
	memcpy(last.text, said, sizeof(last.text));
	last.advice[0] = '\0';
	/* half a command is another one */
	if (advice != NULL && strlen(advice) < sizeof(last.advice))
		snprintf(last.advice, sizeof(last.advice), "%s", advice);
}

static void
print_end(enum cng_status st, const char *advice)
{
	char safe[4 * EXIT_ADVICE];

	if (holder != NULL) {
		holder->st = st;
		return;
	}
	keep(st, advice);
	if (st != CNG_ERR_ARGUMENT)
		fprintf(stderr, " (%s)", exit_name(st));
	if (advice != NULL) {
		text_escape(safe, sizeof(safe), span_str(advice));
		fprintf(stderr, "; %s", safe);
	}
	fputc('\n', stderr);
}

enum exit_code
fail(enum cng_status st, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	print_end(st, exit_advice(st));
	return exit_of(st);
}

enum exit_code
fail_advise(enum cng_status st, const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	print_end(st, advice);
	return exit_of(st);
}

enum exit_code
fail_usage(const char *format, ...)
{
	char advice[64];
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	snprintf(advice, sizeof(advice), "see 'cngtool help%s%s'",
	    command == NULL ? "" : " ", command == NULL ? "" : command);
	print_end(CNG_ERR_ARGUMENT, advice);
	return EXIT_USAGE;
}

void
note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	if (holder != NULL)
		return;
	fputc('\n', stderr);
	if (hears != NULL)
		hears(said);
}
