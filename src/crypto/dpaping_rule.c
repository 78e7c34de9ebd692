/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Protection descriptors: an OID that says of which kind, then alternatives,
 * each a list of pairs of name and value, all of which must hold.
 */
#include <stdio.h>

#include <openssl/asn1.h>

#include "base/utf16.h"
#include "base/util.h"
#include "crypto/asn1_internal.h"
#include "crypto/dpaping.h"
#include "crypto/dpaping_der.h"

static const uint8_t sid[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37,
	0x4a, 0x01, 0x01 };
static const uint8_t local[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37,
	0x4a, 0x01, 0x08 };

static const struct kind {
	enum dpaping_kind kind;
	const char *name;
	struct span oid;
} kinds[] = {
	{ DPAPING_SID, "SID", { sid, sizeof sid } },
	{ DPAPING_LOCAL, "LOCAL", { local, sizeof local } },
};

static void
tell(struct dpaping_rule *rule, const char *before, struct span text)
{
	size_t used = strlen(rule->text);
	size_t len = utf8_valid(text) ? text.len : 0;

	/* cut anywhere: told to people only */
	(void)snprintf(rule->text + used, sizeof rule->text - used, "%s%.*s",
	    before, (int)(len < sizeof rule->text ? len : sizeof rule->text),
	    len > 0 ? (const char *)text.ptr : "?");
}

/* One protector: two strings. */
static bool
read_pair(struct dpaping_rule *rule, struct span pair, const char *before,
    struct span *name)
{
	if (!der_take(&pair, V_ASN1_UTF8STRING, false, name) ||
	    !der_take(&pair, V_ASN1_UTF8STRING, false, &rule->value) ||
	    pair.len > 0)
		return false;
	tell(rule, before, *name);
	tell(rule, "=", rule->value);
	return true;
}

/* OR of ANDs; counts the protectors. */
static bool
read_all(struct dpaping_rule *rule, struct span any, struct span *name,
    size_t *count)
{
	const char *before = "";
	struct span all, pair;

	for (*count = 0; any.len > 0; before = " OR ") {
		if (!der_take(&any, V_ASN1_SEQUENCE, false, &all) ||
		    all.len == 0)
			return false;
		for (; all.len > 0; before = " AND ") {
			if (!der_take(&all, V_ASN1_SEQUENCE, false, &pair) ||
			    !read_pair(rule, pair, before, name))
				return false;
			++*count;
		}
	}
	return *count > 0;
}

static enum dpaping_kind
kind_of(struct span oid, struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (span_equal(oid, kinds[i].oid) &&
		    span_equal(name, span_str(kinds[i].name)))
			return kinds[i].kind;
	return DPAPING_OTHER;
}

/* Of the kinds that count, byte for byte what would be written. */
static enum cng_status
check_encoding(const struct dpaping_rule *rule, struct span der)
{
	struct wr count = wr_of(NULL, 0), w;
	struct secret again = { 0 };
	enum cng_status st;

	if (rule->kind == DPAPING_OTHER)
		return CNG_OK;
	st = dpaping_rule_write(rule->kind, rule->value, &count);
	if (st == CNG_OK)
		st = secret_new(&again, count.len);
	w = wr_of(again.ptr, again.len);
	if (st == CNG_OK)
		st = dpaping_rule_write(rule->kind, rule->value, &w);
	if (st == CNG_OK && !span_equal(secret_span(&again), der))
		st = CNG_ERR_BAD_DATA;
	secret_free(&again);
	return st;
}

enum cng_status
dpaping_rule_read(struct dpaping_rule *out, struct span der)
{
	struct span in = der, oid, any, name, whole;
	size_t count;
	enum cng_status st = asn1_enter();

	*out = (struct dpaping_rule){ 0 };
	if (st != CNG_OK)
		return st;
	st = CNG_ERR_BAD_DATA;
	if (der_take(&in, V_ASN1_SEQUENCE, false, &whole) && in.len == 0 &&
	    der_take(&whole, V_ASN1_OBJECT, false, &oid) &&
	    der_take(&whole, V_ASN1_SEQUENCE, false, &any) &&
	    whole.len == 0 && read_all(out, any, &name, &count)) {
		out->kind = count == 1 ? kind_of(oid, name) : DPAPING_OTHER;
		st = check_encoding(out, der);
	}
	return asn1_leave(st);
}

enum cng_status
dpaping_rule_write(enum dpaping_kind kind, struct span value,
    struct wr *out)
{
	const struct kind *row = &kinds[kind == DPAPING_LOCAL];
	struct secret pair = { 0 }, all = { 0 };
	enum cng_status st = der_add(&pair, V_ASN1_UNIVERSAL,
	    V_ASN1_UTF8STRING, span_str(row->name));

	if (st == CNG_OK)
		st = der_add(&pair, V_ASN1_UNIVERSAL, V_ASN1_UTF8STRING,
		    value);
	/* the pair, the one that must hold, the one alternative */
	for (size_t i = 0; st == CNG_OK && i < 3; i++)
		st = der_wrap(&pair, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE);
	if (st == CNG_OK)
		st = der_add(&all, V_ASN1_UNIVERSAL, V_ASN1_OBJECT, row->oid);
	if (st == CNG_OK)
		st = secret_append(&all, secret_span(&pair));
	if (st == CNG_OK)
		st = der_wrap(&all, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE);
	if (st == CNG_OK) {
		wr_bytes(out, secret_span(&all));
		st = wr_status(out);
	}
	secret_free(&pair);
	secret_free(&all);
	return st;
}
