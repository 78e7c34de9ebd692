/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key handle and what it stands for: an object of core, or a key that is
 * still to be generated.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"
#include "key/set.h"
#include "ncrypt/card.h"

static void
nkey_release(struct thing *thing)
{
	struct nkey *key = (struct nkey *)thing;

	/* ephemeral, or not finished: nobody else knows it */
	if (key->id != 0 && !key->persisted &&
	    token_destroy(key->tok, &state_access, key->id) != CNG_OK)
		key->id = 0;
	object_free(key->public);
	secret_free(&key->name);
	secret_free(&key->group);
	secret_free(&key->bag);
	secret_free(&key->loose);
	secret_free(&key->pin);
	lock_destroy(&key->lock);
	nprov_put(key->prov);
	mem_free(key);
}

enum cng_status
nkey_new(struct nkey **out, struct nprov *prov)
{
	struct nkey *key = mem_new(1, sizeof(*key));
	enum cng_status st;

	*out = NULL;
	if (key == NULL)
		return CNG_ERR_NO_MEMORY;
	lock_init(&key->lock);
	key->thing.kind = THING_KEY;
	key->thing.release = nkey_release;
	key->tok = state_loose();
	st = handle_add(&key->thing);
	if (st != CNG_OK) {
		lock_destroy(&key->lock);
		mem_free(key);
		return st;
	}
	key->prov = (struct nprov *)handle_ref(&prov->thing);
	*out = key;
	return CNG_OK;
}

struct nkey *
nkey_take(NCRYPT_KEY_HANDLE handle)
{
	return (struct nkey *)handle_take(handle, THING_KEY);
}

NCRYPT_KEY_HANDLE
nkey_give(struct nkey *key)
{
	NCRYPT_KEY_HANDLE handle = key->thing.handle;

	nkey_put(key);
	return handle;
}

void
nkey_abandon(struct nkey *key)
{
	(void)handle_close(key->thing.handle);
	nkey_put(key);
}

/* --- the object ---------------------------------------------------------- */

/* Of a card the private half, too, though nobody has said the PIN. */
static enum cng_status
get_object(struct nkey *key, struct object **out) CNG_REQUIRES(key->lock)
{
	return key->card != NULL && key->tok == key->card ?
	    card_object(key, out) : token_object(key->tok, key->id, out);
}

static enum cng_status
take_object(struct nkey *key, bool ready, struct object **out)
{
	enum cng_status st = CNG_ERR_KEY_STATE;

	*out = NULL;
	lock_take(&key->lock);
	if (key->id != 0 && !(ready && key->making))
		st = get_object(key, out);
	lock_drop(&key->lock);
	return st;
}

enum cng_status
nkey_object(struct nkey *key, struct object **out)
{
	return take_object(key, false, out);
}

enum cng_status
nkey_ready(struct nkey *key, struct object **out)
{
	return take_object(key, true, out);
}

struct token *
nkey_token(struct nkey *key)
{
	struct token *tok;

	lock_take(&key->lock);
	tok = key->tok;
	lock_drop(&key->lock);
	return tok;
}

enum cng_status
nkey_half(struct nkey *key, struct object **out)
{
	struct object *obj;
	enum cng_status st = nkey_object(key, &obj);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	if (object_class(obj) == OBJ_PUBLIC)
		*out = object_ref(obj);
	else
		st = object_public_half(obj, out);
	object_free(obj);
	return st;
}

enum cng_status
nkey_public(struct nkey *key, struct object **out)
{
	struct object *obj;
	enum cng_status st = nkey_ready(key, &obj);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	lock_take(&key->lock);
	if (key->public == NULL)
		st = object_public_half(obj, &key->public);
	if (st == CNG_OK)
		*out = object_ref(key->public);
	lock_drop(&key->lock);
	object_free(obj);
	return st;
}

