/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows that make keys.  What was made is used through a row of another
 * mechanism (row->number), against libcrypto with the same key.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>

/* --- the other row --- */

static const struct row *
row_of(CK_MECHANISM_TYPE type)
{
	const struct row *row;
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (row->type == type)
			return row;
	return NULL;
}

/* All that the row proves, with the keys of the sample. */
bool
use_elsewhere(struct sample *s)
{
	const struct row *row = row_of(s->row->number);
	struct sample other = *s;
	const struct proof *p;
	bool good = expect(row != NULL, "no row uses it");

	for (p = good ? row->kind->proof : NULL; good && p->cell != 0; p++) {
		if (row_proof(row, p->cell) == NULL)
			continue;
		other = *s;
		other.row = row;
		other.how = (CK_MECHANISM){ row->type, NULL, 0 };
		other.input = noise(row->limit != 0 ? row->limit : 80, 1);
		good = (row->param == NULL || row->param(&other)) &&
		    (row->refer == NULL || row->refer(&other)) &&
		    p->run(&other);
		if (other.peer != s->peer)
			EVP_PKEY_free(other.peer);
	}
	return good;
}

/* --- secrets --- */

static CK_RV
generate(struct sample *s, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_VERIFY, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_VALUE_LEN, &s->size, sizeof(s->size) },
	};
	/* a length that is always the same need not be said */
	CK_ULONG count = ARRAY_LEN(tmpl) - (s->row->limit != 0 &&
	    s->row->limit == s->size);

	return p11->C_GenerateKey(session, &s->how, tmpl, count, out);
}

static bool
prove_generate(struct sample *s)
{
	struct bytes second;

	if (!went(generate(s, &s->secret), "C_GenerateKey"))
		return false;
	s->key = object_value(s->secret, CKA_VALUE);
	if (!expect(s->key.len == s->size, "length of the new key") ||
	    !use_elsewhere(s) || !went(generate(s, &s->secret),
	    "C_GenerateKey"))
		return false;
	second = object_value(s->secret, CKA_VALUE);
	return expect(s->size < 8 || memcmp(second.ptr, s->key.ptr,
	    s->size) != 0, "the second key is the first");
}

const struct kind makes = { { { CKF_GENERATE, prove_generate } } };

/* In the unit of the mechanism: some count bits. */
static CK_RV
bytes_of_size(struct sample *s, CK_ULONG size)
{
	CK_OBJECT_HANDLE key;

	s->size = size;
	return generate(s, &key);
}

static CK_RV
bits_of_size(struct sample *s, CK_ULONG bits)
{
	/* less than a byte is nothing, and a byte more is too much */
	return bytes_of_size(s, bits == 7 ? 0 : (bits + 7) / 8);
}

static bool
bits_make(struct sample *s, CK_ULONG bits)
{
	s->size = bits / 8;
	return true;
}

static const struct keys aes_made = { nothing_make, bytes_of_size,
	{ 16, 24, 32 }, false };
static const struct keys fixed_made = { nothing_make, bytes_of_size, { 32 },
	false };
static const struct keys xts_made = { nothing_make, bytes_of_size, { 32, 64 },
	false };
const struct keys any_made = { nothing_make, bytes_of_size, { 33, 1 },
	false };
static const struct keys bits_made = { bits_make, bits_of_size, { 264, 8 },
	false };

/* --- out of a password --- */

static bool
pbkd2_param(struct sample *s)
{
	if (s->key.ptr == NULL && !s->published) {
		s->input = TEXT("a password");
		s->salt = noise(16, 13);
	}
	s->param.pbkd2 = (CK_PKCS5_PBKD2_PARAMS2){ CKZ_SALT_SPECIFIED,
		s->salt.ptr, s->salt.len, s->published ? s->number : 3,
		s->published ? CKP_PKCS5_PBKD2_HMAC_SHA1 :
		CKP_PKCS5_PBKD2_HMAC_SHA256, NULL, 0, s->input.ptr,
		s->input.len };
	return SET_PARAM(s, pbkd2);
}

