/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob, written for a token of ours to open.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/header.h"
#include "blob/magic.h"
#include "blob/protected.h"
#include "blob/serial.h"
#include "crypto/dpaping.h"

/* --- names --------------------------------------------------------------- */

#define EC_ROWS(suffix, curve) \
	{ "ECDSA" suffix, KEY_EC, curve, KEY_ROLE_SIGN }, \
	{ "ECDH" suffix, KEY_EC, curve, KEY_ROLE_AGREE }

/* The first that fits is written; the more special ones come first. */
static const struct protected_alg algs[] = {
	{ "RSA", KEY_RSA, CURVE_NONE, KEY_ROLE_NONE },
	EC_ROWS("_P256", CURVE_P256),
	EC_ROWS("_P384", CURVE_P384),
	EC_ROWS("_P521", CURVE_P521),
	EC_ROWS("", CURVE_NONE),
	{ "DSA", KEY_DSA, CURVE_NONE, KEY_ROLE_NONE },
	{ "DH", KEY_DH, CURVE_NONE, KEY_ROLE_NONE },
	{ "AES", KEY_AES, CURVE_NONE, KEY_ROLE_NONE },
	{ "HMAC-SHA256", KEY_GENERIC, CURVE_NONE, KEY_ROLE_NONE },
	{ "ML-KEM", KEY_MLKEM, CURVE_NONE, KEY_ROLE_NONE },
	{ "ML-DSA", KEY_MLDSA, CURVE_NONE, KEY_ROLE_NONE },
	{ "SLH-DSA", KEY_SLHDSA, CURVE_NONE, KEY_ROLE_NONE },
	/* Windows has these as curves of ECDH and ECDSA, but no names */
	{ "X25519", KEY_MONTGOMERY, CURVE_X25519, KEY_ROLE_NONE },
	{ "X448", KEY_MONTGOMERY, CURVE_X448, KEY_ROLE_NONE },
	{ "Ed25519", KEY_EDWARDS, CURVE_ED25519, KEY_ROLE_NONE },
	{ "Ed448", KEY_EDWARDS, CURVE_ED448, KEY_ROLE_NONE },
};

const struct protected_alg *
protected_alg_named(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (span_equal(name, span_str(algs[i].name)))
			return &algs[i];
	return NULL;
}

const struct protected_alg *
protected_alg_of(const struct key_material *key)
{
	unsigned role = KEY_ROLE_NONE;

	if (key->family == KEY_EC)
		role = (key->role & KEY_ROLE_SIGN) != 0 ? KEY_ROLE_SIGN :
							  KEY_ROLE_AGREE;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (algs[i].family == key->family && algs[i].role == role &&
		    (algs[i].curve == CURVE_NONE ||
			algs[i].curve == key->curve))
			return &algs[i];
	return NULL;
}

/* What is within must say all by itself. */
static const enum blob_type inner_types[KEY_FAMILY_COUNT] = {
	[KEY_RSA] = BLOB_RSAPRIVATE,
	[KEY_EC] = BLOB_ECCPRIVATE,
	[KEY_DSA] = BLOB_DSAPRIVATE,
	[KEY_DH] = BLOB_DHPRIVATE,
	[KEY_MLKEM] = BLOB_PQPRIVATE,
	[KEY_MLDSA] = BLOB_PQPRIVATE,
	[KEY_SLHDSA] = BLOB_PQPRIVATE,
	[KEY_AES] = BLOB_KEYDATA,
	[KEY_GENERIC] = BLOB_KEYDATA,
	[KEY_MONTGOMERY] = BLOB_PKCS8,
	[KEY_EDWARDS] = BLOB_PKCS8,
};

static enum blob_type
inner_type(const struct key_material *key)
{
	bool brief = key->curve == CURVE_P256 || key->curve == CURVE_P384 ||
	    key->curve == CURVE_P521;

	if (key->family == KEY_EC && (!brief || key->part[EC_INFO].len > 0))
		return BLOB_ECCFULLPRIVATE;
	return inner_types[key->family];
}

/* --- for a token --------------------------------------------------------- */

static bool
starts_with(struct span text, const char *start)
{
	size_t len = strlen(start);

	return text.len > len && memcmp(text.ptr, start, len) == 0;
}

enum cng_status
blob_protected_rule(struct span rule, bool *machine)
{
	static const char *const others[] = { "SID=", "SDDL=", "LOCAL=",
		"WEBCREDENTIALS=", "CERTIFICATE=" };

	*machine = span_equal(rule, span_str("LOCAL=machine"));
	if (*machine || rule.len == 0 ||
	    span_equal(rule, span_str("LOCAL=user")))
		return CNG_OK;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (starts_with(rule, others[i]))
			return CNG_ERR_NOT_SUPPORTED;
	return CNG_ERR_ARGUMENT;
}

enum cng_status
blob_protected_id(struct span serial, bool machine,
    const uint8_t salt[BLOB_PROTECTED_SALT], struct wr *out)
{
	if (!serial_ok(serial))
		return CNG_ERR_ARGUMENT;
	wr_u32le(out, MAGIC_CNGP);
	wr_u32le(out, PROTECTED_ID_VERSION);
	wr_u32le(out, machine ? PROTECTED_MACHINE : 0);
	wr_u32le(out, (uint32_t)serial.len);
	wr_u32le(out, BLOB_PROTECTED_SALT);
	wr_bytes(out, serial);
	wr_bytes(out, span_of(salt, BLOB_PROTECTED_SALT));
	return wr_status(out);
}

static enum cng_status
encode_inner(const struct key_material *key, struct secret *out)
{
	enum blob_type type = inner_type(key);
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = blob_encode(type, key, NULL, &w);

	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return blob_encode(type, key, NULL, &w);
}

enum cng_status
protected_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	const struct protected_alg *alg = protected_alg_of(key);
	struct secret plain = { 0 };
	struct wr count = wr_of(NULL, 0), rule;
	uint8_t der[64];
	struct span id, sealed;
	bool machine;
	enum cng_status st;

	(void)type;
	if (params == NULL || params->protect.kek.len != DPAPING_KEK ||
	    params->protect.key_id.len == 0)
		return CNG_ERR_ARGUMENT;
	if (alg == NULL || !key->has_private)
		return CNG_ERR_BAD_TYPE;
	id = params->protect.key_id;
	rule = wr_of(der, sizeof der);
	st = blob_protected_rule(params->protect.rule, &machine);
	if (st == CNG_OK)
		st = dpaping_rule_write(DPAPING_LOCAL,
		    span_str(machine ? "machine" : "user"), &rule);
	sealed = span_of(der, rule.len);
	if (st == CNG_OK)
		st = encode_inner(key, &plain);
	if (st == CNG_OK)
		st = dpaping_seal(params->protect.kek.ptr, id, sealed,
		    secret_span(&plain), &count);
	if (st == CNG_OK) {
		header_write(out, MAGIC_PRTK, alg->name, count.len);
		st = dpaping_seal(params->protect.kek.ptr, id, sealed,
		    secret_span(&plain), out);
	}
	secret_free(&plain);
	return st;
}
