/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pkcs11: URIs, written and understood.  What RFC 7512 does not let stand for
 * itself is percent-encoded; an id always is, as other tools do.
 */
#include "cli/uri.h"

#include "base/alloc.h"
#include "base/util.h"
#include "base/wr.h"
#include "cli/doctor.h"
#include "core/knownpin.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const types[OBJ_CLASS_COUNT] = {
	[OBJ_DATA] = "data",
	[OBJ_CERT] = "cert",
	[OBJ_PUBLIC] = "public",
	[OBJ_PRIVATE] = "private",
	[OBJ_SECRET] = "secret-key",
};

static bool
is_unreserved(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

static void
put_text(struct wr *w, const char *text)
{
	wr_bytes(w, span_str(text));
}

static void
put_encoded(struct wr *w, struct span bytes, bool all)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t c = bytes.ptr[i];

		if (!all && is_unreserved(c)) {
			wr_u8(w, c);
			continue;
		}
		wr_u8(w, '%');
		wr_u8(w, (uint8_t)digits[c >> 4]);
		wr_u8(w, (uint8_t)digits[c & 15]);
	}
}

static void
put_token(struct wr *w, const struct token_info *token)
{
	put_text(w, "pkcs11:token=");
	put_encoded(w, span_str(token->label), false);
	put_text(w, ";serial=");
	put_encoded(w, span_str(token->serial), false);
}

static void
put_uri(struct wr *w, const struct token_info *token, enum obj_class class,
    struct span id, struct span label)
{
	put_token(w, token);
	if (id.len > 0) {
		put_text(w, ";id=");
		put_encoded(w, id, true);
	}
	if (label.len > 0) {
		put_text(w, ";object=");
		put_encoded(w, label, false);
	}
	if (class < OBJ_CLASS_COUNT && types[class] != NULL) {
		put_text(w, ";type=");
		put_text(w, types[class]);
	}
	wr_u8(w, '\0');
}

char *
uri_of_object(const struct token_info *token, enum obj_class class,
    struct span id, struct span label)
{
	struct wr w = wr_of(NULL, 0);
	char *uri;

	put_uri(&w, token, class, id, label);
	uri = mem_new(w.len, 1);
	if (uri == NULL)
		return NULL;
	w = wr_of(uri, w.len);
	put_uri(&w, token, class, id, label);
	return uri;
}

char *
uri_of_token(const struct token_info *token)
{
	return uri_of_object(token, OBJ_NONE, span_of(NULL, 0),
	    span_of(NULL, 0));
}

void
uri_free(char *uri)
{
	mem_free(uri);
}

/* --- reading -------------------------------------------------------------- */

struct term {
	struct span key, value;  /* the value still encoded; NULL: no = */
};

/* The next attribute of the path; false at its end. */
static bool
next_term(const char **at, struct term *out)
{
	size_t len = strcspn(*at, ";?");
	const char *equals = memchr(*at, '=', len);
	size_t key = equals == NULL ? len : (size_t)(equals - *at);

	if (len == 0)
		return false;
	out->key = span_of(*at, key);
	out->value = equals == NULL ? span_of(NULL, 0) :
	    span_of(equals + 1, len - key - 1);
	*at += len + ((*at)[len] == ';');
	return true;
}

static int
digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte in clear; false: a percent sign without two digits, which is
 * given as it is. */
static bool
next_byte(struct span *value, uint8_t *out)
{
	bool encoded = value->ptr[0] == '%';
	int high = encoded && value->len > 2 ? digit_of(value->ptr[1]) : -1;
	int low = encoded && value->len > 2 ? digit_of(value->ptr[2]) : -1;
	bool pair = high >= 0 && low >= 0;
	size_t taken = pair ? 3 : 1;

	*out = pair ? (uint8_t)(high << 4 | low) : value->ptr[0];
	value->len -= taken;
	value->ptr += taken;
	return pair || !encoded;
}

