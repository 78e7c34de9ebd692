/* SPDX-License-Identifier: BSD-2-Clause
 *
 * inspect: a key file field by field.  Damage ends the list where it is
 * found; secrets are shown on demand only.
 */
#include "cli/inspect.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/util.h"
#include "cli/cmd.h"
#include "cli/io.h"
#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "cli/pin.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>

#define SHORT_BYTES 16

static const char *const kind_names[] = {
	[BLOB_FIELD_NUMBER] = "number",
	[BLOB_FIELD_MAGIC] = "magic",
	[BLOB_FIELD_TEXT] = "text",
	[BLOB_FIELD_BYTES] = "bytes",
	[BLOB_FIELD_SECRET] = "secret",
};

static struct span
bytes_of(const struct inspection *in)
{
	return secret_span(in->der.len > 0 ? &in->der : &in->file);
}

/* "value" is what the table shows; JSON readers use the exact members. */
static void
set_short_hex(json_t *row, struct span bytes, bool whole)
{
	char text[2 * SHORT_BYTES + 4];

	if (whole || bytes.len <= SHORT_BYTES) {
		print_set_hex(row, "value", bytes);
		return;
	}
	hex_encode(text, span_of(bytes.ptr, SHORT_BYTES - 1));
	memcpy(text + 2 * (SHORT_BYTES - 1), "...", sizeof("..."));
	print_set_string(row, "value", text);
}

static void
set_value(json_t *row, const struct inspection *in,
    const struct blob_field *field)
{
	switch (field->kind) {
	case BLOB_FIELD_NUMBER:
		print_set_number(row, "value", (size_t)field->value);
		return;
	case BLOB_FIELD_MAGIC:
		print_set_text(row, "value", field->bytes);
		return;
	case BLOB_FIELD_TEXT:
		print_set_string(row, "value",
		    field->text == NULL ? "" : field->text);
		return;
	case BLOB_FIELD_SECRET:
		if (!in->show_secrets) {
			print_set_string(row, "value", "(hidden)");
			return;
		}
		set_short_hex(row, field->bytes, true);
		return;
	case BLOB_FIELD_BYTES:
		set_short_hex(row, field->bytes,
		    in->json || in->show_secrets);
		return;
	}
}

void
inspect_add_field(void *arg, const struct blob_field *field)
{
	struct inspection *in = arg;
	json_t *row = json_object();

	print_set_number(row, "offset", field->offset);
	print_set_number(row, "size", field->size);
	print_set_string(row, "name", field->name);
	print_set_string(row, "kind", kind_names[field->kind]);
	set_value(row, in, field);
	if (field->text != NULL && field->kind != BLOB_FIELD_TEXT)
		print_set_string(row, "meaning", field->text);
	print_append(in->fields, row);
}

/* --- what lies in the file ------------------------------------------------ */

static enum exit_code
take_file(struct inspection *in, const struct args *args)
{
	enum exit_code code = io_read(&in->file, args->operand[0]);
	enum cng_status st;

	in->name = io_input_name(args->operand[0]);
	if (code != EXIT_DONE)
		return code;
	if (args_has(args, OPT_TYPE)) {
		code = format_parse(&in->format, args->value[OPT_TYPE]);
		if (code == EXIT_DONE && in->format.form == FORM_RAW)
			code = fail_usage("raw bytes have no fields");
		in->type = in->format.type;
		if (code != EXIT_DONE || in->format.form == FORM_BLOB ||
		    inspect_is_more(&in->format))
			return code;
	}
	st = format_detect(&in->format, secret_span(&in->file));
	in->type = in->format.form == FORM_DER ? BLOB_PKCS8 :
						 in->format.type;
	if (st == CNG_OK && in->format.form != FORM_PEM)
		return EXIT_DONE;
	in->type = BLOB_ANY;
	st = blob_describe(BLOB_ANY, secret_span(&in->file), NULL, NULL);
	if (st != CNG_ERR_BAD_MAGIC)
		return EXIT_DONE; /* a stranger whose layout is known */
	st = pem_decode(&in->der, in->pem_label, sizeof(in->pem_label),
	    secret_span(&in->file));
	if (st == CNG_OK &&
	    blob_detect(secret_span(&in->der), &in->type) != CNG_OK)
		in->type = BLOB_PKCS8;
	in->old_pem = st == CNG_ERR_BAD_PASSWORD;
	if (st == CNG_OK || in->old_pem)
		return EXIT_DONE;
	st = CNG_ERR_BAD_MAGIC;
	return keyfile_complain(st, in->name, BLOB_ANY,
	    secret_span(&in->file));
}

enum cng_status
inspect_judge(struct key_material *key, enum cng_status st)
{
	if (st != CNG_OK || key->family == KEY_AES ||
	    key->family == KEY_GENERIC)
		return st;
	st = crypto_complete(key);
	if (st == CNG_OK)
		st = crypto_check_public(key);
	if (st == CNG_OK && key->has_private)
		st = crypto_check_pair(key);
	return st;
}

/* Do the numbers belong together?  CNG_ERR_BAD_PASSWORD: cannot tell. */
static enum cng_status
judge(const struct inspection *in, enum cng_status walk,
    struct key_material *key)
{
	const struct blob_params params = { .curve_name = in->curve,
		.pbe = in->pbe, .protect.roots = secret_span(&in->roots) };
	bool opens = in->type == BLOB_PROTECTEDKEY && in->roots.len > 0 &&
	    walk == CNG_OK;
	enum cng_status st;

