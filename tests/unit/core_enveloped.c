/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE in core: whose key opens it, found or named; which policy
 * lets a key leave in one; and that nothing half made is left.
 */
#include "core_fixture.h"
#include "sample.h"

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

#define OPEN PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0))
#define NOTHING ((struct props){ 0 })

static struct object *
object_of(obj_id id)
{
	struct object *obj = NULL;

	if (id != 0)
		ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	return obj;
}

static enum cng_status
import_from(struct span blob, enum blob_type type, obj_id with,
    struct props tmpl, obj_id *out)
{
	struct import_request req = {
		.type = type,
		.data = blob,
		.key = object_of(with),
		.tmpl = tmpl,
	};
	enum cng_status st = token_import(tok, &rw, &req, out);

	object_free(req.key);
	return st;
}

static enum cng_status
import_file(const char *file, obj_id with, struct props tmpl, obj_id *out)
{
	struct secret in = sample_read(file);
	enum cng_status st = import_from(secret_span(&in), BLOB_ANY, with,
	    tmpl, out);

	secret_free(&in);
	return st;
}

static enum cng_status
export_for(obj_id id, obj_id with, struct span certs, struct secret *out)
{
	struct object *obj = object_of(id);
	struct export_request req = {
		.type = BLOB_PKCS7ENVELOPE,
		.key = object_of(with),
		.params.envelope.certs = certs,
	};
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st = token_export(tok, obj, &req, &count);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, count.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = token_export(tok, obj, &req, &w);
		ck_assert(st != CNG_OK || w.len == count.len);
	}
	if (st != CNG_OK)
		secret_free(out);
	object_free(obj);
	object_free(req.key);
	return st;
}

static enum cng_status
export_to_cert(obj_id id, const char *cert, struct secret *out)
{
	struct secret der = sample_read(cert);
	enum cng_status st = export_for(id, 0, secret_span(&der), out);

	secret_free(&der);
	return st;
}

static obj_id
certificate(const char *file, struct span id)
{
	struct secret der = sample_read(file);
	struct x509_names names;
	obj_id cert;

	ck_assert_int_eq(x509_names(&names, secret_span(&der)), CNG_OK);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_CERT), NUM(PROP_CERT_TYPE, 0),
		BYTES(PROP_SUBJECT, secret_span(&names.subject)),
		BYTES(PROP_ISSUER, secret_span(&names.issuer)),
		BYTES(PROP_SERIAL, secret_span(&names.serial)),
		BYTES(PROP_ID, id),
		BYTES(PROP_VALUE, secret_span(&der))), &cert), CNG_OK);
	x509_names_free(&names);
	secret_free(&der);
	return cert;
}

static obj_id
rsa_recipient(void)
{
	obj_id id;

	ck_assert_int_eq(import_file("rsa1024_priv.bin", 0,
	    PROPS(NUM(PROP_UNWRAP, 1)), &id), CNG_OK);
	return id;
}

static obj_id
ec_recipient(struct props tmpl)
{
	obj_id id;

	ck_assert_int_eq(import_file("p256_ecdh_priv.bin", 0, tmpl, &id),
	    CNG_OK);
	return id;
}

static void
is_inside(obj_id id)
{
	struct secret want = sample_read("envelope_inside.der");
	struct object *obj = object_of(id);
	struct export_request req = { .type = BLOB_PKCS8 };
	uint8_t out[1024];
	struct wr w = wr_of(out, sizeof out);

	ck_assert_int_eq(token_export(tok, obj, &req, &w), CNG_OK);
	ck_assert(span_equal(span_of(out, w.len), secret_span(&want)));
	object_free(obj);
	secret_free(&want);
}

/* --- in ------------------------------------------------------------------ */

static const struct {
	const char *file;
	bool ec;
} named[] = { { "envelope_rsa.der", false }, { "envelope_rsa_ber.der", false },
	{ "envelope_rsa_oaep.der", false }, { "envelope_ec.der", true },
	{ "envelope_ec_3des.der", true }, { "envelope_two.der", false },
	{ "envelope_two.der", true } };

START_TEST(key_is_named)
{
	obj_id with = named[_i].ec ? ec_recipient(NOTHING) : rsa_recipient();
	obj_id id;

	ck_assert_int_eq(import_file(named[_i].file, with, OPEN, &id),
	    CNG_OK);
	is_inside(id);
	/* a pair, with both halves */
	ck_assert_uint_eq(number_of(tok, id, PROP_CLASS), OBJ_PRIVATE);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 2);
}
END_TEST

