/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulated card of each kind and everything that can be done with it, for
 * tests in which the card does not do as it should.  Keys are always the same.
 */
#ifndef CNG_TESTS_UNIT_CARD_HOSTILE_H
#define CNG_TESTS_UNIT_CARD_HOSTILE_H

#include "card_link_sim.h"

#include <check.h>
#include <zlib.h>

#include "base/util.h"
#include "tests/fuzz/card.h"

enum { HOSTILE_PIV, HOSTILE_GIDS, HOSTILE_OPENPGP, HOSTILE_APPS };

extern struct sim *sim;
extern struct device *dev;
extern struct card_link *way;
/* What opening the card comes to, in hostile_insert. */
extern enum cng_status hostile_expect;

void hostile_ok(enum cng_status st);

/* A new card of that kind, in the reader. */
void hostile_begin(int app);
void hostile_end(void);
/* Out and in again, and logged in. */
void hostile_insert(void);
void hostile_login(void);

/* One container, for signatures, with a certificate; logged in. */
void hostile_fill(void);
/* One that is made for an operation. */
void hostile_fill_for(size_t work);
const struct key_material *hostile_key(void);
size_t hostile_count(void);
enum cng_status hostile_import(const char *name, unsigned *place);
/* CNG_OK: a signature that is right. */
enum cng_status hostile_sign(const struct device_key *key);

/* What the last successful generation gave; else empty. */
const struct key_material *hostile_made(void);

/* Each operation in turn, with the container of hostile_fill.
 * CNG_ERR_DATA: the card did it, and the result is wrong. */
#define HOSTILE_WORKS ((size_t)15)
enum cng_status hostile_work(size_t which);
const char *hostile_work_name(size_t which);
/* Can a card of that kind do it? */
bool hostile_can(int app, size_t which);

#endif
