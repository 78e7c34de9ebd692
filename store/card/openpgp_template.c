/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The extended header list: which parts of a private key come, how long each
 * one is, and then all of them without anything in between.
 */
#include "store/card/openpgp.h"

#define PARTS_MAX 8

struct part {
	uint8_t tag;
	struct span value;
	size_t width;
};

struct parts {
	struct part part[PARTS_MAX];
	size_t count;
};

static void
add(struct parts *parts, uint8_t tag, struct span value, size_t width)
{
	parts->part[parts->count++] = (struct part){ tag, value, width };
}

static enum cng_status
take_rsa(struct parts *parts, const struct pgp_attr *attr,
    const struct key_material *key)
{
	size_t half = attr->bits / 16;

	add(parts, 0x91, key_part(key, RSA_E), (attr->e_bits + 7) / 8);
	add(parts, 0x92, key_part(key, RSA_P), half);
	add(parts, 0x93, key_part(key, RSA_Q), half);
	if (attr->with_crt) {
		add(parts, 0x94, key_part(key, RSA_QINV), half);
		add(parts, 0x95, key_part(key, RSA_DP), half);
		add(parts, 0x96, key_part(key, RSA_DQ), half);
	}
	if (attr->with_n)
		add(parts, 0x97, key_part(key, RSA_N), attr->bits / 8);
	for (size_t i = 0; i < parts->count; i++)
		if (parts->part[i].value.len > parts->part[i].width ||
		    parts->part[i].value.len == 0)
			return CNG_ERR_KEY_SIZE;
	return CNG_OK;
}

/* The number of X25519 goes as OpenPGP has its numbers: the highest byte
 * first, and with those bits set and cleared that RFC 7748 says. */
static void
turn(uint8_t out[32], struct span in)
{
	for (size_t i = 0; i < 32; i++)
		out[i] = in.ptr[31 - i];
	out[0] = (uint8_t)((out[0] & 0x7f) | 0x40);
	out[31] &= 0xf8;
}

static enum cng_status
take_curve(struct parts *parts, const struct pgp_attr *attr,
    const struct key_material *key, uint8_t turned[32], struct wr *point)
{
	size_t width = key_field_bytes(key);

	if (key->family == KEY_EC) {
		add(parts, 0x92, key_part(key, EC_D), key_order_bytes(key));
		wr_u8(point, 0x04);
		wr_be_padded(point, key_part(key, EC_X), width);
		wr_be_padded(point, key_part(key, EC_Y), width);
	} else {
		struct span number = key_part(key, ECX_PRIVATE);

		if (number.len != 32)
			return CNG_ERR_NOT_SUPPORTED;
		if (key->family == KEY_MONTGOMERY) {
			turn(turned, number);
			number = span_of(turned, 32);
		}
		add(parts, 0x92, number, 32);
		wr_bytes(point, key_part(key, ECX_PUBLIC));
	}
	if (attr->with_point)
		add(parts, 0x99, span_of(point->buf, point->len),
		    point->len);
	return wr_status(point);
}

/* A NULL buffer counts. */
static void
write_list(struct wr *w, unsigned place, const struct parts *parts)
{
	struct wr list = wr_of(NULL, 0);
	size_t values = 0;

	for (size_t i = 0; i < parts->count; i++) {
		tlv_head(&list, parts->part[i].tag, parts->part[i].width);
		values += parts->part[i].width;
	}
	tlv_head(w, pgp_crt(place), 0);
	tlv_head(w, 0x7f48, list.len);
	for (size_t i = 0; i < parts->count; i++)
		tlv_head(w, parts->part[i].tag, parts->part[i].width);
	tlv_head(w, 0x5f48, values);
	for (size_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->part[i];

		/* not trimmed: it may be a string that begins with zeros */
		wr_zero(w, part->width - part->value.len);
		wr_bytes(w, part->value);
	}
}

enum cng_status
pgp_template(const struct pgp_attr *attr, unsigned place,
    const struct key_material *key, struct secret *out)
{
	uint8_t turned[32], room[1 + 2 * EC_BYTES_MAX];
	struct wr point = wr_of(room, sizeof room);
	struct wr w, inner = wr_of(NULL, 0), whole = wr_of(NULL, 0);
	struct parts parts = { .count = 0 };
	enum cng_status st;

	*out = (struct secret){ 0 };
	st = key->family == KEY_RSA ? take_rsa(&parts, attr, key) :
	    take_curve(&parts, attr, key, turned, &point);
	for (size_t i = 0; st == CNG_OK && i < parts.count; i++)
		if (parts.part[i].value.len > parts.part[i].width)
			st = CNG_ERR_KEY_SIZE;
	if (st == CNG_OK) {
		write_list(&inner, place, &parts);
		tlv_head(&whole, 0x4d, inner.len);
		st = secret_new(out, whole.len + inner.len);
	}
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		tlv_head(&w, 0x4d, inner.len);
		write_list(&w, place, &parts);
		st = wr_status(&w);
	}
	wipe(turned, sizeof turned);
	return st;
}
