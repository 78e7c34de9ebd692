/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A mutex whose use clang can check.
 */
#include "base/lock.h"

#include <stdlib.h>

/* A mutex fails only when the program is broken: going on would corrupt
 * what it guards. */
static void
must(int error)
{
	if (error != 0)
		abort();
}

void
lock_init(struct lock *l)
{
	must(pthread_mutex_init(&l->mutex, NULL));
}

void
lock_destroy(struct lock *l)
{
	pthread_mutex_destroy(&l->mutex);
}

void
lock_take(struct lock *l) CNG_TSA(no_thread_safety_analysis)
{
	must(pthread_mutex_lock(&l->mutex));
}

void
lock_drop(struct lock *l) CNG_TSA(no_thread_safety_analysis)
{
	must(pthread_mutex_unlock(&l->mutex));
}
