/* SPDX-License-Identifier: BSD-2-Clause
 *
 * explain: what a code means.  Numbers, and which outcome of ours becomes
 * which code, come out of the tables of the faces and the cards (codes.awk);
 * the words are in words_*.c.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/print.h"
#include "cli/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD 48          /* of the longest name, and more */

enum code_kind {
	CODE_RV = 0,             /* PKCS#11 */
	CODE_HR,                 /* HRESULT, NTSTATUS */
	CODE_SW,                 /* of a card */
};

struct code {
	enum code_kind kind;
	const char *name;
	uint32_t number;
};

struct code_use {
	const char *name;
	enum cng_status st;
};

#include "src/cli/codes.inc"

/* Those that we do not answer with, but others do. */
static const struct code others[] = {
	{ CODE_HR, "SCARD_F_INTERNAL_ERROR", 0x80100001 },
	{ CODE_HR, "SCARD_E_CANCELLED", 0x80100002 },
	{ CODE_HR, "SCARD_E_INVALID_HANDLE", 0x80100003 },
	{ CODE_HR, "SCARD_E_INVALID_PARAMETER", 0x80100004 },
	{ CODE_HR, "SCARD_E_NO_MEMORY", 0x80100006 },
	{ CODE_HR, "SCARD_E_INSUFFICIENT_BUFFER", 0x80100008 },
	{ CODE_HR, "SCARD_E_TIMEOUT", 0x8010000a },
	{ CODE_HR, "SCARD_E_SHARING_VIOLATION", 0x8010000b },
	{ CODE_HR, "SCARD_E_UNKNOWN_CARD", 0x8010000d },
	{ CODE_HR, "SCARD_E_PROTO_MISMATCH", 0x8010000f },
	{ CODE_HR, "SCARD_E_NOT_READY", 0x80100010 },
	{ CODE_HR, "SCARD_E_SYSTEM_CANCELLED", 0x80100012 },
	{ CODE_HR, "SCARD_F_COMM_ERROR", 0x80100013 },
	{ CODE_HR, "SCARD_E_NO_SERVICE", 0x8010001d },
	{ CODE_HR, "SCARD_E_SERVICE_STOPPED", 0x8010001e },
	{ CODE_HR, "SCARD_E_UNEXPECTED", 0x8010001f },
	{ CODE_HR, "SCARD_E_UNSUPPORTED_FEATURE", 0x80100022 },
	{ CODE_HR, "SCARD_E_NO_ACCESS", 0x80100027 },
	{ CODE_HR, "SCARD_W_UNSUPPORTED_CARD", 0x80100065 },
	{ CODE_HR, "SCARD_W_UNRESPONSIVE_CARD", 0x80100066 },
	{ CODE_HR, "SCARD_W_UNPOWERED_CARD", 0x80100067 },
	{ CODE_HR, "SCARD_W_RESET_CARD", 0x80100068 },
	{ CODE_HR, "SCARD_W_CANCELLED_BY_USER", 0x8010006e },
	{ CODE_HR, "ERROR_FILE_NOT_FOUND", 0x80070002 },
	{ CODE_HR, "E_ACCESSDENIED", 0x80070005 },
	{ CODE_HR, "E_OUTOFMEMORY", 0x8007000e },
	{ CODE_HR, "ERROR_INVALID_PASSWORD", 0x80070056 },
	{ CODE_HR, "E_INVALIDARG", 0x80070057 },
	{ CODE_HR, "CRYPT_E_BAD_ENCODE", 0x80092002 },
	{ CODE_HR, "CRYPT_E_NOT_FOUND", 0x80092004 },
	{ CODE_HR, "CRYPT_E_NO_KEY_PROPERTY", 0x8009200b },
	{ CODE_HR, "CRYPT_E_ASN1_EOD", 0x80093102 },
	{ CODE_HR, "CRYPT_E_ASN1_BADTAG", 0x8009310b },
	{ CODE_HR, "CERT_E_EXPIRED", 0x800b0101 },
	{ CODE_HR, "CERT_E_UNTRUSTEDROOT", 0x800b0109 },
	{ CODE_HR, "STATUS_INVALID_HANDLE", 0xc0000008 },
	{ CODE_HR, "STATUS_INVALID_PARAMETER", 0xc000000d },
	{ CODE_HR, "STATUS_NO_MEMORY", 0xc0000017 },
	{ CODE_HR, "STATUS_BUFFER_TOO_SMALL", 0xc0000023 },
	{ CODE_HR, "STATUS_NOT_SUPPORTED", 0xc00000bb },
	{ CODE_HR, "STATUS_NOT_FOUND", 0xc0000225 },
	{ CODE_HR, "STATUS_INVALID_SIGNATURE", 0xc000a000 },
	{ CODE_HR, "STATUS_AUTH_TAG_MISMATCH", 0xc000a002 },
	/* as the header of p11-kit numbers five others */
	{ CODE_RV, "CKR_EXCEEDED_MAX_ITERATIONS (p11-kit)", 0x1c0 },
	{ CODE_RV, "CKR_FIPS_SELF_TEST_FAILED (p11-kit)", 0x1c1 },
	{ CODE_RV, "CKR_LIBRARY_LOAD_FAILED (p11-kit)", 0x1c2 },
	{ CODE_RV, "CKR_PIN_TOO_WEAK (p11-kit)", 0x1c3 },
	{ CODE_RV, "CKR_PUBLIC_KEY_INVALID (p11-kit)", 0x1c4 },
};

