/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The card's memory: a short list, and its file (a magic, then id, length and
 * bytes of each value, big-endian).
 */
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 512 };

struct entry {
	uint64_t id;
	struct buf value;
};

struct store {
	char *path;
	size_t capacity;
	size_t used;
	bool changed;
	size_t count;
	struct entry entries[ENTRIES];
};

static const char magic[8] = "SIMCARD1";

static struct entry *
find(const struct store *store, uint64_t id)
{
	for (size_t i = 0; i < store->count; i++) {
		if (store->entries[i].id == id)
			return (struct entry *)(uintptr_t)&store->entries[i];
	}
	return NULL;
}

struct span
store_get(const struct store *store, uint64_t id)
{
	const struct entry *entry = find(store, id);

	if (entry == NULL)
		return span_of(NULL, 0);
	return span_of(entry->value.at != NULL ? entry->value.at :
						 (const uint8_t *)magic,
	    entry->value.len);
}

bool
store_put(struct store *store, uint64_t id, struct span value)
{
	struct entry *entry = find(store, id);
	size_t before = entry != NULL ? entry->value.len : 0;
	struct buf copy = { 0 };

	if (store->capacity != 0 && value.len > before &&
	    store->used - before + value.len > store->capacity)
		return false;
	if (entry == NULL) {
		if (store->count == ENTRIES)
			return false;
		entry = &store->entries[store->count++];
		*entry = (struct entry){ .id = id };
	}
	/* The value may be a part of what it replaces. */
	buf_span(&copy, value);
	buf_free(&entry->value);
	entry->value = copy;
	store->used = store->used - before + value.len;
	store->changed = true;
	return true;
}

void
store_remove_range(struct store *store, uint64_t first, uint64_t last)
{
	size_t kept = 0;

	for (size_t i = 0; i < store->count; i++) {
		struct entry *entry = &store->entries[i];

		if (entry->id >= first && entry->id <= last) {
			store->used -= entry->value.len;
			store->changed = true;
			buf_free(&entry->value);
		} else {
			store->entries[kept++] = *entry;
		}
	}
	store->count = kept;
}

void
store_remove(struct store *store, uint64_t id)
{
	store_remove_range(store, id, id);
}

void
store_set_capacity(struct store *store, size_t capacity)
{
	store->capacity = capacity;
}

size_t
store_used(const struct store *store)
{
	return store->used;
}

static uint64_t
number(const uint8_t *at, size_t len)
{
	uint64_t value = 0;

	while (len-- > 0)
		value = value << 8 | *at++;
	return value;
}

static bool
parse(struct store *store, struct span in)
{
	struct span head, value;

	if (!span_take(&in, sizeof magic, &head) ||
	    memcmp(head.at, magic, sizeof magic) != 0)
		return false;
	while (in.len > 0) {
		if (!span_take(&in, 12, &head) ||
		    !span_take(&in, (size_t)number(head.at + 8, 4), &value) ||
		    !store_put(store, number(head.at, 8), value))
			return false;
	}
	return true;
}

static bool
load(struct store *store)
{
	FILE *file = fopen(store->path, "rb");
	struct buf all = { 0 };
	uint8_t part[4096];
	size_t len;
	bool good;

	if (file == NULL)
		return true;
	while ((len = fread(part, 1, sizeof part, file)) > 0)
		buf_put(&all, part, len);
	fclose(file);
	good = parse(store, buf_all(&all));
	buf_free(&all);
	if (!good)
		fprintf(stderr, "card: %s holds no card\n", store->path);
	return good;
}

struct store *
store_open(const char *path, size_t capacity)
{
	struct store *store = calloc(1, sizeof *store);

	if (store == NULL)
		return NULL;
	if (path != NULL) {
		store->path = strdup(path);
		if (store->path == NULL || !load(store)) {
			store_close(store);
			return NULL;
		}
	}
	store->changed = false;
	store->capacity = capacity;
	return store;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store_remove_range(store, 0, UINT64_MAX);
	free(store->path);
	free(store);
}

static void
put_number(struct buf *out, uint64_t value, unsigned bytes)
{
	while (bytes-- > 0)
		buf_byte(out, (unsigned)(value >> (8 * bytes) & 0xff));
}

bool
store_save(struct store *store)
{
	char name[1024];
	struct buf all = { 0 };
	FILE *file;
	bool good;

	if (store->path == NULL || !store->changed)
		return true;
	buf_put(&all, magic, sizeof magic);
	for (size_t i = 0; i < store->count; i++) {
		const struct buf *value = &store->entries[i].value;

		put_number(&all, store->entries[i].id, 8);
		put_number(&all, value->len, 4);
		buf_span(&all, buf_all(value));
	}
	/* A card that is killed has the old contents or the new. */
	snprintf(name, sizeof name, "%s.new", store->path);
	file = fopen(name, "wb");
	good = file != NULL && fwrite(all.at, 1, all.len, file) == all.len;
	if (file != NULL && fclose(file) != 0)
		good = false;
	good = good && rename(name, store->path) == 0;
	if (!good)
		perror(store->path);
	else
		store->changed = false;
	buf_free(&all);
	return good;
}
