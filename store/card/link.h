/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The way to one card: command bytes go out, answer bytes come back.  PC/SC
 * is one (pcsc.c); a scripted card in a test is another.
 */
#ifndef CNG_CARD_LINK_H
#define CNG_CARD_LINK_H

#include "base/span.h"
#include "base/status.h"

struct card_link;

struct card_link_ops {
	/* One command, one answer with its status word: 2 bytes at least are
	 * in answer when CNG_OK.  CNG_ERR_DEVICE_RESET: another program has
	 * reset the card since, which did not get the command. */
	enum cng_status (*transmit)(struct card_link *link,
	    struct span command, uint8_t *answer, size_t size, size_t *len);
	/* Others wait from begin to end.  begin has CNG_ERR_DEVICE_RESET,
	 * too; then nothing was begun. */
	enum cng_status (*begin)(struct card_link *link);
	void (*end)(struct card_link *link, bool reset);
	/* After CNG_ERR_DEVICE_RESET: the card is ours again, and knows nothing
	 * of what was before. */
	enum cng_status (*recover)(struct card_link *link);
	bool (*is_present)(struct card_link *link);
	void (*close)(struct card_link *link);
	/* In a forked child: freed, without a word to anybody. */
	void (*abandon)(struct card_link *link);
};

struct card_link {
	const struct card_link_ops *ops;
	bool t0;                 /* the protocol: see apdu.c */
	/* Of the application that is selected, by its driver: the longest
	 * command of extended length; 0: it takes chains. */
	size_t extended;
};

#endif
