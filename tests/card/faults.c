/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wrong answers: what a broken or hostile card might send.
 */
#include "faults.h"

#include "keys.h"

#include <string.h>

static const char *const names[SIM_FAULTS] = {
	[SIM_REMOVE] = "remove",
	[SIM_TEAR] = "tear",
	[SIM_RESET] = "reset",
	[SIM_GARBAGE] = "garbage",
	[SIM_TRUNCATE] = "truncate",
	[SIM_OVERLONG] = "overlong",
	[SIM_INNER] = "inner",
	[SIM_SHORT] = "short",
	[SIM_EMPTY] = "empty",
	[SIM_FLOOD] = "flood",
	[SIM_FAIL] = "fail",
	[SIM_FULL] = "full",
};

enum sim_fault
sim_fault_named(const char *name)
{
	for (int i = 0; i < SIM_FAULTS; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum sim_fault)i;
	}
	return SIM_FAULTS;
}

bool
fault_now(const struct faults *faults, enum sim_fault fault)
{
	unsigned long at = faults->plan[fault].at;

	return at != 0 && (faults->count == at ||
			      (faults->plan[fault].onwards &&
				  faults->count > at));
}

/* SplitMix64: bytes that follow from the seed and the number of the APDU. */
static void
mix(uint64_t seed, unsigned long count, uint8_t *out, size_t len)
{
	uint64_t state = seed + count * UINT64_C(0xd1342543de82ef95), z = 0;

	for (size_t i = 0; i < len; i++) {
		if (i % 8 == 0) {
			state += UINT64_C(0x9e3779b97f4a7c15);
			z = (state ^ state >> 30) *
			    UINT64_C(0xbf58476d1ce4e5b9);
			z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
			z ^= z >> 31;
		}
		out[i] = (uint8_t)(z >> 8 * (i % 8));
	}
}

/* Random bytes that a client has no reason to throw away at once. */
static void
garbage(const struct faults *faults, struct buf *reply)
{
	uint8_t noise[256];

	if (faults->seed != 0)
		mix(faults->seed, faults->count, noise, sizeof noise);
	else if (!key_random(noise, sizeof noise))
		return;
	buf_clear(reply);
	/* none at all would be a good answer to many a question */
	buf_put(reply, noise + 1, noise[0] > 0 ? noise[0] : 1);
	buf_put(reply, "\x90", 2);
}

static void
truncate_data(struct buf *reply)
{
	uint8_t sw[2];

	if (reply->len < 2)
		return;
	memcpy(sw, reply->at + reply->len - 2, 2);
	reply->len = (reply->len - 2) / 2;
	buf_put(reply, sw, 2);
}

/* The length at a place becomes 7FFF. */
static void
lie(struct buf *reply, size_t at)
{
	struct buf copy = { 0 };
	size_t skip = at < reply->len && reply->at[at] > 0x80 ?
			  1 + (reply->at[at] & 0x7fu) :
			  1;

	if (at + skip > reply->len)
		return;
	buf_put(&copy, reply->at, at);
	buf_put(&copy, "\x82\x7f\xff", 3);
	buf_put(&copy, reply->at + at + skip, reply->len - at - skip);
	buf_free(reply);
	*reply = copy;
}

/* Where the length of the first object stands, or of the first in it. */
static void
lie_about_length(struct buf *reply, bool inner)
{
	struct span in = buf_all(reply);
	uint32_t tag;
	size_t len, head, at = 0;

	if (reply->len < 4 || !tlv_head(&in, &tag, &len))
		return;
	head = reply->len - in.len;
	if (inner) {
		at = head;
		if (!tlv_head(&in, &tag, &len))
			return;
	}
	lie(reply, at + (tag > 0xffff ? 3 : tag > 0xff ? 2 : 1));
}

static void
flood(struct buf *reply)
{
	uint8_t zeros[1024] = { 0 };

	buf_clear(reply);
	while (reply->len < SIM_MAX - 2) {
		size_t rest = SIM_MAX - 2 - reply->len;

		buf_put(reply, zeros, rest < sizeof zeros ? rest :
							    sizeof zeros);
	}
	buf_put(reply, "\x90", 2);
}

void
fault_answer(const struct faults *faults, struct buf *reply)
{
	if (fault_now(faults, SIM_GARBAGE))
		garbage(faults, reply);
	if (fault_now(faults, SIM_TRUNCATE))
		truncate_data(reply);
	if (fault_now(faults, SIM_OVERLONG))
		lie_about_length(reply, false);
	if (fault_now(faults, SIM_INNER))
		lie_about_length(reply, true);
	if (fault_now(faults, SIM_FLOOD))
		flood(reply);
	if (fault_now(faults, SIM_SHORT) && reply->len > 1)
		reply->len = 1;
	if (fault_now(faults, SIM_EMPTY))
		reply->len = 0;
}
