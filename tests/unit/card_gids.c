/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The GIDS driver on the simulated card: a container's life, names, what
 * other programs wrote, PINs.
 */
#include "card_gids_help.h"

#include "crypto/asn1.h"

/* --- use ----------------------------------------------------------------- */

static void
check_decryption(const struct device_key *key, const struct key_op *op)
{
	struct key_holder *holder;
	struct crypto_key *held, *public;
	uint8_t cipher[512], plain[512];
	struct wr c = wr_of(cipher, sizeof cipher);
	struct wr p = wr_of(plain, sizeof plain);

	ok(crypto_key_new(&public, &key->public));
	ok(crypto_encrypt(public, op, span_str("secret"), &c));
	ok(device_holder(dev, key, &holder));
	/* what the driver does alone */
	ck_assert(holder->ops->can(holder, op, HOLDER_DECRYPT));
	ok(holder->ops->run(holder, op, HOLDER_DECRYPT,
	    span_of(cipher, c.len), &p));
	ck_assert(span_equal(span_of(plain, p.len), span_str("secret")));
	/* and with what is around it */
	ok(crypto_key_held(&held, &key->public, holder));
	p = wr_of(plain, sizeof plain);
	ok(crypto_decrypt(held, op, span_of(cipher, c.len), &p));
	ck_assert(span_equal(span_of(plain, p.len), span_str("secret")));
	crypto_key_free(public);
	crypto_key_free(held);
}

static void
check_uses(const struct device_key *key)
{
	const struct key_op pkcs1 = { .scheme = OP_RSA_PKCS1 };
	const struct key_op oaep = { .scheme = OP_RSA_OAEP,
		.pad_hash = HASH_SHA1, .mgf_hash = HASH_SHA1 };

	check_signature(key, OP_RSA_PKCS1);
	check_signature(key, OP_RSA_PSS);
	if (key->can_decrypt) {
		check_decryption(key, &pkcs1);
		check_decryption(key, &oaep);
	}
}

/* --- a container's life -------------------------------------------------- */

START_TEST(recognised)
{
	const struct sim_options other = { .apps = "openpgp" };
	const struct sim_options blank = { .apps = "gids", .blank = true };
	const struct sim_options *const none[] = { &other, &blank };
	struct device_info info;

	ok(device_info(dev, &info));
	ck_assert_str_eq(info.kind, "GIDS");
	ck_assert_uint_eq(strlen(info.serial), 32);
	ck_assert_int_eq(info.version[0], 2);
	ck_assert_int_eq(info.tries, 3);
	ck_assert_int_eq(info.tries_max, 3);
	ck_assert(!info.logged_in && info.can_import);
	ck_assert_uint_eq(info.used, 0);
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		struct sim *one = sim_new(none[i]);
		struct card_link *link = card_link_sim_new(one, false);
		struct card card = { .link = link };

		ok(link->ops->begin(link));
		ck_assert_int_eq(gids_driver.probe(&card),
		    CNG_ERR_NOT_FOUND);
		ck_assert_ptr_null(card.state);
		link->ops->end(link, false);
		link->ops->close(link);
		sim_free(one);
	}
}
END_TEST

