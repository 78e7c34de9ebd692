/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Import and export: CNG blobs, wrapped and plain, pairs and their twins,
 * names, policy.
 */
#include "core_fixture.h"

#include "core/operation.h"

#include <stdlib.h>

static struct token *tok;

static void
setup(void)
{
	tok = token_with_user("memory:");
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
}

static enum cng_status
export_as(obj_id id, enum blob_type type, obj_id wrapping,
    struct secret *out)
{
	struct export_request req = { .type = type };
	struct object *obj = NULL, *key = NULL;
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	*out = (struct secret){ 0 };
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	if (wrapping != 0)
		ck_assert_int_eq(token_object(tok, wrapping, &key), CNG_OK);
	req.key = key;
	st = token_export(tok, obj, &req, &count);
	if (st == CNG_OK)
		st = secret_new(out, count.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = token_export(tok, obj, &req, &w);
		secret_truncate(out, w.len);
	}
	object_free(obj);
	object_free(key);
	return st;
}

static enum cng_status
import_from(const struct secret *blob, enum blob_type type, obj_id wrapping,
    unsigned flags, struct props tmpl, obj_id *out)
{
	struct import_request req = {
		.type = type,
		.data = secret_span(blob),
		.flags = flags,
		.tmpl = tmpl,
	};
	struct object *key = NULL;
	enum cng_status st;

	if (wrapping != 0)
		ck_assert_int_eq(token_object(tok, wrapping, &key), CNG_OK);
	req.key = key;
	st = token_import(tok, &rw, &req, out);
	object_free(key);
	return st;
}

/* A pair whose private half may leave in plaintext, as a blob. */
static void
make_blob(enum key_family family, enum blob_type type, struct secret *blob)
{
	struct prop public[] = {
		NUM(PROP_MODULUS_BITS, 1024),
	};
	struct prop curve[] = {
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
	};
	struct prop private[] = {
		NUM(PROP_SENSITIVE, 0),
		NUM(PROP_EXTRACTABLE, 1),
	};
	struct keygen_request req = {
		.family = family,
		.public = { family == KEY_RSA ? public : curve, 1 },
		.private = { private, 2 },
	};
	obj_id key, pub;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &pub), CNG_OK);
	ck_assert_int_eq(export_as(key, type, 0, blob), CNG_OK);
	ck_assert_int_eq(token_destroy(tok, &rw, key), CNG_OK);
	ck_assert_int_eq(token_destroy(tok, &rw, pub), CNG_OK);
}

static const struct {
	enum key_family family;
	enum blob_type type;
} pairs[] = {
	{ KEY_RSA, BLOB_RSAPRIVATE },
	{ KEY_RSA, BLOB_RSAFULLPRIVATE },
	{ KEY_RSA, BLOB_PRIVATE },
	{ KEY_RSA, BLOB_PKCS8 },
	{ KEY_EC, BLOB_ECCPRIVATE },
	{ KEY_EC, BLOB_PRIVATE },
	{ KEY_EC, BLOB_PKCS8 },
};

START_TEST(round_trip)
{
	struct secret blob, again;
	obj_id id;

	make_blob(pairs[_i].family, pairs[_i].type, &blob);
	ck_assert_int_eq(import_from(&blob, pairs[_i].type, 0, 0,
	    PROPS(NUM(PROP_TOKEN, 1), NUM(PROP_EXTRACTABLE, 1),
		NUM(PROP_SENSITIVE, 0)), &id), CNG_OK);
	ck_assert_int_eq(export_as(id, pairs[_i].type, 0, &again), CNG_OK);
	ck_assert(span_equal(secret_span(&blob), secret_span(&again)));
	ck_assert_uint_eq(number_of(tok, id, PROP_LOCAL), 0);
	ck_assert_uint_eq(number_of(tok, id, PROP_ALWAYS_SENSITIVE), 0);
	ck_assert_uint_eq(number_of(tok, id, PROP_NEVER_EXTRACTABLE), 0);
	secret_free(&again);
	/* detected by its magic as well */
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(NUM(PROP_TOKEN, 0)), &id), CNG_OK);
	secret_free(&blob);
}
END_TEST

