/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages to and from a virtual reader on the loopback.
 */
#include "vpcd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
vpcd_connect(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
		close(fd);
		return -1;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

/* The reader sends length and message apart and waits for the first to be
 * acknowledged: without this each takes 40 ms. */
static void
acknowledge(int fd)
{
	int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
}

static bool
read_all(int fd, uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t got = recv(fd, bytes, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		len -= (size_t)got;
	}
	return true;
}

bool
vpcd_read(int fd, uint8_t *bytes, size_t *len)
{
	uint8_t head[2];

	acknowledge(fd);
	if (!read_all(fd, head, sizeof head))
		return false;
	acknowledge(fd);
	*len = (size_t)head[0] << 8 | head[1];
	return read_all(fd, bytes, *len);
}

bool
vpcd_write(int fd, const uint8_t *bytes, size_t len)
{
	static uint8_t message[2 + 65535];
	size_t done = 0;

	message[0] = (uint8_t)(len >> 8);
	message[1] = (uint8_t)len;
	if (len > 0)
		memcpy(message + 2, bytes, len);
	while (done < len + 2) {
		ssize_t sent = send(fd, message + done, len + 2 - done,
		    MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		done += (size_t)sent;
	}
	return true;
}
