/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob: what opens it, what does not, and every damage.
 */
#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "blob/kds.h"
#include "blob_cases.h"
#include "crypto/crypto.h"
#include "sample.h"

static struct secret roots;
static struct blob_params opens;

static void
setup(void)
{
	roots = sample_read("kds_roots.ldif");
	opens = (struct blob_params){ .protect.roots = secret_span(&roots) };
}

static void
teardown(void)
{
	secret_free(&roots);
}

static const struct {
	const char *file, *within;
} protected[] = {
	{ "protected_rsa1024.bin", "rsa1024_priv.bin" },
	{ "protected_p256_dh.bin", "p256_ecdsa_priv.bin" },
	{ "protected_aes256.bin", "aes256.bin" },
	{ "protected_sha1_dh.bin", "rsa1024_priv.bin" },
	{ "protected_ecdh_p256.bin", "p256_ecdsa_priv.bin" },
	{ "protected_ecdh_p384.bin", "p384_ecdh_priv.bin" },
	{ "protected_sha256.bin", "rsa1024_priv.bin" },
};

static enum cng_status
decode(struct span in, const struct blob_params *params,
    struct key_material *out)
{
	enum cng_status st = blob_decode(BLOB_PROTECTEDKEY, in, params, out);

	if (st != CNG_OK)
		sample_empty(out);
	return st;
}

START_TEST(root_keys_open)
{
	struct secret in = sample_read(protected[_i].file);
	struct secret within = sample_read(protected[_i].within);
	struct key_material key, want;
	enum blob_type type;

	ck_assert_int_eq(blob_detect(secret_span(&in), &type), CNG_OK);
	ck_assert_int_eq(type, BLOB_PROTECTEDKEY);
	ck_assert(blob_is_closed(type) && !blob_is_framed(type));
	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&within), NULL,
	    &want), CNG_OK);
	ck_assert_int_eq(decode(secret_span(&in), &opens, &key), CNG_OK);
	sample_same_key(&key, &want);
	key_free(&key);
	key_free(&want);
	ck_assert_int_eq(decode(secret_span(&in), NULL, &key),
	    CNG_ERR_ARGUMENT);
	secret_free(&in);
	secret_free(&within);
}
END_TEST

static void
follow(void *arg, const struct blob_field *field)
{
	size_t *end = arg;

	ck_assert_uint_ge(field->offset, *end);
	/* the data are told as a whole, then in parts */
	*end = field->offset +
	    (strcmp(field->name, "ProtectedData") == 0 ? 0 : field->size);
}

START_TEST(every_cut)
{
	struct secret in = sample_read(protected[_i].file);
	struct key_material key;

	for (size_t len = 0; len < in.len; len++) {
		struct secret cut;
		size_t end = 0;
		enum cng_status st;

		ck_assert_int_eq(secret_copy(&cut, span_of(in.ptr, len)),
		    CNG_OK);
		st = decode(secret_span(&cut), &opens, &key);
		ck_assert_int_eq(st, CNG_ERR_BAD_DATA);
		ck_assert_int_eq(blob_describe(BLOB_PROTECTEDKEY,
		    secret_span(&cut), follow, &end), st);
		ck_assert_uint_eq(end, len);
		secret_free(&cut);
	}
	secret_free(&in);
}
END_TEST

/* Refused, unless it is in what nothing depends on: domain and forest, and a
 * flag that is always set. */
START_TEST(every_bit)
{
	struct secret in = sample_read(protected[_i].file);
	struct key_material want, key;
	size_t end = 0, same = 0;
	enum cng_status st;

	ck_assert_int_eq(decode(secret_span(&in), &opens, &want), CNG_OK);
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		in.ptr[bit / 8] ^= mask;
		end = 0;
		st = decode(secret_span(&in), &opens, &key);
		if (st == CNG_OK) {
			sample_same_key(&key, &want);
			key_free(&key);
			ck_assert_int_eq(blob_describe(BLOB_PROTECTEDKEY,
			    secret_span(&in), follow, &end), CNG_OK);
			same++;
		}
		in.ptr[bit / 8] ^= mask;
	}
	ck_assert_uint_lt(same, 8 * 100);
	key_free(&want);
	secret_free(&in);
}
END_TEST

