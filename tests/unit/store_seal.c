/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is sealed, and what edits of rows and facts do to it.
 */
#include "config.h"

#include "store_token.h"

#include <stdlib.h>

#include "base/util.h"
#include "base/wr.h"

static void
expect_corrupt(struct vault *vault, const struct store_record *record)
{
	struct secret plain;

	ck_assert_int_eq(vault_open(vault, record, &plain),
	    CNG_ERR_STORE_CORRUPT);
	ck_assert_ptr_null(plain.ptr);
	ck_assert(vault_is_open(vault));
}

START_TEST(edits_are_noticed)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record a;
	struct store_record b;
	struct secret plain;
	struct secret swap;
	struct vault *vault;

	help_crypto();
	vault = help_token(store);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	help_record(&a, 1);
	help_record(&b, 2);
	a.has_name = true;
	memset(a.name.bytes, 1, STORE_TAG);
	ck_assert_int_eq(vault_seal(vault, span_str("one"), &a), CNG_OK);
	ck_assert_int_eq(vault_seal(vault, span_of(NULL, 0), &b), CNG_OK);
	ck_assert_int_eq(vault_open(vault, &b, &plain), CNG_OK);
	ck_assert_uint_eq(plain.len, 0);
	secret_free(&plain);

	for (size_t i = 0; i < a.sealed.len; i++) {
		a.sealed.ptr[i] ^= 0x10;
		expect_corrupt(vault, &a);
		a.sealed.ptr[i] ^= 0x10;
	}
	a.clear.ptr[3] ^= 1;
	expect_corrupt(vault, &a);
	a.clear.ptr[3] ^= 1;
	a.clear.len--;
	expect_corrupt(vault, &a);
	a.clear.len++;
	a.kind ^= 0x100;
	expect_corrupt(vault, &a);
	a.kind ^= 0x100;
	a.version++;
	expect_corrupt(vault, &a);
	a.version--;
	a.name.bytes[0]++;
	expect_corrupt(vault, &a);
	a.name.bytes[0]--;
	a.has_name = false;
	expect_corrupt(vault, &a);
	a.has_name = true;
	a.uid[0] ^= 1;
	expect_corrupt(vault, &a);
	a.uid[0] ^= 1;
	b.has_name = true;
	expect_corrupt(vault, &b);
	b.has_name = false;

	swap = a.sealed;
	a.sealed = b.sealed;
	b.sealed = swap;
	expect_corrupt(vault, &a);
	expect_corrupt(vault, &b);
	secret_truncate(&a.sealed, 5);
	expect_corrupt(vault, &a);
	secret_free(&a.sealed);
	expect_corrupt(vault, &a);
	store_record_free(&a);
	store_record_free(&b);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* Label, serial, cost, salt and the keys of the other role: the right PIN
 * still says that something is wrong. */
START_TEST(edited_facts_are_noticed)
{
	static const char *const names[] = {
		"token", "pin.user", "pin.so", "tries.user"
	};
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault *vault;
	struct secret good;
	struct secret other;

	help_crypto();
	vault = help_token(store);
	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		ck_assert_int_eq(store_fact_get(store, names[n], &good),
		    CNG_OK);
		for (size_t i = 0; i < good.len; i++) {
			struct vault_state state;
			enum cng_status st;

			good.ptr[i] ^= 4;
			help_fact(store, names[n], secret_span(&good));
			st = vault_unlock(vault, n == 2 ? VAULT_SO :
			    VAULT_USER, n == 2 ? SO_PIN : USER_PIN);
			if (strcmp(names[n], "token") == 0)
				ck_assert_int_eq(st, CNG_ERR_STORE_CORRUPT);
			else if (n == 3)
				ck_assert(st == CNG_OK ||
				    st == CNG_ERR_STORE_CORRUPT);
			else
				ck_assert(st == CNG_ERR_STORE_CORRUPT ||
				    st == CNG_ERR_PIN_WRONG);
			st = vault_state(vault, &state);
			ck_assert(st == CNG_OK ||
			    st == CNG_ERR_STORE_CORRUPT);
			good.ptr[i] ^= 4;
			help_fact(store, names[n], secret_span(&good));
			help_fact(store, "tries.user",
			    span_of("\0\0\0\0", 4));
			help_fact(store, "tries.so", span_of("\0\0\0\0", 4));
		}
		secret_free(&good);
	}
	ck_assert_int_eq(store_fact_get(store, "pin.user", &good), CNG_OK);
	ck_assert_int_eq(store_fact_get(store, "pin.so", &other), CNG_OK);
	help_fact(store, "pin.user", secret_span(&other));
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, SO_PIN),
	    CNG_ERR_STORE_CORRUPT);
	secret_free(&good);
	secret_free(&other);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* A file may not ask for a terabyte. */
