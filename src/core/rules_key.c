/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The numbers of a key out of a template (C_CreateObject).
 */
#include "core/internal.h"

#include "base/util.h"
#include "base/why.h"
#include "crypto/asn1.h"
#include "key/set.h"

struct part_line {
	enum prop_id id;
	enum key_part part;
	bool secret;
};

static const struct part_line rsa_lines[] = {
	{ PROP_MODULUS, RSA_N, false },
	{ PROP_PUBLIC_EXPONENT, RSA_E, false },
	{ PROP_PRIVATE_EXPONENT, RSA_D, true },
	{ PROP_PRIME_1, RSA_P, true },
	{ PROP_PRIME_2, RSA_Q, true },
	{ PROP_EXPONENT_1, RSA_DP, true },
	{ PROP_EXPONENT_2, RSA_DQ, true },
	{ PROP_COEFFICIENT, RSA_QINV, true },
};

static const struct part_line dsa_lines[] = {
	{ PROP_PRIME, DSA_P, false },
	{ PROP_SUBPRIME, DSA_Q, false },
	{ PROP_BASE, DSA_G, false },
};

static const struct part_line dh_lines[] = {
	{ PROP_PRIME, DH_P, false },
	{ PROP_BASE, DH_G, false },
};

static const struct part_line x942_lines[] = {
	{ PROP_PRIME, DH_P, false },
	{ PROP_BASE, DH_G, false },
	{ PROP_SUBPRIME, DH_Q, false },
};

static const struct part_rows {
	enum key_family family;
	const struct part_line *line;
	size_t count;
} groups[] = {
	{ KEY_DSA, dsa_lines, ARRAY_LEN(dsa_lines) },
	{ KEY_DH, dh_lines, ARRAY_LEN(dh_lines) },
	{ KEY_X942, x942_lines, ARRAY_LEN(x942_lines) },
};

/* Of a family that has a group. */
static const struct part_rows *
group_of(enum key_family family)
{
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(groups) && groups[i].family != family)
		i++;
	return &groups[i];
}

/* What a family cannot do without, beside its group; a private RSA key may
 * have primes in the place of its exponent. */
static const struct needed {
	enum key_family family;
	bool private;
	enum key_part part;
	enum prop_id id;
} needed[] = {
	{ KEY_RSA, false, RSA_N, PROP_MODULUS },
	{ KEY_RSA, true, RSA_N, PROP_MODULUS },
	{ KEY_RSA, false, RSA_E, PROP_PUBLIC_EXPONENT },
	{ KEY_RSA, true, RSA_D, PROP_PRIVATE_EXPONENT },
	{ KEY_EC, false, EC_X, PROP_EC_POINT },
	{ KEY_MONTGOMERY, false, ECX_PUBLIC, PROP_EC_POINT },
	{ KEY_EDWARDS, false, ECX_PUBLIC, PROP_EC_POINT },
	{ KEY_DSA, false, DSA_Y, PROP_VALUE },
	{ KEY_DSA, true, DSA_X, PROP_VALUE },
	{ KEY_DH, false, DH_Y, PROP_VALUE },
	{ KEY_DH, true, DH_X, PROP_VALUE },
	{ KEY_X942, false, DH_Y, PROP_VALUE },
	{ KEY_X942, true, DH_X, PROP_VALUE },
	{ KEY_MLKEM, false, PQ_PUBLIC, PROP_VALUE },
	{ KEY_MLKEM, true, PQ_PRIVATE, PROP_VALUE },
	{ KEY_MLDSA, false, PQ_PUBLIC, PROP_VALUE },
	{ KEY_MLDSA, true, PQ_PRIVATE, PROP_VALUE },
	{ KEY_SLHDSA, false, PQ_PUBLIC, PROP_VALUE },
	{ KEY_SLHDSA, true, PQ_PRIVATE, PROP_VALUE },
};

static enum cng_status
is_missing(enum prop_id id)
{
	return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, (int)id, "is missing");
}

