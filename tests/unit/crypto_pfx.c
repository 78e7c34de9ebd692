/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS#12: what is read, what is refused, what is written.
 */
#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/pfx.h"
#include "sample.h"

static const struct pbe secret_pbe = { .has_password = true,
	.password = { (const uint8_t *)"secret", 6 } };

static struct pfx
read_file(const char *file, const struct pbe *pbe)
{
	struct secret in = sample_read(file);
	struct pfx pfx;
	enum cng_status st = pfx_read(&pfx, secret_span(&in), pbe);

	ck_assert_msg(st == CNG_OK, "%s: %s", file, cng_status_name(st));
	secret_free(&in);
	return pfx;
}

static const struct pfx_item *
item_of(const struct pfx *pfx, enum pfx_kind kind)
{
	for (size_t i = 0; i < pfx->count; i++)
		if (pfx->item[i].kind == kind)
			return &pfx->item[i];
	ck_abort_msg("no such item");
	return NULL;
}

static void
text_is(const struct secret *text, const char *want)
{
	ck_assert_uint_eq(text->len, strlen(want));
	ck_assert_mem_eq(text->ptr, want, text->len);
}

/* --- reading ---------------------------------------------------------- */

START_TEST(what_stands_beside)
{
	struct pfx pfx = read_file("pfx_rc2.pfx", &secret_pbe);
	const struct pfx_item *key = item_of(&pfx, PFX_KEY);
	const struct pfx_item *cert = item_of(&pfx, PFX_CERT);

	ck_assert_uint_eq(pfx.count, 2);
	text_is(&key->name, "p256");
	text_is(&key->provider, "Microsoft Software Key Storage Provider");
	ck_assert(key->machine && !cert->machine);
	ck_assert_uint_eq(key->id.len, 20);
	ck_assert(span_equal(secret_span(&key->id), secret_span(&cert->id)));
	ck_assert_str_eq(cert->subject, "/CN=p256");
	ck_assert_str_eq(key->guard,
	    "pbeWithSHA1And3-KeyTripleDES-CBC, 2048 iterations");
	ck_assert_str_eq(cert->guard,
	    "pbeWithSHA1And40BitRC2-CBC, 2048 iterations");
	pfx_free(&pfx);
}
END_TEST

/* The same key, whatever it is wrapped in. */
static const struct {
	const char *file;
	const char *password;
} dresses[] = {
	{ "pfx_aes256.pfx", "secret" },
	{ "pfx_rc2.pfx", "secret" },
	{ "pfx_plain_bags.pfx", "secret" },
	{ "pfx_ber.pfx", "secret" },
	{ "pfx_utf8.pfx", "pä€ß🔑" },
	{ "pfx_empty.pfx", "" },
	{ "pfx_empty.pfx", NULL },
};

START_TEST(same_key)
{
	const char *password = dresses[_i].password;
	struct pbe pbe = { .has_password = password != NULL,
		.password = span_str(password == NULL ? "" : password) };
	struct pfx pfx = read_file(dresses[_i].file, &pbe);
	struct secret in = sample_read("p256.der");
	struct key_material want, key;

	ck_assert_int_eq(pkcs8_decode(&want, secret_span(&in), NULL), CNG_OK);
	ck_assert_int_eq(pkcs8_decode(&key,
	    secret_span(&item_of(&pfx, PFX_KEY)->der), NULL), CNG_OK);
	sample_same_key(&want, &key);
	key_free(&want);
	key_free(&key);
	secret_free(&in);
	pfx_free(&pfx);
}
END_TEST

/* --- refusing --------------------------------------------------------- */

static const char *const whole[] = { "pfx_aes256.pfx", "pfx_plain_bags.pfx",
	"pfx_rc2.pfx" };

START_TEST(cut_short)
{
	struct secret in = sample_read(whole[_i]);
	struct pfx pfx;

	for (size_t len = 0; len < in.len; len++) {
		ck_assert_int_ne(pfx_read(&pfx, span_of(in.ptr, len),
		    &secret_pbe), CNG_OK);
		ck_assert_ptr_null(pfx.item);
	}
	secret_free(&in);
}
END_TEST

/* Nothing of the content is believed that the MAC does not vouch for. */
START_TEST(flipped)
{
	struct secret in = sample_read(whole[_i]);
	struct pfx pfx;
	size_t accepted = 0;

	for (size_t i = 0; i < in.len; i += 3) {
		in.ptr[i] ^= 0x10;
		if (pfx_read(&pfx, secret_span(&in), &secret_pbe) == CNG_OK)
			accepted++;
		pfx_free(&pfx);
		in.ptr[i] ^= 0x10;
	}
	/* a NULL parameter, and the like, say nothing */
	ck_assert_uint_le(accepted, 2);
	secret_free(&in);
}
END_TEST

