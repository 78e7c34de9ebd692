/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A card as a token: what it shows, what it does, and that it may be pulled at
 * any time.
 */
#include "core_card_help.h"

#include <unistd.h>

/* --- what there is -------------------------------------------------------- */

START_TEST(shows_what_the_card_has)
{
	struct object *obj;

	fake_put("first", &rsa);
	fake_put("second", &ec)->key.pin = DEVICE_PIN_NEVER;
	/* private ones want a login, unless the key wants no PIN */
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 3);
	ck_assert_uint_eq(fake.lists, 1);
	log_in();
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 4);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_TOKEN, 1))), 4);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_TOKEN, 0))), 0);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "first"))), 2);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 2);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_KEY_FAMILY, KEY_EC))), 2);
	ck_assert_uint_eq(fake.lists, 1);

	obj = object_of(the(OBJ_PRIVATE, "first"));
	ck_assert(object_flag(obj, PROP_SENSITIVE));
	ck_assert(!object_flag(obj, PROP_EXTRACTABLE));
	ck_assert(!object_flag(obj, PROP_COPYABLE));
	ck_assert(!object_flag(obj, PROP_LOCAL));
	ck_assert(!object_flag(obj, PROP_ALWAYS_SENSITIVE));
	ck_assert(object_flag(obj, PROP_SIGN));
	ck_assert(object_flag(obj, PROP_DECRYPT));
	ck_assert(!object_flag(obj, PROP_DERIVE));
	ck_assert_uint_eq(object_key_bits(obj), 1024);
	object_free(obj);
	obj = object_of(the(OBJ_PRIVATE, "second"));
	ck_assert(!object_flag(obj, PROP_PRIVATE));
	ck_assert(object_flag(obj, PROP_DERIVE));
	ck_assert(!object_flag(obj, PROP_DECRYPT));
	object_free(obj);
}
END_TEST

START_TEST(secret_numbers_are_not_shown)
{
	static const enum prop_id secrets[] = { PROP_PRIVATE_EXPONENT,
		PROP_PRIME_1, PROP_BLOB };
	struct export_request req = { .type = BLOB_PRIVATE };
	struct wr count = wr_of(NULL, 0);
	struct object *obj;

	fake_put("key", &rsa);
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "key"));
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		ck_assert_int_eq(object_bytes(obj, secrets[i], &count),
		    CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(object_bytes(obj, PROP_MODULUS, &count), CNG_OK);
	ck_assert_uint_eq(count.len, 128);
	ck_assert_int_eq(token_export(tok, obj, &req, &count),
	    CNG_ERR_KEY_UNEXTRACTABLE);
	object_free(obj);
}
END_TEST

START_TEST(keys_have_ids)
{
	struct object *obj, *public;
	uint8_t id[2][64];
	struct wr w[2] = { wr_of(id[0], 64), wr_of(id[1], 64) };
	struct fake_key *own;

	fake_put("hash", &rsa);
	own = fake_put("own", &ec);
	own->key.own_id = true;
	own->key.id = 0x02;
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "hash"));
	public = object_of(the(OBJ_PUBLIC, "hash"));
	ck_assert_int_eq(object_bytes(obj, PROP_ID, &w[0]), CNG_OK);
	ck_assert_int_eq(object_bytes(public, PROP_ID, &w[1]), CNG_OK);
	ck_assert_uint_eq(w[0].len, 20);
	ck_assert(span_equal(span_of(id[0], w[0].len),
	    span_of(id[1], w[1].len)));
	ck_assert_int_eq(crypto_digest(HASH_SHA1, key_part(&rsa, RSA_N),
	    id[1]), CNG_OK);
	ck_assert_mem_eq(id[0], id[1], 20);
	object_free(obj);
	object_free(public);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_ID, "\x02"))), 2);
}
END_TEST

START_TEST(handles_stay)
{
	obj_id first, second;
	uint8_t uid[2][32];
	struct wr w[2] = { wr_of(uid[0], 32), wr_of(uid[1], 32) };
	struct object *obj;

	fake_put("first", &rsa);
	fake_put("second", &ec);
	log_in();
	first = the(OBJ_PRIVATE, "first");
	second = the(OBJ_PUBLIC, "second");
	obj = object_of(first);
	ck_assert_int_eq(object_bytes(obj, PROP_UNIQUE_ID, &w[0]), CNG_OK);
	object_free(obj);
	/* another program renames one, and removes the other */
	strcpy(fake.key[0].key.name, "renamed");
	fake.key[1].used = false;
	fake.stamp++;
	ck_assert_uint_eq(the(OBJ_PRIVATE, "renamed"), first);
	ck_assert_int_eq(token_object(tok, second, &obj), CNG_ERR_OBJECT);
	obj = object_of(first);
	ck_assert_int_eq(object_bytes(obj, PROP_UNIQUE_ID, &w[1]), CNG_OK);
	ck_assert_mem_eq(uid[0], uid[1], 32);
	object_free(obj);
	fake.key[1].used = true;
	fake.stamp++;
	ck_assert_uint_ne(the(OBJ_PUBLIC, "second"), second);
	ck_assert_uint_eq(fake.lists, 3);
}
END_TEST