START_TEST(hostile_costs_are_refused)
{
	static const struct {
		uint64_t n;
		uint32_t r;
		uint32_t p;
	} costs[] = {
		{ 0, 8, 1 }, { 1, 8, 1 }, { 3, 8, 1 },
		{ UINT64_C(1) << 40, 8, 1 }, { UINT64_C(1) << 63, 8, 1 },
		{ 1 << 20, 32, 1 }, { 16, 0, 1 }, { 16, 8, 0 },
		{ 16, UINT32_MAX, 1 }, { 16, 8, UINT32_MAX },
	};
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault_state state;
	struct vault *vault;
	struct secret fact;

	help_crypto();
	vault = help_token(store);
	ck_assert_int_eq(store_fact_get(store, "pin.user", &fact), CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
		struct wr w = wr_of(fact.ptr, fact.len);

		wr_u32le(&w, 1);
		wr_u64le(&w, costs[i].n);
		wr_u32le(&w, costs[i].r);
		wr_u32le(&w, costs[i].p);
		ck_assert_int_eq(wr_status(&w), CNG_OK);
		help_fact(store, "pin.user", secret_span(&fact));
		ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN),
		    CNG_ERR_STORE_CORRUPT);
		ck_assert_int_eq(vault_state(vault, &state),
		    CNG_ERR_STORE_CORRUPT);
	}
	secret_free(&fact);
	vault_free(vault);
	store_close(store);
}
END_TEST

START_TEST(missing_facts_are_noticed)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault_state state;
	struct vault *vault;
	struct secret token;
	struct secret so;

	help_crypto();
	vault = help_token(store);
	ck_assert_int_eq(store_fact_get(store, "token", &token), CNG_OK);
	ck_assert_int_eq(store_fact_get(store, "pin.so", &so), CNG_OK);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_erase(store), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "pin.so", secret_span(&so)),
	    CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	ck_assert_int_eq(vault_state(vault, &state), CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(vault_init(vault, SO_PIN, span_str("x")),
	    CNG_ERR_STORE_CORRUPT);

	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_erase(store), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "token", secret_span(&token)),
	    CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	ck_assert_int_eq(vault_state(vault, &state), CNG_ERR_STORE_CORRUPT);
	secret_free(&token);
	secret_free(&so);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* Somebody else makes the token anew while we are logged in. */
