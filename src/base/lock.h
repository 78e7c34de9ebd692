/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A mutex whose use clang can check.  After a fork the child makes each of
 * its locks anew with lock_init: nobody else holds them there.
 */
#ifndef CNG_BASE_LOCK_H
#define CNG_BASE_LOCK_H

#include <pthread.h>

#if defined(__clang__)
#define CNG_TSA(x) __attribute__((x))
#else
#define CNG_TSA(x)
#endif

/* For readers: clang cannot resolve a sibling member in C. */
#define CNG_GUARDED_BY(x)
#define CNG_REQUIRES(x) CNG_TSA(requires_capability(x))

struct CNG_TSA(capability("mutex")) lock {
	pthread_mutex_t mutex;
};

void lock_init(struct lock *l);
void lock_destroy(struct lock *l);

/* Ends the process: a mutex fails only when the program is broken, and going
 * on would corrupt what it guards. */
void lock_broken(void) __attribute__((cold));

static inline void
lock_must(int error)
{
	if (error != 0)
		lock_broken();
}

static inline void lock_take(struct lock *l)
    CNG_TSA(acquire_capability(*l)) CNG_TSA(no_thread_safety_analysis);
static inline void lock_drop(struct lock *l)
    CNG_TSA(release_capability(*l)) CNG_TSA(no_thread_safety_analysis);

static inline void
lock_take(struct lock *l)
{
	lock_must(pthread_mutex_lock(&l->mutex));
}

static inline void
lock_drop(struct lock *l)
{
	lock_must(pthread_mutex_unlock(&l->mutex));
}

#endif
