/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenPGP card 3.4: selecting, PINs, and which of them a command needs.
 */
#include "openpgp.h"

#include <string.h>

static const uint8_t aid[] = { 0xd2, 0x76, 0, 1, 0x24, 1 };

static void
personalise(struct card *card)
{
	const struct sim_options *options = card->options;
	const char *pin = options->pin != NULL ? options->pin : "123456";
	const char *puk = options->puk != NULL ? options->puk : "12345678";

	pin_set(card, openpgp_pw1, span_of(pin, strlen(pin)), 3);
	pin_set(card, openpgp_pw3, span_of(puk, strlen(puk)), 3);
	if (options->blocked)
		pin_block(card, openpgp_pw1);
	openpgp_data_new(card);
}

static unsigned
select_openpgp(struct card *card, struct buf *out)
{
	(void)out;
	card->openpgp = (struct openpgp_session){ 0 };
	return store_get(card->store, openpgp_ended).at != NULL ? 0x6285 :
								  SW_OK;
}

static void
forget(struct card *card, bool reset)
{
	(void)reset;
	card->openpgp = (struct openpgp_session){ 0 };
}

/* The login and the counter that a reference means. */
static bool *
login_of(struct card *card, unsigned reference, uint64_t *pin)
{
	*pin = reference == 0x83 ? openpgp_pw3 : openpgp_pw1;
	switch (reference) {
	case 0x81:
		return &card->openpgp.sign;
	case 0x82:
		return &card->openpgp.other;
	case 0x83:
		return &card->openpgp.admin;
	default:
		return NULL;
	}
}

static unsigned
verify(struct card *card, const struct apdu *cmd)
{
	uint64_t pin;
	bool *login = login_of(card, cmd->p2, &pin);
	unsigned sw;

	if (login == NULL || (cmd->p1 != 0 && cmd->p1 != 0xff))
		return SW_P1P2;
	if (cmd->p1 == 0xff) {
		*login = false;
		return cmd->data.len == 0 ? SW_OK : SW_DATA;
	}
	if (cmd->data.len == 0)
		return pin_status(card, pin, *login);
	sw = pin_verify(card, pin, cmd->data);
	*login = sw == SW_OK;
	return sw;
}

static unsigned
set_new(struct card *card, uint64_t pin, struct span value)
{
	if (value.len < (pin == openpgp_pw1 ? 6 : 8) || value.len > 0x7f)
		return SW_DATA;
	pin_set(card, pin, value, 3);
	card->openpgp.sign = card->openpgp.sign && pin != openpgp_pw1;
	card->openpgp.other = card->openpgp.other && pin != openpgp_pw1;
	card->openpgp.admin = card->openpgp.admin && pin != openpgp_pw3;
	return SW_OK;
}

/* The proof is as long as what it is compared with. */
static unsigned
change(struct card *card, uint64_t proof, uint64_t pin, struct span data)
{
	struct span old, new = data;
	unsigned sw;

	if (!span_take(&new, pin_value(card, proof).len, &old))
		old = new;
	sw = pin_verify(card, proof, old);
	return sw == SW_OK ? set_new(card, pin, new) : sw;
}

static unsigned
pins(struct card *card, const struct apdu *cmd)
{
	if (cmd->ins == 0x24 && cmd->p1 == 0 && cmd->p2 == 0x81)
		return change(card, openpgp_pw1, openpgp_pw1, cmd->data);
	if (cmd->ins == 0x24 && cmd->p1 == 0 && cmd->p2 == 0x83)
		return change(card, openpgp_pw3, openpgp_pw3, cmd->data);
	if (cmd->ins != 0x2c || cmd->p2 != 0x81)
		return SW_P1P2;
	if (cmd->p1 == 0)
		return change(card, openpgp_code, openpgp_pw1, cmd->data);
	if (cmd->p1 != 2)
		return SW_P1P2;
	return card->openpgp.admin ? set_new(card, openpgp_pw1, cmd->data) :
				     SW_SECURITY;
}

/* One PIN for one signature, unless the PW status bytes say otherwise. */
static unsigned
sign(struct card *card, const struct apdu *cmd, struct buf *out)
{
	struct span status = store_get(card->store, openpgp_object | 0xc4);
	unsigned sw;

	if (!card->openpgp.sign)
		return SW_SECURITY;
	sw = openpgp_sign(card, OPENPGP_SIGN, cmd->data, out);
	if (sw == SW_OK) {
		openpgp_count(card, false);
		card->openpgp.sign = status.len > 0 && *status.at == 1;
	}
	return sw;
}

