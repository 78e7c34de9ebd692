/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Published vectors: text files, a block of lines for each case.
 *
 *   source NAME         the paper
 *   mechanism NAME      as in the rows
 *   cells NAME...       the functions that it proves
 *   set NAME            the algorithm, as libcrypto has it
 *   seed, private, public, key, iv, aad, input, output, context, salt, info
 *                       in hex
 *   NAME-sha256 HEX     of what has to be made
 *   number N            prehash; iterations
 *   refused             it must not verify
 *   whole               the seed is the private key itself
 */
#include "tests/mechanisms/pairs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define VECTORS_MAX 256
#define FIELDS_MAX 16
#define LINE_MAX_ 0x10000

struct field {
	char name[20];
	char *text;
};

struct vector {
	struct field field[FIELDS_MAX];
	size_t count;
	bool used;
};

static const char *where = ".";
static struct vector vectors[VECTORS_MAX];
static size_t vector_count;

static const char *
text_of(const struct vector *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		if (strcmp(v->field[i].name, name) == 0)
			return v->field[i].text;
	return NULL;
}

/* --- reading --- */

static bool
add_line(struct vector *v, char *line)
{
	char *text = strchr(line, ' ');
	struct field *field = &v->field[v->count];
	size_t len;

	if (text != NULL)
		*text++ = '\0';
	len = strlen(line);
	if (!expect(v->count < FIELDS_MAX && len < sizeof(field->name),
	    "a vector has a wrong line"))
		return false;
	memcpy(field->name, line, len + 1);
	field->text = strdup(text == NULL ? "" : text);
	v->count++;
	return field->text != NULL;
}

static bool
read_file(const char *path)
{
	static char line[LINE_MAX_];
	FILE *f = fopen(path, "r");
	bool good = expect(f != NULL, path);

	while (good && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (line[0] != '\0')
			good = add_line(&vectors[vector_count], line);
		else if (vectors[vector_count].count > 0)
			good = expect(++vector_count < VECTORS_MAX - 1,
			    "too many vectors");
	}
	if (f != NULL)
		(void)fclose(f);
	vector_count += vectors[vector_count].count > 0;
	return good;
}

