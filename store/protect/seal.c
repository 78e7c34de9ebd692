/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sealing of records, and search tags.  Each version of each record has a
 * seal key of its own, so random nonces cannot meet however many records a
 * token sees; what the sealed part is bound to covers the whole row.
 */
#include "store/protect/internal.h"

#include "base/wr.h"

/* --- what a record is bound to ------------------------------------------- */

static void
write_binding(struct wr *w, const struct vault *vault,
    const struct store_record *record)
{
	wr_bytes(w, span_str("cng-pkcs11 record 1"));
	wr_bytes(w, span_of(vault->token.serial, SERIAL_LEN));
	wr_bytes(w, span_of(record->uid, STORE_UID));
	wr_u64le(w, record->version);
	wr_u32le(w, record->kind);
	wr_u8(w, record->has_name ? 1 : 0);
	if (record->has_name)
		wr_bytes(w, span_of(record->name.bytes, STORE_TAG));
	wr_blob32(w, secret_span(&record->clear));
}

static enum cng_status
make_binding(struct secret *out, const struct vault *vault,
    const struct store_record *record)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	write_binding(&w, vault, record);
	st = wr_status(&w);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	write_binding(&w, vault, record);
	return wr_status(&w);
}

static enum cng_status
record_key(uint8_t out[32], const struct vault *vault,
    const struct store_record *record)
{
	uint8_t data[STORE_UID + 8];
	struct wr w = wr_of(data, sizeof(data));
	struct span all = span_of(data, sizeof(data));

	wr_bytes(&w, span_of(record->uid, STORE_UID));
	wr_u64le(&w, record->version);
	return crypto_hmac_parts(&vault->seal_key, &all, 1, out);
}

/* Another process may have made the token anew: then our keys are those of
 * a token that is gone. */
enum cng_status
vault_check_token(struct vault *vault)
{
	struct token_fact now;
	enum cng_status st;

	if (!vault->open)
		return CNG_ERR_NOT_LOGGED_IN;
	st = token_fact_get(vault->store, &now);
	if (st == CNG_OK && memcmp(now.key_id, vault->token.key_id,
	    KEY_ID_LEN) == 0)
		return CNG_OK;
	if (st == CNG_OK || st == CNG_ERR_NO_TOKEN) {
		vault_lock(vault);
		st = CNG_ERR_NOT_LOGGED_IN;
	}
	return st;
}

/* --- records ------------------------------------------------------------- */

enum cng_status
vault_seal(struct vault *vault, struct span plain,
    struct store_record *record)
{
	struct secret aad = { 0 };
	struct secret sealed = { 0 };
	uint8_t key[32];
	enum cng_status st;

	if (!vault->open)
		return CNG_ERR_NOT_LOGGED_IN;
	st = vault_check_token(vault);
	if (st == CNG_OK)
		st = make_binding(&aad, vault, record);
	if (st == CNG_OK)
		st = record_key(key, vault, record);
	if (st == CNG_OK)
		st = crypto_seal(key, secret_span(&aad), plain, &sealed);
	if (st == CNG_OK)
		secret_move(&record->sealed, &sealed);
	wipe(key, sizeof(key));
	secret_free(&aad);
	return st;
}

enum cng_status
vault_open(struct vault *vault, const struct store_record *record,
    struct secret *plain)
{
	struct secret aad = { 0 };
	uint8_t key[32];
	enum cng_status st;

	memset(plain, 0, sizeof(*plain));
	if (!vault->open)
		return CNG_ERR_NOT_LOGGED_IN;
	st = make_binding(&aad, vault, record);
	if (st == CNG_OK)
		st = record_key(key, vault, record);
	if (st == CNG_OK)
		st = crypto_open(key, secret_span(&aad),
		    secret_span(&record->sealed), plain);
	if (st == CNG_ERR_STORE_CORRUPT &&
	    vault_check_token(vault) == CNG_ERR_NOT_LOGGED_IN)
		st = CNG_ERR_NOT_LOGGED_IN;
	wipe(key, sizeof(key));
	secret_free(&aad);
	return st;
}

/* --- tags ---------------------------------------------------------------- */

enum cng_status
vault_tag(struct vault *vault, bool keyed, uint32_t prop, struct span value,
    struct store_tag *out)
{
	uint8_t number[4];
	uint8_t hash[32];
	struct wr w = wr_of(number, sizeof(number));
	const struct span parts[] = { span_of(number, sizeof(number)), value };
	enum cng_status st;

	memset(out, 0, sizeof(*out));
	if (keyed && !vault->open)
		return CNG_ERR_NOT_LOGGED_IN;
	if (value.len > SECRET_MAX - 4)
		return CNG_ERR_ARGUMENT;
	wr_u32le(&w, prop);
	st = keyed ? crypto_hmac_parts(&vault->tag_key, parts, 2, hash) :
		     crypto_sha256_parts(parts, 2, hash);
	if (st == CNG_OK)
		memcpy(out->bytes, hash, STORE_TAG);
	wipe(hash, sizeof(hash));
	return st;
}