static void
unique_id(uint8_t out[32])
{
	struct wr w = wr_of(out, 32);
	struct object *obj = object_of(the(OBJ_PRIVATE, "key"));

	ck_assert_int_eq(object_bytes(obj, PROP_UNIQUE_ID, &w), CNG_OK);
	object_free(obj);
}

/* Where the card has no serial number but one that is new with each change. */
START_TEST(unique_ids_stay)
{
	uint8_t before[32] = { 0 }, after[32] = { 0 };
	struct token_info info[2];

	fake.fickle = true;
	fake_put("key", &rsa);
	log_in();
	unique_id(before);
	ck_assert_int_eq(token_info(tok, &info[0]), CNG_OK);
	fake_pull();
	fake_insert();
	fake_put("key", &rsa);
	ck_assert_int_eq(token_info(tok, &info[1]), CNG_OK);
	log_in();
	unique_id(after);
	ck_assert_mem_eq(before, after, sizeof before);
	ck_assert_int_eq(token_info(tok, &info[1]), CNG_OK);
	ck_assert_str_ne(info[0].serial, info[1].serial);
}
END_TEST

START_TEST(keys_that_are_none)
{
	fake_put("key", &ec);
	log_in();
	fake.no_numbers = true;
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	fake.no_numbers = false;
	fake.wrong_numbers = true; /* a point off the curve */
	fake.stamp++;
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	fake.wrong_numbers = false;
	fake.stamp++;
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	/* nor is that a certificate */
	ck_assert_int_eq(secret_copy(&fake.root, span_str("nonsense")),
	    CNG_OK);
	fake.stamp++;
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
}
END_TEST

/* --- what it does --------------------------------------------------------- */

START_TEST(signs)
{
	struct object *obj;

	fake_put("rsa", &rsa);
	fake_put("ec", &ec);
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "rsa"));
	ck_assert_int_eq(sign_with(obj, false), CNG_OK);
	object_free(obj);
	obj = object_of(the(OBJ_PRIVATE, "ec"));
	ck_assert_int_eq(sign_with(obj, false), CNG_OK);
	object_free(obj);
}
END_TEST

START_TEST(unwraps_and_decrypts)
{
	const struct key_op op = { .scheme = OP_RSA_OAEP,
		.pad_hash = HASH_SHA1, .mgf_hash = HASH_SHA1 };
	struct object *private, *public;
	struct crypto_key *key;
	uint8_t wrapped[128], back[128];
	struct wr w = wr_of(wrapped, sizeof wrapped), b = wr_of(back, 128);
	struct import_request req = { .format = TRANSFER_STANDARD, .op = &op,
		.mechanism = 1, .tmpl = PROPS(NUM(PROP_CLASS, OBJ_SECRET),
		    NUM(PROP_KEY_FAMILY, KEY_AES), NUM(PROP_TOKEN, 0)) };
	struct operation *o;
	obj_id id;

	fake_put("key", &rsa);
	log_in();
	private = object_of(the(OBJ_PRIVATE, "key"));
	public = object_of(the(OBJ_PUBLIC, "key"));
	ck_assert_int_eq(crypto_key_new(&key, &rsa), CNG_OK);
	ck_assert_int_eq(crypto_encrypt(key, &op,
	    span_str("sixteen bytes ok"), &w), CNG_OK);
	crypto_key_free(key);
	req.data = span_of(wrapped, w.len);
	req.key = private;
	ck_assert_int_eq(token_import(tok, &rw, &req, &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_VALUE_LEN), 16);
	ck_assert_int_eq(operation_new(&o, private, &op, USE_DECRYPT, 1),
	    CNG_OK);
	ck_assert_int_eq(operation_run(o, req.data, &b), CNG_OK);
	ck_assert(span_equal(span_of(back, b.len),
	    span_str("sixteen bytes ok")));
	operation_free(o);
	object_free(private);
	object_free(public);
}
END_TEST

