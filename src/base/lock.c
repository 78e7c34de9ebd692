/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A mutex whose use clang can check.
 */
#include "base/lock.h"

#include <stdlib.h>

void
lock_broken(void)
{
	abort();
}

void
lock_init(struct lock *l)
{
	lock_must(pthread_mutex_init(&l->mutex, NULL));
}

void
lock_destroy(struct lock *l)
{
	pthread_mutex_destroy(&l->mutex);
}
