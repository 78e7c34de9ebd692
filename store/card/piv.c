/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PIV (NIST SP 800-73): the application, what it says about itself, its PINs.
 * A card that does not speak Yubico's dialect can be read and used, and no
 * more.
 */
#include "store/card/piv.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"

#define PIN_MIN 6
#define PIN_LEN 8
#define PIN_FILL 0xff
#define REF_PIN 0x80
#define REF_PUK 0x81

/* --- the application ----------------------------------------------------- */

static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10,
	0x00, 0x01, 0x00 };

enum cng_status
piv_select(struct card *card)
{
	const struct apdu cmd = { 0x00, 0xa4, 0x04, 0x00,
		span_of(aid, sizeof aid), true };
	struct secret answer = { 0 };
	struct span body;
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, &cmd, &answer, &sw);

	if (st == CNG_OK && (sw != SW_OK ||
	    !tlv_find(secret_span(&answer), 0x61, &body)))
		st = CNG_ERR_NOT_FOUND;
	secret_free(&answer);
	return st;
}

/* Three bytes of version number: Yubico's dialect. */
static enum cng_status
ask_version(struct card *card)
{
	static const struct apdu cmd = { 0x00, 0xfd, 0x00, 0x00, { NULL, 0 },
		true };
	struct piv *piv = piv_of(card);
	struct secret answer = { 0 };
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, &cmd, &answer, &sw);

	if (st == CNG_OK && sw == SW_OK && answer.len == sizeof piv->version) {
		piv->yubico = true;
		memcpy(piv->version, answer.ptr, sizeof piv->version);
	}
	secret_free(&answer);
	return st;
}

static void
piv_free(struct card *card)
{
	struct piv *piv = piv_of(card);

	for (size_t i = 0; i < PIV_SLOTS; i++)
		key_free(&piv->memory[i].public);
	secret_free(&piv->manager);
	mem_free(piv);
	card->state = NULL;
}

/* Of the card itself: it stays when the GUID does not. */
static enum cng_status
ask_serial(struct card *card, char out[33])
{
	static const struct apdu cmd = { 0x00, 0xf8, 0x00, 0x00, { NULL, 0 },
		true };
	struct secret answer = { 0 };
	struct rd r;
	uint32_t serial = 0;
	uint16_t sw;
	enum cng_status st;

	if (!piv_of(card)->yubico)
		return CNG_ERR_NOT_FOUND;
	st = apdu_send(card->link, &cmd, &answer, &sw);
	r = rd_of(secret_span(&answer));
	if (st == CNG_OK && (sw != SW_OK || !rd_u32be(&r, &serial) ||
	    !rd_at_end(&r) || serial == 0))
		st = CNG_ERR_NOT_FOUND;
	else if (st == CNG_OK)
		snprintf(out, 33, "%lu", (unsigned long)serial);
	secret_free(&answer);
	return st;
}

/* A number that this card has, and others have not.  The GUID is one where we
 * do not write it. */
static enum cng_status
who_is_it(struct card *card, char out[33])
{
	uint8_t guid[16];
	enum cng_status st = ask_serial(card, out);

	if (st != CNG_ERR_NOT_FOUND || piv_of(card)->yubico)
		return st;
	st = piv_guid(card, guid);
	if (st == CNG_OK)
		hex_encode(out, span_of(guid, sizeof guid));
	return st;
}

static enum cng_status
piv_come_back(struct card *card)
{
	const char *was = piv_of(card)->serial;
	char now[33] = "";
	enum cng_status st = piv_select(card);

	if (st == CNG_OK && was[0] != '\0')
		st = who_is_it(card, now);
	if (st == CNG_OK && strcmp(was, now) != 0)
		return CNG_ERR_DEVICE_REMOVED;
	/* it was there a moment ago */
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_DEVICE : st;
}

static enum cng_status
piv_probe(struct card *card)
{
	enum cng_status st = piv_select(card);

	if (st != CNG_OK)
		return st;
	card->state = mem_new(1, sizeof (struct piv));
	if (card->state == NULL)
		return CNG_ERR_NO_MEMORY;
	st = ask_version(card);
	if (st == CNG_OK)
		st = who_is_it(card, piv_of(card)->serial);
	if (st == CNG_ERR_NOT_FOUND)
		st = CNG_OK;
	if (st != CNG_OK)
		piv_free(card);
	return st;
}