START_TEST(hostile_lengths)
{
	static const uint32_t hostile[] = { 0, 1, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xffffffff };
	/* of the header, and three of the key identifier */
	static const size_t offsets[] = { 0, 8, 12, 107, 111, 115 };
	struct secret in = sample_read("protected_rsa1024.bin");
	struct key_material key;

	for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
		uint8_t *at = in.ptr + offsets[i], was[4];

		memcpy(was, at, 4);
		for (size_t j = 0; j < ARRAY_LEN(hostile); j++) {
			struct wr w = wr_of(at, 4);

			wr_u32le(&w, hostile[j]);
			ck_assert_int_eq(decode(secret_span(&in), &opens,
			    &key), CNG_ERR_BAD_DATA);
		}
		memcpy(at, was, 4);
	}
	ck_assert_int_eq(decode(secret_span(&in), &opens, &key), CNG_OK);
	key_free(&key);
	secret_free(&in);
}
END_TEST

START_TEST(every_allocation)
{
	struct secret in = sample_read(protected[_i].file);
	struct key_material key;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = decode(secret_span(&in), &opens, &key);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* --- root keys ----------------------------------------------------------- */

static const uint8_t first_id[KDS_ID] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10,
	11, 12, 13, 14, 15 };
#define FIRST "cn: 00010203-0405-0607-0809-0a0b0c0d0e0f\n"
#define KEY86 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY "msKds-RootKeyData:: " KEY86 "==\n"

static const struct {
	const char *text;
	enum cng_status st;
} texts[] = {
	{ FIRST KEY, CNG_OK },
	{ KEY "CN: 00010203-0405-0607-0809-0A0B0C0D0E0F", CNG_OK },
	{ "# a comment\n  that goes on\n\n" FIRST "mskds-rootkeydata::\r\n "
	  KEY86 "=\r\n =\r\n", CNG_OK },
	{ "cn: another\n" KEY "\n" FIRST KEY, CNG_OK },
	{ FIRST "\n" KEY, CNG_ERR_ARGUMENT }, /* in another record */
	{ FIRST, CNG_ERR_ARGUMENT },
	{ KEY, CNG_ERR_NOT_FOUND },
	{ "cn: another\n" KEY, CNG_ERR_NOT_FOUND },
	{ "cn: 00010203-0405-0607-0809-0a0b0c0d0e0\n" KEY,
	    CNG_ERR_NOT_FOUND },
	{ "cn: 00010203-0405-0607-080900a0b0c0d0e0f\n" KEY,
	    CNG_ERR_NOT_FOUND },
	{ "\n", CNG_ERR_NOT_FOUND },
	{ "", CNG_ERR_ARGUMENT },
	{ "no LDIF", CNG_ERR_ARGUMENT },
	{ ": value", CNG_ERR_ARGUMENT },
	{ FIRST "msKds-RootKeyData:: AAAA\n", CNG_ERR_ARGUMENT },
	{ FIRST "msKds-RootKeyData:: " KEY86 "=\n", CNG_ERR_ARGUMENT },
	{ FIRST "msKds-RootKeyData:: " KEY86 "=!\n", CNG_ERR_ARGUMENT },
	/* bits that nothing uses */
	{ FIRST "msKds-RootKeyData:: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB==\n",
	    CNG_ERR_ARGUMENT },
	{ FIRST KEY "msKds-KDFAlgorithmID: PBKDF2\n", CNG_ERR_NOT_SUPPORTED },
	{ FIRST KEY "msKds-KDFParam:: AAAAAAEAAAAEAAAAAAAAAEEAAAA=\n",
	    CNG_ERR_NOT_SUPPORTED }, /* a hash named A */
	{ FIRST KEY "msKds-KDFParam:: AAAAAAEAAAAFAAAAAAAAAEEAAAA=\n",
	    CNG_ERR_ARGUMENT },
	{ FIRST KEY "msKds-SecretAgreementAlgorithmID: ECDH_P521\n", CNG_OK },
	{ FIRST KEY "msKds-SecretAgreementAlgorithmID: X25519\n",
	    CNG_ERR_NOT_SUPPORTED },
	{ FIRST KEY "msKds-SecretAgreementParam:: AAAA\n", CNG_ERR_ARGUMENT },
	{ FIRST KEY "msKds-SecretAgreementParam::\n", CNG_OK },
	{ FIRST KEY "msKds-PrivateKeyLength: 512\n", CNG_OK },
	{ FIRST KEY "msKds-PrivateKeyLength: 0\n", CNG_ERR_ARGUMENT },
	{ FIRST KEY "msKds-PrivateKeyLength: 99999999999999999999\n",
	    CNG_ERR_ARGUMENT },
	{ FIRST KEY "msKds-PrivateKeyLength: 5 2\n", CNG_ERR_ARGUMENT },
	/* what is wrong with another key does not count */
	{ "cn: another\nmsKds-PrivateKeyLength: x\n\n" FIRST KEY, CNG_OK },
};

