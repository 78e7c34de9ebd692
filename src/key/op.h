/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The description of one operation.  Faces build it from a mechanism or a
 * padding structure; crypto, cards and TPMs carry it out.
 */
#ifndef CNG_KEY_OP_H
#define CNG_KEY_OP_H

#include "base/span.h"
#include "key/alg.h"

enum op_scheme {
	OP_NONE = 0,
	/* RSA */
	OP_RSA_PKCS1,      /* sign, verify, recover, encrypt, decrypt, wrap */
	OP_RSA_RAW,        /* X.509: no padding */
	OP_RSA_OAEP,
	OP_RSA_PSS,
	OP_RSA_AES_WRAP,   /* OAEP of an ephemeral AES key, then KWP */
	/* EC */
	OP_ECDSA,          /* signature r || s */
	OP_ECDH,           /* derive */
	OP_ECDH_AES_KW,    /* derive, then RFC 3394: unwrap */
	OP_ECDH_3DES_KW,   /* derive, then RFC 3217: unwrap */
	/* AES */
	OP_AES_ECB,
	OP_AES_CBC,
	OP_AES_CBC_PAD,
	OP_AES_CTR,
	OP_AES_GCM,        /* ciphertext || tag */
	OP_AES_CMAC,
	OP_AES_KW,         /* RFC 3394 */
	OP_AES_KWP,        /* RFC 5649 */
	OP_AES_KW_PKCS7,   /* PKCS#7 padding to 8 bytes, then RFC 3394 */
	/* secrets and digests */
	OP_HMAC,
	OP_DIGEST,         /* no key */
	OP_SCHEME_COUNT
};

enum op_kdf {
	KDF_NULL = 0,      /* the raw shared secret */
	KDF_X963,          /* ANSI X9.63 with op.hash */
	KDF_SP800,         /* SP 800-56A one-step: counter first, op.hash */
};

struct key_op {
	enum op_scheme scheme;
	enum key_hash hash;     /* of the message; HASH_NONE: input is ready */
	enum key_hash pad_hash; /* OAEP and PSS digest; KDF digest */
	enum key_hash mgf_hash; /* OAEP and PSS */
	size_t salt_len;        /* PSS, bytes */
	size_t mac_len;         /* HMAC and CMAC output, bytes; 0: full */
	size_t tag_len;         /* GCM, bytes */
	size_t counter_bits;    /* CTR */
	size_t aes_bits;        /* RSA_AES_WRAP, ECDH_AES_KW: the key between */
	enum op_kdf kdf;        /* ECDH */
	bool cofactor;          /* ECDH */
	struct span iv;         /* borrowed until the operation has started */
	struct span aad;
	struct span label;      /* OAEP label, KDF shared info */
	struct span peer;       /* ECDH: uncompressed point, or DER of one */
};

enum op_direction {
	OP_SIGN = 0,
	OP_VERIFY,
	OP_ENCRYPT,
	OP_DECRYPT,
	OP_DIGEST_DIR,
};

#endif
