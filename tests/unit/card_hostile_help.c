/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What tests with cards that mean harm share.
 */
#include "card_hostile.h"

#include "crypto/crypto.h"

#define ADMIN "010203040506070801020304050607080102030405060708"
#define PIN span_str("123456")
#define PUK span_str("12345678")

struct sim *sim;
struct device *dev;
struct card_link *way;
enum cng_status hostile_expect;

static int app_now;
static enum holder_way way_now; /* what the first container is for */
static struct device_key first; /* what hostile_fill made */
static struct key_material made; /* what the card itself has made */

static const char *const apps[HOSTILE_APPS] = { "piv", "gids", "openpgp" };

void
hostile_ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_name(st));
}

static struct span
admin(void)
{
	return app_now == HOSTILE_OPENPGP ? PUK : span_str(ADMIN);
}

/* --- a card -------------------------------------------------------------- */

void
hostile_insert(void)
{
	device_free(dev);
	dev = NULL;
	sim_reset(sim);
	ck_assert_int_eq(card_link_sim_device(&dev, sim, admin(), &way),
	    hostile_expect);
	if (dev != NULL)
		hostile_login();
}

void
hostile_begin(int app)
{
	const struct sim_options options = { .apps = apps[app] };

	app_now = app;
	way_now = HOLDER_SIGN;
	hostile_expect = CNG_OK;
	sim = sim_new(&options);
	ck_assert_ptr_nonnull(sim);
	hostile_insert();
}

void
hostile_end(void)
{
	device_free(dev);
	dev = NULL;
	sim_free(sim);
	sim = NULL;
	key_free(&first.public);
	first = (struct device_key){ .place = 0 };
	key_free(&made);
}

void
hostile_login(void)
{
	hostile_ok(device_login(dev, DEVICE_USER, PIN));
}

/* --- containers ---------------------------------------------------------- */

static enum fuzz_key
kind_now(void)
{
	if (app_now == HOSTILE_GIDS)
		return FUZZ_RSA1024;
	return way_now == HOLDER_DECRYPT ? FUZZ_RSA2048 : FUZZ_P256;
}

static unsigned
role_now(void)
{
	if (way_now == HOLDER_AGREE)
		return KEY_ROLE_AGREE;
	return app_now == HOSTILE_GIDS || way_now == HOLDER_DECRYPT ?
	    KEY_ROLE_ENCRYPT : KEY_ROLE_SIGN;
}

const struct key_material *
hostile_key(void)
{
	return fuzz_key(kind_now());
}

static struct device_new
container(const char *name)
{
	return (struct device_new){ .name = name, .role = role_now(),
		.certificate = fuzz_certificate(kind_now()) };
}

void
hostile_fill(void)
{
	const struct device_new what = container("first");
	struct device_keys keys;
	unsigned place;

	hostile_ok(device_import(dev, &what, hostile_key(), &place));
	hostile_ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	key_free(&first.public);
	first = keys.key[0];
	first.certificate = (struct secret){ 0 };
	hostile_ok(key_copy_public(&first.public, &keys.key[0].public));
	device_keys_free(&keys);
}

size_t
hostile_count(void)
{
	struct device_keys keys;
	size_t count;

	hostile_ok(device_list(dev, &keys));
	count = keys.count;
	device_keys_free(&keys);
	return count;
}

enum cng_status
hostile_import(const char *name, unsigned *place)
{
	const struct device_new what = container(name);

	return device_import(dev, &what, hostile_key(), place);
}

static struct crypto_key *
held_key(const struct device_key *key)
{
	struct key_holder *holder;
	struct crypto_key *held;

	hostile_ok(device_holder(dev, key, &holder));
	hostile_ok(crypto_key_held(&held, &key->public, holder));
	return held;
}

enum cng_status
hostile_sign(const struct device_key *key)
{
	const struct key_op op = { .scheme = key->public.family == KEY_RSA ?
		OP_RSA_PKCS1 : OP_ECDSA, .hash = HASH_SHA256 };
	struct span data = span_str("to be signed");
	struct crypto_key *held;
	uint8_t out[512];
	struct wr w = wr_of(out, sizeof out);
	enum cng_status st = CNG_OK;

	if (key->pin == DEVICE_PIN_ALWAYS)
		st = device_login_once(dev, PIN);
	if (st != CNG_OK)
		return st;
	held = held_key(key);
	st = crypto_sign(held, &op, data, &w);
	if (st == CNG_OK)
		st = crypto_verify(held, &op, data, span_of(out, w.len));
	else
		ck_assert_uint_eq(w.len, 0);
	crypto_pin_done(held);
	crypto_key_free(held);
	return st;
}

/* --- use ----------------------------------------------------------------- */

static enum cng_status
decrypt(void)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct span text = span_str("to be read");
	struct crypto_key *held = held_key(&first);
	uint8_t in[512], out[512];
	struct wr c = wr_of(in, sizeof in), w = wr_of(out, sizeof out);
	enum cng_status st;

	hostile_ok(crypto_encrypt(held, &op, text, &c));
	st = crypto_decrypt(held, &op, span_of(in, c.len), &w);
	if (st == CNG_OK && !span_equal(span_of(out, w.len), text))
		st = CNG_ERR_DATA;
	crypto_key_free(held);
	return st;
}

