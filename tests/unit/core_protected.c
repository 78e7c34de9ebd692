/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob in core: a token's own, and those of a domain, whose root
 * key comes with the call or is in the token.
 */
#include "core_fixture.h"

#include "base/text.h"
#include "base/util.h"
#include "sample.h"

static struct token *tok;
static struct secret roots;

#define OPEN PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0))
#define NOTHING ((struct props){ 0 })

static void
setup(void)
{
	tok = token_with_user("memory:");
	roots = sample_read("kds_roots.ldif");
}

static void
teardown(void)
{
	secret_free(&roots);
	token_free(tok);
	crypto_shutdown();
}

static enum cng_status
export_with(obj_id id, const char *rule, struct token *sealer, obj_id key_id,
    struct secret *out)
{
	struct export_request req = { .type = BLOB_PROTECTEDKEY,
		.params.protect.rule = span_str(rule), .sealer = sealer };
	struct wr count = wr_of(NULL, 0), w;
	struct object *obj, *key = NULL;
	enum cng_status st;

	*out = (struct secret){ 0 };
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	if (key_id != 0)
		ck_assert_int_eq(token_object(tok, key_id, &key), CNG_OK);
	req.key = key;
	st = token_export(tok, obj, &req, &count);
	if (st == CNG_OK)
		st = secret_new(out, count.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = token_export(tok, obj, &req, &w);
		ck_assert(st != CNG_OK || w.len == count.len);
		if (st != CNG_OK)
			secret_free(out);
	}
	object_free(obj);
	object_free(key);
	return st;
}

static enum cng_status
export(obj_id id, struct secret *out)
{
	return export_with(id, "LOCAL=user", NULL, 0, out);
}

static enum cng_status
import_with(struct span blob, enum blob_type type, struct span given,
    obj_id key_id, struct props tmpl, obj_id *out)
{
	struct import_request req = {
		.type = type,
		.data = blob,
		.params.protect.roots = given,
		.tmpl = tmpl,
	};
	struct object *key = NULL;
	enum cng_status st;

	if (key_id != 0)
		ck_assert_int_eq(token_object(tok, key_id, &key), CNG_OK);
	req.key = key;
	st = token_import(tok, &rw, &req, out);
	object_free(key);
	return st;
}

static enum cng_status
import(struct span blob, struct props tmpl, obj_id *out)
{
	return import_with(blob, BLOB_PROTECTEDKEY, span_of(NULL, 0), 0, tmpl,
	    out);
}

static obj_id
plain_key(const char *file, struct props tmpl)
{
	struct secret in = sample_read(file);
	obj_id id;

	ck_assert_int_eq(import_with(secret_span(&in), BLOB_ANY,
	    span_of(NULL, 0), 0, tmpl, &id), CNG_OK);
	secret_free(&in);
	return id;
}

static void
holds(obj_id id, enum blob_type type, const char *file)
{
	struct export_request req = { .type = type };
	struct secret want = sample_read(file);
	uint8_t out[2048];
	struct wr w = wr_of(out, sizeof out);
	struct object *obj;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(token_export(tok, obj, &req, &w), CNG_OK);
	ck_assert(span_equal(span_of(out, w.len), secret_span(&want)));
	object_free(obj);
	secret_free(&want);
}

/* --- a token's own ------------------------------------------------------- */

static const struct {
	const char *file;
	enum blob_type type;
} keys[] = {
	{ "rsa1024_priv.bin", BLOB_RSAPRIVATE },
	{ "p256_ecdsa_priv.bin", BLOB_ECCPRIVATE },
	{ "aes256.bin", BLOB_KEYDATA },
};

START_TEST(comes_back)
{
	obj_id id = plain_key(keys[_i].file, PROPS(NUM(PROP_EXTRACTABLE, 1),
	    NUM(PROP_SENSITIVE, 1)));
	static const char *const said[] = { "", "LOCAL=user",
		"LOCAL=machine" };
	struct secret blob;
	obj_id back;

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		ck_assert_int_eq(export_with(id, said[i], NULL, 0, &blob),
		    CNG_OK);
		ck_assert_int_eq(import(secret_span(&blob), OPEN, &back),
		    CNG_OK);
		holds(back, keys[_i].type, keys[_i].file);
		ck_assert_int_eq(import_with(secret_span(&blob), BLOB_ANY,
		    span_of(NULL, 0), 0, PROPS(TEXT(PROP_NAME, "named")),
		    &back), CNG_OK);
		ck_assert_uint_eq(number_of(tok, back, PROP_TOKEN), 1);
		ck_assert_uint_eq(number_of(tok, back, PROP_LOCAL), 0);
		ck_assert_int_eq(token_destroy(tok, &rw, back), CNG_OK);
		secret_free(&blob);
	}
}
END_TEST

