/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The management key of PIV: mutual authentication (the card proves itself as
 * well), and that of the host alone.
 */
#include "piv.h"

#include <string.h>

enum { NOTHING, WITNESS, CHALLENGE };

struct manager {
	enum key_cipher cipher;
	const uint8_t *key;
	size_t block;
};

static bool
manager(const struct card *card, unsigned algorithm, struct manager *out)
{
	struct span kept = store_get(card->store, piv_manager);

	if (kept.len < 17 || !piv_cipher(algorithm, &out->cipher) ||
	    (algorithm == 0 ? 3 : algorithm) != kept.at[0])
		return false;
	out->key = kept.at + 1;
	out->block = key_cipher_block(out->cipher);
	return true;
}

static void
answer(struct buf *out, uint32_t tag, const uint8_t *value, size_t len)
{
	struct buf body = { 0 };

	tlv_put(&body, tag, value, len);
	tlv_put_span(out, 0x7c, buf_all(&body));
	buf_free(&body);
}

/* The card thinks of a number, and shows it enciphered or in clear. */
static unsigned
begin(struct card *card, const struct manager *m, int stage, struct buf *out)
{
	struct piv_session *s = &card->piv;
	uint8_t shown[16];

	if (!key_random(s->nonce, m->block))
		return SW_FAULT;
	s->stage = stage;
	if (stage == CHALLENGE) {
		answer(out, 0x81, s->nonce, m->block);
		return SW_OK;
	}
	if (!key_cipher(m->cipher, true, m->key, NULL,
		span_of(s->nonce, m->block), shown))
		return SW_FAULT;
	answer(out, 0x80, shown, m->block);
	return SW_OK;
}

/* The host deciphered the witness: answer its own challenge. */
static unsigned
end_mutual(struct card *card, const struct manager *m, struct span witness,
    struct span challenge, struct buf *out)
{
	struct piv_session *s = &card->piv;
	uint8_t proof[16];

	if (witness.len != m->block || challenge.len != m->block)
		return SW_DATA;
	if (memcmp(witness.at, s->nonce, m->block) != 0)
		return card->options->pivapplet ? SW_DATA : SW_SECURITY;
	if (!key_cipher(m->cipher, true, m->key, NULL, challenge, proof))
		return SW_FAULT;
	s->manager = true;
	answer(out, 0x82, proof, m->block);
	return SW_OK;
}

static unsigned
end_single(struct card *card, const struct manager *m, struct span response)
{
	struct piv_session *s = &card->piv;
	uint8_t right[16];

	if (response.len != m->block)
		return SW_DATA;
	if (!key_cipher(m->cipher, true, m->key, NULL,
		span_of(s->nonce, m->block), right))
		return SW_FAULT;
	if (memcmp(response.at, right, m->block) != 0)
		return card->options->pivapplet ? SW_DATA : SW_SECURITY;
	s->manager = true;
	return SW_OK;
}

unsigned
piv_admin(struct card *card, const struct apdu *cmd, struct buf *out)
{
	struct piv_session *s = &card->piv;
	struct span body, witness, challenge, response;
	int stage = s->stage;
	struct manager m;

	/* What was begun is ended by the very next one, or never. */
	s->stage = NOTHING;
	if (!manager(card, cmd->p1, &m))
		return card->options->pivapplet ? SW_P1P2 : SW_DATA;
	if (!tlv_only(cmd->data, 0x7c, &body))
		return SW_DATA;
	if (!tlv_find(body, 0x80, &witness))
		witness = span_of(NULL, 0);
	if (!tlv_find(body, 0x81, &challenge))
		challenge = span_of(NULL, 0);
	if (!tlv_find(body, 0x82, &response))
		response = span_of(NULL, 0);
	if (witness.at != NULL && witness.len == 0)
		return begin(card, &m, WITNESS, out);
	if (challenge.at != NULL && challenge.len == 0)
		return begin(card, &m, CHALLENGE, out);
	if (witness.len > 0 && stage == WITNESS)
		return end_mutual(card, &m, witness, challenge, out);
	if (response.len > 0 && stage == CHALLENGE)
		return end_single(card, &m, response);
	return SW_CONDITIONS;
}
