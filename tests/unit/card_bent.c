/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The link in between.
 */
#include "card_bent.h"

static struct bent_link *
bent_of(struct card_link *link)
{
	return (struct bent_link *)(void *)link;
}

static bool
answer_canned(const struct bent_link *b, struct span command,
    uint8_t *answer, size_t *len)
{
	bool found = false;

	for (size_t i = 0; i < b->count && !found; i++) {
		struct secret want = unhex(b->canned[i].command);
		struct secret reply = unhex(b->canned[i].reply);

		found = command.len >= want.len &&
		    memcmp(command.ptr, want.ptr, want.len) == 0;
		if (found) {
			memcpy(answer, reply.ptr, reply.len);
			*len = reply.len;
		}
		secret_free(&want);
		secret_free(&reply);
	}
	return found;
}

/* Does the answer have the capabilities?  In any other one the same three bytes
 * are part of a key, now and then. */
static bool
has_caps(struct bent_link *b, struct span command)
{
	if (command.ptr[1] != 0xc0) /* the rest of the same answer */
		b->about = command.len >= 4 && command.ptr[1] == 0xca &&
		    memcmp(command.ptr + 2, "\x00\x6e", 2) == 0;
	return b->caps != 0 && b->about;
}

static void
bend(struct bent_link *b, struct span command, uint8_t *answer, size_t *len)
{
	uint8_t ins = command.ptr[1];
	bool caps = has_caps(b, command);

	for (size_t i = 0; caps && i + 3 <= *len; i++)
		if (memcmp(answer + i, "\xc0\x0a\x7c", 3) == 0)
			answer[i + 2] = b->caps;
	if (b->wrong_is_6982 && ins == 0x20 && answer[*len - 2] == 0x63)
		memcpy(answer + *len - 2, "\x69\x82", 2);
	if (b->with_40 && ins == 0x47 &&
	    memcmp(answer, "\x7f\x49\x22\x86\x20", 5) == 0) {
		memmove(answer + 6, answer + 5, *len - 5);
		memcpy(answer, "\x7f\x49\x23\x86\x21\x40", 6);
		*len += 1;
	}
}

static enum cng_status
bent_transmit(struct card_link *link, struct span command, uint8_t *answer,
    size_t size, size_t *len)
{
	struct bent_link *b = bent_of(link);
	enum cng_status st;

	if (answer_canned(b, command, answer, len))
		return CNG_OK;
	st = b->way->ops->transmit(b->way, command, answer, size, len);
	if (st == CNG_OK && *len >= 2)
		bend(b, command, answer, len);
	return st;
}

static enum cng_status
bent_begin(struct card_link *link)
{
	return bent_of(link)->way->ops->begin(bent_of(link)->way);
}

static void
bent_end(struct card_link *link, bool reset)
{
	bent_of(link)->way->ops->end(bent_of(link)->way, reset);
}

static enum cng_status
bent_recover(struct card_link *link)
{
	return bent_of(link)->way->ops->recover(bent_of(link)->way);
}

static bool
bent_is_present(struct card_link *link)
{
	return bent_of(link)->way->ops->is_present(bent_of(link)->way);
}

static void
bent_close(struct card_link *link)
{
	bent_of(link)->way->ops->close(bent_of(link)->way);
	free(bent_of(link));
}

static const struct card_link_ops bent_ops = {
	.transmit = bent_transmit,
	.begin = bent_begin,
	.end = bent_end,
	.recover = bent_recover,
	.is_present = bent_is_present,
	.close = bent_close,
	.abandon = bent_close,
};

struct device *
insert_bent(struct sim *sim, const struct bent_link *how, bool t0)
{
	struct bent_link *b = malloc(sizeof *b);
	struct device_conf conf = { .admin_key = { 0 } };
	struct device *dev;

	ck_assert_ptr_nonnull(b);
	*b = *how;
	b->link.ops = &bent_ops;
	b->link.t0 = t0;
	b->way = card_link_sim_new(sim, t0);
	ok(secret_copy(&conf.admin_key, PW3));
	ok(device_on(&dev, &b->link, &conf));
	secret_free(&conf.admin_key);
	return dev;
}
