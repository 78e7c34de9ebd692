/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Algorithm attributes: what the key of a place is, and what it may become.
 */
#include "store/card/openpgp.h"

#include "base/log.h"
#include "base/util.h"

#define OID_MAX 16

/* Names of curves that OpenPGP had before RFC 8410 gave them others. */
static const struct {
	enum key_curve curve;
	struct span oid;
} own_oids[] = {
	{ CURVE_ED25519, { (const uint8_t *)
	    "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01", 9 } },
	{ CURVE_X25519, { (const uint8_t *)
	    "\x2b\x06\x01\x04\x01\x97\x55\x01\x05\x01", 10 } },
};

/* --- reading ------------------------------------------------------------- */

static enum key_curve
curve_of(struct span oid)
{
	uint8_t der[2 + OID_MAX];
	struct wr w = wr_of(der, sizeof der);
	enum key_curve curve = CURVE_NONE;

	for (size_t i = 0; i < ARRAY_LEN(own_oids); i++)
		if (span_equal(oid, own_oids[i].oid))
			return own_oids[i].curve;
	wr_u8(&w, 0x06);
	wr_u8(&w, (uint8_t)oid.len);
	wr_bytes(&w, oid);
	if (w.failed || curve_from_oid(span_of(der, w.len), &curve) != CNG_OK)
		return CURVE_NONE;
	return curve;
}

static void
parse_rsa(struct pgp_attr *out)
{
	const uint8_t *raw = out->raw;

	if (out->len < 5 || out->len > 6)
		return;
	out->bits = (size_t)raw[1] << 8 | raw[2];
	out->e_bits = (size_t)raw[3] << 8 | raw[4];
	/* version 1 has no format */
	if (out->len == 6 && raw[5] <= 3) {
		out->with_n = (raw[5] & 1) != 0;
		out->with_crt = raw[5] >= 2;
	} else if (out->len == 6) {
		return;
	}
	if (out->bits >= 1024 && out->bits <= 8192 && out->bits % 16 == 0)
		out->family = KEY_RSA;
}

static void
parse_curve(struct pgp_attr *out)
{
	static const struct {
		enum pgp_algorithm algorithm;
		enum key_family family;
	} goes[] = {
		{ PGP_ALG_ECDH, KEY_EC },
		{ PGP_ALG_ECDH, KEY_MONTGOMERY },
		{ PGP_ALG_ECDSA, KEY_EC },
		{ PGP_ALG_EDDSA, KEY_EDWARDS },
	};
	struct span oid = span_of(out->raw + 1, out->len - 1);
	const struct curve_info *info;

	if (oid.len > 0 && oid.ptr[oid.len - 1] == 0xff) {
		out->with_point = true;
		oid.len--;
	}
	out->oid_len = oid.len;
	out->curve = curve_of(oid);
	info = curve_info(out->curve);
	for (size_t i = 0; info != NULL && i < ARRAY_LEN(goes); i++)
		if (goes[i].algorithm == out->algorithm &&
		    goes[i].family == info->family)
			out->family = info->family;
}

bool
pgp_attr_parse(struct pgp_attr *out, struct span raw)
{
	*out = (struct pgp_attr){ .family = KEY_NONE };
	if (raw.len == 0 || raw.len > sizeof out->raw)
		return false;
	memcpy(out->raw, raw.ptr, raw.len);
	out->len = raw.len;
	out->algorithm = (enum pgp_algorithm)raw.ptr[0];
	if (out->algorithm == PGP_ALG_RSA)
		parse_rsa(out);
	else
		parse_curve(out);
	return true;
}

/* --- choosing ------------------------------------------------------------ */

static bool
is_for(const struct pgp_attr *attr, unsigned place,
    const struct pgp_kind *kind)
{
	if (attr->family != kind->family || attr->curve != kind->curve)
		return false;
	if (attr->family == KEY_RSA)
		return attr->bits == kind->bits &&
		    kind->e_len <= (attr->e_bits + 7) / 8;
	return (place == PGP_DECRYPT) == (attr->algorithm == PGP_ALG_ECDH);
}

/* The next attributes that the place may have. */
static bool
next_allowed(struct rd *r, unsigned place, struct pgp_attr *out)
{
	struct span value;
	uint32_t tag;

	while (tlv_next(r, &tag, &value))
		if (tag == PGP_ATTR + place && pgp_attr_parse(out, value))
			return true;
	return false;
}