START_TEST(root_keys)
{
	struct kds_root root;
	struct secret copy;

	ck_assert_int_eq(secret_copy(&copy, span_str(texts[_i].text)),
	    CNG_OK);
	ck_assert_int_eq(kds_root_find(&root, secret_span(&copy),
	    span_of(first_id, KDS_ID)), texts[_i].st);
	if (texts[_i].st == CNG_OK) {
		ck_assert_uint_eq(root.key.len, 64);
		ck_assert_mem_eq(root.id, first_id, KDS_ID);
		ck_assert_int_eq(root.hash, HASH_SHA512);
	}
	ck_assert(texts[_i].st == CNG_OK || root.key.ptr == NULL);
	kds_root_free(&root);
	secret_free(&copy);
}
END_TEST

/* What is cut into many lines is put together once, not line by line. */
START_TEST(many_short_lines)
{
	static const char head[] = FIRST "description: ";
	struct secret text;
	struct wr w;
	struct kds_root root;

	ck_assert_int_eq(secret_new(&text, strlen(head) + 3 * 1000 + 1 +
	    strlen(KEY)), CNG_OK);
	w = wr_of(text.ptr, text.len);
	wr_bytes(&w, span_str(head));
	for (size_t i = 0; i < 1000; i++)
		wr_bytes(&w, span_str("\n x"));
	wr_bytes(&w, span_str("\n" KEY));
	ck_assert_int_eq(wr_status(&w), CNG_OK);
	mem_fail_after(100);
	ck_assert_int_eq(kds_root_find(&root, secret_span(&text),
	    span_of(first_id, KDS_ID)), CNG_OK);
	mem_fail_after(0);
	kds_root_free(&root);
	secret_free(&text);
}
END_TEST

START_TEST(bare_root_key)
{
	uint8_t bytes[80] = { 0 };
	struct kds_root root;
	char text[GUID_TEXT];

	memcpy(bytes, first_id, KDS_ID);
	ck_assert_int_eq(kds_root_find(&root, span_of(bytes, 80),
	    span_of(first_id, KDS_ID)), CNG_OK);
	ck_assert_uint_eq(root.private_bits, 512);
	kds_root_free(&root);
	ck_assert_int_eq(kds_root_find(&root, span_of(bytes, 80),
	    span_of(bytes + 1, KDS_ID)), CNG_ERR_NOT_FOUND);
	ck_assert_int_ne(kds_root_find(&root, span_of(bytes, 79),
	    span_of(first_id, KDS_ID)), CNG_OK);
	ck_assert_int_eq(kds_root_find(&root, span_of(bytes, 80),
	    span_of(first_id, 15)), CNG_ERR_ARGUMENT);
	guid_text(text, first_id);
	ck_assert_str_eq(text, "00010203-0405-0607-0809-0a0b0c0d0e0f");
}
END_TEST

