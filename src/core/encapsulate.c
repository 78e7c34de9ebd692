/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation: a public key makes a secret and what brings it to the
 * holder of the private one.
 */
#include "core/derived.h"

#include "core/keytmpl.h"
#include "key/set.h"

static enum cng_status
check(const struct object *key, const struct key_op *op,
    enum obj_class class, uint64_t mechanism)
{
	if (op->scheme != OP_MLKEM)
		return CNG_ERR_MECHANISM;
	if (key->class != class || key->key.family != KEY_MLKEM)
		return CNG_ERR_KEY_TYPE;
	return derived_check_base(key, class == OBJ_PUBLIC ?
		PROP_ENCAPSULATE : PROP_DECAPSULATE, mechanism);
}

/* Counts size bytes and says so, if there is no room for them. */
static bool
only_counted(struct wr *out, size_t size, enum cng_status *st)
{
	if (out->buf != NULL && out->len <= out->cap &&
	    size <= out->cap - out->len)
		return false;
	wr_zero(out, size);
	*st = wr_status(out);
	return true;
}

enum cng_status
object_encapsulate(struct object *public, const struct key_op *op,
    uint64_t mechanism, struct wr *cipher, struct secret *out)
{
	struct crypto_key *key;
	enum cng_status st = check(public, op, OBJ_PUBLIC, mechanism);

	if (st != CNG_OK ||
	    only_counted(cipher,
		key_set_info(public->key.set)->output_bytes, &st))
		return st;
	st = object_crypto(public, &key);
	return st == CNG_OK ? crypto_encapsulate(key, op, cipher, out) : st;
}

enum cng_status
object_decapsulate(struct object *private, const struct key_op *op,
    uint64_t mechanism, struct span cipher, struct secret *out)
{
	struct crypto_key *key;
	enum cng_status st = check(private, op, OBJ_PRIVATE, mechanism);

	if (st == CNG_OK)
		st = object_crypto(private, &key);
	return st == CNG_OK ? crypto_decapsulate(key, op, cipher, out) : st;
}

/* --- keys ----------------------------------------------------------------- */

/* The whole secret is the key: there is no rule which part would be. */
static enum cng_status
check_length(struct props tmpl, const struct secret *value)
{
	return props_number(tmpl, PROP_VALUE_LEN, value->len) == value->len ?
	    CNG_OK : CNG_ERR_PROP_VALUE;
}

enum cng_status
token_encapsulate(struct token *tok, const struct access *who,
    struct object *public, const struct key_op *op, uint64_t mechanism,
    struct props tmpl, struct wr *cipher, obj_id *out)
{
	struct secret value = { 0 };
	struct wr w = *cipher;
	enum key_family family = KEY_NONE;
	struct keytmpl room;
	enum cng_status st = keytmpl_join(
	    public, PROP_ENCAPSULATE_TEMPLATE, &tmpl, &room);

	*out = 0;
	if (st == CNG_OK)
		st = derived_family(tmpl, &family);
	if (st == CNG_OK)
		st = object_encapsulate(public, op, mechanism, &w, &value);
	if (st == CNG_ERR_BUFFER_TOO_SMALL || (st == CNG_OK && !value.len)) {
		*cipher = w;
		return st;
	}
	if (st == CNG_OK)
		st = check_length(tmpl, &value);
	if (st == CNG_OK)
		st = derived_place(tok, who, NULL, family, &value, tmpl, out);
	if (st == CNG_OK)
		*cipher = w;
	secret_free(&value);
	return st;
}

enum cng_status
token_decapsulate(struct token *tok, const struct access *who,
    struct object *private, const struct key_op *op, uint64_t mechanism,
    struct span cipher, struct props tmpl, obj_id *out)
{
	struct secret value = { 0 };
	enum key_family family = KEY_NONE;
	struct keytmpl room;
	enum cng_status st = keytmpl_join(
	    private, PROP_DECAPSULATE_TEMPLATE, &tmpl, &room);

	*out = 0;
	if (st == CNG_OK)
		st = derived_family(tmpl, &family);
	if (st == CNG_OK)
		st = object_decapsulate(private, op, mechanism, cipher,
		    &value);
	if (st == CNG_OK)
		st = check_length(tmpl, &value);
	if (st == CNG_OK)
		st = derived_place(tok, who, NULL, family, &value, tmpl, out);
	secret_free(&value);
	return st;
}
