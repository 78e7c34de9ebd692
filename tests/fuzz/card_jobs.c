/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whatever can be done with a device.  The card lies; what the device hands
 * up must be whole all the same, and no failure is an internal one.
 */
#include "card.h"

#include <stdlib.h>

#include "base/utf16.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"

#define PIN span_str("123456")
#define PUK span_str("12345678")
#define ADMIN "010203040506070801020304050607080102030405060708"
#define ROOM 2048               /* more than the largest modulus has */

static void
must(bool condition)
{
	if (!condition)
		abort();
}

/* A refusal that says something. */
static bool
went(enum cng_status st)
{
	must(st != CNG_ERR_INTERNAL && st != CNG_ERR_DEVICE_RESET);
	return st == CNG_OK;
}

static struct span
admin_of(enum fuzz_app app)
{
	return app == FUZZ_OPENPGP ? PUK : span_str(ADMIN);
}

void
fuzz_card_open(struct fuzz_card *card, struct card_link *link,
    enum fuzz_app app)
{
	struct device_conf conf = { .admin_key = { 0 } };

	must(secret_copy(&conf.admin_key, admin_of(app)) == CNG_OK);
	if (!went(device_on(&card->dev, link, &conf)))
		must(card->dev == NULL);
	secret_free(&conf.admin_key);
}

/* --- what is handed up --------------------------------------------------- */

static void
check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	must(len < size && utf8_valid(span_of(text, len)));
}

static void
check_info(const struct device_info *info)
{
	check_text(info->label, sizeof info->label);
	check_text(info->serial, sizeof info->serial);
	check_text(info->maker, sizeof info->maker);
	for (const char *at = info->serial; *at != '\0'; at++)
		must(*at >= ' ' && *at <= '~');
	must(info->tries >= -1 && info->tries_max >= -1);
	must(info->used <= DEVICE_KEYS_MAX && info->spare <= DEVICE_KEYS_MAX);
}

static bool
has_numbers(const struct key_material *key)
{
	return key->part[0].len > 0;
}

static void
check_key(const struct device_key *key)
{
	const struct key_material *public = &key->public;

	check_text(key->name, sizeof key->name);
	must(public->family == KEY_RSA || public->family == KEY_EC ||
	    public->family == KEY_EDWARDS || public->family == KEY_MONTGOMERY);
	must(!public->has_private && key->bits > 0);
	if (!has_numbers(public))
		return;
	must(key_check_shape(public) == CNG_OK);
	must(crypto_check_public(public) == CNG_OK);
	must(key_bits(public) == key->bits);
}

static void
check_list(const struct device_keys *keys)
{
	must(keys->count <= DEVICE_KEYS_MAX);
	for (size_t i = 0; i < keys->count; i++) {
		check_key(&keys->key[i]);
		must(i == 0 || keys->key[i - 1].place < keys->key[i].place);
	}
	for (size_t i = 0; i < keys->cert_count; i++)
		must(keys->cert[i].len > 0);
}

static void
get_list(struct fuzz_card *card)
{
	device_keys_free(&card->keys);
	if (went(device_list(card->dev, &card->keys)))
		check_list(&card->keys);
	else
		must(card->keys.count == 0 && card->keys.key == NULL &&
		    card->keys.cert == NULL);
}

static void
get_info(struct device *dev)
{
	struct device_info info;

	if (went(device_info(dev, &info)))
		check_info(&info);
}

/* --- use ----------------------------------------------------------------- */

static const struct key_op ops[] = {
	{ .scheme = OP_RSA_PKCS1 },
	{ .scheme = OP_RSA_RAW },
	{ .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA1,
	    .mgf_hash = HASH_SHA1 },
	{ .scheme = OP_RSA_PSS, .hash = HASH_SHA256,
	    .pad_hash = HASH_SHA256, .mgf_hash = HASH_SHA256,
	    .salt_len = 32 },
	{ .scheme = OP_ECDSA },
	{ .scheme = OP_EDDSA },
	{ .scheme = OP_ECDH },
};

