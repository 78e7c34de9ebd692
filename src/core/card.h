/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A token whose keys are on a card (store/device.h).  Its objects are made
 * from what the card lists, and their private keys ask the card for each
 * operation; session objects are as elsewhere.  The card may be pulled at any
 * time: its objects and the login go with it, and the next one has others.
 */
#ifndef CNG_CORE_CARD_H
#define CNG_CORE_CARD_H

#include "core/internal.h"

#include <limits.h>

/* --- life (card.c) -------------------------------------------------------- */

/* Is there a card?  Opens it at first use.  CNG_ERR_NO_CARD: there has been
 * none yet; CNG_ERR_DEVICE_REMOVED: it was pulled.  Without the token's lock
 * as long as it speaks to the card: what was looked up before is to be looked
 * up again. */
enum cng_status card_attach(struct token *tok) CNG_REQUIRES(tok->lock)
    CNG_MUST_CHECK;
void card_detach(struct token *tok) CNG_REQUIRES(tok->lock);
void card_after_fork(struct token *tok) CNG_REQUIRES(tok->lock);

/* Attaches; a reference, to use without the token's lock. */
enum cng_status card_device(struct token *tok, struct device **out)
    CNG_MUST_CHECK;

/* Attaches, and looks whether the card has something else now; without the
 * lock, too, as long as it speaks to the card. */
enum cng_status card_refresh(struct token *tok) CNG_REQUIRES(tok->lock)
    CNG_MUST_CHECK;

/* shelf_entry of a card. */
enum cng_status card_entry(struct token *tok, obj_id id, struct entry **out)
    CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;

enum cng_status card_info(struct token *tok, struct token_info *out)
    CNG_MUST_CHECK;
/* token_ready of a card: does not talk to it unless it is new. */
enum cng_status card_ready(struct token *tok, struct token_ready *out)
    CNG_MUST_CHECK;

/* --- objects (card_object.c) ---------------------------------------------- */

/* A certificate without a key is at none of the places. */
#define CARD_NO_PLACE UINT_MAX

/* The pair of a container.  CNG_ERR_BAD_PUBLIC_KEY: its numbers are not
 * known, or nonsense. */
enum cng_status card_key_entry(struct entry **out, struct device *dev,
    const struct device_key *key) CNG_MUST_CHECK;
/* With the key's id and label; or key NULL. */
enum cng_status card_cert_entry(struct entry **out, struct span der,
    const struct device_key *key, const struct entry *pair) CNG_MUST_CHECK;

/* What was listed at a place, of that class; NULL: nothing. */
struct entry *card_entry_at(struct token *tok, unsigned place,
    enum obj_class class) CNG_REQUIRES(tok->lock);

/* --- PINs (card_login.c) -------------------------------------------------- */

enum cng_status card_login(struct token *tok, enum token_role role,
    struct span pin) CNG_MUST_CHECK;
enum cng_status card_logout(struct token *tok) CNG_MUST_CHECK;
enum cng_status card_check_pin(struct token *tok, struct span pin)
    CNG_MUST_CHECK;
enum cng_status card_set_pin(struct token *tok, struct span old_pin,
    struct span new_pin) CNG_MUST_CHECK;
enum cng_status card_init_pin(struct token *tok, struct span pin)
    CNG_MUST_CHECK;

/* --- changes (card_write.c) ----------------------------------------------- */

/* What a private key that goes onto a card is for, where its template says
 * more than its uses do. */
void card_settle_role(const struct token *tok, struct object *obj,
    struct props tmpl);
/* A token object: a private key or a certificate; e is taken over, and its
 * object gets the handle of what is on the card then. */
enum cng_status card_add(struct token *tok, const struct access *who,
    struct entry *e, bool replace) CNG_MUST_CHECK;
enum cng_status card_generate(struct token *tok, const struct access *who,
    const struct keygen_request *req, const struct key_spec *spec,
    obj_id out[2]) CNG_MUST_CHECK; /* private, public */
enum cng_status card_set(struct token *tok, const struct access *who,
    obj_id id, struct props changes) CNG_MUST_CHECK;
enum cng_status card_destroy(struct token *tok, const struct access *who,
    obj_id id) CNG_MUST_CHECK;

#endif
