/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of blob types, detection by magic, generic blobs, description.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

START_TEST(every_row)
{
	enum blob_type type;
	size_t rows = 0;

	for (int i = BLOB_ANY + 1; i < BLOB_TYPE_COUNT; i++) {
		const struct blob_info *info = blob_info((enum blob_type)i);

		if (info == NULL) /* a number that is kept for later */
			continue;
		rows++;
		ck_assert_int_eq(info->type, i);
		ck_assert_int_ne(info->class, BLOB_CLASS_ANY);
		ck_assert_ptr_nonnull(info->constant);
		ck_assert_int_eq(blob_type_from_name(info->name, &type),
		    CNG_OK);
		ck_assert_int_eq(type, i); /* so names are unique, too */
	}
	ck_assert_uint_ge(rows, 21);
	ck_assert_ptr_null(blob_info(BLOB_ANY));
	ck_assert_ptr_null(blob_info(BLOB_TYPE_COUNT));
	ck_assert_int_eq(blob_type_from_name("RsaPublicBlob", &type),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(blob_type_from_name("", &type),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(blob_type_from_name("KDFKeyBlob", &type),
	    CNG_ERR_NOT_SUPPORTED);
}
END_TEST

static const struct {
	const char *file;
	enum blob_type type;
	enum blob_type generic; /* BLOB_ANY: none */
} detected[] = {
	{ "rsa1024_pub.bin", BLOB_RSAPUBLIC, BLOB_PUBLIC },
	{ "rsa1024_priv.bin", BLOB_RSAPRIVATE, BLOB_PRIVATE },
	{ "rsa1024_full.bin", BLOB_RSAFULLPRIVATE, BLOB_ANY },
	{ "p256_ecdsa_pub.bin", BLOB_ECCPUBLIC, BLOB_PUBLIC },
	{ "p521_ecdh_priv.bin", BLOB_ECCPRIVATE, BLOB_PRIVATE },
	{ "dsa1024_pub.bin", BLOB_DSAPUBLIC, BLOB_PUBLIC },
	{ "dsa2048_priv.bin", BLOB_DSAPRIVATE, BLOB_PRIVATE },
	{ "dh768_pub.bin", BLOB_DHPUBLIC, BLOB_PUBLIC },
	{ "dh768_priv.bin", BLOB_DHPRIVATE, BLOB_PRIVATE },
	{ "capi_rsa1024_pub.bin", BLOB_CAPIPUBLIC, BLOB_ANY },
	{ "capi_rsa1024_priv.bin", BLOB_CAPIPRIVATE, BLOB_ANY },
	{ "capi_dss1024_pub.bin", BLOB_V2CAPIDSAPUBLIC, BLOB_ANY },
	{ "capi_dss1024_priv.bin", BLOB_V2CAPIDSAPRIVATE, BLOB_ANY },
	{ "capi_dss1024_v3_pub.bin", BLOB_CAPIDSAPUBLIC, BLOB_ANY },
	{ "capi_dss1024_v3_priv.bin", BLOB_CAPIDSAPRIVATE, BLOB_ANY },
	{ "capi_dh1024_pub.bin", BLOB_CAPIDHPUBLIC, BLOB_ANY },
	{ "capi_dh1024_priv.bin", BLOB_CAPIDHPRIVATE, BLOB_ANY },
	{ "aes256.bin", BLOB_KEYDATA, BLOB_ANY },
	{ "mlkem512_pub.bin", BLOB_MLKEMPUBLIC, BLOB_PUBLIC },
	{ "mlkem512_priv.bin", BLOB_MLKEMPRIVATE, BLOB_PRIVATE },
	{ "mldsa44_pub.bin", BLOB_PQDSAPUBLIC, BLOB_PUBLIC },
	{ "slhdsa_sha2_128f_priv.bin", BLOB_PQDSAPRIVATE, BLOB_PRIVATE },
	{ "mldsa44_wrapped_priv.bin", BLOB_PQPRIVATE, BLOB_ANY },
	{ "rsa1024.der", BLOB_PKCS8, BLOB_ANY },
};

START_TEST(detection)
{
	struct secret in = sample_read(detected[_i].file);
	struct key_material typed, any;
	enum blob_type type = BLOB_ANY;

	ck_assert_int_eq(blob_detect(secret_span(&in), &type), CNG_OK);
	ck_assert_int_eq(type, detected[_i].type);
	ck_assert_ptr_null(blob_foreign_name(secret_span(&in)));
	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &typed),
	    CNG_OK);
	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), NULL, &any),
	    CNG_OK);
	sample_same_key(&typed, &any);
	key_free(&typed);
	key_free(&any);
	secret_free(&in);
	if (detected[_i].generic != BLOB_ANY) {
		case_round_trip(detected[_i].generic, detected[_i].file);
		case_wrong_length(detected[_i].generic, detected[_i].file);
		case_no_memory(detected[_i].generic, detected[_i].file);
	}
}
END_TEST

