/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cards that mean harm, with each of the drivers: answers without end, more
 * than fits, files that point at one another, certificates that swell, keys
 * that are not what the card said.
 */
#include "card_hostile.h"

#include "crypto/crypto.h"
#include "sample.h"
#include "store/card/gids.h"
#include "store/card/inflate.h"
#include "store/card/piv.h"

/* --- endless answers ----------------------------------------------------- */

enum endless { MORE_OF_NOTHING, MORE_OF_MUCH, OTHER_LENGTH, ENDLESS };

struct lie {
	enum endless kind;
	unsigned long count, from;
};

static bool
go_on(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	struct lie *lie = arg;

	(void)command;
	if (++lie->count < lie->from)
		return false;
	memset(answer, 0x5a, 258);
	*len = lie->kind == MORE_OF_MUCH ? 258 : 2;
	answer[*len - 2] = lie->kind == OTHER_LENGTH ? 0x6c : 0x61;
	answer[*len - 1] = 0x00;
	return true;
}

/* Each operation comes to an end; none says that it went well, but for those
 * that can do without what they did not get: a certificate, a counter. */
static void
refuse_all(struct lie *lie)
{
	for (size_t i = 0; i < HOSTILE_WORKS; i++) {
		enum cng_status st;

		lie->count = 0;
		st = hostile_work(i);
		ck_assert_int_ne(st, CNG_ERR_INTERNAL);
		if (lie->from == 1 && st == CNG_OK)
			ck_abort_msg("%s: went well", hostile_work_name(i));
		/* as many as a card may have files, at most */
		ck_assert_uint_lt(lie->count, 150000);
	}
}

START_TEST(endless)
{
	struct lie lie = { .from = 1 };

	hostile_begin(_i % HOSTILE_APPS);
	hostile_fill();
	lie.kind = (enum endless)(_i / HOSTILE_APPS);
	for (lie.from = 1; lie.from < 6; lie.from += 2) {
		card_link_sim_lie(way, go_on, &lie);
		refuse_all(&lie);
		card_link_sim_lie(way, NULL, NULL);
	}
	hostile_insert();
	ck_assert_uint_eq(hostile_count(), 1);
	hostile_end();
}
END_TEST

/* From the first word on: no card at all. */
START_TEST(endless_from_the_start)
{
	struct lie lie = { (enum endless)_i, 0, 1 };
	const struct device_conf conf = { .admin_key = { 0 } };
	struct card_link *link;
	struct device *none;

	hostile_begin(0);
	link = card_link_sim_new(sim, false);
	card_link_sim_lie(link, go_on, &lie);
	ck_assert_int_ne(device_on(&none, link, &conf), CNG_OK);
	ck_assert_ptr_null(none);
	ck_assert_uint_lt(lie.count, 5000);
	hostile_end();
}
END_TEST

/* --- GIDS: what its files say -------------------------------------------- */

/* The driver itself, below the device, to write what nobody should. */
static void
gids_open(struct card *card, struct secret *master)
{
	*card = (struct card){ .link = card_link_sim_new(sim, false) };
	hostile_ok(card->link->ops->begin(card->link));
	hostile_ok(gids_driver.probe(card));
	hostile_ok(gids_driver.login(card, DEVICE_USER, span_str("123456")));
	hostile_ok(gids_master(card, master));
}

static void
gids_close(struct card *card, struct secret *master)
{
	secret_free(master);
	gids_driver.free(card);
	card->link->ops->end(card->link, false);
	card->link->ops->close(card->link);
	hostile_insert();
}

#define RECORDS 127