static size_t
code_total(void)
{
	return ARRAY_LEN(codes) + ARRAY_LEN(others);
}

static const struct code *
code_at(size_t i)
{
	return i < ARRAY_LEN(codes) ? &codes[i] :
				      &others[i - ARRAY_LEN(codes)];
}

/* --- words ---------------------------------------------------------------- */

static const struct words *
words_of(const struct code *code)
{
	const struct words *list = code->kind == CODE_RV ? words_rv : words_hr;
	size_t count = code->kind == CODE_RV ? words_rv_count :
					       words_hr_count;

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, code->name) == 0)
			return &list[i];
	return NULL;
}

/* "63Cx" is any of sixteen. */
static bool
sw_fits(const char *pattern, const char digits[5])
{
	for (size_t i = 0; i < 4; i++)
		if (pattern[i] != 'x' && pattern[i] != digits[i])
			return false;
	return true;
}

static const struct words *
words_of_sw(const char digits[5])
{
	for (size_t i = 0; i < words_sw_count; i++)
		if (sw_fits(words_sw[i].name, digits))
			return &words_sw[i];
	return NULL;
}

/* --- rows ----------------------------------------------------------------- */

/* Each outcome of ours that is told by that code, once. */
static void
set_uses(json_t *row, const char *name)
{
	bool seen[CNG_STATUS_COUNT] = { false };
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
		enum cng_status st = uses[i].st;
		json_t *item;

		if (strcmp(uses[i].name, name) != 0 || st == CNG_OK ||
		    seen[st])
			continue;
		seen[st] = true;
		item = json_object();
		print_set_string(item, "name", exit_name(st));
		print_set_string(item, "meaning", cng_status_text(st));
		if (exit_advice(st) != NULL)
			print_set_string(item, "advice", exit_advice(st));
		print_append(list, item);
	}
	print_set_array(row, "here", list);
	json_decref(list);
}

static json_t *
row_of(const char *kind, const char *name, const struct words *words)
{
	json_t *row = json_object();

	print_set_string(row, "kind", kind);
	print_set_string(row, "name", name);
	print_set_string(row, "meaning", words->meaning);
	print_set_string(row, "cause", words->cause);
	print_set_string(row, "advice", words->advice);
	return row;
}

static void
set_number(json_t *row, uint32_t number, bool is_signed)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08X", (unsigned)number);
	print_set_string(row, "hex", text);
	snprintf(text, sizeof(text), is_signed ? "%d" : "%u", (int)number);
	print_set_string(row, "decimal", text);
}

static void
add_code(json_t *rows, const struct code *code)
{
	const struct words *words = words_of(code);
	bool rv = code->kind == CODE_RV;
	json_t *row;

	if (words == NULL)
		return;
	row = row_of(rv ? "PKCS#11" : code->number >> 30 == 3 ? "NTSTATUS" :
	    "HRESULT", code->name, words);
	set_number(row, code->number, !rv);
	set_uses(row, code->name);
	print_append(rows, row);
}

static void
add_sw(json_t *rows, const char digits[5])
{
	const struct words *words = words_of_sw(digits);
	json_t *row;

	if (words == NULL)
		return;
	row = row_of("card", digits, words);
	set_uses(row, digits);
	print_append(rows, row);
}

/* One of the names that our own error lines end with. */
static void
add_status(json_t *rows, enum cng_status st)
{
	json_t *row = json_object(), *list = json_array();

	print_set_string(row, "kind", "cng-pkcs11");
	print_set_string(row, "name", exit_name(st));
	print_set_string(row, "meaning", cng_status_text(st));
	if (exit_advice(st) != NULL)
		print_set_string(row, "advice", exit_advice(st));
	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		if (uses[i].st == st)
			print_append(list, json_string(uses[i].name));
	print_set_array(row, "codes", list);
	json_decref(list);
	print_append(rows, row);
}

/* --- what was asked ------------------------------------------------------- */

/* "BAD_KEYSET" is enough, and so is "no_smartcard". */
static bool
is_called(const char *name, const char *asked)
{
	const char *rest = name;

	while (strcasecmp(rest, asked) != 0) {
		rest = strchr(rest, '_');
		if (rest++ == NULL)
			return false;
		if (rest - name > 8)
			return false;
	}
	return true;
}

static void
find_name(json_t *rows, const char *asked)
{
	const char *own = strncasecmp(asked, "CNG_", 4) == 0 ? asked + 4 :
							       asked;

	for (size_t i = 0; i < code_total(); i++)
		if (is_called(code_at(i)->name, asked))
			add_code(rows, code_at(i));
	for (int st = CNG_OK; st < CNG_STATUS_COUNT; st++)
		if (strcasecmp(cng_status_name((enum cng_status)st), own) ==
		    0 || strcasecmp(exit_name((enum cng_status)st), own) == 0)
			add_status(rows, (enum cng_status)st);
}

