/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The OpenPGP driver on cards that are not like the simulated one: older ones,
 * and those that say the same in another way.
 */
#include "card_bent.h"
#include "store/card/openpgp.h"

/* --- cards --------------------------------------------------------------- */

START_TEST(hashed_pins)
{
	static const struct canned canned[] = {
		{ "00ca00f9", "8101038201080303000003 9000" },
	};
	const struct bent_link how = { .caps = 0x7d, .canned = canned,
		.count = 1 };
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	struct device_info info;

	expect(device_login(dev, DEVICE_USER, PIN), CNG_ERR_NOT_SUPPORTED);
	expect(device_login(dev, DEVICE_ADMIN, PW3), CNG_ERR_NOT_SUPPORTED);
	expect(device_set_pin(dev, DEVICE_USER, PIN, PIN),
	    CNG_ERR_NOT_SUPPORTED);
	expect(device_unblock(dev, PW3, PIN), CNG_ERR_NOT_SUPPORTED);
	ok(device_info(dev, &info));
	ck_assert_int_eq(info.tries, 3);
	ck_assert_uint_eq(count_keys(dev), 0);
	device_free(dev);
	sim_free(sim);
}
END_TEST

START_TEST(unhashed_pins)
{
	static const struct canned canned[] = {
		{ "00ca00f9", "f903810100 9000" },
		{ "00ca00f9", "810100 9000" },
		{ "00ca00f9", "6a88" },
	};
	const struct bent_link how = { .caps = 0x7d, .canned = &canned[_i],
		.count = 1 };
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);

	ok(device_login(dev, DEVICE_USER, PIN));
	device_free(dev);
	sim_free(sim);
}
END_TEST

