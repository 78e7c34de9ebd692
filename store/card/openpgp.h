/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the OpenPGP driver share.  Such a card has three places
 * for keys, each with a purpose of its own, and no names for them: ours are in
 * the first of the objects that the card leaves to its users.
 */
#ifndef CNG_CARD_OPENPGP_H
#define CNG_CARD_OPENPGP_H

#include "store/card/driver.h"

#define PGP_PLACES 3
#define PGP_PRINT 20            /* bytes of a fingerprint */
#define PGP_ATTR_MAX 32
#define PGP_AID 16

/* The number of a place is that of its objects, too: C1, C7 and CE count on
 * from the first place. */
enum pgp_place { PGP_SIGN = 0, PGP_DECRYPT, PGP_AUTH };

enum pgp_tag {
	PGP_NAMES = 0x0101,
	PGP_APPLICATION = 0x6e,
	PGP_ATTR = 0xc1,
	PGP_PW_STATUS = 0xc4,
	PGP_FINGERPRINT = 0xc7,
	PGP_TIME = 0xce,
	PGP_KDF = 0xf9,
	PGP_ALGORITHMS = 0xfa,
	PGP_CERTIFICATE = 0x7f21,
};

/* Of the extended capabilities. */
enum pgp_cap {
	PGP_CAP_KDF = 0x01,
	PGP_CAP_ATTR = 0x04,     /* attributes may be changed */
	PGP_CAP_OWN = 0x08,      /* objects 0101 to 0104 */
	PGP_CAP_IMPORT = 0x20,
};

enum pgp_pw {
	PGP_PW1_SIGN = 0x81,
	PGP_PW1 = 0x82,
	PGP_PW3 = 0x83,
};

enum pgp_algorithm {
	PGP_ALG_RSA = 0x01,
	PGP_ALG_ECDH = 0x12,
	PGP_ALG_ECDSA = 0x13,
	PGP_ALG_EDDSA = 0x16,
};

/* What the key of a place is, or would be. */
struct pgp_attr {
	uint8_t raw[PGP_ATTR_MAX];
	size_t len;
	enum pgp_algorithm algorithm;
	enum key_family family;  /* KEY_NONE: not one that we know */
	enum key_curve curve;
	size_t oid_len;          /* from the second byte of raw on */
	size_t bits, e_bits;     /* RSA */
	bool with_crt, with_n;   /* RSA import: what the card wants beyond e, p
	                          * and q */
	bool with_point;         /* the same, with curves */
};

/* The three passwords, as the card counts their tries. */
enum pgp_secret { PGP_OF_PW1 = 0, PGP_OF_CODE, PGP_OF_PW3 };

#define PGP_SALTS 3
#define PGP_SALT 8

/* How passwords are hashed before the card gets them. */
struct pgp_kdf {
	bool active;
	bool strange;            /* in a way that we do not know */
	enum key_hash hash;
	uint32_t count;          /* bytes that are hashed */
	uint8_t salt[PGP_SALTS][PGP_SALT];
};

struct pgp {
	uint8_t aid[PGP_AID];
	uint8_t caps;
	size_t cert_max, object_max;
	size_t extended;         /* as in struct card_link */
	struct pgp_attr attr[PGP_PLACES];
	/* 00: PW1 for one signature; longest PW1, reset code, PW3; tries left
	 * of the same */
	uint8_t pw[7];
	uint8_t print[PGP_PLACES][PGP_PRINT];
	uint8_t times[4 * PGP_PLACES]; /* when they were made */
	uint8_t origin[PGP_PLACES]; /* 1: generated, 2: imported */
	struct pgp_kdf kdf;
	struct secret pw3;       /* of an admin login that stands */
};

static inline struct pgp *
pgp_of(const struct card *card)
{
	return card->state;
}

/* --- openpgp.c ----------------------------------------------------------- */

/* Reads again what all the rest is about. */
enum cng_status pgp_refresh(struct card *card) CNG_MUST_CHECK;

