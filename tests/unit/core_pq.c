/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Post-quantum keys as objects: made from templates and blobs, shown, found,
 * given out.  With a libcrypto that does not know them: refused, and nothing
 * made.
 */
#include "core_fixture.h"
#include "key/set.h"
#include "sample.h"
#include "tempdir.h"

#include <stdio.h>

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

/* The end of a blob is the number itself. */
static struct span
tail(const struct secret *blob, size_t len)
{
	ck_assert_uint_gt(blob->len, len);
	return span_of(blob->ptr + blob->len - len, len);
}

static void
shows(obj_id id, enum prop_id prop, struct span want)
{
	static uint8_t room[8192];
	struct wr w = wr_of(room, sizeof room);
	struct object *obj;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(object_bytes(obj, prop, &w), CNG_OK);
	ck_assert(span_equal(span_of(room, w.len), want));
	object_free(obj);
}

static void
hides(obj_id id, enum prop_id prop, enum cng_status want)
{
	struct wr w = wr_of(NULL, 0);
	struct object *obj;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(object_bytes(obj, prop, &w), want);
	ck_assert_uint_eq(w.len, 0);
	object_free(obj);
}

static enum cng_status
import_as(const struct secret *blob, enum blob_type type, unsigned flags,
    struct props tmpl, obj_id *out)
{
	struct import_request req = {
		.type = type,
		.data = secret_span(blob),
		.flags = flags,
		.tmpl = tmpl,
	};

	return token_import(tok, &rw, &req, out);
}

static enum cng_status
export_as(obj_id id, enum blob_type type, struct secret *out)
{
	struct export_request req = { .type = type };
	struct wr w = wr_of(NULL, 0);
	struct object *obj;
	enum cng_status st;

	*out = (struct secret){ 0 };
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	st = token_export(tok, obj, &req, &w);
	if (st == CNG_OK) {
		ck_assert_int_eq(secret_new(out, w.len), CNG_OK);
		w = wr_of(out->ptr, out->len);
		st = token_export(tok, obj, &req, &w);
	}
	object_free(obj);
	return st;
}

static void
exports(obj_id id, enum blob_type type, const char *file)
{
	struct secret want = sample_read(file), got;

	ck_assert_int_eq(export_as(id, type, &got), CNG_OK);
	ck_assert(span_equal(secret_span(&want), secret_span(&got)));
	secret_free(&want);
	secret_free(&got);
}

static void
refuses(obj_id id, enum blob_type type, enum cng_status want)
{
	struct secret got;

	ck_assert_int_eq(export_as(id, type, &got), want);
	ck_assert_uint_eq(got.len, 0);
}

#define OPEN NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0)

/* --- blobs ---------------------------------------------------------------- */

static const struct {
	enum key_family family;
	uint64_t number;
	enum blob_type public, private, seed;
	const char *name;
	const char *wrapped_seed;
} kinds[] = {
	{ KEY_MLKEM, 2, BLOB_MLKEMPUBLIC, BLOB_MLKEMPRIVATE,
	    BLOB_MLKEMPRIVATESEED, "mlkem768", "mlkem768_wrapped_seed.bin" },
	{ KEY_MLDSA, 2, BLOB_PQDSAPUBLIC, BLOB_PQDSAPRIVATE,
	    BLOB_PQDSAPRIVATESEED, "mldsa65", "mldsa65_wrapped_seed.bin" },
	{ KEY_SLHDSA, 3, BLOB_PQDSAPUBLIC, BLOB_PQDSAPRIVATE, BLOB_ANY,
	    "slhdsa_sha2_128f", NULL },
};

static const char *
file_of(int kind, const char *part)
{
	static char name[4][64];
	static unsigned next;
	char *out = name[next++ % 4];

	snprintf(out, sizeof name[0], "%s_%s.bin", kinds[kind].name, part);
	return out;
}

START_TEST(public_blob)
{
	struct secret blob = sample_read(file_of(_i, "pub"));
	obj_id id;

	ck_assert_int_eq(import_as(&blob, kinds[_i].public, 0,
	    PROPS(NUM(PROP_TOKEN, 1)), &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_CLASS), OBJ_PUBLIC);
	ck_assert_uint_eq(number_of(tok, id, PROP_KEY_FAMILY),
	    kinds[_i].family);
	ck_assert_uint_eq(number_of(tok, id, PROP_PARAMETER_SET),
	    kinds[_i].number);
	hides(id, PROP_SEED, CNG_ERR_PROP_UNKNOWN);
	exports(id, kinds[_i].public, file_of(_i, "pub"));
	exports(id, BLOB_PUBLIC, file_of(_i, "pub"));
	shows(id, PROP_BLOB, secret_span(&blob));
	refuses(id, kinds[_i].private, CNG_ERR_BAD_TYPE);
	refuses(id, BLOB_PQPRIVATE, CNG_ERR_BAD_TYPE);
	secret_free(&blob);
}
END_TEST

