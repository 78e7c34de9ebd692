/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From the wire to an application and back: short and extended length, command
 * chaining, GET RESPONSE, Le, and the ways of T=0; SELECT by name.
 */
#include "card.h"

#include <string.h>

enum { CHAIN_MAX = 16384 };

void
apdu_forget(struct card *card)
{
	buf_clear(&card->chain);
	buf_clear(&card->answer);
	card->answered = 0;
	for (size_t i = 0; i < 3 && card->applets[i] != NULL; i++)
		card->applets[i]->forget(card, true);
	card->current = NULL;
}

/* Lc, data and Le of an extended command; rest begins behind the zero byte. */
static bool
parse_extended(struct span rest, struct apdu *cmd)
{
	struct span two;
	size_t len;

	if (!span_take(&rest, 2, &two))
		return false;
	len = (size_t)two.at[0] << 8 | two.at[1];
	if (rest.len == 0) {
		cmd->ne = len == 0 ? 65536 : len;
		return true;
	}
	if (!span_take(&rest, len, &cmd->data) || len == 0)
		return false;
	if (rest.len == 0)
		return true;
	if (rest.len != 2)
		return false;
	len = (size_t)rest.at[0] << 8 | rest.at[1];
	cmd->ne = len == 0 ? 65536 : len;
	return true;
}

static unsigned
parse(const struct card *card, struct span in, struct apdu *cmd)
{
	const struct sim_options *options = card->options;
	struct span head, one;
	size_t len;

	if (!span_take(&in, 4, &head))
		return SW_LENGTH;
	*cmd = (struct apdu){ head.at[0], head.at[1], head.at[2], head.at[3],
		{ NULL, 0 }, 0 };
	/* Under T=0 there is always a fifth byte. */
	if (!span_take(&in, 1, &one))
		return options->t0 ? SW_LENGTH : SW_OK;
	len = *one.at;
	if (in.len == 0) {
		cmd->ne = len == 0 ? 256 : len;
		return SW_OK;
	}
	if (len == 0)
		return options->t0 || options->short_only ||
			       !parse_extended(in, cmd) ?
			   SW_LENGTH :
			   SW_OK;
	if (!span_take(&in, len, &cmd->data))
		return SW_LENGTH;
	if (in.len == 0)
		return SW_OK;
	/* Under T=0 the wire has no room for Le behind data. */
	if (in.len != 1 || options->t0)
		return SW_LENGTH;
	cmd->ne = *in.at == 0 ? 256 : *in.at;
	return SW_OK;
}

static const struct applet *
by_name(const struct card *card, struct span name)
{
	for (size_t i = 0; i < 3 && card->applets[i] != NULL; i++) {
		const struct applet *applet = card->applets[i];
		size_t common = name.len < applet->aid.len ? name.len :
							     applet->aid.len;

		if (name.len >= applet->least && name.len <= 16 &&
		    memcmp(name.at, applet->aid.at, common) == 0)
			return applet;
	}
	return NULL;
}

static unsigned
select_by_name(struct card *card, struct span name, struct buf *out)
{
	const struct applet *applet = by_name(card, name);

	if (applet == NULL)
		return SW_NOT_FOUND;
	for (size_t i = 0; i < 3 && card->applets[i] != NULL; i++) {
		if (card->applets[i] != applet || card->current != applet)
			card->applets[i]->forget(card, false);
	}
	card->current = applet;
	return applet->select(card, out);
}

static unsigned
dispatch(struct card *card, const struct apdu *cmd, struct buf *out)
{
	unsigned sw;

	if (cmd->cla != 0)
		return SW_CLA;
	if (cmd->ins == 0xa4 && cmd->p1 == 4)
		sw = select_by_name(card, cmd->data, out);
	else if (card->current == NULL)
		sw = cmd->ins == 0xca || cmd->ins == 0xcb ? SW_NOT_FOUND :
							    SW_INS;
	else
		sw = card->current->run(card, cmd, out);
	if (!store_save(card->store))
		sw = SW_MEMORY;
	return sw;
}

