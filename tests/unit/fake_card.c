/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The functions of store/device.h over a few keys in memory.
 */
#include "fake_card.h"

#include "base/alloc.h"
#include "crypto/crypto.h"

#include <check.h>
#include <stdio.h>

struct fake_card fake;

struct device {
	unsigned refs;
	unsigned number;
	bool abandoned;
};

struct fake_holder {
	struct key_holder holder;
	struct device *dev;
	unsigned place;
	struct crypto_key *key;
	bool always;
};

/* --- for the tests -------------------------------------------------------- */

static void
clear_keys(void)
{
	for (size_t i = 0; i < FAKE_KEYS; i++) {
		key_free(&fake.key[i].pair);
		secret_free(&fake.key[i].key.certificate);
		fake.key[i] = (struct fake_key){ .used = false };
	}
	secret_free(&fake.root);
}

void
fake_insert(void)
{
	clear_keys();
	fake.inserted = true;
	fake.number++;
	fake.stamp = 0;
	fake.tries = 3;
	fake.pin_said = fake.admin_said = fake.once = false;
}

void
fake_pull(void)
{
	fake.inserted = false;
	fake.number++;
}

void
fake_reset(void)
{
	clear_keys();
	fake = (struct fake_card){ .inserted = false };
}

struct fake_key *
fake_put(const char *name, const struct key_material *pair)
{
	for (unsigned i = 0; i < FAKE_KEYS; i++) {
		struct fake_key *k = &fake.key[i];

		if (k->used)
			continue;
		k->used = true;
		k->key.place = i;
		k->key.role = pair->role;
		snprintf(k->key.name, sizeof k->key.name, "%s", name);
		k->key.can_sign = pair->family != KEY_MONTGOMERY;
		k->key.can_decrypt = pair->family == KEY_RSA;
		k->key.can_agree = pair->family == KEY_EC ||
		    pair->family == KEY_MONTGOMERY;
		ck_assert_int_eq(key_copy(&k->pair, pair), CNG_OK);
		fake.stamp++;
		return k;
	}
	return NULL;
}

/* --- life ----------------------------------------------------------------- */

enum cng_status
device_open(struct device **out, const char *reader,
    const struct device_conf *conf)
{
	*out = NULL;
	(void)conf;
	ck_assert_str_eq(reader, FAKE_READER);
	if (!fake.inserted)
		return CNG_ERR_NO_CARD;
	*out = mem_new(1, sizeof **out);
	ck_assert_ptr_nonnull(*out);
	(*out)->refs = 1;
	(*out)->number = fake.number;
	fake.opened++;
	fake.live++;
	return CNG_OK;
}

struct device *
device_ref(struct device *dev)
{
	dev->refs++;
	return dev;
}

void
device_free(struct device *dev)
{
	if (dev == NULL || --dev->refs > 0)
		return;
	fake.live--;
	mem_free(dev);
}

void
device_abandon(struct device *dev)
{
	dev->abandoned = true;
}

bool
device_is_present(struct device *dev)
{
	return !dev->abandoned && fake.inserted && dev->number == fake.number;
}

static enum cng_status
check(struct device *dev)
{
	return device_is_present(dev) ? CNG_OK : CNG_ERR_DEVICE_REMOVED;
}

enum cng_status
device_info(struct device *dev, struct device_info *out)
{
	*out = (struct device_info){ .kind = "FAKE", .label = "Fake card",
		.serial = "0123456789abcdefXYZ", .maker = "nobody",
		.guid = { (uint8_t)fake.number }, .pin_min = 4, .pin_max = 8,
		.tries = fake.tries, .tries_max = 3, .unblock_tries = -1,
		.can_import = true, .can_generate = true,
		.can_remove = !fake.keeps_keys };
	if (fake.fickle)
		out->serial[4] = (char)('0' + fake.number % 10);
	for (size_t i = 0; i < FAKE_KEYS; i++)
		*(fake.key[i].used ? &out->used : &out->spare) += 1;
	return check(dev);
}

enum cng_status
device_stamp(struct device *dev, uint64_t *out)
{
	*out = fake.stamp;
	return check(dev);
}

