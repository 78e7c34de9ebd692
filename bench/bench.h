/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the benchmark share: the contestants, the seats their
 * threads work from, and the row that describes one workload.
 */
#ifndef CNG_BENCH_BENCH_H
#define CNG_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <sqlite3.h>

#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/cryptoki_mechs.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define SEATS_MAX 4
#define MADE_MAX 512
#define READY_MAX 4096
#define WORK_BYTES_MAX 0x100000
#define ROUNDS_MAX 101

enum who {
	OURS,
	PEER,
	LIMIT,       /* libcrypto, or SQLite, called directly */
	WHO_COUNT
};

/* The keys that each contestant has one of; made when first asked for. */
enum bench_key {
	KEY_NO,
	KEY_RSA2048,
	KEY_RSA2048_TOKEN,
	KEY_RSA2048_UNWRAP,
	KEY_RSA4096,
	KEY_P256,
	KEY_P256_TOKEN,
	KEY_P384,
	KEY_ED25519,
	KEY_AES,
	KEY_HMAC,
	KEY_HMAC_TOKEN,
	KEY_KEK,
	KEY_COUNT
};

struct pair {
	CK_OBJECT_HANDLE public_key;
	CK_OBJECT_HANDLE private_key; /* or the secret key */
};

struct seat;

/* How to reach a module, and what is open there.  Of the limit only the
 * last three members are used. */
struct side {
	enum who who;
	const char *path;
	const char *init;            /* for C_Initialize, or NULL */
	const char *label;
	const char *pin;
	void *lib;
	CK_FUNCTION_LIST *f;
	CK_SLOT_ID slot;
	struct pair keys[KEY_COUNT];
	unsigned long filled;        /* numbered keys on the token */
	EVP_PKEY *limit_keys[KEY_COUNT];
	const char *folder;          /* for the database of the limit */
	struct seat *seats;          /* SEATS_MAX */
};

/* One thread of one contestant. */
struct seat {
	struct side *side;
	CK_SESSION_HANDLE session;
	struct pair key;
	struct pair target;          /* what is wrapped */
	CK_MECHANISM mech;
	CK_BYTE *in;                 /* WORK_BYTES_MAX, and some more */
	CK_BYTE *out;
	CK_BYTE ready[READY_MAX];    /* what the workload takes as its input */
	CK_ULONG ready_len;
	CK_OBJECT_HANDLE made[MADE_MAX];
	size_t made_count;
	unsigned long turn;
	EVP_PKEY *pkey;              /* borrowed */
	EVP_PKEY_CTX *pkey_ctx;
	EVP_CIPHER_CTX *cipher;
	EVP_MD_CTX *md;
	EVP_MAC_CTX *mac;
	sqlite3 *db;
	sqlite3_stmt *stmt;
	struct writer *writer;
};

enum unit {
	PER_SECOND,
	MIB_PER_SECOND,
	MILLISECONDS,
	MIB,
};

struct work;

/* What is done, by a module or by the limit.  Only once and sample are needed,
 * and only one of them. */
struct act {
	CK_RV (*start)(struct seat *seat, const struct work *work);
	/* Before each slice and after it, not timed. */
	CK_RV (*ready)(struct seat *seat, const struct work *work);
	CK_RV (*once)(struct seat *seat, const struct work *work);
	void (*settle)(struct seat *seat, const struct work *work);
	void (*stop)(struct seat *seat, const struct work *work);
	/* The figure itself, or less than 0. */
	double (*sample)(struct seat *seat, const struct work *work);
};

#define WORK_DISK 1u     /* noise of a quarter, not of a tenth */
#define WORK_SLOW 2u     /* left out of the short run */

/* A row of the table in workloads.c. */
struct work {
	const char *name;
	enum unit unit;
	const struct act *module;
	const struct act *limit;     /* NULL: there is none */
	enum bench_key key;
	enum bench_key target;       /* what is wrapped */
	CK_MECHANISM_TYPE mech;
	CK_ULONG size;               /* of the input, in bytes */
	const char *what;            /* of a child process */
	unsigned threads;            /* 0 is 1 */
	unsigned long keys;          /* the token has as many */
	unsigned flags;
	double goal;                 /* ours as a fraction of the limit */
	double figure;               /* or an absolute one */
};

extern const struct work workloads[];
extern const size_t workload_count;

struct result {
	const struct work *work;
	bool has[WHO_COUNT];
	CK_RV rv[WHO_COUNT];         /* why it has not */
	double median[WHO_COUNT];
	double ratio[WHO_COUNT];     /* ours to it; more is better; 0: none */
};

#endif
