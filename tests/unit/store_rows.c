/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Facts, records, searches and transactions, on disk and in memory.
 */
#include "config.h"

#include "store_help.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/util.h"

/* The tests run on each kind of store. */
static const char *
place(int kind)
{
	return kind == 0 ? "memory:" : help_path("token");
}

START_TEST(facts_come_back)
{
	for (int kind = 0; kind < 2; kind++) {
		struct store *store = help_open(place(kind), STORE_CREATE);
		struct secret got = { 0 };

		ck_assert_int_eq(store_fact_get(store, "a", &got),
		    CNG_ERR_NOT_FOUND);
		ck_assert_int_eq(store_fact_put(store, "a", span_str("x")),
		    CNG_ERR_INTERNAL);
		ck_assert_int_eq(store_begin(store), CNG_OK);
		ck_assert_int_eq(store_begin(store), CNG_ERR_INTERNAL);
		ck_assert_int_eq(store_fact_put(store, "a", span_str("one")),
		    CNG_OK);
		ck_assert_int_eq(store_fact_put(store, "a", span_str("two")),
		    CNG_OK);
		ck_assert_int_eq(store_fact_put(store, "b", span_of(NULL, 0)),
		    CNG_OK);
		ck_assert_int_eq(store_commit(store), CNG_OK);
		ck_assert_int_eq(store_commit(store), CNG_ERR_INTERNAL);
		ck_assert_int_eq(store_fact_get(store, "a", &got), CNG_OK);
		ck_assert(span_equal(secret_span(&got), span_str("two")));
		secret_free(&got);
		ck_assert_int_eq(store_fact_get(store, "b", &got), CNG_OK);
		ck_assert_uint_eq(got.len, 0);
		secret_free(&got);
		store_close(store);
	}
}
END_TEST

START_TEST(records_come_back)
{
	for (int kind = 0; kind < 2; kind++) {
		struct store *store = help_open(place(kind), STORE_CREATE);
		struct store_record got;
		uint64_t id = help_put(store, 7);
		uint64_t count = 0;

		ck_assert_uint_ne(id, 0);
		ck_assert_int_eq(store_get(store, id, &got), CNG_OK);
		ck_assert(help_is_record(&got, 7));
		ck_assert_uint_eq(got.id, id);
		ck_assert_uint_eq(got.version, 1);
		ck_assert(!got.has_name);
		store_record_free(&got);
		ck_assert_int_eq(store_get(store, id + 1, &got),
		    CNG_ERR_NOT_FOUND);
		ck_assert_int_eq(store_get(store, UINT64_MAX, &got),
		    CNG_ERR_NOT_FOUND);
		ck_assert_int_eq(store_count(store, &count), CNG_OK);
		ck_assert_uint_eq(count, 1);
		store_close(store);
	}
}
END_TEST

START_TEST(empty_parts_are_kept)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record record = { .uid = { 1 } };
	struct store_record got;

	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	ck_assert_int_eq(store_get(store, record.id, &got), CNG_OK);
	ck_assert_uint_eq(got.clear.len + got.sealed.len, 0);
	store_record_free(&got);
	store_close(store);
}
END_TEST

START_TEST(names_are_unique)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record a;
	struct store_record b;
	struct store_record got;

	help_record(&a, 1);
	help_record(&b, 2);
	a.has_name = b.has_name = true;
	memset(a.name.bytes, 5, STORE_TAG);
	memset(b.name.bytes, 5, STORE_TAG);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_put(store, &a), CNG_OK);
	ck_assert_int_eq(store_put(store, &b), CNG_ERR_EXISTS);
	ck_assert_uint_eq(b.id, 0);
	/* a refusal does not spoil the transaction */
	b.name.bytes[0] = 6;
	ck_assert_int_eq(store_put(store, &b), CNG_OK);
	b.version++;
	b.name = a.name;
	ck_assert_int_eq(store_put(store, &b), CNG_ERR_EXISTS);
	ck_assert_int_eq(store_commit(store), CNG_OK);

	ck_assert_int_eq(store_get_by_name(store, &a.name, &got), CNG_OK);
	ck_assert_uint_eq(got.id, a.id);
	ck_assert(got.has_name);
	ck_assert_mem_eq(got.name.bytes, a.name.bytes, STORE_TAG);
	store_record_free(&got);
	a.name.bytes[3] = 0;
	ck_assert_int_eq(store_get_by_name(store, &a.name, &got),
	    CNG_ERR_NOT_FOUND);
	store_record_free(&a);
	store_record_free(&b);
	store_close(store);
}
END_TEST

START_TEST(only_the_next_version_replaces)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record record;
	struct store_record got;

	help_record(&record, 3);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_NOT_FOUND);
	record.version = 3;
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_NOT_FOUND);
	record.version = 2;
	record.kind = 9;
	record.uid[0] ^= 1;
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_NOT_FOUND);
	record.uid[0] ^= 1;
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	ck_assert_int_eq(store_get(store, record.id, &got), CNG_OK);
	ck_assert_uint_eq(got.version, 2);
	ck_assert_uint_eq(got.kind, 9);
	store_record_free(&got);
	store_record_free(&record);
	store_close(store);
}
END_TEST

