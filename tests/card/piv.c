/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PIV (NIST SP 800-73-4) with Yubico's extension: selecting, data objects,
 * PINs, and what a card of that maker says about itself.
 */
#include "piv.h"

#include <stdio.h>
#include <string.h>

enum { OBJECT_MAX = 3052 };

static const uint8_t aid[] = { 0xa0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0 };

const uint8_t piv_manager_default[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5,
	6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };

bool
piv_is_slot(const struct card *card, unsigned slot)
{
	unsigned last = card->options->pivapplet ? 0x8c : 0x95;

	return slot == 0x9a || (slot >= 0x9c && slot <= 0x9e) ||
	       (slot >= 0x82 && slot <= last) || slot == 0xf9;
}

bool
piv_cipher(unsigned algorithm, enum key_cipher *cipher)
{
	switch (algorithm) {
	case 0:
	case 3:
		*cipher = KEY_DES3;
		return true;
	case 8:
		*cipher = KEY_AES128;
		return true;
	case 10:
		*cipher = KEY_AES192;
		return true;
	case 12:
		*cipher = KEY_AES256;
		return true;
	default:
		return false;
	}
}

static void
pad_pin(const char *text, uint8_t pin[8])
{
	size_t len = strlen(text);

	memset(pin, 0xff, 8);
	memcpy(pin, text, len < 8 ? len : 8);
}

/* The management key is kept as its algorithm byte and its value; a longer
 * key than 24 bytes begins the default anew. */
static void
manager_new(struct card *card)
{
	static const struct {
		const char *name;
		unsigned algorithm;
		size_t len;
	} kinds[] = { { "3des", 3, 24 }, { "aes128", 8, 16 },
		{ "aes192", 10, 24 }, { "aes256", 12, 32 } };
	const char *want = card->options->algorithm;
	struct buf value = { 0 };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(want != NULL ? want : "3des", kinds[i].name) != 0)
			continue;
		buf_byte(&value, kinds[i].algorithm);
		for (size_t at = 0; at < kinds[i].len; at++)
			buf_byte(&value, piv_manager_default[at % 24]);
	}
	store_put(card->store, piv_manager, buf_all(&value));
	buf_free(&value);
}

static void
chuid_new(struct card *card)
{
	static const uint8_t fascn[25] = { 0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c,
		0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68, 0x58, 0x21, 0x08,
		0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb };
	static const uint8_t ccc[] = { 0xf1, 1, 0x21, 0xf2, 1, 0x21, 0xf3, 0,
		0xf4, 1, 0, 0xf5, 1, 0x10, 0xf6, 0, 0xf7, 0, 0xfa, 0, 0xfb, 0,
		0xfc, 0, 0xfd, 0, 0xfe, 0 };
	uint8_t guid[16], id[21] = { 0xa0, 0, 0, 1, 0x16, 0xff, 2 };
	struct buf value = { 0 };

	key_random(guid, sizeof guid);
	key_random(id + 7, 14);
	tlv_put(&value, 0x30, fascn, sizeof fascn);
	tlv_put(&value, 0x34, guid, sizeof guid);
	tlv_put(&value, 0x35, "20300101", 8);
	tlv_put(&value, 0x3e, NULL, 0);
	tlv_put(&value, 0xfe, NULL, 0);
	store_put(card->store, piv_object | 0x5fc102, buf_all(&value));
	buf_clear(&value);
	tlv_put(&value, 0xf0, id, sizeof id);
	buf_put(&value, ccc, sizeof ccc);
	store_put(card->store, piv_object | 0x5fc107, buf_all(&value));
	buf_free(&value);
}

static void
personalise(struct card *card)
{
	const struct sim_options *options = card->options;
	uint8_t pin[8], serial[4];

	pad_pin(options->pin != NULL ? options->pin : "123456", pin);
	pin_set(card, piv_pin, span_of(pin, 8), 3);
	pad_pin(options->puk != NULL ? options->puk : "12345678", pin);
	pin_set(card, piv_puk, span_of(pin, 8), 3);
	if (options->blocked)
		pin_block(card, piv_pin);
	manager_new(card);
	key_random(serial, sizeof serial);
	serial[0] &= 0x7f;
	store_put(card->store, piv_serial, span_of(serial, sizeof serial));
	if (!options->blank)
		chuid_new(card);
}

static unsigned
select_piv(struct card *card, struct buf *out)
{
	static const uint8_t algorithms[] = { 3, 6, 7, 0x11, 0x14 };
	struct buf body = { 0 }, part = { 0 };

	/* A real card keeps the PIN when it is selected again. */
	if (card->options->pivapplet)
		card->piv = (struct piv_session){ 0 };
	tlv_put(&body, 0x4f, aid + 5, 6);
	tlv_put(&part, 0x4f, aid, 5);
	tlv_put_span(&body, 0x79, buf_all(&part));
	tlv_put(&body, 0x50, "Simulated PIV card", 18);
	buf_clear(&part);
	for (size_t i = 0; i < sizeof algorithms; i++)
		tlv_put(&part, 0x80, algorithms + i, 1);
	tlv_put(&part, 0x06, "", 1);
	tlv_put_span(&body, 0xac, buf_all(&part));
	tlv_put_span(out, 0x61, buf_all(&body));
	buf_free(&part);
	buf_free(&body);
	return SW_OK;
}

