/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One command to a card, in as many pieces as it takes.
 */
#include "store/card/apdu.h"

#include "base/log.h"
#include "base/util.h"
#include "base/wr.h"

#define PIECE 255               /* data bytes of one command */
#define FRAME (5 + PIECE + 1)
#define EXTENDED_MAX 65535
#define ANSWER (65536 + 2)
#define CLA_CHAIN 0x10
#define INS_GET_RESPONSE 0xc0
/* A card that promises more each time would keep us for ever. */
#define ROUNDS_MAX 1024

/* --- what status words mean ---------------------------------------------- */

static const struct {
	uint16_t sw;
	enum cng_status st;
} meanings[] = {
	{ SW_OK, CNG_OK },
	{ 0x6581, CNG_ERR_DEVICE },
	{ 0x6700, CNG_ERR_DATA },
	{ 0x6982, CNG_ERR_NOT_LOGGED_IN },
	{ 0x6983, CNG_ERR_PIN_LOCKED },
	{ 0x6984, CNG_ERR_DATA },
	{ 0x6985, CNG_ERR_KEY_USAGE },
	{ 0x6986, CNG_ERR_KEY_USAGE },
	{ 0x6a80, CNG_ERR_DATA },
	{ 0x6a81, CNG_ERR_NOT_SUPPORTED },
	{ 0x6a82, CNG_ERR_NOT_FOUND },
	{ 0x6a84, CNG_ERR_STORE_FULL },
	{ 0x6a86, CNG_ERR_NOT_SUPPORTED },
	{ 0x6a88, CNG_ERR_NOT_FOUND },
	{ 0x6b00, CNG_ERR_NOT_SUPPORTED },
	{ 0x6d00, CNG_ERR_NOT_SUPPORTED },
	{ 0x6e00, CNG_ERR_NOT_SUPPORTED },
};

enum cng_status
apdu_status(uint16_t sw)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (meanings[i].sw == sw)
			return meanings[i].st;
	return CNG_ERR_DEVICE;
}

int
apdu_tries(uint16_t sw)
{
	if ((sw & 0xfff0) == 0x63c0)
		return sw & 0x0f;
	/* as a YubiKey NEO once had it; but 6300 does not tell */
	return sw > 0x6300 && sw <= 0x630f ? sw & 0x0f : -1;
}

enum cng_status
apdu_pin_status(uint16_t sw)
{
	int tries = apdu_tries(sw);

	if (tries >= 0)
		return tries == 0 ? CNG_ERR_PIN_LOCKED : CNG_ERR_PIN_WRONG;
	return sw == 0x6300 ? CNG_ERR_PIN_WRONG : apdu_status(sw);
}

/* --- one piece ----------------------------------------------------------- */

struct piece {
	uint8_t head[4];
	struct span data;
	bool has_le;
	uint8_t le;
};

/* Under T=0 the fifth byte is always there, and a command with data has no Le:
 * the card says 61xx. */
static size_t
frame_piece(uint8_t frame[FRAME], const struct piece *p, bool t0)
{
	size_t len = sizeof p->head;

	memcpy(frame, p->head, sizeof p->head);
	if (p->data.len > 0) {
		frame[len++] = (uint8_t)p->data.len;
		memcpy(frame + len, p->data.ptr, p->data.len);
		len += p->data.len;
	}
	if (p->has_le && !(t0 && p->data.len > 0))
		frame[len++] = p->le;
	else if (t0 && p->data.len == 0)
		frame[len++] = 0;
	return len;
}

struct reply {
	uint8_t *bytes;          /* ANSWER of them */
	size_t len;              /* without the status word */
	uint16_t sw;
};

static enum cng_status
send_frame(struct card_link *link, struct span frame, struct reply *r)
{
	size_t got = 0;
	enum cng_status st = link->ops->transmit(link, frame, r->bytes,
	    ANSWER, &got);

	if (st != CNG_OK)
		return st;
	if (got < 2 || got > ANSWER) {
		log_line(LOG_WARN, "card: an answer of %zu bytes", got);
		return CNG_ERR_DEVICE;
	}
	r->len = got - 2;
	r->sw = (uint16_t)(r->bytes[got - 2] << 8 | r->bytes[got - 1]);
	return CNG_OK;
}

static enum cng_status
send_piece(struct card_link *link, const struct piece *p, struct reply *r)
{
	uint8_t frame[FRAME];
	size_t len = frame_piece(frame, p, link->t0);
	enum cng_status st = send_frame(link, span_of(frame, len), r);

	wipe(frame, sizeof frame);
	return st;
}

/* 6Cxx: the same once more, with the length that the card wants. */
static enum cng_status
send_exact(struct card_link *link, struct piece *p, struct reply *r)
{
	enum cng_status st = send_piece(link, p, r);

	if (st == CNG_OK && r->sw >> 8 == 0x6c) {
		p->has_le = true;
		p->le = (uint8_t)r->sw;
		st = send_piece(link, p, r);
	}
	return st;
}

/* --- a whole command ----------------------------------------------------- */

/* All pieces but the last; *rest gets that. */
static enum cng_status
send_chain(struct card_link *link, const struct apdu *cmd, struct reply *r,
    struct span *rest)
{
	enum cng_status st = CNG_OK;

	*rest = cmd->data;
	r->sw = SW_OK;
	while (st == CNG_OK && r->sw == SW_OK && rest->len > PIECE) {
		struct piece p = {
			{ cmd->cla | CLA_CHAIN, cmd->ins, cmd->p1, cmd->p2 },
			span_of(rest->ptr, PIECE), false, 0
		};

		st = send_exact(link, &p, r);
		*rest = span_of(rest->ptr + PIECE, rest->len - PIECE);
	}
	return st;
}