static const struct {
	const char *file, *cert;
	bool ec;
} searched[] = {
	/* by issuer and serial number */
	{ "envelope_rsa.der", "cert_rsa1024.der", false },
	{ "envelope_ec.der", "cert_p256_agree.der", true },
	{ "envelope_two.der", "cert_p256_agree.der", true },
	/* by the identifier of the key in a certificate */
	{ "envelope_rsa_ber.der", "cert_rsa1024.der", false },
	/* by the identifier of the key itself */
	{ "envelope_ec_3des.der", NULL, true },
};

START_TEST(key_is_found)
{
	struct span id = span_str("some other id");
	struct secret in = sample_read(searched[_i].file);
	struct object *key;
	obj_id made, mine;

	ck_assert_int_eq(import_file(searched[_i].file, 0, OPEN, &made),
	    CNG_ERR_NOT_FOUND);
	if (searched[_i].cert != NULL)
		(void)certificate(searched[_i].cert, span_of(NULL, 0));
	/* a certificate is no key */
	ck_assert_int_eq(import_file(searched[_i].file, 0, OPEN, &made),
	    CNG_ERR_NOT_FOUND);
	mine = searched[_i].ec ? ec_recipient(NOTHING) : rsa_recipient();
	ck_assert_int_eq(import_file(searched[_i].file, 0, OPEN, &made),
	    CNG_OK);
	is_inside(made);
	ck_assert_int_eq(token_recipient(tok, secret_span(&in), &key),
	    CNG_OK);
	object_free(key);
	/* an id of its own: an RSA key is known by its modulus, others by the
	 * id that their certificate has, too */
	ck_assert_int_eq(token_set(tok, &rw, mine, PROPS(BYTES(PROP_ID, id))),
	    CNG_OK);
	ck_assert_int_eq(token_recipient(tok, secret_span(&in), &key),
	    searched[_i].ec ? CNG_ERR_NOT_FOUND : CNG_OK);
	object_free(key);
	if (searched[_i].cert != NULL) {
		(void)certificate(searched[_i].cert, id);
		ck_assert_int_eq(token_recipient(tok, secret_span(&in),
		    &key), CNG_OK);
		object_free(key);
	}
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_recipient(tok, secret_span(&in), &key),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_ptr_null(key);
	secret_free(&in);
}
END_TEST

static const struct {
	const char *file;
	enum cng_status st;
} refused[] = {
	{ "envelope_public_inside.der", CNG_ERR_WRAPPED_KEY },
	{ "envelope_nested.der", CNG_ERR_WRAPPED_KEY },
	{ "envelope_damaged.der", CNG_ERR_WRAPPED_KEY },
	{ "envelope_damaged_key.der", CNG_ERR_WRAPPED_KEY },
	{ "envelope_ec.der", CNG_ERR_WRAP_KEY_TYPE },
	{ "envelope_password.der", CNG_ERR_WRAP_KEY_TYPE },
	{ "envelope_gcm.der", CNG_ERR_NOT_SUPPORTED },
	{ "envelope_trailing.der", CNG_ERR_BAD_DATA },
	{ "envelope_short.der", CNG_ERR_BAD_DATA },
	{ "envelope_many.der", CNG_ERR_BAD_DATA },
	{ "envelope_no_content.der", CNG_ERR_BAD_DATA },
};

START_TEST(refusals)
{
	obj_id with = rsa_recipient(), id;
	size_t before = found(tok, NOTHING);

	ck_assert_int_eq(import_file(refused[_i].file, with, OPEN, &id),
	    refused[_i].st);
	ck_assert_uint_eq(id, 0);
	ck_assert_uint_eq(found(tok, NOTHING), before);
}
END_TEST