START_TEST(private_blob)
{
	struct secret blob = sample_read(file_of(_i, "priv"));
	struct secret public = sample_read(file_of(_i, "pub"));
	obj_id id;

	ck_assert_int_eq(import_as(&blob, kinds[_i].private, 0,
	    PROPS(OPEN), &id), CNG_OK);
	/* the public half is another object */
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	exports(id, kinds[_i].private, file_of(_i, "priv"));
	exports(id, BLOB_PRIVATE, file_of(_i, "priv"));
	exports(id, kinds[_i].public, file_of(_i, "pub"));
	shows(id, PROP_BLOB, secret_span(&blob));
	if (kinds[_i].seed != BLOB_ANY) {
		refuses(id, kinds[_i].seed, CNG_ERR_BAD_TYPE);
		shows(id, PROP_SEED, span_of(NULL, 0));
	} else {
		hides(id, PROP_SEED, CNG_ERR_PROP_UNKNOWN);
	}
	/* both halves are found by what is public in them */
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC),
	    NUM(PROP_KEY_FAMILY, kinds[_i].family), BYTES(PROP_VALUE,
		tail(&public, kinds[_i].family == KEY_MLKEM ? 1184 :
			kinds[_i].family == KEY_MLDSA ? 1952 : 32)))), 1);
	secret_free(&blob);
	secret_free(&public);
}
END_TEST

START_TEST(seed_blob)
{
	struct secret blob, again;
	obj_id id, other;

	if (kinds[_i].seed == BLOB_ANY)
		return; /* SLH-DSA has none */
	blob = sample_read(file_of(_i, "seed"));
	ck_assert_int_eq(import_as(&blob, kinds[_i].seed, 0,
	    PROPS(OPEN, TEXT(PROP_NAME, "seeded")), &id), CNG_OK);
	exports(id, kinds[_i].seed, file_of(_i, "seed"));
	exports(id, kinds[_i].private, file_of(_i, "priv"));
	exports(id, kinds[_i].public, file_of(_i, "pub"));
	exports(id, BLOB_PQPRIVATE, kinds[_i].wrapped_seed);
	/* PKCS#8 keeps the seed, too */
	ck_assert_int_eq(export_as(id, BLOB_PKCS8, &again), CNG_OK);
	ck_assert_int_eq(import_as(&again, BLOB_PKCS8, 0, PROPS(OPEN),
	    &other), CNG_OK);
	exports(other, kinds[_i].seed, file_of(_i, "seed"));
	secret_free(&again);
	secret_free(&blob);
}
END_TEST

START_TEST(policy)
{
	struct secret blob = sample_read("mlkem768_seed.bin");
	obj_id id;

	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0, (struct props){ 0 },
	    &id), CNG_OK);
	refuses(id, BLOB_MLKEMPRIVATESEED, CNG_ERR_KEY_UNEXTRACTABLE);
	refuses(id, BLOB_PQPRIVATE, CNG_ERR_KEY_UNEXTRACTABLE);
	exports(id, BLOB_MLKEMPUBLIC, "mlkem768_pub.bin");
	hides(id, PROP_SEED, CNG_ERR_PROP_SENSITIVE);
	hides(id, PROP_VALUE, CNG_ERR_PROP_SENSITIVE);
	hides(id, PROP_BLOB, CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0,
	    PROPS(NUM(PROP_EXTRACTABLE, 1)), &id), CNG_OK);
	refuses(id, BLOB_MLKEMPRIVATESEED, CNG_ERR_KEY_SENSITIVE);
	secret_free(&blob);
}
END_TEST

START_TEST(validation)
{
	struct secret hash = sample_read("mlkem768_priv_hash.bin");
	struct secret wide = sample_read("mlkem768_pub_coefficient.bin");
	obj_id id;

	ck_assert_int_eq(import_as(&hash, BLOB_ANY, 0, PROPS(OPEN), &id),
	    CNG_ERR_BAD_KEY);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	/* pairs may go unchecked, public numbers never */
	ck_assert_int_eq(import_as(&hash, BLOB_ANY, IMPORT_NO_VALIDATION,
	    PROPS(OPEN), &id), CNG_OK);
	ck_assert_int_eq(import_as(&wide, BLOB_ANY, IMPORT_NO_VALIDATION,
	    (struct props){ 0 }, &id), CNG_ERR_BAD_PUBLIC_KEY);
	secret_free(&hash);
	secret_free(&wide);
}
END_TEST

