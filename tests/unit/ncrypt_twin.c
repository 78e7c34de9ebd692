/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG: the PVK file beside the store, when
 * the configuration lets one be written.
 */
#include "ncrypt_help.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "blob/pvk.h"
#include "core/provider.h"
#include "core/transfer.h"
#include "core/twin.h"

#define LEGACY NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG

static void
begin(void)
{
	FILE *f;

	nc_begin();
	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	f = fopen(nc_path("conf"), "a");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "legacy_store = yes\n");
	fclose(f);
	nc_reopen();
}

/* Empty when there is no such file. */
static struct secret
read_twin(const char *name)
{
	struct secret out = { 0 };
	char path[256];
	uint8_t chunk[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "user.db.legacy/%s", name);
	f = fopen(nc_path(path), "rb");
	if (f == NULL)
		return out;
	len = fread(chunk, 1, sizeof chunk, f);
	fclose(f);
	ck_assert_int_eq(secret_copy(&out, span_of(chunk, len)), CNG_OK);
	return out;
}

static bool
has_twin(const char *name)
{
	struct secret file = read_twin(name);
	bool has = file.len > 0;

	secret_free(&file);
	return has;
}

static void
twin_is(const char *name, const char *blob)
{
	struct secret file = read_twin(name), in = sample_read(blob);
	struct key_material a, b;

	ck_assert_uint_gt(file.len, 0);
	ck_assert_int_eq(pvk_decode(&a, secret_span(&file), NULL), CNG_OK);
	ck_assert_int_eq(blob_decode(BLOB_RSAPRIVATE, secret_span(&in), NULL,
	    &b), CNG_OK);
	ck_assert(key_same_public(&a, &b));
	key_free(&a);
	key_free(&b);
	secret_free(&file);
	secret_free(&in);
}

START_TEST(written_and_gone)
{
	NCRYPT_KEY_HANDLE key = 0;
	struct stat info;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"web/ü", LEGACY, &key), ERROR_SUCCESS);
	twin_is("web%2F%C3%BC.pvk", "rsa1024_priv.bin");
	ck_assert_int_eq(stat(nc_path("user.db.legacy/web%2F%C3%BC.pvk"),
	    &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0600);
	ck_assert_int_eq(stat(nc_path("user.db.legacy"), &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0700);
	/* it was not said that it may leave: that is what the flag says */
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_assert(!has_twin("web%2F%C3%BC.pvk"));
}
END_TEST

START_TEST(when_it_is_finalised)
{
	NCRYPT_KEY_HANDLE key = 0;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"later", NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_assert(!has_twin("later.pvk"));
	ck_status(NCryptFinalizeKey(key, LEGACY), ERROR_SUCCESS);
	twin_is("later.pvk", "rsa1024_priv.bin");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(generated)
{
	NCRYPT_KEY_HANDLE key = 0;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"new", 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 1024),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, LEGACY), ERROR_SUCCESS);
	ck_assert(has_twin("new.pvk"));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* The twin of a key that was replaced must not be taken for its own. */
START_TEST(replaced)
{
	NCRYPT_KEY_HANDLE key = 0;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"a", LEGACY, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"a", LEGACY, &key), NTE_EXISTS);
	twin_is("a.pvk", "rsa1024_priv.bin");
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", u"a", LEGACY | NCRYPT_OVERWRITE_KEY_FLAG,
	    &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	twin_is("a.pvk", "rsa1024_priv.bin");
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"a", NCRYPT_OVERWRITE_KEY_FLAG, &key),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert(!has_twin("a.pvk"));
}
END_TEST

START_TEST(where_it_does_not_apply)
{
	struct secret blob = sample_read("rsa1024_priv.bin");
	NCRYPT_KEY_HANDLE key = 0;

	ck_status(nc_import_flags(BCRYPT_RSAPRIVATE_BLOB, secret_span(&blob),
	    LEGACY, &key), NTE_BAD_FLAGS); /* no name */
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"ec", LEGACY, &key), NTE_BAD_FLAGS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"ec", 0, 0),
	    NTE_BAD_KEYSET);
	ck_assert_int_ne(access(nc_path("user.db.legacy"), F_OK), 0);
	secret_free(&blob);
}
END_TEST