START_TEST(derives)
{
	struct key_op op = { .scheme = OP_ECDH };
	struct secret peer = { 0 }, out = { 0 };
	struct object *obj;

	fake_put("key", &ec);
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "key"));
	ck_assert_int_eq(secret_copy(&peer, span_of("\x04", 1)), CNG_OK);
	ck_assert_int_eq(secret_append(&peer, key_part(&ec, EC_X)), CNG_OK);
	ck_assert_int_eq(secret_append(&peer, key_part(&ec, EC_Y)), CNG_OK);
	op.peer = secret_span(&peer);
	ck_assert_int_eq(object_derive(obj, &op, 1, 0, &out), CNG_OK);
	ck_assert_uint_eq(out.len, 32);
	secret_free(&out);
	secret_free(&peer);
	object_free(obj);
}
END_TEST

/* --- PINs ----------------------------------------------------------------- */

START_TEST(logins)
{
	struct token_info info;
	struct token_card card;

	fake_put("key", &rsa);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str("bad!")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.is_card && info.present && info.initialized);
	ck_assert_str_eq(info.label, "Fake card");
	ck_assert_str_eq(info.serial, "3456789abcdefXYZ");
	ck_assert_int_eq(token_card(tok, &card), CNG_OK);
	ck_assert_str_eq(card.kind, "FAKE");
	ck_assert_str_eq(card.serial, "0123456789abcdefXYZ");
	ck_assert_int_eq(card.tries, 2);
	ck_assert_uint_eq(card.used, 1);
	ck_assert_uint_eq(card.spare, FAKE_KEYS - 1);
	ck_assert(info.user_count_low && !info.user_final_try);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str("bad!")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.user_final_try && !info.user_locked);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str("bad!")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.user_locked);
	ck_assert_int_eq(token_login(tok, ROLE_USER, FAKE_PIN),
	    CNG_ERR_PIN_LOCKED);
	ck_assert_int_eq(token_init_pin(tok, FAKE_PIN),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_login(tok, ROLE_SO, FAKE_ADMIN), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, FAKE_PIN),
	    CNG_ERR_OTHER_LOGGED_IN);
	ck_assert_int_eq(token_init_pin(tok, FAKE_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_ERR_NOT_LOGGED_IN);
	log_in();
	ck_assert_int_eq(token_login(tok, ROLE_USER, FAKE_PIN),
	    CNG_ERR_LOGGED_IN);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	ck_assert_int_eq(token_set_pin(tok, FAKE_PIN, span_str("1")),
	    CNG_ERR_PIN_LENGTH);
	ck_assert_int_eq(token_set_pin(tok, FAKE_PIN, span_str("654321")),
	    CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert(!fake.pin_said);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 0);
	ck_assert_int_eq(token_init(tok, FAKE_PIN, span_str("x")),
	    CNG_ERR_NOT_SUPPORTED);
}
END_TEST

START_TEST(pin_before_each_use)
{
	struct object *obj;

	fake_put("key", &rsa)->key.pin = DEVICE_PIN_ALWAYS;
	ck_assert_int_eq(token_check_pin(tok, FAKE_PIN),
	    CNG_ERR_NOT_LOGGED_IN);
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "key"));
	ck_assert(object_flag(obj, PROP_ALWAYS_AUTHENTICATE));
	ck_assert_int_eq(sign_with(obj, true), CNG_OK);
	ck_assert_int_eq(sign_with(obj, true), CNG_OK);
	object_free(obj);
}
END_TEST

/* --- cards come and go ---------------------------------------------------- */

START_TEST(the_card_is_pulled)
{
	obj_id id, session;
	struct object *obj, *gone;
	struct token_info info;
	struct obj_ids ids;

	fake_put("key", &rsa);
	log_in();
	id = the(OBJ_PRIVATE, "key");
	obj = object_of(id);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 0)), &session),
	    CNG_OK);
	fake_pull();
	ck_assert_int_eq(sign_with(obj, false), CNG_ERR_DEVICE_REMOVED);
	ck_assert_int_eq(token_object(tok, id, &gone),
	    CNG_ERR_DEVICE_REMOVED);
	ck_assert_int_eq(token_find(tok, (struct props){ 0 }, &ids),
	    CNG_ERR_DEVICE_REMOVED);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	ck_assert_int_eq(token_login(tok, ROLE_USER, FAKE_PIN),
	    CNG_ERR_DEVICE_REMOVED);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(!info.present && info.is_card);
	ck_assert_int_eq(info.fault, CNG_ERR_NO_CARD);
	ck_assert_uint_eq(info.incarnation, 1);

	fake_insert();
	fake_put("key", &rsa);
	ck_assert_int_eq(token_object(tok, id, &gone), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_object(tok, session, &gone), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	ck_assert_int_eq(sign_with(obj, false), CNG_ERR_DEVICE_REMOVED);
	log_in();
	ck_assert_uint_ne(the(OBJ_PRIVATE, "key"), id);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert_uint_eq(info.incarnation, 2);
	object_free(obj);
}
END_TEST