/* --- openpgp_object.c ---------------------------------------------------- */

/* Empty when there is no such object. */
enum cng_status pgp_get(struct card *card, unsigned tag, struct secret *out)
    CNG_MUST_CHECK;
enum cng_status pgp_put(struct card *card, unsigned tag, struct span value)
    CNG_MUST_CHECK;
/* The same without the object's own tag, which some cards send. */
struct span pgp_inside(const struct secret *object, unsigned tag);

enum cng_status pgp_get_certificate(struct card *card, unsigned place,
    struct secret *out) CNG_MUST_CHECK;
/* As the card's administrator. */
enum cng_status pgp_set_certificate(struct card *card, unsigned place,
    struct span der) CNG_MUST_CHECK;

/* An import that has begun is marked, with the fingerprint that its key will
 * have, so that what an interrupted one left is told from a key that somebody
 * else brought later.  Where there is no place for that the key has a
 * fingerprint meanwhile that is none. */
extern const uint8_t pgp_half_print[PGP_PRINT];

struct pgp_names {
	bool foreign;            /* the object is not ours, or there is none */
	char name[PGP_PLACES][DEVICE_NAME_SIZE]; /* empty: the fixed one */
	bool begun[PGP_PLACES];
	uint8_t print[PGP_PLACES][PGP_PRINT];
};

enum cng_status pgp_get_names(struct card *card, struct pgp_names *out)
    CNG_MUST_CHECK;
/* After the PIN. */
enum cng_status pgp_put_names(struct card *card,
    const struct pgp_names *names) CNG_MUST_CHECK;
const char *pgp_fixed_name(unsigned place);
const char *pgp_name(const struct pgp_names *names, unsigned place);
/* CNG_ERR_ARGUMENT, or CNG_ERR_NOT_SUPPORTED when it cannot be kept. */
enum cng_status pgp_set_name(struct pgp_names *names, unsigned place,
    const char *name) CNG_MUST_CHECK;
/* What is there was left by an import that did not end. */
bool pgp_is_half_made(const struct card *card, const struct pgp_names *names,
    unsigned place);

/* --- openpgp_kdf.c ------------------------------------------------------- */

enum cng_status pgp_kdf_read(struct card *card, struct pgp_kdf *out)
    CNG_MUST_CHECK;
/* What the card gets for a password. */
enum cng_status pgp_pin_bytes(const struct card *card, enum pgp_secret which,
    struct span pin, struct secret *out) CNG_MUST_CHECK;

/* --- openpgp_pin.c ------------------------------------------------------- */

enum cng_status pgp_verify(struct card *card, enum pgp_pw which,
    struct span pin) CNG_MUST_CHECK;
/* Says PW3; CNG_ERR_NO_ADMIN: nobody gave it, or it is wrong. */
enum cng_status pgp_admin(struct card *card) CNG_MUST_CHECK;

enum cng_status pgp_login(struct card *card, enum device_role role,
    struct span pin) CNG_MUST_CHECK;
void pgp_logout(struct card *card);
enum cng_status pgp_set_pin(struct card *card, enum device_role role,
    struct span old_pin, struct span new_pin) CNG_MUST_CHECK;
enum cng_status pgp_unblock(struct card *card, struct span code,
    struct span new_pin) CNG_MUST_CHECK;
/* Does the card know PW1 now? */
enum cng_status pgp_is_logged_in(struct card *card, bool *out) CNG_MUST_CHECK;

/* --- openpgp_attr.c ------------------------------------------------------ */

/* False: too long to be kept.  One that is not understood has no family. */
bool pgp_attr_parse(struct pgp_attr *out, struct span raw);

struct pgp_kind {
	enum key_family family;
	enum key_curve curve;
	size_t bits;             /* RSA */
	size_t e_len;            /* RSA; bytes of the public exponent */
};

/* What the place must have for such a key: what it has, or what the card says
 * it may have.  CNG_ERR_NOT_SUPPORTED, CNG_ERR_KEY_SIZE. */
