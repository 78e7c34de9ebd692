/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The data objects of an OpenPGP card: which are made up of others, which may
 * be written, and by whom.
 */
#include "openpgp.h"

#include <string.h>

enum { CERT_MAX = 2048, DATA_MAX = 255 };

/* Who may: 0 everybody, the number of a PIN, or nobody at all. */
enum { ALL = 0, OTHER = 0x82, ADMIN = 0x83, NOBODY = 0xff };

static const struct object {
	unsigned tag;
	unsigned read, write;
	size_t len; /* exactly; 0: up to DATA_MAX */
} objects[] = {
	{ 0x0101, ALL, OTHER, 0 },
	{ 0x0102, ALL, ADMIN, 0 },
	{ 0x0103, OTHER, OTHER, 0 },
	{ 0x0104, ADMIN, ADMIN, 0 },
	{ 0x004f, ALL, NOBODY, 0 },
	{ 0x005b, NOBODY, ADMIN, 0 },
	{ 0x005e, ALL, ADMIN, 0 },
	{ 0x5f2d, NOBODY, ADMIN, 0 },
	{ 0x5f35, NOBODY, ADMIN, 1 },
	{ 0x5f50, ALL, ADMIN, 0 },
	{ 0x00c1, ALL, ADMIN, 0 },
	{ 0x00c2, ALL, ADMIN, 0 },
	{ 0x00c3, ALL, ADMIN, 0 },
	{ 0x00c7, NOBODY, ADMIN, 20 },
	{ 0x00c8, NOBODY, ADMIN, 20 },
	{ 0x00c9, NOBODY, ADMIN, 20 },
	{ 0x00ca, NOBODY, ADMIN, 20 },
	{ 0x00cb, NOBODY, ADMIN, 20 },
	{ 0x00cc, NOBODY, ADMIN, 20 },
	{ 0x00ce, NOBODY, ADMIN, 4 },
	{ 0x00cf, NOBODY, ADMIN, 4 },
	{ 0x00d0, NOBODY, ADMIN, 4 },
};

static const struct object *
object_of(unsigned tag)
{
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		if (objects[i].tag == tag)
			return &objects[i];
	}
	return NULL;
}

static bool
may(const struct card *card, unsigned who)
{
	switch (who) {
	case ALL:
		return true;
	case OTHER:
		return card->openpgp.other;
	case ADMIN:
		return card->openpgp.admin;
	default:
		return false;
	}
}

static struct span
kept(const struct card *card, unsigned tag)
{
	return store_get(card->store, openpgp_object | tag);
}

/* A part as it is kept, or so many zeros. */
static void
part(const struct card *card, unsigned tag, size_t len, struct buf *out)
{
	struct span value = kept(card, tag);
	uint8_t zeros[20] = { 0 };

	if (value.at != NULL)
		buf_span(out, value);
	else
		buf_put(out, zeros, len);
}

static void
three(const struct card *card, unsigned first, size_t len, struct buf *out)
{
	for (unsigned tag = first; tag < first + 3; tag++)
		part(card, tag, len, out);
}

static void
pin_status_bytes(const struct card *card, struct buf *out)
{
	static const uint8_t longest[] = { 0x7f, 0x7f, 0x7f };

	part(card, 0xc4, 1, out);
	buf_put(out, longest, sizeof longest);
	buf_byte(out, pin_left(card, openpgp_pw1));
	buf_byte(out, pin_left(card, openpgp_code));
	buf_byte(out, pin_left(card, openpgp_pw3));
}

/* 01 present and generated is not told from imported: 00 none, 02. */
static void
key_information(const struct card *card, struct buf *out)
{
	static const unsigned crts[] = { OPENPGP_SIGN, OPENPGP_DECRYPT,
		OPENPGP_AUTH };

	for (unsigned i = 0; i < 3; i++) {
		bool there =
		    store_get(card->store, openpgp_key | crts[i]).at != NULL;

		buf_byte(out, i + 1);
		buf_byte(out, there ? 2 : 0);
	}
}

