/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCRYPT_PKCS7_ENVELOPE_BLOB: the buffers that the page asks for, the handle,
 * the policy, and the codes.
 */
#include "ncrypt_help.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "core/provider.h"
#include "core/transfer.h"
#include "crypto/asn1.h"

static const char aes256[] = "2.16.840.1.101.3.4.1.42";

struct list {
	NCryptBuffer item[3];
	NCryptBufferDesc desc;
};

static NCryptBufferDesc *
list_of(struct list *list, const struct secret *cert, const char *oid,
    const char *param)
{
	ULONG n = 0;

	if (cert != NULL)
		list->item[n++] = (NCryptBuffer){ (ULONG)cert->len,
			NCRYPTBUFFER_CERT_BLOB, cert->ptr };
	if (oid != NULL)
		list->item[n++] = (NCryptBuffer){ (ULONG)strlen(oid) + 1,
			NCRYPTBUFFER_PKCS_ALG_OID, (PVOID)(uintptr_t)oid };
	if (param != NULL)
		list->item[n++] = (NCryptBuffer){ (ULONG)strlen(param),
			NCRYPTBUFFER_PKCS_ALG_PARAM,
			(PVOID)(uintptr_t)param };
	list->desc = (NCryptBufferDesc){ NCRYPTBUFFER_VERSION, n,
		list->item };
	return &list->desc;
}

static SECURITY_STATUS
export_to(NCRYPT_KEY_HANDLE key, NCRYPT_KEY_HANDLE with,
    NCryptBufferDesc *list, struct secret *out)
{
	DWORD size = 0, again;
	SECURITY_STATUS status;

	*out = (struct secret){ 0 };
	status = NCryptExportKey(key, with, NCRYPT_PKCS7_ENVELOPE_BLOB, list,
	    NULL, 0, &size, 0);
	if (status != ERROR_SUCCESS)
		return status;
	ck_assert_int_eq(secret_new(out, size), CNG_OK);
	ck_status(NCryptExportKey(key, with, NCRYPT_PKCS7_ENVELOPE_BLOB, list,
	    out->ptr, size - 1, &again, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(again, size);
	status = NCryptExportKey(key, with, NCRYPT_PKCS7_ENVELOPE_BLOB, list,
	    out->ptr, size, &again, 0);
	ck_assert_uint_eq(again, size);
	return status;
}

static SECURITY_STATUS
import_with(NCRYPT_KEY_HANDLE with, const struct secret *blob,
    NCRYPT_KEY_HANDLE *out)
{
	return NCryptImportKey(nc_prov, with, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    NULL, out, blob->ptr, (DWORD)blob->len, 0);
}

static NCRYPT_KEY_HANDLE
new_key(DWORD policy)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_P256_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	return key;
}

static void
is_inside(NCRYPT_KEY_HANDLE key)
{
	struct secret want = sample_read("envelope_inside.der"), got;

	ck_status(nc_export(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &got),
	    ERROR_SUCCESS);
	ck_assert(span_equal(secret_span(&got), secret_span(&want)));
	secret_free(&want);
	secret_free(&got);
}

START_TEST(imports)
{
	static const struct {
		const char *file;
		LPCWSTR type;
		const char *key;
	} rows[] = {
		{ "envelope_rsa.der", BCRYPT_RSAPRIVATE_BLOB,
		    "rsa1024_priv.bin" },
		{ "envelope_ec.der", BCRYPT_ECCPRIVATE_BLOB,
		    "p256_ecdh_priv.bin" },
	};
	struct secret blob = sample_read(rows[_i].file);
	NCRYPT_KEY_HANDLE with = nc_import(rows[_i].type, rows[_i].key), key;

	ck_status(import_with(with, &blob, &key), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG),
	    ERROR_SUCCESS);
	is_inside(key);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* nobody named, nothing in the stores */
	ck_status(import_with(0, &blob, &key), NTE_NO_KEY);
	ck_assert_uint_eq(key, 0);
	ck_status(import_with(with + 1, &blob, &key), NTE_INVALID_HANDLE);
	blob.ptr[blob.len - 1] ^= 1;
	ck_status(import_with(with, &blob, &key), NTE_BAD_DATA);
	blob.len--;
	ck_status(import_with(with, &blob, &key), NTE_BAD_DATA);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

START_TEST(keeps_under_a_name)
{
	struct secret blob = sample_read("envelope_rsa.der");
	NCRYPT_KEY_HANDLE with = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin"), key;
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME,
	    u"archived");
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &name };
	DWORD policy = NCRYPT_ALLOW_EXPORT_FLAG |
	    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	ck_status(NCryptImportKey(nc_prov, with, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len,
	    NCRYPT_DO_NOT_FINALIZE_FLAG), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov, with, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len, 0), NTE_EXISTS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"archived", 0, 0),
	    ERROR_SUCCESS);
	is_inside(key);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	secret_free(&blob);
}
END_TEST

