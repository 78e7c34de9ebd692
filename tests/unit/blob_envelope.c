/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE: who it is for, what opens it, damage of every kind, and
 * what a certificate store may hold.
 */
#include "config.h"

#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "blob_cases.h"
#include "crypto/crypto.h"
#include "holder.h"
#include "sample.h"

/* --- reading ------------------------------------------------------------- */

static const struct {
	const char *file;
	const char *key;
	size_t recipients;
	enum op_scheme scheme;   /* of the last */
	bool by_id;
} good[] = {
	{ "envelope_rsa.der", "rsa1024_priv.bin", 1, OP_RSA_PKCS1, false },
	{ "envelope_rsa_oaep.der", "rsa1024_priv.bin", 1, OP_RSA_OAEP,
	    false },
	{ "envelope_rsa_ber.der", "rsa1024_priv.bin", 1, OP_RSA_PKCS1, true },
	{ "envelope_rsa_rc2.der", "rsa1024_priv.bin", 1, OP_RSA_PKCS1,
	    false },
	{ "envelope_ec.der", "p256_ecdh_priv.bin", 1, OP_ECDH_AES_KW, false },
	{ "envelope_ec_3des.der", "p256_ecdh_priv.bin", 1, OP_ECDH_3DES_KW,
	    true },
	{ "envelope_two.der", "p256_ecdh_priv.bin", 2, OP_ECDH_AES_KW,
	    false },
};

static void
follow(void *arg, const struct blob_field *field)
{
	const struct span *in = arg;

	ck_assert_uint_le(field->offset, in->len);
	ck_assert_uint_le(field->size, in->len - field->offset);
	ck_assert_ptr_nonnull(field->text);
}

START_TEST(reads)
{
	struct secret in = sample_read(good[_i].file);
	struct span all = secret_span(&in);
	struct secret inside = sample_read("envelope_inside.der");
	struct holder h = holder_of(good[_i].key);
	const struct envelope_recipient *last;
	struct key_material key, want;
	enum blob_type type;
	struct envelope *e;

	ck_assert_int_eq(blob_detect(all, &type), CNG_OK);
	ck_assert_int_eq(type, BLOB_PKCS7ENVELOPE);
	ck_assert(blob_is_closed(type) && !blob_is_framed(type));
	ck_assert_int_eq(blob_describe(type, all, follow, &all), CNG_OK);
	/* bytes alone do not give the key */
	ck_assert_int_eq(blob_decode(type, all, NULL, &key),
	    CNG_ERR_ARGUMENT);
	sample_empty(&key);
	ck_assert_int_eq(envelope_read(&e, all), CNG_OK);
	ck_assert_uint_eq(envelope_count(e), good[_i].recipients);
	last = envelope_recipient(e, good[_i].recipients - 1);
	ck_assert_ptr_null(envelope_recipient(e, good[_i].recipients));
	ck_assert_int_eq(last->op.scheme, good[_i].scheme);
	ck_assert_int_eq(last->family, h.material.family);
	ck_assert(good[_i].by_id == (last->key_id.len == ENVELOPE_KEY_ID));
	ck_assert(good[_i].by_id == (last->issuer.len == 0));
	envelope_free(e);
	ck_assert_int_eq(open_as(&h, all, &key), CNG_OK);
	ck_assert_uint_eq(h.calls, 1);
	ck_assert_int_eq(blob_decode(BLOB_PKCS8, secret_span(&inside), NULL,
	    &want), CNG_OK);
	sample_same_key(&key, &want);
	key_free(&key);
	key_free(&want);
	holder_free(&h);
	secret_free(&in);
	secret_free(&inside);
}
END_TEST

/* The identifier of a certificate without one of its own is SHA-1 of its
 * key, which is what OpenSSL wrote. */
START_TEST(key_ids)
{
	struct secret in = sample_read(good[_i].file);
	struct holder h = holder_of(good[_i].key);
	uint8_t id[ENVELOPE_KEY_ID];
	struct envelope *e;

	ck_assert_int_eq(envelope_read(&e, secret_span(&in)), CNG_OK);
	ck_assert_int_eq(envelope_key_id(&h.material, id), CNG_OK);
	if (good[_i].by_id)
		ck_assert(span_equal(envelope_recipient(e, 0)->key_id,
		    span_of(id, sizeof id)));
	h.material.family = KEY_DSA;
	ck_assert_int_eq(envelope_key_id(&h.material, id),
	    CNG_ERR_WRAP_KEY_TYPE);
	h.material.family = KEY_NONE;
	envelope_free(e);
	holder_free(&h);
	secret_free(&in);
}
END_TEST

