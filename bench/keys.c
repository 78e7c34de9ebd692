/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The keys that workloads use: in a module, and as libcrypto has them.
 */
#include "bench/keys.h"

#include "bench/tmpl.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define LABEL_MAX 24
#define CURVE_MAX 16

CK_BYTE keys_secret[SECRET_LEN] = "a secret that all the sides know";
/* Another one: no key wraps itself. */
CK_BYTE keys_kek[SECRET_LEN] = "what wraps is not what is inside";

/* How a key is made and what it may do. */
struct recipe {
	CK_MECHANISM_TYPE mech;      /* that generates a pair */
	CK_KEY_TYPE type;
	CK_ULONG bits;
	CK_BYTE curve[CURVE_MAX];    /* CKA_EC_PARAMS */
	CK_ULONG curve_len;
	const char *limit_name;      /* libcrypto's, of curve or algorithm */
	bool token;
	bool secret;                 /* made from its value */
	CK_ATTRIBUTE_TYPE public_use[2];
	CK_ATTRIBUTE_TYPE use[2];
};

#define P256 .mech = CKM_EC_KEY_PAIR_GEN, .type = CKK_EC, \
	.curve = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 }, \
	.curve_len = 10, .limit_name = "P-256"
#define RSA(n) .mech = CKM_RSA_PKCS_KEY_PAIR_GEN, .type = CKK_RSA, .bits = (n)
#define SECRET(n) .secret = true, .type = (n)
#define SIGNS .public_use = { CKA_VERIFY }, .use = { CKA_SIGN }
#define SIGNS_DECRYPTS .public_use = { CKA_VERIFY, CKA_ENCRYPT }, \
	.use = { CKA_SIGN, CKA_DECRYPT }

static const struct recipe recipes[KEY_COUNT] = {
	[KEY_RSA2048] = { RSA(2048), SIGNS_DECRYPTS },
	[KEY_RSA2048_TOKEN] = { RSA(2048), SIGNS_DECRYPTS, .token = true },
	[KEY_RSA2048_UNWRAP] = { RSA(2048), .public_use = { CKA_WRAP },
	    .use = { CKA_UNWRAP } },
	[KEY_RSA4096] = { RSA(4096), SIGNS_DECRYPTS },
	[KEY_P256] = { P256, SIGNS },
	[KEY_P256_TOKEN] = { P256, SIGNS, .token = true },
	[KEY_P384] = { .mech = CKM_EC_KEY_PAIR_GEN, .type = CKK_EC,
	    .curve = { 6, 5, 0x2b, 0x81, 4, 0, 0x22 }, .curve_len = 7,
	    .limit_name = "P-384", SIGNS },
	[KEY_ED25519] = { .mech = CKM_EC_EDWARDS_KEY_PAIR_GEN,
	    .type = CKK_EC_EDWARDS, .curve = "\x13\x0c" "edwards25519",
	    .curve_len = 14, SIGNS },
	[KEY_AES] = { SECRET(CKK_AES), .use = { CKA_ENCRYPT, CKA_DECRYPT } },
	[KEY_HMAC] = { SECRET(CKK_GENERIC_SECRET),
	    .use = { CKA_SIGN, CKA_VERIFY } },
	[KEY_HMAC_TOKEN] = { SECRET(CKK_GENERIC_SECRET), .token = true,
	    .use = { CKA_SIGN, CKA_VERIFY } },
	[KEY_KEK] = { SECRET(CKK_AES), .use = { CKA_WRAP, CKA_UNWRAP } },
};

/* --- in a module -------------------------------------------------------- */

static void
allow(struct tmpl *tmpl, const CK_ATTRIBUTE_TYPE use[2])
{
	for (size_t i = 0; i < 2; i++)
		if (use[i] != 0)
			tmpl_flag(tmpl, use[i], true);
}

/* A key of a session can be read, so that all modules export it. */
static void
protect(struct tmpl *tmpl, bool token)
{
	tmpl_flag(tmpl, CKA_SENSITIVE, token);
	tmpl_flag(tmpl, CKA_EXTRACTABLE, true);
}

CK_RV
keys_generate(struct side *side, CK_SESSION_HANDLE session, enum bench_key key,
    struct pair *out)
{
	const struct recipe *recipe = &recipes[key];
	CK_MECHANISM m = { recipe->mech, NULL, 0 };
	CK_BYTE exponent[] = { 1, 0, 1 };
	CK_BYTE curve[CURVE_MAX];
	struct tmpl pub = { .count = 0 }, priv = { .count = 0 };

