/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: a card that is no card, but the input.  First the jobs, then
 * each answer as it comes: bytes with a status word of their own or 9000, or
 * in the frame that was asked for, or that the card was reset or is gone.
 */
#include "card.h"

#include <stdlib.h>

/* The card lies on for so long when the input has come to its end. */
#define SILENT_MAX 300

struct script {
	struct card_link link;
	struct rd in;
	unsigned silent;
	bool busy, reset, gone;
};

static struct script *
script_of(struct card_link *link)
{
	return (struct script *)(void *)link;
}

static void
must(bool condition)
{
	if (!condition)
		abort();
}

/* --- one answer ---------------------------------------------------------- */

enum way { WAY_PLAIN, WAY_FRAMED, WAY_LONG, WAY_STATUS, WAY_BOTH, WAY_MORE,
	WAY_BARE, WAY_EVENT };

/* The frame that a command asks for: a GIDS file, a PIV object, a public
 * key, the answer to a challenge. */
static uint32_t
frame_of(struct span command)
{
	const uint8_t *c = command.ptr;

	if (command.len >= 9 && c[1] == 0xcb && c[5] == 0x5c && c[6] == 2)
		return (uint32_t)c[7] << 8 | c[8];
	if (command.len >= 10 && c[1] == 0xcb && c[5] == 0x5c)
		return 0x53;
	if (c[1] == 0xa4)
		return 0x61;
	if (c[1] == 0xca)
		return c[2] == 0 ? c[3] : (uint32_t)c[2] << 8 | c[3];
	return c[1] == 0x87 ? 0x7c : 0x7f49;
}

static void
say(struct script *s, struct wr *w, struct span command)
{
	uint8_t how = fuzz_byte(&s->in), len = fuzz_byte(&s->in);
	enum way way = (enum way)(how & 7);
	size_t want = way == WAY_LONG ? (size_t)len << 8 | how : len;
	struct span bytes = { NULL, 0 }, sw = span_of("\x90", 2);

	if (way != WAY_STATUS && way != WAY_EVENT)
		(void)!rd_take(&s->in, want < s->in.left ? want : s->in.left,
		    &bytes);
	if (way == WAY_FRAMED)
		tlv_put(w, frame_of(command), bytes);
	else
		wr_bytes(w, bytes);
	if (way == WAY_STATUS || way == WAY_BOTH)
		(void)!rd_take(&s->in, s->in.left < 2 ? 0 : 2, &sw);
	if (way == WAY_MORE)
		sw = how & 8 ? span_of("\x6c\x10", 2) : span_of("\x61", 2);
	if (way == WAY_EVENT) {
		s->gone = (how & 0x38) == 0;
		s->reset = !s->gone;
	}
	if (way != WAY_BARE)
		wr_bytes(w, sw);
}

static enum cng_status
script_transmit(struct card_link *link, struct span command, uint8_t *answer,
    size_t size, size_t *len)
{
	struct script *s = script_of(link);
	struct wr w = wr_of(answer, size);

	*len = 0;
	must(s->busy && command.len >= 4 && size >= 65538);
	if (s->in.left == 0 && ++s->silent > SILENT_MAX)
		s->gone = true;
	if (!s->gone && !s->reset)
		say(s, &w, command);
	if (s->gone)
		return CNG_ERR_DEVICE_REMOVED;
	if (s->reset)
		return CNG_ERR_DEVICE_RESET;
	must(!w.failed);
	*len = w.len;
	return CNG_OK;
}

/* --- the rest of a link -------------------------------------------------- */

static enum cng_status
script_begin(struct card_link *link)
{
	struct script *s = script_of(link);

	must(!s->busy);
	s->busy = !s->gone && !s->reset;
	return s->gone ? CNG_ERR_DEVICE_REMOVED :
	    s->reset ? CNG_ERR_DEVICE_RESET : CNG_OK;
}

static void
script_end(struct card_link *link, bool reset)
{
	(void)reset;
	must(script_of(link)->busy);
	script_of(link)->busy = false;
}

static enum cng_status
script_recover(struct card_link *link)
{
	struct script *s = script_of(link);

	s->reset = false;
	return s->gone ? CNG_ERR_DEVICE_REMOVED : CNG_OK;
}

static bool
script_is_present(struct card_link *link)
{
	return !script_of(link)->gone;
}

static void
script_close(struct card_link *link)
{
	free(script_of(link));
}

static const struct card_link_ops script_ops = {
	.transmit = script_transmit,
	.begin = script_begin,
	.end = script_end,
	.recover = script_recover,
	.is_present = script_is_present,
	.close = script_close,
	.abandon = script_close,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd in = rd_of(span_of(data, size)), jobs;
	struct script *s = calloc(1, sizeof *s);
	struct fuzz_card card = { .dev = NULL };
	uint8_t how = fuzz_byte(&in);
	struct span said = { NULL, 0 };

	must(s != NULL);
	(void)!rd_take(&in, in.left < 32 ? 0 : 32, &said);
	jobs = rd_of(said);
	s->link.ops = &script_ops;
	s->link.t0 = (how & 4) != 0;
	s->in = in;
	fuzz_card_open(&card, &s->link, (enum fuzz_app)(how % FUZZ_APPS));
	fuzz_card_jobs(&card, &jobs);
	fuzz_card_close(&card);
	return 0;
}
