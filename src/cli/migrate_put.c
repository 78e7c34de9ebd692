/* SPDX-License-Identifier: BSD-2-Clause
 *
 * migrate: one object goes into the token, in one transaction, or is found to
 * be there.
 */
#include "cli/migrate.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/transfer.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"
#include "key/set.h"

#include <string.h>

/* --- what a template is made of ------------------------------------------- */

#define TERMS_MAX (MIGRANT_LINES + 16)

/* Numbers of a public key, which a template has one by one. */
struct numbers {
	struct key_material key;
	struct secret a, b;
};

struct order {
	struct prop term[TERMS_MAX];
	size_t count;
	struct numbers numbers;
};

static void
order_free(struct order *order)
{
	key_free(&order->numbers.key);
	secret_free(&order->numbers.a);
	secret_free(&order->numbers.b);
}

static void
add(struct order *order, enum prop_id id, struct span bytes)
{
	order->term[order->count++] = (struct prop){ .id = id,
		.bytes = bytes };
}

static void
add_number(struct order *order, enum prop_id id, uint64_t number)
{
	order->term[order->count++] = (struct prop){ .id = id,
		.number = number };
}

static enum cng_status
encoded(struct secret *out, const struct key_material *key,
    enum cng_status (*encode)(const struct key_material *, struct wr *))
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = encode(key, &w);

	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return encode(key, &w);
}

static const struct {
	enum key_family family;
	enum key_part part;
	enum prop_id id;
} public_rows[] = {
	{ KEY_RSA, RSA_N, PROP_MODULUS },
	{ KEY_RSA, RSA_E, PROP_PUBLIC_EXPONENT },
	{ KEY_DSA, DSA_P, PROP_PRIME },
	{ KEY_DSA, DSA_Q, PROP_SUBPRIME },
	{ KEY_DSA, DSA_G, PROP_BASE },
	{ KEY_DSA, DSA_Y, PROP_VALUE },
	{ KEY_DH, DH_P, PROP_PRIME },
	{ KEY_DH, DH_G, PROP_BASE },
	{ KEY_DH, DH_Y, PROP_VALUE },
	{ KEY_X942, DH_P, PROP_PRIME },
	{ KEY_X942, DH_Q, PROP_SUBPRIME },
	{ KEY_X942, DH_G, PROP_BASE },
	{ KEY_X942, DH_Y, PROP_VALUE },
	{ KEY_MLKEM, PQ_PUBLIC, PROP_VALUE },
	{ KEY_MLDSA, PQ_PUBLIC, PROP_VALUE },
	{ KEY_SLHDSA, PQ_PUBLIC, PROP_VALUE },
};

static enum cng_status
add_public(struct order *order, struct span info)
{
	struct numbers *n = &order->numbers;
	enum cng_status st = spki_decode(&n->key, info);
	const struct key_set_info *set;

	if (st != CNG_OK)
		return st;
	add_number(order, PROP_KEY_FAMILY, n->key.family);
	for (size_t i = 0; i < ARRAY_LEN(public_rows); i++)
		if (public_rows[i].family == n->key.family)
			add(order, public_rows[i].id,
			    key_part(&n->key, public_rows[i].part));
	set = key_set_info(n->key.set);
	if (set != NULL)
		add_number(order, PROP_PARAMETER_SET, set->number);
	if (n->key.curve == CURVE_NONE)
		return CNG_OK;
	st = encoded(&n->a, &n->key, ec_params_encode);
	if (st == CNG_OK)
		st = encoded(&n->b, &n->key, ec_point_encode);
	add(order, PROP_EC_PARAMS, secret_span(&n->a));
	add(order, PROP_EC_POINT, secret_span(&n->b));
	return st;
}

/* What to do without, at the second try. */
static bool
is_left_out(enum prop_id id, enum cng_status why)
{
	if (why == CNG_ERR_TEMPLATE_INCONSISTENT)
		return id == PROP_WRAP || id == PROP_UNWRAP;
	return why != CNG_OK && (id == PROP_START_DATE ||
	    id == PROP_END_DATE || id == PROP_SUBJECT);
}

static enum cng_status
order_of(struct order *order, const struct migrant *m, bool lasting,
    enum cng_status without)
{
	memset(order, 0, sizeof(*order));
	add_number(order, PROP_TOKEN, lasting);
	for (size_t i = 0; i < m->count; i++)
		if (!is_left_out(m->line[i].id, without))
			order->term[order->count++] = m->line[i];
	if (m->class == OBJ_PRIVATE)
		return CNG_OK;
	add_number(order, PROP_CLASS, m->class);
	if (m->class == OBJ_PUBLIC)
		return add_public(order, m->value);
	if (m->class == OBJ_SECRET)
		add_number(order, PROP_KEY_FAMILY, m->family);
	if (m->class == OBJ_CERT)
		add_number(order, PROP_CERT_TYPE, 0);
	add(order, PROP_VALUE, m->value);
	return CNG_OK;
}

static enum cng_status
make(struct migration *mig, const struct migrant *m, bool lasting,
    enum cng_status without, obj_id *out)
{
	struct order order;
	enum cng_status st = order_of(&order, m, lasting, without);
	const struct props tmpl = { order.term, order.count };

