/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of mechanism x function, each cell with its proof.  A row says
 * how the functions of one mechanism are tried (its kind), with what keys and
 * parameter, and what libcrypto makes of the same input.  A published vector
 * (tests/vectors/published) runs through the same row, with the answer from
 * the paper in place of libcrypto's.  To add a mechanism, add a row.
 */
#ifndef CNG_TESTS_MECHANISMS_CELLS_H
#define CNG_TESTS_MECHANISMS_CELLS_H

#include "base/util.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_sets.h"
#include "pkcs11/vendor.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TRIES_MAX 16

struct bytes {
	unsigned char *ptr;
	CK_ULONG len;
};

struct row;
struct sample;

typedef bool step(struct sample *);

/* One function, and how it is proven. */
struct proof {
	CK_FLAGS cell;
	step *run;
};

/* What can be done with a mechanism of this kind; ends with no cell. */
struct kind {
	struct proof proof[9];
};

/* Keys, from a size in the unit of the mechanism. */
struct keys {
	/* a good key: into sample->key or sample->pkey, and the token */
	bool (*make)(struct sample *, CK_ULONG size);
	/* a key of that size, however odd: as far as the token goes with it.
	 * NULL: the sizes are proven elsewhere, or there are none */
	CK_RV (*of_size)(struct sample *, CK_ULONG size);
	CK_ULONG tries[TRIES_MAX]; /* sizes, 0 ends */
	bool dear;               /* the greatest takes minutes to make */
};

struct row {
	CK_MECHANISM_TYPE type;
	const char *name;        /* without CKM_ */
	const struct kind *kind;
	const struct keys *keys;
	step *param;             /* into how and param; NULL: none */
	step *refer;             /* libcrypto: output from input */
	/* libcrypto takes what the module made; NULL: only output is right */
	bool (*accepts)(struct sample *, struct bytes made);
	const char *name_of;     /* of the algorithm, as libcrypto has it */
	CK_ULONG number;         /* a mechanism or a number in the parameter */
	CK_ULONG limit;          /* bytes of input; 0: it may have any */
	CK_ULONG pieces;         /* input is a multiple of; 0: of anything */
	bool whole;              /* cannot be done in parts */
	bool compat;             /* only tokens of this policy have it */
	bool plain;              /* libcrypto has nothing to add */
	bool newer;              /* libcrypto has it since 3.5 */
	bool new_blake;          /* and this since 3.2 */
	bool camellia;           /* which it may be built without */
	CK_FLAGS without;        /* cells of the kind that it has not */
	CK_KEY_TYPE key_type;    /* of the secret key; 0: as keys have it */
};

struct table {
	const struct row *row;
	size_t count;
};

/* One try. */
struct sample {
	const struct row *row;
	CK_ULONG size;
	struct bytes key, iv, aad, input, output, context, salt, info, tag;
	struct bytes hash;       /* SHA-256 of output, where that is long */
	CK_ULONG number;         /* what a vector says of row->number */
	bool refused;            /* a vector that must not verify */
	bool published;          /* output is not from libcrypto */
	EVP_PKEY *pkey, *peer;
	CK_OBJECT_HANDLE secret, public_key, private_key;
	CK_MECHANISM how;
	union {
		CK_MAC_GENERAL_PARAMS mac;
		CK_AES_CTR_PARAMS ctr;
		CK_GCM_PARAMS gcm;
		CK_CCM_PARAMS ccm;
		CK_CHACHA20_PARAMS chacha;
		CK_SALSA20_CHACHA20_POLY1305_PARAMS sealed;
		CK_GCM_MESSAGE_PARAMS gcm_message;
		CK_CCM_MESSAGE_PARAMS ccm_message;
		CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS sealed_message;
		CK_RSA_PKCS_OAEP_PARAMS oaep;
		CK_RSA_PKCS_PSS_PARAMS pss;
		CK_ECDH1_DERIVE_PARAMS ecdh;
		CK_ECDH_AES_KEY_WRAP_PARAMS ecdh_wrap;
		CK_EDDSA_PARAMS eddsa;
		CK_TLS12_MASTER_KEY_DERIVE_PARAMS tls_master;
		CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS tls_extended;
		CK_TLS12_KEY_MAT_PARAMS tls_keys;
		CK_TLS_KDF_PARAMS tls_kdf;
		CK_TLS_MAC_PARAMS tls_mac;
		CK_SIGN_ADDITIONAL_CONTEXT sign;
		CK_HASH_SIGN_ADDITIONAL_CONTEXT hash_sign;
		CK_HKDF_PARAMS hkdf;
		CK_IKE_PRF_DERIVE_PARAMS ike;
		CK_IKE1_PRF_DERIVE_PARAMS ike1;
		CK_IKE2_PRF_PLUS_DERIVE_PARAMS ike_plus;
		CK_IKE1_EXTENDED_DERIVE_PARAMS ike_extended;
		CK_SP800_108_KDF_PARAMS kbkdf;
		CK_SP800_108_FEEDBACK_KDF_PARAMS feedback;
		CK_PKCS5_PBKD2_PARAMS2 pbkd2;
		CK_RSA_AES_KEY_WRAP_PARAMS rsa_aes;
		CK_X9_42_DH1_DERIVE_PARAMS x942;
	} param;
	/* what a parameter points to */
	CK_RSA_PKCS_OAEP_PARAMS inner;
	CK_PRF_DATA_PARAM piece[4];
	CK_SP800_108_COUNTER_FORMAT counter;
	CK_SP800_108_DKM_LENGTH_FORMAT length;
};

