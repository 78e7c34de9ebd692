/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The administrator of a GIDS card: three-key DES, mutual or by a challenge
 * that the host answers.
 */
#include "gids.h"

#include <string.h>

enum { NOTHING, MUTUAL, CHALLENGE };

static const uint8_t iv[8];

static void
answer(struct buf *out, unsigned tag, const uint8_t *value, size_t len)
{
	struct buf body = { 0 };

	tlv_put(&body, tag, value, len);
	tlv_put_span(out, 0x7c, buf_all(&body));
	buf_free(&body);
}

/* The host's R1 is kept behind the card's R2. */
static unsigned
begin(struct card *card, struct span host, struct buf *out)
{
	struct gids_session *s = &card->gids;

	if (host.len != 0 && host.len != 16)
		return SW_DATA;
	if (!key_random(s->challenge, 16))
		return SW_FAULT;
	if (host.len == 0) {
		s->stage = CHALLENGE;
		answer(out, 0x81, s->challenge, 8);
		return SW_OK;
	}
	memcpy(s->host, host.at, 16);
	s->stage = MUTUAL;
	answer(out, 0x81, s->challenge, 16);
	return SW_OK;
}

static unsigned
end_mutual(struct card *card, const uint8_t *key, struct span proof,
    struct buf *out)
{
	struct gids_session *s = &card->gids;
	uint8_t plain[40], reply[40];

	if (proof.len != sizeof plain)
		return SW_DATA;
	if (!key_cipher(KEY_DES3, false, key, iv, proof, plain))
		return SW_FAULT;
	if (memcmp(plain, s->challenge, 16) != 0 ||
	    memcmp(plain + 16, s->host, 16) != 0)
		return SW_SECURITY;
	memcpy(plain, s->host, 16);
	memcpy(plain + 16, s->challenge, 16);
	if (!key_random(plain + 32, 7) ||
	    !key_cipher(KEY_DES3, true, key, iv, span_of(plain, 40), reply))
		return SW_FAULT;
	s->admin = true;
	answer(out, 0x82, reply, sizeof reply);
	return SW_OK;
}

static unsigned
end_challenge(struct card *card, const uint8_t *key, struct span response)
{
	struct gids_session *s = &card->gids;
	uint8_t right[8];

	if (response.len != sizeof right)
		return SW_DATA;
	if (!key_cipher(KEY_DES3, true, key, iv, span_of(s->challenge, 8),
		right))
		return SW_FAULT;
	if (memcmp(right, response.at, sizeof right) != 0)
		return SW_SECURITY;
	s->admin = true;
	return SW_OK;
}

unsigned
gids_admin(struct card *card, const struct apdu *cmd, struct buf *out)
{
	struct gids_session *s = &card->gids;
	struct span key = store_get(card->store, gids_admin_key), body, value;
	int stage = s->stage;

	s->stage = NOTHING;
	if (s->crt != 0xa4)
		return SW_CONDITIONS;
	if (key.len != 24)
		return SW_NO_REFERENCE;
	if (!tlv_only(cmd->data, 0x7c, &body))
		return SW_DATA;
	if (tlv_find(body, 0x81, &value))
		return begin(card, value, out);
	if (!tlv_find(body, 0x82, &value))
		return SW_DATA;
	if (stage == MUTUAL)
		return end_mutual(card, key.at, value, out);
	if (stage == CHALLENGE)
		return end_challenge(card, key.at, value);
	return SW_CONDITIONS;
}
