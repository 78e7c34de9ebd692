/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A card as a token: what it takes, makes, renames and gives up.
 */
#include "core_card_help.h"

#include "core/container.h"

/* A key on P-256, and a certificate of it. */
static const char cert_x[] =
    "0b6e5a7cdacab3a96ca17a3b3c31c7c5eefafece9955bf77866928ba9b16fdf6";
static const char cert_y[] =
    "e7ac59a82b3cd7302a0011315d4065973cc6a4465f244897491e73ed8923f83c";
static const char cert_d[] =
    "e026f346c995b03dfcd707de581c427effdccd77b6566b8caab7c6fb54a139c9";
static const char cert_der[] =
    "308201743082011ba003020102021459086e2f0dc66b164eae4536ead47a0035"
    "9c26a0300a06082a8648ce3d040302300f310d300b06035504030c0463617264"
    "3020170d3236313132323035353833335a180f32313236313032393035353833"
    "335a300f310d300b06035504030c04636172643059301306072a8648ce3d0201"
    "06082a8648ce3d030107034200040b6e5a7cdacab3a96ca17a3b3c31c7c5eefa"
    "fece9955bf77866928ba9b16fdf6e7ac59a82b3cd7302a0011315d4065973cc6"
    "a4465f244897491e73ed8923f83ca3533051301d0603551d0e04160414085cc6"
    "ca3632005d825ecc20c1da33a32bd9b74d301f0603551d23041830168014085c"
    "c6ca3632005d825ecc20c1da33a32bd9b74d300f0603551d130101ff04053003"
    "0101ff300a06082a8648ce3d04030203470030440220403a4dc52046f00df1c4"
    "02c3143895b29799879e5afd9fe5de015fa62122b92002202031b32813ceaba2"
    "03f530cbaa300222a086b463c21ca150f6f5ea22e299a3ec";

/* --- what it takes -------------------------------------------------------- */

static enum cng_status
import(const char *name, const struct key_material *key, unsigned flags,
    obj_id *out)
{
	struct secret blob = { 0 };
	struct wr count = wr_of(NULL, 0), w;
	struct import_request req = { .type = BLOB_PRIVATE, .flags = flags,
		.tmpl = PROPS(BYTES(PROP_NAME, span_str(name))) };
	enum cng_status st;

	ck_assert_int_eq(blob_encode(BLOB_PRIVATE, key, NULL, &count),
	    CNG_OK);
	ck_assert_int_eq(secret_new(&blob, count.len), CNG_OK);
	w = wr_of(blob.ptr, blob.len);
	ck_assert_int_eq(blob_encode(BLOB_PRIVATE, key, NULL, &w), CNG_OK);
	req.data = secret_span(&blob);
	st = token_import(tok, &rw, &req, out);
	secret_free(&blob);
	return st;
}

START_TEST(import_is_off_at_first)
{
	obj_id id;

	log_in();
	ck_assert_int_eq(import("x", &rsa, 0, &id), CNG_ERR_IMPORT_OFF);
	conf.card_import = CONF_IMPORT_SIGNATURE | CONF_IMPORT_ECDHE |
	    CONF_IMPORT_ECDSA;
	ck_assert_int_eq(import("x", &rsa, 0, &id), CNG_ERR_IMPORT_OFF);
	rsa.role = KEY_ROLE_SIGN;
	conf.card_import = CONF_IMPORT_EXCHANGE;
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_PRIVATE), NUM(PROP_KEY_FAMILY, KEY_RSA),
	    NUM(PROP_TOKEN, 1), NUM(PROP_DECRYPT, 0), NUM(PROP_UNWRAP, 0),
	    BYTES(PROP_MODULUS, key_part(&rsa, RSA_N)),
	    BYTES(PROP_PUBLIC_EXPONENT, key_part(&rsa, RSA_E)),
	    BYTES(PROP_PRIVATE_EXPONENT, key_part(&rsa, RSA_D))), &id),
	    CNG_ERR_IMPORT_OFF);
	ck_assert_int_eq(import("x", &ec, 0, &id), CNG_ERR_IMPORT_OFF);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	/* a session's is none of the card's */
	ck_assert_int_eq(import("", &rsa, 0, &id), CNG_OK);
	ck_assert(id & 1);
}
END_TEST