static enum cng_status
gather(struct secret *answer, const struct reply *r)
{
	if (answer == NULL || r->len == 0)
		return CNG_OK;
	if (r->len > APDU_ANSWER_MAX - answer->len) {
		log_line(LOG_WARN, "card: an answer without end");
		return CNG_ERR_DEVICE;
	}
	return secret_append(answer, span_of(r->bytes, r->len));
}

static enum cng_status
send_extended(struct card_link *link, const struct apdu *cmd, struct reply *r)
{
	const uint8_t head[] = { cmd->cla, cmd->ins, cmd->p1, cmd->p2, 0 };
	size_t len = cmd->data.len;
	struct secret frame = { 0 };
	struct wr w;
	enum cng_status st;

	if (len > EXTENDED_MAX || len + APDU_EXTENDED > link->extended) {
		log_line(LOG_WARN, "card: %zu bytes are more than it takes at"
		    " once, and it takes no chain", len);
		return CNG_ERR_DATA_SIZE;
	}
	st = secret_new(&frame, len + APDU_EXTENDED);
	if (st != CNG_OK)
		return st;
	w = wr_of(frame.ptr, frame.len);
	wr_bytes(&w, span_of(head, sizeof head));
	wr_u8(&w, (uint8_t)(len >> 8));
	wr_u8(&w, (uint8_t)len);
	wr_bytes(&w, cmd->data);
	if (cmd->answers)
		wr_bytes(&w, span_of("\0\0", 2));
	st = wr_status(&w);
	if (st == CNG_OK)
		st = send_frame(link, span_of(frame.ptr, w.len), r);
	secret_free(&frame);
	return st;
}

/* The last piece, or all in one. */
static enum cng_status
send_end(struct card_link *link, const struct apdu *cmd, struct span data,
    struct reply *r)
{
	struct piece p = { { cmd->cla, cmd->ins, cmd->p1, cmd->p2 }, data,
		cmd->answers, 0 };

	return data.len > PIECE ? send_extended(link, cmd, r) :
				  send_exact(link, &p, r);
}

/* The same, and what the card has to say. */
static enum cng_status
send_last(struct card_link *link, const struct apdu *cmd, struct span data,
    struct reply *r, struct secret *answer)
{
	enum cng_status st = send_end(link, cmd, data, r);

	if (st == CNG_OK)
		st = gather(answer, r);
	for (int i = 0; st == CNG_OK && r->sw >> 8 == 0x61; i++) {
		struct piece more = {
			{ cmd->cla, INS_GET_RESPONSE, 0, 0 },
			span_of(NULL, 0), true, (uint8_t)r->sw
		};

		if (i == ROUNDS_MAX)
			return CNG_ERR_DEVICE;
		st = send_exact(link, &more, r);
		if (st == CNG_OK)
			st = gather(answer, r);
	}
	return st;
}

enum cng_status
apdu_send(struct card_link *link, const struct apdu *cmd,
    struct secret *answer, uint16_t *sw)
{
	struct secret room = { 0 };
	struct secret said = { 0 };
	struct reply r = { .sw = SW_OK };
	struct span rest = cmd->data;
	enum cng_status st = secret_new(&room, ANSWER);

	*sw = 0;
	if (answer != NULL)
		*answer = (struct secret){ 0 };
	r.bytes = room.ptr;
	if (st == CNG_OK && (link->extended == 0 || link->t0))
		st = send_chain(link, cmd, &r, &rest);
	/* a link of the chain was refused: that is the answer */
	if (st == CNG_OK && r.sw == SW_OK)
		st = send_last(link, cmd, rest, &r, &said);
	if (st == CNG_OK) {
		*sw = r.sw;
		if (answer != NULL)
			secret_move(answer, &said);
	}
	secret_free(&said);
	secret_free(&room);
	return st;
}

enum cng_status
apdu_call(struct card_link *link, const struct apdu *cmd,
    struct secret *answer)
{
	uint16_t sw;
	enum cng_status st = apdu_send(link, cmd, answer, &sw);

	if (st != CNG_OK || sw == SW_OK)
		return st;
	if (answer != NULL)
		secret_free(answer);
	st = apdu_status(sw);
	log_line(LOG_DEBUG, "card: %02x %02x %02x %02x: %04x", cmd->cla,
	    cmd->ins, cmd->p1, cmd->p2, sw);
	return st;
}

/* --- decryption ---------------------------------------------------------- */

static const struct {
	uint16_t sw;
	bool vague;              /* a verdict only where there is a padding */
} verdicts[] = {
	{ 0x6400, true },
	{ 0x6984, false },
	{ 0x6985, true },
	{ 0x6a80, false },
	/* what comes of an exception that nobody has caught: most applets in
	 * Java, and Gnuk */
	{ 0x6f00, true },
};

static enum cng_status
decrypt_status(uint16_t sw, bool unpads)
{
	enum cng_status st = apdu_status(sw);

	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		if (verdicts[i].sw == sw && (unpads || !verdicts[i].vague))
			return CNG_ERR_CIPHERTEXT;
	return st == CNG_OK || st == CNG_ERR_NOT_LOGGED_IN ||
	    st == CNG_ERR_PIN_LOCKED || st == CNG_ERR_NOT_FOUND ||
	    st == CNG_ERR_NOT_SUPPORTED || st == CNG_ERR_KEY_USAGE ?
	    st : CNG_ERR_DEVICE;
}

enum cng_status
apdu_decrypt(struct card_link *link, const struct apdu *cmd, bool unpads,
    struct secret *answer)
{
	uint16_t sw;
	enum cng_status st = apdu_send(link, cmd, answer, &sw);

	if (st != CNG_OK)
		return st;
	st = decrypt_status(sw, unpads);
	if (st != CNG_OK)
		secret_free(answer);
	return st;
}
