/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The GIDS driver on the simulated card: a container's life, answers of a
 * broken card, and a card that is pulled in the middle of an import.
 */
#include "card_link_sim.h"

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "sample.h"
#include "store/card/gids.h"

#define PIN "123456"
#define ADMIN "010203040506070801020304050607080102030405060708"

static struct sim *sim;
static struct device *dev;
static struct card_link *way;

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

static void
insert(void)
{
	sim_reset(sim);
	ok(card_link_sim_device(&dev, sim, span_of(NULL, 0), &way));
}

static void
begin_with(const struct sim_options *options)
{
	sim = sim_new(options);
	ck_assert_ptr_nonnull(sim);
	insert();
}

static void
begin(void)
{
	const struct sim_options options = { .apps = "gids" };

	begin_with(&options);
}

static void
end(void)
{
	device_free(dev);
	sim_free(sim);
	dev = NULL;
	sim = NULL;
}

static void
quiet(void)
{
	for (int i = 0; i < SIM_FAULTS; i++)
		sim_fault(sim, (enum sim_fault)i, 0, false);
}

static void
login(void)
{
	ok(device_login(dev, DEVICE_USER, span_str(PIN)));
}

static struct key_material
make_key(size_t bits)
{
	const struct key_spec spec = { .family = KEY_RSA, .bits = bits };
	struct key_material key = { 0 };

	ok(crypto_generate(&key, &spec));
	return key;
}

static enum cng_status
import_as(const char *name, unsigned role, const struct key_material *key,
    unsigned *place)
{
	const struct device_new what = { .name = name, .role = role };

	return device_import(dev, &what, key, place);
}

static struct device_keys
list(void)
{
	struct device_keys keys;

	ok(device_list(dev, &keys));
	return keys;
}

static size_t
count(void)
{
	struct device_keys keys = list();
	size_t n = keys.count;

	device_keys_free(&keys);
	return n;
}

/* --- use ----------------------------------------------------------------- */

static void
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

/* --- pulled, reset, full ------------------------------------------------- */

/* Either all of it or nothing, and what is there works. */
static bool
whole_or_none(const struct key_material *key)
{
	struct device_keys keys = list();
	bool there = keys.count > 0;

	ck_assert_uint_le(keys.count, 1);
	if (there) {
		ck_assert_str_eq(keys.key[0].name, "torn");
		ck_assert(key_same_public(&keys.key[0].public, key));
		check_signature(&keys.key[0], OP_RSA_PKCS1);
	}
	device_keys_free(&keys);
	return there;
}

/* At each command in turn.  How many there were. */
static unsigned long
pull_at_each(enum sim_fault fault)
{
	struct key_material key = make_key(1024);
	struct secret cert = sample_read("cert_rsa1024.der");
	const struct device_new what = { .name = "torn",
		.certificate = secret_span(&cert) };
	unsigned long n = 0;
	unsigned place;
	enum cng_status st;

	do {
		login();
		sim_fault(sim, fault, ++n, false);
		st = device_import(dev, &what, &key, &place);
		quiet();
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_DEVICE_REMOVED);
		ck_assert_int_eq(device_stamp(dev, &(uint64_t){ 0 }),
		    CNG_ERR_DEVICE_REMOVED);
		device_free(dev);
		insert();
		login();
		if (whole_or_none(&key))
			ok(device_remove(dev, 0));
		/* the place is used again, and so is its room */
		ok(device_import(dev, &what, &key, &place));
		ck_assert_uint_eq(place, 0);
		ck_assert(whole_or_none(&key));
		ok(device_remove(dev, 0));
		ck_assert_uint_eq(count(), 0);
	} while (n < 200);
	ck_assert(whole_or_none(&key));
	secret_free(&cert);
	key_free(&key);
	return n;
}

START_TEST(pulled)
{
	/* room for two, not for what would be left of more */
	sim_capacity(sim, 9000);
	ck_assert_uint_gt(pull_at_each(SIM_REMOVE), 15);
}
END_TEST

START_TEST(torn)
{
	sim_capacity(sim, 9000);
	ck_assert_uint_gt(pull_at_each(SIM_TEAR), 15);
}
END_TEST

/* A container that goes is there with its key, or not at all. */
START_TEST(pulled_remove)
{
	struct key_material key = make_key(1024);
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	unsigned place;

	sim_capacity(sim, 9000);
	for (unsigned long n = 1; st != CNG_OK && n < 100; n++) {
		login();
		if (count() == 0)
			ok(import_as("torn", 0, &key, &place));
		ck_assert_uint_eq(place, 0);
		sim_fault(sim, n % 2 ? SIM_REMOVE : SIM_TEAR, n / 2 + 1,
		    false);
		st = device_remove(dev, 0);
		quiet();
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_DEVICE_REMOVED);
		device_free(dev);
		insert();
		login();
		whole_or_none(&key);
	}
	ok(st);
	ck_assert_uint_eq(count(), 0);
	key_free(&key);
}
END_TEST

