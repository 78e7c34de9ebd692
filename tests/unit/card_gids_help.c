/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulated GIDS card and what tests do with it.
 */
#include "card_gids_help.h"

struct sim *sim;
struct device *dev;
struct card_link *way;

void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

void
insert(void)
{
	sim_reset(sim);
	ok(card_link_sim_device(&dev, sim, span_of(NULL, 0), &way));
}

void
begin_with(const struct sim_options *options)
{
	sim = sim_new(options);
	ck_assert_ptr_nonnull(sim);
	insert();
}

void
begin(void)
{
	const struct sim_options options = { .apps = "gids" };

	begin_with(&options);
}

void
end(void)
{
	device_free(dev);
	sim_free(sim);
	dev = NULL;
	sim = NULL;
}

void
quiet(void)
{
	for (int i = 0; i < SIM_FAULTS; i++)
		sim_fault(sim, (enum sim_fault)i, 0, false);
}

void
login(void)
{
	ok(device_login(dev, DEVICE_USER, span_str(PIN)));
}

struct key_material
make_key(size_t bits)
{
	const struct key_spec spec = { .family = KEY_RSA, .bits = bits };
	struct key_material key = { 0 };

	ok(crypto_generate(&key, &spec));
	return key;
}

enum cng_status
import_as(const char *name, unsigned role, const struct key_material *key,
    unsigned *place)
{
	const struct device_new what = { .name = name, .role = role };

	return device_import(dev, &what, key, place);
}

struct device_keys
list(void)
{
	struct device_keys keys;

	ok(device_list(dev, &keys));
	return keys;
}

size_t
count(void)
{
	struct device_keys keys = list();
	size_t n = keys.count;

	device_keys_free(&keys);
	return n;
}

void
check_signature(const struct device_key *key, enum op_scheme scheme)
{
	const struct key_op op = { .scheme = scheme, .hash = HASH_SHA256,
		.pad_hash = scheme == OP_RSA_PSS ? HASH_SHA256 : HASH_NONE,
		.mgf_hash = scheme == OP_RSA_PSS ? HASH_SHA256 : HASH_NONE,
		.salt_len = 32 };
	struct key_holder *holder;
	struct crypto_key *held, *public;
	uint8_t out[512];
	struct wr w = wr_of(out, sizeof out);

	ok(device_holder(dev, key, &holder));
	ok(crypto_key_held(&held, &key->public, holder));
	ok(crypto_sign(held, &op, span_str("to be signed"), &w));
	ok(crypto_key_new(&public, &key->public));
	ok(crypto_verify(public, &op, span_str("to be signed"),
	    span_of(out, w.len)));
	crypto_key_free(public);
	crypto_key_free(held);
}