void
nkey_adopt(struct nkey *key, struct token *tok, obj_id id)
{
	if (key->id != 0 && !key->persisted &&
	    token_destroy(key->tok, &state_access, key->id) != CNG_OK)
		key->id = 0; /* it goes when the provider does */
	object_free(key->public);
	key->public = NULL;
	key->tok = tok;
	key->id = id;
}

enum cng_status
nkey_find(struct token *tok, struct span name, obj_id *out)
{
	struct prop line = { .id = PROP_NAME, .bytes = name };
	struct obj_ids ids;
	struct object *obj;
	enum cng_status st;

	*out = 0;
	st = token_find(tok, (struct props){ &line, 1 }, &ids);
	if (st != CNG_OK)
		return st;
	/* a pair has one name: its private half is the key */
	for (size_t i = 0; i < ids.count; i++) {
		if (token_object(tok, ids.id[i], &obj) != CNG_OK)
			continue;
		if (*out == 0 || object_class(obj) != OBJ_PUBLIC)
			*out = ids.id[i];
		object_free(obj);
	}
	mem_free(ids.id);
	return CNG_OK;
}

/* --- facts --------------------------------------------------------------- */

enum cng_status
object_copy_bytes(struct secret *out, const struct object *obj,
    enum prop_id id)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = object_bytes(obj, id, &w);

	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK || w.len == 0)
		return st;
	w = wr_of(out->ptr, out->len);
	return object_bytes(obj, id, &w);
}

static enum cng_status
copy_bag(struct secret *out, const struct object *obj)
{
	return object_copy_bytes(out, obj, PROP_CNG_PROPERTIES);
}

const struct alg *
object_alg(struct object *obj)
{
	const struct alg *alg = alg_of(object_family(obj), object_curve(obj),
	    object_role(obj));
	struct secret bag = { 0 };
	struct span name;

	if (alg == NULL && copy_bag(&bag, obj) == CNG_OK &&
	    bag_get(secret_span(&bag), BAG_ALGORITHM, &name))
		alg = alg_kdf(name);
	secret_free(&bag);
	return alg;
}

static void
facts_of_object(struct facts *facts, struct object *obj)
{
	facts->obj = obj;
	facts->class = object_class(obj);
	facts->family = object_family(obj);
	facts->curve = object_curve(obj);
	facts->bits = object_key_bits(obj);
	facts->alg = alg_of(facts->family, facts->curve, object_role(obj));
}

static void
facts_of_plan(struct facts *facts, const struct nkey *key)
{
	facts->alg = key->alg;
	facts->family = key->alg->family;
	facts->class = facts->family == KEY_AES ||
		facts->family == KEY_GENERIC ? OBJ_SECRET : OBJ_PRIVATE;
	facts->curve = key->curve;
	facts->set = key->set;
	facts->bits = key->bits;
	/* curve25519 is ECDH by its algorithm */
	if (curve_info(key->curve) != NULL)
		facts->family = curve_info(key->curve)->family;
}

enum cng_status
nkey_facts_held(struct nkey *key, struct facts *out)
{
	struct object *obj = NULL;
	struct span name;
	enum cng_status st = CNG_OK;

	*out = (struct facts){ 0 };
	out->making = key->making;
	if (key->id != 0)
		st = get_object(key, &obj);
	else
		facts_of_plan(out, key);
	/* a card keeps no properties: they are the handle's */
	if (st == CNG_OK && (key->making || key->tok == key->card))
		st = secret_copy(&out->bag, secret_span(&key->bag));
	else if (st == CNG_OK)
		st = copy_bag(&out->bag, obj);
	if (obj != NULL)
		facts_of_object(out, obj);
	if (st == CNG_OK && out->alg == NULL &&
	    bag_get(secret_span(&out->bag), BAG_ALGORITHM, &name))
		out->alg = alg_kdf(name);
	if (st != CNG_OK)
		facts_free(out);
	return st;
}