/* As the specification has them, for a card that does not tell. */
static enum cng_status
write_attr(const struct pgp *pgp, unsigned place, const struct pgp_kind *kind,
    struct pgp_attr *out)
{
	const struct pgp_attr *now = &pgp->attr[place];
	const struct curve_info *info = curve_info(kind->curve);
	struct span oid = { NULL, 0 };
	uint8_t raw[PGP_ATTR_MAX];
	struct wr w = wr_of(raw, sizeof raw);

	if (kind->family == KEY_RSA) {
		wr_u8(&w, PGP_ALG_RSA);
		wr_u8(&w, (uint8_t)(kind->bits >> 8));
		wr_u8(&w, (uint8_t)kind->bits);
		/* it may know only the way that it has */
		wr_bytes(&w, now->family == KEY_RSA ?
		    span_of(now->raw + 3, now->len - 3) :
		    span_of("\x00\x20", 3));
	} else if (info != NULL && info->oid_der.len > 2) {
		oid = span_of(info->oid_der.ptr + 2, info->oid_der.len - 2);
		for (size_t i = 0; i < ARRAY_LEN(own_oids); i++)
			if (own_oids[i].curve == kind->curve)
				oid = own_oids[i].oid;
		wr_u8(&w, place == PGP_DECRYPT ? PGP_ALG_ECDH :
			kind->family == KEY_EDWARDS ? PGP_ALG_EDDSA :
						      PGP_ALG_ECDSA);
		wr_bytes(&w, oid);
	}
	if (w.failed || !pgp_attr_parse(out, span_of(raw, w.len)) ||
	    !is_for(out, place, kind))
		return kind->family == KEY_RSA ? CNG_ERR_KEY_SIZE :
						 CNG_ERR_NOT_SUPPORTED;
	return CNG_OK;
}

static enum cng_status
find_allowed(struct span list, unsigned place, const struct pgp_kind *kind,
    struct pgp_attr *out)
{
	enum cng_status st = CNG_ERR_NOT_SUPPORTED;
	struct rd r = rd_of(list);

	while (next_allowed(&r, place, out)) {
		if (is_for(out, place, kind))
			return CNG_OK;
		if (kind->family == KEY_RSA && out->family == KEY_RSA)
			st = CNG_ERR_KEY_SIZE;
	}
	return st;
}

enum cng_status
pgp_attr_for(struct card *card, unsigned place, const struct pgp_kind *kind,
    struct pgp_attr *out)
{
	struct pgp *pgp = pgp_of(card);
	struct secret list;
	enum cng_status st;

	*out = pgp->attr[place];
	if (is_for(out, place, kind))
		return CNG_OK;
	if ((pgp->caps & PGP_CAP_ATTR) == 0)
		return kind->family == KEY_RSA && out->family == KEY_RSA ?
		    CNG_ERR_KEY_SIZE : CNG_ERR_NOT_SUPPORTED;
	st = pgp_get(card, PGP_ALGORITHMS, &list);
	if (st != CNG_OK)
		return st;
	st = list.len > 0 ?
	    find_allowed(pgp_inside(&list, PGP_ALGORITHMS), place, kind, out) :
	    write_attr(pgp, place, kind, out);
	secret_free(&list);
	return st;
}

enum cng_status
pgp_attr_other(struct card *card, unsigned place,
    const struct pgp_attr *than, struct pgp_attr *out)
{
	struct span raw = span_of(than->raw, than->len);
	const struct pgp_kind rsa = { KEY_RSA, CURVE_NONE,
		than->bits == 2048 ? 3072 : 2048, 3 };
	struct secret list;
	struct rd r;
	enum cng_status st;

	if ((pgp_of(card)->caps & PGP_CAP_ATTR) == 0)
		return CNG_ERR_NOT_SUPPORTED;
	st = pgp_get(card, PGP_ALGORITHMS, &list);
	if (st != CNG_OK)
		return st;
	r = rd_of(pgp_inside(&list, PGP_ALGORITHMS));
	st = CNG_ERR_NOT_FOUND;
	while (st != CNG_OK && next_allowed(&r, place, out))
		if (!span_equal(span_of(out->raw, out->len), raw))
			st = CNG_OK;
	if (st != CNG_OK)
		st = write_attr(pgp_of(card), place, &rsa, out);
	secret_free(&list);
	return st;
}

enum cng_status
pgp_attr_put(struct card *card, unsigned place, const struct pgp_attr *attr)
{
	enum cng_status st = pgp_put(card, PGP_ATTR + place,
	    span_of(attr->raw, attr->len));

	if (st == CNG_OK)
		pgp_of(card)->attr[place] = *attr;
	else if (st == CNG_ERR_DATA)
		st = CNG_ERR_NOT_SUPPORTED;
	return st;
}