/* The value in clear, cut short; false: a NUL, which would end it. */
static bool
decode(char *out, size_t size, struct span value)
{
	size_t used = 0;
	uint8_t byte = 1;

	while (value.len > 0 && used + 1 < size && byte != 0) {
		(void)next_byte(&value, &byte);
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	return byte != 0;
}

/* Of token, slot and library; chooses: it can tell one token from another. */
enum about { ABOUT_TEXT = 0, ABOUT_SLOT, ABOUT_VERSION };

static const struct row {
	const char *name;
	enum about about;
	size_t at;               /* of a text: where in struct shown */
	bool chooses;
} rows[] = {
#define TEXT(field) .at = offsetof(struct shown, field)
	{ "token", TEXT(label), .chooses = true },
	{ "serial", TEXT(serial), .chooses = true },
	{ "manufacturer", TEXT(manufacturer), .chooses = true },
	{ "model", TEXT(model), .chooses = true },
	{ "slot-id", .about = ABOUT_SLOT, .chooses = true },
	{ "slot-description", TEXT(slot_description), .chooses = true },
	{ "slot-manufacturer", TEXT(slot_manufacturer), .chooses = true },
	{ "library-description", TEXT(library_description) },
	{ "library-manufacturer", TEXT(library_manufacturer) },
	{ "library-version", .about = ABOUT_VERSION },
#undef TEXT
};

/* NULL: none of these. */
static const struct row *
row_of(const struct term *term)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_equal(term->key, span_str(rows[i].name)))
			return &rows[i];
	return NULL;
}

/* "M.N", or "M" for "M.0". */
static bool
is_version(const uint8_t version[2], const char *value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u.%u", version[0], version[1]);
	if (strcmp(value, text) == 0)
		return true;
	snprintf(text, sizeof(text), "%u", version[0]);
	return version[1] == 0 && strcmp(value, text) == 0;
}

static bool
term_fits(const struct term *term, const struct shown *shown,
    const unsigned long *slot)
{
	const struct row *row = row_of(term);
	char value[256], number[24];

	if (row == NULL) /* of the object, which is compared elsewhere */
		return span_equal(term->key, span_str("id")) ||
		    span_equal(term->key, span_str("object")) ||
		    span_equal(term->key, span_str("type"));
	if (!decode(value, sizeof(value), term->value))
		return false;
	switch (row->about) {
	case ABOUT_SLOT:
		snprintf(number, sizeof(number), "%lu",
		    slot == NULL ? 0 : *slot);
		return slot != NULL && strcmp(value, number) == 0;
	case ABOUT_VERSION:
		return is_version(shown->library_version, value);
	case ABOUT_TEXT:
		break;
	}
	return strcmp(value, (const char *)shown + row->at) == 0;
}

static const char scheme[] = "pkcs11:";

bool
uri_is_one(const char *text)
{
	return strncmp(text, scheme, strlen(scheme)) == 0;
}

bool
uri_fits(const char *text, const struct shown *shown,
    const unsigned long *slot, bool *fits)
{
	struct term term;

	*fits = false;
	if (!uri_is_one(text))
		return false;
	text += strlen(scheme);
	*fits = true;
	while (next_term(&text, &term))
		*fits = *fits && term_fits(&term, shown, slot);
	return true;
}

/* --- the PIN -------------------------------------------------------------- */

/* An attribute of the query; false where there is none of that name. */
static bool
find_query(const char *text, const char *name, struct span *value)
{
	size_t len = strlen(name);
	const char *at;

	if (text == NULL || strncmp(text, "pkcs11:", 7) != 0)
		return false;
	at = strchr(text, '?');
	while (at != NULL) {
		at++;
		if (strncmp(at, name, len) == 0 && at[len] == '=') {
			at += len + 1;
			*value = span_of(at, strcspn(at, "&"));
			return true;
		}
		at = strchr(at, '&');
	}
	return false;
}

bool
uri_has_pin(const char *text)
{
	struct span value;

	return find_query(text, "pin-source", &value);
}

/* A PIN itself, wherever it stands; NULL: there is none. */
static const char *
find_bare_pin(const char *text)
{
	const char *at = strstr(text, "pin-value=");

	while (at != NULL && at > text && strchr(":;?&", at[-1]) == NULL)
		at = strstr(at + 1, "pin-value=");
	return at;
}

int
uri_shown(const char *text)
{
	size_t len = strcspn(text, uri_is_one(text) ? "?" : "");
	const char *pin = find_bare_pin(text);

	if (pin != NULL && (size_t)(pin - text) < len)
		len = (size_t)(pin - text);
	return len > INT_MAX ? INT_MAX : (int)len;
}

