/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the GIDS driver share.  A card has files, which are data
 * objects in one of a few containers with access rules; names of files are in
 * a master table.  Key pairs have files of their own, of which the container
 * map and the key map tell.
 */
#ifndef CNG_CARD_GIDS_H
#define CNG_CARD_GIDS_H

#include "store/card/driver.h"

#define GIDS_PLACES 127         /* containers that key references allow */
#define GIDS_KID_FIRST 0x81     /* reference of the first one's key */
#define GIDS_PIN_MIN 4
#define GIDS_PIN_MAX 16

/* Where a file is. */
struct gids_spot {
	uint16_t ef, tag;
};

struct gids {
	uint8_t guid[16];
	uint8_t version[2];
	struct gids_spot map;    /* mscp\cmapfile */
	struct gids_spot fresh;  /* cardcf; no tag: there is none */
	struct gids_spot id;     /* cardid */
	struct secret admin;     /* the key of an admin login; or empty */
	bool stale;              /* cardcf lags behind what was changed */
	uint8_t kid[GIDS_PLACES]; /* of keys that were listed; 0: not seen */
};

static inline struct gids *
gids_of(const struct card *card)
{
	return card->state;
}

/* --- files: gids_file.c -------------------------------------------------- */

/* CNG_ERR_NOT_FOUND: there is none. */
enum cng_status gids_read(struct card *card, struct gids_spot spot,
    struct secret *out) CNG_MUST_CHECK;
enum cng_status gids_write(struct card *card, struct gids_spot spot,
    struct span value) CNG_MUST_CHECK;

/* The master table, whole; checked. */
enum cng_status gids_master(struct card *card, struct secret *out)
    CNG_MUST_CHECK;
/* dir may be empty.  Names of certificates are found in either case. */
bool gids_master_find(struct span master, const char *dir, const char *name,
    struct gids_spot *out);
/* Adds a file below mscp, or takes one out; writes the table. */
enum cng_status gids_master_add(struct card *card, struct secret *master,
    const char *name, struct gids_spot spot) CNG_MUST_CHECK;
enum cng_status gids_master_drop(struct card *card, struct secret *master,
    const char *name) CNG_MUST_CHECK;
/* CNG_ERR_STORE_FULL: no number is free. */
enum cng_status gids_master_spare(struct span master, struct gids_spot *out)
    CNG_MUST_CHECK;
/* The next one after *spot (all zero: the first) that the table does not
 * name; false: that was the last. */
bool gids_master_next(struct span master, struct gids_spot *spot);

#define GIDS_FRESH 6
enum gids_change {
	GIDS_CHANGED_PINS = 1,
	GIDS_CHANGED_CONTAINERS = 2,
	GIDS_CHANGED_FILES = 4,
	GIDS_CHANGED_KEYS = GIDS_CHANGED_CONTAINERS | GIDS_CHANGED_FILES,
};
/* All zero where there is no cardcf. */
enum cng_status gids_fresh(struct card *card, uint8_t out[GIDS_FRESH])
    CNG_MUST_CHECK;
/* Others' caches are told; change: of enum gids_change. */
enum cng_status gids_touch(struct card *card, unsigned change)
    CNG_MUST_CHECK;

/* --- container map and key map: gids_map.c ------------------------------- */

enum { GIDS_VALID = 0x01, GIDS_DEFAULT = 0x02 };

/* One record; name is UTF-16LE with zeros behind. */
#define GIDS_RECORD 86
#define GIDS_NAME 80
struct gids_record {
	uint8_t name[GIDS_NAME];
	uint8_t flags;
	uint16_t sign_bits, exchange_bits;
};

/* An empty map where the file is missing. */
enum cng_status gids_map_read(struct card *card, struct secret *out)
    CNG_MUST_CHECK;
size_t gids_map_count(const struct secret *map);
/* All zero beyond the end. */
struct gids_record gids_map_get(const struct secret *map, size_t index);
enum cng_status gids_map_set(struct secret *map, size_t index,
    const struct gids_record *record) CNG_MUST_CHECK;
/* No other one is the default any more. */
void gids_map_undefault(struct secret *map);
bool gids_map_has_default(const struct secret *map);
/* The one of that name, but for case, at another index; GIDS_PLACES: none. */
size_t gids_map_find(const struct secret *map, const char *name, size_t but);
bool gids_record_is_zero(const struct gids_record *record);

/* CNG_ERR_ARGUMENT: no name for a container. */
enum cng_status gids_name_write(uint8_t out[GIDS_NAME], const char *name)
    CNG_MUST_CHECK;