/* A card that does not tell what its keys may become. */
START_TEST(no_algorithms)
{
	static const struct canned canned[] = { { "00ca00fa", "6a88" } };
	static const struct {
		enum key_family family;
		enum key_curve curve;
		unsigned role;
	} sorts[] = {
		{ KEY_EC, CURVE_P384, KEY_ROLE_SIGN },
		{ KEY_EDWARDS, CURVE_ED25519, KEY_ROLE_SIGN },
		{ KEY_MONTGOMERY, CURVE_X25519, KEY_ROLE_AGREE },
	};
	const struct bent_link how = { .canned = canned, .count = 1,
		.with_40 = true };
	struct key_material twisted = fresh_key(KEY_EC, CURVE_BP160T1);
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	unsigned place;

	ok(device_login(dev, DEVICE_USER, PIN));
	expect(bring(dev, &twisted, "no", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(count_keys(dev), 0);
	for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
		struct key_material key = fresh_key(sorts[i].family,
		    sorts[i].curve);
		char name[] = { (char)('a' + i), '\0' };

		ok(bring(dev, &key, name, sorts[i].role, &place));
		key_free(&key);
	}
	ck_assert_uint_eq(count_keys(dev), 3);
	device_free(dev);
	sim_free(sim);
	key_free(&twisted);
}
END_TEST

/* Attributes that stay as they are, no objects for us, no choice among the
 * certificates. */
START_TEST(fixed)
{
	static const struct canned canned[] = { { "00a5", "6d00" } };
	const struct bent_link how = { .caps = 0x60, .canned = canned,
		.count = 1 };
	struct key_material ec = fresh_key(KEY_EC, CURVE_P256);
	struct key_material rsa = fresh_key(KEY_RSA, CURVE_NONE);
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	unsigned place;

	/* nor is the PIN needed, then */
	expect(bring(dev, &ec, "OpenPGP signature", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_SUPPORTED);
	expect(bring(dev, &rsa, "a name", KEY_ROLE_SIGN, &place),
	    CNG_ERR_NOT_SUPPORTED);
	ok(bring(dev, &rsa, "OpenPGP signature", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(count_keys(dev), 1);
	expect(device_put_certificate(dev, SIGN_PLACE, NO_BYTES),
	    CNG_ERR_NOT_SUPPORTED);
	ok(device_put_certificate(dev, AUTH_PLACE, NO_BYTES));
	device_free(dev);
	sim_free(sim);
	key_free(&ec);
	key_free(&rsa);
}
END_TEST

/* A command that is to have its length once more. */
START_TEST(length_before_it)
{
	static const struct canned canned[] = {
		{ "00a5000406", "6a80" },
		{ "00a50004070660045c027f21", "9000" },
	};
	const struct bent_link how = { .canned = canned,
		.count = ARRAY_LEN(canned) };
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);

	ok(device_put_certificate(dev, AUTH_PLACE, NO_BYTES));
	device_free(dev);
	sim_free(sim);
}
END_TEST

START_TEST(wrong_without_tries)
{
	const struct bent_link how = { .wrong_is_6982 = true };
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	struct span wrong = span_str("654321");

	expect(device_login(dev, DEVICE_USER, wrong), CNG_ERR_PIN_WRONG);
	expect(device_login(dev, DEVICE_USER, wrong), CNG_ERR_PIN_WRONG);
	expect(device_login(dev, DEVICE_USER, wrong), CNG_ERR_PIN_LOCKED);
	device_free(dev);
	sim_free(sim);
}
END_TEST

/* PW1 is good for any number of signatures. */
START_TEST(many_signatures)
{
	static const uint8_t put[] = { 0x00, 0xda, 0x00, 0xc4, 0x01, 0x01 };
	static const uint8_t admin[] = { 0x00, 0x20, 0x00, 0x83, 0x08, '1',
		'2', '3', '4', '5', '6', '7', '8' };
	static const uint8_t digest[32] = { 1 };
	static uint8_t reply[SIM_MAX];
	const struct key_op op = { .scheme = OP_ECDSA };
	struct key_material ec = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = new_card();
	struct device *dev = insert(sim);
	struct device_keys keys;
	struct key_holder *holder;
	unsigned place;
	size_t len;

	ck_assert(sim_exchange(sim, admin, sizeof admin, reply, &len));
	ck_assert(sim_exchange(sim, put, sizeof put, reply, &len));
	ck_assert_uint_eq(reply[0], 0x90);
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(bring(dev, &ec, "a", KEY_ROLE_SIGN, &place));
	ok(device_list(dev, &keys));
	ck_assert_int_eq(keys.key[0].pin, DEVICE_PIN_ONCE);
	ok(device_holder(dev, &keys.key[0], &holder));
	for (int i = 0; i < 3; i++) {
		struct wr w = wr_of(reply, sizeof reply);

		ok(holder->ops->run(holder, &op, HOLDER_SIGN,
		    span_of(digest, sizeof digest), &w));
		ck_assert_uint_eq(w.len, 64);
	}
	holder->ops->free(holder);
	device_keys_free(&keys);
	device_free(dev);
	sim_free(sim);
	key_free(&ec);
}
END_TEST

/* T=0; short commands; Le to the byte. */
START_TEST(protocols)
{
	const struct sim_options options[] = {
		{ .apps = "openpgp", .t0 = true },
		{ .apps = "openpgp", .short_only = true },
		{ .apps = "openpgp", .exact_le = true },
	};
	const struct bent_link how = { .count = 0 };
	struct key_material rsa = fresh_key(KEY_RSA, CURVE_NONE);
	struct sim *sim = sim_new(&options[_i]);
	struct device *dev = insert_bent(sim, &how, options[_i].t0);
	unsigned place;

	ok(device_login(dev, DEVICE_USER, PIN));
	ok(bring(dev, &rsa, "a", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(count_keys(dev), 1);
	device_free(dev);
	sim_free(sim);
	key_free(&rsa);
}
END_TEST

/* --- extended length instead of chains ----------------------------------- */

static const struct sim_options unchained = { .apps = "openpgp",
	.no_chaining = true };

static void
check_decryption(struct device *dev, const struct key_material *rsa)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct device_keys keys;
	struct key_holder *holder;
	struct crypto_key *public, *held;
	uint8_t sealed[256], plain[256];
	struct wr w = wr_of(sealed, sizeof sealed);
	struct wr p = wr_of(plain, sizeof plain);

	ok(crypto_key_new(&public, rsa));
	ok(crypto_encrypt(public, &op, span_str("a secret"), &w));
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ok(device_holder(dev, &keys.key[0], &holder));
	ok(crypto_key_held(&held, &keys.key[0].public, holder));
	ok(crypto_decrypt(held, &op, span_of(sealed, w.len), &p));
	ck_assert(span_equal(span_of(plain, p.len), span_str("a secret")));
	crypto_key_free(held);
	crypto_key_free(public);
	device_keys_free(&keys);
}

START_TEST(extended_length)
{
	struct key_material rsa = fresh_key(KEY_RSA, CURVE_NONE);
	uint8_t der[900] = { 0x30, 0x82, 896 >> 8, 896 & 0xff };
	struct sim *sim = sim_new(&unchained);
	struct device *dev = insert_with_pin(sim);
	struct card_link *link;
	struct device_keys keys;
	unsigned place;

	ok(bring(dev, &rsa, "a", KEY_ROLE_ENCRYPT, &place));
	ck_assert_uint_eq(place, DECRYPT_PLACE);
	check_decryption(dev, &rsa);
	ok(device_put_certificate(dev, place, span_of(der, sizeof der)));
	device_free(dev);
	ok(card_link_sim_device(&dev, sim, PW3, &link));
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    span_of(der, sizeof der)));
	device_keys_free(&keys);
	card_link_sim_reset_at(link, 1);
	check_decryption(dev, &rsa);
	device_free(dev);
	sim_free(sim);
	key_free(&rsa);
}
END_TEST

/* Its certificates may be of 2048 bytes, its commands too. */
START_TEST(too_long_for_one_command)
{
	struct key_material rsa = fresh_key(KEY_RSA, CURVE_NONE);
	static uint8_t der[2040] = { 0x30, 0x82, 2036 >> 8, 2036 & 0xff };
	struct sim *sim = sim_new(&unchained);
	struct device *dev = insert_with_pin(sim);
	unsigned place;

	ok(bring(dev, &rsa, "a", KEY_ROLE_ENCRYPT, &place));
	expect(device_put_certificate(dev, place, span_of(der, sizeof der)),
	    CNG_ERR_DATA_SIZE);
	der[3] = 2035 & 0xff;
	ok(device_put_certificate(dev, place, span_of(der, sizeof der - 1)));
	check_decryption(dev, &rsa);
	device_free(dev);
	sim_free(sim);
	key_free(&rsa);
}
END_TEST

/* What a card says of the commands that it takes. */
struct says {
	uint8_t version;
	const char *history;
	const char *lengths;     /* 7F66 */
	size_t extended;         /* what becomes of it */
};

static void
put_hex(struct wr *w, uint32_t tag, const char *hex)
{
	struct secret value = unhex(hex);

	tlv_put(w, tag, secret_span(&value));
	secret_free(&value);
}

/* 6E instead of that of the card, with 1234 where version 2 has the longest
 * data. */
static bool
say_application(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	static const uint8_t get[] = { 0, 0xca, 0, 0x6e };
	static const uint8_t zeros[60];
	const struct says *says = arg;
	uint8_t aid[16] = { 0xd2, 0x76, 0, 1, 0x24, 1, says->version };
	uint8_t body[400], whole[400];
	struct wr w = wr_of(body, sizeof body), all = wr_of(whole, 400);
	struct wr out = wr_of(answer, 400);

	if (command.len < 4 || memcmp(command.ptr, get, 4) != 0)
		return false;
	put_hex(&w, 0xc0, "7400 00ff 0800 1234 0800");
	for (uint32_t i = 0; i < 3; i++)
		put_hex(&w, 0xc1 + i, "010800002000");
	tlv_put(&w, 0xc4, span_of(zeros, 7));
	tlv_put(&w, 0xc5, span_of(zeros, 60));
	tlv_put(&all, 0x4f, span_of(aid, sizeof aid));
	if (says->history != NULL)
		put_hex(&all, 0x5f52, says->history);
	if (says->lengths != NULL)
		put_hex(&all, 0x7f66, says->lengths);
	tlv_put(&all, 0x73, span_of(body, w.len));
	tlv_put(&out, 0x6e, span_of(whole, all.len));
	wr_bytes(&out, span_of("\x90", 2));
	ok(wr_status(&out));
	*len = out.len;
	return true;
}

static const struct says sayings[] = {
	{ 2, "0031f573c00140059000", NULL, APDU_EXTENDED + 0x1234 },
	{ 3, "0031f573c00140059000", NULL, 65535 },
	{ 3, "0031f573c00140059000", "0202080002020900", 0x800 },
	{ 3, "0031f573c00140059000", "0202", 65535 },
	{ 3, "0073c00140059000", "0202080002020800", 0x800 },
	/* those that take chains, or nothing but short commands */
	{ 3, "0031f573c001c0059000", "0202080002020800", 0 },
	{ 3, "0031f573c00180059000", "0202080002020800", 0 },
	{ 3, "0031f573c00100059000", "0202080002020800", 0 },
	/* which do not tell */
	{ 3, NULL, NULL, 0 },
	{ 3, "", NULL, 0 },
	{ 3, "00", NULL, 0 },
	{ 3, "00059000", NULL, 0 },
	{ 3, "0073c00140", NULL, 0 },
	{ 3, "0072c040059000", NULL, 0 },
	{ 3, "007fc00140059000", NULL, 0 },
	{ 3, "8031f573c00140059000", NULL, 0 },
};

START_TEST(capabilities)
{
	struct says says = sayings[_i];
	struct sim *sim = new_card();
	struct card_link *link = card_link_sim_new(sim, false);
	struct card card = { .link = link };

	card_link_sim_lie(link, say_application, &says);
	ok(link->ops->begin(link));
	ok(openpgp_driver.probe(&card));
	ck_assert_uint_eq(link->extended, says.extended);
	/* until the card has said so again */
	link->extended = 1;
	card_link_sim_lie(link, NULL, NULL);
	expect(openpgp_driver.select(&card), CNG_ERR_DEVICE_REMOVED);
	ck_assert_uint_eq(link->extended, 0);
	openpgp_driver.free(&card);
	link->ops->end(link, false);
	link->ops->close(link);
	sim_free(sim);
}
END_TEST

/* The first one is the example of draft-koch-eddsa-for-openpgp; GnuPG has made
 * the others. */
static const struct {
	const char *attr;
	uint32_t time;
	const char *first, *second; /* numbers */
	const char *print;
} prints[] = {
	{ "162b06010401da470f01", 1408458507,
	    "3f098994bdd916ed4053197934e4a87c80733a1280d62f8010992e43"
	    "ee3b2406",
	    NULL,
	    "c959bdbafa32a2f89a153b678cfde12197965a9a" },
	{ "132b81040022", 1795327153,
	    "514a1a27466ed7831f4f78294813ffdcba73424ce38dde4cffecedb6"
	    "c80cdd440afcc998b34677baaa512fd8210b8dd5",
	    "5854c24084ec7e1e1965e96fa00140f87bdad7c9bbad4a00e01655fc"
	    "143b4aabf03d51045a52718e48290d6daa32188f",
	    "38944450f58966b324c173495a88673d135979cd" },
	{ "122b060104019755010501", 1795327153,
	    "96299103179154d37056803e55dd6de9ed9cca32a409e1199b4ad7b0"
	    "cf29526d",
	    NULL,
	    "c0bf8a09cc656120beca9c00837b33a800b97bab" },
	{ "122b81040023", 1795327153,
	    "015d50aca6140a8fef89e612317764c179946a2906e999336e474682"
	    "1edb4bd5da22836358937491b5f1ade30dded1e9d1d8181b35947e10"
	    "a3dd5d6fbc80199eeb52",
	    "003d0eebce63aaf54f3d92bb26a19a40a71e792982491508faa5544e"
	    "1deb7124bb53f965e8fd720f21cd5e54850d63c6aba42eb8d2d7172e"
	    "7d953c59f3772396b530",
	    "fad3dc8f1b292b2f391314cf96bf6601051ed8e1" },
	{ "010800002000", 1795327153,
	    "e60fdebe688b6d454916631b648a15fe86bf87407f9c3fdbb40f62db"
	    "1aa24ec0b285aa45a1ea71041318004cce41458fff30291a3d66e71c"
	    "d254f59c8c9449f00e4aad4c542c4e199cd05d380ea8fdabb531ac89"
	    "5b05ed3409a6b1a933cc00688198520c05c9e84922fb1c586c374036"
	    "5c1f329b7c758f0be30ef89cd753ad6ac7bf850b047a3e1d5f08463b"
	    "6e3f03f6043b72c8f77dbf85f3f7ab7b690171de9e2a883a747a25ca"
	    "bce69fe8101688898607d887c9fd4d314408f778995979bbb3b8723f"
	    "314d0324b41fc3a191040179d569d995797755dd2725e20917209706"
	    "f167c874e160c50ae2c1fe63b4bde866959e7bb1c62d6edc2c8d67ee"
	    "b92d6b15",
	    "010001",
	    "5f3959c4f6a8a25187b9c3c1d50b6f4b28b57f35" },
};

START_TEST(fingerprint)
{
	struct secret raw = unhex(prints[_i].attr);
	struct key_material key = { 0 };
	struct pgp_attr attr;
	uint8_t print[PGP_PRINT];

	ck_assert(pgp_attr_parse(&attr, secret_span(&raw)));
	key.family = attr.family;
	key.curve = attr.curve;
	set_hex(&key, RSA_N, prints[_i].first);
	if (prints[_i].second != NULL)
		set_hex(&key, RSA_E, prints[_i].second);
	ok(pgp_fingerprint(&attr, &key, prints[_i].time, print));
	expect_hex(span_of(print, sizeof print), prints[_i].print);
	secret_free(&raw);
	key_free(&key);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_openpgp_old");
	TCase *tcase = tcase_create("card_openpgp_old");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, hashed_pins);
	tcase_add_loop_test(tcase, unhashed_pins, 0, 3);
	tcase_add_test(tcase, no_algorithms);
	tcase_add_test(tcase, fixed);
	tcase_add_test(tcase, length_before_it);
	tcase_add_test(tcase, wrong_without_tries);
	tcase_add_test(tcase, many_signatures);
	tcase_add_loop_test(tcase, protocols, 0, 3);
	tcase_add_test(tcase, extended_length);
	tcase_add_test(tcase, too_long_for_one_command);
	tcase_add_loop_test(tcase, capabilities, 0, (int)ARRAY_LEN(sayings));
	tcase_add_loop_test(tcase, fingerprint, 0, (int)ARRAY_LEN(prints));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
