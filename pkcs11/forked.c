/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One word in a page that is wiped on fork; where the kernel cannot do that,
 * an ordinary word with the number of the process.
 */
#include "pkcs11/forked.h"

#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_int plain_word;
/* NULL until the first claim; never unmapped. */
static _Atomic(atomic_int *) word;

static int
mark_owned(const atomic_int *place)
{
	return place == &plain_word ? (int)getpid() : 2;
}

static int
mark_claiming(const atomic_int *place)
{
	return place == &plain_word ? -(int)getpid() : 1;
}

static atomic_int *
make_word(void)
{
	void *page;
	size_t size;

	size = (size_t)sysconf(_SC_PAGESIZE);
	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return &plain_word;
#ifdef MADV_WIPEONFORK
	if (madvise(page, size, MADV_WIPEONFORK) == 0)
		return page;
#endif
	(void)munmap(page, size);
	return &plain_word;
}

static atomic_int *
get_word(void)
{
	atomic_int *place, *fresh;

	place = atomic_load(&word);
	if (place != NULL)
		return place;
	fresh = make_word();
	if (atomic_compare_exchange_strong(&word, &place, fresh))
		return fresh;
	if (fresh != &plain_word)
		(void)munmap(fresh, (size_t)sysconf(_SC_PAGESIZE));
	return place;
}

bool
forked_is_ours(void)
{
	const atomic_int *place;

	place = atomic_load(&word);
	return place != NULL && atomic_load(place) == mark_owned(place);
}

bool
forked_claim_begin(void)
{
	atomic_int *place;
	int seen;

	place = get_word();
	seen = atomic_load(place);
	for (;;) {
		if (seen == mark_owned(place))
			return false;
		if (seen == mark_claiming(place)) {
			(void)sched_yield();
			seen = atomic_load(place);
			continue;
		}
		if (atomic_compare_exchange_weak(
		    place, &seen, mark_claiming(place)))
			return true;
	}
}

void
forked_claim_end(void)
{
	atomic_int *place;

	place = get_word();
	atomic_store(place, mark_owned(place));
}
