/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory that is handed out until NCryptFreeBuffer.  It is remembered, so
 * that anything else is refused.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"

#include <stddef.h>
#include <string.h>

struct buffer {
	struct buffer *next;
	size_t size;
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
	buffer->size = size;
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
buffer_is_marked(const void *bytes, uint64_t mark)
{
	const struct buffer *buffer;
	bool is;

	lock_take(&live.lock);
	buffer = bytes == NULL ? NULL : *link_to(bytes);
	is = buffer != NULL && buffer->size >= sizeof(mark) &&
	    memcmp(buffer->bytes, &mark, sizeof(mark)) == 0;
	lock_drop(&live.lock);
	return is;
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