static void
forget(struct card *card, bool reset)
{
	(void)reset;
	card->piv = (struct piv_session){ 0 };
}

static uint32_t
object_tag(struct span tag)
{
	uint32_t value = 0;

	if (tag.len < 1 || tag.len > 3)
		return 0;
	for (size_t i = 0; i < tag.len; i++)
		value = value << 8 | tag.at[i];
	return value;
}

static bool
object_known(const struct card *card, uint32_t tag)
{
	if (!card->options->plain_piv && !card->options->pivapplet)
		return tag >= 0x5f0000 && tag <= 0x5fffff;
	return (tag >= 0x5fc101 && tag <= 0x5fc123 &&
		   !(card->options->pivapplet && tag > 0x5fc118 &&
		       tag < 0x5fc121)) ||
	       (card->options->pivapplet &&
		   (tag == 0x5fff00 || tag == 0x5fff01));
}

/* Printed information, fingerprints, face, iris: only with the PIN. */
static bool
object_needs_pin(uint32_t tag)
{
	return tag == 0x5fc103 || tag == 0x5fc108 || tag == 0x5fc109 ||
	       tag == 0x5fc121;
}

static unsigned
get_data(struct card *card, const struct apdu *cmd, struct buf *out)
{
	static const uint8_t discovery[] = { 0x5f, 0x2f, 2, 0x40, 0 };
	struct span value;
	uint32_t tag;

	if (cmd->p1 != 0x3f || cmd->p2 != 0xff)
		return SW_P1P2;
	if (!tlv_only(cmd->data, 0x5c, &value))
		return SW_DATA;
	tag = object_tag(value);
	if (tag == 0x7e) {
		struct buf body = { 0 };

		tlv_put(&body, 0x4f, aid, sizeof aid);
		buf_put(&body, discovery, sizeof discovery);
		tlv_put_span(out, 0x7e, buf_all(&body));
		buf_free(&body);
		return SW_OK;
	}
	if (object_needs_pin(tag) && !card->piv.pin)
		return SW_SECURITY;
	value = store_get(card->store, piv_object | tag);
	if (tag == 0 || value.at == NULL)
		return SW_NOT_FOUND;
	tlv_put_span(out, 0x53, value);
	return SW_OK;
}

static unsigned
put_data(struct card *card, const struct apdu *cmd)
{
	struct span in = cmd->data, value;
	struct tlv tag;

	if (cmd->p1 != 0x3f || cmd->p2 != 0xff)
		return SW_P1P2;
	if (!card->piv.manager)
		return SW_SECURITY;
	if (!tlv_next(&in, &tag) || tag.tag != 0x5c ||
	    !tlv_only(in, 0x53, &value))
		return SW_DATA;
	if (!object_known(card, object_tag(tag.value)))
		return SW_NOT_FOUND;
	if (value.len > OBJECT_MAX)
		return SW_FULL;
	if (value.len > 0)
		return card_keep(card, piv_object | object_tag(tag.value),
		    value);
	store_remove(card->store, piv_object | object_tag(tag.value));
	return SW_OK;
}

/* Six to eight characters, filled up with FF. */
static bool
pin_formed(struct span pin)
{
	size_t len = 0;

	if (pin.len != 8)
		return false;
	while (len < 8 && pin.at[len] != 0xff)
		len++;
	for (size_t i = len; i < 8; i++) {
		if (pin.at[i] != 0xff)
			return false;
	}
	return len >= 6;
}

static unsigned
verify(struct card *card, const struct apdu *cmd)
{
	struct piv_session *s = &card->piv;
	unsigned sw;

	if (cmd->p2 != 0x80)
		return SW_NO_REFERENCE;
	if (cmd->p1 == 0xff && cmd->data.len == 0) {
		s->pin = false;
		return SW_OK;
	}
	if (cmd->p1 != 0)
		return SW_P1P2;
	if (cmd->data.len == 0)
		return pin_status(card, piv_pin, s->pin);
	if (pin_left(card, piv_pin) == 0)
		return SW_BLOCKED;
	if (!pin_formed(cmd->data))
		return SW_DATA;
	sw = pin_verify(card, piv_pin, cmd->data);
	s->pin = sw == SW_OK;
	s->fresh = s->pin;
	return sw;
}

