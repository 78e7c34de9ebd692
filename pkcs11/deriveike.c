/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Derivation as IKE does it (RFC 2409, 7296), with any HMAC as its function.
 * What it computes is known under other names: prf+ is SP 800-108 in feedback
 * mode, a secret under nonces the first half of HKDF.
 */
#include "pkcs11/deriveike.h"

#include "core/object.h"
#include "pkcs11/mechparam.h"
#include "pkcs11/status.h"

#define IKE_DATA_MAX 0xffff

/* What is to be made, besides d->op. */
struct ike {
	size_t prf_len;          /* what the function gives */
	size_t most;             /* bytes of the key; 0: as many as any */
	bool exact;              /* no fewer than most, either */
	bool needs_len, needs_type;
	enum key_family family;  /* if the template names none */
};

static bool
prf_of(CK_MECHANISM_TYPE type, struct deriving *d, struct ike *ike)
{
	if (!deriveparam_hmac(type, &d->op))
		return false;
	ike->prf_len = hash_info(d->op.hash)->size;
	return true;
}

/* --- what the function is computed over --- */

static CK_RV
put(struct deriving *d, struct span bytes)
{
	return status_rv(secret_append(&d->param.seed, bytes));
}

static CK_RV
put_data(struct deriving *d, const void *ptr, CK_ULONG len)
{
	struct span bytes;

	return mechparam_bytes(ptr, len, IKE_DATA_MAX, &bytes) ?
	    put(d, bytes) : CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV
put_key(struct deriving *d, CK_OBJECT_HANDLE key)
{
	struct span value;
	CK_RV rv = deriveparam_key(&d->param, d->s, d->mech, key, &value);

	return rv == CKR_OK ? put(d, value) : rv;
}

static CK_RV
put_two(struct deriving *d, const void *first, CK_ULONG first_len,
    const void *second, CK_ULONG second_len)
{
	CK_RV rv = put_data(d, first, first_len);

	return rv == CKR_OK ? put_data(d, second, second_len) : rv;
}

static bool
is_bool(CK_BBOOL value)
{
	return value == CK_TRUE || value == CK_FALSE;
}

/* --- the function --- */

/* Each block is made of the one before, what was put, and its number if they
 * are counted.  The first alone is the plain function. */
static void
chain(struct deriving *d, bool counted)
{
	struct kbkdf *k = &d->param.kbkdf;

	k->mode = KBKDF_FEEDBACK;
	k->count = counted ? 3 : 2;
	k->piece[0] = (struct kbkdf_piece){ .kind = KBKDF_PIECE_CHAIN };
	k->piece[1] = (struct kbkdf_piece){ .kind = KBKDF_PIECE_BYTES,
		.bytes = secret_span(&d->param.seed) };
	k->piece[2] = (struct kbkdf_piece){ .kind = KBKDF_PIECE_COUNTER,
		.width = 8 };
	d->op.scheme = OP_SP800_108;
	d->op.kbkdf = k;
}

/* What was put is the key, and the base what it is computed over. */
static void
turn_round(struct deriving *d)
{
	d->op.scheme = OP_HKDF;
	d->op.skip_expand = true;
	d->op.iv = secret_span(&d->param.seed);
}

/* --- parameters --- */

static enum key_family
family_of(enum key_hash hash)
{
	enum key_family family = KEY_NONE;

	while (family < KEY_FAMILY_COUNT && !family_has_hash(family, hash))
		family++;
	return family < KEY_FAMILY_COUNT ? family : KEY_GENERIC;
}

static CK_RV
read_first(struct deriving *d, struct ike *ike)
{
	CK_IKE_PRF_DERIVE_PARAMS from;
	CK_RV rv = CKR_OK;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !is_bool(from.bDataAsKey) || !is_bool(from.bRekey) ||
	    !prf_of(from.prfMechanism, d, ike))
		return CKR_MECHANISM_PARAM_INVALID;
	if (from.bDataAsKey == CK_TRUE && from.bRekey == CK_TRUE)
		return CKR_ARGUMENTS_BAD;
	ike->most = ike->prf_len;
	ike->exact = true;
	ike->family = family_of(d->op.hash);
	if (from.bRekey == CK_TRUE)
		rv = put_key(d, from.hNewKey);
	if (rv == CKR_OK)
		rv = put_two(d, from.pNi, from.ulNiLen, from.pNr,
		    from.ulNrLen);
	if (rv == CKR_OK && from.bDataAsKey == CK_TRUE)
		turn_round(d);
	else if (rv == CKR_OK)
		chain(d, false);
	return rv;
}

static CK_RV
read_next(struct deriving *d, struct ike *ike)
{
	CK_IKE1_PRF_DERIVE_PARAMS from;
	CK_RV rv = CKR_OK;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !is_bool(from.bHasPrevKey) ||
	    !prf_of(from.prfMechanism, d, ike))
		return CKR_MECHANISM_PARAM_INVALID;
	ike->most = ike->prf_len;
	ike->needs_type = true;
	if (from.bHasPrevKey == CK_TRUE)
		rv = put_key(d, from.hPrevKey);
	if (rv == CKR_OK)
		rv = put_key(d, from.hKeygxy);
	if (rv == CKR_OK)
		rv = put_two(d, from.pCKYi, from.ulCKYiLen, from.pCKYr,
		    from.ulCKYrLen);
	if (rv == CKR_OK)
		rv = put(d, span_of(&from.keyNumber, 1));
	if (rv == CKR_OK)
		chain(d, false);
	return rv;
}

