/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Somebody else can read and write the store file: secrets are not in it,
 * and what was edited is noticed or does no harm.
 */
#include "core_fixture.h"
#include "runner.h"
#include "tempdir.h"

#include "core/operation.h"

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;

static void
setup(void)
{
	tempdir_make(dir);
	ck_assert_int_gt(snprintf(path, sizeof path, "%s/store.db", dir), 0);
	tok = token_with_user(path);
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
	tempdir_remove(dir);
}

/* --- reading ------------------------------------------------------------- */

static const uint8_t value[32] = "0123456789abcdef a value to find";

static obj_id
make_aes(uint64_t private, const char *label)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), NUM(PROP_PRIVATE, private),
	    BYTES(PROP_LABEL, span_str(label)),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	return id;
}

static bool
file_has(const char *suffix, struct span bytes)
{
	char name[sizeof path + 8];
	uint8_t *all;
	size_t len;
	bool has = false;
	FILE *f;

	ck_assert_int_gt(snprintf(name, sizeof name, "%s%s", path, suffix),
	    0);
	f = fopen(name, "rb");
	if (f == NULL)
		return false;
	all = mem_new(1, 1 << 20);
	ck_assert_ptr_nonnull(all);
	len = fread(all, 1, 1 << 20, f);
	ck_assert_uint_lt(len, 1 << 20);
	ck_assert_int_eq(fclose(f), 0);
	for (size_t i = 0; !has && i + bytes.len <= len; i++)
		has = memcmp(all + i, bytes.ptr, bytes.len) == 0;
	mem_free(all);
	return has;
}

static bool
store_has(struct span bytes)
{
	return file_has("", bytes) || file_has("-wal", bytes);
}

START_TEST(no_secret_is_written_in_clear)
{
	struct span secret = span_of(value, sizeof value);

	(void)make_aes(1, "quiet");
	ck_assert(!store_has(secret));
	ck_assert(!store_has(span_str("quiet")));
	(void)make_aes(0, "for all to see");
	ck_assert(store_has(span_str("for all to see")));
	ck_assert(!store_has(secret));
}
END_TEST

static const struct key_op cmac = { .scheme = OP_AES_CMAC, .mac_len = 16 };

static enum cng_status
sign_with(obj_id id)
{
	struct operation *o = NULL;
	struct object *obj;
	enum cng_status st = token_object(tok, id, &obj);

	if (st != CNG_OK)
		return st;
	st = operation_new(&o, obj, &cmac, USE_SIGN, 0);
	operation_free(o);
	object_free(obj);
	return st;
}

/* A key that is not private is seen without a login, but used with one. */
START_TEST(a_key_for_all_to_see)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof buf);
	struct object *obj;
	obj_id id = make_aes(0, "all"), copy;

	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(NUM(PROP_SIGN, 1))),
	    CNG_OK);
	ck_assert_int_eq(sign_with(id), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "all"))), 1);
	ck_assert_uint_eq(number_of(tok, id, PROP_VALUE_LEN), sizeof value);
	ck_assert_int_eq(sign_with(id), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_copy(tok, &rw, id, PROPS(NUM(PROP_TOKEN, 0)),
	    &copy), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_uint_eq(object_key_bits(obj), 256);
	ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w),
	    CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(object_bytes(obj, PROP_CHECK_VALUE, &w),
	    CNG_ERR_PROP_SENSITIVE);
	object_free(obj);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(sign_with(id), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(BYTES(PROP_VALUE,
	    span_of(value, sizeof value)))), 1);
}
END_TEST

static obj_id
make_pair(uint64_t private)
{
	struct prop curve[] = {
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
		NUM(PROP_TOKEN, 1),
	};
	struct prop lines[] = {
		NUM(PROP_TOKEN, 1),
		NUM(PROP_PRIVATE, private),
	};
	struct keygen_request req = {
		.family = KEY_EC,
		.public = { curve, 2 },
		.private = { lines, 2 },
	};
	obj_id key, public;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &public),
	    CNG_OK);
	return key;
}

START_TEST(a_private_key_for_all_to_see)
{
	const struct key_op ecdsa = { .scheme = OP_ECDSA };
	struct operation *o;
	struct object *obj;
	obj_id id = make_pair(0);

	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(operation_new(&o, obj, &ecdsa, USE_SIGN, 0),
	    CNG_ERR_NOT_LOGGED_IN);
	object_free(obj);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(operation_new(&o, obj, &ecdsa, USE_SIGN, 0), CNG_OK);
	operation_free(o);
	object_free(obj);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		no_secret_is_written_in_clear,
		a_key_for_all_to_see,
		a_private_key_for_all_to_see,
	};

	return run_tests_with("core hostile", tests,
	    sizeof tests / sizeof tests[0], setup, teardown);
}
