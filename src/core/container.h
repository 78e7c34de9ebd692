/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The containers of a card, for a face whose handle is a key before its PIN
 * was said.  To look at such a key needs no PIN; the card itself asks for
 * that when it is used.
 */
#ifndef CNG_CORE_CONTAINER_H
#define CNG_CORE_CONTAINER_H

#include "core/object.h"
#include "core/token.h"

/* The reader that the token looks into, as the service calls it; NULL: the
 * token is a store's.  Lives as long as the token; touches nothing. */
const char *token_reader(const struct token *tok);

/* How many cards there have been: another one, another number.  Touches
 * nothing. */
unsigned token_card_number(struct token *tok);

/* The private keys, freshly listed. */
enum cng_status token_containers(struct token *tok, struct obj_ids *out)
    CNG_MUST_CHECK;
/* The card's default container; *out is 0 where there is none. */
enum cng_status token_default_container(struct token *tok, obj_id *out)
    CNG_MUST_CHECK;

/* A reference, whether the PIN was said or not.  CNG_ERR_OBJECT: it is gone;
 * CNG_ERR_DEVICE_REMOVED: the card is. */
enum cng_status container_object(struct token *tok, obj_id id,
    struct object **out) CNG_MUST_CHECK;

/* DER, to be freed.  CNG_ERR_NOT_FOUND: there is none. */
enum cng_status container_certificate(struct token *tok, obj_id id,
    struct secret *out) CNG_MUST_CHECK;
/* In the place of the one that is there.  CNG_ERR_PROP_VALUE: it is none, or
 * another key's. */
enum cng_status container_put_certificate(struct token *tok,
    const struct access *who, obj_id id, struct span der) CNG_MUST_CHECK;

/* Those of all containers, or else those without a key, roots and the like, in
 * one piece (x509_pack).  CNG_ERR_NOT_FOUND: there are none. */
enum cng_status token_certificates(struct token *tok, bool of_keys,
    struct wr *out) CNG_MUST_CHECK;

/* The container that a PKCS7_ENVELOPE is for (card_recipient.c).
 * CNG_ERR_NOT_FOUND: it is for none of them. */
enum cng_status container_recipient(struct token *tok, struct span blob,
    obj_id *out) CNG_MUST_CHECK;

#endif
