/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The OpenPGP driver on the simulated card: keys of each kind from the import
 * to their use, and what the passwords do.
 */
#include "card_openpgp.h"

static const uint8_t cert_bytes[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
#define CERT span_of(cert_bytes, sizeof cert_bytes)

/* The only key of a device. */
static struct device_keys
only_key(struct device *dev)
{
	struct device_keys keys;

	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	return keys;
}

static struct crypto_key *
held_key(struct device *dev, const struct device_key *key)
{
	struct key_holder *holder;
	struct crypto_key *held;

	ok(device_holder(dev, key, &holder));
	ok(crypto_key_held(&held, &key->public, holder));
	return held;
}

/* --- what keys do -------------------------------------------------------- */

static void
use_sign(struct device *dev, const struct device_key *key,
    const struct key_op *op)
{
	struct crypto_key *held = held_key(dev, key);
	struct crypto_key *public = new_key(&key->public);
	uint8_t signature[512];
	struct wr w = wr_of(signature, sizeof signature);

	if (key->pin == DEVICE_PIN_ALWAYS) {
		expect(crypto_sign(held, op, span_str("text"), &w),
		    CNG_ERR_NOT_LOGGED_IN);
		ok(device_login_once(dev, PIN));
	}
	ok(crypto_sign(held, op, span_str("text"), &w));
	ok(crypto_verify(public, op, span_str("text"),
	    span_of(signature, w.len)));
	if (key->pin == DEVICE_PIN_ALWAYS) {
		crypto_pin_done(held);
		w = wr_of(signature, sizeof signature);
		expect(crypto_sign(held, op, span_str("text"), &w),
		    CNG_ERR_NOT_LOGGED_IN);
	}
	crypto_key_free(held);
	crypto_key_free(public);
}

static void
use_decrypt(struct device *dev, const struct device_key *key,
    const struct key_op *op)
{
	struct crypto_key *held = held_key(dev, key);
	struct crypto_key *public = new_key(&key->public);
	uint8_t cipher[512], plain[512];
	struct wr c = wr_of(cipher, sizeof cipher);
	struct wr p = wr_of(plain, sizeof plain);

	ok(crypto_encrypt(public, op, span_str("text"), &c));
	ok(crypto_decrypt(held, op, span_of(cipher, c.len), &p));
	ck_assert(span_equal(span_of(plain, p.len), span_str("text")));
	/* without padding it is something, and always the same */
	memset(cipher, 0x01, c.len);
	p = wr_of(plain, sizeof plain);
	ok(crypto_decrypt(held, op, span_of(cipher, c.len), &p));
	crypto_key_free(held);
	crypto_key_free(public);
}

static struct secret
point_of(const struct key_material *key)
{
	static const uint8_t form = 0x04;
	struct secret point = { 0 };

	if (key->family == KEY_EC)
		ok(secret_append(&point, span_of(&form, 1)));
	ok(secret_append(&point, key_part(key, EC_X)));
	if (key->family == KEY_EC)
		ok(secret_append(&point, key_part(key, EC_Y)));
	return point;
}

static void
use_agree(struct device *dev, const struct device_key *key,
    const struct key_op *op)
{
	struct key_material other = fresh_key(key->public.family,
	    key->public.curve);
	struct crypto_key *held = held_key(dev, key);
	struct crypto_key *theirs = new_key(&other);
	struct secret peer = point_of(&other), mine = point_of(&key->public);
	struct secret a = { 0 }, b = { 0 };
	struct key_op here = *op, there = *op;

	here.peer = secret_span(&peer);
	there.peer = secret_span(&mine);
	ok(crypto_derive(held, &here, 0, &a));
	ok(crypto_derive(theirs, &there, 0, &b));
	ck_assert(span_equal(secret_span(&a), secret_span(&b)));
	secret_free(&a);
	secret_free(&b);
	secret_free(&peer);
	secret_free(&mine);
	crypto_key_free(held);
	crypto_key_free(theirs);
	key_free(&other);
}

/* --- one life each ------------------------------------------------------- */

struct life {
	enum key_family family;
	enum key_curve curve;
	unsigned role;
	bool has_place;
	unsigned place;
	struct key_op op;
	void (*use)(struct device *dev, const struct device_key *key,
	    const struct key_op *op);
	struct key_op not_op;    /* that the card does not do */
};

static const struct life lives[] = {
	{ KEY_RSA, CURVE_NONE, KEY_ROLE_SIGN, false, SIGN_PLACE,
	    { .scheme = OP_RSA_PKCS1, .hash = HASH_SHA256 }, use_sign,
	    { .scheme = OP_RSA_PSS } },
	{ KEY_RSA, CURVE_NONE, KEY_ROLE_SIGN, true, AUTH_PLACE,
	    { .scheme = OP_RSA_PKCS1, .hash = HASH_SHA512 }, use_sign,
	    { .scheme = OP_RSA_RAW } },
	{ KEY_RSA, CURVE_NONE, KEY_ROLE_ENCRYPT, false, DECRYPT_PLACE,
	    { .scheme = OP_RSA_PKCS1 }, use_decrypt,
	    { .scheme = OP_RSA_OAEP } },
	{ KEY_EC, CURVE_P256, KEY_ROLE_SIGN, false, SIGN_PLACE,
	    { .scheme = OP_ECDSA, .hash = HASH_SHA512 }, use_sign,
	    { .scheme = OP_ECDH } },
	{ KEY_EC, CURVE_P384, KEY_ROLE_SIGN, true, AUTH_PLACE,
	    { .scheme = OP_ECDSA, .hash = HASH_SHA256 }, use_sign,
	    { .scheme = OP_ECDH } },
	{ KEY_EC, CURVE_P256, KEY_ROLE_AGREE, false, DECRYPT_PLACE,
	    { .scheme = OP_ECDH }, use_agree, { .scheme = OP_ECDSA } },
	{ KEY_EC, CURVE_P521, KEY_ROLE_NONE, false, DECRYPT_PLACE,
	    { .scheme = OP_ECDH }, use_agree, { .scheme = OP_ECDSA } },
	{ KEY_EDWARDS, CURVE_ED25519, KEY_ROLE_SIGN, false, SIGN_PLACE,
	    { .scheme = OP_EDDSA }, use_sign,
	    { .scheme = OP_EDDSA, .prehash = true } },
	{ KEY_EDWARDS, CURVE_ED25519, KEY_ROLE_SIGN, true, AUTH_PLACE,
	    { .scheme = OP_EDDSA }, use_sign,
	    { .scheme = OP_EDDSA, .has_context = true } },
	{ KEY_MONTGOMERY, CURVE_X25519, KEY_ROLE_AGREE, false, DECRYPT_PLACE,
	    { .scheme = OP_ECDH }, use_agree, { .scheme = OP_ECDSA } },
};

static void
check_key(struct device *dev, const struct life *life,
    const struct device_key *key, const char *name)
{
	struct key_holder *holder;

	ck_assert_uint_eq(key->place, life->place);
	ck_assert_str_eq(key->name, name);
	ck_assert(key->is_default && key->own_id);
	ck_assert_uint_eq(key->id, life->place + 1);
	ck_assert_int_eq(key->pin, life->place == SIGN_PLACE ?
	    DEVICE_PIN_ALWAYS : DEVICE_PIN_ONCE);
	ok(device_holder(dev, key, &holder));
	for (int way = HOLDER_SIGN; way <= HOLDER_AGREE; way++)
		ck_assert(!holder->ops->can(holder, &life->not_op,
		    (enum holder_way)way));
	holder->ops->free(holder);
	life->use(dev, key, &life->op);
}

START_TEST(imported)
{
	const struct life *life = &lives[_i];
	struct key_material key = fresh_key(life->family, life->curve);
	const struct device_new what = { .name = "Schl\xc3\xbcssel {1}",
		.role = life->role, .has_place = life->has_place,
		.place = life->place, .certificate = CERT };
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim);
	struct device_keys keys;
	unsigned place = 99;

	ck_assert_uint_eq(count_keys(dev), 0);
	ok(device_import(dev, &what, &key, &place));
	ck_assert_uint_eq(place, life->place);
	keys = only_key(dev);
	check_key(dev, life, &keys.key[0], what.name);
	ck_assert(key_same_public(&keys.key[0].public, &key));
	ck_assert(!keys.key[0].generated);
	ck_assert(span_equal(secret_span(&keys.key[0].certificate), CERT));
	device_keys_free(&keys);

	expect(device_import(dev, &what, &key, &place), CNG_ERR_EXISTS);
	expect(device_remove(dev, 3), CNG_ERR_NOT_FOUND);
	ok(device_rename(dev, place, "second name"));
	ok(device_put_certificate(dev, place, NO_BYTES));
	device_free(dev);

	dev = insert_with_pin(sim);
	keys = only_key(dev);
	check_key(dev, life, &keys.key[0], "second name");
	ck_assert_uint_eq(keys.key[0].certificate.len, 0);
	device_keys_free(&keys);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

START_TEST(generated)
{
	const struct life *life = &lives[_i];
	const struct device_new what = { .name = "made", .role = life->role,
		.has_place = life->has_place, .place = life->place };
	const struct key_material shape = { .family = life->family,
		.curve = life->curve };
	struct key_material public = { 0 };
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim);
	struct device_keys keys;
	unsigned place = 99;

	ok(device_generate(dev, &what, &shape, 2048, &public, &place));
	ck_assert_uint_eq(place, life->place);
	keys = only_key(dev);
	check_key(dev, life, &keys.key[0], "made");
	ck_assert(key_same_public(&keys.key[0].public, &public));
	device_keys_free(&keys);
	key_free(&public);
	device_free(dev);
	sim_free(sim);
}
END_TEST