START_TEST(defaults_are_those_of_cng)
{
	struct secret blob, out;
	obj_id id;

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &blob);
	/* no name: ephemeral; export policy 0 */
	ck_assert_int_eq(import_from(&blob, BLOB_RSAPRIVATE, 0, 0,
	    (struct props){ 0 }, &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_TOKEN), 0);
	ck_assert_uint_eq(number_of(tok, id, PROP_SENSITIVE), 1);
	ck_assert_uint_eq(number_of(tok, id, PROP_EXTRACTABLE), 0);
	ck_assert_int_eq(export_as(id, BLOB_RSAPRIVATE, 0, &out),
	    CNG_ERR_KEY_UNEXTRACTABLE);
	ck_assert_int_eq(export_as(id, BLOB_RSAPUBLIC, 0, &out), CNG_OK);
	secret_free(&out);
	ck_assert_int_eq(export_as(id, BLOB_ECCPUBLIC, 0, &out),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(export_as(id, BLOB_ANY, 0, &out), CNG_ERR_BAD_TYPE);
	/* a name: it persists */
	ck_assert_int_eq(import_from(&blob, BLOB_RSAPRIVATE, 0, 0,
	    PROPS(TEXT(PROP_NAME, "web")), &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_TOKEN), 1);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "web"))), 2);
	secret_free(&blob);
}
END_TEST

START_TEST(exportable_but_not_in_plaintext)
{
	struct secret blob, out;
	obj_id id;

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_RSAPRIVATE, 0, 0,
	    PROPS(NUM(PROP_EXTRACTABLE, 1)), &id), CNG_OK);
	ck_assert_int_eq(export_as(id, BLOB_RSAPRIVATE, 0, &out),
	    CNG_ERR_KEY_SENSITIVE);
	secret_free(&blob);
}
END_TEST

START_TEST(names_are_unique)
{
	struct secret first, second, out;
	obj_id a, b;

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &first);
	make_blob(KEY_EC, BLOB_ECCPRIVATE, &second);
	ck_assert_int_eq(import_from(&first, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "n")), &a), CNG_OK);
	ck_assert_int_eq(import_from(&second, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "n")), &b), CNG_ERR_EXISTS);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	ck_assert_uint_eq(number_of(tok, a, PROP_KEY_FAMILY), KEY_RSA);
	ck_assert_int_eq(import_from(&second, BLOB_ANY, 0, IMPORT_OVERWRITE,
	    PROPS(TEXT(PROP_NAME, "n")), &b), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_KEY_FAMILY, KEY_RSA))),
	    0);
	ck_assert_int_eq(export_as(b, BLOB_ECCPUBLIC, 0, &out), CNG_OK);
	secret_free(&out);
	secret_free(&first);
	secret_free(&second);
}
END_TEST

static obj_id
only(struct props tmpl)
{
	struct obj_ids ids;
	obj_id id;

	ck_assert_int_eq(token_find(tok, tmpl, &ids), CNG_OK);
	ck_assert_uint_eq(ids.count, 1);
	id = ids.id[0];
	mem_free(ids.id);
	return id;
}

static bool
follows(obj_id id)
{
	struct object *obj;
	bool is;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	is = object_is_follower(obj);
	object_free(obj);
	return is;
}

/* The public half of an imported pair verifies. */
static void
check_verifies(obj_id twin)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct operation *running = NULL;
	struct object *obj;

	ck_assert_int_eq(token_object(tok, twin, &obj), CNG_OK);
	ck_assert_int_eq(operation_new(&running, obj, &op, USE_VERIFY, 0),
	    CNG_OK);
	operation_free(running);
	object_free(obj);
}

START_TEST(twins)
{
	struct secret blob, public;
	obj_id key, twin, own;

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "t"), TEXT(PROP_LABEL, "first")), &key),
	    CNG_OK);
	twin = only(PROPS(NUM(PROP_CLASS, OBJ_PUBLIC)));
	ck_assert_uint_ne(twin, key);
	check_verifies(twin);
	ck_assert(follows(twin) && !follows(key));
	/* it follows ... */
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(TEXT(PROP_LABEL, "second"))), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "second"))), 2);
	/* ... until it has its own */
	ck_assert_int_eq(token_set(tok, &rw, twin,
	    PROPS(TEXT(PROP_LABEL, "own"))), CNG_OK);
	ck_assert(!follows(twin));
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(TEXT(PROP_LABEL, "third"))), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "own"))), 1);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "third"))), 1);
	/* visible without a login */
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 1);
	ck_assert_int_eq(token_destroy(tok, &rw, twin),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	key = after_logout(key);
	/* a public key of equal value takes its place */
	ck_assert_int_eq(export_as(key, BLOB_RSAPUBLIC, 0, &public), CNG_OK);
	ck_assert_int_eq(import_from(&public, BLOB_ANY, 0, 0,
	    PROPS(NUM(PROP_TOKEN, 1), TEXT(PROP_LABEL, "mine")), &own),
	    CNG_OK);
	ck_assert_uint_eq(only(PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), own);
	ck_assert(!follows(own));
	secret_free(&public);
	/* the private key remains when that goes, and still exports public */
	ck_assert_int_eq(token_destroy(tok, &rw, own), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 1);
	ck_assert_int_eq(export_as(key, BLOB_RSAPUBLIC, 0, &public), CNG_OK);
	secret_free(&public);
	ck_assert_int_eq(token_destroy(tok, &rw, key), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	secret_free(&blob);
}
END_TEST

START_TEST(destroying_the_private_key_takes_the_twin)
{
	struct secret blob;
	obj_id key;

	for (uint64_t token = 0; token < 2; token++) {
		make_blob(KEY_EC, BLOB_ECCPRIVATE, &blob);
		ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
		    PROPS(NUM(PROP_TOKEN, token)), &key), CNG_OK);
		ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
		ck_assert_int_eq(token_destroy(tok, &rw, key), CNG_OK);
		ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
		secret_free(&blob);
	}
}
END_TEST

