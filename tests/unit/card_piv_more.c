/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PIV driver and what others do to its cards: roots of Yubico's minidriver,
 * certificates that are too long, key history, marks of interrupted imports
 * beside other programs' keys.
 */
#include "card_piv_help.h"

#include "store/card/inflate.h"

/* --- the card itself, without a device ----------------------------------- */

static struct card
raw_card(void)
{
	struct card card = { .driver = &piv_driver };

	sim_reset(sim);
	card.link = card_link_sim_new(sim, false);
	OK(card.link->ops->begin(card.link));
	OK(piv_driver.probe(&card));
	OK(piv_admin(&card, NULL));
	return card;
}

static void
end_raw(struct card *card)
{
	piv_driver.free(card);
	card->link->ops->end(card->link, false);
	card->link->ops->close(card->link);
}

static void
put_raw(uint32_t object, struct span value)
{
	struct card card = raw_card();

	OK(piv_put(&card, object, value));
	end_raw(&card);
}

static struct secret
get_raw(uint32_t object)
{
	struct card card = raw_card();
	struct secret value;

	OK(piv_get(&card, object, &value));
	end_raw(&card);
	return value;
}

/* As a program would that knows nothing of names. */
static void
put_key_raw(uint8_t slot, const struct key_material *key)
{
	struct card card = raw_card();
	uint8_t data[40];
	struct wr w = wr_of(data, sizeof data);
	struct apdu cmd = { 0x00, 0xfe, 0x11, slot, { NULL, 0 }, false };

	tlv_head(&w, 0x06, 32);
	wr_be_padded(&w, key_part(key, EC_D), 32);
	cmd.data = span_of(data, w.len);
	OK(apdu_call(card.link, &cmd, NULL));
	end_raw(&card);
}

/* --- roots --------------------------------------------------------------- */

static struct secret
wrap(uint32_t tag, struct span in)
{
	struct secret out = { 0 };
	struct wr w;

	OK(secret_new(&out, in.len + 8));
	w = wr_of(out.ptr, out.len);
	tlv_put(&w, tag, in);
	OK(wr_status(&w));
	secret_truncate(&out, w.len);
	return out;
}

static void
wrap_all(struct secret *s, const uint32_t *tags)
{
	for (; *tags != 0; tags++) {
		struct secret outer = wrap(*tags, secret_span(s));

		secret_move(s, &outer);
	}
}

/* A PKCS#7 of those two. */
static struct secret
bag_of(struct span one, struct span two)
{
	static const uint32_t up[] = { 0xa0, 0x30, 0xa0, 0x30, 0 };
	struct secret bag = { 0 };

	OK(secret_copy(&bag, one));
	OK(secret_append(&bag, two));
	wrap_all(&bag, up);
	return bag;
}

static void
put_roots(struct span file, size_t cut)
{
	struct secret mid = wrap(0x83, span_of(file.ptr, cut));
	struct secret end = wrap(0x82, span_of(file.ptr + cut,
	    file.len - cut));

	put_raw(PIV_ROOTS_FIRST, secret_span(&mid));
	put_raw(PIV_ROOTS_FIRST + 1, secret_span(&end));
	secret_free(&mid);
	secret_free(&end);
}

static void
expect_roots(size_t count, struct span one, struct span two)
{
	struct device_keys keys;

	open_again();
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.cert_count, count);
	if (count > 0) {
		ck_assert(span_equal(secret_span(&keys.cert[0]), one));
		ck_assert(span_equal(secret_span(&keys.cert[1]), two));
	}
	device_keys_free(&keys);
}