/* --- places and names ---------------------------------------------------- */

START_TEST(places)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct device_new what = { .name = "d", .has_place = true,
		.place = SIGN_PLACE };
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim);
	struct device_info info;
	unsigned place;

	ok(bring(dev, &key, "a", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(place, SIGN_PLACE);
	expect(bring(dev, &key, "a", KEY_ROLE_AGREE, &place), CNG_ERR_EXISTS);
	ok(bring(dev, &key, "b", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(place, AUTH_PLACE);
	expect(bring(dev, &key, "c", KEY_ROLE_SIGN, &place),
	    CNG_ERR_STORE_FULL);
	expect(device_import(dev, &what, &key, &place), CNG_ERR_EXISTS);
	what.place = 3;
	expect(device_import(dev, &what, &key, &place), CNG_ERR_PROP_VALUE);
	ok(bring(dev, &key, "OpenPGP decryption", KEY_ROLE_NONE, &place));
	ck_assert_uint_eq(place, DECRYPT_PLACE);
	expect(device_rename(dev, place, "b"), CNG_ERR_EXISTS);
	expect(device_rename(dev, 3, "e"), CNG_ERR_NOT_FOUND);
	ck_assert_uint_eq(count_keys(dev), 3);
	ok(device_info(dev, &info));
	ck_assert_uint_eq(info.used, 3);
	ck_assert_uint_eq(info.spare, 0);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

START_TEST(refused)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P224);
	struct key_material ed = fresh_key(KEY_EDWARDS, CURVE_ED448);
	struct device_new what = { .name = "x", .role = KEY_ROLE_SIGN,
		.has_pin_policy = true, .pin = DEVICE_PIN_NEVER };
	struct sim *sim = new_card();
	struct device *dev = insert(sim);
	unsigned place;

	expect(bring(dev, &key, "a", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_SUPPORTED);
	expect(bring(dev, &ed, "a", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_SUPPORTED);
	key_free(&key);
	key = fresh_key(KEY_EC, CURVE_P256);
	expect(device_import(dev, &what, &key, &place),
	    CNG_ERR_NOT_SUPPORTED);
	expect(bring(dev, &key, "", KEY_ROLE_SIGN, &place),
	    CNG_ERR_ARGUMENT);
	expect(bring(dev, &key, "a", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_LOGGED_IN);
	device_free(dev);

	sim_reset(sim);
	ok(card_link_sim_device(&dev, sim, NO_BYTES, NULL));
	ok(device_login(dev, DEVICE_USER, PIN));
	expect(bring(dev, &key, "a", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NO_ADMIN);
	ok(device_login(dev, DEVICE_ADMIN, PW3));
	ok(bring(dev, &key, "a", KEY_ROLE_SIGN, &place));
	device_logout(dev);
	expect(device_put_certificate(dev, place, CERT), CNG_ERR_NO_ADMIN);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
	key_free(&ed);
}
END_TEST

/* What another program keeps in object 0101 stays there. */
START_TEST(foreign_names)
{
	static const uint8_t login[] = { 0x00, 0x20, 0x00, 0x82, 0x06, '1',
		'2', '3', '4', '5', '6' };
	static const uint8_t put[] = { 0x00, 0xda, 0x01, 0x01, 0x03, 'a',
		'b', 'c' };
	static const uint8_t get[] = { 0x00, 0xca, 0x01, 0x01, 0x00 };
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim);
	static uint8_t reply[SIM_MAX];
	size_t len;
	unsigned place;

	ck_assert(sim_exchange(sim, login, sizeof login, reply, &len));
	ck_assert(sim_exchange(sim, put, sizeof put, reply, &len));
	ck_assert_uint_eq(reply[0], 0x90);
	expect(bring(dev, &key, "a", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_SUPPORTED);
	ok(bring(dev, &key, "OpenPGP signature", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(count_keys(dev), 1);
	ck_assert(sim_exchange(sim, get, sizeof get, reply, &len));
	ck_assert(len == 5 && memcmp(reply, "abc", 3) == 0);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

/* --- passwords ----------------------------------------------------------- */

static int
tries_of(struct device *dev)
{
	struct device_info info;

	ok(device_info(dev, &info));
	return info.tries;
}

START_TEST(passwords)
{
	struct sim *sim = new_card();
	struct device *dev = insert(sim);
	struct span wrong = span_str("654321");
	struct device_info info;

	expect(device_login(dev, DEVICE_USER, NO_BYTES), CNG_ERR_PIN_LENGTH);
	expect(device_login(dev, DEVICE_USER, wrong), CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(tries_of(dev), 2);
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(device_info(dev, &info));
	ck_assert(info.logged_in);
	ck_assert_int_eq(info.tries, 3);
	ck_assert_int_eq(info.unblock_tries, 3);
	ck_assert_str_eq(info.kind, "OpenPGP");
	ck_assert_uint_eq(strlen(info.serial), 12);
	ck_assert_uint_eq(info.version[0], 3);
	device_logout(dev);
	ok(device_info(dev, &info));
	ck_assert(!info.logged_in);
	expect(device_set_pin(dev, DEVICE_USER, PIN, span_str("12345")),
	    CNG_ERR_PIN_LENGTH);
	expect(device_set_pin(dev, DEVICE_USER, wrong, wrong),
	    CNG_ERR_PIN_WRONG);
	ok(device_set_pin(dev, DEVICE_USER, PIN, wrong));
	expect(device_login(dev, DEVICE_USER, PIN), CNG_ERR_PIN_WRONG);
	expect(device_login(dev, DEVICE_USER, PIN), CNG_ERR_PIN_WRONG);
	expect(device_login(dev, DEVICE_USER, PIN), CNG_ERR_PIN_LOCKED);
	expect(device_login(dev, DEVICE_USER, wrong), CNG_ERR_PIN_LOCKED);
	ok(device_unblock(dev, PW3, PIN));
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(device_set_pin(dev, DEVICE_ADMIN, PW3, span_str("87654321")));
	ok(device_unblock(dev, NO_BYTES, wrong));
	ok(device_login(dev, DEVICE_USER, wrong));
	device_free(dev);
	sim_free(sim);
}
END_TEST

START_TEST(reset_code)
{
	static const uint8_t admin[] = { 0x00, 0x20, 0x00, 0x83, 0x08, '1',
		'2', '3', '4', '5', '6', '7', '8' };
	static const uint8_t put[] = { 0x00, 0xda, 0x00, 0xd3, 0x08, 'r', 'e',
		's', 'e', 't', 'm', 'e', '!' };
	struct sim *sim = new_card();
	struct device *dev = insert(sim);
	static uint8_t reply[SIM_MAX];
	size_t len;

	ck_assert(sim_exchange(sim, admin, sizeof admin, reply, &len));
	ck_assert(sim_exchange(sim, put, sizeof put, reply, &len));
	ck_assert_uint_eq(reply[0], 0x90);
	expect(device_unblock(dev, PW3, span_str("abcdef")),
	    CNG_ERR_PIN_WRONG);
	ok(device_unblock(dev, span_str("resetme!"), span_str("abcdef")));
	ok(device_login(dev, DEVICE_USER, span_str("abcdef")));
	device_free(dev);
	sim_free(sim);
}
END_TEST

/* A configured PW3 that is wrong is said once, and never as the last try. */
START_TEST(wrong_admin)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = new_card();
	struct device *dev;
	unsigned place;

	for (int i = 0; i < 4; i++) {
		sim_reset(sim);
		ok(card_link_sim_device(&dev, sim, span_str("wrongwrong"),
		    NULL));
		ok(device_login(dev, DEVICE_USER, PIN));
		for (int j = 0; j < 2; j++)
			expect(bring(dev, &key, "a", KEY_ROLE_SIGN, &place),
			    CNG_ERR_NO_ADMIN);
		device_free(dev);
	}
	dev = insert_with_pin(sim);
	ok(device_login(dev, DEVICE_ADMIN, PW3));
	ok(bring(dev, &key, "a", KEY_ROLE_SIGN, &place));
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_openpgp");
	TCase *tcase = tcase_create("card_openpgp");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, imported, 0, (int)ARRAY_LEN(lives));
	tcase_add_loop_test(tcase, generated, 0, (int)ARRAY_LEN(lives));
	tcase_add_test(tcase, places);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, foreign_names);
	tcase_add_test(tcase, passwords);
	tcase_add_test(tcase, reset_code);
	tcase_add_test(tcase, wrong_admin);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