START_TEST(life)
{
	struct secret cert = sample_read("cert_rsa2048.der");
	struct key_material key = make_key(2048), small = make_key(1024);
	struct device_new what = { .name = "imported rsa",
		.role = KEY_ROLE_ENCRYPT | KEY_ROLE_SIGN,
		.certificate = secret_span(&cert) };
	struct device_keys keys;
	uint64_t before, after;
	unsigned place = 99;

	ck_assert_int_eq(device_import(dev, &what, &key, &place),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_uint_eq(count(), 0);
	login();
	ok(device_stamp(dev, &before));
	ok(device_import(dev, &what, &key, &place));
	ok(device_stamp(dev, &after));
	ck_assert_uint_ne(before, after);
	ck_assert_uint_eq(place, 0);
	ok(import_as("Zwei \xc3\xa4", KEY_ROLE_SIGN, &small, &place));
	ck_assert_uint_eq(place, 1);

	/* all of it is there for whoever comes next */
	device_free(dev);
	insert();
	keys = list();
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_str_eq(keys.key[0].name, "imported rsa");
	ck_assert_str_eq(keys.key[1].name, "Zwei \xc3\xa4");
	ck_assert(keys.key[0].is_default && !keys.key[1].is_default);
	ck_assert(key_same_public(&keys.key[0].public, &key));
	ck_assert(key_same_public(&keys.key[1].public, &small));
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    secret_span(&cert)));
	ck_assert_uint_eq(keys.key[1].certificate.len, 0);
	ck_assert(keys.key[0].can_decrypt && !keys.key[1].can_decrypt);
	ck_assert_uint_eq(keys.key[1].role, KEY_ROLE_SIGN);
	login();
	check_uses(&keys.key[0]);
	check_uses(&keys.key[1]);
	device_keys_free(&keys);

	ok(device_put_certificate(dev, 0, span_of(NULL, 0)));
	ok(device_put_certificate(dev, 1, secret_span(&cert)));
	ck_assert_int_eq(device_put_certificate(dev, 2, secret_span(&cert)),
	    CNG_ERR_NOT_FOUND);
	ok(device_rename(dev, 1, "third"));
	ok(device_remove(dev, 0));
	ck_assert_int_eq(device_remove(dev, 0), CNG_ERR_NOT_FOUND);
	keys = list();
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_uint_eq(keys.key[0].place, 1);
	ck_assert_str_eq(keys.key[0].name, "third");
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    secret_span(&cert)));
	device_keys_free(&keys);
	key_free(&key);
	key_free(&small);
	secret_free(&cert);
}
END_TEST

START_TEST(names)
{
	static const char most[] = "123456789012345678901234567890123456789";
	static const char *const bad[] = { "", "a\\b", "\xff",
		"1234567890123456789012345678901234567890" };
	struct key_material key = make_key(1024);
	unsigned place;

	login();
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_int_eq(import_as(bad[i], 0, &key, &place),
		    CNG_ERR_ARGUMENT);
	ok(import_as(most, 0, &key, &place));
	ok(import_as("Name \xc3\xa4", 0, &key, &place));
	ck_assert_int_eq(import_as("Name \xc3\xa4", 0, &key, &place),
	    CNG_ERR_EXISTS);
	ck_assert_int_eq(import_as("nAME \xc3\x84", 0, &key, &place),
	    CNG_ERR_EXISTS);
	ck_assert_int_eq(device_rename(dev, 0, "name \xc3\xa4"),
	    CNG_ERR_EXISTS);
	ok(device_rename(dev, 1, "NAME \xc3\xa4"));
	ck_assert_uint_eq(count(), 2);
	key_free(&key);
}
END_TEST

/* There is exactly one; its place. */
static unsigned
the_default(void)
{
	struct device_keys keys = list();
	unsigned place = 0, found = 0;

	for (size_t i = 0; i < keys.count; i++) {
		if (!keys.key[i].is_default)
			continue;
		found++;
		place = keys.key[i].place;
	}
	ck_assert_uint_eq(found, 1);
	device_keys_free(&keys);
	return place;
}

/* Past the device: what others do. */
static void
with_map(bool (*change)(struct secret *map))
{
	struct card card = { .driver = &gids_driver };
	struct secret map = { 0 };

	sim_reset(sim);
	card.link = card_link_sim_new(sim, false);
	ok(card.link->ops->begin(card.link));
	ok(gids_driver.probe(&card));
	ok(gids_login(&card, DEVICE_USER, span_str(PIN)));
	ok(gids_map_read(&card, &map));
	if (change(&map))
		ok(gids_write(&card, gids_of(&card)->map,
		    secret_span(&map)));
	secret_free(&map);
	gids_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
	device_free(dev);
	insert();
	login();
}

static bool
without_default(struct secret *map)
{
	gids_map_undefault(map);
	return true;
}

/* So that the first place is empty. */
static bool
without_first(struct secret *map)
{
	map->ptr[GIDS_NAME] = 0;
	return without_default(map);
}

START_TEST(defaults)
{
	struct key_material key = make_key(1024);
	struct device_new what = { .name = "b", .make_default = true };
	struct device_keys keys;
	unsigned place;

	login();
	ok(import_as("a", 0, &key, &place));
	ok(device_import(dev, &what, &key, &place));
	keys = list();
	ck_assert(!keys.key[0].is_default && keys.key[1].is_default);
	device_keys_free(&keys);
	/* the one that is named inherits, else the first */
	ok(import_as("c", 0, &key, &place));
	ok(device_remove_for(dev, 1, place));
	ck_assert_uint_eq(the_default(), place);
	ok(import_as("d", 0, &key, &place));
	ok(device_remove(dev, place));
	ck_assert_uint_eq(the_default(), 2);
	ok(device_remove_for(dev, 2, 77));
	ck_assert_uint_eq(the_default(), 0);
	key_free(&key);
}
END_TEST

