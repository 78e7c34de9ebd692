/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A token in memory with a user logged in, for the tests of core.
 */
#ifndef CNG_TESTS_CORE_FIXTURE_H
#define CNG_TESTS_CORE_FIXTURE_H

#include "base/alloc.h"
#include "core/internal.h"
#include "core/provider.h"
#include "core/transfer.h"
#include "crypto/crypto.h"
#include "store/protect/internal.h"

#include <check.h>

#define SO_PIN span_str("so-pin-1234")
#define USER_PIN span_str("user-pin-1234")

static const struct access rw = { .session = 1, .read_write = true };
static const struct access ro = { .session = 1, .read_write = false };

static inline struct token *
token_with_user(const char *path)
{
	struct token *tok;

	ck_assert_int_eq(crypto_start(), CNG_OK);
	vault_set_cost_for_tests(16);
	ck_assert_int_eq(token_open(&tok, path, true), CNG_OK);
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("test")), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	return tok;
}

/* What the handle of a private token object becomes with a logout. */
static inline obj_id
after_logout(obj_id id)
{
	return ID_LOGIN_BITS == 0 ? id :
	    id + (UINT64_C(1) << ID_LOGIN_SHIFT);
}

#define PROPS(...)                                                           \
	((struct props){ (const struct prop[]){ __VA_ARGS__ },               \
	    sizeof((const struct prop[]){ __VA_ARGS__ }) /                   \
		sizeof(struct prop) })
#define NUM(prop_id, value) { .id = prop_id, .number = value }
#define BYTES(prop_id, span) { .id = prop_id, .bytes = span }
#define TEXT(prop_id, text) { .id = prop_id, .bytes = { \
	(const uint8_t *)text, sizeof text - 1 } }

static inline size_t
found(struct token *tok, struct props tmpl)
{
	struct obj_ids ids;
	size_t count;

	ck_assert_int_eq(token_find(tok, tmpl, &ids), CNG_OK);
	count = ids.count;
	mem_free(ids.id);
	return count;
}

static inline uint64_t
number_of(struct token *tok, obj_id id, enum prop_id prop)
{
	struct object *obj;
	uint64_t v = UINT64_MAX;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(object_number(obj, prop, &v), CNG_OK);
	object_free(obj);
	return v;
}

#endif
