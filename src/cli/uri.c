/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pkcs11: URIs, written and understood.  What RFC 7512 does not let stand for
 * itself is percent-encoded; an id always is, as other tools do.
 */
#include "cli/uri.h"

#include "base/alloc.h"
#include "base/wr.h"
#include "core/knownpin.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Descriptions have 64 bytes, words and all. */
#define SLOT_SHOWN 55

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
	struct span key, value;  /* the value still encoded */
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
	out->value = equals == NULL ? span_of(*at, 0) :
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

	*out = pair ? (uint8_t)(high << 4 | low) : value->ptr[0];
	value->len -= pair ? 3 : 1;
	value->ptr += pair ? 3 : 1;
	return pair || !encoded;
}

/* The value in clear, cut short. */
static void
decode(char *out, size_t size, struct span value)
{
	size_t used = 0;
	uint8_t byte;

	while (value.len > 0 && used + 1 < size) {
		(void)next_byte(&value, &byte);
		out[used++] = (char)byte;
	}
	out[used] = '\0';
}

/* A slot is described by its store or reader, with a word before it or not,
 * and cut to what fits. */
static bool
is_slot(const char *path, const char *text)
{
	static const char word[] = "CNG keys ";

	if (strncmp(text, word, strlen(word)) == 0)
		text += strlen(word);
	return strncmp(path, text, strlen(text)) == 0 &&
	    (path[strlen(text)] == '\0' || strlen(text) >= SLOT_SHOWN);
}

static bool
term_fits(const struct term *term, const struct token_info *token,
    unsigned long slot)
{
	char value[256], number[24];

	decode(value, sizeof(value), term->value);
	snprintf(number, sizeof(number), "%lu", slot);
	if (span_equal(term->key, span_str("token")))
		return strcmp(value, token->label) == 0;
	if (span_equal(term->key, span_str("serial")))
		return strcmp(value, token->serial) == 0;
	if (span_equal(term->key, span_str("slot-id")))
		return strcmp(value, number) == 0;
	if (span_equal(term->key, span_str("slot-description")))
		return is_slot(token->path == NULL ? "" : token->path, value);
	return true;
}

static const char scheme[] = "pkcs11:";

bool
uri_is_one(const char *text)
{
	return strncmp(text, scheme, strlen(scheme)) == 0;
}

bool
uri_fits(const char *text, const struct token_info *token,
    unsigned long slot, bool *fits)
{
	struct term term;

	*fits = false;
	if (!uri_is_one(text))
		return false;
	text += strlen(scheme);
	*fits = true;
	while (next_term(&text, &term))
		*fits = *fits && term_fits(&term, token, slot);
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

	return find_query(text, "pin-source", &value) ||
	    find_query(text, "pin-value", &value);
}

enum exit_code
uri_pin(struct secret *out, const char *text)
{
	static const char file[] = "file:";
	char source[PATH_MAX];
	const char *path = source;
	struct span value;
	enum cng_status st;

	if (find_query(text, "pin-value", &value))
		return fail_usage("pin-value shows the PIN to everybody on "
		    "this machine: say pin-source=file:PATH");
	if (!find_query(text, "pin-source", &value) ||
	    value.len >= sizeof(source))
		return fail_usage("pin-source names no file");
	decode(source, sizeof(source), value);
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
	if (st == CNG_ERR_STORE_PERMISSION)
		return fail_advise(st, "let its owner alone read it: "
		    "chmod 600", "%s", path);
	return st == CNG_OK ? EXIT_DONE :
	    fail_advise(st, NULL, "%s: %s", path, cng_status_text(st));
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

static enum cng_status
read_term(struct uri_object *out, const struct term *term)
{
	bool id = span_equal(term->key, span_str("id"));
	bool *has = id ? &out->has_id : &out->has_label;
	struct secret unused = { 0 };
	enum cng_status st;

	if (span_equal(term->key, span_str("type")))
		return read_class(&out->class, term->value);
	if (!id && !span_equal(term->key, span_str("object"))) {
		/* of the token: looked at by uri_fits */
		st = decode_all(&unused, term->value);
		secret_free(&unused);
		return st;
	}
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