START_TEST(every_cut)
{
	struct secret in = sample_read(good[_i].file);
	struct secret more;
	struct envelope *e;

	for (size_t len = 0; len < in.len; len++) {
		struct span cut;
		struct secret copy;

		ck_assert_int_eq(secret_copy(&copy, span_of(in.ptr, len)),
		    CNG_OK);
		cut = secret_span(&copy);
		ck_assert_int_eq(envelope_read(&e, cut), CNG_ERR_BAD_DATA);
		ck_assert_ptr_null(e);
		ck_assert_int_eq(blob_describe(BLOB_PKCS7ENVELOPE, cut,
		    follow, &cut), CNG_ERR_BAD_DATA);
		secret_free(&copy);
	}
	ck_assert_int_eq(secret_copy(&more, secret_span(&in)), CNG_OK);
	ck_assert_int_eq(secret_append(&more, span_of("", 1)), CNG_OK);
	ck_assert_int_eq(envelope_read(&e, secret_span(&more)),
	    CNG_ERR_BAD_DATA);
	secret_free(&more);
	secret_free(&in);
}
END_TEST

/* Refused, or the same key (who it is for says nothing to who tries), or, by
 * a bit in the content, another one: EnvelopedData is not authenticated. */
START_TEST(every_bit)
{
	struct secret in = sample_read(good[_i].file);
	struct holder h = holder_of(good[_i].key);
	struct span all = secret_span(&in);
	struct key_material key;
	enum cng_status st;

	for (size_t bit = 0; bit < 8 * in.len; bit++) {
		in.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		(void)!blob_describe(BLOB_PKCS7ENVELOPE, all, follow, &all);
		st = open_as(&h, all, &key);
		if (st == CNG_OK)
			ck_assert(key.has_private);
		else
			sample_empty(&key);
		ck_assert(st == CNG_OK || st == CNG_ERR_BAD_DATA ||
		    st == CNG_ERR_NOT_SUPPORTED ||
		    st == CNG_ERR_WRAP_KEY_TYPE ||
		    st == CNG_ERR_WRAPPED_KEY);
		key_free(&key);
		in.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	holder_free(&h);
	secret_free(&in);
}
END_TEST

/* --- no oracle ----------------------------------------------------------- */

/* Gives whatever a test wants to have been in the padding. */
static enum cng_status
give(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	const struct span *key = arg;

	(void)op;
	(void)cipher;
	return key->ptr == NULL ? CNG_ERR_WRAPPED_KEY :
				  secret_copy(out, *key);
}

START_TEST(one_answer)
{
	static const char *const files[] = { "envelope_rsa.der",
		"envelope_rsa_ber.der", "envelope_rsa_rc2.der" };
	static const uint8_t bytes[2000] = { 1 };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct secret in = sample_read(files[i]);
		struct key_material key;
		struct envelope *e;

		ck_assert_int_eq(envelope_read(&e, secret_span(&in)), CNG_OK);
		/* no padding, a key of every size, and none */
		for (size_t len = 0; len < 200; len++) {
			struct span any = span_of(bytes, len);

			ck_assert_int_eq(blob_envelope_open(e, KEY_RSA, give,
			    &any, NULL, &key), CNG_ERR_WRAPPED_KEY);
			sample_empty(&key);
		}
		ck_assert_int_eq(blob_envelope_open(e, KEY_RSA, give,
		    &(struct span){ 0 }, NULL, &key), CNG_ERR_WRAPPED_KEY);
		ck_assert_int_eq(blob_envelope_open(e, KEY_EC, give,
		    &(struct span){ 0 }, NULL, &key), CNG_ERR_WRAP_KEY_TYPE);
		ck_assert_int_eq(blob_envelope_open(e, KEY_NONE, give,
		    &(struct span){ 0 }, NULL, &key), CNG_ERR_WRAP_KEY_TYPE);
		envelope_free(e);
		secret_free(&in);
	}
}
END_TEST