/* Every record valid, of the same name, and of the same key. */
static void
write_maps(struct card *card, size_t count)
{
	const struct gids_spot keys = { 0xa000, 0xdf20 };
	struct gids_record record = { .flags = GIDS_VALID | GIDS_DEFAULT,
		.exchange_bits = 1024 };
	struct gids_entry entry = { .used = true, .algorithm = 6,
		.kid = GIDS_KID_FIRST };
	struct secret map = { 0 }, all;

	hostile_ok(gids_name_write(record.name, "twice"));
	for (size_t i = 0; i < count; i++)
		hostile_ok(gids_map_set(&map, i, &record));
	hostile_ok(gids_write(card, gids_of(card)->map, secret_span(&map)));
	hostile_ok(gids_keys_read(card, &all));
	for (size_t i = 0; i < RECORDS; i++)
		hostile_ok(gids_keys_write(card, &all, i, &entry, false));
	ck_assert_uint_eq(all.len, 1 + 12 * RECORDS);
	hostile_ok(gids_write(card, keys, secret_span(&all)));
	secret_free(&all);
	secret_free(&map);
}

START_TEST(gids_too_many)
{
	struct secret master;
	struct device_keys keys;
	struct device_info info;
	struct card card;
	unsigned place;

	hostile_begin(HOSTILE_GIDS);
	hostile_fill();
	gids_open(&card, &master);
	write_maps(&card, RECORDS);
	gids_close(&card, &master);
	hostile_ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, DEVICE_KEYS_MAX);
	for (size_t i = 0; i < keys.count; i++) {
		ck_assert_uint_eq(keys.key[i].place, i);
		ck_assert_str_eq(keys.key[i].name, "twice");
	}
	device_keys_free(&keys);
	hostile_ok(device_info(dev, &info));
	ck_assert_uint_eq(info.spare, 0);
	ck_assert_int_eq(hostile_import("more", &place), CNG_ERR_STORE_FULL);
	ck_assert_int_eq(hostile_import("twice", &place), CNG_ERR_EXISTS);

	gids_open(&card, &master);
	write_maps(&card, RECORDS + 1);
	gids_close(&card, &master);
	ck_assert_int_eq(device_list(dev, &keys), CNG_ERR_DEVICE);
	ck_assert_int_eq(hostile_import("more", &place), CNG_ERR_DEVICE);
	hostile_end();
}
END_TEST

START_TEST(gids_names)
{
	static const struct {
		uint8_t name[8];
		const char *text;
	} row[] = {
		{ { 'a', 0, 0, 0, 'b', 0 }, "a" },
		{ { 0, 0, 'b', 0 }, "" },
		{ { 0x00, 0xd8, 'b', 0 }, "" }, /* half of a pair */
		{ { 0x00, 0xdc }, "" },
		{ { 'a', 0, 0x00, 0xd8 }, "" },
	};
	struct gids_record record = { .flags = GIDS_VALID,
		.exchange_bits = 1024 };
	struct secret master, map;
	struct device_keys keys;
	struct card card;

	hostile_begin(HOSTILE_GIDS);
	hostile_fill();
	for (size_t i = 0; i <= ARRAY_LEN(row); i++) {
		/* the last one has no end */
		memset(record.name, i == ARRAY_LEN(row) ? 0x21 : 0,
		    sizeof record.name);
		if (i < ARRAY_LEN(row))
			memcpy(record.name, row[i].name, 8);
		gids_open(&card, &master);
		hostile_ok(gids_map_read(&card, &map));
		hostile_ok(gids_map_set(&map, 0, &record));
		hostile_ok(gids_write(&card, gids_of(&card)->map,
		    secret_span(&map)));
		secret_free(&map);
		gids_close(&card, &master);
		hostile_ok(device_list(dev, &keys));
		ck_assert_uint_eq(keys.count, 1);
		if (i < ARRAY_LEN(row))
			ck_assert_str_eq(keys.key[0].name, row[i].text);
		else
			ck_assert_uint_eq(strlen(keys.key[0].name), 120);
		device_keys_free(&keys);
	}
	hostile_end();
}
END_TEST