static void
put_sw(struct buf *reply, unsigned sw)
{
	buf_byte(reply, sw >> 8);
	buf_byte(reply, sw & 0xff);
}

/* The next part of the answer, at most ne bytes. */
static void
give(struct card *card, size_t ne, struct buf *reply)
{
	size_t rest = card->answer.len - card->answered;
	size_t part = ne < rest ? ne : rest;

	buf_put(reply, card->answer.at + card->answered, part);
	card->answered += part;
	rest -= part;
	if (rest == 0) {
		buf_clear(&card->answer);
		card->answered = 0;
		put_sw(reply, SW_OK);
	} else {
		put_sw(reply, SW_MORE | (rest > 255 ? 0 : (unsigned)rest));
	}
}

static void
get_response(struct card *card, const struct apdu *cmd, struct buf *reply)
{
	size_t rest = card->answer.len - card->answered;

	if (rest == 0)
		put_sw(reply, SW_CONDITIONS);
	else if (cmd->ne > rest && card->options->t0 && rest < 256)
		put_sw(reply, SW_LE | (unsigned)rest);
	else
		give(card, cmd->ne == 0 ? 256 : cmd->ne, reply);
}

/* One part of a chain; true when it was the last and cmd is whole. */
static bool
chain(struct card *card, struct apdu *cmd, struct buf *reply)
{
	const uint8_t head[4] = { cmd->cla & 0xef, cmd->ins, cmd->p1,
		cmd->p2 };
	bool more = (cmd->cla & 0x10) != 0;

	if (card->chain.len > 0 && memcmp(head, card->chain_head, 4) != 0)
		buf_clear(&card->chain);
	memcpy(card->chain_head, head, 4);
	if (more && card->options->no_chaining) {
		put_sw(reply, SW_NO_CHAIN);
		return false;
	}
	if (card->chain.len + cmd->data.len > CHAIN_MAX) {
		buf_clear(&card->chain);
		put_sw(reply, SW_LENGTH);
		return false;
	}
	if (!more && card->chain.len == 0)
		return true;
	buf_span(&card->chain, cmd->data);
	if (more) {
		put_sw(reply, SW_OK);
		return false;
	}
	cmd->data = buf_all(&card->chain);
	return true;
}

/* The answer of an application, as Le and the protocol allow. */
static void
respond(struct card *card, const struct apdu *cmd, unsigned sw,
    struct buf *reply)
{
	const struct sim_options *options = card->options;
	size_t len = card->answer.len;

	if (sw != SW_OK || len == 0) {
		buf_clear(&card->answer);
		put_sw(reply, sw);
	} else if (len < 257 && cmd->ne != 0 && cmd->ne != len &&
		   ((options->t0 && cmd->data.len == 0) ||
		       (options->exact_le && cmd->ne < len))) {
		buf_clear(&card->answer);
		put_sw(reply, SW_LE | (len & 0xff));
	} else if (cmd->ne == 0 && (options->t0 || card->current == NULL ||
				       card->current->waits)) {
		put_sw(reply, SW_MORE | (len > 255 ? 0 : (unsigned)len));
	} else {
		give(card, cmd->ne == 0 ? 256 : cmd->ne, reply);
	}
}

void
apdu_exchange(struct card *card, struct span command, struct buf *reply)
{
	struct apdu cmd;
	unsigned sw = parse(card, command, &cmd);

	if (sw != SW_OK) {
		put_sw(reply, sw);
		return;
	}
	if (cmd.cla == 0 && cmd.ins == 0xc0) {
		get_response(card, &cmd, reply);
		return;
	}
	buf_clear(&card->answer);
	card->answered = 0;
	if (!chain(card, &cmd, reply))
		return;
	sw = dispatch(card, &cmd, &card->answer);
	buf_clear(&card->chain);
	respond(card, &cmd, sw, reply);
}