static enum cng_status
fail_as(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	(void)op;
	(void)cipher;
	(void)out;
	return *(const enum cng_status *)arg;
}

/* What is so of the key whatever it is to open is told. */
START_TEST(key_out_of_reach)
{
	static const struct {
		enum cng_status is, told;
	} rows[] = {
		{ CNG_ERR_NOT_LOGGED_IN, CNG_ERR_NOT_LOGGED_IN },
		{ CNG_ERR_PIN_LOCKED, CNG_ERR_PIN_LOCKED },
		{ CNG_ERR_DEVICE_REMOVED, CNG_ERR_DEVICE_REMOVED },
		{ CNG_ERR_DEVICE, CNG_ERR_WRAPPED_KEY },
		{ CNG_ERR_CIPHERTEXT, CNG_ERR_WRAPPED_KEY },
	};
	struct secret in = sample_read("envelope_rsa.der");
	struct key_material key;
	struct envelope *e;

	ck_assert_int_eq(envelope_read(&e, secret_span(&in)), CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum cng_status is = rows[i].is;

		ck_assert_int_eq(blob_envelope_open(e, KEY_RSA, fail_as, &is,
		    NULL, &key), rows[i].told);
		sample_empty(&key);
	}
	envelope_free(e);
	secret_free(&in);
}
END_TEST

/* A point that is on no curve, or on another one. */
START_TEST(hostile_points)
{
	struct secret in = sample_read("envelope_ec.der");
	struct holder h = holder_of("p256_ecdh_priv.bin");
	struct holder other = holder_of("p384_ecdh_priv.bin");
	struct key_material key;

	ck_assert_int_eq(open_as(&other, secret_span(&in), &key),
	    CNG_ERR_WRAPPED_KEY);
	in.ptr[60] ^= 1;
	ck_assert_int_eq(open_as(&h, secret_span(&in), &key),
	    CNG_ERR_WRAPPED_KEY);
	holder_free(&h);
	holder_free(&other);
	secret_free(&in);
}
END_TEST

/* Somebody else may know the hash: here it is none, not another one. */
START_TEST(unknown_hash)
{
	static const size_t last[] = { 109, 137 }; /* bytes of the OIDs */
	struct secret in = sample_read("envelope_rsa_oaep.der");
	struct envelope *e;

	for (size_t i = 0; i < ARRAY_LEN(last); i++) {
		ck_assert_uint_eq(in.ptr[last[i]], 1);
		in.ptr[last[i]] = 0x7f;
		ck_assert_int_eq(envelope_read(&e, secret_span(&in)), CNG_OK);
		ck_assert_int_eq(envelope_recipient(e, 0)->family, KEY_NONE);
		envelope_free(e);
		in.ptr[last[i]] = 1;
	}
	secret_free(&in);
}
END_TEST

/* --- writing ------------------------------------------------------------- */

static const struct {
	const char *key;
	enum envelope_cipher cipher;
	enum key_hash oaep;
	const char *label;
} written[] = {
	{ "rsa1024_priv.bin", ENVELOPE_AES256, HASH_NONE, "" },
	{ "rsa1024_priv.bin", ENVELOPE_AES192, HASH_SHA1, "" },
	{ "rsa1024_priv.bin", ENVELOPE_AES128, HASH_SHA256, "a label" },
	{ "rsa1024_priv.bin", ENVELOPE_3DES, HASH_NONE, "a label" },
	{ "p256_ecdh_priv.bin", ENVELOPE_AES256, HASH_NONE, "" },
	{ "p384_ecdh_priv.bin", ENVELOPE_3DES, HASH_NONE, "" },
	{ "p521_ecdsa_priv.bin", ENVELOPE_AES128, HASH_NONE, "" },
};