/* A full blob is taken as PRIVATEBLOB and given back as RSAPRIVATEBLOB. */
START_TEST(full_as_generic)
{
	struct secret in = sample_read("rsa1024_full.bin");
	struct secret want = sample_read("rsa1024_priv.bin"), out;
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	out = case_encode(BLOB_PRIVATE, &key, NULL);
	ck_assert(span_equal(secret_span(&want), secret_span(&out)));
	secret_free(&in);
	secret_free(&want);
	secret_free(&out);
	key_free(&key);
}
END_TEST

START_TEST(generic_of_secret)
{
	struct secret in = sample_read("aes128.bin");
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_KEYDATA, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_PRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_PKCS8, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_ANY, &key, NULL, &w),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_encode(BLOB_TYPE_COUNT, &key, NULL, &w),
	    CNG_ERR_ARGUMENT);
	key_free(&key);
	ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&in), NULL,
	    &key), CNG_ERR_BAD_MAGIC);
	ck_assert_int_eq(blob_decode(BLOB_TYPE_COUNT, secret_span(&in), NULL,
	    &key), CNG_ERR_ARGUMENT);
	secret_free(&in);
}
END_TEST

/* --- strangers -------------------------------------------------------- */

static const struct {
	const char *bytes;
	size_t len;
	const char *name;
} strangers[] = {
	{ "LMPK", 4, "PQDSAPUBLICBLOB of LMS" },
	{ "XMPK", 4, "PQDSAPUBLICBLOB of XMSS" },
	{ "CMKS", 4, "composite ML-KEM seed blob" },
	{ "ECDP", 4, NULL },
	{ "\20\0\0\0KDF1", 8, "KDFKeyBlob" },
	{ "KPTM", 4, "PcpTpmProtectedKeyBlob" },
	{ "\20\0\0\0PRTK", 8, NULL },
	{ "\14\2\0\0DHPM", 8, "DHParameters property" },
	{ "\6\2\0\0\1\252\0\0\0DH1", 12, "CryptoAPI DH public blob" },
	{ "\1\2\0\0\1\150\0\0\0\244\0\0", 12, "CryptoAPI SIMPLEBLOB" },
	{ "-----BEGIN PRIVATE KEY-----", 27, "PEM text" },
	{ "RSA1", 4, NULL },
	{ "RAPW", 4, NULL },
	{ "MIB1", 4, NULL },
	{ "\20\0\0\0CPHR", 8, NULL },
	{ "nope", 4, NULL },
	{ "\6\2\0\0\0\244\0\0nope", 12, NULL },
	{ "DSP", 3, NULL },
	{ "", 0, NULL },
};

START_TEST(foreign_names)
{
	struct span in = span_of(strangers[_i].bytes, strangers[_i].len);
	struct key_material key;
	const char *name = blob_foreign_name(in);

	if (strangers[_i].name == NULL) {
		ck_assert_ptr_null(name);
		return;
	}
	ck_assert_ptr_nonnull(name);
	ck_assert_str_eq(name, strangers[_i].name);
	ck_assert_int_ne(blob_decode(BLOB_ANY, in, NULL, &key), CNG_OK);
}
END_TEST

