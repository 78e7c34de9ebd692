/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Checksum of a page.  It finds damage, not attacks: those are found by the
 * seal of a record.
 */
#include "store/sql/vfs.h"

#include <string.h>

#include "base/util.h"

/* The parts of the first page that SQLite's own tools change when they copy
 * a database or look into it. */
static const struct {
	size_t from;
	size_t len;
} volatile_parts[] = {
	{ 24, 4 },   /* change counter */
	{ 40, 4 },   /* schema cookie */
	{ 92, 8 },   /* version valid for, version of the library */
};

#define JOURNAL_MODE 18   /* two bytes, 1 or 2 each; copying sets them too */

static uint64_t
word_at(const uint8_t *p)
{
	uint64_t v = 0;

	for (size_t i = 8; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

/* Each step maps different words to different sums, so that a change within
 * one word cannot go unnoticed. */
static uint64_t
step(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

#define HEAD_LEN 104

static void
copy_head(uint8_t head[HEAD_LEN], const uint8_t *page)
{
	memcpy(head, page, HEAD_LEN);
	for (size_t i = 0; i < ARRAY_LEN(volatile_parts); i++)
		memset(head + volatile_parts[i].from, 0,
		    volatile_parts[i].len);
	for (size_t i = JOURNAL_MODE; i < JOURNAL_MODE + 2; i++) {
		if (head[i] == 1 || head[i] == 2)
			head[i] = 0;
		else
			head[i] |= 0x80;
	}
}

static uint64_t
page_sum(const uint8_t *page, uint64_t number)
{
	uint8_t head[HEAD_LEN];
	uint64_t sum = step(0x434e4750, number);
	size_t at = 0;

	if (number == 1) {
		copy_head(head, page);
		for (; at < HEAD_LEN; at += 8)
			sum = step(sum, word_at(head + at));
	}
	for (; at < PAGE_SIZE_SQL - PAGE_SUM_LEN; at += 8)
		sum = step(sum, word_at(page + at));
	return sum == 0 ? 1 : sum;
}

void
page_sign(uint8_t page[PAGE_SIZE_SQL], uint64_t number)
{
	uint64_t sum = page_sum(page, number);
	uint8_t *at = page + PAGE_SIZE_SQL - PAGE_SUM_LEN;

	for (size_t i = 0; i < PAGE_SUM_LEN; i++)
		at[i] = (uint8_t)(sum >> (8 * i));
}

bool
page_check(uint8_t page[PAGE_SIZE_SQL], uint64_t number)
{
	uint8_t *at = page + PAGE_SIZE_SQL - PAGE_SUM_LEN;
	uint64_t stored = word_at(at);

	if (stored != 0 && stored != page_sum(page, number))
		return false;
	memset(at, 0, PAGE_SUM_LEN);
	return true;
}
