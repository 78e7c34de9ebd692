/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PIV driver on the simulated card: the life of containers, PINs and
 * management keys, and what other programs have written.
 */
#include "card_piv_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- life ---------------------------------------------------------------- */

static void
live(const struct key_material *key, const char *name)
{
	struct secret der = certificate_of(key);
	struct device_keys keys;
	struct device_info before, info;
	unsigned place = 0;

	OK(device_info(dev, &before));
	OK(import(key, name, KEY_ROLE_NONE, &place));
	ck_assert_uint_eq(place, 0x9a);
	ck_assert_int_eq(import(key, name, KEY_ROLE_NONE, &place),
	    CNG_ERR_EXISTS);
	open_again();
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_str_eq(keys.key[0].name, name);
	ck_assert(keys.key[0].is_default && keys.key[0].own_id);
	ck_assert_uint_eq(keys.key[0].id, 1);
	ck_assert_int_eq(keys.key[0].pin, DEVICE_PIN_ONCE);
	ck_assert(!keys.key[0].generated);
	ck_assert(key_same_public(&keys.key[0].public, key));
	ck_assert_uint_eq(keys.key[0].bits, key_bits(key));
	device_keys_free(&keys);
	ck_assert_int_eq(sign_with(0x9a, key->family), CNG_ERR_NOT_LOGGED_IN);
	login();
	OK(sign_with(0x9a, key->family));
	OK(device_put_certificate(dev, 0x9a, secret_span(&der)));
	OK(device_rename(dev, 0x9a, "another name"));
	open_again();
	OK(device_list(dev, &keys));
	ck_assert_str_eq(keys.key[0].name, "another name");
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    secret_span(&der)));
	device_keys_free(&keys);
	OK(device_info(dev, &info));
	ck_assert_uint_eq(info.used, 1);
	ck_assert_uint_eq(info.spare, PIV_SLOTS - 1);
	ck_assert(memcmp(info.guid, before.guid, 16) != 0);
	ck_assert_str_eq(info.serial, before.serial);
	OK(device_remove(dev, 0x9a));
	ck_assert_uint_eq(count_keys(), 0);
	secret_free(&der);
}

START_TEST(life)
{
	new_card(&usual);
	live(&rsa, "B\xc3\xbcro \xf0\x9f\x94\x91");
	live(&p256, "123456789012345678901234567890123456789");
	live(&ed25519, "{0-1}");
	end_card();
}
END_TEST

/* Protocol T=0: lengths are told by the card. */
START_TEST(old_protocol)
{
	const struct sim_options options = { .apps = "piv", .t0 = true };
	const struct device_conf conf = { .admin_key = { 0 } };
	struct device_info info;
	unsigned place = 0;

	sim = sim_new(&options);
	OK(device_on(&dev, card_link_sim_new(sim, true), &conf));
	OK(import(&rsa, "t0", 0, &place));
	login();
	OK(sign_with(place, KEY_RSA));
	/* commands of neither data nor Le */
	OK(device_info(dev, &info));
	ck_assert(info.logged_in);
	device_logout(dev);
	OK(device_info(dev, &info));
	ck_assert(!info.logged_in);
	ck_assert_int_eq(info.tries, 3);
	end_card();
}
END_TEST

START_TEST(generated)
{
	const struct device_new what = { .name = "made", .role =
		KEY_ROLE_SIGN };
	const struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P384 };
	struct key_material public = { 0 };
	struct device_keys keys;
	unsigned place = 0;

	new_card(&usual);
	OK(device_generate(dev, &what, &shape, 384, &public, &place));
	ck_assert_uint_eq(place, 0x9c);
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(keys.key[0].generated);
	ck_assert_int_eq(keys.key[0].pin, DEVICE_PIN_ALWAYS);
	ck_assert_uint_eq(keys.key[0].role, KEY_ROLE_SIGN);
	ck_assert(key_same_public(&keys.key[0].public, &public));
	device_keys_free(&keys);
	key_free(&public);
	end_card();
}
END_TEST