static void
list_key(struct device_key *out, const struct fake_key *k)
{
	*out = k->key;
	out->certificate = (struct secret){ 0 };
	out->bits = key_bits(&k->pair);
	ck_assert_int_eq(key_copy_public(&out->public, &k->pair), CNG_OK);
	ck_assert_int_eq(secret_copy(&out->certificate,
	    secret_span(&k->key.certificate)), CNG_OK);
	for (size_t i = 0; i < KEY_PART_MAX && fake.no_numbers; i++)
		secret_free(&out->public.part[i]);
	if (fake.wrong_numbers)
		out->public.part[1].ptr[0] ^= 1;
}

enum cng_status
device_list(struct device *dev, struct device_keys *out)
{
	*out = (struct device_keys){ .count = 0 };
	fake.lists++;
	if (fake.speaking != NULL)
		fake.speaking();
	if (check(dev) != CNG_OK)
		return check(dev);
	out->key = mem_new(FAKE_KEYS, sizeof *out->key);
	out->cert = mem_new(1, sizeof *out->cert);
	ck_assert(out->key != NULL && out->cert != NULL);
	for (size_t i = 0; i < FAKE_KEYS; i++)
		if (fake.key[i].used)
			list_key(&out->key[out->count++], &fake.key[i]);
	if (fake.root.len > 0)
		ck_assert_int_eq(secret_copy(&out->cert[out->cert_count++],
		    secret_span(&fake.root)), CNG_OK);
	return CNG_OK;
}

void
device_keys_free(struct device_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		key_free(&keys->key[i].public);
		secret_free(&keys->key[i].certificate);
	}
	for (size_t i = 0; i < keys->cert_count; i++)
		secret_free(&keys->cert[i]);
	mem_free(keys->key);
	mem_free(keys->cert);
}

/* --- PINs ----------------------------------------------------------------- */

enum cng_status
device_login(struct device *dev, enum device_role role, struct span pin)
{
	if (check(dev) != CNG_OK)
		return check(dev);
	if (role == DEVICE_ADMIN) {
		fake.admin_said = span_equal(pin, FAKE_ADMIN);
		return fake.admin_said ? CNG_OK : CNG_ERR_PIN_WRONG;
	}
	if (fake.tries == 0)
		return CNG_ERR_PIN_LOCKED;
	fake.pin_said = span_equal(pin, FAKE_PIN);
	fake.tries = fake.pin_said ? 3 : fake.tries - 1;
	return fake.pin_said ? CNG_OK : CNG_ERR_PIN_WRONG;
}

void
device_logout(struct device *dev)
{
	(void)dev;
	fake.pin_said = fake.admin_said = fake.once = false;
}

bool
device_is_logged_in(struct device *dev)
{
	(void)dev;
	return fake.pin_said;
}

/* A wrong one does not end the login. */
enum cng_status
device_login_once(struct device *dev, struct span pin)
{
	bool was = fake.pin_said;
	enum cng_status st = device_login(dev, DEVICE_USER, pin);

	fake.once = st == CNG_OK;
	fake.pin_said = was && st != CNG_ERR_PIN_LOCKED;
	return st;
}

enum cng_status
device_set_pin(struct device *dev, enum device_role role,
    struct span old_pin, struct span new_pin)
{
	if (new_pin.len < 4)
		return CNG_ERR_PIN_LENGTH;
	return device_login(dev, role, old_pin);
}

enum cng_status
device_unblock(struct device *dev, struct span code, struct span new_pin)
{
	ck_assert_uint_eq(code.len, 0);
	if (!fake.admin_said)
		return CNG_ERR_NO_ADMIN;
	fake.tries = 3;
	return span_equal(new_pin, FAKE_PIN) ? check(dev) :
					       CNG_ERR_PIN_LENGTH;
}

/* --- containers ----------------------------------------------------------- */

static struct fake_key *
by_name(const char *name)
{
	for (size_t i = 0; i < FAKE_KEYS; i++)
		if (fake.key[i].used &&
		    strcmp(fake.key[i].key.name, name) == 0)
			return &fake.key[i];
	return NULL;
}

