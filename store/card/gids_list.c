/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The containers of a GIDS card that are whole.
 */
#include "store/card/gids.h"

#include "base/alloc.h"
#include "base/log.h"
#include "store/card/public.h"

struct reading {
	struct card *card;
	struct gids_tables t;
};

/* A key whose public half the card does not tell is known by its certificate,
 * or not at all. */
static enum cng_status
public_of(const struct device_key *key, struct key_material *out)
{
	enum cng_status st = card_public_of(
	    secret_span(&key->certificate), out);

	if (st == CNG_ERR_NO_MEMORY)
		return st;
	if (st == CNG_OK && out->family == KEY_RSA &&
	    key_bits(out) == key->bits)
		return CNG_OK;
	key_free(out);
	*out = (struct key_material){ .family = KEY_RSA };
	return CNG_OK;
}

static enum cng_status
read_public(struct reading *in, uint8_t kid, struct device_key *key)
{
	enum cng_status st = gids_key_public(in->card, kid, &key->public);

	if (st == CNG_OK)
		key->bits = key_bits(&key->public);
	if (st == CNG_OK || st == CNG_ERR_NOT_FOUND || card_is_final(st))
		return st;
	log_line(LOG_WARN, "card: public key %02x: %s", kid,
	    cng_status_text(st));
	return public_of(key, &key->public);
}

static void
set_uses(struct device_key *key, bool sign)
{
	key->role = sign ? KEY_ROLE_SIGN : KEY_ROLE_ENCRYPT;
	key->can_sign = true;
	key->can_decrypt = !sign;
	key->public.role = key->role;
}

/* CNG_ERR_NOT_FOUND: nothing that can be shown is there. */
static enum cng_status
read_key(struct reading *in, size_t index, struct device_key *key)
{
	struct gids_record record = gids_map_get(&in->t.map, index);
	struct gids_entry entry = gids_keys_get(&in->t.keys, index);
	bool sign = record.exchange_bits == 0;
	enum cng_status st;

	*key = (struct device_key){ .place = (unsigned)index };
	if (!(record.flags & GIDS_VALID))
		return CNG_ERR_NOT_FOUND;
	key->bits = sign ? record.sign_bits : record.exchange_bits;
	if (entry.used && entry.algorithm != 0)
		key->bits = gids_algorithm_bits(entry.algorithm & 0x0f);
	if (gids_algorithm(key->bits) == 0) {
		log_line(LOG_INFO, "card: container %zu has no RSA key",
		    index);
		return CNG_ERR_NOT_FOUND;
	}
	gids_name_read(key->name, record.name);
	key->is_default = (record.flags & GIDS_DEFAULT) != 0;
	st = gids_cert_read(in->card, secret_span(&in->t.master), index, sign,
	    &key->certificate);
	if (st == CNG_OK)
		st = read_public(in, entry.kid, key);
	if (st != CNG_OK)
		return st;
	set_uses(key, sign);
	gids_of(in->card)->kid[index] = entry.kid;
	return CNG_OK;
}

static enum cng_status
read_keys(struct reading *in, struct device_keys *out)
{
	size_t count = gids_map_count(&in->t.map);
	enum cng_status st = CNG_OK;

	out->key = mem_new(DEVICE_KEYS_MAX, sizeof *out->key);
	if (out->key == NULL)
		return CNG_ERR_NO_MEMORY;
	for (size_t i = 0; st == CNG_OK && i < count &&
	    out->count < DEVICE_KEYS_MAX; i++) {
		struct device_key *key = &out->key[out->count];

		st = read_key(in, i, key);
		if (st == CNG_OK) {
			out->count++;
			continue;
		}
		key_free(&key->public);
		secret_free(&key->certificate);
		if (st == CNG_ERR_NOT_FOUND)
			st = CNG_OK;
	}
	return st;
}

/* Where no record says that it is, or one that is not whole, the first is. */
static void
choose_default(struct device_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->key[i].is_default)
			return;
	if (keys->count > 0)
		keys->key[0].is_default = true;
}

enum cng_status
gids_list(struct card *card, struct device_keys *out)
{
	struct reading in = { .card = card };
	enum cng_status st = gids_tables_read(card, &in.t);

	if (st == CNG_OK)
		st = read_keys(&in, out);
	choose_default(out);
	if (st == CNG_OK)
		st = gids_cert_roots(card, secret_span(&in.t.master), out);
	gids_tables_free(&in.t);
	return st;
}
