/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug log, read back.
 */
#include "tests/face/loglines.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

char *
loglines_read(const char *path, size_t *len)
{
	static char text[1 << 20];
	FILE *file = fopen(path, "rb");

	ck_assert_ptr_nonnull(file);
	*len = fread(text, 1, sizeof(text) - 1, file);
	ck_assert_uint_lt(*len, sizeof(text) - 1);
	text[*len] = '\0';
	(void)fclose(file);
	return text;
}

const char *
loglines_last(const char *path)
{
	size_t len;
	char *text = loglines_read(path, &len), *line, *at;

	ck_assert_uint_gt(len, 0);
	text[len - 1] = '\0';
	line = strrchr(text, '\n');
	if (line == NULL)
		line = text;
	at = strstr(line, "info: ");
	if (at == NULL)
		at = strstr(line, "debug: ");
	ck_assert_ptr_nonnull(at);
	return strchr(at, ' ') + 1;
}
