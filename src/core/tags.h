/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Search tags: which properties of an object the store's index knows.
 */
#ifndef CNG_CORE_TAGS_H
#define CNG_CORE_TAGS_H

#include "core/internal.h"

/* Fills rec->tag and tag_count for both halves. */
enum cng_status tags_of_entry(struct vault *vault, const struct entry *e,
    struct store_record *rec) CNG_MUST_CHECK;

/* Of the public numbers: equal keys have equal tags. */
enum cng_status tag_of_public(struct vault *vault, bool keyed,
    const struct object *obj, struct store_tag *out) CNG_MUST_CHECK;

/* The line of the template that the index finds best, or NULL. */
const struct prop *tag_best_line(struct props tmpl);

enum cng_status tag_of_line(struct vault *vault, bool keyed,
    const struct prop *line, struct store_tag *out) CNG_MUST_CHECK;

#endif