START_TEST(nobody_else_protects)
{
	obj_id id = plain_key("rsa1024_priv.bin", OPEN);
	struct secret blob;

	ck_assert_int_eq(export_with(id, "SID=S-1-5-18", NULL, 0, &blob),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(export_with(id, "SDDL=O:SYG:SYD:", NULL, 0, &blob),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(export_with(id, "nonsense", NULL, 0, &blob),
	    CNG_ERR_ARGUMENT);
}
END_TEST

START_TEST(policy)
{
	obj_id stays = plain_key("rsa1024_priv.bin", NOTHING);
	obj_id trusts = plain_key("rsa1024_priv.bin",
	    PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_WRAP_WITH_TRUSTED, 1)));
	obj_id public = plain_key("rsa1024_pub.bin", NOTHING);
	obj_id aes = plain_key("aes256.bin", PROPS(NUM(PROP_EXTRACTABLE, 1),
	    NUM(PROP_WRAP, 1), NUM(PROP_UNWRAP, 1)));
	struct secret blob;
	obj_id back;

	ck_assert_int_eq(export(stays, &blob), CNG_ERR_KEY_UNEXTRACTABLE);
	ck_assert_int_eq(export(trusts, &blob), CNG_ERR_KEY_NOT_WRAPPABLE);
	ck_assert_int_eq(export(public, &blob), CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(export_with(aes, "", NULL, aes, &blob),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(export(aes, &blob), CNG_OK);
	ck_assert_int_eq(import_with(secret_span(&blob), BLOB_PROTECTEDKEY,
	    span_of(NULL, 0), aes, NOTHING, &back), CNG_ERR_WRAP_KEY_TYPE);
	/* nobody opens it without a login */
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(import(secret_span(&blob), NOTHING, &back),
	    CNG_ERR_NOT_LOGGED_IN);
	secret_free(&blob);
}
END_TEST

/* Every bit counts: the key follows from all that is not the key. */
START_TEST(damage)
{
	obj_id id = plain_key("aes256.bin", OPEN), back;
	struct secret blob;
	size_t before;
	enum cng_status st;

	ck_assert_int_eq(export(id, &blob), CNG_OK);
	before = found(tok, NOTHING);
	for (size_t bit = 0; bit < blob.len * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		blob.ptr[bit / 8] ^= mask;
		st = import(secret_span(&blob), NOTHING, &back);
		ck_assert_msg(st == CNG_ERR_BAD_DATA ||
			st == CNG_ERR_BAD_MAGIC || st == CNG_ERR_BAD_KEY ||
			st == CNG_ERR_WRAPPED_KEY ||
			st == CNG_ERR_NOT_SUPPORTED,
		    "bit %zu: %s", bit, cng_status_name(st));
		blob.ptr[bit / 8] ^= mask;
	}
	for (size_t len = 0; len < blob.len; len++)
		ck_assert_int_eq(import(span_of(blob.ptr, len), NOTHING,
		    &back), CNG_ERR_BAD_DATA);
	ck_assert_uint_eq(found(tok, NOTHING), before);
	secret_free(&blob);
}
END_TEST

START_TEST(other_tokens)
{
	obj_id id = plain_key("aes256.bin", OPEN), back;
	struct token *other = token_with_user("memory:"), *swap;
	struct import_request req = { .type = BLOB_PROTECTEDKEY };
	struct secret blob, theirs;

	ck_assert_int_eq(export(id, &blob), CNG_OK);
	ck_assert_int_eq(export_with(id, "", other, 0, &theirs), CNG_OK);
	/* who sealed it opens it, wherever the key then goes */
	ck_assert_int_eq(import(secret_span(&theirs), NOTHING, &back),
	    CNG_ERR_BAD_KEY);
	req.data = secret_span(&theirs);
	req.sealer = other;
	ck_assert_int_eq(token_import(tok, &rw, &req, &back), CNG_OK);
	swap = tok;
	tok = other;
	ck_assert_int_eq(import(secret_span(&blob), NOTHING, &back),
	    CNG_ERR_BAD_KEY);
	ck_assert_int_eq(import(secret_span(&theirs), NOTHING, &back),
	    CNG_OK);
	/* the same serial, but made anew: other keys */
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("anew")), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_ne(import(secret_span(&theirs), NOTHING, &back),
	    CNG_OK);
	token_free(tok);
	tok = swap;
	secret_free(&blob);
	secret_free(&theirs);
}
END_TEST

/* --- a domain's ---------------------------------------------------------- */

START_TEST(root_key_with_the_call)
{
	struct secret in = sample_read("protected_ecdh_p256.bin");
	struct span blob = secret_span(&in);
	obj_id back;

	ck_assert_int_eq(import_with(blob, BLOB_ANY, secret_span(&roots), 0,
	    OPEN, &back), CNG_OK);
	holds(back, BLOB_ECCPRIVATE, "p256_ecdsa_priv.bin");
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 1);
	ck_assert_int_eq(import(blob, OPEN, &back), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY,
	    span_str("cn: other\n"), 0, OPEN, &back), CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY,
	    secret_span(&roots), 0, PROPS(NUM(PROP_KEY_FAMILY, KEY_RSA)),
	    &back), CNG_ERR_TEMPLATE_INCONSISTENT);
	secret_free(&in);
}
END_TEST