static bool
pbkd2_refer(struct sample *s)
{
	s->output = room(s->size);
	return expect(PKCS5_PBKDF2_HMAC((const char *)s->input.ptr,
	    (int)s->input.len, s->salt.ptr, (int)s->salt.len, 3, EVP_sha256(),
	    (int)s->size, s->output.ptr), "libcrypto's PBKDF2");
}

static CK_RV
stretch(struct sample *s, CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_GenerateKey(session, &s->how, tmpl, ARRAY_LEN(tmpl),
	    out);
}

static bool
prove_pbkd2(struct sample *s)
{
	CK_OBJECT_HANDLE key;

	return went(stretch(s, s->output.len, &key), "C_GenerateKey") &&
	    equal(object_value(key, CKA_VALUE), s->output, "C_GenerateKey");
}

static CK_RV
pbkd2_of_size(struct sample *s, CK_ULONG size)
{
	CK_OBJECT_HANDLE key;

	return pbkd2_param(s) ? stretch(s, size, &key) : CKR_GENERAL_ERROR;
}

static const struct kind passwords = { { { CKF_GENERATE, prove_pbkd2 } } };
static const struct keys pbkd2_made = { nothing_make, pbkd2_of_size,
	{ 40, 1, 64 }, false };

/* --- pairs --- */

static CK_RV
generate_pair(struct sample *s, CK_ATTRIBUTE *public_tmpl, CK_ULONG count)
{
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_GenerateKeyPair(session, &s->how, public_tmpl, count,
	    private_tmpl, ARRAY_LEN(private_tmpl), &s->public_key,
	    &s->private_key);
}

/* Each family has its own way to say what pair it should be. */
static CK_RV
number_pair(struct sample *s, CK_ATTRIBUTE_TYPE type, CK_ULONG number)
{
	CK_ATTRIBUTE line = { type, &number, sizeof(number) };

	return generate_pair(s, &line, 1);
}

static CK_RV
rsa_pair(struct sample *s, CK_ULONG bits)
{
	return number_pair(s, CKA_MODULUS_BITS, bits);
}

static CK_RV
pq_pair(struct sample *s, CK_ULONG bits)
{
	static const CK_ULONG mlkem[] = { CKP_ML_KEM_512, CKP_ML_KEM_768,
		CKP_ML_KEM_1024 };
	static const CK_ULONG slhdsa[] = { CKP_SLH_DSA_SHA2_128F,
		CKP_SLH_DSA_SHA2_192F, CKP_SLH_DSA_SHA2_256F };
	bool slh = s->row->type == CKM_SLH_DSA_KEY_PAIR_GEN;
	CK_ULONG set, at = bits / 64 - 2;

	/* no set is smaller than the first, or larger than the last */
	if (bits < 128 || bits > 256)
		return number_pair(s, CKA_PARAMETER_SET, bits < 128 ? 0 :
		    slh ? CKP_SLH_DSA_SHAKE_256F + 1 : CKP_ML_KEM_1024 + 1);
	/* ML-DSA counts as ML-KEM does */
	set = slh ? slhdsa[at] : mlkem[at];
	return number_pair(s, CKA_PARAMETER_SET, set);
}

static CK_RV
curve_pair(struct sample *s, const char *name)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(name, 0);
	unsigned char *der = NULL;
	int len = oid == NULL ? -1 : i2d_ASN1_OBJECT(oid, &der);
	CK_ATTRIBUTE line = { CKA_EC_PARAMS, der, (CK_ULONG)len };
	CK_RV rv = len > 0 ? generate_pair(s, &line, 1) : CKR_GENERAL_ERROR;

	OPENSSL_free(der);
	ASN1_OBJECT_free(oid);
	return rv;
}