START_TEST(limits_are_checked)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record record;

	help_record(&record, 3);
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_INTERNAL);
	ck_assert_int_eq(store_remove(store, 1), CNG_ERR_INTERNAL);
	ck_assert_int_eq(store_erase(store), CNG_ERR_INTERNAL);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	record.tag_count = STORE_TAGS_MAX + 1;
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_ARGUMENT);
	record.tag_count = STORE_TAGS_MAX;
	record.version = UINT64_MAX;
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_ARGUMENT);
	record.version = 1;
	secret_free(&record.clear);
	ck_assert_int_eq(secret_new(&record.clear, STORE_PART_MAX + 1),
	    CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_ERR_ARGUMENT);
	secret_truncate(&record.clear, STORE_PART_MAX);
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "big", span_of(
	    record.clear.ptr, STORE_PART_MAX + 1)), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	store_record_free(&record);
	store_close(store);
}
END_TEST

static void
expect_ids(const struct store_ids *ids, const uint64_t *want, size_t count)
{
	ck_assert_uint_eq(ids->count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(ids->id[i], want[i]);
	mem_free(ids->id);
}

static void
expect_tagged(struct store *store, const struct store_tag *tag,
    const uint64_t *want, size_t count)
{
	struct store_ids ids;

	ck_assert_int_eq(store_find_tag(store, tag, &ids), CNG_OK);
	expect_ids(&ids, want, count);
}

static void
change(struct store *store, struct store_record *record)
{
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_put(store, record), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
}

START_TEST(tags_find_records)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record record;
	struct store_tag shared = { { 4 } };
	struct store_tag own = { { 8 } };
	struct store_tag later = { { 9 } };
	uint64_t id[3];

	for (unsigned i = 0; i < 3; i++) {
		help_record(&record, i);
		record.tag_count = 3;
		record.tag[0] = shared;
		record.tag[1] = shared; /* twice does no harm */
		record.tag[2] = own;
		record.tag[2].bytes[1] = (uint8_t)i;
		change(store, &record);
		id[i] = record.id;
		if (i < 2)
			store_record_free(&record);
	}
	expect_tagged(store, &shared, id, 3);
	own.bytes[1] = 2;
	expect_tagged(store, &own, &id[2], 1);

	record.version++;
	record.tag_count = 2;
	record.tag[1] = later;
	change(store, &record);
	expect_tagged(store, &shared, id, 3);
	expect_tagged(store, &own, NULL, 0);
	expect_tagged(store, &later, &id[2], 1);

	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_remove(store, id[2]), CNG_OK);
	ck_assert_int_eq(store_remove(store, id[2]), CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	expect_tagged(store, &shared, id, 2);
	expect_tagged(store, &later, NULL, 0);
	store_record_free(&record);
	store_close(store);
}
END_TEST

START_TEST(kinds_find_records)
{
	static const uint32_t kinds[] = {
		0x00030001, 0x00020001, 0x00030000, 0xffffffff, 0x00030001,
		0, 0x00130001
	};
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_ids ids;
	uint64_t id[ARRAY_LEN(kinds)];

	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++) {
		struct store_record record;

		help_record(&record, i);
		record.kind = kinds[i];
		change(store, &record);
		id[i] = record.id;
		store_record_free(&record);
	}
	ck_assert_int_eq(store_find_kind(store, 0, 0, &ids), CNG_OK);
	expect_ids(&ids, id, ARRAY_LEN(kinds));
	ck_assert_int_eq(store_find_kind(store, 0x00030000, 0xffff0000, &ids),
	    CNG_OK);
	expect_ids(&ids, (uint64_t[]){ id[0], id[2], id[4] }, 3);
	ck_assert_int_eq(store_find_kind(store, 1, 0xffff, &ids), CNG_OK);
	expect_ids(&ids, (uint64_t[]){ id[0], id[1], id[4], id[6] }, 4);
	ck_assert_int_eq(store_find_kind(store, 0x00030001, UINT32_MAX,
	    &ids), CNG_OK);
	expect_ids(&ids, (uint64_t[]){ id[0], id[4] }, 2);
	ck_assert_int_eq(store_find_kind(store, UINT32_MAX, UINT32_MAX,
	    &ids), CNG_OK);
	expect_ids(&ids, &id[3], 1);
	store_close(store);
}
END_TEST

START_TEST(rollback_undoes_all)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);
	struct store_record record;
	struct secret fact;
	uint64_t count = 9;

	help_record(&record, 1);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "x", span_str("y")), CNG_OK);
	store_rollback(store);
	store_rollback(store);
	ck_assert_int_eq(store_count(store, &count), CNG_OK);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(store_fact_get(store, "x", &fact),
	    CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	store_record_free(&record);
	store_close(store);
}
END_TEST