/* --- templates ------------------------------------------------------------ */

static enum cng_status
create(enum obj_class class, enum key_family family, uint64_t set,
    struct span value, struct span seed, obj_id *out)
{
	struct prop lines[8] = {
		NUM(PROP_CLASS, class),
		NUM(PROP_KEY_FAMILY, family),
		NUM(PROP_TOKEN, 1),
	};
	size_t count = 3;

	if (set != 0)
		lines[count++] = (struct prop)NUM(PROP_PARAMETER_SET, set);
	if (value.len > 0)
		lines[count++] = (struct prop)BYTES(PROP_VALUE, value);
	if (seed.len > 0)
		lines[count++] = (struct prop)BYTES(PROP_SEED, seed);
	if (class == OBJ_PRIVATE) {
		lines[count++] = (struct prop)NUM(PROP_SENSITIVE, 0);
		lines[count++] = (struct prop)NUM(PROP_EXTRACTABLE, 1);
	}
	return token_create(tok, &rw, (struct props){ lines, count }, out);
}

#define NONE span_of(NULL, 0)

START_TEST(templates)
{
	struct secret pub = sample_read("mldsa44_pub.bin");
	struct secret priv = sample_read("mldsa44_priv.bin");
	struct secret seed = sample_read("mldsa44_seed.bin");
	struct span p = tail(&pub, 1312), v = tail(&priv, 2560);
	struct span s = tail(&seed, 32);
	obj_id id, first;
	uint8_t sum[64];

	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 1, p, NONE, &first),
	    CNG_OK);
	shows(first, PROP_VALUE, p);
	ck_assert_int_eq(crypto_digest(HASH_SHA1, p, sum), CNG_OK);
	shows(first, PROP_ID, span_of(sum, 20));
	/* a private key as seed, as value, as both: the same */
	ck_assert_int_eq(create(OBJ_PRIVATE, KEY_MLDSA, 1, NONE, s, &id),
	    CNG_OK);
	shows(id, PROP_VALUE, v);
	shows(id, PROP_SEED, s);
	shows(id, PROP_ID, span_of(sum, 20));
	ck_assert_int_eq(create(OBJ_PRIVATE, KEY_MLDSA, 1, v, s, &id),
	    CNG_OK);
	shows(id, PROP_SEED, s);
	ck_assert_int_eq(create(OBJ_PRIVATE, KEY_MLDSA, 1, v, NONE, &id),
	    CNG_OK);
	shows(id, PROP_SEED, NONE);
	shows(id, PROP_ID, span_of(sum, 20));
	ck_assert_uint_eq(number_of(tok, id, PROP_SIGN), 1);
	ck_assert_uint_eq(found(tok, PROPS(BYTES(PROP_VALUE, p))), 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC),
	    NUM(PROP_KEY_FAMILY, KEY_MLDSA), BYTES(PROP_VALUE, p))), 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC),
	    NUM(PROP_KEY_FAMILY, KEY_MLDSA), BYTES(PROP_VALUE, v))), 0);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE),
	    BYTES(PROP_VALUE, v))), 3);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_PARAMETER_SET, 1))), 4);
	secret_free(&pub);
	secret_free(&priv);
	secret_free(&seed);
}
END_TEST