/* As another program puts things there. */
static const struct access access_rw = { .session = 1, .read_write = true };

static struct token *
store_opened(void)
{
	struct token *tok;

	ck_assert_int_eq(token_open(&tok, nc_path("user.db"), true), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str(NC_PIN)),
	    CNG_OK);
	return tok;
}

static void
keep_certificate(const char *file)
{
	struct secret der = sample_read(file);
	struct x509_names names;
	struct token *tok = store_opened();
	obj_id id;

	ck_assert_int_eq(x509_names(&names, secret_span(&der)), CNG_OK);
	ck_assert_int_eq(token_create(tok, &access_rw, (struct props){
	    (const struct prop[]){
		{ .id = PROP_CLASS, .number = OBJ_CERT },
		{ .id = PROP_TOKEN, .number = true },
		{ .id = PROP_CERT_TYPE },
		{ .id = PROP_SUBJECT, .bytes = secret_span(&names.subject) },
		{ .id = PROP_ISSUER, .bytes = secret_span(&names.issuer) },
		{ .id = PROP_SERIAL, .bytes = secret_span(&names.serial) },
		{ .id = PROP_VALUE, .bytes = secret_span(&der) },
	    }, 7 }, &id), CNG_OK);
	token_free(tok);
	x509_names_free(&names);
	secret_free(&der);
}

/* A key named "mine" that says of what it unwraps what line says. */
static NCRYPT_KEY_HANDLE
keep_with_template(struct prop line)
{
	struct secret blob = sample_read("p256_ecdh_priv.bin");
	struct token *tok = store_opened();
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof(bytes));
	NCRYPT_KEY_HANDLE key;
	obj_id id;

	props_pack((struct props){ &line, 1 }, &w);
	ck_assert_int_eq(token_import(tok, &access_rw,
	    &(struct import_request){
		.type = BLOB_ECCPRIVATE,
		.data = secret_span(&blob),
		.tmpl = { (const struct prop[]){
		    { .id = PROP_NAME, .bytes = span_str("mine") },
		    { .id = PROP_UNWRAP_TEMPLATE,
			.bytes = span_of(bytes, w.len) } }, 2 },
	    }, &id), CNG_OK);
	token_free(tok);
	ck_status(NCryptOpenKey(nc_prov, &key, u"mine", 0, 0), ERROR_SUCCESS);
	secret_free(&blob);
	return key;
}

static void
let_all_meet(void)
{
	FILE *f = fopen(nc_path("conf"), "a");

	ck_assert_ptr_nonnull(f);
	fprintf(f, "policy = compat\n");
	fclose(f);
	nc_reopen();
}

/* What the key that opens it says of it, no property says otherwise.  Under
 * the strict policy such a key opens none. */