/* Neither a key nor a file when the folder is not fit. */
START_TEST(open_folder)
{
	NCRYPT_KEY_HANDLE key = 0;

	ck_assert_int_eq(mkdir(nc_path("user.db.legacy"), 0700), 0);
	ck_assert_int_eq(chmod(nc_path("user.db.legacy"), 0755), 0);
	ck_assert_int_ne(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", u"a", LEGACY, &key), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"a", 0, 0), NTE_BAD_KEYSET);
	ck_assert(!has_twin("a.pvk"));
	ck_assert_int_eq(rmdir(nc_path("user.db.legacy")), 0);
	/* a link is no folder */
	ck_assert_int_eq(symlink("/tmp", nc_path("user.db.legacy")), 0);
	ck_assert_int_ne(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", u"a", LEGACY, &key), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"a", 0, 0), NTE_BAD_KEYSET);
}
END_TEST

/* A name longer than a file's, and one that would be hidden. */
START_TEST(odd_names)
{
	char16_t name[401];
	NCRYPT_KEY_HANDLE key = 0;

	for (size_t i = 0; i < 400; i++)
		name[i] = u'ü';
	name[400] = 0;
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    name, LEGACY, &key), ERROR_SUCCESS);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	/* the folder is empty again */
	ck_assert_int_eq(rmdir(nc_path("user.db.legacy")), 0);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"../a", LEGACY, &key), ERROR_SUCCESS);
	ck_assert(has_twin("%2E.%2Fa.pvk"));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* A key or none, and never a file without its key, whatever fails. */
START_TEST(no_memory)
{
	SECURITY_STATUS status = NTE_NO_MEMORY;
	struct secret blob = sample_read("rsa1024_priv.bin");
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME, u"a");
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &name };
	NCRYPT_KEY_HANDLE key = 0;

	for (unsigned long n = 1; status != ERROR_SUCCESS; n++) {
		mem_fail_after(n);
		status = NCryptImportKey(nc_prov, 0, BCRYPT_RSAPRIVATE_BLOB,
		    &list, &key, blob.ptr, (DWORD)blob.len, LEGACY);
		mem_fail_after(0);
		if (status == ERROR_SUCCESS)
			break;
		ck_assert(!has_twin("a.pvk"));
		if (access(nc_path("user.db.legacy"), F_OK) == 0)
			ck_assert_int_eq(rmdir(nc_path("user.db.legacy")), 0);
	}
	twin_is("a.pvk", "rsa1024_priv.bin");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

/* Where the file cannot be written, what is to be replaced stays. */
START_TEST(not_published)
{
	NCRYPT_KEY_HANDLE key = 0;
	char16_t group[8] = { 0 };
	DWORD len;

	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"a", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_int_eq(mkdir(nc_path("user.db.legacy"), 0700), 0);
	ck_assert_int_eq(mkdir(nc_path("user.db.legacy/a.pvk"), 0700), 0);
	ck_assert_int_ne(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", u"a", LEGACY | NCRYPT_OVERWRITE_KEY_FLAG,
	    &key), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"a", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(key, NCRYPT_ALGORITHM_GROUP_PROPERTY,
	    (PBYTE)group, sizeof group, &len, 0), ERROR_SUCCESS);
	ck_assert_int_eq(group[0], u'E');
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_int_eq(rmdir(nc_path("user.db.legacy/a.pvk")), 0);
	ck_assert_int_eq(rmdir(nc_path("user.db.legacy")), 0);
}
END_TEST

/* The other way round: the old key has its old file, whatever fails. */
START_TEST(replaced_without_memory)
{
	SECURITY_STATUS status = NTE_NO_MEMORY;
	struct secret blob = sample_read("rsa2048_priv.bin");
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME, u"a");
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &name };
	NCRYPT_KEY_HANDLE key = 0;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"a", LEGACY, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	for (unsigned long n = 1; status != ERROR_SUCCESS; n++) {
		mem_fail_after(n);
		status = NCryptImportKey(nc_prov, 0, BCRYPT_RSAPRIVATE_BLOB,
		    &list, &key, blob.ptr, (DWORD)blob.len,
		    LEGACY | NCRYPT_OVERWRITE_KEY_FLAG);
		mem_fail_after(0);
		twin_is("a.pvk", status == ERROR_SUCCESS ?
		    "rsa2048_priv.bin" : "rsa1024_priv.bin");
	}
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	/* nothing else was left */
	ck_assert_int_eq(rmdir(nc_path("user.db.legacy")), 0);
	secret_free(&blob);
}
END_TEST