/* Plain and compressed, in one object or two; broken ones are none. */
START_TEST(roots)
{
	struct secret one = certificate_of(&p256);
	struct secret two = certificate_of(&rsa);
	struct secret bag = bag_of(secret_span(&one), secret_span(&two));
	struct secret packed, file = { 0 };
	uint8_t head[4] = { 1, 0 };

	OK(deflate_bytes(secret_span(&bag), &packed));
	head[2] = (uint8_t)bag.len;
	head[3] = (uint8_t)(bag.len >> 8);
	OK(secret_copy(&file, span_of(head, 4)));
	OK(secret_append(&file, secret_span(&packed)));
	new_card(&usual);
	expect_roots(0, span_of(NULL, 0), span_of(NULL, 0));
	put_roots(secret_span(&bag), 100);
	expect_roots(2, secret_span(&one), secret_span(&two));
	put_roots(secret_span(&file), 3);
	expect_roots(2, secret_span(&one), secret_span(&two));
	/* without an end, and with one that is cut */
	put_raw(PIV_ROOTS_FIRST + 1, span_of(NULL, 0));
	expect_roots(0, span_of(NULL, 0), span_of(NULL, 0));
	put_roots(span_of(bag.ptr, bag.len - 1), 7);
	expect_roots(0, span_of(NULL, 0), span_of(NULL, 0));
	end_card();
	secret_free(&one);
	secret_free(&two);
	secret_free(&bag);
	secret_free(&packed);
	secret_free(&file);
}
END_TEST

/* --- certificates -------------------------------------------------------- */

/* So long that it does not fit as it is. */
static struct secret
long_certificate(size_t len, bool noise)
{
	static const uint32_t up[] = { 0x30, 0 };
	struct secret der = { 0 };

	OK(secret_new(&der, len));
	if (noise)
		OK(crypto_random(der.ptr, der.len));
	der.ptr[0] = 0x04;
	der.ptr[1] = 0x82;
	der.ptr[2] = (uint8_t)((len - 4) >> 8);
	der.ptr[3] = (uint8_t)(len - 4);
	wrap_all(&der, up);
	return der;
}

START_TEST(long_certificates)
{
	struct secret der = long_certificate(5000, false);
	struct secret noise = long_certificate(5000, true);
	struct device_keys keys;
	struct secret object;
	struct span how;
	unsigned place = 0;

	new_card(&usual);
	OK(import(&p256, "long", 0, &place));
	OK(device_put_certificate(dev, place, secret_span(&der)));
	ck_assert_int_eq(device_put_certificate(dev, place,
	    secret_span(&noise)), CNG_ERR_STORE_FULL);
	open_again();
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    secret_span(&der)));
	device_keys_free(&keys);
	object = get_raw(0x5fc105);
	ck_assert_uint_lt(object.len, 1000);
	ck_assert(tlv_find(secret_span(&object), 0x71, &how));
	ck_assert_uint_eq(how.len, 1);
	ck_assert_uint_eq(how.ptr[0], 1);
	/* gzip, by its first bytes */
	ck_assert(tlv_find(secret_span(&object), 0x70, &how));
	ck_assert_uint_eq(how.ptr[0], 0x1f);
	ck_assert_uint_eq(how.ptr[1], 0x8b);
	secret_free(&object);
	end_card();
	secret_free(&der);
	secret_free(&noise);
}
END_TEST

/* --- key history --------------------------------------------------------- */

START_TEST(history)
{
	static const uint8_t first[] = { 0xc1, 1, 3, 0xc2, 1, 0, 0xfe, 0 };
	static const uint8_t theirs[] = { 0xc1, 1, 1, 0xc2, 1, 2, 0xf3, 4,
		'h', 't', 't', 'p', 0xfe, 0 };
	static const uint8_t both[] = { 0xc1, 1, 5, 0xc2, 1, 2, 0xf3, 4,
		'h', 't', 't', 'p', 0xfe, 0 };
	struct secret der = certificate_of(&p256), object;
	struct device_new what = { .name = "retired", .certificate =
		secret_span(&der), .has_place = true, .place = 0x84 };
	unsigned place = 0;

	new_card(&usual);
	OK(device_import(dev, &what, &p256, &place));
	ck_assert_uint_eq(place, 0x84);
	object = get_raw(PIV_HISTORY);
	ck_assert(span_equal(secret_span(&object), span_of(first,
	    sizeof first)));
	secret_free(&object);
	/* what somebody else has said in it stays */
	put_raw(PIV_HISTORY, span_of(theirs, sizeof theirs));
	open_again();
	what.name = "next";
	what.place = 0x86;
	OK(device_import(dev, &what, &p256, &place));
	object = get_raw(PIV_HISTORY);
	ck_assert(span_equal(secret_span(&object), span_of(both,
	    sizeof both)));
	secret_free(&object);
	end_card();
	secret_free(&der);
}
END_TEST

