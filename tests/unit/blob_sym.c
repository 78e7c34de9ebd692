/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CipherKeyBlob, the frames of wrapped keys, OpaqueTransport, strangers.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const char *const ciphers[] = { "cipherkey_aes128.bin",
	"cipherkey_aes256.bin", "cipherkey_generic.bin" };

START_TEST(cipher_keys)
{
	case_round_trip(BLOB_CIPHERKEY, ciphers[_i]);
	case_wrong_length(BLOB_CIPHERKEY, ciphers[_i]);
	case_bit_flips(BLOB_CIPHERKEY, ciphers[_i]);
	case_no_memory(BLOB_CIPHERKEY, ciphers[_i]);
	case_hostile_length(BLOB_CIPHERKEY, ciphers[_i], 0, CNG_ERR_BAD_DATA);
	case_hostile_length(BLOB_CIPHERKEY, ciphers[_i], 8, CNG_ERR_BAD_DATA);
	case_hostile_length(BLOB_CIPHERKEY, ciphers[_i], 12,
	    CNG_ERR_BAD_DATA);
}
END_TEST

START_TEST(cipher_keys_of_others)
{
	struct secret in = sample_read("cipherkey_3des.bin");
	struct secret rsa = sample_read("rsa1024_priv.bin");
	struct wr w = wr_of(NULL, 0);
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), NULL, &key),
	    CNG_ERR_NOT_SUPPORTED);
	sample_empty(&key);
	ck_assert_int_eq(blob_decode(BLOB_CIPHERKEY, secret_span(&rsa), NULL,
	    &key), CNG_ERR_BAD_MAGIC);
	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&rsa), NULL, &key),
	    CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_CIPHERKEY, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
	secret_free(&rsa);
}
END_TEST

/* --- frames --------------------------------------------------------------- */

static const struct {
	const char *file;
	enum blob_type type;
	enum key_family family;
} framed[] = {
	{ "rfc3565_aes128.bin", BLOB_RFC3565WRAP, KEY_AES },
	{ "rfc3565_aes256.bin", BLOB_RFC3565WRAP, KEY_AES },
	{ "rsaaes_sha256.bin", BLOB_RSAAESWRAP, KEY_RSA },
	{ "rsaaes_sha1_aes192.bin", BLOB_RSAAESWRAP, KEY_RSA },
	{ "rsaaes_label.bin", BLOB_RSAAESWRAP, KEY_RSA },
};

START_TEST(frames)
{
	struct secret in = sample_read(framed[_i].file);
	enum blob_type type = framed[_i].type;
	struct span all = secret_span(&in);
	struct key_material key;
	struct blob_frame frame;
	uint8_t out[512];
	struct wr w = wr_of(out, sizeof out);
	enum cng_status st;

	ck_assert(blob_is_framed(type) && blob_is_closed(type));
	ck_assert_int_eq(blob_frame_read(type, all, &frame), CNG_OK);
	ck_assert_int_eq(frame.family, framed[_i].family);
	ck_assert_int_eq(frame.bare, type == BLOB_RFC3565WRAP);
	ck_assert_int_eq(blob_frame_write(type, &frame, &w), CNG_OK);
	ck_assert(span_equal(span_of(out, w.len), all));
	frame.cipher.ptr = NULL; /* not looked at */
	w = wr_of(NULL, 0);
	ck_assert_int_eq(blob_frame_write(type, &frame, &w), CNG_OK);
	ck_assert_uint_eq(w.len, in.len);
	/* bytes alone do not give the key */
	ck_assert_int_eq(blob_decode(type, all, NULL, &key),
	    CNG_ERR_ARGUMENT);
	sample_empty(&key);
	ck_assert_int_eq(blob_describe(type, all, NULL, NULL), CNG_OK);
	for (size_t len = 0; len < in.len; len++) {
		struct secret cut;

		ck_assert_int_eq(secret_copy(&cut, span_of(in.ptr, len)),
		    CNG_OK);
		st = blob_frame_read(type, secret_span(&cut), &frame);
		if (type == BLOB_RFC3565WRAP && len % 8 == 0 && len >= 24)
			ck_assert_int_eq(st, CNG_OK);
		else
			ck_assert_int_eq(st, CNG_ERR_BAD_DATA);
		secret_free(&cut);
	}
	secret_free(&in);
}
END_TEST

static void
hostile_field(const char *file, size_t offset)
{
	static const uint32_t values[] = { 0, 1, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xffffffff };
	struct secret in = sample_read(file);
	struct blob_frame frame;

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct wr w = wr_of(in.ptr + offset, 4);

		wr_u32le(&w, values[i]);
		ck_assert_int_eq(blob_frame_read(BLOB_RSAAESWRAP,
		    secret_span(&in), &frame), CNG_ERR_BAD_DATA);
		ck_assert_ptr_null(frame.cipher.ptr);
	}
	secret_free(&in);
}

