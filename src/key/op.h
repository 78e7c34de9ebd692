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
	OP_ECDH_AES_WRAP,  /* agreement with an ephemeral key, then KWP */
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
	/* more signatures */
	OP_DSA,            /* r || s */
	OP_EDDSA,          /* op.context, op.prehash */
	OP_MLDSA,          /* op.context, op.hedge; pad_hash: HashML-DSA */
	OP_SLHDSA,
	/* more agreement */
	OP_DH,             /* derive; op.peer is y of the other side */
	OP_MLKEM,          /* encapsulate, decapsulate */
	/* derive from a secret key, of any kind that is not a pair */
	OP_HKDF,           /* iv is the salt, label the info */
	OP_PBKDF2,         /* the key is the password; iv is the salt */
	OP_SP800_108,      /* what op.kbkdf says */
	OP_TLS_PRF,        /* label, then iv as the seed; HASH_NONE: that of
	                    * TLS 1.0 and 1.1 */
	/* more ciphers and MACs */
	OP_AES_OFB,
	OP_AES_CFB8,
	OP_AES_CFB128,
	OP_AES_CTS,        /* CBC-CS1; in one go */
	OP_AES_XTS,        /* one data unit; iv is its number */
	OP_AES_CCM,        /* ciphertext || tag; in one go */
	OP_AES_GMAC,
	OP_CHACHA20,       /* iv is counter || nonce, 16 bytes; see op.nonce */
	OP_CHACHA20_POLY1305, /* ciphertext || tag */
	OP_POLY1305,
	OP_DES3_ECB,
	OP_DES3_CBC,
	OP_DES3_CBC_PAD,
	OP_HASH_KEY,       /* the digest of the key, or its first bytes */
	OP_X942,           /* as OP_DH, with keys that know q */
	OP_TLS_MAC,        /* sign: PRF over label, then the message */
	/* derive what may be taken apart again */
	OP_JOIN,           /* iv, then the key, then label */
	OP_XOR,            /* with label */
	OP_CUT,            /* from op.first_bit on, in a circle */
	OP_AES_DATA,       /* label encrypted: in CBC, or ECB without an iv */
	OP_PUBLIC_HALF,    /* of a private key */
	OP_AES_CFB1,
	OP_AES_XCBC,       /* RFC 3566 */
	OP_CAMELLIA_ECB,
	OP_CAMELLIA_CBC,
	OP_CAMELLIA_CBC_PAD,
	OP_CAMELLIA_CTR,
	OP_SCHEME_COUNT
};

enum op_kdf {
	KDF_NULL = 0,      /* the raw shared secret */
	KDF_X963,          /* ANSI X9.63 with op.hash */
	KDF_SP800,         /* SP 800-56A one-step: counter first, op.hash */
	KDF_X942_ASN1,     /* X9.42: the counter is in op.label, which is DER */
};

/* Does a signature contain random bytes?  Preferred means always, here. */
enum op_hedge {
	HEDGE_PREFERRED = 0,
	HEDGE_REQUIRED,
	HEDGE_NEVER,       /* the same signature each time */
};

/* --- SP 800-108 ---------------------------------------------------------- */

enum kbkdf_mode {
	KBKDF_COUNTER = 0,
	KBKDF_FEEDBACK,    /* op.iv is K(0) */
	KBKDF_PIPELINE,
};

enum kbkdf_piece_kind {
	KBKDF_PIECE_COUNTER = 0, /* number of the block, from 1 */
	KBKDF_PIECE_CHAIN,       /* K(i - 1), or A(i) of a pipeline */
	KBKDF_PIECE_LENGTH,      /* of the output, bits */
	KBKDF_PIECE_BYTES,
};

struct kbkdf_piece {
	enum kbkdf_piece_kind kind;
	size_t width;            /* of a number, bits: 8 to 64 */
	bool little_endian;
	bool whole_blocks;       /* LENGTH: rounded up to the function's */
	struct span bytes;
};

/* What the function is computed over, piece by piece.  Those of a pipeline
 * that are bytes or the length make A(0). */
#define KBKDF_PIECES_MAX 16
struct kbkdf {
	enum kbkdf_mode mode;
	size_t keys_len;         /* of all keys that share the output, bytes;
	                          * 0: all of it is one key */
	size_t count;
	struct kbkdf_piece piece[KBKDF_PIECES_MAX];
};

struct key_op {
	enum op_scheme scheme;
	enum key_hash hash;     /* of the message; HASH_NONE: input is ready */
	enum key_hash pad_hash; /* OAEP and PSS digest; KDF digest */
	enum key_hash mgf_hash; /* OAEP and PSS */
	size_t salt_len;        /* PSS, bytes */
	size_t mac_len;         /* HMAC and CMAC output, bytes; 0: full */
	size_t tag_len;         /* GCM, bytes */
	size_t counter_bits;    /* CTR, CHACHA20 */
	bool has_data_len;      /* CCM: the length of the data was promised */
	size_t data_len;
	size_t aes_bits;        /* RSA_AES_WRAP, ECDH_AES_WRAP, ECDH_AES_KW */
	enum op_kdf kdf;        /* ECDH */
	bool cofactor;          /* ECDH */
	bool for_kem;           /* agreement with a key made for it: no peer */
	size_t secret_len;      /* encapsulation by RSA or agreement: bytes
	                         * that are wanted; 0: as many as there are */
	bool prehash;           /* EDDSA: Ed25519ph, Ed448ph */
	bool has_context;       /* EDDSA: Ed25519ctx, also with an empty one */
	bool external_mu;       /* MLDSA: the input is mu */
	enum op_hedge hedge;    /* MLDSA, SLHDSA */
	bool skip_extract;      /* HKDF: the key is pseudorandom already */
	bool skip_expand;       /* HKDF: the result is the pseudorandom key */
	uint32_t iterations;    /* PBKDF2 */
	size_t first_bit;       /* CUT: 0 is the highest of the first byte */
	const struct kbkdf *kbkdf; /* SP800_108; borrowed */
	struct span iv;         /* borrowed until the operation has started */
	struct span nonce;      /* CHACHA20: what follows a counter in iv */
	struct span aad;
	struct span label;      /* OAEP label, KDF shared info */
	struct span context;    /* of a signature, at most 255 bytes */
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
