/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON by jansson, in ASCII, so that nothing in it steers a terminal;
 * tables by libsmartcols, from escaped text.
 */
#include "cli/print.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/utf16.h"
#include "cli/text.h"

#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>

/* Something did not fit into memory; a listing with holes is not printed. */
static bool incomplete;

static bool printed;             /* JSON, or tried to */
static json_t *notes;            /* as long as the program runs */

static void
put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		incomplete = true;
}

static json_t *
text_value(struct span text)
{
	json_t *value = NULL;
	char *safe;

	if (text.len == 0 || utf8_valid(text))
		return json_stringn(text.len == 0 ? "" :
		    (const char *)text.ptr, text.len);
	safe = text_escape_new(text);
	if (safe != NULL)
		value = json_string(safe);
	mem_free(safe);
	return value;
}

void
print_set_text(json_t *object, const char *key, struct span text)
{
	put(object, key, text_value(text));
}

void
print_set_string(json_t *object, const char *key, const char *text)
{
	print_set_text(object, key, span_str(text));
}

void
print_set_hex(json_t *object, const char *key, struct span bytes)
{
	struct secret text = { 0 };

	if (bytes.len > SECRET_MAX / 2 - 1 ||
	    secret_new(&text, 2 * bytes.len + 1) != CNG_OK) {
		incomplete = true;
		return;
	}
	hex_encode((char *)text.ptr, bytes);
	put(object, key, json_string((const char *)text.ptr));
	secret_free(&text);
}

void
print_set_number(json_t *object, const char *key, size_t number)
{
	put(object, key, json_integer((json_int_t)number));
}

void
print_set_bool(json_t *object, const char *key, bool value)
{
	put(object, key, json_boolean(value));
}

void
print_set_array(json_t *object, const char *key, json_t *array)
{
	put(object, key, json_incref(array));
}

void
print_append(json_t *array, json_t *row)
{
	if (json_array_append_new(array, row) != 0)
		incomplete = true;
}

/* NULL when memory is short. */
static char * __attribute__((format(printf, 1, 0)))
format_new(const char *format, va_list args)
{
	va_list again;
	char *text = NULL;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len >= 0)
		text = mem_new((size_t)len + 1, 1);
	if (text != NULL)
		(void)vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

void
print_line(const char *format, ...)
{
	char *raw, *safe = NULL;
	va_list args;

	va_start(args, format);
	raw = format_new(format, args);
	va_end(args);
	if (raw != NULL)
		safe = text_escape_new(span_str(raw));
	if (safe != NULL)
		(void)puts(safe);
	else
		note("a line is missing: out of memory");
	mem_free(safe);
	mem_free(raw);
}

static enum exit_code
finish(bool ok)
{
	if (incomplete)
		return fail(CNG_ERR_NO_MEMORY, "cannot print the listing");
	if (!ok || fflush(stdout) != 0)
		return fail_advise(CNG_ERR_STORE_IO, NULL,
		    "cannot write to standard output");
	return EXIT_DONE;
}

static bool
dump(const json_t *value)
{
	printed = true;
	return json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII |
	    JSON_PRESERVE_ORDER) == 0 && putchar('\n') != EOF;
}

enum exit_code
print_json(const json_t *value)
{
	return finish(!incomplete && dump(value));
}

static void
keep_note(const char *text)
{
	print_append(notes, text_value(span_str(text)));
}

void
print_keep_notes(void)
{
	notes = json_array();
	exit_hear_notes(keep_note);
}

void
print_set_notes(json_t *object)
{
	print_set_array(object, "notes", notes);
}

void
print_failure(void)
{
	const struct exit_failure *failure = exit_last();
	json_t *all;

	if (printed || failure == NULL)
		return;
	all = json_object();
	print_set_string(all, "error", exit_name(failure->st));
	print_set_string(all, "message", failure->text);
	if (failure->advice[0] != '\0')
		print_set_string(all, "advice", failure->advice);
	/* what cannot be written has been said on stderr */
	(void)dump(all);
	json_decref(all);
}

static void
join_array(char *out, size_t size, const json_t *array)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < json_array_size(array) && used < size; i++) {
		const char *item = json_string_value(json_array_get(array, i));
		int len = snprintf(out + used, size - used, "%s%s",
		    i == 0 ? "" : ",", item == NULL ? "" : item);

		if (len < 0)
			return;
		used += (size_t)len;
	}
}

/* False when memory is short. */
static bool
set_cell(struct libscols_line *line, size_t column, const json_t *value)
{
	char small[256];
	char *safe;
	bool ok;

	if (value == NULL || json_is_null(value))
		return true;
	if (json_is_string(value)) {
		safe = text_escape_new(span_of(json_string_value(value),
		    json_string_length(value)));
		ok = safe != NULL &&
		    scols_line_set_data(line, column, safe) == 0;
		mem_free(safe);
		return ok;
	}
	if (json_is_array(value))
		join_array(small, sizeof(small), value);
	else if (json_is_boolean(value))
		snprintf(small, sizeof(small), "%s",
		    json_is_true(value) ? "yes" : "no");
	else
		snprintf(small, sizeof(small), "%lld",
		    (long long)json_integer_value(value));
	return scols_line_set_data(line, column, small) == 0;
}

static bool
fill(struct libscols_table *table, const json_t *rows,
    const struct print_column *columns, size_t column_count)
{
	for (size_t c = 0; c < column_count; c++) {
		if (scols_table_new_column(table, columns[c].heading, 0,
		    columns[c].right ? SCOLS_FL_RIGHT : 0) == NULL)
			return false;
	}
	for (size_t r = 0; r < json_array_size(rows); r++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		const json_t *row = json_array_get(rows, r);

		if (line == NULL)
			return false;
		for (size_t c = 0; c < column_count; c++) {
			if (!set_cell(line, c,
			    json_object_get(row, columns[c].key)))
				return false;
		}
	}
	return true;
}

enum exit_code
print_table(const json_t *rows, const struct print_column *columns,
    size_t column_count)
{
	struct libscols_table *table;
	bool ok = false;

	if (incomplete)
		return finish(false);
	table = scols_new_table();
	if (table != NULL) {
		/* the text is escaped already; nothing is cut off */
		scols_table_enable_noencoding(table, 1);
		scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
		ok = fill(table, rows, columns, column_count) &&
		    scols_print_table(table) == 0;
	}
	scols_unref_table(table);
	return finish(ok);
}