/* Why a key has no shape: something is missing, or does not fit the rest. */
static enum cng_status
misses(const struct key_material *key)
{
	const struct part_rows *rows = group_of(key->family);

	for (size_t i = 0; key_has_group(key->family) && i < rows->count; i++)
		if (key->part[rows->line[i].part].len == 0)
			return is_missing(rows->line[i].id);
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (needed[i].family == key->family &&
		    needed[i].private == key->has_private &&
		    key->part[needed[i].part].len == 0)
			return is_missing(needed[i].id);
	return why(CNG_ERR_PROP_VALUE, "the numbers of the key do not fit"
	    " each other in size");
}

/* The attribute that makes a key too small, too large or odd. */
static int
size_of(const struct key_material *key)
{
	size_t bits = key_bits(key);

	if (key->family == KEY_RSA)
		return PROP_MODULUS;
	if (key->family == KEY_DSA && bits >= DSA_BITS_MIN &&
	    bits <= DSA_BITS_MAX)
		return PROP_SUBPRIME;
	return key_has_group(key->family) ? PROP_PRIME : PROP_VALUE;
}

/* What does not fit its place is a bad value, not a missing one. */
static enum cng_status
judge_line(enum cng_status st, const struct prop *line)
{
	return st == CNG_ERR_BAD_DATA ? why_prop(CNG_ERR_PROP_VALUE,
	    (int)line->id, "malformed, out of range, or of a wrong length") :
	    why_else(st, (int)line->id);
}

static enum cng_status
take(struct key_material *out, enum key_part part, const struct prop *line)
{
	return judge_line(key_set(out, part, line->bytes), line);
}

static enum cng_status
rsa_from(struct key_material *out, struct props tmpl)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(rsa_lines); i++) {
		const struct prop *line = props_find(tmpl, rsa_lines[i].id);

		if (line == NULL)
			continue;
		if (rsa_lines[i].secret && !out->has_private)
			return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
			    (int)line->id, "in the template of a public key");
		st = take(out, rsa_lines[i].part, line);
	}
	if (st != CNG_OK)
		return st;
	if (out->part[RSA_E].len == 0 && out->has_private)
		/* an old private template may leave it out */
		st = key_set(out, RSA_E, span_of("\x01\x00\x01", 3));
	return st;
}

static enum cng_status
ec_from(struct key_material *out, struct props tmpl)
{
	const struct prop *params = props_find(tmpl, PROP_EC_PARAMS);
	const struct prop *point = props_find(tmpl, PROP_EC_POINT);
	const struct prop *value = props_find(tmpl, PROP_VALUE);
	enum cng_status st;

	if (params == NULL)
		return is_missing(PROP_EC_PARAMS);
	st = judge_line(ec_params_set(out, params->bytes), params);
	if (st == CNG_OK && point != NULL)
		st = judge_line(ec_point_decode(out, point->bytes), point);
	if (st != CNG_OK)
		return st;
	if (!out->has_private)
		return value == NULL ? CNG_OK :
		    why_prop(CNG_ERR_TEMPLATE_INCONSISTENT, PROP_VALUE,
			"in the template of a public key");
	if (value == NULL)
		return is_missing(PROP_VALUE);
	return take(out, out->family == KEY_EC ? EC_D : ECX_PRIVATE, value);
}

/* The value is x of a private key, y of a public one. */
static enum cng_status
ffc_from(struct key_material *out, struct props tmpl)
{
	const struct part_rows *rows = group_of(out->family);
	enum key_part x = out->family == KEY_DSA ? DSA_X : DH_X;
	enum key_part y = out->family == KEY_DSA ? DSA_Y : DH_Y;
	const struct prop *line = props_find(tmpl, PROP_VALUE);
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < rows->count; i++) {
		const struct prop *group = props_find(tmpl, rows->line[i].id);

		if (group != NULL)
			st = take(out, rows->line[i].part, group);
	}
	if (st == CNG_OK && line != NULL)
		st = take(out, out->has_private ? x : y, line);
	return st;
}

/* Diffie-Hellman of PKCS#3 has no subprime in its templates. */
enum cng_status
rules_domain_from(struct key_material *out, enum key_family family,
    struct props tmpl)
{
	const struct part_rows *rows = group_of(family);
	enum cng_status st = CNG_OK;