START_TEST(hostile_frames)
{
	hostile_field("rsaaes_label.bin", 4);
	hostile_field("rsaaes_label.bin", 8);
	hostile_field("rsaaes_label.bin", 12);
}
END_TEST

START_TEST(plans)
{
	struct blob_params params = { 0 };
	struct blob_frame frame;

	ck_assert_int_eq(blob_frame_plan(BLOB_RSAAESWRAP, NULL, &frame),
	    CNG_OK);
	ck_assert_int_eq(frame.op.scheme, OP_RSA_AES_WRAP);
	ck_assert_int_eq(frame.op.pad_hash, HASH_SHA256);
	ck_assert_int_eq(frame.op.mgf_hash, HASH_SHA256);
	ck_assert_uint_eq(frame.op.aes_bits, 256);
	params.wrap.aes_bits = 128;
	params.wrap.hash = HASH_SHA512;
	params.wrap.label = span_str("here");
	ck_assert_int_eq(blob_frame_plan(BLOB_RSAAESWRAP, &params, &frame),
	    CNG_OK);
	ck_assert_uint_eq(frame.op.aes_bits, 128);
	ck_assert_int_eq(frame.op.mgf_hash, HASH_SHA512);
	ck_assert_uint_eq(frame.op.label.len, 4);
	params.wrap.hash = HASH_SHA224; /* Windows has no name for it */
	ck_assert_int_eq(blob_frame_plan(BLOB_RSAAESWRAP, &params, &frame),
	    CNG_ERR_ARGUMENT);
	params.wrap.hash = HASH_SHA256;
	params.wrap.aes_bits = 100;
	ck_assert_int_eq(blob_frame_plan(BLOB_RSAAESWRAP, &params, &frame),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_frame_plan(BLOB_KEYDATA, NULL, &frame),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_frame_read(BLOB_KEYDATA, span_str("KDBM"),
	    &frame), CNG_ERR_ARGUMENT);
}
END_TEST

START_TEST(bare_values)
{
	static const struct {
		size_t len;
		enum cng_status st;
	} sizes[] = { { 8, CNG_ERR_KEY_SIZE }, { 16, CNG_OK },
		{ 20, CNG_ERR_KEY_SIZE }, { 64, CNG_OK } };
	struct blob_params generic = { .secret_family = KEY_GENERIC };
	struct secret rsa = sample_read("rsa1024_priv.bin");
	static const uint8_t bytes[64];
	struct key_material key = { .family = KEY_GENERIC };
	struct blob_frame frame;

	ck_assert_int_eq(blob_frame_plan(BLOB_RFC3565WRAP, NULL, &frame),
	    CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct wr w = wr_of(NULL, 0);

		ck_assert_int_eq(key_set(&key, SYM_VALUE,
		    span_of(bytes, sizes[i].len)), CNG_OK);
		ck_assert_int_eq(blob_inner_encode(&frame, &key, NULL, &w),
		    sizes[i].st);
	}
	key_free(&key);
	/* 20 bytes are a generic secret, but no AES key */
	ck_assert_int_eq(blob_inner_decode(&frame, span_of(bytes, 20),
	    &generic, &key), CNG_OK);
	ck_assert_int_eq(key.family, KEY_GENERIC);
	key_free(&key);
	ck_assert_int_eq(blob_inner_decode(&frame, span_of(bytes, 20), NULL,
	    &key), CNG_ERR_BAD_DATA);
	sample_empty(&key);
	generic.secret_family = KEY_RSA;
	ck_assert_int_eq(blob_inner_decode(&frame, span_of(bytes, 16),
	    &generic, &key), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&rsa), NULL, &key),
	    CNG_OK);
	ck_assert_int_eq(blob_inner_encode(&frame, &key, NULL,
	    &(struct wr){ 0 }), CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_RSAAESWRAP, &key, NULL,
	    &(struct wr){ 0 }), CNG_ERR_ARGUMENT);
	key_free(&key);
	secret_free(&rsa);
}
END_TEST

/* --- OpaqueTransport, and strangers --------------------------------------- */