/* The one of protected_rsa1024.bin: its id, then the key. */
static const char root_text[] = "889940f86666156e7b73e39b3b85a242"
    "c3385ced1544a951d4ebc6e17b3f0d3f17cd56973d71d4b96744fc2652536445"
    "7efaa2a8002aa7ca5298a81ddf6612c80efc91c76e272bfc76429b8cb61487bf";

/* In the token, as a secret that nobody reads. */
static obj_id
root_object(uint8_t flip, size_t at, struct props tmpl)
{
	struct key_material key = { .family = KEY_GENERIC,
		.has_private = true };
	struct import_request req = { .type = BLOB_KEYDATA, .tmpl = tmpl,
		.params.secret_family = KEY_GENERIC };
	struct secret value;
	uint8_t blob[92];
	struct wr w = wr_of(blob, sizeof blob);
	obj_id id;

	ck_assert_int_eq(hex_decode(&value, root_text), CNG_OK);
	value.ptr[at] ^= flip;
	ck_assert_int_eq(key_set(&key, SYM_VALUE, secret_span(&value)),
	    CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_KEYDATA, &key, NULL, &w), CNG_OK);
	req.data = span_of(blob, w.len);
	ck_assert_int_eq(token_import(tok, &rw, &req, &id), CNG_OK);
	key_free(&key);
	secret_free(&value);
	return id;
}

START_TEST(root_key_in_the_token)
{
	struct secret in = sample_read("protected_rsa1024.bin"), local;
	struct span blob = secret_span(&in), none = { NULL, 0 };
	obj_id root = root_object(0, 0, PROPS(NUM(PROP_UNWRAP, 1)));
	obj_id idle = root_object(0, 0, NOTHING), back, aes, generic;
	obj_id other = root_object(1, 0, PROPS(NUM(PROP_UNWRAP, 1)));
	obj_id wrong = root_object(1, 40, PROPS(NUM(PROP_UNWRAP, 1)));

	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY, none, root,
	    OPEN, &back), CNG_OK);
	holds(back, BLOB_RSAPRIVATE, "rsa1024_priv.bin");
	ck_assert_int_eq(import_with(blob, BLOB_ANY, none, root, OPEN,
	    &back), CNG_OK);
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY, none, idle,
	    OPEN, &back), CNG_ERR_KEY_USAGE);
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY, none, other,
	    OPEN, &back), CNG_ERR_WRAP_KEY_TYPE);
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY, none, wrong,
	    OPEN, &back), CNG_ERR_WRAPPED_KEY);
	aes = plain_key("aes256.bin", PROPS(NUM(PROP_UNWRAP, 1),
	    NUM(PROP_EXTRACTABLE, 1)));
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY, none, aes, OPEN,
	    &back), CNG_ERR_WRAP_KEY_TYPE);
	generic = root_object(0, 0, PROPS(NUM(PROP_UNWRAP, 1),
	    TEXT(PROP_ALLOWED_MECHANISMS, "12345678")));
	ck_assert_int_eq(import_with(blob, BLOB_PROTECTEDKEY, none, generic,
	    OPEN, &back), CNG_ERR_MECHANISM);
	/* with a token's own blob it has nothing to do, nor with others */
	ck_assert_int_eq(export(aes, &local), CNG_OK);
	ck_assert_int_eq(import_with(secret_span(&local), BLOB_PROTECTEDKEY,
	    none, root, OPEN, &back), CNG_ERR_WRAP_KEY_TYPE);
	secret_free(&local);
	secret_free(&in);
	in = sample_read("rsa1024_priv.bin");
	ck_assert_int_eq(import_with(secret_span(&in), BLOB_RSAPRIVATE, none,
	    root, OPEN, &back), CNG_ERR_WRAP_KEY_TYPE);
	secret_free(&in);
}
END_TEST

/* --- no memory ----------------------------------------------------------- */

START_TEST(every_allocation_fails_once)
{
	obj_id id = plain_key("aes256.bin", OPEN), back;
	struct secret blob = { 0 }, domain;
	size_t before = found(tok, NOTHING);
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct span in;

	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = export(id, &blob);
		mem_fail_after(0);
		if (st != CNG_OK)
			ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
	}
	domain = sample_read("protected_aes256.bin");
	in = _i == 0 ? secret_span(&blob) : secret_span(&domain);
	st = CNG_ERR_NO_MEMORY;
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = import_with(in, BLOB_PROTECTEDKEY, secret_span(&roots),
		    0, PROPS(TEXT(PROP_NAME, "m")), &back);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(found(tok, NOTHING), before);
	}
	ck_assert_uint_eq(found(tok, NOTHING), before + 1);
	secret_free(&blob);
	secret_free(&domain);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core protected");
	TCase *tc = tcase_create("protected");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, comes_back, 0, ARRAY_LEN(keys));
	tcase_add_test(tc, nobody_else_protects);
	tcase_add_test(tc, policy);
	tcase_add_test(tc, damage);
	tcase_add_test(tc, other_tokens);
	tcase_add_test(tc, root_key_with_the_call);
	tcase_add_test(tc, root_key_in_the_token);
	tcase_add_loop_test(tc, every_allocation_fails_once, 0, 2);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