static CK_RV
ec_pair(struct sample *s, CK_ULONG bits)
{
	static const struct {
		CK_ULONG bits;
		const char *name;
	} curves[] = { { 159, "secp128r1" }, { 160, "brainpoolP160r1" },
		{ 256, "prime256v1" }, { 521, "secp521r1" },
		{ 522, "sect571r1" } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(curves) - 1; i++)
		if (curves[i].bits == bits)
			break;
	return curve_pair(s, curves[i].name);
}

static CK_RV
edwards_pair(struct sample *s, CK_ULONG bits)
{
	return curve_pair(s, bits == 255 ? "ED25519" :
	    bits == 448 ? "ED448" : "prime256v1");
}

static CK_RV
montgomery_pair(struct sample *s, CK_ULONG bits)
{
	return curve_pair(s, bits == 255 ? "X25519" :
	    bits == 448 ? "X448" : "prime256v1");
}

static struct bytes
number_of(EVP_PKEY *pkey, const char *name)
{
	BIGNUM *n = NULL;
	struct bytes out = { NULL, 0 };

	if (EVP_PKEY_get_bn_param(pkey, name, &n)) {
		out = room((CK_ULONG)BN_num_bytes(n));
		(void)BN_bn2bin(n, out.ptr);
	}
	BN_free(n);
	return out;
}

/* The group is libcrypto's. */
CK_RV
group_pair(struct sample *s, EVP_PKEY *group, bool dsa)
{
	struct bytes p, q, g;
	CK_ATTRIBUTE tmpl[3];

	if (group == NULL)
		return CKR_GENERAL_ERROR;
	p = number_of(group, OSSL_PKEY_PARAM_FFC_P);
	g = number_of(group, OSSL_PKEY_PARAM_FFC_G);
	q = number_of(group, OSSL_PKEY_PARAM_FFC_Q);
	tmpl[0] = (CK_ATTRIBUTE){ CKA_PRIME, p.ptr, p.len };
	tmpl[1] = (CK_ATTRIBUTE){ CKA_BASE, g.ptr, g.len };
	tmpl[2] = (CK_ATTRIBUTE){ CKA_SUBPRIME, q.ptr, q.len };
	return generate_pair(s, tmpl, dsa ? 3 : 2);
}

static CK_RV
dsa_pair(struct sample *s, CK_ULONG bits)
{
	return group_pair(s, pkey_of("DSA", bits == 511 ? 448 :
	    bits == 3073 ? 3136 : bits, NULL), true);
}

static CK_RV
dh_pair(struct sample *s, CK_ULONG bits)
{
	const char *name = large_group(bits);

	return group_pair(s, pkey_of("DH", name == NULL ? bits : 0, name),
	    false);
}

/* As libcrypto sees it: whole, and the halves of one pair. */
bool
pair_right(struct sample *s)
{
	EVP_PKEY *public = public_export(s->public_key);
	EVP_PKEY_CTX *ctx;
	bool good;

	s->pkey = pair_export(s->private_key);
	if (s->pkey == NULL || public == NULL) {
		EVP_PKEY_free(public);
		return false;
	}
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	good = expect(EVP_PKEY_eq(s->pkey, public) == 1,
	    "the halves are not of one pair") &&
	    expect(EVP_PKEY_pairwise_check(ctx) == 1,
	    "EVP_PKEY_pairwise_check");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(public);
	return good;
}

struct family {
	CK_MECHANISM_TYPE type;
	CK_RV (*make)(struct sample *, CK_ULONG bits);
};

static const struct family families[] = {
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, rsa_pair },
	{ CKM_EC_KEY_PAIR_GEN, ec_pair },
	{ CKM_EC_EDWARDS_KEY_PAIR_GEN, edwards_pair },
	{ CKM_EC_MONTGOMERY_KEY_PAIR_GEN, montgomery_pair },
	{ CKM_DSA_KEY_PAIR_GEN, dsa_pair },
	{ CKM_DH_PKCS_KEY_PAIR_GEN, dh_pair },
	{ CKM_ML_KEM_KEY_PAIR_GEN, pq_pair },
	{ CKM_ML_DSA_KEY_PAIR_GEN, pq_pair },
	{ CKM_SLH_DSA_KEY_PAIR_GEN, pq_pair },
};