/* Another program resets the card at any command: nobody notices. */
START_TEST(reset)
{
	struct key_material key = make_key(1024);
	unsigned place;

	login();
	for (unsigned long n = 1; n < 40; n++) {
		card_link_sim_reset_at(way, n);
		ok(import_as("torn", 0, &key, &place));
		card_link_sim_reset_at(way, 0);
		ck_assert(whole_or_none(&key));
		card_link_sim_reset_at(way, n);
		ok(device_remove(dev, place));
		card_link_sim_reset_at(way, 0);
		ck_assert_uint_eq(count(), 0);
	}
	key_free(&key);
}
END_TEST

START_TEST(full)
{
	struct key_material key = make_key(1024);
	enum cng_status st = CNG_OK;
	struct device_keys keys;
	char name[] = "a";
	unsigned place;

	login();
	sim_capacity(sim, 6000);
	while (st == CNG_OK && name[0] < 'z') {
		st = import_as(name, 0, &key, &place);
		name[0]++;
	}
	ck_assert_int_eq(st, CNG_ERR_STORE_FULL);
	keys = list();
	ck_assert_uint_eq(keys.count, (size_t)(name[0] - 'a' - 1));
	device_keys_free(&keys);
	ok(device_remove(dev, 0));
	ok(import_as("new", 0, &key, &place));
	ck_assert_uint_eq(place, 0);
	key_free(&key);
}
END_TEST

/* Memory ends at any allocation: nothing leaks, nothing is left behind. */
START_TEST(no_memory)
{
	struct key_material key = make_key(1024);
	struct secret cert = sample_read("cert_rsa1024.der");
	const struct device_new what = { .name = "x",
		.certificate = secret_span(&cert) };
	struct device_keys keys;
	enum cng_status st;
	unsigned long n = 0;
	unsigned place;

	login();
	do {
		mem_fail_after(++n);
		st = device_import(dev, &what, &key, &place);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(count(), st == CNG_OK);
	} while (st != CNG_OK && n < 1000);
	ok(st);
	ck_assert_uint_gt(n, 20);
	n = 0;
	do {
		mem_fail_after(++n);
		st = device_list(dev, &keys);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	} while (st != CNG_OK && n < 1000);
	ok(st);
	ck_assert_uint_eq(keys.count, 1);
	device_keys_free(&keys);
	key_free(&key);
	secret_free(&cert);
}
END_TEST

/* --- a card that talks nonsense ------------------------------------------ */

static void
try_everything(const struct key_material *key)
{
	struct device_info info;
	struct device_keys keys;
	unsigned place = 0;

	if (device_info(dev, &info) == CNG_OK)
		ck_assert_str_eq(info.kind, "GIDS");
	if (device_list(dev, &keys) == CNG_OK) {
		ck_assert_uint_le(keys.count, 2);
		device_keys_free(&keys);
	}
	if (import_as("hostile", 0, key, &place) == CNG_OK)
		ck_assert_uint_lt(place, 64);
}

/* Each kind of nonsense in each answer; afterwards the card has what it had,
 * perhaps with the new container, whole. */
START_TEST(hostile)
{
	struct key_material key = make_key(1024);
	unsigned place;

	login();
	ok(import_as("first", 0, &key, &place));
	for (unsigned long n = 1; n < 45; n++) {
		struct device_keys keys;

		sim_fault(sim, (enum sim_fault)_i, n, false);
		try_everything(&key);
		quiet();
		sim_capacity(sim, 0);
		device_free(dev);
		insert();
		login();
		keys = list();
		ck_assert_uint_ge(keys.count, 1);
		ck_assert_uint_le(keys.count, 2);
		ck_assert_str_eq(keys.key[0].name, "first");
		ck_assert(key_same_public(&keys.key[0].public, &key));
		if (keys.count > 1)
			ok(device_remove(dev, keys.key[1].place));
		device_keys_free(&keys);
	}
	key_free(&key);
}
END_TEST

/* From the first word on. */
START_TEST(hostile_always)
{
	device_free(dev);
	for (int fault = 0; fault < SIM_FAULTS; fault++) {
		for (unsigned long n = 1; n < 8; n++) {
			struct device_keys keys;

			sim_reset(sim);
			sim_fault(sim, (enum sim_fault)fault, n, true);
			if (card_link_sim_device(&dev, sim, span_of(NULL, 0),
				&way) == CNG_OK) {
				if (device_list(dev, &keys) == CNG_OK)
					device_keys_free(&keys);
				device_free(dev);
			}
			quiet();
		}
	}
	insert();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { recognised, life, names, defaults,
		refused, generated, foreign_files, protocols, pins, admin,
		pulled, torn, pulled_remove, reset, full, no_memory,
		hostile_always };
	Suite *suite = suite_create("card_gids");
	TCase *tcase = tcase_create("card_gids");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, begin, end);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, hostile, 0, SIM_FAULTS);
	suite_add_tcase(suite, tcase);
	return sample_main(suite);
}