/* --- PINs ---------------------------------------------------------------- */

static enum cng_status
add_pin(uint8_t *to, struct span pin)
{
	if (pin.len < PIN_MIN || pin.len > PIN_LEN ||
	    memchr(pin.ptr, PIN_FILL, pin.len) != NULL)
		return CNG_ERR_PIN_LENGTH;
	memset(to, PIN_FILL, PIN_LEN);
	memcpy(to, pin.ptr, pin.len);
	return CNG_OK;
}

/* One PIN, or two. */
static enum cng_status
say_pins(struct card *card, uint8_t ins, struct span one, struct span two)
{
	uint8_t both[2 * PIN_LEN];
	struct apdu cmd = { 0x00, ins, 0x00, REF_PIN, { NULL, 0 }, false };
	uint16_t sw = 0;
	enum cng_status st = add_pin(both, one);

	cmd.data = span_of(both, PIN_LEN);
	if (st == CNG_OK && ins != 0x20) {
		st = add_pin(both + PIN_LEN, two);
		cmd.data.len += PIN_LEN;
	}
	if (st == CNG_OK)
		st = apdu_send(card->link, &cmd, NULL, &sw);
	if (st == CNG_OK)
		st = apdu_pin_status(sw);
	if (st == CNG_ERR_DATA)
		st = CNG_ERR_PIN_LENGTH;
	wipe(both, sizeof both);
	return st;
}

enum cng_status
piv_verify(struct card *card, struct span pin)
{
	return say_pins(card, 0x20, pin, span_of(NULL, 0));
}

static enum cng_status
piv_login(struct card *card, enum device_role role, struct span pin)
{
	return role == DEVICE_USER ? piv_verify(card, pin) :
				     piv_admin_login(card, pin);
}

/* A card that has heard the PIN does not tell. */
static enum cng_status
piv_tries(struct card *card, int *out)
{
	static const struct apdu cmd = { 0x00, 0x20, 0x00, REF_PIN,
		{ NULL, 0 }, false };
	uint16_t sw = 0;
	enum cng_status st = apdu_send(card->link, &cmd, NULL, &sw);

	*out = sw == 0x6983 ? 0 : apdu_tries(sw);
	return st;
}

/* Where another program has selected another application the PIN was forgotten
 * with that, and what it told the card is its own. */
static bool
is_verified(struct card *card)
{
	uint8_t guid[16];
	int tries;

	return piv_tries(card, &tries) == CNG_OK && tries < 0 &&
	    piv_guid(card, guid) == CNG_OK;
}

static void
piv_logout(struct card *card)
{
	static const struct apdu cmd = { 0x00, 0x20, 0xff, REF_PIN,
		{ NULL, 0 }, false };
	struct piv *piv = piv_of(card);
	uint16_t sw;

	secret_free(&piv->manager);
	/* there is no other way to end that, and no other program is to write
	 * with our key */
	card->reset = piv->is_manager;
	piv->is_manager = false;
	if (apdu_send(card->link, &cmd, NULL, &sw) != CNG_OK)
		return; /* then it is gone, or forgets when it is reset */
	/* cards of the first standard know no such command */
	if (sw != SW_OK && !card->reset)
		card->reset = is_verified(card);
}

static enum cng_status
piv_set_pin(struct card *card, enum device_role role, struct span old_pin,
    struct span new_pin)
{
	return role == DEVICE_USER ? say_pins(card, 0x24, old_pin, new_pin) :
	    piv_admin_change(card, old_pin, new_pin);
}

/* Without PUK there is no way: the management key is none. */
static enum cng_status
piv_unblock(struct card *card, struct span code, struct span new_pin)
{
	if (code.len > 0)
		return say_pins(card, 0x2c, code, new_pin);
	log_line(LOG_WARN, "card: PIV sets a new PIN by the PUK, and not by"
	    " the management key");
	return CNG_ERR_NOT_SUPPORTED;
}

/* --- what it says about itself ------------------------------------------- */