static void
history(const struct card *card, struct buf *out)
{
	const struct sim_options *options = card->options;
	uint8_t bytes[] = { 0, 0x31, 0xf5, 0x73, 0xc0, 1, 0xe0, 5, 0x90, 0 };

	/* Command chaining, extended length and where it is described. */
	if (options->t0 || options->short_only)
		bytes[6] = 0x80;
	else if (options->no_chaining)
		bytes[6] = 0x40;
	buf_put(out, bytes, sizeof bytes);
}

/* The values that are no object of their own in the store. */
static bool
computed(const struct card *card, unsigned tag, struct buf *out)
{
	/* GET CHALLENGE, import, PW status, private objects, attributes. */
	static const uint8_t capabilities[] = { 0x7c, 0, 0, 0xff, CERT_MAX >> 8,
		CERT_MAX & 0xff, 0, DATA_MAX, 0, 0 };
	static const uint8_t lengths[] = { 2, 2, 8, 0, 2, 2, 8, 0 };

	switch (tag) {
	case 0x5f52:
		history(card, out);
		break;
	case 0x7f66:
		buf_put(out, lengths, sizeof lengths);
		break;
	case 0xc0:
		buf_put(out, capabilities, sizeof capabilities);
		break;
	case 0xc4:
		pin_status_bytes(card, out);
		break;
	case 0xc5:
		three(card, 0xc7, 20, out);
		break;
	case 0xc6:
		three(card, 0xca, 20, out);
		break;
	case 0xcd:
		three(card, 0xce, 4, out);
		break;
	case 0xde:
		key_information(card, out);
		break;
	default:
		return false;
	}
	return true;
}

static void
put_object(const struct card *card, unsigned tag, struct buf *out)
{
	struct buf value = { 0 };

	if (!computed(card, tag, &value))
		buf_span(&value, kept(card, tag));
	tlv_put_span(out, tag, buf_all(&value));
	buf_free(&value);
}

/* 73 inside 6E. */
static void
discretionary(const struct card *card, struct buf *out)
{
	static const unsigned tags[] = { 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5,
		0xc6, 0xcd, 0xde };
	struct buf body = { 0 };

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		put_object(card, tags[i], &body);
	tlv_put_span(out, 0x73, buf_all(&body));
	buf_free(&body);
}

/* What a key may become: a list of its attributes, each under C1, C2, C3. */
static void
algorithms(struct buf *out)
{
	static const char *const rsa[] = { "\1\4\0\0\x20", "\1\x8\0\0\x20",
		"\1\xc\0\0\x20", "\1\x10\0\0\x20" };
	static const char *const curves[] = { "\x2a\x86\x48\xce\x3d\3\1\7",
		"\x2b\x81\4\0\x22", "\x2b\x81\4\0\x23" };
	static const char ed[] = "\x16\x2b\6\1\4\1\xda\x47\xf\1";
	static const char cv[] = "\x12\x2b\6\1\4\1\x97\x55\1\5\1";
	uint8_t value[16];

	for (unsigned tag = 0xc1; tag <= 0xc3; tag++) {
		for (size_t i = 0; i < 4; i++) {
			memcpy(value, rsa[i], 5);
			value[5] = 0;
			tlv_put(out, tag, value, 6);
		}
		for (size_t i = 0; i < 3; i++) {
			size_t len = i == 0 ? 8 : 5;

			value[0] = tag == 0xc2 ? 0x12 : 0x13;
			memcpy(value + 1, curves[i], len);
			tlv_put(out, tag, value, len + 1);
		}
		if (tag == 0xc2)
			tlv_put(out, tag, cv, sizeof cv - 1);
		else
			tlv_put(out, tag, ed, sizeof ed - 1);
	}
}

static bool
assembled(const struct card *card, unsigned tag, struct buf *out)
{
	struct buf body = { 0 };

	switch (tag) {
	case 0x65:
		put_object(card, 0x5b, &body);
		put_object(card, 0x5f2d, &body);
		put_object(card, 0x5f35, &body);
		break;
	case 0x6e:
		put_object(card, 0x4f, &body);
		put_object(card, 0x5f52, &body);
		put_object(card, 0x7f66, &body);
		discretionary(card, &body);
		break;
	case 0x7a:
		put_object(card, 0x93, &body);
		break;
	case 0xfa:
		algorithms(&body);
		break;
	default:
		return false;
	}
	tlv_put_span(out, tag, buf_all(&body));
	buf_free(&body);
	return true;
}

