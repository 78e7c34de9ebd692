/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The vault's facts as bytes.  Whatever is read has been in somebody else's
 * hands: every length and number is checked before it is used.
 */
#include "store/protect/internal.h"

#include "base/rd.h"
#include "base/utf16.h"
#include "base/wr.h"

#define FACT_FORMAT 1
#define FACT_MAX 512        /* bytes of the largest fact */

/* More than these a file may not ask of us. */
#define SCRYPT_R_MAX 32
#define SCRYPT_P_MAX 16
#define SCRYPT_N_MAX ((uint64_t)1 << 20)
#define SCRYPT_MEMORY_MAX ((uint64_t)256 * 1024 * 1024)

static const char *const pin_names[VAULT_ROLES] = {
	[VAULT_USER] = "pin.user",
	[VAULT_SO] = "pin.so",
};

static const char *const tries_names[VAULT_ROLES] = {
	[VAULT_USER] = "tries.user",
	[VAULT_SO] = "tries.so",
};

static bool
is_hex(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

static bool
take_into(struct rd *r, void *out, size_t len)
{
	struct span got;

	if (!rd_take(r, len, &got))
		return false;
	memcpy(out, got.ptr, len);
	return true;
}

/* Every fact starts with the number of its format. */
static bool
take_format(struct rd *r)
{
	uint32_t format;

	return rd_u32le(r, &format) && format == FACT_FORMAT;
}

static enum cng_status
put(struct store *store, const char *name, const struct wr *w)
{
	enum cng_status st = wr_status(w);

	return st == CNG_OK ?
	    store_fact_put(store, name, span_of(w->buf, w->len)) : st;
}

/* --- the token ----------------------------------------------------------- */

static bool
token_parse(struct span bytes, struct token_fact *out)
{
	struct rd r = rd_of(bytes);
	struct span label;

	if (!take_format(&r) || !take_into(&r, out->serial, SERIAL_LEN) ||
	    !take_into(&r, out->key_id, KEY_ID_LEN) ||
	    !rd_blob32(&r, &label) || !rd_at_end(&r))
		return false;
	if (label.len > TOKEN_LABEL || !utf8_valid(label) ||
	    !is_hex(span_of(out->serial, SERIAL_LEN)))
		return false;
	if (label.len > 0)
		memcpy(out->label, label.ptr, label.len);
	return true;
}

enum cng_status
token_fact_get(struct store *store, struct token_fact *out)
{
	struct secret bytes;
	enum cng_status st = store_fact_get(store, "token", &bytes);

	memset(out, 0, sizeof(*out));
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_ERR_NO_TOKEN;
	if (st != CNG_OK)
		return st;
	if (!token_parse(secret_span(&bytes), out)) {
		memset(out, 0, sizeof(*out));
		st = CNG_ERR_STORE_CORRUPT;
	}
	secret_free(&bytes);
	return st;
}

enum cng_status
token_fact_put(struct store *store, const struct token_fact *token)
{
	uint8_t buf[FACT_MAX];
	struct wr w = wr_of(buf, sizeof(buf));

	wr_u32le(&w, FACT_FORMAT);
	wr_bytes(&w, span_of(token->serial, SERIAL_LEN));
	wr_bytes(&w, span_of(token->key_id, KEY_ID_LEN));
	wr_blob32(&w, span_str(token->label));
	return put(store, "token", &w);
}

/* --- counters ------------------------------------------------------------ */

enum cng_status
tries_get(struct store *store, enum vault_role role, unsigned *out)
{
	struct secret bytes;
	enum cng_status st = store_fact_get(store, tries_names[role], &bytes);
	struct rd r;
	uint32_t tries;

	*out = 0;
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_OK;
	if (st != CNG_OK)
		return st;
	r = rd_of(secret_span(&bytes));
	if (!rd_u32le(&r, &tries) || !rd_at_end(&r) || tries > PIN_TRIES)
		st = CNG_ERR_STORE_CORRUPT;
	else
		*out = tries;
	secret_free(&bytes);
	return st;
}

enum cng_status
tries_put(struct store *store, enum vault_role role, unsigned tries)
{
	uint8_t buf[4];
	struct wr w = wr_of(buf, sizeof(buf));

	wr_u32le(&w, tries);
	return put(store, tries_names[role], &w);
}

/* --- PINs ---------------------------------------------------------------- */

static bool
cost_is_sane(const struct scrypt_params *cost)
{
	if (cost->n < 2 || cost->n > SCRYPT_N_MAX ||
	    (cost->n & (cost->n - 1)) != 0)
		return false;
	if (cost->r < 1 || cost->r > SCRYPT_R_MAX || cost->p < 1 ||
	    cost->p > SCRYPT_P_MAX)
		return false;
	return 128 * cost->n * cost->r <= SCRYPT_MEMORY_MAX;
}

static bool
pin_parse(struct span bytes, struct pin_fact *out)
{
	struct rd r = rd_of(bytes);

	return take_format(&r) && rd_u64le(&r, &out->cost.n) &&
	    rd_u32le(&r, &out->cost.r) && rd_u32le(&r, &out->cost.p) &&
	    take_into(&r, out->salt, sizeof(out->salt)) &&
	    take_into(&r, out->check, sizeof(out->check)) &&
	    take_into(&r, out->wrapped, sizeof(out->wrapped)) &&
	    rd_at_end(&r) && cost_is_sane(&out->cost);
}

enum cng_status
pin_fact_get(struct store *store, enum vault_role role, struct pin_fact *out)
{
	struct secret bytes;
	enum cng_status st = store_fact_get(store, pin_names[role], &bytes);

	memset(out, 0, sizeof(*out));
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_ERR_PIN_NOT_SET;
	if (st != CNG_OK)
		return st;
	if (!pin_parse(secret_span(&bytes), out)) {
		memset(out, 0, sizeof(*out));
		st = CNG_ERR_STORE_CORRUPT;
	}
	secret_free(&bytes);
	return st;
}

enum cng_status
pin_fact_put(struct store *store, enum vault_role role,
    const struct pin_fact *pin)
{
	uint8_t buf[FACT_MAX];
	struct wr w = wr_of(buf, sizeof(buf));

	wr_u32le(&w, FACT_FORMAT);
	wr_u64le(&w, pin->cost.n);
	wr_u32le(&w, pin->cost.r);
	wr_u32le(&w, pin->cost.p);
	wr_bytes(&w, span_of(pin->salt, sizeof(pin->salt)));
	wr_bytes(&w, span_of(pin->check, sizeof(pin->check)));
	wr_bytes(&w, span_of(pin->wrapped, sizeof(pin->wrapped)));
	return put(store, pin_names[role], &w);
}