/* With itself: the same key here and there. */
static enum cng_status
agree(void)
{
	struct crypto_key *held = held_key(&first), *here;
	struct key_op op = { .scheme = OP_ECDH };
	struct secret point = { 0 }, a = { 0 }, b = { 0 };
	enum cng_status st;

	hostile_ok(secret_copy(&point, span_of((const uint8_t *)"\4", 1)));
	hostile_ok(secret_append(&point, key_part(hostile_key(), EC_X)));
	hostile_ok(secret_append(&point, key_part(hostile_key(), EC_Y)));
	op.peer = secret_span(&point);
	st = crypto_derive(held, &op, 0, &a);
	if (st == CNG_OK) {
		hostile_ok(crypto_key_new(&here, hostile_key()));
		hostile_ok(crypto_derive(here, &op, 0, &b));
		crypto_key_free(here);
		if (!span_equal(secret_span(&a), secret_span(&b)))
			st = CNG_ERR_DATA;
	} else {
		ck_assert_ptr_null(a.ptr);
	}
	secret_free(&a);
	secret_free(&b);
	secret_free(&point);
	crypto_key_free(held);
	return st;
}

/* --- everything ---------------------------------------------------------- */

static enum cng_status
work_info(void)
{
	struct device_info info;

	return device_info(dev, &info);
}

static enum cng_status
work_list(void)
{
	struct device_keys keys;
	enum cng_status st = device_list(dev, &keys);

	ck_assert(st == CNG_OK || (keys.count == 0 && keys.key == NULL));
	device_keys_free(&keys);
	return st;
}

static enum cng_status
work_login(void)
{
	return device_login(dev, DEVICE_USER, PIN);
}

static enum cng_status
work_admin(void)
{
	return device_login(dev, DEVICE_ADMIN, admin());
}

static enum cng_status
work_sign(void)
{
	return hostile_sign(&first);
}

static enum cng_status
work_decrypt(void)
{
	return first.public.family == KEY_RSA ? decrypt() : CNG_ERR_KEY_TYPE;
}

static enum cng_status
work_agree(void)
{
	return first.public.family == KEY_EC ? agree() : CNG_ERR_KEY_TYPE;
}

static enum cng_status
work_generate(void)
{
	const struct key_material *like = hostile_key();
	const struct key_material shape = { .family = like->family,
		.curve = like->curve };
	const struct device_new what = { .name = "another",
		.role = role_now() };
	unsigned place;
	enum cng_status st;

	key_free(&made);
	st = device_generate(dev, &what, &shape, key_bits(like), &made,
	    &place);
	if (st == CNG_OK)
		hostile_ok(crypto_check_public(&made));
	else
		ck_assert_int_eq(made.family, KEY_NONE);
	return st;
}

const struct key_material *
hostile_made(void)
{
	return &made;
}

static enum cng_status
work_import(void)
{
	unsigned place;

	return hostile_import("another", &place);
}

static enum cng_status
work_certify(void)
{
	return device_put_certificate(dev, first.place,
	    fuzz_certificate(FUZZ_RSA1024));
}

static enum cng_status
work_uncertify(void)
{
	return device_put_certificate(dev, first.place, span_of(NULL, 0));
}

static enum cng_status
work_rename(void)
{
	return device_rename(dev, first.place, "renamed");
}

static enum cng_status
work_remove(void)
{
	return device_remove(dev, first.place);
}

static enum cng_status
work_set_pin(void)
{
	return device_set_pin(dev, DEVICE_USER, PIN, PIN);
}

static enum cng_status
work_unblock(void)
{
	return device_unblock(dev, app_now == HOSTILE_GIDS ? admin() : PUK,
	    PIN);
}

static const struct {
	const char *name;
	enum cng_status (*work)(void);
	enum holder_way way;
} works[HOSTILE_WORKS] = {
	{ "info", work_info, HOLDER_SIGN },
	{ "list", work_list, HOLDER_SIGN },
	{ "login", work_login, HOLDER_SIGN },
	{ "admin", work_admin, HOLDER_SIGN },
	{ "sign", work_sign, HOLDER_SIGN },
	{ "decrypt", work_decrypt, HOLDER_DECRYPT },
	{ "agree", work_agree, HOLDER_AGREE },
	{ "set PIN", work_set_pin, HOLDER_SIGN },
	{ "unblock", work_unblock, HOLDER_SIGN },
	{ "import", work_import, HOLDER_SIGN },
	{ "generate", work_generate, HOLDER_SIGN },
	{ "put certificate", work_certify, HOLDER_SIGN },
	{ "take certificate", work_uncertify, HOLDER_SIGN },
	{ "rename", work_rename, HOLDER_SIGN },
	{ "remove", work_remove, HOLDER_SIGN },
};

enum cng_status
hostile_work(size_t which)
{
	return works[which].work();
}

const char *
hostile_work_name(size_t which)
{
	return works[which].name;
}

bool
hostile_can(int app, size_t which)
{
	return app != HOSTILE_GIDS || works[which].way != HOLDER_AGREE;
}

void
hostile_fill_for(size_t work)
{
	way_now = works[work].way;
	hostile_fill();
}