unsigned
openpgp_get(struct card *card, unsigned tag, struct buf *out)
{
	const struct object *object = object_of(tag);
	struct span value;

	if (assembled(card, tag, out) || computed(card, tag, out))
		return SW_OK;
	if (tag == 0x7f21) {
		value = store_get(card->store,
		    openpgp_cert | card->openpgp.occurrence);
		buf_span(out, value);
		return SW_OK;
	}
	if (object == NULL || object->read == NOBODY)
		return SW_NO_REFERENCE;
	if (!may(card, object->read))
		return SW_SECURITY;
	buf_span(out, kept(card, tag));
	return SW_OK;
}

/* Other attributes, other key: the old one is gone. */
static unsigned
put_attributes(struct card *card, unsigned tag, struct span value)
{
	static const unsigned crts[] = { OPENPGP_SIGN, OPENPGP_DECRYPT,
		OPENPGP_AUTH };
	unsigned index = tag - 0xc1;

	if (!openpgp_attributes_good(index, value))
		return SW_DATA;
	if (!span_equal(value, kept(card, tag)))
		store_remove(card->store, openpgp_key | crts[index]);
	return card_keep(card, openpgp_object | tag, value);
}

static unsigned
put_special(struct card *card, unsigned tag, struct span value)
{
	if (tag == 0xd3 && value.len == 0) {
		store_remove(card->store, openpgp_code);
		return SW_OK;
	}
	if (tag == 0xd3) {
		if (value.len < 8 || value.len > 0x7f)
			return SW_DATA;
		pin_set(card, openpgp_code, value, 3);
		return SW_OK;
	}
	if (tag == 0xc4)
		return value.len < 1 || *value.at > 1 ?
			   SW_DATA :
			   card_keep(card, openpgp_object | tag,
			       span_of(value.at, 1));
	if (value.len > CERT_MAX)
		return SW_LENGTH;
	return card_keep(card, openpgp_cert | card->openpgp.occurrence, value);
}

unsigned
openpgp_put(struct card *card, unsigned tag, struct span value)
{
	bool special = tag == 0xd3 || tag == 0xc4 || tag == 0x7f21;
	const struct object *object = object_of(tag);

	if (!special && (object == NULL || object->write == NOBODY))
		return SW_NO_REFERENCE;
	if (!may(card, special ? ADMIN : object->write))
		return SW_SECURITY;
	if (special)
		return put_special(card, tag, value);
	if (tag >= 0xc1 && tag <= 0xc3)
		return put_attributes(card, tag, value);
	if (value.len > DATA_MAX ||
	    (object->len != 0 && value.len != object->len))
		return SW_LENGTH;
	return card_keep(card, openpgp_object | tag, value);
}

void
openpgp_count(struct card *card, bool anew)
{
	struct span value = kept(card, 0x93);
	uint8_t bytes[3] = { 0 };

	if (!anew && value.len == sizeof bytes) {
		memcpy(bytes, value.at, sizeof bytes);
		for (int i = 2; i >= 0 && ++bytes[i] == 0; i--)
			;
	}
	store_put(card->store, openpgp_object | 0x93,
	    span_of(bytes, sizeof bytes));
}

void
openpgp_data_new(struct card *card)
{
	static const uint8_t rsa2048[] = { 1, 8, 0, 0, 32, 0 };
	uint8_t name[16] = { 0xd2, 0x76, 0, 1, 0x24, 1, 3, 4, 0xff, 0xfe };

	key_random(name + 10, 4);
	store_put(card->store, openpgp_object | 0x4f,
	    span_of(name, sizeof name));
	for (unsigned tag = 0xc1; tag <= 0xc3; tag++)
		store_put(card->store, openpgp_object | tag,
		    span_of(rsa2048, sizeof rsa2048));
	store_put(card->store, openpgp_object | 0x5f35, span_of("9", 1));
	openpgp_count(card, true);
}