static const struct {
	const char *file;
	const char *password;
	enum cng_status st;
} refused[] = {
	{ "pfx_aes256.pfx", "Secret", CNG_ERR_BAD_PASSWORD },
	{ "pfx_aes256.pfx", "", CNG_ERR_BAD_PASSWORD },
	{ "pfx_aes256.pfx", NULL, CNG_ERR_BAD_PASSWORD },
	{ "pfx_empty.pfx", "secret", CNG_ERR_BAD_PASSWORD },
	{ "pfx_damaged.pfx", "secret", CNG_ERR_BAD_PASSWORD },
	{ "pfx_no_mac.pfx", "secret", CNG_ERR_NOT_SUPPORTED },
	{ "pfx_many_rounds.pfx", "secret", CNG_ERR_BAD_DATA },
	{ "pfx_no_rounds.pfx", "secret", CNG_ERR_BAD_DATA },
	{ "pfx_trailing.pfx", "secret", CNG_ERR_BAD_DATA },
	{ "pfx_version2.pfx", "secret", CNG_ERR_BAD_DATA },
	{ "p256.der", "secret", CNG_ERR_BAD_DATA },
	{ "enc_aes256.der", "secret", CNG_ERR_BAD_DATA },
};

START_TEST(refusals)
{
	const char *password = refused[_i].password;
	struct pbe pbe = { .has_password = password != NULL,
		.password = span_str(password == NULL ? "" : password) };
	struct secret in = sample_read(refused[_i].file);
	struct pfx pfx;

	ck_assert_int_eq(pfx_read(&pfx, secret_span(&in), &pbe),
	    refused[_i].st);
	ck_assert_ptr_null(pfx.item);
	secret_free(&in);
}
END_TEST

START_TEST(password_too_long)
{
	static uint8_t text[5000];
	struct pbe pbe = { .has_password = true, .kind = PBE_PBES2_AES256,
		.password = span_of(text, sizeof text) };
	struct secret in = sample_read("pfx_aes256.pfx"), out;
	struct pfx pfx;

	memset(text, 'x', sizeof text);
	ck_assert_int_eq(pfx_read(&pfx, secret_span(&in), &pbe),
	    CNG_ERR_BAD_PASSWORD);
	ck_assert_int_eq(pfx_write(&out, &pfx, &pbe), CNG_ERR_ARGUMENT);
	secret_free(&in);
}
END_TEST

START_TEST(detection)
{
	static const char *const others[] = { "p256.der", "enc_aes256.der",
		"rsa1024.spki.der", "rsa1024.pkcs1.der", "p256.sec1.der",
		"cert_p256.der", "rsa1024_priv.bin" };
	struct secret in;

	for (size_t i = 0; i < ARRAY_LEN(dresses); i++) {
		in = sample_read(dresses[i].file);
		ck_assert(pfx_detect(secret_span(&in)));
		secret_free(&in);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		in = sample_read(others[i]);
		ck_assert(!pfx_detect(secret_span(&in)));
		secret_free(&in);
	}
	for (size_t len = 0; len < 24; len++)
		(void)pfx_detect(span_of("\x30\x84\x00\x00\x00\x30\x02\x01"
		    "\x03\x30\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		    "\x00\x00\x00", len));
}
END_TEST

/* --- writing ---------------------------------------------------------- */

static void
fill(struct pfx *pfx)
{
	static const char *const keys[] = { "rsa1024.der", "p256_sign.der" };
	struct pfx_item *item;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		item = pfx_add(pfx, PFX_KEY);
		ck_assert_ptr_nonnull(item);
		item->der = sample_read(keys[i]);
		item->machine = i == 1;
		ck_assert_int_eq(secret_copy(&item->name,
		    span_str(i == 0 ? "Schlüssel 🔑" : "two")), CNG_OK);
		ck_assert_int_eq(secret_copy(&item->id, span_of(&keys[i],
		    4)), CNG_OK);
		ck_assert_int_eq(secret_copy(&item->provider,
		    span_str("Some Provider")), CNG_OK);
	}
	item = pfx_add(pfx, PFX_CERT);
	ck_assert_ptr_nonnull(item);
	item->der = sample_read("cert_p256.der");
}

static const enum pbe_kind kinds[] = { PBE_PBES2_AES256, PBE_PKCS12_3DES };

START_TEST(round_trip)
{
	static const char *const passwords[] = { "secret", "", "pä€ß🔑" };
	struct pfx pfx = { 0 }, again;
	struct secret out;

	fill(&pfx);
	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) {
		const struct pbe pbe = { .kind = kinds[_i],
			.has_password = true, .iterations = 10,
			.password = span_str(passwords[i]) };

		ck_assert_int_eq(pfx_write(&out, &pfx, &pbe), CNG_OK);
		ck_assert(pfx_detect(secret_span(&out)));
		ck_assert_int_eq(pfx_read(&again, secret_span(&out), &pbe),
		    CNG_OK);
		secret_free(&out);
		/* certificates are written first */
		ck_assert_uint_eq(again.count, 3);
		ck_assert_int_eq(again.item[0].kind, PFX_CERT);
		for (size_t j = 0; j < 3; j++) {
			const struct pfx_item *a = &pfx.item[j];
			const struct pfx_item *b = &again.item[(j + 1) % 3];

			ck_assert(span_equal(secret_span(&a->der),
			    secret_span(&b->der)));
			ck_assert(span_equal(secret_span(&a->name),
			    secret_span(&b->name)));
			ck_assert(span_equal(secret_span(&a->id),
			    secret_span(&b->id)));
			ck_assert(span_equal(secret_span(&a->provider),
			    secret_span(&b->provider)));
			ck_assert_int_eq(a->machine, b->machine);
		}
		pfx_free(&again);
	}
	pfx_free(&pfx);
}
END_TEST