START_TEST(imports)
{
	obj_id id, other;
	struct object *obj;

	conf.card_import = CONF_IMPORT_EXCHANGE | CONF_IMPORT_ECDHE |
	    CONF_IMPORT_ECDSA;
	ck_assert_int_eq(import("one", &rsa, 0, &id), CNG_ERR_NOT_LOGGED_IN);
	log_in();
	ck_assert_int_eq(import("one", &rsa, 0, &id), CNG_OK);
	ck_assert(fake.last.make_default);
	ck_assert_uint_eq(id, the(OBJ_PRIVATE, "one"));
	obj = object_of(id);
	ck_assert_int_eq(sign_with(obj, false), CNG_OK);
	ck_assert(!obj->key.has_private);
	object_free(obj);
	ck_assert_int_eq(import("one", &ec, 0, &other), CNG_ERR_EXISTS);
	ck_assert_int_eq(import("two", &ec, 0, &other), CNG_OK);
	ck_assert(!fake.last.make_default);
	ck_assert_int_eq(import("a\\b", &ec, 0, &other),
	    CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(import("0123456789012345678901234567890123456789",
	    &ec, 0, &other), CNG_ERR_PROP_VALUE);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 2);
}
END_TEST

START_TEST(overwrites_all_or_nothing)
{
	obj_id id, now;

	conf.card_import = CONF_IMPORT_EXCHANGE | CONF_IMPORT_ECDHE |
	    CONF_IMPORT_ECDSA;
	fake_put("one", &rsa);
	log_in();
	id = the(OBJ_PRIVATE, "one");
	fake.fail = CNG_ERR_STORE_FULL;
	ck_assert_int_eq(import("one", &ec, 0x80, &now), CNG_ERR_STORE_FULL);
	ck_assert_uint_eq(the(OBJ_PRIVATE, "one"), id);
	ck_assert_int_eq(import("one", &ec, 0x80, &now), CNG_OK);
	ck_assert_uint_ne(now, id);
	ck_assert_uint_eq(the(OBJ_PRIVATE, "one"), now);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	ck_assert_uint_eq(number_of(tok, now, PROP_KEY_FAMILY), KEY_EC);
}
END_TEST

/* Whether the new key is brought or made, and by the same name or in the same
 * place; when the old one cannot go after all it has that back, too. */
START_TEST(default_stays)
{
	struct keygen_request req = { .family = KEY_RSA, .mechanism = 1,
		.public = PROPS(NUM(PROP_MODULUS_BITS, 1024)),
		.private = PROPS(NUM(PROP_TOKEN, 1), TEXT(PROP_LABEL, "one"),
		    TEXT(PROP_NAME, "one")),
		.overwrite = true };
	obj_id id, public;

	conf.card_import = CONF_IMPORT_ECDHE | CONF_IMPORT_ECDSA;
	fake_put("other", &ec);
	fake_put("one", &rsa)->key.is_default = true;
	log_in();
	fake.stays = 1;
	ck_assert_int_eq(import("one", &ec, 0x80, &id), CNG_ERR_DEVICE);
	ck_assert(fake.last.make_default);
	ck_assert_uint_eq(fake.heir, 1);
	ck_assert_str_eq(fake.key[1].key.name, "one");
	ck_assert_int_eq(import("one", &ec, 0x80, &id), CNG_OK);
	ck_assert(fake.last.make_default);
	/* one that fails late has taken the old key: the new one stays */
	fake.half = true;
	ck_assert_int_eq(import("one", &ec, 0x80, &id), CNG_OK);
	fake.half = false;
	ck_assert_uint_eq(the(OBJ_PRIVATE, "one"), id);
	ck_assert_int_eq(import("other", &ec, 0x80, &id), CNG_OK);
	ck_assert(!fake.last.make_default);
	fake_put("two", &rsa);
	for (size_t i = 0; i < FAKE_KEYS; i++)
		fake.key[i].key.is_default = strcmp(fake.key[i].key.name,
		    "one") == 0;
	fake.stamp++;
	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, &public),
	    CNG_OK);
	ck_assert(fake.last.make_default);
	ck_assert_uint_eq(the(OBJ_PRIVATE, "one"), id);
	req.overwrite = false;
	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, &public),
	    CNG_ERR_EXISTS);
}
END_TEST

