/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a card keeps when it has no power: values by number, in a file that is
 * written anew after every change.  The number's upper half says which
 * application it belongs to.
 */
#ifndef TESTS_CARD_STORE_H
#define TESTS_CARD_STORE_H

#include "tlv.h"

struct store;

/* path NULL keeps everything in memory; capacity 0 is without limit, otherwise
 * the sum of all values beyond which store_put fails.  NULL with a message
 * when there is a file and it is no card's. */
struct store *store_open(const char *path, size_t capacity);
void store_close(struct store *store);

/* at is NULL when there is no such value; valid until the next change. */
struct span store_get(const struct store *store, uint64_t id);
/* False when the card is full; then nothing changed. */
bool store_put(struct store *store, uint64_t id, struct span value);
void store_remove(struct store *store, uint64_t id);
/* All numbers from first to last, both included. */
void store_remove_range(struct store *store, uint64_t first, uint64_t last);
void store_set_capacity(struct store *store, size_t capacity);
size_t store_used(const struct store *store);
/* Writes the file when something changed; false with a message. */
bool store_save(struct store *store);

#endif