/* --- marks --------------------------------------------------------------- */

/* Somebody else's key, in a slot where an import or a generation of ours was
 * interrupted at any command, is listed as soon as it is whole. */
static void
interrupt(bool generate, unsigned long at)
{
	const struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P256 };
	const struct device_new what = { .name = "interrupted" };
	struct key_material public = { 0 };
	unsigned place;
	enum cng_status st;

	sim_fault(sim, SIM_TEAR, at, false);
	st = generate ? device_generate(dev, &what, &shape, 256, &public,
	    &place) : device_import(dev, &what, &p256, &place);
	sim_fault(sim, SIM_TEAR, 0, false);
	key_free(&public);
	if (st == CNG_OK)
		ck_abort_msg("it was not interrupted at %lu", at);
}

static void
beside_mark(int which)
{
	const struct key_spec spec = { .family = KEY_EC, .curve = CURVE_P256 };
	struct key_material theirs = { 0 };
	struct secret der;
	struct device_keys keys;

	OK(crypto_generate(&theirs, &spec));
	der = certificate_of(&theirs);
	for (unsigned long at = 20; at < 36; at++) {
		struct secret object = wrap(0x70, secret_span(&der));

		new_card(&usual);
		interrupt(which != 0, at);
		open_again();
		ck_assert_uint_eq(count_keys(), 0);
		device_free(dev);
		dev = NULL;
		put_key_raw(0x9a, &theirs);
		put_raw(0x5fc105, secret_span(&object));
		secret_free(&object);
		open_again();
		OK(device_list(dev, &keys));
		ck_assert_uint_eq(keys.count, 1);
		ck_assert_uint_eq(keys.key[0].place, 0x9a);
		ck_assert(key_same_public(&keys.key[0].public, &theirs));
		device_keys_free(&keys);
		end_card();
	}
	secret_free(&der);
	key_free(&theirs);
}

START_TEST(beside_import)
{
	beside_mark(0);
}
END_TEST

START_TEST(beside_generation)
{
	beside_mark(1);
}
END_TEST

/* An import that was interrupted, and then another one in the same slot at any
 * command: nothing of either is listed, until one is whole. */
static void
interrupt_twice(int which)
{
	struct secret der = certificate_of(&p256);
	struct secret other = certificate_of(&rsa);
	const struct device_new first = { .name = "first", .certificate =
		secret_span(&other) };
	const struct device_new second = { .name = "second", .certificate =
		secret_span(&der) };
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	struct device_keys keys;
	unsigned long at = 0, half;
	unsigned place = 0;

	/* as late as can be: all but the last write, the name */
	new_card(&usual);
	sim_fault(sim, SIM_REMOVE, 0, false);
	OK(device_import(dev, &first, &rsa, &place));
	half = sim_count(sim);
	end_card();
	while (st != CNG_OK && at < 200) {
		new_card(&usual);
		sim_fault(sim, SIM_REMOVE, half, false);
		st = device_import(dev, &first, &rsa, &place);
		sim_fault(sim, SIM_REMOVE, 0, false);
		open_again();
		if (st == CNG_OK || count_keys() != 0)
			ck_abort_msg("not half of %lu", half);
		sim_fault(sim, which != 0 ? SIM_TEAR : SIM_REMOVE, ++at, false);
		st = device_import(dev, &second, &p256, &place);
		sim_fault(sim, which != 0 ? SIM_TEAR : SIM_REMOVE, 0, false);
		open_again();
		OK(device_list(dev, &keys));
		ck_assert_uint_le(keys.count, 1);
		if (keys.count == 1) {
			ck_assert_str_eq(keys.key[0].name, "second");
			ck_assert(key_same_public(&keys.key[0].public,
			    &p256));
			ck_assert(span_equal(secret_span(
			    &keys.key[0].certificate), secret_span(&der)));
		}
		ck_assert(st != CNG_OK || keys.count == 1);
		device_keys_free(&keys);
		end_card();
	}
	OK(st);
	ck_assert_uint_gt(at, 30);
	secret_free(&der);
	secret_free(&other);
}