static enum cng_status
begin_new(struct device *dev, const struct device_new *what)
{
	enum cng_status st = check(dev);

	fake.last = *what;
	fake.last.name = NULL;
	if (st == CNG_OK && !fake.pin_said)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = fake.fail;
	fake.fail = CNG_OK;
	ck_assert_uint_gt(strlen(what->name), 0);
	if (st == CNG_OK && by_name(what->name) != NULL)
		st = CNG_ERR_EXISTS;
	return st;
}

enum cng_status
device_import(struct device *dev, const struct device_new *what,
    const struct key_material *key, unsigned *place)
{
	enum cng_status st = begin_new(dev, what);
	struct fake_key *k;

	if (st != CNG_OK)
		return st;
	ck_assert(key->has_private);
	k = fake_put(what->name, key);
	if (k == NULL)
		return CNG_ERR_STORE_FULL;
	k->key.role = what->role;
	*place = k->key.place;
	if (fake.written != NULL)
		fake.written();
	return CNG_OK;
}

enum cng_status
device_generate(struct device *dev, const struct device_new *what,
    const struct key_material *shape, size_t bits,
    struct key_material *public, unsigned *place)
{
	struct key_spec spec = { .family = shape->family,
		.curve = shape->curve, .bits = bits };
	struct key_material pair = { 0 };
	enum cng_status st = begin_new(dev, what);
	struct fake_key *k;

	if (st != CNG_OK)
		return st;
	ck_assert_int_eq(crypto_generate(&pair, &spec), CNG_OK);
	k = fake_put(what->name, &pair);
	if (k != NULL) {
		k->key.role = what->role;
		k->key.generated = true;
		*place = k->key.place;
		st = key_copy_public(public, &pair);
	}
	key_free(&pair);
	if (k != NULL && fake.written != NULL)
		fake.written();
	return k == NULL ? CNG_ERR_STORE_FULL : st;
}

enum cng_status
device_remove_for(struct device *dev, unsigned place, unsigned heir)
{
	fake.heir = heir;
	return device_remove(dev, place);
}

enum cng_status
device_remove(struct device *dev, unsigned place)
{
	struct fake_key *k = &fake.key[place];

	if (check(dev) != CNG_OK)
		return check(dev);
	if (!fake.half && fake.stays != 0 && --fake.stays == 0)
		return CNG_ERR_DEVICE;
	if (fake.keeps_keys)
		return CNG_ERR_NOT_SUPPORTED;
	ck_assert(k->used);
	key_free(&k->pair);
	secret_free(&k->key.certificate);
	*k = (struct fake_key){ .used = false };
	fake.stamp++;
	return fake.half ? CNG_ERR_DEVICE : CNG_OK;
}

unsigned
device_slot_number(const struct device *dev, unsigned place)
{
	(void)dev;
	return place + 1;
}

enum cng_status
device_slot_place(const struct device *dev, unsigned slot, unsigned *place)
{
	(void)dev;
	*place = slot - 1;
	return slot <= FAKE_KEYS ? CNG_OK : CNG_ERR_PROP_VALUE;
}

enum cng_status
device_rename(struct device *dev, unsigned place, const char *name)
{
	if (check(dev) != CNG_OK)
		return check(dev);
	if (by_name(name) != NULL)
		return CNG_ERR_EXISTS;
	snprintf(fake.key[place].key.name, sizeof fake.key[place].key.name,
	    "%s", name);
	fake.stamp++;
	return CNG_OK;
}

enum cng_status
device_put_certificate(struct device *dev, unsigned place, struct span der)
{
	if (check(dev) != CNG_OK)
		return check(dev);
	fake.stamp++;
	return secret_replace(&fake.key[place].key.certificate, der);
}

/* --- private keys --------------------------------------------------------- */

static bool
holder_can(const struct key_holder *holder, const struct key_op *op,
    enum holder_way way)
{
	(void)holder;
	return op->scheme == OP_RSA_RAW || op->scheme == OP_ECDSA ||
	    way == HOLDER_AGREE;
}