static obj_id
wrapping_key(uint64_t bytes)
{
	struct prop lines[] = {
		NUM(PROP_VALUE_LEN, bytes),
		NUM(PROP_WRAP, 1),
		NUM(PROP_UNWRAP, 1),
		NUM(PROP_DECRYPT, 0),
		NUM(PROP_ENCRYPT, 0),
	};
	struct keygen_request req = {
		.family = KEY_AES,
		.secret = { lines, 5 },
	};
	obj_id id;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, NULL), CNG_OK);
	return id;
}

START_TEST(wrapped_by_aes)
{
	struct secret blob, wrapped, out;
	obj_id key, again, kek = wrapping_key(32), other = wrapping_key(32);

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(NUM(PROP_EXTRACTABLE, 1)), &key), CNG_OK);
	ck_assert_int_eq(export_as(key, BLOB_RSAPRIVATE, kek, &wrapped),
	    CNG_OK);
	ck_assert_int_eq(import_from(&wrapped, BLOB_RSAPRIVATE, kek, 0,
	    PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0)), &again),
	    CNG_OK);
	ck_assert_int_eq(export_as(again, BLOB_RSAPRIVATE, 0, &out), CNG_OK);
	ck_assert(span_equal(secret_span(&out), secret_span(&blob)));
	/* the wrong key and damage look alike, and leave nothing behind */
	ck_assert_int_eq(import_from(&wrapped, BLOB_RSAPRIVATE, other, 0,
	    (struct props){ 0 }, &again), CNG_ERR_WRAPPED_KEY);
	wrapped.ptr[20] ^= 1;
	ck_assert_int_eq(import_from(&wrapped, BLOB_RSAPRIVATE, kek, 0,
	    (struct props){ 0 }, &again), CNG_ERR_WRAPPED_KEY);
	/* the right key around the wrong type too */
	wrapped.ptr[20] ^= 1;
	ck_assert_int_eq(import_from(&wrapped, BLOB_ECCPRIVATE, kek, 0,
	    (struct props){ 0 }, &again), CNG_ERR_WRAPPED_KEY);
	secret_free(&out);
	secret_free(&wrapped);
	secret_free(&blob);
}
END_TEST

/* A key that everybody sees, but that nobody uses before the login. */
START_TEST(what_needs_a_login_says_so)
{
	struct secret junk = { 0 };
	obj_id kek, back;
	struct keygen_request req = { .family = KEY_AES,
		.secret = PROPS(NUM(PROP_VALUE_LEN, 32),
		    NUM(PROP_TOKEN, 1), NUM(PROP_PRIVATE, 0),
		    NUM(PROP_UNWRAP, 1)) };

	ck_assert_int_eq(token_generate(tok, &rw, &req, &kek, NULL), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(secret_new(&junk, 64), CNG_OK);
	ck_assert_int_eq(import_from(&junk, BLOB_RSAPRIVATE, kek, 0,
	    PROPS(NUM(PROP_PRIVATE, 0)), &back), CNG_ERR_NOT_LOGGED_IN);
	secret_free(&junk);
}
END_TEST

/* PKCS#11 names the right to unwrap; that to derive is another. */
START_TEST(deriving_is_not_unwrapping)
{
	static const struct key_op op = { .scheme = OP_ECDH_AES_WRAP,
		.kdf = KDF_X963, .pad_hash = HASH_SHA256, .aes_bits = 256 };
	static const uint8_t junk[256] = { 0 };

	for (uint64_t unwraps = 0; unwraps < 2; unwraps++) {
		struct keygen_request req = {
			.family = KEY_EC,
			.public = PROPS(BYTES(PROP_EC_PARAMS,
			    curve_info(CURVE_P256)->oid_der)),
			.private = PROPS(NUM(PROP_DERIVE, 1),
			    NUM(PROP_UNWRAP, unwraps)),
		};
		struct import_request in = {
			.format = TRANSFER_STANDARD,
			.data = span_of(junk, sizeof junk),
			.op = &op,
			.tmpl = PROPS(NUM(PROP_CLASS, OBJ_SECRET),
			    NUM(PROP_KEY_FAMILY, KEY_AES)),
		};
		obj_id key, pub, id;

		ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &pub),
		    CNG_OK);
		ck_assert_int_eq(token_object(tok, key, &in.key), CNG_OK);
		ck_assert_int_eq(token_import(tok, &rw, &in, &id),
		    unwraps ? CNG_ERR_WRAPPED_KEY : CNG_ERR_KEY_USAGE);
		object_free(in.key);
	}
}
END_TEST

