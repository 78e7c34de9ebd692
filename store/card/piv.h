/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The inside of the PIV driver.  piv.c: the application and its PINs;
 * piv_objects.c: what is kept in data objects; piv_map.c: names; piv_note.c:
 * names where there is no room for those; piv_keys.c: what is in the slots;
 * piv_admin.c: the management key; piv_new.c: what is made; piv_change.c: what
 * else changes; piv_run.c: use.
 */
#ifndef CNG_CARD_PIV_H
#define CNG_CARD_PIV_H

#include "store/card/driver.h"

#define PIV_SLOTS 24
#define PIV_RETIRED 20          /* the first of them in the table */

enum piv_object {
	PIV_CHUID = 0x5fc102,
	PIV_CCC = 0x5fc107,
	PIV_PRINTED = 0x5fc109,
	PIV_ADMIN_DATA = 0x5fff00,
	PIV_HISTORY = 0x5fc10c,
	PIV_MAP = 0x5fff10,
	PIV_ROOTS_FIRST = 0x5fff11,
	PIV_ROOTS_LAST = 0x5fff15,
};

/* What this process made on cards that do not tell it again. */
struct piv_memory {
	char name[DEVICE_NAME_SIZE];
	struct key_material public;
};

struct piv {
	bool yubico;             /* speaks Yubico's dialect */
	uint8_t version[3];      /* of the firmware */
	bool no_metadata;
	char serial[33];         /* of the card; empty: it has none */
	struct secret manager;   /* management key of an admin login */
	struct piv_memory memory[PIV_SLOTS];
	bool metadata;           /* it has told some */
	bool is_manager;         /* the card takes us for its administrator */
};

static inline struct piv *
piv_of(const struct card *card)
{
	return card->state;
}

/* Of 5.7, which brought new algorithms, and keys that can be deleted. */
static inline bool
piv_is_new(const struct piv *piv)
{
	return piv->version[0] > 5 ||
	    (piv->version[0] == 5 && piv->version[1] >= 7);
}

/* --- slots (piv_keys.c) -------------------------------------------------- */

struct piv_place {
	uint8_t slot;
	uint8_t id;              /* as others number them */
	uint32_t certificate;    /* its object */
	const char *name;        /* of a container that has no record */
};

extern const struct piv_place piv_places[PIV_SLOTS]; /* ascending */
/* PIV_SLOTS: it is none. */
size_t piv_place_index(unsigned slot);

struct piv_algorithm {
	uint8_t byte;
	enum key_family family;
	enum key_curve curve;
	size_t bits;
	uint8_t tag;             /* of the private value; RSA: of the first */
	size_t width;            /* bytes of a private value */
	bool is_new;             /* Yubico has it since 5.7 */
};

/* NULL: there is none. */
const struct piv_algorithm *piv_algorithm_byte(uint8_t byte);
const struct piv_algorithm *piv_algorithm_of(enum key_family family,
    enum key_curve curve, size_t bits);

enum piv_state {
	PIV_ABSENT = 0,          /* the card has no such slot */
	PIV_EMPTY,
	PIV_HALF,                /* an interrupted import left something */
	PIV_OCCUPIED,            /* by a key of which nothing is known */
	PIV_KEY,
};

#define PIV_PRINT 20

/* What stands in the object of a certificate, where there is none: on a card
 * that keeps no container map that what is in the slot is not whole; there, or
 * where the card tells no public key, what the key is called and what its
 * public half is. */
struct piv_note {
	enum { PIV_NOTE_NONE = 0, PIV_NOTE_HALF, PIV_NOTE_KEY } kind;
	uint8_t print[PIV_PRINT];   /* HALF: as in the map */
	char name[DEVICE_NAME_SIZE];
	struct key_material public;
};

struct piv_slot {
	enum piv_state state;
	const struct piv_algorithm *algorithm;
	enum device_pin_policy pin;
	bool generated;
	bool told;                  /* the card says the public key itself */
	struct key_material public; /* maybe without numbers */
	struct secret certificate;  /* where it was looked at */
	struct piv_note note;       /* the same */
};

/* What a card says of a public key. */
enum cng_status piv_read_public(const struct piv_algorithm *algorithm,
    struct span in, struct key_material *out) CNG_MUST_CHECK;

enum cng_status piv_list(struct card *card, struct device_keys *out)
    CNG_MUST_CHECK;

/* --- objects ------------------------------------------------------------- */

/* CNG_ERR_NOT_FOUND: there is none, or an empty one. */
enum cng_status piv_get(struct card *card, uint32_t object,
    struct secret *out) CNG_MUST_CHECK;