START_TEST(unwrapping_policy)
{
	struct secret in = sample_read("envelope_rsa.der");
	obj_id key, id;

	/* without a right to unwrap, or to derive */
	ck_assert_int_eq(import_file("rsa1024_priv.bin", 0, NOTHING, &key),
	    CNG_OK);
	ck_assert_int_eq(import_file("envelope_rsa.der", key, OPEN, &id),
	    CNG_ERR_KEY_USAGE);
	ck_assert_int_eq(import_file("envelope_ec.der",
	    ec_recipient(PROPS(NUM(PROP_DERIVE, 0))), OPEN, &id),
	    CNG_ERR_KEY_USAGE);
	/* the list of a key's mechanisms knows the type by its number */
	ck_assert_int_eq(import_file("rsa1024_priv.bin", 0,
	    PROPS(NUM(PROP_UNWRAP, 1), BYTES(PROP_ALLOWED_MECHANISMS,
		span_of("\x24\x47\x4e\xc3\0\0\0\0", 8))), &key), CNG_OK);
	ck_assert_int_eq(import_file("envelope_rsa.der", key, OPEN, &id),
	    CNG_OK);
	ck_assert_int_eq(import_file("rsa1024_priv.bin", 0,
	    PROPS(NUM(PROP_UNWRAP, 1), BYTES(PROP_ALLOWED_MECHANISMS,
		span_of("\x20\x47\x4e\xc3\0\0\0\0", 8))), &key), CNG_OK);
	ck_assert_int_eq(import_from(secret_span(&in), BLOB_PKCS7ENVELOPE,
	    key, OPEN, &id), CNG_ERR_MECHANISM);
	/* the null key is no key */
	ck_assert_int_eq(import_from(secret_span(&in), BLOB_PKCS7ENVELOPE,
	    OBJ_ID_NULL_KEY, OPEN, &id), CNG_ERR_NOT_FOUND);
	/* wrapped whole under AES it is just bytes: no such thing here */
	ck_assert_int_eq(token_generate(tok, &rw, &(struct keygen_request){
	    .family = KEY_AES, .secret = PROPS(NUM(PROP_VALUE_LEN, 32),
	    NUM(PROP_UNWRAP, 1)) }, &key, NULL), CNG_OK);
	ck_assert_int_eq(import_from(secret_span(&in), BLOB_PKCS7ENVELOPE,
	    key, OPEN, &id), CNG_ERR_WRAP_KEY_TYPE);
	secret_free(&in);
}
END_TEST

