/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads rows.txt, tries every row through one face of the library, and prints
 * a line for each path: row, path, result; tab separated.
 */
#include "tests/matrix/row.h"

#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)65536)

struct row_reader {
	FILE *file;
	const char *folder;
};

static bool
read_vector(struct secret *out, const char *folder, const char *name)
{
	static uint8_t buffer[FILE_MAX];
	char path[4096];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	len = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	return len < sizeof(buffer) &&
	    secret_copy(out, span_of(buffer, len)) == CNG_OK;
}

static bool
copy(char *out, const char *text, size_t len)
{
	if (len >= ROW_TEXT)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

struct row_reader *
row_open(const char *file, const char *folder)
{
	static struct row_reader reader;

	reader.file = fopen(file, "r");
	reader.folder = folder;
	return reader.file == NULL ? NULL : &reader;
}

void
row_close(struct row_reader *reader)
{
	fclose(reader->file);
}

void
row_free(struct row *row)
{
	secret_free(&row->blob);
	secret_free(&row->with);
	for (size_t i = 0; i < ROW_BUFFERS; i++) {
		secret_free(&row->in.value[i]);
		secret_free(&row->out.value[i]);
	}
}

/* with=FILE:TYPE */
static bool
take_with(struct row *row, const char *value, const char *folder)
{
	const char *colon = strchr(value, ':');
	char file[ROW_TEXT];

	return colon != NULL && copy(file, value, (size_t)(colon - value)) &&
	    copy(row->with_type, colon + 1, strlen(colon + 1)) &&
	    read_vector(&row->with, folder, file);
}

/* NUMBER:FILE, or NUMBER=TEXT, which gets a NUL */
static bool
take_buffer(struct row_list *out, const char *value, const char *folder)
{
	unsigned n = out->count++;
	char *rest;

	if (n >= ROW_BUFFERS)
		return false;
	out->type[n] = (unsigned)strtoul(value, &rest, 0);
	if (*rest == ':')
		return read_vector(&out->value[n], folder, rest + 1);
	return *rest == '=' && secret_copy(&out->value[n],
	    span_of(rest + 1, strlen(rest + 1) + 1)) == CNG_OK;
}

static bool
take_word(struct row *row, const char *word, const char *folder)
{
	if (strcmp(word, "fresh") == 0) {
		row->fresh = true;
		return true;
	}
	if (strncmp(word, "with=", 5) == 0)
		return take_with(row, word + 5, folder);
	if (strncmp(word, "in=", 3) == 0)
		return take_buffer(&row->in, word + 3, folder);
	if (strncmp(word, "out=", 4) == 0)
		return take_buffer(&row->out, word + 4, folder);
	if (strncmp(word, "secret=", 7) == 0)
		return copy(row->password, word + 7, strlen(word + 7));
	/* for cngtool */
	return strncmp(word, "to=", 3) == 0 ||
	    strncmp(word, "reads=", 6) == 0 ||
	    strncmp(word, "writes=", 7) == 0;
}

static bool
is_beyond(const struct row *row)
{
	struct key_material key;
	bool beyond;

	beyond = blob_decode(row->info->type, secret_span(&row->blob), NULL,
	    &key) == CNG_OK && key.set != KEY_SET_NONE &&
	    !crypto_has_set(key.set);
	key_free(&key);
	return beyond;
}

static bool
take_line(struct row *row, char *line, const char *folder)
{
	char *name, *vector, *word, *rest = NULL;
	enum blob_type type;

	name = strtok_r(line, " \t\n", &rest);
	vector = strtok_r(NULL, " \t\n", &rest);
	if (name == NULL || vector == NULL ||
	    !copy(row->name, name, strlen(name)) ||
	    !copy(row->type, name, strcspn(name, "+")) ||
	    !read_vector(&row->blob, folder, vector))
		return false;
	while ((word = strtok_r(NULL, " \t\n", &rest)) != NULL)
		if (!take_word(row, word, folder))
			return false;
	if (blob_type_from_name(row->type, &type) == CNG_OK) {
		row->info = blob_info(type);
		row->beyond = is_beyond(row);
	}
	return true;
}

bool
row_next(struct row_reader *reader, struct row *out, bool *bad)
{
	static char line[1024], whole[1024];

	memset(out, 0, sizeof(*out));
	*bad = false;
	do {
		if (fgets(line, sizeof(line), reader->file) == NULL)
			return false;
	} while (line[0] == '#' || line[0] == '\n');
	memcpy(whole, line, sizeof(line));
	*bad = !take_line(out, line, reader->folder);
	if (*bad)
		fprintf(stderr, "cannot use the row: %s", whole);
	return !*bad;
}

void
row_result(const struct row *row, const char *path, const char *result)
{
	printf("%s\t%s\t%s\n", row->name, path,
	    row->beyond && strcmp(result, "yes") != 0 ? "SKIP" : result);
}

void
row_wrong(const struct row *row, const char *path, const char *what)
{
	printf("%s\t%s\tWRONG: %s\n", row->name, path, what);
}

struct face {
	const char *name;
	int (*start)(void);
	void (*row)(const struct row *row);
	void (*stop)(void);
};

static const struct face faces[] = {
	{ "ncrypt", ncrypt_start, ncrypt_row, ncrypt_stop },
	{ "pkcs11", pkcs11_start, pkcs11_row, pkcs11_stop },
};

static int
run(const struct face *face, struct row_reader *reader)
{
	struct row row;
	bool bad = false;

	if (crypto_start() != CNG_OK || face->start() != 0)
		return 1;
	while (row_next(reader, &row, &bad)) {
		face->row(&row);
		row_free(&row);
	}
	row_free(&row);
	face->stop();
	crypto_shutdown();
	return bad;
}

int
main(int argc, char **argv)
{
	struct row_reader *reader;
	int status = 2;

	if (argc != 4)
		return 2;
	reader = row_open(argv[2], argv[3]);
	if (reader == NULL)
		return 2;
	for (size_t i = 0; i < sizeof(faces) / sizeof(faces[0]); i++)
		if (strcmp(faces[i].name, argv[1]) == 0)
			status = run(&faces[i], reader);
	row_close(reader);
	return status;
}
