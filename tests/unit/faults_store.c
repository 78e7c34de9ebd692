/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The store's calls, each of which can be made to fail: the linker puts
 * these in the way of the real ones (--wrap).  One that fails has done
 * nothing; a failed commit is undone, as store.h promises.
 */
#include "faults.h"

#include "store/store.h"

/* The real ones. */
enum cng_status __real_store_open(struct store **out, const char *uri,
    enum store_mode mode);
enum cng_status __real_store_begin(struct store *store);
enum cng_status __real_store_commit(struct store *store);
enum cng_status __real_store_turn_take(struct store *store);
enum cng_status __real_store_stamp(struct store *store, uint64_t *out);
enum cng_status __real_store_fact_get(struct store *store, const char
    *name, struct secret *out);
enum cng_status __real_store_fact_put(struct store *store, const char
    *name, struct span value);
enum cng_status __real_store_put(struct store *store, struct
    store_record *record);
enum cng_status __real_store_remove(struct store *store, uint64_t id);
enum cng_status __real_store_erase(struct store *store);
enum cng_status __real_store_get(struct store *store, uint64_t id,
    struct store_record *out);
enum cng_status __real_store_get_by_name(struct store *store, const
    struct store_tag *name, struct store_record *out);
enum cng_status __real_store_count(struct store *store, uint64_t *out);
enum cng_status __real_store_find_tag(struct store *store, const struct
    store_tag *tag, struct store_ids *out);
enum cng_status __real_store_find_kind(struct store *store, uint32_t
    kind, uint32_t mask, struct store_ids *out);

/* What is called instead. */
enum cng_status __wrap_store_open(struct store **out, const char *uri,
    enum store_mode mode);
enum cng_status __wrap_store_begin(struct store *store);
enum cng_status __wrap_store_commit(struct store *store);
enum cng_status __wrap_store_turn_take(struct store *store);
enum cng_status __wrap_store_stamp(struct store *store, uint64_t *out);
enum cng_status __wrap_store_fact_get(struct store *store, const char
    *name, struct secret *out);
enum cng_status __wrap_store_fact_put(struct store *store, const char
    *name, struct span value);
enum cng_status __wrap_store_put(struct store *store, struct
    store_record *record);
enum cng_status __wrap_store_remove(struct store *store, uint64_t id);
enum cng_status __wrap_store_erase(struct store *store);
enum cng_status __wrap_store_get(struct store *store, uint64_t id,
    struct store_record *out);
enum cng_status __wrap_store_get_by_name(struct store *store, const
    struct store_tag *name, struct store_record *out);
enum cng_status __wrap_store_count(struct store *store, uint64_t *out);
enum cng_status __wrap_store_find_tag(struct store *store, const struct
    store_tag *tag, struct store_ids *out);
enum cng_status __wrap_store_find_kind(struct store *store, uint32_t
    kind, uint32_t mask, struct store_ids *out);

enum cng_status
__wrap_store_open(struct store **out, const char *uri, enum store_mode
    mode)
{
	if (fault_store()) {
		*out = NULL;
		return fault_status();
	}
	return __real_store_open(out, uri, mode);
}

enum cng_status
__wrap_store_begin(struct store *store)
{
	if (fault_store())
		return fault_status();
	return __real_store_begin(store);
}

enum cng_status
__wrap_store_commit(struct store *store)
{
	if (fault_store()) {
		store_rollback(store);
		return fault_status();
	}
	return __real_store_commit(store);
}

enum cng_status
__wrap_store_turn_take(struct store *store)
{
	if (fault_store())
		return fault_status();
	return __real_store_turn_take(store);
}

enum cng_status
__wrap_store_stamp(struct store *store, uint64_t *out)
{
	if (fault_store())
		return fault_status();
	return __real_store_stamp(store, out);
}

enum cng_status
__wrap_store_fact_get(struct store *store, const char *name, struct secret
    *out)
{
	if (fault_store()) {
		*out = (struct secret){ 0 };
		return fault_status();
	}
	return __real_store_fact_get(store, name, out);
}

enum cng_status
__wrap_store_fact_put(struct store *store, const char *name, struct span
    value)
{
	if (fault_store())
		return fault_status();
	return __real_store_fact_put(store, name, value);
}

enum cng_status
__wrap_store_put(struct store *store, struct store_record *record)
{
	if (fault_store())
		return fault_status();
	return __real_store_put(store, record);
}

enum cng_status
__wrap_store_remove(struct store *store, uint64_t id)
{
	if (fault_store())
		return fault_status();
	return __real_store_remove(store, id);
}

enum cng_status
__wrap_store_erase(struct store *store)
{
	if (fault_store())
		return fault_status();
	return __real_store_erase(store);
}

enum cng_status
__wrap_store_get(struct store *store, uint64_t id, struct store_record
    *out)
{
	if (fault_store()) {
		*out = (struct store_record){ 0 };
		return fault_status();
	}
	return __real_store_get(store, id, out);
}

enum cng_status
__wrap_store_get_by_name(struct store *store, const struct store_tag
    *name, struct store_record *out)
{
	if (fault_store()) {
		*out = (struct store_record){ 0 };
		return fault_status();
	}
	return __real_store_get_by_name(store, name, out);
}

enum cng_status
__wrap_store_count(struct store *store, uint64_t *out)
{
	if (fault_store())
		return fault_status();
	return __real_store_count(store, out);
}

enum cng_status
__wrap_store_find_tag(struct store *store, const struct store_tag *tag,
    struct store_ids *out)
{
	if (fault_store()) {
		*out = (struct store_ids){ 0 };
		return fault_status();
	}
	return __real_store_find_tag(store, tag, out);
}

enum cng_status
__wrap_store_find_kind(struct store *store, uint32_t kind, uint32_t mask,
    struct store_ids *out)
{
	if (fault_store()) {
		*out = (struct store_ids){ 0 };
		return fault_status();
	}
	return __real_store_find_kind(store, kind, mask, out);
}
