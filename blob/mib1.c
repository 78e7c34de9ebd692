/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MIB1: a header of lengths, the name, the key file of the software key
 * storage provider, and master-key files.  The key file is a header of
 * lengths, too: name, properties, properties and key under DPAPI.
 */
#include "blob/mib1.h"

#include "base/util.h"
#include "blob/header.h"

#define MASTER_KEYS 8
#define RESERVED_DWORDS 3
#define GUID_LEN 16
#define KEYFILE_HEADER 44
#define KEYFILE_VERSION 1
#define PROPERTY_HEADER 20

/* cbStruct, type, unknown, cbName, cbData, name, data: until end is left. */
static void
property_fields(struct walk *w, size_t end)
{
	size_t size, name_len, data_len, room = w->in.left - end;
	struct secret name;

	size = walk_u32(w, "Property.cbStruct");
	(void)walk_u32(w, "Property.dwType");
	(void)walk_u32(w, "Property.dwUnknown");
	name_len = walk_u32(w, "Property.cbName");
	data_len = walk_u32(w, "Property.cbData");
	if (w->status != CNG_OK)
		return;
	if (size > room || size < PROPERTY_HEADER ||
	    name_len > size - PROPERTY_HEADER ||
	    data_len != size - PROPERTY_HEADER - name_len) {
		walk_fail(w, CNG_ERR_BAD_DATA);
		return;
	}
	name = walk_wide(w, "Property.Name", name_len, false);
	secret_free(&name);
	(void)walk_bytes(w, "Property.Data", data_len, BLOB_FIELD_BYTES);
}

static void
keyfile_fields(struct walk *w, size_t len)
{
	size_t name_len, public_len, private_len, key_len, end;
	struct secret name;

	if (w->status != CNG_OK)
		return;
	if (len < KEYFILE_HEADER || len > w->in.left) {
		(void)walk_bytes(w, "PrivateKey", len, BLOB_FIELD_SECRET);
		walk_fail(w, CNG_ERR_BAD_DATA);
		return;
	}
	if (walk_u32(w, "KeyFile.dwVersion") != KEYFILE_VERSION)
		walk_fail(w, CNG_ERR_BAD_DATA);
	(void)walk_u32(w, "KeyFile.dwUnknown");
	name_len = walk_u32(w, "KeyFile.cbName");
	(void)walk_u32(w, "KeyFile.dwType");
	public_len = walk_u32(w, "KeyFile.cbPublicProperties");
	private_len = walk_u32(w, "KeyFile.cbPrivateProperties");
	key_len = walk_u32(w, "KeyFile.cbPrivateKey");
	(void)walk_bytes(w, "KeyFile.Reserved", 16, BLOB_FIELD_BYTES);
	/* each is below 2^32, their sum below 2^64 */
	if (w->status == CNG_OK && (uint64_t)name_len + public_len +
	    private_len + key_len != len - KEYFILE_HEADER)
		walk_fail(w, CNG_ERR_BAD_DATA);
	name = walk_wide(w, "KeyFile.Name", name_len, false);
	secret_free(&name);
	if (w->status != CNG_OK)
		return;
	end = w->in.left - public_len;
	while (w->status == CNG_OK && w->in.left > end)
		property_fields(w, end);
	(void)walk_bytes(w, "KeyFile.PrivateProperties", private_len,
	    BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "KeyFile.PrivateKey", key_len, BLOB_FIELD_BYTES);
}

/* A master-key file goes with the name that others know it by. */
static void
master_key_fields(struct walk *w, size_t len)
{
	if (len == 0)
		return;
	(void)walk_bytes(w, "MasterKeyGuid", GUID_LEN, BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "MasterKeyFile", len, BLOB_FIELD_BYTES);
}

void
mib1_fields(struct walk *w)
{
	size_t name_len, file_len, key_len, old_name_len, old_key_len;
	size_t master[MASTER_KEYS];
	struct secret name;

	name_len = walk_u32(w, "cchName");
	file_len = walk_u32(w, "cbFileName");
	key_len = walk_u32(w, "cbPrivateKey");
	old_name_len = walk_u32(w, "cbLegacyFileName");
	old_key_len = walk_u32(w, "cbLegacyPrivateKey");
	for (size_t i = 0; i < MASTER_KEYS; i++)
		master[i] = walk_u32(w, "cbMasterKeyFile");
	for (size_t i = 0; i < RESERVED_DWORDS; i++)
		(void)walk_u32(w, "dwReserved");
	if (!size_mul(name_len, 2, &name_len))
		walk_fail(w, CNG_ERR_BAD_DATA);
	name = walk_wide(w, "Name", name_len, false);
	secret_free(&name);
	if (file_len > 0)
		(void)walk_bytes(w, "FileName", file_len, BLOB_FIELD_BYTES);
	if (key_len > 0)
		keyfile_fields(w, key_len);
	if (old_name_len > 0)
		(void)walk_bytes(w, "LegacyFileName", old_name_len,
		    BLOB_FIELD_BYTES);
	if (old_key_len > 0)
		(void)walk_bytes(w, "LegacyPrivateKey", old_key_len,
		    BLOB_FIELD_BYTES);
	for (size_t i = 0; i < MASTER_KEYS; i++)
		master_key_fields(w, master[i]);
}
