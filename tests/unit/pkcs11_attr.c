/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The attribute table, row by row, and templates good and bad.
 */
#include "pkcs11/attr.h"

#include "blob/blob.h"
#include "key/set.h"
#include "pkcs11/cryptoki_sets.h"
#include "pkcs11/vendor.h"
#include "base/util.h"
#include "tests/unit/runner.h"

#include <check.h>

START_TEST(rows_are_sorted_and_found)
{
	const struct attr_info *table;
	size_t i, k, count;

	table = attr_table(&count);
	ck_assert_uint_gt(count, 50);
	for (i = 0; i < count; i++) {
		ck_assert(attr_info(table[i].type) == &table[i]);
		if (i > 0)
			ck_assert_uint_lt(table[i - 1].type, table[i].type);
		/* two of the templates have two numbers each */
		for (k = 0; k < i; k++)
			ck_assert(table[k].prop != table[i].prop ||
			    table[i].form == ATTR_TEMPLATE);
	}
	ck_assert_ptr_null(attr_info(CKA_HW_FEATURE_TYPE));
	ck_assert_ptr_null(attr_info(~0UL));
}
END_TEST

START_TEST(forms_fit_kinds)
{
	static const enum prop_kind kind_of[] = {
		[ATTR_BOOL] = PROP_BOOL,
		[ATTR_ULONG] = PROP_NUMBER,
		[ATTR_CLASS] = PROP_NUMBER,
		[ATTR_KEY_TYPE] = PROP_NUMBER,
		[ATTR_BYTES] = PROP_BYTES,
		[ATTR_MECHANISMS] = PROP_BYTES,
		[ATTR_KEPT_ULONG] = PROP_BYTES,
		[ATTR_TEMPLATE] = PROP_BYTES,
	};
	const struct attr_info *table;
	size_t i, count;

	table = attr_table(&count);
	for (i = 0; i < count; i++)
		ck_assert_int_eq(
		    prop_kind(table[i].prop), kind_of[table[i].form]);
}
END_TEST

/* Whatever core knows has a number outside; but what NCrypt keeps besides is
 * in a form of its own. */
START_TEST(every_property_is_shown)
{
	static const struct {
		int from, to;
	} blocks[] = { { PROP_TOKEN, PROP_BOOL_COUNT },
		{ PROP_CLASS, PROP_NUMBER_END },
		{ PROP_LABEL, PROP_KEPT_END }, { PROP_VALUE, PROP_MADE_END } };
	const struct attr_info *table;
	size_t b, i, count;
	int id;

	table = attr_table(&count);
	for (b = 0; b < sizeof(blocks) / sizeof(blocks[0]); b++) {
		for (id = blocks[b].from; id < blocks[b].to; id++) {
			if (id == PROP_CNG_PROPERTIES)
				continue;
			for (i = 0; i < count; i++)
				if ((int)table[i].prop == id)
					break;
			ck_assert_msg(i < count, "property %d", id);
		}
	}
}
END_TEST

START_TEST(classes_and_key_types)
{
	enum key_family family;
	enum obj_class class;

	ck_assert(attr_class_from(CKO_PRIVATE_KEY, &class));
	ck_assert_int_eq(class, OBJ_PRIVATE);
	ck_assert(!attr_class_from(CKO_HW_FEATURE, &class));
	ck_assert(!attr_class_from(CK_UNAVAILABLE_INFORMATION, &class));
	ck_assert(attr_family_from(CKK_EC, &family));
	ck_assert_int_eq(family, KEY_EC);
	ck_assert(!attr_family_from(CKK_RC4, &family));
	ck_assert(!attr_family_from(CK_UNAVAILABLE_INFORMATION, &family));
}
END_TEST