/* A card that cannot remove the old one has it as it was, and no other. */
START_TEST(overwrites_not_what_stays)
{
	obj_id id, now = 0;

	conf.card_import = CONF_IMPORT_ECDHE | CONF_IMPORT_ECDSA;
	fake_put("one", &rsa);
	fake.keeps_keys = true;
	log_in();
	id = the(OBJ_PRIVATE, "one");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(import("one", &ec, 0x80, &now),
		    CNG_ERR_NO_REMOVAL);
	ck_assert_uint_eq(now, 0);
	ck_assert_uint_eq(the(OBJ_PRIVATE, "one"), id);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	ck_assert_int_eq(import("two", &ec, 0x80, &now), CNG_OK);
}
END_TEST

/* Another card, with another key in the same place. */
static void
swap_cards(void)
{
	fake.written = NULL;
	fake_pull();
	fake_insert();
	fake_put("other", &ec);
}

START_TEST(another_card_is_not_mistaken)
{
	struct keygen_request req = { .family = KEY_RSA, .mechanism = 1,
		.public = PROPS(NUM(PROP_MODULUS_BITS, 1024)),
		.private = PROPS(NUM(PROP_TOKEN, 1)) };
	obj_id id = 0, public = 0;

	conf.card_import = CONF_IMPORT_EXCHANGE;
	log_in();
	fake.written = swap_cards;
	ck_assert_int_eq(import("one", &rsa, 0, &id),
	    CNG_ERR_DEVICE_REMOVED);
	ck_assert_uint_eq(id, 0);
	log_in();
	fake.written = swap_cards;
	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, &public),
	    CNG_ERR_DEVICE_REMOVED);
	ck_assert(id == 0 && public == 0);
	log_in();
	id = the(OBJ_PRIVATE, "other");
	swap_cards();
	log_in();
	ck_assert_int_eq(token_destroy(tok, &rw, id), CNG_ERR_OBJECT);
	ck_assert(fake.key[0].used);
}
END_TEST

START_TEST(only_keys_and_their_certificates)
{
	obj_id id;

	log_in();
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 1)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), TEXT(PROP_VALUE, "0123456789abcdef")), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
}
END_TEST

START_TEST(renames_and_removes)
{
	obj_id id, public;

	fake_put("one", &rsa);
	fake_put("two", &ec);
	log_in();
	id = the(OBJ_PRIVATE, "one");
	public = the(OBJ_PUBLIC, "one");
	ck_assert_int_eq(token_set(tok, &ro, id, PROPS(TEXT(PROP_LABEL,
	    "x"))), CNG_ERR_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(TEXT(PROP_LABEL,
	    "two"))), CNG_ERR_EXISTS);
	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(NUM(PROP_SIGN, 0))),
	    CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(NUM(PROP_SIGN, 1),
	    TEXT(PROP_LABEL, "new"))), CNG_OK);
	ck_assert_uint_eq(the(OBJ_PRIVATE, "new"), id);
	ck_assert_uint_eq(the(OBJ_PUBLIC, "new"), public);
	ck_assert_int_eq(token_destroy(tok, &rw, public),
	    CNG_ERR_PROHIBITED);
	ck_assert_int_eq(token_destroy(tok, &ro, id), CNG_ERR_READ_ONLY);
	ck_assert_int_eq(token_destroy(tok, &rw, id), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	ck_assert(!fake.key[0].used);
}
END_TEST