static void
find_number(json_t *rows, uint32_t number)
{
	for (size_t i = 0; i < code_total(); i++)
		if (code_at(i)->number == number)
			add_code(rows, code_at(i));
}

/* Four digits that may be a card's: 61xx to 6Fxx, 9xxx. */
static bool
is_sw(const char *digits)
{
	return strlen(digits) == 4 && (digits[0] == '9' ||
	    (digits[0] == '6' && digits[1] != '0'));
}

/* What a hexadecimal and a decimal number can stand for.  A decimal one may
 * have lost its sign: HRESULTs are often printed as negative numbers. */
static void
find_digits(json_t *rows, const char *digits, bool is_hex)
{
	bool decimal = strspn(digits, "0123456789") == strlen(digits);
	unsigned long long hex = strtoull(digits, NULL, 16);
	unsigned long long dec = strtoull(digits, NULL, 10);

	if (is_sw(digits))
		add_sw(rows, digits);
	if (is_hex || !decimal || strlen(digits) == 8) {
		if (hex <= UINT32_MAX)
			find_number(rows, (uint32_t)hex);
		return;
	}
	if (dec > UINT32_MAX)
		return;
	find_number(rows, (uint32_t)dec);
	if (dec > 0)
		find_number(rows, 0u - (uint32_t)dec);
}

static void
find(json_t *rows, const char *asked)
{
	char word[WORD];
	const char *digits = word;
	size_t len = 0;

	for (const char *c = asked; *c != '\0' && len < sizeof(word) - 1; c++)
		if (*c != ' ' && *c != ':')
			word[len++] = (char)toupper((unsigned char)*c);
	word[len] = '\0';
	if (strncmp(word, "0X", 2) == 0 || strncmp(word, "SW", 2) == 0)
		digits += 2;
	if (*digits == '=')
		digits++;
	len = strlen(digits);
	if (len > 0 && strspn(digits, "0123456789ABCDEF") == len)
		find_digits(rows, digits, word[1] == 'X');
	else
		find_name(rows, word);
}

/* --- printing ------------------------------------------------------------- */

static const char *
text_of(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static void
print_field(const char *title, const json_t *row, const char *key)
{
	const char *text = text_of(row, key);

	if (text != NULL)
		print_line("  %-8s %s", title, text);
}

static void
print_row(const json_t *row)
{
	const json_t *here = json_object_get(row, "here");
	const json_t *as = json_object_get(row, "codes");
	const char *hex = text_of(row, "hex"), *dec = text_of(row, "decimal");

	print_line("%s  (%s%s%s%s%s)", text_of(row, "name"),
	    text_of(row, "kind"), hex == NULL ? "" : " ",
	    hex == NULL ? "" : hex, dec == NULL ? "" : ", ",
	    dec == NULL ? "" : dec);
	print_field("meaning", row, "meaning");
	print_field("cause", row, "cause");
	print_field("do", row, "advice");
	for (size_t i = 0; i < json_array_size(here); i++) {
		const json_t *item = json_array_get(here, i);
		const char *advice = text_of(item, "advice");

		print_line("  %-8s %s: %s%s%s", i == 0 ? "here" : "",
		    text_of(item, "name"), text_of(item, "meaning"),
		    advice == NULL ? "" : "; ", advice == NULL ? "" : advice);
	}
	for (size_t i = 0; i < json_array_size(as); i++)
		print_line("  %-8s %s", i == 0 ? "told as" : "",
		    json_string_value(json_array_get(as, i)));
}

static void
add_all(json_t *rows)
{
	for (size_t i = 0; i < code_total(); i++)
		add_code(rows, code_at(i));
	for (size_t i = 0; i < words_sw_count; i++)
		add_sw(rows, words_sw[i].name);
}

enum exit_code
cmd_explain(const struct args *args)
{
	static const struct print_column columns[] = {
		{ "hex", "NUMBER", false },
		{ "name", "NAME", false },
		{ "meaning", "MEANING", false },
	};
	enum exit_code code = EXIT_DONE;
	json_t *rows = json_array();
	bool json = args_has(args, OPT_JSON);

	if (args->operand_count == 0)
		add_all(rows);
	for (size_t i = 0; i < args->operand_count; i++) {
		size_t before = json_array_size(rows);

		find(rows, args->operand[i]);
		if (json_array_size(rows) == before)
			code = fail_advise(CNG_ERR_NOT_FOUND,
			    "'cngtool explain' lists those that are known",
			    "no code %s is known", args->operand[i]);
	}
	if (json && print_json(rows) != EXIT_DONE)
		code = EXIT_FAILED;
	else if (!json && args->operand_count == 0)
		code = print_table(rows, columns, ARRAY_LEN(columns));
	for (size_t i = 0; !json && args->operand_count > 0 &&
	    i < json_array_size(rows); i++)
		print_row(json_array_get(rows, i));
	json_decref(rows);
	return code;
}
