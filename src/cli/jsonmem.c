/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory for jansson that is wiped before it is freed: a JSON Web Key holds
 * private numbers.
 */
#include "cli/jsonmem.h"

#include "base/alloc.h"
#include "base/secret.h"
#include "base/util.h"

#include <jansson.h>
#include <stdalign.h>

union head {
	size_t size;
	max_align_t align;
};

static void *
take(size_t size)
{
	union head *head;
	size_t all;

	if (!size_add(size, sizeof(*head), &all))
		return NULL;
	head = mem_new(all, 1);
	if (head == NULL)
		return NULL;
	head->size = size;
	return head + 1;
}

static void
give(void *ptr)
{
	union head *head = ptr;

	if (head == NULL)
		return;
	head--;
	wipe(ptr, head->size);
	mem_free(head);
}

void
json_memory_wiped(void)
{
	json_set_alloc_funcs(take, give);
}