static enum cng_status
holder_run(struct key_holder *holder, const struct key_op *op,
    enum holder_way way, struct span in, struct wr *out)
{
	struct fake_holder *h = (struct fake_holder *)(void *)holder;
	struct key_op one = *op;
	struct secret shared = { 0 };
	enum cng_status st = check(h->dev);

	if (st != CNG_OK)
		return st;
	if (!fake.pin_said || (h->always && !fake.once))
		return CNG_ERR_NOT_LOGGED_IN;
	one.hash = HASH_NONE;
	if (way == HOLDER_SIGN)
		return crypto_sign(h->key, &one, in, out);
	if (way == HOLDER_DECRYPT)
		return crypto_decrypt(h->key, &one, in, out);
	one.peer = in;
	st = crypto_derive(h->key, &one, 0, &shared);
	wr_bytes(out, secret_span(&shared));
	secret_free(&shared);
	return st;
}

static void
holder_done(struct key_holder *holder)
{
	(void)holder;
	fake.once = false;
}

static void
holder_free(struct key_holder *holder)
{
	struct fake_holder *h = (struct fake_holder *)(void *)holder;

	device_free(h->dev);
	crypto_key_free(h->key);
	mem_free(h);
}

static const struct key_holder_ops holder_ops = {
	.can = holder_can,
	.run = holder_run,
	.done = holder_done,
	.free = holder_free,
};

void
device_sizes(const struct device *dev, enum key_family family, size_t *min,
    size_t *max)
{
	(void)dev;
	*min = family == KEY_RSA ? 1024 : 0;
	*max = family == KEY_RSA ? 2048 : 0;
}

bool
device_takes(const struct device *dev, enum key_family family,
    enum key_curve curve, size_t bits)
{
	(void)dev;
	(void)family;
	(void)curve;
	(void)bits;
	return true;
}

enum cng_status
device_holder(struct device *dev, const struct device_key *key,
    struct key_holder **out)
{
	struct fake_holder *h = mem_new(1, sizeof *h);

	ck_assert_ptr_nonnull(h);
	h->holder.ops = &holder_ops;
	h->always = key->pin == DEVICE_PIN_ALWAYS;
	ck_assert_int_eq(crypto_key_new(&h->key,
	    &fake.key[key->place].pair), CNG_OK);
	h->dev = device_ref(dev);
	*out = &h->holder;
	return CNG_OK;
}

/* --- readers -------------------------------------------------------------- */

enum cng_status
device_readers(struct device_readers *out)
{
	char name[32] = FAKE_READER;

	out->count = fake.readers > 0 ? fake.readers : 1;
	out->name = mem_new(out->count, sizeof *out->name);
	ck_assert_ptr_nonnull(out->name);
	for (size_t i = 0; i < out->count; i++) {
		if (fake.readers > 0)
			snprintf(name, sizeof name, "Reader %zu",
			    fake.first_reader + i);
		out->name[i] = mem_strdup(name);
	}
	return CNG_OK;
}

void
device_readers_free(struct device_readers *readers)
{
	for (size_t i = 0; i < readers->count; i++)
		mem_free(readers->name[i]);
	mem_free(readers->name);
	*readers = (struct device_readers){ .count = 0 };
}

enum device_service
device_service(void)
{
	return DEVICE_SERVICE_RUNS;
}

void
device_shutdown(void)
{
}

void
device_after_fork(void)
{
}

struct device_reader
device_look(const char *reader)
{
	bool there = strcmp(reader, FAKE_READER) == 0;

	return (struct device_reader){ there, there && fake.inserted,
		there ? fake.number : 0 };
}

/* There is nothing to wait for. */
enum cng_status
device_wait(unsigned ticket, unsigned milliseconds, bool *changed)
{
	(void)ticket;
	(void)milliseconds;
	*changed = false;
	return CNG_ERR_NOT_SUPPORTED;
}

unsigned
device_wait_ticket(void)
{
	return 0;
}

void
device_wait_cancel(void)
{
}
