/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A live object: immutable, reference counted.  A change makes a new one
 * that takes its place in the token, so whoever holds a reference goes on
 * with what it had.
 */
#ifndef CNG_CORE_OBJECT_H
#define CNG_CORE_OBJECT_H

#include "base/wr.h"
#include "core/prop.h"
#include "key/material.h"

struct object;

struct object *object_ref(struct object *obj);
void object_free(struct object *obj);

enum obj_class object_class(const struct object *obj);
enum key_family object_family(const struct object *obj);
enum key_curve object_curve(const struct object *obj);
enum key_set object_set(const struct object *obj);
unsigned object_role(const struct object *obj);   /* or of enum key_role */
bool object_flag(const struct object *obj, enum prop_id id);
size_t object_key_bits(const struct object *obj);

/*
 * One property for a caller outside:
 *   CNG_ERR_PROP_UNKNOWN    objects of this kind have no such property
 *   CNG_ERR_PROP_SENSITIVE  may not be shown
 */
enum cng_status object_number(const struct object *obj, enum prop_id id,
    uint64_t *out) CNG_MUST_CHECK;
enum cng_status object_bytes(const struct object *obj, enum prop_id id,
    struct wr *out) CNG_MUST_CHECK;

/* SHA-256 of a secret key's whole value, for telling keys apart in this process
 * while nobody may see them: it is not to be shown or written anywhere.
 *   CNG_ERR_PROP_UNKNOWN    no secret key
 *   CNG_ERR_NOT_LOGGED_IN   its value is sealed */
#define OBJECT_PRINT 32
enum cng_status object_print(const struct object *obj,
    uint8_t out[OBJECT_PRINT]) CNG_MUST_CHECK;

/* Is it the public half that came with a private key, and has been given
 * neither id nor label of its own? */
bool object_is_follower(const struct object *obj);

/* For faces whose handle is a whole pair: its public half, in no token, with
 * every use that a public key of its kind has (wrapping only when the pair
 * may unwrap).  A public key is its own. */
enum cng_status object_public_half(struct object *obj, struct object **out)
    CNG_MUST_CHECK;

/* For one use of a key whose PIN was given: *obj becomes a copy, in no token,
 * that wants none, and with which the PIN goes, also when that fails. */
enum cng_status object_pin_given(struct object **obj) CNG_MUST_CHECK;
/* The PIN was given for nothing, or is used up. */
void object_pin_done(const struct object *obj);

/* About how many bytes the object takes in the store. */
size_t object_size(const struct object *obj);

#endif