static CK_RV
pair_of_size(struct sample *s, CK_ULONG bits)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(families); i++)
		if (families[i].type == s->row->type)
			return families[i].make(s, bits);
	return CKR_FUNCTION_NOT_SUPPORTED;
}

static bool
prove_generate_pair(struct sample *s)
{
	return went(pair_of_size(s, s->size), "C_GenerateKeyPair") &&
	    pair_right(s) && use_elsewhere(s);
}

const struct kind make_pairs = { {
	{ CKF_GENERATE_KEY_PAIR, prove_generate_pair },
} };

static const struct keys rsa_made = { nothing_make, pair_of_size,
	{ 2048, 512 + 8 * 16 }, true };
static const struct keys ec_made = { nothing_make, pair_of_size,
	{ 256, 160, 521 }, false };
static const struct keys ecx_made = { nothing_make, pair_of_size,
	{ 255, 448 }, false };
static const struct keys dsa_pairs = { nothing_make, pair_of_size,
	{ 1024, 2048 }, false };
static const struct keys dh_pairs = { nothing_make, pair_of_size,
	{ 2048, 512 }, false };
static const struct keys pq_pairs = { nothing_make, pair_of_size,
	{ 128, 192, 256 }, false };

#define MAKES(mech, keys_, with, always) \
	{ .type = CKM_##mech, .name = #mech, .kind = &makes, \
	    .keys = &keys_, .number = CKM_##with, .limit = always }
#define PAIRS(mech, keys_, with, new) \
	{ .type = CKM_##mech, .name = #mech, .kind = &make_pairs, \
	    .keys = &keys_, .number = CKM_##with, .newer = new }

static const struct row make_table[] = {
	MAKES(AES_KEY_GEN, aes_made, AES_ECB, 0),
	MAKES(AES_XTS_KEY_GEN, xts_made, AES_XTS, 0),
	MAKES(GENERIC_SECRET_KEY_GEN, bits_made, SHA256_HMAC, 0),
	MAKES(CHACHA20_KEY_GEN, fixed_made, CHACHA20, 32),
	{ .type = CKM_CAMELLIA_KEY_GEN, .name = "CAMELLIA_KEY_GEN",
	    .kind = &makes, .keys = &aes_made, .number = CKM_CAMELLIA_ECB,
	    .camellia = true },
	MAKES(POLY1305_KEY_GEN, fixed_made, POLY1305, 32),
	MAKES(HKDF_KEY_GEN, any_made, HKDF_DERIVE, 0),
	{ .type = CKM_PKCS5_PBKD2, .name = "PKCS5_PBKD2", .kind = &passwords,
	    .keys = &pbkd2_made, .param = pbkd2_param,
	    .refer = pbkd2_refer },
	PAIRS(RSA_PKCS_KEY_PAIR_GEN, rsa_made, SHA256_RSA_PKCS, false),
	PAIRS(EC_KEY_PAIR_GEN, ec_made, ECDSA_SHA256, false),
	PAIRS(EC_EDWARDS_KEY_PAIR_GEN, ecx_made, EDDSA, false),
	PAIRS(EC_MONTGOMERY_KEY_PAIR_GEN, ecx_made, ECDH1_DERIVE, false),
	PAIRS(DSA_KEY_PAIR_GEN, dsa_pairs, DSA_SHA256, false),
	PAIRS(DH_PKCS_KEY_PAIR_GEN, dh_pairs, DH_PKCS_DERIVE, false),
	PAIRS(ML_KEM_KEY_PAIR_GEN, pq_pairs, ML_KEM, true),
	PAIRS(ML_DSA_KEY_PAIR_GEN, pq_pairs, ML_DSA, true),
	PAIRS(SLH_DSA_KEY_PAIR_GEN, pq_pairs, SLH_DSA, true),
};

const struct table make_rows = { make_table, ARRAY_LEN(make_table) };
