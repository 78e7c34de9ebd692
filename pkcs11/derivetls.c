/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Derivation as TLS 1.2 does it: master secrets, the keys and vectors of a
 * connection, and keys for others (RFC 5246, 5705, 7627).
 */
#include "pkcs11/derivetls.h"

#include "base/util.h"
#include "pkcs11/status.h"

#define KEYS_MAX 4
#define UNKNOWN_VERSION 0xff

bool
derivetls_gives_keys(const CK_MECHANISM *mechanism)
{
	return mechanism != NULL &&
	    (mechanism->mechanism == CKM_TLS12_KEY_AND_MAC_DERIVE ||
		mechanism->mechanism == CKM_TLS12_KEY_SAFE_DERIVE);
}

/* A server compares it with what the client had said before.  Nothing is
 * shown of a key that was not made with it and is not to be read. */
static void
tell_version(const struct deriving *d, CK_VERSION *version)
{
	static const uint64_t made_with[] = { CKM_SSL3_PRE_MASTER_KEY_GEN,
		CKM_TLS_PRE_MASTER_KEY_GEN };
	uint8_t bytes[2] = { UNKNOWN_VERSION, UNKNOWN_VERSION };

	(void)object_first_bytes(d->base, made_with, ARRAY_LEN(made_with),
	    bytes, sizeof(bytes));
	version->major = bytes[0];
	version->minor = bytes[1];
}

CK_RV
derivetls_one(struct deriving *d, obj_id *out)
{
	bool master = d->mech->param != PARAM_TLS_KDF;
	struct access who = session_access(d->s);
	struct derive_part part = {
		.tmpl = tmpl_props(d->tmpl),
		.len = master ? TLS_MASTER_LEN : 0,
	};
	struct derive_request req = {
		.base = d->base,
		.op = &d->op,
		.mechanism = d->mech->type,
		.lineage = master ? LINEAGE_FREE : LINEAGE_KEEPS,
		.part = &part,
		.count = 1,
	};
	struct tls_param param;
	enum cng_status st;
	CK_RV rv;

	rv = tlsparam_read(d, &param, &d->op, &d->param.seed);
	if (rv != CKR_OK)
		return rv;
	req.base_len = param.needs_version ? TLS_MASTER_LEN : 0;
	if (master && tmpl_key_family(part.tmpl, KEY_GENERIC) != KEY_GENERIC)
		return CKR_TEMPLATE_INCONSISTENT;
	if (!master && props_find(part.tmpl, PROP_VALUE_LEN) == NULL &&
	    key_secret_len(tmpl_key_family(part.tmpl, KEY_GENERIC)) == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	st = token_derive_keys(d->s->token, &who, &req);
	if (st == CNG_OK)
		*out = part.id;
	if (st == CNG_OK && param.version != NULL)
		tell_version(d, param.version);
	return status_rv_change(st, d->s);
}

/* --- the keys of a connection --- */

struct key_set_plan {
	struct prop mac[6];      /* lines of the MAC keys */
	struct derive_part part[KEYS_MAX];
	size_t count;
};

/* MAC keys are where the others are; all else that the template says is of
 * the others. */
static struct props
mac_template(struct key_set_plan *plan, struct props tmpl)
{
	static const enum prop_id places[] = { PROP_TOKEN, PROP_PRIVATE };
	const struct prop *line;
	size_t used = 0;

	plan->mac[used++] = (struct prop){ .id = PROP_KEY_FAMILY,
		.number = KEY_GENERIC };
	plan->mac[used++] = (struct prop){ .id = PROP_SIGN, .number = 1 };
	plan->mac[used++] = (struct prop){ .id = PROP_VERIFY, .number = 1 };
	plan->mac[used++] = (struct prop){ .id = PROP_DERIVE, .number = 0 };
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		line = props_find(tmpl, places[i]);
		if (line != NULL)
			plan->mac[used++] = *line;
	}
	return (struct props){ plan->mac, used };
}

static void
plan_keys(struct key_set_plan *plan, const struct tls_keys *keys,
    struct props tmpl)
{
	struct props mac = mac_template(plan, tmpl);

	for (size_t i = 0; keys->mac_len > 0 && i < 2; i++)
		plan->part[plan->count++] = (struct derive_part){
			.tmpl = mac, .len = keys->mac_len };
	for (size_t i = 0; keys->key_len > 0 && i < 2; i++)
		plan->part[plan->count++] = (struct derive_part){
			.tmpl = tmpl, .len = keys->key_len };
}

/* The caller's structure may have any alignment. */
static void
hand_out(const struct key_set_plan *plan, const struct tls_keys *keys,
    const struct secret *vectors)
{
	const struct derive_part *part = plan->part;
	CK_SSL3_KEY_MAT_OUT made;

	memcpy(&made, keys->out, sizeof(made));
	made.hClientMacSecret = keys->mac_len > 0 ? part++->id : 0;
	made.hServerMacSecret = keys->mac_len > 0 ? part++->id : 0;
	made.hClientKey = keys->key_len > 0 ? part++->id : 0;
	made.hServerKey = keys->key_len > 0 ? part++->id : 0;
	memcpy(keys->out, &made, sizeof(made));
	if (keys->iv_len == 0)
		return;
	memcpy(made.pIVClient, vectors->ptr, keys->iv_len);
	memcpy(made.pIVServer, vectors->ptr + keys->iv_len, keys->iv_len);
}

CK_RV
derivetls_keys(struct deriving *d)
{
	struct access who = session_access(d->s);
	struct key_set_plan plan = { .count = 0 };
	struct secret vectors = { 0 };
	struct derive_request req = {
		.base = d->base,
		.op = &d->op,
		.mechanism = d->mech->type,
		.lineage = LINEAGE_SAME,
		.base_len = TLS_MASTER_LEN,
		.part = plan.part,
		.rest = &vectors,
	};
	struct tls_param param;
	enum cng_status st;
	CK_RV rv;

	rv = tlsparam_read(d, &param, &d->op, &d->param.seed);
	if (rv != CKR_OK)
		return rv;
	plan_keys(&plan, &param.keys, tmpl_props(d->tmpl));
	req.count = plan.count;
	req.rest_len = 2 * param.keys.iv_len;
	st = token_derive_keys(d->s->token, &who, &req);
	if (st == CNG_OK)
		hand_out(&plan, &param.keys, &vectors);
	secret_free(&vectors);
	return status_rv_change(st, d->s);
}
