/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The one door to the heap, so that tests can make the n-th allocation fail.
 */
#ifndef CNG_BASE_ALLOC_H
#define CNG_BASE_ALLOC_H

#include <stddef.h>

/* Zeroed memory for count items of size bytes; NULL on overflow or when the
 * heap is exhausted.  Freed with mem_free. */
void *mem_new(size_t count, size_t size)
    __attribute__((warn_unused_result, malloc));

/* Larger copy of an array; the old one is freed on success only.  Not for
 * secrets.  The new tail is zeroed. */
void *mem_grow(void *old, size_t old_count, size_t new_count, size_t size)
    __attribute__((warn_unused_result));

char *mem_strdup(const char *text)
    __attribute__((warn_unused_result, malloc));

void mem_free(void *ptr);

/* Tests only: the n-th allocation from now fails (1 = the next); 0 never.
 * How many were to go: 0 when the last such order was carried out. */
unsigned long mem_fail_after(unsigned long n);

#endif
