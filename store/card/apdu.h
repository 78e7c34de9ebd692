/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commands and answers of ISO 7816-4.  What is longer than 255 bytes goes out
 * as a chain, or with extended length where the link says that the card knows
 * nothing else; what is longer than 256 bytes is fetched by GET RESPONSE.
 */
#ifndef CNG_CARD_APDU_H
#define CNG_CARD_APDU_H

#include "base/secret.h"
#include "store/card/link.h"

#define APDU_ANSWER_MAX 65536   /* what a card may say to one command */

#define APDU_EXTENDED (4 + 3 + 2) /* around data of extended length */

#define SW_OK 0x9000

struct apdu {
	uint8_t cla, ins, p1, p2;
	struct span data;
	bool answers;            /* there is to be an answer: Le is sent */
};

/* The answer without its status word, which goes to *sw.  answer may be NULL:
 * there is to be none, and what comes is dropped.  *answer is overwritten, not
 * freed.  The status is that of the link alone, CNG_ERR_DEVICE for an answer
 * that is none, or CNG_ERR_DATA_SIZE for more than the card takes at once; the
 * status word is for the caller. */
enum cng_status apdu_send(struct card_link *link, const struct apdu *cmd,
    struct secret *answer, uint16_t *sw) CNG_MUST_CHECK;

/* The same, where all but SW_OK is a failure: apdu_status. */
enum cng_status apdu_call(struct card_link *link, const struct apdu *cmd,
    struct secret *answer) CNG_MUST_CHECK;

/* The same for the private half of a decryption.  Only CNG_ERR_CIPHERTEXT says
 * that what was decrypted is wrong; if the card takes a padding off (unpads),
 * every word by which cards say so is that one, however vague, as all that a
 * caller can tell apart is an oracle.  The rest is no fault of the data:
 * CNG_ERR_DEVICE unless apdu_status knows why it was not done at all.  Nothing
 * is logged of what the card says. */
enum cng_status apdu_decrypt(struct card_link *link, const struct apdu *cmd,
    bool unpads, struct secret *answer) CNG_MUST_CHECK;

/* What a status word means in general. */
enum cng_status apdu_status(uint16_t sw);

/* 63Cx, or 630x: how many tries are left; -1: it does not tell. */
int apdu_tries(uint16_t sw);

/* A PIN was looked at: apdu_status, but 63xx and 6983 are those of a PIN. */
enum cng_status apdu_pin_status(uint16_t sw);

#endif
