/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSA decryption by cards: what can be told of a ciphertext whose padding is
 * wrong, by what comes back and by how often the card is asked; and that a
 * card which fails is not taken for one that has decrypted something.
 */
#include "card_link_sim.h"

#include "crypto_test.h"

#define PIN span_str("123456")
#define LEN 256

/* OpenPGP takes the padding off, GIDS can, PIV does not. */
static const struct app {
	const char *name;
	bool unpads;
	uint8_t ins;             /* of the decryption */
} apps[] = {
	{ "openpgp", true, 0x2a },
	{ "gids", true, 0x2a },
	{ "gids", false, 0x2a },
	{ "piv", false, 0x87 },
};

static const struct app *app;
static struct sim *sim;
static struct card_link *link;
static struct device *dev;
static struct crypto_key *held, *public;

/* --- a card that is left to take paddings off ---------------------------- */

struct narrow {
	struct key_holder holder;
	struct key_holder *wide;
};

static struct key_holder *
wide_of(const struct key_holder *holder)
{
	return ((const struct narrow *)(const void *)holder)->wide;
}

static bool
narrow_can(const struct key_holder *holder, const struct key_op *op,
    enum holder_way way)
{
	return op->scheme != OP_RSA_RAW &&
	    wide_of(holder)->ops->can(wide_of(holder), op, way);
}

static enum cng_status
narrow_run(struct key_holder *holder, const struct key_op *op,
    enum holder_way way, struct span in, struct wr *out)
{
	return wide_of(holder)->ops->run(wide_of(holder), op, way, in, out);
}

static void
narrow_free(struct key_holder *holder)
{
	wide_of(holder)->ops->free(wide_of(holder));
	free(holder);
}

static const struct key_holder_ops narrow_ops = {
	.can = narrow_can,
	.run = narrow_run,
	.free = narrow_free,
};

/* --- a card with one key ------------------------------------------------- */

static void
hold(void)
{
	struct narrow *narrow = malloc(sizeof *narrow);
	struct key_holder *holder;
	struct device_keys keys;

	ck_assert_ptr_nonnull(narrow);
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ok(device_holder(dev, &keys.key[0], &holder));
	*narrow = (struct narrow){ { &narrow_ops }, holder };
	if (app->unpads)
		holder = &narrow->holder;
	else
		free(narrow);
	ok(crypto_key_held(&held, &keys.key[0].public, holder));
	ok(crypto_key_new(&public, &keys.key[0].public));
	device_keys_free(&keys);
}

static void
begin(int which)
{
	const struct sim_options options = { .apps = apps[which].name };
	const struct device_new what = { .name = "key",
		.role = KEY_ROLE_ENCRYPT };
	struct key_material key = { 0 };
	unsigned place;

	app = &apps[which];
	ok(crypto_start());
	sim = sim_new(&options);
	ck_assert_ptr_nonnull(sim);
	ok(card_link_sim_device(&dev, sim,
	    strcmp(app->name, "openpgp") == 0 ? span_str("12345678") :
					       NO_BYTES, &link));
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(crypto_generate(&key, &(struct key_spec){ .family = KEY_RSA,
		.bits = 8 * LEN }));
	ok(device_import(dev, &what, &key, &place));
	key_free(&key);
	hold();
}

static void
end(void)
{
	crypto_key_free(held);
	crypto_key_free(public);
	device_free(dev);
	sim_free(sim);
	crypto_shutdown();
}

/* --- what is decrypted --------------------------------------------------- */

static const struct key_op pkcs1 = { .scheme = OP_RSA_PKCS1 };

static void
good_cipher(uint8_t cipher[LEN])
{
	struct wr w = wr_of(cipher, LEN);

	ok(crypto_encrypt(public, &pkcs1, span_str("secret"), &w));
}

enum { BAD_WAYS = 5 };

/* Padded wrongly in that way. */
static void
bad_cipher(int how, uint8_t cipher[LEN])
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	uint8_t block[LEN];
	struct wr w = wr_of(cipher, LEN);

	memset(block, 0x55, LEN);
	block[0] = how == 0;
	block[1] = how == 1 ? 1 : 2;
	if (how == 2)
		block[2 + 7] = 0; /* too early */
	if (how == 3)
		block[2] = 0;
	if (how == 0 || how == 1)
		block[LEN - 7] = 0;
	ok(crypto_encrypt(public, &raw, span_of(block, LEN), &w));
}

static enum cng_status
decrypt(const uint8_t cipher[LEN], uint8_t plain[LEN], size_t *len)
{
	struct wr w = wr_of(plain, LEN);
	enum cng_status st = crypto_decrypt(held, &pkcs1,
	    span_of(cipher, LEN), &w);

	*len = w.len;
	return st;
}

/* How many commands the card got. */
static unsigned long
commands(const uint8_t cipher[LEN])
{
	uint8_t plain[LEN];
	size_t len;

	sim_fault(sim, SIM_FAIL, 0, false);
	ok(decrypt(cipher, plain, &len));
	return sim_count(sim);
}

/* --- tests --------------------------------------------------------------- */

START_TEST(as_many_commands)
{
	uint8_t good[LEN], bad[LEN];
	unsigned long want;

	begin(_i);
	good_cipher(good);
	want = commands(good);
	for (int how = 0; how < BAD_WAYS; how++) {
		bad_cipher(how, bad);
		ck_assert_uint_eq(commands(bad), want);
		/* nor does the next one cost more */
		ck_assert_uint_eq(commands(good), want);
	}
	end();
}
END_TEST