START_TEST(transport)
{
	struct secret in = sample_read("opaque_cngt.bin");
	struct blob_transport got;
	uint8_t head[64];
	struct wr w = wr_of(head, sizeof head);

	ck_assert_int_eq(blob_transport_read(secret_span(&in), &got), CNG_OK);
	ck_assert(span_equal(got.serial, span_str("0123456789abcdef")));
	ck_assert_uint_eq(got.sealed.len, 61);
	ck_assert_int_eq(blob_transport_write(got.serial, got.sealed.len, &w),
	    CNG_OK);
	ck_assert(span_equal(span_of(head, w.len), got.bound));
	ck_assert_uint_eq(w.len + got.sealed.len, in.len);
	for (size_t len = 0; len < in.len; len++)
		ck_assert_int_eq(blob_transport_read(span_of(in.ptr, len),
		    &got), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(blob_transport_write(span_str("not hex"), 1, &w),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_transport_write(span_of(NULL, 0), 1, &w),
	    CNG_ERR_ARGUMENT);
	secret_free(&in);
	in = sample_read("opaque_mib1.bin");
	ck_assert_int_eq(blob_transport_read(secret_span(&in), &got),
	    CNG_ERR_NOT_SUPPORTED);
	secret_free(&in);
}
END_TEST

static void
count_to_end(void *arg, const struct blob_field *field)
{
	size_t *end = arg;

	ck_assert_uint_eq(field->offset, *end); /* no gap */
	*end += field->size;
}

static const struct {
	const char *file;
	enum blob_type type;
	size_t known;            /* bytes that it takes to tell what it is */
} strangers[] = {
	{ "opaque_mib1.bin", BLOB_OPAQUETRANSPORT, 8 },
	{ "kdfkey.bin", BLOB_ANY, 8 },
	{ "tpm_loadable.bin", BLOB_ANY, 4 },
	{ "tpm_persistent.bin", BLOB_ANY, 4 },
	{ "lms_pub.bin", BLOB_ANY, 4 },
	{ "capi_plaintext.bin", BLOB_ANY, 12 },
	{ "capi_dh1_pub.bin", BLOB_ANY, 12 },
	{ "capi_dh2_priv.bin", BLOB_ANY, 12 },
};

/* To the last byte; and every cut is noticed. */
START_TEST(described)
{
	struct secret in = sample_read(strangers[_i].file);
	enum blob_type type = strangers[_i].type;
	struct key_material key;
	size_t end = 0;

	ck_assert_int_eq(blob_describe(type, secret_span(&in), count_to_end,
	    &end), CNG_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(end, in.len);
	for (size_t len = 4; len < in.len; len++) {
		struct secret cut;
		enum cng_status st;

		ck_assert_int_eq(secret_copy(&cut, span_of(in.ptr, len)),
		    CNG_OK);
		end = 0;
		st = blob_describe(type, secret_span(&cut), count_to_end,
		    &end);
		ck_assert(st == CNG_ERR_BAD_DATA ||
		    (st == CNG_ERR_BAD_MAGIC && len < strangers[_i].known));
		ck_assert_uint_eq(end, len);
		ck_assert_int_ne(blob_decode(type, secret_span(&cut), NULL,
		    &key), CNG_OK);
		secret_free(&cut);
	}
	/* one bit anywhere: the walk stays within the bytes */
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		in.ptr[bit / 8] ^= mask;
		end = 0;
		ck_assert_int_ne(blob_describe(type, secret_span(&in),
		    count_to_end, &end), CNG_OK);
		ck_assert_uint_le(end, in.len);
		in.ptr[bit / 8] ^= mask;
	}
	secret_free(&in);
}
END_TEST

START_TEST(tpm_keys)
{
	static const uint8_t loadable[] = { 'K', 'P', 'T', 'M', 20, 0, 0, 0,
		2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'p', 'p', 's', 'n' };
	static const uint8_t persistent[] = { 'K', 'P', 'T', 'M', 12, 0, 0, 0,
		1, 0, 0, 0x81 };
	size_t end = 0;

	ck_assert_int_eq(blob_describe(BLOB_ANY,
	    span_of(loadable, sizeof loadable), count_to_end, &end),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(end, sizeof loadable);
	ck_assert_int_eq(blob_describe(BLOB_ANY,
	    span_of(loadable, sizeof loadable - 1), NULL, NULL),
	    CNG_ERR_BAD_DATA);
	ck_assert_int_eq(blob_describe(BLOB_ANY,
	    span_of(persistent, sizeof persistent), NULL, NULL),
	    CNG_ERR_NOT_SUPPORTED);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/sym");
	TCase *t = tcase_create("sym");

	tcase_add_loop_test(t, cipher_keys, 0, ARRAY_LEN(ciphers));
	tcase_add_test(t, cipher_keys_of_others);
	tcase_add_loop_test(t, frames, 0, ARRAY_LEN(framed));
	tcase_add_test(t, hostile_frames);
	tcase_add_test(t, plans);
	tcase_add_test(t, bare_values);
	tcase_add_test(t, transport);
	tcase_add_loop_test(t, described, 0, ARRAY_LEN(strangers));
	tcase_add_test(t, tpm_keys);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