	if (st == CNG_OK && m->class == OBJ_PRIVATE) {
		const struct import_request req = {
			.format = TRANSFER_CNG,
			.type = BLOB_PKCS8,
			.data = m->value,
			.tmpl = tmpl,
		};

		st = token_import(mig->target->token, &target_access, &req,
		    out);
	} else if (st == CNG_OK) {
		st = token_create(mig->target->token, &target_access, tmpl,
		    out);
	}
	order_free(&order);
	return st;
}

/* *remark: what had to be left out. */
static enum cng_status
make_somehow(struct migration *mig, const struct migrant *m, bool lasting,
    obj_id *out, const char **remark)
{
	enum cng_status st = make(mig, m, lasting, CNG_OK, out);
	enum cng_status why = st;

	*remark = NULL;
	if (st != CNG_ERR_TEMPLATE_INCONSISTENT && st != CNG_ERR_PROP_VALUE)
		return st;
	st = make(mig, m, lasting, why, out);
	if (st != CNG_OK)
		return why;
	*remark = why == CNG_ERR_PROP_VALUE ?
	    "without its dates and subject, which are not valid" :
	    "without wrapping and unwrapping, which do not go with its other "
	    "uses (see policy in cng-pkcs11.conf(5))";
	return st;
}

/* --- is it there? --------------------------------------------------------- */

static enum cng_status
public_info(struct secret *out, struct span pkcs8)
{
	struct key_material key = { 0 }, public = { 0 };
	enum cng_status st = pkcs8_decode(&key, pkcs8, NULL);

	if (st == CNG_OK) {
		st = crypto_complete(&key);
		if (st == CNG_ERR_NOT_SUPPORTED)
			st = CNG_OK;
	}
	if (st == CNG_OK)
		st = key_copy_public(&public, &key);
	if (st == CNG_OK)
		st = encoded(out, &public, spki_encode);
	key_free(&key);
	key_free(&public);
	return st;
}

/* A secret key is made in the session for that, and compared as one that is
 * there. */
static enum cng_status
print_of_secret(struct migration *mig, const struct migrant *m,
    uint8_t out[FINGERPRINT])
{
	struct object *object = NULL;
	const char *remark;
	obj_id id = 0;
	enum cng_status st = make_somehow(mig, m, false, &id, &remark);

	if (st != CNG_OK)
		return st;
	st = token_object(mig->target->token, id, &object);
	if (st == CNG_OK)
		st = print_of_object(out, object);
	object_free(object);
	(void)!token_destroy(mig->target->token, &target_access, id);
	return st;
}

static enum cng_status
print_of(struct migration *mig, const struct migrant *m,
    uint8_t out[FINGERPRINT], struct secret *info)
{
	enum cng_status st;

	if (m->class == OBJ_SECRET)
		return print_of_secret(mig, m, out);
	if (m->class == OBJ_CERT || m->class == OBJ_DATA)
		return print_of_contents(out, m);
	st = m->class == OBJ_PRIVATE ? public_info(info, m->value) :
				       secret_replace(info, m->value);
	return st == CNG_OK ? print_of_public(out, m->class,
	    secret_span(info)) : st;
}

/* --- halves --------------------------------------------------------------- */

/* What a public half gets when its own object comes: the label and the uses
 * that it had. */
static struct props
own_lines(struct prop out[MIGRANT_LINES], const struct migrant *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->count; i++) {
		enum prop_id id = m->line[i].id;

		if (id == PROP_LABEL || id == PROP_ID || id == PROP_VERIFY ||
		    id == PROP_VERIFY_RECOVER || id == PROP_ENCRYPT ||
		    id == PROP_WRAP || id == PROP_DERIVE)
			out[count++] = m->line[i];
	}
	return (struct props){ out, count };
}

static bool
has_lines(struct migration *mig, obj_id half, struct props lines)
{
	struct obj_ids ids = { 0 };
	bool found = false;

	if (token_find(mig->target->token, lines, &ids) != CNG_OK)
		return false;
	for (size_t i = 0; i < ids.count; i++)
		found = found || ids.id[i] == half;
	mem_free(ids.id);
	return found;
}

static enum cng_status
put_half(struct migration *mig, const struct migrant *m,
    const uint8_t print[FINGERPRINT], struct known there)
{
	bool dry = args_has(mig->args, OPT_DRY_RUN);
	bool old = there.half == HALF_OLD;
	struct prop line[MIGRANT_LINES];
	struct props own = own_lines(line, m);
	/* its second copy is there already, then */
	enum cng_status st = known_add(mig, print, there.id, HALF_NONE);

	if (st != CNG_OK)
		return st;
	if (old && has_lines(mig, there.id, own)) {
		migrate_note_present(mig, m);
		return CNG_OK;
	}
	/* a dry run has new halves of its own, but keeps off old ones */
	if (!dry || !old)
		st = token_set(mig->target->token, &target_access, there.id,
		    own);
	if (old && st != CNG_OK)
		migrate_note_present(mig, m);
	else
		migrate_note_copied(mig, m, there.id, st == CNG_OK ?
		    NULL : "with the label and uses of its private key");
	return CNG_OK;
}