/* --- all rows: one table a file --- */

extern const struct table tls_rows, agree_rows, group_rows, mix_rows;
extern const struct table digest_rows, mac_rows, cipher_rows, rsa_rows,
    ec_rows, ffc_rows, pq_rows, derive_rows, make_rows, wrap_rows, blob_rows;
extern const struct table small_rows, ike_rows;

#define FUNCTIONS_MAX 20
struct function {
	CK_FLAGS flag;
	const char *name;
};
extern const struct function functions[FUNCTIONS_MAX];

/* Made by the module: the one right answer, or one that libcrypto takes. */
bool made_right(struct sample *sample, struct bytes made, const char *what);
struct bytes touched(struct bytes from);

/* How a row proves a function; NULL: it does not. */
step *row_proof(const struct row *row, CK_FLAGS cell);
/* The i-th of all rows, or NULL. */
const struct row *row_at(size_t i);

/* --- kinds (kind_*.c) --- */

extern const struct kind digests, signs, recovers, crypts, only_decrypts,
    messages, wraps, derives, derives_data, kems, makes, make_pairs;

/* --- the token (token.c) --- */

extern CK_FUNCTION_LIST_3_2 *p11;
extern CK_SLOT_ID slot;
extern CK_SESSION_HANDLE session;
extern CK_BBOOL yes, no;

bool token_open(void);
void token_close(void);

/* Why the last step was false. */
const char *token_why(void);
/* Answers good, and notes what is wrong. */
bool expect(bool good, const char *what);
bool went(CK_RV rv, const char *call);
bool refused(CK_RV rv, const char *call);
bool equal(struct bytes got, struct bytes want, const char *what);

/* Memory until the end of the try. */
struct bytes room(CK_ULONG len);
struct bytes copy_of(const void *ptr, CK_ULONG len);
#define TEXT(text) copy_of(text, sizeof(text) - 1)
/* Bytes that look like nothing, the same in every run. */
struct bytes noise(CK_ULONG len, unsigned char seed);
/* Frees room, keys of libcrypto and objects; the row stays. */
void sample_end(struct sample *sample);
/* A session without whatever ran in the last one. */
bool token_renew(void);

bool object_make(CK_ATTRIBUTE *tmpl, CK_ULONG count, CK_OBJECT_HANDLE *out);
struct bytes object_value(CK_OBJECT_HANDLE object, CK_ULONG type);
CK_RV secret_try(CK_KEY_TYPE type, struct bytes value, CK_OBJECT_HANDLE *out);
/* sample->pkey as objects of the token. */
bool pair_import(struct sample *sample);
/* The other way: a key of the token as libcrypto sees it. */
EVP_PKEY *pair_export(CK_OBJECT_HANDLE key);
EVP_PKEY *public_export(CK_OBJECT_HANDLE key);

/* Begin a function of the row with the keys of the sample. */
CK_RV function_begin(struct sample *sample, CK_FLAGS cell);

/* --- shared by rows --- */

extern const struct keys aes_keys, any_keys, no_keys, rsa_keys, any_made;

bool any_make(struct sample *sample, CK_ULONG size);
CK_RV any_of_size(struct sample *sample, CK_ULONG size);
bool nothing_make(struct sample *sample, CK_ULONG size);
/* The first function of the row that a key of the token can do. */
CK_RV use_key(struct sample *sample);

bool set_param(struct sample *sample, void *param, CK_ULONG len);
#define SET_PARAM(sample, part) \
	set_param(sample, &(sample)->param.part, sizeof((sample)->param.part))

struct bytes digest_of(const char *name, struct bytes input);
struct bytes hmac_of(const char *name, struct bytes key, struct bytes input);
/* The name that libcrypto has for a digest mechanism. */
const char *hash_name(CK_MECHANISM_TYPE type);
CK_RSA_PKCS_MGF_TYPE hash_mgf(CK_MECHANISM_TYPE type);

bool cipher_run(const char *name, bool encrypt, struct bytes key,
    struct bytes iv, struct bytes input, bool padded, struct bytes *out);

/* Is libcrypto that version, or a newer one?  (main.c) */
bool libcrypto_is(unsigned major, unsigned minor);
bool libcrypto_has_camellia(void);

/* --- published vectors (vectors.c) --- */

/* Runs those of the mechanism that prove the cell.  False: one failed.
 * The names of the papers go to sources. */
bool vectors_load(const char *folder);
const char *vectors_folder(void);
bool vectors_run(
    const char *mechanism, CK_FLAGS cell, char *sources, size_t size);
/* Of each, did it run?  NULL, or the first that did not. */
const char *vectors_unused(void);
void vectors_free(void);

#endif