START_TEST(decrypt_and_agree)
{
	const struct key_op pkcs1 = { .scheme = OP_RSA_PKCS1 };
	uint8_t cipher[256], plain[256], peer[32];
	struct key_material other = { 0 };
	struct key_spec spec = { .family = KEY_MONTGOMERY,
		.curve = CURVE_X25519 };
	struct key_op ecdh = { .scheme = OP_ECDH };
	struct secret here = { 0 }, there = { 0 };
	struct wr w = wr_of(cipher, sizeof cipher);
	struct crypto_key *key;
	unsigned place = 0;

	new_card(&usual);
	OK(import(&rsa, "rsa", KEY_ROLE_ENCRYPT, &place));
	ck_assert_uint_eq(place, 0x9d);
	login();
	key = use_key(place);
	OK(crypto_encrypt(key, &pkcs1, span_str("plain"), &w));
	w = wr_of(plain, sizeof plain);
	OK(crypto_decrypt(key, &pkcs1, span_of(cipher, sizeof cipher), &w));
	ck_assert(span_equal(span_of(plain, w.len), span_str("plain")));
	crypto_key_free(key);
	OK(import(&x25519, "x", KEY_ROLE_AGREE, &place));
	ck_assert_uint_eq(place, 0x82);
	OK(crypto_generate(&other, &spec));
	key = use_key(place);
	ecdh.peer = key_part(&other, ECX_PUBLIC);
	OK(crypto_derive(key, &ecdh, 0, &here));
	crypto_key_free(key);
	OK(crypto_key_new(&key, &other));
	memcpy(peer, key_part(&x25519, ECX_PUBLIC).ptr, sizeof peer);
	ecdh.peer = span_of(peer, sizeof peer);
	OK(crypto_derive(key, &ecdh, 0, &there));
	ck_assert(span_equal(secret_span(&here), secret_span(&there)));
	crypto_key_free(key);
	key_free(&other);
	secret_free(&here);
	secret_free(&there);
	end_card();
}
END_TEST

/* The card takes p > q only. */
START_TEST(primes_in_any_order)
{
	struct key_material turned = { 0 };
	struct secret other;
	unsigned place = 0;

	new_card(&usual);
	OK(key_copy(&turned, &rsa));
	for (int i = 0; i < 2; i++) {
		other = turned.part[RSA_P];
		turned.part[RSA_P] = turned.part[RSA_Q];
		turned.part[RSA_Q] = other;
		other = turned.part[RSA_DP];
		turned.part[RSA_DP] = turned.part[RSA_DQ];
		turned.part[RSA_DQ] = other;
		secret_free(&turned.part[RSA_QINV]);
		OK(crypto_complete(&turned));
		OK(import(&turned, i == 0 ? "one" : "two", KEY_ROLE_NONE,
		    &place));
		login();
		OK(sign_with(place, KEY_RSA));
	}
	key_free(&turned);
	end_card();
}
END_TEST

