/* SPDX-License-Identifier: BSD-2-Clause
 *
 * 100,000 records: opening, finding and listing stay what they are with ten.
 * Prints its figures; run by "make check-long".
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/store.h"

#define BATCH 100
#define LARGE 100000
#define FEW   10

static double
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(enum cng_status st, const char *what)
{
	if (st == CNG_OK)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, cng_status_text(st));
	exit(EXIT_FAILURE);
}

static struct store_tag
tag_of(unsigned number, unsigned prop)
{
	struct store_tag tag = { { 0 } };
	uint64_t x = ((uint64_t)number << 8 | prop) + 1;

	for (size_t i = 0; i < STORE_TAG; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		tag.bytes[i] = (uint8_t)(x >> 32);
	}
	return tag;
}

static void
put(struct store *store, unsigned number)
{
	struct store_record record = { .version = 1, .kind = 3 << 16 };

	must(secret_new(&record.clear, 300), "memory");
	must(secret_new(&record.sealed, 1200), "memory");
	memcpy(record.uid, tag_of(number, 0).bytes, STORE_UID);
	memcpy(record.clear.ptr, &number, sizeof(number));
	record.tag_count = 3;
	for (unsigned i = 0; i < 3; i++)
		record.tag[i] = tag_of(number, i + 1);
	must(store_put(store, &record), "put");
	store_record_free(&record);
}

static void
fill(const char *path, unsigned count)
{
	struct store *store;
	double start = now_ms();

	must(store_open(&store, path, STORE_CREATE), "create");
	for (unsigned i = 0; i < count; i++) {
		if (i % BATCH == 0)
			must(store_begin(store), "begin");
		put(store, i);
		if (i % BATCH == BATCH - 1 || i == count - 1)
			must(store_commit(store), "commit");
	}
	store_close(store);
	(void)printf("%6u records: filled in %.0f ms\n", count,
	    now_ms() - start);
}

static void
find_all(struct store *store, unsigned count)
{
	struct store_ids ids;
	double start = now_ms();

	must(store_find_kind(store, 3 << 16, 0xffff0000, &ids), "list");
	if (ids.count != count)
		must(CNG_ERR_INTERNAL, "count of a listing");
	mem_free(ids.id);
	(void)printf("%6u records: listed in %.3f ms\n", count,
	    now_ms() - start);
}

static void
find_some(struct store *store, unsigned count)
{
	double start = now_ms();

	for (unsigned i = 0; i < 10000; i++) {
		unsigned number = (unsigned)rand() % count;
		struct store_tag tag = tag_of(number, 2);
		struct store_record record;
		struct store_ids ids;
		unsigned got;

		must(store_find_tag(store, &tag, &ids), "find");
		if (ids.count != 1)
			must(CNG_ERR_INTERNAL, "count of a search");
		must(store_get(store, ids.id[0], &record), "get");
		memcpy(&got, record.clear.ptr, sizeof(got));
		if (got != number)
			must(CNG_ERR_INTERNAL, "record found");
		mem_free(ids.id);
		store_record_free(&record);
	}
	(void)printf("%6u records: found and read in %.2f us\n", count,
	    (now_ms() - start) / 10);
}

static double
open_time(const char *path, unsigned count)
{
	double best = 1e9;

	for (unsigned i = 0; i < 20; i++) {
		struct store_tag tag = tag_of(1, 2);
		double start = now_ms();
		struct store_ids ids;
		struct store *store;

		must(store_open(&store, path, STORE_OPEN), "open");
		must(store_find_tag(store, &tag, &ids), "find");
		mem_free(ids.id);
		if (now_ms() - start < best)
			best = now_ms() - start;
		store_close(store);
	}
	(void)printf("%6u records: opened in %.3f ms\n", count, best);
	return best;
}

static void
stamp_time(struct store *store)
{
	double start = now_ms();
	uint64_t stamp;

	for (unsigned i = 0; i < 1000000; i++)
		must(store_stamp(store, &stamp), "stamp");
	(void)printf("stamp in %.1f ns\n", now_ms() - start);
}

static double
measure(const char *folder, const char *name, unsigned count)
{
	char path[128];
	char spare[140];
	struct store *store;
	double opened;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fill(path, count);
	opened = open_time(path, count);
	must(store_open(&store, path, STORE_OPEN), "open");
	find_all(store, count);
	find_some(store, count);
	stamp_time(store);
	store_close(store);
	(void)unlink(path);
	(void)snprintf(spare, sizeof(spare), "%s.lock", path);
	(void)unlink(spare);
	return opened;
}

int
main(void)
{
	char folder[] = "/var/tmp/store-big-XXXXXX";
	double few;
	double large;

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	few = measure(folder, "few", FEW);
	large = measure(folder, "large", LARGE);
	(void)rmdir(folder);
	/* loading rows would make it a thousand times slower */
	if (large > 10 * few + 5) {
		(void)fprintf(stderr, "opening depends on the size\n");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
