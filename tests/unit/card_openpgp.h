/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of the OpenPGP driver share: a card of their own, with the
 * passwords of a new one, and keys to bring to it.
 */
#ifndef CNG_TESTS_UNIT_CARD_OPENPGP_H
#define CNG_TESTS_UNIT_CARD_OPENPGP_H

#include "card_link_sim.h"
#include "crypto_test.h"

#define PIN span_str("123456")
#define PW3 span_str("12345678")

enum { SIGN_PLACE = 0, DECRYPT_PLACE = 1, AUTH_PLACE = 2 };

static inline struct sim *
new_card(void)
{
	const struct sim_options options = { .apps = "openpgp" };
	struct sim *sim = sim_new(&options);

	ck_assert_ptr_nonnull(sim);
	return sim;
}

/* A device over the card as it is now, with PW3 from the configuration. */
static inline struct device *
insert(struct sim *sim)
{
	struct device *dev;

	sim_reset(sim);
	ok(card_link_sim_device(&dev, sim, PW3, NULL));
	return dev;
}

static inline struct device *
insert_with_pin(struct sim *sim)
{
	struct device *dev = insert(sim);

	ok(device_login(dev, DEVICE_USER, PIN));
	return dev;
}

static inline struct key_material
fresh_key(enum key_family family, enum key_curve curve)
{
	const struct key_spec spec = { .family = family, .curve = curve,
		.bits = family == KEY_RSA ? 2048 : 0 };
	struct key_material key = { 0 };

	ok(crypto_generate(&key, &spec));
	return key;
}

static inline enum cng_status
bring(struct device *dev, const struct key_material *key, const char *name,
    unsigned role, unsigned *place)
{
	const struct device_new what = { .name = name, .role = role };

	return device_import(dev, &what, key, place);
}

static inline size_t
count_keys(struct device *dev)
{
	struct device_keys keys;
	size_t count;

	ok(device_list(dev, &keys));
	count = keys.count;
	device_keys_free(&keys);
	return count;
}

#endif