/* Empty when the card's name is none. */
void gids_name_read(char out[DEVICE_NAME_SIZE], const uint8_t in[GIDS_NAME]);

struct gids_entry {
	bool used;
	uint8_t algorithm;       /* 0: not known */
	uint8_t kid;
};
enum cng_status gids_keys_read(struct card *card, struct secret *out)
    CNG_MUST_CHECK;
struct gids_entry gids_keys_get(const struct secret *keys, size_t index);
enum cng_status gids_keys_write(struct card *card, struct secret *keys,
    size_t index, const struct gids_entry *entry, bool sign) CNG_MUST_CHECK;

/* All that tells of containers. */
struct gids_tables {
	struct secret master, map, keys;
};
enum cng_status gids_tables_read(struct card *card, struct gids_tables *out)
    CNG_MUST_CHECK;
void gids_tables_free(struct gids_tables *t);

/* --- key pairs: gids_key.c ----------------------------------------------- */

/* The algorithm's number; 0: not a size of RSA keys here. */
uint8_t gids_algorithm(size_t bits);
size_t gids_algorithm_bits(uint8_t algorithm);

enum cng_status gids_key_exists(struct card *card, uint8_t kid, bool *out)
    CNG_MUST_CHECK;
enum cng_status gids_key_create(struct card *card, uint8_t kid,
    uint8_t algorithm, bool sign) CNG_MUST_CHECK;
/* One that is not there is deleted already. */
enum cng_status gids_key_delete(struct card *card, uint8_t kid)
    CNG_MUST_CHECK;
enum cng_status gids_key_put(struct card *card, uint8_t kid,
    const struct key_material *key) CNG_MUST_CHECK;
enum cng_status gids_key_generate(struct card *card, uint8_t kid,
    uint8_t algorithm, struct key_material *public) CNG_MUST_CHECK;
/* CNG_ERR_NOT_FOUND: no key. */
enum cng_status gids_key_public(struct card *card, uint8_t kid,
    struct key_material *out) CNG_MUST_CHECK;

/* --- certificates: gids_cert.c ------------------------------------------- */

enum { GIDS_CERT_NAME = 9 };
void gids_cert_name(char out[GIDS_CERT_NAME], size_t index, bool sign);
/* Empty when there is none, or none that can be read. */
enum cng_status gids_cert_read(struct card *card, struct span master,
    size_t index, bool sign, struct secret *out) CNG_MUST_CHECK;
/* *master is what it then is. */
enum cng_status gids_cert_write(struct card *card, struct secret *master,
    size_t index, bool sign, struct span der) CNG_MUST_CHECK;
enum cng_status gids_cert_drop(struct card *card, struct secret *master,
    size_t index, bool sign) CNG_MUST_CHECK;
/* mscp\msroots */
enum cng_status gids_cert_roots(struct card *card, struct span master,
    struct device_keys *out) CNG_MUST_CHECK;

/* --- what was left behind: gids_reclaim.c -------------------------------- */

/* A valid record without a key: an import of another program that failed. */
enum cng_status gids_is_hollow(struct card *card,
    const struct gids_tables *t, size_t index, bool *out) CNG_MUST_CHECK;
/* Frees what belongs to no container; *any: there was something. */
enum cng_status gids_sweep(struct card *card, bool *any) CNG_MUST_CHECK;

/* --- the driver's functions ---------------------------------------------- */

/* gids_pin.c */
enum cng_status gids_login(struct card *card, enum device_role role,
    struct span pin);
void gids_logout(struct card *card);
enum cng_status gids_set_pin(struct card *card, enum device_role role,
    struct span old_pin, struct span new_pin);
enum cng_status gids_unblock(struct card *card, struct span code,
    struct span new_pin);

/* gids_list.c */
enum cng_status gids_list(struct card *card, struct device_keys *out);

/* gids_change.c */
enum cng_status gids_import(struct card *card, const struct device_new *what,
    const struct key_material *key, unsigned *place);
enum cng_status gids_generate(struct card *card,
    const struct device_new *what, const struct key_material *shape,
    size_t bits, struct key_material *public, unsigned *place);
enum cng_status gids_remove(struct card *card, unsigned place,
    unsigned heir);
enum cng_status gids_rename(struct card *card, unsigned place,
    const char *name);
enum cng_status gids_put_certificate(struct card *card, unsigned place,
    struct span der);

/* gids_use.c */
void gids_sizes(const struct card *card, enum key_family family, size_t *min,
    size_t *max);
bool gids_can(const struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way);
enum cng_status gids_run(struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way, struct span once,
    struct span in, struct wr *out);

#endif