/* The group is the default one, said or not said: one who sends a number of
 * another order than its generator's asks for the private key in parts. */
static const uint8_t groups[][KDS_ID] = {
	{ 0x88, 0x99, 0x40, 0xf8, 0x66, 0x66, 0x15, 0x6e, 0x7b, 0x73, 0xe3,
	    0x9b, 0x3b, 0x85, 0xa2, 0x42 },
	{ 0x6e, 0x96, 0x69, 0xe4, 0xfb, 0x11, 0x7d, 0xd5, 0x68, 0xf1, 0x07,
	    0x38, 0xb4, 0x13, 0x7d, 0xcd },
};

START_TEST(order_of_a_peer)
{
	static const uint8_t group[KDS_GROUP_KEY] = { 1 };
	struct key_material peer = { .family = KEY_DH };
	uint8_t kek[KDS_KEK];
	struct kds_root root, said;

	ck_assert_int_eq(kds_root_find(&said, secret_span(&roots),
	    span_of(groups[1], KDS_ID)), CNG_OK);
	ck_assert_int_eq(kds_root_find(&root, secret_span(&roots),
	    span_of(groups[_i], KDS_ID)), CNG_OK);
	ck_assert_uint_eq(root.p.len, _i == 0 ? 0 : 256);
	ck_assert_int_eq(key_set(&peer, DH_P, secret_span(&said.p)), CNG_OK);
	ck_assert_int_eq(key_set(&peer, DH_G, secret_span(&said.g)), CNG_OK);
	ck_assert_int_eq(key_set(&peer, DH_Y, secret_span(&said.g)), CNG_OK);
	ck_assert_int_eq(kds_kek_by_peer(&root, group, &peer, kek), CNG_OK);
	ck_assert_int_eq(key_set(&peer, DH_Y, span_str("\x02")), CNG_OK);
	ck_assert_int_eq(kds_kek_by_peer(&root, group, &peer, kek),
	    CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&peer);
	kds_root_free(&root);
	kds_root_free(&said);
}
END_TEST

static const struct {
	const char *text;
	enum cng_status st;
} sids[] = {
	{ "S-1-5-18", CNG_OK },
	{ "S-1-281474976710655-4294967295", CNG_OK },
	{ "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", CNG_OK },
	{ "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", CNG_ERR_BAD_DATA },
	{ "S-1-5", CNG_ERR_BAD_DATA },
	{ "S-1-5-", CNG_ERR_BAD_DATA },
	{ "S-1-5--1", CNG_ERR_BAD_DATA },
	{ "S-2-5-18", CNG_ERR_BAD_DATA },
	{ "S-1-5-4294967296", CNG_ERR_BAD_DATA },
	{ "S-1-281474976710656-1", CNG_ERR_BAD_DATA },
	{ "S-1-5-1x", CNG_ERR_BAD_DATA },
	{ "s-1-5-18", CNG_ERR_BAD_DATA },
	{ "S-", CNG_ERR_BAD_DATA },
	{ "", CNG_ERR_BAD_DATA },
};