/* --- description ------------------------------------------------------ */

struct told {
	size_t count;
	size_t end;
	char names[256];
	const char *last_text;
};

static void
hear(void *arg, const struct blob_field *field)
{
	struct told *told = arg;

	ck_assert_uint_eq(field->offset, told->end); /* no gap */
	if (field->kind != BLOB_FIELD_NUMBER)
		ck_assert_uint_eq(field->bytes.len, field->size);
	told->end += field->size;
	told->count++;
	strcat(told->names, field->name);
	strcat(told->names, " ");
	told->last_text = field->text;
}

static enum cng_status
describe(enum blob_type type, struct span in, struct told *told)
{
	*told = (struct told){ 0 };
	return blob_describe(type, in, hear, told);
}

START_TEST(description)
{
	struct secret in = sample_read("rsa1024_full.bin");
	struct told told;

	ck_assert_int_eq(describe(BLOB_ANY, secret_span(&in), &told), CNG_OK);
	ck_assert_uint_eq(told.end, in.len);
	ck_assert_str_eq(told.names, "Magic BitLength cbPublicExp cbModulus "
	    "cbPrime1 cbPrime2 PublicExponent Modulus Prime1 Prime2 "
	    "Exponent1 Exponent2 Coefficient PrivateExponent ");
	secret_free(&in);
	in = sample_read("p256_ecdh_priv.bin");
	ck_assert_int_eq(describe(BLOB_PRIVATE, secret_span(&in), &told),
	    CNG_OK);
	ck_assert_str_eq(told.names, "dwMagic cbKey X Y d ");
	secret_free(&in);
	in = sample_read("aes128.bin");
	ck_assert_int_eq(describe(BLOB_KEYDATA, secret_span(&in), &told),
	    CNG_OK);
	ck_assert_str_eq(told.names, "dwMagic dwVersion cbKeyData KeyData ");
	secret_free(&in);
}
END_TEST

START_TEST(description_of_damage)
{
	struct secret in = sample_read("p256_ecdsa_pub.bin");
	struct told told;

	ck_assert_int_eq(describe(BLOB_ANY, span_of(in.ptr, 50), &told),
	    CNG_ERR_BAD_DATA);
	ck_assert_str_eq(told.names, "dwMagic cbKey X Y ");
	ck_assert_str_eq(told.last_text, "cut short");
	ck_assert_uint_eq(told.end, 50);
	ck_assert_int_eq(secret_append(&in, span_of("xyz", 3)), CNG_OK);
	ck_assert_int_eq(describe(BLOB_ANY, secret_span(&in), &told),
	    CNG_ERR_BAD_DATA);
	ck_assert_str_eq(told.names, "dwMagic cbKey X Y (rest) ");
	ck_assert_str_eq(told.last_text, "left over");
	ck_assert_int_eq(describe(BLOB_RSAPUBLIC, secret_span(&in), &told),
	    CNG_ERR_BAD_MAGIC);
	ck_assert_str_eq(told.names, "Magic (rest) ");
	ck_assert_str_eq(told.last_text, "not understood");
	ck_assert_int_eq(describe(BLOB_ANY, span_str("CMPKabc"), &told),
	    CNG_ERR_BAD_MAGIC);
	ck_assert_str_eq(told.names, "Magic (rest) ");
	ck_assert_int_eq(describe(BLOB_ANY, span_str("x"), &told),
	    CNG_ERR_BAD_MAGIC);
	ck_assert_int_eq(describe(BLOB_ANY, span_of(NULL, 0), &told),
	    CNG_ERR_BAD_MAGIC);
	ck_assert_uint_eq(told.count, 0);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/table");
	TCase *t = tcase_create("table");

	tcase_add_test(t, every_row);
	tcase_add_loop_test(t, detection, 0, ARRAY_LEN(detected));
	tcase_add_test(t, full_as_generic);
	tcase_add_test(t, generic_of_secret);
	tcase_add_loop_test(t, foreign_names, 0, ARRAY_LEN(strangers));
	tcase_add_test(t, description);
	tcase_add_test(t, description_of_damage);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
