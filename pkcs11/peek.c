/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Through a pipe: a write from where nothing is ends in EFAULT.
 */
#include "pkcs11/peek.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

bool
peek_number(CK_ULONG address, CK_ULONG *out)
{
	CK_ULONG number = 0;
	int ends[2];
	bool there;

	if (address == 0 || address % _Alignof(CK_ULONG) != 0 ||
	    address > UINTPTR_MAX || pipe2(ends, O_CLOEXEC) != 0)
		return false;
	/* libc's write may look at the bytes itself, under a sanitizer */
	there = syscall(SYS_write, ends[1], address, sizeof(number)) ==
		(long)sizeof(number) &&
	    read(ends[0], &number, sizeof(number)) ==
		(ssize_t)sizeof(number);
	close(ends[0]);
	close(ends[1]);
	if (there)
		*out = number;
	return there;
}