START_TEST(there_was_no_card)
{
	struct token_info info;
	struct object *obj;
	struct obj_ids ids;

	fake_pull();
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(!info.present && info.is_card);
	ck_assert_str_eq(info.path, FAKE_READER);
	ck_assert_int_eq(token_find(tok, (struct props){ 0 }, &ids),
	    CNG_ERR_NO_CARD);
	ck_assert_int_eq(token_object(tok, 4, &obj), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_logout(tok), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_login(tok, ROLE_USER, FAKE_PIN),
	    CNG_ERR_NO_CARD);
}
END_TEST

START_TEST(a_child_opens_the_card_itself)
{
	obj_id id;

	fake_put("key", &rsa);
	log_in();
	id = the(OBJ_PRIVATE, "key");
	token_after_fork(tok);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	log_in();
	ck_assert_uint_eq(fake.opened, 2);
	ck_assert_uint_ne(the(OBJ_PRIVATE, "key"), id);
}
END_TEST

/* --- a card that takes its time ------------------------------------------- */

static obj_id session_object;
static unsigned spoken;

static void
make_session_object(void)
{
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 0)),
	    &session_object), CNG_OK);
	spoken = 0;
}

/* Waiting for a lock, this would never return. */
static void
use_the_token(void)
{
	struct token_ready ready;

	spoken++;
	object_free(object_of(session_object));
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
	ck_assert_int_eq(token_ready(tok, &ready), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_TOKEN, 0))), 1);
}

START_TEST(nobody_waits_for_a_slow_card)
{
	fake_put("key", &rsa);
	log_in();
	make_session_object();
	fake.speaking = use_the_token;
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	ck_assert_uint_eq(spoken, 1);
}
END_TEST

static void
pull_now(void)
{
	spoken++;
	fake_pull();
	fake_insert();
	fake_put("other", &ec);
}

START_TEST(the_card_is_changed_while_it_is_listed)
{
	struct obj_ids ids;
	struct object *gone;

	fake_put("key", &rsa);
	log_in();
	make_session_object();
	fake.speaking = pull_now;
	ck_assert_int_eq(token_find(tok, (struct props){ 0 }, &ids),
	    CNG_ERR_DEVICE_REMOVED);
	fake.speaking = NULL;
	ck_assert_uint_eq(spoken, 1);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	ck_assert_int_eq(token_object(tok, session_object, &gone),
	    CNG_ERR_OBJECT);
	log_in();
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "other"))), 2);
}
END_TEST

/* What another thread has found meanwhile is newer, and stands. */
static void
find_more(void)
{
	spoken++;
	fake.speaking = NULL;
	fake_put("second", &ec);
	ck_assert_uint_ne(the(OBJ_PRIVATE, "second"), 0);
}

START_TEST(two_look_at_once)
{
	obj_id id;

	fake_put("first", &rsa);
	log_in();
	spoken = 0;
	fake.speaking = find_more;
	ck_assert_uint_ne(the(OBJ_PRIVATE, "first"), 0);
	ck_assert_uint_eq(spoken, 1);
	id = the(OBJ_PRIVATE, "second");
	object_free(object_of(id));
	fake.stamp++;
	ck_assert_uint_eq(the(OBJ_PRIVATE, "second"), id);
}
END_TEST

/* --- logins that end ------------------------------------------------------ */

START_TEST(the_card_forgets_the_login)
{
	struct object *obj;
	obj_id id;

	fake_put("key", &rsa);
	log_in();
	id = the(OBJ_PRIVATE, "key");
	fake.pin_said = false; /* its PIN was changed, say */
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	log_in();
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_ERR_OBJECT);
	ck_assert_uint_eq(the(OBJ_PRIVATE, "key"), after_logout(id));
}
END_TEST