/* Core counts the sets of a family as Cryptoki does. */
START_TEST(parameter_sets)
{
	static const struct {
		CK_KEY_TYPE type;
		CK_ULONG number;
		const char *name;
	} rows[] = {
		{ CKK_ML_KEM, CKP_ML_KEM_512, "512" },
		{ CKK_ML_KEM, CKP_ML_KEM_768, "768" },
		{ CKK_ML_KEM, CKP_ML_KEM_1024, "1024" },
		{ CKK_ML_DSA, CKP_ML_DSA_44, "44" },
		{ CKK_ML_DSA, CKP_ML_DSA_65, "65" },
		{ CKK_ML_DSA, CKP_ML_DSA_87, "87" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHA2_128S, "SHA2-128s" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_128S, "SHAKE-128s" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHA2_128F, "SHA2-128f" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_128F, "SHAKE-128f" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHA2_192S, "SHA2-192s" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_192S, "SHAKE-192s" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHA2_192F, "SHA2-192f" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_192F, "SHAKE-192f" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHA2_256S, "SHA2-256s" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256S, "SHAKE-256s" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHA2_256F, "SHA2-256f" },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256F, "SHAKE-256f" },
	};
	enum key_family family;
	enum key_set set;
	size_t i;

	ck_assert_uint_eq(ARRAY_LEN(rows), KEY_SET_COUNT - 1);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert(attr_family_from(rows[i].type, &family));
		ck_assert_int_eq(key_set_from_number(family, rows[i].number,
		    &set), CNG_OK);
		ck_assert_str_eq(key_set_info(set)->cng_name, rows[i].name);
	}
}
END_TEST

static CK_RV
read_one(CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG len)
{
	CK_ATTRIBUTE line = { type, value, len };
	struct tmpl tmpl;
	CK_RV rv;

	rv = tmpl_read(&tmpl, &line, 1, TMPL_MAKE);
	tmpl_free(&tmpl);
	return rv;
}

/* Each row: no value where one must be, one byte too few, one too many, a
 * length that nobody can mean. */
