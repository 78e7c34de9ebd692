/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory that is handed out until NCryptFreeBuffer.  It is remembered, so
 * that anything else is refused.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"

#include <stddef.h>

struct buffer {
	struct buffer *next;
	max_align_t bytes[];
};

static struct {
	struct lock lock;
	struct buffer *first;
} live = { .lock = { PTHREAD_MUTEX_INITIALIZER } };

void *
buffer_new(size_t size)
{
	struct buffer *buffer;

	if (size > SECRET_MAX)
		return NULL;
	buffer = mem_new(1, sizeof(*buffer) + size);
	if (buffer == NULL)
		return NULL;
	lock_take(&live.lock);
	buffer->next = live.first;
	live.first = buffer;
	lock_drop(&live.lock);
	return buffer->bytes;
}

static struct buffer **
link_to(const void *bytes) CNG_REQUIRES(live.lock)
{
	struct buffer **at = &live.first;

	while (*at != NULL && (const void *)(*at)->bytes != bytes)
		at = &(*at)->next;
	return at;
}

bool
buffer_is_live(const void *bytes)
{
	bool found;

	lock_take(&live.lock);
	found = bytes != NULL && *link_to(bytes) != NULL;
	lock_drop(&live.lock);
	return found;
}

bool
buffer_free(void *bytes)
{
	struct buffer **link, *buffer = NULL;

	lock_take(&live.lock);
	link = link_to(bytes);
	if (bytes != NULL && *link != NULL) {
		buffer = *link;
		*link = buffer->next;
	}
	lock_drop(&live.lock);
	mem_free(buffer);
	return buffer != NULL;
}

void
buffer_after_fork(void)
{
	lock_init(&live.lock);
}

SECURITY_STATUS WINAPI
NCryptFreeBuffer(PVOID pvInput)
{
	return tell_status(
	    buffer_free(pvInput) ? ERROR_SUCCESS : NTE_INVALID_PARAMETER);
}