START_TEST(the_null_key_is_no_key)
{
	struct secret blob, out;
	obj_id key;

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_RSAPRIVATE, OBJ_ID_NULL_KEY,
	    0, PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0)), &key),
	    CNG_OK);
	ck_assert_int_eq(export_as(key, BLOB_RSAPRIVATE, OBJ_ID_NULL_KEY,
	    &out), CNG_OK);
	ck_assert(span_equal(secret_span(&out), secret_span(&blob)));
	secret_free(&out);
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(NUM(PROP_WRAP_WITH_TRUSTED, 1))), CNG_OK);
	ck_assert_int_eq(export_as(key, BLOB_RSAPRIVATE, OBJ_ID_NULL_KEY,
	    &out), CNG_ERR_KEY_NOT_WRAPPABLE);
	secret_free(&blob);
}
END_TEST

START_TEST(weak_and_own_wrapping_keys_are_refused)
{
	struct prop lines[] = { NUM(PROP_VALUE_LEN, 32),
		NUM(PROP_EXTRACTABLE, 1), NUM(PROP_WRAP, 1) };
	struct keygen_request req = { .family = KEY_AES,
		.secret = { lines, 3 } };
	obj_id strong, weak = wrapping_key(16);
	struct secret out;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &strong, NULL),
	    CNG_OK);
	ck_assert_int_eq(export_as(strong, BLOB_KEYDATA, weak, &out),
	    CNG_ERR_WRAP_KEY_SIZE);
	ck_assert_int_eq(export_as(strong, BLOB_KEYDATA, strong, &out),
	    CNG_ERR_KEY_NOT_WRAPPABLE);
	tok->compat = true;
	ck_assert_int_eq(export_as(strong, BLOB_KEYDATA, weak, &out), CNG_OK);
	secret_free(&out);
	ck_assert_int_eq(export_as(strong, BLOB_KEYDATA, strong, &out),
	    CNG_ERR_KEY_NOT_WRAPPABLE);
}
END_TEST

START_TEST(damage_changes_nothing)
{
	struct secret blob;
	obj_id key;

	make_blob(KEY_RSA, BLOB_RSAFULLPRIVATE, &blob);
	for (size_t at = 0; at < blob.len; at += 7) {
		enum cng_status st;

		blob.ptr[at] ^= 0x20;
		st = import_from(&blob, BLOB_RSAFULLPRIVATE, 0, 0,
		    PROPS(TEXT(PROP_NAME, "d")), &key);
		blob.ptr[at] ^= 0x20;
		/* BitLength alone is not trusted and so may say anything */
		if (st == CNG_OK) {
			ck_assert_uint_ge(at, 4);
			ck_assert_uint_lt(at, 8);
			ck_assert_int_eq(token_destroy(tok, &rw, key), CNG_OK);
		}
		ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	}
	for (size_t len = 0; len < blob.len; len += 5) {
		struct secret cut = { blob.ptr, len };

		ck_assert_int_ne(import_from(&cut, BLOB_RSAFULLPRIVATE, 0, 0,
		    PROPS(TEXT(PROP_NAME, "d")), &key), CNG_OK);
	}
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	secret_free(&blob);
}
END_TEST

/* Only a key object that is public takes a twin's place, not a private one
 * that anybody may see. */
