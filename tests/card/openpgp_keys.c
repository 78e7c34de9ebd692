/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The three keys of an OpenPGP card: algorithm attributes, the extended header
 * list that brings a key, and what is done with it.
 */
#include "openpgp.h"

#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include <string.h>

enum { RSA_ALG = 1, ECDH_ALG = 0x12, ECDSA_ALG = 0x13, EDDSA_ALG = 0x16 };

static const unsigned crts[] = { OPENPGP_SIGN, OPENPGP_DECRYPT, OPENPGP_AUTH };

static const struct curve {
	const char *oid;
	size_t oid_len;
	int nid;
	size_t len; /* of a private number */
	bool raw; /* Edwards or Montgomery */
} curves[] = {
	{ "\x2a\x86\x48\xce\x3d\3\1\7", 8, NID_X9_62_prime256v1, 32, false },
	{ "\x2b\x81\4\0\x22", 5, NID_secp384r1, 48, false },
	{ "\x2b\x81\4\0\x23", 5, NID_secp521r1, 66, false },
	{ "\x2b\x81\4\0\x0a", 5, NID_secp256k1, 32, false },
	{ "\x2b\6\1\4\1\xda\x47\xf\1", 9, NID_ED25519, 32, true },
	{ "\x2b\6\1\4\1\x97\x55\1\5\1", 10, NID_X25519, 32, true },
};

struct attributes {
	unsigned algorithm;
	unsigned bits, ebits, format; /* RSA */
	const struct curve *curve;
	bool with_public;
};

unsigned
openpgp_index(unsigned crt)
{
	unsigned i = 0;

	while (i < 3 && crts[i] != crt)
		i++;
	return i;
}

static bool
parse_rsa(struct span in, struct attributes *out)
{
	if (in.len != 5)
		return false;
	out->bits = (unsigned)in.at[0] << 8 | in.at[1];
	out->ebits = (unsigned)in.at[2] << 8 | in.at[3];
	out->format = in.at[4];
	return (out->bits == 1024 || out->bits == 2048 || out->bits == 3072 ||
		   out->bits == 4096) &&
	       (out->ebits == 17 || out->ebits == 32) && out->format <= 3;
}

static bool
parse(struct span in, struct attributes *out)
{
	struct span head;

	*out = (struct attributes){ 0 };
	if (!span_take(&in, 1, &head))
		return false;
	out->algorithm = *head.at;
	if (out->algorithm == RSA_ALG)
		return parse_rsa(in, out);
	if (in.len > 0 && in.at[in.len - 1] == 0xff) {
		out->with_public = true;
		in.len--;
	}
	for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
		if (span_equal(in, span_of(curves[i].oid, curves[i].oid_len)))
			out->curve = &curves[i];
	}
	return out->curve != NULL;
}

bool
openpgp_attributes_good(unsigned index, struct span value)
{
	struct attributes a;

	if (!parse(value, &a))
		return false;
	if (a.algorithm == RSA_ALG)
		return true;
	if (index == 1)
		return a.algorithm == ECDH_ALG &&
		       a.curve->nid != NID_ED25519;
	return a.curve->raw ?
		   a.algorithm == EDDSA_ALG && a.curve->nid == NID_ED25519 :
		   a.algorithm == ECDSA_ALG;
}

static bool
attributes_of(const struct card *card, unsigned index, struct attributes *out)
{
	return parse(store_get(card->store, openpgp_object | (0xc1 + index)),
	    out);
}

static unsigned
put_public(EVP_PKEY *key, struct buf *out)
{
	struct buf body = { 0 };
	bool good = key != NULL && key_public(key, &body);

	if (good)
		tlv_put_span(out, 0x7f49, buf_all(&body));
	buf_free(&body);
	return good ? SW_OK : SW_NO_REFERENCE;
}

static unsigned
keep(struct card *card, unsigned crt, EVP_PKEY *key)
{
	struct buf der = { 0 };
	unsigned sw = SW_FAULT;

	if (key_save(key, &der))
		sw = card_keep(card, openpgp_key | crt, buf_all(&der));
	if (sw == SW_OK && crt == OPENPGP_SIGN)
		openpgp_count(card, true);
	buf_free(&der);
	return sw;
}

static unsigned
make(struct card *card, unsigned crt, struct buf *out)
{
	struct attributes a;
	EVP_PKEY *key;
	unsigned sw;

	if (!attributes_of(card, openpgp_index(crt), &a))
		return SW_FAULT;
	if (a.algorithm == RSA_ALG)
		key = key_make_rsa(a.bits, 65537);
	else if (a.curve->raw)
		key = key_make_25519(a.curve->nid);
	else
		key = key_make_ec(a.curve->nid);
	sw = key == NULL ? SW_FAULT : keep(card, crt, key);
	if (sw == SW_OK)
		sw = put_public(key, out);
	EVP_PKEY_free(key);
	return sw;
}

unsigned
openpgp_generate(struct card *card, const struct apdu *cmd, struct buf *out)
{
	struct span in = cmd->data;
	struct tlv crt;
	EVP_PKEY *key;
	unsigned sw;

	if ((cmd->p1 != 0x80 && cmd->p1 != 0x81) || cmd->p2 != 0)
		return SW_P1P2;
	if (!tlv_next(&in, &crt) || openpgp_index(crt.tag) > 2)
		return SW_DATA;
	if (cmd->p1 == 0x80)
		return card->openpgp.admin ? make(card, crt.tag, out) :
					     SW_SECURITY;
	key = key_load(store_get(card->store, openpgp_key | crt.tag));
	sw = put_public(key, out);
	EVP_PKEY_free(key);
	return sw;
}