/* By the key of another program, which says that what it unwraps stays. */
static NCRYPT_KEY_HANDLE
key_that_keeps(void)
{
	const struct access access = { .session = 1, .read_write = true };
	const struct prop stays = { .id = PROP_EXTRACTABLE, .number = false };
	struct secret blob = sample_read("aes256.bin");
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	NCRYPT_KEY_HANDLE key;
	struct token *tok;
	obj_id id;

	props_pack((struct props){ &stays, 1 }, &w);
	ck_assert_int_eq(token_open(&tok, nc_path("user.db"), true), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str(NC_PIN)),
	    CNG_OK);
	ck_assert_int_eq(token_import(tok, &access, &(struct import_request){
	    .type = BLOB_KEYDATA,
	    .data = secret_span(&blob),
	    .tmpl = { (const struct prop[]){
		{ .id = PROP_NAME, .bytes = span_str("keeper") },
		{ .id = PROP_ENCRYPT, .number = false },
		{ .id = PROP_DECRYPT, .number = false },
		{ .id = PROP_UNWRAP, .number = true },
		{ .id = PROP_UNWRAP_TEMPLATE,
		    .bytes = span_of(bytes, w.len) } }, 5 },
	    }, &id), CNG_OK);
	token_free(tok);
	secret_free(&blob);
	ck_status(NCryptOpenKey(nc_prov, &key, u"keeper", 0, 0),
	    ERROR_SUCCESS);
	return key;
}

START_TEST(not_of_a_key_that_stays)
{
	NCRYPT_KEY_HANDLE wrap = nc_import(BCRYPT_KEY_DATA_BLOB,
	    "aes256.bin"), with = key_that_keeps();
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME, u"a");
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &name };
	BYTE blob[1024];
	DWORD size;

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptExportKey(key, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    blob, sizeof blob, &size, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(wrap), ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov, with, BCRYPT_RSAPRIVATE_BLOB,
	    &list, &key, blob, size, LEGACY), NTE_NOT_SUPPORTED);
	ck_status(NCryptImportKey(nc_prov, with, BCRYPT_RSAPRIVATE_BLOB,
	    &list, &key, blob, size, NCRYPT_DO_NOT_FINALIZE_FLAG),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, LEGACY), NTE_NOT_SUPPORTED);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_assert(!has_twin("a.pvk"));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
}
END_TEST

/* Who asks for a file and gets none has to ask again. */
START_TEST(asked_for_once)
{
	NCRYPT_KEY_HANDLE key = 0;
	DWORD asked[] = { 0, LEGACY };

	for (size_t i = 0; i < 2; i++) {
		ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
		    "rsa1024_priv.bin", u"a", asked[i] |
			NCRYPT_DO_NOT_FINALIZE_FLAG |
			NCRYPT_OVERWRITE_KEY_FLAG, &key), ERROR_SUCCESS);
		ck_assert_int_eq(mkdir(nc_path("user.db.legacy"), 0700), 0);
		ck_assert_int_eq(mkdir(nc_path("user.db.legacy/a.pvk"), 0700),
		    0);
		ck_assert_int_ne(NCryptFinalizeKey(key, LEGACY),
		    ERROR_SUCCESS);
		ck_assert_int_eq(rmdir(nc_path("user.db.legacy/a.pvk")), 0);
		ck_assert_int_eq(rmdir(nc_path("user.db.legacy")), 0);
		ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
		ck_assert(has_twin("a.pvk") == (asked[i] != 0));
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt twin");
	TCase *tc = tcase_create("twin");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, begin, nc_end);
	tcase_add_test(tc, written_and_gone);
	tcase_add_test(tc, when_it_is_finalised);
	tcase_add_test(tc, generated);
	tcase_add_test(tc, replaced);
	tcase_add_test(tc, where_it_does_not_apply);
	tcase_add_test(tc, open_folder);
	tcase_add_test(tc, odd_names);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, not_published);
	tcase_add_test(tc, replaced_without_memory);
	tcase_add_test(tc, not_of_a_key_that_stays);
	tcase_add_test(tc, asked_for_once);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
