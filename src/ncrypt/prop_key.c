/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The properties of keys: one row each.
 */
#include "ncrypt/prop.h"

#include "base/util.h"

static SECURITY_STATUS
put_text(struct wr *out, const char *text)
{
	wide_write(out, span_str(text));
	return ERROR_SUCCESS;
}

/* --- what the key is ----------------------------------------------------- */

static SECURITY_STATUS
get_algorithm(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return facts->alg == NULL ? NTE_NOT_SUPPORTED :
				    put_text(out, facts->alg->name);
}

static SECURITY_STATUS
get_group(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return facts->alg == NULL ? NTE_NOT_SUPPORTED :
				    put_text(out, facts->alg->group);
}

static SECURITY_STATUS
get_length(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return put_number(out, (DWORD)facts->bits);
}

/* After the key is made it changes nothing, and is no mistake either. */
static SECURITY_STATUS
set_length(struct nkey *key, const struct facts *facts, struct span value)
{
	DWORD bits;

	if (!take_number(value, &bits))
		return NTE_INVALID_PARAMETER;
	if (!facts->making || facts->obj != NULL)
		return ERROR_SUCCESS;
	if (!alg_has_length(facts->alg, bits))
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	key->bits = bits;
	lock_drop(&key->lock);
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
get_public_length(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	return facts->class == OBJ_SECRET ? NTE_NOT_SUPPORTED :
	    get_length(key, facts, flags, out);
}

static SECURITY_STATUS
get_lengths(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	const struct alg *alg = facts->alg;

	(void)key;
	(void)flags;
	if (alg == NULL || alg->lengths.dwMaxLength == 0)
		return NTE_NOT_SUPPORTED;
	wr_u32le(out, alg->lengths.dwMinLength);
	wr_u32le(out, alg->lengths.dwMaxLength);
	wr_u32le(out, alg->lengths.dwIncrement);
	wr_u32le(out, alg->lengths.dwDefaultLength);
	return ERROR_SUCCESS;
}

#define AES_BLOCK 16

static SECURITY_STATUS
get_block_length(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return put_number(out, facts->class == OBJ_SECRET ? AES_BLOCK :
	    (DWORD)((facts->bits + 7) / 8));
}

static SECURITY_STATUS
get_signature_length(struct nkey *key, const struct facts *facts,
    DWORD flags, struct wr *out)
{
	size_t len = facts_signature(facts);

	(void)key;
	(void)flags;
	return len == 0 ? NTE_NOT_SUPPORTED : put_number(out, (DWORD)len);
}

/* --- names --------------------------------------------------------------- */

static SECURITY_STATUS
get_name(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	/* neither changes once it is given to the caller */
	if (key->name.len == 0)
		return NTE_NOT_SUPPORTED;
	wide_write(out, secret_span(&key->name));
	return ERROR_SUCCESS;
}

#define UNIQUE_MAX 64

static SECURITY_STATUS
get_unique_name(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	uint8_t text[UNIQUE_MAX];
	struct wr w = wr_of(text, sizeof(text));
	bool persisted;
	enum cng_status st;

	(void)flags;
	lock_take(&key->lock);
	persisted = key->persisted;
	lock_drop(&key->lock);
	if (!persisted || facts->obj == NULL)
		return NTE_NOT_SUPPORTED;
	st = object_bytes(facts->obj, PROP_UNIQUE_ID, &w);
	if (st == CNG_OK)
		wide_write(out, span_of(text, w.len));
	return status_of(st);
}

static SECURITY_STATUS
get_provider(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	NCRYPT_PROV_HANDLE handle = key->prov->thing.handle;

	(void)facts;
	(void)flags;
	/* who takes it frees it */
	if (out->buf != NULL && out->cap >= sizeof(handle))
		handle_again(&key->prov->thing);
	wr_bytes(out, span_of(&handle, sizeof(handle)));
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
get_type(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	return put_number(out, key->machine ? NCRYPT_MACHINE_KEY_FLAG : 0);
}

/* --- what may be done with it -------------------------------------------- */

static SECURITY_STATUS
get_policy(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	DWORD left;

	(void)flags;
	lock_take(&key->lock);
	left = key->archive;
	lock_drop(&key->lock);
	return put_number(out, facts_policy(facts) | left);
}

static SECURITY_STATUS
get_usage(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return put_number(out, facts_usage(facts));
}

/* Until a key is finalised, and on one that nobody else can open; a key in a
 * store, or one that brought its policy, keeps what it was made with. */
static enum cng_status
set_permission(struct nkey *key, const char *name, DWORD value)
    CNG_REQUIRES(key->lock)
{
	struct facts facts;
	enum cng_status st;

	if (key->persisted || (key->fixed && !key->making))
		return CNG_ERR_PROP_READ_ONLY;
	st = nkey_facts_held(key, &facts);
	if (st != CNG_OK)
		return st;
	st = bag_set_number(&facts.bag, name, value);
	if (st == CNG_OK && key->making)
		secret_move(&key->bag, &facts.bag);
	else if (st == CNG_OK)
		st = nkey_refresh(key, secret_span(&facts.bag));
	facts_free(&facts);
	return st;
}

#define ARCHIVE_BITS (NCRYPT_ALLOW_ARCHIVING_FLAG | \
	NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG)
#define POLICY_BITS (NCRYPT_ALLOW_EXPORT_FLAG | \
	NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG | ARCHIVE_BITS | \
	NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG)