/* Empty: it is deleted. */
enum cng_status piv_put(struct card *card, uint32_t object,
    struct span value) CNG_MUST_CHECK;
/* DER; CNG_OK and empty: there is none, or one that nobody can read.  note
 * (may be NULL): what may stand there instead. */
enum cng_status piv_get_certificate(struct card *card, uint32_t object,
    struct secret *out, struct piv_note *note) CNG_MUST_CHECK;
enum cng_status piv_put_certificate(struct card *card, uint32_t object,
    struct span der) CNG_MUST_CHECK;
/* CNG_ERR_BAD_DATA: it is none; CNG_ERR_STORE_FULL: too long for any card. */
enum cng_status piv_check_certificate(struct span der) CNG_MUST_CHECK;
/* Roots that Yubico's minidriver has put there. */
enum cng_status piv_get_roots(struct card *card, struct device_keys *out)
    CNG_MUST_CHECK;
/* So many retired slots, from the first on, may have certificates. */
enum cng_status piv_put_history(struct card *card, uint8_t count)
    CNG_MUST_CHECK;
/* CNG_ERR_NOT_FOUND: the card has none. */
enum cng_status piv_guid(struct card *card, uint8_t out[16]) CNG_MUST_CHECK;
/* Another one, for those that go by it. */
enum cng_status piv_new_guid(struct card *card) CNG_MUST_CHECK;
/* GET METADATA.  CNG_ERR_NOT_SUPPORTED: not with this card. */
enum cng_status piv_metadata(struct card *card, uint8_t reference,
    struct secret *out, uint16_t *sw) CNG_MUST_CHECK;

/* --- names: Yubico's container map --------------------------------------- */

#define PIV_RECORDS_MAX 28

struct piv_record {
	char name[DEVICE_NAME_SIZE];
	uint8_t slot;
	uint8_t spec;
	uint16_t bits;
	uint8_t flags;
	uint8_t pin, ecdh;
	uint8_t print[PIV_PRINT]; /* of the certificate; of a half-made
	                           * container: of its public key, zeros: of
	                           * any */
};

#define PIV_FLAG_VALID 0x01
#define PIV_FLAG_DEFAULT 0x02
/* Not valid: what is in the slot is not whole. */
#define PIV_FLAG_HALF 0x80
/* ... unless it is still the key that was to make room.  Then all else in the
 * record is that one's; print has the first half of what the new key's is, and
 * that of the old one's. */
#define PIV_FLAG_OVER 0x40
#define PIV_PRINT_HALF (PIV_PRINT / 2)

struct piv_map {
	struct piv_record record[PIV_RECORDS_MAX];
	size_t count;
	bool damaged;            /* not to be written */
};

enum cng_status piv_map_read(struct card *card, struct piv_map *map)
    CNG_MUST_CHECK;
/* CNG_ERR_NOT_SUPPORTED: the card has no place for it. */
enum cng_status piv_map_write(struct card *card, const struct piv_map *map)
    CNG_MUST_CHECK;
/* NULL: there is none. */
struct piv_record *piv_map_find(const struct piv_map *map, unsigned slot);
/* A fresh one in the place of what was there; NULL: no room. */
struct piv_record *piv_map_add(struct piv_map *map, unsigned slot);
void piv_map_drop(struct piv_map *map, unsigned slot);
bool piv_record_is_half(const struct piv_record *record);
/* The algorithm that a record speaks of, or NULL. */
const struct piv_algorithm *piv_record_algorithm(
    const struct piv_record *record);
/* Name, kind and size. */
void piv_record_set(struct piv_record *record, const char *name,
    const struct piv_algorithm *algorithm, unsigned role);
enum cng_status piv_print_key(const struct key_material *public,
    uint8_t out[PIV_PRINT]) CNG_MUST_CHECK;

/* --- names without it (piv_note.c) --------------------------------------- */

/* Of an object without a certificate; false: it is none. */
bool piv_note_read(struct span object, struct piv_note *out);
void piv_note_free(struct piv_note *note);
enum cng_status piv_note_half(struct card *card, uint32_t object,
    const uint8_t print[PIV_PRINT]) CNG_MUST_CHECK;
enum cng_status piv_note_key(struct card *card, uint32_t object,
    const char *name, const struct key_material *public) CNG_MUST_CHECK;

/* --- all of it (piv_keys.c) --------------------------------------------- */

struct piv_view {
	struct piv_map map;
	struct piv_slot slot[PIV_SLOTS];
};

/* With all certificates, or only those that are needed to know more of a key.
 * *out is NULL when it fails. */
enum cng_status piv_look(struct card *card, bool certificates,
    struct piv_view **out) CNG_MUST_CHECK;