/* The values behind each other, cut as the list of tags and lengths says. */
static bool
cut(struct span list, struct span values, struct span parts[16])
{
	uint32_t tag;
	size_t len;

	while (list.len > 0) {
		if (!tlv_head(&list, &tag, &len) || tag < 0x91 || tag > 0x99 ||
		    parts[tag & 15].at != NULL ||
		    !span_take(&values, len, &parts[tag & 15]))
			return false;
	}
	return values.len == 0;
}

/* Exactly the parts that the format asks for, each of its length.  GnuPG sends
 * the smaller prime first. */
static EVP_PKEY *
read_rsa(const struct attributes *a, const struct span parts[16])
{
	bool crt = a->format >= 2, modulus = (a->format & 1) != 0;
	size_t half = a->bits / 16;
	struct rsa_parts all = { .e = parts[1], .p = parts[2], .q = parts[3],
		.qinv = parts[4], .dp = parts[5], .dq = parts[6],
		.n = parts[7], .any_order = true };

	if (all.e.len != (a->ebits + 7) / 8 || all.p.len != half ||
	    all.q.len != half || (all.qinv.at != NULL) != crt ||
	    (all.dp.at != NULL) != crt || (all.dq.at != NULL) != crt ||
	    (all.n.at != NULL) != modulus)
		return NULL;
	return key_from_rsa(&all, a->bits);
}

static EVP_PKEY *
read_curve(const struct curve *curve, struct span secret)
{
	uint8_t turned[32];

	if (!curve->raw)
		return key_from_ec(curve->nid, secret);
	if (secret.len != curve->len || curve->nid == NID_ED25519)
		return key_from_25519(curve->nid, secret);
	/* As OpenPGP has its numbers: the highest byte first. */
	for (size_t i = 0; i < sizeof turned; i++)
		turned[i] = secret.at[sizeof turned - 1 - i];
	return key_from_25519(curve->nid, span_of(turned, sizeof turned));
}

static EVP_PKEY *
read_key(const struct attributes *a, const struct span parts[16])
{
	struct buf point = { 0 };
	EVP_PKEY *key = NULL;

	if (a->algorithm == RSA_ALG)
		return read_rsa(a, parts);
	if (parts[2].at != NULL && parts[2].len <= a->curve->len)
		key = read_curve(a->curve, parts[2]);
	/* A public point that is sent must be the right one. */
	if (key != NULL && (a->with_public || parts[9].at != NULL) &&
	    (!key_point(key, &point) ||
		!span_equal(parts[9], buf_all(&point)))) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	buf_free(&point);
	return key;
}

unsigned
openpgp_import(struct card *card, struct span data)
{
	struct span body, list, values, parts[16] = { { NULL, 0 } };
	struct attributes a;
	struct tlv crt;
	EVP_PKEY *key;
	unsigned sw;

	if (!card->openpgp.admin)
		return SW_SECURITY;
	if (!tlv_only(data, 0x4d, &body) || !tlv_next(&body, &crt) ||
	    openpgp_index(crt.tag) > 2 || !tlv_find(body, 0x7f48, &list) ||
	    !tlv_find(body, 0x5f48, &values) || !cut(list, values, parts) ||
	    !attributes_of(card, openpgp_index(crt.tag), &a))
		return SW_DATA;
	key = read_key(&a, parts);
	sw = key == NULL ? SW_DATA : keep(card, crt.tag, key);
	EVP_PKEY_free(key);
	return sw;
}

unsigned
openpgp_sign(struct card *card, unsigned crt, struct span data,
    struct buf *out)
{
	EVP_PKEY *key = key_load(store_get(card->store, openpgp_key | crt));
	bool good;

	if (key == NULL)
		return SW_NO_REFERENCE;
	/* No DigestInfo is longer than two fifths of the modulus. */
	if (key_is_rsa(key))
		good = data.len * 5 <= key_bits(key) / 8 * 2 &&
		       key_rsa_sign(key, data, out);
	else if (key_curve(key) == NID_ED25519)
		good = key_eddsa(key, data, out);
	else
		good = key_ecdsa(key, data, false, out);
	EVP_PKEY_free(key);
	return good ? SW_OK : SW_DATA;
}

unsigned
openpgp_decrypt(struct card *card, struct span data, struct buf *out)
{
	EVP_PKEY *key = key_load(
	    store_get(card->store, openpgp_key | OPENPGP_DECRYPT));
	struct span head, body, public, point;
	bool good = false;

	if (key == NULL)
		return SW_NO_REFERENCE;
	if (key_is_rsa(key))
		good = span_take(&data, 1, &head) && *head.at == 0 &&
		       key_rsa_decrypt(key, RSA_PKCS1_PADDING, data, out);
	else if (tlv_only(data, 0xa6, &body) &&
		 tlv_only(body, 0x7f49, &public) &&
		 tlv_only(public, 0x86, &point))
		good = key_ecdh(key, point, out);
	EVP_PKEY_free(key);
	return good ? SW_OK : SW_DATA;
}