static SECURITY_STATUS
set_policy(struct nkey *key, const struct facts *facts, struct span value)
{
	enum cng_status st;
	DWORD policy, kept;

	(void)facts;
	if (!take_number(value, &policy) || (policy & ~(DWORD)POLICY_BITS))
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	kept = key->making ? policy : policy & ~(DWORD)ARCHIVE_BITS;
	st = key->fixed ? CNG_ERR_PROP_READ_ONLY :
			  set_permission(key, BAG_POLICY, kept);
	if (st == CNG_OK)
		key->archive = policy & ~kept;
	lock_drop(&key->lock);
	return status_of(st);
}

static SECURITY_STATUS
set_usage(struct nkey *key, const struct facts *facts, struct span value)
{
	enum cng_status st;
	DWORD usage;

	(void)facts;
	if (!take_number(value, &usage) ||
	    (usage & ~(DWORD)NCRYPT_ALLOW_ALL_USAGES))
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	st = set_permission(key, BAG_USAGE, usage);
	lock_drop(&key->lock);
	return status_of(st);
}

/* Which parts are wanted must be said; there are none here. */
static SECURITY_STATUS
get_security(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)facts;
	(void)out;
	return flags & ~(DWORD)NCRYPT_SILENT_FLAG ? NTE_NOT_SUPPORTED :
						    NTE_BAD_FLAGS;
}

/* --- kept as given ------------------------------------------------------- */

static SECURITY_STATUS
get_kept(const struct facts *facts, const char *name, struct wr *out)
{
	struct span value;

	if (!bag_get(secret_span(&facts->bag), name, &value))
		return NTE_NOT_FOUND;
	wr_bytes(out, value);
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
get_modified(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return get_kept(facts, BAG_MODIFIED, out);
}

static SECURITY_STATUS
get_isolation(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return get_kept(facts, BAG_ISOLATION, out);
}

static SECURITY_STATUS
get_per_boot(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return get_kept(facts, BAG_PER_BOOT, out);
}

#define CERTIFICATE "SmartCardKeyCertificate"

static SECURITY_STATUS
get_certificate(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return get_kept(facts, CERTIFICATE, out);
}

static SECURITY_STATUS
set_certificate(struct nkey *key, const struct facts *facts,
    struct span value)
{
	(void)facts;
	return status_of(prop_keep(key, CERTIFICATE, value));
}

/* --- of the handle only -------------------------------------------------- */

static SECURITY_STATUS
get_loose(struct nkey *key, const char *name, struct wr *out)
{
	struct span value;
	bool found;

	lock_take(&key->lock);
	found = bag_get(secret_span(&key->loose), name, &value);
	if (found)
		wr_bytes(out, value);
	lock_drop(&key->lock);
	return found ? ERROR_SUCCESS : NTE_NOT_FOUND;
}

static SECURITY_STATUS
set_loose(struct nkey *key, const char *name, struct span value)
{
	enum cng_status st;

	lock_take(&key->lock);
	st = bag_set(&key->loose, name, value);
	lock_drop(&key->lock);
	return status_of(st);
}

#define WINDOW "HWND Handle"
#define CONTEXT "Use Context"

static SECURITY_STATUS
get_window(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	return get_loose(key, WINDOW, out);
}

static SECURITY_STATUS
set_window(struct nkey *key, const struct facts *facts, struct span value)
{
	(void)facts;
	return value.len == sizeof(HANDLE) ? set_loose(key, WINDOW, value) :
					     NTE_INVALID_PARAMETER;
}

static SECURITY_STATUS
get_context(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	return get_loose(key, CONTEXT, out);
}

static SECURITY_STATUS
set_context(struct nkey *key, const struct facts *facts, struct span value)
{
	(void)facts;
	return set_loose(key, CONTEXT, value);
}

static SECURITY_STATUS
get_chaining(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	SECURITY_STATUS status;

	(void)flags;
	if (facts->family != KEY_AES)
		return NTE_NOT_SUPPORTED;
	status = get_loose(key, BAG_CHAINING, out);
	return status == NTE_NOT_FOUND ? put_text(out, "ChainingModeCBC") :
					 status;
}

static SECURITY_STATUS
set_chaining(struct nkey *key, const struct facts *facts, struct span value)
{
	static const char *const modes[] = { "ChainingModeCBC",
		"ChainingModeECB" };
	struct secret name = { 0 };
	SECURITY_STATUS status = NTE_NOT_SUPPORTED;
	enum cng_status st;

	if (facts->family != KEY_AES)
		return NTE_NOT_SUPPORTED;
	st = wide_read_bytes(&name, value);
	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(modes); i++)
		if (span_equal(secret_span(&name), span_str(modes[i])))
			status = set_loose(key, BAG_CHAINING, value);
	secret_free(&name);
	return st == CNG_OK ? status : status_of(st);
}