START_TEST(stays_as_it_was_wrapped)
{
	static const struct {
		struct prop line;
		SECURITY_STATUS status;
	} rows[] = {
		{ { .id = PROP_EXTRACTABLE, .number = false }, NTE_PERM },
		{ { .id = PROP_SENSITIVE, .number = true }, NTE_PERM },
		{ { .id = PROP_WRAP_WITH_TRUSTED, .number = true }, NTE_PERM },
		{ { .id = PROP_EXTRACTABLE, .number = true },
		    ERROR_SUCCESS },
		{ { .id = PROP_DERIVE, .number = true }, ERROR_SUCCESS },
	};
	const DWORD flags[] = { 0, NCRYPT_DO_NOT_FINALIZE_FLAG };
	const DWORD policies[] = { NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG,
		NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG };
	struct secret blob = sample_read("envelope_ec.der"), out;
	NCRYPT_KEY_HANDLE with, key;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	with = keep_with_template(rows[_i].line);
	ck_status(NCryptImportKey(nc_prov, with, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    NULL, &key, blob.ptr, (DWORD)blob.len, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	let_all_meet();
	ck_status(NCryptOpenKey(nc_prov, &with, u"mine", 0, 0),
	    ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		ck_status(NCryptImportKey(nc_prov, with,
		    NCRYPT_PKCS7_ENVELOPE_BLOB, NULL, &key, blob.ptr,
		    (DWORD)blob.len, flags[i]), ERROR_SUCCESS);
		for (size_t k = 0; k < ARRAY_LEN(policies); k++)
			ck_status(nc_set_number(key,
			    NCRYPT_EXPORT_POLICY_PROPERTY, policies[k]),
			    rows[_i].status);
		if (flags[i] != 0) {
			/* what it may be used for can be less */
			ck_status(nc_set_number(key,
			    NCRYPT_KEY_USAGE_PROPERTY,
			    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
			ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
		}
		if (rows[_i].status == ERROR_SUCCESS)
			is_inside(key);
		else
			ck_status(nc_export(key,
			    NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &out),
			    NTE_NOT_SUPPORTED);
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	secret_free(&blob);
}
END_TEST

/* Nor does it get a use that was taken from it. */
START_TEST(gets_no_use_back)
{
	static const struct {
		enum prop_id denied;
		bool unwraps;
	} rows[] = { { PROP_UNWRAP, false }, { PROP_SIGN, true } };
	const struct prop line = { .id = rows[_i].denied };
	const struct prop find = { .id = PROP_NAME,
		.bytes = span_str("archived") };
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME,
	    u"archived");
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &name };
	struct secret cert = sample_read("cert_p256_agree.der"), blob;
	NCRYPT_KEY_HANDLE with, key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");
	struct list params;
	struct obj_ids ids;
	struct object *obj;
	struct token *tok;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	with = keep_with_template(line);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
	ck_status(export_to(key, 0, list_of(&params, &cert, aes256, NULL),
	    &blob), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	let_all_meet();
	ck_status(NCryptOpenKey(nc_prov, &with, u"mine", 0, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov, with, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len,
	    NCRYPT_DO_NOT_FINALIZE_FLAG), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_KEY_IMPORT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	tok = store_opened();
	ck_assert_int_eq(token_find(tok, (struct props){ &find, 1 }, &ids),
	    CNG_OK);
	ck_assert_uint_gt(ids.count, 0);
	for (size_t i = 0; i < ids.count; i++) {
		ck_assert_int_eq(token_object(tok, ids.id[i], &obj), CNG_OK);
		if (object_class(obj) == OBJ_PRIVATE)
			ck_assert_int_eq(object_flag(obj, PROP_UNWRAP),
			    rows[_i].unwraps);
		object_free(obj);
	}
	mem_free(ids.id);
	token_free(tok);
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	secret_free(&cert);
	secret_free(&blob);
}
END_TEST

/* Nobody is named: the user's store has the key and its certificate. */
START_TEST(finds_the_recipient)
{
	static const struct {
		const char *file, *cert, *key;
		LPCWSTR type;
		DWORD usage;
		SECURITY_STATUS status;
	} rows[] = {
		{ "envelope_rsa.der", "cert_rsa1024.der", "rsa1024_priv.bin",
		    BCRYPT_RSAPRIVATE_BLOB, NCRYPT_ALLOW_ALL_USAGES,
		    ERROR_SUCCESS },
		{ "envelope_ec.der", "cert_p256_agree.der",
		    "p256_ecdh_priv.bin", BCRYPT_ECCPRIVATE_BLOB,
		    NCRYPT_ALLOW_ALL_USAGES, ERROR_SUCCESS },
		/* a key that decrypts need not open */
		{ "envelope_rsa.der", "cert_rsa1024.der", "rsa1024_priv.bin",
		    BCRYPT_RSAPRIVATE_BLOB, NCRYPT_ALLOW_DECRYPT_FLAG,
		    NTE_PERM },
	};
	struct secret blob = sample_read(rows[_i].file);
	NCRYPT_KEY_HANDLE with, key;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	ck_status(nc_import_named(rows[_i].type, rows[_i].key, u"mine",
	    NCRYPT_DO_NOT_FINALIZE_FLAG, &with), ERROR_SUCCESS);
	ck_status(nc_set_number(with, NCRYPT_KEY_USAGE_PROPERTY,
	    rows[_i].usage), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(with, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	keep_certificate(rows[_i].cert);
	ck_status(import_with(0, &blob, &key), rows[_i].status);
	if (rows[_i].status == ERROR_SUCCESS) {
		ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
		    NCRYPT_ALLOW_EXPORT_FLAG |
			NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG), ERROR_SUCCESS);
		is_inside(key);
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	secret_free(&blob);
}
END_TEST

START_TEST(exports)
{
	struct secret cert = sample_read("cert_p256_agree.der"), out;
	NCRYPT_KEY_HANDLE key = new_key(NCRYPT_ALLOW_EXPORT_FLAG), back;
	NCRYPT_KEY_HANDLE mine = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin");
	struct list list;

	ck_status(export_to(key, 0, list_of(&list, &cert, aes256, NULL),
	    &out), ERROR_SUCCESS);
	ck_status(import_with(mine, &out, &back), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	secret_free(&out);
	/* the handle may say what the certificate says, or stand alone */
	ck_status(export_to(key, mine, list_of(&list, &cert, aes256, NULL),
	    &out), ERROR_SUCCESS);
	secret_free(&out);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(mine), ERROR_SUCCESS);
	secret_free(&cert);
}
END_TEST

START_TEST(codes)
{
	struct secret cert = sample_read("cert_p256_agree.der"), out;
	struct secret junk = sample_read("rsa1024_pub.bin");
	NCRYPT_KEY_HANDLE key = new_key(NCRYPT_ALLOW_EXPORT_FLAG);
	NCRYPT_KEY_HANDLE stays = new_key(0);
	NCRYPT_KEY_HANDLE public = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	struct list list;
	DWORD size;

	/* both are required */
	ck_status(export_to(key, 0, NULL, &out), NTE_INVALID_PARAMETER);
	ck_status(export_to(key, 0, list_of(&list, &cert, NULL, NULL), &out),
	    NTE_INVALID_PARAMETER);
	ck_status(export_to(key, 0, list_of(&list, NULL, aes256, NULL), &out),
	    NTE_INVALID_PARAMETER);
	ck_status(export_to(key, 0, list_of(&list, &junk, aes256, NULL),
	    &out), NTE_INVALID_PARAMETER);
	ck_status(export_to(key, 0, list_of(&list, &cert, aes256, "p"),
	    &out), NTE_INVALID_PARAMETER);
	/* RC2 is read, not written */
	ck_status(export_to(key, 0, list_of(&list, &cert,
	    "1.2.840.113549.3.2", NULL), &out), NTE_NOT_SUPPORTED);
	ck_status(export_to(stays, 0, list_of(&list, &cert, aes256, NULL),
	    &out), NTE_NOT_SUPPORTED);
	ck_status(export_to(public, 0, list_of(&list, &cert, aes256, NULL),
	    &out), NTE_BAD_TYPE);
	ck_status(NCryptExportKey(key, 1, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    list_of(&list, &cert, aes256, NULL), NULL, 0, &size, 0),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(stays), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(public), ERROR_SUCCESS);
	secret_free(&cert);
	secret_free(&junk);
}
END_TEST

/* The one copy that its maker may archive. */
START_TEST(archives_once)
{
	struct secret cert = sample_read("cert_p256_agree.der"), out;
	NCRYPT_KEY_HANDLE key = new_key(NCRYPT_ALLOW_ARCHIVING_FLAG);
	struct list list;
	DWORD size;

	list_of(&list, &cert, aes256, NULL);
	ck_status(export_to(key, 0, &list.desc, &out), ERROR_SUCCESS);
	secret_free(&out);
	ck_status(NCryptExportKey(key, 0, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    &list.desc, NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&cert);
}
END_TEST

/* Not the older way: there is no place for the key that opens it. */
START_TEST(no_property)
{
	struct secret blob = sample_read("envelope_ec.der");
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDH_P384_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_PKCS7_ENVELOPE_BLOB,
	    blob.ptr, (DWORD)blob.len, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt envelope");
	TCase *tc = tcase_create("envelope");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, imports, 0, 2);
	tcase_add_test(tc, keeps_under_a_name);
	tcase_add_loop_test(tc, finds_the_recipient, 0, 3);
	tcase_add_loop_test(tc, stays_as_it_was_wrapped, 0, 5);
	tcase_add_loop_test(tc, gets_no_use_back, 0, 2);
	tcase_add_test(tc, exports);
	tcase_add_test(tc, codes);
	tcase_add_test(tc, archives_once);
	tcase_add_test(tc, no_property);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
