/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The OpenPGP driver: passwords that are hashed before they are sent, keys
 * that go, names that are too much alike, and how changes are noticed.
 */
#include "card_bent.h"
#include "store/card/openpgp.h"

/* --- hashed passwords ---------------------------------------------------- */

/* Of 123456, 12345678, 654321 and the reset code "resetcode"; made with another
 * implementation of the same, as is all below. */
#define SHA256_PW1 \
	"8fc77436ded3825377da921acc4fb1e0c619e426b926c30f06fbb428c6ac9701"
#define SHA256_PW3 \
	"0f5827d8b41abbff073a7032ce50d2d29336a1f0dfce5758b6a5acf46fec2cbe"
#define SHA256_NEW \
	"784cdc011350c8eb2a2e174d907132a045b44754a17bd9a510de8c5391f419fc"
#define SHA256_CODE \
	"9a5ccb013c83a64a39e4957964f8f2906c7370f67537b6cc6feaedf0791a3f38"
#define SHA512_PW1 \
	"e1208484b4b89829e500852487ec2c41e0177550dbcaa9e3a1e530c5779a8a3" \
	"878a2454df381038960897ac52a878d116c01ee38de7167ec0139dd28ff07a7aa"
#define SHA512_PW3 \
	"7b68e3f9e0f27fce8f124e8164291037ee0dab94224ba2ddfbd6ab2c929ec9e" \
	"b6a63eb156ea535f33cfa400b363866e79200ca4c8b7720f6b217f7fb8723249c"

static void
tell(struct sim *sim, const char *hex)
{
	struct secret command = unhex(hex);
	static uint8_t reply[SIM_MAX];
	size_t len;

	ck_assert(sim_exchange(sim, command.ptr, command.len, reply, &len));
	ck_assert_msg(len >= 2 && reply[len - 2] == 0x90, "%s: %02x%02x", hex,
	    reply[len - 2], reply[len - 1]);
	secret_free(&command);
}

/* Cards that have hashes in place of their passwords. */
static const struct {
	struct canned object;
	const char *change_pw1, *change_pw3;
} hashed[] = {
	{ { "00ca00f9", "81010382010883 04000186a0 840801020304050607 08"
	    "85081112131415161718 86082122232425262728 9000" },
	    "0024008126 313233343536" SHA256_PW1,
	    "0024008328 3132333435363738" SHA256_PW3 },
	/* inside its own tag; one salt for all */
	{ { "00ca00f9", "f916 810103 82010a 830400010000 8408 0102030405060708"
	    "9000" }, "0024008146 313233343536" SHA512_PW1,
	    "0024008348 3132333435363738" SHA512_PW3 },
};

static struct sim *
hashed_card(int which)
{
	struct sim *sim = new_card();

	tell(sim, "00a4040006d27600012401");
	tell(sim, hashed[which].change_pw1);
	tell(sim, hashed[which].change_pw3);
	sim_reset(sim);
	return sim;
}

