/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Domain parameters: groups for keys that are yet to be made.
 */
#include "core/internal.h"

static enum cng_status
as_value(enum cng_status st)
{
	return st == CNG_ERR_BAD_PUBLIC_KEY || st == CNG_ERR_BAD_DATA ||
		st == CNG_ERR_KEY_SIZE ? CNG_ERR_PROP_VALUE : st;
}

enum cng_status
domain_from(struct object *obj, struct props tmpl)
{
	enum key_family family = props_family(tmpl, KEY_NONE);
	enum cng_status st;

	if (family == KEY_NONE)
		return CNG_ERR_TEMPLATE_INCOMPLETE;
	if (!key_has_group(family))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	st = rules_domain_from(&obj->key, family, tmpl);
	return st == CNG_OK ? as_value(crypto_check_group(&obj->key)) : st;
}

/* How long the numbers are to be; *order 0: as usual for such a prime. */
static enum cng_status
read_sizes(enum key_family family, struct props tmpl, size_t *bits,
    size_t *order)
{
	uint64_t p = props_number(tmpl, PROP_PRIME_BITS, 0);
	const struct prop *q = props_find(tmpl, PROP_SUBPRIME_BITS);

	if (p == 0)
		return CNG_ERR_TEMPLATE_INCOMPLETE;
	if (q != NULL && family == KEY_DH)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (p > DH_BITS_MAX ||
	    (q != NULL && (q->number == 0 || q->number >= p)))
		return CNG_ERR_KEY_SIZE;
	*bits = (size_t)p;
	*order = q == NULL ? 0 : (size_t)q->number;
	return CNG_OK;
}

/* The numbers are made here: lines that say them, or another kind of object,
 * have no place. */
static enum cng_status
check_template(enum key_family family, struct props tmpl)
{
	static const enum prop_id numbers[] = { PROP_PRIME, PROP_SUBPRIME,
		PROP_BASE };

	if (props_number(tmpl, PROP_CLASS, OBJ_DOMAIN) != OBJ_DOMAIN ||
	    props_family(tmpl, family) != family)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (props_find(tmpl, numbers[i]) != NULL)
			return CNG_ERR_TEMPLATE_INCONSISTENT;
	return CNG_OK;
}

enum cng_status
token_generate_domain(struct token *tok, const struct access *who,
    enum key_family family, struct props tmpl, obj_id *out)
{
	struct rule_context ctx = token_rules(tok, MODE_GENERATE);
	struct key_material group = { 0 };
	struct object *obj = NULL;
	size_t bits = 0, order = 0;
	enum cng_status st = check_template(family, tmpl);

	*out = 0;
	if (st == CNG_OK)
		st = read_sizes(family, tmpl, &bits, &order);
	if (st == CNG_OK)
		st = crypto_generate_domain(&group, family, bits, order);
	if (st == CNG_OK)
		st = rules_make(&obj, OBJ_DOMAIN, &group, tmpl, &ctx);
	if (st == CNG_OK)
		st = rules_finish(obj, &ctx);
	key_free(&group);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	return token_place(tok, who, obj, out);
}