/* What binds the key that opens binds what comes out, however it was chosen. */
START_TEST(binds_what_comes_out)
{
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	obj_id key, id;

	props_pack(PROPS(NUM(PROP_EXTRACTABLE, 0)), &w);
	key = ec_recipient(PROPS(BYTES(PROP_UNWRAP_TEMPLATE,
	    span_of(bytes, w.len))));
	/* whose padding would tell */
	ck_assert_int_eq(import_file("envelope_ec_3des.der", key, NOTHING,
	    &id), CNG_ERR_MECHANISM);
	ck_assert_int_eq(import_file("envelope_ec_3des.der", 0, NOTHING, &id),
	    CNG_ERR_MECHANISM);
	tok->compat = true;
	ck_assert_int_eq(import_file("envelope_ec_3des.der", key, OPEN, &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(import_file("envelope_ec_3des.der", 0, OPEN, &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(import_file("envelope_ec_3des.der", 0, NOTHING, &id),
	    CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_EXTRACTABLE), 0);
}
END_TEST

/* --- out ----------------------------------------------------------------- */

static obj_id
leaves(struct props tmpl)
{
	struct keygen_request req = {
		.family = KEY_EC,
		.public = PROPS(BYTES(PROP_EC_PARAMS,
		    curve_info(CURVE_P256)->oid_der)),
		.private = tmpl,
	};
	obj_id id, public;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, &public),
	    CNG_OK);
	return id;
}

#define SEALED PROPS(NUM(PROP_EXTRACTABLE, 1))

START_TEST(out_and_in)
{
	obj_id mine = ec_recipient(NOTHING), id = leaves(SEALED), back;
	struct secret out, again;

	ck_assert_int_eq(export_to_cert(id, "cert_p256_agree.der", &out),
	    CNG_OK);
	ck_assert_int_eq(import_from(secret_span(&out), BLOB_ANY, mine, OPEN,
	    &back), CNG_OK);
	/* fresh keys, the same key */
	ck_assert_int_eq(export_to_cert(back, "cert_p256_agree.der", &again),
	    CNG_OK);
	ck_assert_uint_eq(out.len, again.len);
	ck_assert(!span_equal(secret_span(&out), secret_span(&again)));
	secret_free(&out);
	secret_free(&again);
}
END_TEST

START_TEST(under_a_key_of_the_token)
{
	struct secret cert = sample_read("cert_p256_agree.der"), out;
	obj_id priv, pub, back, id = leaves(SEALED), other;
	struct keygen_request rsa = {
		.family = KEY_RSA,
		.public = PROPS(NUM(PROP_MODULUS_BITS, 2048),
		    NUM(PROP_WRAP, 1)),
		.private = PROPS(NUM(PROP_UNWRAP, 1)),
	};

	ck_assert_int_eq(token_generate(tok, &rw, &rsa, &priv, &pub), CNG_OK);
	ck_assert_int_eq(export_for(id, pub, span_of(NULL, 0), &out), CNG_OK);
	ck_assert_int_eq(import_from(secret_span(&out), BLOB_ANY, priv, OPEN,
	    &back), CNG_OK);
	secret_free(&out);
	/* it must be for wrapping, and public */
	ck_assert_int_eq(export_for(id, priv, span_of(NULL, 0), &out),
	    CNG_ERR_WRAP_KEY_TYPE);
	ck_assert_int_eq(export_for(id, id, span_of(NULL, 0), &out),
	    CNG_ERR_WRAP_KEY_TYPE);
	rsa.public = PROPS(NUM(PROP_MODULUS_BITS, 2048));
	ck_assert_int_eq(token_generate(tok, &rw, &rsa, &other, &back),
	    CNG_OK);
	ck_assert_int_eq(export_for(id, back, span_of(NULL, 0), &out),
	    CNG_ERR_KEY_USAGE);
	/* beside certificates it has to be of one of them */
	ck_assert_int_eq(export_for(id, pub, secret_span(&cert), &out),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(export_for(id, 0, span_of(NULL, 0), &out),
	    CNG_ERR_ARGUMENT);
	secret_free(&cert);
}
END_TEST

START_TEST(leaving_policy)
{
	struct secret out, junk = sample_read("rsa1024_pub.bin");
	obj_id secret;

	ck_assert_int_eq(export_to_cert(leaves(NOTHING),
	    "cert_p256_agree.der", &out), CNG_ERR_KEY_UNEXTRACTABLE);
	ck_assert_int_eq(export_to_cert(leaves(PROPS(
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_WRAP_WITH_TRUSTED, 1))),
	    "cert_p256_agree.der", &out), CNG_ERR_KEY_NOT_WRAPPABLE);
	ck_assert_int_eq(export_to_cert(leaves(PROPS(
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_FINALIZED, 0))),
	    "cert_p256_agree.der", &out), CNG_ERR_KEY_STATE);
	/* under a weaker key, or under itself */
	ck_assert_int_eq(export_to_cert(leaves(SEALED), "cert_rsa1024.der",
	    &out), CNG_ERR_WRAP_KEY_SIZE);
	ck_assert_int_eq(export_to_cert(ec_recipient(SEALED),
	    "cert_p256_agree.der", &out), CNG_ERR_KEY_NOT_WRAPPABLE);
	/* one of two does not do */
	ck_assert_int_eq(export_to_cert(leaves(SEALED), "certs_two.sst",
	    &out), CNG_ERR_WRAP_KEY_SIZE);
	/* no certificate */
	ck_assert_int_eq(export_for(leaves(SEALED), 0, secret_span(&junk),
	    &out), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(export_to_cert(leaves(SEALED),
	    "envelope_inside.der", &out), CNG_ERR_ARGUMENT);
	/* pairs only */
	ck_assert_int_eq(token_generate(tok, &rw, &(struct keygen_request){
	    .family = KEY_AES, .secret = PROPS(NUM(PROP_VALUE_LEN, 16),
	    NUM(PROP_EXTRACTABLE, 1)) }, &secret, NULL), CNG_OK);
	ck_assert_int_eq(export_to_cert(secret, "cert_p256_agree.der", &out),
	    CNG_ERR_BAD_TYPE);
	secret_free(&junk);
}
END_TEST

/* --- memory -------------------------------------------------------------- */

START_TEST(every_allocation_fails_once)
{
	obj_id id = leaves(SEALED), back;
	struct secret out = { 0 };
	size_t before;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	(void)ec_recipient(NOTHING);
	(void)certificate("cert_p256_agree.der", span_of(NULL, 0));
	for (unsigned long n = 1; st != CNG_OK; n++) {
		struct secret der = sample_read("cert_p256_agree.der");

		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = export_for(id, 0, secret_span(&der), &out);
		mem_fail_after(0);
		if (st != CNG_OK)
			ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		secret_free(&der);
	}
	before = found(tok, NOTHING);
	st = CNG_ERR_NO_MEMORY;
	/* the recipient's key is found */
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = import_from(secret_span(&out), BLOB_ANY, 0,
		    PROPS(TEXT(PROP_NAME, "m")), &back);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(found(tok, NOTHING), before);
	}
	ck_assert_uint_eq(found(tok, NOTHING), before + 2);
	secret_free(&out);
}
END_TEST

#define COUNT(rows) ((int)(sizeof rows / sizeof rows[0]))

int
main(void)
{
	Suite *suite = suite_create("core enveloped");
	TCase *tc = tcase_create("enveloped");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, key_is_named, 0, COUNT(named));
	tcase_add_loop_test(tc, key_is_found, 0, COUNT(searched));
	tcase_add_loop_test(tc, refusals, 0, COUNT(refused));
	tcase_add_test(tc, unwrapping_policy);
	tcase_add_test(tc, binds_what_comes_out);
	tcase_add_test(tc, out_and_in);
	tcase_add_test(tc, under_a_key_of_the_token);
	tcase_add_test(tc, leaving_policy);
	tcase_add_test(tc, every_allocation_fails_once);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