START_TEST(no_password_to_write_with)
{
	struct pbe pbe = { .kind = PBE_PBES2_AES256 };
	struct pfx pfx = { 0 };
	struct secret out;

	ck_assert_int_eq(pfx_write(&out, &pfx, NULL), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(pfx_write(&out, &pfx, &pbe), CNG_ERR_ARGUMENT);
	ck_assert_ptr_null(out.ptr);
}
END_TEST

START_TEST(too_many)
{
	struct pfx pfx = { 0 };

	for (size_t i = 0; i < PFX_ITEMS_MAX; i++)
		ck_assert_ptr_nonnull(pfx_add(&pfx, PFX_CERT));
	ck_assert_ptr_null(pfx_add(&pfx, PFX_CERT));
	pfx_free(&pfx);
}
END_TEST

/* Every allocation of ours fails once. */
START_TEST(no_memory)
{
	const struct pbe pbe = { .kind = PBE_PBES2_AES256,
		.has_password = true, .iterations = 10,
		.password = span_str("secret") };
	struct secret in = sample_read("pfx_rc2.pfx"), out;
	struct pfx pfx = { 0 }, written = { 0 };
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;

	for (n = 1; st != CNG_OK; n++) {
		mem_fail_after(n);
		st = pfx_read(&pfx, secret_span(&in), &secret_pbe);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		ck_assert(st == CNG_OK || pfx.item == NULL);
	}
	ck_assert_uint_gt(n, 10);
	pfx_free(&pfx);
	fill(&written);
	st = CNG_ERR_NO_MEMORY;
	for (n = 1; st != CNG_OK; n++) {
		mem_fail_after(n);
		st = pfx_write(&out, &written, &pbe);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		ck_assert(st == CNG_OK || out.ptr == NULL);
	}
	ck_assert_uint_gt(n, 10);
	pfx_free(&written);
	secret_free(&out);
	secret_free(&in);
}
END_TEST

/* --- telling ---------------------------------------------------------- */

START_TEST(description)
{
	struct secret in = sample_read("pfx_rc2.pfx");
	struct pfx_part parts[PFX_PARTS_MAX];
	size_t count;

	ck_assert_int_eq(pfx_describe(secret_span(&in), parts, &count),
	    CNG_OK);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(parts[0].text, "sha1, 2048 iterations");
	ck_assert_str_eq(parts[1].text,
	    "pbeWithSHA1And40BitRC2-CBC, 2048 iterations");
	ck_assert_str_eq(parts[2].text, "pkcs7-data");
	secret_free(&in);
	in = sample_read("pfx_no_mac.pfx");
	ck_assert_int_eq(pfx_describe(secret_span(&in), parts, &count),
	    CNG_OK);
	ck_assert_str_eq(parts[0].text, "none");
	for (size_t len = 0; len < in.len; len++)
		ck_assert_int_eq(pfx_describe(span_of(in.ptr, len), parts,
		    &count), CNG_ERR_BAD_DATA);
	secret_free(&in);
}
END_TEST

START_TEST(certificates_of_pem)
{
	static const char text[] = "words\n"
	    "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
	    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
	    "-----BEGIN CERTIFICATE-----\nMQA=\n-----END CERTIFICATE-----\n";
	struct pfx pfx = { 0 };

	ck_assert_int_eq(pfx_take_pem(&pfx, span_str(text)), CNG_OK);
	ck_assert_uint_eq(pfx.count, 2);
	ck_assert_uint_eq(pfx.item[1].der.ptr[0], 0x31);
	pfx_free(&pfx);
	ck_assert_int_eq(pfx_take_pem(&pfx, span_str("none")), CNG_OK);
	ck_assert_uint_eq(pfx.count, 0);
	ck_assert_int_eq(pfx_take_pem(&pfx,
	    span_str("-----BEGIN CERTIFICATE-----\nMA")), CNG_ERR_BAD_DATA);
	pfx_free(&pfx);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crypto/pfx");
	TCase *tc = tcase_create("pfx");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, what_stands_beside);
	tcase_add_loop_test(tc, same_key, 0, ARRAY_LEN(dresses));
	tcase_add_loop_test(tc, cut_short, 0, ARRAY_LEN(whole));
	tcase_add_loop_test(tc, flipped, 0, ARRAY_LEN(whole));
	tcase_add_loop_test(tc, refusals, 0, ARRAY_LEN(refused));
	tcase_add_test(tc, password_too_long);
	tcase_add_test(tc, detection);
	tcase_add_loop_test(tc, round_trip, 0, ARRAY_LEN(kinds));
	tcase_add_test(tc, no_password_to_write_with);
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, description);
	tcase_add_test(tc, certificates_of_pem);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