START_TEST(pulled_twice)
{
	interrupt_twice(0);
}
END_TEST

START_TEST(torn_twice)
{
	interrupt_twice(1);
}
END_TEST

/* At any command: the old name or certificate, or the new one, with the key. */
static void
pull_change(int which)
{
	struct secret old = certificate_of(&p256);
	struct secret new = certificate_of(&rsa);
	const struct device_new what = { .name = "old", .certificate =
		secret_span(&old) };
	enum sim_fault fault = which % 2 != 0 ? SIM_TEAR : SIM_REMOVE;
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	unsigned long at = 0;
	unsigned place = 0;

	while (st != CNG_OK && at < 200) {
		struct device_keys keys;
		struct span got;

		new_card(&usual);
		OK(device_import(dev, &what, &p256, &place));
		sim_fault(sim, fault, ++at, false);
		st = which < 2 ? device_rename(dev, place, "new") :
		    device_put_certificate(dev, place, secret_span(&new));
		sim_fault(sim, fault, 0, false);
		open_again();
		OK(device_list(dev, &keys));
		ck_assert_uint_eq(keys.count, 1);
		ck_assert(key_same_public(&keys.key[0].public, &p256));
		got = secret_span(&keys.key[0].certificate);
		if (which < 2) {
			ck_assert(span_equal(got, secret_span(&old)));
			ck_assert_str_eq(keys.key[0].name, st == CNG_OK ||
			    strcmp(keys.key[0].name, "new") == 0 ? "new" :
			    "old");
		} else {
			ck_assert_str_eq(keys.key[0].name, "old");
			ck_assert(span_equal(got, secret_span(&new)) ||
			    (st != CNG_OK && span_equal(got,
			    secret_span(&old))));
		}
		device_keys_free(&keys);
		end_card();
	}
	OK(st);
	ck_assert_uint_gt(at, 20);
	secret_free(&old);
	secret_free(&new);
}

START_TEST(pulled_rename)
{
	pull_change(0);
}
END_TEST

START_TEST(torn_rename)
{
	pull_change(1);
}
END_TEST

START_TEST(pulled_certificate)
{
	pull_change(2);
}
END_TEST

START_TEST(torn_certificate)
{
	pull_change(3);
}
END_TEST

/* Names that differ in case only. */
START_TEST(names)
{
	unsigned place = 0;

	new_card(&usual);
	OK(import(&p256, "\xc3\x89mile", 0, &place));
	ck_assert_int_eq(import(&p256, "\xc3\xa9MILE", 0, &place),
	    CNG_ERR_EXISTS);
	ck_assert_int_eq(import(&p256, "a\\b", 0, &place),
	    CNG_ERR_ARGUMENT);
	OK(device_rename(dev, 0x9a, "\xc3\xa9MILE"));
	end_card();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { roots, long_certificates, history,
		beside_import, beside_generation, pulled_twice, torn_twice,
		pulled_rename, torn_rename, pulled_certificate,
		torn_certificate, names };

	return piv_main("card_piv_more", tests, ARRAY_LEN(tests));
}
