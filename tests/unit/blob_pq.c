/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MLKEM*, PQDSA* and the blob around them.  Nothing here needs libcrypto to
 * know these keys.
 */
#include <check.h>
#include <stdio.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const struct {
	enum blob_type type;
	const char *file;
	size_t size;
	enum key_set set;
	enum key_part part;
	size_t key_at;    /* offset of cbKey */
} forms[] = {
	{ BLOB_MLKEMPUBLIC, "mlkem512_pub.bin", 820, KEY_SET_MLKEM_512,
	    PQ_PUBLIC, 8 },
	{ BLOB_MLKEMPRIVATE, "mlkem512_priv.bin", 1652, KEY_SET_MLKEM_512,
	    PQ_PRIVATE, 8 },
	{ BLOB_MLKEMPRIVATESEED, "mlkem512_seed.bin", 84, KEY_SET_MLKEM_512,
	    PQ_SEED, 8 },
	{ BLOB_MLKEMPUBLIC, "mlkem1024_pub.bin", 1590, KEY_SET_MLKEM_1024,
	    PQ_PUBLIC, 8 },
	{ BLOB_MLKEMPRIVATESEED, "mlkem1024_seed.bin", 86,
	    KEY_SET_MLKEM_1024, PQ_SEED, 8 },
	{ BLOB_PQDSAPUBLIC, "mldsa44_pub.bin", 1330, KEY_SET_MLDSA_44,
	    PQ_PUBLIC, 8 },
	{ BLOB_PQDSAPRIVATE, "mldsa44_priv.bin", 2578, KEY_SET_MLDSA_44,
	    PQ_PRIVATE, 8 },
	{ BLOB_PQDSAPRIVATESEED, "mldsa44_seed.bin", 50, KEY_SET_MLDSA_44,
	    PQ_SEED, 8 },
	{ BLOB_PQDSAPUBLIC, "slhdsa_sha2_128s_pub.bin", 64,
	    KEY_SET_SLHDSA_SHA2_128S, PQ_PUBLIC, 8 },
	{ BLOB_PQDSAPRIVATE, "slhdsa_shake_256f_priv.bin", 162,
	    KEY_SET_SLHDSA_SHAKE_256F, PQ_PRIVATE, 8 },
	{ BLOB_PQPRIVATE, "mlkem768_wrapped_seed.bin", 138,
	    KEY_SET_MLKEM_768, PQ_SEED, 8 },
	{ BLOB_PQPRIVATE, "mldsa65_wrapped_seed.bin", 104, KEY_SET_MLDSA_65,
	    PQ_SEED, 8 },
	{ BLOB_PQPRIVATE, "slhdsa_shake_128f_wrapped.bin", 144,
	    KEY_SET_SLHDSA_SHAKE_128F, PQ_PRIVATE, 8 },
};

