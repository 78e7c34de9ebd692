/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The end that asks: starts the module's process, and tells how it ended when
 * that was not in order.
 */
#include "config.h"

#include "foreign/internal.h"

#include "base/rd.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define END_TRIES 500
#define END_WAIT_NS 10000000   /* five seconds in all */

static void
copy_text(char *out, size_t size, struct span text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len > 0)
		memcpy(out, text.ptr, len);
	out[len] = '\0';
}

/* It does not answer any more: what has become of it? */
static enum cng_status
tell_end(struct foreign *f)
{
	int how = 0;

	close(f->fd);
	(void)kill(f->pid, SIGKILL);
	if (waitpid(f->pid, &how, 0) == f->pid && WIFSIGNALED(how) &&
	    WTERMSIG(how) != SIGKILL)
		snprintf(f->error, sizeof(f->error),
		    "the module crashed (signal %d)", WTERMSIG(how));
	else if (WIFEXITED(how))
		snprintf(f->error, sizeof(f->error),
		    "the module ended its process (exit code %d)",
		    WEXITSTATUS(how));
	else
		snprintf(f->error, sizeof(f->error),
		    "the module's process was killed");
	f->pid = 0;
	return CNG_ERR_DEVICE;
}

static enum cng_status
tell_failure(struct foreign *f, struct span body)
{
	struct rd r = rd_of(body);
	uint32_t st;

	if (!rd_u32le(&r, &st) || st == CNG_OK || st >= CNG_STATUS_COUNT)
		st = CNG_ERR_DEVICE;
	copy_text(f->error, sizeof(f->error), rd_rest(&r));
	return (enum cng_status)st;
}

/* The next message, which must be of that type, or one of two. */
static enum cng_status
expect(struct foreign *f, enum message wanted, enum message other,
    enum message *type, struct secret *body)
{
	enum cng_status st = message_receive(f->fd, type, body);

	if (st == CNG_ERR_DEVICE)
		return tell_end(f);
	if (st != CNG_OK)
		return st;
	if (*type == MESSAGE_FAILED)
		return tell_failure(f, secret_span(body));
	if (*type == wanted || *type == other)
		return CNG_OK;
	snprintf(f->error, sizeof(f->error), "the module wrote where it "
	    "should not");
	return CNG_ERR_DEVICE;
}

static enum cng_status
start(struct foreign *f, const struct foreign_source *source)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return CNG_ERR_NO_MEMORY;
	f->pid = fork();
	if (f->pid == 0) {
		close(ends[0]);
		module_run(ends[1], source);
	}
	close(ends[1]);
	f->fd = ends[0];
	if (f->pid > 0)
		return CNG_OK;
	f->pid = 0;
	close(f->fd);
	return CNG_ERR_NO_MEMORY;
}

enum cng_status
foreign_open(struct foreign *out, const struct foreign_source *source,
    struct foreign_token *token)
{
	struct secret body = { 0 };
	enum message type;
	enum cng_status st;

	*out = (struct foreign){ .fd = -1 };
	st = start(out, source);
	if (st == CNG_OK)
		st = expect(out, MESSAGE_TOKEN, MESSAGE_TOKEN, &type, &body);
	if (st == CNG_OK && body.len != sizeof(*token))
		st = CNG_ERR_INTERNAL;
	if (st == CNG_OK) {
		memcpy(token, body.ptr, sizeof(*token));
		shown_end(&token->shown);
	}
	secret_free(&body);
	return st;
}

enum cng_status
foreign_login(struct foreign *f, struct span pin, bool has_pin)
{
	struct secret body = { 0 };
	enum message type;
	struct rd r;
	uint64_t count;
	enum cng_status st = secret_copy(&body, span_of(has_pin ? "\1" : "",
	    1));

	if (st == CNG_OK)
		st = secret_append(&body, pin);
	if (st == CNG_OK && !message_send(f->fd, MESSAGE_PIN,
	    secret_span(&body)))
		st = tell_end(f);
	if (st == CNG_OK)
		st = expect(f, MESSAGE_COUNT, MESSAGE_COUNT, &type, &body);
	if (st == CNG_OK) {
		r = rd_of(secret_span(&body));
		if (rd_u64le(&r, &count))
			f->count = (size_t)count;
		else
			st = CNG_ERR_INTERNAL;
	}
	secret_free(&body);
	return st;
}

void
foreign_object_free(struct foreign_object *object)
{
	secret_free(&object->bytes);
	object->count = 0;
}

static bool
unpack(struct foreign_object *out)
{
	struct rd r = rd_of(secret_span(&out->bytes));
	struct span reason;
	uint32_t st;
	uint8_t wrapped;

	if (!rd_u32le(&r, &st) || st >= CNG_STATUS_COUNT ||
	    !rd_u8(&r, &wrapped) || !rd_blob32(&r, &reason))
		return false;
	out->st = (enum cng_status)st;
	out->wrapped = wrapped != 0;
	copy_text(out->reason, sizeof(out->reason), reason);
	return props_unpack(rd_rest(&r), out->item, &out->count);
}

enum cng_status
foreign_next(struct foreign *f, struct foreign_object *out)
{
	enum message type;
	enum cng_status st;

	memset(out, 0, sizeof(*out));
	st = expect(f, MESSAGE_OBJECT, MESSAGE_END, &type, &out->bytes);
	if (st != CNG_OK)
		return st;
	if (type == MESSAGE_END)
		return CNG_ERR_NOT_FOUND;
	return unpack(out) ? CNG_OK : CNG_ERR_INTERNAL;
}

/* A module that does not come to an end is not waited for. */
void
foreign_close(struct foreign *f)
{
	struct timespec pause = { 0, END_WAIT_NS };
	int tries = 0;

	if (f->pid == 0)
		return;
	close(f->fd);
	while (waitpid(f->pid, NULL, WNOHANG) == 0) {
		if (tries++ == END_TRIES)
			(void)kill(f->pid, SIGKILL);
		(void)nanosleep(&pause, NULL);
	}
	f->pid = 0;
}
