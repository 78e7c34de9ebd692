/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of properties, and templates as lists.
 */
#include "core/prop.h"

#include "base/rd.h"
#include "base/util.h"

static const char *const names[PROP_MADE_END] = {
	[PROP_TOKEN] = "token",
	[PROP_PRIVATE] = "private",
	[PROP_MODIFIABLE] = "modifiable",
	[PROP_COPYABLE] = "copyable",
	[PROP_DESTROYABLE] = "destroyable",
	[PROP_SENSITIVE] = "sensitive",
	[PROP_EXTRACTABLE] = "extractable",
	[PROP_ALWAYS_SENSITIVE] = "always-sensitive",
	[PROP_NEVER_EXTRACTABLE] = "never-extractable",
	[PROP_LOCAL] = "local",
	[PROP_ENCRYPT] = "encrypt",
	[PROP_DECRYPT] = "decrypt",
	[PROP_SIGN] = "sign",
	[PROP_SIGN_RECOVER] = "sign-recover",
	[PROP_VERIFY] = "verify",
	[PROP_VERIFY_RECOVER] = "verify-recover",
	[PROP_WRAP] = "wrap",
	[PROP_UNWRAP] = "unwrap",
	[PROP_DERIVE] = "derive",
	[PROP_TRUSTED] = "trusted",
	[PROP_WRAP_WITH_TRUSTED] = "wrap-with-trusted",
	[PROP_ALWAYS_AUTHENTICATE] = "always-authenticate",
	[PROP_FINALIZED] = "finalized",
	[PROP_ENCAPSULATE] = "encapsulate",
	[PROP_DECAPSULATE] = "decapsulate",
	[PROP_CLASS] = "class",
	[PROP_KEY_FAMILY] = "key-type",
	[PROP_CERT_TYPE] = "certificate-type",
	[PROP_CERT_CATEGORY] = "certificate-category",
	[PROP_KEYGEN_MECHANISM] = "key-gen-mechanism",
	[PROP_VALUE_LEN] = "value-len",
	[PROP_MODULUS_BITS] = "modulus-bits",
	[PROP_BLOB_TYPE] = "blob-type",
	[PROP_PARAMETER_SET] = "parameter-set",
	[PROP_VALUE_BITS] = "value-bits",
	[PROP_PROFILE_ID] = "profile-id",
	[PROP_PRIME_BITS] = "prime-bits",
	[PROP_SUBPRIME_BITS] = "subprime-bits",
	[PROP_MECHANISM_TYPE] = "mechanism-type",
	[PROP_VALIDATION_FLAGS] = "validation-flags",
	[PROP_KEY_SLOT] = "key-slot",
	[PROP_LABEL] = "label",
	[PROP_ID] = "id",
	[PROP_NAME] = "key-name",
	[PROP_SUBJECT] = "subject",
	[PROP_ISSUER] = "issuer",
	[PROP_SERIAL] = "serial-number",
	[PROP_START_DATE] = "start-date",
	[PROP_END_DATE] = "end-date",
	[PROP_APPLICATION] = "application",
	[PROP_OBJECT_ID] = "object-id",
	[PROP_URL] = "url",
	[PROP_HASH_SUBJECT_KEY] = "hash-of-subject-key",
	[PROP_HASH_ISSUER_KEY] = "hash-of-issuer-key",
	[PROP_ALLOWED_MECHANISMS] = "allowed-mechanisms",
	[PROP_CHECK_VALUE] = "check-value",
	[PROP_CNG_PROPERTIES] = "cng-properties",
	[PROP_NAME_HASH] = "name-hash-algorithm",
	[PROP_SECURITY_DOMAIN] = "security-domain",
	[PROP_WRAP_TEMPLATE] = "wrap-template",
	[PROP_UNWRAP_TEMPLATE] = "unwrap-template",
	[PROP_DERIVE_TEMPLATE] = "derive-template",
	[PROP_ENCAPSULATE_TEMPLATE] = "encapsulate-template",
	[PROP_DECAPSULATE_TEMPLATE] = "decapsulate-template",
	[PROP_VALUE] = "value",
	[PROP_MODULUS] = "modulus",
	[PROP_PUBLIC_EXPONENT] = "public-exponent",
	[PROP_PRIVATE_EXPONENT] = "private-exponent",
	[PROP_PRIME_1] = "prime-1",
	[PROP_PRIME_2] = "prime-2",
	[PROP_EXPONENT_1] = "exponent-1",
	[PROP_EXPONENT_2] = "exponent-2",
	[PROP_COEFFICIENT] = "coefficient",
	[PROP_EC_PARAMS] = "ec-params",
	[PROP_EC_POINT] = "ec-point",
	[PROP_PUBLIC_KEY_INFO] = "public-key-info",
	[PROP_UNIQUE_ID] = "unique-id",
	[PROP_BLOB] = "blob",
	[PROP_PRIME] = "prime",
	[PROP_SUBPRIME] = "subprime",
	[PROP_BASE] = "base",
	[PROP_SEED] = "seed",
};

const char *
prop_name(enum prop_id id)
{
	size_t i = (size_t)id;

	return i < ARRAY_LEN(names) && names[i] != NULL ? names[i] : "unknown";
}

const struct prop *
props_find(struct props list, enum prop_id id)
{
	for (size_t i = 0; i < list.count; i++)
		if (list.item[i].id == id)
			return &list.item[i];
	return NULL;
}

uint64_t
props_number(struct props list, enum prop_id id, uint64_t fallback)
{
	const struct prop *p = props_find(list, id);

	return p == NULL ? fallback : p->number;
}

struct span
props_bytes(struct props list, enum prop_id id)
{
	const struct prop *p = props_find(list, id);

	return p == NULL ? span_of(NULL, 0) : p->bytes;
}

struct span
prop_trimmed(const struct prop *line)
{
	switch ((int)line->id) {
	case PROP_MODULUS:
	case PROP_PUBLIC_EXPONENT:
	case PROP_PRIME:
	case PROP_SUBPRIME:
	case PROP_BASE:
		return span_trim(line->bytes);
	default:
		return line->bytes;
	}
}

/* --- as bytes ------------------------------------------------------------- */

void
props_pack(struct props list, struct wr *out)
{
	for (size_t i = 0; i < list.count; i++) {
		const struct prop *p = &list.item[i];

		wr_u32le(out, (uint32_t)p->id);
		if (prop_kind(p->id) == PROP_BYTES)
			wr_blob32(out, p->bytes);
		else
			wr_u64le(out, p->number);
	}
}

bool
props_unpack(struct span in, struct prop item[PROPS_MAX], size_t *count)
{
	struct rd r = rd_of(in);
	uint32_t id;
	bool ok = true;

	for (*count = 0; ok && !rd_at_end(&r); (*count)++) {
		if (*count == PROPS_MAX || !rd_u32le(&r, &id) ||
		    id >= PROP_MADE_END)
			return false;
		item[*count] = (struct prop){ .id = (enum prop_id)id };
		ok = prop_kind((enum prop_id)id) == PROP_BYTES ?
		    rd_blob32(&r, &item[*count].bytes) :
		    rd_u64le(&r, &item[*count].number);
	}
	return ok;
}