enum exit_code
uri_pin(struct secret *out, const char *text)
{
	static const char file[] = "file:";
	char source[PATH_MAX], mend[MEND_MAX];
	const char *path = source;
	struct span value;
	enum cng_status st;

	if (!find_query(text, "pin-source", &value) ||
	    value.len >= sizeof(source) ||
	    !decode(source, sizeof(source), value))
		return fail_usage("pin-source names no file");
	if (strncmp(path, file, strlen(file)) == 0)
		path += strlen(file);
	if (strncmp(path, "///", 3) == 0)
		path += 2; /* an empty host */
	else if (path != source && strncmp(path, "//", 2) == 0)
		return fail_usage("pin-source: not a file of this machine");
	if (path[0] == '|')
		return fail_usage("pin-source: commands are not run");
	if (path[0] != '/')
		return fail_usage("pin-source: not a file with its whole "
		    "path");
	st = private_line(path, out);
	if (st == CNG_OK)
		return EXIT_DONE;
	return fail_advise(st, doctor_mend_private(mend, path, st) ? mend :
	    NULL, "%s: %s", path, private_fault(st));
}

/* --- objects -------------------------------------------------------------- */

void
uri_object_free(struct uri_object *object)
{
	secret_free(&object->id);
	secret_free(&object->label);
	memset(object, 0, sizeof(*object));
}

/* The whole value; every percent sign must be followed by two digits. */
static enum cng_status
decode_all(struct secret *out, struct span value)
{
	enum cng_status st = secret_new(out, value.len);
	size_t used = 0;

	while (st == CNG_OK && value.len > 0)
		if (!next_byte(&value, &out->ptr[used++]))
			st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK)
		secret_truncate(out, used);
	return st;
}

static enum cng_status
read_class(enum obj_class *out, struct span value)
{
	if (*out != OBJ_NONE)
		return CNG_ERR_BAD_DATA;
	for (int i = OBJ_NONE + 1; i < OBJ_CLASS_COUNT; i++)
		if (types[i] != NULL &&
		    span_equal(value, span_str(types[i])))
			*out = (enum obj_class)i;
	return *out == OBJ_NONE ? CNG_ERR_BAD_DATA : CNG_OK;
}

/* What is not known matches nothing (RFC 7512, 2.5): most likely it was meant
 * to choose, and is misspelt. */
static enum cng_status
check_token_term(bool *chooses, const struct term *term)
{
	const struct row *row = row_of(term);
	struct secret value = { 0 };
	enum cng_status st = row == NULL ? CNG_ERR_BAD_DATA :
					   decode_all(&value, term->value);

	if (st == CNG_OK && value.len > 0 &&
	    memchr(value.ptr, '\0', value.len) != NULL)
		st = CNG_ERR_BAD_DATA;
	*chooses = *chooses || (row != NULL && row->chooses);
	secret_free(&value);
	return st;
}

static enum cng_status
read_term(struct uri_object *out, const struct term *term)
{
	bool id = span_equal(term->key, span_str("id"));
	bool *has = id ? &out->has_id : &out->has_label;

	if (term->value.ptr == NULL)
		return CNG_ERR_BAD_DATA;
	if (span_equal(term->key, span_str("type")))
		return read_class(&out->class, term->value);
	if (!id && !span_equal(term->key, span_str("object")))
		return check_token_term(&out->has_token, term);
	if (*has)
		return CNG_ERR_BAD_DATA;
	*has = true;
	return decode_all(id ? &out->id : &out->label, term->value);
}

enum cng_status
uri_read(struct uri_object *out, const char *text)
{
	enum cng_status st = uri_is_one(text) ? CNG_OK : CNG_ERR_BAD_DATA;
	struct term term;

	memset(out, 0, sizeof(*out));
	if (st == CNG_OK)
		text += strlen(scheme);
	while (st == CNG_OK && next_term(&text, &term))
		st = read_term(out, &term);
	if (st == CNG_OK && *text != '\0' && *text != '?')
		st = CNG_ERR_BAD_DATA;
	if (st != CNG_OK)
		uri_object_free(out);
	return st;
}

enum exit_code
uri_check(const char *option, const char *text, bool token)
{
	struct uri_object object;
	enum cng_status st;
	bool chooses;

	if (uri_is_one(text) && find_bare_pin(text) != NULL)
		return fail_usage("pin-value shows the PIN to everybody on "
		    "this machine: say pin-source=file:PATH");
	st = uri_read(&object, text);
	chooses = st == CNG_OK && object.has_token;
	if (st == CNG_OK)
		uri_object_free(&object);
	if (st == CNG_ERR_NO_MEMORY)
		return fail(st, "%s%.*s", option, uri_shown(text), text);
	if (st != CNG_OK)
		return fail_usage("%s%.*s: not a pkcs11: URI", option,
		    uri_shown(text), text);
	return !token || chooses ? EXIT_DONE :
	    fail_usage("%s%.*s: a URI that chooses no token", option,
		uri_shown(text), text);
}
