/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties that tell the parameters of a key: of a group, a curve or a
 * post-quantum set.  The first two are cut out of a public blob, so that only
 * one place knows those layouts.
 */
#include "ncrypt/prop.h"

#include "base/rd.h"
#include "base/util.h"
#include "core/transfer.h"
#include "key/set.h"

/* --- out of a public blob ------------------------------------------------ */

static enum cng_status
public_blob(struct nkey *key, enum blob_type type, struct secret *out)
{
	struct export_request req = { .format = TRANSFER_CNG, .type = type };
	struct wr w = wr_of(NULL, 0);
	struct object *obj = NULL;
	enum cng_status st = nkey_half(key, &obj);

	if (st != CNG_OK)
		return st;
	st = token_export(state_loose(), obj, &req, &w);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = token_export(state_loose(), obj, &req, &w);
	}
	object_free(obj);
	return st;
}

/* BCRYPT_DH_PARAMETER_HEADER, p, g. */
static bool
cut_dh(struct span blob, struct wr *out)
{
	struct rd in = rd_of(blob);
	struct span numbers;
	uint32_t magic, len;

	if (!rd_u32le(&in, &magic) || !rd_u32le(&in, &len) ||
	    !rd_take(&in, 2 * (size_t)len, &numbers))
		return false;
	wr_u32le(out, (uint32_t)(sizeof(BCRYPT_DH_PARAMETER_HEADER) +
	    numbers.len));
	wr_u32le(out, BCRYPT_DH_PARAMETERS_MAGIC);
	wr_u32le(out, len);
	wr_bytes(out, numbers);
	return true;
}

/* From the length of p on, the blob has what the parameters have: the fields
 * of its version, then seed and q, then p and g. */
static bool
cut_dsa(struct span blob, struct wr *out)
{
	struct rd in = rd_of(blob), fields;
	struct span rest;
	uint32_t magic, len, skip, seed = 0, group = 0;
	bool second;
	size_t size;

	if (!rd_u32le(&in, &magic))
		return false;
	fields = in;
	second = magic == BCRYPT_DSA_PUBLIC_MAGIC_V2;
	size = sizeof(BCRYPT_DSA_KEY_BLOB) - sizeof(magic);
	if (!rd_u32le(&fields, &len))
		return false;
	if (second && (!rd_u32le(&fields, &skip) ||
	    !rd_u32le(&fields, &skip) || !rd_u32le(&fields, &seed) ||
	    !rd_u32le(&fields, &group)))
		return false;
	if (second)
		size = sizeof(BCRYPT_DSA_KEY_BLOB_V2) - sizeof(magic) +
		    (size_t)seed + group;
	size += 2 * (size_t)len;
	if (!rd_take(&in, size, &rest))
		return false;
	wr_u32le(out, (uint32_t)(2 * sizeof(uint32_t) + size));
	wr_u32le(out, second ? BCRYPT_DSA_PARAMETERS_MAGIC_V2 :
			       BCRYPT_DSA_PARAMETERS_MAGIC);
	wr_bytes(out, rest);
	return true;
}

/* BCRYPT_ECC_PARAMETER_HEADER to the seed: all but the magic and the point
 * of a full blob. */
static bool
cut_ecc(struct span blob, struct wr *out)
{
	struct rd in = rd_of(blob), fields;
	struct span rest;
	uint32_t magic, skip, len;

	if (!rd_u32le(&in, &magic))
		return false;
	fields = in;
	if (!rd_u32le(&fields, &skip) || !rd_u32le(&fields, &skip) ||
	    !rd_u32le(&fields, &skip) || !rd_u32le(&fields, &len) ||
	    in.left < 2 * (size_t)len ||
	    !rd_take(&in, in.left - 2 * (size_t)len, &rest))
		return false;
	wr_bytes(out, rest);
	return true;
}

static bool get_waiting(struct nkey *key, struct wr *out);

