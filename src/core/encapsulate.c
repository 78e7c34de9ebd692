/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation: a public key makes a secret and what brings it to the
 * holder of the private one.
 */
#include "core/derived.h"

#include "core/keytmpl.h"
#include "key/set.h"

/* What a scheme takes. */
static bool
scheme_fits(const struct key_op *op, enum key_family family)
{
	switch ((int)op->scheme) {
	case OP_MLKEM:
		return family == KEY_MLKEM;
	case OP_RSA_PKCS1:
	case OP_RSA_OAEP:
		return family == KEY_RSA;
	case OP_ECDH:
		return family == KEY_EC ||
		    (family == KEY_MONTGOMERY && !op->cofactor);
	case OP_DH:
		return family == KEY_DH;
	case OP_X942:
		return family == KEY_X942;
	default:
		return false;
	}
}

static enum cng_status
check(const struct object *key, const struct key_op *op,
    enum obj_class class, uint64_t mechanism)
{
	if (key->class != class || !scheme_fits(op, key->key.family))
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

	if (st == CNG_OK && op->scheme != OP_MLKEM)
		return crypto_encapsulate_for(&public->key, op, cipher, out);
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
		st = object_can(private, op, private->key.family == KEY_RSA ?
			HOLDER_DECRYPT : HOLDER_AGREE);
	if (st == CNG_OK)
		st = object_crypto(private, &key);
	return st == CNG_OK ? crypto_decapsulate(key, op, cipher, out) : st;
}

/* --- keys ----------------------------------------------------------------- */

/* How long the key is to be: what is made of the secret depends on it. */
static enum cng_status
want_length(struct props tmpl, enum key_family family, bool needed,
    struct key_op *op)
{
	uint64_t len = props_number(tmpl, PROP_VALUE_LEN,
	    key_secret_len(family));

	if (len > SECRET_KEY_MAX)
		return CNG_ERR_KEY_SIZE;
	op->secret_len = (size_t)len;
	return len == 0 && needed ? CNG_ERR_TEMPLATE_INCOMPLETE : CNG_OK;
}

static bool
is_rsa(const struct key_op *op)
{
	return op->scheme == OP_RSA_OAEP || op->scheme == OP_RSA_PKCS1;
}

/* A raw secret of an agreement loses bytes from its leading end, as it does
 * when a key is derived.  Of others all is the key: there is no rule which
 * part would be. */
static enum cng_status
fit_length(const struct key_op *op, struct secret *value)
{
	size_t want = op->secret_len;

	if (want == 0 || want == value->len)
		return CNG_OK;
	/* whoever encrypted it meant another key: as if it were none */
	if (is_rsa(op))
		return CNG_ERR_CIPHERTEXT;
	if (op->scheme == OP_MLKEM || want > value->len)
		return CNG_ERR_PROP_VALUE;
	memmove(value->ptr, value->ptr + value->len - want, want);
	secret_truncate(value, want);
	return CNG_OK;
}

enum cng_status
token_encapsulate(struct token *tok, const struct access *who,
    struct object *public, const struct key_op *op, uint64_t mechanism,
    struct props tmpl, struct wr *cipher, obj_id *out)
{
	struct key_op sized = *op;
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
		st = want_length(tmpl, family, is_rsa(op), &sized);
	if (st == CNG_OK)
		st = object_encapsulate(public, &sized, mechanism, &w,
		    &value);
	if (st == CNG_ERR_BUFFER_TOO_SMALL || (st == CNG_OK && !value.len)) {
		*cipher = w;
		return st;
	}
	if (st == CNG_OK)
		st = fit_length(&sized, &value);
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
	struct key_op sized = *op;
	struct secret value = { 0 };
	enum key_family family = KEY_NONE;
	struct keytmpl room;
	enum cng_status st = derived_join(tok, private,
	    PROP_DECAPSULATE_TEMPLATE, &tmpl, &room);

	*out = 0;
	if (st == CNG_OK)
		st = derived_family(tmpl, &family);
	if (st == CNG_OK)
		st = want_length(tmpl, family, false, &sized);
	if (st == CNG_OK)
		st = object_decapsulate(private, &sized, mechanism, cipher,
		    &value);
	if (st == CNG_OK)
		st = fit_length(&sized, &value);
	if (st == CNG_OK)
		st = derived_place(tok, who, NULL, family, &value, tmpl, out);
	secret_free(&value);
	return st;
}