bool
vectors_load(const char *folder)
{
	char path[4096];
	struct dirent *entry;
	DIR *dir = opendir(folder);
	bool good = expect(dir != NULL, folder);

	where = folder;
	while (good && (entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, ".txt") == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		    entry->d_name);
		good = read_file(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return good && expect(vector_count > 0, "no vectors");
}

const char *
vectors_folder(void)
{
	return where;
}

void
vectors_free(void)
{
	struct vector *v;

	for (v = vectors; v < vectors + VECTORS_MAX; v++)
		while (v->count > 0)
			free(v->field[--v->count].text);
}

static struct bytes
hex_of(const struct vector *v, const char *name)
{
	const char *text = text_of(v, name);
	struct bytes out = { NULL, 0 };
	unsigned byte;
	CK_ULONG i;

	if (text == NULL)
		return out;
	out = room(strlen(text) / 2);
	for (i = 0; i < out.len; i++)
		if (sscanf(text + 2 * i, "%2x", &byte) == 1)
			out.ptr[i] = (unsigned char)byte;
	return out;
}

/* --- keys of parameter sets --- */

static const struct {
	const char *name;
	CK_KEY_TYPE type;
	CK_ULONG set;
} sets[] = {
	{ "ML-KEM-512", CKK_ML_KEM, CKP_ML_KEM_512 },
	{ "ML-KEM-768", CKK_ML_KEM, CKP_ML_KEM_768 },
	{ "ML-KEM-1024", CKK_ML_KEM, CKP_ML_KEM_1024 },
	{ "ML-DSA-44", CKK_ML_DSA, CKP_ML_DSA_44 },
	{ "ML-DSA-65", CKK_ML_DSA, CKP_ML_DSA_65 },
	{ "ML-DSA-87", CKK_ML_DSA, CKP_ML_DSA_87 },
	{ "SLH-DSA-SHA2-128s", CKK_SLH_DSA, CKP_SLH_DSA_SHA2_128S },
	{ "SLH-DSA-SHAKE-128s", CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_128S },
	{ "SLH-DSA-SHA2-128f", CKK_SLH_DSA, CKP_SLH_DSA_SHA2_128F },
	{ "SLH-DSA-SHAKE-128f", CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_128F },
	{ "SLH-DSA-SHA2-192s", CKK_SLH_DSA, CKP_SLH_DSA_SHA2_192S },
	{ "SLH-DSA-SHAKE-192s", CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_192S },
	{ "SLH-DSA-SHA2-192f", CKK_SLH_DSA, CKP_SLH_DSA_SHA2_192F },
	{ "SLH-DSA-SHAKE-192f", CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_192F },
	{ "SLH-DSA-SHA2-256s", CKK_SLH_DSA, CKP_SLH_DSA_SHA2_256S },
	{ "SLH-DSA-SHAKE-256s", CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256S },
	{ "SLH-DSA-SHA2-256f", CKK_SLH_DSA, CKP_SLH_DSA_SHA2_256F },
	{ "SLH-DSA-SHAKE-256f", CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256F },
};

/* As an object of the token; false: no set of that name. */
static bool
key_create(const char *set, CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE part,
    struct bytes value, CK_OBJECT_HANDLE *out)
{
	CK_KEY_TYPE type;
	CK_ULONG number;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_PARAMETER_SET, &number, sizeof(number) },
		{ part, value.ptr, value.len },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sets); i++) {
		if (strcmp(sets[i].name, set) != 0)
			continue;
		type = sets[i].type;
		number = sets[i].set;
		return object_make(tmpl, class == CKO_PUBLIC_KEY ? 4 :
		    ARRAY_LEN(tmpl), out);
	}
	return false;
}

static bool
is_set(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(sets); i++)
		if (strcmp(sets[i].name, name) == 0)
			return true;
	return false;
}

/* The other half, from what the private one says of it. */
static struct bytes
public_of(CK_OBJECT_HANDLE private)
{
	EVP_PKEY *pkey = public_export(private);
	struct bytes out = room(4096);
	size_t len = out.len;

	if (!expect(pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, out.ptr,
	    &len), "no public key"))
		len = 0;
	out.len = len;
	EVP_PKEY_free(pkey);
	return out;
}

static bool
pair_ready(const struct vector *v, struct sample *s)
{
	const char *set = text_of(v, "set");
	struct bytes private = hex_of(v, "private");
	struct bytes public = hex_of(v, "public");

	if (public.ptr != NULL)
		return key_create(set, CKO_PUBLIC_KEY, CKA_VALUE, public,
		    &s->public_key);
	if (is_set(set))
		return key_create(set, CKO_PRIVATE_KEY, CKA_VALUE, private,
		    &s->private_key) &&
		    key_create(set, CKO_PUBLIC_KEY, CKA_VALUE,
			public_of(s->private_key), &s->public_key);
	s->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, set, NULL,
	    private.ptr, private.len);
	return expect(s->pkey != NULL, set) && pair_import(s);
}

/* --- a key out of a seed --- */

static bool
hash_is(struct bytes value, struct bytes want, const char *what)
{
	return equal(digest_of("SHA256", value), want, what);
}

static bool
seed_proof(const struct vector *v)
{
	struct bytes seed = hex_of(v, "seed");
	CK_OBJECT_HANDLE private;

	return key_create(text_of(v, "set"), CKO_PRIVATE_KEY,
	    text_of(v, "whole") != NULL ? CKA_VALUE : CKA_SEED, seed,
	    &private) &&
	    hash_is(object_value(private, CKA_VALUE),
		hex_of(v, "private-sha256"), "private key") &&
	    hash_is(public_of(private), hex_of(v, "public-sha256"),
		"public key");
}

/* --- running --- */