static bool
has_text(const struct object *object, const struct migrant *m,
    enum prop_id id)
{
	struct span wanted = props_bytes((struct props){ m->line, m->count },
	    id);
	struct secret text = { 0 };
	bool same = wanted.len == 0 ||
	    (object_text(&text, object, id) == CNG_OK &&
		span_equal(secret_span(&text), wanted));

	secret_free(&text);
	return same;
}

/* The public half of a private key, as this run or one before it made it,
 * shows up with the same id. */
static enum cng_status
learn_half(struct migration *mig, const struct migrant *m, obj_id private,
    struct span info, enum known_half half)
{
	struct token *token = mig->target->token;
	uint8_t print[FINGERPRINT], other[FINGERPRINT];
	struct object *object = NULL;
	struct obj_ids ids = { 0 };
	struct secret id = { 0 };
	enum cng_status st = print_of_public(print, OBJ_PUBLIC, info);
	bool ours = false;

	if (st == CNG_OK)
		st = token_object(token, private, &object);
	if (st == CNG_OK) {
		ours = has_text(object, m, PROP_LABEL) &&
		    has_text(object, m, PROP_ID);
		st = object_text(&id, object, PROP_ID);
	}
	if (st == CNG_OK && ours) {
		const struct prop lines[] = {
			{ .id = PROP_CLASS, .number = OBJ_PUBLIC },
			{ .id = PROP_ID, .bytes = secret_span(&id) },
		};

		st = token_find(token, (struct props){ lines,
		    ARRAY_LEN(lines) }, &ids);
	}
	object_free(object);
	for (size_t i = 0; st == CNG_OK && i < ids.count; i++) {
		const struct known *there = known_find(mig, print);

		st = token_object(token, ids.id[i], &object);
		if (st == CNG_OK && object_is_follower(object) &&
		    print_of_object(other, object) == CNG_OK &&
		    memcmp(print, other, FINGERPRINT) == 0 &&
		    (there == NULL || there->id == ids.id[i]))
			st = known_add(mig, print, ids.id[i], half);
		object_free(object);
	}
	mem_free(ids.id);
	secret_free(&id);
	return st;
}

/* --- all of it ------------------------------------------------------------ */

/* Some failures are of the token, and the next object would fail as well. */
static bool
is_fatal(enum cng_status st)
{
	return st == CNG_ERR_NO_MEMORY || st == CNG_ERR_STORE_IO ||
	    st == CNG_ERR_STORE_FULL || st == CNG_ERR_STORE_BUSY ||
	    st == CNG_ERR_STORE_CORRUPT || st == CNG_ERR_READ_ONLY ||
	    st == CNG_ERR_NO_TOKEN || st == CNG_ERR_NOT_LOGGED_IN;
}

/* What is in the token is noted, whatever comes after. */
static enum cng_status
copy(struct migration *mig, const struct migrant *m,
    const uint8_t print[FINGERPRINT], struct span info)
{
	bool dry = args_has(mig->args, OPT_DRY_RUN);
	const char *remark;
	obj_id id = 0;
	enum cng_status st = make_somehow(mig, m, !dry, &id, &remark);

	if (st != CNG_OK)
		return st;
	st = known_add(mig, print, id, HALF_NONE);
	if (st == CNG_OK && m->class == OBJ_PRIVATE)
		st = learn_half(mig, m, id, info, HALF_NEW);
	if (st != CNG_OK && m->class == OBJ_PRIVATE)
		remark = "its public half was not found again";
	migrate_note_copied(mig, m, dry ? 0 : id, remark);
	return is_fatal(st) ? st : CNG_OK;
}

/* Of a module, where a run may have ended between a pair and its public
 * object. */
static enum cng_status
pass_over(struct migration *mig, const struct migrant *m, obj_id id,
    struct span info)
{
	enum cng_status st = CNG_OK;

	if (m->class == OBJ_PRIVATE && m->from == NULL)
		st = learn_half(mig, m, id, info, HALF_OLD);
	migrate_note_present(mig, m);
	return is_fatal(st) ? st : CNG_OK;
}

enum exit_code
migrate_put(struct migration *mig, const struct migrant *m)
{
	uint8_t print[FINGERPRINT];
	const struct known *there;
	struct secret info = { 0 };
	enum cng_status st = print_of(mig, m, print, &info);

	if (st == CNG_OK) {
		there = known_find(mig, print);
		if (there == NULL)
			st = copy(mig, m, print, secret_span(&info));
		else if (there->half != HALF_NONE && m->from == NULL)
			st = put_half(mig, m, print, *there);
		else
			st = pass_over(mig, m, there->id,
			    secret_span(&info));
	}
	secret_free(&info);
	if (st == CNG_OK)
		return EXIT_DONE;
	if (is_fatal(st)) {
		migrate_progress_clear(mig);
		return fail(st, "%s", cng_status_text(st));
	}
	migrate_refuse(mig, m, st, cng_status_text(st));
	return EXIT_DONE;
}
