/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A line over a UNIX socket, and a line back.
 */
#include "control.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE = 256 };

static int
open_socket(const char *path, struct sockaddr_un *to)
{
	size_t len = strlen(path);

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len >= sizeof to->sun_path) {
		fprintf(stderr, "card: %s: too long for a socket\n", path);
		return -1;
	}
	memcpy(to->sun_path, path, len);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int
control_listen(const char *path)
{
	struct sockaddr_un to;
	int fd = open_socket(path, &to);

	if (fd < 0)
		return -1;
	(void)unlink(path);
	if (bind(fd, (const struct sockaddr *)&to, sizeof to) != 0 ||
	    listen(fd, 8) != 0) {
		perror(path);
		close(fd);
		return -1;
	}
	return fd;
}

/* Up to a newline or the end. */
static bool
read_line(int fd, char *line, size_t size)
{
	size_t len = 0;

	while (len + 1 < size) {
		ssize_t got = recv(fd, line + len, size - len - 1, 0);

		if (got <= 0)
			break;
		len += (size_t)got;
		if (memchr(line, '\n', len) != NULL)
			break;
	}
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return len > 0;
}

void
control_serve(int fd, void (*answer)(void *, char *, char *, size_t),
    void *context)
{
	const struct timeval minute = { 60, 0 };
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	char line[LINE], reply[LINE] = "";

	if (peer < 0)
		return;
	(void)setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &minute,
	    sizeof minute);
	if (read_line(peer, line, sizeof line)) {
		answer(context, line, reply, sizeof reply - 1);
		reply[strlen(reply)] = '\n';
		(void)send(peer, reply, strnlen(reply, sizeof reply),
		    MSG_NOSIGNAL);
	}
	close(peer);
}

int
control_tell(const char *path, char *const words[])
{
	struct sockaddr_un to;
	int fd = open_socket(path, &to);
	char line[LINE];
	size_t len = 0;

	for (int i = 0; words[i] != NULL; i++) {
		int more = snprintf(line + len, sizeof line - len, "%s%s",
		    i > 0 ? " " : "", words[i]);

		if (more < 0 || (size_t)more + 2 > sizeof line - len)
			return 2;
		len += (size_t)more;
	}
	line[len++] = '\n';
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof to) != 0 ||
	    send(fd, line, len, MSG_NOSIGNAL) != (ssize_t)len ||
	    !read_line(fd, line, sizeof line)) {
		perror(path);
		if (fd >= 0)
			close(fd);
		return 2;
	}
	close(fd);
	puts(line);
	return strncmp(line, "error", 5) == 0;
}