/* A name in the master table gets the place of another one. */
static void
point(struct secret *master, const char *name, uint16_t ef, uint16_t tag)
{
	for (size_t at = 1; at + 28 <= master->len; at += 28) {
		struct wr w = wr_of(master->ptr + at + 20, 8);

		if (strcmp((const char *)master->ptr + at + 9, name) != 0)
			continue;
		wr_u32le(&w, tag);
		wr_u32le(&w, ef);
		return;
	}
	ck_abort_msg("no file %s", name);
}

/* Files that lie in one another's place, and in that of the table. */
START_TEST(gids_circles)
{
	static const struct {
		const char *name;
		uint16_t ef, tag;
		enum cng_status opens, lists;
	} row[] = {
		{ "cmapfile", 0xa000, 0xdf1f, CNG_OK, CNG_ERR_DEVICE },
		{ "cmapfile", 0xa000, 0xdf20, CNG_OK, CNG_ERR_DEVICE },
		{ "cardid", 0xa000, 0xdf1f, CNG_ERR_NO_TOKEN, CNG_OK },
		{ "cardcf", 0xa000, 0xdf1f, CNG_OK, CNG_OK },
		{ "kxc00", 0xa000, 0xdf1f, CNG_OK, CNG_OK },
		{ "kxc00", 0xa010, 0xdf23, CNG_OK, CNG_OK },
	};
	const struct gids_spot table = { 0xa000, 0xdf1f };

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct secret master;
		struct device_keys keys = { .count = 0 };
		struct card card;
		unsigned place;

		hostile_begin(HOSTILE_GIDS);
		hostile_fill();
		gids_open(&card, &master);
		point(&master, row[i].name, row[i].ef, row[i].tag);
		hostile_ok(gids_write(&card, table, secret_span(&master)));
		hostile_expect = row[i].opens;
		gids_close(&card, &master);
		hostile_expect = CNG_OK;
		if (row[i].opens == CNG_OK) {
			ck_assert_int_eq(device_list(dev, &keys),
			    row[i].lists);
			ck_assert_uint_eq(keys.count, row[i].lists == CNG_OK);
			if (keys.count > 0)
				ck_assert_uint_eq(keys.key[0].certificate.len,
				    0 + (row[i].name[0] == 'c') *
				    fuzz_certificate(FUZZ_RSA1024).len);
			device_keys_free(&keys);
			(void)!hostile_import("more", &place);
			(void)!device_remove(dev, 0);
		}
		hostile_end();
	}
}
END_TEST

/* --- PIV: what it says of a slot ------------------------------------------ */

struct metadata {
	uint8_t slot;
	struct span said;
};

static bool
other_metadata(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	const struct metadata *m = arg;
	struct wr w = wr_of(answer, 64);

	if (command.ptr[1] != 0xf7 || command.ptr[3] != m->slot)
		return false;
	wr_bytes(&w, m->said);
	*len = w.len;
	return true;
}

