/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Published attacks on PKCS#11 tokens, as a program that only uses what the
 * module offers to it: one function each.
 */
#ifndef CNG_TESTS_ATTACKS_ATTACK_H
#define CNG_TESTS_ATTACKS_ATTACK_H

#include "base/util.h"
#include "pkcs11/cryptoki3_calls.h"

#include <stdbool.h>
#include <stddef.h>

/* What an attack was aimed at. */
struct target {
	CK_FUNCTION_LIST *f;
	CK_FUNCTION_LIST_3_2 *f_3_2; /* NULL: it has none */
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;   /* read-write, the user logged in */
};

enum verdict {
	DEFENDED = 0,   /* refused, or it brought nothing */
	OPEN,           /* it worked */
	ABSENT,         /* the token has not what the attack needs */
	BROKEN,         /* the attack itself did not come to an end */
};

struct outcome {
	enum verdict verdict;
	CK_RV rv;              /* the answer that decided */
	const char *note;      /* what was seen */
};

typedef struct outcome attack_function(const struct target *t);

struct attack {
	const char *id;
	const char *name;
	attack_function *run;
};

/* --- wrapping.c --- */
attack_function attack_wrap_decrypt, attack_encrypt_unwrap, attack_reimport,
    attack_weaker_key, attack_unextractable, attack_self_wrap, attack_ecb,
    attack_iv_reuse;
/* --- roles.c --- */
attack_function attack_role_change, attack_unset, attack_public_key;
/* --- oracles.c --- */
attack_function attack_pkcs1, attack_cbc_pad, attack_oaep, attack_template;
/* --- parts.c: a piece of A1; what was seen, or NULL --- */
const char *opens_by_parts(const struct target *t);
/* --- derive.c --- */
attack_function attack_derive, attack_invalid_curve;

/* --- tools.c --- */

static inline struct outcome
outcome(enum verdict verdict, CK_RV rv, const char *note)
{
	return (struct outcome){ verdict, rv, note };
}

/* Is the mechanism there, with these flags? */
bool has(const struct target *t, CK_MECHANISM_TYPE type, CK_FLAGS flags);

/* What a key is made for; the rest is false. */
#define MAY_ENCRYPT 0x01u
#define MAY_DECRYPT 0x02u
#define MAY_WRAP 0x04u
#define MAY_UNWRAP 0x08u
#define MAY_DERIVE 0x10u
#define MAY_LEAVE 0x20u          /* extractable */
#define TRUSTED_ONLY 0x40u       /* leaves under trusted keys only */
#define IS_OPEN 0x80u            /* not sensitive */

/* Session keys of the user, private and (without IS_OPEN) sensitive. */
CK_RV make_secret(const struct target *t, CK_KEY_TYPE type, CK_ULONG bytes,
    unsigned may, CK_OBJECT_HANDLE *out);
CK_RV make_rsa(const struct target *t, unsigned public_may,
    unsigned private_may, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key);
CK_RV make_ec(const struct target *t, unsigned may,
    CK_OBJECT_HANDLE *private_key);

/* Has the key all of these uses? */
bool may(const struct target *t, CK_OBJECT_HANDLE key, unsigned uses);
/* Its value; false when it may not be read. */
bool read_value(const struct target *t, CK_OBJECT_HANDLE key, CK_BYTE *out,
    CK_ULONG *len);

/* Unwraps to an AES key of that many bytes that anybody may read. */
CK_RV unwrap_open(const struct target *t, CK_MECHANISM *how,
    CK_OBJECT_HANDLE key, CK_BYTE *blob, CK_ULONG len,
    CK_OBJECT_HANDLE *out);

/* The best way that the token has to wrap secret keys under AES: KWP, KW. */
bool wrap_mechanism(const struct target *t, CK_MECHANISM *out);

CK_RV encrypt(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    const CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len);
CK_RV decrypt(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len);

#endif