enum cng_status
nkey_facts(struct nkey *key, struct facts *out)
{
	enum cng_status st;

	lock_take(&key->lock);
	st = nkey_facts_held(key, out);
	lock_drop(&key->lock);
	return st;
}

void
facts_free(struct facts *facts)
{
	secret_free(&facts->bag);
	object_free(facts->obj);
	*facts = (struct facts){ 0 };
}

/* What was set; else, for keys that came by another way, what their flags
 * come to. */
DWORD
facts_policy(const struct facts *facts)
{
	DWORD policy = 0;

	if (bag_number(secret_span(&facts->bag), BAG_POLICY, &policy) ||
	    facts->making || facts->obj == NULL ||
	    facts->class == OBJ_PUBLIC)
		return policy;
	if (!object_flag(facts->obj, PROP_EXTRACTABLE))
		return 0;
	policy = NCRYPT_ALLOW_EXPORT_FLAG |
	    NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG;
	if (!object_flag(facts->obj, PROP_SENSITIVE))
		policy |= NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG;
	return policy;
}

DWORD
facts_usage(const struct facts *facts)
{
	DWORD usage = NCRYPT_ALLOW_ALL_USAGES;

	if (bag_number(secret_span(&facts->bag), BAG_USAGE, &usage) ||
	    facts->making || facts->obj == NULL ||
	    facts->class == OBJ_PUBLIC)
		return usage;
	usage = 0;
	if (object_flag(facts->obj, PROP_DECRYPT))
		usage |= NCRYPT_ALLOW_DECRYPT_FLAG;
	if (object_flag(facts->obj, PROP_SIGN))
		usage |= NCRYPT_ALLOW_SIGNING_FLAG;
	if (object_flag(facts->obj, PROP_DERIVE) ||
	    object_flag(facts->obj, PROP_DECAPSULATE))
		usage |= NCRYPT_ALLOW_KEY_AGREEMENT_FLAG;
	if (object_flag(facts->obj, PROP_UNWRAP))
		usage |= NCRYPT_ALLOW_KEY_IMPORT_FLAG;
	return usage;
}

/* Of a DSA key that is not made yet: as keys of its length have it. */
static size_t
dsa_order(const struct facts *facts)
{
	struct wr w = wr_of(NULL, 0);

	if (facts->obj != NULL &&
	    object_bytes(facts->obj, PROP_SUBPRIME, &w) == CNG_OK)
		return w.len;
	return facts->bits <= 1024 ? 20 : 32;
}

static bool
facts_wrap(const struct facts *facts)
{
	return (facts_usage(facts) & NCRYPT_ALLOW_KEY_IMPORT_FLAG) != 0;
}

bool
nkey_wraps(struct nkey *key)
{
	struct facts facts;
	bool wraps = nkey_facts(key, &facts) == CNG_OK && facts_wrap(&facts);

	facts_free(&facts);
	return wraps;
}

bool
object_wraps(struct object *obj)
{
	struct facts facts = { .obj = object_ref(obj),
		.class = object_class(obj) };
	bool wraps = copy_bag(&facts.bag, obj) == CNG_OK &&
	    facts_wrap(&facts);

	facts_free(&facts);
	return wraps;
}

size_t
facts_signature(const struct facts *facts)
{
	const struct curve_info *curve = curve_info(facts->curve);
	const struct key_set_info *set = facts_set(facts);

	if (facts->family == KEY_RSA)
		return (facts->bits + 7) / 8;
	if (facts->family == KEY_EC && curve != NULL)
		return 2 * curve->order_bytes;
	if (facts->family == KEY_DSA)
		return 2 * dsa_order(facts);
	if (set != NULL && facts->family != KEY_MLKEM)
		return set->output_bytes;
	return 0;
}

const struct key_set_info *
facts_set(const struct facts *facts)
{
	return key_set_info(facts->obj == NULL ? facts->set :
						 object_set(facts->obj));
}