	*out = (struct key_material){ .family = family };
	for (size_t i = 0; st == CNG_OK && i < rows->count; i++) {
		const struct part_line *row = &rows->line[i];
		const struct prop *line = props_find(tmpl, row->id);

		st = line == NULL ? is_missing(row->id) :
				    take(out, row->part, line);
		if (st == CNG_OK && out->part[row->part].len == 0)
			st = why_prop(CNG_ERR_PROP_VALUE, (int)row->id,
			    "is empty, or zero");
	}
	if (st != CNG_OK)
		key_free(out);
	return st;
}

static enum cng_status
pq_part_from(struct key_material *out, enum key_part part,
    const struct prop *line, size_t len)
{
	if (line == NULL || line->bytes.len == 0)
		return CNG_OK;
	if (line->bytes.len != len)
		return why_prop(CNG_ERR_PROP_VALUE, (int)line->id,
		    "the set has values of another length");
	return take(out, part, line);
}

/* A private key may come as its seed, as its value or as both. */
static enum cng_status
pq_from(struct key_material *out, struct props tmpl)
{
	const struct prop *number = props_find(tmpl, PROP_PARAMETER_SET);
	const struct prop *seed = props_find(tmpl, PROP_SEED);
	const struct prop *value = props_find(tmpl, PROP_VALUE);
	const struct key_set_info *set;
	enum cng_status st;

	if (number == NULL)
		return is_missing(PROP_PARAMETER_SET);
	if (key_set_from_number(out->family, number->number, &out->set) !=
		CNG_OK)
		return why_prop(CNG_ERR_BAD_SET, PROP_PARAMETER_SET,
		    "a set that is not known");
	set = key_set_info(out->set);
	if (seed != NULL && (!out->has_private || set->seed_bytes == 0))
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT, PROP_SEED,
		    "keys of this kind have none");
	if (!out->has_private)
		return pq_part_from(out, PQ_PUBLIC, value,
		    set->public_bytes);
	st = pq_part_from(out, PQ_SEED, seed, set->seed_bytes);
	if (st == CNG_OK)
		st = pq_part_from(out, PQ_PRIVATE, value,
		    set->private_bytes);
	return st;
}

static enum cng_status
secret_from(struct key_material *out, struct props tmpl)
{
	const struct prop *value = props_find(tmpl, PROP_VALUE);
	uint64_t len;

	if (value == NULL)
		return is_missing(PROP_VALUE);
	len = props_number(tmpl, PROP_VALUE_LEN, value->bytes.len);
	if (len != value->bytes.len)
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT, PROP_VALUE_LEN,
		    "not the length of the value");
	return take(out, SYM_VALUE, value);
}

enum cng_status
rules_key_from(struct key_material *out, enum obj_class class,
    struct props tmpl)
{
	enum key_family family = props_family(tmpl, KEY_NONE);
	bool curve = family == KEY_EC || family == KEY_MONTGOMERY ||
	    family == KEY_EDWARDS;
	bool pair = key_is_pair(family);
	enum cng_status st;

	*out = (struct key_material){ 0 };
	if (family == KEY_NONE)
		return is_missing(PROP_KEY_FAMILY);
	if (pair == (class == OBJ_SECRET))
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
		    PROP_KEY_FAMILY, "not a type of this class");
	out->family = family;
	out->has_private = class != OBJ_PUBLIC;
	if (family == KEY_RSA)
		st = rsa_from(out, tmpl);
	else if (curve)
		st = ec_from(out, tmpl);
	else if (key_has_group(family))
		st = ffc_from(out, tmpl);
	else if (key_family_has_sets(family))
		st = pq_from(out, tmpl);
	else
		st = secret_from(out, tmpl);
	if (st == CNG_OK)
		st = key_check_shape(out);
	if (st == CNG_ERR_BAD_DATA)
		st = misses(out);
	if (st == CNG_ERR_KEY_SIZE)
		st = why_prop(CNG_ERR_PROP_VALUE, size_of(out),
		    "not a size of such keys");
	if (st != CNG_OK)
		key_free(out);
	return st;
}

