/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An envelope in a SignedData, as the archive of AD CS gives it: every way to
 * put it there, and damage.
 */
#include "config.h"

#include <check.h>

#include "base/util.h"
#include "blob/blob.h"
#include "crypto/crypto.h"
#include "holder.h"
#include "sample.h"

/* --- putting it there ----------------------------------------------------- */

static void
follow(void *arg, const struct blob_field *field)
{
	const struct span *in = arg;

	ck_assert_uint_le(field->offset, in->len);
	ck_assert_uint_le(field->size, in->len - field->offset);
	ck_assert_ptr_nonnull(field->text);
}

/* SEQUENCE, SET, [0] or OCTET STRING around what is there. */
static void
around(struct secret *in, uint8_t tag)
{
	uint8_t head[4] = { tag, 0x82, (uint8_t)(in->len >> 8),
		(uint8_t)in->len };
	struct secret out = { 0 };

	ck_assert_uint_lt(in->len, 0x10000);
	ck_assert_int_eq(secret_copy(&out, span_of(head, sizeof head)),
	    CNG_OK);
	ck_assert_int_eq(secret_append(&out, secret_span(in)), CNG_OK);
	secret_move(in, &out);
	secret_free(&out);
}

static void
before(struct secret *in, const void *head, size_t len)
{
	struct secret out = { 0 };

	ck_assert_int_eq(secret_copy(&out, span_of(head, len)), CNG_OK);
	ck_assert_int_eq(secret_append(&out, secret_span(in)), CNG_OK);
	secret_move(in, &out);
	secret_free(&out);
}

static const uint8_t oid_data[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"
    "\x07\x01";
static const uint8_t oid_signed[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"
    "\x07\x02";
static const uint8_t oid_enveloped[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d"
    "\x01\x07\x03";
#define OID_LEN (sizeof oid_data - 1)

enum layout { AS_CONTENT, IN_OCTETS, WHOLE_IN_OCTETS, LAYOUTS };

/* ContentInfo of a SignedData; signers: the SET of them. */
static void
sign_around(struct secret *in, enum layout layout, const char *signers,
    size_t len)
{
	const size_t head = 4 + OID_LEN + 4; /* to the EnvelopedData */

	if (layout == IN_OCTETS) {
		struct secret bare = { 0 };

		ck_assert_int_eq(secret_copy(&bare, span_of(in->ptr + head,
		    in->len - head)), CNG_OK);
		secret_move(in, &bare);
		secret_free(&bare);
	}
	if (layout != AS_CONTENT) {
		around(in, 0x04);
		around(in, 0xa0);
		before(in, layout == IN_OCTETS ? oid_enveloped : oid_data,
		    OID_LEN);
		around(in, 0x30);
	}
	before(in, "\x02\x01\x01\x31\x00", 5);
	ck_assert_int_eq(secret_append(in, span_of(signers, len)), CNG_OK);
	around(in, 0x30);
	around(in, 0xa0);
	before(in, oid_signed, OID_LEN);
	around(in, 0x30);
}

static void
opens(struct secret *in)
{
	struct secret inside = sample_read("envelope_inside.der");
	struct holder h = holder_of("rsa1024_priv.bin");
	struct span all = secret_span(in);
	struct key_material key, want;
	enum blob_type type;

	ck_assert_int_eq(blob_detect(all, &type), CNG_OK);
	ck_assert_int_eq(type, BLOB_PKCS7ENVELOPE);
	ck_assert_int_eq(blob_describe(type, all, follow, &all), CNG_OK);
	ck_assert_int_eq(open_as(&h, all, &key), CNG_OK);
	ck_assert_int_eq(blob_decode(BLOB_PKCS8, secret_span(&inside), NULL,
	    &want), CNG_OK);
	sample_same_key(&key, &want);
	key_free(&key);
	key_free(&want);
	holder_free(&h);
	secret_free(&inside);
}

static void
refused(const struct secret *in, enum cng_status want)
{
	enum blob_type type = BLOB_ANY;
	struct envelope *e;

	ck_assert_int_eq(envelope_read(&e, secret_span(in)), want);
	ck_assert_ptr_null(e);
	ck_assert(!envelope_is_wrapped(secret_span(in)));
	ck_assert_int_eq(blob_detect(secret_span(in), &type), CNG_OK);
	ck_assert_int_ne(type, BLOB_PKCS7ENVELOPE);
}

START_TEST(in_signed)
{
	/* without signers, and with one who is not looked at */
	static const char none[] = "\x31\x00", one[] = "\x31\x02\x30\x00";
	struct secret in = sample_read("envelope_rsa.der");
	struct secret twice = { 0 };

	ck_assert(!envelope_is_wrapped(secret_span(&in)));
	sign_around(&in, (enum layout)_i, none, sizeof none - 1);
	ck_assert(envelope_is_wrapped(secret_span(&in)));
	ck_assert(!envelope_is(secret_span(&in)));
	opens(&in);
	ck_assert_int_eq(secret_copy(&twice, secret_span(&in)), CNG_OK);
	secret_free(&in);
	in = sample_read("envelope_rsa.der");
	sign_around(&in, (enum layout)_i, one, sizeof one - 1);
	opens(&in);
	/* only once */
	sign_around(&twice, WHOLE_IN_OCTETS, none, sizeof none - 1);
	refused(&twice, CNG_ERR_NOT_SUPPORTED);
	/* bytes that follow */
	ck_assert_int_eq(secret_append(&in, span_of("\0", 1)), CNG_OK);
	refused(&in, CNG_ERR_BAD_DATA);
	secret_free(&in);
	secret_free(&twice);
}
END_TEST

START_TEST(signed_damaged)
{
	struct secret in = sample_read(_i == 0 ? "recovery_inside.p7" :
	    "recovery_octets.p7");
	struct span all = secret_span(&in);
	struct envelope *e;

	for (size_t len = 0; len < all.len; len++) {
		struct span part = span_of(all.ptr, len);

		ck_assert_int_ne(envelope_read(&e, part), CNG_OK);
		ck_assert(!envelope_is_wrapped(part));
		ck_assert_int_ne(blob_describe(BLOB_PKCS7ENVELOPE, part,
		    follow, &part), CNG_OK);
	}
	/* the frame: any bit; it is refused, or is what it was */
	for (size_t bit = 0; bit < 8 * (size_t)64; bit++) {
		in.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(envelope_is_wrapped(all) ||
		    envelope_read(&e, all) != CNG_OK);
		(void)!blob_describe(BLOB_PKCS7ENVELOPE, all, follow, &all);
		if (envelope_read(&e, all) == CNG_OK)
			envelope_free(e);
		in.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert(envelope_is_wrapped(all));
	secret_free(&in);
}
END_TEST

START_TEST(signed_otherwise)
{
	/* a key, and certificates alone */
	static const char *const files[] = { "envelope_signed.der",
		"certs_two.p7b" };
	struct secret in = sample_read(files[_i]);

	refused(&in, CNG_ERR_NOT_SUPPORTED);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/recovery");
	TCase *t = tcase_create("recovery");

	tcase_add_loop_test(t, in_signed, 0, LAYOUTS);
	tcase_add_loop_test(t, signed_damaged, 0, 2);
	tcase_add_loop_test(t, signed_otherwise, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