START_TEST(descriptors)
{
	static const uint8_t acl[] = { 2, 0, 0x30, 0, 2, 0, 0, 0, 0, 0, 20, 0,
		3, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	struct secret out = { 0 };

	ck_assert_int_eq(kds_descriptor(span_str(sids[_i].text), &out),
	    sids[_i].st);
	if (_i == 0) {
		ck_assert_uint_eq(out.len, 20 + 48 + 24);
		ck_assert_mem_eq(out.ptr + 20, acl, sizeof acl);
	}
	secret_free(&out);
}
END_TEST

/* --- for a token --------------------------------------------------------- */

static const struct {
	const char *file;
	enum blob_type type;
	const char *name;
} keys[] = {
	{ "rsa1024_priv.bin", BLOB_RSAPRIVATE, "RSA" },
	{ "p256_ecdsa_priv.bin", BLOB_ECCPRIVATE, "ECDSA_P256" },
	{ "p384_ecdh_priv.bin", BLOB_ECCPRIVATE, "ECDH_P384" },
	{ "full_p256_ecdsa_priv.bin", BLOB_ECCFULLPRIVATE, "ECDSA_P256" },
	{ "dsa1024_priv.bin", BLOB_DSAPRIVATE, "DSA" },
	{ "aes256.bin", BLOB_KEYDATA, "AES" },
	{ "cipherkey_generic.bin", BLOB_CIPHERKEY, "HMAC-SHA256" },
	{ "mlkem768_seed.bin", BLOB_MLKEMPRIVATESEED, "ML-KEM" },
	{ "brainpoolP384t1.der", BLOB_PKCS8, "ECDH" },
};

static void
find_name(void *arg, const struct blob_field *field)
{
	const char *want = arg;

	if (strcmp(field->name, "AlgName") == 0)
		ck_assert_str_eq(field->text, want);
}

static struct key_material
key_of(const char *file, enum blob_type type)
{
	struct secret in = sample_read(file);
	struct key_material key;

	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &key),
	    CNG_OK);
	secret_free(&in);
	return key;
}

static const uint8_t kek[32] = { 1, 2, 3 }, salt[BLOB_PROTECTED_SALT];
static uint8_t id[BLOB_PROTECTED_ID_MAX];

static struct blob_params
for_token(bool machine)
{
	struct wr w = wr_of(id, sizeof id);

	ck_assert_int_eq(blob_protected_id(span_str("0123456789abcdef"),
	    machine, salt, &w), CNG_OK);
	return (struct blob_params){ .protect = {
		.rule = span_str(machine ? "LOCAL=machine" : "LOCAL=user"),
		.key_id = span_of(id, w.len),
		.kek = span_of(kek, sizeof kek) } };
}

START_TEST(tokens_open)
{
	struct key_material key = key_of(keys[_i].file, keys[_i].type), back;
	struct blob_params params = for_token(_i % 2 == 0), other = params;
	char name[32];
	uint8_t wrong[32] = { 1, 2, 4 };
	struct blob_protected got;
	struct secret out;
	size_t end = 0;

	ck_assert_uint_lt(strlen(keys[_i].name), sizeof name);
	memcpy(name, keys[_i].name, strlen(keys[_i].name) + 1);
	out = case_encode(BLOB_PROTECTEDKEY, &key, &params);
	ck_assert_int_eq(blob_describe(BLOB_PROTECTEDKEY, secret_span(&out),
	    find_name, name), CNG_OK);
	ck_assert_int_eq(blob_describe(BLOB_PROTECTEDKEY, secret_span(&out),
	    follow, &end), CNG_OK);
	ck_assert_uint_eq(end, out.len);
	ck_assert_int_eq(blob_protected_read(secret_span(&out), &got),
	    CNG_OK);
	ck_assert(got.local && got.machine == (_i % 2 == 0));
	ck_assert(span_equal(got.serial, span_str("0123456789abcdef")));
	ck_assert(span_equal(got.key_id, params.protect.key_id));
	ck_assert_int_eq(decode(secret_span(&out), &params, &back), CNG_OK);
	if (key.family == KEY_EC && key.role == KEY_ROLE_NONE) {
		/* each ECC magic says one, and the full layout more */
		back.role = KEY_ROLE_NONE;
		secret_free(&back.part[EC_SEED]);
		secret_free(&back.part[EC_INFO]);
	}
	sample_same_key(&key, &back);
	key_free(&back);
	other.protect.kek = span_of(wrong, sizeof wrong);
	ck_assert_int_eq(decode(secret_span(&out), &other, &back),
	    CNG_ERR_WRAPPED_KEY);
	ck_assert_int_eq(decode(secret_span(&out), &opens, &back),
	    CNG_ERR_ARGUMENT);
	key_free(&key);
	secret_free(&out);
}
END_TEST