	tmpl_flag(&pub, CKA_TOKEN, recipe->token);
	allow(&pub, recipe->public_use);
	if (recipe->type == CKK_RSA) {
		tmpl_number(&pub, CKA_MODULUS_BITS, recipe->bits);
		tmpl_bytes(&pub, CKA_PUBLIC_EXPONENT, exponent, 3);
	} else {
		memcpy(curve, recipe->curve, sizeof(curve));
		tmpl_bytes(&pub, CKA_EC_PARAMS, curve, recipe->curve_len);
	}
	tmpl_flag(&priv, CKA_TOKEN, recipe->token);
	allow(&priv, recipe->use);
	protect(&priv, recipe->token);
	return side->f->C_GenerateKeyPair(session, &m, pub.attr, pub.count,
	    priv.attr, priv.count, &out->public_key, &out->private_key);
}

static CK_RV
make_secret(struct side *side, const struct recipe *recipe, struct pair *out)
{
	struct tmpl tmpl;

	tmpl_secret(&tmpl, recipe->type, recipe->token);
	allow(&tmpl, recipe->use);
	protect(&tmpl, recipe->token);
	tmpl_bytes(&tmpl, CKA_VALUE, recipe->use[0] == CKA_WRAP ? keys_kek :
	    keys_secret, SECRET_LEN);
	return side->f->C_CreateObject(side->seats[0].session, tmpl.attr,
	    tmpl.count, &out->private_key);
}

CK_RV
keys_pair(struct side *side, enum bench_key key, struct pair *out)
{
	struct pair *kept = &side->keys[key];
	CK_RV rv = CKR_OK;

	if (kept->private_key == 0 && recipes[key].secret)
		rv = make_secret(side, &recipes[key], kept);
	else if (kept->private_key == 0)
		rv = keys_generate(side, side->seats[0].session, key, kept);
	*out = *kept;
	return rv;
}

CK_RV
keys_numbered(struct side *side, CK_SESSION_HANDLE session, bool token,
    unsigned long number, CK_OBJECT_HANDLE *out)
{
	char label[LABEL_MAX];
	struct tmpl tmpl;
	int len = snprintf(label, sizeof(label), "key %lu", number);

	tmpl_secret(&tmpl, CKK_AES, token);
	tmpl_flag(&tmpl, CKA_ENCRYPT, true);
	tmpl_flag(&tmpl, CKA_DECRYPT, true);
	tmpl_bytes(&tmpl, CKA_ID, &number, sizeof(number));
	tmpl_bytes(&tmpl, CKA_LABEL, label, (CK_ULONG)len);
	tmpl_bytes(&tmpl, CKA_VALUE, keys_secret, sizeof(keys_secret));
	return side->f->C_CreateObject(session, tmpl.attr, tmpl.count, out);
}

/* Several threads, so that a module may commit for all of them at once. */
struct filler {
	struct seat *seat;
	unsigned long first;
	unsigned long count;
	CK_RV rv;
};

static void *
fill(void *arg)
{
	struct filler *filler = arg;
	struct seat *seat = filler->seat;
	CK_OBJECT_HANDLE key;

	for (unsigned long i = filler->first;
	     i <= filler->count && filler->rv == CKR_OK; i += SEATS_MAX)
		filler->rv = keys_numbered(seat->side, seat->session, true, i,
		    &key);
	return NULL;
}

CK_RV
keys_fill(struct side *side, unsigned long count)
{
	struct filler filler[SEATS_MAX];
	pthread_t thread[SEATS_MAX];
	CK_RV rv = CKR_OK;
	size_t started;

	if (count <= side->filled)
		return CKR_OK;
	for (started = 0; started < SEATS_MAX; started++) {
		filler[started] = (struct filler){ &side->seats[started],
			side->filled + 1 + started, count, CKR_OK };
		if (pthread_create(&thread[started], NULL, fill,
			&filler[started]) != 0)
			break;
	}
	if (started < SEATS_MAX)
		rv = CKR_HOST_MEMORY;
	for (size_t i = 0; i < started; i++) {
		pthread_join(thread[i], NULL);
		if (filler[i].rv != CKR_OK)
			rv = filler[i].rv;
	}
	side->filled = count;
	return rv;
}

/* --- in libcrypto ------------------------------------------------------- */

EVP_PKEY *
keys_limit_generate(enum bench_key key)
{
	const struct recipe *recipe = &recipes[key];

	if (recipe->type == CKK_RSA)
		return EVP_RSA_gen((size_t)recipe->bits);
	if (recipe->type == CKK_EC)
		return EVP_EC_gen(recipe->limit_name);
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

EVP_PKEY *
keys_limit(struct side *side, enum bench_key key)
{
	if (side->limit_keys[key] == NULL)
		side->limit_keys[key] = keys_limit_generate(key);
	return side->limit_keys[key];
}
