/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Locks keep threads apart, and can be made anew in a forked child.
 */
#include "base/lock.h"

#include "base/util.h"
#include "tests/unit/runner.h"

#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 2000

struct counter {
	struct lock lock;
	long value CNG_GUARDED_BY(lock);
};

static void *
count_up(void *arg)
{
	struct counter *c = arg;

	for (int i = 0; i < ROUNDS; i++) {
		lock_take(&c->lock);
		c->value++;
		lock_drop(&c->lock);
	}
	return NULL;
}

START_TEST(threads_take_turns)
{
	pthread_t thread[THREADS];
	struct counter c = { .value = 0 };

	lock_init(&c.lock);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, count_up,
		    &c), 0);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
	lock_take(&c.lock);
	ck_assert_int_eq(c.value, THREADS * ROUNDS);
	lock_drop(&c.lock);
	lock_destroy(&c.lock);
}
END_TEST

static void
use_anew(struct lock *l)
{
	lock_init(l);
	lock_take(l);
	lock_drop(l);
}

START_TEST(child_makes_its_own)
{
	struct lock l;
	int status = -1;
	pid_t child;

	lock_init(&l);
	lock_take(&l);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		alarm(100); /* a lock that is held here would hang */
		use_anew(&l);
		_exit(0);
	}
	lock_drop(&l);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	lock_destroy(&l);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		threads_take_turns,
		child_makes_its_own,
	};

	return run_tests("base_lock", tests, ARRAY_LEN(tests));
}