enum cng_status pgp_attr_for(struct card *card, unsigned place,
    const struct pgp_kind *kind, struct pgp_attr *out) CNG_MUST_CHECK;
/* Anything else than that. */
enum cng_status pgp_attr_other(struct card *card, unsigned place,
    const struct pgp_attr *than, struct pgp_attr *out) CNG_MUST_CHECK;
enum cng_status pgp_attr_put(struct card *card, unsigned place,
    const struct pgp_attr *attr) CNG_MUST_CHECK;

/* --- openpgp_key.c ------------------------------------------------------- */

uint8_t pgp_crt(unsigned place);
/* The answer of the card with a public key; empty: there is no key. */
enum cng_status pgp_ask_public(struct card *card, unsigned place,
    struct secret *out) CNG_MUST_CHECK;
enum cng_status pgp_parse_public(const struct pgp_attr *attr,
    struct span answer, struct key_material *out) CNG_MUST_CHECK;
enum cng_status pgp_fingerprint(const struct pgp_attr *attr,
    const struct key_material *key, uint32_t time, uint8_t out[PGP_PRINT])
    CNG_MUST_CHECK;
enum device_pin_policy pgp_pin_policy(const struct card *card,
    unsigned place);
enum cng_status pgp_list(struct card *card, struct device_keys *out)
    CNG_MUST_CHECK;
enum cng_status pgp_rename(struct card *card, unsigned place,
    const char *name) CNG_MUST_CHECK;
enum cng_status pgp_put_certificate(struct card *card, unsigned place,
    struct span der) CNG_MUST_CHECK;
/* CNG_ERR_EXISTS: a key of another place is called so. */
enum cng_status pgp_check_name(const struct card *card,
    const struct pgp_names *names, const bool there[PGP_PLACES],
    unsigned place, const char *name) CNG_MUST_CHECK;
/* Which places have a key, whole or not. */
enum cng_status pgp_survey(struct card *card, bool there[PGP_PLACES])
    CNG_MUST_CHECK;

/* --- openpgp_new.c ------------------------------------------------------- */

enum cng_status pgp_import(struct card *card, const struct device_new *what,
    const struct key_material *key, unsigned *place) CNG_MUST_CHECK;
enum cng_status pgp_generate(struct card *card,
    const struct device_new *what, const struct key_material *shape,
    size_t bits, struct key_material *public, unsigned *place)
    CNG_MUST_CHECK;

/* --- openpgp_remove.c ---------------------------------------------------- */

bool pgp_attr_same(const struct pgp_attr *a, const struct pgp_attr *b);
/* What was in the place is no more, which is then for keys as back says.
 * CNG_ERR_NOT_SUPPORTED: what it is for cannot be changed. */
enum cng_status pgp_erase(struct card *card, unsigned place,
    const struct pgp_attr *back) CNG_MUST_CHECK;
/* As the administrator. */
enum cng_status pgp_put_print(struct card *card, unsigned place,
    const uint8_t print[PGP_PRINT]) CNG_MUST_CHECK;
enum cng_status pgp_put_time(struct card *card, unsigned place,
    uint32_t time) CNG_MUST_CHECK;
enum cng_status pgp_remove(struct card *card, unsigned place,
    unsigned heir) CNG_MUST_CHECK;

/* --- openpgp_template.c -------------------------------------------------- */

/* The extended header list that brings a key, which is complete. */
enum cng_status pgp_template(const struct pgp_attr *attr, unsigned place,
    const struct key_material *key, struct secret *out) CNG_MUST_CHECK;

/* --- openpgp_use.c ------------------------------------------------------- */

void pgp_sizes(const struct card *card, enum key_family family, size_t *min,
    size_t *max);
bool pgp_can(const struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way);
enum cng_status pgp_run(struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way, struct span once,
    struct span in, struct wr *out) CNG_MUST_CHECK;

#endif