static SECURITY_STATUS
get_cut(struct nkey *key, const struct facts *facts, enum blob_type type,
    bool (*cut)(struct span blob, struct wr *out), struct wr *out)
{
	struct secret blob = { 0 };
	enum cng_status st;

	if (facts->obj == NULL)
		return get_waiting(key, out) ? ERROR_SUCCESS :
					       NTE_BAD_KEY_STATE;
	st = public_blob(key, type, &blob);
	if (st == CNG_OK && !cut(secret_span(&blob), out))
		st = CNG_ERR_INTERNAL;
	secret_free(&blob);
	return st == CNG_ERR_BAD_TYPE ? NTE_NOT_SUPPORTED : status_of(st);
}

SECURITY_STATUS
prop_get_dh(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)flags;
	return facts->family != KEY_DH ? NTE_NOT_SUPPORTED :
	    get_cut(key, facts, BLOB_DHPUBLIC, cut_dh, out);
}

SECURITY_STATUS
prop_get_dsa(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)flags;
	return facts->family != KEY_DSA ? NTE_NOT_SUPPORTED :
	    get_cut(key, facts, BLOB_DSAPUBLIC, cut_dsa, out);
}

SECURITY_STATUS
prop_get_ecc(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)flags;
	return facts->family != KEY_EC ? NTE_NOT_SUPPORTED :
	    get_cut(key, facts, BLOB_ECCFULLPUBLIC, cut_ecc, out);
}

/* --- groups that are set ------------------------------------------------- */

/* The header says how long it all is, what it is, and how long p is. */
static bool
read_header(struct rd *in, size_t size, uint32_t *magic, uint32_t *len)
{
	uint32_t all;

	return rd_u32le(in, &all) && all == size && rd_u32le(in, magic) &&
	    rd_u32le(in, len);
}

static bool
read_dsa(struct rd *in, bool second, struct span *q)
{
	struct span skip;
	uint32_t number, seed = 20, group = 20;

	if (second && (!rd_u32le(in, &number) || !rd_u32le(in, &number) ||
	    !rd_u32le(in, &seed) || !rd_u32le(in, &group)))
		return false;
	return rd_take(in, 4, &skip) && rd_take(in, seed, &skip) &&
	    rd_take(in, group, q);
}

bool
group_read(struct span bytes, enum key_family family, struct prop lines[3],
    size_t *count)
{
	struct rd in = rd_of(bytes);
	uint32_t magic, len;
	struct span p, g, q = { NULL, 0 };

	if (!read_header(&in, bytes.len, &magic, &len))
		return false;
	if (family == KEY_DH ? magic != BCRYPT_DH_PARAMETERS_MAGIC :
	    magic != BCRYPT_DSA_PARAMETERS_MAGIC &&
	    magic != BCRYPT_DSA_PARAMETERS_MAGIC_V2)
		return false;
	if (family == KEY_DSA &&
	    !read_dsa(&in, magic == BCRYPT_DSA_PARAMETERS_MAGIC_V2, &q))
		return false;
	if (!rd_take(&in, len, &p) || !rd_take(&in, len, &g) ||
	    !rd_at_end(&in))
		return false;
	lines[0] = (struct prop){ .id = PROP_PRIME, .bytes = span_trim(p) };
	lines[1] = (struct prop){ .id = PROP_BASE, .bytes = span_trim(g) };
	lines[2] = (struct prop){ .id = PROP_SUBPRIME,
		.bytes = span_trim(q) };
	*count = family == KEY_DH ? 2 : 3;
	return true;
}

/* Kept until the key is made; then it says whether it is a group at all. */
static SECURITY_STATUS
set_group(struct nkey *key, const struct facts *facts,
    enum key_family family, struct span value)
{
	struct prop lines[3];
	size_t count;
	enum cng_status st;

	if (facts->family != family)
		return NTE_NOT_SUPPORTED;
	if (!facts->making || facts->obj != NULL)
		return NTE_BAD_KEY_STATE;
	if (!group_read(value, family, lines, &count))
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	st = secret_replace(&key->group, value);
	if (st == CNG_OK)
		key->bits = 8 * lines[0].bytes.len;
	lock_drop(&key->lock);
	return status_of(st);
}