/* Total and left; unchanged when the card does not tell. */
static enum cng_status
metadata_tries(struct card *card, uint8_t reference, int *most, int *left)
{
	struct secret said = { 0 };
	struct span value;
	uint16_t sw;
	enum cng_status st = piv_metadata(card, reference, &said, &sw);

	if (st == CNG_OK && sw == SW_OK &&
	    tlv_find(secret_span(&said), 0x06, &value) && value.len == 2) {
		*most = value.ptr[0];
		*left = value.ptr[1];
	}
	secret_free(&said);
	return st == CNG_ERR_NOT_SUPPORTED ? CNG_OK : st;
}

static enum cng_status
pin_state(struct card *card, struct device_info *out)
{
	static const struct apdu cmd = { 0x00, 0x20, 0x00, REF_PIN,
		{ NULL, 0 }, false };
	int unused = -1;
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, &cmd, NULL, &sw);

	if (st != CNG_OK)
		return st;
	out->logged_in = sw == SW_OK;
	out->tries = sw == 0x6983 ? 0 : apdu_tries(sw);
	st = metadata_tries(card, REF_PIN, &out->tries_max, &out->tries);
	if (st == CNG_OK)
		st = metadata_tries(card, REF_PUK, &unused,
		    &out->unblock_tries);
	return st;
}

static enum cng_status
identity(struct card *card, struct device_info *out)
{
	const char *serial = piv_of(card)->serial;
	enum cng_status st = piv_guid(card, out->guid);

	if (st != CNG_OK && st != CNG_ERR_NOT_FOUND)
		return st;
	if (serial[0] != '\0')
		memcpy(out->serial, serial, sizeof out->serial);
	else
		hex_encode(out->serial, span_of(out->guid, sizeof out->guid));
	snprintf(out->label, sizeof out->label, "PIV %.16s", out->serial);
	snprintf(out->maker, sizeof out->maker, "%s",
	    piv_of(card)->yubico ? "PIV (Yubico)" : "PIV");
	return CNG_OK;
}

static enum cng_status
count_slots(struct card *card, struct device_info *out)
{
	struct piv_view *view;
	enum cng_status st = piv_look(card, false, &view);

	for (size_t i = 0; st == CNG_OK && i < PIV_SLOTS; i++) {
		enum piv_state state = view->slot[i].state;

		out->used += state == PIV_KEY || state == PIV_OCCUPIED;
		out->spare += piv_of(card)->yubico &&
		    (state == PIV_EMPTY || state == PIV_HALF);
	}
	piv_view_free(view);
	return st;
}

static enum cng_status
piv_info(struct card *card, struct device_info *out)
{
	const struct piv *piv = piv_of(card);
	enum cng_status st;

	memcpy(out->version, piv->version, sizeof out->version);
	out->pin_min = PIN_MIN;
	out->pin_max = PIN_LEN;
	out->can_import = out->can_generate = piv->yubico;
	out->can_remove = piv->yubico && piv_is_new(piv);
	st = identity(card, out);
	if (st == CNG_OK)
		st = pin_state(card, out);
	return st == CNG_OK ? count_slots(card, out) : st;
}

/* Everybody who changes keys writes a new GUID, or should. */
static enum cng_status
piv_stamp(struct card *card, uint64_t *out)
{
	uint8_t guid[16] = { 0 };
	enum cng_status st = piv_guid(card, guid);

	*out = 0;
	for (size_t i = 0; i < sizeof guid; i++)
		*out = *out * 31 + guid[i];
	return st == CNG_ERR_NOT_FOUND ? CNG_OK : st;
}

const struct card_driver piv_driver = {
	.kind = "PIV",
	.slot_first = 0x82,
	.slot_last = 0x9e,
	.probe = piv_probe,
	.select = piv_come_back,
	.free = piv_free,
	.info = piv_info,
	.list = piv_list,
	.stamp = piv_stamp,
	.stamp_misses = true,
	.tries = piv_tries,
	.login = piv_login,
	.logout = piv_logout,
	.set_pin = piv_set_pin,
	.unblock = piv_unblock,
	.import = piv_import,
	.generate = piv_generate,
	.remove = piv_remove,
	.rename = piv_rename,
	.put_certificate = piv_certify,
	.sizes = piv_sizes,
	.has_curve = piv_has_curve,
	.can = piv_can,
	.run = piv_run,
};
