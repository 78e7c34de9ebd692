/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Becomes a pcscd of a test's own: its socket, its virtual readers, and where
 * the system allows it a network of its own, so that the readers' ports are
 * nobody else's.
 *
 *	reader FOLDER NAME COUNT [PCSCD OPTION...]
 *
 * FOLDER gets pcscd.comm (the socket), reader.conf, and port (the number of
 * the first; each reader has two slots, on a port each).  The process stays
 * the same: what started it stops pcscd by its id.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char daemon_path[] = "/usr/sbin/pcscd";
static const char driver[] = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/* Below the ports that the system gives to clients; a block has room for the
 * readers of one pcscd. */
enum { FIRST_PORT = 20000, LAST_PORT = 32000, BLOCK = 16 };
enum { ARGUMENTS = 24, LISTEN_FD = 3 };

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
write_text(const char *folder, const char *name, const char *text, size_t len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "we");
	if (file == NULL || fwrite(text, 1, len, file) != len ||
	    fclose(file) != 0)
		die(path);
}

/* A network with nothing in it but the loopback. */
static bool
own_network(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd;
	bool up;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	lo.ifr_flags = IFF_UP | IFF_RUNNING;
	up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
	if (!up)
		die("lo");
	close(fd);
	return true;
}

static bool
port_is_free(unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_ANY) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 &&
		    bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

/* Between the look at a block and its use by pcscd no other reader may take
 * it: an abstract socket of its name, which is in the same network as the
 * ports, stays open as long as this process. */
static bool
own_block(unsigned port, unsigned count)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), kept;

	snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "cng-card-ports-%u",
	    port);
	if (fd < 0)
		die("socket");
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
		close(fd);
		return false;
	}
	kept = fcntl(fd, F_DUPFD, LISTEN_FD + 1);
	close(fd);
	for (unsigned i = 0; i < count; i++) {
		if (kept >= 0 && !port_is_free(port + i)) {
			close(kept);
			return false;
		}
	}
	return kept >= 0;
}

static unsigned
choose_port(unsigned count)
{
	const unsigned blocks = (LAST_PORT - FIRST_PORT) / BLOCK;
	const unsigned first = (unsigned)getpid() % blocks;

	if (own_network())
		return FIRST_PORT;
	for (unsigned i = 0; i < blocks; i++) {
		unsigned port = FIRST_PORT + (first + i) % blocks * BLOCK;

		if (own_block(port, count))
			return port;
	}
	errno = EADDRINUSE;
	die("ports");
	return 0;
}

static void
write_conf(const char *folder, const char *name, unsigned count,
    unsigned port)
{
	static const char letters[] = "ABCDEFGH";
	char text[4000];
	size_t len = 0;

	for (unsigned i = 0; i < count && len < sizeof text - 512; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
		    "FRIENDLYNAME \"%.60s%s%.*s\"\nDEVICENAME /dev/null:%u\n"
		    "LIBPATH %s\nCHANNELID %u\n\n",
		    name, count > 1 ? " " : "", count > 1, letters + i,
		    port + 2 * i, driver, port + 2 * i);
	write_text(folder, "reader.conf", text, len);
	len = (size_t)snprintf(text, sizeof text, "%u\n", port);
	write_text(folder, "port", text, len);
}

/* The socket listens before pcscd runs: clients may come at once. */
static void
listen_here(const char *folder)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), len;

	len = snprintf(at.sun_path, sizeof at.sun_path, "%s/pcscd.comm",
	    folder);
	if (len < 0 || (size_t)len >= sizeof at.sun_path)
		errno = ENAMETOOLONG;
	else if (fd >= 0 &&
		 bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
		 listen(fd, 64) == 0 &&
		 (fd == LISTEN_FD || dup2(fd, LISTEN_FD) == LISTEN_FD))
		return;
	die(folder);
}

int
main(int argc, char **argv)
{
	char *args[ARGUMENTS + 1] = { 0 };
	char conf[512], pid[32];
	unsigned count;
	int n = 0;

	if (argc < 4 || argc > ARGUMENTS - 4) {
		fprintf(stderr, "usage: reader FOLDER NAME COUNT [OPTION...]"
				"\n");
		return 2;
	}
	count = (unsigned)strtoul(argv[3], NULL, 10);
	if (count < 1 || count > 8)
		return 2;
	write_conf(argv[1], argv[2], count, choose_port(2 * count));
	listen_here(argv[1]);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	snprintf(conf, sizeof conf, "%s/reader.conf", argv[1]);
	if (setenv("LISTEN_FDS", "1", 1) != 0 ||
	    setenv("LISTEN_PID", pid, 1) != 0)
		die("environment");
	args[n++] = (char *)(uintptr_t)daemon_path;
	args[n++] = (char *)(uintptr_t)"-f";
	args[n++] = (char *)(uintptr_t)"-c";
	args[n++] = conf;
	for (int i = 4; i < argc; i++)
		args[n++] = argv[i];
	execv(daemon_path, args);
	die(daemon_path);
}
