/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GIDS (Microsoft's Generic Identity Device Specification, revision 2): its
 * files, their access rules, and PINs.
 */
#include "gids.h"

static const uint8_t aid[] = { 0xa0, 0, 0, 3, 0x97, 0x42, 0x54, 0x46, 0x59, 2,
	1 };

static bool
operational(const struct card *card)
{
	return store_get(card->store, gids_operational).at != NULL;
}

struct span
gids_header(const struct card *card, unsigned ef)
{
	struct span kept = store_get(card->store, gids_file | ef), state;

	if (!span_take(&kept, 1, &state))
		return span_of(NULL, 0);
	return kept;
}

/* 8C: a byte of bits, then a condition for each that is set, the highest
 * first; bit 8 only says whose bits they are. */
static unsigned
condition(struct span header, enum gids_access access)
{
	struct span rule, mode;
	size_t at = 0;

	if (!tlv_find(header, 0x8c, &rule) || !span_take(&rule, 1, &mode) ||
	    !(*mode.at & 1 << access))
		return 0xff;
	for (int bit = 6; bit > (int)access; bit--)
		at += (*mode.at >> bit & 1) != 0;
	return at < rule.len ? rule.at[at] : 0xff;
}

unsigned
gids_may(const struct card *card, unsigned ef, enum gids_access access)
{
	struct span header = gids_header(card, ef);
	unsigned who;

	if (header.at == NULL)
		return SW_NOT_FOUND;
	who = condition(header, access);
	if (!operational(card) || who == 0)
		return SW_OK;
	if (who == 0xff)
		return SW_SECURITY;
	return ((who & 0x10) && card->gids.pin) ||
			       ((who & 0x20) && card->gids.admin) ?
		   SW_OK :
		   SW_SECURITY;
}

unsigned
gids_write(struct card *card, unsigned ef, unsigned tag, struct span value)
{
	return card_keep(card, gids_object | ef << 16 | tag, value);
}

unsigned
gids_create(struct card *card, struct span fcp, unsigned *ef)
{
	struct span kind, id, rule;
	struct buf kept = { 0 };
	unsigned sw;

	if (!tlv_find(fcp, 0x82, &kind) || kind.len != 1 ||
	    (*kind.at != 0x39 && *kind.at != 0x18) ||
	    !tlv_find(fcp, 0x83, &id) || id.len != 2 ||
	    !tlv_find(fcp, 0x8c, &rule))
		return SW_DATA;
	*ef = (unsigned)id.at[0] << 8 | id.at[1];
	if (gids_header(card, *ef).at != NULL)
		return 0x6a89;
	buf_byte(&kept, 0);
	buf_span(&kept, fcp);
	sw = card_keep(card, gids_file | *ef, buf_all(&kept));
	buf_free(&kept);
	return sw;
}

void
gids_activate(struct card *card, unsigned ef)
{
	struct buf kept = { 0 };

	buf_byte(&kept, 1);
	buf_span(&kept, gids_header(card, ef));
	store_put(card->store, gids_file | ef, buf_all(&kept));
	buf_free(&kept);
}

/* Files come and go with the rule of the directory: the user, or the admin. */
static bool
may_change_files(const struct card *card)
{
	return !operational(card) || card->gids.pin || card->gids.admin;
}

static unsigned
create_file(struct card *card, const struct apdu *cmd)
{
	struct span fcp;

	if (!may_change_files(card))
		return SW_SECURITY;
	if (!tlv_only(cmd->data, 0x62, &fcp))
		return SW_DATA;
	return gids_create(card, fcp, &card->gids.ef);
}

static unsigned
delete_file(struct card *card)
{
	struct gids_session *s = &card->gids;
	uint64_t ef = s->ef;

	if (ef == 0 || gids_header(card, s->ef).at == NULL)
		return SW_NOT_FOUND;
	if (!may_change_files(card))
		return SW_SECURITY;
	store_remove(card->store, gids_file | ef);
	store_remove_range(card->store, gids_object | ef << 16,
	    gids_object | ef << 16 | 0xffff);
	if (ef >> 8 == GIDS_KEYS >> 8)
		store_remove(card->store, gids_key | (ef & 0xff));
	s->ef = 0;
	s->crt = 0;
	return SW_OK;
}

static unsigned
select_file(struct card *card, const struct apdu *cmd)
{
	unsigned ef;

	if (cmd->p1 != 0 || cmd->data.len != 2)
		return SW_P1P2;
	ef = (unsigned)cmd->data.at[0] << 8 | cmd->data.at[1];
	if (ef != GIDS_ROOT && gids_header(card, ef).at == NULL)
		return SW_NOT_FOUND;
	card->gids.ef = ef;
	return SW_OK;
}

/* Of a file, or of the application: then the rules are in force. */
static unsigned
activate(struct card *card)
{
	unsigned ef = card->gids.ef;

	if (ef == GIDS_ROOT) {
		if (store_get(card->store, gids_pin).at == NULL)
			return SW_CONDITIONS;
		return card_keep(card, gids_operational, span_of("", 1));
	}
	if (ef == 0 || gids_header(card, ef).at == NULL)
		return SW_NOT_FOUND;
	gids_activate(card, ef);
	return SW_OK;
}

static bool
active(const struct card *card, unsigned ef)
{
	struct span kept = store_get(card->store, gids_file | ef);

	return kept.len > 0 && *kept.at == 1;
}

static unsigned
pin_object(const struct card *card, struct buf *out)
{
	struct buf body = { 0 };

	if (store_get(card->store, gids_pin).at == NULL)
		return SW_NO_REFERENCE;
	tlv_put_byte(&body, 0x97, pin_left(card, gids_pin));
	tlv_put_byte(&body, 0x93, pin_limit(card, gids_pin));
	tlv_put_span(out, 0x7f71, buf_all(&body));
	buf_free(&body);
	return SW_OK;
}

static unsigned
get_data(struct card *card, const struct apdu *cmd, struct buf *out)
{
	unsigned ef = (unsigned)cmd->p1 << 8 | cmd->p2, tag, sw;
	struct span name, value;

	if (ef == GIDS_ROOT && cmd->data.len > 0 && *cmd->data.at == 0x70)
		return gids_get_key(card, cmd->data, out);
	if (!tlv_only(cmd->data, 0x5c, &name) || name.len != 2)
		return SW_DATA;
	tag = (unsigned)name.at[0] << 8 | name.at[1];
	if (ef == GIDS_ROOT)
		return tag == 0x7f71 ? pin_object(card, out) : SW_NO_REFERENCE;
	sw = gids_may(card, ef, GIDS_READ);
	if (sw != SW_OK)
		return sw;
	value = store_get(card->store, gids_object | ef << 16 | tag);
	if (value.at == NULL)
		return SW_NO_REFERENCE;
	tlv_put_span(out, tag, value);
	return SW_OK;
}

static unsigned
put_data(struct card *card, const struct apdu *cmd)
{
	unsigned ef = (unsigned)cmd->p1 << 8 | cmd->p2, sw;
	struct span in = cmd->data;
	struct tlv item;

	if (ef == GIDS_ROOT)
		return gids_put_key(card, cmd->data);
	sw = gids_may(card, ef, GIDS_UPDATE);
	if (sw != SW_OK)
		return sw;
	if (!active(card, ef))
		return SW_CONDITIONS;
	/* DF as the first byte of two: context of the application. */
	if (!tlv_next(&in, &item) || in.len != 0 || item.tag >> 8 != 0xdf)
		return SW_DATA;
	return gids_write(card, ef, item.tag, item.value);
}

static unsigned
verify(struct card *card, const struct apdu *cmd)
{
	struct gids_session *s = &card->gids;
	unsigned sw;

	if (cmd->p1 == 0 && cmd->p2 == 0x82 && cmd->data.len == 0) {
		*s = (struct gids_session){ 0 };
		return SW_OK;
	}
	if (cmd->p1 != 0 || cmd->p2 != 0x80)
		return SW_P1P2;
	if (cmd->data.len == 0)
		return pin_status(card, gids_pin, s->pin);
	sw = pin_verify(card, gids_pin, cmd->data);
	s->pin = sw == SW_OK;
	return sw;
}

static unsigned
set_pin(struct card *card, struct span pin)
{
	if (pin.len < 4 || pin.len > 16)
		return SW_DATA;
	pin_set(card, gids_pin, pin, 3);
	return SW_OK;
}

/* Old and new stand side by side, and only the card knows where one ends. */
static unsigned
change(struct card *card, const struct apdu *cmd)
{
	struct span old, new = cmd->data;
	unsigned sw;

	if (cmd->p2 != 0x80)
		return SW_P1P2;
	if (cmd->p1 == 1)
		return operational(card) ? SW_CONDITIONS :
					   set_pin(card, cmd->data);
	if (!span_take(&new, pin_value(card, gids_pin).len, &old))
		old = new;
	sw = pin_verify(card, gids_pin, old);
	card->gids.pin = sw == SW_OK;
	return sw == SW_OK ? set_pin(card, new) : sw;
}

static unsigned
unblock(struct card *card, const struct apdu *cmd)
{
	if (cmd->p1 != 2 || cmd->p2 != 0x80)
		return SW_P1P2;
	if (!card->gids.admin)
		return SW_SECURITY;
	card->gids.pin = false;
	return set_pin(card, cmd->data);
}

static unsigned
select_gids(struct card *card, struct buf *out)
{
	static const uint8_t more[] = { 0x40, 1, 0xc0 };
	struct buf body = { 0 };

	card->gids = (struct gids_session){ 0 };
	tlv_put(&body, 0x4f, aid, sizeof aid);
	tlv_put(&body, 0x73, more, sizeof more);
	tlv_put_span(out, 0x61, buf_all(&body));
	buf_free(&body);
	return SW_OK;
}

static void
forget(struct card *card, bool reset)
{
	(void)reset;
	card->gids = (struct gids_session){ 0 };
}

static unsigned
run(struct card *card, const struct apdu *cmd, struct buf *out)
{
	switch (cmd->ins) {
	case 0x20:
		return verify(card, cmd);
	case 0x22:
		return gids_mse(card, cmd);
	case 0x24:
		return change(card, cmd);
	case 0x2a:
		return gids_pso(card, cmd, out);
	case 0x2c:
		return unblock(card, cmd);
	case 0x44:
		return activate(card);
	case 0x47:
		return gids_generate(card, cmd, out);
	case 0x87:
		return gids_admin(card, cmd, out);
	case 0xa4:
		return select_file(card, cmd);
	case 0xcb:
		return get_data(card, cmd, out);
	case 0xdb:
		return put_data(card, cmd);
	case 0xe0:
		return create_file(card, cmd);
	case 0xe4:
		return delete_file(card);
	default:
		return SW_INS;
	}
}

const struct applet applet_gids = {
	.name = "gids",
	.aid = { aid, sizeof aid },
	.least = 9,
	.waits = true,
	.personalise = gids_personalise,
	.select = select_gids,
	.run = run,
	.forget = forget,
	.first = UINT64_C(0x02000000) << 32,
	.last = UINT64_C(0x02ffffff) << 32 | UINT32_MAX,
};
