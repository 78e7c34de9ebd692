/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EC keys for libcrypto: by the name of the curve, or by its parameters.
 */
#include "crypto/asn1_internal.h"
#include "crypto/group.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/params.h>

/* group name, or field type and six parameters; point, scalar, end */
#define PARAMS_MAX 10
#define NAME_MAX_LEN 32

/* What the parameters point to. */
struct build {
	OSSL_PARAM params[PARAMS_MAX];
	OSSL_PARAM *next;
	struct secret buf;
	uint8_t *at;
	char name[NAME_MAX_LEN];
};

static void
add_octets(struct build *b, const char *name, struct span x, struct span y)
{
	uint8_t *start = b->at;

	*b->at++ = 0x04;
	memcpy(b->at, x.ptr, x.len);
	b->at += x.len;
	memcpy(b->at, y.ptr, y.len);
	b->at += y.len;
	*b->next++ = OSSL_PARAM_construct_octet_string(name, start,
	    (size_t)(b->at - start));
}

static void
add_number(struct build *b, const char *name, struct span number,
    size_t width)
{
	*b->next++ = native_param(name, number, width, &b->at);
}

static void
add_name(struct build *b, const char *param, const char *name)
{
	size_t len = strlen(name);

	if (len < sizeof b->name)
		memcpy(b->name, name, len + 1);
	*b->next++ = OSSL_PARAM_construct_utf8_string(param, b->name, 0);
}

static void
add_explicit(struct build *b, const struct key_material *m)
{
	static const struct {
		enum key_part part;
		const char *name;
	} numbers[] = {
		{ EC_P, OSSL_PKEY_PARAM_EC_P },
		{ EC_A, OSSL_PKEY_PARAM_EC_A },
		{ EC_B, OSSL_PKEY_PARAM_EC_B },
		{ EC_N, OSSL_PKEY_PARAM_EC_ORDER },
		{ EC_H, OSSL_PKEY_PARAM_EC_COFACTOR },
	};

	add_name(b, OSSL_PKEY_PARAM_EC_FIELD_TYPE, SN_X9_62_prime_field);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		add_number(b, numbers[i].name, key_part(m, numbers[i].part),
		    m->part[numbers[i].part].len);
	add_octets(b, OSSL_PKEY_PARAM_EC_GENERATOR, key_part(m, EC_GX),
	    key_part(m, EC_GY));
}

/* More than all of it takes. */
static size_t
room_for(const struct key_material *m)
{
	size_t total = 2;

	for (size_t i = 0; i < KEY_PART_MAX; i++)
		total += m->part[i].len;
	return total;
}

static bool
has_widths(const struct key_material *m)
{
	const struct curve_info *curve = curve_info(m->curve);
	size_t field = key_field_bytes(m);
	size_t scalar = curve != NULL ? curve->order_bytes :
					m->part[EC_N].len;

	return field > 0 && m->part[EC_X].len == field &&
	    m->part[EC_Y].len == field &&
	    (!m->has_private || m->part[EC_D].len == scalar);
}

enum cng_status
pkey_from_ec(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m)
{
	struct build b = { .next = b.params };
	enum cng_status st;

	if (!has_widths(m))
		return CNG_ERR_BAD_DATA;
	st = secret_new(&b.buf, room_for(m));
	if (st != CNG_OK)
		return st;
	b.at = b.buf.ptr;
	if (m->curve == CURVE_EXPLICIT)
		add_explicit(&b, m);
	else
		add_name(&b, OSSL_PKEY_PARAM_GROUP_NAME,
		    OBJ_nid2sn(curve_nid(m->curve)));
	add_octets(&b, OSSL_PKEY_PARAM_PUB_KEY, key_part(m, EC_X),
	    key_part(m, EC_Y));
	if (m->has_private)
		add_number(&b, OSSL_PKEY_PARAM_PRIV_KEY, key_part(m, EC_D),
		    m->part[EC_D].len);
	*b.next = OSSL_PARAM_construct_end();
	*out = pkey_from_params(lib, "EC",
	    m->has_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
	    b.params);
	secret_free(&b.buf);
	if (*out != NULL)
		return CNG_OK;
	/* libcrypto keeps that of SM2 for SM2 alone */
	return m->curve == CURVE_EXPLICIT ? CNG_ERR_BAD_CURVE :
					    CNG_ERR_BAD_PUBLIC_KEY;
}

/* On the parameters of a key that is there already. */
static EVP_PKEY *
peer_on_parameters(const struct crypto_key *key, struct span peer)
{
	EVP_PKEY *pkey = EVP_PKEY_new();

	if (pkey != NULL &&
	    (EVP_PKEY_copy_parameters(pkey, key_pkey(key)) != 1 ||
		EVP_PKEY_set1_encoded_public_key(pkey, peer.ptr, peer.len) !=
		    1)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

static enum cng_status
split_peer(struct key_material *m, const struct crypto_key *key,
    struct span peer)
{
	*m = (struct key_material){ .family = key->family,
		.curve = key->curve };
	return ec_point_set(m, peer);
}

enum cng_status
pkey_of_peer(EVP_PKEY **out, const struct crypto_key *key, struct span peer)
{
	struct crypto_lib *lib = key_lib(key);
	struct key_material m;
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	if (key->curve == CURVE_EXPLICIT) {
		*out = peer_on_parameters(key, peer);
		return *out == NULL ? CNG_ERR_BAD_PUBLIC_KEY : CNG_OK;
	}
	st = split_peer(&m, key, peer);
	if (st == CNG_OK)
		st = pkey_from_material(out, lib, &m);
	key_free(&m);
	return st;
}