static enum cng_status
write_for(const struct holder *h, const struct key_material *key,
    const struct blob_params *params, struct secret *out)
{
	const struct envelope_to to = { .key = &h->material };
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	*out = (struct secret){ 0 };
	st = blob_envelope_write(key, &to, 1, params, &count);
	if (st == CNG_OK)
		st = secret_new(out, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len - 1);
	st = blob_envelope_write(key, &to, 1, params, &w);
	if (st == CNG_ERR_BUFFER_TOO_SMALL) {
		ck_assert_uint_eq(w.len, count.len);
		w = wr_of(out->ptr, out->len);
		st = blob_envelope_write(key, &to, 1, params, &w);
	}
	ck_assert(st != CNG_OK || w.len == count.len);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

START_TEST(writes)
{
	const struct blob_params params = {
		.envelope.cipher = written[_i].cipher,
		.wrap = { .hash = written[_i].oaep,
		    .label = span_str(written[_i].label) },
	};
	struct holder to = holder_of(written[_i].key);
	struct holder key = holder_of("p384_ecdh_priv.bin");
	struct key_material back;
	struct secret out;

	/* points begin and end with any byte: the size stays */
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(write_for(&to, &key.material, &params, &out),
		    CNG_OK);
		ck_assert_int_eq(open_as(&to, secret_span(&out), &back),
		    CNG_OK);
		sample_same_key(&back, &key.material);
		ck_assert_int_eq(blob_describe(BLOB_PKCS7ENVELOPE,
		    secret_span(&out), NULL, NULL), CNG_OK);
		key_free(&back);
		secret_free(&out);
	}
	holder_free(&to);
	holder_free(&key);
}
END_TEST

START_TEST(refuses_to_write)
{
	struct holder to = holder_of("rsa1024_priv.bin");
	struct holder dsa = holder_of("dsa1024.der");
	struct blob_params params = { 0 };
	struct key_material public = { 0 };
	struct wr w = wr_of(NULL, 0);
	struct secret out;

	ck_assert_int_eq(key_copy_public(&public, &to.material), CNG_OK);
	ck_assert_int_eq(write_for(&to, &public, NULL, &out),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(write_for(&dsa, &to.material, NULL, &out),
	    CNG_ERR_WRAP_KEY_TYPE);
	/* two digests and a key do not fit */
	params.wrap.hash = HASH_SHA512;
	ck_assert_int_eq(write_for(&to, &dsa.material, &params, &out),
	    CNG_ERR_WRAP_KEY_SIZE);
	/* a hash that has no place in the structure */
	params.wrap.hash = HASH_SHA3_224;
	ck_assert_int_eq(write_for(&to, &dsa.material, &params, &out),
	    CNG_ERR_ARGUMENT);
	params.wrap.hash = HASH_NONE;
	params.envelope.cipher = ENVELOPE_CIPHER_COUNT;
	ck_assert_int_eq(write_for(&to, &dsa.material, &params, &out),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_envelope_write(&dsa.material, NULL, 0, NULL,
	    &w), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_encode(BLOB_PKCS7ENVELOPE, &dsa.material, NULL,
	    &w), CNG_ERR_ARGUMENT);
	key_free(&public);
	holder_free(&to);
	holder_free(&dsa);
}
END_TEST

START_TEST(ciphers_by_name)
{
	static const struct {
		const char *oid;
		enum cng_status st;
		enum envelope_cipher cipher;
	} rows[] = {
		{ "2.16.840.1.101.3.4.1.42", CNG_OK, ENVELOPE_AES256 },
		{ "2.16.840.1.101.3.4.1.22", CNG_OK, ENVELOPE_AES192 },
		{ "2.16.840.1.101.3.4.1.2", CNG_OK, ENVELOPE_AES128 },
		{ "1.2.840.113549.3.7", CNG_OK, ENVELOPE_3DES },
		{ "1.2.840.113549.3.2", CNG_ERR_NOT_SUPPORTED, 0 },
		{ "2.16.840.1.101.3.4.1.46", CNG_ERR_NOT_SUPPORTED, 0 },
		{ "", CNG_ERR_NOT_SUPPORTED, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum envelope_cipher got = ENVELOPE_CIPHER_COUNT;
		struct span oid = span_str(rows[i].oid);

		ck_assert_int_eq(blob_envelope_cipher(oid, span_of(NULL, 0),
		    &got), rows[i].st);
		oid.len++; /* its NUL */
		ck_assert_int_eq(blob_envelope_cipher(oid, span_of(NULL, 0),
		    &got), rows[i].st);
		if (rows[i].st != CNG_OK)
			continue;
		ck_assert_int_eq(got, rows[i].cipher);
		ck_assert_int_eq(blob_envelope_cipher(oid, span_str("p"),
		    &got), CNG_ERR_ARGUMENT);
	}
}
END_TEST

/* --- certificates -------------------------------------------------------- */

static enum cng_status
collect(void *arg, struct span der)
{
	return secret_append(arg, der);
}

START_TEST(stores)
{
	static const char *const files[] = { "certs_two.sst",
		"certs_two.p7b" };
	struct secret rsa = sample_read("cert_rsa1024.der");
	struct secret ec = sample_read("cert_p256_agree.der");
	struct secret got = { 0 };

	ck_assert_int_eq(blob_certificates(secret_span(&rsa), collect, &got),
	    CNG_OK);
	ck_assert(span_equal(secret_span(&rsa), secret_span(&got)));
	secret_free(&got);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct secret in = sample_read(files[i]);

		ck_assert_int_eq(blob_certificates(secret_span(&in), collect,
		    &got), CNG_OK);
		/* a SET has its own order */
		ck_assert_uint_eq(got.len, rsa.len + ec.len);
		ck_assert_ptr_nonnull(memmem(got.ptr, got.len, rsa.ptr,
		    rsa.len));
		ck_assert_ptr_nonnull(memmem(got.ptr, got.len, ec.ptr,
		    ec.len));
		secret_free(&got);
		for (size_t len = 0; len < in.len; len++) {
			struct secret cut;

			ck_assert_int_eq(secret_copy(&cut,
			    span_of(in.ptr, len)), CNG_OK);
			/* cut within its OID it looks like a certificate */
			if (i == 0 || len > 20)
				ck_assert_int_eq(blob_certificates(
				    secret_span(&cut), collect, &got),
				    CNG_ERR_BAD_DATA);
			secret_free(&got);
			secret_free(&cut);
		}
		secret_free(&in);
	}
	secret_free(&rsa);
	secret_free(&ec);
}
END_TEST

START_TEST(hostile_stores)
{
	static const size_t at[] = { 0, 4, 16, 48 };
	struct secret in = sample_read("certs_two.sst"), got = { 0 };

	/* version, magic, and the lengths of the first two elements */
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct wr w = wr_of(in.ptr + at[i], 4);
		uint8_t was[4];

		memcpy(was, in.ptr + at[i], sizeof was);
		wr_u32le(&w, 0xfffffff0u);
		ck_assert_int_eq(blob_certificates(secret_span(&in), collect,
		    &got), CNG_ERR_BAD_DATA);
		memcpy(in.ptr + at[i], was, sizeof was);
		secret_free(&got);
	}
	ck_assert_int_eq(secret_append(&in, span_of("", 1)), CNG_OK);
	ck_assert_int_eq(blob_certificates(secret_span(&in), collect, &got),
	    CNG_ERR_BAD_DATA);
	secret_free(&got);
	secret_free(&in);
}
END_TEST

