/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A token on a card of software, for the tests of such tokens.
 */
#ifndef CNG_TESTS_CORE_CARD_HELP_H
#define CNG_TESTS_CORE_CARD_HELP_H

#include "core_fixture.h"

#include "base/text.h"
#include "base/util.h"
#include "core/internal.h"
#include "core/operation.h"
#include "crypto/asn1.h"
#include "fake_card.h"
#include "tests/unit/runner.h"

#include <stdlib.h>
#include <string.h>

static struct conf conf;
static struct token *tok;
static struct key_material rsa, ec;

static inline void
setup(void)
{
	struct key_spec spec = { .family = KEY_RSA, .bits = 1024 };

	ck_assert_int_eq(crypto_start(), CNG_OK);
	ck_assert_int_eq(crypto_generate(&rsa, &spec), CNG_OK);
	spec = (struct key_spec){ .family = KEY_EC, .curve = CURVE_P256 };
	ck_assert_int_eq(crypto_generate(&ec, &spec), CNG_OK);
	fake_insert();
	ck_assert_int_eq(token_open_card(&tok, FAKE_READER, &conf), CNG_OK);
	ck_assert_uint_eq(fake.opened, 0);
}

static inline void
teardown(void)
{
	token_free(tok);
	ck_assert_uint_eq(fake.live, 0);
	fake_reset();
	key_free(&rsa);
	key_free(&ec);
	crypto_shutdown();
}

static inline void
log_in(void)
{
	ck_assert_int_eq(token_login(tok, ROLE_USER, FAKE_PIN), CNG_OK);
}

/* The one object of the class with that label. */
static inline obj_id
the(enum obj_class class, const char *label)
{
	struct obj_ids ids;
	obj_id id;

	ck_assert_int_eq(token_find(tok, PROPS(NUM(PROP_CLASS, class),
	    BYTES(PROP_LABEL, span_str(label))), &ids), CNG_OK);
	ck_assert_uint_eq(ids.count, 1);
	id = ids.id[0];
	mem_free(ids.id);
	return id;
}

static inline struct object *
object_of(obj_id id)
{
	struct object *obj;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	return obj;
}

static inline enum cng_status
sign_with(struct object *obj, bool with_pin)
{
	struct key_op op = { .scheme = object_family(obj) == KEY_RSA ?
		OP_RSA_PKCS1 : OP_ECDSA, .hash = HASH_SHA256 };
	struct operation *o;
	struct object *public;
	uint8_t sig[128];
	struct wr w = wr_of(sig, sizeof sig);
	enum cng_status st = operation_new(&o, obj, &op, USE_SIGN, 1);

	ck_assert_int_eq(st, CNG_OK);
	ck_assert_int_eq(operation_needs_pin(o), with_pin);
	if (with_pin) {
		ck_assert_int_eq(token_check_pin(tok, FAKE_PIN), CNG_OK);
		operation_pin_given(o);
	}
	st = operation_run(o, span_str("text"), &w);
	operation_free(o);
	if (st != CNG_OK)
		return st;
	ck_assert_int_eq(object_public_half(obj, &public), CNG_OK);
	ck_assert_int_eq(operation_new(&o, public, &op, USE_VERIFY, 1),
	    CNG_OK);
	st = operation_verify(o, span_str("text"), span_of(sig, w.len));
	operation_free(o);
	object_free(public);
	return st;
}

#endif
