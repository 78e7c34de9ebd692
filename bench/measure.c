/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One workload, measured in rounds: in each of them every contestant has one
 * slice of time, so that what disturbs the machine disturbs all.
 */
#include "bench/measure.h"

#include "bench/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB_BYTES 1048576.0
/* Long enough for the clock, short enough for a peer that takes seconds. */
#define TRIAL_SECONDS 0.002

struct contestant {
	const struct work *work;
	const struct act *act;
	struct seat *seats;
	unsigned threads;
	unsigned long count;          /* operations of a thread in a slice */
	double figure[ROUNDS_MAX];
	CK_RV rv;
	bool here;
	bool used;                    /* by which clock */
};

/* --- one slice ---------------------------------------------------------- */

struct lane {
	struct contestant *c;
	struct seat *seat;
	pthread_barrier_t *barrier;
	CK_RV rv;
};

static CK_RV
repeat(struct contestant *c, struct seat *seat)
{
	CK_RV rv = CKR_OK;

	for (unsigned long i = 0; i < c->count && rv == CKR_OK; i++)
		rv = c->act->once(seat, c->work);
	return rv;
}

static void *
run_lane(void *arg)
{
	struct lane *lane = arg;

	(void)pthread_barrier_wait(lane->barrier);
	lane->rv = repeat(lane->c, lane->seat);
	return NULL;
}

/* The seconds that it took with all threads. */
static double
run_threads(struct contestant *c)
{
	pthread_t thread[SEATS_MAX];
	struct lane lane[SEATS_MAX];
	pthread_barrier_t barrier;
	double begin;

	(void)pthread_barrier_init(&barrier, NULL, c->threads + 1);
	for (unsigned i = 0; i < c->threads; i++) {
		lane[i] = (struct lane){ c, &c->seats[i], &barrier, CKR_OK };
		if (pthread_create(&thread[i], NULL, run_lane, &lane[i]) != 0) {
			/* the others would wait for ever */
			fputs("bench: no more threads\n", stderr);
			exit(1);
		}
	}
	begin = clock_now();
	(void)pthread_barrier_wait(&barrier);
	for (unsigned i = 0; i < c->threads; i++) {
		pthread_join(thread[i], NULL);
		if (lane[i].rv != CKR_OK)
			c->rv = lane[i].rv;
	}
	(void)pthread_barrier_destroy(&barrier);
	return clock_now() - begin;
}

static double
run_one(struct contestant *c)
{
	double (*now)(void) = c->used ? clock_used : clock_now;
	double begin = now();

	c->rv = repeat(c, &c->seats[0]);
	return now() - begin;
}

static double
run_slice(struct contestant *c)
{
	double seconds;

	for (unsigned i = 0; i < c->threads && c->rv == CKR_OK; i++)
		if (c->act->ready != NULL)
			c->rv = c->act->ready(&c->seats[i], c->work);
	if (c->rv != CKR_OK)
		return -1;
	seconds = c->threads > 1 ? run_threads(c) : run_one(c);
	for (unsigned i = 0; i < c->threads; i++)
		if (c->act->settle != NULL)
			c->act->settle(&c->seats[i], c->work);
	return c->rv == CKR_OK ? seconds : -1;
}

static double
figure_of(const struct contestant *c, double seconds)
{
	double each = (double)c->count * c->threads / seconds;

	return c->work->unit == MIB_PER_SECOND ?
	    each * (double)c->work->size / MIB_BYTES : each;
}

/* --- one contestant ----------------------------------------------------- */

static void
drop(struct contestant *c, CK_RV rv)
{
	c->here = false;
	c->rv = rv;
}

/* How many operations fill a slice: the first ones warm up, and show it. */
static void
calibrate(struct contestant *c, double slice)
{
	unsigned long most = c->act->settle != NULL ? MADE_MAX / 2 : ~0ul;
	double seconds = 0;

	for (c->count = 1; c->here; c->count *= 2) {
		seconds = run_slice(c);
		if (seconds < 0)
			drop(c, c->rv);
		else if (seconds >= TRIAL_SECONDS || c->count * 2 > most)
			break;
	}
	if (!c->here)
		return;
	c->count = (unsigned long)((double)c->count * slice / seconds);
	if (c->count > most)
		c->count = most;
	if (c->count == 0)
		c->count = 1;
}

static void
enter(struct contestant *c, struct side *side, const struct work *work,
    const struct measure *how)
{
	c->work = work;
	c->act = side->who == LIMIT ? work->limit : work->module;
	c->seats = side->seats;
	c->threads = work->threads == 0 ? 1 : work->threads;
	c->used = how->used && (work->flags & WORK_DISK) == 0;
	c->rv = CKR_OK;
	c->here = c->act != NULL && side->filled >= work->keys &&
	    (side->who == LIMIT || side->f != NULL);
	if (!c->here || c->act->sample != NULL)
		return;
	for (unsigned i = 0; i < c->threads && c->rv == CKR_OK; i++)
		if (c->act->start != NULL)
			c->rv = c->act->start(&c->seats[i], work);
	if (c->rv != CKR_OK)
		drop(c, c->rv);
	calibrate(c, how->slice);
}

static void
leave(struct contestant *c)
{
	for (unsigned i = 0; i < c->threads; i++)
		if (c->act != NULL && c->act->stop != NULL)
			c->act->stop(&c->seats[i], c->work);
}

static void
take_figure(struct contestant *c, unsigned round)
{
	double seconds;

	if (!c->here)
		return;
	if (c->act->sample != NULL) {
		c->figure[round] = c->act->sample(&c->seats[0], c->work);
		if (c->figure[round] <= 0)
			drop(c, CKR_FUNCTION_FAILED);
		return;
	}
	seconds = run_slice(c);
	if (seconds <= 0)
		drop(c, c->rv);
	else
		c->figure[round] = figure_of(c, seconds);
}

/* --- all of them -------------------------------------------------------- */

bool
measure_smaller(enum unit unit)
{
	return unit == MILLISECONDS || unit == MIB;
}

/* The middle of the ratios of each round, where noise is least. */
static double
ratio(const struct contestant *ours, const struct contestant *other,
    const struct measure *how)
{
	double each[ROUNDS_MAX];

	if (!ours->here || !other->here)
		return 0;
	for (unsigned i = 0; i < how->rounds; i++)
		each[i] = measure_smaller(ours->work->unit) ?
		    other->figure[i] / ours->figure[i] :
		    ours->figure[i] / other->figure[i];
	return clock_median(each, how->rounds);
}

void
measure_work(struct result *result, struct side side[WHO_COUNT],
    const struct work *work, const struct measure *how)
{
	static struct contestant all[WHO_COUNT];

	*result = (struct result){ .work = work };
	for (unsigned i = 0; i < WHO_COUNT; i++)
		enter(&all[i], &side[i], work, how);
	/* nobody is always the first */
	for (unsigned round = 0; round < how->rounds; round++)
		for (unsigned i = 0; i < WHO_COUNT; i++)
			take_figure(&all[(round + i) % WHO_COUNT], round);
	for (unsigned i = 0; i < WHO_COUNT; i++)
		leave(&all[i]);
	for (unsigned i = 0; i < WHO_COUNT; i++)
		if (i != OURS)
			result->ratio[i] = ratio(&all[OURS], &all[i], how);
	for (unsigned i = 0; i < WHO_COUNT; i++) {
		result->has[i] = all[i].here;
		result->rv[i] = all[i].rv;
		if (all[i].here)
			result->median[i] = clock_median(all[i].figure,
			    how->rounds);
	}
}