/* --- memory -------------------------------------------------------------- */

START_TEST(every_allocation_fails_once)
{
	struct holder to = holder_of(_i == 0 ? "rsa1024_priv.bin" :
					       "p256_ecdh_priv.bin");
	struct holder key = holder_of("p384_ecdh_priv.bin");
	struct secret out = { 0 };
	struct key_material back;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 1000);
		mem_fail_after(n);
		st = write_for(&to, &key.material, NULL, &out);
		mem_fail_after(0);
		if (st != CNG_OK)
			ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
	}
	st = CNG_ERR_NO_MEMORY;
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 1000);
		mem_fail_after(n);
		st = open_as(&to, secret_span(&out), &back);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		sample_empty(&back);
	}
	sample_same_key(&back, &key.material);
	key_free(&back);
	secret_free(&out);
	holder_free(&to);
	holder_free(&key);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/envelope");
	TCase *t = tcase_create("envelope");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, key_ids, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, every_cut, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, every_bit, 0, ARRAY_LEN(good));
	tcase_add_test(t, one_answer);
	tcase_add_test(t, key_out_of_reach);
	tcase_add_test(t, hostile_points);
	tcase_add_loop_test(t, writes, 0, ARRAY_LEN(written));
	tcase_add_test(t, unknown_hash);
	tcase_add_test(t, refuses_to_write);
	tcase_add_test(t, ciphers_by_name);
	tcase_add_test(t, stores);
	tcase_add_test(t, hostile_stores);
	tcase_add_loop_test(t, every_allocation_fails_once, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