/* The point is in private templates too, though private keys have none. */
static enum cng_status
check_belongs(const struct object *obj, const struct prop *line)
{
	struct wr count = wr_of(NULL, 0);
	uint64_t number = 0;
	enum cng_status st;

	if (line->id == PROP_EC_POINT && obj->class == OBJ_PRIVATE)
		return obj->key.curve != CURVE_NONE ? CNG_OK :
						      CNG_ERR_PROP_UNKNOWN;
	if (line->id == PROP_MODULUS_BITS && obj->key.family == KEY_RSA)
		return line->number == key_bits(&obj->key) ?
		    CNG_OK : CNG_ERR_TEMPLATE_INCONSISTENT;
	st = prop_kind(line->id) == PROP_BYTES ?
	    object_bytes(obj, line->id, &count) :
	    object_number(obj, line->id, &number);
	if (st == CNG_OK && number != line->number &&
	    (line->id == PROP_PRIME_BITS || line->id == PROP_SUBPRIME_BITS ||
		line->id == PROP_VALUE_BITS))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	return st == CNG_ERR_PROP_SENSITIVE ? CNG_OK : st;
}

enum cng_status
rules_check_lines(const struct object *obj, struct props tmpl)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < tmpl.count; i++) {
		enum prop_id id = tmpl.item[i].id;

		if ((id >= PROP_VALUE && id < PROP_PUBLIC_KEY_INFO) ||
		    id == PROP_PRIME || id == PROP_SUBPRIME ||
		    id == PROP_BASE ||
		    id == PROP_VALUE_LEN || id == PROP_VALUE_BITS ||
		    id == PROP_MODULUS_BITS || id == PROP_PRIME_BITS ||
		    id == PROP_SUBPRIME_BITS ||
		    id == PROP_KEY_FAMILY || id == PROP_CERT_TYPE)
			st = why_else(check_belongs(obj, &tmpl.item[i]),
			    (int)id);
	}
	return st;
}

/* --- keys that came from elsewhere --------------------------------------- */

static enum cng_status
check_line(const struct object *obj, const struct prop *line,
    enum prop_mode mode)
{

	switch ((int)line->id) {
	case PROP_MODULUS_BITS:
		return obj->key.family == KEY_RSA &&
			line->number == key_bits(&obj->key) ?
		    CNG_OK : CNG_ERR_TEMPLATE_INCONSISTENT;
	case PROP_CLASS:
	case PROP_KEY_FAMILY:
	case PROP_VALUE_LEN:
	case PROP_VALUE_BITS:
	case PROP_PRIME_BITS:
	case PROP_SUBPRIME_BITS:
	case PROP_MODULUS:
	case PROP_EC_POINT:
	case PROP_PRIME:
	case PROP_SUBPRIME:
	case PROP_BASE:
	case PROP_PARAMETER_SET:
	case PROP_EC_PARAMS:
		break;
	case PROP_SEED:
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	case PROP_PUBLIC_EXPONENT:
		/* often given to the private template too */
		return span_equal(prop_trimmed(line),
			   key_part(&obj->key, RSA_E)) ?
		    CNG_OK : CNG_ERR_TEMPLATE_INCONSISTENT;
	case PROP_CHECK_VALUE:
		if (obj->class != OBJ_SECRET || line->bytes.len == 0)
			return CNG_OK;
		return object_says(obj, line, CNG_ERR_PROP_VALUE);
	default:
		return line->id >= PROP_VALUE &&
			line->id < PROP_PUBLIC_KEY_INFO ?
		    CNG_ERR_TEMPLATE_INCONSISTENT : CNG_OK;
	}
	if (mode == MODE_GENERATE && line->id == PROP_MODULUS)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	return object_says(obj, line, CNG_ERR_TEMPLATE_INCONSISTENT);
}

enum cng_status
rules_check_key(const struct object *obj, struct props tmpl,
    enum prop_mode mode)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < tmpl.count; i++) {
		st = check_line(obj, &tmpl.item[i], mode);
		/* of what was unwrapped or derived the code tells enough */
		if (mode == MODE_GENERATE && st != CNG_OK)
			(void)why_prop(st, (int)tmpl.item[i].id,
			    "not what is made here");
	}
	return st;
}