static CK_RV
read_plus(struct deriving *d, struct ike *ike)
{
	CK_IKE2_PRF_PLUS_DERIVE_PARAMS from;
	CK_RV rv = CKR_OK;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !is_bool(from.bHasSeedKey) ||
	    !prf_of(from.prfMechanism, d, ike))
		return CKR_MECHANISM_PARAM_INVALID;
	ike->needs_len = true;
	if (from.bHasSeedKey == CK_TRUE)
		rv = put_key(d, from.hSeedKey);
	if (rv == CKR_OK)
		rv = put_data(d, from.pSeedData, from.ulSeedDataLen);
	if (rv == CKR_OK)
		chain(d, true);
	return rv;
}

static size_t
length_of(const struct deriving *d)
{
	struct props tmpl = tmpl_props(d->tmpl);
	uint64_t len = props_number(tmpl, PROP_VALUE_LEN,
	    key_secret_len(tmpl_key_family(tmpl, KEY_GENERIC)));

	return len > SECRET_KEY_MAX ? SECRET_KEY_MAX + 1 : (size_t)len;
}

/* RFC 2409, 5.5 and appendix B. */
static CK_RV
read_extended(struct deriving *d, struct ike *ike)
{
	static const uint8_t zero[1];
	CK_IKE1_EXTENDED_DERIVE_PARAMS from;
	uint64_t len = 0;
	CK_RV rv = CKR_OK;

	if (!mechparam_struct(d->mechanism, &from, sizeof(from)) ||
	    !is_bool(from.bHasKeygxy) ||
	    !prf_of(from.prfMechanism, d, ike))
		return CKR_MECHANISM_PARAM_INVALID;
	ike->needs_len = true;
	if (from.bHasKeygxy == CK_TRUE)
		rv = put_key(d, from.hKeygxy);
	if (rv == CKR_OK)
		rv = put_data(d, from.pExtraData, from.ulExtraDataLen);
	if (rv != CKR_OK)
		return rv;
	chain(d, false);
	if (d->param.seed.len > 0)
		return CKR_OK;
	/* in front of the first block there is this instead; a base that is
	 * long enough is the key itself */
	d->op.iv = span_of(zero, sizeof(zero));
	if (object_number(d->base, PROP_VALUE_LEN, &len) == CNG_OK &&
	    length_of(d) <= len)
		d->op.scheme = OP_CUT;
	return CKR_OK;
}

static CK_RV
read_param(struct deriving *d, struct ike *ike)
{
	switch ((int)d->mech->param) {
	case PARAM_IKE_FIRST:
		return read_first(d, ike);
	case PARAM_IKE_NEXT:
		return read_next(d, ike);
	case PARAM_IKE_PLUS:
		return read_plus(d, ike);
	default:
		return read_extended(d, ike);
	}
}

/* --- the key --- */

static CK_RV
check_template(struct deriving *d, const struct ike *ike)
{
	struct props tmpl = tmpl_props(d->tmpl);
	const struct prop *type = props_find(tmpl, PROP_KEY_FAMILY);
	const struct prop *len = props_find(tmpl, PROP_VALUE_LEN);

	if ((ike->needs_type && type == NULL) ||
	    (ike->needs_len && length_of(d) == 0))
		return CKR_TEMPLATE_INCOMPLETE;
	if (ike->exact && len != NULL && len->number != ike->most)
		return CKR_KEY_SIZE_RANGE;
	return type != NULL || ike->family == KEY_NONE ? CKR_OK :
	    tmpl_add(d->tmpl, &(struct prop){ .id = PROP_KEY_FAMILY,
		.number = ike->family });
}

CK_RV
derive_ike(struct deriving *d, obj_id *out)
{
	struct access who = session_access(d->s);
	struct derive_part part = { .len = 0 };
	struct derive_request req = {
		.base = d->base,
		.op = &d->op,
		.mechanism = d->mech->type,
		.lineage = LINEAGE_KEEPS,
		.part = &part,
		.count = 1,
	};
	struct ike ike = { .family = KEY_NONE };
	enum cng_status st;
	CK_RV rv = read_param(d, &ike);

	if (rv == CKR_OK)
		rv = check_template(d, &ike);
	if (rv != CKR_OK)
		return rv;
	part.tmpl = tmpl_props(d->tmpl);
	part.len = ike.exact ? ike.most : 0;
	req.most = ike.most;
	req.other = d->param.other;
	req.others = d->param.others;
	st = token_derive_keys(d->s->token, &who, &req);
	if (st == CNG_OK)
		*out = part.id;
	return status_rv_change(st, d->s);
}