static size_t
input_len(const struct device_key *key, const struct key_op *op,
    enum holder_way way)
{
	if (way == HOLDER_AGREE)
		return key->public.family == KEY_EC ?
		    1 + 2 * key_field_bytes(&key->public) :
		    key_field_bytes(&key->public);
	if (way == HOLDER_DECRYPT || op->scheme == OP_RSA_RAW)
		return key->bits / 8;
	return 32;
}

/* As the drivers do it. */
static void
run(struct key_holder *holder, const struct device_key *key)
{
	static const uint8_t in[ROOM] = { 4, 1 };
	uint8_t *out = malloc(ROOM);

	must(out != NULL && key->bits / 8 <= ROOM);
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		for (int way = HOLDER_SIGN; way <= HOLDER_AGREE; way++) {
			struct wr w = wr_of(out, ROOM);
			size_t len = input_len(key, &ops[i],
			    (enum holder_way)way);

			if (!holder->ops->can(holder, &ops[i],
				(enum holder_way)way))
				continue;
			if (!went(holder->ops->run(holder, &ops[i],
				(enum holder_way)way, span_of(in, len), &w)))
				must(w.len == 0);
			must(!w.failed && w.len <= ROOM);
		}
	}
	free(out);
}

/* As everybody else sees it: a signature has one length, and is right. */
static void
use(struct crypto_key *held, const struct device_key *key)
{
	static const uint8_t in[ROOM] = { 4, 1 };
	size_t len = key->bits / 8;
	uint8_t out[ROOM];

	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		struct wr w = wr_of(out, sizeof out);

		if (ops[i].scheme != OP_ECDH && went(crypto_sign(held,
			&ops[i], span_of(in, 32), &w)))
			must(w.len > 0 && w.len <= ROOM);
		w = wr_of(out, sizeof out);
		if (key->public.family == KEY_RSA && went(crypto_decrypt(held,
			&ops[i], span_of(in, len), &w)))
			must(w.len <= len);
	}
}

static void
use_key(struct fuzz_card *card, uint8_t which)
{
	const struct device_key *key;
	struct key_holder *holder;
	struct crypto_key *held;

	if (card->keys.count == 0)
		return;
	key = &card->keys.key[which % card->keys.count];
	if (!went(device_holder(card->dev, key, &holder)))
		return;
	if (which >= 0x80 || !has_numbers(&key->public)) {
		run(holder, key);
		holder->ops->free(holder);
	} else if (went(crypto_key_held(&held, &key->public, holder))) {
		use(held, key);
		crypto_key_free(held);
	}
}

/* --- changes ------------------------------------------------------------- */

static const unsigned roles[] = { KEY_ROLE_SIGN, KEY_ROLE_ENCRYPT,
	KEY_ROLE_AGREE, KEY_ROLE_NONE };

static const char *const names[] = { "one", "Zwei \xc3\xa4",
	"123456789012345678901234567890123456789", "one" };

static struct device_new
make_new(uint8_t how, enum fuzz_key kind)
{
	struct device_new what = { .name = names[how & 3],
		.role = roles[how >> 2 & 3],
		.make_default = (how & 0x10) != 0 };

	if (how & 0x20)
		what.certificate = fuzz_certificate(kind);
	return what;
}

static void
import(struct fuzz_card *card, uint8_t how, uint8_t which)
{
	enum fuzz_key kind = (enum fuzz_key)(which % FUZZ_KEYS);
	struct device_new what = make_new(how, kind);
	unsigned place = 0;

	(void)went(device_import(card->dev, &what, fuzz_key(kind), &place));
}

static void
generate(struct fuzz_card *card, uint8_t how, uint8_t which)
{
	enum fuzz_key kind = (enum fuzz_key)(which % FUZZ_KEYS);
	const struct key_material *like = fuzz_key(kind);
	const struct key_material shape = { .family = like->family,
		.curve = like->curve };
	struct device_new what = make_new(how, kind);
	struct key_material public = { 0 };
	unsigned place = 0;

	if (like->family == KEY_RSA && card->no_rsa_generation)
		return;
	if (went(device_generate(card->dev, &what, &shape, key_bits(like),
		&public, &place))) {
		must(public.family == like->family && !public.has_private);
		must(crypto_check_public(&public) == CNG_OK);
		must(key_bits(&public) == key_bits(like));
	} else {
		must(!has_numbers(&public));
	}
	key_free(&public);
}

