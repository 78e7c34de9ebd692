/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads the file with the management key.
 */
#include "core/card_admin.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define KEY_FILE_MAX 256

static int
open_private(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat info;

	if (fd < 0)
		return fd;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
	    (info.st_uid == geteuid() || info.st_uid == 0) &&
	    (info.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return fd;
	close(fd);
	return -1;
}

enum cng_status
card_admin_key(const struct conf *conf, struct secret *out)
{
	char text[KEY_FILE_MAX];
	enum cng_status st = CNG_OK;
	ssize_t got;
	int fd;

	*out = (struct secret){ 0 };
	if (conf == NULL || conf->card_admin_key_file == NULL)
		return CNG_OK;
	fd = open_private(conf->card_admin_key_file);
	if (fd < 0) {
		log_line(LOG_WARN, "%s: cannot be read, or not by its owner"
		    " alone", conf->card_admin_key_file);
		return CNG_OK;
	}
	got = read(fd, text, sizeof text);
	close(fd);
	while (got > 0 && (text[got - 1] == '\n' || text[got - 1] == '\r' ||
			      text[got - 1] == ' '))
		got--;
	if (got <= 0 || got == sizeof text)
		log_line(LOG_WARN, "%s: not one line with a key",
		    conf->card_admin_key_file);
	else
		st = secret_copy(out, span_of(text, (size_t)got));
	wipe(text, sizeof text);
	return st;
}