START_TEST(erase_keeps_numbers_fresh)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);
	struct store_tag tag = { { 0 } };
	struct secret fact;
	uint64_t before = 0;
	uint64_t count = 9;

	for (unsigned i = 0; i < 5; i++)
		before = help_put(store, i);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "x", span_str("y")), CNG_OK);
	ck_assert_int_eq(store_erase(store), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	ck_assert_int_eq(store_count(store, &count), CNG_OK);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(store_fact_get(store, "x", &fact),
	    CNG_ERR_NOT_FOUND);
	expect_tagged(store, &tag, NULL, 0);
	ck_assert_uint_gt(help_put(store, 1), before);
	store_close(store);
}
END_TEST

START_TEST(stamp_shows_every_commit)
{
	struct store *a = help_open(help_path("token"), STORE_CREATE);
	struct store *b = help_open(help_path("token"), STORE_OPEN);
	uint64_t seen = 0;
	uint64_t now = 0;

	ck_assert_int_eq(store_stamp(a, &seen), CNG_OK);
	ck_assert_int_eq(store_stamp(a, &now), CNG_OK);
	ck_assert_uint_eq(now, seen);
	for (unsigned i = 0; i < 10; i++) {
		(void)help_put(i % 2 == 0 ? a : b, i);
		ck_assert_int_eq(store_stamp(a, &now), CNG_OK);
		ck_assert_uint_ne(now, seen);
		seen = now;
		ck_assert_int_eq(store_stamp(a, &now), CNG_OK);
		ck_assert_uint_eq(now, seen);
	}
	ck_assert_int_eq(store_begin(b), CNG_OK);
	store_rollback(b);
	ck_assert_int_eq(store_stamp(a, &now), CNG_OK);
	ck_assert_uint_eq(now, seen);
	store_close(a);
	store_close(b);

	a = help_open("memory:", STORE_CREATE);
	ck_assert_int_eq(store_stamp(a, &seen), CNG_OK);
	(void)help_put(a, 1);
	ck_assert_int_eq(store_stamp(a, &now), CNG_OK);
	ck_assert_uint_ne(now, seen);
	store_close(a);
}
END_TEST

/* A change by another handle is seen by the next read. */
START_TEST(changes_are_seen_at_once)
{
	struct store *a = help_open(help_path("token"), STORE_CREATE);
	struct store *b = help_open(help_path("token"), STORE_OPEN);
	struct store_record got;

	for (unsigned i = 0; i < 20; i++) {
		uint64_t id = help_put(a, i);

		ck_assert_int_eq(store_get(b, id, &got), CNG_OK);
		ck_assert(help_is_record(&got, i));
		store_record_free(&got);
	}
	store_close(a);
	store_close(b);
}
END_TEST

/* Whichever allocation fails, the answer is "no memory" and what was there
 * before is there still. */
START_TEST(memory_may_run_out)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record got;
	struct store_ids ids;
	struct secret fact;
	uint64_t id = help_put(store, 1);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "f", span_str("v")), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 50);
		mem_fail_after(n);
		st = store_get(store, id, &got);
		if (st == CNG_OK)
			store_record_free(&got);
		if (st == CNG_OK)
			st = store_fact_get(store, "f", &fact);
		if (st == CNG_OK)
			secret_free(&fact);
		if (st == CNG_OK)
			st = store_find_kind(store, 0, 0, &ids);
		if (st == CNG_OK)
			mem_free(ids.id);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	st = CNG_ERR_NO_MEMORY;
	for (unsigned long n = 1; st != CNG_OK; n++) {
		struct store_record record;
		uint64_t count = 0;

		help_record(&record, 2);
		record.id = id;
		memcpy(record.uid, &(uint8_t[STORE_UID]){ 1, 0, 0, 0, 1, 0, 0,
		    0, 1, 0, 0, 0, 1, 0, 0, 0 }, STORE_UID);
		record.version = 2;
		ck_assert_uint_lt(n, 50);
		ck_assert_int_eq(store_begin(store), CNG_OK);
		mem_fail_after(n);
		st = store_put(store, &record);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		if (st != CNG_OK)
			store_rollback(store);
		else
			ck_assert_int_eq(store_commit(store), CNG_OK);
		ck_assert_int_eq(store_count(store, &count), CNG_OK);
		ck_assert_uint_eq(count, 1);
		store_record_free(&record);
	}
	store_close(store);
}
END_TEST

START_TEST(opening_may_run_out_of_memory)
{
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct store *store = NULL;

	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 100);
		mem_fail_after(n);
		st = store_open(&store, help_path("sub/token"), STORE_CREATE);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	(void)help_put(store, 1);
	store_close(store);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		facts_come_back,
		records_come_back,
		empty_parts_are_kept,
		names_are_unique,
		only_the_next_version_replaces,
		limits_are_checked,
		tags_find_records,
		kinds_find_records,
		rollback_undoes_all,
		erase_keeps_numbers_fresh,
		stamp_shows_every_commit,
		changes_are_seen_at_once,
		memory_may_run_out,
		opening_may_run_out_of_memory,
	};

	return help_run("store_rows", tests, ARRAY_LEN(tests));
}