static const struct row *
row_for(const char *mechanism, CK_FLAGS cell)
{
	const struct row *row;
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (strcmp(row->name, mechanism) == 0 &&
		    row_proof(row, cell) != NULL)
			return row;
	return NULL;
}

static void
fill(const struct vector *v, struct sample *s)
{
	const char *number = text_of(v, "number");

	s->published = true;
	s->refused = text_of(v, "refused") != NULL;
	s->number = number == NULL ? 0 : strtoul(number, NULL, 0);
	s->key = hex_of(v, "key");
	s->iv = hex_of(v, "iv");
	s->aad = hex_of(v, "aad");
	s->input = hex_of(v, "input");
	s->output = hex_of(v, "output");
	s->context = hex_of(v, "context");
	s->salt = hex_of(v, "salt");
	s->info = hex_of(v, "info");
	s->hash = hex_of(v, "output-sha256");
}

static bool
run_one(const struct vector *v, const struct row *row, CK_FLAGS cell)
{
	struct sample s = { .row = row };
	step *sign = row_proof(row, CKF_SIGN);
	bool good;

	s.how.mechanism = row->type;
	fill(v, &s);
	if (text_of(v, "seed") != NULL) {
		good = seed_proof(v);
		sample_end(&s);
		return token_renew() && good;
	}
	good = (text_of(v, "set") != NULL ? pair_ready(v, &s) :
	    row->keys->make(&s, s.key.len)) &&
	    (row->param == NULL || row->param(&s));
	/* the answer is known by its hash only: make it first */
	if (good && s.hash.ptr != NULL && cell != CKF_SIGN)
		good = sign != NULL && sign(&s);
	good = good && row_proof(row, cell)(&s);
	sample_end(&s);
	return token_renew() && good;
}

static bool
has_cell(const struct vector *v, CK_FLAGS cell)
{
	const char *cells = text_of(v, "cells"), *at;
	const struct function *f;
	size_t len;

	for (f = functions; f->flag != 0; f++) {
		if (f->flag != cell)
			continue;
		len = strlen(f->name);
		for (at = cells; at != NULL && *at != '\0';
		    at += strcspn(at, " "), at += *at == ' ')
			if (strncmp(at, f->name, len) == 0 &&
			    (at[len] == ' ' || at[len] == '\0'))
				return true;
	}
	return false;
}

static void
note_source(const char *source, char *sources, size_t size)
{
	size_t len = strlen(sources);

	if (strstr(sources, source) == NULL)
		(void)snprintf(sources + len, size - len, "%s%s",
		    len > 0 ? ", " : "", source);
}

/* For a libcrypto that there is not? */
static bool
too_new(const struct vector *v)
{
	const char *since = text_of(v, "since");
	const char *mechanism = text_of(v, "mechanism");
	unsigned major, minor;

	if (mechanism != NULL && strncmp(mechanism, "CAMELLIA_", 9) == 0 &&
	    !libcrypto_has_camellia())
		return true;
	return since != NULL && sscanf(since, "%u.%u", &major, &minor) == 2 &&
	    !libcrypto_is(major, minor);
}

bool
vectors_run(const char *mechanism, CK_FLAGS cell, char *sources, size_t size)
{
	const struct row *row = row_for(mechanism, cell);
	struct vector *v;

	for (v = vectors; v < vectors + vector_count; v++) {
		const char *name = text_of(v, "mechanism");

		if (row == NULL || name == NULL ||
		    strcmp(name, mechanism) != 0 || !has_cell(v, cell))
			continue;
		v->used = true;
		if (too_new(v))
			continue;
		if (!run_one(v, row, cell)) {
			printf("# vector %s %s, number %zu\n",
			    text_of(v, "source"), mechanism,
			    (size_t)(v - vectors));
			return false;
		}
		note_source(text_of(v, "source"), sources, size);
	}
	return true;
}

const char *
vectors_unused(void)
{
	const struct vector *v;

	for (v = vectors; v < vectors + vector_count; v++)
		if (!v->used && !too_new(v))
			return text_of(v, "mechanism");
	return NULL;
}