SECURITY_STATUS
prop_set_dh(struct nkey *key, const struct facts *facts, struct span value)
{
	return set_group(key, facts, KEY_DH, value);
}

SECURITY_STATUS
prop_set_dsa(struct nkey *key, const struct facts *facts, struct span value)
{
	return set_group(key, facts, KEY_DSA, value);
}

/* What was set and is not used yet. */
static bool
get_waiting(struct nkey *key, struct wr *out)
{
	bool found;

	lock_take(&key->lock);
	found = key->making && key->id == 0 && key->group.len > 0;
	if (found)
		wr_bytes(out, secret_span(&key->group));
	lock_drop(&key->lock);
	return found;
}

/* --- curves -------------------------------------------------------------- */

SECURITY_STATUS
prop_get_curve(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	const struct curve_info *curve = curve_info(facts->curve);

	(void)key;
	(void)flags;
	if (curve == NULL || curve->cng_name == NULL)
		return NTE_NOT_SUPPORTED;
	wide_write(out, span_str(curve->cng_name));
	return ERROR_SUCCESS;
}

/* For the algorithms whose name does not say it. */
SECURITY_STATUS
prop_set_curve(struct nkey *key, const struct facts *facts,
    struct span value)
{
	struct secret name = { 0 };
	const struct curve_info *info = NULL;
	enum key_curve curve = CURVE_NONE;
	enum cng_status st;

	if (!facts->making || facts->obj != NULL)
		return NTE_BAD_KEY_STATE;
	if (facts->alg->family != KEY_EC || facts->alg->curve != CURVE_NONE)
		return NTE_NOT_SUPPORTED;
	st = wide_read_curve(&name, &curve, value);
	secret_free(&name);
	if (st == CNG_OK)
		info = curve_info(curve);
	if (info == NULL ||
	    (info->family != KEY_EC && facts->alg->role != KEY_ROLE_AGREE))
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	key->curve = curve;
	key->bits = info->bits;
	lock_drop(&key->lock);
	return ERROR_SUCCESS;
}

/* --- post-quantum sets --------------------------------------------------- */

SECURITY_STATUS
prop_get_set(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	const struct key_set_info *set = facts_set(facts);

	(void)key;
	(void)flags;
	if (!key_family_has_sets(facts->family))
		return NTE_NOT_SUPPORTED;
	if (set == NULL)
		return NTE_NOT_FOUND;
	wide_write(out, span_str(set->cng_name));
	return ERROR_SUCCESS;
}

SECURITY_STATUS
prop_set_set(struct nkey *key, const struct facts *facts, struct span value)
{
	struct secret name = { 0 };
	enum key_set set = KEY_SET_NONE;
	enum cng_status st;

	if (!key_family_has_sets(facts->family))
		return NTE_NOT_SUPPORTED;
	if (!facts->making || facts->obj != NULL)
		return NTE_BAD_KEY_STATE;
	st = wide_read_bytes(&name, value);
	if (st == CNG_OK && name.len > 0)
		st = key_set_from_name(facts->family, (const char *)name.ptr,
		    &set);
	secret_free(&name);
	if (st != CNG_OK || set == KEY_SET_NONE)
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	key->set = set;
	lock_drop(&key->lock);
	return ERROR_SUCCESS;
}

#define SHARED_SECRET 32

static SECURITY_STATUS
put_kem_size(const struct facts *facts, bool secret, struct wr *out)
{
	const struct key_set_info *set = facts_set(facts);

	if (facts->family != KEY_MLKEM)
		return NTE_NOT_SUPPORTED;
	if (set == NULL)
		return NTE_NOT_FOUND;
	return put_number(out, secret ? SHARED_SECRET :
					(DWORD)set->output_bytes);
}

SECURITY_STATUS
prop_get_kem_secret(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)flags;
	return put_kem_size(facts, true, out);
}

SECURITY_STATUS
prop_get_kem_ciphertext(struct nkey *key, const struct facts *facts,
    DWORD flags, struct wr *out)
{
	(void)key;
	(void)flags;
	return put_kem_size(facts, false, out);
}