START_TEST(old_keys_do_not_outlive_the_token)
{
	struct store *a = help_open(help_path("token"), STORE_CREATE);
	struct store *b = help_open(help_path("token"), STORE_OPEN);
	struct store_record record;
	struct vault *ours;
	struct vault *theirs;

	help_crypto();
	ours = help_token(a);
	theirs = help_vault(b);
	help_record(&record, 1);
	ck_assert_int_eq(vault_unlock(ours, VAULT_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_seal(ours, span_str("k"), &record), CNG_OK);
	ck_assert_int_eq(vault_init(theirs, SO_PIN, span_str("new")), CNG_OK);
	ck_assert_int_eq(vault_init_user(ours, USER_PIN),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(vault_seal(ours, span_str("k"), &record),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert(!vault_is_open(ours));
	store_record_free(&record);
	vault_free(ours);
	vault_free(theirs);
	store_close(a);
	store_close(b);
}
END_TEST

START_TEST(tags_are_keyed_or_plain)
{
	struct store *a = help_open("memory:", STORE_CREATE);
	struct store *b = help_open("memory:", STORE_CREATE);
	struct store_tag tag[5];
	struct vault *one;
	struct vault *two;

	help_crypto();
	one = help_token(a);
	two = help_token(b);
	ck_assert_int_eq(vault_tag(one, true, 3, span_str("x"), &tag[0]),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(vault_tag(one, false, 3, span_str("x"), &tag[0]),
	    CNG_OK);
	ck_assert_int_eq(vault_tag(two, false, 3, span_str("x"), &tag[1]),
	    CNG_OK);
	ck_assert_mem_eq(tag[0].bytes, tag[1].bytes, STORE_TAG);
	ck_assert_int_eq(vault_unlock(one, VAULT_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(vault_unlock(two, VAULT_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(vault_tag(one, true, 3, span_str("x"), &tag[1]),
	    CNG_OK);
	ck_assert_int_eq(vault_tag(two, true, 3, span_str("x"), &tag[2]),
	    CNG_OK);
	ck_assert_int_eq(vault_tag(one, true, 4, span_str("x"), &tag[3]),
	    CNG_OK);
	ck_assert_int_eq(vault_tag(one, true, 3, span_of(NULL, 0), &tag[4]),
	    CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(tag); i++) {
		for (size_t j = 0; j < i; j++)
			ck_assert_mem_ne(tag[i].bytes, tag[j].bytes,
			    STORE_TAG);
	}
	vault_lock(one);
	ck_assert_int_eq(vault_unlock(one, VAULT_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_tag(one, true, 3, span_str("x"), &tag[0]),
	    CNG_OK);
	ck_assert_mem_eq(tag[0].bytes, tag[1].bytes, STORE_TAG);
	vault_free(one);
	vault_free(two);
	store_close(a);
	store_close(b);
}
END_TEST

START_TEST(transport_comes_back_to_the_token)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct secret sealed = { 0 }, again = { 0 }, plain = { 0 };
	struct span text = span_str("a key"), head = span_str("head");
	struct vault *vault;

	help_crypto();
	vault = help_token(store);
	ck_assert_int_eq(vault_transport_seal(vault, head, text, &sealed),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(vault_transport_seal(vault, head, text, &sealed),
	    CNG_OK);
	ck_assert_uint_eq(sealed.len, text.len + vault_transport_overhead());
	ck_assert_int_eq(vault_transport_seal(vault, head, text, &again),
	    CNG_OK);
	ck_assert(!span_equal(secret_span(&sealed), secret_span(&again)));
	ck_assert_int_eq(vault_transport_open(vault, head,
	    secret_span(&sealed), &plain), CNG_OK);
	ck_assert(span_equal(secret_span(&plain), text));
	secret_free(&plain);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.ptr[i] ^= 0x10;
		ck_assert_int_eq(vault_transport_open(vault, head,
		    secret_span(&sealed), &plain), CNG_ERR_BAD_DATA);
		sealed.ptr[i] ^= 0x10;
		ck_assert_int_eq(vault_transport_open(vault, head,
		    span_of(sealed.ptr, i), &plain), CNG_ERR_BAD_DATA);
	}
	ck_assert_int_eq(vault_transport_open(vault, span_str("heaD"),
	    secret_span(&sealed), &plain), CNG_ERR_BAD_DATA);
	ck_assert_ptr_null(plain.ptr);
	vault_lock(vault);
	ck_assert_int_eq(vault_transport_open(vault, head,
	    secret_span(&sealed), &plain), CNG_ERR_NOT_LOGGED_IN);
	secret_free(&sealed);
	secret_free(&again);
	vault_free(vault);
	store_close(store);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		edits_are_noticed,
		edited_facts_are_noticed,
		hostile_costs_are_refused,
		missing_facts_are_noticed,
		old_keys_do_not_outlive_the_token,
		tags_are_keyed_or_plain,
		transport_comes_back_to_the_token,
	};

	return help_run("store_seal", tests, ARRAY_LEN(tests));
}
