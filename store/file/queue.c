/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Each turn is two bytes of the file: "next in line" and "at work".  One
 * gives up the first only when it has the second, so a process that drops
 * its turn and wants another cannot overtake the one that waits.  The locks
 * belong to the open file, not to the process: two handles in one process
 * exclude each other, and none is lost when another is closed.
 */
#include "config.h"

#include "store/file/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/file/place.h"

#define NAP_FIRST_NS 50000
#define NAP_LAST_NS  1000000
#define NOTE_AT      64   /* behind the bytes that are locked */

void
queue_init(struct queue *queue, char *path)
{
	queue->path = path;
	queue->fd = -1;
}

void
queue_free(struct queue *queue)
{
	if (queue->fd >= 0)
		(void)close(queue->fd);
	mem_free(queue->path);
	queue_init(queue, NULL);
}

static enum cng_status
open_file(struct queue *queue)
{
	struct stat st;
	int fd;

	if (queue->fd >= 0) {
		/* somebody may have tidied the file away */
		if (fstat(queue->fd, &st) == 0 && st.st_nlink > 0)
			return CNG_OK;
		(void)close(queue->fd);
		queue->fd = -1;
	}
	fd = open(queue->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return place_status(errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    ((st.st_mode & 0777) != 0600 && st.st_uid == geteuid() &&
	    fchmod(fd, 0600) != 0)) {
		(void)close(fd);
		return CNG_ERR_STORE_PERMISSION;
	}
	queue->fd = fd;
	return CNG_OK;
}

static int
set_lock(int fd, short type, int byte)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = byte,
		.l_len = 1,
	};

	return fcntl(fd, F_OFD_SETLK, &lock);
}

static int64_t
now_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Naps grow a little, and differ between waiters that started together. */
static void
nap(long *length)
{
	struct timespec t = { 0, *length / 2 + now_ns() % *length };

	(void)nanosleep(&t, NULL);
	if (*length < NAP_LAST_NS)
		*length += *length / 4;
}

static enum cng_status
wait_for(int fd, int byte, int64_t until)
{
	long length = NAP_FIRST_NS;

	while (set_lock(fd, F_WRLCK, byte) != 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return CNG_ERR_STORE_IO;
		if (now_ns() >= until)
			return CNG_ERR_STORE_BUSY;
		nap(&length);
	}
	return CNG_OK;
}

enum cng_status
queue_take(struct queue *queue, enum queue_turn turn, unsigned milliseconds)
{
	int64_t until = now_ns() + (int64_t)milliseconds * 1000000;
	int next = 2 * (int)turn;
	int work = next + 1;
	enum cng_status st = open_file(queue);

	if (st == CNG_OK)
		st = wait_for(queue->fd, next, until);
	if (st != CNG_OK)
		return st;
	st = wait_for(queue->fd, work, until);
	(void)set_lock(queue->fd, F_UNLCK, next);
	return st;
}

void
queue_drop(struct queue *queue, enum queue_turn turn)
{
	if (queue->fd >= 0)
		(void)set_lock(queue->fd, F_UNLCK, 2 * (int)turn + 1);
}

void
queue_note_write(const struct queue *queue, const void *note, size_t len)
{
	if (queue->fd >= 0)
		(void)!pwrite(queue->fd, note, len, NOTE_AT);
}

bool
queue_note_read(const struct queue *queue, void *note, size_t len)
{
	int fd = queue->fd;
	ssize_t got;

	/* reading is not being in line: nothing is made */
	if (fd < 0)
		fd = open(queue->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
		    O_NONBLOCK);
	if (fd < 0)
		return false;
	got = pread(fd, note, len, NOTE_AT);
	if (fd != queue->fd)
		(void)close(fd);
	return got == (ssize_t)len;
}