START_TEST(writing)
{
	struct key_material key = key_of("rsa1024_priv.bin", BLOB_RSAPRIVATE);
	struct key_material public = key_of("rsa1024_pub.bin", BLOB_RSAPUBLIC);
	struct blob_params params = for_token(false);
	uint8_t small[100];
	struct wr w = wr_of(small, sizeof small);
	enum cng_status st = CNG_ERR_NO_MEMORY;
	static uint8_t room[2048];

	ck_assert_int_eq(blob_encode(BLOB_PROTECTEDKEY, &key, NULL, &w),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_encode(BLOB_PROTECTEDKEY, &key, &opens, &w),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(blob_encode(BLOB_PROTECTEDKEY, &public, &params, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_PROTECTEDKEY, &key, &params, &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		w = wr_of(room, sizeof room);
		mem_fail_after(n);
		st = blob_encode(BLOB_PROTECTEDKEY, &key, &params, &w);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	key_free(&key);
	key_free(&public);
}
END_TEST

static const struct {
	const char *text;
	enum cng_status st;
	bool machine;
} rules[] = {
	{ "", CNG_OK, false },
	{ "LOCAL=user", CNG_OK, false },
	{ "LOCAL=machine", CNG_OK, true },
	{ "LOCAL=logon", CNG_ERR_NOT_SUPPORTED, false },
	{ "LOCAL=user OR LOCAL=machine", CNG_ERR_NOT_SUPPORTED, false },
	{ "SID=S-1-5-18", CNG_ERR_NOT_SUPPORTED, false },
	{ "SDDL=O:SYG:SYD:", CNG_ERR_NOT_SUPPORTED, false },
	{ "WEBCREDENTIALS=a,b", CNG_ERR_NOT_SUPPORTED, false },
	{ "CERTIFICATE=HashID:00", CNG_ERR_NOT_SUPPORTED, false },
	{ "SID=", CNG_ERR_ARGUMENT, false },
	{ "local=user", CNG_ERR_ARGUMENT, false },
	{ "user", CNG_ERR_ARGUMENT, false },
};

START_TEST(rule_texts)
{
	bool machine;

	ck_assert_int_eq(blob_protected_rule(span_str(rules[_i].text),
	    &machine), rules[_i].st);
	if (rules[_i].st == CNG_OK)
		ck_assert_int_eq(machine, rules[_i].machine);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/protected");
	TCase *t = tcase_create("protected");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, root_keys_open, 0, ARRAY_LEN(protected));
	tcase_add_loop_test(t, every_cut, 0, 3);
	tcase_add_loop_test(t, every_bit, 0, 3);
	tcase_add_test(t, hostile_lengths);
	tcase_add_loop_test(t, every_allocation, 0, ARRAY_LEN(protected));
	tcase_add_loop_test(t, root_keys, 0, ARRAY_LEN(texts));
	tcase_add_test(t, many_short_lines);
	tcase_add_test(t, bare_root_key);
	tcase_add_loop_test(t, order_of_a_peer, 0, ARRAY_LEN(groups));
	tcase_add_loop_test(t, descriptors, 0, ARRAY_LEN(sids));
	tcase_add_loop_test(t, tokens_open, 0, ARRAY_LEN(keys));
	tcase_add_test(t, writing);
	tcase_add_loop_test(t, rule_texts, 0, ARRAY_LEN(rules));
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