static unsigned
operate(struct card *card, const struct apdu *cmd, struct buf *out)
{
	unsigned what = (unsigned)cmd->p1 << 8 | cmd->p2;

	if (cmd->ins == 0x2a && what == 0x9e9a)
		return sign(card, cmd, out);
	if (cmd->ins == 0x88 ? what != 0 : what != 0x8086)
		return SW_P1P2;
	if (!card->openpgp.other)
		return SW_SECURITY;
	return cmd->ins == 0x88 ?
		   openpgp_sign(card, OPENPGP_AUTH, cmd->data, out) :
		   openpgp_decrypt(card, cmd->data, out);
}

/* 60 04 5C 02 7F 21: which of the three certificates is meant. */
static unsigned
select_data(struct card *card, const struct apdu *cmd)
{
	static const uint8_t want[] = { 0x60, 4, 0x5c, 2, 0x7f, 0x21 };

	if (cmd->p1 > 2 || cmd->p2 != 4)
		return SW_P1P2;
	if (!span_equal(cmd->data, span_of(want, sizeof want)))
		return SW_NO_REFERENCE;
	card->openpgp.occurrence = cmd->p1;
	return SW_OK;
}

static unsigned
next_data(struct card *card, const struct apdu *cmd, struct buf *out)
{
	if (cmd->p1 != 0x7f || cmd->p2 != 0x21 ||
	    card->openpgp.occurrence >= 2)
		return SW_NO_REFERENCE;
	card->openpgp.occurrence++;
	return openpgp_get(card, 0x7f21, out);
}

static unsigned
challenge(const struct apdu *cmd, struct buf *out)
{
	uint8_t bytes[256];
	size_t len = cmd->ne < sizeof bytes ? cmd->ne : sizeof bytes;

	if (len == 0 || !key_random(bytes, len))
		return SW_LENGTH;
	buf_put(out, bytes, len);
	return SW_OK;
}

static unsigned
terminate(struct card *card)
{
	if (!card->openpgp.admin && (pin_left(card, openpgp_pw1) != 0 ||
					pin_left(card, openpgp_pw3) != 0))
		return SW_SECURITY;
	return card_keep(card, openpgp_ended, span_of("", 1));
}

static unsigned
activate(struct card *card)
{
	if (store_get(card->store, openpgp_ended).at != NULL) {
		store_remove_range(card->store, applet_openpgp.first,
		    applet_openpgp.last);
		forget(card, true);
		personalise(card);
	}
	return SW_OK;
}

static unsigned
run(struct card *card, const struct apdu *cmd, struct buf *out)
{
	unsigned tag = (unsigned)cmd->p1 << 8 | cmd->p2;

	if (cmd->ins != 0x44 &&
	    store_get(card->store, openpgp_ended).at != NULL)
		return SW_CONDITIONS;
	switch (cmd->ins) {
	case 0x20:
		return verify(card, cmd);
	case 0x24:
	case 0x2c:
		return pins(card, cmd);
	case 0x2a:
	case 0x88:
		return operate(card, cmd, out);
	case 0x44:
		return activate(card);
	case 0x47:
		return openpgp_generate(card, cmd, out);
	case 0x84:
		return challenge(cmd, out);
	case 0xa5:
		return select_data(card, cmd);
	case 0xca:
		return openpgp_get(card, tag, out);
	case 0xcc:
		return next_data(card, cmd, out);
	case 0xda:
		return openpgp_put(card, tag, cmd->data);
	case 0xdb:
		return tag == 0x3fff ? openpgp_import(card, cmd->data) :
				       SW_P1P2;
	case 0xe6:
		return terminate(card);
	default:
		return SW_INS;
	}
}

const struct applet applet_openpgp = {
	.name = "openpgp",
	.aid = { aid, sizeof aid },
	.least = 6,
	/* OpenSC knows these cards by their ATR only. */
	.atr = "3bda18ff81b1fe751f030031f573c001600090001c",
	.personalise = personalise,
	.select = select_openpgp,
	.run = run,
	.forget = forget,
	.first = UINT64_C(0x03000000) << 32,
	.last = UINT64_C(0x03ffffff) << 32 | UINT32_MAX,
};