void piv_view_free(struct piv_view *view);
/* What the container of a slot is called. */
const char *piv_name(const struct card *card, const struct piv_view *view,
    size_t index);

/* --- the management key -------------------------------------------------- */

/* With what there is: the login's, the configuration's, the copy that the
 * PIN protects, the default one if the card says so.  *used (may be NULL) is
 * the one that it was. */
enum cng_status piv_admin(struct card *card, struct secret *used)
    CNG_MUST_CHECK;
/* Just with this one, as bytes or hexadecimal digits. */
enum cng_status piv_admin_login(struct card *card, struct span key)
    CNG_MUST_CHECK;
enum cng_status piv_admin_change(struct card *card, struct span old_key,
    struct span new_key) CNG_MUST_CHECK;

/* Once more with the one that it was. */
enum cng_status piv_admin_again(struct card *card, struct span key)
    CNG_MUST_CHECK;

/* --- what changes the card (piv_change.c) -------------------------------- */

enum cng_status piv_select(struct card *card) CNG_MUST_CHECK;

/* A change of one slot, and what is needed to undo it. */
struct piv_change {
	struct card *card;
	struct piv_view *was;
	struct piv_map now;      /* as it is to be */
	struct piv_map marked;   /* as it is meanwhile */
	size_t index;            /* of the slot */
	struct secret manager;
	struct secret certificate, chuid; /* objects as they were */
	bool no_map;             /* the card keeps none: notes do its work */
	bool noted;              /* one is in the place of the certificate */
	bool remains;            /* a key of an interrupted import may be in
	                          * the slot still */
	bool displaces;          /* what is in the slot, which was whole */
	bool map_done, key_done, certificate_done, chuid_done;
};

/* Looks at the card. */
enum cng_status piv_change_begin(struct piv_change **out, struct card *card)
    CNG_MUST_CHECK;
/* Is a container called so, but the one in that slot (PIV_SLOTS: any)? */
enum cng_status piv_change_name(const struct piv_change *c, const char *name,
    size_t but) CNG_MUST_CHECK;
/* Asks for the management key and for what is there now. */
enum cng_status piv_change_open(struct piv_change *c) CNG_MUST_CHECK;
/* From here on the slot is not listed, but for a key that is to make room, as
 * long as it is there.  print: see is_half. */
enum cng_status piv_change_mark(struct piv_change *c,
    const uint8_t print[PIV_PRINT]) CNG_MUST_CHECK;
/* After the mark, before the key. */
enum cng_status piv_change_displace(struct piv_change *c) CNG_MUST_CHECK;
/* What an interrupted import left in the slot goes, as far as it can. */
enum cng_status piv_change_clear(struct piv_change *c) CNG_MUST_CHECK;
/* The certificate (empty: none), as record and object; a new GUID; then the
 * map, with which the change is done. */
enum cng_status piv_change_certificate(struct piv_change *c,
    struct span der) CNG_MUST_CHECK;
/* Without a certificate, on a card that keeps no map or tells no public key:
 * the record and a note. */
enum cng_status piv_change_name_key(struct piv_change *c, const char *name,
    const struct key_material *public) CNG_MUST_CHECK;
enum cng_status piv_change_close(struct piv_change *c) CNG_MUST_CHECK;
/* Undoes it unless st is CNG_OK, and frees.  NULL is fine. */
void piv_change_end(struct piv_change *c, enum cng_status st);
/* CNG_OK: there is no key in the slot any more. */
enum cng_status piv_delete_key(struct card *card, uint8_t slot)
    CNG_MUST_CHECK;

enum cng_status piv_import(struct card *card, const struct device_new *what,
    const struct key_material *key, unsigned *place) CNG_MUST_CHECK;
enum cng_status piv_generate(struct card *card, const struct device_new *what,
    const struct key_material *shape, size_t bits,
    struct key_material *public, unsigned *place) CNG_MUST_CHECK;
enum cng_status piv_remove(struct card *card, unsigned place,
    unsigned heir) CNG_MUST_CHECK;
enum cng_status piv_rename(struct card *card, unsigned place,
    const char *name) CNG_MUST_CHECK;
enum cng_status piv_certify(struct card *card, unsigned place,
    struct span der) CNG_MUST_CHECK;

/* --- use ----------------------------------------------------------------- */

enum cng_status piv_verify(struct card *card, struct span pin)
    CNG_MUST_CHECK;
void piv_sizes(const struct card *card, enum key_family family, size_t *min,
    size_t *max);
bool piv_has_curve(enum key_family family, enum key_curve curve);
bool piv_can(const struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way);
enum cng_status piv_run(struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way, struct span once,
    struct span in, struct wr *out) CNG_MUST_CHECK;

#endif
