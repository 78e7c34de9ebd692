/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The one door to the heap.
 */
#include "base/alloc.h"

#include "base/util.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong fail_countdown;

unsigned long
mem_fail_after(unsigned long n)
{
	return atomic_exchange(&fail_countdown, n);
}

static bool
must_fail(void)
{
	unsigned long n = atomic_load_explicit(&fail_countdown,
	    memory_order_relaxed);

	if (n == 0)
		return false;
	return atomic_fetch_sub(&fail_countdown, 1) == 1;
}

void *
mem_new(size_t count, size_t size)
{
	size_t bytes;

	/* calloc looks too, but sanitizers take that for a fault */
	if (must_fail() || !size_mul(count, size, &bytes))
		return NULL;
	return calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
}

void *
mem_grow(void *old, size_t old_count, size_t new_count, size_t size)
{
	void *grown = mem_new(new_count, size);

	if (grown == NULL)
		return NULL;
	if (old != NULL && old_count > 0)
		memcpy(grown, old, old_count * size);
	mem_free(old);
	return grown;
}

char *
mem_strdup(const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = mem_new(len, 1);

	if (copy != NULL)
		memcpy(copy, text, len);
	return copy;
}

void
mem_free(void *ptr)
{
	free(ptr);
}