START_TEST(generates)
{
	struct keygen_request req = { .family = KEY_RSA, .mechanism = 1,
		.public = PROPS(NUM(PROP_MODULUS_BITS, 1024)),
		.private = PROPS(NUM(PROP_TOKEN, 1), TEXT(PROP_LABEL, "gen"),
		    NUM(PROP_DECRYPT, 0)) };
	obj_id key, public;
	struct object *obj;

	log_in();
	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &public),
	    CNG_OK);
	ck_assert_uint_eq(key, the(OBJ_PRIVATE, "gen"));
	ck_assert_uint_eq(public, the(OBJ_PUBLIC, "gen"));
	ck_assert_uint_eq(fake.last.role, KEY_ROLE_SIGN);
	obj = object_of(key);
	ck_assert(object_flag(obj, PROP_LOCAL));
	ck_assert(object_flag(obj, PROP_ALWAYS_SENSITIVE));
	ck_assert(object_flag(obj, PROP_NEVER_EXTRACTABLE));
	ck_assert_int_eq(sign_with(obj, false), CNG_OK);
	object_free(obj);
	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &public),
	    CNG_ERR_EXISTS);
	ck_assert_int_eq(token_generate(tok, &ro, &req, &key, &public),
	    CNG_ERR_READ_ONLY);
}
END_TEST

START_TEST(certificates)
{
	struct key_material pair = { .family = KEY_EC, .curve = CURVE_P256,
		.has_private = true };
	struct secret x = { 0 }, y = { 0 }, d = { 0 }, der = { 0 };
	struct wr all = wr_of(NULL, 0);
	obj_id id;

	ck_assert_int_eq(hex_decode(&x, cert_x), CNG_OK);
	ck_assert_int_eq(hex_decode(&y, cert_y), CNG_OK);
	ck_assert_int_eq(hex_decode(&d, cert_d), CNG_OK);
	ck_assert_int_eq(hex_decode(&der, cert_der), CNG_OK);
	ck_assert_int_eq(key_set(&pair, EC_X, secret_span(&x)), CNG_OK);
	ck_assert_int_eq(key_set(&pair, EC_Y, secret_span(&y)), CNG_OK);
	ck_assert_int_eq(key_set(&pair, EC_D, secret_span(&d)), CNG_OK);
	log_in();
	fake_put("other", &ec);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_CERT), NUM(PROP_TOKEN, 1),
	    BYTES(PROP_VALUE, secret_span(&der))), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	fake_put("mine", &pair);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_CERT), NUM(PROP_TOKEN, 1),
	    BYTES(PROP_VALUE, secret_span(&der))), &id), CNG_OK);
	ck_assert_uint_eq(the(OBJ_CERT, "mine"), id);
	ck_assert(span_equal(secret_span(&fake.key[1].key.certificate),
	    secret_span(&der)));
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 5);
	ck_assert_int_eq(token_destroy(tok, &rw, id), CNG_OK);
	ck_assert_uint_eq(fake.key[1].key.certificate.len, 0);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 4);
	ck_assert_int_eq(token_certificates(tok, true, &all),
	    CNG_ERR_NOT_FOUND);
	/* one without a key is only there to be read */
	secret_move(&fake.root, &der);
	fake.stamp++;
	ck_assert_int_eq(token_certificates(tok, true, &all),
	    CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(token_certificates(tok, false, &all), CNG_OK);
	ck_assert_uint_gt(all.len, fake.root.len);
	id = the(OBJ_CERT, "");
	ck_assert_uint_eq(number_of(tok, id, PROP_CERT_CATEGORY), 2);
	ck_assert_int_eq(token_destroy(tok, &rw, id), CNG_ERR_PROHIBITED);
	key_free(&pair);
	secret_free(&x);
	secret_free(&y);
	secret_free(&d);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { import_is_off_at_first, imports,
		overwrites_all_or_nothing, default_stays,
		overwrites_not_what_stays,
		another_card_is_not_mistaken,
		only_keys_and_their_certificates, renames_and_removes,
		generates, certificates };

	return run_tests_with("core_card_write", tests, ARRAY_LEN(tests),
	    setup, teardown);
}