START_TEST(a_wrong_pin_for_one_use)
{
	struct object *obj;

	fake_put("key", &rsa)->key.pin = DEVICE_PIN_ALWAYS;
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "key"));
	ck_assert_int_eq(token_check_pin(tok, span_str("bad!")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
	ck_assert_int_eq(sign_with(obj, true), CNG_OK);
	object_free(obj);
}
END_TEST

/* --- what its keys do ----------------------------------------------------- */

START_TEST(signs_without_padding)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	uint8_t block[128] = { 0, 1 }, out[128];
	struct wr w = wr_of(out, sizeof out);
	struct operation *o;
	struct object *obj;

	fake_put("key", &rsa);
	log_in();
	obj = object_of(the(OBJ_PRIVATE, "key"));
	ck_assert_int_eq(operation_new(&o, obj, &raw, USE_SIGN, 1), CNG_OK);
	ck_assert_int_eq(operation_run(o, span_of(block, sizeof block), &w),
	    CNG_OK);
	operation_free(o);
	w = wr_of(out, sizeof out);
	ck_assert_int_eq(operation_new(&o, obj, &raw, USE_DECRYPT, 1),
	    CNG_OK);
	ck_assert_int_eq(operation_run(o, span_of(block, sizeof block), &w),
	    CNG_OK);
	operation_free(o);
	object_free(obj);
}
END_TEST

/* --- readers -------------------------------------------------------------- */

static struct provider *
open_provider(const char *text)
{
	char path[] = "/tmp/core_card_XXXXXX";
	struct provider *prov;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
	ck_assert_int_eq(provider_open(&prov, path, NULL, 0), CNG_OK);
	ck_assert_int_eq(unlink(path), 0);
	return prov;
}

/* Those of cards. */
static size_t
reader_slots(struct provider *prov, unsigned long out[64])
{
	unsigned long all[128];
	size_t count, kept = 0;

	ck_assert_int_eq(provider_refresh(prov), CNG_OK);
	count = provider_slots(prov, all, ARRAY_LEN(all));
	for (size_t i = 0; i < count; i++)
		if (all[i] >= 34)
			out[kept++] = all[i];
	return kept;
}

START_TEST(readers_keep_their_slots)
{
	struct provider *prov = open_provider("");
	unsigned long before[64], slots[64];
	struct token *first;

	fake.readers = 3;
	ck_assert_uint_eq(reader_slots(prov, before), 3);
	ck_assert_uint_eq(before[0], 34);
	first = provider_token(prov, 34);
	ck_assert_ptr_nonnull(first);
	/* the first one is unplugged, and another one is new */
	fake.first_reader = 1;
	ck_assert_uint_eq(reader_slots(prov, slots), 3);
	ck_assert_uint_eq(slots[0], 35);
	ck_assert_uint_eq(slots[2], 37);
	/* a slot with a token stays good */
	ck_assert_ptr_eq(provider_token(prov, 34), first);
	fake.first_reader = 0;
	ck_assert_uint_eq(reader_slots(prov, slots), 3);
	ck_assert_mem_eq(slots, before, 3 * sizeof slots[0]);
	provider_close(prov);
}
END_TEST

START_TEST(readers_come_and_go_for_ever)
{
	struct provider *prov = open_provider("");
	unsigned long slots[64];
	struct token *used;

	fake.readers = 2;
	ck_assert_uint_eq(reader_slots(prov, slots), 2);
	used = provider_token(prov, 34);
	for (size_t i = 0; i < 100; i++) {
		fake.first_reader = 10 * i;
		ck_assert_uint_eq(reader_slots(prov, slots), 2);
	}
	ck_assert_ptr_eq(provider_token(prov, 34), used);
	/* so many at once is too much, which harms nobody */
	fake.readers = 40;
	ck_assert_uint_eq(reader_slots(prov, slots), 29);
	ck_assert_uint_eq(slots[28], 63);
	provider_close(prov);
}
END_TEST

START_TEST(readers_that_are_wanted)
{
	struct provider *prov = open_provider("readers = none\n");
	unsigned long slots[64];

	fake.readers = 12;
	ck_assert_uint_eq(reader_slots(prov, slots), 0);
	provider_close(prov);
	prov = open_provider("readers = Reader 1\nreaders = Reader 7\n");
	ck_assert_uint_eq(reader_slots(prov, slots), 4); /* 1, 7, 10, 11 */
	provider_close(prov);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { shows_what_the_card_has,
		secret_numbers_are_not_shown, keys_have_ids, handles_stay,
		unique_ids_stay, keys_that_are_none, signs,
		unwraps_and_decrypts, derives,
		logins, pin_before_each_use, the_card_is_pulled,
		there_was_no_card, a_child_opens_the_card_itself,
		nobody_waits_for_a_slow_card,
		the_card_is_changed_while_it_is_listed, two_look_at_once,
		the_card_forgets_the_login, a_wrong_pin_for_one_use,
		signs_without_padding, readers_keep_their_slots,
		readers_come_and_go_for_ever, readers_that_are_wanted };

	return run_tests_with("core_card", tests, ARRAY_LEN(tests), setup,
	    teardown);
}