START_TEST(wrong_lengths_are_refused)
{
	static const size_t size_of[] = {
		[ATTR_BOOL] = sizeof(CK_BBOOL),
		[ATTR_ULONG] = sizeof(CK_ULONG),
		[ATTR_CLASS] = sizeof(CK_ULONG),
		[ATTR_KEY_TYPE] = sizeof(CK_ULONG),
		[ATTR_BYTES] = 0,
		[ATTR_MECHANISMS] = sizeof(CK_ULONG),
		[ATTR_KEPT_ULONG] = sizeof(CK_ULONG),
		[ATTR_TEMPLATE] = sizeof(CK_ATTRIBUTE),
	};
	unsigned char zero[32] = { 0 };
	const struct attr_info *table;
	size_t i, count, size;

	table = attr_table(&count);
	for (i = 0; i < count; i++) {
		CK_ATTRIBUTE_TYPE type = table[i].type;

		size = size_of[table[i].form];
		ck_assert_uint_eq(read_one(type, NULL, size + 1),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		ck_assert_uint_eq(read_one(type, zero, ~0UL),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		if (size == 0) {
			ck_assert_uint_eq(read_one(type, NULL, 0), CKR_OK);
			continue;
		}
		/* the zeroes are CKA_CLASS without a value */
		ck_assert_uint_eq(read_one(type, zero, size),
		    table[i].form == ATTR_TEMPLATE ?
		    CKR_ATTRIBUTE_VALUE_INVALID : CKR_OK);
		ck_assert_uint_eq(read_one(type, zero, size + 1),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		if (size > 1)
			ck_assert_uint_eq(read_one(type, zero, size - 1),
			    CKR_ATTRIBUTE_VALUE_INVALID);
	}
}
END_TEST

START_TEST(wrong_values_are_refused)
{
	CK_BBOOL maybe = 2;
	CK_ULONG other = CKO_HW_FEATURE, des = CKK_RC4;

	ck_assert_uint_eq(read_one(CKA_TOKEN, &maybe, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ck_assert_uint_eq(read_one(CKA_CLASS, &other, sizeof(other)),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ck_assert_uint_eq(read_one(CKA_KEY_TYPE, &des, sizeof(des)),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	ck_assert_uint_eq(read_one(CKA_HW_FEATURE_TYPE, NULL, 0),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	ck_assert_uint_eq(
	    read_one(0xdeadbeefUL, NULL, 0), CKR_ATTRIBUTE_TYPE_INVALID);
}
END_TEST

START_TEST(templates_as_wholes)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE twice[] = { { CKA_TOKEN, &yes, 1 },
		{ CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE many[TMPL_MAX + 1];
	struct tmpl tmpl;
	size_t i;

	ck_assert_uint_eq(tmpl_read(&tmpl, twice, 2, TMPL_MAKE), CKR_OK);
	ck_assert_uint_eq(tmpl.count, 1);
	tmpl_free(&tmpl);
	twice[1].pValue = &no;
	ck_assert_uint_eq(tmpl_read(&tmpl, twice, 2, TMPL_MAKE),
	    CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(tmpl.count, 0);
	for (i = 0; i <= TMPL_MAX; i++)
		many[i] = twice[0];
	ck_assert_uint_eq(tmpl_read(&tmpl, many, TMPL_MAX + 1, TMPL_MAKE),
	    CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(
	    tmpl_read(&tmpl, many, ~0UL, TMPL_MAKE), CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(
	    tmpl_read(&tmpl, NULL, 1, TMPL_MAKE), CKR_ARGUMENTS_BAD);
	ck_assert_uint_eq(tmpl_read(&tmpl, NULL, 0, TMPL_MAKE), CKR_OK);
}
END_TEST

START_TEST(unaligned_values_are_read)
{
	CK_ULONG class = CKO_SECRET_KEY;
	CK_MECHANISM_TYPE types[2] = { CKM_AES_CBC, CKM_CNG_ANY };
	unsigned char odd[sizeof(types) + 1], odd_class[sizeof(class) + 1];
	CK_ATTRIBUTE lines[2] = { { CKA_CLASS, odd_class + 1, sizeof(class) },
		{ CKA_ALLOWED_MECHANISMS, odd + 1, sizeof(types) } };
	struct tmpl tmpl;

	memcpy(odd_class + 1, &class, sizeof(class));
	memcpy(odd + 1, types, sizeof(types));
	ck_assert_uint_eq(tmpl_read(&tmpl, lines, 2, TMPL_MAKE), CKR_OK);
	ck_assert_uint_eq(tmpl.item[0].number, OBJ_SECRET);
	ck_assert_uint_eq(tmpl.item[1].bytes.len, 16);
	ck_assert_uint_eq(tmpl.item[1].bytes.ptr[0], 0x82);
	ck_assert_uint_eq(tmpl.item[1].bytes.ptr[1], 0x10);
	ck_assert_uint_eq(tmpl.item[1].bytes.ptr[11], 0xc3);
	tmpl_free(&tmpl);
}
END_TEST

/* Searching for what we do not know finds nothing and is no error. */
START_TEST(find_templates_are_forgiving)
{
	CK_ULONG trust = CKO_VENDOR_DEFINED | 3;
	CK_ATTRIBUTE class = { CKA_CLASS, &trust, sizeof(trust) };
	CK_ATTRIBUTE odd = { CKA_VENDOR_DEFINED | 9, NULL, 0 };
	struct tmpl tmpl;

	ck_assert_uint_eq(tmpl_read(&tmpl, &class, 1, TMPL_FIND), CKR_OK);
	ck_assert(tmpl.hopeless);
	ck_assert_uint_eq(tmpl_read(&tmpl, &odd, 1, TMPL_FIND), CKR_OK);
	ck_assert(tmpl.hopeless);
	ck_assert_uint_eq(tmpl_read(&tmpl, NULL, 0, TMPL_FIND), CKR_OK);
	ck_assert(!tmpl.hopeless);
}
END_TEST

START_TEST(lines_are_taken_and_added)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE lines[] = { { CKA_TOKEN, &yes, 1 },
		{ CKA_SIGN, &yes, 1 } };
	struct prop line;
	struct tmpl tmpl;

	ck_assert_uint_eq(tmpl_read(&tmpl, lines, 2, TMPL_MAKE), CKR_OK);
	ck_assert(tmpl_take(&tmpl, PROP_TOKEN, &line));
	ck_assert_uint_eq(tmpl.count, 1);
	ck_assert(!tmpl_take(&tmpl, PROP_TOKEN, &line));
	ck_assert_uint_eq(tmpl_add(&tmpl, &line), CKR_OK);
	ck_assert_uint_eq(tmpl_add(&tmpl, &line), CKR_TEMPLATE_INCONSISTENT);
	tmpl_free(&tmpl);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		rows_are_sorted_and_found,
		forms_fit_kinds,
		every_property_is_shown,
		classes_and_key_types,
		parameter_sets,
		wrong_lengths_are_refused,
		wrong_values_are_refused,
		templates_as_wholes,
		unaligned_values_are_read,
		find_templates_are_forgiving,
		lines_are_taken_and_added,
	};

	return run_tests("pkcs11 attributes", tests, ARRAY_LEN(tests));
}