static SECURITY_STATUS
get_iv(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)flags;
	return facts->family == KEY_AES ? get_loose(key, BAG_IV, out) :
					  NTE_NOT_SUPPORTED;
}

static SECURITY_STATUS
set_iv(struct nkey *key, const struct facts *facts, struct span value)
{
	if (facts->family != KEY_AES)
		return NTE_NOT_SUPPORTED;
	return value.len == AES_BLOCK ? set_loose(key, BAG_IV, value) :
					NTE_INVALID_PARAMETER;
}

/* --- the table ----------------------------------------------------------- */

static const struct prop_row rows[] = {
	{ "Algorithm Name", get_algorithm, NULL },
	{ "Algorithm Group", get_group, NULL },
	{ "Length", get_length, set_length },
	{ "Lengths", get_lengths, NULL },
	{ "PublicKeyLength", get_public_length, NULL },
	{ "Block Length", get_block_length, NULL },
	{ "SignatureLength", get_signature_length, NULL },
	{ "ECCCurveName", prop_get_curve, prop_set_curve },
	{ "ECCParameters", prop_get_ecc, NULL },
	{ "DHParameters", prop_get_dh, prop_set_dh },
	{ "DSAParameters", prop_get_dsa, prop_set_dsa },
	{ "ParameterSetName", prop_get_set, prop_set_set },
	/* as the header of the SDK has them, and as its pages do */
	{ "KEMSharedSecretLength", prop_get_kem_secret, NULL },
	{ "KEM Shared Secret Length", prop_get_kem_secret, NULL },
	{ "KEMCiphertextLength", prop_get_kem_ciphertext, NULL },
	{ "KEM Ciphertext Length", prop_get_kem_ciphertext, NULL },
	{ "KDFKeySecret", NULL, prop_set_kdf_secret },
	{ "Name", get_name, NULL },
	{ "Unique Name", get_unique_name, NULL },
	{ "Provider Handle", get_provider, NULL },
	{ "Key Type", get_type, NULL },
	{ "Export Policy", get_policy, set_policy },
	{ "Key Usage", get_usage, set_usage },
	{ "UI Policy", prop_get_ui, prop_set_ui },
	{ "Security Descr", get_security, NULL },
	{ "Modified", get_modified, NULL },
	{ BAG_ISOLATION, get_isolation, NULL },
	{ BAG_PER_BOOT, get_per_boot, NULL },
	{ CERTIFICATE, get_certificate, set_certificate },
	{ WINDOW, get_window, set_window },
	{ CONTEXT, get_context, set_context },
	{ BAG_CHAINING, get_chaining, set_chaining },
	{ BAG_IV, get_iv, set_iv },
};

const struct prop_row *
prop_key_row(LPCWSTR name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (wide_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}