	if (in->old_pem)
		return inspect_judge(key, key_decode_any(key,
		    secret_span(&in->file), &in->pbe));
	if ((blob_is_closed(in->type) && !opens) || in->type == BLOB_ANY)
		return walk;
	st = blob_decode(in->type, bytes_of(in), &params, key);
	if (st == CNG_ERR_BAD_DATA && in->type == BLOB_PKCS8)
		st = key_decode_any(key, bytes_of(in), &in->pbe);
	return inspect_judge(key, st);
}

/* A public key or a bare PKCS#1 or SEC 1 key: no blob, but readable. */
static const char *
type_name(const struct inspection *in, const struct key_material *key,
    bool described)
{
	if (in->pem_label[0] != '\0')
		return in->pem_label;
	if (in->old_pem)
		return "old PEM";
	if (inspect_is_more(&in->format))
		return inspect_more_name(&in->format);
	if (in->type == BLOB_ANY)
		return blob_foreign_name(bytes_of(in));
	if (described)
		return blob_info(in->type)->name;
	return key->has_private ? "private key in DER" : "public key in DER";
}

static const char *
judgement(const struct inspection *in, enum cng_status st, bool decoded)
{
	if (st == CNG_OK && blob_is_closed(in->type) && !decoded)
		return "wrapped or sealed, not looked into";
	if (st == CNG_ERR_NOT_SUPPORTED && decoded)
		return "not checked, this OpenSSL does not know such keys";
	if (st == CNG_ERR_NOT_SUPPORTED)
		return "recognised, but no key that can be imported";
	if (st == CNG_OK)
		return "the numbers belong together";
	if (st == CNG_ERR_BAD_PASSWORD)
		return "encrypted, not looked into";
	return cng_status_text(st);
}

static enum exit_code
show(const struct inspection *in, const char *type, const char *key,
    enum cng_status st)
{
	static const struct print_column columns[] = {
		{ "offset", "OFFSET", true },
		{ "size", "SIZE", true },
		{ "name", "NAME", false },
		{ "value", "VALUE", false },
		{ "meaning", "MEANING", false },
	};
	enum exit_code code;
	json_t *all;

	if (!in->json) {
		print_line("%s: %s%s%s%s, %zu bytes: %s", in->name, type,
		    in->der.len > 0 ? " in PEM" : "",
		    key[0] == '\0' ? "" : ", ", key, bytes_of(in).len,
		    judgement(in, st, key[0] != '\0'));
		return json_array_size(in->fields) == 0 ? EXIT_DONE :
		    print_table(in->fields, columns, ARRAY_LEN(columns));
	}
	all = json_object();
	print_set_string(all, "file", in->name);
	print_set_string(all, "type", type);
	print_set_string(all, "key", key);
	print_set_number(all, "size", bytes_of(in).len);
	print_set_bool(all, "pem", in->der.len > 0);
	print_set_string(all, "status", exit_name(st));
	print_set_string(all, "judgement",
	    judgement(in, st, key[0] != '\0'));
	print_set_array(all, "fields", in->fields);
	code = print_json(all);
	json_decref(all);
	return code;
}

static enum exit_code
inspect(struct inspection *in)
{
	struct key_material key = { 0 };
	enum cng_status walk, st;
	enum exit_code code;
	char text[64] = "";
	bool described, told_all;

	if (inspect_is_more(&in->format)) {
		walk = st = inspect_more(in, &key, text, sizeof(text));
	} else {
		walk = in->old_pem ? CNG_OK : blob_describe(in->type,
		    bytes_of(in), inspect_add_field, in);
		st = judge(in, walk, &key);
	}
	/* other DER than PKCS#8: the walk has nothing to say about it */
	described = walk == CNG_OK || key.family == KEY_NONE;
	/* nothing is wrong with the key of a stranger */
	told_all = walk == CNG_ERR_NOT_SUPPORTED;
	if (!described)
		json_array_clear(in->fields);
	if (key.family != KEY_NONE && text[0] == '\0')
		key_text(text, sizeof(text), &key);
	code = show(in, type_name(in, &key, described), text, st);
	/* decoded, and nobody here who could say more */
	if (st == CNG_ERR_NOT_SUPPORTED && key.family != KEY_NONE)
		st = CNG_OK;
	if (code == EXIT_DONE && st != CNG_OK && !told_all &&
	    (st != CNG_ERR_BAD_PASSWORD || in->pbe.has_password))
		code = inspect_is_more(&in->format) ?
		    fail(st, "%s: %s: %s", in->name,
			type_name(in, &key, described),
			cng_status_text(st)) :
		    keyfile_complain(st, in->name, in->type, bytes_of(in));
	key_free(&key);
	return code;
}

/* Nobody is asked: without it a file is shown as far as it goes. */
static enum exit_code
take_password(struct inspection *in, const struct args *args)
{
	enum exit_code code;

	if (!pin_given(args, PIN_PASSWORD))
		return EXIT_DONE;
	code = pin_get(&in->password, args, PIN_PASSWORD);
	in->pbe.has_password = code == EXIT_DONE;
	in->pbe.password = secret_span(&in->password);
	return code;
}

enum exit_code
cmd_inspect(const struct args *args)
{
	struct inspection in = {
		.show_secrets = args_has(args, OPT_SHOW_SECRETS),
		.json = args_has(args, OPT_JSON),
	};
	enum exit_code code;

	in.fields = json_array();
	code = keyfile_curve(&in.curve, args);
	if (code == EXIT_DONE)
		code = take_password(&in, args);
	if (code == EXIT_DONE)
		code = keyfile_roots(&in.roots, args);
	if (code == EXIT_DONE)
		code = take_file(&in, args);
	if (code == EXIT_DONE)
		code = inspect(&in);
	json_decref(in.fields);
	secret_free(&in.file);
	secret_free(&in.roots);
	secret_free(&in.der);
	secret_free(&in.password);
	return code;
}