/* Old or PUK first, the new one behind it. */
static unsigned
change(struct card *card, uint64_t proof, uint64_t what, struct span data)
{
	struct span old, new = data;
	unsigned sw;

	if (!span_take(&new, 8, &old) || !pin_formed(new))
		return SW_DATA;
	sw = pin_verify(card, proof, old);
	if (sw == SW_OK)
		pin_set(card, what, new, 0);
	else if (proof == piv_pin)
		card->piv.pin = false;
	return sw;
}

static unsigned
pins(struct card *card, const struct apdu *cmd)
{
	if (cmd->p1 != 0)
		return SW_P1P2;
	if (cmd->ins == 0x24 && cmd->p2 == 0x80)
		return change(card, piv_pin, piv_pin, cmd->data);
	if (cmd->ins == 0x24 && cmd->p2 == 0x81)
		return change(card, piv_puk, piv_puk, cmd->data);
	if (cmd->ins == 0x2c && cmd->p2 == 0x80)
		return change(card, piv_puk, piv_pin, cmd->data);
	return SW_NO_REFERENCE;
}

static unsigned
set_tries(struct card *card, const struct apdu *cmd)
{
	uint8_t pin[8];

	if (!card->piv.manager || !card->piv.pin)
		return SW_SECURITY;
	if (cmd->p1 < 1 || cmd->p1 > 15 || cmd->p2 < 1 || cmd->p2 > 15)
		return SW_DATA;
	pad_pin("123456", pin);
	pin_set(card, piv_pin, span_of(pin, 8), cmd->p1);
	pad_pin("12345678", pin);
	pin_set(card, piv_puk, span_of(pin, 8), cmd->p2);
	card->piv.pin = false;
	return SW_OK;
}

static unsigned
set_manager(struct card *card, const struct apdu *cmd)
{
	struct span in = cmd->data, head;
	enum key_cipher cipher;
	struct buf value = { 0 };
	unsigned sw;

	if (cmd->p1 != 0xff || (cmd->p2 != 0xff && cmd->p2 != 0xfe))
		return SW_P1P2;
	if (!card->piv.manager)
		return SW_SECURITY;
	if (!span_take(&in, 3, &head) || head.at[1] != 0x9b ||
	    head.at[2] != in.len || !piv_cipher(head.at[0], &cipher) ||
	    in.len != key_cipher_size(cipher))
		return SW_DATA;
	buf_byte(&value, head.at[0]);
	buf_span(&value, in);
	sw = card_keep(card, piv_manager, buf_all(&value));
	buf_free(&value);
	return sw;
}

static unsigned
begin_anew(struct card *card)
{
	if (pin_left(card, piv_pin) != 0 || pin_left(card, piv_puk) != 0)
		return SW_CONDITIONS;
	store_remove_range(card->store, applet_piv.first, applet_piv.last);
	forget(card, true);
	personalise(card);
	return SW_OK;
}

static unsigned
run_yubico(struct card *card, const struct apdu *cmd, struct buf *out)
{
	static const uint8_t version[2][3] = { { 5, 7, 0 }, { 5, 4, 0 } };

	switch (cmd->ins) {
	case 0xf6:
		return piv_move(card, cmd);
	case 0xf7:
		return piv_metadata(card, cmd, out);
	case 0xf8:
		buf_span(out, store_get(card->store, piv_serial));
		return SW_OK;
	case 0xfa:
		return set_tries(card, cmd);
	case 0xfb:
		return begin_anew(card);
	case 0xfd:
		buf_put(out, version[card->options->pivapplet], 3);
		return SW_OK;
	case 0xfe:
		return piv_import(card, cmd);
	case 0xff:
		return set_manager(card, cmd);
	default:
		return SW_INS;
	}
}

static unsigned
run(struct card *card, const struct apdu *cmd, struct buf *out)
{
	bool fresh = card->piv.fresh;

	/* One VERIFY serves the command behind it, and no later one. */
	card->piv.fresh = false;
	switch (cmd->ins) {
	case 0x20:
		return verify(card, cmd);
	case 0x24:
	case 0x2c:
		return pins(card, cmd);
	case 0x47:
		return piv_generate(card, cmd, out);
	case 0x87:
		if (cmd->p2 == 0x9b)
			return piv_admin(card, cmd, out);
		return piv_authenticate(card, cmd, fresh, out);
	case 0xcb:
		return get_data(card, cmd, out);
	case 0xdb:
		return put_data(card, cmd);
	default:
		return card->options->plain_piv ?
			   SW_INS :
			   run_yubico(card, cmd, out);
	}
}

const struct applet applet_piv = {
	.name = "piv",
	.aid = { aid, sizeof aid },
	.least = 5,
	/* That of a YubiKey: without it OpenSC does no elliptic curves. */
	.atr = "3bfd1300008131fe158073c021c057597562694b657940",
	.personalise = personalise,
	.select = select_piv,
	.run = run,
	.forget = forget,
	.first = UINT64_C(0x01000000) << 32,
	.last = UINT64_C(0x01ffffff) << 32 | UINT32_MAX,
};
