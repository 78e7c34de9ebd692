/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of results.  A difference that noise could make is called so.
 */
#include "bench/report.h"

#include "bench/measure.h"

#include <string.h>

#define NOISE 0.10
#define NOISE_DISK 0.25
#define TEXT_MAX 32

static const char *const units[] = {
	[PER_SECOND] = "/s",
	[MIB_PER_SECOND] = "MiB/s",
	[MILLISECONDS] = "ms",
	[MIB] = "MiB",
};

/* Three digits that count, thousands with commas. */
static void
write_number(char text[TEXT_MAX], double value)
{
	long whole = (long)(value + 0.5);

	if (value < 10)
		snprintf(text, TEXT_MAX, "%.2f", value);
	else if (value < 100)
		snprintf(text, TEXT_MAX, "%.1f", value);
	else if (whole < 1000)
		snprintf(text, TEXT_MAX, "%ld", whole);
	else if (whole < 1000000)
		snprintf(text, TEXT_MAX, "%ld,%03ld", whole / 1000,
		    whole % 1000);
	else
		snprintf(text, TEXT_MAX, "%ld,%03ld,%03ld", whole / 1000000,
		    whole / 1000 % 1000, whole % 1000);
}

static void
write_ratio(char text[TEXT_MAX], double ratio)
{
	if (ratio <= 0)
		snprintf(text, TEXT_MAX, "-");
	else if (ratio < 10)
		snprintf(text, TEXT_MAX, "%.2f", ratio);
	else
		write_number(text, ratio);
}

static void
write_figure(char text[TEXT_MAX], const struct result *r, enum who who)
{
	if (r->has[who])
		write_number(text, r->median[who]);
	else
		snprintf(text, TEXT_MAX, "-");
}

static const char *
verdict(double share, unsigned flags)
{
	double noise = flags & WORK_DISK ? NOISE_DISK : NOISE;

	if (share >= 1)
		return "met";
	return share >= 1 - noise ? "within noise" : "missed";
}

/* The goal and how it went: "0.97 met". */
static void
write_goal(char text[TEXT_MAX], const struct result *r)
{
	const struct work *w = r->work;
	char number[TEXT_MAX];
	double share;

	text[0] = '\0';
	if (!r->has[OURS])
		return;
	if (w->goal > 0 && r->ratio[LIMIT] > 0) {
		snprintf(text, TEXT_MAX, "%.2f %s", w->goal,
		    verdict(r->ratio[LIMIT] / w->goal, w->flags));
	} else if (w->figure > 0) {
		share = measure_smaller(w->unit) ?
		    w->figure / r->median[OURS] : r->median[OURS] / w->figure;
		write_number(number, w->figure);
		number[TEXT_MAX / 2 - 1] = '\0';
		snprintf(text, TEXT_MAX, "%.15s %s", number,
		    verdict(share, w->flags));
	}
}

void
report_head(const char *peer)
{
	printf("| %-42s | %-5s | %9s | %9s | %9s | %10s | %10s | %s |\n",
	    "Work", "unit", "ours", peer, "limit", "ours/limit", "ours/peer",
	    "goal");
	printf("|---|---|--:|--:|--:|--:|--:|---|\n");
	fflush(stdout);
}

void
report_result(const struct result *r)
{
	char figure[WHO_COUNT][TEXT_MAX], ratio[WHO_COUNT][TEXT_MAX];
	char goal[TEXT_MAX];

	for (unsigned i = 0; i < WHO_COUNT; i++) {
		write_figure(figure[i], r, (enum who)i);
		write_ratio(ratio[i], r->ratio[i]);
	}
	write_goal(goal, r);
	printf("| %-42s | %-5s | %9s | %9s | %9s | %10s | %10s | %s |\n",
	    r->work->name, units[r->work->unit], figure[OURS], figure[PEER],
	    figure[LIMIT], ratio[LIMIT], ratio[PEER], goal);
	fflush(stdout);
}

void
report_end(const struct result *results, size_t count)
{
	static const char *const names[] = { [OURS] = "ours", [PEER] = "peer",
		[LIMIT] = "limit" };

	printf("\nMedians; ratios are medians of the rounds, and more is better"
	    " in all of them.\nLess than %d %% is noise, %d %% with disk or"
	    " processes.\n", (int)(NOISE * 100), (int)(NOISE_DISK * 100));
	for (size_t i = 0; i < count; i++)
		for (unsigned who = 0; who < WHO_COUNT; who++)
			if (results[i].rv[who] != CKR_OK)
				printf("not run: %s, %s: CKR 0x%lx\n",
				    results[i].work->name, names[who],
				    results[i].rv[who]);
}
