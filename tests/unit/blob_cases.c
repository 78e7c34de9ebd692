/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every blob codec has to stand, whatever its layout.
 */
#include "blob_cases.h"

#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "sample.h"

struct secret
case_encode(enum blob_type type, const struct key_material *key,
    const struct blob_params *params)
{
	struct wr count = wr_of(NULL, 0), w;
	struct secret out;

	ck_assert_int_eq(blob_encode(type, key, params, &count), CNG_OK);
	ck_assert_int_eq(secret_new(&out, count.len), CNG_OK);
	w = wr_of(out.ptr, out.len);
	ck_assert_int_eq(blob_encode(type, key, params, &w), CNG_OK);
	ck_assert_uint_eq(w.len, count.len);
	return out;
}

void
case_round_trip(enum blob_type type, const char *file)
{
	struct secret in = sample_read(file), out;
	static uint8_t small[16384];
	struct key_material key;
	struct wr w;

	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &key),
	    CNG_OK);
	out = case_encode(type, &key, NULL);
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	w = wr_of(small, in.len - 1);
	ck_assert_int_eq(blob_encode(type, &key, NULL, &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(w.len, in.len);
	secret_free(&out);
	secret_free(&in);
	key_free(&key);
}

static void
follow(void *arg, const struct blob_field *field)
{
	size_t *end = arg;

	/* in order, and within the blob */
	ck_assert_uint_ge(field->offset, *end);
	*end = field->offset + (field->kind == BLOB_FIELD_TEXT ? 0 :
							 field->size);
	ck_assert_ptr_nonnull(field->name);
}

/* Damaged or not, description and decoding agree. */
static enum cng_status
decode_both(enum blob_type type, struct span in, struct key_material *key)
{
	struct secret exact;
	enum cng_status st, told;
	size_t end = 0;

	/* a buffer of the very size, so that a sanitizer sees the edge */
	ck_assert_int_eq(secret_copy(&exact, in), CNG_OK);
	st = blob_decode(type, secret_span(&exact), NULL, key);
	told = blob_describe(type, secret_span(&exact), follow, &end);
	if (st == CNG_OK)
		ck_assert_int_eq(told, CNG_OK);
	ck_assert_uint_le(end, in.len);
	secret_free(&exact);
	return st;
}

void
case_wrong_length(enum blob_type type, const char *file)
{
	struct secret in = sample_read(file);
	struct key_material key;
	enum cng_status st;

	for (size_t len = 0; len < in.len; len++) {
		st = decode_both(type, span_of(in.ptr, len), &key);
		ck_assert_msg(st == CNG_ERR_BAD_DATA ||
			(st == CNG_ERR_BAD_MAGIC && len < 4),
		    "%s cut to %zu: %s", file, len, cng_status_name(st));
		sample_empty(&key);
	}
	ck_assert_int_eq(secret_append(&in, span_of("", 1)), CNG_OK);
	ck_assert_int_eq(decode_both(type, secret_span(&in), &key),
	    CNG_ERR_BAD_DATA);
	sample_empty(&key);
	secret_free(&in);
}

/* What was accepted must be writable and then stay the same. */
static void
stays_same(enum blob_type type, const struct key_material *key)
{
	struct wr count = wr_of(NULL, 0);
	struct key_material again;
	struct secret out;
	enum cng_status st = blob_encode(type, key, NULL, &count);

	if (st != CNG_OK) {
		/* a point was left out, or a prime is too long */
		ck_assert_int_eq(st, CNG_ERR_BAD_TYPE);
		return;
	}
	out = case_encode(type, key, NULL);
	ck_assert_int_eq(blob_decode(type, secret_span(&out), NULL, &again),
	    CNG_OK);
	sample_same_key(key, &again);
	key_free(&again);
	secret_free(&out);
}

void
case_bit_flips(enum blob_type type, const char *file)
{
	struct secret in = sample_read(file);
	struct key_material key;

	for (size_t bit = 0; bit < in.len * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		in.ptr[bit / 8] ^= mask;
		if (decode_both(type, secret_span(&in), &key) == CNG_OK)
			stays_same(type, &key);
		else
			sample_empty(&key);
		key_free(&key);
		in.ptr[bit / 8] ^= mask;
	}
	secret_free(&in);
}

void
case_no_memory(enum blob_type type, const char *file)
{
	struct secret in = sample_read(file), out;
	struct key_material key;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;
	struct wr w;

	for (n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 100);
		mem_fail_after(n);
		st = blob_decode(type, secret_span(&in), NULL, &key);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		sample_empty(&key);
	}
	ck_assert_uint_gt(n, 1);
	ck_assert_int_eq(secret_new(&out, in.len), CNG_OK);
	for (n = 1, st = CNG_ERR_NO_MEMORY; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 100);
		mem_fail_after(n);
		w = wr_of(out.ptr, out.len);
		st = blob_encode(type, &key, NULL, &w);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	secret_free(&in);
	secret_free(&out);
	key_free(&key);
}

void
case_hostile_length(enum blob_type type, const char *file, size_t offset,
    enum cng_status st)
{
	static const uint32_t hostile[] = { 0, 1, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xffffffff };
	struct secret in = sample_read(file);
	struct key_material key;

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct wr w = wr_of(in.ptr + offset, 4);

		wr_u32le(&w, hostile[i]);
		ck_assert_int_eq(wr_status(&w), CNG_OK);
		ck_assert_int_eq(decode_both(type, secret_span(&in), &key),
		    st);
		sample_empty(&key);
	}
	secret_free(&in);
}
