/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCRYPT_PROTECTED_KEY_BLOB: descriptors, and what policy it needs.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

static void
begin_with_stores(void)
{
	nc_begin();
	nc_make_store(false);
	nc_make_store(true);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
}

static SECURITY_STATUS
export(NCRYPT_KEY_HANDLE key, LPCWSTR rule, struct secret *out)
{
	DWORD flags = 0, size = 0;
	NCryptBuffer buffers[] = {
		nc_wide_buffer(NCRYPTBUFFER_PROTECTION_DESCRIPTOR_STRING,
		    rule),
		{ sizeof(flags), NCRYPTBUFFER_PROTECTION_FLAGS, &flags },
	};
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 2, buffers };
	SECURITY_STATUS status;

	*out = (struct secret){ 0 };
	status = NCryptExportKey(key, 0, NCRYPT_PROTECTED_KEY_BLOB, &list,
	    NULL, 0, &size, 0);
	if (status != ERROR_SUCCESS)
		return status;
	ck_assert_int_eq(secret_new(out, size), CNG_OK);
	status = NCryptExportKey(key, 0, NCRYPT_PROTECTED_KEY_BLOB, &list,
	    out->ptr, size - 1, &size, 0);
	ck_status(status, NTE_BUFFER_TOO_SMALL);
	return NCryptExportKey(key, 0, NCRYPT_PROTECTED_KEY_BLOB, &list,
	    out->ptr, (DWORD)out->len, &size, 0);
}

static NCRYPT_KEY_HANDLE
exportable(DWORD policy)
{
	struct secret blob = sample_read("rsa1024_priv.bin");
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_flags(BCRYPT_RSAPRIVATE_BLOB, secret_span(&blob),
	    NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	secret_free(&blob);
	return key;
}

static void
is_the_key(NCRYPT_KEY_HANDLE key)
{
	struct secret want = sample_read("rsa1024_pub.bin"), got;

	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &got), ERROR_SUCCESS);
	ck_assert(span_equal(secret_span(&want), secret_span(&got)));
	secret_free(&want);
	secret_free(&got);
}