START_TEST(hashed_passwords)
{
	const struct bent_link how = { .caps = 0x7d,
		.canned = &hashed[_i].object, .count = 1 };
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = hashed_card(_i);
	struct device *dev = insert_bent(sim, &how, false);
	struct device_info info;
	unsigned place;

	expect(device_login(dev, DEVICE_USER, span_str("1234567")),
	    CNG_ERR_PIN_WRONG);
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(device_info(dev, &info));
	ck_assert_int_eq(info.tries, 3);
	ok(bring(dev, &key, "key", KEY_ROLE_SIGN, &place));
	ok(device_set_pin(dev, DEVICE_USER, PIN, span_str("654321")));
	ok(device_set_pin(dev, DEVICE_ADMIN, PW3, span_str("87654321")));
	device_free(dev);
	sim_reset(sim);

	dev = insert_bent(sim, &how, false);
	ok(device_login(dev, DEVICE_USER, span_str("654321")));
	ok(device_login(dev, DEVICE_ADMIN, span_str("87654321")));
	ok(device_unblock(dev, NO_BYTES, PIN));
	ok(device_login(dev, DEVICE_USER, PIN));
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

/* What the card then has are the hashes, and nothing else. */
START_TEST(hashed_code)
{
	const struct bent_link how = { .caps = 0x7d,
		.canned = &hashed[0].object, .count = 1 };
	struct sim *sim = hashed_card(0);
	struct device *dev;

	tell(sim, "00a4040006d27600012401");
	tell(sim, "0020008320" SHA256_PW3);
	tell(sim, "00da00d320" SHA256_CODE);
	sim_reset(sim);
	dev = insert_bent(sim, &how, false);
	expect(device_unblock(dev, span_str("no code"), span_str("654321")),
	    CNG_ERR_PIN_WRONG);
	ok(device_unblock(dev, span_str("resetcode"), span_str("654321")));
	device_free(dev);
	sim_reset(sim);
	tell(sim, "00a4040006d27600012401");
	tell(sim, "0020008220" SHA256_NEW);
	sim_free(sim);
}
END_TEST

/* No try is lost on a way that we do not know. */
START_TEST(strange_hashes)
{
	static const struct canned canned[] = {
		{ "00ca00f9", "810101 9000" },
		{ "00ca00f9", "810103 820109 830400010000"
		    "8408 0102030405060708 9000" },
		{ "00ca00f9", "810103 820108 8304ffffffff"
		    "8408 0102030405060708 9000" },
		{ "00ca00f9", "810103 820108 830400010000"
		    "8407 01020304050607 9000" },
		{ "00ca00f9", "810103 820108 830400010000 9000" },
		{ "00ca00f9", "810103 820108 8303010000"
		    "8408 0102030405060708 9000" },
		{ "00ca00f9", "820108 9000" },
	};
	const struct bent_link how = { .caps = 0x7d, .canned = &canned[_i],
		.count = 1 };
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	struct device_info info;

	expect(device_login(dev, DEVICE_USER, PIN), CNG_ERR_NOT_SUPPORTED);
	expect(device_login(dev, DEVICE_ADMIN, PW3), CNG_ERR_NOT_SUPPORTED);
	ok(device_info(dev, &info));
	ck_assert_int_eq(info.tries, 3);
	device_free(dev);
	sim_free(sim);
}
END_TEST

/* --- keys that go -------------------------------------------------------- */

START_TEST(removed)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct key_material other = fresh_key(KEY_RSA, CURVE_NONE);
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim);
	struct device_keys keys;
	unsigned place;

	expect(device_remove(dev, SIGN_PLACE), CNG_ERR_NOT_FOUND);
	ok(bring(dev, &key, "key", KEY_ROLE_SIGN, &place));
	ok(bring(dev, &key, "another", KEY_ROLE_AGREE, &place));
	ck_assert_uint_eq(place, DECRYPT_PLACE);
	expect(bring(dev, &other, "third", 0, &place), CNG_ERR_STORE_FULL);
	ok(device_remove(dev, DECRYPT_PLACE));
	expect(device_remove(dev, DECRYPT_PLACE), CNG_ERR_NOT_FOUND);
	ok(bring(dev, &other, "another", 0, &place));
	ck_assert_uint_eq(place, DECRYPT_PLACE);
	/* of two for signatures, the one that is left is the default */
	ok(bring(dev, &key, "signs, too", KEY_ROLE_SIGN, &place));
	ck_assert_uint_eq(place, 2);
	ok(device_remove(dev, SIGN_PLACE));
	ok(device_list(dev, &keys));
	ck_assert(!keys.key[0].is_default && keys.key[1].is_default);
	device_keys_free(&keys);
	ok(device_remove(dev, place));
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(keys.key[0].is_default);
	ck_assert_str_eq(keys.key[0].name, "another");
	ck_assert(key_same_public(&keys.key[0].public, &other));
	device_keys_free(&keys);
	device_free(dev);

	/* neither without the PIN, nor by somebody who is not in charge */
	dev = insert(sim);
	expect(device_remove(dev, DECRYPT_PLACE), CNG_ERR_NOT_LOGGED_IN);
	device_free(dev);
	sim_reset(sim);
	ok(card_link_sim_device(&dev, sim, NO_BYTES, NULL));
	ok(device_login(dev, DEVICE_USER, PIN));
	expect(device_remove(dev, DECRYPT_PLACE), CNG_ERR_NO_ADMIN);
	ck_assert_uint_eq(count_keys(dev), 1);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
	key_free(&other);
}
END_TEST

/* At each command: the container is there with its name and certificate, or
 * there is none and its place is free. */
START_TEST(pulled_removal)
{
	const struct span der = span_of((const uint8_t *)"\x30\3\2\1\1", 5);
	const struct device_new what = { .name = "to go",
		.role = KEY_ROLE_SIGN, .certificate = der };
	enum sim_fault fault = _i == 0 ? SIM_REMOVE : SIM_TEAR;
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	unsigned long n = 0;

	while (st != CNG_OK && n < 60) {
		struct sim *sim = new_card();
		struct device *dev = insert_with_pin(sim);
		struct device_keys keys;
		unsigned place;

		ok(device_import(dev, &what, &key, &place));
		sim_fault(sim, fault, ++n, false);
		st = device_remove(dev, place);
		sim_fault(sim, fault, 0, false);
		device_free(dev);
		dev = insert_with_pin(sim);
		ok(device_list(dev, &keys));
		ck_assert_uint_le(keys.count, st != CNG_OK);
		if (keys.count == 1) {
			ck_assert_str_eq(keys.key[0].name, "to go");
			ck_assert(span_equal(
			    secret_span(&keys.key[0].certificate), der));
		} else {
			ok(bring(dev, &key, "to go", KEY_ROLE_SIGN, &place));
			ck_assert_uint_eq(place, SIGN_PLACE);
		}
		device_keys_free(&keys);
		ck_assert_uint_eq(count_keys(dev), 1);
		device_free(dev);
		sim_free(sim);
	}
	ok(st);
	ck_assert_uint_gt(n, 12);
	key_free(&key);
}
END_TEST

