/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the configuration file.
 */
#include "fuzz.h"

#include "core/conf_file.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf conf = { 0 };
	char text[4096];
	FILE *file;

	if (size == 0 || size > sizeof text)
		return 0;
	memcpy(text, data, size);
	file = fmemopen(text, size, "r");
	if (file == NULL)
		return 0;
	/* what is wrong is said, in one line */
	if (conf_file_read(&conf, "fuzz", file) == CNG_ERR_CONFIG &&
	    (conf.error[0] == '\0' || strchr(conf.error, '\n') != NULL))
		__builtin_trap();
	(void)fclose(file);
	conf_free(&conf);
	return 0;
}