START_TEST(local)
{
	NCRYPT_KEY_HANDLE key = exportable(NCRYPT_ALLOW_EXPORT_FLAG), back;
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME,
	    u"protected");
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &name };
	struct secret blob;

	ck_status(export(key, u"LOCAL=user", &blob), ERROR_SUCCESS);
	ck_status(nc_import_flags(NCRYPT_PROTECTED_KEY_BLOB,
	    secret_span(&blob), 0, &back), ERROR_SUCCESS);
	is_the_key(back);
	/* the policy is not in it: 0, until somebody sets one */
	ck_assert_uint_eq(nc_number(back, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	/* with a name it is kept, as every key */
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PROTECTED_KEY_BLOB,
	    &list, &back, blob.ptr, (DWORD)blob.len, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &back, u"protected", 0, 0),
	    ERROR_SUCCESS);
	is_the_key(back);
	ck_status(NCryptDeleteKey(back, 0), ERROR_SUCCESS);
	blob.ptr[blob.len - 1] ^= 1;
	ck_status(nc_import_flags(NCRYPT_PROTECTED_KEY_BLOB,
	    secret_span(&blob), 0, &back), NTE_BAD_DATA);
	secret_free(&blob);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(machine)
{
	NCRYPT_KEY_HANDLE key = exportable(NCRYPT_ALLOW_EXPORT_FLAG), back;
	struct secret blob;

	ck_status(export(key, u"LOCAL=machine", &blob), ERROR_SUCCESS);
	ck_status(nc_import_flags(NCRYPT_PROTECTED_KEY_BLOB,
	    secret_span(&blob), 0, &back), ERROR_SUCCESS);
	is_the_key(back);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	/* the identifier's flag says machine, too: its third number */
	for (size_t i = 0; i + 12 < blob.len; i++)
		if (memcmp(blob.ptr + i, "CNGP", 4) == 0)
			blob.ptr[i + 8] = 0;
	ck_status(nc_import_flags(NCRYPT_PROTECTED_KEY_BLOB,
	    secret_span(&blob), 0, &back), NTE_BAD_DATA);
	secret_free(&blob);
	/* and of a store that is not here: its serial follows */
	ck_status(export(key, u"LOCAL=user", &blob), ERROR_SUCCESS);
	for (size_t i = 0; i + 20 < blob.len; i++)
		if (memcmp(blob.ptr + i, "CNGP", 4) == 0)
			blob.ptr[i + 20] = blob.ptr[i + 20] == '0' ? '1' : '0';
	ck_status(nc_import_flags(NCRYPT_PROTECTED_KEY_BLOB,
	    secret_span(&blob), 0, &back), NTE_BAD_KEY);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

static const struct {
	LPCWSTR rule;
	SECURITY_STATUS status;
} refused[] = {
	{ u"LOCAL=logon", NTE_NOT_SUPPORTED },
	{ u"SID=S-1-5-21-1-2-3-513", NTE_NOT_SUPPORTED },
	{ u"SDDL=O:SYG:SYD:", NTE_NOT_SUPPORTED },
	{ u"WEBCREDENTIALS=name,page", NTE_NOT_SUPPORTED },
	{ u"CERTIFICATE=HashID:00", NTE_NOT_SUPPORTED },
	{ u"SID=S-1-5-18 AND LOCAL=user", NTE_NOT_SUPPORTED },
	{ u"nonsense", NTE_INVALID_PARAMETER },
};

START_TEST(other_descriptors)
{
	NCRYPT_KEY_HANDLE key = exportable(NCRYPT_ALLOW_EXPORT_FLAG);
	DWORD flags = 1, size; /* the name of a descriptor */
	NCryptBuffer buffer = { sizeof(flags), NCRYPTBUFFER_PROTECTION_FLAGS,
		&flags };
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &buffer };
	struct secret blob;

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		ck_status(export(key, refused[i].rule, &blob),
		    refused[i].status);
	ck_status(NCryptExportKey(key, 0, NCRYPT_PROTECTED_KEY_BLOB, &list,
	    NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	buffer.cbBuffer = 3;
	ck_status(NCryptExportKey(key, 0, NCRYPT_PROTECTED_KEY_BLOB, &list,
	    NULL, 0, &size, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = exportable(0);
	ck_status(export(key, u"LOCAL=user", &blob), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = nc_import(BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin");
	ck_status(export(key, u"LOCAL=user", &blob), NTE_BAD_TYPE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(root_keys)
{
	struct secret roots = sample_read("kds_roots.ldif");
	struct secret blob = sample_read("protected_rsa1024.bin");
	NCryptBuffer buffer = { (ULONG)roots.len,
		NCRYPTBUFFER_CNG_KDS_ROOT_KEY, roots.ptr };
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &buffer };
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PROTECTED_KEY_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len,
	    NCRYPT_NO_KEY_VALIDATION), ERROR_SUCCESS);
	is_the_key(key);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(nc_import_flags(NCRYPT_PROTECTED_KEY_BLOB,
	    secret_span(&blob), 0, &key), NTE_INVALID_PARAMETER);
	buffer.cbBuffer = 60; /* comments only */
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PROTECTED_KEY_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len, 0), NTE_NOT_FOUND);
	buffer.cbBuffer = (ULONG)roots.len;
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PROTECTED_KEY_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len - 1, 0), NTE_BAD_DATA);
	blob.ptr[blob.len - 1] ^= 1;
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PROTECTED_KEY_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len, 0), NTE_BAD_DATA);
	secret_free(&blob);
	blob = sample_read("protected_sddl.bin");
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PROTECTED_KEY_BLOB,
	    &list, &key, blob.ptr, (DWORD)blob.len, 0), NTE_NOT_SUPPORTED);
	secret_free(&blob);
	secret_free(&roots);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt protected");
	TCase *tc = tcase_create("protected");

	tcase_add_checked_fixture(tc, begin_with_stores, nc_end);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, local);
	tcase_add_test(tc, machine);
	tcase_add_test(tc, other_descriptors);
	tcase_add_test(tc, root_keys);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