START_TEST(places)
{
	struct device_new what = { .name = "there", .has_place = true,
		.place = 0x95 };
	unsigned place = 0;
	char name[8];

	new_card(&usual);
	OK(device_import(dev, &what, &p256, &place));
	what.name = "again";
	ck_assert_int_eq(device_import(dev, &what, &p256, &place),
	    CNG_ERR_EXISTS);
	what.place = 0x9b;
	ck_assert_int_eq(device_import(dev, &what, &p256, &place),
	    CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(import(&p256, "", 0, &place), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(import(&p256,
	    "1234567890123456789012345678901234567890", 0, &place),
	    CNG_ERR_ARGUMENT);
	/* 9D, then the retired ones but the one that is taken */
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "n%u", i);
		OK(import(&p256, name, KEY_ROLE_AGREE, &place));
	}
	ck_assert_int_eq(import(&p256, "last", KEY_ROLE_AGREE, &place),
	    CNG_ERR_STORE_FULL);
	OK(import(&p256, "signs", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(place, 0x9c);
	ck_assert_int_eq(device_rename(dev, 0x9c, "n1"), CNG_ERR_EXISTS);
	end_card();
}
END_TEST

/* --- other cards --------------------------------------------------------- */

START_TEST(plain_card)
{
	char path[] = "/tmp/card_piv.XXXXXX";
	int fd = mkstemp(path);
	struct sim_options options = { .apps = "piv", .state = path };
	struct secret der = certificate_of(&rsa);
	const struct device_new what = { .name = "kept", .role =
		KEY_ROLE_ENCRYPT, .certificate = secret_span(&der) };
	struct device_keys keys;
	unsigned place = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(unlink(path), 0);
	new_card(&options);
	OK(device_import(dev, &what, &rsa, &place));
	end_card();
	options.plain_piv = true;
	new_card(&options);
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(key_same_public(&keys.key[0].public, &rsa));
	ck_assert_uint_eq(keys.key[0].place, 0x9d);
	ck_assert_str_eq(keys.key[0].name, "Key Management");
	device_keys_free(&keys);
	login();
	OK(sign_with(0x9d, KEY_RSA));
	ck_assert_int_eq(import(&p256, "no", 0, &place),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(device_remove(dev, 0x9d), CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(device_login(dev, DEVICE_ADMIN, span_str("x")),
	    CNG_ERR_NOT_SUPPORTED);
	end_card();
	ck_assert_int_eq(unlink(path), 0);
	secret_free(&der);
}
END_TEST

/* What the first key of the card is called, to a new process. */
static void
expect_first(const char *name, const struct key_material *key, size_t der)
{
	struct device_keys keys;

	open_again();
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_str_eq(keys.key[0].name, name);
	ck_assert(key_same_public(&keys.key[0].public, key));
	ck_assert_uint_eq(keys.key[0].certificate.len, der);
	device_keys_free(&keys);
}

/* No metadata of what was imported, no room for names. */
START_TEST(pivapplet)
{
	const struct sim_options options = { .apps = "piv", .pivapplet = true };
	struct secret der = certificate_of(&p256);
	struct device_new what = { .name = "mine", .certificate =
		secret_span(&der) };
	struct device_keys keys;
	unsigned place = 0;

	new_card(&options);
	OK(device_import(dev, &what, &p256, &place));
	OK(import(&rsa, "bare", KEY_ROLE_NONE, &place));
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_str_eq(keys.key[0].name, "mine");
	ck_assert_str_eq(keys.key[1].name, "bare");
	device_keys_free(&keys);
	login();
	OK(sign_with(0x9a, KEY_EC));
	OK(sign_with(0x9d, KEY_RSA));
	ck_assert_int_eq(import(&ed25519, "no", 0, &place),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(device_remove(dev, 0x9a), CNG_ERR_NOT_SUPPORTED);
	/* a key that loses its certificate is one that never had any */
	expect_first("PIV Authentication", &p256, der.len);
	OK(device_put_certificate(dev, 0x9a, span_of(NULL, 0)));
	expect_first("PIV Authentication", &p256, 0);
	ck_assert_int_eq(device_rename(dev, 0x9a, "BARE"), CNG_ERR_EXISTS);
	OK(device_rename(dev, 0x9a, "called"));
	expect_first("called", &p256, 0);
	OK(device_put_certificate(dev, 0x9a, secret_span(&der)));
	expect_first("PIV Authentication", &p256, der.len);
	ck_assert_int_eq(device_rename(dev, 0x9a, "no"),
	    CNG_ERR_NOT_SUPPORTED);
	expect_first("PIV Authentication", &p256, der.len);
	end_card();
	secret_free(&der);
}
END_TEST

/* --- PINs and management keys -------------------------------------------- */

START_TEST(pins)
{
	struct device_info info;

	new_card(&usual);
	ck_assert_int_eq(device_login(dev, DEVICE_USER, span_str("12345")),
	    CNG_ERR_PIN_LENGTH);
	for (int left = 2; left >= 0; left--) {
		ck_assert_int_eq(device_login(dev, DEVICE_USER,
		    span_str("654321")), left > 0 ? CNG_ERR_PIN_WRONG :
		    CNG_ERR_PIN_LOCKED);
		OK(device_info(dev, &info));
		ck_assert_int_eq(info.tries, left);
		ck_assert_int_eq(info.tries_max, 3);
	}
	ck_assert_int_eq(device_unblock(dev, span_str("87654321"),
	    span_str("abcdef")), CNG_ERR_PIN_WRONG);
	OK(device_unblock(dev, span_str("12345678"), span_str("abcdef")));
	OK(device_set_pin(dev, DEVICE_USER, span_str("abcdef"),
	    span_str("abcdefgh")));
	OK(device_login(dev, DEVICE_USER, span_str("abcdefgh")));
	OK(device_info(dev, &info));
	ck_assert(info.logged_in);
	device_logout(dev);
	OK(device_info(dev, &info));
	ck_assert(!info.logged_in);
	end_card();
}
END_TEST

START_TEST(pin_always)
{
	unsigned place = 0;

	new_card(&usual);
	OK(import(&p256, "signature", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(place, 0x9c);
	login();
	ck_assert_int_eq(sign_with(0x9c, KEY_EC), CNG_ERR_NOT_LOGGED_IN);
	for (int i = 0; i < 2; i++) {
		OK(device_login_once(dev, span_str("123456")));
		OK(sign_with(0x9c, KEY_EC));
		ck_assert_int_eq(sign_with(0x9c, KEY_EC),
		    CNG_ERR_NOT_LOGGED_IN);
	}
	end_card();
}
END_TEST

static const char hex_key[] =
    "a1a2a3a4a5a6a7a8b1b2b3b4b5b6b7b8c1c2c3c4c5c6c7c8";

static void
manage(const char *algorithm)
{
	const struct sim_options options = { .apps = "piv",
		.algorithm = algorithm };
	unsigned place = 0;
	static const uint8_t old[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5,
		6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };

	new_card(&options);
	ck_assert_int_eq(device_login(dev, DEVICE_ADMIN, span_str(hex_key)),
	    CNG_ERR_PIN_WRONG);
	OK(device_set_pin(dev, DEVICE_ADMIN, span_of(old, sizeof old),
	    span_str(hex_key)));
	OK(import(&p256, "one", 0, &place));
	open_again();
	ck_assert_int_eq(import(&p256, "two", 0, &place), CNG_ERR_NO_ADMIN);
	OK(device_login(dev, DEVICE_ADMIN, span_str(hex_key)));
	OK(import(&p256, "two", 0, &place));
	device_logout(dev);
	ck_assert_int_eq(import(&p256, "three", 0, &place), CNG_ERR_NO_ADMIN);
	device_free(dev);
	OK(card_link_sim_device(&dev, sim, span_str(hex_key), &link_now));
	OK(import(&p256, "three", 0, &place));
	ck_assert_uint_eq(count_keys(), 3);
	end_card();
}

START_TEST(management_keys)
{
	unsigned place = 0;
	const struct sim_options aes256 = { .apps = "piv",
		.algorithm = "aes256" };

	manage("3des");
	manage("aes192");
	/* of another length, and not said to be the one it is sold with */
	new_card(&aes256);
	ck_assert_int_eq(device_login(dev, DEVICE_ADMIN, span_str(hex_key)),
	    CNG_ERR_PIN_LENGTH);
	(void)import(&p256, "one", 0, &place);
	end_card();
}
END_TEST

/* The management key is on the card, behind the PIN. */
START_TEST(pin_only)
{
	struct card card = { .admin = { 0 } };
	struct secret key = { 0 };
	uint8_t object[64];
	struct wr w = wr_of(object, sizeof object);
	unsigned place = 0;
	static const uint8_t flags[] = { 0x80, 0x03, 0x81, 0x01, 0x02 };
	static const uint8_t old[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5,
		6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };

	sim = sim_new(&usual);
	card.link = card_link_sim_new(sim, false);
	OK(card.link->ops->begin(card.link));
	OK(piv_driver.probe(&card));
	OK(piv_admin_change(&card, span_of(old, sizeof old),
	    span_str(hex_key)));
	OK(piv_admin(&card, &key));
	tlv_head(&w, 0x88, 2 + key.len);
	tlv_put(&w, 0x89, secret_span(&key));
	OK(piv_put(&card, PIV_PRINTED, span_of(object, w.len)));
	OK(piv_put(&card, PIV_ADMIN_DATA, span_of(flags, sizeof flags)));
	piv_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
	secret_free(&key);

	open_again();
	ck_assert_int_eq(import(&p256, "one", 0, &place),
	    CNG_ERR_NOT_LOGGED_IN);
	login();
	OK(import(&p256, "one", 0, &place));
	ck_assert_uint_eq(count_keys(), 1);
	end_card();
}
END_TEST

/* --- what other programs have written ------------------------------------ */

static void
put_object(uint32_t object, struct span value)
{
	struct card card = { .link = card_link_sim_new(sim, false) };

	OK(card.link->ops->begin(card.link));
	OK(piv_driver.probe(&card));
	OK(piv_admin(&card, NULL));
	OK(piv_put(&card, object, value));
	piv_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
}

/* Bytes in a gzip file that does not compress them. */
static size_t
gzip_stored(struct span in, uint8_t out[2048])
{
	static const uint8_t head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1 };
	struct wr w = wr_of(out, 2048);
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < in.len; i++) {
		crc ^= in.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
	}
	wr_bytes(&w, span_of(head, sizeof head));
	wr_u16le(&w, (uint16_t)in.len);
	wr_u16le(&w, (uint16_t)~in.len);
	wr_bytes(&w, in);
	wr_u32le(&w, ~crc);
	wr_u32le(&w, (uint32_t)in.len);
	OK(wr_status(&w));
	return w.len;
}

/* how: CertInfo, as it is now and as it once was. */
static void
expect_unpacked(uint8_t how)
{
	struct secret der = certificate_of(&p256);
	uint8_t packed[2048], object[2100];
	struct wr w = wr_of(object, sizeof object);
	struct device_keys keys;
	unsigned place = 0;

	new_card(&usual);
	OK(import(&p256, "gzip", 0, &place));
	tlv_put(&w, 0x70, span_of(packed, gzip_stored(secret_span(&der),
	    packed)));
	tlv_put_u8(&w, 0x71, how);
	tlv_put(&w, 0xfe, span_of(NULL, 0));
	put_object(0x5fc105, span_of(object, w.len));
	open_again();
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    secret_span(&der)));
	device_keys_free(&keys);
	secret_free(&der);
	end_card();
}

START_TEST(compressed_certificate)
{
	expect_unpacked(0x01);
	expect_unpacked(0x80);
}
END_TEST

/* Records with wide characters of four bytes; a map that is none. */
START_TEST(foreign_maps)
{
	static const char name[] = "wide";
	uint8_t object[256] = { 0x81, 0x81, 187 };
	struct device_keys keys;
	unsigned place = 0;

	new_card(&usual);
	OK(import(&p256, "one", KEY_ROLE_SIGN, &place));
	for (size_t i = 0; i < 4; i++)
		object[3 + 4 * i] = (uint8_t)name[i];
	object[3 + 160] = 0x9c;
	object[3 + 161] = 3;
	object[3 + 164] = PIV_FLAG_VALID | PIV_FLAG_DEFAULT;
	put_object(PIV_MAP, span_of(object, 3 + 187));
	open_again();
	OK(import(&rsa, "two", KEY_ROLE_ENCRYPT, &place));
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_str_eq(keys.key[0].name, "wide");
	ck_assert(keys.key[0].is_default);
	ck_assert_str_eq(keys.key[1].name, "two");
	device_keys_free(&keys);
	put_object(PIV_MAP, span_of(object, 17));
	open_again();
	ck_assert_uint_eq(count_keys(), 2);
	ck_assert_int_eq(import(&p256, "three", 0, &place), CNG_ERR_DEVICE);
	end_card();
}
END_TEST

static unsigned
the_default(void)
{
	struct device_keys keys;
	unsigned place = 0, found = 0;

	OK(device_list(dev, &keys));
	for (size_t i = 0; i < keys.count; i++) {
		found += keys.key[i].is_default;
		place = keys.key[i].is_default ? keys.key[i].place : place;
	}
	ck_assert_uint_eq(found, 1);
	device_keys_free(&keys);
	return place;
}

/* The flag goes where the caller says, else there is none and 9A counts. */
START_TEST(default_goes_on)
{
	struct device_new what = { .name = "first", .make_default = true,
		.has_place = true, .place = 0x9d };
	unsigned place = 0;

	new_card(&usual);
	OK(device_import(dev, &what, &p256, &place));
	OK(import(&p256, "second", KEY_ROLE_NONE, &place));
	ck_assert_uint_eq(place, 0x9a);
	OK(import(&p256, "third", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(place, 0x9c);
	ck_assert_uint_eq(the_default(), 0x9d);
	OK(device_remove_for(dev, 0x9d, 0x9c));
	ck_assert_uint_eq(the_default(), 0x9c);
	OK(device_remove(dev, 0x9c));
	ck_assert_uint_eq(the_default(), 0x9a);
	end_card();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { life, old_protocol, generated,
		decrypt_and_agree, primes_in_any_order, places, plain_card,
		pivapplet, pins, pin_always, management_keys, pin_only,
		compressed_certificate, foreign_maps,
		default_goes_on };

	return piv_main("card_piv", tests, ARRAY_LEN(tests));
}