START_TEST(bad_paddings_look_alike)
{
	uint8_t bad[LEN], one[LEN], two[LEN];
	size_t a, b;

	begin(_i);
	for (int how = 0; how < BAD_WAYS; how++) {
		bad_cipher(how, bad);
		ok(decrypt(bad, one, &a));
		ok(decrypt(bad, two, &b));
		ck_assert(span_equal(span_of(one, a), span_of(two, b)));
		ck_assert(!span_equal(span_of(one, a), span_str("secret")));
	}
	end();
}
END_TEST

/* Instead of the answer to a decryption. */
struct lie {
	uint16_t sw;
	unsigned told;
};

static bool
say(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	struct lie *lie = arg;

	/* the last link of a chain */
	if (command.ptr[1] != app->ins || (command.ptr[0] & 0x10) != 0)
		return false;
	lie->told++;
	answer[0] = (uint8_t)(lie->sw >> 8);
	answer[1] = (uint8_t)lie->sw;
	*len = lie->sw == 0 ? 1 : 2;
	return true;
}

static enum cng_status
decrypt_when(struct lie *lie, const uint8_t cipher[LEN], uint8_t plain[LEN],
    size_t *len)
{
	enum cng_status st;

	card_link_sim_lie(link, say, lie);
	st = decrypt(cipher, plain, len);
	card_link_sim_lie(link, NULL, NULL);
	return st;
}

/* However a card puts it, it is the same as the padding itself, and said
 * once. */
START_TEST(words_for_a_padding)
{
	static const uint16_t words[] = { 0x6400, 0x6984, 0x6985, 0x6a80,
		0x6f00 };
	uint8_t cipher[LEN], want[LEN], plain[LEN];
	size_t want_len, len;

	begin(_i);
	bad_cipher(1, cipher);
	ok(decrypt(cipher, want, &want_len));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct lie lie = { words[i], 0 };

		ok(decrypt_when(&lie, cipher, plain, &len));
		ck_assert(span_equal(span_of(plain, len),
		    span_of(want, want_len)));
		ck_assert_uint_eq(lie.told, 1);
	}
	end();
}
END_TEST

/* Nothing is made up then, and the key is not used twice: 0 is an answer
 * without a status word. */
START_TEST(faults_are_told)
{
	static const struct {
		uint16_t sw;
		enum cng_status st;
		unsigned told;
	} rows[] = {
		{ 0, CNG_ERR_DEVICE, 1 },
		{ 0x6581, CNG_ERR_DEVICE, 1 },
		{ 0x6600, CNG_ERR_DEVICE, 1 },
		{ 0x6700, CNG_ERR_DEVICE, 1 },
		{ 0x6a84, CNG_ERR_DEVICE, 1 },
		/* it was not done: perhaps somebody has been between */
		{ 0x6982, CNG_ERR_NOT_LOGGED_IN, 2 },
		{ 0x6a88, CNG_ERR_NOT_FOUND, 2 },
		{ 0x6d00, CNG_ERR_NOT_SUPPORTED, 2 },
	};
	uint8_t cipher[LEN], plain[LEN];
	size_t len;

	begin(_i);
	good_cipher(cipher);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lie lie = { rows[i].sw, 0 };

		expect(decrypt_when(&lie, cipher, plain, &len), rows[i].st);
		ck_assert_uint_eq(len, 0);
		ck_assert_uint_eq(lie.told, rows[i].told);
		/* it still has the beginning of the chain */
		card_link_sim_reset_at(link, 1);
		ok(decrypt(cipher, plain, &len));
	}
	end();
}
END_TEST

/* A card that does not unpad has no padding to speak of. */
START_TEST(bare_results_have_no_padding)
{
	static const struct {
		uint16_t sw;
		enum cng_status st;
	} rows[] = {
		{ 0x6a80, CNG_ERR_CIPHERTEXT }, /* beyond the modulus */
		{ 0x6f00, CNG_ERR_DEVICE },
		{ 0x6400, CNG_ERR_DEVICE },
	};
	uint8_t cipher[LEN], plain[LEN];
	size_t len;

	begin(_i);
	good_cipher(cipher);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lie lie = { rows[i].sw, 0 };

		expect(decrypt_when(&lie, cipher, plain, &len), rows[i].st);
		ck_assert_uint_eq(lie.told, 1);
	}
	end();
}
END_TEST

START_TEST(pulled)
{
	uint8_t cipher[LEN], plain[LEN];
	size_t len;

	begin(_i);
	good_cipher(cipher);
	sim_fault(sim, SIM_TEAR, 1, true);
	expect(decrypt(cipher, plain, &len), CNG_ERR_DEVICE_REMOVED);
	ck_assert_uint_eq(len, 0);
	end();
}
END_TEST

/* The card says so itself: the command is said again, with the PIN. */
START_TEST(reset_by_others)
{
	uint8_t cipher[LEN], plain[LEN];
	size_t len;

	begin(_i);
	good_cipher(cipher);
	for (unsigned long at = 1; at <= 2; at++) {
		card_link_sim_reset_at(link, at);
		ok(decrypt(cipher, plain, &len));
		ck_assert(span_equal(span_of(plain, len),
		    span_str("secret")));
	}
	end();
}
END_TEST

int
main(void)
{
	const struct {
		const TTest *test;
		int first, last;
	} tests[] = {
		{ as_many_commands, 0, 4 },
		{ bad_paddings_look_alike, 0, 4 },
		{ words_for_a_padding, 0, 2 },
		{ faults_are_told, 0, 4 },
		{ bare_results_have_no_padding, 2, 4 },
		{ pulled, 0, 4 },
		{ reset_by_others, 0, 4 },
	};
	Suite *suite = suite_create("card_unpad");
	TCase *tcase = tcase_create("card_unpad");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_loop_test(tcase, tests[i].test, tests[i].first,
		    tests[i].last);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