/* Other programs take the flag with the container: then it is the first one,
 * and one that comes does not change that. */
START_TEST(no_default)
{
	struct key_material key = make_key(1024);
	unsigned place;

	login();
	ok(import_as("a", 0, &key, &place));
	ok(import_as("b", 0, &key, &place));
	ok(import_as("c", 0, &key, &place));
	with_map(without_first);
	ck_assert_uint_eq(the_default(), 1);
	ok(import_as("d", 0, &key, &place));
	ck_assert_uint_eq(place, 0);
	ck_assert_uint_eq(the_default(), 1);
	/* and from then on it is said */
	ok(device_remove(dev, 2));
	ck_assert_uint_eq(the_default(), 1);
	with_map(without_default);
	ck_assert_uint_eq(the_default(), 0);
	key_free(&key);
}
END_TEST

START_TEST(refused)
{
	struct key_material odd = make_key(1536);
	struct key_material ec = { .family = KEY_EC };
	struct key_material key = make_key(1024);
	struct device_new what = { .name = "x",
		.certificate = span_str("no certificate") };
	unsigned place;

	login();
	ck_assert_int_eq(import_as("x", 0, &odd, &place), CNG_ERR_KEY_SIZE);
	ck_assert_int_eq(import_as("x", 0, &ec, &place),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_ne(device_import(dev, &what, &key, &place), CNG_OK);
	ck_assert_uint_eq(count(), 0);
	key_free(&odd);
	key_free(&key);
}
END_TEST

START_TEST(generated)
{
	const struct key_material shape = { .family = KEY_RSA };
	const struct device_new what = { .name = "made" };
	struct key_material public;
	struct device_keys keys;
	unsigned place;

	login();
	ok(device_generate(dev, &what, &shape, 1024, &public, &place));
	keys = list();
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(key_same_public(&keys.key[0].public, &public));
	check_uses(&keys.key[0]);
	device_keys_free(&keys);
	key_free(&public);
}
END_TEST

/* libcrypto has made the file, with the longer certificate first; in DER the
 * shorter one is. */
static void
packed_again(const struct device_keys *keys, struct span file)
{
	const struct span der[] = { secret_span(&keys->cert[0]),
		secret_span(&keys->cert[1]) };
	struct secret packed;
	struct wr w = wr_of(NULL, 0);
	size_t head;

	ok(x509_pack(&w, der, 2));
	ok(secret_new(&packed, w.len));
	w = wr_of(packed.ptr, packed.len);
	ok(x509_pack(&w, der, 2));
	ck_assert_uint_eq(packed.len, file.len);
	head = file.len - 2 - der[0].len - der[1].len;
	ck_assert_int_eq(memcmp(packed.ptr, file.ptr, head), 0);
	ck_assert_int_eq(memcmp(packed.ptr + head, der[1].ptr, der[1].len), 0);
	ck_assert_int_eq(memcmp(packed.ptr + head + der[1].len, der[0].ptr,
	    der[0].len), 0);
	ck_assert_int_eq(memcmp(packed.ptr + file.len - 2, "\x31\x00", 2), 0);
	secret_free(&packed);
	ck_assert_int_eq(x509_pack(&w, (struct span[]){ span_of(file.ptr,
	    file.len - 1) }, 1), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(x509_pack(&w, (struct span[]){ span_of(
	    (const uint8_t *)"\x05", 2) }, 1), CNG_ERR_BAD_DATA);
}

/* Roots in a file that others wrote; and a certificate that is damaged. */
START_TEST(foreign_files)
{
	struct secret roots = sample_read("certs_two.p7b"), master;
	struct card_link *link = card_link_sim_new(sim, false);
	struct card card = { .link = link };
	struct key_material key = make_key(1024);
	struct device_keys keys;
	struct gids_spot spot;
	unsigned place;

	login();
	ok(import_as("a", 0, &key, &place));
	ok(link->ops->begin(link));
	ok(gids_driver.probe(&card));
	ok(gids_driver.login(&card, DEVICE_USER, span_str(PIN)));
	ok(gids_master(&card, &master));
	ok(gids_master_spare(secret_span(&master), &spot));
	ok(gids_write(&card, spot, secret_span(&roots)));
	ok(gids_master_add(&card, &master, "msroots", spot));
	ok(gids_master_spare(secret_span(&master), &spot));
	ok(gids_write(&card, spot, span_str("\001\001 no certificate")));
	ok(gids_master_add(&card, &master, "kxc00", spot));
	gids_driver.free(&card);
	link->ops->end(link, false);
	link->ops->close(link);
	keys = list();
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_uint_eq(keys.key[0].certificate.len, 0);
	ck_assert_uint_eq(keys.cert_count, 2);
	for (size_t i = 0; i < keys.cert_count; i++)
		ck_assert_int_eq(keys.cert[i].ptr[0], 0x30);
	packed_again(&keys, secret_span(&roots));
	device_keys_free(&keys);
	secret_free(&master);
	secret_free(&roots);
	key_free(&key);
}
END_TEST

/* T=0, and cards that want an exact Le. */
START_TEST(protocols)
{
	const struct sim_options options[] = {
		{ .apps = "gids", .t0 = true },
		{ .apps = "gids", .short_only = true, .exact_le = true },
	};
	struct key_material key = make_key(2048);

	end();
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct device_conf conf = { .admin_key = { 0 } };
		struct device_keys keys;
		unsigned place;

		sim = sim_new(&options[i]);
		ok(device_on(&dev, card_link_sim_new(sim, options[i].t0),
		    &conf));
		login();
		ok(import_as("a", 0, &key, &place));
		keys = list();
		ck_assert_uint_eq(keys.count, 1);
		check_uses(&keys.key[0]);
		device_keys_free(&keys);
		end();
	}
	begin();
	key_free(&key);
}
END_TEST

/* --- PINs ---------------------------------------------------------------- */

START_TEST(pins)
{
	struct device_info info;

	ck_assert_int_eq(device_login(dev, DEVICE_USER, span_str("123")),
	    CNG_ERR_PIN_LENGTH);
	ck_assert_int_eq(device_login(dev, DEVICE_USER, span_str("654321")),
	    CNG_ERR_PIN_WRONG);
	ok(device_info(dev, &info));
	ck_assert_int_eq(info.tries, 2);
	ck_assert_int_eq(device_set_pin(dev, DEVICE_USER, span_str("999999"),
	    span_str("1111")), CNG_ERR_PIN_WRONG);
	ok(device_set_pin(dev, DEVICE_USER, span_str(PIN),
	    span_str("77777777")));
	ok(device_login(dev, DEVICE_USER, span_str("77777777")));
	ok(device_info(dev, &info));
	ck_assert(info.logged_in);
	device_logout(dev);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(device_login(dev, DEVICE_USER,
		    span_str(PIN)), i < 2 ? CNG_ERR_PIN_WRONG :
		    CNG_ERR_PIN_LOCKED);
	ck_assert_int_eq(device_login(dev, DEVICE_USER,
	    span_str("77777777")), CNG_ERR_PIN_LOCKED);
	ck_assert_int_eq(device_unblock(dev, span_of(NULL, 0),
	    span_str(PIN)), CNG_ERR_NO_ADMIN);
	ck_assert_int_eq(device_unblock(dev,
	    span_str("000000000000000000000000"), span_str(PIN)),
	    CNG_ERR_PIN_WRONG);
	ok(device_unblock(dev, span_str(ADMIN), span_str(PIN)));
	login();
}
END_TEST

START_TEST(admin)
{
	ck_assert_int_eq(device_login(dev, DEVICE_ADMIN, span_str("12")),
	    CNG_ERR_PIN_LENGTH);
	ok(device_login(dev, DEVICE_ADMIN, span_str(ADMIN)));
	ok(device_unblock(dev, span_of(NULL, 0), span_str("11111111")));
	ok(device_login(dev, DEVICE_USER, span_str("11111111")));
	device_logout(dev);
	ck_assert_int_eq(device_unblock(dev, span_of(NULL, 0),
	    span_str(PIN)), CNG_ERR_NO_ADMIN);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { recognised, life, names, defaults,
		no_default,
		refused, generated, foreign_files, protocols, pins, admin };
	Suite *suite = suite_create("card_gids");
	TCase *tcase = tcase_create("card_gids");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, begin, end);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return sample_main(suite);
}