/* The first one that is there, or one that may be. */
static unsigned
some_place(const struct fuzz_card *card, uint8_t which)
{
	return card->keys.count > 0 && which < 0x80 ?
	    card->keys.key[which % card->keys.count].place : which;
}

/* --- jobs ---------------------------------------------------------------- */

enum job { JOB_INFO, JOB_LIST, JOB_STAMP, JOB_LOGIN, JOB_ADMIN, JOB_ONCE,
	JOB_LOGOUT, JOB_USE, JOB_IMPORT, JOB_GENERATE, JOB_CERTIFY,
	JOB_RENAME, JOB_REMOVE, JOB_SET_PIN, JOB_SET_ADMIN, JOB_UNBLOCK,
	JOBS };

static void
change_pins(struct device *dev, enum job job, uint8_t how)
{
	struct span admin = span_str(ADMIN);

	if (job == JOB_SET_PIN)
		(void)went(device_set_pin(dev, DEVICE_USER, PIN,
		    how & 1 ? PUK : PIN));
	else if (job == JOB_SET_ADMIN)
		(void)went(device_set_pin(dev, DEVICE_ADMIN,
		    how & 1 ? PUK : admin, how & 1 ? PUK : admin));
	else
		(void)went(device_unblock(dev, how & 1 ? PUK :
		    how & 2 ? admin : span_of(NULL, 0), PIN));
}

static void
change(struct fuzz_card *card, enum job job, struct rd *in)
{
	uint8_t how = fuzz_byte(in);
	unsigned place = some_place(card, how);

	if (job == JOB_IMPORT)
		import(card, how, fuzz_byte(in));
	else if (job == JOB_GENERATE)
		generate(card, how, fuzz_byte(in));
	else if (job == JOB_CERTIFY)
		(void)went(device_put_certificate(card->dev, place,
		    how & 4 ? span_of(NULL, 0) : fuzz_certificate(
		    how & 8 ? FUZZ_P256 : FUZZ_RSA1024)));
	else if (job == JOB_RENAME)
		(void)went(device_rename(card->dev, place, names[how & 3]));
	else if (job == JOB_REMOVE)
		(void)went(device_remove(card->dev, place));
	else
		change_pins(card->dev, job, how);
}

static void
do_job(struct fuzz_card *card, enum job job, struct rd *in)
{
	struct device *dev = card->dev;
	uint64_t stamp;

	if (job == JOB_INFO)
		get_info(dev);
	else if (job == JOB_LIST)
		get_list(card);
	else if (job == JOB_STAMP)
		(void)went(device_stamp(dev, &stamp));
	else if (job == JOB_LOGIN)
		(void)went(device_login(dev, DEVICE_USER, PIN));
	else if (job == JOB_ADMIN)
		(void)went(device_login(dev, DEVICE_ADMIN,
		    fuzz_byte(in) & 1 ? PUK : span_str(ADMIN)));
	else if (job == JOB_ONCE)
		(void)went(device_login_once(dev, PIN));
	else if (job == JOB_LOGOUT)
		device_logout(dev);
	else if (job == JOB_USE)
		use_key(card, fuzz_byte(in));
	else
		change(card, job, in);
}

void
fuzz_card_jobs(struct fuzz_card *card, struct rd *in)
{
	uint8_t count = fuzz_byte(in) % (FUZZ_JOBS_MAX + 1);

	for (uint8_t i = 0; card->dev != NULL && i < count; i++)
		do_job(card, (enum job)(fuzz_byte(in) % JOBS), in);
}

void
fuzz_card_close(struct fuzz_card *card)
{
	device_keys_free(&card->keys);
	device_free(card->dev);
	card->dev = NULL;
}
