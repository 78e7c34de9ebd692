/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Our Cryptoki numbers against those of p11-kit's header, which other people
 * wrote.  Five of its return values are known to be wrong.
 */
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_small.h"
#include "tests/unit/pkcs11_peer.h"
#include "base/util.h"
#include "tests/unit/runner.h"

#include <check.h>
#include <stddef.h>
#include <string.h>

static const struct number ours[] = {
#define ROW(name) { #name, (unsigned long)(name) },
#include "tests/unit/pkcs11_names.inc"
#undef ROW
};

#define COUNT (sizeof(ours) / sizeof(ours[0]))

static const struct number wrong_there[] = {
	{ "CKR_EXCEEDED_MAX_ITERATIONS", 0x1b5 },
	{ "CKR_FIPS_SELF_TEST_FAILED", 0x1b6 },
	{ "CKR_LIBRARY_LOAD_FAILED", 0x1b7 },
	{ "CKR_PIN_TOO_WEAK", 0x1b8 },
	{ "CKR_PUBLIC_KEY_INVALID", 0x1b9 },
};

static const struct number *
known_wrong(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(wrong_there) / sizeof(wrong_there[0]); i++)
		if (strcmp(wrong_there[i].name, name) == 0)
			return &wrong_there[i];
	return NULL;
}

START_TEST(numbers_agree)
{
	const struct number *peer, *fact;
	size_t i, k, peers, same;

	peer = peer_numbers(&peers);
	ck_assert_uint_gt(peers, 300);
	same = 0;
	for (i = 0; i < COUNT; i++) {
		fact = known_wrong(ours[i].name);
		if (fact != NULL) {
			ck_assert_uint_eq(ours[i].value, fact->value);
			continue;
		}
		for (k = 0; k < peers; k++) {
			if (strcmp(peer[k].name, ours[i].name) != 0)
				continue;
			ck_assert_msg(peer[k].value == ours[i].value, "%s",
			    ours[i].name);
			same++;
		}
	}
	ck_assert_uint_gt(same, 300);
}
END_TEST

START_TEST(layouts_agree)
{
	const struct number *peer;
	size_t k, peers;
	const struct number here[] = {
#define LAYOUT(type) { #type, sizeof(type) },
#include "tests/unit/pkcs11_layout.inc"
#undef LAYOUT
	};

	peer = peer_layouts(&peers);
	ck_assert_uint_eq(peers, sizeof(here) / sizeof(here[0]));
	for (k = 0; k < peers; k++) {
		ck_assert_str_eq(peer[k].name, here[k].name);
		ck_assert_msg(peer[k].value == here[k].value, "%s",
		    here[k].name);
	}
}
END_TEST

START_TEST(the_list_has_68_calls)
{
	ck_assert_uint_eq(offsetof(CK_FUNCTION_LIST, C_Initialize),
	    sizeof(void *));
	ck_assert_uint_eq(sizeof(CK_FUNCTION_LIST), 69 * sizeof(void *));
	ck_assert_uint_eq(offsetof(CK_FUNCTION_LIST, C_WaitForSlotEvent),
	    68 * sizeof(void *));
}
END_TEST

START_TEST(no_pointer_is_null)
{
	CK_FUNCTION_LIST_PTR list;
	void *pointer[68];
	size_t i;

	ck_assert_uint_eq(C_GetFunctionList(&list), CKR_OK);
	ck_assert_uint_eq(C_GetFunctionList(NULL), CKR_ARGUMENTS_BAD);
	memcpy(pointer, (const char *)list + sizeof(void *), sizeof(pointer));
	for (i = 0; i < 68; i++)
		ck_assert_ptr_nonnull(pointer[i]);
}
END_TEST

int
main(void)
{
	const TTest *const alone[] = { the_list_has_68_calls,
		no_pointer_is_null };
	const TTest *const compared[] = { numbers_agree,
		layouts_agree };
	size_t peers;
	int failed;

	failed = run_tests("pkcs11 numbers", alone, ARRAY_LEN(alone));
	if (peer_numbers(&peers) == NULL)
		return failed != 0 ? failed : 77; /* skipped, said so */
	failed |= run_tests(
	    "pkcs11 numbers compared", compared, ARRAY_LEN(compared));
	return failed;
}