START_TEST(bad_templates)
{
	struct secret pub = sample_read("mldsa44_pub.bin");
	struct secret priv = sample_read("mldsa44_priv.bin");
	struct secret seed = sample_read("mldsa44_seed.bin");
	struct span p = tail(&pub, 1312), v = tail(&priv, 2560);
	struct span s = tail(&seed, 32);
	obj_id id;

	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 0, p, NONE, &id),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 4, p, NONE, &id),
	    CNG_ERR_BAD_SET);
	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 2, p, NONE, &id),
	    CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 1, NONE, NONE, &id),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 1, p, s, &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(create(OBJ_PRIVATE, KEY_MLDSA, 1, NONE, NONE, &id),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_int_eq(create(OBJ_PRIVATE, KEY_MLDSA, 1, p, NONE, &id),
	    CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(create(OBJ_PRIVATE, KEY_SLHDSA, 1, NONE, s, &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(create(OBJ_SECRET, KEY_MLDSA, 1, v, NONE, &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	seed.ptr[seed.len - 1] ^= 1;
	if (crypto_has_set(KEY_SET_MLDSA_44))
		ck_assert_int_eq(create(OBJ_PRIVATE, KEY_MLDSA, 1, v, s,
		    &id), CNG_ERR_PROP_VALUE);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	secret_free(&pub);
	secret_free(&priv);
	secret_free(&seed);
}
END_TEST

/* Lines beside a blob say what is so, or are refused. */
START_TEST(blob_and_template)
{
	struct secret blob = sample_read("mlkem768_seed.bin");
	struct span s = tail(&blob, 64);
	obj_id id;

	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0,
	    PROPS(NUM(PROP_PARAMETER_SET, 1)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0,
	    PROPS(BYTES(PROP_SEED, s)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0,
	    PROPS(NUM(PROP_KEY_FAMILY, KEY_MLDSA)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0,
	    PROPS(NUM(PROP_PARAMETER_SET, 2)), &id), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(NUM(PROP_PARAMETER_SET, 3))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(BYTES(PROP_SEED, s))),
	    CNG_ERR_PROP_READ_ONLY);
	secret_free(&blob);
}
END_TEST

/* --- the store ------------------------------------------------------------ */

START_TEST(on_disk)
{
	struct secret blob = sample_read("mlkem1024_seed.bin");
	struct secret pub = sample_read("mlkem1024_pub.bin");
	struct obj_ids ids;
	char folder[TEMPDIR_MAX], path[TEMPDIR_MAX + 16];
	obj_id id;

	tempdir_make(folder);
	snprintf(path, sizeof path, "%s/token.db", folder);
	token_free(tok);
	tok = token_with_user(path);
	ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0,
	    PROPS(OPEN, TEXT(PROP_NAME, "kept")), &id), CNG_OK);
	token_free(tok);
	ck_assert_int_eq(token_open(&tok, path, true), CNG_OK);
	/* the public half is there for everybody */
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC),
	    NUM(PROP_KEY_FAMILY, KEY_MLKEM),
	    BYTES(PROP_VALUE, tail(&pub, 1568)))), 1);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_find(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE),
	    TEXT(PROP_NAME, "kept")), &ids), CNG_OK);
	ck_assert_uint_eq(ids.count, 1);
	ck_assert_uint_eq(number_of(tok, ids.id[0], PROP_PARAMETER_SET), 3);
	exports(ids.id[0], BLOB_MLKEMPRIVATESEED, "mlkem1024_seed.bin");
	exports(ids.id[0], BLOB_MLKEMPRIVATE, "mlkem1024_priv.bin");
	mem_free(ids.id);
	tempdir_remove(folder);
	secret_free(&blob);
	secret_free(&pub);
}
END_TEST

START_TEST(every_allocation_fails_once)
{
	struct secret blob = sample_read("mldsa44_seed.bin");
	enum cng_status st = CNG_ERR_NO_MEMORY;
	obj_id id;

	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = import_as(&blob, BLOB_ANY, 0,
		    PROPS(TEXT(PROP_NAME, "m")), &id);
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

/* --- a libcrypto without them --------------------------------------------- */

START_TEST(nothing_is_made)
{
	static const char *const files[] = { "mlkem768_pub.bin",
		"mlkem768_priv.bin", "mlkem768_seed.bin", "mldsa65_pub.bin",
		"mldsa65_wrapped_seed.bin", "slhdsa_sha2_128f_priv.bin" };
	struct secret pub = sample_read("mldsa44_pub.bin");
	obj_id id;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct secret blob = sample_read(files[i]);

		ck_assert_int_eq(import_as(&blob, BLOB_ANY, 0, PROPS(OPEN),
		    &id), CNG_ERR_NOT_SUPPORTED);
		ck_assert_int_eq(import_as(&blob, BLOB_ANY,
		    IMPORT_NO_VALIDATION, PROPS(OPEN), &id),
		    CNG_ERR_NOT_SUPPORTED);
		secret_free(&blob);
	}
	ck_assert_int_eq(create(OBJ_PUBLIC, KEY_MLDSA, 1, tail(&pub, 1312),
	    NONE, &id), CNG_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	secret_free(&pub);
}
END_TEST

static Suite *
suite(void)
{
	const int count = (int)(sizeof kinds / sizeof kinds[0]);
	Suite *s = suite_create("core pq");
	TCase *t = tcase_create("pq");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 240);
	tcase_add_test(t, bad_templates);
	if (crypto_has_set(KEY_SET_MLKEM_768)) {
		tcase_add_loop_test(t, public_blob, 0, count);
		tcase_add_loop_test(t, private_blob, 0, count);
		tcase_add_loop_test(t, seed_blob, 0, count);
		tcase_add_test(t, policy);
		tcase_add_test(t, validation);
		tcase_add_test(t, templates);
		tcase_add_test(t, blob_and_template);
		tcase_add_test(t, on_disk);
		tcase_add_test(t, every_allocation_fails_once);
	} else {
		printf("%s has no post-quantum keys: only the refusals are "
		       "tested\n", crypto_version());
		tcase_add_test(t, nothing_is_made);
	}
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
