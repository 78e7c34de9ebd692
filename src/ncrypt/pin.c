/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the PIN of a store comes from when the program has none to give:
 * the variable CNG_PIN, or the service's credential "cng-pin".  Cards count
 * wrong PINs, and have names of their own for theirs.
 */
#include "ncrypt/face.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum cng_status
read_credential(struct secret *out, int fd)
{
	uint8_t bytes[TOKEN_PIN_MAX + 2];
	ssize_t len = read(fd, bytes, sizeof(bytes));
	enum cng_status st = CNG_ERR_PIN_LENGTH;

	if (len > 0 && bytes[len - 1] == '\n')
		len--;
	if (len > 0 && len <= TOKEN_PIN_MAX)
		st = secret_replace(out, span_of(bytes, (size_t)len));
	wipe(bytes, sizeof(bytes));
	return st;
}

static enum cng_status
find(struct secret *out, const char *variable, const char *credential)
{
	const char *value = secure_getenv(variable);
	const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	enum cng_status st;
	int fd, len;

	if (value != NULL && value[0] != '\0')
		return secret_replace(out, span_str(value));
	if (folder == NULL || folder[0] != '/')
		return CNG_ERR_NOT_LOGGED_IN;
	len = snprintf(path, sizeof(path), "%s/%s", folder, credential);
	if (len < 0 || (size_t)len >= sizeof(path))
		return CNG_ERR_NOT_LOGGED_IN;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return CNG_ERR_NOT_LOGGED_IN;
	st = read_credential(out, fd);
	close(fd);
	return st;
}

enum cng_status
pin_find(struct secret *out)
{
	return find(out, "CNG_PIN", "cng-pin");
}

enum cng_status
pin_find_card(struct secret *out)
{
	return find(out, "CNG_CARD_PIN", "cng-card-pin");
}