START_TEST(comes_back)
{
	struct secret in = sample_read(forms[_i].file);
	enum blob_type detected;
	struct key_material key;

	ck_assert_uint_eq(in.len, forms[_i].size);
	ck_assert_int_eq(blob_detect(secret_span(&in), &detected), CNG_OK);
	ck_assert_int_eq(detected, forms[_i].type);
	ck_assert_ptr_null(blob_foreign_name(secret_span(&in)));
	ck_assert_int_eq(blob_decode(forms[_i].type, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_int_eq(key.set, forms[_i].set);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	ck_assert(key.has_private == (forms[_i].part != PQ_PUBLIC));
	for (int part = PQ_PUBLIC; part <= PQ_SEED; part++)
		ck_assert((key.part[part].len > 0) ==
		    (part == (int)forms[_i].part));
	key_free(&key);
	secret_free(&in);
	case_round_trip(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(damaged)
{
	case_wrong_length(forms[_i].type, forms[_i].file);
	case_hostile_length(forms[_i].type, forms[_i].file, 4,
	    CNG_ERR_BAD_DATA);
	case_hostile_length(forms[_i].type, forms[_i].file,
	    forms[_i].key_at, CNG_ERR_BAD_DATA);
	case_no_memory(forms[_i].type, forms[_i].file);
	/* the long ones only repeat what the short ones say */
	if (forms[_i].size < 200)
		case_bit_flips(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(every_other_type_refuses)
{
	struct secret in = sample_read(forms[_i].file);
	struct key_material key;

	for (int i = BLOB_MLKEMPUBLIC; i <= BLOB_PQPRIVATE; i++) {
		if (i == (int)forms[_i].type)
			continue;
		ck_assert_int_eq(blob_decode((enum blob_type)i,
		    secret_span(&in), NULL, &key), CNG_ERR_BAD_MAGIC);
		sample_empty(&key);
	}
	secret_free(&in);
}
END_TEST

/* What a key holds decides what it can become, not where it came from. */
START_TEST(parts_pick_forms)
{
	struct secret in = sample_read(forms[_i].file);
	enum blob_type own;
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(forms[_i].type, secret_span(&in), NULL,
	    &key), CNG_OK);
	own = forms[_i].type;
	for (int i = BLOB_RSAPUBLIC; i <= BLOB_PQPRIVATE; i++) {
		enum blob_type type = (enum blob_type)i;
		bool same = type == own;

		if (blob_info(type) == NULL || type == BLOB_PKCS8)
			continue;
		if (type == BLOB_PQPRIVATE)
			same = key.has_private;
		else if (type == BLOB_PUBLIC)
			same = forms[_i].part == PQ_PUBLIC;
		else if (type == BLOB_PRIVATE)
			same = forms[_i].part == PQ_PRIVATE;
		else if (own == BLOB_PQPRIVATE)
			same = key.family == KEY_MLKEM ?
			    type == BLOB_MLKEMPRIVATESEED :
			    type == (forms[_i].part == PQ_SEED ?
				BLOB_PQDSAPRIVATESEED : BLOB_PQDSAPRIVATE);
		ck_assert_msg(blob_encode(type, &key, NULL, &w) ==
			(same ? CNG_OK : CNG_ERR_BAD_TYPE),
		    "%s as %s", forms[_i].file, blob_info(type)->name);
	}
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* A key that came expanded has no seed to give. */
START_TEST(seed_cannot_be_made)
{
	struct secret in = sample_read("mlkem768_priv.bin");
	struct secret seed = sample_read("mlkem768_seed.bin"), out;
	struct key_material key, from_seed;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_MLKEMPRIVATE, secret_span(&in),
	    NULL, &key), CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_MLKEMPRIVATESEED, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_uint_eq(w.len, 0);
	/* known, it goes out in front of the expanded key */
	ck_assert_int_eq(blob_decode(BLOB_MLKEMPRIVATESEED,
	    secret_span(&seed), NULL, &from_seed), CNG_OK);
	secret_move(&key.part[PQ_SEED], &from_seed.part[PQ_SEED]);
	out = case_encode(BLOB_PQPRIVATE, &key, NULL);
	ck_assert_uint_eq(out.len, 138);
	secret_free(&out);
	out = case_encode(BLOB_PRIVATE, &key, NULL);
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	secret_free(&out);
	key_free(&key);
	key_free(&from_seed);
	secret_free(&in);
	secret_free(&seed);
}
END_TEST

START_TEST(key_of_no_set)
{
	struct secret in = sample_read("mldsa44_pub.bin");
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_PQDSAPUBLIC, secret_span(&in),
	    NULL, &key), CNG_OK);
	key.set = KEY_SET_NONE;
	ck_assert_int_eq(blob_encode(BLOB_PQDSAPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key.set = KEY_SET_MLDSA_65;
	ck_assert_int_eq(blob_encode(BLOB_PQDSAPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key.set = KEY_SET_MLKEM_512;
	ck_assert_int_eq(blob_encode(BLOB_PUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* --- description ------------------------------------------------------ */

struct told {
	size_t end;
	char names[256];
	char texts[256];
};

static void
hear(void *arg, const struct blob_field *field)
{
	struct told *told = arg;
	size_t names = strlen(told->names), texts = strlen(told->texts);

	ck_assert_uint_eq(field->offset, told->end);
	told->end += field->size;
	snprintf(told->names + names, sizeof told->names - names, "%s ",
	    field->name);
	if (field->kind == BLOB_FIELD_TEXT)
		snprintf(told->texts + texts, sizeof told->texts - texts,
		    "%s ", field->text);
}

START_TEST(description)
{
	struct secret in = sample_read("mldsa65_wrapped_seed.bin");
	struct told told = { 0 };

	ck_assert_int_eq(blob_describe(BLOB_ANY, secret_span(&in), hear,
	    &told), CNG_OK);
	ck_assert_uint_eq(told.end, in.len);
	ck_assert_str_eq(told.names, "dwMagic cbBCryptType cbBCryptBlob "
	    "BCryptType dwMagic cbParameterSet cbKey ParameterSet Key ");
	ck_assert_str_eq(told.texts, "PQDSAPRIVATESEEDBLOB 65 ");
	/* a set nobody knows is shown before it is refused */
	in.ptr[66] = '9';
	told = (struct told){ 0 };
	ck_assert_int_eq(blob_describe(BLOB_ANY, secret_span(&in), hear,
	    &told), CNG_ERR_BAD_DATA);
	ck_assert_str_eq(told.texts, "PQDSAPRIVATESEEDBLOB 95 ");
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/pq");
	TCase *t = tcase_create("pq");

	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, every_other_type_refuses, 0,
	    ARRAY_LEN(forms));
	tcase_add_loop_test(t, parts_pick_forms, 0, ARRAY_LEN(forms));
	tcase_add_test(t, seed_cannot_be_made);
	tcase_add_test(t, key_of_no_set);
	tcase_add_test(t, description);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
