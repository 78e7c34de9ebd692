/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages between the two processes: type, length, body.
 */
#include "config.h"

#include "foreign/internal.h"

#include <errno.h>
#include <sys/socket.h>

#define HEAD 8
#define BODY_MAX (SECRET_MAX / 4)

static bool
send_all(int fd, struct span data)
{
	while (data.len > 0) {
		ssize_t n = send(fd, data.ptr, data.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data.ptr += n;
		data.len -= (size_t)n;
	}
	return true;
}

static bool
receive_all(int fd, uint8_t *out, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(fd, out, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		out += n;
		len -= (size_t)n;
	}
	return true;
}

bool
message_send(int fd, enum message type, struct span body)
{
	uint8_t head[HEAD];
	struct wr w = wr_of(head, sizeof(head));

	if (body.len > BODY_MAX)
		return false;
	wr_u32le(&w, (uint32_t)type);
	wr_u32le(&w, (uint32_t)body.len);
	return send_all(fd, span_of(head, sizeof(head))) &&
	    send_all(fd, body);
}

enum cng_status
message_receive(int fd, enum message *type, struct secret *body)
{
	uint8_t head[HEAD];
	enum cng_status st;
	uint32_t len;

	secret_free(body);
	if (!receive_all(fd, head, sizeof(head)))
		return CNG_ERR_DEVICE;
	len = head[4] | (uint32_t)head[5] << 8 | (uint32_t)head[6] << 16 |
	    (uint32_t)head[7] << 24;
	*type = (enum message)head[0];
	if (len > BODY_MAX)
		return CNG_ERR_DEVICE;
	st = secret_new(body, len);
	if (st == CNG_OK && !receive_all(fd, body->ptr, len))
		st = CNG_ERR_DEVICE;
	return st;
}
