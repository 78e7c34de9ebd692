/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of IKE.  libcrypto has the HMAC; what goes into it is put together
 * here, from RFC 2409 and 7296.
 */
#include "tests/mechanisms/cells.h"

#define FAR_LEN 75

enum way {
	WAY_NONCES_ARE_KEY = 1,
	WAY_PLAIN,
	WAY_AGAIN,
};

static struct bytes
add(struct bytes a, struct bytes b)
{
	struct bytes out = room(a.len + b.len);

	if (a.len > 0)
		memcpy(out.ptr, a.ptr, a.len);
	if (b.len > 0)
		memcpy(out.ptr + a.len, b.ptr, b.len);
	return out;
}

static struct bytes
hmac(const struct sample *s, struct bytes key, struct bytes input)
{
	return hmac_of(s->row->name_of, key, input);
}

static CK_MECHANISM_TYPE
function_of(const struct sample *s)
{
	return strcmp(s->row->name_of, "SHA1") == 0 ? CKM_SHA_1_HMAC :
	    strcmp(s->row->name_of, "SHA256") == 0 ? CKM_SHA256_HMAC :
	    CKM_SHA512_HMAC;
}

/* Nonces or cookies: salt and info; the values of two more keys: aad, iv. */
static bool
fill(struct sample *s, CK_OBJECT_HANDLE other[2])
{
	s->salt = noise(16, 51);
	s->info = noise(24, 52);
	s->aad = noise(33, 53);
	s->iv = noise(20, 54);
	return went(secret_try(CKK_GENERIC_SECRET, s->aad, &other[0]),
	    "C_CreateObject") && went(secret_try(CKK_GENERIC_SECRET, s->iv,
	    &other[1]), "C_CreateObject");
}

static bool
first_param(struct sample *s)
{
	CK_OBJECT_HANDLE other[2];
	CK_ULONG way = s->row->number;

	if (!fill(s, other))
		return false;
	s->param.ike = (CK_IKE_PRF_DERIVE_PARAMS){ function_of(s),
		way == WAY_NONCES_ARE_KEY, way == WAY_AGAIN, s->salt.ptr,
		s->salt.len, s->info.ptr, s->info.len, other[0] };
	return SET_PARAM(s, ike);
}

static bool
first_refer(struct sample *s)
{
	struct bytes nonces = add(s->salt, s->info);

	if (s->row->number == WAY_NONCES_ARE_KEY)
		s->output = hmac(s, nonces, s->key);
	else
		s->output = hmac(s, s->key, s->row->number == WAY_PLAIN ?
		    nonces : add(s->aad, nonces));
	return s->output.len > 0;
}

static bool
next_param(struct sample *s)
{
	CK_OBJECT_HANDLE other[2];

	if (!fill(s, other))
		return false;
	s->param.ike1 = (CK_IKE1_PRF_DERIVE_PARAMS){ function_of(s),
		s->row->number == WAY_AGAIN, other[0], other[1], s->salt.ptr,
		s->salt.len, s->info.ptr, s->info.len, 7 };
	return SET_PARAM(s, ike1);
}

static bool
next_refer(struct sample *s)
{
	struct bytes cookies = add(s->salt, s->info);
	struct bytes rest = add(s->aad, add(cookies, TEXT("\7")));

	s->output = hmac(s, s->key, s->row->number == WAY_AGAIN ?
	    add(s->iv, rest) : rest);
	return s->output.len > 0;
}

static bool
plus_param(struct sample *s)
{
	CK_OBJECT_HANDLE other[2];

	if (!fill(s, other))
		return false;
	s->param.ike_plus = (CK_IKE2_PRF_PLUS_DERIVE_PARAMS){ function_of(s),
		s->row->number == WAY_AGAIN, other[0], s->salt.ptr,
		s->salt.len };
	return SET_PARAM(s, ike_plus);
}

static bool
extended_param(struct sample *s)
{
	CK_OBJECT_HANDLE other[2];
	bool data = s->row->number != WAY_PLAIN;

	if (!fill(s, other))
		return false;
	s->param.ike_extended = (CK_IKE1_EXTENDED_DERIVE_PARAMS){
		function_of(s), s->row->number == WAY_AGAIN, other[0],
		data ? s->salt.ptr : NULL, data ? s->salt.len : 0 };
	return SET_PARAM(s, ike_extended);
}

/* Both: block by block; here with numbers, there without. */
static bool
chain_refer(struct sample *s)
{
	bool plus = s->row->type == CKM_IKE2_PRF_PLUS_DERIVE;
	bool plain = !plus && s->row->number == WAY_PLAIN;
	struct bytes seed = s->row->number == WAY_AGAIN ?
	    add(s->aad, s->salt) : s->salt;
	struct bytes last = room(0), all = room(0), in;
	unsigned char number = 0;

	/* a base that is long enough is the key */
	if (plain && s->key.len >= FAR_LEN)
		all = s->key;
	while (all.len < FAR_LEN) {
		number++;
		in = plain ? last : add(last, seed);
		if (plain && number == 1)
			in = TEXT("\0");
		last = hmac(s, s->key, plus ?
		    add(in, copy_of(&number, 1)) : in);
		if (last.len == 0)
			return false;
		all = add(all, last);
	}
	s->output = copy_of(all.ptr, FAR_LEN);
	return true;
}

/* --- keys to derive from --- */

/* The type, for those that want one, and no length but where there must be
 * one. */
static CK_RV
secret_of_size(struct sample *s, CK_ULONG size)
{
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG few = 1;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE_LEN, &few, sizeof(few) },
	};
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	s->key = noise(size, 2);
	rv = secret_try(CKK_GENERIC_SECRET, s->key, &s->secret);
	if (rv != CKR_OK)
		return rv;
	return !s->row->param(s) ? CKR_MECHANISM_PARAM_INVALID :
	    p11->C_DeriveKey(session, &s->how, s->secret, tmpl,
		s->row->type == CKM_IKE_PRF_DERIVE ? 1 : 2, &key);
}

static const struct keys secrets = { any_make, secret_of_size,
	{ 32, 1, 200 }, false };

#define IKE(mech, with, ref, way, hash) \
	{ .type = CKM_##mech, .name = #mech, .kind = &derives, \
	    .keys = &secrets, .param = with##_param, .refer = ref##_refer, \
	    .number = way, .name_of = hash }

static const struct row ike_table[] = {
	IKE(IKE2_PRF_PLUS_DERIVE, plus, chain, WAY_NONCES_ARE_KEY, "SHA256"),
	IKE(IKE2_PRF_PLUS_DERIVE, plus, chain, WAY_AGAIN, "SHA1"),
	IKE(IKE_PRF_DERIVE, first, first, WAY_NONCES_ARE_KEY, "SHA256"),
	IKE(IKE_PRF_DERIVE, first, first, WAY_PLAIN, "SHA1"),
	IKE(IKE_PRF_DERIVE, first, first, WAY_AGAIN, "SHA512"),
	IKE(IKE1_PRF_DERIVE, next, next, WAY_PLAIN, "SHA256"),
	IKE(IKE1_PRF_DERIVE, next, next, WAY_AGAIN, "SHA1"),
	IKE(IKE1_EXTENDED_DERIVE, extended, chain, WAY_AGAIN, "SHA512"),
	IKE(IKE1_EXTENDED_DERIVE, extended, chain, WAY_NONCES_ARE_KEY,
	    "SHA256"),
	IKE(IKE1_EXTENDED_DERIVE, extended, chain, WAY_PLAIN, "SHA1"),
};

const struct table ike_rows = { ike_table, ARRAY_LEN(ike_table) };
