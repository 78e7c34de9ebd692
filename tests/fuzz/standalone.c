/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Replays inputs through a fuzz target without libFuzzer: the files and
 * folders named, or else the target's own corpus.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static unsigned long replayed;

static bool
run_file(const char *path)
{
	static uint8_t buffer[1 << 20];
	FILE *f = fopen(path, "rb");
	uint8_t *exact;
	size_t len;

	if (f == NULL)
		return false;
	len = fread(buffer, 1, sizeof buffer, f);
	fclose(f);
	/* of the very size, so that a sanitizer sees the edge */
	exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		return false;
	memcpy(exact, buffer, len);
	(void)LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	replayed++;
	return true;
}

static bool
run_path(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char inner[4096];
	bool ok = true;

	if (dir == NULL)
		return run_file(path);
	while (ok && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		ok = run_file(inner);
	}
	closedir(dir);
	return ok;
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	const char *name = strrchr(argv[0], '/');
	char corpus[4096];
	bool ok = true;

	name = name == NULL ? argv[0] : name + 1;
	if (strncmp(name, "lt-", 3) == 0)
		name += 3;
	snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s",
	    srcdir == NULL ? "." : srcdir, name);
	if (argc < 2)
		ok = run_path(corpus);
	for (int i = 1; ok && i < argc; i++)
		ok = run_path(argv[i]);
	printf("%s: %lu inputs\n", name, replayed);
	return !ok || replayed == 0;
}
