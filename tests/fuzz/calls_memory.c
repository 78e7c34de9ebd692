/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target "calls": the input, and memory of one call.  Below
 * AddressSanitizer every piece ends at its end; elsewhere bytes after it tell
 * whether somebody wrote there.
 */
#include "tests/fuzz/calls.h"

#include "base/util.h"

#include <stdlib.h>

#define PIECES_MAX 512
#define GUARD_BYTE 0xa5

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define GUARD 0
#else
#define GUARD 32
#endif

static struct {
	CK_BYTE *ptr;
	size_t len;
} pieces[PIECES_MAX];
static size_t pieces_count;

unsigned
input_byte(struct input *in)
{
	if (in->len == 0)
		return 0;
	in->len--;
	return *in->ptr++;
}

size_t
input_below(struct input *in, size_t limit)
{
	return limit == 0 ? 0 : input_byte(in) % limit;
}

bool
input_rarely(struct input *in)
{
	return input_byte(in) >= 240;
}

CK_ULONG
input_number(struct input *in)
{
	static const CK_ULONG some[] = { 0, 1, 2, 3, 4, 5, 7, 8, 12, 13, 15,
		16, 20, 24, 28, 31, 32, 33, 48, 64, 65, 66, 96, 112, 128, 192,
		224, 255, 256, 384, 512, 521, 1000, 1024, 0x10001, 0xffffffff,
		0x100000000UL, ~0UL >> 1, (~0UL >> 1) + 1, ~0UL - 1, ~0UL };

	return some[input_below(in, ARRAY_LEN(some))];
}

static CK_BYTE *
piece(size_t len)
{
	CK_BYTE *ptr = malloc(len + GUARD > 0 ? len + GUARD : 1);

	must(ptr != NULL && pieces_count < PIECES_MAX);
	memset(ptr, GUARD_BYTE, len + GUARD);
	pieces[pieces_count].ptr = ptr;
	pieces[pieces_count++].len = len;
	return ptr;
}

CK_BYTE *
memory_bytes(const void *from, size_t len)
{
	CK_BYTE *ptr = piece(len);

	if (len > 0)
		memcpy(ptr, from, len);
	return ptr;
}

CK_BYTE *
memory_from(struct input *in, size_t len)
{
	CK_BYTE *ptr = piece(len);

	for (size_t i = 0; i < len; i++)
		ptr[i] = (CK_BYTE)input_byte(in);
	return ptr;
}

CK_BYTE *
memory_room(size_t len)
{
	return piece(len);
}

#if GUARD > 0
static void
look_behind(const CK_BYTE *end)
{
	for (size_t i = 0; i < GUARD; i++)
		must(end[i] == GUARD_BYTE);
}
#else
static void
look_behind(const CK_BYTE *end)
{
	(void)end;
}
#endif

void
memory_done(void)
{
	while (pieces_count > 0) {
		pieces_count--;
		look_behind(
		    pieces[pieces_count].ptr + pieces[pieces_count].len);
		free(pieces[pieces_count].ptr);
	}
}