/* A card that keeps its attributes keeps its keys. */
START_TEST(not_removed)
{
	const struct bent_link how = { .caps = 0x78 };
	struct key_material key = fresh_key(KEY_RSA, CURVE_NONE);
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	unsigned place;

	ok(device_login(dev, DEVICE_USER, PIN));
	ok(bring(dev, &key, "key", KEY_ROLE_SIGN, &place));
	expect(device_remove(dev, place), CNG_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(count_keys(dev), 1);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

/* A card that says yes and does nothing: the key has its name again. */
START_TEST(kept)
{
	static const struct canned canned[] = { { "00da00c1", "9000" } };
	struct bent_link how = { .canned = canned, .count = 0 };
	struct key_material key = fresh_key(KEY_RSA, CURVE_NONE);
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	struct device_keys keys;
	unsigned place;

	ok(device_login(dev, DEVICE_USER, PIN));
	ok(bring(dev, &key, "key", KEY_ROLE_SIGN, &place));
	device_free(dev);
	sim_reset(sim);
	how.count = 1;
	dev = insert_bent(sim, &how, false);
	ok(device_login(dev, DEVICE_USER, PIN));
	expect(device_remove(dev, place), CNG_ERR_NOT_SUPPORTED);
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_str_eq(keys.key[0].name, "key");
	device_keys_free(&keys);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

/* --- names, changes, lengths --------------------------------------------- */

START_TEST(names)
{
	static const char *const bad[] = { "", "a\\b",
		"1234567890123456789012345678901234567890", "\xff" };
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim);
	unsigned place, second;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(bring(dev, &key, bad[i], KEY_ROLE_SIGN, &place),
		    CNG_ERR_ARGUMENT);
	ok(bring(dev, &key, "\xc3\x84pfel", KEY_ROLE_SIGN, &place));
	expect(bring(dev, &key, "\xc3\xa4PFEL", KEY_ROLE_SIGN, &second),
	    CNG_ERR_EXISTS);
	/* but the same one may be written otherwise */
	ok(device_rename(dev, place, "\xc3\xa4PFEL"));
	ok(bring(dev, &key, "123456789012345678901234567890123456789",
	    KEY_ROLE_SIGN, &second));
	ck_assert_uint_eq(second, AUTH_PLACE);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

/* What another program does is seen by the one that only looks. */
START_TEST(stamps)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = new_card();
	struct device *dev = insert_with_pin(sim), *other;
	uint64_t before, after;
	unsigned place;

	ok(device_stamp(dev, &before));
	ok(device_stamp(dev, &after));
	ck_assert(before == after);
	ok(card_link_sim_device(&other, sim, PW3, NULL));
	ok(device_login(other, DEVICE_USER, PIN));
	ok(bring(other, &key, "key", KEY_ROLE_SIGN, &place));
	ok(device_stamp(dev, &after));
	ck_assert(before != after);
	before = after;
	ok(device_login(other, DEVICE_USER, PIN));
	ok(device_rename(other, place, "name"));
	ok(device_stamp(dev, &after));
	ck_assert(before != after);
	device_free(other);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

/* A signature that is too short or too long is none. */
START_TEST(wrong_lengths)
{
	static const struct canned canned[] = {
		{ "002a9e9a", "0102030405 9000" },
		{ "002a9e9a", "9000" },
		{ "002a9e9a",
		    "0000000000000000000000000000000000000000000000000000000000"
		    "0000000000000000000000000000000000000000000000000000000000"
		    "00000000000000 9000" },
	};
	const struct bent_link how = { .canned = &canned[_i], .count = 1 };
	const struct key_op op = { .scheme = OP_ECDSA,
		.hash = HASH_SHA256 };
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	struct sim *sim = new_card();
	struct device *dev = insert_bent(sim, &how, false);
	struct device_keys keys;
	struct key_holder *holder;
	uint8_t room[256] = { 0 };
	struct wr w = wr_of(room, sizeof room);
	unsigned place;

	ok(device_login(dev, DEVICE_USER, PIN));
	ok(bring(dev, &key, "key", KEY_ROLE_SIGN, &place));
	ok(device_list(dev, &keys));
	ok(device_holder(dev, &keys.key[0], &holder));
	ok(device_login_once(dev, PIN));
	expect(holder->ops->run(holder, &op, HOLDER_SIGN, span_of(room, 32),
	    &w), CNG_ERR_DEVICE);
	ck_assert_uint_eq(w.len, 0);
	holder->ops->free(holder);
	device_keys_free(&keys);
	device_free(dev);
	sim_free(sim);
	key_free(&key);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_openpgp_more");
	TCase *tcase = tcase_create("card_openpgp_more");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, hashed_passwords, 0,
	    (int)ARRAY_LEN(hashed));
	tcase_add_test(tcase, hashed_code);
	tcase_add_loop_test(tcase, strange_hashes, 0, 7);
	tcase_add_test(tcase, removed);
	tcase_add_loop_test(tcase, pulled_removal, 0, 2);
	tcase_add_test(tcase, not_removed);
	tcase_add_test(tcase, kept);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, stamps);
	tcase_add_loop_test(tcase, wrong_lengths, 0, 3);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