/* Nonsense about a slot does not make it an empty one, to be written over. */
START_TEST(piv_nonsense_of_a_slot)
{
	static const struct span row[] = {
		{ (const uint8_t *)"\x90", 2 },
		{ (const uint8_t *)"\x05\x90", 3 },
		{ (const uint8_t *)"\x05\x01\x00\x02\x90", 6 },
		{ (const uint8_t *)"\x01\x02\x11\x11\x90", 6 },
		{ (const uint8_t *)"\x01\x01\x77\x90", 5 },
		{ (const uint8_t *)"\x6d", 2 },
		{ (const uint8_t *)"\x6f", 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct metadata m = { 0x9c, row[i] };
		struct device_keys keys;
		unsigned place = 0;

		hostile_begin(HOSTILE_PIV);
		hostile_fill();
		card_link_sim_lie(way, other_metadata, &m);
		(void)!hostile_import("another", &place);
		ck_assert_uint_ne(place, 0x9c);
		hostile_insert();
		hostile_ok(device_list(dev, &keys));
		ck_assert_uint_ge(keys.count, 1);
		ck_assert_str_eq(keys.key[keys.count - 1].name, "first");
		ck_assert(key_same_public(&keys.key[keys.count - 1].public,
		    hostile_key()));
		device_keys_free(&keys);
		hostile_end();
	}
}
END_TEST

/* --- certificates -------------------------------------------------------- */

/* A megabyte of nothing. */
static struct secret
bomb(void)
{
	static uint8_t packed[16384];
	struct secret out = { 0 }, zeros;
	uLongf len = sizeof packed;

	hostile_ok(secret_new(&zeros, 1000000));
	ck_assert_int_eq(compress2(packed, &len, zeros.ptr, zeros.len, 9),
	    Z_OK);
	secret_free(&zeros);
	hostile_ok(secret_copy(&out, span_of(packed, len)));
	return out;
}

static void
write_gids_bomb(struct span zip)
{
	struct secret master, file;
	struct gids_spot spot;
	struct card card;

	gids_open(&card, &master);
	ck_assert(gids_master_find(secret_span(&master), "mscp", "kxc00",
	    &spot));
	hostile_ok(secret_copy(&file, span_of("\x01\x00\xff\xff", 4)));
	hostile_ok(secret_append(&file, zip));
	hostile_ok(gids_write(&card, spot, secret_span(&file)));
	secret_free(&file);
	gids_close(&card, &master);
}

static void
write_piv_bomb(struct span zip)
{
	struct card card = { .link = card_link_sim_new(sim, false) };
	static uint8_t object[20000];
	struct wr w = wr_of(object, sizeof object);

	tlv_put(&w, 0x70, zip);
	tlv_put_u8(&w, 0x71, 1);
	hostile_ok(card.link->ops->begin(card.link));
	hostile_ok(piv_driver.probe(&card));
	hostile_ok(piv_admin(&card, NULL));
	hostile_ok(piv_put(&card, 0x5fc10a, span_of(object, w.len)));
	piv_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
	hostile_insert();
}

/* The certificate is not there; the key is, and works. */
START_TEST(bombs)
{
	struct secret zip = bomb();
	struct device_keys keys;

	hostile_begin(_i);
	hostile_fill();
	if (_i == HOSTILE_PIV)
		write_piv_bomb(secret_span(&zip));
	else
		write_gids_bomb(secret_span(&zip));
	hostile_ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_uint_eq(keys.key[0].certificate.len, 0);
	ck_assert_int_eq(hostile_sign(&keys.key[0]), CNG_OK);
	device_keys_free(&keys);
	hostile_end();
	secret_free(&zip);
}
END_TEST

/* The certificate of another key does not make it the key of the card. */
START_TEST(another_certificate)
{
	struct secret other = sample_read(_i == HOSTILE_GIDS ?
	    "cert_rsa1024.der" : "cert_p256.der");
	struct device_keys keys;

	hostile_begin(_i);
	hostile_fill();
	hostile_ok(device_list(dev, &keys));
	hostile_ok(device_put_certificate(dev, keys.key[0].place,
	    secret_span(&other)));
	device_keys_free(&keys);
	hostile_insert();
	hostile_ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(span_equal(secret_span(&keys.key[0].certificate),
	    secret_span(&other)));
	ck_assert(key_same_public(&keys.key[0].public, hostile_key()));
	ck_assert_int_eq(hostile_sign(&keys.key[0]), CNG_OK);
	device_keys_free(&keys);
	secret_free(&other);
	hostile_end();
}
END_TEST

/* --- keys ---------------------------------------------------------------- */

/* 7F49 with a key of RSA-1024, to whoever asks for a new one. */
static bool
small_key(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	const struct key_material *key = fuzz_key(FUZZ_RSA1024);
	uint8_t body[160];
	struct wr b = wr_of(body, sizeof body), w = wr_of(answer, 512);

	if (command.ptr[1] != 0x47 || command.ptr[2] == 0x81)
		return false;
	tlv_put(&b, 0x81, key_part(key, RSA_N));
	tlv_put(&b, 0x82, key_part(key, RSA_E));
	tlv_put(&w, 0x7f49, span_of(body, b.len));
	wr_bytes(&w, span_of("\x90", 2));
	*len = w.len;
	++*(unsigned *)arg;
	return true;
}

START_TEST(smaller_key_than_asked_for)
{
	const struct device_new what = { .name = "weak",
		.role = KEY_ROLE_SIGN };
	const struct key_material shape = { .family = KEY_RSA };
	struct key_material public = { 0 };
	unsigned place, lies = 0;

	hostile_begin(_i);
	hostile_login();
	card_link_sim_lie(way, small_key, &lies);
	ck_assert_int_eq(device_generate(dev, &what, &shape, 2048, &public,
	    &place), CNG_ERR_DEVICE);
	ck_assert_uint_eq(lies, 1);
	card_link_sim_lie(way, NULL, NULL);
	ck_assert_ptr_null(public.part[RSA_N].ptr);
	hostile_insert();
	ck_assert_uint_eq(hostile_count(), 0);
	hostile_end();
}
END_TEST

/* What the maps say of a key is less than what the key says. */
START_TEST(gids_other_sizes)
{
	static const uint8_t algorithms[] = { 0, 6, 7, 9, 0x57 };
	struct secret master, maps;
	struct device_keys keys;
	struct card card;

	hostile_begin(HOSTILE_GIDS);
	hostile_fill();
	for (size_t i = 0; i < sizeof algorithms; i++) {
		struct gids_entry entry = { .used = true,
			.algorithm = algorithms[i], .kid = GIDS_KID_FIRST };

		gids_open(&card, &master);
		hostile_ok(gids_keys_read(&card, &maps));
		hostile_ok(gids_keys_write(&card, &maps, 0, &entry, false));
		secret_free(&maps);
		gids_close(&card, &master);
		hostile_ok(device_list(dev, &keys));
		ck_assert_uint_eq(keys.count, 1);
		ck_assert_uint_eq(keys.key[0].bits, 1024);
		ck_assert_int_eq(hostile_sign(&keys.key[0]), CNG_OK);
		device_keys_free(&keys);
	}
	hostile_end();
}
END_TEST

/* The key that would be the next container's is, by the key map, another's: it
 * is not written over. */
START_TEST(gids_lent_key)
{
	const struct gids_entry entry = { .used = true, .algorithm = 6,
		.kid = GIDS_KID_FIRST + 1 };
	struct secret master, maps;
	struct card card;
	unsigned place = 0;

	hostile_begin(HOSTILE_GIDS);
	hostile_fill();
	gids_open(&card, &master);
	hostile_ok(gids_keys_read(&card, &maps));
	hostile_ok(gids_keys_write(&card, &maps, 5, &entry, false));
	secret_free(&maps);
	gids_close(&card, &master);
	hostile_login();
	hostile_ok(hostile_import("another", &place));
	ck_assert_uint_eq(place, 2);
	hostile_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { gids_too_many, gids_names,
		gids_circles, gids_other_sizes, gids_lent_key,
		piv_nonsense_of_a_slot };
	Suite *suite = suite_create("card_hostile");
	TCase *tcase = tcase_create("card_hostile");

	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, endless, 0, ENDLESS * HOSTILE_APPS);
	tcase_add_loop_test(tcase, endless_from_the_start, 0, ENDLESS);
	tcase_add_loop_test(tcase, bombs, HOSTILE_PIV, HOSTILE_GIDS + 1);
	tcase_add_loop_test(tcase, another_certificate, 0, HOSTILE_APPS);
	tcase_add_loop_test(tcase, smaller_key_than_asked_for, 0,
	    HOSTILE_APPS);
	suite_add_tcase(suite, tcase);
	return sample_main(suite);
}
