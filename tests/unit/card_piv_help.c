/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulated PIV card and what tests do with it.
 */
#include "card_piv_help.h"

#include <stdlib.h>

#include "crypto/asn1.h"
#include "runner.h"

struct sim *sim;
struct device *dev;
struct card_link *link_now;
struct key_material rsa, p256, ed25519, x25519;

void
open_again(void)
{
	device_free(dev);
	dev = NULL;
	sim_reset(sim);
	OK(card_link_sim_device(&dev, sim, span_of(NULL, 0), &link_now));
}

void
new_card(const struct sim_options *options)
{
	sim = sim_new(options);
	ck_assert_ptr_nonnull(sim);
	open_again();
}

void
end_card(void)
{
	device_free(dev);
	dev = NULL;
	sim_free(sim);
	sim = NULL;
}

const struct sim_options usual = { .apps = "piv" };

void
login(void)
{
	OK(device_login(dev, DEVICE_USER, span_str("123456")));
}

struct secret
certificate_of(const struct key_material *key)
{
	static const uint8_t algorithm[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65,
		0x70 };
	static const uint8_t time[] = "240101000000Z";
	static const uint8_t name[] = { 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03,
		0x55, 0x04, 0x03, 0x0c, 0x03, 'o', 'n', 'e' };
	uint8_t spki[1024], tbs[1536], when[64], *out = malloc(2048);
	struct wr w = wr_of(spki, sizeof spki), t = wr_of(tbs, sizeof tbs);
	struct wr v = wr_of(when, sizeof when), o = wr_of(out, 2048);
	uint8_t whole[2048];
	struct secret result = { 0 };

	ck_assert_ptr_nonnull(out);
	OK(spki_encode(key, &w));
	tlv_put(&v, 0x17, span_of(time, 13));
	tlv_put(&v, 0x17, span_of(time, 13));
	tlv_put_u8(&t, 0x02, 1);
	wr_bytes(&t, span_of(algorithm, sizeof algorithm));
	tlv_put(&t, 0x30, span_of(name, sizeof name));
	tlv_put(&t, 0x30, span_of(when, v.len));
	tlv_put(&t, 0x30, span_of(name, sizeof name));
	wr_bytes(&t, span_of(spki, w.len));
	tlv_put(&o, 0x30, span_of(tbs, t.len));
	wr_bytes(&o, span_of(algorithm, sizeof algorithm));
	tlv_put(&o, 0x03, span_of("\0\1\2", 3));
	w = wr_of(whole, sizeof whole);
	tlv_put(&w, 0x30, span_of(out, o.len));
	OK(wr_status(&w));
	OK(secret_copy(&result, span_of(whole, w.len)));
	free(out);
	return result;
}

enum cng_status
import(const struct key_material *key, const char *name, unsigned role,
    unsigned *place)
{
	const struct device_new what = { .name = name, .role = role };

	return device_import(dev, &what, key, place);
}

size_t
count_keys(void)
{
	struct device_keys keys;
	size_t count;

	OK(device_list(dev, &keys));
	count = keys.count;
	device_keys_free(&keys);
	return count;
}

struct crypto_key *
use_key(unsigned place)
{
	struct device_keys keys;
	struct key_holder *holder;
	struct crypto_key *key = NULL;

	OK(device_list(dev, &keys));
	for (size_t i = 0; i < keys.count; i++) {
		if (keys.key[i].place != place)
			continue;
		OK(device_holder(dev, &keys.key[i], &holder));
		OK(crypto_key_held(&key, &keys.key[i].public, holder));
	}
	device_keys_free(&keys);
	ck_assert_ptr_nonnull(key);
	return key;
}

static struct key_op
signature_of(enum key_family family)
{
	struct key_op op = { .scheme = OP_EDDSA };

	if (family == KEY_EC)
		op = (struct key_op){ .scheme = OP_ECDSA,
			.hash = HASH_SHA384 };
	else if (family == KEY_RSA)
		op = (struct key_op){ .scheme = OP_RSA_PSS,
			.hash = HASH_SHA256, .pad_hash = HASH_SHA256,
			.mgf_hash = HASH_SHA256, .salt_len = 32 };
	return op;
}

enum cng_status
sign_with(unsigned place, enum key_family family)
{
	struct key_op op = signature_of(family);
	struct crypto_key *key = use_key(place);
	uint8_t signature[512];
	struct wr w = wr_of(signature, sizeof signature);
	struct span data = span_str("what is signed");
	enum cng_status st = crypto_sign(key, &op, data, &w);

	if (st == CNG_OK)
		OK(crypto_verify(key, &op, data, span_of(signature, w.len)));
	crypto_pin_done(key);
	crypto_key_free(key);
	return st;
}

static void
make(struct key_material *out, enum key_family family, enum key_curve curve,
    size_t bits)
{
	const struct key_spec spec = { .family = family, .curve = curve,
		.bits = bits };

	if (crypto_generate(out, &spec) != CNG_OK)
		abort();
}

int
piv_main_times(const char *name, const TTest *const *tests, size_t count,
    int times)
{
	int failed;

	if (crypto_start() != CNG_OK)
		return 1;
	make(&rsa, KEY_RSA, CURVE_NONE, 2048);
	make(&p256, KEY_EC, CURVE_P256, 0);
	make(&ed25519, KEY_EDWARDS, CURVE_ED25519, 0);
	make(&x25519, KEY_MONTGOMERY, CURVE_X25519, 0);
	failed = run_tests_times(name, tests, count, times, NULL, NULL);
	key_free(&rsa);
	key_free(&p256);
	key_free(&ed25519);
	key_free(&x25519);
	crypto_shutdown();
	return failed;
}

int
piv_main(const char *name, const TTest *const *tests, size_t count)
{
	return piv_main_times(name, tests, count, 1);
}