START_TEST(a_private_key_is_no_public_one)
{
	struct secret blob;
	obj_id first, second;

	make_blob(KEY_EC, BLOB_ECCPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(NUM(PROP_TOKEN, 1), NUM(PROP_PRIVATE, 0)), &first), CNG_OK);
	ck_assert_int_eq(token_destroy(tok, &rw,
	    only(PROPS(NUM(PROP_CLASS, OBJ_PUBLIC)))), CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(NUM(PROP_TOKEN, 1)), &second), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 1);
	secret_free(&blob);
}
END_TEST

/* Replacing a key destroys it: with the same rights. */
START_TEST(overwriting_needs_the_right_to_destroy)
{
	struct secret blob;
	obj_id key, other;

	make_blob(KEY_EC, BLOB_ECCPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "kept"), NUM(PROP_DESTROYABLE, 0)), &key),
	    CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, IMPORT_OVERWRITE,
	    PROPS(TEXT(PROP_NAME, "kept")), &other), CNG_ERR_PROHIBITED);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "user's")), &key), CNG_OK);
	/* the SO neither sees nor replaces the user's keys */
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, IMPORT_OVERWRITE,
	    PROPS(TEXT(PROP_NAME, "user's")), &other),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 2);
	secret_free(&blob);
}
END_TEST

/* A pair has one name. */
START_TEST(the_name_of_a_twin_is_that_of_the_key)
{
	struct secret blob;
	obj_id key, twin;

	make_blob(KEY_EC, BLOB_ECCPRIVATE, &blob);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "a")), &key), CNG_OK);
	twin = only(PROPS(NUM(PROP_CLASS, OBJ_PUBLIC)));
	ck_assert_int_eq(token_set(tok, &rw, twin,
	    PROPS(TEXT(PROP_NAME, "b"))), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "b"))), 2);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "a"))), 0);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(TEXT(PROP_NAME, "b")), &key), CNG_ERR_EXISTS);
	secret_free(&blob);
}
END_TEST

/* Half of the pair in the store, half in the session: both or none. */
START_TEST(every_allocation_of_a_pair_fails_once)
{
	struct prop public[] = {
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
	};
	struct prop private[] = { NUM(PROP_TOKEN, 1) };
	struct keygen_request req = {
		.family = KEY_EC,
		.public = { public, 1 },
		.private = { private, 1 },
	};
	enum cng_status st = CNG_ERR_NO_MEMORY;
	obj_id key, pub;

	/* some failures are survived, so the first success is not the end */
	for (unsigned long n = 1; n < 200; n++) {
		mem_fail_after(n);
		st = token_generate(tok, &rw, &req, &key, &pub);
		mem_fail_after(0);
		ck_assert_uint_eq(found(tok, (struct props){ 0 }),
		    st == CNG_OK ? 2 : 0);
		if (st != CNG_OK)
			continue;
		/* with tables that have to grow again */
		token_free(tok);
		tok = token_with_user("memory:");
	}
	ck_assert_int_eq(st, CNG_OK);
}
END_TEST

START_TEST(every_allocation_fails_once)
{
	struct secret blob;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	obj_id key = 0;

	make_blob(KEY_RSA, BLOB_RSAPRIVATE, &blob);
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = import_from(&blob, BLOB_RSAPRIVATE, 0, 0,
		    PROPS(TEXT(PROP_NAME, "m")), &key);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	}
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	secret_free(&blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core transfer");
	TCase *tc = tcase_create("transfer");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, round_trip, 0,
	    (int)(sizeof pairs / sizeof pairs[0]));
	tcase_add_test(tc, defaults_are_those_of_cng);
	tcase_add_test(tc, exportable_but_not_in_plaintext);
	tcase_add_test(tc, names_are_unique);
	tcase_add_test(tc, twins);
	tcase_add_test(tc, destroying_the_private_key_takes_the_twin);
	tcase_add_test(tc, wrapped_by_aes);
	tcase_add_test(tc, what_needs_a_login_says_so);
	tcase_add_test(tc, deriving_is_not_unwrapping);
	tcase_add_test(tc, the_null_key_is_no_key);
	tcase_add_test(tc, weak_and_own_wrapping_keys_are_refused);
	tcase_add_test(tc, damage_changes_nothing);
	tcase_add_test(tc, a_private_key_is_no_public_one);
	tcase_add_test(tc, overwriting_needs_the_right_to_destroy);
	tcase_add_test(tc, the_name_of_a_twin_is_that_of_the_key);
	tcase_add_test(tc, every_allocation_fails_once);
	tcase_add_test(tc, every_allocation_of_a_pair_fails_once);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
